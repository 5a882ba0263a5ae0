/* SPDX-License-Identifier: Apache-2.0 */
/* Exports: which members there are still, and what is known of each. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <licensefs/catalog_revoke.h>
#include <licensefs/sum.h>

#include "fs/history/export_files.h"

#define PIECE (64u << 10)

static const struct lic_export_format *const formats[] = {
	&lic_export_manifest,
	&lic_export_csv,
	&lic_export_attribution,
	&lic_export_attribution_html,
	&lic_export_attribution_csv,
	&lic_export_licenses,
	&lic_export_croissant,
	&lic_export_spdx,
	&lic_export_tree,
	&lic_export_reuse,
	&lic_export_shards,
};

const struct lic_export_format *lic_export_format_at(size_t i)
{
	return i < LIC_ARRAY_SIZE(formats) ? formats[i] : NULL;
}

const struct lic_export_format *lic_export_format_find(const char *name)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

const char *lic_export_format_name(const struct lic_export_format *f)
{
	return f->name;
}

const char *lic_export_format_summary(const struct lic_export_format *f)
{
	return f->summary;
}

bool lic_export_format_makes_files(const struct lic_export_format *f)
{
	return f->maker != NULL;
}

bool lic_export_format_links(const struct lic_export_format *f)
{
	return f->maker && f->maker->links;
}

const char *lic_export_left_name(enum lic_export_left l)
{
	static const char *const name[LIC_LEFT_COUNT] = { "revoked", "erased",	"over",
							  "gone",    "changed", "taken" };

	return (unsigned)l < LIC_LEFT_COUNT ? name[l] : "";
}

int lic_export_no_memory(struct lic_export *x)
{
	return lic_error_set(x->err, ENOMEM, "out of memory for an export");
}

static int flush(struct lic_export *x, size_t above)
{
	int r = 0;

	if (lic_buf_failed(&x->out) || lic_buf_failed(&x->text) || lic_buf_failed(&x->later))
		return lic_export_no_memory(x);
	if (x->files || x->out.len <= above)
		return 0;
	r = x->q->write(x->q->ctx, x->out.data, x->out.len);
	lic_buf_truncate(&x->out, 0);
	return r;
}

/* --- what is left out ----------------------------------------------------------------------- */

int lic_export_leave(struct lic_export *x, const struct lic_then *t, enum lic_export_left why)
{
	x->result->left[why]++;
	if (t->m.e.kind == LIC_KIND_DOCUMENT && why != LIC_LEFT_REVOKED) {
		if (x->n_bad == x->cap_bad) {
			size_t cap = x->cap_bad ? x->cap_bad * 2 : 64;
			void *p = reallocarray(x->bad, cap, sizeof(*x->bad));

			if (!p)
				return lic_export_no_memory(x);
			x->bad = p;
			x->cap_bad = cap;
		}
		x->bad[x->n_bad++] = t->m.e.id;
	}
	if (x->q->left && why != LIC_LEFT_ERASED && why != LIC_LEFT_TAKEN)
		x->q->left(x->q->ctx, why, &t->path);
	return 0;
}

static int note_erased(void *ctx, const struct lic_revocation *r, _unused_ enum lic_selector_kind k)
{
	bool *erased = ctx;

	*erased = *erased || r->erased;
	return 0;
}

/* Is nothing to be said about a revoked member? Of one whose row has ended it is not known. */
static int leave_revoked(struct lic_export *x, const struct lic_then *t)
{
	bool erased = t->m.died != 0;
	int r = 0;

	if (!erased && t->m.e.kind == LIC_KIND_IMAGE)
		r = lic_catalog_revoked_by(x->cat, t->m.e.id, note_erased, &erased, x->err);
	return r < 0 ? r : lic_export_leave(x, t, erased ? LIC_LEFT_ERASED : LIC_LEFT_REVOKED);
}

static bool in_bad_archive(const struct lic_export *x, int64_t archive)
{
	for (size_t i = 0; i < x->n_bad; i++)
		if (x->bad[i] == archive)
			return true;
	return false;
}

