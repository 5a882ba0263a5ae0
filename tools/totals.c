/* SPDX-License-Identifier: Apache-2.0 */
/* Totals by status and by license. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "table.h"
#include "totals.h"

struct reading {
	struct totals *totals;
	struct lic_catalog *cat;
	struct lic_error *err;
	struct {
		int64_t rights, count;
	} * row;
	size_t n;
};

/* Rights are read after the walk, which holds the statement. */
static int keep_row(void *ctx, int64_t rights, int64_t count, _unused_ int64_t emptied)
{
	struct reading *r = ctx;
	void *more;

	if (count <= 0)
		return 0;
	more = reallocarray(r->row, r->n + 1, sizeof(*r->row));
	if (!more)
		return -ENOMEM;
	r->row = more;
	r->row[r->n].rights = rights;
	r->row[r->n++].count = count;
	return 0;
}

static int add_license(struct totals *t, const struct lic_rights *rights, int64_t count)
{
	struct license_total *l = NULL;
	void *more;

	for (size_t i = 0; i < t->n && !l; i++)
		if (strcmp(t->license[i].license, rights->license) == 0)
			l = &t->license[i];
	if (!l) {
		more = reallocarray(t->license, t->n + 1, sizeof(*l));
		if (!more)
			return -ENOMEM;
		t->license = more;
		l = &t->license[t->n];
		memset(l, 0, sizeof(*l));
		l->license = strdup(rights->license);
		if (!l->license)
			return -ENOMEM;
		t->n++;
	}
	l->images += count;
	l->clear += rights->status == LIC_STATUS_CLEAR ? count : 0;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct license_total *x = a, *y = b;

	if (x->images != y->images)
		return x->images < y->images ? 1 : -1;
	return strcmp(x->license, y->license);
}

int totals_read(struct totals *t, struct lic_catalog *cat, struct lic_error *err)
{
	struct reading reading = { .totals = t, .cat = cat, .err = err };
	int r;

	memset(t, 0, sizeof(*t));
	r = lic_catalog_dir_rights(cat, 1, keep_row, &reading, err);
	for (size_t i = 0; r == 0 && i < reading.n; i++) {
		const struct lic_rights *rights =
			lic_catalog_rights(cat, reading.row[i].rights, err);

		if (!rights) {
			r = lic_error_prefix(err, "cannot add up the images");
			break;
		}
		t->images += reading.row[i].count;
		t->status[rights->status] += reading.row[i].count;
		r = add_license(t, rights, reading.row[i].count);
	}
	if (r == -ENOMEM)
		lic_error_sys(err, ENOMEM, "cannot add up the images");
	if (t->n)
		qsort(t->license, t->n, sizeof(*t->license), by_number);
	free(reading.row);
	return r;
}

void totals_release(struct totals *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->license[i].license);
	free(t->license);
	memset(t, 0, sizeof(*t));
}

static const char *status_color(enum lic_status s)
{
	return s == LIC_STATUS_CLEAR ? "green" : s == LIC_STATUS_UNLICENSED ? "yellow" : "red";
}

static void print_licenses(const struct totals *t)
{
	static const struct table_column columns[] = {
		{ "LICENSE", TABLE_PLAIN },
		{ "IMAGES", TABLE_RIGHT },
		{ "CLEAR", TABLE_RIGHT },
	};
	struct table *table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	char images[32], clear[32];

	for (size_t i = 0; i < t->n; i++) {
		const struct license_total *l = &t->license[i];
		const char *const cells[] = {
			*l->license ? l->license : "none stated",
			output_count(l->images, images),
			output_count(l->clear, clear),
		};

		table_row(table, cells);
	}
	table_print(table);
}

void totals_print(const struct totals *t)
{
	static const struct table_column columns[] = { { "STATUS", TABLE_PLAIN },
						       { "IMAGES", TABLE_RIGHT } };
	struct table *table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	char images[32];

	for (int s = LIC_STATUS_COUNT - 1; s >= 0; s--) {
		const char *const cells[] = { lic_status_name(s),
					      output_count(t->status[s], images) };

		if (!t->status[s] && s != LIC_STATUS_CLEAR)
			continue;
		table_row(table, cells);
		table_color(table, 0, status_color(s));
	}
	table_print(table);
	if (!t->n)
		return;
	putchar('\n');
	print_licenses(t);
}

void totals_json(const struct totals *t, struct lic_json *j)
{
	lic_json_kint(j, "images", t->images);
	lic_json_key(j, "status");
	lic_json_object(j);
	for (int s = LIC_STATUS_COUNT - 1; s >= 0; s--)
		lic_json_kint(j, lic_status_name(s), t->status[s]);
	lic_json_object_end(j);
	lic_json_key(j, "licenses");
	lic_json_array(j);
	for (size_t i = 0; i < t->n; i++) {
		const struct license_total *l = &t->license[i];

		lic_json_object(j);
		lic_json_kstr(j, "license", *l->license ? l->license : NULL);
		lic_json_kint(j, "images", l->images);
		lic_json_kint(j, "clear", l->clear);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}
