/* SPDX-License-Identifier: Apache-2.0 */
/* Builds CBOR, JUMBF and images around it, in every form that their standards allow. */
#ifndef LICENSEFS_TESTS_C2PA_H
#define LICENSEFS_TESTS_C2PA_H

#include <zlib.h>

#include "tests/unit/evidence.h"

/* --- CBOR ----------------------------------------------------------------------------------- */

enum form {
	FORM_SHORT,  /* shortest definite lengths */
	FORM_LONG,   /* definite lengths of eight bytes */
	FORM_OPEN,   /* indefinite lengths, strings in two pieces */
	FORM_TAGGED, /* shortest, each value with a tag */
	FORM_JSON,
	FORM_COUNT
};

static const char *const form_names[FORM_COUNT] _unused_ = { "short", "long", "open", "tagged",
							     "JSON" };

_unused_ static void cbor_head(struct bytes *f, unsigned major, uint64_t n, enum form form)
{
	unsigned m = major << 5;

	if (form == FORM_LONG) {
		be(f, 1, m | 27);
		be(f, 8, n);
	} else if (n < 24) {
		be(f, 1, m | n);
	} else if (n < 0x100) {
		be(f, 1, m | 24);
		be(f, 1, n);
	} else {
		be(f, 1, m | 25);
		be(f, 2, n);
	}
}

_unused_ static void cbor_text(struct bytes *f, const char *s, enum form form)
{
	size_t n = strlen(s), half = n / 2;

	if (form == FORM_OPEN) {
		be(f, 1, 0x7f);
		cbor_head(f, 3, half, FORM_SHORT);
		put(f, s, half);
		cbor_head(f, 3, n - half, FORM_LONG);
		put(f, s + half, n - half);
		be(f, 1, 0xff);
		return;
	}
	if (form == FORM_TAGGED)
		be(f, 2, 0xd820); /* URI */
	cbor_head(f, 3, n, form);
	put(f, s, n);
}

/* What a map of n pairs begins and ends with. */
_unused_ static void map_begin(struct bytes *f, unsigned n, enum form form)
{
	if (form == FORM_JSON)
		puts_(f, "{");
	else if (form == FORM_OPEN)
		be(f, 1, 0xbf);
	else
		cbor_head(f, 5, n, form);
}

_unused_ static void map_end(struct bytes *f, enum form form)
{
	if (form == FORM_JSON)
		puts_(f, "}");
	else if (form == FORM_OPEN)
		be(f, 1, 0xff);
}

_unused_ static void text_of_form(struct bytes *f, const char *s, enum form form)
{
	if (form != FORM_JSON) {
		cbor_text(f, s, form);
		return;
	}
	puts_(f, "\"");
	puts_(f, s);
	puts_(f, "\"");
}

_unused_ static void key_of_form(struct bytes *f, const char *s, enum form form)
{
	text_of_form(f, s, form);
	if (form == FORM_JSON)
		puts_(f, ":");
}

/* --- JUMBF ---------------------------------------------------------------------------------- */

_unused_ static void box(struct bytes *f, const char *type, const void *p, size_t n)
{
	be(f, 4, n + 8);
	put(f, type, 4);
	put(f, p, n);
}

/* A superbox whose type begins with `four` and which holds `inner`; `label` NULL: it has none. */
_unused_ static void superbox(struct bytes *f, const char *four, const char *label,
			      const struct bytes *inner)
{
	size_t n = label ? strlen(label) + 1 : 0;

	be(f, 4, 8 + 8 + 17 + n + inner->b.len);
	puts_(f, "jumb");
	be(f, 4, 8 + 17 + n);
	puts_(f, "jumd");
	put(f, four, 4);
	put(f, "\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71", 12);
	be(f, 1, label ? 3 : 1);
	if (label)
		put(f, label, n);
	put(f, lic_buf_str(&inner->b), inner->b.len);
}

/* One assertion with content of this type. */
_unused_ static void assertion(struct bytes *f, const char *label, const char *type, const void *p,
			       size_t n)
{
	struct bytes content = BYTES_INIT;

	box(&content, type, p, n);
	superbox(f, type, label, &content);
	bytes_release(&content);
}

/* A manifest around assertions, and a store around manifests. */
_unused_ static void manifest(struct bytes *f, const char *label, const struct bytes *assertions)
{
	struct bytes a = BYTES_INIT;

	superbox(&a, "c2as", "c2pa.assertions", assertions);
	superbox(f, "c2ma", label, &a);
	bytes_release(&a);
}

_unused_ static void store(struct bytes *f, const struct bytes *assertions)
{
	struct bytes m = BYTES_INIT;

	manifest(&m, "urn:uuid:1", assertions);
	superbox(f, "c2pa", "c2pa", &m);
	bytes_release(&m);
}

/* A "brob" box: `type` and a brotli stream of stored bytes (RFC 7932 9.2), up to 64 KiB. */
_unused_ static void compressed(struct bytes *f, const char *type, const void *p, size_t n)
{
	struct bytes b = BYTES_INIT;

	put(&b, type, 4);
	le(&b, 3, (n - 1) << 4 | 1u << 20);
	put(&b, p, n);
	be(&b, 1, 3);
	box(f, "brob", b.b.data, b.b.len);
	bytes_release(&b);
}

/* --- images --------------------------------------------------------------------------------- */

