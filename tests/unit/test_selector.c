/* SPDX-License-Identifier: Apache-2.0 */
/* Selectors: normal texts, the candidates of an image, and what selects what. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <licensefs/selector.h>

#include "tests/unit/tap.h"

static struct lic_error err;

static struct lic_bytes bytes(const char *s)
{
	return (struct lic_bytes){ (const uint8_t *)s, strlen(s) };
}

/* The normal text, "!" where it is refused, with "*" before it where it is a pattern. */
static const char *normal_n(enum lic_selector_kind kind, struct lic_bytes text)
{
	static struct lic_buf out;
	bool pattern = false;

	lic_buf_release(&out);
	out = (struct lic_buf)LIC_BUF_INIT(1u << 20);
	err = (struct lic_error)LIC_ERROR_INIT;
	if (lic_selector_normal(kind, text, &out, &pattern, &err) < 0)
		return out.len == 0 && err.code == EINVAL && err.msg[0] ? "!" : "not refused well";
	if (pattern) {
		char *copy = strdup(lic_buf_str(&out));

		lic_buf_reset(&out);
		lic_buf_addf(&out, "*%s", copy);
		free(copy);
	}
	return lic_buf_str(&out);
}

static const char *normal(enum lic_selector_kind kind, const char *text)
{
	return normal_n(kind, bytes(text));
}

static void test_normal_paths(void)
{
	is_str(normal(LIC_SELECT_PATH, "./a//b/"), "a/b", "a path loses what it does not need");
	is_str(normal(LIC_SELECT_PATH, "/a/./b"), "a/b", "outer slashes and dots within");
	is_str(normal(LIC_SELECT_PATH, "A/b\xff c"), "A/b\xff c", "bytes stay");
	is_str(normal(LIC_SELECT_PATH, "a/*.jpg"), "*a/*.jpg", "a star makes a pattern");
	is_str(normal(LIC_SELECT_PATH, "a?/"), "*a?/", "a pattern keeps its last slash");
	is_str(normal(LIC_SELECT_PATH, "**"), "***", "the whole store is a pattern");
	is_str(normal(LIC_SELECT_PATH, ""), "!", "nothing is no path");
	is_str(normal(LIC_SELECT_PATH, "./"), "!", "the store is no path");
	is_str(normal(LIC_SELECT_PATH, "a/../b"), "!", "no way up");
	is_str(normal_n(LIC_SELECT_PATH, (struct lic_bytes){ (const uint8_t *)"a\0b", 3 }), "!",
	       "no NUL");
}

static void test_normal_hashes(void)
{
	static const uint8_t raw[16] = {
		0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	};
	struct lic_buf out = LIC_BUF_INIT(64);
	bool pattern = true;

	ok(lic_selector_normal(LIC_SELECT_XXH3, bytes("XXH3:ABCD0102030405060708090a0b0c0d0e"),
			       &out, &pattern, &err) == 0 &&
		   !pattern && out.len == 16 && memcmp(out.data, raw, 16) == 0,
	   "hexadecimal becomes bytes");
	lic_buf_reset(&out);
	ok(lic_selector_normal(LIC_SELECT_MD5, (struct lic_bytes){ raw, 16 }, &out, &pattern,
			       &err) == 0 &&
		   out.len == 16 && memcmp(out.data, raw, 16) == 0,
	   "bytes stay bytes");
	lic_buf_release(&out);
	is_str(normal(LIC_SELECT_XXH3, "abcd"), "!", "too short");
	is_str(normal(LIC_SELECT_XXH3, "0123456789abcdef"), "!", "half a hash is no hash");
	is_str(normal(LIC_SELECT_SHA256, "abcd0102030405060708090a0b0c0d0e"), "!",
	       "nor is half of a long one");
	is_str(normal(LIC_SELECT_MD5, "sha256:abcd0102030405060708090a0b0c0d0e"), "!",
	       "of another kind");
	is_str(normal(LIC_SELECT_MD5, "zbcd0102030405060708090a0b0c0d0e"), "!", "not hexadecimal");
	is_str(normal(LIC_SELECT_LIKENESS, "x"), "!", "a likeness is no text");
}

