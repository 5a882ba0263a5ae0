/* SPDX-License-Identifier: Apache-2.0 */
/* Decoders of pictures: "likeness-jpeg" and so on. */
#include <errno.h>
#include <string.h>

#include <licensefs/likeness.h>

#include "tests/fuzz/fuzz.h"

static enum lic_format format_of(const char *target)
{
	for (int f = 1; f < LIC_FORMAT_COUNT; f++)
		if (strcmp(lic_format_name((enum lic_format)f), strchr(target, '-') + 1) == 0)
			return (enum lic_format)f;
	return LIC_FORMAT_NONE;
}

static bool is_expected(int r)
{
	return r == 0 || r == -EBADMSG || r == -EFBIG || r == -ENODATA || r == -ENOMEM ||
	       r == -ENOTSUP;
}

void fuzz_likeness(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	enum lic_format format = format_of(t->name);
	struct lic_likeness l = { .n = 99 }, again = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	int fd = fuzz_file(p, n);
	int r = lic_likeness_read(fd, 0, n, format, &l, &err);

	FUZZ_CHECK(is_expected(r), "error %d: %s", r, err.msg);
	if (r < 0) {
		FUZZ_CHECK(l.n == 99, "the result was touched");
		FUZZ_CHECK(err.code == -r && err.msg[0], "no reason for %d", r);
		return;
	}
	FUZZ_CHECK(l.n >= 1 && l.n <= LIC_PRINTS_MAX, "%u prints", l.n);
	FUZZ_CHECK(lic_likeness_distance(&l, &l) == 0, "far from itself");
	FUZZ_CHECK(lic_likeness_read(fd, 0, n, format, &again, NULL) == 0 &&
			   memcmp(&l, &again, sizeof(l)) == 0,
		   "looked at again it is another");
}
