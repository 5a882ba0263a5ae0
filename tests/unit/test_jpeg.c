/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG segments and the blocks in them, built byte by byte: EXIF, Photoshop, IPTC, Extended XMP. */
#include "tests/unit/evidence.h"

static void segment(struct bytes *f, unsigned marker, const void *p, size_t n)
{
	be(f, 2, 0xff00 | marker);
	be(f, 2, n + 2);
	put(f, p, n);
}

static void scan(struct bytes *f)
{
	be(f, 4, 0xffda0002);
	be(f, 4, 0x1234ffd9);
}

static void exif_jpeg(unsigned tag, unsigned type, const void *p, size_t n, bool big)
{
	struct bytes e = BYTES_INIT, f = BYTES_INIT;

	put(&e, "Exif\0\0", 6);
	tiff_one(&e, big, tag, type, n, p, n);
	be(&f, 2, 0xffd8);
	segment(&f, 0xe1, e.b.data, e.b.len);
	scan(&f);
	bytes_release(&e);
	done(&f);
}

static void exif_is(unsigned tag, unsigned type, const void *p, size_t n, const char *field,
		    enum lic_role role, const char *text)
{
	for (int big = 0; big < 2; big++) {
		exif_jpeg(tag, type, p, n, big);
		clean(field);
		is_str(text_of(&claims, field, 0), text, "%s", field);
		is_int(role_of(&claims, field), role, "%s is a %s", field, lic_role_name(role));
	}
}

static void test_exif(void)
{
	exif_is(0x8298, 2, "CC0", 4, "Copyright", LIC_ROLE_COPYRIGHT, "CC0");
	exif_is(0x8298, 2, " \0CC BY editor\0", 15, "Copyright", LIC_ROLE_COPYRIGHT,
		"CC BY editor");
	exif_is(0x8298, 2, "\xa9 J\xf6rg", 6, "Copyright", LIC_ROLE_COPYRIGHT,
		"\xc2\xa9 J\xc3\xb6rg");
	exif_is(0x8298, 129, "\xc2\xa9 J", 5, "Copyright", LIC_ROLE_COPYRIGHT, "\xc2\xa9 J");
	exif_is(0x9286, 7, "ASCII\0\0\0CC BY 4.0\0\0", 19, "UserComment", LIC_ROLE_COMMENT,
		"CC BY 4.0");
	exif_is(0x9286, 7, "UNICODE\0C\0C\0\x30\0", 14, "UserComment", LIC_ROLE_COMMENT, "CC0");
	exif_is(0x9286, 7, "UNICODE\0\0C\0C\0\x30", 14, "UserComment", LIC_ROLE_COMMENT, "CC0");
	exif_is(0x9286, 7, "\0\0\0\0\0\0\0\0CC0", 11, "UserComment", LIC_ROLE_COMMENT, "CC0");
	exif_is(0x9286, 7, "CC BY 4.0", 9, "UserComment", LIC_ROLE_COMMENT, "CC BY 4.0");
	exif_is(0x9c9c, 1, "C\0C\0\x30\0\0\0", 8, "XPComment", LIC_ROLE_COMMENT, "CC0");
	exif_is(0x9c9d, 1, "A\0\xac\x20", 4, "XPAuthor", LIC_ROLE_CREATOR, "A\xe2\x82\xac");
	exif_is(0x010e, 2, "All rights reserved", 20, "ImageDescription", LIC_ROLE_CAPTION,
		"All rights reserved");
	exif_is(0xa437, 129, "Jane Doe", 9, "Photographer", LIC_ROLE_CREATOR, "Jane Doe");
	exif_jpeg(0x8298, 2, "    \0   \0", 9, false);
	ok(!claims.damage && !claims.n, "a blank copyright is none");
	exif_jpeg(0x9287, 7, "\0\1\0\0\0\0", 6, true);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, 15, "use 0 reserves all");
	exif_jpeg(0x9287, 7, "\0\2\0\3\0\1\0\4\0\2", 10, true);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, 0,
	       "opt-in and unspecified reserve nothing");
	exif_jpeg(0x9287, 7, "\0\2\0\3", 4, true);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, 15, "half an opt-out reserves all");
	exif_jpeg(0x9287, 7, "", 0, true);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, 15, "so does an empty one");
	exif_jpeg(0x9287, 7, "\0\0", 2, true);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, 15, "or one of nothing");
	exif_jpeg(0x9287, 7, "\0\1\0\3\0\1\0", 7, true);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, 15, "or one with more than it says");
	exif_jpeg(0xc6fe, 2, "(c) Adobe", 10, true);
	is_int(claims.n, 0, "a camera profile does not speak");
}

