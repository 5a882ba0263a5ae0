/* SPDX-License-Identifier: Apache-2.0 */
/* Seals: HMAC-SHA256 with a key that the catalog keeps. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "fs/catalog/seal.h"
#include "fs/util/digest.h"

#define KEY_BYTES 32

/* 0; -ENOENT where there is none. */
static int read_key(struct lic_catalog *cat, struct lic_error *err)
{
	struct lic_buf key = LIC_BUF_INIT(KEY_BYTES);
	int r = lic_meta_get(cat, "seal", &key, err);

	if (r == 0 && key.len != KEY_BYTES)
		r = lic_catalog_damaged(cat, err, "the key of its sealed revocations is cut short");
	if (r == 0) {
		cat->seal = lic_hmac_new(key.data, key.len);
		if (!cat->seal)
			r = lic_error_set(err, ENOMEM, "out of memory for a key");
		explicit_bzero(key.data, key.len);
	}
	lic_buf_release(&key);
	return r;
}

/* Is something sealed with a key that was there once? Another one would open none of it. */
static int check_unused(struct lic_catalog *cat, struct lic_error *err)
{
	int64_t sealed = 0;
	int r = lic_catalog_number(cat,
				   "SELECT EXISTS (SELECT 1 FROM revoked WHERE form = 1) OR "
				   "EXISTS (SELECT 1 FROM revocation WHERE erased = 1)",
				   0, &sealed, err);

	if (r < 0 || !sealed)
		return r;
	return lic_catalog_damaged(cat, err, "the key of its sealed revocations is gone");
}

int lic_seal_make(struct lic_txn *txn, struct lic_error *err)
{
	struct lic_catalog *cat = txn->cat;
	uint8_t key[KEY_BYTES];
	int r = lic_txn_usable(txn, err);

	if (r == 0 && !cat->seal)
		r = read_key(cat, err);
	if (r != -ENOENT)
		return lic_txn_fail(txn, r);
	r = check_unused(cat, err);
	if (r < 0)
		return lic_txn_fail(txn, r);
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return lic_txn_fail(txn, lic_error_sys(err, errno, "cannot get random bytes"));
	txn->dirty = true;
	r = lic_meta_set(cat, "seal", key, sizeof(key), err);
	explicit_bzero(key, sizeof(key));
	return lic_txn_fail(txn, r);
}

int lic_seal(struct lic_catalog *cat, enum lic_selector_kind kind, struct lic_bytes normal,
	     uint8_t ret[LIC_SEAL_BYTES], struct lic_error *err)
{
	uint8_t first = (uint8_t)kind, whole[32];
	int r = cat->seal ? 0 : read_key(cat, err);

	if (r == -ENOENT)
		return lic_catalog_damaged(cat, err, "the key of its sealed revocations is gone");
	if (r < 0)
		return r;
	lic_hmac_add(cat->seal, &first, 1);
	if (normal.n)
		lic_hmac_add(cat->seal, normal.p, normal.n);
	lic_hmac_get(cat->seal, whole);
	memcpy(ret, whole, LIC_SEAL_BYTES);
	return 0;
}

void lic_seal_forget(struct lic_catalog *cat)
{
	lic_hmac_free(cat->seal);
	cat->seal = NULL;
}
