/* SPDX-License-Identifier: Apache-2.0 */
/* Join keys: what finds what, and above all what does not. */
#include <errno.h>

#include <licensefs/manifest.h>

#include "tests/unit/tap.h"

#define LONG_NAME "0123456789012345678901234567890123456789012345678901234567890123456789"
#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct lic_bytes bytes(const char *s)
{
	return (struct lic_bytes){ (const uint8_t *)s, strlen(s) };
}

/* What a row says, and its normal text; NULL: it can be no key. */
static const struct {
	enum lic_key_kind kind;
	const char *text, *want;
} rows[] = {
	{ LIC_KEY_ALL, "", "" },
	{ LIC_KEY_ALL, "x", NULL },
	{ LIC_KEY_NONE, "x", NULL },
	{ LIC_KEY_PATH, "a/b.jpg", "a/b.jpg" },
	{ LIC_KEY_PATH, ".//a/./b//c.jpg", "a/b/c.jpg" },
	{ LIC_KEY_PATH, "/a/b.jpg", "a/b.jpg" },
	{ LIC_KEY_PATH, "a/../b.jpg", NULL },
	{ LIC_KEY_PATH, "..", NULL },
	{ LIC_KEY_PATH, "./", NULL },
	{ LIC_KEY_PATH, "", NULL },
	{ LIC_KEY_PATH, "a /b.jpg ", "a /b.jpg " },
	{ LIC_KEY_PATH, "caf\xe9/\xff.jpg", "caf\xe9/\xff.jpg" },
	{ LIC_KEY_PATH, "...", "..." },
	{ LIC_KEY_TAIL, "val2017/0001.jpg", "val2017/0001.jpg" },
	{ LIC_KEY_TAIL, "./0001.jpg", "0001.jpg" },
	{ LIC_KEY_TAIL, "../0001.jpg", NULL },
	{ LIC_KEY_TAIL, "1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5",
	  "1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5" },
	{ LIC_KEY_TAIL, "1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6", NULL },
	{ LIC_KEY_STEM, "000060e3121c7305", "000060e3121c7305" },
	{ LIC_KEY_STEM, "a/b", NULL },
	{ LIC_KEY_STEM, ".", NULL },
	{ LIC_KEY_STEM, "..", NULL },
	{ LIC_KEY_ID, "1001234567", "1001234567" },
	{ LIC_KEY_ID, " 9999\n", "9999" },
	{ LIC_KEY_ID, "0999", NULL },
	{ LIC_KEY_ID, "123456789012", NULL },
	{ LIC_KEY_ID, "12a", NULL },
	{ LIC_KEY_ID, "-1", NULL },
	{ LIC_KEY_ID, " ", NULL },
	{ LIC_KEY_FOLDER_ID, "113756411", "113756411" },
	{ LIC_KEY_FOLDER_ID, "113756411.0", NULL },
	{ LIC_KEY_URL, "http://example.org/a.jpg", "http://example.org/a.jpg" },
	{ LIC_KEY_URL, "HTTPS://Example.ORG:443/A.jpg#", "http://example.org/A.jpg" },
	{ LIC_KEY_URL, "https://example.org/gallery#Img1", "http://example.org/gallery#Img1" },
	{ LIC_KEY_URL, "https://example.org#/photo/1", "http://example.org/#/photo/1" },
	{ LIC_KEY_URL, " http://example.org:80?q=A&b#", "http://example.org/?q=A&b" },
	{ LIC_KEY_URL, "http://example.org:", "http://example.org/" },
	{ LIC_KEY_URL, "http://example.org:8080/", "http://example.org:8080/" },
	{ LIC_KEY_URL, "http://User:Pw@Example.org/", "http://User:Pw@example.org/" },
	{ LIC_KEY_URL, "http://[2001:DB8::1]/", "http://[2001:db8::1]/" },
	{ LIC_KEY_URL, "http://[2001:DB8::1]:443/", "http://[2001:db8::1]/" },
	{ LIC_KEY_URL, "http://h/%7euser/%2f%c3%a9", "http://h/~user/%2F%C3%A9" },
	{ LIC_KEY_URL, "http://h/\xc3\xa9 x", "http://h/%C3%A9%20x" },
	{ LIC_KEY_URL, "http://h/%%34%31", "http://h/%2541" },
	{ LIC_KEY_URL, "http://h/100%", "http://h/100%25" },
	{ LIC_KEY_URL, "http://h/%00", "http://h/%00" },
	{ LIC_KEY_URL,
	  "http://b\xc3\xbc"
	  "cher.example/",
	  "http://b\xc3\xbc"
	  "cher.example/" },
	{ LIC_KEY_URL, "http://h/a\nb", NULL },
	{ LIC_KEY_URL, "http://a b/", NULL },
	{ LIC_KEY_URL, "http://", NULL },
	{ LIC_KEY_URL, "http:///a", NULL },
	{ LIC_KEY_URL, "http://:80/a", NULL },
	{ LIC_KEY_URL, "http://h::/a", NULL },
	{ LIC_KEY_URL, "http://h:443:/a", NULL },
	{ LIC_KEY_URL, "http://[::1]:443:80/a", NULL },
	{ LIC_KEY_URL, "ftp://h/a", NULL },
	{ LIC_KEY_URL, "www.example.org/a", NULL },
	{ LIC_KEY_URL, "//h/a", NULL },
	{ LIC_KEY_MD5, MD5, MD5 },
	{ LIC_KEY_MD5, "md5:D41D8CD98F00B204E9800998ECF8427E", MD5 },
	{ LIC_KEY_MD5, "1B2M2Y8AsgTpgAmY7PhCfg==", MD5 },
	{ LIC_KEY_MD5, "1B2M2Y8AsgTpgAmY7PhCfg", MD5 },
	{ LIC_KEY_MD5, "1B2M2Y8AsgTpgAmY7PhCfh==", NULL },
	{ LIC_KEY_MD5, "1B2M2Y8AsgTpgAmY7PhCf===", NULL },
	{ LIC_KEY_MD5, "1B2M2Y8AsgTpgAmY7PhCfg========", NULL },
	{ LIC_KEY_MD5, "d41d8cd98f00b204e9800998ecf8427", NULL },
	{ LIC_KEY_MD5, "d41d8cd98f00b204e9800998ecf8427g", NULL },
	{ LIC_KEY_MD5, SHA256, NULL },
	{ LIC_KEY_SHA256, "sha256:" SHA256, SHA256 },
	{ LIC_KEY_SHA256, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", SHA256 },
	{ LIC_KEY_SHA256, MD5, NULL },
	{ LIC_KEY_SHA256, "md5:" SHA256, NULL },
	{ LIC_KEY_XXH3, "xxh3:" MD5, MD5 },
	{ LIC_KEY_GLOB, "./a/**", "./a/**" },
	{ LIC_KEY_GLOB, "", NULL },
};

static void test_rows(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(rows); i++) {
		struct lic_buf out = LIC_BUF_INIT(LIC_KEY_TEXT_MAX * 4);
		const char *kind = lic_key_kind_name(rows[i].kind);
		bool good;

		lic_buf_adds(&out, "x");
		good = lic_key_normal(rows[i].kind, bytes(rows[i].text), &out);
		if (!rows[i].want) {
			ok(!good, "%s: no key: row %zu", kind, i);
			is_str(lic_buf_str(&out), "x", "and nothing is left of it");
		} else if (ok(good, "%s: a key: row %zu", kind, i)) {
			struct lic_buf again = LIC_BUF_INIT(LIC_KEY_TEXT_MAX * 4);

			is_str(lic_buf_str(&out) + 1, rows[i].want, "%s: row %zu", kind, i);
			ok(lic_key_normal(rows[i].kind, bytes(rows[i].want), &again) &&
				   strcmp(lic_buf_str(&again), rows[i].want) == 0,
			   "and stays");
			lic_buf_release(&again);
		}
		lic_buf_release(&out);
	}
	ok(!lic_key_normal(LIC_KEY_PATH, (struct lic_bytes){ (const uint8_t *)"a\0b", 3 },
			   &(struct lic_buf)LIC_BUF_INIT(64)),
	   "NUL is in no path");
}