/* A JPEG with this APPn segment alone, then perhaps another. */
static void jpeg_of(unsigned marker, const void *p, size_t n, const void *p2, size_t n2)
{
	struct bytes f = BYTES_INIT;

	be(&f, 2, 0xffd8);
	segment(&f, marker, p, n);
	if (p2)
		segment(&f, marker, p2, n2);
	scan(&f);
	done(&f);
}

#define EXIF "Exif\0\0MM\0\x2a\0\0\0\x08"

static void test_broken_exif(void)
{
	static const char two[] = EXIF "\0\2\x82\x98\0\2\0\0\0\4CC0\0";
	static const char far[] = EXIF "\0\1\x82\x98\0\2\0\0\0\x09\0\0\1\0\0\0\0\0";
	static const char unasked[] = EXIF "\0\1\x92\x7c\0\7\0\1\0\0\0\0\1\0\0\0\0\0";
	static const char sub[] = EXIF "\0\1\x87\x69\0\4\0\0\0\1\0\0\1\0\0\0\0\0";
	static const char whole[] = EXIF "\0\1\x82\x98\0\2\0\0\0\x09\0\0\0\x1a\0\0\0\0CC BY 4.0";
	static const char rest[] = "Exif\0\0BY 4.0";

	jpeg_of(0xe1, two, sizeof(two) - 1, NULL, 0);
	damaged("a directory of two entries with one");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "which is read");
	jpeg_of(0xe1, far, sizeof(far) - 1, NULL, 0);
	damaged("a copyright outside the block");
	jpeg_of(0xe1, unasked, sizeof(unasked) - 1, NULL, 0);
	clean("a maker note outside the block");
	jpeg_of(0xe1, sub, sizeof(sub) - 1, NULL, 0);
	damaged("an Exif directory outside the block");
	jpeg_of(0xe1, "Exif\0\0garbage.", 14, NULL, 0);
	damaged("no TIFF header");
	jpeg_of(0xe1, "Exif\0\0", 6, NULL, 0);
	clean("an empty block");
	jpeg_of(0xe1, whole, sizeof(whole) - 1 - 6, rest, sizeof(rest) - 1);
	clean("EXIF over two segments");
	is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "is joined");
	jpeg_of(0xe1, whole, sizeof(whole) - 1, whole, sizeof(whole) - 1);
	clean("EXIF twice");
	is_str(text_of(&claims, "Copyright", 1), "CC BY 4.0", "is read twice");
}

#define PHOTOSHOP "Photoshop 3.0\0"

static void test_broken_photoshop(void)
{
	static const char good[] = PHOTOSHOP "8BIM\4\4\0\0\0\0\0\x08\x1c\2\x74\0\3CC0\0\0";
	static const char junk[] = PHOTOSHOP "8BIM\4\4\0\0\0\0\0\x08\x1c\2\x74\0\3CC0\1\2\3\4";
	static const char far[] = PHOTOSHOP "8BIM\4\4\0\0\0\0\0\x0c\x1c\2\x74\0\3CC0";
	static const char iim[] = PHOTOSHOP "8BIM\4\4\0\0\0\0\0\x08\x1c\2\x74\0\4CC0";
	static const char tail[] = PHOTOSHOP "8BIM\4\4\0\0\0\0\0\x0a\x1c\2\x74\0\3CC0xx";

	jpeg_of(0xed, good, sizeof(good) - 1, NULL, 0);
	clean("zeros behind the last resource");
	is_str(text_of(&claims, "2:116", 0), "CC0", "are padding");
	jpeg_of(0xed, junk, sizeof(junk) - 1, NULL, 0);
	damaged("junk behind the last resource");
	jpeg_of(0xed, far, sizeof(far) - 1, NULL, 0);
	damaged("a resource that leads out of its block");
	jpeg_of(0xed, iim, sizeof(iim) - 1, NULL, 0);
	damaged("a data set that leads out of its block");
	jpeg_of(0xed, tail, sizeof(tail) - 1, NULL, 0);
	damaged("bytes that are no data set");
	is_str(text_of(&claims, "2:116", 0), "CC0", "behind one that is read");
}

