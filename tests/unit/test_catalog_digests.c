/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that name files by MD5 and SHA-256: what is not known of an image hides it. */
#include "tests/unit/manifest_fixture.h"

#define MD5_A "11111111111111111111111111111111"
#define SHA_A "2222222222222222222222222222222222222222222222222222222222222222"
#define SHA_B "3333333333333333333333333333333333333333333333333333333333333333"

static struct lic_digests digests(uint8_t md5, uint8_t sha256)
{
	struct lic_digests d = { 0 };

	if (md5) {
		d.has |= LIC_DIGEST_MD5;
		memset(d.md5, md5, sizeof(d.md5));
	}
	if (sha256) {
		d.has |= LIC_DIGEST_SHA256;
		memset(d.sha256, sha256, sizeof(d.sha256));
	}
	return d;
}

/* An image whose bytes have these digests (0: not known). */
static int64_t put_known(struct lic_catalog *cat, int64_t dir, const char *name, const char *bytes,
			 uint8_t md5, uint8_t sha256, const char *license)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);

	lic_hash128(bytes, strlen(bytes), e.hash.b);
	e.format = claims.format = LIC_FORMAT_JPEG;
	e.digests = digests(md5, sha256);
	if (license)
		add_claim(&claims, LIC_ROLE_LICENSE, license);
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "%s is put", name);
	commit(txn);
	lic_claims_release(&claims);
	return e.id;
}

static void unimport(struct lic_catalog *cat, int64_t number)
{
	struct lic_import_result res;
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_unimport(txn, number, NULL, &res, &fix_err) == 0, "import %lld ends",
	   (long long)number);
	commit(txn);
}

static unsigned wanted(struct lic_catalog *cat)
{
	unsigned bits = 99;

	return lic_catalog_digests_wanted(cat, &bits, &fix_err) == 0 ? bits : 99;
}

static void test_unknown(void)
{
	static const struct row rows[] = {
		{ .key = { "sha256:" SHA_A }, .license = "CC0-1.0" },
		{ .key = { "sha256:" SHA_B }, .license = "LicenseRef-AllRightsReserved" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t d = make_dir(cat, 1, "d");

	is_int(wanted(cat), 0, "no digest is wanted");
	put_known(cat, 1, "a.jpg", "a", 0, 0, NULL);
	put_known(cat, 1, "b.jpg", "b", 0, 0, "CC-BY-4.0");
	put_known(cat, d, "c.jpg", "c", 0, 0, "CC-BY-4.0");
	import(cat, "m", "", rows, 2);
	is_int(wanted(cat), LIC_DIGEST_SHA256, "a manifest wants one");
	is_str(license_of(cat, "b.jpg"), "unreadable", "an image may be restricted by a row");
	is_str(license_of(cat, "d/c.jpg"), "unreadable", "any image may");
	checks(cat, "with digests that are not known");
	put_known(cat, 1, "a.jpg", "a", 0, 0x22, NULL);
	put_known(cat, 1, "b.jpg", "b", 0, 0x33, "CC-BY-4.0");
	put_known(cat, d, "c.jpg", "c", 0, 0x44, "CC-BY-4.0");
	is_str(license_of(cat, "a.jpg"), "CC0-1.0", "a row grants to these bytes");
	is_str(license_of(cat, "b.jpg"), "conflict", "another restricts");
	is_str(license_of(cat, "d/c.jpg"), "CC-BY-4.0", "others it does not");
	put_known(cat, 1, "a.jpg", "a", 0, 0, NULL);
	is_str(license_of(cat, "a.jpg"), "CC0-1.0", "what is known stays known");
	put_known(cat, 1, "a.jpg", "other", 0, 0, NULL);
	is_str(license_of(cat, "a.jpg"), "unreadable", "but not of other bytes");
	put_known(cat, 1, "copy.jpg", "a", 0, 0x22, NULL);
	is_str(license_of(cat, "copy.jpg"), "CC0-1.0", "a copy is the same file");
	checks(cat, "with digests");
	unimport(cat, 1);
	is_int(wanted(cat), 0, "no digest is wanted any more");
	is_str(license_of(cat, "b.jpg"), "CC-BY-4.0", "and nothing is hidden");
	is_str(license_of(cat, "a.jpg"), "unlicensed", "nor granted");
	checks(cat, "after it ended");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int count(void *ctx, int64_t entry)
{
	*(int64_t *)ctx += entry;
	return 0;
}

/* What one manifest asked for is there for the next; a root bounds who must be known. */
static void test_two(void)
{
	static const struct row by_md5[] = { { .key = { "md5:" MD5_A }, .license = "CC0-1.0" } };
	static const struct row by_sha256[] = { { .key = { "sha256:" SHA_A },
						  .license = "CC0-1.0" } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t d = make_dir(cat, 1, "d"), a, sum = 0;
	struct lic_digests known;

	a = put_known(cat, d, "a.jpg", "a", 0x11, 0, NULL);
	put_known(cat, 1, "b.jpg", "b", 0, 0, "CC-BY-4.0");
	import(cat, "m", "d", by_md5, 1);
	is_str(license_of(cat, "d/a.jpg"), "CC0-1.0", "what is known joins at once");
	is_str(license_of(cat, "b.jpg"), "CC-BY-4.0", "outside of the root nothing need be known");
	import(cat, "n", "d", by_sha256, 1);
	is_str(license_of(cat, "d/a.jpg"), "unreadable", "another digest is not known");
	put_known(cat, d, "a.jpg", "a", 0, 0x22, NULL);
	is_str(license_of(cat, "d/a.jpg"), "CC0-1.0", "one by one will do");
	ok(lic_catalog_digests(cat, a, &known, &fix_err) == 0 && known.has == LIC_DIGEST_ALL &&
		   known.md5[15] == 0x11 && known.sha256[31] == 0x22,
	   "both are known now");
	is_int(wanted(cat), LIC_DIGEST_ALL, "both are wanted");
	ok(lic_catalog_by_digest(cat, LIC_DIGEST_MD5, known.md5, count, &sum, &fix_err) == 0 &&
		   sum == a,
	   "found by MD5");
	sum = 0;
	ok(lic_catalog_by_digest(cat, LIC_DIGEST_SHA256, known.sha256, count, &sum, &fix_err) ==
			   0 &&
		   sum == a,
	   "found by SHA-256");
	end(cat, a);
	sum = 0;
	ok(lic_catalog_by_digest(cat, LIC_DIGEST_MD5, known.md5, count, &sum, &fix_err) == 0 &&
		   sum == 0,
	   "not when it is gone");
	checks(cat, "with two manifests");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_unknown();
	test_two();
	return done_testing();
}
