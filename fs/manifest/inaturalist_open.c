/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iNaturalist Open Data: photos.csv, tabs in spite of its name. Names of observers are in
 * observers.csv beside it. No license means that all rights are reserved, here and nowhere else.
 *
 * A photo stands there once for each observation that shows it; its rows say the same, or conflict.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

/* What the names of observers may take; there were 0.7 million in 2024. */
#define OBSERVERS_MAX 2000000u
#define NAMES_MAX (24u << 20)

enum { PHOTO_ID, OBSERVER_ID, LICENSE, N };

static const struct lic_table_column columns[N] = {
	[PHOTO_ID] = { "photo_id", LIC_KEY_FOLDER_ID, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
	[OBSERVER_ID] = { "observer_id", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
	[LICENSE] = { "license", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_INATURALIST, true },
};

struct observer {
	uint32_t id, name; /* place of the name in the texts */
};

struct observers {
	struct observer *list; /* owned; sorted by id once it is read */
	size_t n, cap;
	struct lic_buf names; /* each with a NUL behind it */
	bool full, unsorted;
};

static int bid(const struct lic_peek *k)
{
	return k->first != '{' && lic_table_has(k, "photo_id") && lic_table_has(k, "observer_id") &&
			       lic_table_has(k, "license")
		       ? 90
		       : 0;
}

/* --- observers ---------------------------------------------------------------------------- */

static bool number_of(struct lic_bytes f, uint32_t *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < f.n; i++) {
		if (f.p[i] < '0' || f.p[i] > '9' || v > UINT32_MAX / 10)
			return false;
		v = v * 10 + (uint64_t)(f.p[i] - '0');
	}
	*ret = (uint32_t)v;
	return f.n && v <= UINT32_MAX;
}

static bool add_observer(struct observers *o, uint32_t id, struct lic_bytes name)
{
	struct observer *more;

	if (o->n == OBSERVERS_MAX || o->names.len + name.n + 1 > NAMES_MAX) {
		o->full = true;
		return true;
	}
	if (o->n == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 4096;

		more = reallocarray(o->list, cap, sizeof(*more));
		if (!more)
			return false;
		o->list = more;
		o->cap = cap;
	}
	o->unsorted = o->unsorted || (o->n && id < o->list[o->n - 1].id);
	o->list[o->n++] = (struct observer){ id, (uint32_t)o->names.len };
	lic_buf_add(&o->names, name.p, name.n);
	lic_buf_addc(&o->names, '\0');
	return !lic_buf_failed(&o->names);
}

static int compare(const void *a, const void *b)
{
	const struct observer *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The name, or the login where none is given. */
static struct lic_bytes name_of(const struct lic_delimited *d, const int place[3])
{
	struct lic_bytes name = place[2] >= 0 ? d->field[place[2]] : d->field[place[1]];

	return name.n ? name : d->field[place[1]];
}

static int read_observers(struct observers *o, struct lic_delimited *d)
{
	static const char *const names[] = { "observer_id", "login", "name" };
	int place[3];
	size_t n;
	int r = lic_delimited_next(d);

	if (r <= 0)
		return r < 0 ? r : lic_delimited_bad(d, "an empty file");
	n = d->n;
	for (size_t i = 0; i < 3; i++)
		place[i] = lic_delimited_find(d, names[i]);
	if (place[0] < 0 || place[1] < 0)
		return lic_delimited_bad(d, "no columns are named 'observer_id' and 'login'");
	while ((r = lic_delimited_next(d)) > 0 && !o->full) {
		uint32_t id;

		if (d->n != n)
			return lic_delimited_bad(d, "%zu fields where the first row has %zu", d->n,
						 n);
		if (!number_of(d->field[place[0]], &id))
			return lic_delimited_bad(d, "the observer_id is no number");
		if (!add_observer(o, id, name_of(d, place)))
			return lic_error_set(d->err, ENOMEM, "out of memory to read '%s'",
					     d->s->name);
	}
	if (r >= 0 && o->unsorted)
		qsort(o->list, o->n, sizeof(*o->list), compare);
	return r < 0 ? r : 0;
}

static int open_beside(int dir, const char **ret_name)
{
	static const char *const names[] = { "observers.csv", "observers.csv.gz" };
	int fd = -1;

	for (size_t i = 0; fd < 0 && dir >= 0 && i < LIC_ARRAY_SIZE(names); i++) {
		*ret_name = names[i];
		fd = openat(dir, names[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0 && errno != ENOENT)
			return -errno;
	}
	return fd < 0 ? -ENOENT : fd;
}

/* Where there are none, pictures have no creator, and that is said: the license stands. */
static int load_observers(struct lic_manifest_reading *m, struct observers *o,
			  struct lic_error *err)
{
	struct lic_manifest_options quiet = *m->o;
	struct lic_source s = { .fd = -1 };
	struct lic_delimited *d;
	const char *name = "observers.csv";
	int fd = open_beside(m->dir, &name), r;

	if (fd == -ENOENT) {
		lic_manifest_warn(m, "no observers.csv is beside it: its images are credited to "
				     "nobody; put it there and import again");
		return 0;
	}
	if (fd < 0)
		return lic_error_sys(err, -fd, "cannot open '%s' beside '%s'", name, m->name);
	quiet.progress = NULL;
	d = malloc(sizeof(*d));
	r = d ? lic_source_open(&s, fd, name, &quiet, err)
	      : lic_error_set(err, ENOMEM, "out of memory to read '%s'", name);
	if (r == 0)
		r = lic_delimited_init(d, &s, '\t', false, err);
	if (r == 0)
		r = read_observers(o, d);
	if (r == 0 && o->full)
		lic_manifest_warn(
			m,
			"'%s' names more observers than are held in memory: images of the "
			"ones behind line %zu are credited to nobody",
			name, o->n + 1);
	free(d);
	lic_source_release(&s);
	close(fd);
	return r;
}

static void add_creator(struct lic_table *t, const struct observers *o)
{
	struct observer key = { 0 }, *found;
	const char *name;

	if (!number_of(t->value[OBSERVER_ID], &key.id) || !o->n)
		return;
	found = bsearch(&key, o->list, o->n, sizeof(key), compare);
	if (!found)
		return;
	name = lic_buf_str(&o->names) + found->name;
	lic_table_claim(t, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "observer",
			(struct lic_bytes){ (const uint8_t *)name, strlen(name) });
}

/* --- photos ------------------------------------------------------------------------------- */

static int row(struct lic_table *t)
{
	struct lic_bytes license = t->value[LICENSE];
	uint32_t id;

	if (!number_of(t->value[PHOTO_ID], &id))
		return lic_table_bad(t, "the photo_id is no number");
	if (!license.n || lic_field_is(&license, "NULL") || lic_field_is(&license, "null") ||
	    lic_field_is(&license, "\\N"))
		lic_row_claim_as(t->m, t->rank, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, "license",
				 license, "All rights reserved");
	else
		lic_table_claim(t, LIC_ROLE_LICENSE, LIC_CONTEXT_INATURALIST, "license", license);
	add_creator(t, t->own);
	return 0;
}

static int read_photos(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_table_format format = {
		.column = columns,
		.n = N,
		.rank = LIC_RANK_MANIFEST,
		.separator = '\t',
		.row = row,
	};
	struct observers o = { .names = LIC_BUF_INIT(NAMES_MAX) };
	int r = load_observers(m, &o, err);

	if (r == 0)
		r = lic_table_read(m, &format, &o, err);
	free(o.list);
	lic_buf_release(&o.names);
	return r;
}

const struct lic_manifest_reader lic_manifest_inaturalist_open = {
	.format = { "inaturalist-open", "iNaturalist Open Data photos.csv, with observers.csv" },
	.bid = bid,
	.read = read_photos,
};
