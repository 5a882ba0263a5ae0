/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of box formats share: building boxes. */
#ifndef LICENSEFS_TESTS_BOXES_H
#define LICENSEFS_TESTS_BOXES_H

#include "tests/unit/evidence.h"

#define XMP(value) RDF("dc:rights='" value "'")
#define UUID_XMP "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
#define UUID_C2PA "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81"
#define UUID_CANON "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"

_unused_ static size_t begin(struct bytes *f, const char *type)
{
	size_t at = f->b.len;

	be(f, 4, 0);
	puts_(f, type);
	return at;
}

_unused_ static void patch(struct bytes *f, size_t at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		f->b.data[at + i] = (char)(v >> (24 - 8 * i));
}

_unused_ static void end(struct bytes *f, size_t at)
{
	patch(f, at, (uint32_t)(f->b.len - at));
}

_unused_ static void box(struct bytes *f, const char *type, const void *p, size_t n)
{
	size_t at = begin(f, type);

	put(f, p, n);
	end(f, at);
}

_unused_ static void uuid(struct bytes *f, const char *id, const void *p, size_t n)
{
	size_t at = begin(f, "uuid");

	put(f, id, 16);
	put(f, p, n);
	end(f, at);
}

_unused_ static void exif(struct bytes *f, const char *copyright)
{
	tiff_one(f, true, 0x8298, 2, strlen(copyright) + 1, copyright, strlen(copyright) + 1);
}

_unused_ static void ftyp(struct bytes *f, const char *brands)
{
	size_t at = begin(f, "ftyp");

	put(f, brands, 4);
	be(f, 4, 0);
	puts_(f, brands);
	end(f, at);
}

/* A manifest store that forbids AI training. */
_unused_ static size_t jumb(struct bytes *f, const char *type, const char *label)
{
	size_t at = begin(f, "jumb"), desc = begin(f, "jumd");

	put(f, type, 4);
	put(f, "\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3", 13);
	put(f, label, strlen(label) + 1);
	end(f, desc);
	return at;
}

_unused_ static void manifest(struct bytes *f)
{
	static const char json[] = "{\"entries\":{\"c2pa.ai_training\":{\"use\":\"notAllowed\"}}}";
	size_t store = jumb(f, "c2pa", "c2pa"), one = jumb(f, "c2ma", "urn:uuid:1");
	size_t all = jumb(f, "c2as", "c2pa.assertions");
	size_t a = jumb(f, "json", "c2pa.training-mining");

	box(f, "json", json, sizeof(json) - 1);
	end(f, a);
	end(f, all);
	end(f, one);
	end(f, store);
}

_unused_ static unsigned reserved(void)
{
	unsigned all = 0;

	for (size_t i = 0; i < claims.n; i++)
		if (claims.item[i].role == LIC_ROLE_RESERVATION)
			all |= claims.item[i].reserve;
	return all;
}

_unused_ static void infe(struct bytes *f, unsigned version, unsigned id, unsigned protection,
			  const char *type, const char *content_type, const char *encoding)
{
	size_t at = begin(f, "infe");

	be(f, 4, (uint64_t)version << 24);
	be(f, version == 3 ? 4 : 2, id);
	be(f, 2, protection);
	if (version >= 2)
		puts_(f, type);
	put(f, "name", 5);
	if (content_type)
		put(f, content_type, strlen(content_type) + 1);
	if (encoding)
		put(f, encoding, strlen(encoding) + 1);
	end(f, at);
}

_unused_ static void meta_begin(struct bytes *f, size_t *ret)
{
	*ret = begin(f, "meta");
	be(f, 4, 0);
	box(f, "hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0", 25);
	box(f, "pitm", "\0\0\0\0\0\1", 6);
}

#endif
