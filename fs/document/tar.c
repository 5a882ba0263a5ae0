/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tar archives, as WebDataset writes and reads them: a member is a record, and those whose names
 * are equal up to the first dot of the base name (their key) are one subject.
 *
 * Which members are images only their bytes tell, so every regular member is handed to the scan.
 * Headers are read twice: where a name comes a second time, its first member is left out, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/evidence.h>

#include "fs/document/readers.h"
#include "fs/document/tar.h"
#include "fs/util/hash.h"

#define NO_SUBJECT UINT32_MAX

/* Hashes, sorted. Two names with one hash count as one name, two keys as one key: that leaves out
 * more, never less. */
struct hashes {
	uint64_t *item;
	size_t n, cap;
	uint32_t *start; /* by their first bits; made last */
	unsigned shift;
};

struct census {
	struct hashes names; /* of regular members; then: those that come twice */
	struct hashes keys;
	uint32_t *subject; /* of each key */
};

static void census_release(struct census *c)
{
	free(c->names.item);
	free(c->names.start);
	free(c->keys.item);
	free(c->keys.start);
	free(c->subject);
}

static int hashes_add(struct hashes *h, uint64_t v)
{
	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 1024;
		uint64_t *p = reallocarray(h->item, cap, sizeof(*p));

		if (!p)
			return -ENOMEM;
		h->item = p;
		h->cap = cap;
	}
	h->item[h->n++] = v;
	return 0;
}

/* By one byte after the other, from the lowest: hashes are spread over all of them. */
static int hashes_sort(struct hashes *h)
{
	_cleanup_(lic_freep) uint64_t *other = reallocarray(NULL, h->n ? h->n : 1, sizeof(*other));
	uint64_t *from = h->item, *to = other;

	if (!other)
		return -ENOMEM;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t at[257] = { 0 };
		uint64_t *p = from;

		for (size_t i = 0; i < h->n; i++)
			at[(from[i] >> shift & 0xff) + 1]++;
		for (unsigned i = 1; i < 256; i++)
			at[i] += at[i - 1];
		for (size_t i = 0; i < h->n; i++)
			to[at[from[i] >> shift & 0xff]++] = from[i];
		from = to; /* an even number of times: it ends where it began */
		to = p;
	}
	return 0;
}

/* Of each run of equal ones, one: of every run, or of those that are longer than one. */
static void hashes_reduce(struct hashes *h, bool twice)
{
	size_t n = 0;

	for (size_t i = 0, end; i < h->n; i = end) {
		for (end = i + 1; end < h->n && h->item[end] == h->item[i];)
			end++;
		if (!twice || end - i > 1)
			h->item[n++] = h->item[i];
	}
	h->n = n;
}

/* Where those begin that have the same first bits, as many of them as there are hashes: few. */
static int hashes_index(struct hashes *h)
{
	size_t k = 0;

	for (h->shift = 63; h->shift > 40 && h->n >> (64 - h->shift) > 1; h->shift--)
		;
	h->start = reallocarray(NULL, ((size_t)1 << (64 - h->shift)) + 1, sizeof(*h->start));
	if (!h->start)
		return -ENOMEM;
	for (size_t i = 0; i <= (size_t)1 << (64 - h->shift); i++) {
		while (k < h->n && h->item[k] >> h->shift < i)
			k++;
		h->start[i] = (uint32_t)k;
	}
	return 0;
}

