/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers, quoting, JSON and hash. */
#include <limits.h>
#include <licensefs/buffer.h>
#include <licensefs/error.h>
#include <licensefs/json.h>
#include <licensefs/text.h>

#include "fs/util/digest.h"
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
	quote_is("\xef\xbf\xbe", 3, "$'\\357\\277\\276'");
	quote_is("\xef\xb7\x90", 3, "$'\\357\\267\\220'");
	quote_is("\xef\xbf\xbd", 3, "\xef\xbf\xbd");
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

/* RFC 4231, 4.2 to 4.8; of 4.6 (truncation) the whole is not given there. */
static void test_hmac(void)
{
	static const struct {
		uint8_t key_byte;
		size_t key_n; /* 0: the 25 bytes 1, 2, 3, ... */
		const char *key, *data;
		uint8_t data_byte; /* 50 of them where `data` is NULL */
		const char *mac;
	} vector[] = {
		{ 0x0b, 20, NULL, "Hi There", 0,
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ 0, 4, "Jefe", "what do ya want for nothing?", 0,
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ 0xaa, 20, NULL, NULL, 0xdd,
		  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ 0, 0, NULL, NULL, 0xcd,
		  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
		{ 0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First", 0,
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ 0xaa, 131, NULL,
		  "This is a test using a larger than block-size key and a larger than block-size "
		  "data. "
		  "The key needs to be hashed before "
		  "being used by the HMAC algorithm.",
		  0, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(vector); i++) {
		uint8_t key[131], data[50], mac[32];
		const char *text = vector[i].data;
		size_t key_n = vector[i].key_n ? vector[i].key_n : 25;
		size_t n = text ? strlen(text) : sizeof(data);
		struct lic_hmac *h;
		char hex[65];

		for (size_t k = 0; k < key_n; k++)
			key[k] = vector[i].key_n ? vector[i].key_byte : (uint8_t)(k + 1);
		if (vector[i].key)
			memcpy(key, vector[i].key, key_n);
		memset(data, vector[i].data_byte, sizeof(data));
		h = lic_hmac_new(key, key_n);
		for (int again = 0; again < 2; again++) {
			lic_hmac_add(h, text ? text : (char *)data, 3);
			lic_hmac_add(h, text ? text + 3 : (char *)data + 3, n - 3);
			lic_hmac_get(h, mac);
			for (size_t k = 0; k < sizeof(mac); k++)
				snprintf(hex + 2 * k, 3, "%02x", mac[k]);
			is_str(hex, vector[i].mac, "HMAC-SHA256 of vector %zu%s", i + 1,
			       again ? ", again" : "");
		}
		lic_hmac_free(h);
	}
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

static void address_is(const char *url, const char *want)
{
	struct lic_buf b = LIC_BUF_INIT(4096);
	bool is = lic_text_address(&b, url);

	ok(is == (want != NULL), "%s %s", url, want ? "is an address" : "is none");
	is_str(lic_buf_str(&b), want ? want : "", "as a link: %s", url);
	lic_buf_release(&b);
}

static void test_address(void)
{
	static const char *const none[] = {
		"",		      "http:",		      "https://",
		"https:///x",	      "ftp://e.example/",     "javascript:alert(1)",
		"//e.example/",	      "e.example",	      "https://jane@e.example/",
		"https://a:b@e.example", "https://e.example:99999/", "https://e.example:x/",
		"https://e.example\\@x/", "https://e example/",   "https://[::1/",
		"https://[g]/",	      "https://[]/",	      "https://[::1]x/",
		"https://:80/",	      "https://%65.example/", "https://e.example:1:2/",
		"https://a\"b/",	      "https://e.example:000080/",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(none); i++)
		address_is(none[i], NULL);
	address_is("https://e.example", "https://e.example");
	address_is("HTTP://e.example:8080/?q=a&b#c", "HTTP://e.example:8080/?q=a&b#c");
	address_is("https://[2001:db8::1]:443/[x]", "https://[2001:db8::1]:443/%5Bx%5D");
	address_is("https://\xc3\xa9.example/\xff", "https://%C3%A9.example/%FF");
	address_is("https://e.example/a b\n\"'<>\\^`{|}",
		   "https://e.example/a%20b%0A%22%27%3C%3E%5C%5E%60%7B%7C%7D");
	address_is("https://e.example/%20%zz%", "https://e.example/%20%25zz%25");
	address_is("https://e.example/#a#b", "https://e.example/#a%23b");
	address_is("https://e.example/jane@x:y", "https://e.example/jane@x:y");
	address_is("https://e.example?user@host", "https://e.example?user@host");
}

int main(void)
{
	test_address();
	test_nearest();
	test_buffer();
	test_quote();
	test_json();
	test_error();
	test_hash();
	test_hmac();
	return done_testing();
}
