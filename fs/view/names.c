/* SPDX-License-Identifier: Apache-2.0 */
/* Views of a catalog: by name, by combination, by expression; and their numbers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/catalog_maker.h>

#include "fs/util/hash.h"
#include "fs/view/view.h"

#define PARTS_MAX 64u
#define BY_LICENSE "by-license/"

/* The catalog's user-defined views, read at once. */
struct names {
	struct lic_arena arena;
	struct lic_view_row *row;
	const char **name; /* of the rows, for "did you mean" */
	size_t n, cap;
	const char **license; /* that operators have ever defined */
	size_t n_licenses;
	const char **maker; /* jobs that made the store */
	size_t n_makers;
};

#define NAMES_INIT                                                                                 \
	{                                                                                          \
		.arena = LIC_ARENA_INIT(64u << 20)                                                 \
	}

static void names_release(struct names *l)
{
	lic_arena_release(&l->arena);
	free(l->row);
	free(l->name);
	free(l->license);
	free(l->maker);
}

static const char *copy(struct names *l, const char *s)
{
	return s ? lic_arena_dup(&l->arena, s, strlen(s)) : NULL;
}

static int add_row(void *ctx, const struct lic_view_row *v)
{
	struct names *l = ctx;
	struct lic_view_row row = { v->number, copy(l, v->name), copy(l, v->expr),
				    copy(l, v->basis) };

	if (!row.name || !row.expr || (v->basis && !row.basis))
		return -ENOMEM;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		void *rows = reallocarray(l->row, cap, sizeof(*l->row));
		void *texts;

		if (!rows)
			return -ENOMEM;
		l->row = rows;
		texts = reallocarray(l->name, cap, sizeof(*l->name));
		if (!texts)
			return -ENOMEM;
		l->name = texts;
		l->cap = cap;
	}
	l->name[l->n] = row.name;
	l->row[l->n++] = row;
	return 0;
}

static int add_license(void *ctx, const struct lic_own_license *own)
{
	struct names *l = ctx;
	void *p = reallocarray(l->license, l->n_licenses + 1, sizeof(*l->license));

	if (!p)
		return -ENOMEM;
	l->license = p;
	l->license[l->n_licenses] = copy(l, own->license.id);
	return l->license[l->n_licenses++] ? 0 : -ENOMEM;
}

static int add_maker(void *ctx, const struct lic_maker *m)
{
	struct names *l = ctx;
	void *p;

	if (m->died)
		return 0;
	p = reallocarray(l->maker, l->n_makers + 1, sizeof(*l->maker));
	if (!p)
		return -ENOMEM;
	l->maker = p;
	l->maker[l->n_makers] = copy(l, m->job);
	return l->maker[l->n_makers++] ? 0 : -ENOMEM;
}

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for views");
}

/* What the words of an expression mean here beside names of views. */
static int words_load(struct names *l, struct lic_catalog *cat, struct lic_error *err)
{
	int r = lic_catalog_own_licenses(cat, add_license, l, err);

	if (r == 0)
		r = lic_catalog_makers(cat, add_maker, l, err);
	return r == -ENOMEM ? no_memory(err) : r;
}

static int names_load(struct names *l, struct lic_catalog *cat, struct lic_error *err)
{
	int r = lic_catalog_views(cat, add_row, l, err);

	if (r == -ENOMEM)
		return no_memory(err);
	return r < 0 ? r : words_load(l, cat, err);
}

static struct lic_view_row *find_row(const struct names *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->row[i].name, name) == 0)
			return &l->row[i];
	return NULL;
}

static const char *lookup(void *ctx, const char *name)
{
	const struct lic_view_row *row = find_row(ctx, name);

	return row ? row->expr : NULL;
}

static int compile(struct names *l, const char *expr, const char *self, const char *basis,
		   unsigned flags, struct lic_view **ret, struct lic_error *err)
{
	const struct lic_view_words words = { .lookup = lookup,
					      .ctx = l,
					      .names = l->name,
					      .n_names = l->n,
					      .licenses = l->license,
					      .n_licenses = l->n_licenses,
					      .makers = l->maker,
					      .n_makers = l->n_makers,
					      .self = self };

	if (basis && *basis)
		flags |= LIC_VIEW_HAVE_BASIS;
	return lic_view_compile_words(expr, strlen(expr), flags, &words, ret, err);
}

