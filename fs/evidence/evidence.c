/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file or a sidecar with whoever bids highest on it. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/reuse.h"
#include "fs/evidence/sidecar.h"
#include "fs/evidence/xmp.h"

/* A file may hold several blocks of the largest size, and overlapping ones may be taken twice. */
#define BUDGET_BLOCKS 4

static void reading_init(struct lic_reading *r, struct lic_input *in,
			 const struct lic_limits *limits, struct lic_claims *claims)
{
	*r = (struct lic_reading){
		.in = in,
		.limits = limits,
		.claims = claims,
		.rank = LIC_RANK_EMBEDDED,
		.budget = (uint64_t)limits->block_max * BUDGET_BLOCKS,
		.claims_left = limits->claims_max,
	};
	/* no decoding makes more than three bytes of one */
	r->text = (struct lic_buf)LIC_BUF_INIT(limits->value_max * 3 + 16);
}

static const struct lic_reader *choose(struct lic_input *in)
{
	size_t n = in->size < LIC_PEEK ? (size_t)in->size : LIC_PEEK;
	const uint8_t *head = lic_input_peek(in, 0, n);
	const struct lic_reader *best = NULL, *reader;
	int high = 0;

	if (!head)
		return NULL;
	for (size_t i = 0; (reader = lic_reader_at(i)); i++) {
		int bid = reader->bid(head, n);

		if (bid > high) {
			high = bid;
			best = reader;
		}
	}
	return best;
}

static int finish(struct lic_reading *r, const char *what, struct lic_error *err)
{
	lic_buf_release(&r->text);
	if (r->in->is_short)
		lic_reading_damage(r, "file that is shorter than when it was judged");
	if (r->in->error)
		return lic_error_sys(err, -r->in->error, "cannot read %s", what);
	return 0;
}

int lic_evidence_read_at(int fd, uint64_t at, uint64_t size, const struct lic_limits *limits,
			 struct lic_claims *ret_claims, struct lic_hash *ret_hash,
			 struct lic_error *err)
{
	const struct lic_reader *reader;
	struct lic_reading r;
	struct lic_input in;
	int e;

	if (size > LIC_EVIDENCE_MAX)
		return lic_error_set(err, EFBIG, "the file is larger than 64 GiB");
	e = lic_input_open(&in, fd, at, size);
	reading_init(&r, &in, limits, ret_claims);
	reader = e < 0 ? NULL : choose(&in);
	if (reader && lic_input_settle(&in, ret_hash ? ret_hash->b : NULL) == 0) {
		ret_claims->format = reader->format;
		reader->read(&r);
	}
	e = finish(&r, "the file", err);
	lic_input_release(&in);
	return e;
}

int lic_evidence_read(int fd, uint64_t size, const struct lic_limits *limits,
		      struct lic_claims *ret_claims, struct lic_hash *ret_hash,
		      struct lic_error *err)
{
	return lic_evidence_read_at(fd, 0, size, limits, ret_claims, ret_hash, err);
}

/* "jpg" and "JPG" are one extension; a sidecar that names none belongs to any. */
static bool is_for(const struct lic_xmp_notes *notes, const char *extension)
{
	return !notes->extension[0] || strcasecmp(notes->extension, extension) == 0;
}

/* A manifest store beside its image: it names none, so it belongs to every one of that name. */
static bool is_c2pa(const struct lic_block *b)
{
	return b->n >= 8 && memcmp(b->p + 4, "jumb", 4) == 0;
}

static const char *extension_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name ? dot + 1 : "";
}

static void read_xmp(struct lic_reading *r, const struct lic_block *b, const char *extension)
{
	struct lic_claims *c = r->claims;
	const char *damage = c->damage;
	struct lic_xmp_notes notes = { 0 };
	size_t n = c->n;

	lic_xmp_read(r, "XMP", lic_reading_packet(r), b->p, b->n, &notes);
	if (notes.is_xmp && is_for(&notes, extension))
		return;
	c->n = n;
	c->damage = damage;
	/* what a crash left of one is empty as often as it is half a packet */
	if (!notes.is_xmp)
		lic_reading_damage(r, "a sidecar that is neither XMP nor C2PA");
}

static void read_sidecar(struct lic_reading *r, const char *name, const char *image)
{
	struct lic_block b;

	if (!lic_reading_block(r, 0, r->in->size, &b))
		return;
	if (strcasecmp(extension_of(name), "license") == 0)
		lic_reuse_read(r, b.p, b.n);
	else if (strcasecmp(extension_of(name), "json") == 0)
		lic_sidecar_json(r, b.p, b.n, image);
	else if (is_c2pa(&b))
		lic_c2pa_read(r, b.p, b.n);
	else
		read_xmp(r, &b, extension_of(image));
	lic_block_release(&b);
}

int lic_evidence_read_sidecar_at(int fd, uint64_t at, uint64_t size, const char *name,
				 const char *image, const struct lic_limits *limits,
				 struct lic_claims *ret_claims, struct lic_error *err)
{
	struct lic_buf source = LIC_BUF_INIT(4096);
	struct lic_reading r;
	struct lic_input in;
	int e = lic_input_open(&in, fd, at, size);

	reading_init(&r, &in, limits, ret_claims);
	lic_buf_addf(&source, "sidecar %s", name);
	r.rank = LIC_RANK_SIDECAR;
	r.source = lic_buf_str(&source);
	if (e == 0)
		e = lic_input_settle(&in, NULL);
	if (e == 0)
		read_sidecar(&r, name, image);
	e = finish(&r, "the sidecar", err);
	lic_input_release(&in);
	lic_buf_release(&source);
	return e;
}

int lic_evidence_read_sidecar(int fd, uint64_t size, const char *name, const char *image,
			      const struct lic_limits *limits, struct lic_claims *ret_claims,
			      struct lic_error *err)
{
	return lic_evidence_read_sidecar_at(fd, 0, size, name, image, limits, ret_claims, err);
}

void lic_evidence_readers(struct lic_buf *out)
{
	const struct lic_reader *reader;

	lic_buf_adds(out, PACKAGE_VERSION);
	for (size_t i = 0; (reader = lic_reader_at(i)); i++)
		lic_buf_addf(out, " %s", reader->name);
	lic_buf_adds(out, " xmp c2pa reuse sidecar-json");
}
