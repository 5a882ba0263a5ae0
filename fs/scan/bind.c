/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the images of documents: names from the catalog, images from the catalog, brought together
 * by the binder; group by group, so that memory does not grow with the store. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fs/document/binder.h"
#include "fs/scan/internal.h"
#include "fs/util/io.h"

#define GROUP_SUBJECTS 2000000 /* whose names are looked for at a time */
#define TXN_NS 500000000       /* nobody should wait longer for the catalog */
#define LOOK_EACH 4096	       /* images between two looks at the clock */

struct document {
	int64_t id, subjects;
	int format;
	uint32_t flags;
	bool was_suspect; /* its note says so */
};

struct binding {
	const struct lic_scan_phase *p;
	struct lic_error *err;
	bool all; /* images came or went */
	struct document *doc;
	size_t n, cap;
	struct lic_bytes root[2];
	size_t n_roots;
	struct lic_binder *binder;
	struct lic_txn *txn;
	int64_t began; /* it */
	size_t seen;   /* images */
};

static int no_memory(const struct binding *b)
{
	return lic_error_set(b->err, ENOMEM, "out of memory for the images of documents");
}

static bool is_stopped(const struct binding *b)
{
	return b->p->o->stop && *b->p->o->stop;
}

/* --- which documents ---------------------------------------------------------------------- */

#define SUSPECT_NOTE "names the image "

static int collect(void *ctx, int64_t entry, const struct lic_document *d)
{
	struct binding *b = ctx;

	if (d->format == LIC_DOCUMENT_NONE || d->format == LIC_DOCUMENT_TAR ||
	    (!b->all && d->first))
		return 0;
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		void *p = reallocarray(b->doc, cap, sizeof(*b->doc));

		if (!p)
			return -ENOMEM;
		b->doc = p;
		b->cap = cap;
	}
	b->doc[b->n++] =
		(struct document){ entry, d->subjects, d->format, d->flags,
				   strncmp(d->note, SUSPECT_NOTE, strlen(SUSPECT_NOTE)) == 0 };
	return 0;
}

/* --- names -------------------------------------------------------------------------------- */

/* Hands out the names of a document, subject by subject. */
struct naming {
	struct lic_names_reader reader;
	struct binding *b;
	struct lic_binding *binding;   /* NULL: they are wanted */
	struct lic_images_writer *out; /* NULL: they are counted */
	struct result *result;
};

/* What becomes of a document. */
struct result {
	struct lic_bytes *piece;
	size_t n, cap;
	int64_t *id; /* of all images, ascending and distinct at the end */
	size_t n_ids, ids_cap;
	int64_t bound;
};

static void result_release(struct result *r)
{
	for (size_t i = 0; i < r->n; i++)
		free((void *)(uintptr_t)r->piece[i].p);
	free(r->piece);
	free(r->id);
}

static bool room(void *array, size_t n, size_t *cap, size_t more, size_t size)
{
	void **a = array, *p;
	size_t c = *cap ? *cap : 64;

	if (more <= *cap - n)
		return true;
	while (c - n < more)
		c *= 2;
	p = reallocarray(*a, c, size);
	if (!p)
		return false;
	*a = p;
	*cap = c;
	return true;
}

static int keep_piece(void *ctx, const uint8_t *p, size_t n)
{
	struct result *r = ctx;
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy || !room(&r->piece, r->n, &r->cap, 1, sizeof(*r->piece))) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, p, n);
	r->piece[r->n++] = (struct lic_bytes){ copy, n };
	return 0;
}

static int one_name(const struct naming *x, unsigned tag, const struct lic_bytes *name)
{
	if (!x->binding)
		return lic_binder_want(x->b->binder, tag, name);
	return x->out ? lic_binding_name(x->binding, tag, name)
		      : lic_binding_count(x->binding, tag, name);
}

