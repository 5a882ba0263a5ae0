/* SPDX-License-Identifier: Apache-2.0 */
/* The rights of many images at once: a walk where they lie close together, else one by one. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/internal.h"

/* Ids this close are walked over: a row that is passed over costs a fifth of one that is looked
 * up. */
#define GAP 6

/* Sets what is found of the ids [i, end); the others stay 0. */
static int walk(struct lic_catalog *cat, const int64_t *id, size_t i, size_t end, int64_t *rights,
		int64_t *since, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_RIGHTS_IN, err, "ii", id[i], id[end - 1]);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		int64_t found = lic_query_int(&q, 0);

		while (i < end && id[i] < found)
			i++;
		/* The same image may be asked for more than once */
		for (; i < end && id[i] == found; i++) {
			rights[i] = lic_query_int(&q, 1);
			since[i] = lic_query_int(&q, 2);
		}
	}
	return r;
}

static int find_all(struct lic_catalog *cat, const int64_t *id, size_t n, int64_t *rights,
		    int64_t *since, struct lic_error *err)
{
	int r = 0;

	for (size_t i = 0, end; r == 0 && i < n; i = end) {
		for (end = i + 1; end < n && id[end] - id[end - 1] <= GAP; end++)
			if (id[end] < id[end - 1])
				return lic_error_set(err, EINVAL, "ids must be in order");
		r = walk(cat, id, i, end, rights, since, err);
	}
	return r;
}

int lic_catalog_rights_of(struct lic_catalog *cat, const int64_t *id, size_t n, int64_t *ret_rights,
			  int64_t *ret_since, struct lic_error *err)
{
	/* In one state of the catalog: between two queries another writer may commit */
	bool own = sqlite3_get_autocommit(cat->db);
	int r;

	if (!n)
		return 0;
	r = own ? lic_catalog_exec(cat, "BEGIN", err) : 0;
	if (r < 0)
		return r;
	memset(ret_rights, 0, n * sizeof(*ret_rights));
	memset(ret_since, 0, n * sizeof(*ret_since));
	r = find_all(cat, id, n, ret_rights, ret_since, err);
	if (own && !sqlite3_get_autocommit(cat->db) && lic_catalog_exec(cat, "END", NULL) < 0 &&
	    r == 0)
		r = lic_error_set(err, EIO, "cannot end reading the rights of images");
	return r;
}