static void test_normal_creators(void)
{
	static const char *const same[] = { "Jane Doe",
					    "jane doe",
					    " JANE\t Doe\n",
					    "Jane\xc2\xa0 Doe",
					    "Ｊane Doe",
					    "Jane Do\xe2\x80\x8b"
					    "e" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(same); i++)
		is_str(normal(LIC_SELECT_CREATOR, same[i]), "jane doe", "spelling %zu", i);
	is_str(normal(LIC_SELECT_CREATOR, "Stra\xc3\x9f"
					  "e"),
	       "strasse", "folding is full");
	is_str(normal(LIC_SELECT_CREATOR, "Jose\xcc\x81"), "jos\xc3\xa9", "composed");
	is_str(normal(LIC_SELECT_CREATOR, "O\xe2\x80\x99"
					  "Brien"),
	       "o'brien", "quotes are one");
	is_str(normal(LIC_SELECT_CREATOR, "*Doe"), "**doe", "a pattern");
	is_str(normal(LIC_SELECT_CREATOR, " \t"), "!", "no name");
	is_str(normal(LIC_SELECT_CREATOR, "\xff"), "!", "not UTF-8");
}

static void test_normal_urls(void)
{
	static const struct {
		const char *text, *normal;
	} cases[] = {
		{ "https://www.Flickr.com/photos/Jane/1/", "flickr.com/photos/Jane/1" },
		{ "flickr.com", "flickr.com" },
		{ "//flickr.com.", "flickr.com" },
		{ "HTTP://jane:pw@x.org:80/a", "x.org/a" },
		{ "https://x.org:443", "x.org" },
		{ "https://x.org:8080/a", "x.org:8080/a" },
		{ "http://x.org/a?b=C#d", "x.org/a?b=C" },
		{ "http://x.org/?b=c", "x.org?b=c" },
		{ "http://x.org?", "x.org" },
		{ "http://x.org//a///b//", "x.org/a/b" },
		{ "http://x.org/%7Ejane/12%40N00/%2f/a b", "x.org/~jane/12@N00/%2F/a%20b" },
		{ "http://x.org/100%", "x.org/100%25" },
		{ "http://x.org/\xc3\xa9", "x.org/%C3%A9" },
		{ "http://x.org/%c3%a9", "x.org/%C3%A9" },
		{ "http://www.com/", "www.com" },
		{ "www.www.x.org", "x.org" },
		{ "http://[::1]:80/a", "[::1]/a" },
		{ "http://B\xc3\x9c"
		  "cher.de/",
		  "b\xc3\xbc"
		  "cher.de" },
		{ "", "!" },
		{ "http://", "!" },
		{ "a b", "!" },
		{ "https:///x", "!" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		is_str(normal(LIC_SELECT_URL, cases[i].text), cases[i].normal, "%s", cases[i].text);
		if (cases[i].normal[0] != '!')
			is_str(normal(LIC_SELECT_URL, cases[i].normal), cases[i].normal,
			       "and is its own normal text");
	}
}

static void test_normal_ids(void)
{
	is_str(normal(LIC_SELECT_ID, " 12345@N00 "), "12345@n00", "an NSID");
	is_str(normal(LIC_SELECT_ID, "000000000139"), "139", "zeros of a number");
	is_str(normal(LIC_SELECT_ID, "000"), "0", "but for the last");
	is_str(normal(LIC_SELECT_ID, "N01440764_0007"), "n01440764_7", "in each part");
	is_str(normal(LIC_SELECT_ID, "-._"), "!", "no letter and no digit");
}

static void test_normal_limits(void)
{
	size_t n = 5 * LIC_SELECTOR_TEXT_MAX;
	char *text = malloc(n + 1);

	memset(text, 'a', n);
	text[n] = '\0';
	for (int k = LIC_SELECT_PATH; k < LIC_SELECT_COUNT; k++) {
		is_str(normal((enum lic_selector_kind)k, text), "!", "%s: far too long",
		       lic_selector_name((enum lic_selector_kind)k));
		is_str(normal_n((enum lic_selector_kind)k,
				(struct lic_bytes){ (uint8_t *)text, LIC_SELECTOR_TEXT_MAX + 1 }),
		       "!", "one too long");
	}
	is_int(strlen(normal_n(LIC_SELECT_PATH,
			       (struct lic_bytes){ (uint8_t *)text, LIC_SELECTOR_TEXT_MAX })),
	       LIC_SELECTOR_TEXT_MAX, "just right");
	free(text);
}

/* --- idempotence, of random texts --------------------------------------------------------- */

static unsigned seed = 1;

static unsigned rnd(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

static void test_twice(void)
{
	static const char *const piece[] = { "a",
					     "B",
					     "0",
					     "00",
					     "7",
					     "/",
					     "//",
					     ".",
					     "..",
					     "?",
					     "*",
					     "%",
					     "%2F",
					     "%40",
					     "%25",
					     "@",
					     ":",
					     "://",
					     "http://",
					     "www.",
					     "#",
					     "&",
					     "=",
					     " ",
					     "  ",
					     "\t",
					     ";",
					     "_",
					     "-",
					     "\xc3\x9f",
					     "\xc4\xb0",
					     "\xcc\x81",
					     "\xef\xb7\xba",
					     "\xe2\x80\x8b",
					     "\xff",
					     "\xe1\xba\x9e",
					     "\xcd\x85",
					     "\xc2\xaa",
					     "[",
					     "]",
					     ":80",
					     "\xe2\x84\xab",
					     "\xe1\xbe\xbc" };
	bool same = true;

	for (int i = 0; i < 200000 && same; i++) {
		struct lic_buf text = LIC_BUF_INIT(4096), one = LIC_BUF_INIT(65536),
			       two = LIC_BUF_INIT(65536);
		enum lic_selector_kind k = (enum lic_selector_kind)(1 + rnd(LIC_SELECT_COUNT - 1));
		bool pattern;

		for (unsigned n = rnd(12); n > 0; n--)
			lic_buf_adds(&text, piece[rnd(LIC_ARRAY_SIZE(piece))]);
		if (lic_selector_normal(k, bytes(lic_buf_str(&text)), &one, &pattern, &err) == 0) {
			same = lic_selector_normal(
				       k, (struct lic_bytes){ (uint8_t *)one.data, one.len }, &two,
				       &pattern, &err) == 0 &&
			       one.len == two.len && memcmp(one.data, two.data, one.len) == 0;
			if (!same)
				printf("# %s: '%s' -> '%s' -> '%s'\n", lic_selector_name(k),
				       lic_buf_str(&text), lic_buf_str(&one), lic_buf_str(&two));
		}
		lic_buf_release(&text);
		lic_buf_release(&one);
		lic_buf_release(&two);
	}
	ok(same, "the normal text of a normal text is itself");
}

/* --- candidates --------------------------------------------------------------------------- */

struct list {
	struct lic_buf text; /* "kind:text\n"... */
	size_t n, bytes;
	bool keep;
};

static int add(void *ctx, enum lic_selector_kind kind, struct lic_bytes t)
{
	struct list *l = ctx;

	l->n++;
	l->bytes += t.n;
	if (!l->keep)
		return 0;
	lic_buf_addf(&l->text, "%s:", lic_selector_name(kind));
	lic_buf_add(&l->text, t.p, t.n);
	lic_buf_addc(&l->text, '\n');
	return 0;
}

static struct lic_claim claim(enum lic_role role, const char *text)
{
	return (struct lic_claim){ .role = role, .source = "XMP", .field = "f", .text = text };
}

/* All candidates of these kinds, one a line. */
static const char *candidates(unsigned kinds, const char *path, const struct lic_claim *c, size_t n)
{
	static struct list l;
	struct lic_selector_subject s = { .path = bytes(path), .claim = c, .n_claims = n };

	lic_buf_release(&l.text);
	l = (struct list){ .text = LIC_BUF_INIT(1u << 20), .keep = true };
	if (lic_selector_candidates(&s, kinds, add, &l) != 0)
		return "failed";
	return lic_buf_str(&l.text);
}

static bool has(const char *list, const char *line)
{
	size_t n = strlen(line);

	for (const char *p = list; (p = strstr(p, line)); p++)
		if ((p == list || p[-1] == '\n') && p[n] == '\n')
			return true;
	printf("# no '%s' in\n# %s\n", line, list);
	return false;
}

static void test_candidates(void)
{
	struct lic_claim c[] = {
		claim(LIC_ROLE_CREATOR, "Jane  DOE; John Roe ;; "),
		claim(LIC_ROLE_TITLE, "Max Moe"),
		claim(LIC_ROLE_SOURCE_URL,
		      "https://live.static.Flickr.com:99/65535/12345_abc_b.jpg?zz=77"),
	};
	const char *l = candidates(1u << LIC_SELECT_PATH, "a/b/c.jpg", NULL, 0);

	is_str(l, "path:a/b/c.jpg\npath:a\npath:a/b\n", "a path and what is above");
	l = candidates(1u << LIC_SELECT_CREATOR, "x", c, 3);
	is_str(l, "creator:jane doe; john roe ;;\ncreator:jane doe\ncreator:john roe\n",
	       "creators together and one by one");
	l = candidates(1u << LIC_SELECT_URL, "x", c, 3);
	is_str(l,
	       "url:live.static.flickr.com:99/65535/12345_abc_b.jpg?zz=77\n"
	       "url:live.static.flickr.com:99/65535/12345_abc_b.jpg\n"
	       "url:live.static.flickr.com:99/65535\n"
	       "url:live.static.flickr.com:99\n"
	       "url:live.static.flickr.com\nurl:static.flickr.com\nurl:flickr.com\n",
	       "an address, what is above it, its domains");
	l = candidates(1u << LIC_SELECT_ID, "d/00042_s@N-x.v2.jpeg", c, 3);
	ok(has(l, "id:42_s@n-x.v2.jpeg") && has(l, "id:42_s@n-x.v2") && has(l, "id:42") &&
		   has(l, "id:s@n") && has(l, "id:x"),
	   "ids of a name");
	ok(has(l, "id:65535") && has(l, "id:12345_abc_b") && has(l, "id:12345") &&
		   has(l, "id:abc") && has(l, "id:77"),
	   "ids of an address");
	ok(!strstr(l, "id:jpeg") && !strstr(l, "id:d\n") && !strstr(l, "flickr"),
	   "but of no extension, directory or host");
}

static void test_addresses_in_prose(void)
{
	struct lic_claim c =
		claim(LIC_ROLE_SOURCE_URL,
		      "see <http://a.org/x>, (https://b.org/y). or https://c.org/w/http://d.org/z");
	const char *l = candidates(1u << LIC_SELECT_URL, "x", &c, 1);

	ok(has(l, "url:a.org/x") && has(l, "url:b.org/y") && has(l, "url:c.org/w") &&
		   has(l, "url:d.org/z"),
	   "addresses in a text");
	c.text = "flickr.com/photos/jane (old account)";
	ok(has(candidates(1u << LIC_SELECT_URL, "x", &c, 1), "url:flickr.com/photos/jane"),
	   "without a scheme");
	c.text = "https://web.archive.org/web/2015/http://www.flickr.com/jane";
	l = candidates(1u << LIC_SELECT_URL, "x", &c, 1);
	ok(has(l, "url:flickr.com/jane") && has(l, "url:web.archive.org/web/2015"),
	   "one in the other");
	c.text = "http://10.0.0.1/x";
	l = candidates(1u << LIC_SELECT_URL, "x", &c, 1);
	ok(has(l, "url:10.0.0.1") && !strstr(l, "url:0.0.1\n"), "numbers have no domains");
}

/* --- what selects what -------------------------------------------------------------------- */

static int selects(enum lic_selector_kind kind, const char *text, const char *path,
		   const struct lic_claim *c, size_t n)
{
	struct lic_selector_subject s = { .path = bytes(path), .claim = c, .n_claims = n };
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	struct lic_selector sel = { .kind = kind };
	int r = lic_selector_normal(kind, bytes(text), &b, &sel.pattern, &err);

	sel.normal = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&b), b.len };
	if (r == 0)
		r = lic_selector_matches(&sel, &s);
	lic_buf_release(&b);
	return r;
}

