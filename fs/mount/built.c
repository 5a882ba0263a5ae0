/* SPDX-License-Identifier: Apache-2.0 */
/* From the index of a document to one state of a view of it. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "fs/document/index.h"
#include "fs/mount/built.h"
#include "fs/util/hash.h"

#define USES (1u << 17) /* looked up at once: 5 MiB while it is made */
#define SAMPLES 8
#define QUIET 64
#define STALE_ASKED 1000u /* new stale images that are asked about one by one */

/* That a subject has an image. */
struct use {
	int64_t image;
	uint64_t subject;
	bool any;
};

struct making {
	struct lic_worker *w;
	struct lic_filter *f;
	struct lic_snapshot *pin; /* of `f`, or NULL */
	struct lic_entry e;
	struct lic_document d;
	uint8_t *shown;	   /* a bit for each subject */
	uint64_t subjects; /* whose images were read */
	struct use *use;   /* USES of them */
	size_t n_use;
	const int64_t *asked_of;      /* images whose changes are read */
	int64_t *id, *rights, *since; /* of the distinct images of `use` */
	uint8_t *seen;
	int64_t *stale; /* ascending */
	size_t n_stale;
	struct lic_ranges_maker *maker;
	struct lic_hasher *hasher;
	int64_t base;			       /* changes up to this generation are known */
	int64_t first_at;		       /* when the document was first bound, seconds */
	int64_t asked, asked_at;	       /* generation whose time was asked for last */
	struct lic_rights_change quiet[QUIET]; /* whose part in this is known already */
	struct lic_built b;
};

static void release(struct making *m)
{
	free(m->shown);
	free(m->use);
	free(m->id);
	free(m->rights);
	free(m->since);
	free(m->seen);
	free(m->stale);
	lic_ranges_abandon(m->maker);
	lic_hasher_free(m->hasher);
	lic_built_release(&m->b);
}

void lic_built_release(struct lic_built *b)
{
	lic_ranges_free(b->ranges);
	b->ranges = NULL;
}

/* --- since when it is so --------------------------------------------------------------------- */

static int time_of(struct making *m, int64_t generation, int64_t *ret)
{
	int r = 0;

	if (m->asked != generation) {
		r = lic_catalog_generation_time(m->w->cat, generation, &m->asked_at, NULL);
		m->asked = r == 0 ? generation : 0;
	}
	*ret = m->asked_at;
	return r;
}

static int note_change(struct making *m, int64_t generation)
{
	int64_t at;
	int r;

	if (generation <= m->b.changed)
		return 0;
	r = time_of(m, generation, &at);
	if (r < 0)
		return r;
	m->b.changed = generation;
	if (at > m->b.changed_at)
		m->b.changed_at = at;
	return 0;
}

/* What happens to others than members after a snapshot was made is not seen in it. */
static int is_seen(struct making *m, int64_t image, bool later, bool *ret)
{
	*ret = true;
	return m->pin && later ? lic_snapshot_has(m->pin, image, ret, NULL) : 0;
}

/* Rights that ended by themselves before `now`, and were shown until then. */
static int note_end(struct making *m, int64_t image, int64_t rights, int64_t now)
{
	const struct lic_rights *r = lic_catalog_rights(m->w->cat, rights, NULL);
	bool was = true, seen;
	int e = 0;

	if (!r)
		return -EIO;
	if (!r->until || r->until > now || r->until <= m->first_at || r->until <= m->b.changed_at)
		return 0;
	e = is_seen(m, image, m->pin && r->until > lic_snapshot_info(m->pin)->at, &seen);
	if (e < 0 || !seen)
		return e;
	if (!lic_definition_needs_asset(m->b.definition))
		e = lic_filter_rights_in(m->f, rights, 0, r->until - 1, &was, NULL);
	if (e == 0 && was)
		m->b.changed_at = r->until;
	return e;
}

static bool is_later(const struct making *m, int64_t generation)
{
	return m->pin && generation > lic_snapshot_info(m->pin)->born;
}

