/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files made to crash, to hang, to fill memory, or to lose a restriction. What must hold: no crash
 * (run it under the sanitizers), bounded work, and [I2] a file from which a claim has gone missing
 * is damaged.
 */
#include <errno.h>
#include <time.h>
#include <zlib.h>

#include "fs/util/hash.h"
#include "tests/unit/evidence.h"

static const char *const fixtures[] = {
	"cc-by.avif",
	"cc-by.dng",
	"cc-by.gif",
	"cc-by.heic",
	"cc-by.jp2",
	"cc-by.jpg",
	"cc-by.jxl",
	"cc-by.png",
	"cc-by.psd",
	"cc-by.raf",
	"cc-by.tif",
	"cc-by.webp",
	"comment.j2k",
	"conflict.gif",
	"dmi-PROHIBITED.webp",
	"dog.jpg",
	"exif-CC-BY-4.0.png",
	"exif-CC-BY-4.0.webp",
	"exif-learning-optout.jpg",
	"exif-two-copyrights.jpg",
	"gif-comment.gif",
	"iptc-CC-BY-NC-4.0.tif",
	"iptc-iim.jpg",
	"optout.mpo",
	"plus-datamining.jpg",
	"png-text.png",
	"terms-CC-BY-SA-4.0.jpg",
};

/* Of the processor: the machine may be busy. */
static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* [I2] for every place at which a transfer may have ended. */
static void truncated(const char *name)
{
	struct bytes f = BYTES_INIT;
	size_t lost = 0, quiet = 0, whole;

	load(&f, name);
	read_built(&f, &claims);
	whole = claims.n;
	for (size_t n = 0; n < f.b.len; n++) {
		read_bytes(f.b.data, n, &claims);
		if (claims.format != LIC_FORMAT_NONE && !claims.damage && claims.n < whole)
			lost++;
		read_as(f.b.data, n, f.b.len, &limits_default, &claims, NULL);
		if (!claims.damage)
			quiet++;
	}
	is_int(lost, 0, "%s: no claim is lost in silence when cut anywhere", name);
	is_int(quiet, 0, "%s: shorter than when it was judged is damage", name);
	bytes_release(&f);
}

/* Bytes overwritten one at a time: lengths and offsets at their extremes among them. */
static void corrupted(const char *name)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct bytes f = BYTES_INIT;
	size_t step;

	load(&f, name);
	step = f.b.len / 600 + 1;
	for (size_t i = 0; i < f.b.len; i += step) {
		char old = f.b.data[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			f.b.data[i] = (char)values[v];
			read_built(&f, &claims);
		}
		f.b.data[i] = old;
	}
	ok(true, "%s survives bytes that are wrong", name);
	/* words of ones: the largest length that a field can hold */
	for (size_t i = 0; i + 4 <= f.b.len; i += step) {
		char old[4];

		memcpy(old, f.b.data + i, 4);
		memset(f.b.data + i, 0xff, 4);
		read_built(&f, &claims);
		memcpy(f.b.data + i, old, 4);
	}
	ok(true, "%s survives words that are wrong", name);
	bytes_release(&f);
}

static void test_fixtures(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(fixtures); i++) {
		truncated(fixtures[i]);
		corrupted(fixtures[i]);
	}
}

/* --- XML ----------------------------------------------------------------------------------- */

static void xml_is_damage(const char *xml, const char *what)
{
	struct bytes f = BYTES_INIT;
	double start = seconds();

	xmp_file(&f, xml, strlen(xml));
	read_built(&f, &claims);
	ok(claims.damage != NULL, "damage: %s", what);
	ok(seconds() - start < 5, "and soon");
	bytes_release(&f);
}

static void test_xml(void)
{
	struct lic_buf b = LIC_BUF_INIT(BYTES_MAX);

	xml_is_damage("<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;'>"
		      "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;'>"
		      "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'>]><a>&e;&e;&e;&e;</a>",
		      "entities in entities");
	xml_is_damage("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type");
	for (int i = 0; i < 200000; i++)
		lic_buf_adds(&b, "<a>");
	xml_is_damage(b.data, "elements in elements");
	lic_buf_reset(&b);
	lic_buf_adds(&b, "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>");
	for (int i = 0; i < 100; i++)
		lic_buf_adds(&b, "<r:Description><r:a>");
	for (int i = 0; i < 100; i++)
		lic_buf_adds(&b, "</r:a></r:Description>");
	lic_buf_adds(&b, "</r:RDF>");
	xml_is_damage(b.data, "RDF in RDF, closed properly");
	lic_buf_reset(&b);
	lic_buf_adds(&b, "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><r:D ");
	for (int i = 0; i < 20000; i++)
		lic_buf_addf(&b, "a%d='' ", i);
	lic_buf_adds(&b, "/></r:RDF>");
	xml_is_damage(b.data, "20000 attributes");
	lic_buf_release(&b);
}

