/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a read batch into the catalog: one transaction, directories in the order of the walk. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/scan/internal.h"

#define EXPECT_MIN 16 /* files of a batch worth it */

struct writer {
	struct lic_catalog *cat;
	struct lic_txn *txn; /* begun with the first change, so that a rescan without changes
			      * writes nothing */
	struct lic_scan_result *res;
	struct lic_error *err;
};

static int need_txn(struct writer *w)
{
	return w->txn ? 0 : lic_catalog_begin(w->cat, "scan", &w->txn, w->err);
}

/* The name that an item's row has: in an archive, its path there. */
static struct lic_bytes whole_name(const struct lic_scan_dir *d, const struct lic_item *it,
				   uint8_t name[NAME_MAX])
{
	const size_t n = d->within.n;

	if (!n || n + it->name.n > NAME_MAX)
		return it->name;
	memcpy(name, d->within.p, n);
	memcpy(name + n, it->name.p, it->name.n);
	return (struct lic_bytes){ name, n + it->name.n };
}

static int put(struct writer *w, const struct lic_scan_dir *d, struct lic_item *it)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e = {
		.parent = d->id,
		.name = whole_name(d, it, name),
		.kind = it->kind,
		.rule = it->rule,
		.format = it->claims.format,
		.st = it->st,
		.judged = it->judged,
		.hash = it->hash,
		.digests = it->digests,
	};
	bool image = it->kind == LIC_KIND_IMAGE;
	int r = need_txn(w);

	if (r < 0)
		return r;
	if (!image)
		e.format = LIC_FORMAT_NONE;
	r = lic_catalog_put(w->txn, &e, image ? &it->claims : NULL, w->err);
	if (r < 0)
		return r;
	it->id = e.id;
	it->kind = e.kind; /* a document stays one where its bytes are as before */
	it->rule = e.rule;
	return 0;
}

static int add_count(void *ctx, int64_t rights, int64_t count, int64_t emptied)
{
	int64_t *sum = ctx;

	(void)rights;
	(void)emptied;
	*sum += count;
	return 0;
}

/* Ends a row with everything below it, and counts the images that go with it. */
static int end(struct writer *w, int64_t id, enum lic_kind kind)
{
	int64_t images = kind == LIC_KIND_IMAGE;
	int r = need_txn(w);

	if (r == 0 && kind == LIC_KIND_DIR)
		r = lic_catalog_dir_rights(w->cat, id, add_count, &images, w->err);
	if (r == 0)
		r = lic_catalog_end(w->txn, id, w->err);
	if (r == 0)
		w->res->removed += images;
	return r;
}

static int end_gone(struct writer *w, const struct lic_scan_dir *d)
{
	for (size_t i = 0; i < d->n_gone; i++) {
		struct lic_entry e;
		int r = lic_catalog_by_id(w->cat, d->gone[i], &e, w->err);

		if (r == -ENOENT)
			continue; /* ended meanwhile, by another writer */
		if (r < 0)
			return r;
		r = end(w, e.id, e.kind);
		if (r < 0)
			return r;
	}
	return 0;
}

static void count_image(struct lic_scan_result *res, const struct lic_item *it)
{
	res->images++;
	if (it->prior.kind != LIC_KIND_IMAGE)
		res->added++;
	else if (it->id != it->prior.id)
		res->changed++;
	else
		res->unchanged++;
}

/* An image that is known as the mask of another, and still says nothing of its own, stays one, but
 * for one that is revoked. 1, 0 or an error. */
static int stays_mask(struct writer *w, const struct lic_scan_dir *d, const struct lic_item *it)
{
	struct lic_entry e = { .parent = d->id, .hash = it->hash, .digests = it->digests };
	uint8_t name[NAME_MAX];
	bool revoked = false;
	int r;

	if (it->kind != LIC_KIND_IMAGE || it->prior.kind != LIC_KIND_COMPANION ||
	    it->prior.rule != LIC_RULE_MASK || it->claims.n || it->claims.damage)
		return 0;
	e.name = whole_name(d, it, name);
	r = need_txn(w);
	if (r == 0)
		r = lic_catalog_revokes(w->cat, &e, &it->claims, &revoked, w->err);
	return r < 0 ? r : !revoked;
}

/* Neither image nor directory, nor anything that is never opened or could not be. */
static bool is_plain_file(const struct lic_item *it)
{
	switch (it->kind) {
	case LIC_KIND_IMAGE:
	case LIC_KIND_DIR:
		return false;
	case LIC_KIND_HIDDEN:
		return it->rule != LIC_RULE_SYMLINK && it->rule != LIC_RULE_SPECIAL &&
		       it->rule != LIC_RULE_OTHER_FS && it->rule != LIC_RULE_UNREADABLE;
	default:
		return true;
	}
}

