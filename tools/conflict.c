/* SPDX-License-Identifier: Apache-2.0 */
/* Of which kind a conflict is. */
#include <stdlib.h>
#include <string.h>

#include "conflict.h"
#include "output.h"

#define QUOTED_MAX 40
#define GROUPS_MAX 1000

/* "XMP CC-BY-4.0"; every image has sidecars of its own, so they are one source. */
static void add_side(const struct lic_claim *c, const struct lic_effect *e, struct lic_buf *out)
{
	size_t n = strlen(c->source);

	if (c->rank == LIC_RANK_SIDECAR && strncmp(c->source, "sidecar ", 8) == 0)
		n = 7;
	lic_text_show(out, c->source, n);
	lic_buf_addc(out, ' ');
	if (*e->license) {
		lic_buf_adds(out, e->license);
		return;
	}
	n = strlen(c->text);
	if (n > QUOTED_MAX) {
		n = QUOTED_MAX;
		while (n && (c->text[n] & 0xc0) == 0x80)
			n--;
	}
	lic_buf_addc(out, '"');
	lic_text_show(out, c->text, n);
	lic_buf_adds(out, c->text[n] ? "...\"" : "\"");
}

void conflict_kind(const struct lic_claims *claims, const struct lic_effect *effects,
		   const struct lic_policy *policy, struct lic_buf *out)
{
	struct lic_buf a = LIC_BUF_INIT(4096), b = LIC_BUF_INIT(4096);
	size_t i, k;

	if (!lic_rights_conflict(claims, policy, &i, &k))
		return;
	add_side(&claims->item[i], &effects[i], &a);
	if (k != SIZE_MAX) {
		const char *first = lic_buf_str(&a), *second;
		bool equal = claims->item[i].rank == claims->item[k].rank;

		add_side(&claims->item[k], &effects[k], &b);
		second = lic_buf_str(&b);
		/* which of two of equal rank comes first is chance */
		if (equal && strcmp(first, second) > 0) {
			const char *swap = first;

			first = second;
			second = swap;
		}
		lic_buf_addf(out, "%s against %s", first, second);
	} else {
		lic_buf_adds(out, lic_buf_str(&a));
	}
	lic_buf_release(&a);
	lic_buf_release(&b);
}

int conflict_kind_of(struct lic_catalog *cat, int64_t entry, struct lic_buf *out,
		     struct lic_error *err)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_effect *effects = NULL;
	struct lic_policy policy;
	struct lic_rights rights;
	int r = lic_catalog_claims(cat, entry, &claims, err);

	if (r == 0)
		r = lic_catalog_policy(cat, &policy, err);
	if (r == 0) {
		effects = calloc(claims.n + 1, sizeof(*effects));
		if (!effects)
			output_out_of_memory();
		lic_rights_resolve(&claims, &policy, &rights, NULL, effects);
		conflict_kind(&claims, effects, &policy, out);
	}
	free(effects);
	lic_claims_release(&claims);
	return r;
}

/* --- by kind ------------------------------------------------------------------------------ */

static struct conflict_group *group_of(struct conflicts *c, const char *kind)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->item[i].kind, kind) == 0)
			return &c->item[i];
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 16;
		void *p = reallocarray(c->item, cap, sizeof(*c->item));

		if (!p)
			output_out_of_memory();
		c->item = p;
		c->cap = cap;
	}
	c->item[c->n] = (struct conflict_group){ .kind = strdup(kind) };
	if (!c->item[c->n].kind)
		output_out_of_memory();
	return &c->item[c->n++];
}

int conflicts_add(struct conflicts *c, struct lic_catalog *cat, int64_t entry, bool all,
		  struct lic_error *err)
{
	struct lic_buf kind = LIC_BUF_INIT(1u << 16);
	struct conflict_group *group;
	int r = 0;

	c->images++;
	if (!all && c->looked >= CONFLICTS_LOOKED_MAX)
		return 0;
	r = conflict_kind_of(cat, entry, &kind, err);
	if (r == 0) {
		c->looked++;
		/* texts of their own, a different one in each image, are one kind beyond these */
		group = group_of(c, c->n < GROUPS_MAX ? lic_buf_str(&kind) : "other texts");
		group->images++;
		if (!group->example)
			group->example = entry;
	}
	lic_buf_release(&kind);
	return r;
}

static int by_images(const void *pa, const void *pb)
{
	const struct conflict_group *a = pa, *b = pb;

	if (a->images != b->images)
		return a->images > b->images ? -1 : 1;
	return strcmp(a->kind, b->kind);
}

void conflicts_sort(struct conflicts *c)
{
	if (c->n)
		qsort(c->item, c->n, sizeof(*c->item), by_images);
}

void conflicts_release(struct conflicts *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->item[i].kind);
	free(c->item);
}

int conflicts_json(const struct conflicts *c, struct lic_catalog *cat, struct lic_json *j,
		   struct lic_error *err)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	int status = 0;

	lic_json_kint(j, "conflicts_looked_at", c->looked);
	lic_json_key(j, "conflicts");
	lic_json_array(j);
	for (size_t i = 0; status == 0 && i < c->n; i++) {
		const struct conflict_group *g = &c->item[i];

		lic_buf_reset(&path);
		status = lic_catalog_entry_path(cat, g->example, &path, err);
		lic_json_object(j);
		lic_json_kstr(j, "kind", g->kind);
		lic_json_kint(j, "images", g->images);
		lic_json_key(j, "example");
		lic_json_bytes(j, lic_buf_str(&path), path.len);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_buf_release(&path);
	return status;
}
