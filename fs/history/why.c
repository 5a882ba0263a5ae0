/* SPDX-License-Identifier: Apache-2.0 */
/* Why an entry is no longer shown, or is now, or has other rights. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_documents.h>
#include <licensefs/catalog_revoke.h>

#include "fs/history/diff.h"

struct last_change {
	int64_t until, generation;
};

static int note_change(void *ctx, _unused_ size_t i, const struct lic_rights_change *c)
{
	struct last_change *x = ctx;

	if (c->after && c->generation <= x->until)
		x->generation = c->generation;
	return 0;
}

/* The last generation between both states that gave an image other rights; 0: none did. */
static int changed_in(struct lic_diff *d, const struct lic_then *t, int64_t *ret)
{
	/* the newer state may be the older one */
	int64_t a = lic_snapshot_info(d->older)->born, b = d->generation;
	int64_t id = t->m.e.id, rights = t->m.died ? 0 : t->m.e.rights;
	struct last_change x = { .until = a < b ? b : a };
	int r = lic_catalog_rights_changes(d->cat, &id, &rights, 1, a < b ? a : b, note_change, &x,
					   d->err);

	*ret = x.generation;
	return r;
}

static int cause_of(struct lic_diff *d, const struct lic_then *t, int64_t generation)
{
	int r;

	if (d->cause_of == generation && !d->cause.many)
		return 0;
	d->cause_of = 0;
	r = lic_cause_find(d->cat, generation, t->path, &d->cause, d->err);
	if (r == 0)
		d->cause_of = generation;
	return r;
}

struct revoked {
	struct lic_diff *d;
	int64_t number;
};

static int name_revocation(void *ctx, const struct lic_revocation *r, enum lic_selector_kind by)
{
	struct revoked *x = ctx;
	struct lic_buf *b = &x->d->reason;

	(void)by;
	lic_buf_addf(b, "revoked by %lld: ", (long long)r->number);
	lic_text_show(b, r->reason, strlen(r->reason));
	x->number = r->number;
	return 1;
}

/* 1 where a revocation in force was named. */
static int revoked_now(struct lic_diff *d, const struct lic_then *t, int64_t *ret)
{
	struct revoked x = { .d = d };
	int r = t->m.died ? 0
			  : lic_catalog_revoked_by(d->cat, t->m.e.id, name_revocation, &x, d->err);

	*ret = x.number;
	return r;
}

/* What the view misses in it, by the rights and the credit of now. */
static int ask_view(struct lic_diff *d, const struct lic_then *t, const struct lic_rights *rights)
{
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	struct lic_asset asset = { .path = t->path, .credit = &credit };
	int r = lic_catalog_credit(d->cat, t->m.e.id, &credit, d->err);

	if (r == 0)
		lic_view_why(d->now.view, rights, &asset, d->now_at, &d->reason);
	return r;
}

static int image_reason(struct lic_diff *d, const struct lic_then *t, int64_t before, int64_t after,
			bool shown, int64_t *ret_revocation)
{
	const struct lic_rights *rights = lic_catalog_rights(d->cat, after, d->err);
	int64_t generation = 0;
	int r = 0;

	if (!rights)
		return d->err && d->err->code ? -d->err->code : -EIO;
	if (!shown && rights->status == LIC_STATUS_REVOKED) {
		r = revoked_now(d, t, ret_revocation);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	if (before != after)
		r = changed_in(d, t, &generation);
	if (r == 0 && generation) {
		r = cause_of(d, t, generation);
		if (r < 0)
			return r;
		if (!d->cause.revocation && rights->status != LIC_STATUS_CLEAR)
			lic_buf_addf(&d->reason, "%s by ", lic_status_name(rights->status));
		lic_buf_add(&d->reason, lic_buf_str(&d->cause.text), d->cause.text.len);
		*ret_revocation = shown ? 0 : d->cause.revocation;
		return 0;
	}
	if (r == 0 && shown)
		lic_buf_adds(&d->reason, "the view asks for something else");
	else if (r == 0)
		r = ask_view(d, t, rights);
	return r;
}

int lic_diff_reason(struct lic_diff *d, const struct lic_then *t, int64_t before, int64_t after,
		    bool shown, int64_t *ret_revocation)
{
	*ret_revocation = 0;
	lic_buf_reset(&d->reason);
	switch (t->m.e.kind) {
	case LIC_KIND_IMAGE:
		return image_reason(d, t, before, after, shown, ret_revocation);
	case LIC_KIND_DIR:
		lic_buf_adds(&d->reason,
			     shown ? "an image below it is shown" : "no image below it is shown");
		break;
	case LIC_KIND_COMPANION:
		lic_buf_adds(&d->reason, shown ? "its image is shown" : "its image is not shown");
		break;
	case LIC_KIND_HIDDEN:
		lic_buf_adds(&d->reason, lic_rule_text(t->m.e.rule));
		break;
	default:
		lic_buf_adds(&d->reason, shown ? "it is shown" : "it is not shown");
		break;
	}
	return 0;
}
