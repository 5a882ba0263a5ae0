/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Openverse: tables without a header, \N for nothing, escapes of PostgreSQL. Version 001 has 20
 * columns, version 000 had 18.
 *
 * A license is a code and a version; ports to a jurisdiction survive only in the address within
 * meta_data. Where both say the same version, the code is stated beside the address without its
 * version, so that a port refines it and does not contradict it.
 */
#include <errno.h>
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

enum { LANDING, URL, LICENSE, LICENSE_VERSION, CREATOR, TITLE, META, N };

static const struct lic_table_column columns[N] = {
	[LANDING] = { "foreign_landing_url", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[URL] = { "url", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[LICENSE] = { "license", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[LICENSE_VERSION] = { "license_version", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY,
			      false },
	[CREATOR] = { "creator", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[TITLE] = { "title", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
	[META] = { "meta_data", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY, false },
};

static const size_t places_000[N] = { 1, 2, 7, 8, 9, 11, 12 };
static const size_t places_001[N] = { 1, 2, 6, 7, 8, 10, 11 };

static const size_t *places(size_t n_fields)
{
	return n_fields == 18 ? places_000 : n_fields == 20 ? places_001 : NULL;
}

static bool is_address(struct lic_bytes f)
{
	return f.n > 7 && memcmp(f.p, "http", 4) == 0;
}

static bool is_code(struct lic_bytes f)
{
	static const char *const codes[] = { "by",	  "by-sa",	  "by-nc",	 "by-nd",
					     "by-nc-sa",  "cc0",	  "by-nc-nd",	 "pdm",
					     "sampling+", "publicdomain", "nc-sampling+" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(codes); i++)
		if (lic_field_is(&f, codes[i]))
			return true;
	return false;
}

static int bid(const struct lic_peek *k)
{
	const size_t *at = k->separator == '\t' && k->first != '{' ? places(k->n_fields) : NULL;

	if (!at || !is_address(k->field[at[URL]]))
		return 0;
	return is_code(k->field[at[LICENSE]]) && is_address(k->field[at[LANDING]]) ? 88 : 0;
}

/* The address of the license in the JSON of a field. */
static int read_meta(struct lic_table *t, struct lic_bytes json, struct lic_jsonin_field f[2])
{
	struct lic_source s = { .fd = -1,
				.name = t->m->name,
				.o = t->m->o,
				.p = (uint8_t *)json.p,
				.end = json.n,
				.cap = json.n,
				.eof = true };
	struct lic_jsonin j;
	int r = lic_jsonin_init(&j, &s, NULL);

	if (r == 0)
		r = lic_jsonin_value(&j);
	if (r == LIC_JSONIN_OBJECT) {
		r = lic_jsonin_fields(&j, f, 2);
		if (r == 0 && lic_jsonin_value(&j) != LIC_JSONIN_NONE)
			r = -1;
	} else {
		r = -1;
	}
	lic_jsonin_release(&j);
	return r == 0 ? 0 : lic_table_bad(t, "meta_data is no JSON object");
}

/* Does the address have the version as a component? */
static bool has_version(const char *url, struct lic_bytes version)
{
	const char *p = version.n ? url : NULL;

	while (p && (p = strstr(p, (const char *)version.p))) {
		char end = p[version.n];

		if (p > url && p[-1] == '/' && (end == '/' || end == '\0'))
			return true;
		p++;
	}
	return false;
}

static void add_code(struct lic_table *t, bool versioned)
{
	struct lic_bytes code = t->value[LICENSE], version = t->value[LICENSE_VERSION];
	char both[64];
	int n;

	if (!versioned || !version.n || lic_field_is(&version, "N/A")) {
		lic_table_claim(t, LIC_ROLE_LICENSE, LIC_CONTEXT_OPENVERSE, "license", code);
		return;
	}
	n = snprintf(both, sizeof(both), "%s %s", (const char *)code.p, (const char *)version.p);
	if (n < (int)sizeof(both))
		lic_row_claim(t->m, t->rank, LIC_ROLE_LICENSE, LIC_CONTEXT_OPENVERSE, "license",
			      both, (size_t)n);
	else
		lic_row_claim(t->m, t->rank, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, "license",
			      "a license too long to be one", 28);
}

/* But for the scheme. */
static bool is_same_address(const char *a, const char *b)
{
	const char *x = strstr(a, "://"), *y = strstr(b, "://");

	return strcmp(x ? x : a, y ? y : b) == 0;
}

/* What the source said may forbid what Openverse made of it. */
static int add_license(struct lic_table *t)
{
	struct lic_jsonin_field f[2] = { { .key = "license_url" }, { .key = "raw_license_url" } };
	int r = t->value[META].n ? read_meta(t, t->value[META], f) : 0;
	const struct lic_jsonin_field *url = f[0].text.len ? &f[0] : &f[1];
	struct lic_bytes text = { (const uint8_t *)lic_buf_str(&url->text), url->text.len };

	if (r == 0) {
		lic_row_claim(t->m, t->rank, url == f ? LIC_ROLE_LICENSE : LIC_ROLE_WEBSTATEMENT,
			      LIC_CONTEXT_ANY, url->key, text.p, text.n);
		if (url == f && !is_same_address(lic_buf_str(&f[0].text), lic_buf_str(&f[1].text)))
			lic_row_claim(t->m, t->rank, LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY,
				      f[1].key, lic_buf_str(&f[1].text), f[1].text.len);
		add_code(t, !has_version(lic_buf_str(&url->text), t->value[LICENSE_VERSION]));
	}
	lic_jsonin_fields_release(f, 2);
	return r;
}

static int row(struct lic_table *t)
{
	for (size_t i = 0; i < N; i++) {
		if (lic_field_is(&t->value[i], "\\N"))
			t->value[i] = (struct lic_bytes){ (const uint8_t *)"", 0 };
		else
			lic_field_unescape(&t->value[i]);
		if (memchr(t->value[i].p, 0, t->value[i].n))
			return lic_table_bad(t, "a NUL byte, which no text has");
	}
	if (t->value[URL].n)
		lic_url_keys(t->m, t->value[URL]);
	lic_table_claim(t, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "creator", t->value[CREATOR]);
	lic_table_claim(t, LIC_ROLE_TITLE, LIC_CONTEXT_ANY, "title", t->value[TITLE]);
	lic_table_claim(t, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, "foreign_landing_url",
			t->value[LANDING]);
	return add_license(t);
}

static int read_openverse(struct lic_manifest_reading *m, struct lic_error *err)
{
	const struct lic_table_format format = {
		.column = columns,
		.n = N,
		.rank = LIC_RANK_MANIFEST,
		.separator = '\t',
		.place = places(m->peek.n_fields),
		.n_fields = m->peek.n_fields,
		.may_lack_key = true,
		.row = row,
	};

	if (!format.place)
		return lic_error_set(err, EBADMSG,
				     "'%s', line 1: %zu columns, where Openverse has 18 or 20 with "
				     "tabs between them",
				     m->name, m->peek.n_fields);
	return lic_table_read(m, &format, NULL, err);
}

const struct lic_manifest_reader lic_manifest_openverse = {
	.format = { "openverse", "Openverse TSV, versions 000 and 001" },
	.bid = bid,
	.read = read_openverse,
};
