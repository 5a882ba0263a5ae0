/* SPDX-License-Identifier: Apache-2.0 */
/* Reads tables by what their columns mean. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/manifest/table.h"

int lic_table_bad(struct lic_table *t, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return lic_error_set(t->err, EBADMSG, "'%s', %s %llu: %s", t->m->name,
			     t->j ? "record" : "line", (unsigned long long)t->line, what);
}

bool lic_table_is(const struct lic_peek *k)
{
	return k->first == '{' ? k->lines || k->whole : k->separator && k->n_fields > 1;
}

bool lic_table_has(const struct lic_peek *k, const char *name)
{
	if (k->first != '{')
		return k->separator && lic_peek_column(k, name);
	for (size_t i = 0; i < k->n_keys; i++)
		if (k->key[i].n == strlen(name) &&
		    strncasecmp((const char *)k->key[i].p, name, k->key[i].n) == 0)
			return true;
	return false;
}

void lic_table_claim(struct lic_table *t, enum lic_role role, enum lic_context context,
		     const char *field, struct lic_bytes text)
{
	lic_row_claim_held(t->m, t->rank, role, context, field, text);
}

/* --- rows --------------------------------------------------------------------------------- */

static void add_columns(struct lic_table *t)
{
	for (size_t i = 0; i < t->format->n; i++) {
		const struct lic_table_column *c = &t->format->column[i];

		if (!t->value[i].n)
			continue;
		if (c->key != LIC_KEY_NONE)
			lic_row_key_held(t->m, c->key, t->value[i]);
		if (c->role != LIC_ROLE_NONE)
			lic_table_claim(t, t->odd[i] ? LIC_ROLE_LICENSE : c->role, c->context,
					c->name, t->value[i]);
	}
}

static int hand_over(struct lic_table *t)
{
	int r = 0;

	lic_row_begin(t->m);
	add_columns(t);
	if (t->format->row)
		r = t->format->row(t);
	if (r == LIC_TABLE_SKIP)
		return 0;
	if (r == 0 && !t->m->n_keys && t->format->may_lack_key && !t->m->too_long) {
		t->keyless++;
		return 0;
	}
	return r < 0 ? r : lic_row_end(t->m, t->line, t->err);
}

/* --- tables ------------------------------------------------------------------------------- */

/* Blanks around a name are no part of it. */
static bool is_named(struct lic_bytes f, const char *name)
{
	while (f.n && (f.p[0] == ' ' || f.p[0] == '\t')) {
		f.p++;
		f.n--;
	}
	while (f.n && (f.p[f.n - 1] == ' ' || f.p[f.n - 1] == '\t'))
		f.n--;
	return f.n == strlen(name) && strncasecmp((const char *)f.p, name, f.n) == 0;
}

static int find_column(struct lic_table *t, size_t i)
{
	const struct lic_table_column *c = &t->format->column[i];
	struct lic_delimited *d = &t->d;

	t->place[i] = -1;
	for (size_t k = 0; k < d->n; k++) {
		if (!is_named(d->field[k], c->name))
			continue;
		/* a second one may say something else */
		if (t->place[i] >= 0)
			return lic_delimited_bad(d, "two columns are named '%s'", c->name);
		t->place[i] = (int)k;
	}
	if (t->place[i] < 0 && c->needed)
		return lic_delimited_bad(d, "no column is named '%s'", c->name);
	return 0;
}

/* "file_name, license": a column that is not found says nothing, and it may forbid. */
static void trim(struct lic_bytes *f)
{
	while (f->n && (f->p[f->n - 1] == ' ' || f->p[f->n - 1] == '\t'))
		f->n--;
	while (f->n && (*f->p == ' ' || *f->p == '\t')) {
		f->p++;
		f->n--;
	}
}

static int read_header(struct lic_table *t, size_t *ret_fields)
{
	struct lic_delimited *d = &t->d;
	int r = lic_delimited_next(d);

	if (r < 0)
		return r;
	if (r == 0)
		return lic_delimited_bad(d, "an empty file; a first line with names of columns "
					    "should be there");
	for (size_t i = 0; i < d->n; i++) {
		if (memchr(d->field[i].p, '\r', d->field[i].n))
			return lic_delimited_bad(d, "lines end in CR alone; convert them to LF");
		trim(&d->field[i]);
	}
	for (size_t i = 0; r >= 0 && i < t->format->n; i++)
		r = find_column(t, i);
	*ret_fields = d->n;
	return r < 0 ? r : 0;
}

