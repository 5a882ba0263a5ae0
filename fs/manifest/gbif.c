/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GBIF: multimedia.txt of Darwin Core archives, tabs and a header, nothing quoted; columns of
 * Audubon Core, too. Rights are free text or an address.
 *
 * Not occurrence.txt: its license is the record's.
 * Archives without a header, whose meta.xml numbers the columns, are read as a table with --map.
 */
#include <errno.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

enum {
	IDENTIFIER,
	ACCESS_URI,
	CREATOR,
	RIGHTS_HOLDER,
	N_OWN,
};

#define TEXT(name, role, context)                                                                  \
	{                                                                                          \
		name, LIC_KEY_NONE, role, context, false                                           \
	}
#define ASKED(name) TEXT(name, LIC_ROLE_NONE, LIC_CONTEXT_ANY)
#define RIGHTS(name, role) TEXT(name, role, LIC_CONTEXT_GBIF)
#define CREDIT(name, role) TEXT(name, role, LIC_CONTEXT_ANY)

static const struct lic_table_column columns[] = {
	[IDENTIFIER] = ASKED("identifier"),
	[ACCESS_URI] = ASKED("accessURI"),
	[CREATOR] = CREDIT("creator", LIC_ROLE_CREATOR),
	[RIGHTS_HOLDER] = RIGHTS("rightsHolder", LIC_ROLE_COPYRIGHT),
	RIGHTS("license", LIC_ROLE_LICENSE),
	RIGHTS("dcterms:license", LIC_ROLE_LICENSE),
	RIGHTS("rights", LIC_ROLE_COPYRIGHT),
	RIGHTS("dc:rights", LIC_ROLE_COPYRIGHT),
	RIGHTS("dcterms:rights", LIC_ROLE_COPYRIGHT),
	RIGHTS("accessRights", LIC_ROLE_COPYRIGHT),
	RIGHTS("dcterms:accessRights", LIC_ROLE_COPYRIGHT),
	RIGHTS("Owner", LIC_ROLE_COPYRIGHT),
	RIGHTS("xmpRights:Owner", LIC_ROLE_COPYRIGHT),
	RIGHTS("UsageTerms", LIC_ROLE_LICENSE),
	RIGHTS("xmpRights:UsageTerms", LIC_ROLE_LICENSE),
	RIGHTS("WebStatement", LIC_ROLE_WEBSTATEMENT),
	RIGHTS("xmpRights:WebStatement", LIC_ROLE_WEBSTATEMENT),
	RIGHTS("licensingException", LIC_ROLE_CONSTRAINT),
	RIGHTS("ac:licensingException", LIC_ROLE_CONSTRAINT),
	CREDIT("dc:creator", LIC_ROLE_CREATOR),
	CREDIT("dcterms:creator", LIC_ROLE_CREATOR),
	CREDIT("Credit", LIC_ROLE_CREATOR),
	CREDIT("photoshop:Credit", LIC_ROLE_CREATOR),
	CREDIT("title", LIC_ROLE_TITLE),
	CREDIT("dcterms:title", LIC_ROLE_TITLE),
	CREDIT("references", LIC_ROLE_SOURCE_URL),
	CREDIT("furtherInformationURL", LIC_ROLE_SOURCE_URL),
	CREDIT("ac:furtherInformationURL", LIC_ROLE_SOURCE_URL),
	CREDIT("attributionLinkURL", LIC_ROLE_SOURCE_URL),
	CREDIT("ac:attributionLinkURL", LIC_ROLE_SOURCE_URL),
	{ "ac:accessURI", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
};

#define ACCESS_URI_LONG (LIC_ARRAY_SIZE(columns) - 1)

/* occurrence.txt has these columns, too; its license is the record's, not the picture's. */
static bool is_occurrence(const struct lic_peek *k)
{
	return lic_table_has(k, "basisOfRecord") || lic_table_has(k, "occurrenceID");
}

static int bid(const struct lic_peek *k)
{
	bool audubon = lic_table_has(k, "accessURI") || lic_table_has(k, "ac:accessURI");

	if (k->separator != '\t' || is_occurrence(k))
		return 0;
	if (lic_table_has(k, "gbifID") && (lic_table_has(k, "identifier") || audubon))
		return 90;
	if (lic_table_has(k, "identifier") && lic_table_has(k, "rightsHolder"))
		return 60;
	return audubon ? 60 : 0;
}

static int row(struct lic_table *t)
{
	static const size_t places[] = { ACCESS_URI, ACCESS_URI_LONG, IDENTIFIER };
	size_t i = 0;

	if (t->place[IDENTIFIER] < 0 && t->place[ACCESS_URI] < 0 && t->place[ACCESS_URI_LONG] < 0)
		return lic_table_bad(t, "no column above is named 'identifier' or 'accessURI'");
	/* beside an address of Audubon Core the identifier is the record's */
	while (i < LIC_ARRAY_SIZE(places) && !t->value[places[i]].n)
		i++;
	if (i < LIC_ARRAY_SIZE(places))
		lic_url_keys(t->m, t->value[places[i]]);
	if (!t->value[CREATOR].n)
		lic_table_claim(t, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "rightsHolder",
				t->value[RIGHTS_HOLDER]);
	return 0;
}

static int read_gbif(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_table_format format = {
		.column = columns,
		.n = LIC_ARRAY_SIZE(columns),
		.rank = LIC_RANK_MANIFEST,
		.separator = '\t',
		.may_lack_key = true,
		.row = row,
	};

	if (is_occurrence(&m->peek))
		return lic_error_set(err, EINVAL,
				     "'%s' lists occurrences: their license is not the pictures'; "
				     "import multimedia.txt beside it",
				     m->name);
	return lic_table_read(m, &format, NULL, err);
}

const struct lic_manifest_reader lic_manifest_gbif = {
	.format = { "gbif", "GBIF multimedia.txt, Darwin Core and Audubon Core" },
	.bid = bid,
	.read = read_gbif,
};
