/* SPDX-License-Identifier: Apache-2.0 */
/* PLUS constraint codes, and the rule that other words narrow in a way nobody can check. */
#include "fs/rights/meaning.h"

#define BIT(permission) (1u << (permission))

/* Source: PLUS LDF 2.0.1: image alteration, duplication and file constraints, credit line. */
static const struct {
	const char *prefix;
	const char *except; /* the code of the family that takes nothing, NULL if there is none */
	uint8_t forbids;
	uint8_t obliges;
	const char *rule;
} families[] = {
	{ "AL-", NULL, BIT(LIC_DERIVE) | BIT(LIC_SHARE_ADAPTATIONS), 0,
	  "an alteration constraint: no adaptations" },
	{ "DP-", "DP-NDC", BIT(LIC_REDISTRIBUTE), 0,
	  "a duplication constraint: no redistribution" },
	{ "CR-", "CR-NRQ", 0, LIC_OBLIGATION_ATTRIBUTION, "a credit line is required" },
	{ "IF-", NULL, 0, 0, "about the file's name or metadata" },
};

static bool is_separator(uint8_t c)
{
	return c && strchr(" \t\r\n,;", c);
}

static struct lic_bytes strip_vocabulary(struct lic_bytes t)
{
	static const char *const prefixes[] = { "http://ns.useplus.org/ldf/vocab/",
						"https://ns.useplus.org/ldf/vocab/" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (t.n > n && strncasecmp((const char *)t.p, prefixes[i], n) == 0)
			return (struct lic_bytes){ t.p + n, t.n - n };
	}
	return t;
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Six bytes, a known family and three letters: "AL-CRP". */
static bool read_code(struct lic_bytes t, struct meaning *ret)
{
	t = strip_vocabulary(t);
	if (t.n != 6 || !is_letter(t.p[3]) || !is_letter(t.p[4]) || !is_letter(t.p[5]))
		return false;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(families); i++) {
		if (strncasecmp((const char *)t.p, families[i].prefix, 3) != 0)
			continue;
		if ((families[i].except && text_is(t, families[i].except)) ||
		    (!families[i].forbids && !families[i].obliges))
			return true;
		ret->kind = MEANS_NARROW;
		ret->forbids |= families[i].forbids;
		ret->obliges |= families[i].obliges;
		ret->rule = families[i].rule;
		return true;
	}
	return false;
}

void constraint_of(struct lic_bytes text, struct meaning *ret)
{
	size_t i = 0;

	ret->kind = MEANS_FACT;
	ret->rule = "a constraint that takes no permission";
	while (i < text.n) {
		size_t start;

		while (i < text.n && is_separator(text.p[i]))
			i++;
		start = i;
		while (i < text.n && !is_separator(text.p[i]))
			i++;
		if (i > start && !read_code((struct lic_bytes){ text.p + start, i - start }, ret)) {
			ret->kind = MEANS_PRIVATE;
			ret->rule = "a constraint in words: only a person can tell what is left";
			return;
		}
	}
}
