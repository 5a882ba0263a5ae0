/* SPDX-License-Identifier: Apache-2.0 */
/* PSD and camera raws built byte by byte: what format they are, where they keep statements. */
#include "tests/unit/evidence.h"

/* --- building ------------------------------------------------------------------------------ */

struct entry {
	unsigned tag, type;
	uint64_t count;
	const void *p; /* NULL: the value is `number` */
	size_t n;
	uint32_t number;
};

#define NUMBER(tag, v)                                                                             \
	{                                                                                          \
		tag, 4, 1, NULL, 0, v                                                              \
	}
#define ASCII(tag, s)                                                                              \
	{                                                                                          \
		tag, 2, sizeof(s), s, sizeof(s), 0                                                 \
	}
#define BYTES(tag, s)                                                                              \
	{                                                                                          \
		tag, 1, sizeof(s) - 1, s, sizeof(s) - 1, 0                                         \
	}

/* Appends a little-endian directory at the end of the file, then its values; offsets count from
 * `base`. */
static void directory(struct bytes *f, size_t base, const struct entry *e, size_t n, uint32_t next)
{
	size_t values = f->b.len - base + 2 + 12 * n + 4;

	le(f, 2, n);
	for (size_t i = 0; i < n; i++) {
		le(f, 2, e[i].tag);
		le(f, 2, e[i].type);
		le(f, 4, e[i].count);
		if (!e[i].p) {
			le(f, 4, e[i].number);
		} else if (e[i].n <= 4) {
			put(f, e[i].p, e[i].n);
			put(f, "\0\0\0\0", 4 - e[i].n);
		} else {
			le(f, 4, values);
			values += e[i].n;
		}
	}
	le(f, 4, next);
	for (size_t i = 0; i < n; i++)
		if (e[i].p && e[i].n > 4)
			put(f, e[i].p, e[i].n);
}

/* A header of `head`, then one directory. */
static void tiff_of(struct bytes *f, const char *head, size_t n_head, const struct entry *e,
		    size_t n)
{
	put(f, head, n_head);
	le(f, 4, 8 + (n_head > 4 ? n_head - 4 : 0));
	if (n_head > 4) {
		/* the signature stands behind the offset */
		char tail[32];

		memcpy(tail, f->b.data + 4, n_head - 4);
		memcpy(f->b.data + 4, f->b.data + n_head, 4);
		memcpy(f->b.data + 8, tail, n_head - 4);
	}
	directory(f, 0, e, n, 0);
}

#define IIM "\x1c\2\x74\0\3CC0" /* 2:116 */
#define TIFF "II\x2a\0"

static void is_format(const char *head, size_t n_head, const struct entry *e, size_t n,
		      enum lic_format format, const char *what)
{
	struct bytes f = BYTES_INIT;

	tiff_of(&f, head, n_head, e, n);
	done(&f);
	clean(what);
	is_int(claims.format, format, "%s is %s", what, lic_format_name(format));
	is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "and speaks");
}

#define FORMAT(head, e, format, what)                                                              \
	is_format(head, sizeof(head) - 1, e, LIC_ARRAY_SIZE(e), format, what)

#define CC_BY ASCII(0x8298, "CC BY 4.0")
#define MAKE ASCII(0x010f, "Camera Co")

static void segment(struct bytes *f, unsigned marker, const void *p, size_t n)
{
	be(f, 2, 0xff00 | marker);
	be(f, 2, n + 2);
	put(f, p, n);
}

/* A JPEG with an EXIF copyright. */
static void jpeg_of(struct bytes *f, const char *copyright)
{
	struct bytes e = BYTES_INIT;

	put(&e, "Exif\0\0", 6);
	tiff_one(&e, true, 0x8298, 2, strlen(copyright) + 1, copyright, strlen(copyright) + 1);
	be(f, 2, 0xffd8);
	segment(f, 0xe1, e.b.data, e.b.len);
	be(f, 4, 0xffda0002);
	be(f, 4, 0x1234ffd9);
	bytes_release(&e);
}

/* [I2] for every length up to `n`: either nothing is lost or it is damage. */
static void cut_anywhere(const struct bytes *f, const char *what)
{
	size_t lost = 0, whole;

	read_built(f, &claims);
	whole = claims.n;
	ok(whole > 0 && !claims.damage, "%s: whole, with claims", what);
	for (size_t n = 0; n < f->b.len; n++) {
		read_bytes(f->b.data, n, &claims);
		if (claims.format != LIC_FORMAT_NONE && !claims.damage && claims.n < whole)
			lost++;
	}
	is_int(lost, 0, "%s: no claim is lost in silence when cut anywhere", what);
}

