/* SPDX-License-Identifier: Apache-2.0 */
/* Many decisions made at once, from operands and from lists of names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decide.h"
#include "pattern.h"

#define SET_MAX (1u << 30)

void decide_set_release(struct decide_set *set)
{
	free(set->d);
	lic_arena_release(&set->arena);
}

void decide_set_add(struct decide_set *set, const struct lic_decision *d)
{
	if (set->n == set->cap) {
		size_t cap = set->cap ? 2 * set->cap : 16;
		void *p = reallocarray(set->d, cap, sizeof(*set->d));

		if (!p)
			output_out_of_memory();
		set->d = p;
		set->cap = cap;
	}
	set->arena.max = SET_MAX;
	set->d[set->n] = *d;
	set->d[set->n].pattern.p =
		(const uint8_t *)lic_arena_dup(&set->arena, d->pattern.p, d->pattern.n);
	if (!set->d[set->n++].pattern.p)
		output_out_of_memory();
}

static int add_name(struct decide_set *set, const struct store *store, const char *name, size_t n,
		    const struct lic_decision *like, struct lic_error *err)
{
	struct lic_buf text = LIC_BUF_INIT(1u << 20);
	struct lic_decision d = *like;
	int r;

	if (strlen(name) != n)
		return lic_error_set(err, EINVAL, "a name holds a NUL byte; is --null missing?");
	r = pattern_literal(store, name, &text, &d, err);
	if (r == 0)
		decide_set_add(set, &d);
	lic_buf_release(&text);
	return r;
}

int decide_set_read(struct decide_set *set, const struct store *store, const char *file, bool null,
		    const struct lic_decision *like, struct lic_error *err)
{
	FILE *in = file ? fopen(file, "re") : stdin;
	struct lic_buf shown = LIC_BUF_INIT(1u << 16);
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t n;
	int r = 0;

	lic_text_quote(&shown, file ? file : "standard input",
		       strlen(file ? file : "standard input"));
	if (!in) {
		r = lic_error_sys(err, errno, "cannot open %s", lic_buf_str(&shown));
		lic_buf_release(&shown);
		return r;
	}
	while (r == 0 && (n = getdelim(&line, &cap, null ? 0 : '\n', in)) > 0) {
		number++;
		if (line[n - 1] == (null ? 0 : '\n'))
			line[--n] = 0;
		if (n)
			r = add_name(set, store, line, (size_t)n, like, err);
	}
	if (r == 0 && ferror(in))
		r = lic_error_sys(err, errno, "cannot read %s", lic_buf_str(&shown));
	else if (r < 0)
		lic_error_prefix(err, "%s, name %zu", lic_buf_str(&shown), number);
	free(line);
	if (file)
		fclose(in);
	lic_buf_release(&shown);
	return r;
}

static int compare(const struct lic_decision *a, const struct lic_decision *b)
{
	size_t n = a->pattern.n < b->pattern.n ? a->pattern.n : b->pattern.n;
	int c = n ? memcmp(a->pattern.p, b->pattern.p, n) : 0;

	if (!c)
		c = (a->pattern.n > b->pattern.n) - (a->pattern.n < b->pattern.n);
	return c ? c : (int)a->exact - (int)b->exact;
}

static int by_pattern(const void *pa, const void *pb, void *ctx)
{
	const struct lic_decision *d = ctx;
	size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
	int c = compare(&d[a], &d[b]);

	return c ? c : (a > b) - (a < b);
}

void decide_set_unique(struct decide_set *set)
{
	size_t *order = calloc(set->n + 1, sizeof(*order));
	bool *twice = calloc(set->n + 1, sizeof(*twice));
	size_t n = 0;

	if (!order || !twice)
		output_out_of_memory();
	for (size_t i = 0; i < set->n; i++)
		order[i] = i;
	qsort_r(order, set->n, sizeof(*order), by_pattern, set->d);
	for (size_t i = 1; i < set->n; i++)
		twice[order[i]] = compare(&set->d[order[i - 1]], &set->d[order[i]]) == 0;
	for (size_t i = 0; i < set->n; i++)
		if (!twice[i])
			set->d[n++] = set->d[i];
	set->n = n;
	free(order);
	free(twice);
}