/* --- images ------------------------------------------------------------------------------- */

struct seen {
	char text[4096];
	unsigned kinds;
};

static int note(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s%.*s", n ? " " : "", (int)normal.n,
		 (const char *)normal.p);
	s->kinds |= 1u << kind;
	return 0;
}

static void is_found(const struct lic_key_subject *subject, enum lic_key_kind kind,
		     const char *want)
{
	struct seen s = { "", 0 };

	ok(lic_key_candidates(subject, 1u << kind, note, &s) == 0 && !(s.kinds & ~(1u << kind)),
	   "%s alone of %.*s", lic_key_kind_name(kind), (int)subject->path.n,
	   (const char *)subject->path.p);
	is_str(s.text, want, "under \"%s\"", want);
}

static const struct {
	enum lic_key_kind kind;
	const char *path, *want;
} images[] = {
	{ LIC_KEY_PATH, "a/b/c.jpg", "a/b/c.jpg" },
	{ LIC_KEY_TAIL, "a/b/c.jpg", "c.jpg b/c.jpg a/b/c.jpg" },
	{ LIC_KEY_TAIL, "c.jpg", "c.jpg" },
	{ LIC_KEY_TAIL, "\xff/\xe9.jpg", "\xe9.jpg \xff/\xe9.jpg" },
	{ LIC_KEY_STEM, "train/000060e3121c7305.jpg", "000060e3121c7305" },
	{ LIC_KEY_STEM, "train/000060e3121c7305.JPEG", "000060e3121c7305" },
	{ LIC_KEY_STEM, "train.d/000060e3121c7305", "000060e3121c7305" },
	{ LIC_KEY_STEM, "A.b.png", "A.b" },
	{ LIC_KEY_STEM, ".jpg", ".jpg" },
	{ LIC_KEY_STEM, "version.5", "version.5" },
	{ LIC_KEY_STEM, "Mr. Smith", "Mr. Smith" },
	{ LIC_KEY_STEM, "a.", "a." },
	/* as Flickr writes addresses */
	{ LIC_KEY_ID, "1001234567.jpg", "1001234567" },
	{ LIC_KEY_ID, "f/1001234567.PNG", "1001234567" },
	{ LIC_KEY_ID, "1001234567_abcdef0123.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_abcdef0123_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_abcdef0123_3k.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_abcdef0123_o_d.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_abcdef0123_d.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_012345678a_b.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_0123456789_z.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_abcdef012_m.jpg", "1001234567" },
	{ LIC_KEY_ID, "9999_abcdef0123_o.jpg", "9999" },
	{ LIC_KEY_ID, "20150101_abcdef0123_o.jpg", "20150101" },
	{ LIC_KEY_ID, "1001234567_9876543210.jpg", "1001234567" },
	/* as the site names downloads */
	{ LIC_KEY_ID, "a-title_1001234567_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "_1001234567_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "a_title_of_2014_1001234567_k.jpg", "1001234567" },
	{ LIC_KEY_ID, "a_title_1001234567_abcdef0123_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "2014_1001234567_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "IMG_20150101_1001234567_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "12345678@N00_1001234567_o.jpg", "1001234567" },
	/* as scrapers do */
	{ LIC_KEY_ID, "flickr_1001234567.jpg", "1001234567" },
	{ LIC_KEY_ID, "flickr-1001234567-some-words.jpg", "1001234567" },
	{ LIC_KEY_ID, "Flickr-74.jpg", "74" },
	{ LIC_KEY_ID, "flickr_1001234567_abcdef0123_o.jpg", "1001234567" },
	{ LIC_KEY_ID, "flickr_a-title_1001234567_abcdef0123_o.jpg", "1001234567" },
	/* no id, or two */
	{ LIC_KEY_ID, "1.jpg", "" },
	{ LIC_KEY_ID, "1234.jpg", "" },
	{ LIC_KEY_ID, "001001234567.jpg", "" },
	{ LIC_KEY_ID, "0001_abcdef0123_o.jpg", "" },
	{ LIC_KEY_ID, "17_abcdef0123.jpg", "" },
	{ LIC_KEY_ID, "123456789012.jpg", "" },
	{ LIC_KEY_ID, "69999.png", "" },
	{ LIC_KEY_ID, "123456.jpg", "" },
	{ LIC_KEY_ID, "20150101.jpg", "" },
	{ LIC_KEY_ID, "31122015.jpg", "" },
	{ LIC_KEY_ID, "12312015.jpg", "" },
	{ LIC_KEY_ID, "2015010123.jpg", "" },
	{ LIC_KEY_ID, "20150101001.jpg", "" },
	{ LIC_KEY_ID, "32322015.jpg", "32322015" },
	{ LIC_KEY_ID, "20150101_123456.jpg", "" },
	{ LIC_KEY_ID, "20150101_1234567890.jpg", "" },
	{ LIC_KEY_ID, "IMG_20150101_123456.jpg", "" },
	{ LIC_KEY_ID, "IMG_20150101_b.jpg", "" },
	{ LIC_KEY_ID, "20150101123456.jpg", "" },
	{ LIC_KEY_ID, "DSC_1234.jpg", "" },
	{ LIC_KEY_ID, "DSC_1001234567.jpg", "" },
	{ LIC_KEY_ID, "product_10234_s.jpg", "" },
	{ LIC_KEY_ID, "1001234567_9876543210_o.jpg", "" },
	{ LIC_KEY_ID, "1001234567_2001234567.jpg", "1001234567" },
	{ LIC_KEY_ID, "1001234567_2001234567_o.jpg", "" },
	{ LIC_KEY_ID, "a_1001234567_2001234567_o.jpg", "" },
	{ LIC_KEY_ID, "1001234567_abcdef0123_x.jpg", "" },
	{ LIC_KEY_ID, "1001234567_ABCDEF0123_o.jpg", "" },
	{ LIC_KEY_ID, "1001234567_deadbeef.jpg", "" },
	{ LIC_KEY_ID, "1001234567_d.jpg", "" },
	{ LIC_KEY_ID, "1001234567-abcdef0123-o.jpg", "" },
	{ LIC_KEY_ID, "title_1001234567_abcdef0123.jpg", "" },
	{ LIC_KEY_ID, "flickr-1001234567-2001234567.jpg", "" },
	{ LIC_KEY_ID, "flickr-20150101.jpg", "" },
	{ LIC_KEY_ID, "flickr1001234567.jpg", "" },
	{ LIC_KEY_ID, "flickr_.jpg", "" },
	{ LIC_KEY_ID, "flickr_0123456.jpg", "" },
	{ LIC_KEY_ID, "1001234567/a.jpg", "" },
	{ LIC_KEY_ID, "000060e3121c7305.jpg", "" },
	{ LIC_KEY_ID, "_.jpg", "" },
	{ LIC_KEY_ID, "__o.jpg", "" },
	{ LIC_KEY_ID, LONG_NAME LONG_NAME LONG_NAME ".jpg", "" },
	/* iNaturalist Open Data */
	{ LIC_KEY_FOLDER_ID, "photos/113756411/medium.jpg", "113756411" },
	{ LIC_KEY_FOLDER_ID, "17/original.jpeg", "17" },
	{ LIC_KEY_FOLDER_ID, "photos/113756411.jpg", "113756411" },
	{ LIC_KEY_FOLDER_ID, "113756411_large.jpg", "113756411" },
	{ LIC_KEY_FOLDER_ID, "113756411/113756412.jpg", "113756412" },
	{ LIC_KEY_FOLDER_ID, "113756411/1.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "113756411/huge.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "113756411/x/medium.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "a/medium.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "medium.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "0113756411/medium.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "20150101.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "1234.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "69999.png", "" },
	{ LIC_KEY_FOLDER_ID, "123456.jpg", "" },
	{ LIC_KEY_FOLDER_ID, "1234567.jpg", "1234567" },
	{ LIC_KEY_URL, "http:/example.org/a.jpg", "" },
	{ LIC_KEY_MD5, MD5 ".jpg", "" },
	{ LIC_KEY_GLOB, "a.jpg", "" },
	{ LIC_KEY_ALL, "a.jpg", "" },
};

static void test_images(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(images); i++)
		is_found(&(struct lic_key_subject){ .path = bytes(images[i].path) }, images[i].kind,
			 images[i].want);
}