/* --- parts of a name --- */

struct part {
	int64_t number;
	const char *name, *expr, *basis; /* basis NULL if none */
};

struct license {
	const char *id;
	int64_t number;
	struct lic_nearest {
		const char *id;
		unsigned distance;
	} nearest;
	struct names *names;
};

static int match_license(void *ctx, int64_t number, const char *id)
{
	struct license *l = ctx;
	unsigned d = lic_text_distance(l->id, strlen(l->id), id, strlen(id));

	if (strcmp(l->id, id) == 0)
		l->number = number;
	if (d < l->nearest.distance) {
		l->nearest.id = copy(l->names, id);
		l->nearest.distance = d;
	}
	return 0;
}

static int out_of_numbers(struct lic_error *err, const char *name)
{
	return lic_error_set(err, EOVERFLOW,
			     "there are no numbers left for view '%s', scan into a new catalog",
			     name);
}

static int find_license(struct lic_catalog *cat, struct names *names, struct part *p,
			struct lic_error *err)
{
	const char *id = p->name + strlen(BY_LICENSE);
	struct license l = { .id = id, .names = names };
	char expr[LIC_GLOB_MAX];
	int r;

	l.nearest.distance = (unsigned)(strlen(id) + 2) / 3 + 1;
	r = lic_catalog_licenses(cat, match_license, &l, err);
	if (r < 0)
		return r;
	if (!l.number)
		return lic_error_set(err, ENOENT, "no image here has the license '%s', %s%s%s", id,
				     l.nearest.id ? "did you mean '" : "see 'licensefs status'",
				     l.nearest.id ? l.nearest.id : "", l.nearest.id ? "'?" : "");
	if (l.number > LIC_VIEW_FIRST_COMBINED - 1 - LIC_VIEW_FIRST_LICENSE)
		return out_of_numbers(err, p->name);
	snprintf(expr, sizeof(expr), "license='%s'", id);
	p->number = LIC_VIEW_FIRST_LICENSE + l.number;
	p->expr = copy(names, expr);
	return p->expr ? 0 : no_memory(err);
}

static int no_such_view(const struct names *names, const char *name, struct lic_error *err)
{
	const char *known[16], *meant, *other;
	struct lic_buf shown = LIC_BUF_INIT(256);
	size_t k = 0, n = strlen(name);
	int r;

	for (; lic_view_builtin(k) && k < LIC_ARRAY_SIZE(known); k++)
		known[k] = lic_view_builtin(k)->name;
	meant = lic_text_nearest(name, n, known, k);
	other = lic_text_nearest(name, n, names->name, names->n);
	if (other && (!meant || lic_text_distance(name, n, other, strlen(other)) <
					lic_text_distance(name, n, meant, strlen(meant))))
		meant = other;
	lic_text_show(&shown, name, n < 64 ? n : 64);
	r = lic_error_set(err, ENOENT, "no view is called '%s', %s%s%s", lic_buf_str(&shown),
			  meant ? "did you mean '" : "see 'licensefs view list'",
			  meant ? meant : "", meant ? "'?" : "");
	lic_buf_release(&shown);
	return r;
}

static int find_part(struct lic_catalog *cat, struct names *names, struct part *p,
		     struct lic_error *err)
{
	unsigned builtin = lic_view_builtin_number(p->name, strlen(p->name));
	const struct lic_view_row *row;

	if (builtin) {
		p->number = builtin;
		p->expr = lic_view_builtin(builtin - 1)->expr;
		return 0;
	}
	if (strncmp(p->name, BY_LICENSE, strlen(BY_LICENSE)) == 0)
		return find_license(cat, names, p, err);
	row = find_row(names, p->name);
	if (!row)
		return no_such_view(names, p->name, err);
	if (row->number < LIC_VIEW_FIRST_USER || row->number >= LIC_VIEW_FIRST_LICENSE)
		return out_of_numbers(err, p->name);
	p->number = row->number;
	p->expr = row->expr;
	p->basis = row->basis;
	return 0;
}