static int end_subject(const struct naming *x, bool any)
{
	struct result *r = x->result;
	const int64_t *id;
	size_t n;
	int e = lic_binding_images(x->binding, &id, &n);

	if (e < 0)
		return e;
	lic_images_subject(x->out, any, id, n);
	if (!room(&r->id, r->n_ids, &r->ids_cap, n, sizeof(*r->id)))
		return -ENOMEM;
	if (n)
		memcpy(r->id + r->n_ids, id, n * sizeof(*id));
	r->n_ids += n;
	r->bound += n > 0;
	return 0;
}

static int one_piece(void *ctx, const uint8_t *p, size_t n)
{
	struct naming *x = ctx;
	struct lic_bytes name;
	unsigned names, tag;
	bool any;
	int r;

	lic_names_piece(&x->reader, p, n);
	while ((r = lic_names_subject(&x->reader, &names, &any)) > 0) {
		if (x->out)
			lic_binding_subject(x->binding, any);
		while ((r = lic_names_next(&x->reader, &tag, &name)) > 0) {
			r = one_name(x, tag, &name);
			if (r < 0)
				return r;
		}
		if (r == 0 && x->out)
			r = end_subject(x, any);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_names(struct binding *b, const struct document *d, struct naming *x)
{
	int r;

	x->b = b;
	r = lic_catalog_document_parts(b->p->cat, d->id, LIC_PART_NAMES, one_piece, x, b->err);
	lic_names_release(&x->reader);
	if (r == -ENOMEM)
		return no_memory(b);
	if (r == -EBADMSG)
		return lic_error_set(b->err, EUCLEAN,
				     "the catalog is damaged: the names of document %lld cannot be "
				     "read",
				     (long long)d->id);
	return r;
}

/* --- images ------------------------------------------------------------------------------- */

static int parent_of(void *ctx, int64_t id, int64_t *ret_parent, struct lic_bytes *ret_name)
{
	struct binding *b = ctx;
	struct lic_entry e;
	int r = lic_catalog_by_id(b->p->cat, id, &e, b->err);

	if (r < 0)
		return r == -ENOENT ? lic_error_set(b->err, EIO, "directory %lld vanished",
						    (long long)id)
				    : r;
	*ret_parent = e.parent;
	*ret_name = e.name;
	return 0;
}

/* A hidden file counts by its name alone, with a negative number. */
static int one_image(void *ctx, const struct lic_entry *e)
{
	struct binding *b = ctx;
	const int64_t id = e->kind == LIC_KIND_IMAGE ? e->id : -e->id;
	uint8_t copy[NAME_MAX + 1];
	const struct lic_bytes name = { copy, e->name.n };
	int r;

	if (b->seen++ % LOOK_EACH == 0) {
		b->p->tick(b->p->ctx);
		if (is_stopped(b))
			return -EINTR;
	}
	if (e->name.n > NAME_MAX || (id < 0 && !lic_looks_like_image(e->name.p, e->name.n)))
		return 0;
	memcpy(copy, e->name.p, e->name.n); /* directories are looked up meanwhile */
	r = lic_binder_image(b->binder, id, e->parent, &name);
	return r == -ENOMEM ? no_memory(b) : r;
}

/* --- one document ------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void tidy(struct result *r)
{
	bool sorted = true;
	size_t n = 0;

	for (size_t i = 1; sorted && i < r->n_ids; i++)
		sorted = r->id[i - 1] <= r->id[i];
	if (!sorted)
		qsort(r->id, r->n_ids, sizeof(*r->id), compare_ids);
	for (size_t i = 0; i < r->n_ids; i++)
		if (!n || r->id[n - 1] != r->id[i])
			r->id[n++] = r->id[i];
	r->n_ids = n;
}

static int find_images(struct binding *b, const struct document *d, struct lic_binding *x,
		       struct result *ret)
{
	struct lic_images_writer out;
	struct naming count = { .binding = x };
	struct naming bind = { .binding = x, .out = &out, .result = ret };
	int r = read_names(b, d, &count);

	if (r == 0 && lic_binding_choose(x) < 0)
		r = no_memory(b);
	if (r < 0)
		return r;
	lic_images_writer_init(&out, keep_piece, ret);
	r = read_names(b, d, &bind);
	if (lic_images_writer_finish(&out) < 0 && r == 0)
		r = no_memory(b);
	tidy(ret);
	return r;
}

static void kind_of(const struct document *d, int64_t bound, int64_t suspect,
		    enum lic_kind *ret_kind, enum lic_rule *ret_rule)
{
	const bool inert = d->format == LIC_DOCUMENT_SETTINGS || d->format == LIC_DOCUMENT_CLASSES;

	*ret_kind = LIC_KIND_HIDDEN;
	if (suspect) {
		*ret_rule = LIC_RULE_NAMES_IMAGES;
	} else if (inert) {
		*ret_kind = LIC_KIND_INERT;
		*ret_rule = d->flags & LIC_DOCUMENT_ABSOLUTE ? LIC_RULE_ABSOLUTE
							     : LIC_RULE_INERT_CONTENT;
	} else if (bound) {
		*ret_kind = LIC_KIND_DOCUMENT;
		*ret_rule = LIC_RULE_RECORDS;
	} else {
		*ret_rule = LIC_RULE_UNBOUND;
	}
}

/* A person should know which image it is, and where. */
static int write_note(struct binding *b, const struct document *d, int64_t suspect,
		      enum lic_kind kind, enum lic_rule rule)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20), text = LIC_BUF_INIT(1u << 20);
	struct lic_document row;
	char before[LIC_NOTE_MAX];
	int r = lic_catalog_document(b->p->cat, d->id, &row, b->err);

	if (r == 0 && suspect)
		r = lic_catalog_entry_path(b->p->cat, suspect, &path, b->err);
	if (r == 0 && suspect) {
		lic_buf_adds(&text, SUSPECT_NOTE);
		lic_text_quote(&text, lic_buf_str(&path), path.len);
		if (text.len < sizeof(row.note) - 64)
			lic_buf_adds(&text, ", where it could not be left out");
	}
	memcpy(before, row.note, sizeof(before));
	snprintf(row.note, sizeof(row.note), "%s", lic_buf_str(&text));
	lic_buf_release(&path);
	lic_buf_release(&text);
	if (r == 0 && strcmp(before, row.note) == 0)
		return 0;
	return r == 0 ? lic_catalog_document_put(b->txn, d->id, &row, kind, rule, b->err) : r;
}

