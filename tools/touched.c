/* SPDX-License-Identifier: Apache-2.0 */
/* Which snapshots and jobs images are in. */
#include "touched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/job.h>

#include "output.h"

struct touching {
	struct touched *t;
	struct lic_catalog *cat;
	struct entry_ids ids; /* of images and those that had their bytes */
	int64_t job;	      /* number of the last one that was told of */
	struct lic_error *err;
};

/* --- finding ------------------------------------------------------------------------------ */

static void add_item(struct touched_item **item, size_t *n, const char *name)
{
	struct touched_item *more = reallocarray(*item, *n + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	*item = more;
	more[*n] = (struct touched_item){ .name = strdup(name) };
	if (!more[*n].name)
		output_out_of_memory();
	(*n)++;
}

static int note_id(void *ctx, int64_t entry)
{
	entry_ids_add(ctx, entry);
	return 0;
}

static int note_name(void *ctx, const struct lic_snapshot_info *s)
{
	struct touched *t = ctx;

	if (!s->died)
		add_item(&t->snapshot, &t->n_snapshots, s->name);
	return 0;
}

static int note_any(void *ctx, const struct lic_job_info *job)
{
	bool *any = ctx;

	*any = *any || !job->died;
	return 0;
}

static int gather(struct touching *x, const struct selectors *by)
{
	struct lic_hash hash;
	struct lic_entry e;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->t->asked.n; i++) {
		entry_ids_add(&x->ids, x->t->asked.item[i]);
		r = lic_catalog_by_id(x->cat, x->t->asked.item[i], &e, x->err);
		hash = e.hash;
		if (r == 0)
			r = lic_catalog_ever_hash(x->cat, &hash, note_id, &x->ids, x->err);
		r = r == -ENOENT ? 0 : r;
	}
	for (size_t i = 0; r == 0 && by && i < by->n; i++) {
		if (by->item[i].kind != LIC_SELECT_XXH3 || by->item[i].normal.n != sizeof(hash.b))
			continue;
		memcpy(hash.b, by->item[i].normal.p, sizeof(hash.b));
		r = lic_catalog_ever_hash(x->cat, &hash, note_id, &x->ids, x->err);
	}
	entry_ids_sort(&x->ids);
	return r;
}

static int look_into(struct touching *x, struct touched_item *item)
{
	struct lic_snapshot *s = NULL;
	int r = lic_snapshot_open(x->cat, item->name, &s, x->err);

	for (size_t i = 0; r == 0 && i < x->ids.n; i++) {
		bool has = false;

		r = lic_snapshot_has(s, x->ids.item[i], &has, x->err);
		if (r == 0 && has)
			entry_ids_add(&item->seen, x->ids.item[i]);
	}
	lic_snapshot_close(s);
	return r == -ENOENT ? 0 : r; /* removed meanwhile */
}

static int note_job(void *ctx, const struct lic_job_info *job, int64_t entry, bool opened,
		    bool partly)
{
	struct touching *x = ctx;
	struct touched *t = x->t;

	if (!t->n_jobs || x->job != job->number)
		add_item(&t->job, &t->n_jobs, job->name);
	x->job = job->number;
	t->job[t->n_jobs - 1].partly = partly;
	entry_ids_add(&t->job[t->n_jobs - 1].seen, entry);
	if (opened)
		entry_ids_add(&t->job[t->n_jobs - 1].opened, entry);
	return 0;
}

static void release_item(struct touched_item *item)
{
	free(item->name);
	entry_ids_release(&item->seen);
	entry_ids_release(&item->opened);
}

/* Keeps those that have images. */
static void keep_touched(struct touched_item *item, size_t *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (item[i].seen.n)
			item[kept++] = item[i];
		else
			release_item(&item[i]);
	}
	*n = kept;
}

int touched_find(struct touched *t, struct lic_catalog *cat, const int64_t *image, size_t n,
		 const struct selectors *by, struct lic_error *err)
{
	struct touching x = { .t = t, .cat = cat, .err = err };
	bool any = false;
	int r;

	for (size_t i = 0; i < n; i++)
		entry_ids_add(&t->asked, image[i]);
	entry_ids_sort(&t->asked);
	r = lic_catalog_snapshots(cat, note_name, t, err);
	if (r == 0)
		r = lic_catalog_jobs(cat, note_any, &any, err);
	if (r == 0 && (any || t->n_snapshots))
		r = gather(&x, by);
	for (size_t i = 0; r == 0 && i < t->n_snapshots; i++)
		r = look_into(&x, &t->snapshot[i]);
	if (r == 0 && any && x.ids.n)
		r = lic_job_touches(cat, x.ids.item, x.ids.n, note_job, &x, err);
	keep_touched(t->snapshot, &t->n_snapshots);
	entry_ids_release(&x.ids);
	return r;
}

static void narrow_ids(struct entry_ids *ids, const struct entry_ids *asked,
		       const struct entry_ids *found)
{
	size_t kept = 0;

	for (size_t i = 0; i < ids->n; i++)
		if (!entry_ids_has(asked, ids->item[i]) || entry_ids_has(found, ids->item[i]))
			ids->item[kept++] = ids->item[i];
	ids->n = kept;
}

