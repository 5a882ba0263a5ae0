/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG XL, JPEG 2000 and CR3 built box by box, and boxes made to hang. */
#include <time.h>

#include "tests/unit/boxes.h"

/* --- JPEG XL ------------------------------------------------------------------------------- */

static void jxl_begin(struct bytes *f)
{
	put(f,
	    "\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14"
	    "ftypjxl \0\0\0\0jxl ",
	    32);
}

/* A brotli stream that holds n bytes as they are: one block, and one that is last and empty. */
static void brob(struct bytes *f, const char *type, const void *p, size_t n)
{
	size_t at = begin(f, "brob");

	puts_(f, type);
	le(f, 3, (n - 1) << 4 | 1u << 20);
	put(f, p, n);
	be(f, 1, 3);
	end(f, at);
}

static void test_jxl(void)
{
	struct bytes f = BYTES_INIT, x = BYTES_INIT;
	size_t at;

	exif(&x, "(c) Jane");
	jxl_begin(&f);
	box(&f, "xml ", XMP("one"), sizeof(XMP("one")) - 1);
	at = begin(&f, "Exif");
	be(&f, 4, 0);
	put(&f, x.b.data, x.b.len);
	end(&f, at);
	box(&f, "jxlc", "\xff\x0a", 2);
	box(&f, "xml ", XMP("two"), sizeof(XMP("two")) - 1);
	brob(&f, "xml ", XMP("three"), sizeof(XMP("three")) - 1);
	done(&f);
	is_int(claims.format, LIC_FORMAT_JXL, "JPEG XL");
	clean("with XMP three times");
	is_str(text_of(&claims, "dc:rights", 0), "one", "one");
	is_str(text_of(&claims, "dc:rights", 1), "two", "two");
	is_str(text_of(&claims, "dc:rights", 2), "three", "three, compressed");
	is_str(text_of(&claims, "Copyright", 0), "(c) Jane", "EXIF");
	ok(nth(&claims, "dc:rights", 0)->packet != nth(&claims, "dc:rights", 1)->packet,
	   "each box is a packet");
	bytes_release(&x);

	be(&x, 4, 0);
	exif(&x, "CC0");
	jxl_begin(&f);
	brob(&f, "exif", x.b.data, x.b.len);
	brob(&f, "jbrd", "anything", 8);
	box(&f, "jxlp", "\x80\0\0\0\xff\x0a", 6);
	done(&f);
	clean("compressed EXIF, and what is no metadata");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "is read");
	bytes_release(&x);

	manifest(&x);
	for (int packed = 0; packed < 2; packed++) {
		jxl_begin(&f);
		if (packed)
			brob(&f, "jumb", x.b.data + 8, x.b.len - 8);
		else
			put(&f, x.b.data, x.b.len);
		box(&f, "jxlc", "\xff\x0a", 2);
		done(&f);
		clean("C2PA");
		ok(reserved() & LIC_RESERVE_AI_TRAINING, "reserves training");
	}
	bytes_release(&x);

	jxl_begin(&f);
	box(&f, "brob", "xml \x0b\x02\x80no brotli", 16);
	box(&f, "jxlc", "\xff\x0a", 2);
	done(&f);
	damaged("brob that is no brotli");
	for (size_t n = 0; n < 5; n += 4) {
		jxl_begin(&f);
		box(&f, "brob", "brob", n);
		box(&f, "jxlc", "\xff\x0a", 2);
		done(&f);
		damaged("brob of brob, or of nothing");
	}
	jxl_begin(&f);
	box(&f, "xml ", XMP("one"), sizeof(XMP("one")) - 1);
	done(&f);
	damaged("no picture");
	put(&f, "\xff\x0a\x10\x20\x30", 5);
	done(&f);
	is_int(claims.format, LIC_FORMAT_JXL, "a bare codestream");
	clean("which holds no metadata");
}

/* --- JPEG 2000 ----------------------------------------------------------------------------- */

static void jp2_begin(struct bytes *f, const char *brand)
{
	put(f, "\0\0\0\x0cjP  \r\n\x87\n", 12);
	ftyp(f, brand);
}

static void codestream(struct bytes *f, unsigned registration, const char *comment)
{
	put(f, "\xff\x4f\xff\x51\0\4\0\0\xff\x64", 10);
	be(f, 2, 4 + strlen(comment));
	be(f, 2, registration);
	puts_(f, comment);
	put(f, "\xff\x90\0\x0a", 4);
}

static void jp2_end(struct bytes *f)
{
	size_t at = begin(f, "jp2c");

	codestream(f, 1, "Kakadu");
	end(f, at);
	done(f);
}