static int changed_rights(void *ctx, size_t i, const struct lic_rights_change *c)
{
	struct making *m = ctx;
	struct lic_rights_change *quiet = &m->quiet[c->generation % QUIET];
	const bool later = is_later(m, c->generation);
	const int64_t image = m->asked_of[i];
	bool before, after = false, seen;
	int64_t at;
	int r = is_seen(m, image, later, &seen);

	/* where its row ends a member stays */
	if (r < 0 || !seen || (later && !c->after))
		return r;
	if (quiet->generation == c->generation && quiet->before == c->before &&
	    quiet->after == c->after)
		return 0;
	r = time_of(m, c->generation, &at);
	if (r == 0)
		r = lic_filter_rights_in(m->f, c->before, c->generation, at, &before, NULL);
	if (r == 0 && c->after)
		r = lic_filter_rights_in(m->f, c->after, c->generation, at, &after, NULL);
	if (r == 0 && before != after)
		r = note_change(m, c->generation);
	else if (r == 0 && !before)
		r = note_end(m, image, c->before, at);
	*quiet = *c;
	return r;
}

/* Could rights that hold since then be a change that is newer than the one that is known? */
static bool is_newer(const struct making *m, int64_t since)
{
	return since > m->base && since > m->b.changed;
}

/* Asks the one whose rights changed last: if it came or went then, all others need not be asked. */
static int look_at_newest(struct making *m, size_t n)
{
	size_t newest = 0;

	for (size_t i = 1; i < n; i++) {
		if (m->since[i] > m->since[newest])
			newest = i;
	}
	if (!is_newer(m, m->since[newest]))
		return 0;
	m->since[newest] = -m->since[newest]; /* asked */
	m->asked_of = &m->id[newest];
	return lic_catalog_rights_changes(m->w->cat, &m->id[newest], &m->rights[newest], 1, m->base,
					  changed_rights, m, NULL);
}

/* The n distinct images that were looked up last: what of theirs has changed after the base? */
static int look_back(struct making *m, size_t n)
{
	const int64_t now = time(NULL);
	int64_t last = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (!m->seen[i] && m->rights[i] && (m->pin || m->rights[i] != last)) {
			int r = note_end(m, m->id[i], m->rights[i], now);

			if (r < 0)
				return r;
			last = m->rights[i];
		}
	}
	/* Where the view asks for more than rights no history tells, and all is taken for a change
	 */
	if (m->d.touched <= m->base || lic_definition_needs_asset(m->b.definition))
		return 0;
	for (int i = 0; i < SAMPLES; i++) {
		int r = look_at_newest(m, n);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < n; i++) {
		if (!m->rights[i] || is_newer(m, m->since[i])) {
			m->id[k] = m->id[i];
			m->rights[k++] = m->rights[i];
		}
	}
	m->asked_of = m->id;
	return lic_catalog_rights_changes(m->w->cat, m->id, m->rights, k, m->base, changed_rights,
					  m, NULL);
}

/* The times of the file, or of the newest change: each change has its own, even within one second,
 * and none is that of the file. */
static void set_times(struct making *m)
{
	const int64_t at = m->b.changed_at * 1000000000;

	m->b.mtime = m->e.st.mtime;
	m->b.ctime = m->e.st.ctime;
	if (!m->b.changed_at)
		return;
	m->b.mtime = (m->b.mtime > at ? m->b.mtime : at) + m->b.changed + 1;
	m->b.ctime = (m->b.ctime > at ? m->b.ctime : at) + m->b.changed + 1;
}

/* --- which subjects are shown ---------------------------------------------------------------- */

