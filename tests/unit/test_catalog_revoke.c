/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Revocations: what they match now and later, and what takes them back. */
#include <inttypes.h>

#include "tests/unit/document_fixture.h"
#include "tests/unit/revoke_fixture.h"

/* Some images: two of Jane, one of them in a directory, one of John. */
static struct lic_catalog *make(struct scratch *s, int64_t *ret_dir)
{
	struct lic_catalog *cat = scratch_make(s);
	int64_t dir = make_dir(cat, 1, "d");

	add_by(cat, 1, "a", "A", "Jane Doe", "https://www.flickr.com/photos/12345@N00/678/");
	add_by(cat, dir, "b", "B", "John Roe; jane  doe", NULL);
	add_by(cat, 1, "c", "C", "John Roe", "http://live.staticflickr.com/1/999_abc_b.jpg");
	*ret_dir = dir;
	return cat;
}

static void test_each_kind(void)
{
	static const struct {
		enum lic_selector_kind kind;
		const char *text;
		bool a, b, c;
	} cases[] = {
		{ LIC_SELECT_PATH, "a", true, false, false },
		{ LIC_SELECT_PATH, "d", false, true, false },
		{ LIC_SELECT_PATH, "**", true, true, true },
		{ LIC_SELECT_PATH, "?", true, false, true },
		{ LIC_SELECT_PATH, "d/*", false, true, false },
		{ LIC_SELECT_PATH, "e", false, false, false },
		{ LIC_SELECT_CREATOR, "JANE DOE", true, true, false },
		{ LIC_SELECT_CREATOR, "john*", false, true, true },
		{ LIC_SELECT_URL, "flickr.com", true, false, false },
		{ LIC_SELECT_URL, "https://flickr.com/photos/12345@N00", true, false, false },
		{ LIC_SELECT_URL, "staticflickr.com", false, false, true },
		{ LIC_SELECT_ID, "12345@N00", true, false, false },
		{ LIC_SELECT_ID, "999", false, false, true },
		{ LIC_SELECT_ID, "678", true, false, false },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		struct scratch s;
		int64_t dir;
		struct lic_catalog *cat = make(&s, &dir);
		struct outcome o = take_down(cat, cases[i].kind, text);
		int n = cases[i].a + cases[i].b + cases[i].c;

		ok(o.r == 0 && o.number == 1, "%s %s is revoked", lic_selector_name(cases[i].kind),
		   text);
		is_int(o.matched, n, "it matches");
		ok(o.changed == n && o.told == n && o.told_changed == n && o.in_order,
		   "and tells of each in order");
		is_str(status_word(cat, "a"), cases[i].a ? "revoked" : "clear", "a");
		is_str(status_word(cat, "d/b"), cases[i].b ? "revoked" : "clear", "b");
		is_str(status_word(cat, "c"), cases[i].c ? "revoked" : "clear", "c");
		checks(cat, "after revoking");
		o = restore(cat, 1);
		ok(o.r == 0 && o.matched == n && o.changed == n && o.told == n, "restored");
		ok(status_of(cat, "a") == LIC_STATUS_CLEAR &&
			   status_of(cat, "d/b") == LIC_STATUS_CLEAR &&
			   status_of(cat, "c") == LIC_STATUS_CLEAR,
		   "all is as before");
		is_int(restore(cat, 1).r, -ENOENT, "only once");
		checks(cat, "after restoring");
		lic_catalog_close(cat);
		scratch_release(&s);
	}
}

/* --- what comes later --------------------------------------------------------------------- */

