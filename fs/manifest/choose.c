/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the rules that are about an image speak. */
#include <string.h>

#include <licensefs/manifest.h>

static bool is_toml(const struct lic_store_rule *r)
{
	return strcmp(r->file, "REUSE.toml") == 0;
}

static bool fills_in(const struct lic_store_rule *r)
{
	return is_toml(r) && r->precedence == LIC_PRECEDENCE_CLOSEST;
}

/* In these the order of rules says which holds; of others all do. */
static bool is_ordered(const struct lic_store_rule *r)
{
	static const char *const files[] = { "REUSE.toml", ".reuse/dep5", "tdmrep.json",
					     ".well-known/tdmrep.json" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(files); i++)
		if (strcmp(r->file, files[i]) == 0)
			return true;
	return false;
}

/* Of one file the last. Who has lost is asked no more: time grows with rules, times files. */
static void choose_last(struct lic_store_rule *rule, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct lic_store_rule *r = &rule[i];

		for (size_t k = i + 1; k < n && !r->is_silent && is_ordered(r); k++) {
			struct lic_store_rule *o = &rule[k];

			if (o->is_silent || o->depth != r->depth || o->order == r->order ||
			    strcmp(o->file, r->file) != 0)
				continue;
			(o->order < r->order ? o : r)->is_silent = true;
		}
	}
}

/* Of several REUSE.toml the override that is nearest to the root, below which nothing speaks. */
static void choose_override(struct lic_store_rule *rule, size_t n)
{
	const struct lic_store_rule *top = NULL;

	for (size_t i = 0; i < n; i++)
		if (is_toml(&rule[i]) && !rule[i].is_silent &&
		    rule[i].precedence == LIC_PRECEDENCE_OVERRIDE &&
		    (!top || rule[i].depth < top->depth))
			top = &rule[i];
	for (size_t i = 0; top && i < n; i++)
		if (is_toml(&rule[i]) && rule[i].depth > top->depth)
			rule[i].is_silent = true;
}

/* Of those that fill in what is missing the closest, of licenses and of copyright by themselves. */
static void choose_closest(struct lic_store_rule *rule, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		const struct lic_store_rule *o = &rule[k];

		if (!fills_in(o) || o->is_silent)
			continue;
		for (size_t i = 0; i < n; i++) {
			struct lic_store_rule *r = &rule[i];

			if (!fills_in(r) || o->depth <= r->depth)
				continue;
			r->no_license |= o->has_license;
			r->no_copyright |= o->has_copyright;
		}
	}
}

void lic_rules_choose(struct lic_store_rule *rule, size_t n, bool has_toml)
{
	choose_last(rule, n);
	choose_override(rule, n);
	choose_closest(rule, n);
	/* The reuse tool refuses both: dep5 may not grant, and what it forbids stays forbidden. */
	for (size_t i = 0; i < n; i++)
		rule[i].is_sunk = has_toml && strcmp(rule[i].file, ".reuse/dep5") == 0;
}
