/* SPDX-License-Identifier: Apache-2.0 */
/* What a view shows of a catalog: images by their rights, everything else by its images. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fs/util/io.h"
#include "fs/view/filter.h"

#define ROOT 1
#define ANSWERS_MAX (1u << 20) /* rights beyond are asked every time */

static int64_t clock_now(void)
{
	return lic_now_ns() / 1000000000;
}

int lic_filter_alloc(struct lic_catalog *cat, struct lic_filter **ret, struct lic_error *err)
{
	struct lic_filter *f = calloc(1, sizeof(*f));

	if (!f)
		return lic_error_set(err, ENOMEM, "out of memory for a view");
	f->cat = cat;
	f->now = clock_now;
	f->start = clock_now();
	f->until = INT64_MAX;
	f->path = (struct lic_buf)LIC_BUF_INIT(16u << 20);
	*ret = f;
	return 0;
}

int lic_filter_new(struct lic_catalog *cat, const struct lic_view *view, enum lic_classes classes,
		   int64_t since, struct lic_filter **ret, struct lic_error *err)
{
	int r = lic_filter_alloc(cat, ret, err);

	if (r < 0)
		return r;
	(*ret)->view = view;
	(*ret)->classes = classes;
	(*ret)->since = since;
	return 0;
}

void lic_filter_free(struct lic_filter *f)
{
	if (!f)
		return;
	free(f->answer);
	free(f->memo);
	lic_buf_release(&f->path);
	lic_snapshot_close(f->pin);
	lic_view_free(f->own);
	free(f);
}

void lic_filter_set_start(struct lic_filter *f, int64_t start)
{
	f->start = start;
}

void lic_filter_set_abspaths(struct lic_filter *f, bool keep)
{
	f->abspaths = keep;
}