/* Every word at its extremes: no crash, and an end. */
static void lie_anywhere(struct bytes *f, const char *what)
{
	static const uint32_t lies[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0 };

	for (size_t i = 0; i + 4 <= f->b.len; i++) {
		char old[4];

		memcpy(old, f->b.data + i, 4);
		for (size_t k = 0; k < LIC_ARRAY_SIZE(lies); k++) {
			memcpy(f->b.data + i, &lies[k], 4);
			read_built(f, &claims);
		}
		memcpy(f->b.data + i, old, 4);
	}
	ok(true, "%s survives words that are wrong", what);
}

/* --- TIFF or raw? -------------------------------------------------------------------------- */

static void test_formats(void)
{
	static const struct entry plain[] = { CC_BY };
	static const struct entry camera[] = { MAKE, NUMBER(0x0106, 2), NUMBER(0x0103, 1), CC_BY };
	static const struct entry mosaic[] = { MAKE, NUMBER(0x0106, 32803), CC_BY };
	static const struct entry nameless[] = { NUMBER(0x0106, 32803), CC_BY };
	static const struct entry nikon[] = { NUMBER(0x0103, 34713), MAKE, CC_BY };
	static const struct entry kodak[] = { MAKE, CC_BY, NUMBER(0xfe00, 0) };
	static const struct entry leaf[] = { MAKE, CC_BY, NUMBER(0x8606, 0) };
	static const struct entry dng[] = { MAKE, CC_BY, BYTES(0xc612, "\1\4\0\0") };

	FORMAT(TIFF, plain, LIC_FORMAT_TIFF, "a plain TIFF");
	FORMAT(TIFF, camera, LIC_FORMAT_TIFF, "a TIFF that came from a camera");
	FORMAT(TIFF, mosaic, LIC_FORMAT_RAW, "mosaic data of a camera");
	FORMAT(TIFF, nameless, LIC_FORMAT_TIFF, "mosaic data of nobody");
	FORMAT(TIFF, nikon, LIC_FORMAT_RAW, "a NEF");
	FORMAT(TIFF, kodak, LIC_FORMAT_RAW, "a KDC");
	FORMAT(TIFF, leaf, LIC_FORMAT_RAW, "a MOS");
	FORMAT(TIFF, dng, LIC_FORMAT_DNG, "a DNG");
	FORMAT(TIFF "CR\2\0\0\0\0\0", plain, LIC_FORMAT_RAW, "a CR2");
	FORMAT(TIFF "IIIITwaR", plain, LIC_FORMAT_RAW, "an IIQ");
	FORMAT("IIRO", plain, LIC_FORMAT_RAW, "an ORF");
	FORMAT("IIRS", plain, LIC_FORMAT_RAW, "an ORF of another camera");
	FORMAT("II\x55\0", plain, LIC_FORMAT_RAW, "an RW2");
}

/* The directory behind the first has a JPEG and no pixels: a thumbnail, whatever it says. */
static void test_thumbnail(void)
{
	static const struct entry first[] = { CC_BY };
	static const struct entry second[] = { NUMBER(0x0201, 8), ASCII(0x8298, "thumbnail") };
	static const struct entry page[] = { NUMBER(0x0111, 8), NUMBER(0x0201, 8),
					     ASCII(0x8298, "page") };

	for (int k = 0; k < 2; k++) {
		struct bytes f = BYTES_INIT;
		size_t at;

		tiff_of(&f, TIFF, 4, first, LIC_ARRAY_SIZE(first));
		at = f.b.len;
		f.b.data[8 + 2 + 12] = (char)at;
		directory(&f, 0, k ? page : second, k ? 3 : 2, 0);
		done(&f);
		clean("two directories");
		is_str(text_of(&claims, "Copyright", 1), k ? "page" : NULL, "the second speaks: %d",
		       k);
	}
}

