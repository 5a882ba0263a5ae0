/* SPDX-License-Identifier: Apache-2.0 */
/* Which snapshots a revocation touches. */
#include "touched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog_snapshot.h>

#include "output.h"

struct touching {
	struct touched *t;
	struct lic_catalog *cat;
	struct entry_ids ids; /* of images and those that had their bytes */
	struct lic_error *err;
};

static int note_id(void *ctx, int64_t entry)
{
	entry_ids_add(ctx, entry);
	return 0;
}

static int note_name(void *ctx, const struct lic_snapshot_info *s)
{
	struct touched *t = ctx;
	struct touched_snapshot *more;

	if (s->died)
		return 0;
	more = reallocarray(t->item, t->n + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	t->item = more;
	more[t->n] = (struct touched_snapshot){ .name = strdup(s->name) };
	if (!more[t->n].name)
		output_out_of_memory();
	t->n++;
	return 0;
}

static int gather(struct touching *x, const int64_t *image, size_t n, const struct selectors *by)
{
	struct lic_hash hash;
	struct lic_entry e;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		entry_ids_add(&x->ids, image[i]);
		r = lic_catalog_by_id(x->cat, image[i], &e, x->err);
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

static int count(struct touching *x, struct touched_snapshot *item)
{
	struct lic_snapshot *s = NULL;
	int r = lic_snapshot_open(x->cat, item->name, &s, x->err);

	for (size_t i = 0; r == 0 && i < x->ids.n; i++) {
		bool has = false;

		r = lic_snapshot_has(s, x->ids.item[i], &has, x->err);
		item->images += has;
	}
	lic_snapshot_close(s);
	return r == -ENOENT ? 0 : r; /* removed meanwhile */
}

int touched_find(struct touched *t, struct lic_catalog *cat, const int64_t *image, size_t n,
		 const struct selectors *by, struct lic_error *err)
{
	struct touching x = { .t = t, .cat = cat, .err = err };
	size_t kept = 0;
	int r = lic_catalog_snapshots(cat, note_name, t, err);

	if (r == 0 && t->n)
		r = gather(&x, image, n, by);
	for (size_t i = 0; r == 0 && i < t->n; i++)
		r = count(&x, &t->item[i]);
	for (size_t i = 0; i < t->n; i++) {
		if (t->item[i].images)
			t->item[kept++] = t->item[i];
		else
			free(t->item[i].name);
	}
	t->n = kept;
	entry_ids_release(&x.ids);
	return r;
}

void touched_release(struct touched *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->item[i].name);
	free(t->item);
	*t = (struct touched){ .n = 0 };
}

void touched_print(const struct touched *t)
{
	char n[32];

	if (!t->n)
		return;
	fputs("\nsnapshots that have them: ", stdout);
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			fputs(", ", stdout);
		output_shown(stdout, t->item[i].name, strlen(t->item[i].name));
		printf(" (%s %s)", output_count(t->item[i].images, n),
		       output_plural(t->item[i].images, "image", "images"));
	}
	putchar('\n');
}

void touched_json(const struct touched *t, struct lic_json *j)
{
	lic_json_key(j, "snapshots");
	lic_json_array(j);
	for (size_t i = 0; i < t->n; i++) {
		lic_json_object(j);
		lic_json_kstr(j, "name", t->item[i].name);
		lic_json_kint(j, "images", t->item[i].images);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}
