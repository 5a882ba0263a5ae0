/* SPDX-License-Identifier: Apache-2.0 */
/* What the index of an archive says of its members, and which images its subjects have then. */
#include <errno.h>
#include <string.h>

#include "fs/document/index.h"
#include "fs/scan/archive.h"

#define DIR_IMAGES (4u << 20) /* of all directories together; then one for each is enough */

/* --- reading ------------------------------------------------------------------------------ */

static bool is_path(const uint8_t *p, size_t n)
{
	const uint8_t *end = p + n;

	if (!n || memchr(p, '\0', n))
		return false;
	for (;;) {
		const uint8_t *slash = memchr(p, '/', (size_t)(end - p));
		const size_t len = (size_t)((slash ? slash : end) - p);

		if (!len || (p[0] == '.' && (len == 1 || (len == 2 && p[1] == '.'))))
			return false;
		if (!slash)
			return true;
		p = slash + 1;
	}
}

static struct lic_archived *add(struct lic_archived **list, size_t *n, size_t *cap)
{
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 256;
		struct lic_archived *p = reallocarray(*list, more, sizeof(*p));

		if (!p)
			return NULL;
		*list = p;
		*cap = more;
	}
	return &(*list)[(*n)++];
}

/* A directory's path without the slash at its end, "" for that of all. */
static int add_dir(struct lic_archived_list *l, const struct lic_member *m)
{
	struct lic_archived *a;

	if (m->n || (m->name.n > 1 && !is_path(m->name.p, m->name.n - 1)) ||
	    (l->n_dirs && m->subject <= l->dir[l->n_dirs - 1].subject))
		return -EBADMSG;
	a = add(&l->dir, &l->n_dirs, &l->cap_dirs);
	if (!a)
		return -ENOMEM;
	*a = (struct lic_archived){ .name = m->name.p,
				    .n = (uint16_t)(m->name.n == 1 ? 0 : m->name.n),
				    .subject = (uint32_t)m->subject };
	return 0;
}

static int add_file(struct lic_archived_list *l, const struct lic_member *m)
{
	const uint8_t *slash = memrchr(m->name.p, '/', m->name.n);
	struct lic_archived *a;

	if (!is_path(m->name.p, m->name.n))
		return -EBADMSG;
	a = add(&l->file, &l->n, &l->cap);
	if (!a)
		return -ENOMEM;
	*a = (struct lic_archived){ .name = m->name.p,
				    .n = (uint16_t)m->name.n,
				    .dir_n = slash ? (uint16_t)(slash - m->name.p + 1) : 0,
				    .subject = (uint32_t)m->subject,
				    .at = m->at,
				    .size = m->n };
	return 0;
}

static int compare_bytes(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n)
{
	int c = memcmp(a, b, a_n < b_n ? a_n : b_n);

	return c ? c : (a_n > b_n) - (a_n < b_n);
}

static int compare(const void *x, const void *y)
{
	const struct lic_archived *a = x, *b = y;
	int c = compare_bytes(a->name, a->dir_n, b->name, b->dir_n);

	return c ? c
		 : compare_bytes(a->name + a->dir_n, (size_t)(a->n - a->dir_n), b->name + b->dir_n,
				 (size_t)(b->n - b->dir_n));
}

int lic_archived_read(struct lic_archived_list *l, const struct lic_buf *members, uint64_t size,
		      uint64_t subjects)
{
	const uint8_t *p = (const uint8_t *)lic_buf_str(members);
	struct lic_members_reader r = { p, p + members->len };
	struct lic_member m;
	int e;

	*l = (struct lic_archived_list){ .subjects = subjects };
	if (subjects > UINT32_MAX)
		return -EBADMSG;
	while ((e = lic_members_next(&r, &m)) > 0) {
		if (!m.name.n || m.name.n > LIC_MEMBER_NAME_MAX || m.subject >= subjects ||
		    m.at > size || m.n > size - m.at)
			return -EBADMSG;
		e = m.name.p[m.name.n - 1] == '/' ? add_dir(l, &m) : add_file(l, &m);
		if (e < 0)
			return e;
	}
	if (e < 0)
		return e;
	if (l->n)
		qsort(l->file, l->n, sizeof(*l->file), compare);
	for (size_t i = 1; i < l->n; i++)
		if (compare(&l->file[i - 1], &l->file[i]) == 0)
			return -EBADMSG;
	return 0;
}

void lic_archived_release(struct lic_archived_list *l)
{
	free(l->file);
	free(l->dir);
	*l = (struct lic_archived_list){ 0 };
}

struct lic_archived *lic_archived_find(const struct lic_archived_list *l, const void *name,
				       size_t n)
{
	const uint8_t *slash = memrchr(name, '/', n);
	const struct lic_archived key = {
		.name = name,
		.n = (uint16_t)n,
		.dir_n = slash ? (uint16_t)(slash - (const uint8_t *)name + 1) : 0,
	};

	if (!l->n || n > LIC_MEMBER_NAME_MAX)
		return NULL;
	return bsearch(&key, l->file, l->n, sizeof(*l->file), compare);
}

/* --- binding ------------------------------------------------------------------------------ */

struct binding {
	const struct lic_archived_list *list;
	uint32_t *first;   /* of each subject, in `id` */
	bool *unread;	   /* subjects of which some member could not be read [I11] */
	int64_t *id;	   /* images by subject */
	size_t *below;	   /* members that are images, in the order of the list */
	size_t n;	   /* of them */
	size_t dir_images; /* that were given to directories */
	struct lic_bytes *piece;
	size_t n_pieces, cap_pieces;
	int64_t bound;
};

