/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Every live image that a revocation in force matches is revoked, and no other one is. */
#include <errno.h>

#include "fs/catalog/revoked.h"

static const struct lic_check_rule rules[] = {
	{ "[I5] revocation %lld holds in no sound interval",
	  "SELECT id FROM revocation WHERE died < born OR max(born, coalesce(died, 0)) > "
	  "(SELECT coalesce(max(id), 0) FROM generation)" },
	{ "[I12] revocation %lld is not in force, and still matches",
	  "SELECT revocation FROM revoked LEFT JOIN revocation r ON r.id = revocation "
	  "WHERE r.id IS NULL OR r.died IS NOT NULL" },
	{ "[I12] revocation %lld is in force, and matches nothing",
	  "SELECT id FROM revocation WHERE died IS NULL AND id NOT IN "
	  "(SELECT revocation FROM revoked)" },
	{ "[I12] revocation %lld was erased, and keeps what it was by",
	  "SELECT id FROM revocation WHERE erased AND (text <> x'' OR requester <> '' OR EXISTS "
	  "(SELECT 1 FROM revoked WHERE revocation = id AND form <> 1))" },
};

struct check {
	struct lic_catalog *cat;
	struct lic_hits hits;
	struct lic_error *err;
};

static int check_image(void *ctx, const struct lic_entry *e)
{
	struct check *c = ctx;
	int64_t id = e->id;
	const struct lic_rights *rights = lic_catalog_rights(c->cat, e->rights, c->err);
	int r = rights ? lic_revoked_of(c->cat, id, &c->hits, c->err) : -EUCLEAN;

	if (r < 0)
		return r;
	/* What it states is not known: nothing else may be said of it */
	r = lic_claims_erased(c->cat, id, c->err);
	if (r > 0 && rights->status != LIC_STATUS_REVOKED && rights->status != LIC_STATUS_STALE)
		return lic_catalog_damaged(c->cat, c->err, "the claims of image %lld were erased",
					   (long long)id);
	if (r < 0)
		return r;
	if ((c->hits.n > 0) != (rights->status == LIC_STATUS_REVOKED))
		return lic_catalog_damaged(c->cat, c->err, "[I12] image %lld is %s", (long long)id,
					   c->hits.n ? "not revoked, but matched"
						     : "revoked, and nothing matches it");
	for (size_t i = 0; i < c->hits.n; i++)
		if (!c->hits.item[i].sticks)
			return lic_catalog_damaged(c->cat, c->err,
						   "[I12] revocation %lld does not know the bytes "
						   "of image %lld",
						   (long long)c->hits.item[i].revocation,
						   (long long)id);
	/* Nobody knows whether one matches it */
	if (c->hits.damage && lic_rights_permission(rights, LIC_NONCOMMERCIAL_USE) == LIC_ALLOWED)
		return lic_catalog_damaged(c->cat, c->err,
					   "[I12] image %lld permits something, but %s",
					   (long long)id, c->hits.damage);
	return 0;
}

/* A mask is shown where its image is: none may be that is revoked by its path or its bytes. */
static int check_mask(void *ctx, const struct lic_entry *e)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	struct lic_selector_subject s = { .n_claims = 0 };
	struct check *c = ctx;
	struct lic_hash hash = e->hash;
	int64_t id = e->id;
	int r;

	if (!lic_entry_is_mask(e))
		return 0;
	s.hash = lic_entry_has_hash(e) ? &hash : NULL;
	r = lic_catalog_entry_path(c->cat, id, &path, c->err);
	s.path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&path), path.len };
	if (r == 0)
		r = lic_revoked_find(c->cat, &s, NULL, &c->hits, c->err);
	if (r == 0 && c->hits.n)
		r = lic_catalog_damaged(c->cat, c->err, "[I12] mask %lld is revoked, and shown",
					(long long)id);
	return r;
}

int lic_revoked_check(struct lic_catalog *cat, struct lic_error *err)
{
	struct check c = { .cat = cat, .err = err };
	int r = lic_check_rules(cat, rules, LIC_ARRAY_SIZE(rules), err);

	if (r == 0)
		r = lic_catalog_each(cat, LIC_KIND_IMAGE, check_image, &c, err);
	if (r == 0)
		r = lic_catalog_each(cat, LIC_KIND_COMPANION, check_mask, &c, err);
	lic_hits_release(&c.hits);
	return r;
}
