/* SPDX-License-Identifier: Apache-2.0 */
/* From what people write to selectors, and from selectors to images. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/document.h>

#include "image.h"
#include "output.h"
#include "selectors.h"

#define TEXT_MAX (1u << 20)

/* --- selectors ---------------------------------------------------------------------------- */

static void add(struct selectors *s, enum lic_selector_kind kind, bool pattern, const void *p,
		size_t n)
{
	struct lic_selector *more = reallocarray(s->item, s->n + 1, sizeof(*more));
	char *text;

	if (!more)
		output_out_of_memory();
	s->item = more;
	s->arena.max = SIZE_MAX;
	text = lic_arena_dup(&s->arena, p, n);
	if (!text)
		output_out_of_memory();
	more[s->n++] = (struct lic_selector){ kind, pattern, { (const uint8_t *)text, n } };
}

void selectors_release(struct selectors *s)
{
	free(s->item);
	free(s->example);
	lic_arena_release(&s->arena);
	memset(s, 0, sizeof(*s));
}

int selectors_add_text(struct selectors *s, enum lic_selector_kind kind, const char *given,
		       struct lic_error *err)
{
	struct lic_buf normal = LIC_BUF_INIT(TEXT_MAX);
	struct lic_bytes text = { (const uint8_t *)given, strlen(given) };
	bool pattern = false;
	int r = lic_selector_normal(kind, text, &normal, &pattern, err);

	if (r == 0)
		add(s, kind, pattern, lic_buf_str(&normal), normal.len);
	lic_buf_release(&normal);
	return r;
}

/* What goes with its image, or is made of records about many, cannot be taken down by itself. */
static int refuse_no_image(const struct store *store, const struct lic_entry *e,
			   const struct lic_buf *path, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(TEXT_MAX);
	struct lic_document d = { 0 };
	const char *is = NULL;
	int r = 0;

	if (e->kind == LIC_KIND_DOCUMENT)
		r = lic_catalog_document(store->cat, e->id, &d, err);
	if (r < 0 && r != -ENOENT)
		return r;
	if (e->kind == LIC_KIND_DOCUMENT && d.format != LIC_DOCUMENT_TAR)
		is = "a document, whose records go with their images: revoke those";
	else if (e->kind == LIC_KIND_COMPANION && e->rule != LIC_RULE_MASK)
		is = "a companion, and goes with its image: revoke that";
	else if (e->kind == LIC_KIND_INERT)
		is = "no image";
	if (!is)
		return 0;
	lic_text_quote(&shown, lic_buf_str(path), path->len);
	lic_error_set(err, EINVAL, "%s is %s", lic_buf_str(&shown), is);
	lic_buf_release(&shown);
	return -EINVAL;
}

int selectors_add_path(struct selectors *s, const struct store *store, const char *given,
		       struct lic_error *err)
{
	struct lic_buf text = LIC_BUF_INIT(TEXT_MAX), normal = LIC_BUF_INIT(TEXT_MAX);
	size_t n = strlen(given);
	bool slash = n && given[n - 1] == '/', glob, ignored;
	struct lic_entry e = { 0 };
	int r;

	if (!n) /* an empty variable of a script must not be the whole store */
		return lic_error_set(err, EINVAL,
				     "an empty path names nothing; '.' is the whole store");
	r = store_resolve(store, given, &text, err);
	if (r == 0)
		r = lic_catalog_by_path(store->cat, lic_buf_str(&text), text.len, &e, err);
	if (r == 0)
		r = refuse_no_image(store, &e, &text, err);
	s->n_masks += r == 0 && e.kind == LIC_KIND_COMPANION;
	if (r == 0 || (r == -ENOENT && !e.id)) {
		/* What has the name means itself, whatever it is called. */
		glob = r == -ENOENT && strpbrk(lic_buf_str(&text), "*?");
		if (!text.len || (glob && slash))
			lic_buf_adds(&text, text.len ? "/**" : "**");
		glob = glob || e.id == 1;
		r = lic_selector_normal(
			LIC_SELECT_PATH,
			(struct lic_bytes){ (const uint8_t *)lic_buf_str(&text), text.len },
			&normal, &ignored, err);
		if (r == 0)
			add(s, LIC_SELECT_PATH, glob, lic_buf_str(&normal), normal.len);
	}
	lic_buf_release(&text);
	lic_buf_release(&normal);
	return r;
}

