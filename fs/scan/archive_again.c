/* SPDX-License-Identifier: Apache-2.0 */
/* Archives that are what they were, and whose members must be read again all the same. */
#include <errno.h>

#include "fs/scan/archive.h"

struct looking {
	struct lic_catalog *cat;
	struct lic_error *err;
	unsigned digests;
	bool verify;
	int64_t *id; /* archives to read */
	size_t n, cap;
};

/* 1 ends the walk over members: one is enough. */
static int is_lacking(void *ctx, const struct lic_entry *e)
{
	const struct looking *l = ctx;
	struct lic_digests d;
	int r = lic_catalog_digests(l->cat, e->id, &d, l->err);

	return r < 0 ? r : (l->digests & ~d.has) != 0;
}

static int look(void *ctx, int64_t entry, const struct lic_document *d)
{
	struct looking *l = ctx;
	int r = l->verify;

	if (d->format != LIC_DOCUMENT_TAR)
		return 0;
	if (!r)
		r = lic_catalog_list(l->cat, entry, 0, is_lacking, l, l->err);
	if (r <= 0)
		return r;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		int64_t *p = reallocarray(l->id, cap, sizeof(*p));

		if (!p)
			return lic_error_set(l->err, ENOMEM, "out of memory");
		l->id = p;
		l->cap = cap;
	}
	l->id[l->n++] = entry;
	return 0;
}

static int pend(const struct looking *l)
{
	struct lic_txn *txn;
	int r = lic_catalog_begin(l->cat, "scan", &txn, l->err);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < l->n; i++)
		r = lic_catalog_pend(txn, l->id[i], l->err);
	if (r == 0)
		return lic_catalog_commit(txn, l->err);
	lic_catalog_abort(txn);
	return r;
}

int lic_scan_archives_again(struct lic_catalog *cat, unsigned digests, bool verify,
			    struct lic_error *err)
{
	struct looking l = { .cat = cat, .err = err, .digests = digests, .verify = verify };
	int r = digests || verify ? lic_catalog_documents(cat, look, &l, err) : 0;

	if (r == 0 && l.n)
		r = pend(&l);
	free(l.id);
	return r;
}
