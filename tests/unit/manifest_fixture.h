/* SPDX-License-Identifier: Apache-2.0 */
/* Short ways to import a manifest of a few rows. */
#ifndef LICENSEFS_TESTS_MANIFEST_FIXTURE_H
#define LICENSEFS_TESTS_MANIFEST_FIXTURE_H

#include "tests/unit/catalog_fixture.h"

/* A row with up to three keys, as "kind:text", and what it states. */
struct row {
	const char *key[3];
	const char *license, *url, *creator, *release;
	unsigned reserve;
	enum lic_rank rank; /* of the license; 0: MANIFEST */
	const char *damage;
};

_unused_ static struct lic_key key_of(const char *s)
{
	const char *colon = strchr(s, ':');
	struct lic_key k = { LIC_KEY_NONE, { (const uint8_t *)colon + 1, strlen(colon + 1) } };

	for (int i = 1; i < LIC_KEY_COUNT; i++) {
		const char *name = lic_key_kind_name((enum lic_key_kind)i);

		if (strlen(name) == (size_t)(colon - s) && memcmp(name, s, strlen(name)) == 0)
			k.kind = (enum lic_key_kind)i;
	}
	return k;
}

_unused_ static void say(struct lic_claims *c, enum lic_rank rank, enum lic_role role,
			 const char *text, unsigned reserve)
{
	struct lic_claim claim = {
		.rank = rank,
		.role = role,
		.packet = 1,
		.reserve = reserve,
		.source = "manifest m",
		.field = "field",
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
	};

	if (c->next_packet < 2)
		c->next_packet = 2;
	lic_claims_add(c, &claim);
}

/* Turns a row of the test into one of the library; keys need room for three. */
_unused_ static void make_row(const struct row *r, uint64_t line, struct lic_key *keys,
			      struct lic_claims *claims, struct lic_row *ret)
{
	size_t n = 0;

	while (n < 3 && r->key[n]) {
		keys[n] = key_of(r->key[n]);
		n++;
	}
	if (r->license)
		say(claims, r->rank ? r->rank : LIC_RANK_MANIFEST, LIC_ROLE_LICENSE, r->license, 0);
	if (r->url)
		say(claims, LIC_RANK_MANIFEST, LIC_ROLE_SOURCE_URL, r->url, 0);
	if (r->creator)
		say(claims, LIC_RANK_MANIFEST, LIC_ROLE_CREATOR, r->creator, 0);
	if (r->release)
		say(claims, LIC_RANK_MANIFEST, LIC_ROLE_RELEASE, r->release, 0);
	if (r->reserve)
		say(claims, LIC_RANK_MANIFEST, LIC_ROLE_RESERVATION, "no", r->reserve);
	if (r->damage)
		claims->damage = r->damage;
	*ret = (struct lic_row){ keys, n, claims, line };
}

/* Imports into the transaction. */
_unused_ static int import_rows(struct lic_txn *txn, const char *collection, const char *root,
				const struct row *rows, size_t n,
				const struct lic_import_hooks *hooks, struct lic_import_result *ret)
{
	struct lic_manifest m = { .collection = collection,
				  .file = "m.json",
				  .format = "test",
				  .root = { (const uint8_t *)root, strlen(root) },
				  .who = "me" };
	struct lic_import *imp = NULL;
	int r = lic_catalog_import(txn, &m, &imp, &fix_err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct lic_claims claims = LIC_CLAIMS_INIT;
		struct lic_key keys[3];
		struct lic_row row;

		make_row(&rows[i], i + 1, keys, &claims, &row);
		r = lic_import_row(imp, &row, &fix_err);
		lic_claims_release(&claims);
	}
	if (r < 0) {
		lic_import_abort(imp);
		return r;
	}
	return lic_import_finish(imp, hooks, ret, &fix_err);
}

/* Puts rules as a scan finds them: not settled. */
_unused_ static int find_rule_rows(struct lic_txn *txn, int64_t dir, const char *file,
				   const struct row *rows, size_t n)
{
	struct lic_claims claims[8];
	struct lic_key keys[8][3];
	struct lic_row row[8] = { 0 };
	int r;

	for (size_t i = 0; i < n; i++) {
		claims[i] = (struct lic_claims)LIC_CLAIMS_INIT;
		make_row(&rows[i], i + 1, keys[i], &claims[i], &row[i]);
	}
	r = lic_catalog_put_rules(txn, dir, file, row, n, &fix_err);
	for (size_t i = 0; i < n; i++)
		lic_claims_release(&claims[i]);
	return r;
}

_unused_ static int put_rule_rows(struct lic_txn *txn, int64_t dir, const char *file,
				  const struct row *rows, size_t n)
{
	const struct lic_rule_file gone = { dir, file };
	int r = find_rule_rows(txn, dir, file, rows, n);

	return r < 0 ? r : lic_catalog_settle_rules(txn, &gone, !n, &fix_err);
}

/* In a transaction of its own. */
_unused_ static struct lic_import_result import(struct lic_catalog *cat, const char *collection,
						const char *root, const struct row *rows, size_t n)
{
	struct lic_import_result result = { 0 };
	struct lic_txn *txn = begin(cat);
	int r = import_rows(txn, collection, root, rows, n, NULL, &result);

	if (r < 0) {
		printf("# import: %s\n", fix_err.msg);
		result.rows = r;
		lic_catalog_abort(txn);
	} else {
		commit(txn);
	}
	return result;
}

_unused_ static const struct lic_rights *rights_of(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0)
		return NULL;
	return lic_catalog_rights(cat, e.rights, &fix_err);
}

_unused_ static const char *license_of(struct lic_catalog *cat, const char *path)
{
	const struct lic_rights *r = rights_of(cat, path);

	if (!r)
		return "no such image";
	return r->status == LIC_STATUS_CLEAR ? r->license : lic_status_name(r->status);
}

_unused_ static int64_t put(struct lic_catalog *cat, int64_t dir, const char *name,
			    const char *bytes)
{
	struct lic_txn *txn = begin(cat);
	struct lic_entry e = { 0 };

	if (put_image(txn, dir, name, bytes, NULL, &e) < 0)
		printf("# put: %s\n", fix_err.msg);
	commit(txn);
	return e.id;
}

_unused_ static void end(struct lic_catalog *cat, int64_t id)
{
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_end(txn, id, &fix_err) == 0, "entry %lld ends", (long long)id);
	commit(txn);
}

_unused_ static int64_t make_dir(struct lic_catalog *cat, int64_t parent, const char *name)
{
	struct lic_txn *txn = begin(cat);
	int64_t id = put_dir(txn, parent, name);

	commit(txn);
	return id;
}

#endif
