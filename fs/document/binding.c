/* SPDX-License-Identifier: Apache-2.0 */
/* Which images a document means: its columns and its bases are voted for, then its subjects get
 * what they name. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/document/matching.h"

#define FOUND_MAX LIC_SUBJECT_NAMES_MAX
#define BASES_MAX 4096	      /* of one document; more are none */
#define VOTES_MAX (16u << 20) /* for one document, of names that many images have */
#define MEASURES(found, all) ((found) < (all) - (found))

/* One directory that names of one tag have in common. */
struct base {
	uint32_t place;
	uint8_t tag;
	bool twin; /* has the names of the winner, and more: of another copy or split */
	unsigned near, words, steps; /* how near to the document */
	size_t votes, voted;	     /* names; the last one that voted */
};

/* What is known of a tag. */
struct column {
	size_t names, found;
	size_t numbers, numbers_found;
	size_t most; /* votes of a base */
};

struct found {
	struct lic_candidates all;
	unsigned tag;
	bool number;
	size_t id, n; /* in `ids`: what it means; none: nobody knows */
};

struct lic_binding {
	struct lic_binder *b;
	uint32_t place; /* of the document's directory */
	struct lic_bytes name;
	struct base *base;
	size_t n_base, base_cap;
	uint16_t table[BASES_MAX * 2]; /* of bases, by place and tag; 0: free */
	uint16_t win[BASES_MAX];       /* bases that win */
	size_t n_win;
	size_t names, work;
	struct column column[LIC_TAG_END];
	unsigned best;	 /* tag that names images; LIC_TAG_END: none */
	int64_t suspect; /* image */
	/* the present subject */
	bool any;
	struct found found[FOUND_MAX];
	unsigned n_found;
	int64_t *ids; /* of its names, then of it */
	size_t n_ids, ids_cap;
	int64_t *images;
	size_t n_images, images_cap;
};

int lic_binding_new(struct lic_binder *b, int64_t dir, const struct lic_bytes *name,
		    struct lic_binding **ret)
{
	struct lic_binding *x = calloc(1, sizeof(*x));
	uint8_t *copy = malloc(name->n + 1);
	int r = x && copy ? 0 : -ENOMEM;

	if (r == 0)
		r = lic_places_of(&b->places, dir, &x->place);
	if (r < 0) {
		free(copy);
		free(x);
		return r;
	}
	memcpy(copy, name->p, name->n);
	x->name = (struct lic_bytes){ copy, name->n };
	x->b = b;
	x->best = LIC_TAG_END;
	*ret = x;
	return 0;
}

void lic_binding_free(struct lic_binding *x)
{
	if (!x)
		return;
	free((void *)(uintptr_t)x->name.p);
	free(x->base);
	free(x->ids);
	free(x->images);
	free(x);
}

/* --- votes -------------------------------------------------------------------------------- */

/* Where a base stands in the table, or may. */
static uint16_t *base_slot(struct lic_binding *x, unsigned tag, uint32_t place)
{
	size_t i = (place * 2654435761u ^ tag * 40503u) % LIC_ARRAY_SIZE(x->table);

	for (; x->table[i]; i = (i + 1) % LIC_ARRAY_SIZE(x->table)) {
		const struct base *v = &x->base[x->table[i] - 1];

		if (v->place == place && v->tag == tag)
			break;
	}
	return &x->table[i];
}

static int vote(struct lic_binding *x, unsigned tag, uint32_t place)
{
	uint16_t *slot = base_slot(x, tag, place);
	struct base *v;

	if (!*slot && x->n_base == BASES_MAX)
		return 0;
	if (!*slot) {
		if (!lic_matching_grow(&x->base, x->n_base, &x->base_cap, sizeof(*x->base)))
			return -ENOMEM;
		x->base[x->n_base++] = (struct base){ .place = place, .tag = (uint8_t)tag };
		*slot = (uint16_t)x->n_base;
	}
	v = &x->base[*slot - 1];
	if (v->voted != x->names) {
		v->voted = x->names;
		v->votes++;
	}
	return 0;
}

/* Does the name say another split of the dataset than that in which the image lies? */
static bool is_elsewhere(const struct lic_binding *x, const struct lic_wording *w,
			 const struct lic_candidates *c, uint32_t base)
{
	const struct lic_places *p = &x->b->places;
	struct lic_bytes there;

	if (c->shared + 1 >= w->n || base == LIC_PLACE_NONE || !p->item[base].depth)
		return false;
	there = lic_places_name(p, base);
	return lic_wording_other_split(&w->part[c->shared + 1], &there);
}

