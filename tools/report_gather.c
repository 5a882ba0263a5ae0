/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at every image of a store once, in one state of its catalog. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <licensefs/sum.h>

#include "date.h"
#include "progress.h"
#include "report.h"
#include "snapshot.h"

#define BATCH 1024

struct gathering {
	struct report *r;
	struct lic_entry e[BATCH]; /* without their names */
	int64_t id[BATCH], rights[BATCH];
	uint8_t in[BATCH], seen[BATCH], shown[BATCH];
	size_t n;
	int64_t done;
	struct lic_error *err;
};

static int ask_views(struct gathering *g)
{
	struct report *r = g->r;
	int status = 0;

	memset(g->in, 1, g->n);
	memset(g->shown, 0, g->n);
	if (r->filter)
		status = lic_filter_images(r->filter, g->id, g->rights, g->n, g->in,
					   &(int64_t){ 0 }, g->err);
	for (size_t v = 0; status == 0 && v < r->views.n; v++) {
		if (!r->views.item[v].filter)
			continue;
		status = lic_filter_images(r->views.item[v].filter, g->id, g->rights, g->n, g->seen,
					   &(int64_t){ 0 }, g->err);
		for (size_t i = 0; status == 0 && i < g->n; i++) {
			if (!g->in[i] || !g->seen[i])
				continue;
			g->shown[i] = 1;
			r->seen[v].images++;
			lic_sum_size(&r->seen[v].bytes, g->e[i].st.size);
		}
	}
	return status;
}

/* As views see it: by what owners state, or by a license that prohibits training. */
static bool is_reserved(const struct lic_rights *rights)
{
	for (unsigned i = 0; i < rights->n_alternatives; i++)
		if (rights->alternative[i].ml_prohibited)
			return true;
	return rights->reservations;
}

static int count_image(struct gathering *g, size_t i)
{
	struct report *r = g->r;
	const struct lic_rights *rights = lic_catalog_rights(r->cat, g->rights[i], g->err);
	int status;

	if (!rights)
		return lic_error_prefix(g->err, "cannot read rights");
	r->reserved += is_reserved(rights);
	status = lic_census_add(r->census, r->cat, &g->e[i], rights, g->err);
	if (status == 0 && rights->status == LIC_STATUS_CONFLICT)
		status = conflicts_add(&r->conflicts, r->cat, g->id[i], false, g->err);
	if (status < 0 || !g->shown[i])
		return status;
	r->shown++;
	lic_sum_size(&r->shown_bytes, g->e[i].st.size);
	if (rights->status == LIC_STATUS_CLEAR)
		sample_add(&r->sample, rights->license, g->id[i]);
	return lic_census_count(r->census, CENSUS_SHOWN, rights->license, &g->e[i], g->err);
}

static int finish_batch(struct gathering *g)
{
	int status = g->n ? ask_views(g) : 0;

	for (size_t i = 0; status == 0 && i < g->n; i++)
		if (g->in[i])
			status = count_image(g, i);
	g->done += (int64_t)g->n;
	g->n = 0;
	progress_draw(&(struct progress){ .what = "images", .done = g->done });
	return status;
}

static int take_entry(void *ctx, const struct lic_entry *e)
{
	struct gathering *g = ctx;
	struct report *r = g->r;

	if (e->kind != LIC_KIND_IMAGE)
		return r->only ? 0
			       : documents_add(&r->documents, r->cat, &r->cache, e, false, g->err);
	g->e[g->n] = *e;
	g->e[g->n].name = (struct lic_bytes){ NULL, 0 };
	g->id[g->n] = e->id;
	g->rights[g->n] = e->rights;
	return ++g->n == BATCH ? finish_batch(g) : 0;
}

static int look_at_all(struct report *r, struct lic_error *err)
{
	_cleanup_(lic_freep) struct gathering *g = calloc(1, sizeof(*g));
	int status;

	if (!g)
		output_out_of_memory();
	g->r = r;
	g->err = err;
	status = lic_catalog_each(r->cat, r->only ? LIC_KIND_IMAGE : LIC_KIND_NONE, take_entry, g,
				  err);
	if (status == 0)
		status = finish_batch(g);
	progress_clear();
	return status;
}

/* --- what else is in force ---------------------------------------------------------------- */

static int count_decision(void *ctx, const struct lic_decision *d)
{
	struct report *r = ctx;

	r->decisions += !d->died;
	return 0;
}