/* 1: it is there as it was judged; 0: it was left out. */
static int look_at(struct lic_export *x, const struct lic_then *t)
{
	struct lic_file_look l = { .path = (const char *)t->path.p, .e = &t->m.e };
	int r;

	if (t->in_archive)
		return 1;
	r = lic_file_look(&x->reader, &l);
	if (r != 0)
		return r;
	switch (l.state) {
	case LIC_FILE_SAME:
		return 1;
	case LIC_FILE_GONE:
		return lic_export_leave(x, t, LIC_LEFT_GONE);
	default:
		return lic_export_leave(x, t, LIC_LEFT_CHANGED);
	}
}

/* Stops with the reason at an image that is hidden. */
static int why_hidden(void *ctx, int64_t image)
{
	struct lic_export *x = ctx;
	enum lic_member_state state = LIC_MEMBER_AS_WAS;
	struct lic_snapshot_entry m;
	bool erased = false;
	int r = lic_snapshot_by_id(x->s, image, &m, x->err);

	if (r == 0)
		r = lic_snapshot_state(x->s, &m, x->now, &state, x->err);
	if (r == 0 && state == LIC_MEMBER_REVOKED && !m.died)
		r = lic_catalog_revoked_by(x->cat, image, note_erased, &erased, x->err);
	if (r < 0)
		return r == -ENOENT ? 1 + LIC_LEFT_ERASED : r;
	if (state == LIC_MEMBER_OVER)
		return 1 + LIC_LEFT_OVER;
	if (state == LIC_MEMBER_REVOKED)
		return 1 + (m.died || erased ? LIC_LEFT_ERASED : LIC_LEFT_REVOKED);
	return 0;
}

/* What belongs to an image that is hidden is hidden, and its name may be that of the image. */
static int may_companion(struct lic_export *x, const struct lic_then *t)
{
	enum lic_sight sight;
	int r = lic_filter_sight(x->filter, &t->m, &sight, x->err);

	if (r < 0)
		return r;
	if (sight == LIC_SIGHT_WHOLE)
		return 1;
	if (sight == LIC_SIGHT_NAME)
		return lic_export_leave(x, t, LIC_LEFT_GONE);
	r = lic_catalog_companion_images(x->cat, t->m.e.id, why_hidden, x, x->err);
	if (r < 0)
		return r;
	return lic_export_leave(x, t, r ? (enum lic_export_left)(r - 1) : LIC_LEFT_ERASED);
}

/* Its row has ended. Where a file has its name the bytes may be others, or nobody can tell. */
static int leave_ended(struct lic_export *x, const struct lic_then *t)
{
	struct lic_entry now;
	int r = t->m.died ? lic_catalog_by_path(x->cat, (const char *)t->path.p, t->path.n, &now,
						x->err)
			  : 0;

	if (r < 0 && r != -ENOENT)
		return r;
	return lic_export_leave(x, t, r < 0 ? LIC_LEFT_GONE : LIC_LEFT_CHANGED);
}

int lic_export_may(struct lic_export *x, const struct lic_then *t)
{
	enum lic_member_state state;
	int r = lic_snapshot_state(x->s, &t->m, x->now, &state, x->err);

	if (r < 0)
		return r;
	switch (state) {
	case LIC_MEMBER_AS_WAS:
		if (t->in_archive && in_bad_archive(x, t->m.e.parent))
			return lic_export_leave(x, t, LIC_LEFT_CHANGED);
		return t->m.e.kind == LIC_KIND_COMPANION ? may_companion(x, t) : 1;
	case LIC_MEMBER_REVOKED:
		return leave_revoked(x, t);
	case LIC_MEMBER_OVER:
		return lic_export_leave(x, t, LIC_LEFT_OVER);
	case LIC_MEMBER_ENDED:
		return leave_ended(x, t);
	default:
		return lic_export_leave(x, t, LIC_LEFT_CHANGED);
	}
}

/* --- what is known of one ------------------------------------------------------------------- */

static struct lic_export_tally *find_tally(struct lic_export *x, const char *license)
{
	for (size_t i = 0; i < x->n_tally; i++) {
		/* mostly the same one again */
		size_t at = (x->last_tally + i) % x->n_tally;

		if (strcmp(x->tally[at].license, license) == 0) {
			x->last_tally = at;
			return &x->tally[at];
		}
	}
	return NULL;
}