/* --- limits -------------------------------------------------------------------------------- */

static void many(unsigned n, size_t size)
{
	struct lic_buf b = LIC_BUF_INIT(BYTES_MAX);

	for (unsigned i = 0; i < n; i++) {
		lic_buf_adds(&b, "<rdf:Description rdf:about=''><dc:rights>");
		for (size_t k = 0; k < size; k++)
			lic_buf_addc(&b, 'r');
		lic_buf_adds(&b, "</dc:rights></rdf:Description>");
	}
	read_rdf(b.data, &claims);
	lic_buf_release(&b);
}

static void test_limits(void)
{
	struct lic_limits small = LIC_LIMITS_DEFAULT;
	struct bytes f = BYTES_INIT;

	many(4096, 1);
	ok(!claims.damage && claims.n == 4096, "as many claims as the limit");
	many(4097, 1);
	ok(claims.damage && claims.n == 4096, "one more is damage");
	many(1, limits_default.value_max);
	ok(!claims.damage && claims.n == 1, "a value as long as the limit");
	many(1, limits_default.value_max + 1);
	ok(claims.damage != NULL, "one byte more is damage");
	many(200, limits_default.value_max - 1);
	ok(claims.damage != NULL, "claims over the ceiling of the arena are damage");
	ok(claims.arena.used <= claims.arena.max, "which holds");
	load(&f, "cc-by.jpg");
	small.block_max = 1000;
	read_as(f.b.data, f.b.len, f.b.len, &small, &claims, NULL);
	ok(claims.damage != NULL, "a block over the limit is damage");
	small = limits_default;
	small.depth_max = 3;
	read_as(f.b.data, f.b.len, f.b.len, &small, &claims, NULL);
	ok(claims.damage != NULL, "RDF deeper than the limit is damage");
	bytes_release(&f);
}

/* --- PNG ----------------------------------------------------------------------------------- */

static void bomb(const char *keyword)
{
	const size_t size = 48u << 20;
	uLongf len = compressBound(size);
	Bytef *zeros = calloc(1, size), *out = malloc(len);
	struct bytes f = BYTES_INIT, c = BYTES_INIT;
	double start;

	put(&c, "iTXt", 4);
	puts_(&c, keyword);
	put(&c, "\0\1\0\0\0", 5);
	if (zeros && out && compress2(out, &len, zeros, size, 1) == Z_OK)
		put(&c, out, len);
	put(&f, "\x89PNG\r\n\x1a\n", 8);
	be(&f, 4, c.b.len - 4);
	put(&f, c.b.data, c.b.len);
	be(&f, 4, crc32(0, (const Bytef *)c.b.data, (uInt)c.b.len));
	put(&f, "\0\0\0\0IEND\xae\x42\x60\x82", 12);
	start = seconds();
	read_built(&f, &claims);
	ok(claims.damage != NULL, "damage: 48 MiB of zeros as %s", keyword);
	ok(seconds() - start < 5, "and soon");
	bytes_release(&f);
	bytes_release(&c);
	free(zeros);
	free(out);
}

/* --- TIFF ---------------------------------------------------------------------------------- */

/* Another directory may have stood behind what is left. */
static void test_tiff_link(void)
{
	struct bytes f = BYTES_INIT;

	tiff_one(&f, false, 0x8298, 2, 4, "CC0", 4);
	for (size_t n = f.b.len - 4; n < f.b.len; n++) {
		read_bytes(f.b.data, n, &claims);
		ok(claims.damage != NULL, "cut within the link to the next directory");
	}
	bytes_release(&f);
}

