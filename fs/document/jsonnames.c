/* SPDX-License-Identifier: Apache-2.0 */
/* Names in JSON: lists of them, subjects made of them, and those that are suspects. */
#include <errno.h>
#include <string.h>

#include "fs/document/jsonread.h"
#include "fs/util/hash.h"

#define TEXT_MAX (8u << 20)
#define STEM_MAX 255u /* no file has a longer one */

int lic_json_name_add(struct lic_json_names *l, const struct lic_json_name *name, const void *text)
{
	struct lic_json_name *p;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;

		p = reallocarray(l->name, cap, sizeof(*p));
		if (!p)
			return -ENOMEM;
		l->name = p;
		l->cap = cap;
	}
	l->text.max = TEXT_MAX;
	p = &l->name[l->n];
	*p = *name;
	p->at = (uint32_t)l->text.len;
	lic_buf_add(&l->text, text, name->n);
	if (lic_buf_failed(&l->text))
		return -ENOMEM;
	l->n++;
	return 0;
}

void lic_json_names_cut(struct lic_json_names *l, size_t n)
{
	if (n >= l->n)
		return;
	lic_buf_truncate(&l->text, l->name[n].at);
	l->n = n;
}

void lic_json_names_forget(struct lic_json_names *l, size_t n)
{
	uint32_t from;

	if (n >= l->n) {
		lic_json_names_cut(l, 0);
		return;
	}
	from = l->name[n].at;
	if (from)
		memmove(l->text.data, l->text.data + from, l->text.len - from);
	lic_buf_truncate(&l->text, l->text.len - from);
	l->n -= n;
	memmove(l->name, l->name + n, l->n * sizeof(*l->name));
	for (size_t i = 0; i < l->n; i++)
		l->name[i].at -= from;
}

void lic_json_names_release(struct lic_json_names *l)
{
	free(l->name);
	lic_buf_release(&l->text);
	*l = (struct lic_json_names){ 0 };
}

/* --- subjects ----------------------------------------------------------------------------- */

static bool has(const struct lic_json_names *l, unsigned tag, const char *p, size_t n)
{
	for (size_t i = 0; i < l->n; i++)
		if ((tag == LIC_TAG_OTHER || l->name[i].tag == tag) && l->name[i].n == n &&
		    memcmp(lic_json_name_text(l, &l->name[i]), p, n) == 0)
			return true;
	return false;
}

static int settle_name(struct lic_json_names *out, unsigned tag, const char *p, size_t n)
{
	const struct lic_json_name name = { .n = (uint32_t)n,
					    .kind = LIC_JSON_NAME,
					    .tag = (uint8_t)tag };

	/* one too many is enough to know that it is */
	if (n > LIC_NAME_BYTES_MAX || out->n > LIC_SUBJECT_NAMES_MAX || has(out, tag, p, n))
		return 0;
	return lic_json_name_add(out, &name, p);
}

/* "val2014" beside "COCO_val2014_000000000042.jpg" */
static int settle_joined(const struct lic_json_names *l, const struct lic_json_waiting *r,
			 const struct lic_json_name *file, struct lic_json_names *out)
{
	struct lic_buf path = LIC_BUF_INIT(LIC_NAME_BYTES_MAX);
	int e = 0;

	for (size_t i = r->from; e == 0 && i < r->to; i++) {
		const struct lic_json_name *folder = &l->name[i];

		if (folder->kind != LIC_JSON_FOLDER || folder->depth != file->depth || !folder->n)
			continue;
		lic_buf_reset(&path);
		lic_buf_add(&path, lic_json_name_text(l, folder), folder->n);
		lic_buf_addc(&path, '/');
		lic_buf_add(&path, lic_json_name_text(l, file), file->n);
		if (!lic_buf_failed(&path))
			e = settle_name(out, LIC_JSONTAG_JOINED, lic_buf_str(&path), path.len);
	}
	lic_buf_release(&path);
	return e;
}

