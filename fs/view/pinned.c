/* SPDX-License-Identifier: Apache-2.0 */
/* What a snapshot shows: what its view showed then, but for what was taken down since. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <licensefs/catalog_documents.h>
#include <licensefs/catalog_revoke.h>

#include "fs/view/filter.h"

#define AT_ONCE 1024u
#define KNOWN 256u

int lic_filter_of_snapshot(struct lic_catalog *cat, const char *name, struct lic_filter **ret,
			   struct lic_error *err)
{
	const struct lic_snapshot_info *info;
	struct lic_filter *f;
	int r = lic_filter_alloc(cat, &f, err);

	if (r < 0)
		return r;
	r = lic_snapshot_open(cat, name, &f->pin, err);
	if (r < 0) {
		lic_filter_free(f);
		return r;
	}
	info = lic_snapshot_info(f->pin);
	f->since = info->born;
	/* Only for what was shown before: where it means nothing any more, that is not known */
	if (lic_view_by_expr(cat, info->expr, info->basis, 0, &f->own, NULL, NULL) < 0)
		f->own = NULL;
	f->view = f->own;
	*ret = f;
	return 0;
}

struct lic_snapshot *lic_filter_snapshot(struct lic_filter *f)
{
	return f->pin;
}

/* --- one member --- */

static int image_sight(struct lic_filter *f, const struct lic_snapshot_entry *m,
		       enum lic_sight *ret, struct lic_error *err)
{
	enum lic_member_state state;
	int r = lic_snapshot_state(f->pin, m, f->now(), &state, err);

	if (r < 0)
		return r;
	if (state == LIC_MEMBER_AS_WAS)
		*ret = LIC_SIGHT_WHOLE;
	else if (state == LIC_MEMBER_STALE || state == LIC_MEMBER_ENDED)
		*ret = LIC_SIGHT_NAME;
	return 0;
}

/* Of an image that is no member only the present counts. */
static int is_revoked(struct lic_filter *f, int64_t image, bool *ret, struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	const struct lic_rights *rights;
	int64_t number;
	int r = lic_catalog_last_rights(f->cat, image, &number, err);

	*ret = true;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	rights = lic_catalog_rights(f->cat, number, err ? err : &own);
	if (!rights)
		return lic_failure(err ? err : &own);
	*ret = rights->status == LIC_STATUS_REVOKED;
	return 0;
}

struct owners {
	struct lic_filter *f;
	struct lic_error *err;
};

/* Stops with 1 at an image that was taken down. */
static int owner_hides(void *ctx, int64_t image)
{
	struct owners *o = ctx;
	enum lic_sight sight = LIC_SIGHT_NONE;
	struct lic_snapshot_entry m;
	bool hidden = true;
	int r = lic_snapshot_by_id(o->f->pin, image, &m, o->err);

	if (r == 0) {
		r = image_sight(o->f, &m, &sight, o->err);
		hidden = sight == LIC_SIGHT_NONE;
	} else if (r == -ENOENT) {
		r = is_revoked(o->f, image, &hidden, o->err);
	}
	return r < 0 ? r : hidden;
}

/* Of masks the bytes may be known, and revoked; and what was a mask is judged as an image once it
 * was taken down, in a row of its own. `name` is that of the row. */
static int mask_hides(struct lic_filter *f, const struct lic_snapshot_entry *m,
		      const struct lic_bytes *name, bool *ret, struct lic_error *err)
{
	static const struct lic_hash none;
	struct lic_entry now;
	int r = 0;

	/* nobody knows what it is now */
	*ret = !m->died && m->e.kind == LIC_KIND_HIDDEN && m->e.rule == LIC_RULE_WAITING;
	if (!*ret && memcmp(&m->e.hash, &none, sizeof(none)) != 0)
		r = lic_catalog_bytes_revoked(f->cat, &m->e.hash, ret, err);
	if (r < 0 || *ret || !m->died)
		return r;
	r = lic_catalog_by_name(f->cat, m->e.parent, name->p, name->n, &now, err);
	if (r == 0 && now.kind == LIC_KIND_IMAGE)
		r = is_revoked(f, now.id, ret, err);
	return r == -ENOENT ? 0 : r;
}

/* That of the row may be taken back by any question to the catalog. */
static struct lic_bytes copy_name(const struct lic_snapshot_entry *m, uint8_t own[NAME_MAX])
{
	size_t n = m->e.name.n < NAME_MAX ? m->e.name.n : NAME_MAX;

	memcpy(own, m->e.name.p, n);
	return (struct lic_bytes){ own, n };
}

/* A companion that has lost its images is listed as any file that is not what it was. */
static int companion_sight(struct lic_filter *f, const struct lic_snapshot_entry *m,
			   enum lic_sight *ret, struct lic_error *err)
{
	struct owners o = { f, err };
	uint8_t own[NAME_MAX];
	const struct lic_bytes name = copy_name(m, own);
	bool hidden;
	int r = mask_hides(f, m, &name, &hidden, err);

	if (r < 0 || hidden)
		return r;
	r = lic_catalog_companion_images(f->cat, m->e.id, owner_hides, &o, err);
	if (r == 0)
		*ret = m->died ? LIC_SIGHT_NAME : LIC_SIGHT_WHOLE;
	return r < 0 ? r : 0;
}

