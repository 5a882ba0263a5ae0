/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between a snapshot and a later one, or what is shown now. */
#include "fs/history/diff.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <licensefs/catalog_documents.h>

const char *lic_difference_name(enum lic_difference_kind k)
{
	static const char *const name[LIC_DIFFERENCE_KINDS] = { "added", "removed", "rights",
								"replaced", "renamed" };

	return (unsigned)k < LIC_DIFFERENCE_KINDS ? name[k] : "";
}

static void diff_release(struct lic_diff *d)
{
	lic_shown_release(&d->now);
	free(d->shown);
	lic_map_release(&d->paired);
	lic_buf_release(&d->cause.text);
	lic_buf_release(&d->reason);
	lic_buf_release(&d->path);
}

int lic_diff_has(struct lic_diff *d, int64_t id, bool *ret)
{
	if (d->newer)
		return lic_snapshot_has(d->newer, id, ret, d->err);
	*ret = id > 0 && (size_t)(id / 8) < d->n_shown && (d->shown[id / 8] >> id % 8 & 1);
	return 0;
}

int lic_diff_rights(struct lic_diff *d, int64_t id, int64_t generation, int64_t *ret)
{
	int r = lic_catalog_rights_at(d->cat, id, generation, ret, d->err);

	if (r == -ENOENT) {
		*ret = 0;
		r = 0;
	}
	return r;
}

/* --- telling ------------------------------------------------------------------------------ */

static int rights_by_number(struct lic_diff *d, int64_t number, const struct lic_rights **ret)
{
	*ret = NULL;
	if (!number)
		return 0;
	*ret = lic_catalog_rights(d->cat, number, d->err);
	return *ret ? 0 : d->err && d->err->code ? -d->err->code : -EIO;
}

static int tell(struct lic_diff *d, struct lic_difference *x, int64_t before, int64_t after)
{
	int r = rights_by_number(d, before, &x->before);

	if (r == 0)
		r = rights_by_number(d, after, &x->after);
	if (r == 0 && lic_buf_failed(&d->reason))
		r = lic_error_set(d->err, ENOMEM, "out of memory for a reason");
	x->reason = lic_buf_str(&d->reason);
	return r < 0 ? r : d->fn(d->ctx, x);
}

static int pair(struct lic_diff *d, int64_t id)
{
	return lic_map_at(&d->paired, id, 0)
		       ? 0
		       : lic_error_set(d->err, ENOMEM, "out of memory for differences");
}

/* --- what was there before ----------------------------------------------------------------- */

/* What lies at a path in the newer snapshot. */
static int find_member(struct lic_diff *d, struct lic_bytes path, struct lic_entry *ret)
{
	struct lic_snapshot_entry m;
	const uint8_t *p = path.p, *end = p + path.n;
	int r = lic_snapshot_by_id(d->newer, 1, &m, d->err);

	while (r == 0 && p < end) {
		/* the name of what is in an archive is all that follows */
		const uint8_t *slash =
			m.e.kind == LIC_KIND_DIR ? memchr(p, '/', (size_t)(end - p)) : NULL;
		size_t n = (size_t)((slash ? slash : end) - p);

		r = lic_snapshot_by_name(d->newer, m.e.id, p, n, &m, d->err);
		p += n + (slash != NULL);
	}
	if (r == 0)
		*ret = m.e;
	return r;
}

/* Of the newer side; 0 where nothing that is shown lies there. */
static int find_path(struct lic_diff *d, const struct lic_then *t, struct lic_entry *ret)
{
	bool has = false;
	int r = d->newer ? find_member(d, t->path, ret)
			 : lic_catalog_by_path(d->cat, t->path.p, t->path.n, ret, d->err);

	if (r == 0)
		r = lic_diff_has(d, ret->id, &has);
	if (r == -ENOENT || (r == 0 && (!has || ret->kind == LIC_KIND_DIR)))
		return 0;
	return r < 0 ? r : 1;
}

struct search {
	struct lic_diff *d;
	int64_t found;
};

/* The same bytes under a name that the older side did not have. */
static int look_at_twin(void *ctx, int64_t id)
{
	struct search *s = ctx;
	bool has = false, had = false;
	int r = lic_diff_has(s->d, id, &has);

	if (r == 0)
		r = lic_snapshot_has(s->d->older, id, &had, s->d->err);
	if (r < 0 || !has || had || lic_map_find(&s->d->paired, id, 0))
		return r;
	s->found = id;
	return 1;
}

