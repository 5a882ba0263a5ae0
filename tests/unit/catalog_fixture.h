/* SPDX-License-Identifier: Apache-2.0 */
/* A scratch store with a catalog, and short ways to put things into it. */
#ifndef LICENSEFS_TESTS_CATALOG_FIXTURE_H
#define LICENSEFS_TESTS_CATALOG_FIXTURE_H

#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <licensefs/catalog.h>

#include "fs/util/hash.h"
#include "tests/unit/tap.h"

struct scratch {
	char store[64];
	char db[128]; /* path of the catalog's file */
};

static struct lic_error fix_err;

_unused_ static int fix_remove(const char *path, const struct stat *st _unused_, int flag _unused_,
			       struct FTW *ftw _unused_)
{
	return remove(path);
}

_unused_ static void scratch_init(struct scratch *s)
{
	snprintf(s->store, sizeof(s->store), "%.40s/lic-catalog-XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(s->store)) {
		printf("Bail out! cannot make %s\n", s->store);
		exit(99);
	}
	snprintf(s->db, sizeof(s->db), "%s/" LIC_CATALOG_DIR "/" LIC_CATALOG_NAME, s->store);
}

_unused_ static void scratch_release(struct scratch *s)
{
	nftw(s->store, fix_remove, 16, FTW_DEPTH | FTW_PHYS);
}

_unused_ static struct lic_catalog *scratch_open(struct scratch *s, unsigned flags)
{
	struct lic_catalog *cat = NULL;

	fix_err = (struct lic_error)LIC_ERROR_INIT;
	if (lic_catalog_open(s->store, NULL, flags, &cat, &fix_err) < 0) {
		printf("Bail out! cannot open the catalog: %s\n", fix_err.msg);
		exit(99);
	}
	return cat;
}

_unused_ static struct lic_catalog *scratch_make(struct scratch *s)
{
	scratch_init(s);
	return scratch_open(s, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE);
}

_unused_ static struct lic_txn *begin(struct lic_catalog *cat)
{
	struct lic_txn *txn = NULL;

	if (lic_catalog_begin(cat, "test", &txn, &fix_err) < 0) {
		printf("Bail out! cannot begin: %s\n", fix_err.msg);
		exit(99);
	}
	return txn;
}

_unused_ static void commit(struct lic_txn *txn)
{
	if (lic_catalog_commit(txn, &fix_err) < 0) {
		printf("Bail out! cannot commit: %s\n", fix_err.msg);
		exit(99);
	}
}

_unused_ static void checks(struct lic_catalog *cat, const char *when)
{
	fix_err = (struct lic_error)LIC_ERROR_INIT;
	ok(lic_catalog_check(cat, &fix_err) == 0, "the catalog is sound %s", when);
	if (fix_err.code)
		printf("# %s\n", fix_err.msg);
}

_unused_ static struct lic_entry entry_of(int64_t parent, const void *name, size_t n,
					  enum lic_kind kind)
{
	return (struct lic_entry){
		.parent = parent,
		.name = { name, n },
		.kind = kind,
		.rule = kind == LIC_KIND_IMAGE ? LIC_RULE_CONTENT : LIC_RULE_NONE,
		.st = { .size = 10, .mtime = 1000, .ctime = 1000, .ino = 7, .mode = 0100644 },
		.judged = 5 * LIC_RACY_NS,
	};
}

_unused_ static int64_t put_dir(struct lic_txn *txn, int64_t parent, const char *name)
{
	struct lic_entry e = entry_of(parent, name, strlen(name), LIC_KIND_DIR);

	return lic_catalog_put(txn, &e, NULL, &fix_err) < 0 ? -1 : e.id;
}

_unused_ static int64_t put_other(struct lic_txn *txn, int64_t parent, const char *name,
				  enum lic_kind kind)
{
	struct lic_entry e = entry_of(parent, name, strlen(name), kind);

	return lic_catalog_put(txn, &e, NULL, &fix_err) < 0 ? -1 : e.id;
}

_unused_ static void add_claim(struct lic_claims *c, enum lic_role role, const char *text)
{
	struct lic_claim claim = {
		.rank = LIC_RANK_EMBEDDED,
		.role = role,
		.packet = 1,
		.source = "XMP",
		.field = "field",
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
	};

	c->next_packet = 2;
	lic_claims_add(c, &claim);
}

/* An image with the bytes `bytes`; `license` NULL: it states nothing. */
_unused_ static int put_image(struct lic_txn *txn, int64_t parent, const char *name,
			      const char *bytes, const char *license, struct lic_entry *ret)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(parent, name, strlen(name), LIC_KIND_IMAGE);
	int r;

	lic_hash128(bytes, strlen(bytes), e.hash.b);
	e.st.size = strlen(bytes);
	e.format = LIC_FORMAT_JPEG;
	claims.format = LIC_FORMAT_JPEG;
	if (license)
		add_claim(&claims, LIC_ROLE_LICENSE, license);
	r = lic_catalog_put(txn, &e, &claims, &fix_err);
	lic_claims_release(&claims);
	if (r == 0 && ret) {
		*ret = e;
		ret->name = (struct lic_bytes){ NULL, 0 };
	}
	return r;
}

_unused_ static enum lic_status status_of(struct lic_catalog *cat, const char *path)
{
	const struct lic_rights *r;
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0)
		return LIC_STATUS_COUNT;
	r = lic_catalog_rights(cat, e.rights, &fix_err);
	return r ? r->status : LIC_STATUS_COUNT;
}

#endif
