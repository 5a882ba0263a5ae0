/* SPDX-License-Identifier: Apache-2.0 */
/* What a snapshot shows of its members, and what is kept of them when it is overwritten. */
#include "fs/view/filter.h"
#include "tests/unit/document_fixture.h"
#include "tests/unit/revoke_fixture.h"

static int64_t now = 2000000000;

static int64_t fake_now(void)
{
	return now;
}

static int keep_clear(void *ctx, const struct lic_then *t)
{
	struct lic_catalog *cat = ctx;
	const struct lic_rights *r;

	if (t->m.e.kind != LIC_KIND_IMAGE)
		return t->m.e.kind != LIC_KIND_HIDDEN;
	r = lic_catalog_rights(cat, t->rights, NULL);
	return r && r->status == LIC_STATUS_CLEAR;
}

static struct lic_filter *make(struct lic_catalog *cat, const char *name, const char *expr)
{
	struct lic_snapshot_info info = {
		.name = name, .view = "noncommercial", .expr = expr, .basis = "", .who = "me"
	};
	struct lic_txn *txn = begin(cat);
	struct lic_filter *f = NULL;
	int64_t missing;

	if (lic_snapshot_make(txn, &info, keep_clear, cat, &missing, &fix_err) < 0)
		printf("# make %s: %s\n", name, fix_err.msg);
	commit(txn);
	if (lic_filter_of_snapshot(cat, name, &f, &fix_err) < 0)
		printf("Bail out! %s\n", fix_err.msg);
	f->now = fake_now;
	return f;
}

/* Its sight; -1 for what is no member. */
static int sight(struct lic_filter *f, int64_t id)
{
	struct lic_snapshot_entry m;
	enum lic_sight s = LIC_SIGHT_WHOLE;

	if (lic_snapshot_by_id(lic_filter_snapshot(f), id, &m, NULL) < 0)
		return -1;
	return lic_filter_sight(f, &m, &s, &fix_err) < 0 ? -2 : (int)s;
}

static int64_t add_until(struct lic_catalog *cat, int64_t dir, const char *name, const char *until)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);

	lic_hash128(name, strlen(name), e.hash.b);
	e.format = claims.format = LIC_FORMAT_JPEG;
	add_claim(&claims, LIC_ROLE_LICENSE, "CC0-1.0");
	if (until)
		add_claim(&claims, LIC_ROLE_NOT_AFTER, until);
	if (lic_catalog_put(txn, &e, &claims, &fix_err) < 0)
		printf("# put %s: %s\n", name, fix_err.msg);
	lic_claims_release(&claims);
	commit(txn);
	return e.id;
}

static void test_members(struct lic_catalog *cat)
{
	int64_t dir = make_dir(cat, 1, "cats"), id[6], label, other, bits[6];
	int64_t until = 0;
	struct lic_filter *f;
	struct lic_txn *txn;
	uint8_t seen[6];

	for (int i = 0; i < 5; i++)
		id[i] = add_by(cat, dir, (char[]){ (char)('a' + i), 0 },
			       (char[]){ (char)('0' + i), 0 }, NULL, NULL);
	id[5] = add_until(cat, dir, "brief", "2033-05-19");
	txn = begin(cat);
	label = put_other(txn, dir, "a.txt", LIC_KIND_COMPANION);
	ok(lic_catalog_bind(txn, label, id, 1, &fix_err) == 0, "a label");
	commit(txn);
	f = make(cat, "first", "noncommercial-use");
	other = add_by(cat, dir, "z", "9", NULL, NULL);
	ok(sight(f, id[0]) == LIC_SIGHT_WHOLE && sight(f, dir) == LIC_SIGHT_WHOLE &&
		   sight(f, label) == LIC_SIGHT_WHOLE,
	   "members are there");
	ok(sight(f, other) == -1, "what came later is none");
	end(cat, id[2]);
	ok(sight(f, id[2]) == LIC_SIGHT_NAME, "of a row that has ended the name is left");
	add_by(cat, dir, "d", "other bytes", NULL, NULL);
	ok(sight(f, id[3]) == LIC_SIGHT_NAME, "and of one with other bytes");
	txn = begin(cat);
	ok(lic_catalog_mark_stale(txn, id[4], &fix_err) == 0, "one is stale");
	commit(txn);
	ok(sight(f, id[4]) == LIC_SIGHT_NAME, "which is not read");
	take_down(cat, LIC_SELECT_PATH, "cats/a");
	ok(sight(f, id[0]) == LIC_SIGHT_NONE, "what is revoked is hidden");
	ok(sight(f, label) == LIC_SIGHT_NONE, "with its label");
	add_by(cat, dir, "copy", "2", NULL, NULL);
	take_down(cat, LIC_SELECT_PATH, "cats/copy");
	ok(sight(f, id[2]) == LIC_SIGHT_NONE, "so is what has ended, by its bytes");
	ok(sight(f, dir) == LIC_SIGHT_WHOLE, "the directory stays");
	memcpy(bits, id, sizeof(bits));
	ok(lic_filter_images(f, bits, bits, 6, seen, &until, &fix_err) == 0 && !seen[0] &&
		   seen[1] && !seen[2] && seen[3] && seen[4] && seen[5],
	   "many at once are as one by one");
	ok(until > now, "and when the first of them is over is told");
	now = until;
	ok(sight(f, id[5]) == LIC_SIGHT_NONE && sight(f, id[1]) == LIC_SIGHT_WHOLE,
	   "what is over is hidden, though its row is the same");
	now = 2000000000;
	lic_filter_free(f);
}