/* A name that many images have says little: not all of them are asked for ever. */
static int vote_all(struct lic_binding *x, unsigned tag, const struct lic_wording *w,
		    const struct lic_candidates *c)
{
	struct lic_candidates own;
	size_t n = c->end - c->first;
	int r = 0;

	if (n > LIC_CANDIDATES_MAX) {
		x->work += n;
		if (x->work > VOTES_MAX) {
			lic_binder_narrow(x->b, w, c, x->place, &own);
			return own.first < own.end ? vote(x, tag, x->place) : 0;
		}
	}
	for (size_t i = c->first; r == 0 && i < c->end; i++) {
		uint32_t base = lic_binder_base(x->b, c, i);

		if (!is_elsewhere(x, w, c, base))
			r = vote(x, tag, base);
	}
	return r;
}

int lic_binding_count(struct lic_binding *x, unsigned tag, const struct lic_bytes *name)
{
	struct lic_wording *w = &x->b->wording;
	struct column *k = &x->column[tag];
	struct lic_candidates c;

	if (tag == LIC_TAG_MEMBER || !lic_wording_parse(x->b->root, x->b->n_roots, name, w))
		return 0;
	x->names++;
	k->names++;
	k->numbers += w->number;
	lic_binder_find(x->b, w, &c);
	if (c.first == c.end)
		return 0;
	k->found++;
	k->numbers_found += w->number;
	if (tag == LIC_TAG_SUSPECT) {
		for (size_t i = c.first; i < c.end && !x->suspect; i++)
			x->suspect = x->b->match[i].id > 0 ? x->b->match[i].id : 0;
		return 0;
	}
	return vote_all(x, tag, w, &c);
}

int64_t lic_binding_suspect(const struct lic_binding *x)
{
	return x->suspect;
}

/* --- columns ------------------------------------------------------------------------------ */

/* Names of a column that find images and are no measures. */
static size_t named(const struct column *k)
{
	return k->found - (MEASURES(k->numbers_found, k->numbers) ? k->numbers_found : 0);
}

static void choose_column(struct lic_binding *x)
{
	unsigned columns = 0;
	size_t most = 0;

	for (unsigned t = LIC_TAG_COLUMN; t < LIC_TAG_END; t++)
		columns += x->column[t].names > 0;
	for (unsigned t = LIC_TAG_COLUMN; t < LIC_TAG_END; t++) {
		size_t n = columns > 1 ? named(&x->column[t]) : x->column[t].found;

		if (n > most) {
			most = n;
			x->best = t;
		}
	}
}

/* --- bases -------------------------------------------------------------------------------- */

static bool is_word_byte(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80;
}

/* Is it a word of the document's name, letter case aside? */
static bool names_word(const struct lic_bytes *name, const struct lic_bytes *word)
{
	for (size_t i = 0; i + word->n <= name->n; i++) {
		if (strncasecmp((const char *)name->p + i, (const char *)word->p, word->n) == 0 &&
		    (i == 0 || !is_word_byte(name->p[i - 1])) &&
		    (i + word->n == name->n || !is_word_byte(name->p[i + word->n])))
			return true;
	}
	return false;
}

/* Steps that the base and the document's directory have in common, and that lead on to the base;
 * components among the latter that the document's name has as words. */
static void measure(const struct lic_binding *x, struct base *v)
{
	const struct lic_places *p = &x->b->places;
	uint32_t a = v->place, d = x->place;

	while (p->item[d].depth > p->item[a].depth)
		d = p->item[d].parent;
	v->steps = v->words = 0;
	while (a != d) {
		struct lic_bytes name = lic_places_name(p, a);

		v->words += names_word(&x->name, &name);
		v->steps++;
		a = p->item[a].parent;
		if (p->item[d].depth > p->item[a].depth)
			d = p->item[d].parent;
	}
	v->near = p->item[a].depth;
}

/* > 0 where v is nearer to the document than u, or has more of its words. */
static int compare_bases(const struct lic_binding *x, const struct base *v, const struct base *u)
{
	if ((v->place == x->place) != (u->place == x->place))
		return v->place == x->place ? 1 : -1;
	if (v->near != u->near)
		return v->near > u->near ? 1 : -1;
	if (v->words != u->words)
		return v->words > u->words ? 1 : -1;
	return 0;
}

