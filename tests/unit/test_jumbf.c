/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile JUMBF, CBOR and JSON, and what JPEG segments may do to a box: all or damage, soon. */
#include <time.h>

#include "fs/evidence/nested.h"
#include "tests/unit/c2pa.h"

#define OPT_OUT "{\"entries\":{\"cawg.ai_training\":{\"use\":\"notAllowed\"}}}"

static void opt_out(struct bytes *ret)
{
	struct bytes a = BYTES_INIT;

	assertion(&a, "cawg.training-mining", "json", OPT_OUT, strlen(OPT_OUT));
	store(ret, &a);
	bytes_release(&a);
}

/* Bytes of the word that makes the assertion an opt-out must stay; any other may break, and still
 * nothing is permitted. */
static void test_bent(const struct bytes *s)
{
	const char *word = memmem(s->b.data, s->b.len, "training-mining", 15);
	size_t good = 0;

	for (size_t i = 0; i < s->b.len; i++) {
		struct bytes bent = BYTES_INIT;

		put(&bent, s->b.data, s->b.len);
		bent.b.data[i] ^= 0x40;
		read_jumbf(&bent);
		good += claims.damage || (reserved() > 0 && (reserved() & LIC_RESERVE_TRAINING)) ||
			(s->b.data + i >= word && s->b.data + i < word + 15);
		bytes_release(&bent);
	}
	is_int((long long)good, (long long)s->b.len, "a bent byte permits nothing");
}

static void test_boxes(void)
{
	struct bytes s = BYTES_INIT, t = BYTES_INIT;
	size_t n;

	opt_out(&s);
	n = s.b.len;
	for (size_t i = 0, good = 0; i <= n; i++) {
		struct bytes cut = BYTES_INIT;

		put(&cut, s.b.data, i);
		read_jumbf(&cut);
		good += i == 0 || i == n ? !claims.damage : claims.damage != NULL;
		bytes_release(&cut);
		if (i == n)
			is_int((long long)good, (long long)n + 1, "cut at any byte it is damage");
	}
	test_bent(&s);
	put(&s, "\0\0\0\0\0\0\0\0\0\0", 10);
	read_jumbf(&s);
	clean("zeros behind the last box");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "which is read");
	lic_buf_truncate(&s.b, n);
	memset(s.b.data, 0, 4);
	read_jumbf(&s);
	clean("a length of 0: to the end");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "which is read");
	be(&t, 4, 1);
	puts_(&t, "jumb");
	be(&t, 8, n + 8);
	put(&t, s.b.data + 8, n - 8);
	read_jumbf(&t);
	clean("a length of 64 bits");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "which is read");
	for (unsigned bits = 31; bits < 64; bits++) {
		lic_buf_reset(&t.b);
		be(&t, 4, 1);
		puts_(&t, "jumb");
		be(&t, 8, UINT64_C(1) << bits);
		put(&t, s.b.data + 8, n - 8);
		read_jumbf(&t);
		if (!claims.damage)
			ok(0, "a length of 2^%u", bits);
	}
	damaged("lengths of up to 2^63");
	lic_buf_reset(&t.b);
	box(&t, "jumb",
	    "\0\0\0\x8"
	    "free",
	    8);
	read_jumbf(&t);
	damaged("a superbox without description");
	lic_buf_reset(&t.b);
	box(&t, "brob", "jumb", 4);
	read_jumbf(&t);
	damaged("compressed as a whole");
	bytes_release(&s);
	bytes_release(&t);
}