static void test_jp2(void)
{
	static const char *const exif_ids[] = {
		"JpgTiffExif->JP2",
		"\x05\x37\xcd\xab\x9d\x0c\x44\x31\xa7\x2a\xfa\x56\x1f\x2a\x11\x3e",
		"\xb1\x4b\xf8\xbd\x08\x3d\x4b\x43\xa5\xae\x8c\xd7\xd5\xa6\xce\x03",
	};
	static const char *const iptc_ids[] = {
		"\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38",
		"\x09\xa1\x4e\x97\xc0\xb4\x42\xe0\xbe\xbf\x36\xdf\x6f\x0c\xe3\x6f",
	};
	struct bytes f = BYTES_INIT, x = BYTES_INIT;

	exif(&x, "(c) Jane");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(exif_ids); i++) {
		jp2_begin(&f, "jp2 ");
		uuid(&f, exif_ids[i], x.b.data, x.b.len);
		jp2_end(&f);
		clean("EXIF in a uuid box");
		is_str(text_of(&claims, "Copyright", 0), "(c) Jane", "is read");
	}
	bytes_release(&x);
	put(&x, "Exif\0\0", 6);
	exif(&x, "CC0");
	jp2_begin(&f, "jpx ");
	uuid(&f, exif_ids[0], x.b.data, x.b.len);
	uuid(&f, "an unknown uuid.", "anything", 8);
	jp2_end(&f);
	clean("EXIF with a signature");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "is read");
	is_str(text_of(&claims, "COM", 0), NULL, "the codestream says nothing");
	is_int(claims.format, LIC_FORMAT_JP2, "format");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(iptc_ids); i++) {
		jp2_begin(&f, "jp2 ");
		uuid(&f, iptc_ids[i], "\x1c\2\x74\0\3CC0", 8);
		jp2_end(&f);
		clean("IPTC in a uuid box");
		is_str(text_of(&claims, "2:116", 0), "CC0", "is read");
	}
	jp2_begin(&f, "jp2 ");
	uuid(&f, "\x2c\x4c\x01\x00\x85\x04\x40\xb9\xa0\x3e\x56\x21\x48\xd6\xdf\xeb",
	     "8BIM\4\x04\0\0\0\0\0\x08\x1c\2\x74\0\3CC0", 20);
	jp2_end(&f);
	clean("Photoshop's resources in a uuid box");
	is_str(text_of(&claims, "2:116", 0), "CC0", "are read");
	bytes_release(&x);
}

static void test_jpx(void)
{
	struct bytes f = BYTES_INIT;
	size_t outer, inner;

	jp2_begin(&f, "jpx ");
	outer = begin(&f, "asoc");
	inner = begin(&f, "asoc");
	box(&f, "lbl ", "label", 5);
	box(&f, "xml ", XMP("nested"), sizeof(XMP("nested")) - 1);
	end(&f, inner);
	end(&f, outer);
	be(&f, 4, 1);
	puts_(&f, "uuid");
	be(&f, 8, 16 + 16 + sizeof(XMP("wide")) - 1);
	puts_(&f, UUID_XMP XMP("wide"));
	box(&f, "xml ", "<gml & no XMP", 13);
	box(&f, "jp2i", XMP("rights"), sizeof(XMP("rights")) - 1);
	jp2_end(&f);
	clean("JPX");
	is_str(text_of(&claims, "dc:rights", 0), "nested", "XMP of an association");
	is_str(text_of(&claims, "dc:rights", 1), "wide", "XMP in a box of 64 bits");
	is_str(text_of(&claims, "dc:rights", 2), "rights", "XMP in the box of rights");

	jp2_begin(&f, "jpx ");
	box(&f, "jp2i", "<ipr>nobody may</ipr>", 21);
	jp2_end(&f);
	damaged("rights in an unknown language");
	jp2_begin(&f, "jpx ");
	box(&f, "bfil", "gzip", 4);
	jp2_end(&f);
	damaged("boxes in a box that is compressed");
	jp2_begin(&f, "jpx ");
	box(&f, "cref", "xml \0\0\0\0", 8);
	jp2_end(&f);
	damaged("metadata in another file");
	jp2_begin(&f, "jpx ");
	box(&f, "cref", "colr\0\0\0\0", 8);
	jp2_end(&f);
	clean("a colour in another file");
	jp2_begin(&f, "jp2 ");
	box(&f, "xml ", XMP("r"), sizeof(XMP("r")) - 1);
	done(&f);
	damaged("no picture");
	jp2_begin(&f, "mjp2");
	done(&f);
	is_int(claims.format, LIC_FORMAT_NONE, "a film");

	/* [I2] no recursion without end */
	jp2_begin(&f, "jpx ");
	for (int i = 0; i < 200; i++) {
		be(&f, 4, (uint64_t)(200 - i) * 8);
		puts_(&f, "asoc");
	}
	jp2_end(&f);
	damaged("boxes in boxes in boxes");
}

static void test_codestream(void)
{
	struct bytes f = BYTES_INIT;
	size_t n;

	codestream(&f, 1, "CC BY 4.0");
	n = f.b.len;
	done(&f);
	is_int(claims.format, LIC_FORMAT_JP2, "a codestream");
	clean("whole");
	is_str(text_of(&claims, "COM", 0), "CC BY 4.0", "its comment");
	codestream(&f, 0, "\xff\xfe\x01\x02");
	done(&f);
	clean("a binary comment");
	is_int(claims.n, 0, "says nothing");
	codestream(&f, 1, "CC BY 4.0");
	read_bytes(f.b.data, n - 4, &claims);
	damaged("a codestream that ends in its header");
	bytes_release(&f);
}

