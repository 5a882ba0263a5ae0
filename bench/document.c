/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a document is indexed, without a catalog. usage: document FILE; prints what it is. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <licensefs/document.h>

static int count(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	(void)part;
	(void)p;
	*(unsigned long long *)ctx += n;
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long bytes = 0;
	const struct lic_index_sink sink = { count, &bytes };
	const char *slash = argc == 2 ? strrchr(argv[1], '/') : NULL;
	struct lic_index_result result;
	struct lic_error err = LIC_ERROR_INIT;
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		fputs("usage: document FILE\n", stderr);
		return 2;
	}
	if (lic_document_index(fd, (uint64_t)st.st_size, slash ? slash + 1 : argv[1], &sink,
			       &result, &err) < 0) {
		fprintf(stderr, "document: %s\n", err.msg);
		return 3;
	}
	printf("%s records=%llu subjects=%llu index=%llu %s\n",
	       lic_document_format_name(result.format), (unsigned long long)result.records,
	       (unsigned long long)result.subjects, bytes, result.note);
	return 0;
}