static void add_source(struct lic_claims *c, enum lic_rank rank, enum lic_role role,
		       const char *url)
{
	struct lic_claim claim = { .rank = rank,
				   .role = role,
				   .source = "test",
				   .field = "source",
				   .raw = bytes(url),
				   .text = url };

	lic_claims_add(c, &claim);
}

static void test_known(void)
{
	static const uint8_t md5[16] = { 0xd4, 0x1d }, sha256[32] = { 0xe3, 0xb0 };
	static const struct lic_hash xxh3 = { { 0x01, 0x02 } };
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_key_subject s = { .path = bytes("a.jpg"), .claims = &c };

	is_found(&s, LIC_KEY_URL, "");
	add_source(&c, LIC_RANK_EMBEDDED, LIC_ROLE_SOURCE_URL, "https://Example.org/1");
	add_source(&c, LIC_RANK_SIDECAR, LIC_ROLE_SOURCE_URL, "http://example.org/%32");
	add_source(&c, LIC_RANK_SIDECAR, LIC_ROLE_SOURCE_URL, "from the net");
	add_source(&c, LIC_RANK_MANIFEST, LIC_ROLE_SOURCE_URL, "https://example.org/3");
	add_source(&c, LIC_RANK_EMBEDDED, LIC_ROLE_CAPTION, "https://example.org/4");
	is_found(&s, LIC_KEY_URL, "http://example.org/1 http://example.org/2");
	is_found(&s, LIC_KEY_SHA256, "");
	s.md5 = md5;
	s.sha256 = sha256;
	s.xxh3 = &xxh3;
	is_found(&s, LIC_KEY_MD5, "d41d0000000000000000000000000000");
	is_found(&s, LIC_KEY_SHA256,
		 "e3b0000000000000000000000000000000000000000000000000000000000000");
	is_found(&s, LIC_KEY_XXH3, "01020000000000000000000000000000");
	for (size_t i = 0; i < 1000; i++)
		add_source(&c, LIC_RANK_EMBEDDED, LIC_ROLE_SOURCE_URL, "http://h/");
	{
		struct seen all = { "", 0 };

		is_int(lic_key_candidates(&s, 1u << LIC_KEY_URL, note, &all), 0, "many addresses");
		ok(strlen(all.text) < (LIC_KEY_URLS_MAX + 2) * sizeof("http://example.org/1"),
		   "are not all tried");
	}
	lic_claims_release(&c);
}

