/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Croissant 1.0 and 1.1 (mlcommons.org/croissant), and other descriptions of a schema.org Dataset
 * as JSON-LD: what the dataset is licensed under, and whom to credit.
 *
 * Prefixes are the file's own: keys are compared as the addresses that @context makes of them.
 * sdLicense is about the description alone. Licenses of single images stand in files that the
 * description merely points to. usageInfo binds, as the terms of the dataset.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fs/manifest/dataset.h"
#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

#define IRI_MAX 256

static int bid(const struct lic_peek *k)
{
	if (k->first != '{' || k->lines || !lic_peek_key(k, "@context"))
		return 0;
	if (lic_peek_has(k, "mlcommons.org/croissant"))
		return 95;
	return lic_peek_has(k, "schema.org") && lic_peek_has(k, "Dataset\"") ? 50 : 0;
}

/* --- names -------------------------------------------------------------------------------- */

/* What @context says of a term, as a text or an object with @id; "" where it says nothing. */
static const char *context_of(const struct lic_record *d, const char *term, size_t n)
{
	char pattern[3][IRI_MAX];

	if (!n || n > 64)
		return "";
	snprintf(pattern[0], IRI_MAX, "@context.%.*s", (int)n, term);
	snprintf(pattern[1], IRI_MAX, "@context[].%.*s", (int)n, term);
	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;

		if (strncmp(path, "@context", 8) != 0)
			continue;
		for (unsigned k = 0; k < 2; k++) {
			snprintf(pattern[2], IRI_MAX, "%.200s.@id", pattern[k]);
			if (lic_dataset_path_is(path, pattern[k]) ||
			    lic_dataset_path_is(path, pattern[2]))
				return (const char *)d->item[i].value.p;
		}
	}
	return "";
}

/* The address of a term: a prefix is what the context says, or what everybody uses it for. */
static void expand(const struct lic_record *d, const char *term, size_t n, char iri[IRI_MAX],
		   unsigned depth)
{
	static const char *const usual[][2] = {
		{ "sc", "http://schema.org/" },
		{ "schema", "http://schema.org/" },
		{ "cr", "http://mlcommons.org/croissant/" },
		{ "dct", "http://purl.org/dc/terms/" },
		{ "dcterms", "http://purl.org/dc/terms/" },
		{ "odrl", "http://www.w3.org/ns/odrl/2/" },
		{ "duo", "http://purl.obolibrary.org/obo/DUO_" },
	};
	const char *colon = memchr(term, ':', n), *base;
	size_t prefix = colon ? (size_t)(colon - term) : 0;

	base = context_of(d, term, n);
	if (*base && depth < 4) {
		expand(d, base, strlen(base), iri, depth + 1);
		return;
	}
	base = "http://schema.org/";
	if (colon && strncmp(colon, "://", 3) != 0) {
		base = context_of(d, term, prefix);
		for (size_t i = 0; !*base && i < LIC_ARRAY_SIZE(usual); i++)
			if (strlen(usual[i][0]) == prefix && memcmp(usual[i][0], term, prefix) == 0)
				base = usual[i][1];
	} else if (colon) {
		base = "";
	}
	if (colon && *base) {
		term = colon + 1;
		n -= prefix + 1;
	}
	snprintf(iri, IRI_MAX, "%.128s%.*s", base, n < 128 ? (int)n : 128, term);
}

/* schema.org has both schemes, and nobody keeps to one. */
static bool iri_is(const char *iri, const char *want)
{
	static const char secure[] = "https://";

	if (strncmp(iri, secure, sizeof(secure) - 1) == 0)
		return strncmp(want, "http://", 7) == 0 &&
		       strcmp(iri + sizeof(secure) - 1, want + 7) == 0;
	return strcmp(iri, want) == 0;
}

/* The address of the first key of a path, and what stands behind it. */
static const char *first_key(const struct lic_record *d, const char *path, char iri[IRI_MAX])
{
	size_t n = 0;

	/* a key that is an address holds dots itself */
	if (strncmp(path, "http", 4) == 0 && strstr(path, "://"))
		n = strcspn(path, "[");
	else
		n = strcspn(path, ".[");
	expand(d, path, n, iri, 0);
	return path + n;
}

/* --- members ------------------------------------------------------------------------------ */

static const struct {
	const char *iri;
	enum lic_role role;
} properties[] = {
	{ "http://schema.org/license", LIC_ROLE_LICENSE },
	{ "http://purl.org/dc/terms/license", LIC_ROLE_LICENSE },
	{ "http://purl.org/dc/terms/rights", LIC_ROLE_COPYRIGHT },
	{ "http://schema.org/copyrightNotice", LIC_ROLE_COPYRIGHT },
	{ "http://schema.org/conditionsOfAccess", LIC_ROLE_CAPTION },
	{ "http://schema.org/creator", LIC_ROLE_CREATOR },
	{ "http://schema.org/author", LIC_ROLE_CREATOR },
	{ "http://schema.org/creditText", LIC_ROLE_CREATOR },
	{ "http://mlcommons.org/croissant/citeAs", LIC_ROLE_NONE },
	{ "http://schema.org/url", LIC_ROLE_SOURCE_URL },
	{ "http://schema.org/name", LIC_ROLE_NONE },
};