static int tally(struct lic_export *x, const struct lic_then *t, const struct lic_rights *rights)
{
	struct lic_export_tally *one = find_tally(x, rights->license);
	const char *url = lic_export_rights_url(x, rights);

	if (!one) {
		if (x->n_tally == x->cap_tally) {
			size_t cap = x->cap_tally ? x->cap_tally * 2 : 16;
			void *p = reallocarray(x->tally, cap, sizeof(*x->tally));

			if (!p)
				return lic_error_set(x->err, ENOMEM, "out of memory for licenses");
			x->tally = p;
			x->cap_tally = cap;
		}
		one = &x->tally[x->n_tally];
		*one = (struct lic_export_tally){
			.license = strdup(rights->license),
			.url = url,
		};
		if (!one->license)
			return lic_error_set(x->err, ENOMEM, "out of memory for licenses");
		x->last_tally = x->n_tally++;
	}
	/* another alternative may be the one to choose, by other terms of the same licenses */
	if (one->url && one->url != url)
		one->url = NULL;
	one->obligations |= lic_export_obliges(rights);
	one->images++;
	lic_sum_size(&one->bytes, t->m.e.st.size);
	return 0;
}

static bool is_address(const char *url)
{
	return url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
}

static bool is_composed(const char *license)
{
	return strstr(license, " OR ") || strstr(license, " AND ");
}

int lic_export_know(struct lic_export *x, struct lic_export_member *m)
{
	const struct lic_then *t = m->t;
	int r;

	m->rights = lic_catalog_rights(x->cat, t->rights, x->err);
	if (!m->rights)
		return x->err && x->err->code ? -x->err->code : -EIO;
	r = lic_catalog_credit(x->cat, t->m.e.id, &m->credit, x->err);
	if (r < 0)
		return r;
	/* what is stated now may be about another license than that of then, or one of several */
	if (t->rights == t->m.e.rights && is_address(m->credit.license_url) &&
	    !is_composed(m->rights->license))
		m->license_url = m->credit.license_url;
	else
		m->license_url = lic_export_rights_url(x, m->rights);
	return 0;
}

static int know_image(struct lic_export *x, struct lic_export_member *m)
{
	int r = lic_export_know(x, m);

	return r == 0 ? tally(x, m->t, m->rights) : r;
}

/* 1 with SHA-256, as the snapshot has it or of what was read; 2 where it is not known; 0 where the
 * bytes differ, and it was left out. */
static int know_sum(struct lic_export *x, const struct lic_then *t, uint8_t sha256[32])
{
	struct lic_file_look l = {
		.path = (const char *)t->path.p, .e = &t->m.e, .content = true, .sum = true
	};
	int r;

	if (t->in_archive)
		return 2;
	if (x->info->sha256) {
		r = lic_catalog_content(x->cat, t->m.e.id, sha256, x->err);
		if (r != -ENOENT)
			return r < 0 ? r : 1;
	}
	if (!x->q->format->sums)
		return 2;
	r = lic_file_look(&x->reader, &l);
	if (r != 0)
		return r;
	if (l.state != LIC_FILE_SAME || !l.was_read)
		return lic_export_leave(x, t, LIC_LEFT_CHANGED);
	memcpy(sha256, l.sha256, sizeof(l.sha256));
	return 1;
}

/* Into a file of its own, or as the format has it: 1; 0: it was left out after all. */
static int make_file(struct lic_export *x, const struct lic_export_member *m)
{
	int r = x->q->format->maker->file(x, m);

	if (r == 0 && m->rights) {
		x->tally[x->last_tally].images--;
		x->tally[x->last_tally].bytes -= (int64_t)m->t->m.e.st.size;
	}
	x->progress.bytes += m->t->in_archive ? 0 : m->t->m.e.st.size;
	return r;
}