/* IFD0 with nothing but the link to IFD1, which holds a copyright. */
static void test_thumbnail(void)
{
	struct bytes e = BYTES_INIT, f = BYTES_INIT;

	put(&e, "Exif\0\0MM\0\x2a\0\0\0\x08\0\0\0\0\0\x0e", 20);
	put(&e, "\0\1\x82\x98\0\2\0\0\0\4CC0\0\0\0\0\0", 18);
	be(&f, 2, 0xffd8);
	segment(&f, 0xe1, e.b.data, e.b.len);
	scan(&f);
	bytes_release(&e);
	done(&f);
	ok(!claims.damage && !claims.n, "the thumbnail's directory does not speak");
}

static void irb(struct bytes *f, unsigned id, const char *name, const void *p, size_t n)
{
	puts_(f, "8BIM");
	be(f, 2, id);
	be(f, 1, strlen(name));
	puts_(f, name);
	if (!(strlen(name) & 1))
		be(f, 1, 0);
	be(f, 4, n);
	put(f, p, n);
	if (n & 1)
		be(f, 1, 0);
}

static void iim(struct bytes *f, unsigned record, unsigned tag, const char *s)
{
	be(f, 1, 0x1c);
	be(f, 1, record);
	be(f, 1, tag);
	be(f, 2, strlen(s));
	puts_(f, s);
}

static void test_photoshop(void)
{
	struct bytes i = BYTES_INIT, p = BYTES_INIT, f = BYTES_INIT;
	const size_t header = 14, cut = 40;

	iim(&i, 1, 90, "\x1b%G");
	iim(&i, 2, 116, "CC BY 4.0");
	iim(&i, 2, 37, "20301231");
	iim(&i, 2, 30, "20200101");
	/* extended length */
	put(&i, "\x1c\2\x78\x80\4\0\0\0\3cap", 12);
	irb(&p, 0x0404, "name", i.b.data, i.b.len);
	irb(&p, 0x040a, "", "\0", 1);
	irb(&p, 0x040b, "odd", "https://example.org/", 20);
	irb(&p, 0x0424, "", "<a/>", 4);
	be(&f, 2, 0xffd8);
	/* a block that goes on in the next segment */
	for (int k = 0; k < 2; k++) {
		struct bytes s = BYTES_INIT;

		put(&s, "Photoshop 3.0\0", header);
		put(&s, p.b.data + (k ? cut : 0), k ? p.b.len - cut : cut);
		segment(&f, 0xed, s.b.data, s.b.len);
		bytes_release(&s);
	}
	scan(&f);
	bytes_release(&i);
	bytes_release(&p);
	done(&f);
	clean("Photoshop block over two segments");
	is_str(text_of(&claims, "2:116", 0), "CC BY 4.0", "IPTC copyright");
	is_int(role_of(&claims, "2:37"), LIC_ROLE_NOT_AFTER, "expiration date");
	is_int(role_of(&claims, "2:30"), LIC_ROLE_NOT_BEFORE, "release date");
	is_str(text_of(&claims, "2:120", 0), "cap", "data set of extended length");
	is_int(role_of(&claims, "CopyrightFlag"), LIC_ROLE_NONE, "flag 0 means nothing");
	is_int(role_of(&claims, "URL"), LIC_ROLE_WEBSTATEMENT, "URL");
}

static void test_jpeg(void)
{
	struct bytes f = BYTES_INIT;

	be(&f, 2, 0xffd8);
	segment(&f, 0xec, "Ducky\0\2\0\x0a\0\0\0\3\0C\0C\0\x30\0\3\0\6\0\0\0\1\0A\0\0", 31);
	segment(&f, 0xfe, "CC BY 4.0\0", 10);
	be(&f, 3, 0xffffff);
	be(&f, 2, 0xff01);
	scan(&f);
	segment(&f, 0xfe, "behind the scan", 15);
	done(&f);
	clean("fill bytes and a marker without length");
	is_str(text_of(&claims, "Comment", 0), "CC0", "Ducky comment");
	is_str(text_of(&claims, "Copyright", 0), "A", "Ducky copyright");
	is_str(text_of(&claims, "COM", 0), "CC BY 4.0", "JPEG comment");
	is_int(role_of(&claims, "COM"), LIC_ROLE_COMMENT, "is a comment");
	ok(!nth(&claims, "COM", 1), "what stands behind the scan is not read");

	be(&f, 2, 0xffd8);
	segment(&f, 0xfe, "a", 1);
	puts_(&f, "junk");
	segment(&f, 0xfe, "b", 1);
	scan(&f);
	done(&f);
	damaged("bytes between segments");
	is_str(text_of(&claims, "COM", 1), "b", "which are skipped all the same");
}

