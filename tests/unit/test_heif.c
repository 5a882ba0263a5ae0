/* SPDX-License-Identifier: Apache-2.0 */
/* HEIF and AVIF built box by box: every place that may keep a statement, and every way in which one
 * may be lost. */
#include <zlib.h>

#include "tests/unit/boxes.h"

#define LINKED_TO_NONE 0

/* One picture, item 1, and one item of metadata, item 2. */
struct heif {
	const char *brands;
	const char *type; /* of item 2 */
	const char *content_type, *encoding;
	const void *p;
	size_t n;
	unsigned infe_version, iloc_version, method, source, protection;
	unsigned cdsc; /* what item 2 describes */
	unsigned extents;
	uint64_t base, shift; /* base offset, and how wrong the offset is */
	unsigned twice;	      /* "iloc" boxes more than one */
	bool no_iloc, more_items;
	unsigned pitm; /* bytes of a second "pitm", which names item 2 */
	unsigned also; /* an item that "iloc" names, too */
	uint32_t also_length;
	bool is_open; /* the content type of item 2 ends with its box */
};

static size_t iloc(struct bytes *f, const struct heif *h)
{
	unsigned v = h->iloc_version, extents = h->extents ? h->extents : 1;
	size_t at = begin(f, "iloc"), where;

	be(f, 4, (uint64_t)v << 24);
	be(f, 2, h->base ? 0x4480 : 0x4400);
	be(f, v == 2 ? 4 : 2, h->also ? 2 : 1);
	be(f, v == 2 ? 4 : 2, 2);
	if (v)
		be(f, 2, h->method);
	be(f, 2, h->source);
	if (h->base)
		be(f, 8, h->base);
	be(f, 2, extents);
	where = f->b.len;
	for (unsigned i = 0; i < extents; i++)
		be(f, 8, 0);
	if (h->also) {
		be(f, 2, h->also);
		be(f, 2, 0);
		be(f, 2, 1);
		be(f, 4, 0);
		be(f, 4, h->also_length);
	}
	end(f, at);
	return where;
}

/* Where the bytes of item 2 begin: they are cut into extents of the same size. */
static void place(struct bytes *f, const struct heif *h, size_t where, uint64_t at)
{
	unsigned extents = h->extents ? h->extents : 1;
	size_t each = h->n / extents;

	for (unsigned i = 0; i < extents; i++) {
		patch(f, where + 8 * i, (uint32_t)(at + h->shift - h->base + i * each));
		patch(f, where + 8 * i + 4, (uint32_t)(i + 1 < extents ? each : h->n - i * each));
	}
}

/* Takes the last byte from "iinf" and from the box that ends it. */
static void shorten(struct bytes *f, size_t iinf)
{
	size_t at = iinf + 14, next = at;

	while (next < f->b.len) {
		at = next;
		next += (uint8_t)f->b.data[at + 3];
	}
	f->b.data[at + 3]--;
	lic_buf_truncate(&f->b, f->b.len - 1);
}

static void build_meta(struct bytes *f, const struct heif *h, size_t *ret_where)
{
	size_t meta, at, ref;

	meta_begin(f, &meta);
	if (h->pitm)
		box(f, "pitm", "\0\0\0\0\0\2", h->pitm);
	at = begin(f, "iinf");
	be(f, 4, 0);
	be(f, 2, h->more_items ? 3 : 2);
	infe(f, 2, 1, 0, "hvc1", NULL, NULL);
	infe(f, h->infe_version ? h->infe_version : 2, 2, h->protection, h->type ? h->type : "mime",
	     h->type	       ? NULL
	     : h->content_type ? h->content_type
			       : "application/rdf+xml",
	     h->encoding);
	if (h->is_open)
		shorten(f, at);
	end(f, at);
	if (h->cdsc) {
		at = begin(f, "iref");
		be(f, 4, 0);
		ref = begin(f, "cdsc");
		be(f, 2, 2);
		be(f, 2, 1);
		be(f, 2, h->cdsc);
		end(f, ref);
		end(f, at);
	}
	*ret_where = h->no_iloc ? 0 : iloc(f, h);
	for (unsigned i = 0; i < h->twice; i++)
		iloc(f, h);
	if (h->method == 1) {
		box(f, "idat", h->p, h->n);
		place(f, h, *ret_where, 0);
	}
	end(f, meta);
}