/* Among equal ones the way that is shorter. */
static int compare_steps(const struct lic_binding *x, const struct base *v, const struct base *u)
{
	int c = v->place == x->place || u->place == x->place || v->near != u->near
			? compare_bases(x, v, u)
			: 0;

	if (c || v->near != u->near)
		return c;
	if (v->steps != u->steps)
		return v->steps < u->steps ? 1 : -1;
	return compare_bases(x, v, u);
}

static void choose_bases(struct lic_binding *x, unsigned tag)
{
	struct column *k = &x->column[tag];
	struct base *best = NULL;
	bool tie = false;

	for (struct base *v = x->base; v < x->base + x->n_base; v++) {
		int c;

		if (v->tag != tag || v->votes < k->most)
			continue;
		c = best ? compare_steps(x, v, best) : 1;
		if (c > 0)
			best = v;
		tie = c == 0 || (tie && c < 0);
	}
	if (!best || tie)
		return;
	/* one that is surely meant, of which a few images are gone */
	for (struct base *v = x->base; v < x->base + x->n_base; v++)
		if (v->tag == tag && v->votes * 10 >= k->most * 9 && compare_bases(x, v, best) > 0)
			best = v;
	for (struct base *v = x->base; v < x->base + x->n_base; v++) {
		if (v->tag != tag)
			continue;
		v->twin = v == best || (v->votes + best->votes > k->found &&
					(v->votes + best->votes - k->found) * 2 >= best->votes);
		if (v == best || (v->votes * 2 >= k->most && compare_bases(x, v, best) > 0))
			x->win[x->n_win++] = (uint16_t)(v - x->base);
	}
}

int lic_binding_choose(struct lic_binding *x)
{
	for (struct base *v = x->base; v < x->base + x->n_base; v++) {
		measure(x, v);
		if (v->votes > x->column[v->tag].most)
			x->column[v->tag].most = v->votes;
	}
	for (unsigned t = 0; t < LIC_TAG_END; t++)
		if (x->column[t].most)
			choose_bases(x, t);
	choose_column(x);
	return 0;
}

/* --- subjects ----------------------------------------------------------------------------- */

void lic_binding_subject(struct lic_binding *x, bool any)
{
	x->any = any;
	x->n_found = 0;
	x->n_ids = x->n_images = 0;
}

static int add_ids(struct lic_binding *x, const struct lic_candidates *c,
		   const struct lic_wording *w)
{
	for (size_t i = c->first; i < c->end; i++) {
		if (is_elsewhere(x, w, c, lic_binder_base(x->b, c, i)))
			continue;
		if (!lic_matching_grow(&x->ids, x->n_ids, &x->ids_cap, sizeof(*x->ids)))
			return -ENOMEM;
		x->ids[x->n_ids++] = x->b->match[i].id;
	}
	return 0;
}

/* Do all of its images lie in twins of the winner, which lacks it? */
static bool is_of_twins(struct lic_binding *x, const struct found *f)
{
	for (size_t i = f->all.first; i < f->all.end; i++) {
		uint16_t slot = *base_slot(x, f->tag, lic_binder_base(x->b, &f->all, i));

		if (!slot || !x->base[slot - 1].twin)
			return false;
	}
	return true;
}

/* Does a winning base have the directory that a name says, which then lacks the file? */
static bool is_missed(const struct lic_binding *x, const struct found *f,
		      const struct lic_wording *w)
{
	for (size_t i = 0; i < x->n_win; i++) {
		const struct base *v = &x->base[x->win[i]];

		for (unsigned top = f->all.shared + 1; v->tag == f->tag && top < w->n; top++) {
			uint32_t place = v->place;

			for (unsigned k = top; k > 0 && place != LIC_PLACE_NONE; k--)
				place = lic_places_find(&x->b->places, place, &w->part[k]);
			if (place != LIC_PLACE_NONE)
				return true;
		}
	}
	return false;
}

/* What a name means: images in all of the winning bases; where none has it, all that have it. What
 * one of several lacks, or has only twins, or is not in its directory, was there once and is no
 * more. */