/* One piece of Extended XMP. */
static void extension(struct bytes *f, char guid, uint32_t full, uint32_t offset, const char *p,
		      size_t n)
{
	static const char signature[] = "http://ns.adobe.com/xmp/extension/";
	struct bytes s = BYTES_INIT;

	put(&s, signature, sizeof(signature));
	for (int i = 0; i < 32; i++)
		be(&s, 1, (uint8_t)guid);
	be(&s, 4, full);
	be(&s, 4, offset);
	put(&s, p, n);
	segment(f, 0xe1, s.b.data, s.b.len);
	bytes_release(&s);
}

static void extended_jpeg(struct bytes *f, const char *guid)
{
	static const char signature[] = "http://ns.adobe.com/xap/1.0/";
	struct bytes s = BYTES_INIT;

	put(&s, signature, sizeof(signature));
	lic_buf_addf(&s.b,
		     RDF("dc:title='t' xmlns:n='http://ns.adobe.com/xmp/note/' "
			 "n:HasExtendedXMP='%s'"),
		     guid);
	be(f, 2, 0xffd8);
	segment(f, 0xe1, s.b.data, s.b.len);
	bytes_release(&s);
}

#define GUID_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void test_extended_xmp(void)
{
	static const char x[] = RDF("dc:rights='CC0'");
	const uint32_t n = sizeof(x) - 1, k = 50;
	struct bytes f = BYTES_INIT;

	extended_jpeg(&f, GUID_A);
	extension(&f, 'A', n, k, x + k, n - k);
	extension(&f, 'B', n, 0, x, n);
	extension(&f, 'A', n, 0, x, k);
	scan(&f);
	done(&f);
	clean("two extensions, one out of order");
	is_str(text_of(&claims, "dc:rights", 0), "CC0", "the announced one");
	is_int(nth(&claims, "dc:rights", 0)->packet, nth(&claims, "dc:title", 0)->packet,
	       "belongs to the packet");
	is_int(role_of(&claims, "dc:rights"), LIC_ROLE_COPYRIGHT, "and may grant");
	is_str(text_of(&claims, "dc:rights", 1), "CC0", "the other is read");
	is_int(nth(&claims, "dc:rights", 1)->role, LIC_ROLE_CAPTION, "and may not");

	/* of two packets, the last announces; its pieces are there twice */
	extended_jpeg(&f, "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB");
	{
		struct bytes g = BYTES_INIT;

		extended_jpeg(&g, GUID_A);
		put(&f, g.b.data + 2, g.b.len - 2);
		bytes_release(&g);
	}
	for (int i = 0; i < 2; i++) {
		extension(&f, 'A', n, k, x + k, n - k);
		extension(&f, 'A', n, 0, x, k);
	}
	scan(&f);
	done(&f);
	clean("pieces that are repeated");
	is_int(nth(&claims, "dc:rights", 0)->packet, nth(&claims, "dc:title", 1)->packet,
	       "belong to the second packet");
	ok(!nth(&claims, "dc:rights", 1), "and are read once");

	/* nobody announces it */
	be(&f, 2, 0xffd8);
	extension(&f, 'A', n, 0, x, n);
	scan(&f);
	done(&f);
	clean("an extension of nothing");
	is_int(role_of(&claims, "dc:rights"), LIC_ROLE_CAPTION, "does not grant");

	extended_jpeg(&f, GUID_A);
	scan(&f);
	done(&f);
	damaged("announced and not there");
	extended_jpeg(&f, " " GUID_A "&#10;");
	scan(&f);
	done(&f);
	damaged("announced between blanks and not there");
	extended_jpeg(&f, GUID_A "A");
	scan(&f);
	done(&f);
	damaged("announced by what is no number");
	extended_jpeg(&f, GUID_A);
	extension(&f, 'A', n, 0, x, k);
	scan(&f);
	done(&f);
	damaged("incomplete");
	extended_jpeg(&f, GUID_A);
	extension(&f, 'A', n + 9, 0, x, n);
	scan(&f);
	done(&f);
	damaged("shorter than it says");
	extended_jpeg(&f, GUID_A);
	extension(&f, 'A', n, 0, x, k);
	extension(&f, 'A', n, k - 1, x + k - 1, n - k + 1);
	scan(&f);
	done(&f);
	damaged("overlapping");
	extended_jpeg(&f, GUID_A);
	extension(&f, 'A', UINT32_MAX, UINT32_MAX - 1, x, n);
	scan(&f);
	done(&f);
	damaged("beyond any length");
}

