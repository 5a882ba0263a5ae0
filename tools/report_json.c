/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a store as one object of JSON. */
#include <string.h>

#include "census_json.h"
#include "date.h"
#include "output.h"
#include "report.h"
#include "terms.h"

static void json_terms(struct lic_json *j, const struct terms *t)
{
	lic_json_kstr(j, "url", t->url);
	lic_json_key(j, "permissions");
	lic_json_object(j);
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		lic_json_kstr(j, lic_permission_name(p), lic_tri_name(t->permission[p]));
	lic_json_object_end(j);
	lic_json_key(j, "obligations");
	lic_json_array(j);
	for (unsigned bits = t->obligations; bits; bits &= bits - 1)
		lic_json_str(j, lic_obligation_name(bits & -bits));
	lic_json_array_end(j);
}

static void json_licenses(struct report *r, struct lic_json *j)
{
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, LIC_CENSUS_LICENSE, &row);

	lic_json_key(j, "licenses");
	lic_json_array(j);
	for (size_t i = 0; i < n; i++) {
		struct terms terms;

		terms_of(row[i].key, r->policy.own, &terms);
		lic_json_object(j);
		lic_json_kstr(j, "license", *row[i].key ? row[i].key : NULL);
		lic_json_kint(j, "images", row[i].images);
		lic_json_kint(j, "bytes", row[i].bytes);
		lic_json_kint(j, "shown", report_shown(r, &row[i]));
		json_terms(j, &terms);
		if (row[i].rest)
			lic_json_kbool(j, "others", true);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_views(const struct report *r, struct lic_json *j)
{
	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t i = 0; i < r->views.n; i++) {
		const struct named_view *v = &r->views.item[i];

		lic_json_object(j);
		lic_json_kstr(j, "name", v->name);
		lic_json_kstr(j, "expression", v->expr);
		lic_json_kstr(j, "basis", v->basis);
		lic_json_kbool(j, "builtin", v->builtin);
		if (v->filter) {
			lic_json_kint(j, "images", r->seen[i].images);
			lic_json_kint(j, "bytes", r->seen[i].bytes);
		} else {
			lic_json_kstr(j, "images", NULL);
			lic_json_kstr(j, "bytes", NULL);
		}
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_snapshots(const struct report *r, struct lic_json *j)
{
	char at[32];

	lic_json_key(j, "snapshots");
	lic_json_array(j);
	for (size_t i = 0; i < r->n_snapshots; i++) {
		const struct report_snapshot *s = &r->snapshot[i];

		date_format(s->at, at);
		lic_json_object(j);
		lic_json_kstr(j, "name", s->name);
		lic_json_kstr(j, "of", s->view);
		lic_json_kstr(j, "at", at);
		lic_json_kint(j, "images", s->images);
		lic_json_kint(j, "bytes", s->bytes);
		lic_json_kstr(j, "digest", s->digest);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_head(const struct report *r, struct lic_json *j)
{
	char at[32];

	date_format(r->at, at);
	lic_json_kstr(j, "store", r->store->path);
	lic_json_kint(j, "generation", r->generation);
	lic_json_kstr(j, "at", at);
	lic_json_kstr(j, "version", PACKAGE_VERSION);
	lic_json_kstr(j, "statements", r->policy.strict_statements ? "strict" : "open");
	lic_json_kstr(j, "notice", r->policy.strict_notice ? "conflict" : "ignore");
	lic_json_kstr(j, "view", r->only);
	lic_json_kstr(j, "expression", r->view ? lic_view_expr(r->view) : NULL);
	lic_json_kstr(j, "basis",
		      r->view && *lic_view_basis(r->view) ? lic_view_basis(r->view) : NULL);
	lic_json_kint(j, "images", lic_census_images(r->census));
	lic_json_kint(j, "bytes", lic_census_bytes(r->census));
	lic_json_kint(j, "shown", r->shown);
	lic_json_kint(j, "shown_bytes", r->shown_bytes);
	lic_json_kint(j, "reserved_images", r->reserved);
}

int report_json(struct report *r, struct lic_error *err)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;
	int status;

	json_begin(&line);
	json_head(r, j);
	census_json(j, r->census, LIC_CENSUS_STATUS, "status", "status");
	json_licenses(r, j);
	json_views(r, j);
	status = conflicts_json(&r->conflicts, r->cat, j, err);
	if (status < 0)
		return status;
	census_json(j, r->census, LIC_CENSUS_SCOPE, "reserved", "scope");
	census_json(j, r->census, LIC_CENSUS_SIGNAL, "reserved_by", "signal");
	census_json(j, r->census, LIC_CENSUS_DOMAIN, "sources", "domain");
	census_json(j, r->census, LIC_CENSUS_FORMAT, "formats", "format");
	if (!r->only)
		documents_json(&r->documents, j, false);
	json_snapshots(r, j);
	makers_json(&r->makers, j);
	lic_json_kint(j, "decisions", r->decisions);
	lic_json_kint(j, "imports", r->imports);
	lic_json_kint(j, "rule_files", r->rule_files);
	lic_json_kint(j, "revocations", r->revocations.force);
	lic_json_kint(j, "revocations_ended", r->revocations.ended);
	json_end(&line);
	return 0;
}
