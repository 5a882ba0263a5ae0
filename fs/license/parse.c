/* SPDX-License-Identifier: Apache-2.0 */
/* The normaliser: from a string found in the wild to a canonical id (grammar.md section 2). */
#include <licensefs/text.h>

#include "fs/license/alias.h"
#include "fs/license/guard.h"
#include "fs/license/prepare.h"
#include "fs/license/prohibit.h"
#include "fs/license/prose.h"
#include "fs/license/resolve.h"
#include "fs/license/url.h"
#include "fs/license/words.h"

static void set_text(struct lic_parse *ret, enum lic_parse_kind kind, const char *text,
		     const char *rule)
{
	ret->kind = kind;
	ret->rule = rule;
	lic_text_cut(ret->expression, sizeof(ret->expression), text);
}

static void set_license(struct lic_parse *ret, const struct lic_license *l, const char *rule)
{
	static const struct {
		const char *id;
		enum lic_parse_kind kind;
	} kinds[] = { { "NOASSERTION", LIC_PARSE_NOASSERTION },
		      { "LicenseRef-Conflict", LIC_PARSE_CONFLICT },
		      { "LicenseRef-CopyrightNotice", LIC_PARSE_NOTICE },
		      { "LicenseRef-AllRightsReserved", LIC_PARSE_RESERVED } };

	if (!strcmp(l->id, "LicenseRef-Unrecognised"))
		return;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(kinds); i++)
		if (!strcmp(l->id, kinds[i].id)) {
			set_text(ret, kinds[i].kind, l->id, rule);
			return;
		}
	set_text(ret, LIC_PARSE_LICENSE, l->id, rule);
}

static void set_expression(struct lic_parse *ret, const struct lic_expression *e, const char *rule)
{
	struct lic_buf text = LIC_BUF_INIT(sizeof(ret->expression) - 1);

	if (e->n == 1 && e->alternative[0].n == 1) {
		set_license(ret, e->alternative[0].license[0], rule);
		return;
	}
	lic_expression_format(e, &text);
	if (!lic_buf_failed(&text))
		set_text(ret, LIC_PARSE_LICENSE, lic_buf_str(&text), rule);
	else
		ret->forbids = LIC_FORBIDS_PERMISSIONS | LIC_FORBIDS_AI;
	lic_buf_release(&text);
}

static size_t word_at(struct lic_span s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && !strchr(" ()", s.s[i + n]))
		n++;
	return n;
}

static bool is_word(struct lic_span s, size_t i, size_t n, const char *word)
{
	return n == strlen(word) && !memcmp(s.s + i, word, n);
}

/* "CC-BY-4.0 AND LicenseRef-Custom": single words joined by operators, one of them known and one
 * that narrows it unknown. Prose must not pick the known one out. */
static bool hides_an_operand(struct lic_span s)
{
	bool operand = true, narrows = false, known = false;

	for (size_t i = 0, n; i < s.n; i += n) {
		n = word_at(s, i);
		if (!n) {
			n = 1;
			continue;
		}
		if (operand)
			known = known || lic_license_find(s.s + i, n);
		else if (is_word(s, i, n, "and") || is_word(s, i, n, "with"))
			narrows = true;
		else if (!is_word(s, i, n, "or"))
			return false;
		operand = !operand;
	}
	return known && narrows && !operand;
}

/* Ids joined by operators. What an operand does not state, the expression cannot either. */
static bool parse_expression(struct lic_span span, struct lic_parse *ret)
{
	struct lic_expression e;
	char text[512];

	if (span.n > sizeof(text))
		return false;
	for (size_t i = 0; i < span.n; i++)
		text[i] = span.s[i] == '_' ? '-' : span.s[i];
	if (lic_expression_parse(text, span.n, &e, NULL) < 0)
		return hides_an_operand(span);
	for (size_t i = 0; i < e.n; i++)
		for (size_t k = 0; k < e.alternative[i].n; k++)
			if (!strcmp(e.alternative[i].license[k]->id, "LicenseRef-Conflict") ||
			    !strcmp(e.alternative[i].license[k]->id, "LicenseRef-Unrecognised")) {
				set_text(ret, LIC_PARSE_CONFLICT, "LicenseRef-Conflict", "id");
				return true;
			}
	set_expression(ret, &e, "id");
	return true;
}

/* Rules 1 to 8: the string as a whole. */
static bool parse_whole(enum lic_context context, struct lic_span span, struct lic_parse *ret)
{
	const struct lic_license *l;
	struct lic_expression e;
	const char *rule;

	if (!span.n) {
		l = lic_alias_find(context, "", 0);
		if (l)
			set_license(ret, l, "alias");
		else
			set_text(ret, LIC_PARSE_NOASSERTION, "NOASSERTION", "");
		return true;
	}
	l = lic_resolve(context, span, &rule);
	if (l)
		set_license(ret, l, rule);
	else if (lic_url_is_whole(span.s, span.n))
		return true;
	else if (parse_expression(span, ret))
		return true;
	else if (lic_resolve_list(context, span, &e))
		set_expression(ret, &e, "short-name");
	else
		return false;
	return true;
}

/* Rules 9 to 11: what stands in the string. */
static void parse_prose(struct lic_span span, bool cut, struct lic_parse *ret)
{
	const struct lic_license *l;
	struct lic_words words;

	if (!lic_words_split(span.s, span.kind, span.n, &words)) {
		ret->forbids = LIC_FORBIDS_PERMISSIONS | LIC_FORBIDS_AI;
		return;
	}
	ret->forbids = lic_prohibit(&words);
	l = lic_prose_license(&words, cut);
	if (!l && !cut)
		l = lic_phrase_license(&words);
	if (l)
		set_license(ret, l, "prose");
	else if (!cut && lic_phrase_is_notice(span.s, span.n))
		set_text(ret, LIC_PARSE_NOTICE, "LicenseRef-CopyrightNotice", "notice");
	lic_words_release(&words);
}

void lic_license_parse(enum lic_context context, const char *s, size_t n, struct lic_parse *ret)
{
	struct lic_prepared text;
	struct lic_span span;

	set_text(ret, LIC_PARSE_UNRECOGNISED, "unrecognised", "");
	ret->forbids = 0;
	if (lic_prepare(s, n, &text)) {
		span.s = lic_buf_str(&text.text);
		span.kind = lic_buf_str(&text.kind);
		span.n = text.text.len;
		if (text.cut || !parse_whole(context, span, ret))
			parse_prose(span, text.cut, ret);
	} else {
		/* Unread, it may have forbidden anything */
		ret->forbids = LIC_FORBIDS_PERMISSIONS | LIC_FORBIDS_AI;
	}
	lic_prepared_release(&text);
}