static void test_matches(void)
{
	struct lic_claim c[] = {
		claim(LIC_ROLE_CREATOR, "Jane Doe; John Roe"),
		claim(LIC_ROLE_SOURCE_URL,
		      "https://www.flickr.com/photos/12345%40N00/678/in/album"),
	};

	is_int(selects(LIC_SELECT_PATH, "a/b", "a/b/c/d.jpg", c, 2), 1, "all below a directory");
	is_int(selects(LIC_SELECT_PATH, "a/b", "a/bc", c, 2), 0, "and nothing beside it");
	is_int(selects(LIC_SELECT_PATH, "*.jpg", "a/b.jpg", c, 2), 0, "a star stays within");
	is_int(selects(LIC_SELECT_PATH, "**.jpg", "a/b.jpg", c, 2), 1, "two go anywhere");
	is_int(selects(LIC_SELECT_PATH, "a?/", "ab/c/d", c, 2), 1, "all below a pattern");
	is_int(selects(LIC_SELECT_PATH, "a?", "ab/c/d", c, 2), 0, "which needs the slash");
	is_int(selects(LIC_SELECT_PATH, "**", "x", c, 2), 1, "everything");
	is_int(selects(LIC_SELECT_CREATOR, "JOHN  roe", "x", c, 2), 1, "one of two creators");
	is_int(selects(LIC_SELECT_CREATOR, "john", "x", c, 2), 0, "but no part of a name");
	is_int(selects(LIC_SELECT_CREATOR, "j* doe", "x", c, 2), 1, "a pattern");
	is_int(selects(LIC_SELECT_CREATOR, "jane ?oe", "x", c, 2), 1, "one letter");
	is_int(selects(LIC_SELECT_CREATOR, "jane ?", "x", c, 2), 0, "and no more");
	is_int(selects(LIC_SELECT_URL, "flickr.com/photos/12345@N00", "x", c, 2), 1, "an account");
	is_int(selects(LIC_SELECT_URL, "https://flickr.com", "x", c, 2), 1, "a domain");
	is_int(selects(LIC_SELECT_URL, "staticflickr.com", "x", c, 2), 0, "not another domain");
	is_int(selects(LIC_SELECT_URL, "ickr.com", "x", c, 2), 0, "nor its end");
	is_int(selects(LIC_SELECT_URL, "flickr.com/photos/12345@N0", "x", c, 2), 0,
	       "nor its start");
	is_int(selects(LIC_SELECT_ID, "12345@n00", "x", c, 2), 1, "an NSID in an address");
	is_int(selects(LIC_SELECT_ID, "0678", "x", c, 2), 1, "a number in it");
	is_int(selects(LIC_SELECT_ID, "67", "x", c, 2), 0, "but no part of one");
	is_int(selects(LIC_SELECT_ID, "COCO_val2014_000000000139",
		       "d/COCO_val2014_000000000139.jpg", NULL, 0),
	       1, "a name");
	is_int(selects(LIC_SELECT_ID, "COCO_val2014_000000000139.jpg",
		       "d/COCO_val2014_000000000139.jpg", NULL, 0),
	       1, "with its extension");
}

