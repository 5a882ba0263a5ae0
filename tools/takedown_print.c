/* SPDX-License-Identifier: Apache-2.0 */
/* What a revocation does, for people and as JSON. */
#include <errno.h>
#include <string.h>

#include "table.h"
#include "takedown.h"

/* Images and documents that are named where not all are. */
#define NAMED_MAX 10

static bool in_view(const struct taken_image *i, size_t view)
{
	return i->views[view / 8] & 1u << view % 8;
}

static int path_of(struct lic_catalog *cat, int64_t entry, struct lic_buf *out,
		   struct lic_error *err)
{
	int r;

	lic_buf_reset(out);
	out->max = 1u << 20;
	r = lic_catalog_entry_path(cat, entry, out, err);
	if (r == -ENOENT) { /* it ended after the transaction */
		lic_buf_adds(out, "?");
		r = 0;
	}
	return r;
}

void takedown_print_count(const struct takedown *t)
{
	const char *when = t->undone || t->dry ? "now" : "before";
	char n[32], shown[32];

	if (!t->n)
		fputs("no image matches now", stdout);
	else if (t->n == 1)
		printf("1 image, %s %s", t->shown ? "shown by some view" : "shown by no view",
		       when);
	else
		printf("%s images, %s of them shown by some view %s",
		       output_count((int64_t)t->n, n), output_count(t->shown, shown), when);
}

static void print_image(const struct takedown *t, const struct taken_image *i,
			const struct lic_buf *path, struct table *table)
{
	struct lic_buf name = LIC_BUF_INIT(1u << 20), names = LIC_BUF_INIT(1u << 20);

	for (size_t v = 0; v < t->views.n; v++)
		if (in_view(i, v))
			lic_buf_addf(&names, "%s%s", names.len ? ", " : "", t->views.item[v].name);
	lic_text_quote(&name, lic_buf_str(path), path->len);
	/* Where there is no such column, the row ends before. */
	table_row(table, (const char *const[]){ lic_buf_str(&name),
						names.len ? lic_buf_str(&names) : "none",
						i->copy ? "its bytes" : "" });
	lic_buf_release(&name);
	lic_buf_release(&names);
}

int takedown_print_images(const struct takedown *t, struct lic_catalog *cat, bool all,
			  struct lic_error *err)
{
	const struct table_column columns[] = {
		{ "IMAGE", TABLE_PLAIN },
		{ t->undone || t->dry ? "IS IN VIEWS" : "WAS IN VIEWS", TABLE_WRAP },
		{ "MATCHES BY", TABLE_PLAIN },
	};
	struct lic_buf path = { 0 };
	struct table *table;
	char more[32];
	int r = 0;

	if (!t->n)
		return 0;
	putchar('\n');
	table = table_new(columns, LIC_ARRAY_SIZE(columns) - !t->copies, 0, true);
	for (size_t i = 0; r == 0 && i < t->n && (all || i < NAMED_MAX) && !output_broken(); i++) {
		r = path_of(cat, t->image[i].id, &path, err);
		if (r == 0)
			print_image(t, &t->image[i], &path, table);
	}
	table_print(table);
	if (!all && t->n > NAMED_MAX)
		printf("and %s more; --json names all\n",
		       output_count((int64_t)(t->n - NAMED_MAX), more));
	lic_buf_release(&path);
	return r;
}

void takedown_print_views(const struct takedown *t)
{
	const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },
		{ t->undone ? "CAME IN"
		  : t->dry  ? "WOULD GO"
			    : "WENT OUT",
		  TABLE_RIGHT },
	};
	struct table *table = NULL;
	char n[32];

	for (size_t i = 0; i < t->views.n; i++) {
		if (!t->moved[i])
			continue;
		if (!table) {
			putchar('\n');
			table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
		}
		table_row(table, (const char *const[]){ t->views.item[i].name,
							output_count(t->moved[i], n) });
	}
	table_print(table);
}

int takedown_print_documents(const struct takedown *t, struct lic_catalog *cat,
			     struct lic_error *err)
{
	struct lic_buf path = { 0 };
	char n[32];
	int r = 0;

	if (!t->documents.n)
		return 0;
	fputs("\ndocuments that change: ", stdout);
	for (size_t i = 0; r == 0 && i < t->documents.n && i < NAMED_MAX; i++) {
		r = path_of(cat, t->documents.item[i], &path, err);
		if (i)
			fputs(", ", stdout);
		output_quoted(stdout, lic_buf_str(&path), path.len);
	}
	if (t->documents.n > NAMED_MAX)
		printf(" and %s more", output_count((int64_t)(t->documents.n - NAMED_MAX), n));
	putchar('\n');
	lic_buf_release(&path);
	return r;
}

/* --- JSON --------------------------------------------------------------------------------- */

static void json_views_of(const struct takedown *t, const struct taken_image *i, struct lic_json *j)
{
	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t v = 0; v < t->views.n; v++)
		if (in_view(i, v))
			lic_json_str(j, t->views.item[v].name);
	lic_json_array_end(j);
}

static int json_images(const struct takedown *t, struct lic_catalog *cat, struct lic_json *j,
		       struct lic_error *err)
{
	struct lic_buf path = { 0 };
	int r = 0;

	lic_json_key(j, "images");
	lic_json_array(j);
	for (size_t i = 0; r == 0 && i < t->n; i++) {
		r = path_of(cat, t->image[i].id, &path, err);
		lic_json_object(j);
		lic_json_key(j, "path");
		lic_json_bytes(j, lic_buf_str(&path), path.len);
		json_views_of(t, &t->image[i], j);
		if (!t->undone)
			lic_json_kbool(j, "same_bytes", t->image[i].copy);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_buf_release(&path);
	return r;
}

int takedown_json(const struct takedown *t, struct lic_catalog *cat, struct lic_json *j,
		  struct lic_error *err)
{
	struct lic_buf path = { 0 };
	int r;

	lic_json_kint(j, "matched", (int64_t)t->n);
	lic_json_kint(j, "changed", t->changed);
	lic_json_kint(j, t->undone ? "shown" : "was_shown", t->shown);
	if (!t->undone)
		lic_json_kint(j, "same_bytes", t->copies);
	lic_json_kint(j, t->undone ? "still_revoked" : "was_revoked", t->still);
	if (!t->undone)
		lic_json_kint(j, "waiting", t->waiting);
	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t i = 0; i < t->views.n; i++) {
		lic_json_object(j);
		lic_json_kstr(j, "name", t->views.item[i].name);
		lic_json_kint(j, t->undone ? "in" : "out", t->moved[i]);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	r = json_images(t, cat, j, err);
	lic_json_key(j, "documents");
	lic_json_array(j);
	for (size_t i = 0; r == 0 && i < t->documents.n; i++) {
		r = path_of(cat, t->documents.item[i], &path, err);
		lic_json_bytes(j, lic_buf_str(&path), path.len);
	}
	lic_json_array_end(j);
	touched_json(&t->touched, j);
	lic_buf_release(&path);
	return r;
}