static bool is_year(const char *p, size_t n)
{
	if (n && (*p == '-' || *p == '_')) {
		p++;
		n--;
	}
	if (n != 4 || (*p != '1' && *p != '2'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

bool lic_split_directory(const void *name, size_t n)
{
	static const char *const splits[] = { "train", "val", "test", "validation" };
	const char *p = name;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(splits); i++) {
		size_t len = strlen(splits[i]);

		if (n >= len && strncasecmp(p, splits[i], len) == 0 &&
		    (n == len || is_year(p + len, n - len)))
			return true;
	}
	return false;
}

/* --- images --- */

/* Makes room for the answer to these rights; false where there is none to be had. */
static bool reserve_answer(struct lic_filter *f, int64_t rights)
{
	size_t n = f->n_answers ? f->n_answers : 64;
	uint8_t *p;

	if (rights < 0 || rights >= ANSWERS_MAX)
		return false;
	if ((size_t)rights < f->n_answers)
		return true;
	while (n <= (size_t)rights)
		n *= 2;
	p = realloc(f->answer, n);
	if (!p)
		return false;
	memset(p + f->n_answers, 0, n - f->n_answers);
	f->answer = p;
	f->n_answers = n;
	return true;
}

int lic_filter_answer(struct lic_filter *f, int64_t rights, int64_t now, enum lic_tri *ret,
		      struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	const struct lic_rights *r;

	/* Stored as the truth value plus one, so that 0 is "never asked" */
	if (rights >= 0 && (size_t)rights < f->n_answers && f->answer[rights]) {
		*ret = (enum lic_tri)(f->answer[rights] - 1);
		return 0;
	}
	r = lic_catalog_rights(f->cat, rights, err ? err : &own);
	if (!r)
		return lic_failure(err ? err : &own);
	*ret = lic_view_match(f->view, r, NULL, now);
	/* What ends is asked anew every time: an answer must not outlive it */
	if (!r->until && reserve_answer(f, rights))
		f->answer[rights] = (uint8_t)(*ret + 1);
	return 0;
}

int lic_filter_image(struct lic_filter *f, int64_t id, const struct lic_bytes *path, int64_t rights,
		     int64_t now, bool *ret, struct lic_error *err)
{
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	_cleanup_(lic_memberships_release) struct lic_memberships in = { 0 };
	struct lic_error own = LIC_ERROR_INIT;
	struct lic_asset asset = { .path = *path, .credit = &credit };
	const struct lic_rights *r;
	enum lic_tri t;
	int rc = lic_filter_answer(f, rights, now, &t, err);

	if (rc == 0 && t == LIC_UNKNOWN && f->view->asks & LIC_ASKS_CREDIT)
		rc = lic_catalog_credit(f->cat, id, &credit, err);
	if (rc == 0 && t == LIC_UNKNOWN && f->view->asks & LIC_ASKS_COLLECTION)
		rc = lic_memberships_load(f->cat, id, &in, err);
	asset.membership = in.item;
	asset.n_memberships = in.n;
	if (rc < 0)
		return rc;
	if (t == LIC_UNKNOWN && lic_view_needs_asset(f->view)) {
		r = lic_catalog_rights(f->cat, rights, err ? err : &own);
		if (!r)
			return lic_failure(err ? err : &own);
		t = lic_view_match(f->view, r, &asset, now);
	}
	*ret = t == LIC_ALLOWED;
	return 0;
}

int lic_filter_was_shown(struct lic_filter *f, const struct lic_entry *e,
			 const struct lic_bytes *path, bool *ret, struct lic_error *err)
{
	int64_t rights = e->rights;
	int r = 0;

	*ret = false;
	if (e->born > f->since)
		return 0;
	if (e->since > f->since)
		r = lic_catalog_rights_at(f->cat, e->id, f->since, &rights, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return lic_filter_image(f, e->id, path, rights, f->start, ret, err);
}

/* The path of an entry of `dir`, valid until the next call; its directory's part is kept. */
static int path_of(struct lic_filter *f, int64_t dir, const void *name, size_t n,
		   struct lic_bytes *ret, struct lic_error *err)
{
	int r;

	if (f->path_dir != dir) {
		f->path_dir = 0;
		lic_buf_reset(&f->path);
		r = lic_catalog_entry_path(f->cat, dir, &f->path, err);
		if (r < 0)
			return r;
		if (f->path.len)
			lic_buf_addc(&f->path, '/');
		f->path_dir = dir;
		f->path_len = f->path.len;
	}
	lic_buf_truncate(&f->path, f->path_len);
	lic_buf_add(&f->path, name, n);
	if (lic_buf_failed(&f->path)) {
		f->path_dir = 0;
		return lic_error_set(err, ENAMETOOLONG, "the path of an image is too long");
	}
	*ret = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&f->path), f->path.len };
	return 0;
}

/* The name is read anew: the caller's may be the catalog's, which any other call takes back. */
static int image_path(struct lic_filter *f, int64_t id, struct lic_bytes *ret,
		      struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = lic_catalog_by_id(f->cat, id, &e, err);

	if (r < 0)
		return r;
	memcpy(name, e.name.p, e.name.n);
	return path_of(f, e.parent, name, e.name.n, ret, err);
}

int lic_filter_live_image(struct lic_filter *f, int64_t id, int64_t rights, bool *ret,
			  struct lic_error *err)
{
	struct lic_bytes path = { NULL, 0 };
	int r = 0;

	if (f->view->asks & LIC_ASKS_PATH)
		r = image_path(f, id, &path, err);
	return r < 0 ? r : lic_filter_image(f, id, &path, rights, f->now(), ret, err);
}

/* --- directories --- */

struct tally {
	struct lic_filter *f;
	struct lic_error *err;
	int64_t now, count;
	bool was;
};

static int add_rights(void *ctx, int64_t rights, int64_t count, int64_t emptied)
{
	struct tally *t = ctx;
	enum lic_tri now, then;
	int r = lic_filter_answer(t->f, rights, t->now, &now, t->err);

	if (r == 0)
		r = lic_filter_answer(t->f, rights, t->f->start, &then, t->err);
	if (r < 0)
		return r;
	if (now == LIC_ALLOWED)
		t->count += count;
	if (then == LIC_ALLOWED && (count || emptied > t->f->since))
		t->was = true;
	return 0;
}

/* Counts below a directory, and whether anything was shown there before. */
static int tally(struct lic_filter *f, int64_t dir, bool full, int64_t *ret_count, bool *ret_was,
		 struct lic_error *err)
{
	struct tally t = { .f = f, .err = err, .now = f->now() };
	struct lic_dir_memo memo;
	int r;

	if (lic_view_needs_asset(f->view)) {
		r = lic_memo_refresh(f, err);
		if (r == 0)
			r = lic_filter_walk(f, dir, full, &memo, err);
		if (r < 0)
			return r;
		*ret_count = memo.count < 0 ? memo.some : memo.count;
		*ret_was = memo.was;
		return 0;
	}
	r = lic_catalog_dir_rights(f->cat, dir, add_rights, &t, err);
	if (r < 0)
		return r;
	*ret_count = t.count;
	*ret_was = t.was;
	return 0;
}

static int add_live(void *ctx, int64_t rights _unused_, int64_t count, int64_t emptied _unused_)
{
	*(int64_t *)ctx += count;
	return 0;
}

/* Labels and masks of images that are shown elsewhere are there wherever they lie. Documents alone
 * do not bring back a directory whose images are hidden. */
static int shows_apart(struct lic_filter *f, int64_t dir, bool *ret, struct lic_error *err)
{
	struct lic_apart apart;
	int64_t live = 0;
	int r = lic_filter_apart(f, dir, &apart, err);

	if (r == 0 && apart.document && !apart.companion && !apart.was)
		r = lic_catalog_dir_rights(f->cat, dir, add_live, &live, err);
	if (r < 0)
		return r;
	*ret = apart.companion || apart.was || (apart.document && !live);
	return 0;
}

static int dir_shows(struct lic_filter *f, const struct lic_entry *e, bool *ret,
		     struct lic_error *err)
{
	int64_t count;
	bool was;
	int r;

	if (e->id == ROOT || f->classes == LIC_CLASSES_KEEP ||
	    lic_split_directory(e->name.p, e->name.n)) {
		*ret = true;
		return 0;
	}
	r = tally(f, e->id, false, &count, &was, err);
	if (r < 0)
		return r;
	*ret = count > 0 || was;
	return *ret ? 0 : shows_apart(f, e->id, ret, err);
}

static int inert_shows(struct lic_filter *f, int64_t parent, bool *ret, struct lic_error *err)
{
	struct lic_entry dir;
	int r = lic_catalog_by_id(f->cat, parent, &dir, err);

	return r < 0 ? r : dir_shows(f, &dir, ret, err);
}

int lic_filter_shows(struct lic_filter *f, const struct lic_entry *e, bool *ret_shown,
		     struct lic_error *err)
{
	const int64_t parent = e->parent;
	bool shown = false;
	int r = 0;

	if (f->pin)
		return lic_pinned_shows(f, e->id, ret_shown, err);
	switch (e->kind) {
	case LIC_KIND_IMAGE:
		r = lic_filter_live_image(f, e->id, e->rights, &shown, err);
		break;
	case LIC_KIND_DIR:
		r = dir_shows(f, e, &shown, err);
		break;
	case LIC_KIND_COMPANION:
		r = lic_filter_companion(f, e->id, &shown, err);
		break;
	case LIC_KIND_DOCUMENT:
		r = lic_filter_document(f, e, &shown, err);
		if (r == 0 && shown)
			r = inert_shows(f, parent, &shown, err);
		break;
	case LIC_KIND_INERT:
		if (e->rule != LIC_RULE_ABSOLUTE || f->abspaths)
			r = inert_shows(f, parent, &shown, err);
		break;
	case LIC_KIND_HIDDEN:
	case LIC_KIND_NONE:
		break;
	}
	*ret_shown = r == 0 && shown;
	return r;
}

int lic_filter_count(struct lic_filter *f, int64_t dir, int64_t *ret, struct lic_error *err)
{
	bool was;

	return tally(f, dir, true, ret, &was, err);
}