static int path_in_newer(struct lic_diff *d, int64_t id, struct lic_bytes *ret)
{
	int r;

	lic_buf_reset(&d->path);
	r = d->newer ? lic_snapshot_path(d->newer, id, &d->path, d->err)
		     : lic_catalog_entry_path(d->cat, id, &d->path, d->err);
	*ret = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&d->path), d->path.len };
	return r;
}

static const char *why_replaced(const struct lic_entry *then, const struct lic_entry *now)
{
	if (then->kind == LIC_KIND_DIR)
		return "another directory";
	/* of what is no image no hash is known */
	return then->kind != LIC_KIND_IMAGE && now->kind == then->kind &&
			       now->st.size == then->st.size
		       ? "its times changed: the bytes may have, too"
		       : "other bytes";
}

static int tell_replaced(struct lic_diff *d, const struct lic_then *t, const struct lic_entry *now)
{
	struct lic_difference x = { .kind = LIC_DIFFERENCE_REPLACED,
				    .entry = t->m.e.kind,
				    .path = t->path };
	int64_t id = now->id, after = 0;
	int r = now->kind == LIC_KIND_IMAGE ? lic_diff_rights(d, id, d->generation, &after) : 0;

	if (r == 0)
		r = pair(d, id);
	lic_buf_reset(&d->reason);
	lic_buf_adds(&d->reason, why_replaced(&t->m.e, now));
	return r < 0 ? r : tell(d, &x, t->rights, after);
}

static int tell_renamed(struct lic_diff *d, const struct lic_then *t, int64_t id)
{
	struct lic_difference x = { .kind = LIC_DIFFERENCE_RENAMED,
				    .entry = t->m.e.kind,
				    .from = t->path };
	int64_t after = 0;
	int r = lic_diff_rights(d, id, d->generation, &after);

	if (r == 0)
		r = path_in_newer(d, id, &x.path);
	if (r == 0)
		r = pair(d, id);
	lic_buf_reset(&d->reason);
	lic_buf_adds(&d->reason, "the same bytes under another name");
	return r < 0 ? r : tell(d, &x, t->rights, after);
}

/* The row has ended, or had not begun: is something there in its place, or elsewhere? */
static int tell_ended(struct lic_diff *d, const struct lic_then *t)
{
	struct lic_difference x = { .kind = LIC_DIFFERENCE_REMOVED,
				    .entry = t->m.e.kind,
				    .path = t->path };
	struct search s = { .d = d };
	struct lic_entry now;
	int r = find_path(d, t, &now);

	if (r > 0 && t->m.e.kind != LIC_KIND_DIR)
		return tell_replaced(d, t, &now);
	if (r >= 0 && t->m.e.kind == LIC_KIND_IMAGE)
		r = lic_catalog_ever_hash(d->cat, &t->m.e.hash, look_at_twin, &s, d->err);
	if (r > 0 && s.found)
		return tell_renamed(d, t, s.found);
	if (r < 0)
		return r;
	lic_buf_reset(&d->reason);
	if (t->m.e.born > d->generation)
		lic_buf_adds(&d->reason, "it came later");
	else
		lic_buf_adds(&d->reason, t->m.e.kind == LIC_KIND_DIR
						 ? "the directory is gone"
						 : "the file is gone or replaced");
	return tell(d, &x, t->rights, 0);
}

static int old_member(void *ctx, const struct lic_then *t)
{
	struct lic_diff *d = ctx;
	struct lic_difference x = { .entry = t->m.e.kind, .path = t->path };
	bool image = t->m.e.kind == LIC_KIND_IMAGE, has;
	int64_t after = 0;
	int r = lic_diff_has(d, t->m.e.id, &has);

	if (r < 0)
		return r;
	if (!has && (t->m.e.born > d->generation || (t->m.died && t->m.died <= d->generation)))
		return tell_ended(d, t);
	if (image && t->m.e.since <= d->generation)
		after = t->m.e.rights;
	else if (image)
		r = lic_diff_rights(d, t->m.e.id, d->generation, &after);
	if (r < 0 || (has && after == t->rights))
		return r;
	x.kind = has ? LIC_DIFFERENCE_RIGHTS : LIC_DIFFERENCE_REMOVED;
	r = lic_diff_reason(d, t, t->rights, after, has, &x.revocation);
	return r < 0 ? r : tell(d, &x, t->rights, after);
}