/* One APP11 segment of box instance `en`: data that stands behind the header of the box. */
_unused_ static void app11(struct bytes *f, unsigned en, uint32_t z, uint32_t length, const void *p,
			   size_t n)
{
	be(f, 2, 0xffeb);
	be(f, 2, 2 + 16 + n);
	puts_(f, "JP");
	be(f, 2, en);
	be(f, 4, z);
	be(f, 4, length);
	puts_(f, "jumb");
	put(f, p, n);
}

/* A JPEG that holds `jumbf`, cut into segments of `step` bytes. */
_unused_ static void jpeg_cut(struct bytes *f, const struct bytes *jumbf, size_t step)
{
	const char *p = lic_buf_str(&jumbf->b);
	uint32_t z = 1;

	be(f, 2, 0xffd8);
	for (size_t at = 8; at < jumbf->b.len; at += step) {
		size_t n = jumbf->b.len - at < step ? jumbf->b.len - at : step;

		app11(f, 0x211, z++, (uint32_t)jumbf->b.len, p + at, n);
	}
	be(f, 2, 0xffda);
}

_unused_ static void image_jpeg(struct bytes *f, const struct bytes *jumbf)
{
	jpeg_cut(f, jumbf, 60000);
}

_unused_ static void png_chunk(struct bytes *f, const char *type, const void *p, size_t n)
{
	size_t at = f->b.len + 4;

	be(f, 4, n);
	put(f, type, 4);
	put(f, p, n);
	be(f, 4, crc32(0, (const Bytef *)f->b.data + at, (uInt)n + 4));
}

_unused_ static void image_png(struct bytes *f, const struct bytes *jumbf)
{
	put(f, "\x89PNG\r\n\x1a\n", 8);
	png_chunk(f, "IHDR", "\0\0\0\1\0\0\0\1\x8\0\0\0\0", 13);
	png_chunk(f, "caBX", lic_buf_str(&jumbf->b), jumbf->b.len);
	png_chunk(f, "IEND", "", 0);
}

_unused_ static void image_webp(struct bytes *f, const struct bytes *jumbf)
{
	size_t n = jumbf->b.len;

	puts_(f, "RIFF");
	le(f, 4, 4 + 8 + n + (n & 1));
	puts_(f, "WEBPC2PA");
	le(f, 4, n);
	put(f, lic_buf_str(&jumbf->b), n);
	le(f, n & 1, 0);
}

_unused_ static void image_tiff(struct bytes *f, const struct bytes *jumbf)
{
	tiff_one(f, false, 0xcd41, 7, jumbf->b.len, lic_buf_str(&jumbf->b), jumbf->b.len);
}

_unused_ static void image_gif(struct bytes *f, const struct bytes *jumbf)
{
	const char *p = lic_buf_str(&jumbf->b);

	put(f, "GIF89a\1\0\1\0\0\0\0", 13);
	put(f,
	    "\x21\xff\x0b"
	    "C2PA_GIF\1\0\0",
	    14);
	for (size_t at = 0; at < jumbf->b.len; at += 255) {
		size_t n = jumbf->b.len - at < 255 ? jumbf->b.len - at : 255;

		be(f, 1, n);
		put(f, p + at, n);
	}
	be(f, 1, 0);
	put(f, "\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 16);
}

_unused_ static void base64(struct bytes *f, const struct bytes *in)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = (const uint8_t *)lic_buf_str(&in->b);
	size_t n = in->b.len;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t w = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) |
			     (i + 2 < n ? p[i + 2] : 0);

		for (unsigned k = 0; k < 4; k++)
			be(f, 1, i + k > n ? '=' : (uint8_t)digits[w >> (18 - 6 * k) & 63]);
		if (i % 57 == 54)
			puts_(f, "\n");
	}
}

_unused_ static void image_svg(struct bytes *f, const struct bytes *jumbf)
{
	puts_(f, "<svg xmlns='http://www.w3.org/2000/svg'><metadata>"
		 "<c2pa:manifest xmlns:c2pa='http://c2pa.org/manifest'>\n");
	base64(f, jumbf);
	puts_(f, "</c2pa:manifest></metadata></svg>");
}

static const struct {
	const char *name;
	void (*make)(struct bytes *f, const struct bytes *jumbf);
} images[] _unused_ = {
	{ "JPEG", image_jpeg }, { "PNG", image_png }, { "WebP", image_webp },
	{ "TIFF", image_tiff }, { "GIF", image_gif }, { "SVG", image_svg },
};

/* Reads the JUMBF as part of a WebP, which adds nothing of its own, into `claims`. */
_unused_ static void read_jumbf(const struct bytes *jumbf)
{
	struct bytes f = BYTES_INIT;

	image_webp(&f, jumbf);
	read_built(&f, &claims);
	bytes_release(&f);
}

/* A store of one assertion, in its own superbox. */
_unused_ static void read_assertion(const char *label, const char *type, const void *p, size_t n)
{
	struct bytes a = BYTES_INIT, s = BYTES_INIT;

	assertion(&a, label, type, p, n);
	store(&s, &a);
	read_jumbf(&s);
	bytes_release(&a);
	bytes_release(&s);
}

_unused_ static void read_json(const char *label, const char *json)
{
	read_assertion(label, "json", json, strlen(json));
}

/* All reservations together; -1: there is none, not even one that says nothing. */
_unused_ static int reserved(void)
{
	int all = -1;

	for (size_t i = 0; i < claims.n; i++)
		if (claims.item[i].role == LIC_ROLE_RESERVATION)
			all = (all < 0 ? 0 : all) | (int)claims.item[i].reserve;
	return all;
}

#endif