static int compare_parts(const void *pa, const void *pb)
{
	const struct part *a = pa, *b = pb;

	return (a->number > b->number) - (a->number < b->number);
}

/* Splits at "+" and finds each part; the result is sorted by number, without repetition. */
static int find_parts(struct lic_catalog *cat, struct names *names, const char *name,
		      struct part *part, size_t *ret_n, struct lic_error *err)
{
	size_t n = 0, kept = 0;

	for (const char *p = name;; p++) {
		size_t len = strcspn(p, "+");
		int r;

		if (n == PARTS_MAX)
			return lic_error_set(err, ENOENT,
					     "a view joins more than %u others, use fewer",
					     PARTS_MAX);
		part[n] = (struct part){ .name = lic_arena_dup(&names->arena, p, len) };
		if (!part[n].name)
			return no_memory(err);
		r = find_part(cat, names, &part[n++], err);
		if (r < 0)
			return r;
		p += len;
		if (!*p)
			break;
	}
	qsort(part, n, sizeof(*part), compare_parts);
	for (size_t i = 1; i < n; i++)
		if (part[i].number != part[kept].number)
			part[++kept] = part[i];
	*ret_n = kept + 1;
	return 0;
}

static int64_t combined_number(const struct part *part, size_t n)
{
	int64_t numbers[PARTS_MAX], mask = 0;

	if (part[n - 1].number < LIC_VIEW_FIRST_USER) {
		for (size_t i = 0; i < n; i++)
			mask |= INT64_C(1) << (part[i].number - 1);
		return LIC_VIEW_FIRST_COMBINED + mask;
	}
	for (size_t i = 0; i < n; i++)
		numbers[i] = part[i].number;
	return LIC_VIEW_FIRST_HASHED + (int64_t)(lic_hash64(numbers, n * sizeof(numbers[0])) %
						 (LIC_VIEW_LAST + 1 - LIC_VIEW_FIRST_HASHED));
}

/* "A & B" of parts that each compile by themselves, with the basis that each was given. */
static int combine(struct names *names, const struct part *part, size_t n, struct lic_view **ret,
		   struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf expr = LIC_BUF_INIT(LIC_EXPR_MAX);
	int r;

	for (size_t i = 0; i < n; i++) {
		struct lic_view *alone;

		r = compile(names, part[i].expr, part[i].name, part[i].basis, 0, &alone, err);
		if (r < 0)
			return r;
		lic_view_free(alone);
		lic_buf_adds(&expr, i ? " & " : "");
		if (part[i].number >= LIC_VIEW_FIRST_LICENSE)
			lic_buf_adds(&expr, part[i].expr);
		else
			lic_buf_adds(&expr, part[i].name);
	}
	if (lic_buf_failed(&expr))
		return no_memory(err);
	return compile(names, lic_buf_str(&expr), NULL, NULL, LIC_VIEW_HAVE_BASIS, ret, err);
}

/* Writes the names of the parts and what they rest on into the view. */
static int describe(struct lic_view *v, const struct part *part, size_t n)
{
	_cleanup_(lic_buf_release) struct lic_buf name = LIC_BUF_INIT(LIC_EXPR_MAX);
	_cleanup_(lic_buf_release) struct lic_buf basis = LIC_BUF_INIT(1u << 20);

	for (size_t i = 0; i < n; i++) {
		lic_buf_adds(&name, i ? "+" : "");
		lic_buf_adds(&name, part[i].name);
		if (!part[i].basis || !*part[i].basis)
			continue;
		lic_buf_adds(&basis, basis.len ? "; " : "");
		lic_buf_adds(&basis, part[i].basis);
	}
	if (lic_buf_failed(&name) || lic_buf_failed(&basis))
		return -ENOMEM;
	v->name = lic_arena_dup(&v->arena, name.data, name.len);
	v->basis = lic_arena_dup(&v->arena, basis.data, basis.len);
	return v->name && v->basis ? 0 : -ENOMEM;
}