/* The place of a number that is there. */
static size_t find_number(const int64_t *id, size_t n, int64_t wanted)
{
	size_t lo = 0;

	while (n > 1) {
		size_t half = n / 2;

		lo = id[lo + half] <= wanted ? lo + half : lo;
		n -= half;
	}
	return lo;
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The distinct images of the uses go into m->id, ascending. Mostly they lie so close together that
 * a table of all numbers between them is smaller than the effort to sort: *ret_index, malloc'ed,
 * has the place of each in m->id, counted from *ret_low; else it is NULL. */
static int sort_images(struct making *m, uint32_t **ret_index, int64_t *ret_low, size_t *ret_n)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	uint32_t *index;
	size_t n = 0;

	for (size_t i = 0; i < m->n_use; i++) {
		m->id[i] = m->use[i].image;
		low = m->id[i] < low ? m->id[i] : low;
		high = m->id[i] > high ? m->id[i] : high;
	}
	*ret_index = NULL;
	*ret_low = low;
	if (low < 0 || (uint64_t)(high - low) / 16 > m->n_use) {
		qsort(m->id, m->n_use, sizeof(*m->id), by_number);
		for (size_t i = 0; i < m->n_use; i++) {
			if (!n || m->id[n - 1] != m->id[i])
				m->id[n++] = m->id[i];
		}
		*ret_n = n;
		return 0;
	}
	index = calloc((size_t)(high - low) + 1, sizeof(*index));
	if (!index)
		return -ENOMEM;
	for (size_t i = 0; i < m->n_use; i++)
		index[m->id[i] - low] = 1;
	for (int64_t id = low; id <= high; id++) {
		if (index[id - low]) {
			index[id - low] = (uint32_t)n;
			m->id[n++] = id;
		}
	}
	*ret_index = index;
	*ret_n = n;
	return 0;
}

/* Images that this mount has found changed are hidden, whatever the catalog says yet. */
static int hide_stale(struct making *m, size_t n)
{
	for (size_t i = 0; m->n_stale && !m->pin && i < n; i++) {
		struct lic_entry e;
		int r;

		if (!m->seen[i] ||
		    !bsearch(&m->id[i], m->stale, m->n_stale, sizeof(*m->stale), by_number))
			continue;
		r = lic_catalog_by_id(m->w->cat, m->id[i], &e, NULL);
		if (r < 0)
			return r;
		if (lic_stale_has(&m->w->s->stale, lic_stale_mark(&e)))
			m->seen[i] = 0;
	}
	return 0;
}

static void set_shown(struct making *m, uint64_t subject, bool shown)
{
	if (shown)
		m->shown[subject / 8] |= (uint8_t)(1u << subject % 8);
	else
		m->shown[subject / 8] &= (uint8_t) ~(1u << subject % 8);
}

/* Looks up the images that were gathered. */
static int settle_uses(struct making *m)
{
	_cleanup_(lic_freep) uint32_t *index = NULL;
	int64_t low;
	size_t n;
	int r;

	if (!m->n_use)
		return 0;
	r = sort_images(m, &index, &low, &n);
	if (r < 0)
		return r;
	r = lic_catalog_rights_of(m->w->cat, m->id, n, m->rights, m->since, NULL);
	if (r == 0)
		r = lic_filter_images(m->f, m->id, m->rights, n, m->seen, &m->b.until, NULL);
	if (r == 0)
		r = hide_stale(m, n);
	if (r < 0)
		return r;
	for (size_t i = 0; m->pin && i < n; i++)
		m->b.loose |= m->seen[i] && !m->rights[i];
	for (size_t i = 0; i < m->n_use; i++) {
		const struct use *u = &m->use[i];
		size_t k = index ? index[u->image - low] : find_number(m->id, n, u->image);

		if (u->any == (bool)m->seen[k])
			set_shown(m, u->subject, u->any);
	}
	m->n_use = 0;
	return look_back(m, n);
}

/* All of a subject's images must be shown, or any: one answer turns its bit from what it is first.
 */
static int read_images(void *ctx, const uint8_t *p, size_t n)
{
	struct making *m = ctx;
	struct lic_images_reader reader = { 0 };
	uint64_t images;
	int64_t image;
	bool any;
	int r;

	lic_images_piece(&reader, p, n);
	while ((r = lic_images_next(&reader, &images, &any)) > 0) {
		uint64_t subject = m->subjects++;

		if (subject >= (uint64_t)m->d.subjects)
			return -EBADMSG;
		set_shown(m, subject, images && !any);
		while ((r = lic_images_id(&reader, &image)) > 0) {
			m->use[m->n_use++] = (struct use){ image, subject, any };
			if (m->n_use == USES)
				r = settle_uses(m);
			if (r < 0)
				return r;
		}
		if (r < 0)
			return r;
	}
	return r;
}

