/* SPDX-License-Identifier: Apache-2.0 */
/* JSON files that are a series of records. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/manifest/records.h"

int lic_record_bad(const struct lic_manifest_reading *m, uint64_t number, struct lic_error *err,
		   const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return lic_error_set(err, EBADMSG, "'%s', record %llu: %s", m->name,
			     (unsigned long long)number, what);
}

void lic_row_key_member(struct lic_manifest_reading *m, enum lic_key_kind kind,
			const struct lic_record *d, const char *at, const char *name)
{
	const struct lic_member *x = lic_record_find(d, at, name);

	if (x)
		lic_row_key(m, kind, x->value.p, x->value.n);
}

static void replace(struct lic_buf *b, char from, char to)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] == from)
			b->data[i] = to;
}

void lic_row_key_title(struct lic_manifest_reading *m, const char *title)
{
	_cleanup_(lic_buf_release) struct lic_buf name = LIC_BUF_INIT(LIC_KEY_TEXT_MAX);

	lic_buf_adds(&name, title);
	if (!name.len || lic_buf_failed(&name))
		return;
	replace(&name, ' ', '_');
	lic_row_key(m, LIC_KEY_TAIL, name.data, name.len);
	if (!memchr(name.data, '_', name.len))
		return;
	replace(&name, '_', ' ');
	lic_row_key(m, LIC_KEY_TAIL, name.data, name.len);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The last component, its escapes undone. */
void lic_row_key_address(struct lic_manifest_reading *m, const char *address)
{
	_cleanup_(lic_buf_release) struct lic_buf name = LIC_BUF_INIT(LIC_KEY_TEXT_MAX);
	size_t n = strcspn(address, "?#");
	const char *slash = memrchr(address, '/', n);

	for (const char *p = slash ? slash + 1 : address; slash && p < address + n; p++) {
		int high = *p == '%' ? hex_digit(p[1]) : -1;
		int low = high >= 0 ? hex_digit(p[2]) : -1;

		lic_buf_addc(&name, low >= 0 ? (char)(high << 4 | low) : *p);
		p += low >= 0 ? 2 : 0;
	}
	lic_row_key_title(m, lic_buf_str(&name));
}

/* --- one value ---------------------------------------------------------------------------- */

static int add_scalar(struct lic_jsonin *j, int type, struct lic_record *d, const char *path)
{
	switch (type) {
	case LIC_JSONIN_STRING:
	case LIC_JSONIN_NUMBER:
		lic_record_add(d, path, lic_buf_str(&j->text), j->text.len);
		break;
	case LIC_JSONIN_TRUE:
		lic_record_add(d, path, "true", 4);
		break;
	case LIC_JSONIN_FALSE:
		lic_record_add(d, path, "false", 5);
		break;
	default:
		lic_record_add(d, path, "", 0);
		break;
	}
	return d->failed ? lic_jsonin_bad(j, "a record that is larger than any about an image") : 0;
}

static int read_items(struct lic_jsonin *j, struct lic_record *d, struct lic_buf *path)
{
	size_t n = path->len;
	int r = 1;

	for (unsigned i = 0; r > 0; i++) {
		if (i >= LIC_RECORD_ITEMS_MAX)
			return lic_jsonin_leave(j);
		lic_buf_addf(path, "[%u]", i);
		r = lic_jsonin_value(j);
		if (r > 0) {
			r = lic_record_read(j, r, d, path);
			r = r < 0 ? r : 1;
		}
		lic_buf_truncate(path, n);
	}
	return r;
}

static int read_members(struct lic_jsonin *j, struct lic_record *d, struct lic_buf *path)
{
	size_t n = path->len;
	int r;

	while ((r = lic_jsonin_key(j)) > 0) {
		if (j->cut || j->text.len > LIC_RECORD_PATH_MAX)
			return lic_jsonin_bad(j, "a key of more than %d bytes",
					      LIC_RECORD_PATH_MAX);
		if (n)
			lic_buf_addc(path, '.');
		lic_buf_add(path, lic_buf_str(&j->text), j->text.len);
		r = lic_jsonin_value(j);
		if (r >= 0)
			r = lic_record_read(j, r, d, path);
		if (r < 0)
			return r;
		lic_buf_truncate(path, n);
	}
	return r;
}

