/* SPDX-License-Identifier: Apache-2.0 */
/* EXIF and IPTC that is read without libexif and libiptcdata is read as these read it. */
#include <string.h>

#include "fs/evidence/exif.h"
#include "fs/evidence/fields.h"
#include "fs/evidence/iptc.h"
#include "tests/unit/tap.h"

typedef void (*read_fn)(struct lic_reading *r, const uint8_t *p, size_t n);

static const struct lic_limits limits = LIC_LIMITS_DEFAULT;

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_claim(const struct lic_claim *a, const struct lic_claim *b)
{
	return a->rank == b->rank && a->role == b->role && a->context == b->context &&
	       a->packet == b->packet && a->reserve == b->reserve && a->raw.n == b->raw.n &&
	       (!a->raw.n || memcmp(a->raw.p, b->raw.p, a->raw.n) == 0) &&
	       same_text(a->source, b->source) && same_text(a->field, b->field) &&
	       same_text(a->text, b->text);
}

static void read_by(read_fn fn, const uint8_t *p, size_t n, struct lic_claims *ret)
{
	struct lic_reading r = { .limits = &limits,
				 .claims = ret,
				 .rank = LIC_RANK_EMBEDDED,
				 .budget = 1u << 20,
				 .claims_left = 1000,
				 .text = LIC_BUF_INIT(1u << 20) };

	fn(&r, p, n);
	lic_buf_release(&r.text);
}

/* Claims that both find, -1 where they differ. */
static int compare(read_fn ours, read_fn theirs, const uint8_t *p, size_t n)
{
	struct lic_claims a = LIC_CLAIMS_INIT, b = LIC_CLAIMS_INIT;
	int found;

	read_by(ours, p, n, &a);
	read_by(theirs, p, n, &b);
	found = a.n == b.n && same_text(a.damage, b.damage) ? (int)a.n : -1;
	for (size_t i = 0; found >= 0 && i < a.n; i++)
		if (!same_claim(&a.item[i], &b.item[i]))
			found = -1;
	lic_claims_release(&a);
	lic_claims_release(&b);
	return found;
}

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void put(struct lic_buf *b, bool big, unsigned n, uint32_t v)
{
	for (unsigned i = 0; i < n; i++)
		lic_buf_addc(b, (char)(v >> 8 * (big ? n - 1 - i : i)));
}

/* One directory with one field of n bytes, of some type. */
static void one_field(struct lic_buf *b, bool big, unsigned tag, unsigned type, const uint8_t *p,
		      size_t n)
{
	lic_buf_reset(b);
	lic_buf_adds(b, big ? "MM" : "II");
	put(b, big, 2, 42);
	put(b, big, 4, 8);
	put(b, big, 2, 1);
	put(b, big, 2, tag);
	put(b, big, 2, type);
	put(b, big, 4, (uint32_t)n);
	if (n > 4)
		put(b, big, 4, 26);
	else
		lic_buf_add(b, p, n);
	for (size_t i = n; i < 4; i++)
		lic_buf_addc(b, 0);
	put(b, big, 4, 0);
	if (n > 4)
		lic_buf_add(b, p, n);
}

static void fill(uint8_t *p, size_t n, uint32_t *state)
{
	static const char *const codes[] = { "ASCII\0\0", "UNICODE", "JIS\0\0\0\0",
					     "\0\0\0\0\0\0\0", "(c) J\0d" };
	const unsigned kind = next(state) % 4;

	for (size_t i = 0; i < n; i++)
		p[i] = kind == 0   ? (uint8_t)next(state)
		       : kind == 1 ? (uint8_t)(i % 2 ? 0 : 'a' + next(state) % 26)
				   : (uint8_t)(' ' + next(state) % 95);
	if (n >= 8 && next(state) % 2)
		memcpy(p, codes[next(state) % LIC_ARRAY_SIZE(codes)], 8);
	if (n && next(state) % 2)
		p[n - 1] = 0;
}

/* Every field that is asked for, in each type, of lengths at each border, with any bytes. */
static void test_exif_fields(void)
{
	static const size_t lengths[] = { 1, 2, 3, 4, 5, 7, 8, 9, 40, 511, 4095, 4096, 4097, 5000 };
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	uint8_t p[5000];
	uint32_t state = 1;
	int wrong = 0, tags = 0, found = 0;

	for (unsigned tag = 0; tag < 0x10000; tag++) {
		if (!lic_exif_field(tag))
			continue;
		tags++;
		for (unsigned k = 0; k < 16 * LIC_ARRAY_SIZE(lengths); k++) {
			static const unsigned types[] = { 1, 2, 2, 2, 3, 7, 7, 129 };
			size_t n = lengths[k % LIC_ARRAY_SIZE(lengths)];
			int both;

			fill(p, n, &state);
			one_field(&b, next(&state) % 2, tag, types[next(&state) % 8], p, n);
			both = compare(lic_exif_read, lic_exif_read_any, (const uint8_t *)b.data,
				       b.len);
			wrong += both < 0;
			found += both > 0;
		}
	}
	lic_buf_release(&b);
	is_int(wrong, 0, "fields of EXIF are read as libexif reads them");
	ok(tags > 5 && found > tags * 50, "%d fields, %d times with claims", tags, found);
}

static size_t change(uint8_t *p, size_t n, uint32_t *state)
{
	for (uint32_t k = next(state) % 4; k > 0; k--)
		p[next(state) % n] = (uint8_t)next(state);
	return next(state) % 8 ? n : n - next(state) % (n / 2);
}

static void test_iptc(void)
{
	uint8_t block[40000];
	uint32_t state = 7;
	int wrong = 0, found = 0;

	for (int i = 0; i < 20000; i++) {
		size_t n = 0, sets = next(&state) % 6 + 1;

		for (size_t k = 0; k < sets; k++) {
			static const uint8_t tags[] = { 0, 5, 25, 40, 55, 80, 110, 115, 116, 120 };
			size_t len = next(&state) % 50 ? next(&state) % 60 : next(&state) % 6000;

			block[n++] = 0x1c;
			block[n++] = next(&state) % 10 ? 2 : 1;
			block[n++] = next(&state) % 10 ? tags[next(&state) % sizeof(tags)]
						       : (uint8_t)next(&state);
			block[n++] = (uint8_t)(len >> 8);
			block[n++] = (uint8_t)len;
			fill(block + n, len, &state);
			n += len;
		}
		if (i % 2)
			n = change(block, n, &state);
		if (i % 500 == 0) { /* too large to be plain */
			memcpy(block + n, "\x1c\x02\x74\x4e\x20", 5);
			memset(block + n + 5, 'x', 20000);
			n += 20005;
			n = n < sizeof(block) ? n : sizeof(block);
		}
		int both = compare(lic_iptc_read, lic_iptc_read_any, block, n);

		wrong += both < 0;
		found += both > 0;
	}
	is_int(wrong, 0, "data sets of IPTC are read as libiptcdata reads them");
	ok(found > 10000, "%d times with claims", found);
}

int main(void)
{
	test_exif_fields();
	test_iptc();
	return done_testing();
}