static int write_items(struct writer *w, const struct lic_slice *s)
{
	struct lic_scan_dir *d = s->dir;

	for (size_t i = s->first; i < s->end; i++) {
		struct lic_item *it = &d->item[i];
		bool was_image = it->prior.kind == LIC_KIND_IMAGE;
		int r = 0;

		if (it->prior.kind == LIC_KIND_DIR && it->kind != LIC_KIND_DIR) {
			r = end(w, it->prior.id, LIC_KIND_DIR);
			if (r < 0)
				return r;
			it->prior = (struct lic_prior){ 0 };
			it->id = 0;
		}
		r = stays_mask(w, d, it);
		if (r > 0) {
			it->kind = LIC_KIND_COMPANION;
			it->rule = LIC_RULE_MASK;
		}
		/* files that are no image wait for finish_dir(), which knows all images */
		if (r < 0)
			return r;
		if (!is_plain_file(it))
			r = it->dirty ? put(w, d, it) : 0;
		else if (was_image)
			r = end(w, it->prior.id, LIC_KIND_IMAGE), it->id = 0;
		if (r < 0)
			return r;
		if (it->kind == LIC_KIND_IMAGE)
			count_image(w->res, it);
		else if (was_image && it->id) /* end() counted the others */
			w->res->removed++;
		lic_claims_release(&it->claims);
		it->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	}
	return 0;
}

struct binding {
	struct lic_item *file;
	int64_t *image;
	size_t n, cap;
	enum lic_rule rule;
};

static int collect_image(void *ctx, struct lic_item *it)
{
	struct binding *b = ctx;
	enum lic_rule rule;

	if (it->kind != LIC_KIND_IMAGE || !lic_scan_companion(&b->file->name, &it->name, &rule))
		return 0;
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 4;
		int64_t *p = realloc(b->image, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		b->image = p;
		b->cap = cap;
	}
	b->image[b->n++] = it->id;
	b->rule = rule;
	return 0;
}

bool lic_scan_is_indexed(enum lic_rule rule)
{
	switch (rule) {
	case LIC_RULE_INERT_CONTENT:
	case LIC_RULE_ABSOLUTE:
	case LIC_RULE_RECORDS:
	case LIC_RULE_MALFORMED:
	case LIC_RULE_UNBOUND:
	case LIC_RULE_NAMES_IMAGES:
	case LIC_RULE_NOT_IMAGE:
		return true;
	default:
		return false;
	}
}

/* What the phases after the walk have found out about a file holds as long as its bytes do; where
 * it belongs by a layout they find out anew. */
static bool keeps_place(const struct lic_item *it)
{
	const struct lic_prior *p = &it->prior;

	if (it->kind == LIC_KIND_COMPANION && it->rule == LIC_RULE_MASK)
		return true;
	if (p->kind == LIC_KIND_COMPANION && p->rule == LIC_RULE_LAYOUT)
		return true;
	return !it->read && p->id && lic_scan_is_indexed(p->rule);
}

/* Kind and rule of a file that no image of its directory has for a companion. */
static void classify(struct lic_item *it)
{
	enum lic_rule rule;
	enum lic_kind kind = lic_scan_classify(it->name.p, it->name.n, &rule);

	if (kind == LIC_KIND_INERT || !keeps_place(it)) {
		it->kind = kind;
		it->rule = rule;
	} else if (it->rule != LIC_RULE_MASK) {
		it->kind = it->prior.kind;
		it->rule = it->prior.rule;
	}
}

/* Kind of a file that is no image, now that all images of its directory are known. */
static int place_file(struct writer *w, struct lic_scan_dir *d, struct lic_item *it,
		      struct binding *b)
{
	const struct lic_prior *p = &it->prior;
	int r;

	b->file = it;
	b->n = 0;
	r = lic_scan_dir_images(d, &it->name, collect_image, b);
	if (r < 0)
		return lic_error_set(w->err, ENOMEM, "out of memory");
	if (b->n) {
		it->kind = LIC_KIND_COMPANION;
		it->rule = b->rule;
	} else {
		classify(it);
	}
	if (it->dirty || !p->id || p->kind != it->kind || p->rule != it->rule) {
		r = put(w, d, it);
		if (r == 0 && it->rule == LIC_RULE_WAITING)
			r = lic_catalog_pend(w->txn, it->id, w->err);
		if (r < 0)
			return r;
	}
	if (!b->n)
		return 0;
	r = need_txn(w);
	return r < 0 ? r : lic_catalog_bind(w->txn, it->id, b->image, b->n, w->err);
}