int lic_record_read(struct lic_jsonin *j, int type, struct lic_record *d, struct lic_buf *path)
{
	size_t before = d->n;
	int r;

	if (lic_buf_failed(path))
		return lic_jsonin_bad(j, "keys that are nested to more than %zu bytes", path->max);
	if (type != LIC_JSONIN_OBJECT && type != LIC_JSONIN_ARRAY)
		return add_scalar(j, type, d, lic_buf_str(path));
	r = type == LIC_JSONIN_OBJECT ? read_members(j, d, path) : read_items(j, d, path);
	/* what is empty says something by being there */
	if (r == 0 && d->n == before && path->len)
		return add_scalar(j, LIC_JSONIN_NULL, d, lic_buf_str(path));
	return r;
}

static int compare_paths(const void *pa, const void *pb)
{
	const struct lic_member *a = *(const struct lic_member *const *)pa;
	const struct lic_member *b = *(const struct lic_member *const *)pb;

	return strcmp((const char *)a->path.p, (const char *)b->path.p);
}

static const char *find_double(const struct lic_member **sorted, size_t n)
{
	qsort(sorted, n, sizeof(const struct lic_member *), compare_paths);
	for (size_t i = 1; i < n; i++)
		if (compare_paths(&sorted[i - 1], &sorted[i]) == 0)
			return (const char *)sorted[i]->path.p;
	return NULL;
}

#define FEW 64

const char *lic_record_twice(const struct lic_record *d)
{
	const struct lic_member *few[FEW];
	_cleanup_(lic_freep) const struct lic_member **many = NULL;
	const struct lic_member **sorted = few;

	if (d->n > FEW) {
		many = reallocarray(NULL, d->n, sizeof(const struct lic_member *));
		if (!many)
			return "(out of memory)";
		sorted = many;
	}
	for (size_t i = 0; i < d->n; i++)
		sorted[i] = &d->item[i];
	return find_double(sorted, d->n);
}

int lic_record_check(struct lic_jsonin *j, const struct lic_record *d)
{
	const char *twice = lic_record_twice(d);

	return twice ? lic_jsonin_bad(j, "'%.100s' stands twice in one object", twice) : 0;
}

int lic_record_read_file(struct lic_manifest_reading *m, struct lic_record *d,
			 struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(LIC_RECORD_PATH_MAX);
	struct lic_jsonin j;
	int r = lic_jsonin_init(&j, &m->source, err);

	lic_record_reset(d);
	if (r == 0)
		r = lic_jsonin_value(&j);
	if (r >= 0 && r != LIC_JSONIN_OBJECT)
		r = lic_jsonin_bad(&j, "no JSON object");
	if (r >= 0)
		r = lic_record_read(&j, r, d, &path);
	if (r == 0)
		r = lic_record_check(&j, d);
	if (r == 0)
		r = lic_jsonin_value(&j); /* nothing may follow */
	lic_jsonin_release(&j);
	return r;
}

/* --- all of a file ------------------------------------------------------------------------ */

struct file {
	struct lic_manifest_reading *m;
	const struct lic_records *plan;
	struct lic_jsonin j;
	struct lic_record record;
	struct lic_record outer; /* what an object holds beside the places of records */
	struct lic_buf path;	 /* in the record */
	struct lic_buf outer_path;
	const char *inside[3]; /* keys from the outermost object to here */
	unsigned depth;
	bool placed; /* the outermost object has a place */
	uint64_t number;
	struct lic_error *err;
};

static int hand_over(struct file *f, const struct lic_record *d)
{
	int r = lic_record_check(&f->j, d);

	return r < 0 ? r : f->plan->record(f->plan->ctx, d, ++f->number, f->err);
}

static int read_record(struct file *f, int type)
{
	int r;

	lic_record_reset(&f->record);
	lic_buf_reset(&f->path);
	r = lic_record_read(&f->j, type, &f->record, &f->path);
	return r < 0 ? r : hand_over(f, &f->record);
}

