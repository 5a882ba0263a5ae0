/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a snapshot, and what has become of it. */
#include <errno.h>
#include <string.h>

#include <licensefs/snapshot.h>
#include <licensefs/sum.h>

struct summing {
	struct lic_snapshot *s;
	struct lic_catalog *cat;
	struct lic_snapshot_summary *sum;
	int64_t now;
	size_t last; /* license that was counted last, plus 1 */
	struct lic_error *err;
};

static int no_memory(struct summing *x)
{
	return lic_error_set(x->err, ENOMEM, "out of memory for licenses");
}

/* Few licenses, and mostly the same one again. */
static int find_license(struct summing *x, const char *license, struct lic_snapshot_license **ret)
{
	struct lic_snapshot_summary *s = x->sum;

	if (x->last && strcmp(s->license[x->last - 1].license, license) == 0) {
		*ret = &s->license[x->last - 1];
		return 0;
	}
	for (x->last = 1; x->last <= s->n; x->last++) {
		*ret = &s->license[x->last - 1];
		if (strcmp((*ret)->license, license) == 0)
			return 0;
	}
	x->last = 0;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		void *p = reallocarray(s->license, cap, sizeof(*s->license));

		if (!p)
			return no_memory(x);
		s->license = p;
		s->cap = cap;
	}
	s->license[s->n] = (struct lic_snapshot_license){ .license = strdup(license) };
	if (!s->license[s->n].license)
		return no_memory(x);
	*ret = &s->license[s->n];
	x->last = ++s->n;
	return 0;
}

static int sum_image(struct summing *x, const struct lic_then *t)
{
	const struct lic_rights *rights = lic_catalog_rights(x->cat, t->rights, x->err);
	struct lic_snapshot_license *l = NULL;
	enum lic_member_state state;
	int r;

	if (!rights)
		return x->err && x->err->code ? -x->err->code : -EIO;
	r = find_license(x, rights->license, &l);
	if (r == 0)
		r = lic_snapshot_state(x->s, &t->m, x->now, &state, x->err);
	if (r < 0)
		return r;
	l->images++;
	lic_sum_size(&l->bytes, t->m.e.st.size);
	x->sum->state[state]++;
	x->sum->archived += t->in_archive;
	if (t->m.e.rights != t->rights && state != LIC_MEMBER_REVOKED)
		x->sum->changed++;
	return 0;
}

static int sum_one(void *ctx, const struct lic_then *t)
{
	struct summing *x = ctx;
	enum lic_member_state state;
	int r;

	if (t->m.e.kind == LIC_KIND_IMAGE)
		return sum_image(x, t);
	if (t->m.e.kind == LIC_KIND_DIR)
		return 0;
	r = lic_snapshot_state(x->s, &t->m, x->now, &state, x->err);
	if (r < 0)
		return r;
	if (state == LIC_MEMBER_REVOKED)
		x->sum->state[state]++; /* a mask */
	else if (state != LIC_MEMBER_AS_WAS)
		x->sum->ended++;
	else if (t->m.e.kind == LIC_KIND_DOCUMENT)
		x->sum->documents++;
	else if (t->m.e.kind == LIC_KIND_COMPANION)
		x->sum->companions++;
	else
		x->sum->inert++;
	return 0;
}

static int by_images(const void *a, const void *b)
{
	const struct lic_snapshot_license *x = a, *y = b;

	if (x->images != y->images)
		return x->images < y->images ? 1 : -1;
	return strcmp(x->license, y->license);
}

int lic_snapshot_summarize(struct lic_snapshot *s, int64_t now, struct lic_snapshot_summary *ret,
			   struct lic_error *err)
{
	struct summing x = {
		.s = s, .cat = lic_snapshot_catalog(s), .sum = ret, .now = now, .err = err
	};
	int r;

	*ret = (struct lic_snapshot_summary){ .n = 0 };
	r = lic_snapshot_each(s, sum_one, &x, err);
	if (r == 0)
		r = lic_snapshot_erased(s, &ret->erased, err);
	if (ret->n)
		qsort(ret->license, ret->n, sizeof(*ret->license), by_images);
	return r;
}

void lic_snapshot_summary_release(struct lic_snapshot_summary *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->license[i].license);
	free(s->license);
	*s = (struct lic_snapshot_summary){ .n = 0 };
}