static void test_expression(struct lic_catalog *cat)
{
	struct lic_filter *f = make(cat, "strange", "no such word");
	bool shown = false;
	struct lic_entry e;

	ok(lic_catalog_by_path(cat, "cats/b", 6, &e, &fix_err) == 0 &&
		   lic_filter_shows(f, &e, &shown, &fix_err) == 0 && shown,
	   "an expression that means nothing any more hides no member");
	ok(lic_filter_rights_in(f, e.rights, 1, now, &shown, &fix_err) == 0 && shown,
	   "nor what was before");
	lic_filter_free(f);
}

static void touch(struct lic_catalog *cat, const char *name, int64_t mtime)
{
	struct lic_entry e = entry_of(1, name, strlen(name), LIC_KIND_DIR);
	struct lic_txn *txn = begin(cat);

	e.st.mtime = mtime;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "a directory is touched");
	commit(txn);
}

static int64_t mtime_in(struct lic_filter *f, int64_t id)
{
	struct lic_stat st = { .mtime = -1 };

	return lic_snapshot_stat(lic_filter_snapshot(f), id, &st, &fix_err) < 0 ? -2 : st.mtime;
}

static void test_stat(struct lic_catalog *cat)
{
	int64_t dir = make_dir(cat, 1, "dogs");
	struct lic_filter *f, *g;

	touch(cat, "dogs", 1111);
	f = make(cat, "stat", "noncommercial-use");
	ok(mtime_in(f, dir) == -1, "what was not overwritten is as it is");
	touch(cat, "dogs", 2222);
	ok(mtime_in(f, dir) == 1111, "what was is kept");
	touch(cat, "dogs", 3333);
	g = make(cat, "later", "noncommercial-use");
	touch(cat, "dogs", 4444);
	touch(cat, "dogs", 5555);
	ok(mtime_in(f, dir) == 1111 && mtime_in(g, dir) == 3333, "for each snapshot");
	lic_filter_free(f);
	lic_filter_free(g);
}

static int add_piece(void *ctx, const uint8_t *p, size_t n)
{
	lic_buf_add(ctx, p, n);
	return 0;
}

static const char *images_in(struct lic_catalog *cat, struct lic_filter *f, int64_t document)
{
	static char text[64];
	struct lic_buf b = LIC_BUF_INIT(63);
	enum lic_document_part part;
	int r = lic_snapshot_images_part(lic_filter_snapshot(f), document, &part, &fix_err);

	if (r == 0)
		r = lic_catalog_document_parts(cat, document, part, add_piece, &b, &fix_err);
	snprintf(text, sizeof(text), "%s", r == 0 ? lic_buf_str(&b) : "(failed)");
	lic_buf_release(&b);
	return text;
}

static void bind_to(struct lic_catalog *cat, int64_t document, const char *packed, int64_t image)
{
	struct lic_txn *txn = begin(cat);

	if (bind_document(txn, document, packed, &image, 1) < 0)
		printf("# bind: %s\n", fix_err.msg);
	commit(txn);
}

static void test_documents(struct lic_catalog *cat)
{
	int64_t image = add_by(cat, 1, "p", "p", NULL, NULL), list;
	struct lic_txn *txn = begin(cat);
	struct lic_filter *f, *g;

	list = put_document(txn, 1, "list.txt");
	commit(txn);
	bind_to(cat, list, "before", image);
	bind_to(cat, list, "first", image);
	f = make(cat, "bound", "noncommercial-use");
	is_str(images_in(cat, f, list), "first", "the images of a document");
	bind_to(cat, list, "first", image);
	bind_to(cat, list, "second", image);
	is_str(images_in(cat, f, list), "first", "stay those of then when it is bound anew");
	g = make(cat, "bound too", "noncommercial-use");
	bind_to(cat, list, "third", image);
	bind_to(cat, list, "fourth", image);
	is_str(images_in(cat, f, list), "first", "however often");
	is_str(images_in(cat, g, list), "second", "for each snapshot");
	ok(sight(f, list) == LIC_SIGHT_WHOLE, "the document is there");
	end(cat, list);
	ok(sight(f, list) == LIC_SIGHT_NONE, "and hidden when it is another");
	lic_filter_free(f);
	lic_filter_free(g);
}

int main(void)
{
	struct scratch s;
	struct lic_catalog *cat;
	struct lic_filter *f;

	scratch_init(&s);
	cat = scratch_make(&s);
	test_members(cat);
	test_expression(cat);
	test_stat(cat);
	test_documents(cat);
	ok(lic_filter_of_snapshot(cat, "frist", &f, &fix_err) == -ENOENT &&
		   strstr(fix_err.msg, "first"),
	   "of a name that is none the nearest is named");
	checks(cat, "after all of it");
	lic_catalog_close(cat);
	scratch_release(&s);
	return done_testing();
}