static int read_records(void *ctx, const uint8_t *p, size_t n)
{
	struct making *m = ctx;

	lic_hasher_add(m->hasher, p, n);
	return lic_ranges_add(m->maker, p, n);
}

/* --- all of it -------------------------------------------------------------------------------- */

static int allocate(struct making *m)
{
	const size_t bytes = (size_t)m->d.subjects / 8 + 1;

	m->shown = calloc(bytes, 1);
	m->use = reallocarray(NULL, USES, sizeof(*m->use));
	m->id = reallocarray(NULL, USES, sizeof(*m->id));
	m->rights = reallocarray(NULL, USES, sizeof(*m->rights));
	m->since = reallocarray(NULL, USES, sizeof(*m->since));
	m->seen = malloc(USES);
	m->hasher = lic_hasher_new();
	if (!m->shown || !m->use || !m->id || !m->rights || !m->since || !m->seen || !m->hasher)
		return -ENOMEM;
	if (m->n_stale)
		qsort(m->stale, m->n_stale, sizeof(*m->stale), by_number);
	return 0;
}

/* Reads the rows of the document, and sees what of `before` can be built upon. */
static int begin(struct making *m, int64_t id, const struct lic_built *before, int64_t *budget)
{
	struct lic_built *b = &m->b;
	int64_t cost;
	int r;

	b->generation = lic_catalog_generation(m->w->cat);
	if (b->generation < 0)
		return (int)b->generation;
	r = lic_catalog_by_id(m->w->cat, id, &m->e, NULL);
	if (r == 0)
		r = lic_catalog_document(m->w->cat, id, &m->d, NULL);
	if (r < 0)
		return r;
	if (m->e.kind != LIC_KIND_DOCUMENT)
		return -ENOENT;
	/* a subject takes a byte of the file at least, but for that of suspects */
	if (m->d.subjects < 0 || (uint64_t)m->d.subjects > m->e.st.size + 64 || m->d.records < 0)
		return -EBADMSG;
	/* a subject is asked for in the catalog, a record only decoded */
	cost = m->d.records +
	       m->d.subjects * (lic_definition_needs_asset(b->definition) ? 500 : 10);
	if (budget && cost > *budget)
		return -EAGAIN;
	if (budget)
		*budget -= cost;
	b->first = m->base = m->d.first;
	b->touched = m->d.touched;
	if (before && before->first == b->first && before->definition == b->definition) {
		m->base = before->generation;
		b->changed = before->changed;
		b->changed_at = before->changed_at;
	}
	if (b->first)
		r = time_of(m, b->first, &m->first_at);
	if (r == 0 && m->d.made > m->base && !is_later(m, m->d.made))
		r = note_change(m, m->d.made);
	if (r == 0 && m->d.touched > m->base && lic_definition_needs_asset(b->definition))
		r = note_change(m, m->d.touched);
	return r;
}

static int make_ranges(struct making *m)
{
	const struct lic_stat *st = &m->e.st;
	const int64_t identity[] = { (int64_t)st->size, st->mtime, st->ctime, (int64_t)st->ino,
				     m->d.subjects };
	int r = lic_ranges_begin(st->size, m->shown, (uint64_t)m->d.subjects, &m->maker);

	if (r < 0)
		return r;
	lic_hasher_add(m->hasher, identity, sizeof(identity));
	lic_hasher_add(m->hasher, m->shown, (size_t)m->d.subjects / 8 + 1);
	r = lic_catalog_document_parts(m->w->cat, m->e.id, LIC_PART_RECORDS, read_records, m, NULL);
	if (r < 0)
		return r;
	r = lic_ranges_finish(m->maker, &m->b.ranges);
	m->maker = NULL;
	lic_hasher_get(m->hasher, m->b.digest);
	return r;
}