/* --- what was not -------------------------------------------------------------------------- */

static int new_member(void *ctx, const struct lic_then *t)
{
	struct lic_diff *d = ctx;
	struct lic_difference x = { .kind = LIC_DIFFERENCE_ADDED,
				    .entry = t->m.e.kind,
				    .path = t->path };
	int64_t older = lic_snapshot_info(d->older)->born, before = 0;
	bool had;
	int r = lic_snapshot_has(d->older, t->m.e.id, &had, d->err);

	if (r < 0 || had || lic_map_find(&d->paired, t->m.e.id, 0))
		return r;
	if (t->m.e.born > older || (t->m.died && t->m.died <= older)) {
		lic_buf_reset(&d->reason);
		if (t->m.e.born <= older)
			lic_buf_adds(&d->reason, "it was gone later");
		else
			lic_buf_adds(&d->reason, t->m.e.kind == LIC_KIND_DIR ? "a new directory"
									     : "a new file");
		return tell(d, &x, 0, t->rights);
	}
	if (t->m.e.kind == LIC_KIND_IMAGE)
		r = lic_diff_rights(d, t->m.e.id, older, &before);
	if (r == 0)
		r = lic_diff_reason(d, t, before, t->rights, true, &x.revocation);
	return r < 0 ? r : tell(d, &x, 0, t->rights);
}

/* --- now ----------------------------------------------------------------------------------- */

/* Gathers the ids of what is shown. */
static int note_shown(void *ctx, const struct lic_then *t)
{
	struct lic_diff *d = ctx;
	size_t at = (size_t)t->m.e.id / 8;
	int r = lic_shown_keep(&d->now, t);

	if (r != 1)
		return r;
	if (at >= d->n_shown) {
		size_t n = d->n_shown ? d->n_shown : 4096;
		void *p;

		while (n <= at)
			n *= 2;
		p = realloc(d->shown, n);
		if (!p)
			return lic_error_set(d->err, ENOMEM, "out of memory for a view");
		d->shown = p;
		memset(d->shown + d->n_shown, 0, n - d->n_shown);
		d->n_shown = n;
	}
	d->shown[at] |= (uint8_t)(1u << t->m.e.id % 8);
	return 1;
}

static int new_shown(void *ctx, const struct lic_then *t)
{
	struct lic_diff *d = ctx;
	bool has;
	int r = lic_diff_has(d, t->m.e.id, &has);

	if (r < 0 || !has)
		return r;
	r = new_member(d, t);
	return r ? r : 1;
}

static int diff(struct lic_diff *d)
{
	const struct lic_snapshot_info *of = lic_snapshot_info(d->newer ? d->newer : d->older);
	/* by its name the view is asked as it is defined now */
	bool named = !d->newer && *of->view;
	int r = lic_shown_init(&d->now, d->cat, named ? of->view : NULL, of->expr, of->basis,
			       (enum lic_classes)of->classes, d->err);

	if (r == 0 && !d->newer)
		r = lic_catalog_then(d->cat, d->generation, note_shown, d, d->err);
	if (r == 0)
		r = lic_snapshot_each(d->older, old_member, d, d->err);
	if (r == 0)
		r = d->newer ? lic_snapshot_each(d->newer, new_member, d, d->err)
			     : lic_catalog_then(d->cat, d->generation, new_shown, d, d->err);
	return r;
}

int lic_snapshot_diff(struct lic_catalog *cat, struct lic_snapshot *older,
		      struct lic_snapshot *newer, lic_difference_fn fn, void *ctx,
		      struct lic_error *err)
{
	_cleanup_(diff_release) struct lic_diff d = {
		.cat = cat,
		.older = older,
		.newer = newer,
		.cause = LIC_CAUSE_INIT,
		.reason = LIC_BUF_INIT(1u << 20),
		.path = LIC_BUF_INIT(16u << 20),
		.now_at = (int64_t)time(NULL),
		.fn = fn,
		.ctx = ctx,
		.err = err,
	};
	/* one state, whoever writes meanwhile */
	int r = lic_catalog_hold(cat, err);

	if (r < 0)
		return r;
	d.generation = newer ? lic_snapshot_info(newer)->born : lic_catalog_generation(cat);
	r = d.generation < 0 ? lic_error_sys(err, (int)-d.generation, "cannot read the catalog")
			     : diff(&d);
	lic_catalog_let_go(cat);
	return r;
}