static void photoshop_segment(struct bytes *f, const char *head, size_t n_head, const void *p,
			      size_t n)
{
	struct bytes s = BYTES_INIT;

	put(&s, head, n_head);
	put(&s, p, n);
	segment(f, 0xed, s.b.data, s.b.len);
	bytes_release(&s);
}

#define PHOTOSHOP3 "Photoshop 3.0"

/* Wherever a list of resources is cut into segments, it says the same. */
static void test_photoshop_segments(void)
{
	struct bytes i = BYTES_INIT, p = BYTES_INIT, f = BYTES_INIT;
	size_t bad = 0;

	iim(&i, 2, 116, "CC BY");
	irb(&p, 0x040b, "", "https://example.org/1", 21);
	irb(&p, 0x0404, "name", i.b.data, i.b.len);
	irb(&p, 0x03ee, "", "odd", 3);
	irb(&p, 0x0424, "", "<a/>", 4);
	for (size_t cut = 1; cut < p.b.len; cut++) {
		be(&f, 2, 0xffd8);
		photoshop_segment(&f, PHOTOSHOP3, sizeof(PHOTOSHOP3), p.b.data, cut);
		segment(&f, 0xed, "Adobe_CM\0\2", 10);
		photoshop_segment(&f, PHOTOSHOP3, sizeof(PHOTOSHOP3), p.b.data + cut,
				  p.b.len - cut);
		scan(&f);
		read_built(&f, &claims);
		bad += claims.damage || claims.n != 2;
		bytes_release(&f);
	}
	is_int(bad, 0, "resources over two segments, cut anywhere");

	/* two lists; the first ends without its padding, the second is that of an old version */
	be(&f, 2, 0xffd8);
	photoshop_segment(&f, PHOTOSHOP3, sizeof(PHOTOSHOP3), p.b.data, 12 + 21);
	photoshop_segment(&f, "Adobe_Photoshop2.5:\0\0\0\0\0\0\0\0", 27, p.b.data, p.b.len);
	scan(&f);
	done(&f);
	clean("two lists of resources");
	is_str(text_of(&claims, "URL", 1), "https://example.org/1", "both speak");
	is_str(text_of(&claims, "2:116", 0), "CC BY", "to the end");
	bytes_release(&i);
	bytes_release(&p);
}

/* Headers as they should not be. */
static void test_strange_headers(void)
{
	static const char exif[] = "MM\0\x2a\0\0\0\x08\0\1\x82\x98\0\2\0\0\0\4CC0\0\0\0\0\0";
	static const char *const heads[] = { "Exif\0\0", "EXIF\0\0", "Exif\0\xff", "junkExif\0\0" };
	struct bytes s = BYTES_INIT;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(heads); i++) {
		put(&s, heads[i], i == 3 ? 10 : 6);
		put(&s, exif, sizeof(exif) - 1);
		jpeg_of(0xe1, s.b.data, s.b.len, NULL, 0);
		clean("a strange EXIF header");
		is_str(text_of(&claims, "Copyright", 0), "CC0", "is read");
		bytes_release(&s);
	}
	puts_(&s, "XMP");
	be(&s, 1, 0);
	puts_(&s, "<?xpacket begin=''?>" RDF("dc:rights='r'") "<?xpacket end='w'?>");
	jpeg_of(0xe1, s.b.data, s.b.len, s.b.data, s.b.len);
	clean("a strange XMP header, twice");
	is_str(text_of(&claims, "dc:rights", 1), "r", "both are read");
	bytes_release(&s);
	jpeg_of(0xe1, "http://example.org/ and so on", 30, NULL, 0);
	ok(!claims.damage && !claims.n, "APP1 of somebody else");
	jpeg_of(0xea, "UNICODE\0\0C\0C\0\x30", 14, "AROT\0\0\0\0\0\0\0", 11);
	clean("APP10");
	is_str(text_of(&claims, "COM", 0), "CC0", "comment of PhotoStudio");
	jpeg_of(0xfe, "one", 3, "two", 3);
	is_str(text_of(&claims, "COM", 1), "two", "several comments");
}