static int read_tuple(struct file *f)
{
	bool wanted = true;
	int r;

	for (unsigned i = 0; (r = lic_jsonin_value(&f->j)) > 0; i++) {
		if (i == 0 && r == LIC_JSONIN_NUMBER)
			wanted = lic_jsonin_is(&f->j, f->plan->tuple);
		if (r == LIC_JSONIN_OBJECT && wanted)
			r = read_record(f, r);
		else if (r == LIC_JSONIN_OBJECT || r == LIC_JSONIN_ARRAY)
			r = lic_jsonin_leave(&f->j);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_document(struct file *f);

/* Items of an outermost array are documents, those of a list inside of one are records. */
static int read_item(struct file *f, int type, bool outermost)
{
	if (type == LIC_JSONIN_ARRAY && f->plan->tuple)
		return read_tuple(f);
	if (type != LIC_JSONIN_OBJECT)
		return lic_jsonin_bad(&f->j, "a record that is no object");
	return outermost ? read_document(f) : read_record(f, type);
}

static int read_list(struct file *f, bool outermost)
{
	int r;

	while ((r = lic_jsonin_value(&f->j)) > 0) {
		r = read_item(f, r, outermost);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_named(struct file *f)
{
	int r;

	while ((r = lic_jsonin_key(&f->j)) > 0) {
		r = lic_jsonin_value(&f->j);
		if (r >= 0)
			r = read_item(f, r, false);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_place(struct file *f, const struct lic_place *place)
{
	int r = lic_jsonin_value(&f->j);

	f->placed = true;
	if (r == LIC_JSONIN_ARRAY)
		return read_list(f, false);
	if (r == LIC_JSONIN_OBJECT)
		return place->members ? read_named(f) : read_record(f, r);
	if (r == LIC_JSONIN_NULL || r < 0)
		return r < 0 ? r : 0;
	return lic_jsonin_bad(&f->j, "'%s' is no object and no array", place->key[f->depth]);
}

/* The place that the key which was read last leads to; *ret_whole: it is there. */
static const struct lic_place *place_of(const struct file *f, bool *ret_whole)
{
	for (size_t i = 0; i < f->plan->n_places; i++) {
		const struct lic_place *p = &f->plan->place[i];
		unsigned k = 0;

		while (k < f->depth && p->key[k] && strcmp(p->key[k], f->inside[k]) == 0)
			k++;
		if (k < f->depth || !p->key[k] || !lic_jsonin_is(&f->j, p->key[k]))
			continue;
		*ret_whole = k + 1 == LIC_ARRAY_SIZE(p->key) || !p->key[k + 1];
		return p;
	}
	return NULL;
}

/* The object that is open: on the way to places, or what stands beside. */
static int read_way(struct file *f)
{
	struct lic_jsonin *j = &f->j;
	size_t n = f->outer_path.len;
	int r;

	while ((r = lic_jsonin_key(j)) > 0) {
		bool whole = false;
		const struct lic_place *place = j->cut ? NULL : place_of(f, &whole);

		if (place && whole) {
			r = read_place(f, place);
		} else {
			if (n)
				lic_buf_addc(&f->outer_path, '.');
			lic_buf_add(&f->outer_path, lic_buf_str(&j->text), j->text.len);
			r = lic_jsonin_value(j);
			if (r == LIC_JSONIN_OBJECT && place) {
				f->inside[f->depth] = place->key[f->depth];
				f->depth++;
				r = read_way(f);
				f->depth--;
			} else if (r == LIC_JSONIN_ARRAY && place) {
				f->placed = true;
				r = read_list(f, false);
			} else if (r >= 0) {
				r = lic_record_read(j, r, &f->outer, &f->outer_path);
			}
			lic_buf_truncate(&f->outer_path, n);
		}
		if (r < 0)
			return r;
	}
	return r;
}

static int read_document(struct file *f)
{
	int r;

	lic_record_reset(&f->outer);
	lic_buf_reset(&f->outer_path);
	f->placed = false;
	r = read_way(f);
	return r < 0 || f->placed ? r : hand_over(f, &f->outer);
}

static int read_all(struct file *f)
{
	int r = lic_jsonin_init(&f->j, &f->m->source, f->err);

	f->j.lines = true;
	while (r == 0 && (r = lic_jsonin_value(&f->j)) > 0) {
		if (r == LIC_JSONIN_OBJECT)
			r = read_document(f);
		else if (r == LIC_JSONIN_ARRAY)
			r = read_list(f, true);
		else
			r = lic_jsonin_bad(&f->j, "no JSON object and no array of objects");
	}
	return r;
}

int lic_records_read(struct lic_manifest_reading *m, const struct lic_records *plan,
		     struct lic_error *err)
{
	struct file f = {
		.m = m,
		.plan = plan,
		.record = LIC_RECORD_INIT,
		.outer = LIC_RECORD_INIT,
		.path = LIC_BUF_INIT(LIC_RECORD_PATH_MAX),
		.outer_path = LIC_BUF_INIT(LIC_RECORD_PATH_MAX),
		.err = err,
	};
	int r = read_all(&f);

	lic_jsonin_release(&f.j);
	lic_record_release(&f.record);
	lic_record_release(&f.outer);
	lic_buf_release(&f.path);
	lic_buf_release(&f.outer_path);
	return r;
}