/* --- CR3 ----------------------------------------------------------------------------------- */

static void cr3(struct bytes *f, const char *version, const char *copyright)
{
	size_t moov, canon, at;

	ftyp(f, "crx isom");
	moov = begin(f, "moov");
	canon = begin(f, "uuid");
	put(f, UUID_CANON, 16);
	box(f, "CNCV", version, strlen(version));
	at = begin(f, "CMT1");
	exif(f, copyright);
	end(f, at);
	at = begin(f, "CMT2");
	tiff_one(f, false, 0x9286, 7, 16, "ASCII\0\0\0no AI !!", 16);
	end(f, at);
	end(f, canon);
	end(f, moov);
	uuid(f, UUID_XMP, XMP("r"), sizeof(XMP("r")) - 1);
}

static void test_cr3(void)
{
	struct bytes f = BYTES_INIT;

	ftyp(&f, "crx isom");
	box(&f, "mdat", "pixels", 6);
	done(&f);
	damaged("no metadata");

	cr3(&f, "CanonCR3_001/00.09.00/00.00.00", "(c) Jane");
	box(&f, "mdat", "pixels", 6);
	done(&f);
	is_int(claims.format, LIC_FORMAT_RAW, "CR3");
	clean("whole");
	is_str(text_of(&claims, "Copyright", 0), "(c) Jane", "EXIF");
	is_str(text_of(&claims, "UserComment", 0), "no AI !!", "the Exif directory");
	is_str(text_of(&claims, "dc:rights", 0), "r", "XMP");
	cr3(&f, "CanonCR3_001/00.09.00/00.00.00", "(c) Jane");
	done(&f);
	damaged("no picture");
	cr3(&f, "CanonCRM0001/00.09.00/00.00.00", "(c) Jane");
	done(&f);
	is_int(claims.format, LIC_FORMAT_NONE, "a film");
}

/* --- bombs --------------------------------------------------------------------------------- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void soon(struct bytes *f, const char *what)
{
	double start = seconds();

	done(f);
	ok(claims.damage != NULL, "damage: %s", what);
	ok(seconds() - start < 5, "and soon");
}

static void bombs(struct bytes *f, int n)
{
	/* 20 MiB of blanks */
	static const uint8_t blanks[] = {
		0xcb, 0xff, 0xff, 0x3f, 0x00, 0x24, 0x40, 0xe2, 0xb1, 0x40, 0x72, 0xef, 0xff,
		0xf8, 0xff, 0xff, 0x07, 0x80, 0x04, 0x40, 0x1c, 0x16, 0x80, 0xee, 0xfd, 0x5f,
		0xfe, 0xff, 0xff, 0x00, 0x90, 0x00, 0x88, 0xc3, 0x02, 0xd0, 0xbd, 0xff, 0x01,
	};

	jxl_begin(f);
	while (n--) {
		size_t at = begin(f, "brob");

		puts_(f, "xml ");
		put(f, blanks, sizeof(blanks));
		end(f, at);
	}
	box(f, "jxlc", "\xff\x0a", 2);
}

static void test_bombs(void)
{
	struct bytes f = BYTES_INIT;
	size_t meta, at;

	bombs(&f, 1);
	soon(&f, "one bomb of brotli");
	bombs(&f, 20000);
	soon(&f, "twenty thousand of them");

	/* extents that take no bytes of the file, 65535 in each of a million items */
	ftyp(&f, "heic");
	meta_begin(&f, &meta);
	at = begin(&f, "iloc");
	be(&f, 4, 0x02000000);
	be(&f, 2, 0);
	be(&f, 4, 1000000);
	for (unsigned i = 0; i < 1000000; i++) {
		be(&f, 4, i);
		be(&f, 6, 0xffff);
	}
	end(&f, at);
	end(&f, meta);
	for (int i = 0; i < 8; i++)
		box(&f, "meta", f.b.data + meta + 8, at - meta);
	soon(&f, "extents without number");

	ftyp(&f, "heic");
	meta_begin(&f, &meta);
	at = begin(&f, "iinf");
	be(&f, 4, 0);
	be(&f, 2, 0xffff);
	for (unsigned i = 0xffff; i > 0; i--)
		infe(&f, 2, i, 0, "Exif", NULL, NULL);
	end(&f, at);
	end(&f, meta);
	soon(&f, "more items of metadata than anyone has");

	ftyp(&f, "heic");
	meta_begin(&f, &meta);
	end(&f, meta);
	for (unsigned i = 0; i < 2000000; i++)
		put(&f,
		    "\0\0\0\x08"
		    "free",
		    8);
	soon(&f, "boxes without number");
}

int main(void)
{
	test_jxl();
	test_jp2();
	test_jpx();
	test_codestream();
	test_cr3();
	test_bombs();
	lic_claims_release(&claims);
	return done_testing();
}
