/* SPDX-License-Identifier: Apache-2.0 */
/* What of a document a view has, for people who ask; nothing is kept. */
#include <errno.h>
#include <stdlib.h>

#include <licensefs/mount.h>

#include "fs/document/index.h"

#define USES (1u << 16) /* looked up at once */

/* That a subject has an image. */
struct use {
	int64_t image;
	uint64_t subject;
	bool any;
};

struct looking {
	struct lic_catalog *cat;
	struct lic_filter *f;
	struct lic_images_reader images;
	uint8_t *shown;	      /* a bit for each subject */
	uint64_t subjects, n; /* expected, and read */
	struct use *use;      /* USES of them, and so many of each that follows */
	int64_t *id, *rights, *since;
	uint8_t *seen;
	size_t n_use;
	struct lic_ranges_maker *maker;
	struct lic_error *err;
};

static int by_image(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return x->image < y->image ? -1 : x->image > y->image;
}

static void set_shown(struct looking *l, uint64_t subject, bool shown)
{
	if (shown)
		l->shown[subject / 8] |= (uint8_t)(1u << subject % 8);
	else
		l->shown[subject / 8] &= (uint8_t) ~(1u << subject % 8);
}

/* Looks up the images that were gathered. */
static int settle(struct looking *l)
{
	int64_t until = 0;
	size_t n = 0, k = 0;
	int r;

	if (!l->n_use)
		return 0;
	qsort(l->use, l->n_use, sizeof(*l->use), by_image);
	for (size_t i = 0; i < l->n_use; i++)
		if (!n || l->id[n - 1] != l->use[i].image)
			l->id[n++] = l->use[i].image;
	r = lic_catalog_rights_of(l->cat, l->id, n, l->rights, l->since, l->err);
	if (r == 0)
		r = lic_filter_images(l->f, l->id, l->rights, n, l->seen, &until, l->err);
	for (size_t i = 0; r == 0 && i < l->n_use; i++) {
		const struct use *u = &l->use[i];

		while (l->id[k] != u->image)
			k++;
		if (u->any == (bool)l->seen[k])
			set_shown(l, u->subject, u->any);
	}
	l->n_use = 0;
	return r;
}

static int take_subject(struct looking *l, uint64_t n, bool any)
{
	uint64_t subject = l->n++;
	int64_t id;
	int r;

	if (subject >= l->subjects)
		return -EBADMSG;
	set_shown(l, subject, n && !any);
	while ((r = lic_images_id(&l->images, &id)) > 0) {
		l->use[l->n_use++] = (struct use){ id, subject, any };
		r = l->n_use == USES ? settle(l) : 0;
		if (r < 0)
			return r;
	}
	return r;
}

static int take_images(void *ctx, const uint8_t *p, size_t size)
{
	struct looking *l = ctx;
	uint64_t n;
	bool any;
	int r;

	lic_images_piece(&l->images, p, size);
	while ((r = lic_images_next(&l->images, &n, &any)) > 0) {
		r = take_subject(l, n, any);
		if (r < 0)
			return r;
	}
	return r;
}

static int take_records(void *ctx, const uint8_t *p, size_t n)
{
	struct looking *l = ctx;

	return lic_ranges_add(l->maker, p, n);
}

static int prepare(struct looking *l)
{
	l->shown = calloc(l->subjects / 8 + 1, 1);
	l->use = calloc(USES, sizeof(*l->use));
	l->id = calloc(USES, sizeof(*l->id));
	l->rights = calloc(USES, sizeof(*l->rights));
	l->since = calloc(USES, sizeof(*l->since));
	l->seen = calloc(USES, 1);
	return l->shown && l->use && l->id && l->rights && l->since && l->seen
		       ? 0
		       : lic_error_sys(l->err, ENOMEM, "cannot look into a document");
}

static int make(struct looking *l, const struct lic_entry *e, struct lic_document_view *ret)
{
	struct lic_ranges *ranges;
	int r = prepare(l);

	if (r == 0)
		r = lic_catalog_document_parts(l->cat, e->id, LIC_PART_IMAGES, take_images, l,
					       l->err);
	if (r == 0)
		r = settle(l);
	/* What was never bound has no images at all. */
	if (r == 0 && l->n && l->n != l->subjects)
		r = -EBADMSG;
	if (r == 0)
		r = lic_ranges_begin(e->st.size, l->shown, l->subjects, &l->maker);
	if (r == 0)
		r = lic_catalog_document_parts(l->cat, e->id, LIC_PART_RECORDS, take_records, l,
					       l->err);
	if (r < 0)
		return r;
	r = lic_ranges_finish(l->maker, &ranges);
	l->maker = NULL;
	if (r < 0)
		return r;
	*ret = (struct lic_document_view){ lic_ranges_records(ranges), lic_ranges_size(ranges),
					   lic_ranges_whole(ranges) };
	lic_ranges_free(ranges);
	return 0;
}

int lic_document_in_view(struct lic_catalog *cat, struct lic_filter *f, const struct lic_entry *e,
			 struct lic_document_view *ret, struct lic_error *err)
{
	struct looking l = { .cat = cat, .f = f, .err = err };
	struct lic_document d;
	int r = lic_catalog_document(cat, e->id, &d, err);

	if (r < 0)
		return r;
	l.subjects = (uint64_t)d.subjects;
	r = make(&l, e, ret);
	lic_ranges_abandon(l.maker);
	free(l.shown);
	free(l.use);
	free(l.id);
	free(l.rights);
	free(l.since);
	free(l.seen);
	return r;
}
