/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog: what holds for bytes rather than for names. */
#include "tests/unit/catalog_fixture.h"

/* --- opt-outs ----------------------------------------------------------------------------- */

/* An image under CC BY, with an opt-out in a sidecar where `reserve` is not 0. */
static int64_t put_reserved(struct lic_txn *txn, int64_t dir, const char *name, const char *bytes,
			    unsigned reserve)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	struct lic_claim c = {
		.rank = LIC_RANK_SIDECAR,
		.role = LIC_ROLE_RESERVATION,
		.packet = 2,
		.reserve = reserve,
		.source = "sidecar x.xmp",
		.field = "plus:DataMining",
		.text = "x",
		.raw = { (const uint8_t *)"x", 1 },
	};
	int r;

	lic_hash128(bytes, strlen(bytes), e.hash.b);
	e.st.size = strlen(bytes);
	e.format = claims.format = LIC_FORMAT_JPEG;
	add_claim(&claims, LIC_ROLE_LICENSE, "CC-BY-4.0");
	if (reserve)
		lic_claims_add(&claims, &c);
	r = lic_catalog_put(txn, &e, &claims, &fix_err);
	lic_claims_release(&claims);
	return r < 0 ? r : e.id;
}

static int reserved(struct lic_catalog *cat, const char *path)
{
	const struct lic_rights *r = NULL;
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0)
		r = lic_catalog_rights(cat, e.rights, &fix_err);
	return r ? r->reservations : -1;
}

/* An opt-out beside one file holds for every file with the same bytes, as long as it stands. */
static void test_twins(void)
{
	const unsigned training = LIC_RESERVE_TRAINING;
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t dir = put_dir(txn, 1, "d"), a, b;

	b = put_reserved(txn, 1, "b", "same", 0);
	put_reserved(txn, 1, "other", "other", 0);
	commit(txn);
	is_int(reserved(cat, "b"), 0, "nothing is reserved");
	txn = begin(cat);
	a = put_reserved(txn, dir, "a", "same", training);
	commit(txn);
	is_int(reserved(cat, "d/a"), training, "an opt-out reserves its image");
	is_int(reserved(cat, "b"), training, "and what was there with the same bytes");
	is_int(reserved(cat, "other"), 0, "and nothing else");
	ok(lic_catalog_claims(cat, b, &claims, &fix_err) == 0 && claims.n == 2 &&
		   strcmp(claims.item[1].text, "beside d/a") == 0,
	   "which says where it stands");
	lic_claims_release(&claims);
	txn = begin(cat);
	put_reserved(txn, 1, "c", "same", LIC_RESERVE_INPUT);
	commit(txn);
	is_int(reserved(cat, "c"), training | LIC_RESERVE_INPUT, "what comes later is reserved");
	is_int(reserved(cat, "b"), training | LIC_RESERVE_INPUT, "by the opt-outs of all");
	txn = begin(cat);
	is_int(put_reserved(txn, dir, "a", "same", 0), a, "the sidecar goes");
	commit(txn);
	is_int(reserved(cat, "d/a"), LIC_RESERVE_INPUT, "another's opt-out stays");
	is_int(reserved(cat, "b"), LIC_RESERVE_INPUT, "for all");
	txn = begin(cat);
	put_reserved(txn, 1, "c", "changed", LIC_RESERVE_INPUT);
	put_reserved(txn, dir, "a", "same", training);
	commit(txn);
	is_int(reserved(cat, "b"), training, "changed bytes take their opt-out with them");
	checks(cat, "with opt-outs");
	txn = begin(cat);
	ok(lic_catalog_end(txn, dir, &fix_err) == 0, "a directory ends");
	commit(txn);
	is_int(reserved(cat, "b"), 0, "and its opt-outs with it");
	checks(cat, "without them");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- overrides ---------------------------------------------------------------------------- */

static void decide(struct lic_catalog *cat, struct lic_decision *d)
{
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_decide(txn, d, NULL, NULL, &fix_err) == 0, "an override");
	commit(txn);
}

/* An override settles the conflict that somebody looked at, and not that of the next file which
 * takes the name. */
static void test_override_bytes(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t dir = put_dir(txn, 1, "d");
	struct lic_decision d = {
		.action = LIC_ACTION_LICENSE,
		.pattern = { (const uint8_t *)"d/a", 3 },
		.exact = true,
		.license = "CC-BY-4.0",
		.override = true,
		.reason = "because",
	};

	put_image(txn, dir, "a", "1", "CC-BY-NC-4.0", NULL);
	commit(txn);
	decide(cat, &d);
	is_int(status_of(cat, "d/a"), LIC_STATUS_CLEAR, "settles");
	txn = begin(cat);
	put_image(txn, dir, "a", "2", "CC-BY-NC-4.0", NULL);
	commit(txn);
	is_int(status_of(cat, "d/a"), LIC_STATUS_CONFLICT, "but not for other bytes");
	txn = begin(cat);
	put_image(txn, dir, "a", "1", "CC-BY-NC-SA-4.0", NULL);
	commit(txn);
	is_int(status_of(cat, "d/a"), LIC_STATUS_CLEAR, "again where the bytes are back");
	decide(cat, &d);
	txn = begin(cat);
	put_image(txn, dir, "a", "3", NULL, NULL);
	commit(txn);
	is_int(status_of(cat, "d/a"), LIC_STATUS_CLEAR, "what nothing contradicts is granted");
	checks(cat, "after overrides");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_twins();
	test_override_bytes();
	return done_testing();
}
