/* SPDX-License-Identifier: Apache-2.0 */
/* Credit: creator, title and origin of one image, where something is known. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

#define ENTRY 4 /* the column behind those of a credit */
#define STEPS 8 /* rows that are passed over rather than searched again */

static char *column_dup(struct lic_query *q, int column, int *r)
{
	const char *s;
	char *copy;

	if (sqlite3_column_type(q->stmt, column) == SQLITE_NULL)
		return NULL;
	s = lic_query_text(q, column);
	copy = s ? strdup(s) : NULL;
	if (!copy)
		*r = -ENOMEM;
	return copy;
}

static int read_row(struct lic_query *q, struct lic_credit *ret, struct lic_error *err)
{
	struct lic_credit c = { 0 };
	int r = 0;

	c.creator = column_dup(q, 0, &r);
	c.title = column_dup(q, 1, &r);
	c.source_url = column_dup(q, 2, &r);
	c.license_url = column_dup(q, 3, &r);
	if (r < 0) {
		lic_credit_release(&c);
		return lic_error_set(err, ENOMEM, "out of memory for a credit");
	}
	*ret = c;
	return 0;
}

/* --- in the order of entries -------------------------------------------------------------- */

void lic_credit_changes(struct lic_catalog *cat)
{
	lic_query_end(&cat->credits);
}

void lic_credit_walk_begin(struct lic_catalog *cat)
{
	cat->walks++;
}

void lic_credit_walk_end(struct lic_catalog *cat)
{
	if (--cat->walks == 0)
		lic_credit_changes(cat);
}

static int step(struct lic_catalog *cat, struct lic_error *err)
{
	int r = lic_query_step(&cat->credits, err);

	cat->credits_after = cat->credits_at;
	cat->credits_at = r > 0 ? lic_query_int(&cat->credits, ENTRY) : INT64_MAX;
	if (r < 0)
		lic_credit_changes(cat);
	return r < 0 ? r : 0;
}

/* Lets the query stand at the row of the entry, or at the next one where it has none. */
static int go_to(struct lic_catalog *cat, int64_t entry, struct lic_error *err)
{
	bool near = cat->credits.stmt && entry > cat->credits_after;
	int r = 0;

	for (int i = 0; near && r == 0 && cat->credits_at < entry; i++) {
		near = i < STEPS;
		r = near ? step(cat, err) : 0;
	}
	if (near || r < 0)
		return r;
	cat->credits_at = entry - 1;
	r = lic_query(&cat->credits, cat, LIC_STMT_CREDIT_FROM, err, "i", entry);
	return r < 0 ? r : step(cat, err);
}

int lic_catalog_credit(struct lic_catalog *cat, int64_t entry, struct lic_credit *ret,
		       struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_query *row = cat->walks ? &cat->credits : &q;
	bool any = false;
	int r;

	if (cat->walks) {
		r = go_to(cat, entry, err);
		any = r == 0 && cat->credits_at == entry;
	} else {
		r = lic_query(&q, cat, LIC_STMT_CREDIT, err, "i", entry);
		if (r == 0)
			r = lic_query_step(&q, err);
		any = r > 0;
	}
	if (r < 0)
		return r;
	if (any)
		return read_row(row, ret, err);
	*ret = (struct lic_credit){ 0 };
	return 0;
}

/* --- writing ------------------------------------------------------------------------------ */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

int lic_credit_store(struct lic_txn *txn, const struct lic_entry *e, bool fresh,
		     const struct lic_credit *c, struct lic_error *err)
{
	bool none = !c->creator && !c->title && !c->source_url && !c->license_url;
	_cleanup_(lic_credit_release) struct lic_credit old = { 0 };
	int r;

	if (fresh && none)
		return 0;
	if (!fresh) {
		r = lic_catalog_credit(txn->cat, e->id, &old, err);
		if (r < 0)
			return r;
		if (same_text(old.creator, c->creator) && same_text(old.title, c->title) &&
		    same_text(old.source_url, c->source_url) &&
		    same_text(old.license_url, c->license_url))
			return 0;
		/* Views ask about creators, and mounts show credit as attributes */
		r = lic_feed_add(txn, e->parent, e->id, &e->name, err);
		if (r == 0)
			r = lic_feed_companions(txn, e->id, err);
		if (r < 0)
			return r;
	}
	lic_credit_changes(txn->cat);
	if (none)
		return lic_query_run(txn->cat, LIC_STMT_CREDIT_DROP, err, "i", e->id);
	return lic_query_run(txn->cat, LIC_STMT_CREDIT_SET, err, "itttt", e->id, c->creator,
			     c->title, c->source_url, c->license_url);
}