static int count_manifest(void *ctx, const struct lic_manifest *m)
{
	struct report *r = ctx;

	if (m->died)
		return 0;
	if (m->kind == LIC_MANIFEST_IMPORT)
		r->imports++;
	else
		r->rule_files++;
	return 0;
}

static int keep_snapshot(void *ctx, const struct lic_snapshot_info *s)
{
	struct report *r = ctx;
	struct report_snapshot *more;

	if (s->died)
		return 0;
	more = reallocarray(r->snapshot, r->n_snapshots + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	r->snapshot = more;
	more += r->n_snapshots++;
	*more = (struct report_snapshot){ .name = strdup(s->name),
					  .view = strdup(*s->view ? s->view : s->expr),
					  .at = s->at,
					  .images = s->images,
					  .bytes = s->bytes };
	if (!more->name || !more->view)
		output_out_of_memory();
	snapshot_digest(s->digest, more->digest);
	return 0;
}

static int look_around(struct report *r, struct lic_error *err)
{
	int status = lic_catalog_policy(r->cat, &r->policy, err);

	if (status == 0)
		status = revocations_count(r->cat, &r->revocations, err);
	if (status == 0)
		status = makers_read(&r->makers, r->cat, err);
	if (status == 0)
		status = lic_catalog_decisions(r->cat, count_decision, r, err);
	if (status == 0)
		status = lic_catalog_manifests(r->cat, count_manifest, r, err);
	if (status == 0)
		status = lic_catalog_snapshots(r->cat, keep_snapshot, r, err);
	return status;
}

/* --- all of it ---------------------------------------------------------------------------- */

static int open_view(struct report *r, struct lic_error *err)
{
	int64_t number;
	int status = lic_view_by_name(r->cat, r->only, &r->view, &number, err);

	if (status == 0)
		status = lic_filter_new(r->cat, r->view, LIC_CLASSES_DROP, r->generation,
					&r->filter, err);
	return status;
}

static int gather_held(struct report *r, struct lic_error *err)
{
	int status = 0;

	r->generation = lic_catalog_generation(r->cat);
	if (r->generation < 0)
		return lic_error_sys(err, (int)-r->generation, "cannot read the catalog");
	if (r->only)
		status = open_view(r, err);
	if (status == 0)
		status = views_load(&r->views, r->cat, err);
	if (status < 0)
		return status;
	r->seen = calloc(r->views.n + 1, sizeof(*r->seen));
	if (!r->seen)
		output_out_of_memory();
	for (size_t v = 0; v < r->views.n; v++)
		if (!r->views.item[v].filter)
			r->seen[v].images = r->seen[v].bytes = -1;
	status = look_at_all(r, err);
	return status == 0 ? look_around(r, err) : status;
}

int report_gather(struct report *r, const struct store *store, const char *only, size_t each,
		  struct lic_error *err)
{
	int status;

	*r = (struct report){ .store = store,
			      .cat = store->cat,
			      .only = only,
			      .at = (int64_t)time(NULL),
			      .sample = { .each = each } };
	r->census = lic_census_new();
	if (!r->census)
		output_out_of_memory();
	status = lic_catalog_hold(r->cat, err);
	if (status < 0)
		return status;
	status = gather_held(r, err);
	lic_catalog_let_go(r->cat);
	conflicts_sort(&r->conflicts);
	sample_sort(&r->sample);
	return status;
}

int64_t report_shown(struct report *r, const struct lic_census_row *license)
{
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, CENSUS_SHOWN, &row);

	for (size_t i = 0; i < n; i++)
		if (row[i].rest == license->rest && strcmp(row[i].key, license->key) == 0)
			return row[i].images;
	return 0;
}

void report_release(struct report *r)
{
	views_release(&r->views);
	lic_filter_free(r->filter);
	lic_view_free(r->view);
	lic_census_free(r->census);
	conflicts_release(&r->conflicts);
	documents_release(&r->documents);
	path_cache_release(&r->cache);
	sample_release(&r->sample);
	gallery_release(&r->gallery);
	makers_release(&r->makers);
	for (size_t i = 0; i < r->n_snapshots; i++) {
		free(r->snapshot[i].name);
		free(r->snapshot[i].view);
	}
	free(r->snapshot);
	free(r->seen);
}