int selectors_add_hash(struct selectors *s, const char *given, struct lic_error *err)
{
	struct content_hash hash;
	int r = image_parse_hash(given, &hash, err);

	if (r == 0 && !hash.digest)
		add(s, LIC_SELECT_XXH3, false, hash.b, sizeof(((struct lic_hash *)0)->b));
	else if (r == 0 && hash.digest == LIC_DIGEST_MD5)
		add(s, LIC_SELECT_MD5, false, hash.b, 16);
	else if (r == 0)
		add(s, LIC_SELECT_SHA256, false, hash.b, 32);
	return r;
}

int selectors_read_example(struct selectors *s, const char *file, struct lic_error *err)
{
	struct example *more = reallocarray(s->example, s->n_examples + 1, sizeof(*more));
	struct lic_buf shown = LIC_BUF_INIT(TEXT_MAX);
	int r;

	if (!more)
		output_out_of_memory();
	s->example = more;
	more += s->n_examples;
	*more = (struct example){ .file = file };
	r = lic_scan_example(file, &more->is, err);
	lic_text_quote(&shown, file, strlen(file));
	if (r == 0 && more->is.format == LIC_FORMAT_NONE)
		r = lic_error_set(err, EINVAL, "%s is no image that can be read",
				  lic_buf_str(&shown));
	s->n_examples += r == 0;
	lic_buf_release(&shown);
	return r;
}

void selectors_add_examples(struct selectors *s, bool likeness)
{
	for (size_t i = 0; i < s->n_examples; i++) {
		const struct lic_example *is = &s->example[i].is;
		uint8_t packed[LIC_LIKENESS_PACKED_MAX];

		add(s, LIC_SELECT_XXH3, false, is->hash.b, sizeof(is->hash.b));
		if (likeness && is->has_likeness)
			add(s, LIC_SELECT_LIKENESS, false, packed,
			    lic_likeness_pack(&is->likeness, packed));
	}
}

/* --- images ------------------------------------------------------------------------------- */

void entry_ids_add(struct entry_ids *ids, int64_t id)
{
	if (ids->n == ids->cap) {
		size_t cap = ids->cap ? 2 * ids->cap : 64;
		int64_t *more = reallocarray(ids->item, cap, sizeof(*more));

		if (!more)
			output_out_of_memory();
		ids->item = more;
		ids->cap = cap;
	}
	ids->item[ids->n++] = id;
}

static int by_id(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return (a > b) - (a < b);
}

void entry_ids_sort(struct entry_ids *ids)
{
	size_t n = 0;

	if (ids->n)
		qsort(ids->item, ids->n, sizeof(*ids->item), by_id);
	for (size_t i = 0; i < ids->n; i++)
		if (!n || ids->item[n - 1] != ids->item[i])
			ids->item[n++] = ids->item[i];
	ids->n = n;
}

bool entry_ids_has(const struct entry_ids *ids, int64_t id)
{
	return ids->n && bsearch(&id, ids->item, ids->n, sizeof(id), by_id);
}

void entry_ids_meet(struct entry_ids *ids, const struct entry_ids *other)
{
	size_t n = 0;

	for (size_t i = 0; i < ids->n; i++)
		if (entry_ids_has(other, ids->item[i]))
			ids->item[n++] = ids->item[i];
	ids->n = n;
}

void entry_ids_release(struct entry_ids *ids)
{
	free(ids->item);
	memset(ids, 0, sizeof(*ids));
}

static int keep(void *ctx, int64_t entry)
{
	entry_ids_add(ctx, entry);
	return 0;
}

int selector_find(struct lic_catalog *cat, const struct lic_selector *sel, struct entry_ids *ids,
		  struct lic_error *err)
{
	int r = lic_catalog_select(cat, sel, 1, keep, ids, err);

	entry_ids_sort(ids);
	return r;
}

int selectors_find(struct lic_catalog *cat, const struct selectors *s, struct entry_ids *ids,
		   struct lic_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = lic_catalog_select(cat, &s->item[i], 1, keep, ids, err);
	entry_ids_sort(ids);
	return r;
}

int selectors_freeze(struct selectors *s, struct lic_catalog *cat, struct lic_error *err)
{
	struct entry_ids ids = { 0 };
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		if (s->item[i].kind == LIC_SELECT_LIKENESS)
			r = lic_catalog_select(cat, &s->item[i], 1, keep, &ids, err);
		else
			s->item[n++] = s->item[i];
	}
	s->n = n;
	for (size_t i = 0; r == 0 && i < ids.n; i++) {
		struct lic_entry e;

		r = lic_catalog_by_id(cat, ids.item[i], &e, err);
		if (r == 0)
			add(s, LIC_SELECT_XXH3, false, e.hash.b, sizeof(e.hash.b));
	}
	entry_ids_release(&ids);
	return r;
}