/* How people write names and ids among other words. */
static void test_surroundings(void)
{
	static const char *const creators[] = { "\u00a9 2019 Jane Doe",	   "(c) Jane Doe",
						"Photo by Jane Doe",	   "Jane Doe (Flickr)",
						"Photographer: Jane Doe.", "jane doe / Agency" };
	static const char *const others[] = { "Jane Doering", "Mary Jane Doe", "Bypass Jane Doe" };
	static const char *const ids[][2] = {
		{ "Xy_z-12ab3c", "a/jane-Xy_z-12ab3c-unsplash.jpg" },
		{ "550e8400-e29b-41d4-a716-446655440000",
		  "img_550e8400-e29b-41d4-a716-446655440000_t.jpg" },
		{ "n01440764_10026", "n01440764_10026_thumb.jpg" },
		{ "12345678@N00", "12345678@N00/a/IMG_1.jpg" },
	};
	struct lic_claim c = { .role = LIC_ROLE_CREATOR };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(creators); i++) {
		c.text = creators[i];
		is_int(selects(LIC_SELECT_CREATOR, "jane doe", "x", &c, 1), 1, "\"%s\"", c.text);
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(others); i++) {
		c.text = others[i];
		is_int(selects(LIC_SELECT_CREATOR, "jane doe", "x", &c, 1), 0, "\"%s\" not",
		       c.text);
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(ids); i++)
		is_int(selects(LIC_SELECT_ID, ids[i][0], ids[i][1], NULL, 0), 1, "%s", ids[i][1]);
	is_int(selects(LIC_SELECT_ID, "train", "train/x.jpg", NULL, 0), 0, "no other directory");
	c = (struct lic_claim){ .role = LIC_ROLE_WEBSTATEMENT, .text = "https://x.org/jane/4.0/" };
	is_int(selects(LIC_SELECT_URL, "x.org", "y", &c, 1), 1, "a page about the rights");
	is_int(selects(LIC_SELECT_ID, "4", "y", &c, 1), 0, "but no id in it");
}