/* Where the text of a value stands: itself, an item, or a member of an object. */
static bool is_text_of(const struct lic_record *d, const char *rest, bool license)
{
	char iri[IRI_MAX];

	if (*rest == '[')
		rest += strcspn(rest, "]") + 1;
	if (!*rest || strcmp(rest, ".@value") == 0)
		return true;
	if (*rest != '.')
		return false;
	if (license && strcmp(rest, ".@id") == 0)
		return true;
	return !*first_key(d, rest + 1, iri) && (iri_is(iri, "http://schema.org/name") ||
						 (license && iri_is(iri, "http://schema.org/url")));
}

static void add_members(struct lic_manifest_reading *m, const struct lic_record *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		char iri[IRI_MAX];
		const char *rest;

		if (*path == '@')
			continue;
		rest = first_key(d, path, iri);
		for (size_t k = 0; k < LIC_ARRAY_SIZE(properties); k++)
			if (iri_is(iri, properties[k].iri) &&
			    is_text_of(d, rest, properties[k].role == LIC_ROLE_LICENSE))
				lic_dataset_claim(m, properties[k].role, LIC_CONTEXT_ANY, path,
						  (const char *)d->item[i].value.p);
	}
}

/* --- usageInfo ---------------------------------------------------------------------------- */

struct usage {
	bool research, noncommercial;
	char other[64]; /* a condition that has no counterpart here */
};

/* The seven digits of a code of the Data Use Ontology, NULL where there is none. */
static const char *duo_code(const char *s)
{
	const char *p = strcasestr(s, "duo");

	if (!p)
		return NULL;
	p += 3;
	p += *p == ':' || *p == '_';
	return strspn(p, "0123456789") == 7 ? p : NULL;
}

/* http://purl.obolibrary.org/obo/duo.owl: 4 no restriction, 42 general research use, 18 and 45
 * not-for-profit, 46 noncommercial. */
static void add_code(struct usage *u, const char *code)
{
	static const struct {
		const char *code;
		bool research, noncommercial;
	} codes[] = {
		{ "0000004", false, false }, { "0000042", true, false }, { "0000018", false, true },
		{ "0000045", false, true },  { "0000046", false, true },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(codes); i++)
		if (strncmp(code, codes[i].code, 7) == 0) {
			u->research |= codes[i].research;
			u->noncommercial |= codes[i].noncommercial;
			return;
		}
	snprintf(u->other, sizeof(u->other), "DUO:%.7s", code);
}

/* ODRL: what a policy allows takes nothing; prohibitions do, and conditions of what is allowed. */
static bool is_condition(const char *rest)
{
	if (strstr(rest, "@type") || strstr(rest, "operator") || strstr(rest, "leftOperand"))
		return false;
	return strstr(rest, "rightOperand") || strstr(rest, "prohibition");
}

static void add_usage(struct lic_manifest_reading *m, const struct lic_record *d)
{
	struct usage u = { 0 };

	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		const char *value = (const char *)d->item[i].value.p;
		char iri[IRI_MAX];
		const char *rest;

		if (*path == '@')
			continue;
		rest = first_key(d, path, iri);
		if (!iri_is(iri, "http://schema.org/usageInfo") || !*value)
			continue;
		if (duo_code(value))
			add_code(&u, duo_code(value));
		else if (is_condition(rest))
			snprintf(u.other, sizeof(u.other), "%.60s", value);
		else if (is_text_of(d, rest, true))
			lic_dataset_claim(m, LIC_ROLE_CAPTION, LIC_CONTEXT_ANY, path, value);
	}
	if (u.research && u.noncommercial)
		lic_row_terms(m, "LicenseRef-NonCommercial-Research");
	else if (u.research)
		lic_row_terms(m, "LicenseRef-Research-Only");
	else if (u.noncommercial)
		lic_row_terms(m, "LicenseRef-NonCommercial");
	if (u.other[0])
		lic_row_terms(m, u.other);
}

/* --- licenses of single images ------------------------------------------------------------ */

/* The license of each image is a column of a file that the description points to. */
static void say_columns(struct lic_manifest_reading *m, const struct lic_record *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		const char *field = strstr(path, "field["), *close;
		char at[IRI_MAX], iri[IRI_MAX];
		const char *rest, *value = (const char *)d->item[i].value.p;

		close = field ? strchr(field, ']') : NULL;
		if (!close || (size_t)(close - path) > 100 ||
		    (!strstr(close, "equivalentProperty") && !strstr(close, "dataType")))
			continue;
		rest = first_key(d, value, iri);
		if (*rest || (!iri_is(iri, "http://schema.org/license") &&
			      !iri_is(iri, "http://purl.org/dc/terms/license")))
			continue;
		snprintf(at, sizeof(at), "%.*s", (int)(close + 1 - path), path);
		lic_manifest_warn(m,
				  "each image's license is in column '%.60s' of '%.100s': import "
				  "that file, too (--map license=%.60s,path=...)",
				  lic_record_text(d, at, "source.extract.column"),
				  lic_record_text(d, at, "source.fileObject.@id"),
				  lic_record_text(d, at, "source.extract.column"));
	}
}

static int read_croissant(struct lic_manifest_reading *m, struct lic_error *err)
{
	_cleanup_(lic_record_release) struct lic_record d = LIC_RECORD_INIT;
	int r = lic_record_read_file(m, &d, err);

	if (r < 0)
		return r;
	lic_dataset_begin(m);
	add_members(m, &d);
	add_usage(m, &d);
	say_columns(m, &d);
	return lic_dataset_end(m, err);
}

const struct lic_manifest_reader lic_manifest_croissant = {
	.format = { "croissant", "Croissant and schema.org Dataset JSON-LD (license of the whole "
				 "dataset)" },
	.bid = bid,
	.read = read_croissant,
};