static void build(struct bytes *f, const struct heif *h)
{
	size_t where;

	ftyp(f, h->brands ? h->brands : "heicmif1");
	build_meta(f, h, &where);
	if (h->method != 1) {
		if (!h->no_iloc)
			place(f, h, where, f->b.len + 8);
		box(f, "mdat", h->p, h->n);
	}
}

static void heif_is(struct heif h, const char *rights, const char *what)
{
	static const char xmp[] = XMP("CC BY 4.0");
	struct bytes f = BYTES_INIT;

	if (!h.p) {
		h.p = xmp;
		h.n = sizeof(xmp) - 1;
	}
	build(&f, &h);
	done(&f);
	is_str(text_of(&claims, "dc:rights", 0), rights, "%s: what it says", what);
	if (rights)
		clean(what);
	else
		damaged(what);
}

/* What is there is read, and is not all. */
static void heif_lacks(struct heif h, const char *what)
{
	struct bytes f = BYTES_INIT;

	h.p = XMP("r");
	h.n = sizeof(XMP("r")) - 1;
	build(&f, &h);
	done(&f);
	is_str(text_of(&claims, "dc:rights", 0), "r", "%s: what it says", what);
	damaged(what);
}

static void test_items(void)
{
	static const char by[] = "CC BY 4.0";
	struct bytes z = BYTES_INIT;
	uLongf len = 4096;
	Bytef out[4096];

	heif_is((struct heif){ .cdsc = 1 }, by, "an item that describes the primary one");
	is_int(role_of(&claims, "dc:rights"), LIC_ROLE_COPYRIGHT, "may grant");
	heif_is((struct heif){ .cdsc = LINKED_TO_NONE }, by, "an item that describes nothing");
	is_int(role_of(&claims, "dc:rights"), LIC_ROLE_COPYRIGHT, "may grant");
	heif_is((struct heif){ .cdsc = 7 }, by, "an item that describes another picture");
	is_int(role_of(&claims, "dc:rights"), LIC_ROLE_CAPTION, "may only restrict");
	heif_is((struct heif){ .iloc_version = 1, .method = 1 }, by, "an item in idat");
	heif_is((struct heif){ .iloc_version = 2, .extents = 3 }, by, "three extents");
	heif_is((struct heif){ .base = 100 }, by, "a base offset");
	heif_is((struct heif){ .infe_version = 3 }, by, "32-bit numbers of items");
	heif_is((struct heif){ .infe_version = 1 }, by, "items without types");
	heif_is((struct heif){ .content_type = "Application/RDF+XML; charset=utf-8" }, by,
		"a content type as in HTTP");
	heif_is((struct heif){ .content_type = "text/xml" }, by, "XML that is XMP");
	heif_is((struct heif){ .encoding = "identity" }, by, "an encoding that is none");
	heif_is((struct heif){ .is_open = true }, by, "a content type without its NUL");

	is_int(compress(out, &len, (const Bytef *)XMP("deflated"), sizeof(XMP("deflated")) - 1),
	       Z_OK, "deflated");
	heif_is((struct heif){ .encoding = "deflate", .p = out, .n = len }, "deflated",
		"a deflated item");
	heif_is((struct heif){ .encoding = "deflate", .p = out, .n = len - 4 }, NULL,
		"a deflated item that is cut off");
	heif_is((struct heif){ .encoding = "compress", .p = out, .n = len }, NULL,
		"an unknown encoding");

	heif_is((struct heif){ .protection = 1 }, NULL, "an encrypted item");
	heif_is((struct heif){ .source = 1 }, NULL, "an item of another file");
	heif_is((struct heif){ .iloc_version = 1, .method = 2 }, NULL, "an item made of items");
	heif_is((struct heif){ .no_iloc = true }, NULL, "an item that lies nowhere");
	heif_is((struct heif){ .shift = 1 }, NULL, "an item that leads out of the file");
	heif_is((struct heif){ .base = UINT64_MAX - 2 }, NULL, "an offset that overflows");
	heif_is((struct heif){ .iloc_version = 1, .method = 1, .shift = 1 }, NULL,
		"an item that leads out of idat");
	heif_is((struct heif){ .twice = 1 }, NULL, "two lists of places");
	heif_lacks((struct heif){ .pitm = 6 }, "two primary pictures");
	heif_lacks((struct heif){ .pitm = 5 }, "a primary picture that is cut off");
	heif_lacks((struct heif){ .also = 2 }, "an item that lies in two places");
	heif_is((struct heif){ .also = 1 }, by, "a picture that lies in the file");
	heif_lacks((struct heif){ .also = 1, .also_length = 0x7fffffff },
		   "a picture that leads out of the file");
	heif_is((struct heif){ .iloc_version = 3 }, NULL, "places of an unknown version");

	exif(&z, "CC0");
	heif_is((struct heif){ .type = "Exif", .p = z.b.data, .n = 20 }, NULL, "EXIF cut off");
	heif_is((struct heif){ .p = "\0\0\0\0\0\0\0\0", .n = 8 }, NULL, "XMP of zeros");
	heif_is((struct heif){ .p = "", .n = 0 }, NULL, "an item of no bytes");
	bytes_release(&z);
}