static void test_tiff(void)
{
	struct bytes f = BYTES_INIT;
	double start = seconds();

	/* a directory that is its own successor, its own Exif directory and its own child */
	put(&f, "II\x2a\0\x08\0\0\0\3\0", 10);
	put(&f, "\x69\x87\4\0\1\0\0\0\x08\0\0\0", 12);
	put(&f, "\x4a\1\4\0\1\0\0\0\x08\0\0\0", 12);
	put(&f, "\x98\x82\2\0\4\0\0\0CC0\0\x08\0\0\0", 16);
	read_built(&f, &claims);
	ok(!claims.damage && claims.n == 2, "a directory that points to itself");
	bytes_release(&f);

	/* every entry points to the same 2 MiB */
	put(&f, "II\x2a\0\x08\0\0\0", 8);
	le(&f, 2, 1000);
	for (int i = 0; i < 1000; i++) {
		le(&f, 2, 0x4949);
		le(&f, 2, 4);
		le(&f, 4, 1);
		le(&f, 4, 8);
	}
	le(&f, 4, 0);
	read_built(&f, &claims);
	ok(!claims.damage, "a thousand entries that nobody asked for");
	bytes_release(&f);

	put(&f, "II\x2a\0\x08\0\0\0", 8);
	le(&f, 2, 8);
	for (int i = 0; i < 8; i++) {
		le(&f, 2, 0x8649);
		le(&f, 2, 7);
		le(&f, 4, 12u << 20);
		le(&f, 4, 8);
	}
	le(&f, 4, 0);
	for (int i = 0; i < (12 << 20); i += 1024) {
		char zeros[1024] = { 0 };

		put(&f, zeros, sizeof(zeros));
	}
	read_built(&f, &claims);
	ok(claims.damage != NULL, "blocks that lie over each other cost the budget");
	bytes_release(&f);

	/* children by the million, each a directory of no entries */
	put(&f, "II\x2a\0\x08\0\0\0\1\0\x4a\1\4\0", 14);
	le(&f, 4, 100000);
	le(&f, 4, 26);
	le(&f, 4, 0);
	for (uint32_t i = 0; i < 100000; i++)
		le(&f, 4, 400100 + i);
	read_built(&f, &claims);
	ok(claims.damage != NULL, "more directories than anybody needs");
	bytes_release(&f);

	put(&f, "MM\0\x2b\0\x08\0\0", 8);
	be(&f, 8, 16);
	be(&f, 8, UINT64_MAX);
	read_built(&f, &claims);
	ok(claims.damage != NULL, "2^64 entries");
	bytes_release(&f);
	put(&f, "MM\0\x2b\0\x08\0\0", 8);
	be(&f, 8, 16);
	be(&f, 8, 1);
	be(&f, 2, 0x8298);
	be(&f, 2, 5);
	be(&f, 8, UINT64_MAX / 4);
	be(&f, 8, UINT64_MAX - 4);
	be(&f, 8, 0);
	read_built(&f, &claims);
	ok(claims.damage != NULL, "a value of 2^65 bytes at the end of the address space");
	bytes_release(&f);
	ok(seconds() - start < 10, "all of it soon");
}

/* Directories may overlap: a small file holds more of them than anybody could read. */
static void test_tiff_overlaps(void)
{
	struct bytes f = BYTES_INIT;
	double start = seconds();

	/* every entry of a full directory leads to the same thousands of children */
	put(&f, "II\x2a\0\x08\0\0\0\xff\xff", 10);
	for (int i = 0; i < 65535; i++) {
		le(&f, 2, 0x14a);
		le(&f, 2, 4);
		le(&f, 4, 4096);
		le(&f, 4, 8 + 2 + 65535 * 12 + 4);
	}
	le(&f, 4, 0);
	for (uint32_t i = 1; i <= 4096; i++)
		le(&f, 4, 8 + i * 36 + 12);
	read_built(&f, &claims);
	ok(claims.damage != NULL, "directories that lie over each other cost the budget");
	bytes_release(&f);
	ok(seconds() - start < 10, "and soon");
}

/* --- files --------------------------------------------------------------------------------- */

