/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: an index can be read back, and every view of it makes sense. */
#include <string.h>

#include <licensefs/document.h>

#include "fs/document/index.h"
#include "tests/fuzz/fuzz.h"

#define PARTS 5

struct kept {
	struct lic_buf part[PARTS]; /* by enum lic_document_part: pieces, each behind its length */
	struct lic_index_result result;
};

static int keep(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct kept *k = ctx;
	uint32_t len = (uint32_t)n;

	FUZZ_CHECK((unsigned)part < PARTS && n && n <= LIC_INDEX_PIECE_MAX, "part %d, %zu bytes",
		   (int)part, n);
	k->part[part].max = 64u << 20;
	lic_buf_add(&k->part[part], &len, sizeof(len));
	lic_buf_add(&k->part[part], p, n);
	return 0;
}

static void index_bytes(struct kept *k, const uint8_t *p, size_t n, const char *name)
{
	struct lic_index_sink sink = { keep, k };
	struct lic_error err = LIC_ERROR_INIT;
	int e;

	memset(k, 0, sizeof(*k));
	e = lic_document_index(fuzz_file(p, n), n, name, &sink, &k->result, &err);
	FUZZ_CHECK(e == 0, "%s: %d, %s", name, e, err.msg);
	FUZZ_CHECK(fuzz_is_shown(k->result.note), "note '%s'", k->result.note);
	FUZZ_CHECK(k->result.format != LIC_DOCUMENT_NONE || k->result.note[0], "refused why");
}

static void release(struct kept *k)
{
	for (unsigned i = 0; i < PARTS; i++)
		lic_buf_release(&k->part[i]);
}

static bool next_piece(const struct kept *k, enum lic_document_part part, size_t *at,
		       struct lic_bytes *ret)
{
	const struct lic_buf *b = &k->part[part];
	uint32_t n;

	if (*at >= b->len)
		return false;
	memcpy(&n, b->data + *at, sizeof(n));
	*ret = (struct lic_bytes){ (const uint8_t *)b->data + *at + sizeof(n), n };
	*at += sizeof(n) + n;
	return true;
}

/* Calls back for every name; returns the number of subjects. */
static uint64_t
each_name(const struct kept *k,
	  void (*fn)(void *ctx, uint64_t subject, unsigned tag, struct lic_bytes name), void *ctx)
{
	struct lic_names_reader r = { 0 };
	struct lic_bytes piece, name;
	unsigned names, tag;
	size_t at = 0;
	uint64_t n;
	bool any;
	int e = 0;

	while (next_piece(k, LIC_PART_NAMES, &at, &piece)) {
		lic_names_piece(&r, piece.p, piece.n);
		while ((e = lic_names_subject(&r, &names, &any)) > 0) {
			while ((e = lic_names_next(&r, &tag, &name)) > 0)
				fn(ctx, r.n_subjects - 1, tag, name);
			FUZZ_CHECK(e == 0, "name %d", e);
		}
		FUZZ_CHECK(e == 0, "subject %d", e);
	}
	n = r.n_subjects;
	lic_names_release(&r);
	return n;
}

/* Records in order, within the file; whether all of them may stay. */
static bool check_records(const struct kept *k, size_t size)
{
	struct lic_records_reader r = { 0 };
	struct lic_bytes piece;
	struct lic_record rec;
	uint64_t end = 0, n = 0;
	bool all = true;
	size_t at = 0;
	int e;

	while (next_piece(k, LIC_PART_RECORDS, &at, &piece)) {
		lic_records_piece(&r, piece.p, piece.n);
		while ((e = lic_records_next(&r, &rec)) > 0) {
			FUZZ_CHECK(rec.at >= end && rec.at + rec.n <= size && rec.lead <= rec.n,
				   "record at %zu", (size_t)rec.at);
			FUZZ_CHECK(rec.subject >= LIC_SUBJECT_ALWAYS ||
					   rec.subject < k->result.subjects,
				   "subject %zu", (size_t)rec.subject);
			end = rec.at + rec.n;
			n += !rec.count && rec.subject != LIC_SUBJECT_ALWAYS;
			all &= rec.count || rec.subject != LIC_SUBJECT_NONE;
		}
		FUZZ_CHECK(e == 0, "record %d", e);
	}
	FUZZ_CHECK(n == k->result.records, "%zu records", (size_t)n);
	return all;
}

/* What is left where some subjects are hidden; *ret_whole: all. */
static void view_of(const struct kept *k, const uint8_t *p, size_t n, const uint8_t *shown,
		    struct lic_buf *out, bool *ret_whole)
{
	struct lic_ranges_maker *m;
	struct lic_ranges *r = NULL;
	struct lic_bytes piece;
	size_t at = 0;
	int e = lic_ranges_begin(n, shown, k->result.subjects, &m);

	while (e == 0 && next_piece(k, LIC_PART_RECORDS, &at, &piece))
		e = lic_ranges_add(m, piece.p, piece.n);
	FUZZ_CHECK(e == 0, "ranges %d", e);
	e = lic_ranges_finish(m, &r);
	FUZZ_CHECK(e == 0, "ranges %d", e);
	lic_buf_reset(out);
	for (uint64_t off = 0; off < lic_ranges_size(r);) {
		struct lic_piece piece_of = lic_ranges_at(r, off);

		FUZZ_CHECK(piece_of.n && (piece_of.literal || piece_of.at + piece_of.n <= n),
			   "piece of the view at %zu", (size_t)off);
		lic_buf_add(out, piece_of.literal ? piece_of.literal : p + piece_of.at, piece_of.n);
		off += piece_of.n;
	}
	*ret_whole = lic_ranges_whole(r);
	FUZZ_CHECK(out->len == lic_ranges_size(r), "bytes of the view");
	lic_ranges_free(r);
}