void touched_narrow(struct touched *t, const struct entry_ids *found)
{
	for (size_t i = 0; i < t->n_snapshots; i++)
		narrow_ids(&t->snapshot[i].seen, &t->asked, found);
	for (size_t i = 0; i < t->n_jobs; i++) {
		narrow_ids(&t->job[i].seen, &t->asked, found);
		narrow_ids(&t->job[i].opened, &t->asked, found);
	}
	keep_touched(t->snapshot, &t->n_snapshots);
	keep_touched(t->job, &t->n_jobs);
}

static void add_ended(const struct touched *t, const struct touched_item *item, size_t n,
		      struct entry_ids *ret)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < item[i].seen.n; k++)
			if (!entry_ids_has(&t->asked, item[i].seen.item[k]))
				entry_ids_add(ret, item[i].seen.item[k]);
}

int64_t touched_ended(const struct touched *t)
{
	struct entry_ids ended = { 0 };
	int64_t n;

	add_ended(t, t->snapshot, t->n_snapshots, &ended);
	add_ended(t, t->job, t->n_jobs, &ended);
	entry_ids_sort(&ended);
	n = (int64_t)ended.n;
	entry_ids_release(&ended);
	return n;
}

void touched_release(struct touched *t)
{
	for (size_t i = 0; i < t->n_snapshots; i++)
		release_item(&t->snapshot[i]);
	for (size_t i = 0; i < t->n_jobs; i++)
		release_item(&t->job[i]);
	free(t->snapshot);
	free(t->job);
	entry_ids_release(&t->asked);
	*t = (struct touched){ .n_jobs = 0 };
}

/* --- telling ------------------------------------------------------------------------------ */

static void print_items(const char *what, const struct touched_item *item, size_t n, bool opened)
{
	char count[32];

	for (size_t i = 0; i < n; i++) {
		fputs(i ? ", " : what, stdout);
		output_quoted(stdout, item[i].name, strlen(item[i].name));
		printf(" (%s %s", output_count((int64_t)item[i].seen.n, count),
		       output_plural((int64_t)item[i].seen.n, "image", "images"));
		if (opened)
			printf(", %s%s opened", item[i].partly ? "at least " : "",
			       output_count((int64_t)item[i].opened.n, count));
		putchar(')');
	}
	if (n)
		putchar('\n');
}

void touched_print(const struct touched *t)
{
	if (t->n_snapshots || t->n_jobs)
		putchar('\n');
	print_items("snapshots that have them: ", t->snapshot, t->n_snapshots, false);
	print_items("jobs that could see them: ", t->job, t->n_jobs, true);
}

/* How many there are; without those of `but`, where it is not NULL. */
static int64_t count(const struct entry_ids *ids, const struct entry_ids *but)
{
	int64_t n = 0;

	for (size_t i = 0; i < ids->n; i++)
		n += !but || !entry_ids_has(but, ids->item[i]);
	return n;
}

static void json_items(const struct touched_item *item, size_t n, bool opened,
		       const struct entry_ids *but, struct lic_json *j)
{
	lic_json_array(j);
	for (size_t i = 0; i < n; i++) {
		if (!count(&item[i].seen, but))
			continue;
		lic_json_object(j);
		lic_json_kstr(j, "name", item[i].name);
		lic_json_kint(j, "images", count(&item[i].seen, but));
		if (opened)
			lic_json_kint(j, "opened", count(&item[i].opened, but));
		if (item[i].partly)
			lic_json_kbool(j, "complete", false);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_both(const struct touched *t, const struct entry_ids *but, struct lic_json *j)
{
	lic_json_key(j, "snapshots");
	json_items(t->snapshot, t->n_snapshots, false, but, j);
	lic_json_key(j, "jobs");
	json_items(t->job, t->n_jobs, true, but, j);
}

void touched_json(const struct touched *t, struct lic_json *j)
{
	json_both(t, NULL, j);
}

void touched_json_ended(const struct touched *t, struct lic_json *j)
{
	json_both(t, &t->asked, j);
}

void touched_json_of(const struct touched *t, int64_t image, struct lic_json *j)
{
	lic_json_key(j, "snapshots");
	lic_json_array(j);
	for (size_t i = 0; i < t->n_snapshots; i++)
		if (entry_ids_has(&t->snapshot[i].seen, image))
			lic_json_str(j, t->snapshot[i].name);
	lic_json_array_end(j);
	lic_json_key(j, "jobs");
	lic_json_array(j);
	for (size_t i = 0; i < t->n_jobs; i++) {
		if (!entry_ids_has(&t->job[i].seen, image))
			continue;
		lic_json_object(j);
		lic_json_kstr(j, "name", t->job[i].name);
		lic_json_kbool(j, "opened", entry_ids_has(&t->job[i].opened, image));
		if (t->job[i].partly)
			lic_json_kbool(j, "complete", false);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}