static int export_one(struct lic_export *x, const struct lic_then *t)
{
	struct lic_export_member m = { .t = t, .path = t->path };
	uint8_t sha256[32];
	int r = know_sum(x, t, sha256);

	if (r <= 0)
		return r;
	m.sha256 = r == 1 ? sha256 : NULL;
	r = t->m.e.kind == LIC_KIND_IMAGE ? know_image(x, &m) : 0;
	if (r == 0)
		r = x->files ? make_file(x, &m) : 1;
	if (r == 1) {
		x->result->images += m.rights != NULL;
		x->result->files += m.rights == NULL;
		if (!x->files)
			x->q->format->member(x, &m);
		r = flush(x, PIECE);
	}
	lic_credit_release(&m.credit);
	return r == LIC_EXPORT_ELSEWHERE ? 0 : r;
}

static int take(void *ctx, const struct lic_then *t)
{
	struct lic_export *x = ctx;
	int r = 0;

	if (t->m.e.kind == LIC_KIND_DIR)
		return x->files && x->q->format->maker->dir ? lic_export_files_dir(x, t) : 0;
	if (x->files && x->q->format->maker->plan)
		r = x->q->format->maker->plan(x, t);
	if (r == 0)
		r = lic_export_may(x, t);
	if (r == 1 && !x->files)
		r = look_at(x, t);
	if (r == 1)
		r = export_one(x, t);
	x->progress.done++;
	if (r == 0 && x->q->progress && (x->files || x->progress.done % 64 == 0))
		r = x->q->progress(x->q->ctx, &x->progress);
	return r;
}

static void export_release(struct lic_export *x)
{
	lic_export_files_end(x);
	lic_filter_free(x->filter);
	lic_view_free(x->view);
	lic_file_reader_release(&x->reader);
	for (size_t i = 0; i < x->n_tally; i++)
		free(x->tally[i].license);
	free(x->tally);
	free(x->bad);
	lic_buf_release(&x->out);
	lic_buf_release(&x->text);
	lic_buf_release(&x->later);
}

/* Which may be another one, if the name was given again. */
static int pin(struct lic_export *x)
{
	int r = lic_filter_of_snapshot(x->cat, x->info->name, &x->filter, x->err);

	if (r == 0 && lic_snapshot_info(lic_filter_snapshot(x->filter))->number != x->info->number)
		r = lic_error_set(x->err, ENOENT, "snapshot '%s' was removed meanwhile",
				  x->info->name);
	return r;
}

static int export_all(struct lic_export *x)
{
	const struct lic_export_format *f = x->q->format;
	int64_t number;
	int r = lic_catalog_policy(x->cat, &x->policy, x->err);

	if (r == 0)
		r = pin(x);
	if (lic_view_by_expr(x->cat, x->info->expr, x->info->basis, 0, &x->view, &number, NULL) < 0)
		x->view = NULL;
	if (r == 0)
		r = lic_file_reader_init(&x->reader, x->q->store, x->err);
	if (r == 0 && f->maker)
		r = lic_export_files_begin(x);
	if (r == 0 && f->begin)
		f->begin(x);
	if (r == 0)
		r = x->failed;
	if (r == 0)
		r = lic_snapshot_each(x->s, take, x, x->err);
	if (r == 0 && f->end)
		f->end(x);
	if (r == 0)
		r = f->maker ? lic_export_files_finish(x) : flush(x, 0);
	return r;
}

int lic_snapshot_export(struct lic_snapshot *s, const struct lic_export_request *request,
			struct lic_export_result *ret, struct lic_error *err)
{
	const struct lic_snapshot_info *info = lic_snapshot_info(s);
	struct lic_export x = {
		.s = s,
		.cat = lic_snapshot_catalog(s),
		.info = info,
		.q = request,
		.result = ret,
		.reader = { .root = -1 },
		.progress = { .all = info->images + info->files,
			      .bytes_all = request->format->maker ? (uint64_t)info->bytes : 0 },
		.now = (int64_t)time(NULL),
		.out = LIC_BUF_INIT((size_t)16 << 30),
		.text = LIC_BUF_INIT(64u << 20),
		.later = LIC_BUF_INIT((size_t)16 << 30),
		.json = LIC_JSON_INIT(&x.out),
		.records = LIC_JSON_INIT(&x.later),
		.err = err,
	};
	int r;

	*ret = (struct lic_export_result){ .images = 0 };
	r = export_all(&x);
	ret->finished = r == 0;
	if (r == -EINTR && x.files)
		lic_export_files_keep(&x);
	export_release(&x);
	return r;
}
