/* SPDX-License-Identifier: Apache-2.0 */
/* PNG, WebP, TIFF, GIF, PNM and BMP built byte by byte: every place that may keep a statement. */
#include <zlib.h>

#include "tests/unit/evidence.h"

/* --- PNG ----------------------------------------------------------------------------------- */

static void chunk(struct bytes *f, const char *type, const void *p, size_t n)
{
	size_t from = f->b.len + 4;

	be(f, 4, n);
	puts_(f, type);
	put(f, p, n);
	be(f, 4, crc32(0, (const Bytef *)f->b.data + from, (uInt)(n + 4)));
}

static void png_begin(struct bytes *f)
{
	put(f, "\x89PNG\r\n\x1a\n", 8);
	chunk(f, "IHDR", "\0\0\0\1\0\0\0\1\1\0\0\0\0", 13);
}

static void deflated(struct bytes *f, const void *p, size_t n)
{
	uLongf len = compressBound(n);
	Bytef *out = malloc(len);

	if (out && compress(out, &len, p, n) == Z_OK)
		put(f, out, len);
	free(out);
}

/* Keyword, NUL and so on in `head`; then the text, deflated. */
static void deflated_chunk(struct bytes *f, const char *type, const void *head, size_t n_head,
			   const void *p, size_t n)
{
	struct bytes c = BYTES_INIT;

	put(&c, head, n_head);
	deflated(&c, p, n);
	chunk(f, type, c.b.data, c.b.len);
	bytes_release(&c);
}

static void test_png(void)
{
	static const char iptc[] = "\nIPTC profile\n      14\n1c0274000843432042\n5920342e\n";
	static const char iptc_ok[] = "\nIPTC profile\n      14\n1c027400094343204259\n20342e30\n";
	struct bytes f = BYTES_INIT;

	png_begin(&f);
	chunk(&f, "tEXt", "copyright\0CC0", 13);
	chunk(&f, "tEXt", "icc:copyright\0(c) HP", 20);
	chunk(&f, "IDAT", "xxxx", 4);
	chunk(&f, "iTXt", "Licensing\0\0\0en\0Lizenz\0CC BY 4.0", 31);
	deflated_chunk(&f, "zTXt", "Comment\0\0", 9, "CC BY-SA", 8);
	deflated_chunk(&f, "iTXt", "Description\0\1\0\0\0", 16, "caption", 7);
	deflated_chunk(&f, "zTXt", "Raw profile type iptc\0\0", 23, iptc_ok, sizeof(iptc_ok) - 1);
	chunk(&f, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0" RDF("dc:rights='r'"),
	      22 + sizeof(RDF("dc:rights='r'")) - 1);
	chunk(&f, "IEND", "", 0);
	puts_(&f, "trailing bytes");
	done(&f);
	clean("PNG with texts of every kind");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "tEXt, in any letter case");
	is_str(text_of(&claims, "Licensing", 0), "CC BY 4.0", "iTXt");
	is_int(role_of(&claims, "Licensing"), LIC_ROLE_LICENSE, "a field made for licenses");
	is_str(text_of(&claims, "Comment", 0), "CC BY-SA", "zTXt");
	is_str(text_of(&claims, "Description", 0), "caption", "iTXt, compressed");
	is_int(role_of(&claims, "Description"), LIC_ROLE_CAPTION, "a caption");
	is_str(text_of(&claims, "2:116", 0), "CC BY 4.0", "raw profile");
	is_str(text_of(&claims, "dc:rights", 0), "r", "XMP");
	is_int(claims.n, 6, "and nothing else");
	is_int(nth(&claims, "Copyright", 0)->packet, nth(&claims, "Licensing", 0)->packet,
	       "all texts are one packet");

	png_begin(&f);
	deflated_chunk(&f, "zTXt", "Raw profile type iptc\0\0", 23, iptc, sizeof(iptc) - 1);
	chunk(&f, "IEND", "", 0);
	done(&f);
	damaged("raw profile shorter than it says");
	png_begin(&f);
	chunk(&f, "tEXt", "Copyright\0CC0", 13);
	done(&f);
	damaged("PNG without its end");
	png_begin(&f);
	chunk(&f, "tEXt", "Copyright\0CC0", 13);
	f.b.data[f.b.len - 5] = '1';
	chunk(&f, "IEND", "", 0);
	done(&f);
	damaged("wrong checksum");
	png_begin(&f);
	chunk(&f, "zTXt", "Copyright\0\0not deflated", 23);
	chunk(&f, "IEND", "", 0);
	done(&f);
	damaged("text that is no zlib stream");
	png_begin(&f);
	chunk(&f, "zTXt", "Unknown\0\0not deflated", 21);
	chunk(&f, "IEND", "", 0);
	done(&f);
	clean("which nobody asked for");

	/* a workflow of 17 MiB, more than any block may have */
	png_begin(&f);
	for (size_t at = f.b.len, i = 0; i < 17; i++) {
		static char mib[1u << 20];

		memset(mib, 'w', sizeof(mib));
		if (i == 0) {
			be(&f, 4, 17u << 20);
			puts_(&f, "tEXt");
			memcpy(mib, "workflow", 9);
		}
		put(&f, mib, sizeof(mib));
		if (i == 16)
			be(&f, 4, crc32(0, (const Bytef *)f.b.data + at + 4, (17u << 20) + 4));
	}
	chunk(&f, "tEXt", "Copyright\0CC0", 13);
	chunk(&f, "IEND", "", 0);
	done(&f);
	clean("other programs' large texts");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "and what follows them is read");
	is_int(role_of(&claims, "workflow"), LIC_ROLE_ORIGIN, "of which the head counts");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "are stepped over");
}