static int settle(struct lic_binding *x, struct found *f, const struct lic_wording *w)
{
	const struct lic_candidates *all = &f->all;
	size_t wins = 0, has = 0, lacks = 0, other = 0;
	int r = 0;

	f->id = x->n_ids;
	for (size_t i = 0; r == 0 && i < x->n_win; i++) {
		const struct base *v = &x->base[x->win[i]];
		struct lic_candidates some;

		if (v->tag != f->tag)
			continue;
		lic_binder_narrow(x->b, w, all, v->place, &some);
		wins += v->twin;
		has += some.first < some.end;
		other += !v->twin && some.first < some.end;
		lacks += v->twin && some.first == some.end;
		if (some.end - some.first <= LIC_CANDIDATES_MAX)
			r = add_ids(x, &some, w);
	}
	if (has && lacks && !other)
		x->n_ids = f->id;
	else if (r == 0 && !has && all->end - all->first <= LIC_CANDIDATES_MAX &&
		 !(wins && is_of_twins(x, f)) && !is_missed(x, f, w))
		r = add_ids(x, all, w);
	f->n = x->n_ids - f->id;
	return r;
}

int lic_binding_name(struct lic_binding *x, unsigned tag, const struct lic_bytes *name)
{
	struct lic_wording *w = &x->b->wording;
	struct found *f = &x->found[x->n_found];

	if (tag == LIC_TAG_MEMBER || tag == LIC_TAG_SUSPECT || tag >= LIC_TAG_END ||
	    x->n_found == FOUND_MAX)
		return 0;
	*f = (struct found){ .tag = tag };
	x->n_found++;
	if (!lic_wording_parse(x->b->root, x->b->n_roots, name, w))
		return 0;
	f->number = w->number;
	lic_binder_find(x->b, w, &f->all);
	return f->all.first < f->all.end ? settle(x, f, w) : 0;
}

/* The tag that names the images of this subject. */
static unsigned naming(const struct lic_binding *x)
{
	unsigned best = LIC_TAG_END;

	for (unsigned i = 0; i < x->n_found; i++) {
		unsigned t = x->found[i].tag;

		if (t == x->best)
			return t;
		if (t < LIC_TAG_COLUMN || !named(&x->column[t]))
			continue;
		if (best == LIC_TAG_END || named(&x->column[t]) > named(&x->column[best]) ||
		    (named(&x->column[t]) == named(&x->column[best]) && t < best))
			best = t;
	}
	return best;
}

static int take(struct lic_binding *x, const struct found *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!lic_matching_grow(&x->images, x->n_images, &x->images_cap, sizeof(*x->images)))
			return -ENOMEM;
		x->images[x->n_images++] = x->ids[f->id + i];
	}
	return 0;
}

/* Does a name of another column, or an address, say something that is not known yet? */
static bool adds(const struct lic_binding *x, const struct found *f)
{
	const struct column *k = &x->column[f->tag];

	if (f->number && MEASURES(k->numbers_found, k->numbers))
		return false;
	for (size_t i = f->all.first; i < f->all.end && i - f->all.first < LIC_CANDIDATES_MAX; i++)
		for (size_t n = 0; n < x->n_images; n++)
			if (x->images[n] == x->b->match[i].id)
				return false;
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void tidy(struct lic_binding *x)
{
	size_t n = 0;

	if (x->n_images > 1)
		qsort(x->images, x->n_images, sizeof(*x->images), compare_ids);
	for (size_t i = 0; i < x->n_images; i++)
		if (!n || x->images[n - 1] != x->images[i])
			x->images[n++] = x->images[i];
	x->n_images = n;
}

/* A hidden file is no image that is known. */
static void leave_hidden(struct lic_binding *x)
{
	size_t n = 0;

	while (n < x->n_images && x->images[n] < 0)
		n++;
	x->n_images = n && !x->any ? 0 : x->n_images - n;
	if (n)
		memmove(x->images, x->images + n, x->n_images * sizeof(*x->images));
}

int lic_binding_images(struct lic_binding *x, const int64_t **ret, size_t *ret_n)
{
	const unsigned tag = naming(x);
	int r = 0;

	x->n_images = 0;
	for (unsigned i = 0; r == 0 && i < x->n_found; i++) {
		const struct found *f = &x->found[i];

		if (f->tag != tag || (!f->n && x->any))
			continue;
		if (!f->n) {
			*ret_n = x->n_images = 0;
			*ret = x->images;
			return 0;
		}
		r = take(x, f);
	}
	/* what may stay for any of its images must not get more of them */
	for (unsigned i = 0; r == 0 && x->n_images && !x->any && i < x->n_found; i++)
		if (x->found[i].tag != tag && adds(x, &x->found[i]))
			r = take(x, &x->found[i]);
	tidy(x);
	leave_hidden(x);
	*ret = x->images;
	*ret_n = x->n_images;
	return r;
}
