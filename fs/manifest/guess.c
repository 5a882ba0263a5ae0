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

bool lic_table_columns_add_rights(struct lic_table_columns *t)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(known); i++)
		if (!lic_table_columns_add(
			    t, (struct lic_table_column){ known[i].name, LIC_KEY_NONE,
							  known[i].role, LIC_CONTEXT_ANY, false }))
			return false;
	return true;
}

bool lic_table_has_rights(const struct lic_peek *k)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(known); i++)
		if (known[i].rights && lic_table_has(k, known[i].name))
			return true;
	return false;
}

/* "Photo: Jane Doe, CC BY-NC 2.0" */
static int add_notices(struct lic_table *t)
{
	for (size_t i = 0; i < t->format->n; i++) {
		const char *name = t->format->column[i].name;

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