/* What was a document then has no size that could be told now. */
static int hidden_sight(struct lic_filter *f, const struct lic_snapshot_entry *m,
			enum lic_sight *ret, struct lic_error *err)
{
	uint8_t own[NAME_MAX];
	const struct lic_bytes name = copy_name(m, own);
	struct lic_document d;
	bool hidden;
	int r = mask_hides(f, m, &name, &hidden, err);

	if (r < 0 || hidden)
		return r;
	r = lic_catalog_document(f->cat, m->e.id, &d, err);
	if (r == -ENOENT) {
		*ret = LIC_SIGHT_NAME;
		r = 0;
	}
	return r;
}

static int sight(struct lic_filter *f, const struct lic_snapshot_entry *m, enum lic_sight *ret,
		 struct lic_error *err)
{
	const bool live = !m->died;

	switch (m->e.kind) {
	case LIC_KIND_IMAGE:
		return image_sight(f, m, ret, err);
	case LIC_KIND_COMPANION:
		return companion_sight(f, m, ret, err);
	case LIC_KIND_HIDDEN:
		return hidden_sight(f, m, ret, err);
	case LIC_KIND_DIR:
		*ret = LIC_SIGHT_WHOLE;
		return 0;
	case LIC_KIND_INERT:
		*ret = live ? LIC_SIGHT_WHOLE : LIC_SIGHT_NAME;
		return 0;
	case LIC_KIND_DOCUMENT:
		*ret = live ? LIC_SIGHT_WHOLE : LIC_SIGHT_NONE;
		return 0;
	case LIC_KIND_NONE:
		break;
	}
	return 0;
}

int lic_filter_sight(struct lic_filter *f, const struct lic_snapshot_entry *m, enum lic_sight *ret,
		     struct lic_error *err)
{
	enum lic_sight s = LIC_SIGHT_NONE;
	int r = sight(f, m, &s, err);

	*ret = r < 0 ? LIC_SIGHT_NONE : s;
	return r;
}

int lic_pinned_shows(struct lic_filter *f, int64_t id, bool *ret, struct lic_error *err)
{
	enum lic_sight s;
	struct lic_snapshot_entry m;
	int r = lic_snapshot_by_id(f->pin, id, &m, err);

	*ret = false;
	if (r == 0)
		r = lic_filter_sight(f, &m, &s, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	*ret = s != LIC_SIGHT_NONE;
	return 0;
}

/* --- many images --- */

static int see_member(struct lic_filter *f, const struct lic_snapshot_entry *m, uint8_t *ret,
		      int64_t *until, struct lic_error *err)
{
	enum lic_sight s = LIC_SIGHT_NONE;
	int64_t then;
	int r = image_sight(f, m, &s, err);

	*ret = s != LIC_SIGHT_NONE;
	if (r < 0 || !*ret)
		return r;
	r = lic_snapshot_rights(f->pin, m, &then, err);
	return r < 0 ? r : lic_filter_note_end(f, then, until, err);
}

/* Answers for images whose rights are those of then, by their number; of one call. */
struct known {
	int64_t rights;
	uint8_t shown;
};

static int see(struct lic_filter *f, int64_t id, int64_t rights, int64_t since,
	       struct known known[KNOWN], uint8_t *ret, int64_t *until, struct lic_error *err)
{
	const bool same = rights && since <= f->since;
	struct known *k = &known[(uint64_t)rights % KNOWN];
	struct lic_snapshot_entry m = {
		.e = { .id = id, .kind = LIC_KIND_IMAGE, .rights = rights, .since = since }
	};
	bool has;
	int r = lic_snapshot_has(f->pin, id, &has, err);

	if (r < 0 || !has)
		return r;
	if (same && k->rights == rights) {
		*ret = k->shown;
		return 0;
	}
	if (!same)
		r = lic_snapshot_by_id(f->pin, id, &m, err);
	if (r == 0)
		r = see_member(f, &m, ret, until, err);
	if (r == 0 && same)
		*k = (struct known){ rights, *ret };
	return r == -ENOENT ? 0 : r;
}

int lic_pinned_images(struct lic_filter *f, const int64_t *id, size_t n, uint8_t *ret,
		      int64_t *until, struct lic_error *err)
{
	int64_t rights[AT_ONCE], since[AT_ONCE];
	struct known known[KNOWN] = { 0 };
	int r = 0;

	if (n)
		memset(ret, 0, n);
	for (size_t i = 0; r == 0 && i < n; i += AT_ONCE) {
		size_t k = n - i < AT_ONCE ? n - i : AT_ONCE;

		r = lic_catalog_rights_of(f->cat, id + i, k, rights, since, err);
		for (size_t j = 0; r == 0 && j < k; j++)
			r = see(f, id[i + j], rights[j], since[j], known, &ret[i + j], until, err);
	}
	if (r < 0 && n)
		memset(ret, 0, n);
	return r;
}

int lic_filter_rights_in(struct lic_filter *f, int64_t rights, int64_t generation, int64_t at,
			 bool *ret, struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	const struct lic_rights *r;

	*ret = false;
	if (!f->pin || (generation <= f->since && f->view && !lic_view_needs_asset(f->view)))
		return lic_filter_rights(f, rights, at, ret, err);
	r = lic_catalog_rights(f->cat, rights, err ? err : &own);
	if (!r)
		return lic_failure(err ? err : &own);
	*ret = r->status != LIC_STATUS_REVOKED;
	return 0;
}