static void test_hash_matches(void)
{
	struct lic_digests d = { .has = LIC_DIGEST_SHA256, .md5 = { 1 }, .sha256 = { 2 } };
	struct lic_hash h = { .b = { 3 } };
	struct lic_selector_subject s = { .path = bytes("x"), .hash = &h, .digests = &d };
	struct lic_selector xxh3 = { LIC_SELECT_XXH3, false, { h.b, 16 } },
			    md5 = { LIC_SELECT_MD5, false, { d.md5, 16 } },
			    sha = { LIC_SELECT_SHA256, false, { d.sha256, 32 } };

	is_int(lic_selector_matches(&xxh3, &s), 1, "by its bytes");
	is_int(lic_selector_matches(&sha, &s), 1, "by SHA-256");
	is_int(lic_selector_matches(&md5, &s), 0, "not by what is not known");
}

/* --- hostile ------------------------------------------------------------------------------ */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 64 KiB of a piece that repeats, in a claim of every role. */
static void hostile(const char *piece, size_t most)
{
	struct list l = { .keep = false };
	size_t n = 64u << 10, k = strlen(piece);
	char *text = malloc(n + 1);
	double at = seconds();
	struct lic_claim c[2];
	int r;

	for (size_t i = 0; i < n; i++)
		text[i] = piece[i % k];
	text[n] = '\0';
	c[0] = claim(LIC_ROLE_CREATOR, text);
	c[1] = claim(LIC_ROLE_SOURCE_URL, text);
	r = lic_selector_candidates(
		&(struct lic_selector_subject){ .path = bytes(text), .claim = c, .n_claims = 2 },
		~0u, add, &l);
	at = seconds() - at;
	/* Far more than is needed, for slow machines and sanitizers */
	ok(r == 0 && l.n < most && at < 5, "'%s': %zu candidates, %zu bytes, %.0f ms", piece, l.n,
	   l.bytes, at * 1e3);
	free(text);
}