static void count_kind(struct lic_scan_result *res, enum lic_kind kind, int n)
{
	switch (kind) {
	case LIC_KIND_DIR:
		res->directories += n;
		break;
	case LIC_KIND_COMPANION:
		res->companions += n;
		break;
	case LIC_KIND_INERT:
		res->inert += n;
		break;
	case LIC_KIND_DOCUMENT:
		res->documents += n;
		break;
	case LIC_KIND_IMAGE:
		break; /* the counts of the root know */
	default:
		res->hidden += n;
	}
}

void lic_scan_recount(struct lic_scan_result *res, enum lic_kind from, enum lic_kind to)
{
	count_kind(res, from, -1);
	count_kind(res, to, 1);
}

/* After the last slice: companions are bound to the images of the directory, where anything in it
 * changed, and the children learn their rows. */
static int finish_dir(struct writer *w, struct lic_scan_dir *d)
{
	struct binding b = { 0 };
	size_t child = 0;
	int r = 0;

	for (size_t i = 0; i < d->n && r >= 0; i++) {
		struct lic_item *it = &d->item[i];

		if (d->dirty && is_plain_file(it))
			r = place_file(w, d, it, &b);
		if (it->kind == LIC_KIND_DIR && child < d->n_child) {
			if (d->child[child])
				d->child[child]->id = it->id;
			child++;
		}
		count_kind(w->res, it->kind, 1);
	}
	free(b.image);
	return r;
}

/* Where a scan of some directories does not list the one above. */
static int put_own(struct writer *w, const struct lic_scan_dir *d)
{
	struct lic_entry e = *d->own;
	int r = need_txn(w);

	return r < 0 ? r : lic_catalog_put(w->txn, &e, NULL, w->err);
}

static struct lic_txn *txn_for_rules(void *ctx)
{
	struct writer *w = ctx;

	return need_txn(w) < 0 ? NULL : w->txn;
}

static int pend_dir(struct writer *w, const struct lic_scan_dir *d)
{
	int r = need_txn(w);

	return r < 0 ? r : lic_catalog_pend(w->txn, d->id, w->err);
}

/* Tells the catalog of the claims of all images in the batch. */
static int expect(struct writer *w, const struct lic_batch *b)
{
	const struct lic_claims **all;
	size_t n = 0;
	int r;

	if (b->n_read < EXPECT_MIN)
		return 0;
	all = calloc(b->n_read, sizeof(*all));
	if (!all)
		return lic_error_set(w->err, ENOMEM, "out of memory");
	for (size_t i = 0; i < b->n; i++) {
		const struct lic_slice *s = &b->slice[i];

		for (size_t k = s->first; k < s->end; k++)
			if (n < b->n_read && s->dir->item[k].read &&
			    s->dir->item[k].kind == LIC_KIND_IMAGE)
				all[n++] = &s->dir->item[k].claims;
	}
	r = n ? need_txn(w) : 0;
	if (r == 0 && n)
		r = lic_catalog_expect(w->txn, all, n, w->err);
	free(all);
	return r;
}

int lic_write_batch(struct lic_catalog *cat, struct lic_batch *b,
		    const struct lic_rule_writing *rules, struct lic_scan_result *res,
		    struct lic_error *err)
{
	struct writer w = { cat, NULL, res, err };
	int r = expect(&w, b);

	for (size_t i = 0; i < b->n && r >= 0; i++) {
		struct lic_slice *s = &b->slice[i];

		if (s->first == 0 && s->dir->own)
			r = put_own(&w, s->dir);
		if (r >= 0 && s->first == 0)
			r = end_gone(&w, s->dir);
		/* with the first change of it that is written, if it is the last as well */
		if (r >= 0 && s->first == 0 && s->dir->changed)
			r = pend_dir(&w, s->dir);
		if (r >= 0 && s->first == 0)
			r = lic_scan_put_rules(s->dir, rules, txn_for_rules, &w, err);
		if (r >= 0)
			r = write_items(&w, s);
		/* members that are no images have no rows */
		if (r >= 0 && s->end == s->dir->n && !s->dir->archive)
			r = finish_dir(&w, s->dir);
	}
	if (r < 0) {
		lic_catalog_abort(w.txn);
		return r;
	}
	return w.txn ? lic_catalog_commit(w.txn, err) : 0;
}