static int commit(struct binding *b)
{
	struct lic_txn *txn = LIC_TAKE(b->txn);

	return txn ? lic_catalog_commit(txn, b->err) : 0;
}

static int need_txn(struct binding *b)
{
	int64_t now = lic_now_ns();
	int r = 0;

	if (b->txn && (now - b->began > TXN_NS || now < b->began))
		r = commit(b);
	if (r < 0 || b->txn)
		return r;
	b->began = now;
	return lic_catalog_begin(b->p->cat, "scan", &b->txn, b->err);
}

static int write_down(struct binding *b, const struct document *d, const struct result *res,
		      int64_t suspect, enum lic_kind was)
{
	enum lic_kind kind;
	enum lic_rule rule;
	int r = need_txn(b);

	kind_of(d, res->bound, suspect, &kind, &rule);
	if (r == 0 && (suspect || d->was_suspect))
		r = write_note(b, d, suspect, kind, rule);
	if (r == 0)
		r = lic_catalog_document_bind(b->txn, d->id, res->piece, res->n, res->bound,
					      res->id, res->n_ids, kind, rule, b->err);
	if (r == 0)
		lic_scan_recount(b->p->res, was, kind);
	return r;
}

static int bind_one(struct binding *b, const struct document *d)
{
	struct lic_binding *x = NULL;
	struct result res = { 0 };
	uint8_t name[NAME_MAX + 1];
	struct lic_bytes own = { name, 0 };
	enum lic_kind was;
	struct lic_entry e;
	int r = lic_catalog_by_id(b->p->cat, d->id, &e, b->err);

	b->p->tick(b->p->ctx);
	if (r < 0)
		return r == -ENOENT ? 0 : r; /* ended meanwhile */
	if (e.kind == LIC_KIND_COMPANION)
		return 0; /* of an image, by a layout */
	was = e.kind;
	own.n = e.name.n < sizeof(name) ? e.name.n : sizeof(name);
	memcpy(name, e.name.p, own.n);
	r = lic_binding_new(b->binder, e.parent, &own, &x);
	if (r == -ENOMEM)
		r = no_memory(b);
	if (r == 0)
		r = find_images(b, d, x, &res);
	if (r == 0)
		r = write_down(b, d, &res, lic_binding_suspect(x), was);
	lic_binding_free(x);
	result_release(&res);
	return r;
}

