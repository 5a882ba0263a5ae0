/* SPDX-License-Identifier: Apache-2.0 */
/* Of the rules found in the store that are about an image, those that speak. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/rowcodec.h"

static bool is_rule(const struct lic_join *x)
{
	return x->source->kind == LIC_MANIFEST_RULE;
}

static bool is_about_copyright(const struct lic_claim *c)
{
	return c->role == LIC_ROLE_COPYRIGHT || c->role == LIC_ROLE_CREATOR;
}

static int look_at_claim(void *ctx, const struct lic_claim *c)
{
	struct lic_store_rule *r = ctx;

	if (c->role == LIC_ROLE_LICENSE && c->rank != LIC_RANK_NONE)
		r->has_license = true;
	if (is_about_copyright(c))
		r->has_copyright = true;
	if (c->role == LIC_ROLE_NONE && strcmp(c->field, "precedence") == 0) {
		if (strcmp(c->text, "override") == 0)
			r->precedence = LIC_PRECEDENCE_OVERRIDE;
		if (strcmp(c->text, "aggregate") == 0)
			r->precedence = LIC_PRECEDENCE_AGGREGATE;
	}
	return 0;
}

static void set_mute(struct lic_join *x, const struct lic_store_rule *r)
{
	x->mute = (uint8_t)((r->is_silent ? LIC_MUTE_ALL : 0) |
			    (r->no_license ? LIC_MUTE_LICENSE : 0) |
			    (r->no_copyright ? LIC_MUTE_COPYRIGHT : 0) |
			    (r->is_sunk ? LIC_MUTE_GRANT : 0));
}

/* Which of them speak: of those that are in force without those that are coming; of these among
 * all. Neither silences the other, and what is coming grants nothing. */
static void choose(struct lic_joined *j, struct lic_store_rule *rule, bool coming)
{
	bool has_toml = false;
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++) {
		const struct lic_join *x = &j->item[i];
		struct lic_store_rule *r = &rule[n];

		if (!is_rule(x) || (x->source->coming && !coming))
			continue;
		*r = (struct lic_store_rule){ .file = x->source->file,
					      .depth = x->source->root.n,
					      .order = x->row };
		/* one that is broken hides the image, whatever it is told */
		if (!x->broken)
			(void)!lic_row_claims(x->claims, look_at_claim, r);
		has_toml |= strcmp(r->file, "REUSE.toml") == 0;
		n++;
	}
	lic_rules_choose(rule, n, has_toml);
	n = 0;
	for (size_t i = 0; i < j->n; i++) {
		struct lic_join *x = &j->item[i];

		if (!is_rule(x) || (x->source->coming && !coming))
			continue;
		if (x->source->coming == coming)
			set_mute(x, &rule[n]);
		if (x->source->coming)
			x->mute |= LIC_MUTE_GRANT;
		n++;
	}
}

/* What those that are silent reserve does not hold. */
static void sum_reservations(struct lic_joined *j)
{
	struct lic_row_head head;

	j->reserve = 0;
	for (size_t i = 0; i < j->n; i++)
		if (!j->item[i].broken && !(j->item[i].mute & LIC_MUTE_ALL) &&
		    lic_row_head(j->item[i].claims, &head) == 0)
			j->reserve |= head.reserve;
}

int lic_joined_choose(struct lic_joined *j, struct lic_error *err)
{
	struct lic_store_rule *rule;
	bool coming = false;
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++) {
		n += is_rule(&j->item[i]);
		coming |= is_rule(&j->item[i]) && j->item[i].source->coming;
	}
	if (!n)
		return 0;
	rule = calloc(n, sizeof(*rule));
	if (!rule)
		return lic_error_set(err, ENOMEM, "out of memory for rules");
	choose(j, rule, false);
	if (coming)
		choose(j, rule, true);
	sum_reservations(j);
	free(rule);
	return 0;
}

bool lic_joined_says(const struct lic_join *x, struct lic_claim *c)
{
	if (x->mute & LIC_MUTE_ALL || (x->mute & LIC_MUTE_LICENSE && c->role == LIC_ROLE_LICENSE) ||
	    (x->mute & LIC_MUTE_COPYRIGHT && is_about_copyright(c)))
		return false;
	if (x->mute & LIC_MUTE_GRANT)
		c->rank = LIC_RANK_NONE;
	return true;
}