static void test_sticky(void)
{
	struct scratch s;
	int64_t dir, a, again;
	struct lic_catalog *cat = make(&s, &dir);
	struct outcome o = take_down(cat, LIC_SELECT_CREATOR, "jane doe");

	add_by(cat, 1, "copy", "A", NULL, NULL);
	is_str(status_word(cat, "copy"), "revoked", "a copy without its claims");
	a = add_by(cat, 1, "a", "A", NULL, NULL);
	is_str(status_word(cat, "a"), "revoked", "the same file, its sidecar gone");
	end(cat, a);
	again = add_by(cat, 1, "a", "A", "Nobody", NULL);
	ok(again != a, "deleted and put back");
	is_str(status_word(cat, "a"), "revoked", "it stays out");
	checks(cat, "with copies");
	add_by(cat, 1, "a", "A2", NULL, NULL);
	is_str(status_word(cat, "a"), "clear", "other bytes that nobody asked for are others");
	add_by(cat, 1, "a", "A2", "Jane Doe", NULL);
	is_str(status_word(cat, "a"), "revoked", "until they say whose they are");
	add_by(cat, dir, "n", "N", "J. N.; JANE DOE", NULL);
	is_str(status_word(cat, "d/n"), "revoked", "new ones are found");
	checks(cat, "with later images");
	o = restore(cat, o.number);
	ok(o.r == 0 && o.matched == 4 && o.changed == 4 && o.in_order, "all come back: %" PRId64,
	   o.matched);
	is_str(status_word(cat, "a"), "clear", "a");
	is_str(status_word(cat, "copy"), "clear", "copy");
	add_by(cat, 1, "later", "A", "Jane Doe", NULL);
	is_str(status_word(cat, "later"), "clear", "and nothing is remembered");
	checks(cat, "after restoring");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* One that says whose it is takes those with the same bytes with it, whichever came first. */
static void test_twins(void)
{
	struct scratch s;
	int64_t dir;
	struct lic_catalog *cat = make(&s, &dir);
	struct outcome o;
	struct lic_txn *txn;

	add_by(cat, 1, "a2", "A", NULL, NULL);
	add_by(cat, dir, "a3", "A", "Somebody", NULL);
	o = take_down(cat, LIC_SELECT_CREATOR, "Jane Doe");
	ok(o.matched == 4 && o.changed == 4 && o.told == 4 && o.in_order,
	   "the same bytes count and are told");
	is_str(status_word(cat, "a2"), "revoked", "a twin");
	is_str(status_word(cat, "d/a3"), "revoked", "of another name");
	txn = begin(cat);
	ok(put_by(txn, 1, "t1", "T", NULL, NULL) > 0 &&
		   put_by(txn, 1, "t2", "T", "Jane Doe", NULL) > 0 &&
		   put_by(txn, 1, "t3", "T", NULL, NULL) > 0,
	   "three at once");
	commit(txn);
	is_str(status_word(cat, "t1"), "revoked", "the one before");
	is_str(status_word(cat, "t3"), "revoked", "and the one behind");
	add_by(cat, 1, "u", "U", NULL, NULL);
	is_str(status_word(cat, "u"), "clear", "one alone");
	add_by(cat, dir, "u", "U", "jane doe", NULL);
	is_str(status_word(cat, "u"), "revoked", "until its twin comes");
	checks(cat, "with twins");
	o = restore(cat, o.number);
	is_int(o.changed, 9, "restoring finds them all");
	checks(cat, "without");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_paths(void)
{
	struct scratch s;
	int64_t dir, before;
	struct lic_catalog *cat = make(&s, &dir);
	struct lic_entry e;

	take_down(cat, LIC_SELECT_PATH, "a");
	take_down(cat, LIC_SELECT_PATH, "d/");
	before = lic_catalog_by_path(cat, "a", 1, &e, &fix_err) == 0 ? e.id : 0;
	ok(add_by(cat, 1, "a", "new", NULL, NULL) != before, "other bytes at a revoked path");
	is_str(status_word(cat, "a"), "revoked", "are revoked");
	add_by(cat, 1, "moved", "B", NULL, NULL);
	is_str(status_word(cat, "moved"), "revoked", "what leaves a directory stays revoked");
	add_by(cat, dir, "late", "L", NULL, NULL);
	is_str(status_word(cat, "d/late"), "revoked", "what comes into it is");
	add_by(cat, make_dir(cat, dir, "deep"), "x", "X", NULL, NULL);
	is_str(status_word(cat, "d/deep/x"), "revoked", "however deep");
	add_by(cat, 1, "new", "new", NULL, NULL);
	is_str(status_word(cat, "new"), "revoked", "the new bytes count as well");
	is_int(take_down(cat, LIC_SELECT_PATH, "nothing/there").matched, 0, "nothing there yet");
	add_by(cat, make_dir(cat, 1, "nothing"), "there", "Z", NULL, NULL);
	is_str(status_word(cat, "nothing/there"), "revoked", "but later");
	checks(cat, "with revoked paths");
	end(cat, dir);
	dir = make_dir(cat, 1, "d");
	add_by(cat, dir, "again", "Q", NULL, NULL);
	is_str(status_word(cat, "d/again"), "revoked", "a directory that comes again");
	checks(cat, "with a new directory");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_hashes(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf hex = LIC_BUF_INIT(64);
	uint8_t hash[16];

	lic_hash128("later", 5, hash);
	lic_buf_adds(&hex, "xxh3:");
	for (size_t i = 0; i < sizeof(hash); i++)
		lic_buf_addf(&hex, "%02x", hash[i]);
	is_int(take_down(cat, LIC_SELECT_XXH3, lic_buf_str(&hex)).matched, 0, "bytes of nobody");
	add_by(cat, 1, "a", "later", NULL, NULL);
	add_by(cat, 1, "b", "others", NULL, NULL);
	is_str(status_word(cat, "a"), "revoked", "until they come");
	is_str(status_word(cat, "b"), "clear", "no others");
	is_int(take_down(cat, LIC_SELECT_XXH3, lic_buf_str(&hex)).matched, 1, "once more");
	checks(cat, "with revoked bytes");
	restore(cat, 1);
	is_str(status_word(cat, "a"), "revoked", "one revocation is left");
	restore(cat, 2);
	is_str(status_word(cat, "a"), "clear", "and none");
	lic_buf_release(&hex);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- what else is said -------------------------------------------------------------------- */

static void set_stale(struct lic_catalog *cat, const char *path)
{
	struct lic_txn *txn = begin(cat);
	struct lic_entry e;

	ok(lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0 &&
		   lic_catalog_mark_stale(txn, e.id, &fix_err) == 0,
	   "%s turns stale", path);
	commit(txn);
}

static void test_stale(void)
{
	struct scratch s;
	int64_t dir;
	struct lic_catalog *cat = make(&s, &dir);
	int64_t n;

	set_stale(cat, "a");
	n = take_down(cat, LIC_SELECT_CREATOR, "jane doe").number;
	is_str(status_word(cat, "a"), "revoked", "a stale image is revoked");
	set_stale(cat, "d/b");
	is_str(status_word(cat, "d/b"), "revoked", "a revoked one stays so when it turns stale");
	set_stale(cat, "d/b");
	checks(cat, "with both");
	take_down(cat, LIC_SELECT_PATH, "d");
	restore(cat, n);
	is_str(status_word(cat, "a"), "stale", "restored, it is stale again");
	is_str(status_word(cat, "d/b"), "revoked", "the other one is still revoked");
	restore(cat, n + 1);
	is_str(status_word(cat, "d/b"), "stale", "and then stale");
	checks(cat, "with stale images");
	add_by(cat, 1, "a", "A", "Jane Doe", NULL);
	is_str(status_word(cat, "a"), "clear", "reading helps");
	set_stale(cat, "c");
	take_down_as(cat, LIC_SELECT_CREATOR, "john roe", true);
	is_str(status_word(cat, "c"), "revoked", "one that is erased, too");
	checks(cat, "with a stale one erased");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static struct lic_decision decision(enum lic_action action, const char *path, const char *license)
{
	return (struct lic_decision){ .action = action,
				      .pattern = { (const uint8_t *)path, strlen(path) },
				      .exact = true,
				      .license = license,
				      .override = action == LIC_ACTION_LICENSE,
				      .reason = "r",
				      .who = "me" };
}

static void decide(struct lic_catalog *cat, struct lic_decision d)
{
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0, "an operator decides");
	commit(txn);
}

static void test_outranks(void)
{
	struct scratch s;
	int64_t dir;
	struct lic_catalog *cat = make(&s, &dir);
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(1, "broken", 6, LIC_KIND_IMAGE);
	const struct lic_rights *rights;
	struct lic_txn *txn;

	decide(cat, decision(LIC_ACTION_LICENSE, "a", "CC-BY-4.0"));
	take_down(cat, LIC_SELECT_CREATOR, "jane doe");
	is_str(status_word(cat, "a"), "revoked", "an override does not help");
	rights = rights_of(cat, "a");
	ok(rights && strcmp(rights->license, "CC-BY-4.0") == 0 && rights->n_alternatives == 0,
	   "the license is for display");
	decide(cat, decision(LIC_ACTION_LICENSE, "d/b", "CC-BY-4.0"));
	is_str(status_word(cat, "d/b"), "revoked", "nor does one that comes later");
	decide(cat, decision(LIC_ACTION_DENY, "a", NULL));
	is_str(status_word(cat, "a"), "revoked", "a denial says less");
	txn = begin(cat);
	lic_hash128("x", 1, e.hash.b);
	add_claim(&claims, LIC_ROLE_CREATOR, "jane doe");
	claims.format = e.format = LIC_FORMAT_JPEG;
	claims.damage = "cut short";
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "a damaged file");
	commit(txn);
	is_str(status_word(cat, "broken"), "revoked", "is revoked as well");
	checks(cat, "with everything");
	restore(cat, 1);
	is_str(status_word(cat, "broken"), "unreadable", "and unreadable again");
	is_str(license_of(cat, "d/b"), "CC-BY-4.0", "decisions hold again");
	checks(cat, "without");
	lic_claims_release(&claims);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- who hears of it ---------------------------------------------------------------------- */

struct heard {
	int64_t image, companion, document, dir;
	int n[4];
};

static int hear(void *ctx, const struct lic_change *c)
{
	struct heard *h = ctx;

	h->n[0] += c->entry == h->image;
	h->n[1] += c->entry == h->companion;
	h->n[2] += c->entry == h->document;
	h->n[3] += c->entry == h->dir;
	return 0;
}

static void test_feed(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	struct heard h = { .dir = put_dir(txn, 1, "d") };
	int64_t since;

	h.image = put_by(txn, h.dir, "x", "X", "Jane", NULL);
	h.companion = put_other(txn, h.dir, "x.txt", LIC_KIND_COMPANION);
	ok(lic_catalog_bind(txn, h.companion, &h.image, 1, &fix_err) == 0, "a companion");
	h.document = put_document(txn, 1, "list");
	ok(bind_document(txn, h.document, "i", &h.image, 1) == 0, "a document");
	commit(txn);
	since = lic_catalog_generation(cat);
	take_down(cat, LIC_SELECT_CREATOR, "jane");
	ok(lic_catalog_changes(cat, since, hear, &h, &fix_err) == 0 && h.n[0] && h.n[1] && h.n[2] &&
		   h.n[3],
	   "image, companion, document and directory are told of: %d %d %d %d", h.n[0], h.n[1],
	   h.n[2], h.n[3]);
	since = lic_catalog_generation(cat);
	memset(h.n, 0, sizeof(h.n));
	take_down(cat, LIC_SELECT_CREATOR, "jane");
	ok(lic_catalog_generation(cat) == since + 1, "revoking once more is a generation");
	ok(lic_catalog_changes(cat, since, hear, &h, &fix_err) == 0 && !h.n[0] && !h.n[3],
	   "in which nothing changes for mounts");
	restore(cat, 2);
	since = lic_catalog_generation(cat);
	restore(cat, 1);
	ok(lic_catalog_changes(cat, since, hear, &h, &fix_err) == 0 && h.n[0] && h.n[1] && h.n[2] &&
		   h.n[3],
	   "and the same when it comes back");
	checks(cat, "after all");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- transactions ------------------------------------------------------------------------- */

static void test_abort(void)
{
	struct scratch s;
	int64_t dir;
	struct lic_catalog *cat = make(&s, &dir), *other;
	struct lic_txn *txn = begin(cat);
	struct lic_buf buf;
	struct lic_selector sel = selector_of(LIC_SELECT_CREATOR, "jane doe", &buf);
	struct outcome o = revoke_in(txn, &sel, 1, false);

	is_int(o.matched, 2, "a trial");
	ok(put_by(txn, 1, "x", "X", "Jane Doe", NULL) > 0, "and a new image");
	lic_catalog_abort(txn);
	is_str(status_word(cat, "a"), "clear", "leaves nothing");
	add_by(cat, 1, "x", "X", "Jane Doe", NULL);
	is_str(status_word(cat, "x"), "clear", "also for later");
	txn = begin(cat);
	o = revoke_in(txn, &sel, 1, true);
	is_int(o.matched, 3, "a trial of erasing");
	lic_catalog_abort(txn);
	checks(cat, "after trials");
	other = scratch_open(&s, LIC_CATALOG_WRITE);
	take_down(other, LIC_SELECT_CREATOR, "jane doe");
	add_by(cat, 1, "y", "Y", "Jane Doe", NULL);
	is_str(status_word(cat, "y"), "revoked", "another connection revokes");
	restore(other, 1);
	add_by(cat, 1, "z", "Z", "Jane Doe", NULL);
	is_str(status_word(cat, "z"), "clear", "and restores");
	checks(cat, "after that");
	lic_catalog_close(other);
	lic_buf_release(&buf);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int try_args(struct lic_catalog *cat, struct lic_revocation r, struct lic_selector s,
		    size_t n)
{
	struct lic_txn *txn = begin(cat);
	int rc = lic_catalog_revoke(txn, &r, &s, n, NULL, NULL, NULL, &fix_err);

	lic_catalog_abort(txn);
	return rc;
}

static void test_args(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_revocation r = { .kind = LIC_SELECT_PATH, .reason = "r" };
	struct lic_selector path = { LIC_SELECT_PATH, false, { (const uint8_t *)"x", 1 } };
	struct lic_selector bad = path;

	is_int(try_args(cat, r, path, 1), 0, "a revocation");
	is_int(try_args(cat, r, path, 0), -EINVAL, "of nothing");
	r.reason = "";
	is_int(try_args(cat, r, path, 1), -EINVAL, "without a reason");
	r.reason = "r";
	bad.normal.n = 0;
	is_int(try_args(cat, r, bad, 1), -EINVAL, "of an empty text");
	bad = (struct lic_selector){ LIC_SELECT_XXH3, false, { (const uint8_t *)"x", 1 } };
	is_int(try_args(cat, r, bad, 1), -EINVAL, "of half a hash");
	bad = (struct lic_selector){ LIC_SELECT_URL, true, { (const uint8_t *)"x", 1 } };
	is_int(try_args(cat, r, bad, 1), -EINVAL, "of a pattern of addresses");
	bad = (struct lic_selector){ (enum lic_selector_kind)99,
				     false,
				     { (const uint8_t *)"x", 1 } };
	is_int(try_args(cat, r, bad, 1), -EINVAL, "of no kind");
	r.erased = true;
	bad = (struct lic_selector){ LIC_SELECT_PATH, true, { (const uint8_t *)"*", 1 } };
	is_int(try_args(cat, r, bad, 1), -EINVAL, "a pattern cannot be erased");
	checks(cat, "after refusals");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- telling ------------------------------------------------------------------------------ */

static int show(void *ctx, const struct lic_revocation *r)
{
	lic_buf_addf(ctx, "%" PRId64 " %s '%.*s' %s %s %s %d %d %s %s\n", r->number,
		     lic_selector_name(r->kind), (int)r->text.n, (const char *)r->text.p, r->reason,
		     r->requester, r->who, r->erased, r->died != 0,
		     r->ended_who ? r->ended_who : "-", r->ended_why ? r->ended_why : "-");
	return 0;
}

static int show_by(void *ctx, const struct lic_revocation *r, enum lic_selector_kind by)
{
	lic_buf_addf(ctx, "%" PRId64 " by %s\n", r->number, lic_selector_name(by));
	return 0;
}

static const char *by(struct lic_catalog *cat, const char *path, struct lic_buf *out)
{
	struct lic_entry e;

	lic_buf_reset(out);
	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0 ||
	    lic_catalog_revoked_by(cat, e.id, show_by, out, &fix_err) < 0)
		return "failed";
	return lic_buf_str(out);
}

static void test_tell(void)
{
	struct lic_buf out = LIC_BUF_INIT(1u << 16);
	struct scratch s;
	int64_t dir;
	struct lic_catalog *cat = make(&s, &dir);

	take_down(cat, LIC_SELECT_CREATOR, "jane doe");
	take_down(cat, LIC_SELECT_PATH, "d");
	take_down_as(cat, LIC_SELECT_URL, "flickr.com", true);
	restore(cat, 2);
	ok(lic_catalog_revocations(cat, show, &out, &fix_err) == 0, "all are told");
	is_str(lic_buf_str(&out),
	       "1 creator 'text' asked for Jane me 0 0 - -\n"
	       "2 path 'text' asked for Jane me 0 1 me a mistake\n"
	       "3 url '' asked for  me 1 0 - -\n",
	       "with what is known");
	is_str(by(cat, "c", &out), "", "nothing");
	is_str(by(cat, "d/b", &out), "1 by creator\n", "by its creator");
	add_by(cat, 1, "copy", "B", NULL, NULL);
	is_str(by(cat, "copy", &out), "1 by xxh3\n", "by its bytes");
	ok(lic_catalog_revoked_by(cat, 99999, show_by, &out, &fix_err) == 0, "no image");
	take_down(cat, LIC_SELECT_PATH, "copy");
	is_str(by(cat, "copy", &out), "1 by xxh3\n4 by path\n", "by two");
	lic_buf_release(&out);
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_each_kind();
	test_sticky();
	test_twins();
	test_paths();
	test_hashes();
	test_stale();
	test_outranks();
	test_feed();
	test_abort();
	test_args();
	test_tell();
	return done_testing();
}
