/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog: entries, rights, claims, decisions, views and the change feed. */
#include "tests/unit/catalog_fixture.h"

static int64_t id_of(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e;
	int r = lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err);

	return r < 0 ? r : e.id;
}

/* --- entries ------------------------------------------------------------------------------ */

static void test_round_trip(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_entry e = { 0 }, got = { 0 };
	struct lic_txn *txn;

	is_int(lic_catalog_generation(cat), 0, "a new catalog has no generation");
	is_int(id_of(cat, ""), 1, "the root is 1");
	is_str(lic_catalog_path(cat), s.db, "the catalog lies in the store");
	checks(cat, "when new");
	txn = begin(cat);
	is_int(put_dir(txn, 1, "a"), 2, "the first directory");
	ok(put_image(txn, 2, "x.jpg", "bytes", "CC-BY-4.0", &e) == 0, "an image is recorded");
	commit(txn);
	is_int(lic_catalog_generation(cat), 1, "a commit makes a generation");
	ok(lic_catalog_by_path(cat, "//a///x.jpg/", 12, &got, &fix_err) == 0, "found by path");
	is_int(got.id, e.id, "by its id");
	ok(got.name.n == 5 && memcmp(got.name.p, "x.jpg", 5) == 0, "with its name");
	ok(got.kind == LIC_KIND_IMAGE && got.rule == LIC_RULE_CONTENT, "kind and rule");
	ok(got.format == LIC_FORMAT_JPEG && got.st.size == 5 && got.st.mode == 0100644,
	   "format and stat");
	ok(memcmp(&got.hash, &e.hash, sizeof(e.hash)) == 0, "hash");
	ok(got.born == 1 && got.since == 1 && got.rights == e.rights, "generation and rights");
	is_int(status_of(cat, "a/x.jpg"), LIC_STATUS_CLEAR, "it is clear");
	ok(lic_catalog_by_name(cat, 2, "nix", 3, &got, &fix_err) == -ENOENT, "no other name");
	ok(lic_catalog_by_id(cat, 77, &got, &fix_err) == -ENOENT, "no other id");
	ok(lic_catalog_by_path(cat, "a/x.jpg/y", 9, &got, &fix_err) == -ENOENT,
	   "a file has no below");
	checks(cat, "after a commit");
	lic_catalog_close(cat);
	cat = scratch_open(&s, LIC_CATALOG_READ);
	is_int(id_of(cat, "a/x.jpg"), e.id, "ids stay over a restart");
	ok(lic_catalog_begin(cat, "x", &txn, &fix_err) == -EROFS, "a reader cannot write");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int collect(void *ctx, const struct lic_entry *e)
{
	struct lic_buf *b = ctx;

	lic_buf_add(b, e->name.p, e->name.n);
	lic_buf_addc(b, '|');
	return 0;
}

static int stop_at_second(void *ctx, const struct lic_entry *e _unused_)
{
	return ++*(int *)ctx == 2 ? 42 : 0;
}

static int list_within(void *ctx, const struct lic_entry *e)
{
	struct lic_buf *b = ctx;

	return e->kind == LIC_KIND_DIR ? lic_catalog_list(*(struct lic_catalog **)(b + 1), e->id, 0,
							  collect, b, &fix_err)
				       : collect(b, e);
}

static void test_listing(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct {
		struct lic_buf b;
		struct lic_catalog *cat;
	} out = { LIC_BUF_INIT(4096), cat };
	struct lic_txn *txn = begin(cat);
	char longest[256];
	int64_t dir, after;
	struct lic_entry e;
	int seen = 0;

	memset(longest, 'n', 255);
	longest[255] = '\0';
	dir = put_dir(txn, 1, "d");
	put_image(txn, dir, "b", "1", NULL, NULL);
	put_image(txn, dir, "\xff\n", "2", NULL, NULL);
	put_image(txn, dir, "B", "3", NULL, NULL);
	put_image(txn, dir, "a b", "4", NULL, NULL);
	ok(put_image(txn, 1, longest, "5", NULL, NULL) == 0, "a name of 255 bytes");
	commit(txn);
	ok(lic_catalog_list(cat, dir, 0, collect, &out.b, &fix_err) == 0, "a directory is listed");
	is_str(lic_buf_str(&out.b), "B|a b|b|\xff\n|", "in byte order");
	after = id_of(cat, "d/a b");
	txn = begin(cat);
	ok(lic_catalog_end(txn, after, &fix_err) == 0, "an entry ends");
	commit(txn);
	lic_buf_reset(&out.b);
	ok(lic_catalog_list(cat, dir, after, collect, &out.b, &fix_err) == 0,
	   "an entry that has ended marks its place");
	is_str(lic_buf_str(&out.b), "b|\xff\n|", "and the rest follows");
	is_int(lic_catalog_list(cat, dir, 0, stop_at_second, &seen, &fix_err), 42,
	       "a callback can stop");
	ok(lic_catalog_list(cat, 1, after, collect, &out.b, &fix_err) == -EINVAL,
	   "a mark from elsewhere is refused");
	lic_buf_reset(&out.b);
	ok(lic_catalog_list(cat, 1, 0, list_within, &out, &fix_err) == 0,
	   "listing within a listing");
	ok(strncmp(lic_buf_str(&out.b), "B|b|\xff\n|nnn", 10) == 0, "gives both");
	lic_buf_reset(&out.b);
	ok(lic_catalog_entry_path(cat, id_of(cat, "d/\xff\n"), &out.b, &fix_err) == 0, "path");
	is_str(lic_buf_str(&out.b), "d/\xff\n", "of any bytes");
	seen = 0;
	is_int(lic_catalog_each(cat, LIC_KIND_IMAGE, stop_at_second, &seen, &fix_err), 42, "each");
	lic_buf_reset(&out.b);
	is_int(lic_catalog_each_but(cat, NULL, 0, collect, &out.b, &fix_err), 0, "each but images");
	is_str(lic_buf_str(&out.b), "|d|", "the root and a directory");
	is_int(lic_catalog_by_id(cat, id_of(cat, "d/B"), &e, &fix_err), 0, "an image");
	lic_buf_reset(&out.b);
	is_int(lic_catalog_each_but(cat, (int64_t[]){ 77, e.rights }, 2, collect, &out.b, &fix_err),
	       0, "each but images with other rights");
	ok(strncmp(lic_buf_str(&out.b), "|d|b|\xff\n|B|nnn", 12) == 0, "in order of numbers");
	lic_buf_release(&out.b);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void refused(struct lic_catalog *cat, struct lic_entry e, const struct lic_claims *claims,
		    const char *why)
{
	struct lic_txn *txn = begin(cat);
	int64_t before = lic_catalog_generation(cat);

	ok(lic_catalog_put(txn, &e, claims, &fix_err) < 0, "refused: %s", why);
	ok(lic_catalog_commit(txn, &fix_err) == -EINVAL, "and nothing is committed after it");
	is_int(lic_catalog_generation(cat), before, "no generation");
}

static void test_refusals(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_claims none = LIC_CLAIMS_INIT;
	char name[257];
	struct lic_txn *txn, *other;

	memset(name, 'x', sizeof(name));
	refused(cat, entry_of(1, name, 256, LIC_KIND_DIR), NULL, "a name of 256 bytes");
	refused(cat, entry_of(1, "a/b", 3, LIC_KIND_DIR), NULL, "a slash in a name");
	refused(cat, entry_of(1, "a\0b", 3, LIC_KIND_DIR), NULL, "a NUL in a name");
	refused(cat, entry_of(1, "", 0, LIC_KIND_DIR), NULL, "no name");
	refused(cat, entry_of(0, "x", 1, LIC_KIND_DIR), NULL, "a second root");
	refused(cat, entry_of(9, "x", 1, LIC_KIND_DIR), NULL, "a parent that is not there");
	refused(cat, entry_of(1, "x", 1, LIC_KIND_IMAGE), NULL, "an image without claims");
	refused(cat, entry_of(1, "x", 1, LIC_KIND_NONE), &none, "no kind");
	txn = begin(cat);
	ok(lic_catalog_begin(cat, "x", &other, &fix_err) == -EINVAL, "no transaction within one");
	ok(lic_catalog_end(txn, 1, &fix_err) == -EINVAL, "the root cannot end");
	lic_catalog_abort(txn);
	lic_catalog_abort(NULL);
	txn = begin(cat);
	ok(lic_catalog_end(txn, 5, &fix_err) == -ENOENT, "what is not live cannot end");
	lic_catalog_abort(txn);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- lives -------------------------------------------------------------------------------- */

static void test_lives(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	struct lic_entry a, b, c, got;
	int64_t dir, gen;

	dir = put_dir(txn, 1, "d");
	put_image(txn, dir, "x", "one", "CC-BY-4.0", &a);
	commit(txn);
	gen = lic_catalog_generation(cat);
	txn = begin(cat);
	put_image(txn, dir, "x", "one", "CC-BY-4.0", &b);
	commit(txn);
	is_int(b.id, a.id, "the same bytes keep the id");
	is_int(lic_catalog_generation(cat), gen, "and change nothing");
	txn = begin(cat);
	put_image(txn, dir, "x", "one", "CC0-1.0", &b);
	commit(txn);
	ok(b.id == a.id && b.rights != a.rights && b.since == gen + 1 && b.born == gen,
	   "other claims give other rights to the same id");
	txn = begin(cat);
	put_image(txn, dir, "x", "two", "CC0-1.0", &c);
	commit(txn);
	ok(c.id > b.id && c.born == gen + 2, "other bytes begin a new row");
	ok(lic_catalog_by_id(cat, a.id, &got, &fix_err) == -ENOENT, "and end the old one");
	txn = begin(cat);
	ok(put_dir(txn, dir, "x") > c.id, "a directory in the place of an image");
	put_image(txn, id_of(cat, "d/x"), "y", "three", NULL, &a);
	commit(txn);
	txn = begin(cat);
	put_image(txn, dir, "x", "two", NULL, &b);
	commit(txn);
	ok(b.id > a.id, "and an image in the place of a directory");
	ok(lic_catalog_by_id(cat, a.id, &got, &fix_err) == -ENOENT, "which ends what was in it");
	txn = begin(cat);
	put_image(txn, dir, "gone", "g", NULL, &a);
	lic_catalog_abort(txn);
	ok(id_of(cat, "d/gone") == -ENOENT, "an aborted transaction leaves nothing");
	txn = begin(cat);
	put_image(txn, dir, "brief", "g", "CC-BY-4.0", &a);
	ok(lic_catalog_end(txn, a.id, &fix_err) == 0, "born and ended in one transaction");
	put_image(txn, dir, "brief", "g", "CC0-1.0", &b);
	put_image(txn, dir, "brief", "g", NULL, &c);
	commit(txn);
	ok(b.id > a.id && c.id == b.id, "and born again, and judged twice");
	checks(cat, "after many lives");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_racy(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	struct lic_entry e = entry_of(1, "README", 6, LIC_KIND_INERT), got;
	int64_t gen;

	e.judged = e.st.mtime + 5; /* too young to prove anything */
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "a file judged when it was young");
	commit(txn);
	gen = lic_catalog_generation(cat);
	txn = begin(cat);
	e.judged = e.st.mtime + 2 * LIC_RACY_NS;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "and again when it was older");
	commit(txn);
	is_int(lic_catalog_generation(cat), gen, "is no new generation");
	ok(lic_catalog_by_id(cat, e.id, &got, &fix_err) == 0 && got.judged == e.judged,
	   "but the later judgement counts");
	txn = begin(cat);
	e.st.mode = 0100600;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "another mode");
	commit(txn);
	is_int(lic_catalog_generation(cat), gen + 1, "is a change");
	ok(lic_catalog_by_id(cat, e.id, &got, &fix_err) == 0 && got.st.mode == 0100600, "seen");
	txn = begin(cat);
	e.st.mtime++;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0 && e.id != got.id,
	   "[I3] an inert file with another mtime may have other bytes: a new id");
	commit(txn);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- rights and claims -------------------------------------------------------------------- */

static int sum(void *ctx, int64_t rights _unused_, int64_t count, int64_t emptied)
{
	int64_t *total = ctx;

	total[0] += count;
	if (emptied > total[1])
		total[1] = emptied;
	return 0;
}

static int64_t images_below(struct lic_catalog *cat, int64_t dir, int64_t *ret_emptied)
{
	int64_t total[2] = { 0, 0 };

	if (lic_catalog_dir_rights(cat, dir, sum, total, &fix_err) < 0)
		return -1;
	if (ret_emptied)
		*ret_emptied = total[1];
	return total[0];
}

static void test_counts(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t a = put_dir(txn, 1, "a"), b = put_dir(txn, a, "b"), emptied;

	put_image(txn, b, "1", "1", "CC-BY-4.0", NULL);
	put_image(txn, b, "2", "2", "CC0-1.0", NULL);
	put_image(txn, a, "3", "3", NULL, NULL);
	commit(txn);
	ok(images_below(cat, b, NULL) == 2 && images_below(cat, a, NULL) == 3 &&
		   images_below(cat, 1, &emptied) == 3,
	   "[I6] directories count what lies below them");
	is_int(emptied, 0, "nothing was emptied");
	txn = begin(cat);
	ok(lic_catalog_end(txn, id_of(cat, "a/b/2"), &fix_err) == 0, "one ends");
	commit(txn);
	ok(images_below(cat, b, NULL) == 1 && images_below(cat, 1, &emptied) == 2,
	   "and counts no more");
	is_int(emptied, lic_catalog_generation(cat), "its rights were emptied then");
	txn = begin(cat);
	ok(lic_catalog_end(txn, b, &fix_err) == 0, "a directory ends");
	commit(txn);
	is_int(images_below(cat, a, NULL), 1, "with everything below it");
	checks(cat, "after counting");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_claims(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	struct lic_claims in = LIC_CLAIMS_INIT, out = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(1, "x", 1, LIC_KIND_IMAGE);
	struct lic_claim c = { .rank = LIC_RANK_SIDECAR,
			       .role = LIC_ROLE_RESERVATION,
			       .context = LIC_CONTEXT_FLICKR_NAME,
			       .packet = 3,
			       .reserve = LIC_RESERVE_AI_TRAINING,
			       .source = "sidecar \xff",
			       .field = "f",
			       .raw = { (const uint8_t *)"a\0b", 3 },
			       .text = "",
			       .ref = 12,
			       .override = true };
	struct lic_credit credit;

	add_claim(&in, LIC_ROLE_CREATOR, "Jane");
	lic_claims_add(&in, &c);
	in.damage = "cut short";
	in.format = e.format = LIC_FORMAT_PNG;
	ok(lic_catalog_put(txn, &e, &in, &fix_err) == 0, "claims are recorded");
	commit(txn);
	is_int(status_of(cat, "x"), LIC_STATUS_UNREADABLE, "[I2] a damaged file is unreadable");
	out.next_packet = 10;
	ok(lic_catalog_claims(cat, e.id, &out, &fix_err) == 0, "and read back");
	is_int(out.n, 2, "all of them");
	ok(out.format == LIC_FORMAT_PNG && out.damage && !strcmp(out.damage, "cut short"),
	   "with format and damage");
	ok(out.item[0].role == LIC_ROLE_CREATOR && !strcmp(out.item[0].text, "Jane"), "in order");
	ok(out.item[1].rank == c.rank && out.item[1].context == c.context &&
		   out.item[1].reserve == c.reserve && out.item[1].ref == 12 &&
		   out.item[1].override,
	   "numbers");
	ok(!strcmp(out.item[1].source, c.source) && out.item[1].raw.n == 3 &&
		   !memcmp(out.item[1].raw.p, "a\0b", 3) && out.item[1].text[0] == '\0',
	   "and bytes");
	ok(out.item[0].packet == 10 && out.item[1].packet == 12 && out.next_packet == 13,
	   "packets stay apart from those that were there");
	lic_claims_release(&out);
	txn = begin(cat);
	in.damage = NULL;
	ok(lic_catalog_put(txn, &e, &in, &fix_err) == 0, "the same bytes, now read whole");
	commit(txn);
	ok(status_of(cat, "x") != LIC_STATUS_UNREADABLE, "are not unreadable any more");
	ok(lic_catalog_claims(cat, e.id, &out, &fix_err) == 0 && !out.damage, "nor damaged");
	lic_claims_release(&out);
	ok(lic_catalog_credit(cat, e.id, &credit, &fix_err) == 0, "credit is kept");
	is_str(credit.creator, "Jane", "the creator");
	lic_credit_release(&credit);
	txn = begin(cat);
	ok(lic_catalog_mark_stale(txn, e.id, &fix_err) == 0, "bytes changed");
	commit(txn);
	is_int(status_of(cat, "x"), LIC_STATUS_STALE, "stale");
	txn = begin(cat);
	ok(lic_catalog_rejudge(txn, e.id, NULL, &fix_err) == 0, "judging again without reading");
	commit(txn);
	is_int(status_of(cat, "x"), LIC_STATUS_STALE, "leaves it stale");
	txn = begin(cat);
	ok(lic_catalog_put(txn, &e, &in, &fix_err) == 0, "reading the same bytes");
	commit(txn);
	ok(status_of(cat, "x") != LIC_STATUS_STALE, "does not");
	lic_claims_release(&in);
	checks(cat, "with claims");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_round_trip();
	test_listing();
	test_refusals();
	test_lives();
	test_racy();
	test_counts();
	test_claims();
	return done_testing();
}