/* The DSLR-A100 keeps the offset of its pixels where others keep that of a directory. */
static void test_a100(void)
{
	static const char *const make[] = { "SONY", "Sonic" };

	for (int k = 0; k < 2; k++) {
		struct entry e[] = { { 0x010f, 2, 5, make[k], 5, 0 }, NUMBER(0x014a, 200), CC_BY };
		struct bytes f = BYTES_INIT;

		tiff_of(&f, TIFF, 4, e, LIC_ARRAY_SIZE(e));
		while (f.b.len < 220)
			le(&f, 1, 0xee);
		done(&f);
		ok(!claims.damage == !k, "pixels for a directory: %s", make[k]);
		is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "the rest speaks");
	}
}

/* Metadata of other standards, in IFD0 as in the Exif directory. */
static void test_blocks(void)
{
	static const struct entry exif[] = { BYTES(0x02bc, RDF("dc:title='in Exif'")) };
	struct entry e[] = { BYTES(0x02bc, RDF("dc:rights='r'")), BYTES(0x8568, IIM),
			     BYTES(0x83bb, IIM), NUMBER(0x8769, 0) };
	struct bytes f = BYTES_INIT, h = BYTES_INIT;

	tiff_of(&f, TIFF, 4, e, LIC_ARRAY_SIZE(e));
	e[3].number = (uint32_t)f.b.len;
	lic_buf_reset(&f.b);
	tiff_of(&f, TIFF, 4, e, LIC_ARRAY_SIZE(e));
	directory(&f, 0, exif, 1, 0);
	read_built(&f, &claims);
	clean("blocks in two directories");
	is_str(text_of(&claims, "dc:rights", 0), "r", "XMP in IFD0");
	is_str(text_of(&claims, "dc:title", 0), "in Exif", "XMP in the Exif directory");
	is_str(text_of(&claims, "2:116", 1), "CC0", "both kinds of IPTC");
	cut_anywhere(&f, "blocks");

	/* the same as the EXIF of a JPEG */
	be(&h, 2, 0xffd8);
	be(&h, 2, 0xffe1);
	be(&h, 2, 2 + 6 + f.b.len);
	put(&h, "Exif\0\0", 6);
	put(&h, f.b.data, f.b.len);
	be(&h, 4, 0xffda0002);
	bytes_release(&f);
	done(&h);
	clean("the same in a JPEG");
	is_str(text_of(&claims, "dc:rights", 0), "r", "is read");
	is_str(text_of(&claims, "2:116", 1), "CC0", "all of it");

	/* Hasselblad: a TIFF in a TIFF */
	tiff_one(&h, true, 0x8298, 2, 4, "CC0", 4);
	{
		struct entry x = { 0xc51b, 7, h.b.len, h.b.data, h.b.len, 0 };

		tiff_of(&f, TIFF, 4, &x, 1);
	}
	bytes_release(&h);
	done(&f);
	clean("3FR");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "EXIF within EXIF");
}

/* --- raws that keep their metadata in a JPEG ------------------------------------------------ */

static void test_panasonic(void)
{
	struct bytes j = BYTES_INIT, f = BYTES_INIT;

	jpeg_of(&j, "CC BY 4.0");
	for (int k = 0; k < 2; k++) {
		struct entry e = { 0x002e, 7, j.b.len, j.b.data, j.b.len, 0 };

		tiff_of(&f, k ? TIFF : "II\x55\0", 4, &e, 1);
		if (!k) {
			cut_anywhere(&f, "RW2");
			lie_anywhere(&f, "RW2");
		}
		done(&f);
		clean("JPEG behind tag 0x2e");
		is_str(text_of(&claims, "Copyright", 0), k ? NULL : "CC BY 4.0",
		       "is read in an RW2 alone: %d", k);
	}
	bytes_release(&j);
}

static void raf_of(struct bytes *f, uint32_t off, uint32_t n)
{
	puts_(f, "FUJIFILMCCD-RAW 0201FF392201");
	while (f->b.len < 0x54)
		le(f, 1, 0);
	be(f, 4, off);
	be(f, 4, n);
	be(f, 4, 0);
}