/* Compressed EXIF of a draft, other languages, and text between the frames of an APNG. */
static void test_png_rare(void)
{
	struct bytes e = BYTES_INIT, f = BYTES_INIT;

	tiff_one(&e, true, 0x8298, 2, 10, "CC BY 4.0", 10);
	for (int k = 0; k < 3; k++) {
		png_begin(&f);
		chunk(&f, "acTL", "\0\0\0\2\0\0\0\0", 8);
		chunk(&f, "IDAT", "xxxx", 4);
		chunk(&f, "iTXt", "Licensing\0\0\0de\0Lizenz\0CC BY 4.0", 31);
		chunk(&f, "iTXt", "Licensing\0\0\0fr\0Licence\0CC BY-NC", 31);
		chunk(&f, "fdAT", "\0\0\0\1xxxx", 8);
		if (k == 0)
			deflated_chunk(&f, "zxIf", "\0\0\0\0\x24", 5, e.b.data, e.b.len);
		else if (k == 1)
			chunk(&f, "zXIf",
			      "\0\0\0\0\x24"
			      "broken",
			      11);
		else
			chunk(&f, "eXIf", e.b.data, e.b.len);
		chunk(&f, "IEND", "", 0);
		done(&f);
		ok(!claims.damage == (k != 1), "compressed EXIF, broken EXIF, plain EXIF: %d", k);
		is_str(text_of(&claims, "Copyright", 0), k == 1 ? NULL : "CC BY 4.0", "EXIF");
		is_str(text_of(&claims, "Licensing", 1), "CC BY-NC", "every language is read");
	}
	bytes_release(&e);
}

/* What some tools show although it stands behind the end, or under a keyword of its own. */
static void test_png_strange(void)
{
	struct bytes f = BYTES_INIT;

	png_begin(&f);
	chunk(&f, "tEXt", "Copyright Notice\0All rights reserved", 36);
	chunk(&f, "tEXt", "Copyright \0CC0", 14);
	chunk(&f, "IEND", "", 0);
	chunk(&f, "tEXt", "Comment\0CC0", 11);
	chunk(&f, "zTXt", "Copyright\0\0not deflated", 23);
	done(&f);
	damaged("a broken chunk behind the end");
	is_str(text_of(&claims, "rights", 0), "All rights reserved", "a keyword of somebody's own");
	is_int(role_of(&claims, "rights"), LIC_ROLE_CAPTION, "may restrict");
	is_str(text_of(&claims, "rights", 1), "CC0", "a keyword that ends with a space");
	is_str(text_of(&claims, "Comment", 0), "CC0", "a chunk behind the end");
	is_int(role_of(&claims, "Comment"), LIC_ROLE_CAPTION, "may restrict, too");
	bytes_release(&f);
}

/* Streams that inflate to the limit, and break there: each costs what it came to. */
static void test_png_bombs(void)
{
	struct bytes f = BYTES_INIT, c = BYTES_INIT;
	static char zeros[15u << 20];

	put(&c, "XML:com.adobe.xmp\0\0", 19);
	deflated(&c, zeros, sizeof(zeros));
	c.b.len -= 8;
	png_begin(&f);
	for (int i = 0; i < 200; i++)
		chunk(&f, "zTXt", c.b.data, c.b.len);
	deflated_chunk(&f, "zTXt", "Copyright\0\0", 11, "CC0", 3);
	chunk(&f, "IEND", "", 0);
	done(&f);
	damaged("bombs that do not end");
	is_int(claims.n, 0, "and spend the budget of all that follows");
	bytes_release(&f);
	bytes_release(&c);
}

/* --- the others ---------------------------------------------------------------------------- */

