/* SPDX-License-Identifier: Apache-2.0 */
/* Which images look like a picture. */
#include <stdlib.h>
#include <string.h>

#include "likes.h"
#include "output.h"

static void add(struct likes *l, struct like_match m)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		struct like_match *more = reallocarray(l->item, cap, sizeof(*more));

		if (!more)
			output_out_of_memory();
		l->item = more;
		l->cap = cap;
	}
	l->item[l->n++] = m;
}

struct by_bytes {
	struct likes *likes;
	size_t example;
};

static int same_bytes(void *ctx, const struct lic_entry *e)
{
	struct by_bytes *b = ctx;

	if (e->kind == LIC_KIND_IMAGE)
		add(b->likes, (struct like_match){ e->id, 0, true, b->example });
	return 0;
}

static int compare(void *ctx, int64_t entry, const struct lic_likeness *like)
{
	struct likes *l = ctx;

	for (size_t i = 0; i < l->examples->n_examples; i++) {
		const struct lic_example *e = &l->examples->example[i].is;
		unsigned d = e->has_likeness ? lic_likeness_distance(&e->likeness, like)
					     : LIC_LIKENESS_FAR;

		if (d <= LIC_LIKENESS_NEAR)
			add(l, (struct like_match){ entry, d, false, i });
	}
	return 0;
}

static int rank(const struct like_match *a, const struct like_match *b)
{
	int c = (a->distance > b->distance) - (a->distance < b->distance);

	if (!c)
		c = (int)b->bytes - (int)a->bytes;
	if (!c)
		c = (a->id > b->id) - (a->id < b->id);
	return c ? c : (a->example > b->example) - (a->example < b->example);
}

static int by_image(const void *pa, const void *pb)
{
	const struct like_match *a = pa, *b = pb;
	int c = (a->id > b->id) - (a->id < b->id);

	return c ? c : rank(a, b);
}

static int by_rank(const void *pa, const void *pb)
{
	return rank(pa, pb);
}

/* Of what several examples find, or bytes and likeness both, the best stays. */
static void sort(struct likes *l)
{
	size_t n = 0;

	if (!l->n)
		return;
	qsort(l->item, l->n, sizeof(*l->item), by_image);
	for (size_t i = 0; i < l->n; i++)
		if (!n || l->item[n - 1].id != l->item[i].id)
			l->item[n++] = l->item[i];
	l->n = n;
	qsort(l->item, l->n, sizeof(*l->item), by_rank);
}

int likes_find(struct likes *l, struct lic_catalog *cat, const struct selectors *examples,
	       struct lic_error *err)
{
	int r = lic_catalog_keeps_likeness(cat, &l->kept, err);

	l->examples = examples;
	if (r == 0)
		r = lic_catalog_likeness_counts(cat, &l->waiting, &l->known, &l->none, err);
	for (size_t i = 0; r == 0 && i < examples->n_examples; i++) {
		struct by_bytes b = { l, i };

		r = lic_catalog_by_hash(cat, &examples->example[i].is.hash, same_bytes, &b, err);
	}
	if (r == 0 && l->kept)
		r = lic_catalog_likenesses(cat, compare, l, err);
	sort(l);
	return r;
}

void likes_release(struct likes *l)
{
	free(l->item);
	memset(l, 0, sizeof(*l));
}

void likes_say(const struct likes *l, bool limits)
{
	bool compared = false;
	char a[32], b[32];

	for (size_t i = 0; i < l->examples->n_examples; i++) {
		const struct example *e = &l->examples->example[i];
		struct lic_buf name = LIC_BUF_INIT(1u << 20);

		lic_text_quote(&name, e->file, strlen(e->file));
		compared = compared || e->is.has_likeness;
		if (!e->is.has_likeness && l->kept)
			output_say("%s has no likeness (%s): only files with the same bytes are "
				   "found",
				   lic_buf_str(&name), e->is.why);
		lic_buf_release(&name);
	}
	if (!l->kept) {
		output_say("this catalog keeps no likenesses: only files with the same bytes are "
			   "found; 'licensefs scan --similar STORE' computes them");
		return;
	}
	if (compared && !l->n)
		output_say("no picture is that near: the same is taken to be at distance %u of %u "
			   "or nearer",
			   LIC_LIKENESS_NEAR, LIC_LIKENESS_FAR);
	else if (limits && compared)
		output_say("taken for the same picture: distance %u of %u or nearer; so near by "
			   "chance: %s",
			   LIC_LIKENESS_NEAR, LIC_LIKENESS_FAR, LIC_LIKENESS_FALSE);
	if (l->waiting)
		output_say("%s of %s images wait for their likeness; 'licensefs scan' computes it",
			   output_count(l->waiting, a),
			   output_count(l->waiting + l->known + l->none, b));
	likes_say_none(l->none, l->waiting + l->known + l->none, "found");
}

int likes_count_none(struct lic_catalog *cat, int64_t *ret_none, int64_t *ret_images,
		     struct lic_error *err)
{
	int64_t waiting, known;
	int r = lic_catalog_likeness_counts(cat, &waiting, &known, ret_none, err);

	*ret_images = r == 0 ? waiting + known + *ret_none : 0;
	return r;
}

void likes_say_none(int64_t none, int64_t images, const char *what)
{
	char a[32], b[32];

	if (none)
		output_say("%s of %s images %s no likeness and %s %s by %s bytes alone",
			   output_count(none, a), output_count(images, b),
			   output_plural(none, "has", "have"), output_plural(none, "is", "are"),
			   what, output_plural(none, "its", "their"));
}
