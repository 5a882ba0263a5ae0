/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of licenses (grammar.md section 2, rule 8). */
#include "fs/license/cc.h"
#include "fs/license/expression.h"
#include "fs/license/resolve.h"

#define PARTS_MAX 24

struct list {
	struct lic_span part[PARTS_MAX];
	size_t n;
	bool has_and, has_or;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool at(struct lic_span s, size_t i, const char *word)
{
	size_t n = strlen(word);

	return s.n - i >= n && !memcmp(s.s + i, word, n);
}

/* "3.0-2.5": a hyphen between two versions. */
static bool separates_versions(struct lic_span s, size_t i)
{
	return i >= 3 && s.n - i >= 4 && is_digit(s.s[i - 1]) && s.s[i - 2] == '.' &&
	       is_digit(s.s[i - 3]) && is_digit(s.s[i + 1]) && s.s[i + 2] == '.' &&
	       is_digit(s.s[i + 3]);
}

/* Length of the separator at i, 0 if there is none. */
static size_t separator(struct list *list, struct lic_span s, size_t i, bool slashes)
{
	if (strchr(",;|", s.s[i]) || (slashes && s.s[i] == '/'))
		return 1;
	if (s.s[i] == '-' && separates_versions(s, i))
		return 1;
	if (at(s, i, " and ")) {
		list->has_and = true;
		return 4; /* the space behind belongs to the next part */
	}
	if (at(s, i, " & ")) {
		list->has_and = true;
		return 2;
	}
	if (at(s, i, " or ")) {
		list->has_or = true;
		return 3;
	}
	return 0;
}

static bool add_part(struct list *list, struct lic_span s, size_t from, size_t to)
{
	struct lic_span before = { s.s, s.kind, to };

	while (from < to && s.s[from] == ' ')
		from++;
	/* "A, and B" */
	if (at(before, from, "and ")) {
		list->has_and = true;
		from += 4;
	} else if (at(before, from, "or ")) {
		list->has_or = true;
		from += 3;
	}
	while (to > from && s.s[to - 1] == ' ')
		to--;
	if (from == to)
		return true;
	if (list->n == PARTS_MAX)
		return false;
	list->part[list->n++] = (struct lic_span){ s.s + from, s.kind + from, to - from };
	return true;
}

static bool split(struct lic_span s, bool slashes, struct list *ret)
{
	size_t from = 0;

	*ret = (struct list){ 0 };
	for (size_t i = 0; i < s.n; i++) {
		size_t n = separator(ret, s, i, slashes);

		if (!n)
			continue;
		if (!add_part(ret, s, from, i))
			return false;
		from = i + n;
		i += n - 1;
	}
	return add_part(ret, s, from, s.n) && ret->n > 1 && !(ret->has_and && ret->has_or);
}

static bool is_version(struct lic_span part)
{
	return part.n == 3 && is_digit(part.s[0]) && part.s[1] == '.' && is_digit(part.s[2]);
}

struct parsed {
	struct lic_expression group[PARTS_MAX]; /* the first n of them; large, so not cleared */
	size_t n;
	bool reserves, grants, choice; /* choice: every license is one that people offer */
};

static bool add_license(struct lic_expression *e, const struct lic_license *l)
{
	struct lic_alternative a = { .n = 1, .license = { l } };

	return lic_expression_add(e, &a);
}

static bool reserves(const struct lic_license *l)
{
	static const char *const ids[] = { "NOASSERTION",
					   "NONE",
					   "LicenseRef-AllRightsReserved",
					   "LicenseRef-CopyrightNotice",
					   "LicenseRef-Conflict",
					   "LicenseRef-Unrecognised" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(ids); i++)
		if (!strcmp(l->id, ids[i]))
			return true;
	return l->status == LIC_LICENSE_RESERVED;
}

static bool is_offered(const struct lic_license *l)
{
	return l->status == LIC_LICENSE_OPEN || !strncmp(l->id, "CC-", 3) ||
	       !strncmp(l->id, "LicenseRef-CC-BY", 16);
}

static bool parse(enum lic_context context, const struct list *list, struct parsed *ret)
{
	const struct lic_license *last = NULL;

	ret->n = 0;
	ret->reserves = ret->grants = false;
	ret->choice = true;
	for (size_t i = 0; i < list->n; i++) {
		const struct lic_license *l;
		const char *rule;

		if (last && is_version(list->part[i])) {
			l = lic_cc_in_version(last, list->part[i].s, list->part[i].n);
			if (!l || !add_license(&ret->group[ret->n - 1], l))
				return false;
			continue;
		}
		l = lic_resolve(context, list->part[i], &rule);
		if (!l)
			return false;
		ret->group[ret->n].n = 0;
		if (!add_license(&ret->group[ret->n++], l))
			return false;
		ret->choice = ret->choice && is_offered(l);
		if (reserves(l))
			ret->reserves = true;
		else
			ret->grants = true;
		last = l;
	}
	return true;
}

/* True where another group states the version that this one leaves out. */
static bool is_refined(const struct parsed *p, size_t i)
{
	const struct lic_license *l = p->group[i].alternative[0].license[0];

	for (size_t k = 0; k < p->n; k++)
		if (lic_cc_refines(p->group[k].alternative[0].license[0], l))
			return true;
	return false;
}

static bool combine(const struct parsed *p, bool choice, struct lic_expression *ret)
{
	*ret = (struct lic_expression){ 0 };
	for (size_t i = 0; i < p->n; i++) {
		if (is_refined(p, i))
			continue;
		if (!ret->n) {
			*ret = p->group[i];
		} else if (!choice) {
			if (!lic_expression_multiply(ret, &p->group[i]))
				return false;
		} else {
			for (size_t k = 0; k < p->group[i].n; k++)
				if (!lic_expression_add(ret, &p->group[i].alternative[k]))
					return false;
		}
	}
	return true;
}

bool lic_resolve_list(enum lic_context context, struct lic_span span, struct lic_expression *ret)
{
	bool has_url = memmem(span.s, span.n, "://", 3);
	struct parsed p;
	struct list list;

	if (!split(span, false, &list) || !parse(context, &list, &p)) {
		if (has_url || !memchr(span.s, '/', span.n) || !split(span, true, &list) ||
		    !parse(context, &list, &p))
			return false;
	}
	if (p.reserves && p.grants) {
		*ret = (struct lic_expression){ 0 };
		return add_license(ret, lic_license_find("LicenseRef-Conflict", 19));
	}
	/* Commons lists what one may choose from; elsewhere a list means that all apply. */
	return combine(&p, p.choice && (list.has_or || context == LIC_CONTEXT_COMMONS), ret);
}