static void test_large(void)
{
	const size_t padding = 3u << 20;
	struct bytes f = BYTES_INIT, small = BYTES_INIT;
	char *zeros = calloc(1, padding);
	struct lic_hash hash, want;

	/* a WebP whose XMP stands behind 3 MiB of picture: read through windows */
	load(&small, "dmi-PROHIBITED.webp");
	put(&f, small.b.data, 12);
	puts_(&f, "VP8 ");
	le(&f, 4, padding);
	put(&f, zeros, padding);
	put(&f, small.b.data + 12, small.b.len - 12);
	for (unsigned i = 0; i < 4; i++)
		f.b.data[4 + i] = (char)((f.b.len - 8) >> 8 * i);
	is_int(read_as(f.b.data, f.b.len, f.b.len, &limits_default, &claims, &hash), 0, "read");
	is_str(claims.damage, NULL, "a large file is clean");
	ok(nth(&claims, "plus:DataMining", 0) != NULL, "its claims are found");
	lic_hash128(f.b.data, f.b.len, want.b);
	ok(memcmp(&hash, &want, sizeof(hash)) == 0, "all of it is hashed");
	read_as(f.b.data, f.b.len - 1, f.b.len, &limits_default, &claims, &hash);
	ok(claims.damage != NULL, "one byte less is damage");
	read_as(f.b.data, f.b.len - 1, f.b.len, &limits_default, &claims, NULL);
	ok(claims.damage != NULL, "without a hash too");
	read_as(f.b.data, f.b.len, f.b.len - 1, &limits_default, &claims, &hash);
	lic_hash128(f.b.data, f.b.len - 1, want.b);
	ok(memcmp(&hash, &want, sizeof(hash)) == 0, "no more is read than was judged");
	read_as(small.b.data, small.b.len, small.b.len, &limits_default, &claims, &hash);
	lic_hash128(small.b.data, small.b.len, want.b);
	ok(memcmp(&hash, &want, sizeof(hash)) == 0, "a small file is hashed too");
	bytes_release(&f);
	put(&f, "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 18);
	put(&f, zeros, padding);
	read_as(f.b.data, f.b.len, f.b.len + 1, &limits_default, &claims, NULL);
	ok(claims.damage != NULL, "even where no reader looks at the end");
	bytes_release(&f);
	bytes_release(&small);
	free(zeros);
}

static void test_errors(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("x", MFD_CLOEXEC);
	int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	is_int(lic_evidence_read(dir, 100, &limits_default, &claims, NULL, &err), -EISDIR,
	       "what cannot be read is an error");
	is_int(err.code, EISDIR, "with its code");
	is_int(lic_evidence_read(dir, 1u << 20, &limits_default, &claims, NULL, &err), -EISDIR,
	       "large files too");
	lic_claims_reset(&claims);
	is_int(lic_evidence_read(fd, 0, &limits_default, &claims, NULL, &err), 0, "empty file");
	ok(!claims.damage && claims.format == LIC_FORMAT_NONE, "is no image");
	close(fd);
	close(dir);
}

static void test_list(void)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_claim one = { .source = "s", .field = "f", .text = "a b", .raw = { 0 } };
	struct lic_arena_block *head;

	one.raw.p = (const uint8_t *)"a\0b";
	one.raw.n = 3;
	for (int i = 0; i < 100; i++)
		lic_claims_add(&c, &one);
	is_int(c.n, 100, "claims are kept");
	is_str(c.item[99].text, "a b", "with their text");
	ok(memcmp(c.item[99].raw.p, "a\0b", 3) == 0, "and their bytes");
	c.damage = "x";
	lic_claims_reset(&c);
	ok(!c.n && !c.damage && c.next_packet == 1, "reset forgets");
	head = c.arena.head;
	lic_claims_add(&c, &one);
	ok(head && c.arena.head == head, "and keeps the first block");
	is_str(lic_format_name(LIC_FORMAT_WEBP), "webp", "formats have names");
	is_str(lic_rank_name(LIC_RANK_SIDECAR), "sidecar", "and ranks");
	is_str(lic_role_name(LIC_ROLE_NOT_AFTER), "not-after", "and roles");
	is_str(lic_role_name((enum lic_role)99), "unknown", "and what there is not");
	is_str(lic_reserve_name(LIC_RESERVE_INPUT), "input", "and scopes");
	lic_claims_release(&c);
	lic_claims_release(NULL);
}

int main(void)
{
	test_fixtures();
	test_xml();
	test_limits();
	bomb("XML:com.adobe.xmp");
	bomb("Copyright");
	test_tiff();
	test_tiff_link();
	test_tiff_overlaps();
	test_large();
	test_errors();
	test_list();
	lic_claims_release(&claims);
	return done_testing();
}
