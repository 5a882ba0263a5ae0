/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the headers of a tar archive. */
#include <string.h>

#include "fs/document/index.h"
#include "fs/document/tar.h"

#define CHECKSUM_AT 148
#define CHECKSUM_N 8
#define MAGIC_AT 257
#define PREFIX_AT 345
#define PREFIX_N 155
#define NAME_N 100

bool lic_tar_is_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* The sum of bytes with blanks where it stands itself; of signed ones, as some old programs have
 * it, or not. */
bool lic_tar_is_header(const uint8_t *block)
{
	uint32_t sum = 0, high = 0, blanks = CHECKSUM_N * ' ';
	uint64_t want;

	if (!lic_tar_number(block + CHECKSUM_AT, CHECKSUM_N, &want))
		return false;
	for (size_t i = 0; i < LIC_TAR_BLOCK; i++) {
		sum += block[i];
		high += block[i] >> 7;
	}
	for (size_t i = CHECKSUM_AT; i < CHECKSUM_AT + CHECKSUM_N; i++) {
		blanks -= block[i];
		high -= block[i] >> 7;
	}
	sum += blanks;
	return sum == want || (high && sum - 256 * high == want);
}

/* Seven bits of the first byte and all of the others, the highest first; the sign is the second
 * bit. */
static bool binary_number(const uint8_t *p, size_t n, uint64_t *ret)
{
	uint64_t v = p[0] & 0x7f;

	if (p[0] & 0x40)
		return false;
	for (size_t i = 1; i < n; i++) {
		if (v >> 55)
			return false;
		v = v << 8 | p[i];
	}
	*ret = v;
	return true;
}

bool lic_tar_number(const uint8_t *p, size_t n, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	if (n && p[0] & 0x80)
		return binary_number(p, n, ret);
	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(p[i] - '0'); /* 12 digits are 36 bits */
	for (; i < n; i++)
		if (p[i] != ' ' && p[i] != '\0')
			return false;
	*ret = v;
	return true;
}

void lic_tar_header_name(const uint8_t *block, struct lic_buf *out)
{
	const uint8_t *prefix = block + PREFIX_AT;

	/* where GNU's magic stands, times are in its place */
	if (memcmp(block + MAGIC_AT, "ustar", 6) == 0 && prefix[0]) {
		lic_buf_add(out, prefix, strnlen((const char *)prefix, PREFIX_N));
		lic_buf_addc(out, '/');
	}
	lic_buf_add(out, block, strnlen((const char *)block, NAME_N));
}

bool lic_tar_clean_name(const void *name, size_t n, struct lic_buf *out, bool *ret_dir)
{
	const char *p = name, *end = p + n;
	const size_t before = out->len;
	bool dir = true;

	*ret_dir = false;
	if (!n || *p == '/' || memchr(p, '\0', n))
		return false;
	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const size_t len = (size_t)((slash ? slash : end) - p);
		const bool dot = len == 1 && *p == '.';

		if (len == 2 && memcmp(p, "..", 2) == 0)
			return false;
		if (len && !dot) {
			if (out->len > before)
				lic_buf_addc(out, '/');
			lic_buf_add(out, p, len);
		}
		dir = slash || dot;
		p += len + (slash != NULL);
	}
	*ret_dir = dir;
	return !lic_buf_failed(out) && out->len - before <= LIC_TAR_NAME_MAX;
}

/* --- pax ------------------------------------------------------------------------------------- */

/* "27 path=some/name\n": the number counts all of it. */
static const char *split(const uint8_t *p, size_t n, struct lic_bytes *key, struct lic_bytes *value,
			 size_t *ret_n)
{
	static const char bad[] = "a record of an extended header is broken";
	const uint8_t *equals;
	size_t len = 0, i = 0;

	for (; i < n && p[i] >= '0' && p[i] <= '9' && len <= LIC_TAR_EXTENDED_MAX; i++)
		len = len * 10 + (size_t)(p[i] - '0');
	if (i == 0 || i >= n || p[i] != ' ' || len > n || len < i + 3 || p[len - 1] != '\n')
		return bad;
	i++;
	equals = memchr(p + i, '=', len - 1 - i);
	if (!equals || equals == p + i)
		return bad;
	*key = (struct lic_bytes){ p + i, (size_t)(equals - p) - i };
	*value = (struct lic_bytes){ equals + 1, (size_t)(p + len - 1 - equals) - 1 };
	*ret_n = len;
	return NULL;
}

static bool is(const struct lic_bytes *b, const char *s)
{
	return b->n == strlen(s) && memcmp(b->p, s, b->n) == 0;
}

static bool begins(const struct lic_bytes *b, const char *s)
{
	return b->n >= strlen(s) && memcmp(b->p, s, strlen(s)) == 0;
}

static const char *take_size(const struct lic_bytes *v, struct lic_tar_pax *ret)
{
	uint64_t size = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (v->p[i] < '0' || v->p[i] > '9' || size > INT64_MAX / 10)
			return "a size in an extended header is no number";
		size = size * 10 + (uint64_t)(v->p[i] - '0');
		if (size > INT64_MAX)
			return "a size in an extended header is no number";
	}
	ret->has_size = v->n > 0;
	ret->size = size;
	return NULL;
}

bool lic_tar_names_stem(const uint8_t *p, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && p[i] > ' ' && !strchr(",;:\"'()[]{}<>|=", p[i]))
			continue;
		if (lic_looks_like_stem(p + from, i - from))
			return true;
		from = i + 1;
	}
	return false;
}

/* An empty value takes back what stood there before. */
static const char *take_record(const struct lic_bytes *key, const struct lic_bytes *value,
			       struct lic_tar_pax *ret)
{
	if (is(key, "path"))
		ret->path = value->n ? *value : (struct lic_bytes){ 0 };
	else if (is(key, "linkpath"))
		ret->has_linkpath = value->n > 0;
	else if (is(key, "size"))
		return take_size(value, ret);
	else if (begins(key, "GNU.sparse.") || is(key, "SCHILY.realsize"))
		ret->sparse = true;
	ret->names_image = ret->names_image || lic_image_mention(value->p, value->n, 0);
	ret->names_stem = ret->names_stem || lic_tar_names_stem(value->p, value->n);
	return NULL;
}

const char *lic_tar_pax_read(const uint8_t *p, size_t n, struct lic_tar_pax *ret)
{
	const uint8_t *end = p + n;

	*ret = (struct lic_tar_pax){ 0 };
	while (p < end) {
		struct lic_bytes key, value;
		size_t len;
		const char *problem = split(p, (size_t)(end - p), &key, &value, &len);

		if (!problem)
			problem = take_record(&key, &value, ret);
		if (problem)
			return problem;
		p += len;
	}
	return NULL;
}
