/* SPDX-License-Identifier: Apache-2.0 */
/* scan_dirs [-l] STORE CATALOG [DIR...]: scans some directories, with -l without looking for the
 * images of documents anew. For tests in shell. */
#include <stdio.h>
#include <string.h>

#include <licensefs/scan.h>

static void warn(void *ctx _unused_, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

int main(int argc, char **argv)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_scan_result res;
	struct lic_scan_options o = { .warn = warn, .jobs = 2 };

	if (argc > 1 && strcmp(argv[1], "-l") == 0) {
		o.leave_documents = true;
		argv++;
		argc--;
	}
	if (argc < 3)
		return 2;
	o.store = argv[1];
	o.catalog = argv[2];
	o.dirs = (const char *const *)argv + 3;
	o.n_dirs = (size_t)argc - 3;
	if (lic_scan(&o, &res, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	printf("whole=%d images=%lld added=%lld changed=%lld removed=%lld unchanged=%lld\n",
	       res.whole, (long long)res.images, (long long)res.added, (long long)res.changed,
	       (long long)res.removed, (long long)res.unchanged);
	return 0;
}