/* Place of a hash, or h->n. */
static size_t hashes_find(const struct hashes *h, uint64_t v)
{
	size_t lo = h->start[v >> h->shift], hi = h->start[(v >> h->shift) + 1];
	const size_t end = hi;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (h->item[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < end && h->item[lo] == v ? lo : h->n;
}

size_t lic_tar_key(const struct lic_bytes *name)
{
	const uint8_t *slash = memrchr(name->p, '/', name->n);
	size_t i = slash ? (size_t)(slash - name->p) + 1 : 0;

	while (i < name->n && name->p[i] == '.')
		i++;
	while (i < name->n && name->p[i] != '.')
		i++;
	return i;
}

static uint64_t key_hash(const struct lic_tar_member *m)
{
	return lic_hash64(m->name.p, lic_tar_key(&m->name));
}

/* A file with a name: what may be, or belong to, an image of the archive. */
static bool is_candidate(const struct lic_tar_member *m)
{
	return m->kind == LIC_TAR_FILE && m->has_name && m->name.n;
}

/* --- first time ------------------------------------------------------------------------------ */

static int count_members(struct lic_tar *t, struct census *c)
{
	struct lic_tar_member m;
	int r;

	while ((r = lic_tar_next(t, &m)) > 0) {
		if (!is_candidate(&m))
			continue;
		r = hashes_add(&c->names, lic_hash64(m.name.p, m.name.n));
		if (r == 0)
			r = hashes_add(&c->keys, key_hash(&m));
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = hashes_sort(&c->names);
	if (r == 0)
		r = hashes_sort(&c->keys);
	if (r < 0)
		return r;
	hashes_reduce(&c->names, true);
	hashes_reduce(&c->keys, false);
	r = hashes_index(&c->names);
	if (r == 0)
		r = hashes_index(&c->keys);
	if (r < 0)
		return r;
	c->subject = reallocarray(NULL, c->keys.n + 1, sizeof(*c->subject));
	if (!c->subject)
		return -ENOMEM;
	for (size_t i = 0; i < c->keys.n; i++)
		c->subject[i] = NO_SUBJECT;
	return 0;
}

/* --- second time ----------------------------------------------------------------------------- */

struct writing {
	struct lic_indexing *x;
	struct census *census;
	uint64_t last_key; /* members of a key mostly stand together */
	uint64_t last_subject;
	uint64_t others, twice, nameless, containers;
};

static void add_record(struct writing *w, const struct lic_tar_member *m, uint64_t subject)
{
	const struct lic_record r = { .at = m->start, .n = m->end - m->start, .subject = subject };

	lic_index_record(w->x->out, &r);
}

/* A README that is what it is called. */
static bool is_inert(struct writing *w, const struct lic_tar_member *m)
{
	static const struct lic_limits limits = LIC_LIMITS_DEFAULT;
	struct lic_claims claims = LIC_CLAIMS_INIT;
	bool inert = false;

	if (!lic_inert_name(m->name.p, m->name.n))
		return false;
	if (lic_evidence_read_at(w->x->fd, m->at, m->n, &limits, &claims, NULL, NULL) == 0)
		inert = claims.format == LIC_FORMAT_NONE;
	lic_claims_release(&claims);
	return inert;
}

static int subject_of(struct writing *w, const struct lic_tar_member *m, uint64_t *ret)
{
	const uint64_t key = key_hash(m);
	size_t i;

	if (w->last_subject != LIC_SUBJECT_NONE && key == w->last_key) {
		*ret = w->last_subject;
		return 0;
	}
	i = hashes_find(&w->census->keys, key);
	if (i == w->census->keys.n)
		return -ESTALE;
	if (w->census->subject[i] == NO_SUBJECT)
		w->census->subject[i] = (uint32_t)lic_index_subject(w->x->out, 0, false);
	w->last_key = key;
	*ret = w->last_subject = w->census->subject[i];
	return 0;
}

static int write_file(struct writing *w, struct lic_tar *t, const struct lic_tar_member *m)
{
	struct lic_member out = { m->name, m->at, m->n, 0 };
	const uint8_t *head;
	size_t n;
	int r;

	if (hashes_find(&w->census->names, lic_hash64(m->name.p, m->name.n)) < w->census->names.n) {
		w->twice++;
		add_record(w, m, LIC_SUBJECT_NONE);
		return 0;
	}
	r = lic_tar_peek(t, m, &head, &n);
	if (r < 0)
		return r;
	if (lic_tar_is_container(&m->name, head, n)) {
		w->containers++;
		add_record(w, m, LIC_SUBJECT_NONE);
		return 0;
	}
	if (is_inert(w, m))
		return 0;
	r = subject_of(w, m, &out.subject);
	if (r < 0)
		return r;
	add_record(w, m, out.subject);
	lic_index_member(w->x->out, &out);
	return 0;
}

/* Its name ends with a slash; "/" is the directory of all. */
static void write_dir(struct writing *w, const struct lic_tar_member *m)
{
	uint8_t name[LIC_TAR_NAME_MAX + 1];
	struct lic_member out = { { name, m->name.n + 1 }, m->at, 0, 0 };

	if (!m->has_name || m->name.n >= LIC_MEMBER_NAME_MAX) {
		w->nameless++;
		add_record(w, m, LIC_SUBJECT_NONE);
		return;
	}
	memcpy(name, m->name.p, m->name.n);
	name[m->name.n] = '/';
	out.subject = lic_index_subject(w->x->out, 0, true);
	add_record(w, m, out.subject);
	lic_index_member(w->x->out, &out);
}

static int write_members(struct lic_tar *t, struct writing *w)
{
	struct lic_tar_member m;
	int r = 0;

	while (r >= 0 && (r = lic_tar_next(t, &m)) > 0) {
		if (m.kind == LIC_TAR_PLAIN)
			continue;
		if (m.kind == LIC_TAR_DIR) {
			write_dir(w, &m);
		} else if (is_candidate(&m)) {
			r = write_file(w, t, &m);
		} else {
			w->others += m.kind == LIC_TAR_OTHER;
			w->nameless += m.kind == LIC_TAR_FILE;
			add_record(w, &m, LIC_SUBJECT_NONE);
		}
	}
	return r;
}

/* --- the reader ------------------------------------------------------------------------------ */

static void note_left_out(struct writing *w)
{
	struct lic_buf note = LIC_BUF_INIT(sizeof(w->x->ret->note) - 1);
	const struct {
		uint64_t n;
		const char *what;
	} left[] = {
		{ w->others, "are links, devices or sparse" },
		{ w->containers, "are archives or databases" },
		{ w->twice, "have a name that comes twice" },
		{ w->nameless, "have a name that is absolute, too long, or leads out" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(left); i++)
		if (left[i].n)
			lic_buf_addf(&note, "%s%llu %s", note.len ? ", " : "members left out: ",
				     (unsigned long long)left[i].n, left[i].what);
	snprintf(w->x->ret->note, sizeof(w->x->ret->note), "%s", lic_buf_str(&note));
	lic_buf_release(&note);
}

static bool is_tar_name(const char *name)
{
	const size_t n = strlen(name);

	return n > 4 && strcasecmp(name + n - 4, ".tar") == 0;
}

static int bid(const struct lic_indexing *x)
{
	if (x->head_n < LIC_TAR_BLOCK)
		return 0;
	if (lic_tar_is_header(x->head))
		return 100;
	if (!is_tar_name(x->name))
		return 0;
	return lic_tar_is_zero(x->head, LIC_TAR_BLOCK) || memcmp(x->head + 257, "ustar", 5) == 0
		       ? 90
		       : 0;
}

static int read_twice(struct lic_indexing *x, struct lic_tar *t, struct census *c)
{
	struct writing w = { .x = x, .census = c, .last_subject = LIC_SUBJECT_NONE };
	int r = count_members(t, c);

	if (r < 0)
		return r;
	lic_tar_release(t);
	r = lic_tar_open(t, x->fd, x->size, false);
	if (r == 0)
		r = write_members(t, &w);
	if (r < 0)
		return r;
	if (t->headers <= 1 && !x->out->n_records)
		return lic_index_refuse(x, "an archive without members");
	x->ret->format = LIC_DOCUMENT_TAR;
	note_left_out(&w);
	return 0;
}

static int index_tar(struct lic_indexing *x, struct lic_error *err)
{
	struct census c = { 0 };
	struct lic_tar t;
	int r = lic_tar_open(&t, x->fd, x->size, true);

	if (r == 0)
		r = read_twice(x, &t, &c);
	if (r == -EBADMSG)
		r = lic_index_refuse(x, "byte %llu: %s", (unsigned long long)t.problem_at,
				     t.problem);
	else if (r < 0)
		r = lic_error_sys(err, -r, "cannot read '%s'", x->name);
	lic_tar_release(&t);
	census_release(&c);
	return r;
}

const struct lic_document_reader lic_document_tar = { "tar", bid, index_tar };