static void exif_item(const void *head, size_t n, bool is_whole, const char *what)
{
	struct heif h = { .type = "Exif" };
	struct bytes x = BYTES_INIT, f = BYTES_INIT;

	put(&x, head, n);
	exif(&x, "(c) Jane");
	h.p = x.b.data;
	h.n = x.b.len;
	build(&f, &h);
	done(&f);
	is_str(text_of(&claims, "Copyright", 0), is_whole ? "(c) Jane" : NULL, "%s", what);
	is_int(!claims.damage, is_whole, "%s: damage", what);
	bytes_release(&x);
}

static void test_exif(void)
{
	struct bytes f = BYTES_INIT, x = BYTES_INIT;
	struct heif h = { 0 };

	exif_item("\0\0\0\0", 4, true, "EXIF behind its offset");
	exif_item("\0\0\0\6Exif\0\0", 10, true, "EXIF behind a signature");
	exif_item("\0\0\0\0Exif\0\0", 10, true, "EXIF behind a signature that is not counted");
	exif_item("Exif\0\0", 6, true, "EXIF without an offset");
	exif_item("", 0, true, "nothing but TIFF");
	exif_item("\0\0\0\2xx", 6, true, "an offset of two");
	exif_item("\0\0\1\0", 4, false, "an offset that leads out of the item");
	exif_item("\0\0\0\3", 4, false, "an offset that leads nowhere");
	puts_(&x, "Exif");
	put(&x, "\0\0", 2);
	exif(&x, "CC0");
	h.p = x.b.data;
	h.n = x.b.len;
	build(&f, &h);
	done(&f);
	clean("EXIF that says it is XMP");
	is_str(text_of(&claims, "Copyright", 0), "CC0", "is read as what it is");
	bytes_release(&x);
}