static int stop(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	(void)kind;
	(void)normal;
	return ++*(int *)ctx == 2 ? -EINTR : 0;
}

/* A path of any depth and length has its last tails, and no more of them. */
static void test_deep(void)
{
	char path[8192] = "";
	struct lic_key_subject s;
	struct seen seen = { "", 0 };
	int n = 0;

	for (size_t i = 0; i < 4000; i++)
		memcpy(path + 2 * i, "d/", 3);
	memcpy(path + 8000, "e", 2);
	s = (struct lic_key_subject){ .path = bytes(path) };
	is_int(lic_key_candidates(&s, ~0u, note, &seen), 0, "a deep path");
	ok(!(seen.kinds & 1u << LIC_KEY_PATH), "is too long for a key");
	/* "e d/e d/d/e ... e" */
	is_int(strlen(seen.text), LIC_KEY_TAILS_MAX * (LIC_KEY_TAILS_MAX + 1) + 1,
	       "has its last tails, and a stem");
	is_int(lic_key_candidates(&s, ~0u, stop, &n), -EINTR, "what asks can stop");
	is_int(n, 2, "at once");
}

static void test_kinds(void)
{
	for (unsigned k = 0; k < LIC_KEY_COUNT; k++)
		for (unsigned j = 0; j < k; j++)
			ok(strcmp(lic_key_kind_name((enum lic_key_kind)k),
				  lic_key_kind_name((enum lic_key_kind)j)) != 0,
			   "%s has a name", lic_key_kind_name((enum lic_key_kind)k));
	ok(lic_key_is_ambiguous(LIC_KEY_TAIL) && lic_key_is_ambiguous(LIC_KEY_STEM) &&
		   lic_key_is_ambiguous(LIC_KEY_ID) && lic_key_is_ambiguous(LIC_KEY_FOLDER_ID) &&
		   lic_key_is_ambiguous(LIC_KEY_URL),
	   "names and addresses may mislead");
	ok(!lic_key_is_ambiguous(LIC_KEY_PATH) && !lic_key_is_ambiguous(LIC_KEY_SHA256) &&
		   !lic_key_is_ambiguous(LIC_KEY_GLOB) && !lic_key_is_ambiguous(LIC_KEY_ALL),
	   "paths, bytes and patterns do not");
}

int main(void)
{
	test_rows();
	test_images();
	test_known();
	test_deep();
	test_kinds();
	return done_testing();
}
