/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a manifest is read, without a catalog. usage: manifest FILE; prints rows and claims. */
#include <fcntl.h>
#include <stdio.h>

#include <licensefs/manifest.h>

static int count(void *ctx, const struct lic_row *row, struct lic_error *err)
{
	(void)err;
	*(long long *)ctx += (long long)row->claims->n;
	return 0;
}

int main(int argc, char **argv)
{
	long long claims = 0;
	const struct lic_manifest_options o = {
		.label = "manifest bench",
		.row = count,
		.ctx = &claims,
	};
	struct lic_manifest_result result;
	struct lic_error err = LIC_ERROR_INIT;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0) {
		fputs("usage: manifest FILE\n", stderr);
		return 2;
	}
	if (lic_manifest_read(fd, argv[1], -1, &o, &result, &err) < 0) {
		fprintf(stderr, "manifest: %s\n", err.msg);
		return 3;
	}
	printf("%s %lld %lld\n", result.format, (long long)result.rows, claims);
	return 0;
}