static void test_heif(void)
{
	static const struct heif h = { .p = XMP("in the track"),
				       .n = sizeof(XMP("in the track")) - 1 };
	struct bytes f = BYTES_INIT, m = BYTES_INIT;
	size_t where, moov, trak, udta;

	/* a sequence: metadata of a track, of all of it, and of the file */
	ftyp(&f, "avismsf1");
	moov = begin(&f, "moov");
	udta = begin(&f, "udta");
	box(&f, "cprt", "\0\0\0\0\x15\xc7(c) Jane", 15);
	box(&f,
	    "\xa9"
	    "cpy",
	    "\0\4\x15\xc7\xfe\xff\0M\0e", 10);
	box(&f, "XMP_", XMP("of the film"), sizeof(XMP("of the film")) - 1);
	end(&f, udta);
	trak = begin(&f, "trak");
	build_meta(&f, &h, &where);
	end(&f, trak);
	end(&f, moov);
	uuid(&f, UUID_XMP, XMP("of the file"), sizeof(XMP("of the file")) - 1);
	place(&f, &h, where, f.b.len + 8);
	box(&f, "mdat", h.p, h.n);
	put(&f, "\0\0\0\0\0\0\0\0\0\0", 10);
	done(&f);
	is_int(claims.format, LIC_FORMAT_AVIF, "a sequence");
	clean("a sequence, padded");
	is_str(text_of(&claims, "Copyright", 0), "(c) Jane", "copyright box");
	is_str(text_of(&claims, "Copyright", 1), "Me", "of QuickTime, in UTF-16");
	is_str(text_of(&claims, "dc:rights", 0), "of the film", "XMP of the film");
	is_str(text_of(&claims, "dc:rights", 1), "in the track", "XMP of a track");
	is_str(text_of(&claims, "dc:rights", 2), "of the file", "XMP of the file");

	/* C2PA behind everything */
	manifest(&m);
	for (int merkle = 0; merkle < 2; merkle++) {
		size_t at;

		build(&f, &h);
		at = begin(&f, "uuid");
		put(&f, UUID_C2PA "\0\0\0\0", 20);
		put(&f, merkle ? "merkle" : "manifest", merkle ? 7 : 9);
		if (!merkle)
			be(&f, 8, 0);
		put(&f, m.b.data, m.b.len);
		end(&f, at);
		done(&f);
		clean("C2PA in a uuid box");
		is_int(reserved(), merkle ? 0 : LIC_RESERVE_AI_TRAINING, "what it reserves");
	}
	build(&f, &h);
	uuid(&f, UUID_C2PA, "\0\0\0\0manifest\0\0\0\0\0\0\0\0\0no manifest", 32);
	done(&f);
	damaged("C2PA that is none");
	bytes_release(&m);
}

static void test_meta(void)
{
	struct bytes f = BYTES_INIT;
	size_t at, iinf;
	char name[5000];

	ftyp(&f, "heicmif1");
	at = begin(&f, "meta");
	be(&f, 4, 0);
	box(&f, "xml ", "\0\0\0\0" XMP("r"), 4 + sizeof(XMP("r")) - 1);
	end(&f, at);
	done(&f);
	clean("XML instead of items");
	is_str(text_of(&claims, "dc:rights", 0), "r", "is read");
	ftyp(&f, "heicmif1");
	at = begin(&f, "meta");
	box(&f, "hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0", 24);
	box(&f, "xml ", XMP("r"), sizeof(XMP("r")) - 1);
	end(&f, at);
	done(&f);
	clean("as in QuickTime, without versions");
	is_str(text_of(&claims, "dc:rights", 0), "r", "is read");
	ftyp(&f, "heicmif1");
	at = begin(&f, "meta");
	be(&f, 4, 0);
	box(&f, "bxml", "binary", 6);
	end(&f, at);
	done(&f);
	damaged("binary XML");
	ftyp(&f, "heicmif1");
	at = begin(&f, "meta");
	be(&f, 4, 0);
	iinf = begin(&f, "iinf");
	be(&f, 4, 0);
	be(&f, 2, 1);
	memset(name, 'n', sizeof(name));
	memcpy(name, "\2\0\0\0\0\1\0\0mime", 12);
	box(&f, "infe", name, sizeof(name));
	end(&f, iinf);
	end(&f, at);
	done(&f);
	damaged("an entry with a name of kilobytes");
}