int lic_view_by_name(struct lic_catalog *cat, const char *name, struct lic_view **ret,
		     int64_t *ret_number, struct lic_error *err)
{
	_cleanup_(names_release) struct names names = NAMES_INIT;
	struct part part[PARTS_MAX];
	struct lic_view *v;
	size_t n = 0;
	int r = names_load(&names, cat, err);

	if (r == 0)
		r = find_parts(cat, &names, name, part, &n, err);
	if (r < 0)
		return r;
	if (n > 1)
		r = combine(&names, part, n, &v, err);
	else
		r = compile(&names, part[0].expr, part[0].name, part[0].basis, 0, &v, err);
	if (r < 0)
		return r;
	if (describe(v, part, n) < 0) {
		lic_view_free(v);
		return no_memory(err);
	}
	*ret = v;
	if (ret_number)
		*ret_number = n > 1 ? combined_number(part, n) : part[0].number;
	return 0;
}

int lic_view_by_expr(struct lic_catalog *cat, const char *expr, const char *basis, unsigned flags,
		     struct lic_view **ret, int64_t *ret_number, struct lic_error *err)
{
	_cleanup_(names_release) struct names names = NAMES_INIT;
	const struct part part = { 0, "", expr, basis };
	struct lic_view *v;
	int r = names_load(&names, cat, err);

	if (r == 0)
		r = compile(&names, expr, NULL, basis, flags, &v, err);
	if (r < 0)
		return r;
	if (describe(v, &part, 1) < 0) {
		lic_view_free(v);
		return no_memory(err);
	}
	*ret = v;
	if (ret_number)
		*ret_number = LIC_VIEW_FIRST_HASHED +
			      (int64_t)(lic_hash64(expr, strlen(expr)) %
					(LIC_VIEW_LAST + 1 - LIC_VIEW_FIRST_HASHED));
	return 0;
}

/* --- checking before storing --- */

/* The first view that compiled before and does not with the new row. */
static int check_others(struct names *old, struct names *fresh, const char *name,
			struct lic_error *err)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct lic_view_row *row = &old->row[i];
		struct lic_error ignored = LIC_ERROR_INIT;
		struct lic_view *v;
		int r;

		if (strcmp(row->name, name) == 0)
			continue;
		if (compile(old, row->expr, row->name, row->basis, 0, &v, &ignored) < 0)
			continue;
		lic_view_free(v);
		r = compile(fresh, row->expr, row->name, row->basis, 0, &v, err);
		if (r < 0) {
			lic_error_prefix(err, "view '%s' names '%s' and would no longer work",
					 row->name, name);
			return r;
		}
		lic_view_free(v);
	}
	return 0;
}

static int bad_name(const char *name, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(512);

	lic_text_show(&shown, name, strnlen(name, LIC_VIEW_NAME_MAX + 1));
	return lic_error_set(err, EINVAL,
			     "'%s' cannot name a view, use at most %u letters, digits, '-', '_' "
			     "and '.', and no word of the language nor a built-in view",
			     lic_buf_str(&shown), LIC_VIEW_NAME_MAX);
}

int lic_view_check(struct lic_catalog *cat, const char *name, const char *expr, const char *basis,
		   struct lic_error *err)
{
	_cleanup_(names_release) struct names old = NAMES_INIT, fresh = NAMES_INIT;
	const struct lic_view_row row = { LIC_VIEW_FIRST_USER, name, expr, basis };
	struct lic_view *v;
	int r;

	if (!lic_view_name_valid(name))
		return bad_name(name, err);
	r = names_load(&old, cat, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < old.n && r == 0; i++)
		if (strcmp(old.row[i].name, name) != 0)
			r = add_row(&fresh, &old.row[i]);
	if (r == 0)
		r = add_row(&fresh, &row);
	if (r < 0)
		return no_memory(err);
	r = words_load(&fresh, cat, err);
	if (r < 0)
		return r;
	r = compile(&fresh, expr, name, basis, 0, &v, err);
	if (r < 0)
		return r;
	lic_view_free(v);
	return check_others(&old, &fresh, name, err);
}
