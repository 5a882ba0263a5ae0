/* SPDX-License-Identifier: Apache-2.0 */
/* Which image file may be a mask of another one: by its format, and by what it says of itself. */
#include <string.h>

#include "fs/scan/layouts.h"

bool lic_mask_format(enum lic_format f)
{
	switch (f) {
	case LIC_FORMAT_PNG:
	case LIC_FORMAT_GIF:
	case LIC_FORMAT_BMP:
	case LIC_FORMAT_TIFF:
	case LIC_FORMAT_PNM:
		return true;
	default:
		return false;
	}
}

static bool same_claim(const struct lic_claim *a, const struct lic_claim *b)
{
	return a->role == b->role && a->context == b->context && a->reserve == b->reserve &&
	       a->ref == b->ref && a->raw.n == b->raw.n &&
	       (!a->raw.n || memcmp(a->raw.p, b->raw.p, a->raw.n) == 0) &&
	       strcmp(a->source, b->source) == 0 && strcmp(a->field, b->field) == 0;
}

static bool has_claim(const struct lic_claims *list, const struct lic_claim *c)
{
	for (size_t i = 0; i < list->n; i++)
		if (same_claim(&list->item[i], c))
			return true;
	return false;
}

/* Names of programs and the like, which say nothing of rights. */
static bool says_nothing(const struct lic_claim *c, const struct lic_effect *e)
{
	switch (c->role) {
	case LIC_ROLE_NONE:
	case LIC_ROLE_TITLE:
		return true;
	case LIC_ROLE_COMMENT:
	case LIC_ROLE_CAPTION:
		return strcmp(e->effect, "ignored") == 0;
	default:
		return false;
	}
}

bool lic_mask_speaks(const struct lic_claims *mask, const struct lic_claims *image,
		     const struct lic_policy *policy)
{
	_cleanup_(lic_freep) struct lic_effect *effect = NULL;
	struct lic_rights rights;

	if (mask->damage)
		return true;
	if (!mask->n)
		return false;
	effect = calloc(mask->n, sizeof(*effect));
	if (!effect)
		return true;
	lic_rights_resolve(mask, policy, &rights, NULL, effect);
	for (size_t i = 0; i < mask->n; i++) {
		const struct lic_claim *c = &mask->item[i];
		bool own = c->rank == LIC_RANK_OPERATOR || c->rank == LIC_RANK_SIDECAR ||
			   c->rank == LIC_RANK_EMBEDDED;

		if (own ? !says_nothing(c, &effect[i]) : !has_claim(image, c))
			return true;
	}
	return false;
}
