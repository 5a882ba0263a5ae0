/* SPDX-License-Identifier: Apache-2.0 */
/* Resolves strings that name one license as a whole (grammar.md section 2, rules 2 to 8). */
#include "fs/license/alias.h"
#include "fs/license/name.h"
#include "fs/license/resolve.h"
#include "fs/license/url.h"

/* Brackets and closing punctuation around a whole string say nothing. */
static struct lic_span bare(struct lic_span span)
{
	const char *around = " .,;:!()[]{}*\"'";

	while (span.n && strchr(around, *span.s)) {
		span.s++;
		span.kind++;
		span.n--;
	}
	while (span.n && strchr(around, span.s[span.n - 1]))
		span.n--;
	return span;
}

static const struct lic_license *find_id(struct lic_span span)
{
	char id[128];

	if (span.n > sizeof(id))
		return NULL;
	for (size_t i = 0; i < span.n; i++)
		id[i] = span.s[i] == '_' ? '-' : span.s[i];
	return lic_license_find(id, span.n);
}

static const struct lic_license *find_name(struct lic_span span)
{
	const struct lic_license *l;
	struct lic_words words;

	if (span.n > 256 || !lic_words_split(span.s, span.kind, span.n, &words))
		return NULL;
	l = lic_name_whole(&words);
	lic_words_release(&words);
	return l;
}

const struct lic_license *lic_resolve(enum lic_context context, struct lic_span span,
				      const char **ret_rule)
{
	struct lic_span inner = bare(span);
	const struct lic_license *l = lic_alias_find(context, span.s, span.n);

	if (!l && inner.n && inner.n < span.n)
		l = lic_alias_find(context, inner.s, inner.n);
	*ret_rule = "alias";
	if (!l && lic_url_is_whole(span.s, span.n)) {
		*ret_rule = "url";
		return lic_url_license(context, span.s, lic_url_trim(span.s, span.n));
	}
	if (!l) {
		*ret_rule = "id";
		l = find_id(inner);
	}
	if (!l) {
		*ret_rule = "short-name";
		l = find_name(span);
	}
	return l;
}