/* Does the last field hold what would join or grant wrongly if it were cut? */
static bool ends_in_rights(const struct lic_table *t)
{
	for (size_t i = 0; i < t->format->n; i++) {
		enum lic_role role = t->format->column[i].role;

		if (t->place[i] == (int)t->d.n - 1 && role != LIC_ROLE_CREATOR &&
		    role != LIC_ROLE_TITLE && role != LIC_ROLE_SOURCE_URL)
			return true;
	}
	return false;
}

static void doubt_last_row(struct lic_table *t)
{
	t->rank = LIC_RANK_NONE;
	lic_manifest_warn(t->m,
			  "the file ends within line %llu, which grants nothing, because it may be "
			  "cut; end the line if it is whole",
			  (unsigned long long)t->line);
}

static int next_row(struct lic_table *t, size_t *n_fields)
{
	struct lic_delimited *d = &t->d;
	int r = lic_delimited_next(d);

	if (r <= 0)
		return r;
	t->line = d->line;
	if (!*n_fields)
		*n_fields = d->n;
	if (d->n != *n_fields)
		return lic_delimited_bad(
			d, "%zu %s where %s has %zu", d->n, d->n == 1 ? "field" : "fields",
			t->format->n_fields ? "this format" : "the first row", *n_fields);
	for (size_t i = 0; i < t->format->n; i++)
		t->value[i] = t->place[i] >= 0 && (size_t)t->place[i] < d->n
				      ? d->field[t->place[i]]
				      : (struct lic_bytes){ (const uint8_t *)"", 0 };
	if (d->cut && ends_in_rights(t))
		doubt_last_row(t);
	return 1;
}

static int read_table(struct lic_table *t)
{
	const struct lic_table_format *f = t->format;
	char separator = f->separator ? f->separator : t->m->peek.separator;
	size_t n_fields = f->n_fields;
	int r;

	r = lic_delimited_init(&t->d, &t->m->source, separator ? separator : ',', f->quotes,
			       t->err);
	if (r == 0 && !f->place)
		r = read_header(t, &n_fields);
	for (size_t i = 0; f->place && i < f->n; i++)
		t->place[i] = (int)f->place[i];
	while (r >= 0 && (r = next_row(t, &n_fields)) > 0)
		r = hand_over(t);
	return r;
}

/* --- JSON Lines --------------------------------------------------------------------------- */

static bool is_text(int type)
{
	return type == LIC_JSONIN_STRING || type == LIC_JSONIN_NUMBER || type == LIC_JSONIN_TRUE ||
	       type == LIC_JSONIN_FALSE;
}

static int add_text(struct lic_table *t, size_t i, int type)
{
	if (t->j->cut)
		return lic_table_bad(t, "'%s' is longer than %u KiB", t->format->column[i].name,
				     LIC_JSONIN_TEXT_MAX >> 10);
	if (type == LIC_JSONIN_TRUE || type == LIC_JSONIN_FALSE)
		lic_buf_adds(&t->text[i], type == LIC_JSONIN_TRUE ? "true" : "false");
	else
		lic_buf_add(&t->text[i], lic_buf_str(&t->j->text), t->j->text.len);
	if (memchr(lic_buf_str(&t->text[i]), 0, t->text[i].len))
		return lic_table_bad(t, "a NUL in '%s', which no text has",
				     t->format->column[i].name);
	return lic_buf_failed(&t->text[i])
		       ? lic_table_bad(t, "'%s' is too long", t->format->column[i].name)
		       : 0;
}

/* A column that the format asks for itself may hold rights, too. */
static bool may_restrict(const struct lic_table_column *c)
{
	return c->role == LIC_ROLE_LICENSE || c->role == LIC_ROLE_COPYRIGHT ||
	       (c->role == LIC_ROLE_NONE && c->key == LIC_KEY_NONE);
}

static void add_odd(struct lic_table *t, size_t i)
{
	lic_buf_adds(&t->text[i], "{}");
	t->odd[i] = true;
}

