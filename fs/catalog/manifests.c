/* SPDX-License-Identifier: Apache-2.0 */
/* Listing manifests and rule files. */
#include <errno.h>

#include "fs/catalog/joined.h"

int lic_manifest_from_row(struct lic_query *q, struct lic_manifest *ret, struct lic_error *err)
{
	*ret = (struct lic_manifest){
		.number = lic_query_int(q, 0),
		.kind = (enum lic_manifest_kind)lic_query_int(q, 1),
		.collection = lic_query_text(q, 2),
		.file = lic_query_text(q, 3),
		.format = lic_query_text(q, 4),
		.root = lic_query_bytes(q, 5),
		.grant = lic_query_int(q, 6) != 0,
		.who = lic_query_text(q, 7),
		.at = lic_query_int(q, 8),
		.rows = lic_query_int(q, 9),
		.born = lic_query_int(q, 10),
		.died = lic_query_int(q, 11),
	};
	if (!ret->collection || !ret->file || !ret->format || !ret->who ||
	    sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for manifests");
	return 0;
}

int lic_catalog_manifests(struct lic_catalog *cat,
			  int (*fn)(void *ctx, const struct lic_manifest *m), void *ctx,
			  struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MANIFESTS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_manifest m;

		r = lic_manifest_from_row(&q, &m, err);
		if (r == 0)
			r = fn(ctx, &m);
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_rules(struct lic_catalog *cat, int (*fn)(void *ctx, int64_t dir, const char *file),
		      void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MANIFEST_RULES, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		const char *file = lic_query_text(&q, 1);

		if (!file)
			return lic_error_set(err, ENOMEM, "out of memory for rule files");
		r = fn(ctx, lic_query_int(&q, 0), file);
		if (r != 0)
			return r;
	}
	return r;
}