/* --- a name that is hidden ----------------------------------------------------------------- */

struct hunt {
	size_t left; /* names until the one that is hidden */
	char name[LIC_NAME_BYTES_MAX];
	size_t n; /* of it; 0: there is none */
	uint8_t *shown;
	bool suspect, found;
};

static void count(void *ctx, uint64_t subject, unsigned tag, struct lic_bytes name)
{
	(void)subject;
	(void)tag;
	(void)name;
	++*(size_t *)ctx;
}

static void choose(void *ctx, uint64_t subject, unsigned tag, struct lic_bytes name)
{
	struct hunt *h = ctx;

	(void)subject;
	if (h->n || h->left-- > 0 || tag == LIC_TAG_COLUMN || !lic_looks_like_image(name.p, name.n))
		return;
	memcpy(h->name, name.p, name.n);
	h->n = name.n;
}

static void hide(void *ctx, uint64_t subject, unsigned tag, struct lic_bytes name)
{
	struct hunt *h = ctx;

	if (name.n != h->n || memcmp(name.p, h->name, h->n) != 0)
		return;
	h->suspect |= tag == LIC_TAG_SUSPECT;
	h->found = true;
	if (h->shown)
		h->shown[subject / 8] &= (uint8_t) ~(1u << subject % 8);
}

static bool is_json(const struct kept *k)
{
	return k->result.format == LIC_DOCUMENT_JSON || k->result.format == LIC_DOCUMENT_COCO ||
	       k->result.format == LIC_DOCUMENT_JSONL;
}

/* A view of JSON is JSON, and nothing in it is called as what is hidden. */
static void check_json(const struct kept *k, const struct lic_buf *view, struct hunt *h)
{
	const char *name = k->result.format == LIC_DOCUMENT_JSONL ? "a.jsonl" : "a.json";
	uint8_t *shown = h ? h->shown : NULL;
	struct kept again;

	if (!is_json(k))
		return;
	index_bytes(&again, (const uint8_t *)lic_buf_str(view), view->len, name);
	FUZZ_CHECK(!strstr(again.result.note, "no JSON"), "%s: %s", again.result.note,
		   lic_buf_str(view));
	if (again.result.format != LIC_DOCUMENT_NONE && h && h->n && !h->suspect) {
		h->found = false;
		h->shown = NULL;
		each_name(&again, hide, h);
		FUZZ_CHECK(!h->found, "'%.*s' is left in %s", (int)h->n, h->name,
			   lic_buf_str(view));
		h->shown = shown;
	}
	release(&again);
}

static void check_views(const struct kept *k, const uint8_t *p, size_t n)
{
	size_t bytes = (size_t)k->result.subjects / 8 + 1, names = 0;
	struct lic_buf view = LIC_BUF_INIT(2 * n + 4096);
	bool all = check_records(k, n), whole;
	struct hunt h = { .shown = malloc(bytes) };

	if (!h.shown)
		abort();
	memset(h.shown, 0xff, bytes);
	view_of(k, p, n, h.shown, &view, &whole);
	FUZZ_CHECK(whole || !all, "all is shown, and not all is there");
	memset(h.shown, 0, bytes);
	view_of(k, p, n, h.shown, &view, &whole);
	check_json(k, &view, NULL);
	for (size_t i = 0; i < bytes; i++)
		h.shown[i] = (uint8_t)(fuzz_choose(p, n, (unsigned)i, 256) |
				       fuzz_choose(p, n, (unsigned)i + 3, 256));
	each_name(k, count, &names);
	h.left = fuzz_choose(p, n, 7, names);
	each_name(k, choose, &h);
	if (h.n)
		each_name(k, hide, &h);
	view_of(k, p, n, h.shown, &view, &whole);
	check_json(k, &view, &h);
	free(h.shown);
	lic_buf_release(&view);
}

static void check_as(const uint8_t *p, size_t n, const char *name)
{
	struct kept k;
	size_t names = 0;

	index_bytes(&k, p, n, name);
	if (k.result.format != LIC_DOCUMENT_NONE) {
		FUZZ_CHECK(each_name(&k, count, &names) == k.result.subjects, "%zu subjects",
			   (size_t)k.result.subjects);
		check_views(&k, p, n);
	}
	release(&k);
}

void fuzz_document(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	static const char *const names[] = { "a.json",
					     "a.jsonl",
					     "a.csv",
					     "a.txt",
					     "a.tar",
					     "a.yaml",
					     "a.toml",
					     "a.cfg",
					     "classes.txt",
					     "meta.bin",
					     "ILSVRC2012_validation_ground_truth.txt" };

	(void)t;
	check_as(p, n, "a");
	check_as(p, n, names[fuzz_choose(p, n, 1, LIC_ARRAY_SIZE(names))]);
}

void fuzz_document_json(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	(void)t;
	check_as(p, n, "a.json");
	check_as(p, n, "a.jsonl");
}
