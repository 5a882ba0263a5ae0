/* SPDX-License-Identifier: Apache-2.0 */
/* Columns whose names alone say what they hold. */
#include <string.h>

#include "fs/manifest/guess.h"

/* A license in one of these counts as one; an address there that is no license's is one that nobody
 * can read, because it was put where a license belongs. */
static const struct {
	const char *name;
	enum lic_role role;
	bool rights;
} known[] = {
	{ "license", LIC_ROLE_LICENSE, true },	    { "licence", LIC_ROLE_LICENSE, true },
	{ "license_url", LIC_ROLE_LICENSE, true },  { "licence_url", LIC_ROLE_LICENSE, true },
	{ "license_name", LIC_ROLE_LICENSE, true }, { "rights", LIC_ROLE_COPYRIGHT, true },
	{ "copyright", LIC_ROLE_COPYRIGHT, true },  { "attribution", LIC_ROLE_CREATOR, false },
	{ "author", LIC_ROLE_CREATOR, false },	    { "creator", LIC_ROLE_CREATOR, false },
	{ "credit", LIC_ROLE_CREATOR, false },	    { "title", LIC_ROLE_TITLE, false },
	{ "source", LIC_ROLE_SOURCE_URL, false },   { "source_url", LIC_ROLE_SOURCE_URL, false },
	{ "url", LIC_ROLE_SOURCE_URL, false },
};

bool lic_table_columns_add(struct lic_table_columns *t, struct lic_table_column c)
{
	if (t->n == LIC_ARRAY_SIZE(t->c))
		return false;
	t->c[t->n++] = c;
	return true;
}

static bool has_word(struct lic_bytes name, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t w = strlen(words[i]);

		for (size_t k = 0; k + w <= name.n; k++)
			if (strncasecmp((const char *)name.p + k, words[i], w) == 0)
				return true;
	}
	return false;
}

/* "image_license", "usage_rights": whose they are only a person can tell, of the caption or of the
 * picture. So they restrict and never grant. */
static bool is_of_rights(struct lic_bytes name)
{
	static const char *const words[] = { "license", "licence", "copyright", "rights", "terms" };
	static const char *const others[] = { "text",  "caption", "annotation",
					      "label", "code",	  "metadata" };

	return has_word(name, words, LIC_ARRAY_SIZE(words)) &&
	       !has_word(name, others, LIC_ARRAY_SIZE(others));
}

/* "noai", "opt_out": a flag by which the owner refuses. */
static bool is_refusal(struct lic_bytes name)
{
	static const char *const words[] = { "noai",	"no_ai",   "noimageai", "optout",
					     "opt_out", "opt-out", "notrain",	"no_train" };

	return has_word(name, words, LIC_ARRAY_SIZE(words));
}

static bool is_added(const struct lic_table_columns *t, struct lic_bytes name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strlen(t->c[i].name) == name.n &&
		    strncasecmp(t->c[i].name, (const char *)name.p, name.n) == 0)
			return true;
	return false;
}

bool lic_table_columns_add_rights(struct lic_table_columns *t, const struct lic_peek *k,
				  struct lic_arena *texts)
{
	const struct lic_bytes *name = k->first == '{' ? k->key : k->field;
	size_t n = k->first == '{' ? k->n_keys : k->n_fields;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(known); i++)
		if (!lic_table_columns_add(
			    t, (struct lic_table_column){ known[i].name, LIC_KEY_NONE,
							  known[i].role, LIC_CONTEXT_ANY, false }))
			return false;
	for (size_t i = 0; i < n; i++) {
		struct lic_table_column c = { NULL, LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY,
					      false };

		if (is_added(t, name[i]) || (!is_of_rights(name[i]) && !is_refusal(name[i])))
			continue;
		c.name = lic_arena_dup(texts, name[i].p, name[i].n);
		if (!c.name || !lic_table_columns_add(t, c))
			return false;
	}
	return true;
}

bool lic_table_has_rights(const struct lic_peek *k)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(known); i++)
		if (known[i].rights && lic_table_has(k, known[i].name))
			return true;
	return false;
}

static bool is_set(struct lic_bytes f)
{
	static const char *const words[] = { "",  "0",	   "0.0",  "no",   "n",
					     "f", "false", "none", "null", "nan" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == f.n && strncasecmp(words[i], (const char *)f.p, f.n) == 0)
			return false;
	return true;
}

/* A column that may be about the picture. */
static void add_restriction(struct lic_table *t, const char *name, struct lic_bytes value, bool odd)
{
	static const char *const words[] = { "license", "licence" };
	const struct lic_bytes n = { (const uint8_t *)name, strlen(name) };

	if (!is_of_rights(n)) {
		if (is_set(value))
			lic_row_reserve(t->m, LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT, name,
					value.p, value.n);
	} else if (odd) {
		lic_table_claim(t, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, name, value);
	} else {
		lic_row_claim_held(t->m, LIC_RANK_NONE,
				   has_word(n, words, LIC_ARRAY_SIZE(words)) ? LIC_ROLE_LICENSE
									     : LIC_ROLE_COPYRIGHT,
				   LIC_CONTEXT_ANY, name, value);
	}
}

/* "Photo: Jane Doe, CC BY-NC 2.0" */
static int add_notices(struct lic_table *t)
{
	for (size_t i = 0; i < t->format->n; i++) {
		const char *name = t->format->column[i].name;

		if (t->format->column[i].role == LIC_ROLE_NONE &&
		    t->format->column[i].key == LIC_KEY_NONE)
			add_restriction(t, name, t->value[i], t->odd[i]);
		if (t->format->column[i].role == LIC_ROLE_CREATOR &&
		    (strcasecmp(name, "attribution") == 0 || strcasecmp(name, "credit") == 0))
			lic_table_claim(t, LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY, name, t->value[i]);
	}
	return 0;
}

int lic_table_read_columns(struct lic_manifest_reading *m, const struct lic_table_columns *columns,
			   const struct lic_table_format *like, struct lic_error *err)
{
	struct lic_table_format format = *like;

	format.column = columns->c;
	format.n = columns->n;
	format.rank = LIC_RANK_MANIFEST;
	format.row = add_notices;
	return lic_table_read(m, &format, NULL, err);
}