static int make(struct making *m, int64_t id, const struct lic_built *before, int64_t *budget)
{
	enum lic_document_part part = LIC_PART_IMAGES;
	int r = begin(m, id, before, budget);

	if (r == 0)
		r = allocate(m);
	if (r == 0 && m->pin)
		r = lic_snapshot_images_part(m->pin, id, &part, NULL);
	m->b.loose = part != LIC_PART_IMAGES;
	if (r == 0)
		r = lic_catalog_document_parts(m->w->cat, id, part, read_images, m, NULL);
	/* a document that was not bound yet has no images, and shows no record */
	if (r == 0 && m->subjects && m->subjects != (uint64_t)m->d.subjects)
		r = -EBADMSG;
	if (r == 0)
		r = settle_uses(m);
	if (r == 0)
		r = make_ranges(m);
	if (r < 0)
		return r;
	m->b.size = lic_ranges_size(m->b.ranges);
	set_times(m);
	return 0;
}

int lic_built_make(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
		   const struct lic_built *before, int64_t *budget, struct lic_built *ret)
{
	_cleanup_(release) struct making m = { .w = w };
	int r = lic_worker_filter(w, v, &m.f);

	if (r < 0)
		return r;
	m.pin = lic_filter_snapshot(m.f);
	/* both from before the catalog is read: what changes meanwhile is seen at the next request
	 */
	m.b.definition = w->filter[v->index].definition;
	r = lic_stale_since(&w->s->stale, 0, &m.stale, &m.n_stale);
	if (r < 0)
		return r;
	m.b.stale = m.n_stale;
	r = lic_catalog_hold(w->cat, NULL);
	if (r < 0)
		return r;
	r = make(&m, id, before, budget);
	lic_catalog_let_go(w->cat);
	if (r < 0)
		return r;
	*ret = m.b;
	m.b.ranges = NULL;
	return 0;
}

/* --- does it still hold? ---------------------------------------------------------------------- */

static bool is_over(const struct lic_built *b)
{
	return b->until && b->until <= time(NULL);
}

bool lic_built_is_fresh(struct lic_worker *w, const struct lic_known_view *v,
			const struct lic_built *b)
{
	int64_t generation = lic_worker_generation(w);

	return generation >= 0 && b->generation >= generation &&
	       b->definition == lic_view_definition(v) &&
	       b->stale == lic_stale_count(&w->s->stale) && !is_over(b);
}

static int is_document(void *ctx, int64_t document)
{
	const int64_t *id = ctx;

	return document == *id;
}

/* 1 where one of the images that have become stale since is of the document. */
static int has_new_stale(struct lic_worker *w, int64_t id, struct lic_built *b)
{
	_cleanup_(lic_freep) int64_t *image = NULL;
	size_t n;
	int r = lic_stale_since(&w->s->stale, b->stale, &image, &n);

	if (r == 0 && n > STALE_ASKED)
		return 1;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = lic_catalog_documents_of(w->cat, image[i], is_document, &id, NULL);
	if (r == 0)
		b->stale += n;
	return r;
}

int lic_built_confirm(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
		      struct lic_built *b)
{
	int64_t generation = lic_worker_generation(w);
	struct lic_document d;
	int r;

	if (generation < 0)
		return (int)generation;
	if (b->definition != lic_view_definition(v) || is_over(b))
		return 0;
	r = lic_catalog_document(w->cat, id, &d, NULL);
	if (r < 0)
		return r;
	if (d.touched < b->touched)
		return -EAGAIN; /* a statement that is open reads an older state than others have */
	if (d.touched != b->touched || d.first != b->first ||
	    (b->loose && generation > b->generation))
		return 0;
	r = has_new_stale(w, id, b);
	if (r != 0)
		return r < 0 ? r : 0;
	if (generation > b->generation)
		b->generation = generation;
	return 1;
}