static void test_webp(void)
{
	static const char x[] = RDF("dc:rights='r'");
	struct bytes f = BYTES_INIT;

	puts_(&f, "RIFF");
	le(&f, 4, 4 + 18 + 8 + sizeof(x) - 1 + ((sizeof(x) - 1) & 1));
	puts_(&f, "WEBPVP8X");
	le(&f, 4, 10);
	put(&f, "\x04\0\0\0\0\0\0\0\0\0", 10);
	put(&f, "XMP\0", 4);
	le(&f, 4, sizeof(x) - 1);
	puts_(&f, x);
	if ((sizeof(x) - 1) & 1)
		le(&f, 1, 0);
	f.b.data[20] |= 0x08;
	is_int(read_built(&f, &claims), 0, "read");
	damaged("EXIF announced and not there");
	f.b.data[20] &= ~0x08;
	is_int(read_built(&f, &claims), 0, "read");
	clean("broken type of the XMP chunk");
	f.b.data[4] += 8;
	puts_(&f, "JUNK");
	le(&f, 4, 9);
	is_int(read_built(&f, &claims), 0, "read");
	damaged("a chunk that leads out of the file");
	is_str(text_of(&claims, "dc:rights", 0), "r", "behind one that is read");
	bytes_release(&f);
}

/* An animation whose XMP stands at the end, under a name that no specification has. */
/* What stands behind the end that the header gives, and in a list of RIFF. */
static void test_webp_strange(void)
{
	struct bytes f = BYTES_INIT;

	for (int cut = 0; cut < 2; cut++) {
		puts_(&f, "RIFF");
		le(&f, 4, 4 + 8 + 4 + 8 + 20);
		puts_(&f, "WEBPLIST");
		le(&f, 4, 4 + 8 + 20);
		puts_(&f, "INFOICOP");
		le(&f, 4, 20);
		put(&f, "All rights reserved", 20);
		if (cut) {
			puts_(&f, "XMP ");
			le(&f, 4, 1000);
			puts_(&f, "<x:xmpmeta");
		}
		done(&f);
		if (cut)
			damaged("an appended chunk that is cut off");
		else
			clean("a list");
		is_str(text_of(&claims, "ICOP", 0), "All rights reserved", "copyright of RIFF");
	}
	bytes_release(&f);
}

static void test_webp_animated(void)
{
	static const char *const types[] = { "XMP ", "xmp ", "Xmp" };
	static const char x[] = RDF("dc:rights='r'");

	for (size_t i = 0; i < LIC_ARRAY_SIZE(types); i++) {
		struct bytes f = BYTES_INIT;

		puts_(&f, "RIFF");
		le(&f, 4, 4 + 18 + 14 + 2 * 32 + 8 + sizeof(x) - 1 + ((sizeof(x) - 1) & 1));
		puts_(&f, "WEBPVP8X");
		le(&f, 4, 10);
		put(&f, "\x06\0\0\0\0\0\0\0\0\0", 10);
		puts_(&f, "ANIM");
		le(&f, 4, 6);
		put(&f, "\0\0\0\0\0\0", 6);
		for (int k = 0; k < 2; k++) {
			puts_(&f, "ANMF");
			le(&f, 4, 24);
			put(&f, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0VP8L\0\0\0\0", 24);
		}
		put(&f, types[i], 4);
		le(&f, 4, sizeof(x) - 1);
		puts_(&f, x);
		if ((sizeof(x) - 1) & 1)
			le(&f, 1, 0);
		done(&f);
		clean("animated WebP");
		is_str(text_of(&claims, "dc:rights", 0), "r", "chunk %s behind the frames",
		       types[i]);
	}
}

static void test_tiff(void)
{
	static const char turned[] = "\x00\x74\x02\x1c\x30\x43\x43\x03";
	struct bytes f = BYTES_INIT;

	for (int big = 0; big < 2; big++) {
		tiff_one(&f, big, 0x02bc, 1, sizeof(RDF("dc:rights='r'")) - 1, RDF("dc:rights='r'"),
			 sizeof(RDF("dc:rights='r'")) - 1);
		done(&f);
		clean("TIFF with XMP");
		is_str(text_of(&claims, "dc:rights", 0), "r", "which is read");
	}
	tiff_one(&f, false, 0x83bb, 4, 2, turned, 8);
	done(&f);
	clean("IPTC in turned LONGs");
	is_str(text_of(&claims, "2:116", 0), "CC0", "is turned back");

	/* BigTIFF */
	put(&f, "II\x2b\0\x08\0\0\0", 8);
	le(&f, 8, 16);
	le(&f, 8, 1);
	le(&f, 2, 0x8298);
	le(&f, 2, 2);
	le(&f, 8, 9);
	le(&f, 8, 52);
	le(&f, 8, 0);
	puts_(&f, "CC BY 4.0");
	done(&f);
	clean("BigTIFF");
	is_str(text_of(&claims, "Copyright", 0), "CC BY 4.0", "is read");
}

/* Two directories; the second is reduced or not. */
static void pages(struct bytes *f, uint32_t subfile)
{
	put(f, "II\x2a\0\x08\0\0\0", 8);
	put(f, "\1\0\xfe\0\4\0\1\0\0\0\1\0\0\0\x1a\0\0\0", 18);
	put(f, "\2\0\xfe\0\4\0\1\0\0\0", 10);
	le(f, 4, subfile);
	put(f, "\x98\x82\2\0\4\0\0\0CC0\0", 12);
	le(f, 4, 8); /* a loop */
}

static void test_pages(void)
{
	struct bytes f = BYTES_INIT;

	pages(&f, 0);
	done(&f);
	clean("second page, then a loop");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "the second page speaks");
	pages(&f, 1);
	done(&f);
	ok(!claims.damage && !claims.n, "a preview does not");
}

