/* SPDX-License-Identifier: Apache-2.0 */
/* Seals: the key is made once, by a writer, and kept; without it nothing is told. */
#include "fs/catalog/seal.h"
#include "fs/util/digest.h"
#include "tests/unit/catalog_fixture.h"

static struct lic_bytes text(const char *s)
{
	return (struct lic_bytes){ (const uint8_t *)s, strlen(s) };
}

static int seal(struct lic_catalog *cat, enum lic_selector_kind kind, const char *s,
		uint8_t ret[LIC_SEAL_BYTES])
{
	fix_err = (struct lic_error)LIC_ERROR_INIT;
	memset(ret, 0, LIC_SEAL_BYTES);
	return lic_seal(cat, kind, text(s), ret, &fix_err);
}

static bool same(const uint8_t a[LIC_SEAL_BYTES], const uint8_t b[LIC_SEAL_BYTES])
{
	return memcmp(a, b, LIC_SEAL_BYTES) == 0;
}

/* docs/formats.md: the first 16 bytes of HMAC-SHA256 over the kind and the text. */
static void as_documented(struct lic_catalog *cat, const uint8_t got[LIC_SEAL_BYTES])
{
	struct lic_buf key = LIC_BUF_INIT(64);
	struct lic_hmac *h;
	uint8_t mac[32];

	ok(lic_meta_get(cat, "seal", &key, &fix_err) == 0 && key.len == 32, "the key is kept");
	h = lic_hmac_new(key.data, key.len);
	lic_hmac_add(h, "\5Jane Doe", 9);
	lic_hmac_get(h, mac);
	ok(same(mac, got), "a seal is what the format says");
	lic_hmac_free(h);
	lic_buf_release(&key);
}

static void test_seal(void)
{
	uint8_t a[LIC_SEAL_BYTES], b[LIC_SEAL_BYTES];
	struct lic_catalog *cat, *reader;
	struct lic_txn *txn;
	struct scratch s;

	cat = scratch_make(&s);
	is_int(seal(cat, LIC_SELECT_CREATOR, "Jane Doe", a), -EUCLEAN, "no key, no seal");
	txn = begin(cat);
	ok(seal(cat, LIC_SELECT_CREATOR, "Jane Doe", a) < 0, "a judge makes no key");
	ok(lic_seal_make(txn, &fix_err) == 0, "a writer makes the key");
	ok(seal(cat, LIC_SELECT_CREATOR, "Jane Doe", a) == 0, "and seals");
	lic_catalog_abort(txn);
	ok(seal(cat, LIC_SELECT_CREATOR, "Jane Doe", b) < 0, "what is rolled back is gone");
	txn = begin(cat);
	ok(lic_seal_make(txn, &fix_err) == 0, "the key is made again");
	ok(seal(cat, LIC_SELECT_CREATOR, "Jane Doe", b) == 0 && !same(a, b), "and is another");
	ok(lic_seal_make(txn, &fix_err) == 0, "it is there");
	commit(txn);
	reader = scratch_open(&s, 0);
	ok(seal(reader, LIC_SELECT_CREATOR, "Jane Doe", a) == 0 && same(a, b),
	   "a reader reads the same key");
	ok(seal(reader, LIC_SELECT_URL, "Jane Doe", a) == 0 && !same(a, b), "the kind counts");
	ok(seal(reader, LIC_SELECT_CREATOR, "", a) == 0 && !same(a, b), "nothing has a seal");
	as_documented(reader, b);
	lic_catalog_close(reader);
	txn = begin(cat);
	ok(lic_seal_make(txn, &fix_err) == 0 &&
		   lic_meta_set(cat, "seal", "short", 5, &fix_err) == 0,
	   "a key is cut short");
	txn->dirty = true;
	commit(txn);
	reader = scratch_open(&s, 0);
	is_int(seal(reader, LIC_SELECT_CREATOR, "Jane Doe", a), -EUCLEAN, "no other is made up");
	lic_catalog_close(reader);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_own_keys(void)
{
	uint8_t seals[2][LIC_SEAL_BYTES];

	for (int i = 0; i < 2; i++) {
		struct scratch s;
		struct lic_catalog *cat = scratch_make(&s);
		struct lic_txn *txn = begin(cat);

		ok(lic_seal_make(txn, &fix_err) == 0 &&
			   seal(cat, LIC_SELECT_ID, "12345", seals[i]) == 0,
		   "catalog %d seals", i);
		commit(txn);
		lic_catalog_close(cat);
		scratch_release(&s);
	}
	ok(!same(seals[0], seals[1]), "every catalog has its own key");
}

/* Another key opens nothing of what was sealed: what is erased would be shown again. */
static void test_lost_key(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);

	ok(lic_seal_make(txn, &fix_err) == 0 &&
		   lic_catalog_exec(cat,
				    "INSERT INTO revoked VALUES (5, 1, zeroblob(16), 1); "
				    "DELETE FROM meta WHERE key = 'seal'",
				    &fix_err) == 0,
	   "the key of a seal is lost");
	commit(txn);
	lic_catalog_close(cat);
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	txn = begin(cat);
	is_int(lic_seal_make(txn, &fix_err), -EUCLEAN, "no other one is made");
	lic_catalog_abort(txn);
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_seal();
	test_lost_key();
	test_own_keys();
	return done_testing();
}