static void test_hostile(void)
{
	struct lic_claim *c = calloc(1000, sizeof(*c));
	struct list l = { .keep = false };
	char name[1000][16];

	hostile("a", 100);
	hostile("a/", 300000);
	hostile("a;", 400000);
	hostile("http://", 300000);
	hostile("http://a.b/", 300000);
	hostile("a.", 300000);
	hostile("\xef\xb7\xba", 100000);
	hostile("\xff", 100000);
	hostile("1_", 300000);
	hostile("%", 100);
	hostile("*?", 100000);
	for (int i = 0; i < 1000; i++) {
		snprintf(name[i], sizeof(name[i]), "Name %d", i);
		c[i] = claim(LIC_ROLE_CREATOR, name[i]);
	}
	is_int(selects(LIC_SELECT_CREATOR, "name 999", "x", c, 1000), 1,
	       "the last of 1000 creators");
	is_int(lic_selector_candidates(&(struct lic_selector_subject){ .path = bytes("x"),
								       .claim = c,
								       .n_claims = 1000 },
				       1u << LIC_SELECT_CREATOR, add, &l),
	       0, "all of them are told");
	is_int(l.n, 1000, "each once");
	free(c);
}

static int stop(void *ctx, enum lic_selector_kind kind _unused_, struct lic_bytes t _unused_)
{
	++*(int *)ctx;
	return 7;
}

static void test_stop(void)
{
	struct lic_selector_subject s = { .path = bytes("a/b") };
	int calls = 0;

	is_int(lic_selector_candidates(&s, 1u << LIC_SELECT_PATH, stop, &calls), 7, "stops");
	is_int(calls, 1, "at once");
	is_int(lic_selector_candidates(&s, 0, stop, &calls), 0, "no kind, no candidates");
	is_int(calls, 1, "none");
	is_str(lic_selector_name((enum lic_selector_kind)0), "unknown", "kind 0 is none");
	is_str(lic_selector_name(LIC_SELECT_COUNT), "unknown", "nor the last");
	is_str(lic_selector_name(LIC_SELECT_SHA256), "sha256", "a kind has a name");
}

int main(void)
{
	test_normal_paths();
	test_normal_hashes();
	test_normal_creators();
	test_normal_urls();
	test_normal_ids();
	test_normal_limits();
	test_twice();
	test_candidates();
	test_addresses_in_prose();
	test_matches();
	test_surroundings();
	test_hash_matches();
	test_hostile();
	test_stop();
	return done_testing();
}