int lic_json_names_settle(const struct lic_json_names *l, const struct lic_json_waiting *r,
			  bool other, struct lic_json_names *out)
{
	int e = 0;

	for (unsigned round = 0; round < 2; round++) {
		for (size_t i = r->from; e == 0 && i < r->to; i++) {
			const struct lic_json_name *k = &l->name[i];
			unsigned tag = other || k->level > r->level ? LIC_TAG_OTHER : k->tag;

			/* those of columns first: what stands there, too, is no other */
			if (k->kind != LIC_JSON_NAME || (tag == LIC_TAG_OTHER) != (round == 1))
				continue;
			if (k->file && tag != LIC_TAG_OTHER)
				e = settle_joined(l, r, k, out);
			if (e == 0)
				e = settle_name(out, tag, lic_json_name_text(l, k), k->n);
		}
	}
	/* what looks like a stem may be that of another image; there is mostly no such name */
	for (size_t i = r->from; e == 0 && i < r->to && out->n && out->n < LIC_SUBJECT_NAMES_MAX;
	     i++) {
		const struct lic_json_name *k = &l->name[i];

		if (k->kind == LIC_JSON_STEM && k->n <= STEM_MAX)
			e = settle_name(out, LIC_TAG_OTHER, lic_json_name_text(l, k), k->n);
	}
	return e;
}

uint64_t lic_json_subject(struct lic_jsonread *c, const struct lic_json_names *l)
{
	struct lic_index_writer *w = c->x->out;
	uint64_t subject;

	if (!l->n || l->n > LIC_SUBJECT_NAMES_MAX)
		return LIC_SUBJECT_NONE;
	subject = lic_index_subject(w, (unsigned)l->n, false);
	for (size_t i = 0; i < l->n; i++)
		lic_index_name(w, l->name[i].tag, lic_json_name_text(l, &l->name[i]), l->name[i].n);
	return subject;
}

/* --- suspects ----------------------------------------------------------------------------- */

#define SEEN (2u * (LIC_JSON_SUSPECTS_MAX + LIC_JSON_STEMS_MAX))

/* True where it was not there. */
static bool note(struct lic_json_suspects *s, const char *p, size_t n)
{
	uint64_t h = lic_hash64(p, n) | 1;
	size_t i = (size_t)(h >> 20) % SEEN;

	while (s->seen[i] && s->seen[i] != h)
		i = (i + 1) % SEEN;
	if (s->seen[i])
		return false;
	s->seen[i] = h;
	return true;
}

int lic_json_suspect(struct lic_jsonread *c, const struct lic_json_names *l,
		     const struct lic_json_name *name)
{
	struct lic_json_suspects *s = &c->suspects;
	const char *p = lic_json_name_text(l, name);

	if (name->kind == LIC_JSON_DATA)
		return lic_walk_bad(&c->w, "before this place stands data outside of records that "
					   "may be an image");
	if ((name->kind != LIC_JSON_NAME && name->kind != LIC_JSON_STEM) ||
	    name->n > LIC_NAME_BYTES_MAX)
		return 0;
	if (!s->seen)
		s->seen = calloc(SEEN, sizeof(*s->seen));
	if (!s->seen)
		return -ENOMEM;
	if (!note(s, p, name->n))
		return 0;
	if (name->kind == LIC_JSON_STEM ? s->n_stems++ == LIC_JSON_STEMS_MAX
					: s->n_names++ == LIC_JSON_SUSPECTS_MAX)
		return lic_walk_bad(&c->w, "names images in too many places outside of records");
	return lic_json_name_add(&s->names, name, p);
}

void lic_json_suspects_write(struct lic_jsonread *c)
{
	const struct lic_json_names *l = &c->suspects.names;

	for (size_t i = 0; i < l->n; i++) {
		size_t left = l->n - i;

		if (i % LIC_SUBJECT_NAMES_MAX == 0)
			lic_index_subject(c->x->out,
					  left < LIC_SUBJECT_NAMES_MAX ? (unsigned)left
								       : LIC_SUBJECT_NAMES_MAX,
					  false);
		lic_index_name(c->x->out, LIC_TAG_SUSPECT, lic_json_name_text(l, &l->name[i]),
			       l->name[i].n);
	}
}