static void gif_begin(struct bytes *f)
{
	put(f, "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff", 19);
}

static void gif_image(struct bytes *f)
{
	put(f, "\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0", 15);
}

static void test_gif(void)
{
	static const char x[] = RDF("dc:rights='r'");
	struct bytes f = BYTES_INIT;

	gif_begin(&f);
	gif_image(&f);
	put(&f, "\x21\xfe\4CC B\5Y 4.0\0", 14);
	put(&f, "\x21\xff\x0bXMP DataXMP", 14);
	puts_(&f, x);
	be(&f, 1, 1);
	for (unsigned i = 256; i--;)
		be(&f, 1, i);
	be(&f, 1, 0);
	be(&f, 1, 0);
	be(&f, 1, 0x3b);
	done(&f);
	clean("GIF with comment and XMP behind the picture");
	is_str(text_of(&claims, "Comment", 0), "CC BY 4.0", "comment over two blocks");
	is_str(text_of(&claims, "dc:rights", 0), "r", "XMP");

	gif_begin(&f);
	put(&f, "\x21\xff\x0bXMP DataXMP", 14);
	be(&f, 1, sizeof(x) - 1);
	puts_(&f, x);
	be(&f, 1, 0);
	gif_image(&f);
	done(&f);
	damaged("XMP in sub-blocks, no trailer");
	is_str(text_of(&claims, "dc:rights", 0), "r", "is read");
	/* the old version knows no extensions, and has them all the same */
	gif_begin(&f);
	f.b.data[4] = '7';
	put(&f, "\x21\xfe\3one\0", 7);
	gif_image(&f);
	put(&f, "\x21\xfe\3two\0", 7);
	gif_image(&f);
	be(&f, 1, 0x3b);
	done(&f);
	clean("GIF87a");
	is_str(text_of(&claims, "Comment", 0), "one", "a comment before the picture");
	is_str(text_of(&claims, "Comment", 1), "two", "and one between two");
	gif_begin(&f);
	done(&f);
	damaged("no picture and no trailer");
	gif_begin(&f);
	gif_image(&f);
	put(&f, "\0\x21\xfe\1C\0\x3b", 7);
	done(&f);
	clean("a trailer, and an empty block before it");
}

static void pnm_is(const char *s, enum lic_format format, const char *comment)
{
	struct bytes f = BYTES_INIT;

	puts_(&f, s);
	done(&f);
	is_int(claims.format, format, "format of %.20s", s);
	is_str(text_of(&claims, "Comment", 0), comment, "its comment");
}

static void test_plain(void)
{
	struct bytes f = BYTES_INIT;

	pnm_is("P5\n# CC0\n1 1\n255\nx", LIC_FORMAT_PNM, "CC0");
	clean("PGM");
	pnm_is("P6 1 # CC BY\n 1\n255\nxxx", LIC_FORMAT_PNM, "CC BY");
	clean("PPM");
	pnm_is("P1\n1 1\n# not in the header\n0\n", LIC_FORMAT_PNM, NULL);
	clean("PBM");
	pnm_is("P7\n#CC0\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nENDHDR\nx", LIC_FORMAT_PNM, "CC0");
	clean("PAM");
	pnm_is("P3 is what this text begins with", LIC_FORMAT_NONE, NULL);
	pnm_is("P3\n1 x this text looks like a picture", LIC_FORMAT_PNM, NULL);
	damaged("and has no header");
	pnm_is("BM but no bitmap, just a text", LIC_FORMAT_NONE, NULL);
	pnm_is("", LIC_FORMAT_NONE, NULL);
	clean("an empty file");
	put(&f, "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0", 22);
	done(&f);
	is_int(claims.format, LIC_FORMAT_BMP, "BMP");
	clean("BMP");
}

int main(void)
{
	test_png();
	test_png_rare();
	test_png_strange();
	test_png_bombs();
	test_webp();
	test_webp_strange();
	test_webp_animated();
	test_tiff();
	test_pages();
	test_gif();
	test_plain();
	lic_claims_release(&claims);
	return done_testing();
}