static void test_heif_damage(void)
{
	static const struct heif h = { .p = XMP("r"), .n = sizeof(XMP("r")) - 1 };
	static const struct heif in_idat = {
		.p = XMP("r"), .n = sizeof(XMP("r")) - 1, .iloc_version = 1, .method = 1
	};
	struct bytes f = BYTES_INIT;
	size_t where;

	build(&f, &in_idat);
	build_meta(&f, &in_idat, &where);
	done(&f);
	damaged("two meta boxes");
	build(&f, &(struct heif){ .p = XMP("r"), .n = sizeof(XMP("r")) - 1, .more_items = true });
	done(&f);
	damaged("an item that is counted and not there");
	ftyp(&f, "heicmif1");
	done(&f);
	damaged("nothing but a type");
	build(&f, &h);
	put(&f, "\0\0\0\7free", 8);
	done(&f);
	damaged("a box that is smaller than its header");
	is_str(text_of(&claims, "dc:rights", 0), "r", "what stands before is read");
	build(&f, &h);
	put(&f, "\0\0\0\1free\0\0\0\0\0\0\0\x0f", 16);
	done(&f);
	damaged("the same, in 64 bits");
	build(&f, &h);
	put(&f, "\0\0\0\1free\0\0\0\0\0\0\0\x10", 16);
	done(&f);
	clean("an empty box in 64 bits");
	build(&f, &h);
	put(&f, "\0\0\0\1free\xff\xff\xff\xff\xff\xff\xff\xff", 16);
	done(&f);
	damaged("a box of 2^64 bytes");
	build(&f, &h);
	put(&f, "\0\0\0\0free and to the end", 23);
	done(&f);
	clean("a box to the end of the file");
	build(&f, &h);
	puts_(&f, "tail");
	done(&f);
	damaged("bytes that are no box");
	build(&f, &h);
	for (int i = 0; i < 5000; i++)
		be(&f, 1, 0);
	done(&f);
	damaged("zeros that a crash left");
	for (unsigned n = 7; n < 9; n++) {
		build(&f, &h);
		be(&f, n, 0);
		done(&f);
		is_int(claims.damage != NULL, n < 8, "%u zeros may be half a header", n);
	}
	ftyp(&f, "mif3avif");
	box(&f, "mini", "\0\x18\0", 3);
	done(&f);
	clean("a small picture without metadata");
	ftyp(&f, "mif3avif");
	box(&f, "mini", "\0\x38\0", 3);
	done(&f);
	damaged("a small picture with XMP");
}

static void brand(const char *brands, enum lic_format format)
{
	struct bytes f = BYTES_INIT;

	build(&f, &(struct heif){ .brands = brands, .p = XMP("r"), .n = sizeof(XMP("r")) - 1 });
	done(&f);
	is_int(claims.format, format, "format of %s", brands);
}

static void test_brands(void)
{
	brand("avif", LIC_FORMAT_AVIF);
	brand("avis", LIC_FORMAT_AVIF);
	brand("mif1avif", LIC_FORMAT_AVIF);
	brand("mif1heicavif", LIC_FORMAT_AVIF);
	brand("mif1heic", LIC_FORMAT_HEIF);
	brand("msf1hevc", LIC_FORMAT_HEIF);
	brand("heicmif1", LIC_FORMAT_HEIF);
	brand("heixavif", LIC_FORMAT_HEIF);
	brand("MiHBmif1", LIC_FORMAT_HEIF);
	brand("jpegmif1", LIC_FORMAT_HEIF);
	brand("isommp42avc1", LIC_FORMAT_NONE);
	brand("qt  ", LIC_FORMAT_NONE);
	brand("mp42isom", LIC_FORMAT_NONE);
	brand("jp2 ", LIC_FORMAT_NONE);
}

int main(void)
{
	test_items();
	test_exif();
	test_heif();
	test_meta();
	test_heif_damage();
	test_brands();
	lic_claims_release(&claims);
	return done_testing();
}
