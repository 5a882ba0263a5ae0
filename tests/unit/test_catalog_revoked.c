/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Revocations and everything that says something of an image: rows of manifests, archives,
 * hashes, likeness; and rows of revocations that cannot be read. */
#include <inttypes.h>
#include <sqlite3.h>

#include "tests/unit/document_fixture.h"
#include "tests/unit/revoke_fixture.h"

static void unimport(struct lic_catalog *cat, int64_t number)
{
	struct lic_import_result res;
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_unimport(txn, number, NULL, &res, &fix_err) == 0, "import %lld ends",
	   (long long)number);
	commit(txn);
}

/* --- rows of manifests -------------------------------------------------------------------- */

static void test_rows(void)
{
	static const struct row rows[] = {
		{ .key = { "path:a.jpg" }, .creator = "Jane Doe", .license = "CC0-1.0" },
		{ .key = { "tail:same.jpg" }, .creator = "jane doe", .license = "CC0-1.0" },
		{ .key = { "stem:b", "id:987654" }, .url = "https://x.org/photos/jane/1" },
		{ .key = { "path:c.jpg" }, .url = "https://y.org/2", .license = "CC0-1.0" },
		{ .key = { "url:https://y.org/2" }, .creator = "Jane Doe" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t dir = make_dir(cat, 1, "d");

	add_by(cat, 1, "a.jpg", "A", NULL, NULL);
	add_by(cat, 1, "same.jpg", "S1", NULL, NULL);
	add_by(cat, dir, "same.jpg", "S2", NULL, NULL);
	add_by(cat, 1, "b.jpg", "B", NULL, NULL);
	add_by(cat, 1, "c.jpg", "C", NULL, NULL);
	is_int(import(cat, "m", "", rows, LIC_ARRAY_SIZE(rows)).matched, 5, "all rows match");
	is_int(take_down(cat, LIC_SELECT_CREATOR, "Jane Doe").matched, 4, "by what rows say");
	is_str(status_word(cat, "a.jpg"), "revoked", "one that is sure");
	is_str(status_word(cat, "same.jpg"), "revoked", "one in doubt");
	is_str(status_word(cat, "d/same.jpg"), "revoked", "and the other");
	is_str(status_word(cat, "c.jpg"), "revoked", "one that another row leads to");
	is_str(status_word(cat, "b.jpg"), "clear", "but nobody else");
	is_int(take_down(cat, LIC_SELECT_ID, "987654").matched, 1, "an id that a row names");
	checks(cat, "with rows");
	unimport(cat, 1);
	is_str(status_word(cat, "a.jpg"), "revoked", "it stays when the rows have gone");
	is_str(status_word(cat, "b.jpg"), "revoked", "this one, too");
	checks(cat, "without rows");
	add_by(cat, 1, "e.jpg", "E", NULL, NULL);
	import(cat, "n", "",
	       (const struct row[]){
		       {.key = { "path:e.jpg" },
			.creator = "JANE  DOE" } },
	       1);
	is_str(status_word(cat, "e.jpg"), "revoked", "rows that come later count");
	add_by(cat, dir, "f.jpg", "F", NULL, NULL);
	import(cat, "o", "d",
	       (const struct row[]){
		       {.key = { "glob:*.jpg" },
			.creator = "Max" } },
	       1);
	is_int(take_down(cat, LIC_SELECT_CREATOR, "max").matched, 2, "rows with patterns");
	add_by(cat, dir, "g.jpg", "G", NULL, NULL);
	is_str(status_word(cat, "d/g.jpg"), "revoked", "for later images as well");
	checks(cat, "with patterns");
	restore(cat, 1);
	restore(cat, 2);
	is_str(status_word(cat, "a.jpg"), "clear", "restored");
	checks(cat, "after restoring");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- archives ----------------------------------------------------------------------------- */

static void test_archive(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t dir = make_dir(cat, 1, "d");
	struct lic_txn *txn = begin(cat);
	int64_t tar = put_document(txn, dir, "x.tar");

	ok(put_by(txn, tar, "in/a.jpg", "A", "Jane", NULL) > 0 &&
		   put_by(txn, tar, "in/b.jpg", "B", "John", NULL) > 0 &&
		   put_by(txn, tar, "c.jpg", "C", NULL, "http://h.org/9/c.jpg") > 0,
	   "an archive of three");
	commit(txn);
	is_int(take_down(cat, LIC_SELECT_CREATOR, "jane").matched, 1, "a member by its creator");
	is_int(take_down(cat, LIC_SELECT_PATH, "d/x.tar/in").matched, 2, "a directory in it");
	is_int(take_down(cat, LIC_SELECT_PATH, "d/x.tar/c.jpg").matched, 1, "a path in it");
	is_int(take_down(cat, LIC_SELECT_PATH, "d/x.tar").matched, 3, "all of it");
	is_int(take_down(cat, LIC_SELECT_PATH, "d/*.tar/**").matched, 3, "by a pattern");
	is_int(take_down(cat, LIC_SELECT_PATH, "d").matched, 3, "with its directory");
	is_int(take_down(cat, LIC_SELECT_ID, "c").matched, 1, "by the name in it");
	checks(cat, "with an archive");
	for (int64_t i = 1; i <= 7; i++)
		is_int(restore(cat, i).r, 0, "revocation %lld ends", (long long)i);
	is_str(status_word(cat, "d/x.tar/in/a.jpg"), "clear", "all is back");
	checks(cat, "after all");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- hashes that are not always known ----------------------------------------------------- */

static int put_known(struct lic_catalog *cat, const char *name, uint8_t sha256)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(1, name, strlen(name), LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);
	int r;

	lic_hash128(name, strlen(name), e.hash.b);
	e.format = claims.format = LIC_FORMAT_JPEG;
	e.digests.has = sha256 ? LIC_DIGEST_SHA256 : 0;
	memset(e.digests.sha256, sha256, sizeof(e.digests.sha256));
	add_claim(&claims, LIC_ROLE_LICENSE, "CC0-1.0");
	r = lic_catalog_put(txn, &e, &claims, &fix_err);
	commit(txn);
	lic_claims_release(&claims);
	return r;
}

static void test_digests(void)
{
	static const char hex[] =
		"1111111111111111111111111111111111111111111111111111111111111111";
	struct lic_buf reason = LIC_BUF_INIT(4096);
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_entry e;
	unsigned wanted = 0;

	put_known(cat, "a", 0x11);
	put_known(cat, "b", 0);
	is_int(take_down(cat, LIC_SELECT_SHA256, hex).r, -ENODATA, "not known of every image");
	ok(strstr(fix_err.msg, "not known of every"), "as it says: %s", fix_err.msg);
	put_known(cat, "b", 0x22);
	is_int(take_down(cat, LIC_SELECT_SHA256, hex).matched, 1, "known now");
	is_str(status_word(cat, "a"), "revoked", "it matches");
	is_str(status_word(cat, "b"), "clear", "it alone");
	ok(lic_catalog_digests_wanted(cat, &wanted, &fix_err) == 0 && wanted == LIC_DIGEST_SHA256,
	   "scans compute it from now on");
	put_known(cat, "c", 0);
	is_str(status_word(cat, "c"), "unreadable", "an image of which it is not known is hidden");
	ok(lic_catalog_by_path(cat, "c", 1, &e, &fix_err) == 0 &&
		   lic_catalog_claims(cat, e.id, &claims, &fix_err) == 0 && claims.damage &&
		   strstr(claims.damage, "revocation"),
	   "and says so: %s", claims.damage ? claims.damage : "-");
	put_known(cat, "d", 0x11);
	is_str(status_word(cat, "d"), "revoked", "one that has it is found");
	checks(cat, "with hashes");
	is_int(restore(cat, 1).changed, 3, "restored");
	is_str(status_word(cat, "c"), "clear", "nobody hides it any more");
	checks(cat, "without");
	lic_claims_release(&claims);
	lic_buf_release(&reason);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- likeness ----------------------------------------------------------------------------- */

/* A print that differs in `bits` bits from that of 0. */
static struct lic_likeness print_of(unsigned bits)
{
	struct lic_likeness l = { .n = 1 };

	for (unsigned i = 0; i < LIC_PRINT_BYTES; i++)
		l.print[0].b[i] = (uint8_t)(i * 37 + 11);
	for (unsigned i = 0; i < bits; i++)
		l.print[0].b[i / 8] ^= (uint8_t)(1u << i % 8);
	return l;
}

static void know(struct lic_catalog *cat, const char *path, unsigned bits)
{
	struct lic_likeness l = print_of(bits < 256 ? bits : 0);
	struct lic_txn *txn = begin(cat);
	struct lic_entry e;

	ok(lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0 &&
		   lic_catalog_likeness_put(txn, e.id, bits < 999 ? &l : NULL, "none", &fix_err) ==
			   0,
	   "%s is looked at", path);
	commit(txn);
}

static struct outcome take_down_alike(struct lic_catalog *cat, unsigned bits)
{
	struct lic_likeness l = print_of(bits < 256 ? bits : 0);
	uint8_t packed[LIC_LIKENESS_PACKED_MAX];
	struct lic_selector sel = { LIC_SELECT_LIKENESS,
				    false,
				    { packed, lic_likeness_pack(&l, packed) } };
	struct lic_txn *txn = begin(cat);
	struct outcome o = revoke_in(txn, &sel, 1, false);

	if (o.r < 0)
		lic_catalog_abort(txn);
	else
		commit(txn);
	return o;
}

static int count(void *ctx, int64_t entry _unused_)
{
	++*(int *)ctx;
	return 0;
}

static int selected(struct lic_catalog *cat, const struct lic_selector *sel, size_t n)
{
	int found = 0;

	return lic_catalog_select(cat, sel, n, count, &found, &fix_err) < 0 ? -1 : found;
}

static void test_likeness(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_likeness l = print_of(1);
	uint8_t packed[LIC_LIKENESS_PACKED_MAX];
	struct lic_selector sel[2] = {
		{ LIC_SELECT_LIKENESS, false, { packed, lic_likeness_pack(&l, packed) } },
		{ LIC_SELECT_CREATOR, false, { (const uint8_t *)"jane", 4 } },
	};
	struct lic_txn *txn;

	add_by(cat, 1, "a", "A", "Jane", NULL);
	is_int(take_down_alike(cat, 0).r, -ENODATA, "a catalog that keeps no likenesses");
	txn = begin(cat);
	ok(lic_catalog_keep_likeness(txn, true, &fix_err) == 0, "it does now");
	commit(txn);
	add_by(cat, 1, "b", "B", "Jane", NULL);
	add_by(cat, 1, "c", "C", NULL, NULL);
	add_by(cat, 1, "d", "D", NULL, NULL);
	know(cat, "a", 0);
	know(cat, "b", 128);
	is_int(selected(cat, sel, 1), 1, "one looks like it");
	is_int(selected(cat, sel, 2), 1, "and is Jane's");
	is_int(selected(cat, sel + 1, 1), 2, "who has another one");
	is_int(take_down_alike(cat, 1).matched, 1, "revoked by likeness");
	is_str(status_word(cat, "a"), "revoked", "what looks like it");
	is_str(status_word(cat, "b"), "clear", "not what does not");
	is_str(status_word(cat, "c"), "unreadable", "what was not compared yet is hidden");
	checks(cat, "with images that wait");
	know(cat, "c", 20);
	is_str(status_word(cat, "c"), "revoked", "until it is: it looks like it");
	know(cat, "d", 999);
	is_str(status_word(cat, "d"), "clear", "or cannot be looked at");
	add_by(cat, 1, "e", "A", NULL, NULL);
	is_str(status_word(cat, "e"), "revoked", "the same bytes need no look");
	add_by(cat, 1, "f", "F", NULL, NULL);
	is_str(status_word(cat, "f"), "unreadable", "new ones do");
	add_by(cat, 1, "g", "B", NULL, NULL);
	is_str(status_word(cat, "g"), "clear", "these bytes were looked at");
	checks(cat, "with later images");
	is_int(restore(cat, 1).changed, 4, "restored");
	ok(status_of(cat, "c") == LIC_STATUS_CLEAR && status_of(cat, "f") == LIC_STATUS_CLEAR,
	   "nothing is hidden any more");
	checks(cat, "without");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- finding ------------------------------------------------------------------------------ */

static void test_select(void)
{
	static const struct row rows[] = { { .key = { "path:d/x" }, .creator = "Jane" } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t dir = make_dir(cat, 1, "d");
	struct lic_buf buf[6];
	struct lic_selector sel[6] = {
		selector_of(LIC_SELECT_CREATOR, "Jane", &buf[0]),
		selector_of(LIC_SELECT_PATH, "d", &buf[1]),
		selector_of(LIC_SELECT_URL, "x.org", &buf[2]),
		selector_of(LIC_SELECT_ID, "17", &buf[3]),
		selector_of(LIC_SELECT_CREATOR, "J*", &buf[4]),
		selector_of(LIC_SELECT_PATH, "**", &buf[5]),
	};

	add_by(cat, dir, "x", "X", NULL, "http://x.org/17");
	add_by(cat, dir, "y17z", "Y", "Jane", NULL);
	add_by(cat, dir, "17.png", "Z", "John", NULL);
	end(cat, add_by(cat, dir, "gone", "G", "Jane", "http://x.org/17"));
	add_by(cat, 1, "w", "W", "Jim; Jane", "http://www.x.org");
	import(cat, "m", "", rows, 1);
	is_int(selected(cat, sel, 0), 4, "all images");
	is_int(selected(cat, &sel[0], 1), 3, "by creator");
	is_int(selected(cat, &sel[1], 1), 3, "by path");
	is_int(selected(cat, &sel[2], 1), 2, "by address");
	is_int(selected(cat, &sel[3], 1), 2, "by id");
	is_int(selected(cat, &sel[4], 1), 4, "by a pattern");
	is_int(selected(cat, &sel[0], 2), 2, "by creator and path");
	is_int(selected(cat, &sel[0], 3), 1, "and address");
	is_int(selected(cat, sel, 6), 1, "and all the rest");
	take_down(cat, LIC_SELECT_CREATOR, "jane");
	is_int(selected(cat, &sel[0], 1), 3, "also what is revoked");
	sel[0].normal.n = 0;
	is_int(selected(cat, &sel[0], 1), -1, "an empty one is refused");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(buf); i++)
		lic_buf_release(&buf[i]);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Many selectors in one revocation, some of them patterns. */
static void test_many(void)
{
	struct lic_buf buf[64];
	struct lic_selector sel[64];
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct outcome o;
	struct lic_txn *txn;
	char name[32];

	for (int i = 0; i < 100; i++) {
		char file[16];

		snprintf(name, sizeof(name), "Person %d", i);
		snprintf(file, sizeof(file), "f%d", i);
		add_by(cat, 1, file, file, name, NULL);
	}
	for (int i = 0; i < 63; i++) {
		snprintf(name, sizeof(name), "person  %d", i);
		sel[i] = selector_of(LIC_SELECT_CREATOR, name, &buf[i]);
	}
	sel[63] = selector_of(LIC_SELECT_CREATOR, "*7", &buf[63]);
	txn = begin(cat);
	o = revoke_in(txn, sel, 64, false);
	commit(txn);
	is_int(o.matched, 67, "63 by name, 67, 77, 87 and 97 by a pattern");
	checks(cat, "with many");
	is_int(restore(cat, o.number).changed, 67, "and back");
	for (int i = 0; i < 64; i++)
		lic_buf_release(&buf[i]);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- masks -------------------------------------------------------------------------------- */

/* Of bytes that are known, or NULL, as older catalogs have them. */
static int64_t put_mask_of(struct lic_txn *txn, int64_t dir, const char *name, int64_t image,
			   const char *bytes)
{
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_COMPANION);

	e.rule = LIC_RULE_MASK;
	if (bytes)
		lic_hash128(bytes, strlen(bytes), e.hash.b);
	return lic_catalog_put(txn, &e, NULL, &fix_err) < 0 ||
			       lic_catalog_bind(txn, e.id, &image, 1, &fix_err) < 0
		       ? -1
		       : e.id;
}

static int64_t put_mask(struct lic_txn *txn, int64_t dir, const char *name, int64_t image)
{
	return put_mask_of(txn, dir, name, image, NULL);
}

static enum lic_kind kind_of(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e;

	return lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0 ? LIC_KIND_NONE
									      : e.kind;
}

static void test_masks(void)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t dir = make_dir(cat, 1, "masks"), image = add_by(cat, 1, "a.jpg", "A", NULL, NULL);
	struct lic_entry e = entry_of(dir, "b.png", 5, LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);
	bool revoked = true;

	ok(put_mask(txn, dir, "a.png", image) > 0 && put_mask(txn, dir, "b.png", image) > 0 &&
		   put_mask(txn, dir, "c77.png", image) > 0 &&
		   put_mask(txn, dir, "d-77.png", image) > 0,
	   "four masks");
	commit(txn);
	ok(lic_catalog_revokes(cat, &e, &claims, &revoked, &fix_err) == 0 && !revoked,
	   "nothing is in force");
	is_int(take_down(cat, LIC_SELECT_PATH, "masks/a.png").matched, 0, "a mask is no image");
	is_int(kind_of(cat, "masks/a.png"), LIC_KIND_HIDDEN, "but hidden");
	is_int(kind_of(cat, "masks/b.png"), LIC_KIND_COMPANION, "it alone");
	take_down(cat, LIC_SELECT_ID, "77");
	is_int(kind_of(cat, "masks/d-77.png"), LIC_KIND_HIDDEN, "by id");
	is_int(kind_of(cat, "masks/c77.png"), LIC_KIND_COMPANION, "not by a part of one");
	checks(cat, "with masks");
	add_by(cat, dir, "a.png", "M", NULL, NULL);
	is_str(status_word(cat, "masks/a.png"), "revoked", "as an image it is revoked");
	take_down(cat, LIC_SELECT_PATH, "masks/*.png");
	is_int(kind_of(cat, "masks/b.png"), LIC_KIND_HIDDEN, "by a pattern");
	ok(lic_catalog_revokes(cat, &e, &claims, &revoked, &fix_err) == 0 && revoked,
	   "and it would be if it came anew");
	txn = begin(cat);
	ok(put_mask(txn, dir, "e.png", image) > 0, "a mask that nobody asked for");
	commit(txn);
	ok(lic_catalog_check(cat, &fix_err) == -EUCLEAN && strstr(fix_err.msg, "mask"),
	   "would be told by the check: %.60s", fix_err.msg);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void put_masks(struct lic_catalog *cat, int64_t dir, int64_t image)
{
	struct lic_txn *txn = begin(cat);

	ok(put_mask_of(txn, dir, "a.png", image, "A") > 0 &&
		   put_mask_of(txn, dir, "b.png", image, "B") > 0 &&
		   put_mask_of(txn, dir, "c.png", image, "C") > 0 &&
		   put_mask_of(txn, dir, "old.png", image, NULL) > 0,
	   "masks, one of an older catalog");
	commit(txn);
}

static void take_down_bytes(struct lic_catalog *cat, const char *bytes, bool erased)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(64);
	uint8_t b[16];

	lic_hash128(bytes, strlen(bytes), b);
	lic_buf_adds(&text, "xxh3:");
	for (size_t i = 0; i < sizeof(b); i++)
		lic_buf_addf(&text, "%02x", b[i]);
	is_int(take_down_as(cat, LIC_SELECT_XXH3, lic_buf_str(&text), erased).r, 0, "bytes %s",
	       bytes);
}

static void test_masks_by_bytes(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t dir = make_dir(cat, 1, "masks"), image = add_by(cat, 1, "i.jpg", "I", NULL, NULL);

	add_by(cat, 1, "twin.jpg", "A", NULL, NULL);
	put_masks(cat, dir, image);
	checks(cat, "masks know their bytes");
	is_int(take_down(cat, LIC_SELECT_PATH, "elsewhere.jpg").matched, 0, "nothing matches");
	is_int(kind_of(cat, "masks/old.png"), LIC_KIND_COMPANION, "and nothing is hidden");
	is_int(take_down(cat, LIC_SELECT_PATH, "twin.jpg").matched, 1, "one image is revoked");
	is_int(kind_of(cat, "masks/a.png"), LIC_KIND_HIDDEN, "a mask of its bytes is hidden");
	is_int(kind_of(cat, "masks/old.png"), LIC_KIND_HIDDEN, "and one that may have them");
	is_int(kind_of(cat, "masks/b.png"), LIC_KIND_COMPANION, "no other one");
	checks(cat, "with some hidden");
	take_down_bytes(cat, "B", false);
	is_int(kind_of(cat, "masks/b.png"), LIC_KIND_HIDDEN, "by its bytes");
	take_down_bytes(cat, "C", true);
	is_int(kind_of(cat, "masks/c.png"), LIC_KIND_HIDDEN, "by bytes that are erased");
	checks(cat, "with all hidden");
	is_int(add_by(cat, dir, "c.png", "C", NULL, NULL) > 0, true, "judged");
	is_str(status_word(cat, "masks/c.png"), "revoked", "as an image it is revoked");
	put_masks(cat, dir, image);
	ok(lic_catalog_check(cat, &fix_err) == -EUCLEAN && strstr(fix_err.msg, "mask"),
	   "masks of such bytes are told by the check: %.60s", fix_err.msg);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_masks_by_digest(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t dir = make_dir(cat, 1, "masks");
	struct lic_txn *txn;
	struct lic_entry e = entry_of(1, "i.jpg", 5, LIC_KIND_IMAGE);
	struct lic_claims claims = LIC_CLAIMS_INIT;

	e.digests.has = LIC_DIGEST_MD5;
	txn = begin(cat);
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "an image of which MD5 is known");
	commit(txn);
	put_masks(cat, dir, e.id);
	take_down(cat, LIC_SELECT_MD5, "md5:5d41402abc4b2a76b9719d911017c592");
	is_int(kind_of(cat, "masks/b.png"), LIC_KIND_HIDDEN, "MD5 is known of no mask");
	checks(cat, "with MD5");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- rows that cannot be read ------------------------------------------------------------- */

static void sql(const struct scratch *s, const char *text)
{
	sqlite3 *db = NULL;

	ok(sqlite3_open(s->db, &db) == SQLITE_OK &&
		   sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK,
	   "%s", text);
	sqlite3_close(db);
}

/* Nothing is judged as if it were not revoked. */
static void test_corrupt(void)
{
	static const char *const cases[] = {
		"UPDATE revoked SET kind = 9 WHERE kind = 5",
		"UPDATE revoked SET kind = 0 WHERE kind = 5",
		"UPDATE revoked SET form = 3 WHERE kind = 5",
		"UPDATE revoked SET form = 1 WHERE kind = 5",
		"UPDATE revoked SET key = x'' WHERE kind = 5",
		"UPDATE revoked SET kind = 4 WHERE kind = 5",
		"UPDATE revoked SET kind = 8 WHERE kind = 5",
		"UPDATE revoked SET form = 2, kind = 7 WHERE kind = 5",
		"UPDATE revoked SET key = zeroblob(5000) WHERE kind = 5",
		"UPDATE revoked SET key = x'00' WHERE kind = 2",
		"UPDATE revoked SET form = 2 WHERE kind = 2",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		struct lic_buf out = LIC_BUF_INIT(4096);
		struct scratch s;
		struct lic_catalog *cat = scratch_make(&s);
		int64_t id = add_by(cat, 1, "a", "A", "Jane", NULL);
		struct lic_txn *txn;
		struct outcome o;

		take_down(cat, LIC_SELECT_CREATOR, "jane");
		sql(&s, cases[i]);
		txn = begin(cat);
		ok(put_by(txn, 1, "b", "B", "Jane", NULL) < 0, "nothing is put");
		lic_catalog_abort(txn);
		txn = begin(cat);
		ok(lic_catalog_rejudge(txn, id, NULL, &fix_err) < 0, "or judged again");
		lic_catalog_abort(txn);
		ok(lic_catalog_check(cat, &fix_err) < 0, "checking says so: %.60s", fix_err.msg);
		is_str(status_word(cat, "a"), "revoked", "and nothing shows");
		o = restore(cat, 1);
		ok(o.r == 0, "but it can be ended");
		if (o.r == 0)
			checks(cat, "then");
		lic_buf_release(&out);
		lic_catalog_close(cat);
		scratch_release(&s);
	}
}

/* --- hostile ------------------------------------------------------------------------------ */

static void test_hostile(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	size_t n = 64u << 10;
	char *text = malloc(n + 16);

	for (size_t i = 0; i < n; i++)
		text[i] = "ab;"[i % 3];
	snprintf(text + n, 16, "%s", "; Jane Doe");
	take_down(cat, LIC_SELECT_CREATOR, "jane doe");
	take_down(cat, LIC_SELECT_CREATOR, "*roe");
	take_down_as(cat, LIC_SELECT_CREATOR, "john", true);
	take_down(cat, LIC_SELECT_URL, "x.org");
	add_by(cat, 1, "a", "A", text, text);
	is_str(status_word(cat, "a"), "revoked", "the last of a long list");
	snprintf(text + n, 16, "%s", "; Jane Roe");
	add_by(cat, 1, "b", "B", text, text);
	is_str(status_word(cat, "b"), "revoked", "by a pattern");
	text[n] = '\0';
	add_by(cat, 1, "c", "C", text, text);
	is_str(status_word(cat, "c"), "clear", "and by none");
	checks(cat, "with long lists");
	free(text);
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_rows();
	test_archive();
	test_digests();
	test_likeness();
	test_select();
	test_many();
	test_masks();
	test_masks_by_bytes();
	test_masks_by_digest();
	test_corrupt();
	test_hostile();
	return done_testing();
}