/* EXIF larger than a segment: "Exif" again, and no TIFF header. */
static void test_long_exif(void)
{
	struct bytes e = BYTES_INIT, f = BYTES_INIT;
	static char text[70000];
	const size_t cut = 60000;

	memset(text, ' ', sizeof(text));
	text[0] = 'x';
	tiff_one(&e, true, 0x010e, 2, sizeof(text), text, sizeof(text));
	be(&f, 2, 0xffd8);
	for (int k = 0; k < 2; k++) {
		struct bytes s = BYTES_INIT;

		put(&s, "Exif\0\0", 6);
		put(&s, e.b.data + (k ? cut : 0), k ? e.b.len - cut : cut);
		segment(&f, 0xe1, s.b.data, s.b.len);
		bytes_release(&s);
	}
	scan(&f);
	bytes_release(&e);
	done(&f);
	clean("EXIF over two segments");
	is_str(text_of(&claims, "ImageDescription", 0), "x", "is joined");
}

/* A JPEG with this comment and, where `index` is not NULL, an index of later images. */
static void part(struct bytes *f, const char *comment, const struct bytes *index)
{
	be(f, 2, 0xffd8);
	segment(f, 0xfe, comment, strlen(comment));
	if (index)
		segment(f, 0xe2, index->b.data, index->b.len);
	scan(f);
}

/* The index of an MPO with a second image at `at`, which counts from where the index begins. */
static void mpf(struct bytes *f, unsigned type, uint32_t n, uint32_t at)
{
	struct bytes e = BYTES_INIT;

	be(&e, 4, 0x20030000);
	be(&e, 4, 0);
	be(&e, 8, 0);
	be(&e, 4, type);
	be(&e, 4, n);
	be(&e, 4, at);
	be(&e, 4, 0);
	puts_(f, "MPF");
	be(f, 1, 0);
	tiff_one(f, true, 0xb002, 7, e.b.len, e.b.data, e.b.len);
	bytes_release(&e);
}

static void mpo(struct bytes *f, unsigned type, const char *first, const char *second, int shift)
{
	struct bytes i = BYTES_INIT, s = BYTES_INIT;
	size_t at;

	part(&s, second, NULL);
	/* behind the index stand 8 bytes of the scan, then the second image */
	mpf(&i, type, (uint32_t)s.b.len, 0);
	at = i.b.len - 4 + 8;
	bytes_release(&i);
	mpf(&i, type, (uint32_t)s.b.len, (uint32_t)((int)at + shift));
	part(f, first, &i);
	put(f, s.b.data, s.b.len);
	bytes_release(&i);
	bytes_release(&s);
}

/* A later image may restrict, and grants nothing. */
static void test_mpo(void)
{
	struct bytes f = BYTES_INIT;

	mpo(&f, 0x020002, "CC BY 4.0", "CC BY-NC 4.0", 0);
	done(&f);
	clean("MPO");
	is_int(role_of(&claims, "COM"), LIC_ROLE_COMMENT, "the first image states a comment");
	is_str(text_of(&claims, "COM", 1), "CC BY-NC 4.0", "the second speaks");
	is_int(claims.n > 1 ? (int)claims.item[1].role : -1, LIC_ROLE_CAPTION,
	       "without granting anything");
	is_str(claims.n > 1 ? claims.item[1].source : NULL, "later image", "and says where");
	ok(claims.n > 1 && claims.item[0].packet != claims.item[1].packet, "in its own packet");
	mpo(&f, 0x010001, "a", "b", 0);
	done(&f);
	ok(!claims.damage && claims.n == 1, "a large thumbnail is a thumbnail");
	mpo(&f, 0x020002, "a", "b", 5);
	done(&f);
	clean("an index that is off by some bytes");
	is_str(text_of(&claims, "COM", 1), "b", "which are looked through");
	mpo(&f, 0x020002, "a", "b", 99999);
	done(&f);
	damaged("a later image that is not there");
	mpo(&f, 0x020002, "a", "b", 0);
	f.b.len -= 9;
	done(&f);
	damaged("a later image that is cut off before its picture");
}

int main(void)
{
	test_exif();
	test_broken_exif();
	test_broken_photoshop();
	test_thumbnail();
	test_photoshop();
	test_jpeg();
	test_extended_xmp();
	test_photoshop_segments();
	test_strange_headers();
	test_long_exif();
	test_mpo();
	lic_claims_release(&claims);
	return done_testing();
}