static void binding_release(struct binding *b)
{
	for (size_t i = 0; i < b->n_pieces; i++)
		free((void *)(uintptr_t)b->piece[i].p);
	free(b->piece);
	free(b->first);
	free(b->unread);
	free(b->id);
	free(b->below);
}

static int keep_piece(void *ctx, const uint8_t *p, size_t n)
{
	struct binding *b = ctx;
	uint8_t *copy = malloc(n + 1);

	if (copy && b->n_pieces == b->cap_pieces) {
		size_t cap = b->cap_pieces ? b->cap_pieces * 2 : 16;
		struct lic_bytes *more = reallocarray(b->piece, cap, sizeof(*more));

		if (more) {
			b->piece = more;
			b->cap_pieces = cap;
		}
	}
	if (!copy || b->n_pieces == b->cap_pieces) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, p, n);
	b->piece[b->n_pieces++] = (struct lic_bytes){ copy, n };
	return 0;
}

/* Sorts images by subject. */
static int sort_images(struct binding *b)
{
	const struct lic_archived_list *l = b->list;
	uint32_t sum = 0;

	b->first = calloc(l->subjects + 2, sizeof(*b->first));
	b->unread = calloc(l->subjects + 1, sizeof(*b->unread));
	b->id = calloc(l->n + 1, sizeof(*b->id));
	b->below = calloc(l->n + 1, sizeof(*b->below));
	if (!b->first || !b->unread || !b->id || !b->below)
		return -ENOMEM;
	for (size_t i = 0; i < l->n; i++) {
		const struct lic_archived *m = &l->file[i];

		if (m->image > 0) {
			b->first[m->subject + 2]++;
			b->below[b->n++] = i;
		}
		if (m->image == LIC_ARCHIVED_UNREAD)
			b->unread[m->subject] = true;
	}
	for (uint64_t s = 0; s < l->subjects; s++) {
		sum += b->first[s + 2];
		b->first[s + 2] = sum;
	}
	/* first[s + 1] goes from where the subject begins to where it ends */
	for (size_t i = 0; i < b->n; i++) {
		const struct lic_archived *m = &l->file[b->below[i]];

		b->id[b->first[m->subject + 1]++] = m->image;
	}
	return 0;
}

/* The first image whose directory does not come before `dir`. */
static size_t lower_bound(const struct binding *b, const struct lic_archived *dir)
{
	size_t lo = 0, hi = b->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct lic_archived *m = &b->list->file[b->below[mid]];

		if (compare_bytes(m->name, m->dir_n, dir->name, dir->n) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Images below a directory: as many as a subject may have, for one that is shown is enough. */
static int bind_dir(struct binding *b, const struct lic_archived *dir, struct lic_images_writer *w)
{
	size_t max = LIC_SUBJECT_IMAGES_MAX, n = 0;
	int64_t *id = NULL;

	if (max > DIR_IMAGES - b->dir_images)
		max = DIR_IMAGES - b->dir_images;
	if (!max)
		max = 1;
	id = reallocarray(NULL, max, sizeof(*id));
	if (!id)
		return -ENOMEM;
	for (size_t i = lower_bound(b, dir); i < b->n && n < max; i++) {
		const struct lic_archived *m = &b->list->file[b->below[i]];

		if (m->dir_n < dir->n || memcmp(m->name, dir->name, dir->n) != 0)
			break;
		id[n++] = m->image;
	}
	b->dir_images += b->dir_images < DIR_IMAGES ? n : 0;
	lic_images_subject(w, true, id, n);
	b->bound += n > 0;
	free(id);
	return 0;
}

static int bind_subjects(struct binding *b, struct lic_images_writer *w)
{
	const struct lic_archived_list *l = b->list;
	const struct lic_archived *dir = l->dir, *dirs = l->n_dirs ? dir + l->n_dirs : dir;
	int r = 0;

	for (uint64_t s = 0; r == 0 && s < l->subjects; s++) {
		const uint32_t from = b->first[s], end = b->first[s + 1];
		const bool none = b->unread[s] || end - from > LIC_SUBJECT_IMAGES_MAX;

		if (dir < dirs && dir->subject == s) {
			/* of its own, if the index makes sense */
			r = end > from || b->unread[s] ? -EBADMSG : bind_dir(b, dir, w);
			dir++;
			continue;
		}
		lic_images_subject(w, false, b->id + from, none ? 0 : end - from);
		b->bound += !none && end > from;
	}
	return r;
}

int lic_archived_bind(const struct lic_archived_list *l, struct lic_txn *txn, int64_t entry,
		      struct lic_error *err)
{
	_cleanup_(binding_release) struct binding b = { .list = l };
	struct lic_images_writer w;
	int r, e;

	lic_images_writer_init(&w, keep_piece, &b);
	r = sort_images(&b);
	if (r == 0)
		r = bind_subjects(&b, &w);
	e = lic_images_writer_finish(&w);
	if (r == 0)
		r = e;
	if (r == -ENOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for members of an archive");
	if (r < 0)
		return lic_error_set(err, EBADMSG, "the index of an archive makes no sense");
	return lic_catalog_document_bind(txn, entry, b.piece, b.n_pieces, b.bound, NULL, 0,
					 b.bound ? LIC_KIND_DOCUMENT : LIC_KIND_HIDDEN,
					 b.bound ? LIC_RULE_RECORDS : LIC_RULE_UNBOUND, err);
}