static void seconds_since(const struct timespec *from, const char *what)
{
	struct timespec now;
	double s;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	s = (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
	/* a bound for slow machines and sanitizers */
	ok(s < 10, "%s: %.2f s", what, s);
}

static void test_depth(void)
{
	const size_t levels = 400000, header = 33;
	struct bytes s = BYTES_INIT;
	struct timespec from;

	for (size_t i = 0; i < levels; i++) {
		be(&s, 4, (levels - i) * header);
		puts_(&s, "jumb");
		be(&s, 4, 25);
		puts_(&s, "jumd");
		put(&s, "c2ma\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x01", 17);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	read_jumbf(&s);
	damaged("400,000 superboxes in each other");
	seconds_since(&from, "which is found soon");
	bytes_release(&s);
}

/* --- JPEG ----------------------------------------------------------------------------------- */

static void read_jpeg(const struct bytes *segments)
{
	struct bytes f = BYTES_INIT;

	be(&f, 2, 0xffd8);
	put(&f, lic_buf_str(&segments->b), segments->b.len);
	be(&f, 2, 0xffda);
	read_built(&f, &claims);
	bytes_release(&f);
}

/* The k-th of two halves of a box as a segment. */
static void half(struct bytes *f, const struct bytes *s, unsigned en, uint32_t z, unsigned k)
{
	size_t cut = s->b.len / 2, from = k ? cut : 8, to = k ? s->b.len : cut;

	app11(f, en, z, (uint32_t)s->b.len, s->b.data + from, to - from);
}

static void test_segments(void)
{
	struct bytes s = BYTES_INIT, f = BYTES_INIT;
	unsigned bad = 0;

	opt_out(&s);
	for (size_t step = 1; step < s.b.len; step++) {
		lic_buf_reset(&f.b);
		jpeg_cut(&f, &s, step);
		read_built(&f, &claims);
		bad += claims.damage || reserved() != LIC_RESERVE_AI_TRAINING;
	}
	is_int(bad, 0, "however a box is cut into segments");
	lic_buf_reset(&f.b);
	half(&f, &s, 1, 1, 0);
	half(&f, &s, 2, 1, 0);
	half(&f, &s, 2, 2, 1);
	half(&f, &s, 1, 2, 1);
	read_jpeg(&f);
	clean("two boxes whose segments alternate");
	is_int((long long)claims.n, 2, "both are read");
	lic_buf_reset(&f.b);
	for (unsigned i = 0; i < 4; i++)
		half(&f, &s, 1, i % 2 + 1, i % 2);
	read_jpeg(&f);
	clean("a number that is used again");
	is_int((long long)claims.n, 2, "both are read");
	lic_buf_reset(&f.b);
	half(&f, &s, 1, 1, 0);
	read_jpeg(&f);
	damaged("the last segment is missing");
	lic_buf_reset(&f.b);
	half(&f, &s, 1, 2, 1);
	read_jpeg(&f);
	damaged("the first segment is missing");
	lic_buf_reset(&f.b);
	half(&f, &s, 1, 2, 1);
	half(&f, &s, 1, 1, 0);
	read_jpeg(&f);
	damaged("the order is wrong");
	lic_buf_reset(&f.b);
	half(&f, &s, 1, 1, 0);
	half(&f, &s, 1, 3, 1);
	read_jpeg(&f);
	damaged("a segment in the middle is missing");
	lic_buf_reset(&f.b);
	half(&f, &s, 1, 1, 0);
	half(&f, &s, 1, 1, 1);
	read_jpeg(&f);
	damaged("a segment comes twice");
	bytes_release(&s);
	bytes_release(&f);
}

static void test_odd_segments(void)
{
	struct bytes f = BYTES_INIT, s = BYTES_INIT;

	puts_(&f, "\xff\xeb");
	be(&f, 2, 2 + 18);
	put(&f, "JP\0\1\0\0\0\1\0\0\0\x64RESIab", 18);
	read_jpeg(&f);
	clean("boxes of JPEG XT are not ours");
	lic_buf_reset(&f.b);
	puts_(&f, "\xff\xeb");
	be(&f, 2, 2 + 10);
	put(&f, "JP\0\1\0\0\0\1\0\0", 10);
	read_jpeg(&f);
	damaged("a segment that is cut off");
	opt_out(&s);
	lic_buf_reset(&f.b);
	puts_(&f, "\xff\xeb");
	be(&f, 2, 2 + 8 + 16 + s.b.len - 8);
	put(&f, "JP\0\1\0\0\0\1\0\0\0\1jumb", 16);
	be(&f, 8, s.b.len + 8);
	put(&f, s.b.data + 8, s.b.len - 8);
	read_jpeg(&f);
	clean("a length of 64 bits");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "is read");
	lic_buf_reset(&f.b);
	for (unsigned i = 0; i < 100; i++)
		app11(&f, i, 1, 100, "x", 1);
	read_jpeg(&f);
	damaged("more boxes than the limits allow");
	bytes_release(&s);
	bytes_release(&f);
}

/* --- CBOR and JSON -------------------------------------------------------------------------- */

static unsigned opened, closed, told;

static void on_open(void *ctx, const struct lic_nested_path *at)
{
	(void)ctx;
	(void)at;
	opened++;
}

static void on_close(void *ctx, const struct lic_nested_path *at)
{
	(void)ctx;
	(void)at;
	closed++;
}

static void on_value(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	(void)at;
	lic_buf_add(ctx, p, n);
	lic_buf_addc(ctx, ';');
	told++;
}

static const struct lic_nested_handler handler = { on_open, on_close, on_value };

static bool cbor(const void *p, size_t n, struct lic_buf *out)
{
	opened = closed = told = 0;
	lic_buf_reset(out);
	return lic_cbor_walk(p, n, 1 << 16, &handler, out);
}

#define CBOR(bytes) cbor(bytes, sizeof(bytes) - 1, &out)

static void test_cbor(void)
{
	uint8_t deep[LIC_NESTED_DEPTH_MAX + 1];
	struct lic_buf out = LIC_BUF_INIT(64u << 20);

	ok(CBOR("\x83\x01\x20\x18\xff"), "numbers");
	is_str(lic_buf_str(&out), "1;-1;255;", "as text");
	ok(CBOR("\x85\xf4\xf5\xf6\xf7\xf9\x3c\x00"), "others");
	is_str(lic_buf_str(&out), "false;true;;;1;", "as text");
	ok(CBOR("\xbf\x61x\x9f\x01\x02\xff\x61y\x80\xff"), "indefinite lengths");
	is_int(opened, 3, "a map and two arrays open");
	is_int(closed, 3, "and close");
	ok(CBOR("\x7f\x61x\x62yz\xff"), "a text in pieces");
	is_str(lic_buf_str(&out), "xyz;", "is one");
	ok(CBOR("\xa1\x01\x61z"), "a key that is a number");
	ok(CBOR("\x3b\xff\xff\xff\xff\xff\xff\xff\xff"), "-2^64");
	ok(CBOR("\x01\x02"), "several items");
	ok(!CBOR(""), "nothing");
	ok(!CBOR("\x62x"), "a text that is cut off");
	ok(!CBOR("\x7b\x80\0\0\0\0\0\0\0x"), "a text of 2^63");
	ok(!CBOR("\x7b\xff\xff\xff\xff\xff\xff\xff\xffx"), "a text of 2^64-1");
	ok(!CBOR("\x9b\x80\0\0\0\0\0\0\0\x01"), "an array of 2^63");
	ok(!CBOR("\xbb\x80\0\0\0\0\0\0\0\x01\x01"), "a map of 2^63 pairs");
	ok(!CBOR("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"), "a map of 2^64-1 pairs");
	ok(!CBOR("\x9f\x01"), "an array without end");
	ok(!CBOR("\x7f\x61x"), "a text without end");
	ok(!CBOR("\x7f\x41x\xff"), "bytes inside a text");
	ok(!CBOR("\x7f\x7f\x61x\xff\xff"), "pieces inside pieces");
	ok(!CBOR("\xff"), "an end without beginning");
	ok(!CBOR("\x81\xff"), "an end where a value must be");
	ok(!CBOR("\xbf\x61x\xff"), "a key without value");
	ok(!CBOR("\xa1\x80\x01"), "an array as key");
	ok(!CBOR("\xc0"), "a tag without value");
	ok(!CBOR("\x9f\xc0\xff"), "a tag of an end");
	ok(!CBOR("\x1c"), "a reserved length");
	ok(!CBOR("\x5f\x42xy\x42xy"), "bytes without end");
	memset(deep, 0x81, sizeof(deep));
	deep[LIC_NESTED_DEPTH_MAX] = 0;
	ok(cbor(deep, LIC_NESTED_DEPTH_MAX + 1, &out), "as deep as the limit");
	deep[LIC_NESTED_DEPTH_MAX] = 0x80;
	ok(!cbor(deep, LIC_NESTED_DEPTH_MAX + 1, &out), "deeper by one");
	lic_buf_release(&out);
}

static void test_cbor_size(void)
{
	const size_t n = 1u << 20;
	struct lic_buf out = LIC_BUF_INIT(64u << 20);
	struct timespec from;
	uint8_t *p = malloc(n);

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	memset(p, 0x81, n);
	ok(!cbor(p, n, &out), "arrays nested a million times");
	memset(p, 0x9f, n);
	ok(!cbor(p, n, &out), "without lengths as well");
	memset(p, 0xc0, n);
	ok(!cbor(p, n, &out), "nothing but tags");
	memset(p, 0x00, n);
	ok(cbor(p, n, &out), "a million numbers");
	for (size_t i = 0; i + 3 <= n; i += 3)
		memcpy(p + i, "\xf9\x3c\x01", 3);
	ok(cbor(p, n / 3 * 3, &out), "many fractions");
	memset(p, 0x60, n);
	p[0] = 0x7f;
	ok(!cbor(p, n, &out), "a text in a million empty pieces, without end");
	memset(p, 0x61, n);
	p[0] = 0x7f;
	ok(!cbor(p, n, &out), "a text in pieces over the limit");
	seconds_since(&from, "all of them");
	free(p);
	lic_buf_release(&out);
}

static bool json(const char *s, size_t n, struct lic_buf *out)
{
	opened = closed = told = 0;
	lic_buf_reset(out);
	return lic_json_walk((const uint8_t *)s, n, &handler, out);
}

#define JSON(text) json(text, sizeof(text) - 1, &out)

static void test_json(void)
{
	struct lic_buf out = LIC_BUF_INIT(1u << 20);
	char *deep = malloc(1u << 18);

	ok(JSON("{\"a\":[1,2.5,true,false,null,\"\\u00e9\"],\"b\":{}}"), "JSON");
	is_str(lic_buf_str(&out), "1;2.5;true;false;;\xc3\xa9;", "its values");
	is_int(opened, 3, "its maps and arrays");
	ok(JSON("\xef\xbb\xbf \"x\" \0\0"), "a byte order mark and padding");
	ok(JSON("123456789012345678901234567890"), "a number larger than any type");
	ok(!JSON("{\"a\":1,\"a\":2}"), "a key twice");
	ok(!JSON("{\"a\":1} x"), "text behind it");
	ok(!JSON("{\"a\""), "the end is missing");
	ok(!JSON("\"\xff\""), "no UTF-8");
	ok(!JSON(""), "nothing");
	memset(deep, '[', 1u << 18);
	ok(!json(deep, 1u << 18, &out), "nested 2^18 times");
	memset(deep, '[', 40);
	memset(deep + 40, ']', 40);
	ok(!json(deep, 80, &out), "nested deeper than the limit");
	ok(json(deep + 20, 40, &out), "nested within it");
	free(deep);
	lic_buf_release(&out);
}

/* Many assertions, each as expensive as can be: the budget of the file ends it. */
static void test_budget(void)
{
	struct bytes a = BYTES_INIT, s = BYTES_INIT;
	char *p = malloc(200000);
	struct timespec from;

	memset(p, ' ', 200000);
	p[0] = '[';
	for (size_t i = 1; i + 3 < 200000; i += 3)
		memcpy(p + i, "[],", 3);
	memcpy(p + 199990, "[]       ]", 10);
	for (unsigned i = 0; i < 60; i++)
		assertion(&a, "cawg.metadata", "json", p, 200000);
	store(&s, &a);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	read_jumbf(&s);
	damaged("assertions that make millions of objects");
	seconds_since(&from, "in bounded time");
	free(p);
	bytes_release(&a);
	bytes_release(&s);
}

/* What looks cheap and is looked at for every value or box: long paths, long labels. */
static void test_many(void)
{
	const size_t n = 6u << 20;
	static const char *const labels[] = { "cawg.metadata", "c2pa.actions",
					      "cawg.training-mining" };
	struct bytes inner = BYTES_INIT, s = BYTES_INIT;
	char *p = malloc(n), *label = malloc(1u << 20);
	struct timespec from;
	size_t at = 0;

	for (unsigned i = 0; i + 1 < LIC_NESTED_DEPTH_MAX; i++, at += 6)
		memcpy(p + at, "\xa1\x64zz:y", 6);
	p[at++] = (char)0x9f;
	memset(p + at, 1, n - at - 1);
	p[n - 1] = (char)0xff;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(labels); i++)
		read_assertion(labels[i], "cbor", p, n);
	seconds_since(&from, "millions of values deep inside");
	memset(label, 'x', 1u << 20);
	label[(1u << 20) - 1] = '\0';
	for (size_t i = 0; i < n; i += 8)
		memcpy(p + i,
		       "\0\0\0\x8"
		       "abcd",
		       8);
	put(&inner, p, n);
	superbox(&s, "cbor", label, &inner);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	read_jumbf(&s);
	clean("a long label");
	seconds_since(&from, "and a million boxes in it");
	free(p);
	free(label);
	bytes_release(&inner);
	bytes_release(&s);
}

int main(void)
{
	test_boxes();
	test_depth();
	test_segments();
	test_odd_segments();
	test_cbor();
	test_cbor_size();
	test_json();
	test_budget();
	test_many();
	lic_claims_release(&claims);
	return done_testing();
}
