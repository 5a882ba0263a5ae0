/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers, quoting, JSON and hash. */
#include <limits.h>
#include <licensefs/buffer.h>
#include <licensefs/error.h>
#include <licensefs/json.h>
#include <licensefs/text.h>

#include "fs/util/hash.h"
#include "tests/unit/tap.h"

static void test_buffer(void)
{
	struct lic_buf b = LIC_BUF_INIT(8);

	lic_buf_adds(&b, "12345678");
	ok(!lic_buf_failed(&b), "a buffer holds as much as its ceiling");
	lic_buf_addc(&b, '9');
	ok(lic_buf_failed(&b), "one byte more fails");
	is_str(lic_buf_str(&b), "12345678", "and keeps what was there");
	ok(lic_buf_take(&b) == NULL, "a failed buffer cannot be taken");

	struct lic_arena a = LIC_ARENA_INIT(100);

	ok(lic_arena_alloc(&a, 60) != NULL, "arena gives memory");
	ok(lic_arena_alloc(&a, 60) == NULL, "arena refuses past its ceiling");
	lic_arena_release(&a);
}

static void quote_is(const char *in, size_t n, const char *want)
{
	struct lic_buf b = LIC_BUF_INIT(4096);

	lic_text_quote(&b, in, n);
	is_str(lic_buf_str(&b), want, "quoted: %s", want);
	lic_buf_release(&b);
}

static void test_quote(void)
{
	quote_is("a.jpg", 5, "a.jpg");
	quote_is("a b", 3, "'a b'");
	quote_is("", 0, "''");
	quote_is("new\nline", 8, "$'new\\nline'");
	quote_is("\xff", 1, "$'\\377'");
	quote_is("it's", 4, "$'it\\'s'");
	quote_is("\xe2\x80\xae.gpj", 7, "$'\\342\\200\\256.gpj'");
	quote_is("\xc3\xa9", 2, "\xc3\xa9");
	ok(!lic_utf8_valid("\xed\xa0\x80", 3), "surrogates are not UTF-8");
	ok(!lic_utf8_valid("\xc0\x80", 2), "overlong forms are not UTF-8");
}

static void test_json(void)
{
	struct lic_buf b = LIC_BUF_INIT(4096);
	struct lic_json j = LIC_JSON_INIT(&b);

	lic_json_object(&j);
	lic_json_key(&j, "p");
	lic_json_bytes(&j, "a\"\xff\n", 4);
	lic_json_kint(&j, "n", -1);
	lic_json_key(&j, "l");
	lic_json_array(&j);
	lic_json_bool(&j, true);
	lic_json_null(&j);
	lic_json_array_end(&j);
	lic_json_object_end(&j);
	is_str(lic_buf_str(&b), "{\"p\":\"a\\\"\\udcff\\n\",\"n\":-1,\"l\":[true,null]}", "JSON");
	lic_buf_release(&b);
}

static void test_error(void)
{
	struct lic_error err = LIC_ERROR_INIT;

	is_int(lic_error_set(&err, 2, "no '%s'", "x"), -2, "set returns the negative code");
	is_int(lic_error_prefix(&err, "while"), -2, "prefix keeps the code");
	is_str(err.msg, "while: no 'x'", "prefix puts the context first");
}

static void test_hash(void)
{
	uint8_t one[16], two[16];
	struct lic_hasher *h = lic_hasher_new();

	lic_hash128("hello world", 11, one);
	lic_hasher_add(h, "hello ", 6);
	lic_hasher_add(h, "world", 5);
	lic_hasher_get(h, two);
	ok(memcmp(one, two, 16) == 0, "piecewise equals one go");
	lic_hasher_free(h);
}

static void test_nearest(void)
{
	static const char *const words[] = { "scan", NULL, "status", "explain", "license", "" };
	size_t n = LIC_ARRAY_SIZE(words);
	char long_word[65];

	memset(long_word, 'x', sizeof(long_word));
	is_int(lic_text_distance("", 0, "abc", 3), 3, "insertions");
	is_int(lic_text_distance("sacn", 4, "scan", 4), 1, "swapped neighbours are one error");
	is_int(lic_text_distance("SCAN", 4, "scan", 4), 0, "case is ignored");
	is_int(lic_text_distance("kitten", 6, "sitting", 7), 3, "mixed errors");
	ok(lic_text_distance(long_word, 65, "x", 1) == UINT_MAX, "long words are infinitely far");
	is_str(lic_text_nearest("licence", 7, words, n), "license", "nearest word");
	is_str(lic_text_nearest("Statsu", 6, words, n), "status", "nearest in another case");
	ok(!lic_text_nearest("mount", 5, words, n), "nothing is near enough");
	ok(!lic_text_nearest("spin", 4, words, n), "half a word is not near");
	ok(!lic_text_nearest("", 0, words, n), "nothing is near an empty word");
}

int main(void)
{
	test_nearest();
	test_buffer();
	test_quote();
	test_json();
	test_error();
	test_hash();
	return done_testing();
}