static void test_raf(void)
{
	struct bytes j = BYTES_INIT, f = BYTES_INIT;

	jpeg_of(&j, "CC BY 4.0");
	raf_of(&f, 0x60, (uint32_t)j.b.len);
	put(&f, j.b.data, j.b.len);
	read_built(&f, &claims);
	clean("RAF");
	is_int(claims.format, LIC_FORMAT_RAW, "is a raw");
	is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "and speaks by its JPEG");
	cut_anywhere(&f, "RAF");
	lie_anywhere(&f, "RAF");
	bytes_release(&f);
	raf_of(&f, 0x60, (uint32_t)j.b.len + 1);
	put(&f, j.b.data, j.b.len);
	done(&f);
	damaged("a JPEG longer than the RAF");
	raf_of(&f, 0x60, 10);
	put(&f, j.b.data, j.b.len);
	done(&f);
	damaged("a JPEG shorter than its metadata");
	raf_of(&f, 0x10, (uint32_t)j.b.len);
	put(&f, j.b.data, j.b.len);
	done(&f);
	damaged("a JPEG that is none");
	bytes_release(&j);
}

static void block(struct bytes *f, const char *tag, const void *p, size_t n)
{
	be(f, 1, 0);
	puts_(f, tag);
	be(f, 4, n);
	put(f, p, n);
}

static void test_mrw(void)
{
	struct bytes e = BYTES_INIT, b = BYTES_INIT, f = BYTES_INIT;

	tiff_one(&e, true, 0x8298, 2, 10, "CC BY 4.0", 10);
	block(&b, "PRD", "123456789012345678901234", 24);
	block(&b, "TTW", e.b.data, e.b.len);
	block(&b, "CSA", "", 0);
	block(&f, "MRM", b.b.data, b.b.len);
	puts_(&f, "pixels");
	read_built(&f, &claims);
	clean("MRW");
	is_int(claims.format, LIC_FORMAT_RAW, "is a raw");
	is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "and speaks by its EXIF");
	cut_anywhere(&f, "MRW");
	lie_anywhere(&f, "MRW");
	bytes_release(&f);
	block(&f, "MRM", b.b.data, b.b.len - 3);
	done(&f);
	damaged("blocks that do not end where the header says");
	bytes_release(&e);
	bytes_release(&b);
}

static void test_x3f(void)
{
	struct bytes j = BYTES_INIT, f = BYTES_INIT;
	size_t from[3], directory_at;

	jpeg_of(&j, "CC BY 4.0");
	puts_(&f, "FOVb");
	le(&f, 4, 0x20002);
	while (f.b.len < 72)
		le(&f, 1, 0);
	for (int i = 0; i < 3; i++) {
		from[i] = f.b.len;
		puts_(&f, "SECi");
		le(&f, 4, 0x20000);
		le(&f, 4, i == 2 ? 3 : 2);
		le(&f, 4, 18);
		le(&f, 8, 0);
		le(&f, 4, 0);
		put(&f, j.b.data, j.b.len);
	}
	directory_at = f.b.len;
	puts_(&f, "SECd");
	le(&f, 4, 0x20000);
	le(&f, 4, 3);
	for (int i = 0; i < 3; i++) {
		le(&f, 4, from[i]);
		le(&f, 4, 28 + j.b.len);
		puts_(&f, i == 0 ? "IMAG" : "IMA2");
	}
	le(&f, 4, directory_at);
	cut_anywhere(&f, "X3F");
	lie_anywhere(&f, "X3F");
	done(&f);
	clean("X3F");
	is_int(claims.format, LIC_FORMAT_RAW, "is a raw");
	is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "and speaks by one of its JPEGs");
	ok(!nth(&claims, "Copyright", 1), "not by thumbnails, nor by what is no JPEG");
	bytes_release(&j);
}

static void ciff(struct bytes *f, unsigned tag, uint32_t n, uint32_t off)
{
	le(f, 2, tag);
	le(f, 4, n);
	le(f, 4, off);
}

