/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of evidence share: reading from memory, finding claims, building files. */
#ifndef LICENSEFS_TESTS_EVIDENCE_H
#define LICENSEFS_TESTS_EVIDENCE_H

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/evidence.h>

#include "tests/unit/tap.h"

#define BYTES_MAX (128u << 20)

/* A file under construction; multi-byte numbers in the byte order of the format. */
struct bytes {
	struct lic_buf b;
};
#define BYTES_INIT                                                                                 \
	{                                                                                          \
		LIC_BUF_INIT(BYTES_MAX)                                                            \
	}

_unused_ static void put(struct bytes *f, const void *p, size_t n)
{
	lic_buf_add(&f->b, p, n);
}

_unused_ static void puts_(struct bytes *f, const char *s)
{
	lic_buf_adds(&f->b, s);
}

_unused_ static void be(struct bytes *f, unsigned n, uint64_t v)
{
	while (n--)
		lic_buf_addc(&f->b, (char)(v >> 8 * n));
}

_unused_ static void le(struct bytes *f, unsigned n, uint64_t v)
{
	for (; n; n--, v >>= 8)
		lic_buf_addc(&f->b, (char)v);
}

_unused_ static void bytes_release(struct bytes *f)
{
	lic_buf_release(&f->b);
}

static const struct lic_limits limits_default _unused_ = LIC_LIMITS_DEFAULT;

/* What the last file said. */
static struct lic_claims claims _unused_ = LIC_CLAIMS_INIT;

/* Reads n bytes as a file that was judged to have `size`. */
_unused_ static int read_as(const void *p, size_t n, uint64_t size, const struct lic_limits *limits,
			    struct lic_claims *c, struct lic_hash *hash)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("image", MFD_CLOEXEC);
	int r = -1;

	lic_claims_reset(c);
	if (fd >= 0 && write(fd, p, n) == (ssize_t)n)
		r = lic_evidence_read(fd, size, limits, c, hash, &err);
	if (fd >= 0)
		close(fd);
	return r;
}

_unused_ static int read_bytes(const void *p, size_t n, struct lic_claims *c)
{
	return read_as(p, n, n, &limits_default, c, NULL);
}

_unused_ static int read_built(const struct bytes *f, struct lic_claims *c)
{
	return read_bytes(lic_buf_str(&f->b), f->b.len, c);
}

/* A WebP with nothing but this XMP packet. */
_unused_ static void xmp_file(struct bytes *f, const void *packet, size_t n)
{
	puts_(f, "RIFF");
	le(f, 4, 4 + 8 + n + (n & 1));
	puts_(f, "WEBPXMP ");
	le(f, 4, n);
	put(f, packet, n);
	if (n & 1)
		le(f, 1, 0);
}

/* Reads RDF/XML, wrapped into a packet that declares the usual namespaces. */
_unused_ static void read_rdf(const char *rdf, struct lic_claims *c)
{
	struct lic_buf x = LIC_BUF_INIT(BYTES_MAX);
	struct bytes f = BYTES_INIT;

	lic_buf_adds(&x, "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
			 "<x:xmpmeta xmlns:x='adobe:ns:meta/' "
			 "xmlns:dc='http://purl.org/dc/elements/1.1/' "
			 "xmlns:cc='http://creativecommons.org/ns#' "
			 "xmlns:old='http://web.resource.org/cc/' "
			 "xmlns:xmpRights='http://ns.adobe.com/xap/1.0/rights/' "
			 "xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/' "
			 "xmlns:crs='http://ns.adobe.com/camera-raw-settings/1.0/' "
			 "xmlns:iptcExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' "
			 "xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/' "
			 "xmlns:tdm='http://www.w3.org/ns/tdmrep#' "
			 "xmlns:rsl='https://rslstandard.org/rsl' "
			 "xmlns:pur='http://prismstandard.org/namespaces/prismusagerights/2.1/'>"
			 "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>");
	lic_buf_adds(&x, rdf);
	lic_buf_adds(&x, "</rdf:RDF></x:xmpmeta>\n          \n<?xpacket end='w'?>");
	xmp_file(&f, x.data, x.len);
	read_built(&f, c);
	bytes_release(&f);
	lic_buf_release(&x);
}

/* Appends a fixture of tests/data/images. */
_unused_ static void load(struct bytes *f, const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096], piece[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/tests/data/images/%s", top ? top : ".", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		put(f, piece, (size_t)n);
	if (fd >= 0)
		close(fd);
	if (!f->b.len)
		printf("Bail out! cannot read %s\n", path);
}

/* The i-th claim of a field, NULL if there are fewer. */
_unused_ static const struct lic_claim *nth(const struct lic_claims *c, const char *field, size_t i)
{
	for (size_t k = 0; k < c->n; k++)
		if (strcmp(c->item[k].field, field) == 0 && i-- == 0)
			return &c->item[k];
	return NULL;
}

_unused_ static const char *text_of(const struct lic_claims *c, const char *field, size_t i)
{
	const struct lic_claim *k = nth(c, field, i);

	return k ? k->text : NULL;
}

_unused_ static int role_of(const struct lic_claims *c, const char *field)
{
	const struct lic_claim *k = nth(c, field, 0);

	return k ? (int)k->role : -1;
}

/* Reads what was built and frees it. */
_unused_ static void done(struct bytes *f)
{
	is_int(read_built(f, &claims), 0, "read");
	bytes_release(f);
}

_unused_ static void clean(const char *what)
{
	is_str(claims.damage, NULL, "clean: %s", what);
}

_unused_ static void damaged(const char *what)
{
	ok(claims.damage != NULL, "damage: %s", what);
}

/* A TIFF of one directory with one entry, whose value stands behind it. */
_unused_ static void tiff_one(struct bytes *f, bool big, unsigned tag, unsigned type,
			      uint64_t count, const void *p, size_t n)
{
	void (*num)(struct bytes *, unsigned, uint64_t) = big ? be : le;

	puts_(f, big ? "MM" : "II");
	num(f, 2, 42);
	num(f, 4, 8);
	num(f, 2, 1);
	num(f, 2, tag);
	num(f, 2, type);
	num(f, 4, count);
	if (n <= 4) {
		put(f, p, n);
		put(f, "\0\0\0\0", 4 - n);
	} else {
		num(f, 4, 26);
	}
	num(f, 4, 0);
	if (n > 4)
		put(f, p, n);
}

#define RDF(inner)                                                                                 \
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "       \
	"xmlns:dc='http://purl.org/dc/elements/1.1/' " inner "/></rdf:RDF>"

#endif