/* Several licenses in a list bind together, and all notices in one count; what is no text, nobody
 * can read. */
static int read_list(struct lic_table *t, size_t i)
{
	const struct lic_table_column *c = &t->format->column[i];
	bool license = c->role == LIC_ROLE_LICENSE;
	int r;

	while ((r = lic_jsonin_value(t->j)) > 0) {
		if (is_text(r) && (may_restrict(c) || !t->text[i].len)) {
			if (t->text[i].len)
				lic_buf_adds(&t->text[i], license ? " AND " : "; ");
			r = add_text(t, i, r);
		} else if (license || (may_restrict(c) && r != LIC_JSONIN_NULL)) {
			add_odd(t, i);
		}
		if (r == LIC_JSONIN_OBJECT || r == LIC_JSONIN_ARRAY)
			r = lic_jsonin_leave(t->j);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_value(struct lic_table *t, size_t i)
{
	int r = lic_jsonin_value(t->j);

	if (r < 0 || r == LIC_JSONIN_NULL)
		return r < 0 ? r : 0;
	if (is_text(r))
		return add_text(t, i, r);
	if (r == LIC_JSONIN_ARRAY)
		return read_list(t, i);
	if (may_restrict(&t->format->column[i]))
		add_odd(t, i);
	return lic_jsonin_leave(t->j);
}

static size_t find_key(const struct lic_table *t)
{
	const char *key = lic_buf_str(&t->j->text);
	size_t i = 0;

	while (i < t->format->n && strcasecmp(t->format->column[i].name, key) != 0)
		i++;
	return i;
}

static int read_record(struct lic_table *t)
{
	bool seen[LIC_TABLE_COLUMNS_MAX] = { false };
	int r;

	for (size_t i = 0; i < t->format->n; i++) {
		lic_buf_reset(&t->text[i]);
		t->odd[i] = false;
	}
	while ((r = lic_jsonin_key(t->j)) > 0) {
		size_t i = find_key(t);

		if (i == t->format->n) {
			r = lic_jsonin_skip(t->j);
		} else {
			if (seen[i])
				return lic_table_bad(t, "'%s' stands twice",
						     t->format->column[i].name);
			seen[i] = true;
			r = read_value(t, i);
		}
		if (r < 0)
			return r;
	}
	for (size_t i = 0; r == 0 && i < t->format->n; i++) {
		if (!seen[i] && t->format->column[i].needed)
			return lic_table_bad(t, "no '%s'", t->format->column[i].name);
		t->value[i] = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&t->text[i]),
						  t->text[i].len };
	}
	return r;
}

static int read_lines(struct lic_table *t)
{
	struct lic_buf text[LIC_TABLE_COLUMNS_MAX];
	struct lic_jsonin j;
	int r = lic_jsonin_init(&j, &t->m->source, t->err);

	for (size_t i = 0; i < t->format->n; i++)
		text[i] = (struct lic_buf)LIC_BUF_INIT(LIC_JSONIN_TEXT_MAX * 2);
	t->j = &j;
	t->text = text;
	j.lines = true;
	while (r >= 0 && (r = lic_jsonin_value(&j)) > 0) {
		t->line++;
		if (r != LIC_JSONIN_OBJECT)
			r = lic_table_bad(t, "no JSON object");
		else
			r = read_record(t);
		if (r == 0)
			r = hand_over(t);
	}
	for (size_t i = 0; i < t->format->n; i++)
		lic_buf_release(&text[i]);
	lic_jsonin_release(&j);
	return r;
}

int lic_table_read(struct lic_manifest_reading *m, const struct lic_table_format *format, void *own,
		   struct lic_error *err)
{
	struct lic_table *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", m->name);
	*t = (struct lic_table){
		.m = m, .format = format, .own = own, .rank = format->rank, .err = err
	};
	r = m->peek.first == '{' ? read_lines(t) : read_table(t);
	if (r == 0 && t->keyless)
		lic_manifest_warn(m, "%llu %s no file and no address: no image can join them",
				  (unsigned long long)t->keyless,
				  t->keyless == 1 ? "row names" : "rows name");
	free(t);
	return r;
}