static void test_crw(void)
{
	struct bytes f = BYTES_INIT;
	const size_t base = 26;

	puts_(&f, "II");
	le(&f, 4, base);
	puts_(&f, "HEAPCCDR");
	while (f.b.len < base)
		le(&f, 1, 0);
	/* a directory in the directory, one value beside it and one in it */
	put(&f, "CC BY 4.0\0garbage", 16);
	puts_(&f, "a kind");
	le(&f, 2, 1);
	ciff(&f, 0x0805, 6, 0);
	le(&f, 4, 6);
	le(&f, 2, 3);
	ciff(&f, 0x0805, 16, 0);
	ciff(&f, 0x2804, 22, 16);
	le(&f, 2, 0x4810);
	put(&f, "Jane\0\0\0\0", 8);
	le(&f, 4, 38);
	cut_anywhere(&f, "CRW");
	lie_anywhere(&f, "CRW");
	read_built(&f, &claims);
	clean("CRW");
	is_int(claims.format, LIC_FORMAT_RAW, "is a raw");
	is_str(text_of(&claims, "UserComment", 0), "CC BY 4.0", "its comment");
	is_int(role_of(&claims, "UserComment"), LIC_ROLE_COMMENT, "is one");
	ok(!nth(&claims, "UserComment", 1), "that of the file's kind is none");
	is_str(text_of(&claims, "OwnerName", 0), "Jane", "its owner");
	/* the inner directory is the outer one: a loop */
	f.b.data[f.b.len - 4 - 20 + 2] = (char)(f.b.len - base);
	f.b.data[f.b.len - 4 - 20 + 6] = 0;
	done(&f);
	damaged("a loop of directories");
	puts_(&f, "II");
	le(&f, 4, base);
	puts_(&f, "HEAPCCDR");
	while (f.b.len < base + 6)
		le(&f, 1, 0);
	done(&f);
	damaged("an empty directory");
}

/* --- PSD ------------------------------------------------------------------------------------ */

static void resource(struct bytes *f, unsigned id, const void *p, size_t n)
{
	puts_(f, "8BIM");
	be(f, 2, id);
	be(f, 2, 0);
	be(f, 4, n);
	put(f, p, n);
	if (n & 1)
		be(f, 1, 0);
}

static void psd_of(struct bytes *f, unsigned version, const struct bytes *resources)
{
	puts_(f, "8BPS");
	be(f, 2, version);
	be(f, 6, 0);
	be(f, 2, 3);
	be(f, 4, 1);
	be(f, 4, 1);
	be(f, 2, 8);
	be(f, 2, 3);
	be(f, 4, 5);
	puts_(f, "color");
	be(f, 4, resources->b.len);
	put(f, resources->b.data, resources->b.len);
}

static void test_psd(void)
{
	struct bytes i = BYTES_INIT, f = BYTES_INIT, e = BYTES_INIT;
	static char large[17u << 20];

	tiff_one(&e, true, 0x8298, 2, 10, "CC BY 4.0", 10);
	resource(&i, 0x040b, "https://example.org/", 20);
	resource(&i, 0x0404, IIM, sizeof(IIM) - 1);
	resource(&i, 0x03ee, "odd", 3);
	resource(&i, 0x0422, e.b.data, e.b.len);
	resource(&i, 0x0424, RDF("dc:rights='r'"), sizeof(RDF("dc:rights='r'")) - 1);
	resource(&i, 0x0423, "nobody knows", 12);
	resource(&i, 0x040a, "\1", 1);
	for (unsigned version = 1; version < 4; version++) {
		psd_of(&f, version, &i);
		read_built(&f, &claims);
		is_int(claims.format, version < 3 ? LIC_FORMAT_PSD : LIC_FORMAT_NONE, "version %u",
		       version);
		if (version == 1) {
			cut_anywhere(&f, "PSD");
			lie_anywhere(&f, "PSD");
			read_built(&f, &claims);
			clean("PSD");
			is_str(text_of(&claims, "2:116", 0), "CC0", "IPTC");
			is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "EXIF");
			is_str(text_of(&claims, "dc:rights", 0), "r", "XMP");
			is_str(text_of(&claims, "URL", 0), "https://example.org/", "URL");
			is_int(role_of(&claims, "CopyrightFlag"), LIC_ROLE_NOTICE, "flag");
		}
		bytes_release(&f);
	}
	resource(&i, 0x0fa0, large, sizeof(large));
	resource(&i, 0x0404, IIM, sizeof(IIM) - 1);
	psd_of(&f, 2, &i);
	done(&f);
	clean("a resource of 17 MiB that nobody asks for");
	is_str(text_of(&claims, "2:116", 1), "CC0", "is stepped over");
	resource(&i, 0x0424, large, sizeof(large));
	psd_of(&f, 2, &i);
	done(&f);
	damaged("XMP of 17 MiB");
	bytes_release(&i);
	bytes_release(&e);
}

int main(void)
{
	test_formats();
	test_thumbnail();
	test_a100();
	test_blocks();
	test_panasonic();
	test_raf();
	test_mrw();
	test_x3f();
	test_crw();
	test_psd();
	lic_claims_release(&claims);
	return done_testing();
}