/* --- groups ------------------------------------------------------------------------------- */

static int bind_group(struct binding *b, const struct document *d, size_t n)
{
	int r = lic_binder_new(b->root, b->n_roots, parent_of, b, &b->binder);

	if (r < 0)
		return no_memory(b);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_names(b, &d[i], &(struct naming){ 0 });
	if (r == 0)
		r = lic_catalog_each(b->p->cat, LIC_KIND_IMAGE, one_image, b, b->err);
	if (r == 0)
		r = lic_catalog_each(b->p->cat, LIC_KIND_HIDDEN, one_image, b, b->err);
	if (r == 0 && lic_binder_match(b->binder) < 0)
		r = no_memory(b);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = is_stopped(b) ? -EINTR : bind_one(b, &d[i]);
	lic_binder_free(LIC_TAKE(b->binder));
	return r;
}

static int bind_all(struct binding *b)
{
	int r = 0;

	for (size_t i = 0, end; r == 0 && i < b->n; i = end) {
		int64_t subjects = 0;

		for (end = i; end < b->n && (end == i || subjects < GROUP_SUBJECTS); end++)
			subjects += b->doc[end].subjects;
		r = bind_group(b, b->doc + i, end - i);
	}
	return r;
}

/* The store as it was named, and as the system knows it: names may begin with either. */
static void find_roots(struct binding *b, char real[PATH_MAX])
{
	const char *given = b->p->o->store;
	size_t n = strlen(given);

	while (n > 1 && given[n - 1] == '/')
		n--;
	if (given[0] == '/' && n > 1)
		b->root[b->n_roots++] = (struct lic_bytes){ (const uint8_t *)given, n };
	if (realpath(given, real) && real[1])
		b->root[b->n_roots++] = (struct lic_bytes){ (const uint8_t *)real, strlen(real) };
}

int lic_scan_bind(const struct lic_scan_phase *p, struct lic_error *err)
{
	struct binding b = { .p = p, .err = err };
	const int64_t start = lic_now_ns();
	char real[PATH_MAX];
	int64_t images, bound;
	int r = lic_catalog_images_since(p->cat, &images, &bound, err);

	if (r < 0)
		return r;
	b.all = images > bound && !p->o->leave_documents;
	r = lic_catalog_documents(p->cat, collect, &b, err);
	if (r == -ENOMEM)
		r = no_memory(&b);
	find_roots(&b, real);
	if (r == 0 && b.n)
		r = bind_all(&b);
	if (r == 0 && b.n && b.all) {
		r = need_txn(&b);
		if (r == 0)
			r = lic_catalog_set_bound(b.txn, images, err);
	}
	if (r == 0)
		r = commit(&b);
	if (b.all)
		p->res->binding_ns = lic_now_ns() - start;
	lic_catalog_abort(b.txn);
	free(b.doc);
	if (r == -EINTR)
		return lic_error_set(
			err, EINTR, "interrupted; what was written is kept, run it again to go on");
	return r;
}
