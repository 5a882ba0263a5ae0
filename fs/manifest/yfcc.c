/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YFCC100M: tables of 23 or 25 columns without a header, and the tables and JSON Lines with names
 * that Multimedia Commons made of them. Texts are percent-encoded, blanks are pluses.
 */
#include <errno.h>
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

enum { PHOTO_ID, UNICKNAME, TITLE, PAGE_URL, LICENSE_NAME, LICENSE_URL, MARKER, HASH, KEY, N };

static const struct lic_table_column columns[N] = {
	[PHOTO_ID] = { "photoid", LIC_KEY_ID, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
	[UNICKNAME] = { "unickname", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[TITLE] = { "title", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[PAGE_URL] = { "pageurl", LIC_KEY_NONE, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, false },
	[LICENSE_NAME] = { "licensename", LIC_KEY_NONE, LIC_ROLE_COPYRIGHT, LIC_CONTEXT_FLICKR_NAME,
			   true },
	[LICENSE_URL] = { "licenseurl", LIC_KEY_NONE, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, true },
	[MARKER] = { "marker", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	/* name of the file in Multimedia Commons; the table of 25 columns calls it a hash */
	[HASH] = { "hash", LIC_KEY_STEM, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[KEY] = { "key", LIC_KEY_STEM, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
};

#define NOWHERE LIC_FIELDS_MAX

static const size_t places_23[N] = { 0, 2, 6, 13, 15, 16, 22, NOWHERE, NOWHERE };
static const size_t places_25[N] = { 1, 4, 8, 15, 17, 18, 24, 2, NOWHERE };

static const size_t *places(const struct lic_peek *k)
{
	return k->n_fields == 23 ? places_23 : k->n_fields == 25 ? places_25 : NULL;
}

static bool is_number(struct lic_bytes f)
{
	for (size_t i = 0; i < f.n; i++)
		if (f.p[i] < '0' || f.p[i] > '9')
			return false;
	return f.n > 0;
}

static bool is_headless(const struct lic_peek *k)
{
	const size_t *at = k->separator == '\t' ? places(k) : NULL;

	return at && is_number(k->field[at[PHOTO_ID]]) && is_number(k->field[at[MARKER]]) &&
	       k->field[at[PAGE_URL]].n > 4 && memcmp(k->field[at[PAGE_URL]].p, "http", 4) == 0;
}

static int bid(const struct lic_peek *k)
{
	if (!lic_table_is(k))
		return 0;
	if (lic_table_has(k, "photoid") && lic_table_has(k, "licenseurl") &&
	    lic_table_has(k, "licensename"))
		return 90;
	return k->first != '{' && is_headless(k) ? 85 : 0;
}

static int row(struct lic_table *t)
{
	uint64_t *videos = t->own;

	if (t->value[MARKER].n && !lic_field_is(&t->value[MARKER], "0")) {
		++*videos;
		return LIC_TABLE_SKIP;
	}
	if (!is_number(t->value[PHOTO_ID]))
		return lic_table_bad(t, "the photo id is no number");
	lic_field_unquote_plus(&t->value[UNICKNAME]);
	lic_field_unquote_plus(&t->value[TITLE]);
	lic_table_claim(t, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "unickname", t->value[UNICKNAME]);
	lic_table_claim(t, LIC_ROLE_TITLE, LIC_CONTEXT_ANY, "title", t->value[TITLE]);
	return 0;
}

static int read_yfcc(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct lic_table_format format = {
		.column = columns,
		.n = N,
		.rank = LIC_RANK_MANIFEST,
		.row = row,
	};
	uint64_t videos = 0;
	int r;

	if (m->peek.first != '{' && !lic_peek_column(&m->peek, "photoid")) {
		format.separator = '\t';
		format.place = places(&m->peek);
		format.n_fields = m->peek.n_fields;
		if (!format.place)
			return lic_error_set(err, EBADMSG,
					     "'%s', line 1: %zu columns, where YFCC100M has 23 or "
					     "25 with tabs between them",
					     m->name, m->peek.n_fields);
	} else {
		format.quotes = m->peek.separator != '\t';
	}
	r = lic_table_read(m, &format, &videos, err);
	if (r == 0 && videos)
		lic_manifest_warn(m, "%llu %s of videos, which no image can join",
				  (unsigned long long)videos, videos == 1 ? "row is" : "rows are");
	return r;
}

const struct lic_manifest_reader lic_manifest_yfcc = {
	.format = { "yfcc100m", "YFCC100M and Multimedia Commons, 23 to 25 columns" },
	.bid = bid,
	.read = read_yfcc,
};
