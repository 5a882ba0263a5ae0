/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in the catalog: what is known of them, whose they are, when a view of them differs. */
#include "tests/unit/document_fixture.h"

static struct lic_document known(struct lic_catalog *cat, int64_t id)
{
	struct lic_document d = { .format = -1 };
	int r = lic_catalog_document(cat, id, &d, &fix_err);

	if (r < 0 && r != -ENOENT)
		printf("# %s\n", fix_err.msg);
	return d;
}

static struct lic_entry entry_at(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e = { 0 };

	return lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0
		       ? e
		       : (struct lic_entry){ 0 };
}

static int add_text(void *ctx, const uint8_t *p, size_t n)
{
	lic_buf_add(ctx, p, n);
	lic_buf_addc(ctx, '|');
	return 0;
}

static void part_is(struct lic_catalog *cat, int64_t id, enum lic_document_part part,
		    const char *text)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 20);

	ok(lic_catalog_document_parts(cat, id, part, add_text, &out, &fix_err) == 0,
	   "part %d is read", (int)part);
	is_str(lic_buf_str(&out), text, "part %d", (int)part);
}

static int add_number(void *ctx, int64_t id)
{
	lic_buf_addf(ctx, "%lld ", (long long)id);
	return 0;
}

static int add_document(void *ctx, int64_t id, const struct lic_document *d)
{
	lic_buf_addf(ctx, "%lld:%s ", (long long)id, d->note);
	return 0;
}

static int add_change(void *ctx, const struct lic_change *c)
{
	lic_buf_addf(ctx, "%lld/%lld:%.*s ", (long long)c->dir, (long long)c->entry, (int)c->name.n,
		     c->name.n ? (const char *)c->name.p : "");
	return 0;
}

_printf_format_(3, 4) static void changes_are(struct lic_catalog *cat, int64_t since,
					      const char *fmt, ...)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 20);
	char wanted[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(wanted, sizeof(wanted), fmt, ap);
	va_end(ap);
	ok(lic_catalog_changes(cat, since, add_change, &out, &fix_err) == 0, "the feed is read");
	is_str(lic_buf_str(&out), wanted, "mounts hear");
}

static bool documents_of(struct lic_catalog *cat, int64_t image, int64_t a, int64_t b)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 10);
	_cleanup_(lic_buf_release) struct lic_buf wanted = LIC_BUF_INIT(1u << 10);

	if (a)
		add_number(&wanted, a);
	if (b)
		add_number(&wanted, b);
	if (lic_catalog_documents_of(cat, image, add_number, &out, &fix_err) < 0)
		return false;
	if (strcmp(lic_buf_str(&out), lic_buf_str(&wanted)) != 0)
		printf("# %s\n", lic_buf_str(&out));
	return strcmp(lic_buf_str(&out), lic_buf_str(&wanted)) == 0;
}

/* --- what is known ------------------------------------------------------------------------ */

static void test_index(void)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 10);
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t list, bad, left, dir = put_dir(txn, 1, "d");
	struct lic_entry image, e;
	struct lic_document d;

	ok(put_image(txn, dir, "x.jpg", "1", "CC0-1.0", &image) == 0, "an image");
	list = put_waiting(txn, 1, "train.txt");
	ok(lic_catalog_document(cat, list, &d, &fix_err) == -ENOENT, "nobody has looked yet");
	ok(index_as(txn, list, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, "one") == 0, "a document");
	bad = put_waiting(txn, 1, "bad.json");
	ok(index_as(txn, bad, LIC_KIND_HIDDEN, LIC_RULE_MALFORMED, "line 1: no value") == 0,
	   "a malformed one");
	left = put_waiting(txn, 1, "left.json");
	commit(txn);
	checks(cat, "with documents");

	e = entry_at(cat, "train.txt");
	is_int(e.kind, LIC_KIND_DOCUMENT, "it is a document now");
	is_int(e.rule, LIC_RULE_RECORDS, "of records");
	is_int(e.id, list, "with the id that it had");
	is_int(entry_at(cat, "bad.json").rule, LIC_RULE_MALFORMED, "the other one stays hidden");
	d = known(cat, list);
	is_int(d.format, 6, "format");
	is_int(d.records, 9, "records");
	is_int(d.subjects, 5, "subjects");
	is_int(d.first, 0, "not bound yet");
	is_int(d.touched, 1, "touched");
	is_str(known(cat, bad).note, "line 1: no value", "the note says why");
	part_is(cat, list, LIC_PART_RECORDS, "records|");
	part_is(cat, list, LIC_PART_NAMES, "names|");
	part_is(cat, list, LIC_PART_IMAGES, "");
	ok(lic_catalog_documents(cat, add_document, &out, &fix_err) == 0, "all are listed");
	{
		char wanted[64];

		snprintf(wanted, sizeof(wanted), "%lld:one %lld:line 1: no value ", (long long)list,
			 (long long)bad);
		is_str(lic_buf_str(&out), wanted, "in order");
	}

	txn = begin(cat);
	ok(lic_catalog_document_begin(txn, image.id, &fix_err) == -EINVAL, "no image has an index");
	lic_catalog_abort(txn);
	txn = begin(cat);
	ok(lic_catalog_document_piece(txn, list, LIC_PART_IMAGES, fix_names, 5, &fix_err) ==
		   -EINVAL,
	   "images come by binding alone");
	lic_catalog_abort(txn);
	txn = begin(cat);
	ok(lic_catalog_place(txn, left, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, &fix_err) == -EINVAL,
	   "without an index nothing is a document");
	lic_catalog_abort(txn);
	txn = begin(cat);
	ok(lic_catalog_place(txn, left, LIC_KIND_IMAGE, LIC_RULE_CONTENT, &fix_err) == -EINVAL,
	   "nothing is made an image");
	lic_catalog_abort(txn);

	txn = begin(cat);
	ok(lic_catalog_end(txn, list, &fix_err) == 0, "it ends");
	commit(txn);
	is_int(known(cat, list).format, -1, "and with it what is known");
	part_is(cat, list, LIC_PART_RECORDS, "");
	checks(cat, "without it");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- [I3] other bytes --------------------------------------------------------------------- */

static int64_t put_again(struct lic_catalog *cat, const char *name, enum lic_kind kind,
			 enum lic_rule rule, int64_t mtime, struct lic_entry *ret)
{
	struct lic_entry e = entry_of(1, name, strlen(name), kind);
	struct lic_txn *txn = begin(cat);

	e.rule = rule;
	e.st.mtime = mtime;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "%s is put again", name);
	commit(txn);
	*ret = e;
	return e.id;
}

static void test_bytes(void)
{
	static const struct {
		const char *name;
		enum lic_kind kind;
		enum lic_rule rule;
	} was[] = {
		{ "document", LIC_KIND_DOCUMENT, LIC_RULE_RECORDS },
		{ "malformed", LIC_KIND_HIDDEN, LIC_RULE_MALFORMED },
		{ "unbound", LIC_KIND_HIDDEN, LIC_RULE_UNBOUND },
		{ "names images", LIC_KIND_HIDDEN, LIC_RULE_NAMES_IMAGES },
		{ "inert", LIC_KIND_INERT, LIC_RULE_INERT_CONTENT },
		{ "absolute", LIC_KIND_INERT, LIC_RULE_ABSOLUTE },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(was); i++) {
		struct lic_txn *txn = begin(cat);
		int64_t id = put_waiting(txn, 1, was[i].name);
		struct lic_entry e;

		ok(index_as(txn, id, was[i].kind, was[i].rule, "n") == 0, "%s", was[i].name);
		commit(txn);
		is_int(put_again(cat, was[i].name, LIC_KIND_HIDDEN, LIC_RULE_WAITING, 1000, &e), id,
		       "the same bytes keep the id");
		is_int(e.kind, (int)was[i].kind, "and need not wait again");
		is_int(e.rule, (int)was[i].rule, "with the same rule");
		is_str(known(cat, id).note, "n", "what is known stays");
		if (e.kind != LIC_KIND_HIDDEN)
			is_int(put_again(cat, was[i].name, was[i].kind, was[i].rule, 1000, &e), id,
			       "put as what it is");
		ok(put_again(cat, was[i].name, LIC_KIND_HIDDEN, LIC_RULE_WAITING, 1001, &e) != id,
		   "other bytes get another");
		is_int(e.rule, LIC_RULE_WAITING, "and wait");
		is_int(known(cat, id).format, -1, "the old index is gone");
		is_int(known(cat, e.id).format, -1, "and is not the new one");
	}
	checks(cat, "after other bytes");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Whoever knows that a file is a document still may not take old records for new bytes. */
static void test_same_kind(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t id = put_document(txn, 1, "a");
	struct lic_entry e = entry_of(1, "a", 1, LIC_KIND_DOCUMENT);

	commit(txn);
	txn = begin(cat);
	e.rule = LIC_RULE_RECORDS;
	e.st.ino++;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0 && e.id != id,
	   "another file in its place gets another id");
	is_int(known(cat, e.id).format, -1, "and has no index");
	lic_catalog_abort(txn);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_young_bytes(void)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 10);
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_entry e = entry_of(1, "young", 5, LIC_KIND_HIDDEN);
	struct lic_txn *txn = begin(cat);

	e.rule = LIC_RULE_WAITING;
	e.judged = e.st.mtime + 1;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "a file that was written just now");
	ok(index_as(txn, e.id, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, "") == 0, "is indexed");
	commit(txn);
	txn = begin(cat);
	e.kind = LIC_KIND_HIDDEN;
	e.rule = LIC_RULE_WAITING;
	e.judged += 2 * LIC_RACY_NS;
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "and found again");
	commit(txn);
	is_int(e.kind, LIC_KIND_DOCUMENT, "it stays what it is");
	ok(lic_catalog_pending(cat, LIC_KIND_NONE, add_number, &out, &fix_err) == 0 && out.len,
	   "but waits, since its times prove nothing");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- images ------------------------------------------------------------------------------- */

struct two {
	struct scratch s;
	struct lic_catalog *cat;
	int64_t dir, id[3], stranger;
	int64_t a, b; /* about id[0] and id[1], and about id[1] and id[2] */
};

static void two_make(struct two *x)
{
	struct lic_txn *txn;
	struct lic_entry e;

	x->cat = scratch_make(&x->s);
	txn = begin(x->cat);
	x->dir = put_dir(txn, 1, "d");
	for (size_t i = 0; i < 3; i++) {
		char name[8] = { (char)('x' + i), 0 };

		ok(put_image(txn, x->dir, name, name, "CC-BY-4.0", &e) == 0, "image %s", name);
		x->id[i] = e.id;
	}
	x->a = put_document(txn, 1, "a.json");
	x->b = put_document(txn, 1, "b.json");
	x->stranger = put_other(txn, 1, "README", LIC_KIND_INERT);
	commit(txn);
	txn = begin(x->cat);
	ok(bind_document(txn, x->a, "xy", x->id, 2) == 0, "a is about two");
	ok(bind_document(txn, x->b, "yz", x->id + 1, 2) == 0, "b about two");
	commit(txn);
}

static void two_release(struct two *x)
{
	lic_catalog_close(x->cat);
	scratch_release(&x->s);
}

static void bind_again(struct two *x, const char *packed, int64_t one, int64_t other)
{
	struct lic_txn *txn = begin(x->cat);

	ok(bind_document(txn, x->a, packed, (int64_t[]){ one, other }, 2) == 0, "bound to %s",
	   packed);
	commit(txn);
}

static void test_bind(void)
{
	struct two x;
	int64_t *id = x.id;
	struct lic_document d;

	two_make(&x);
	checks(x.cat, "with images of documents");
	ok(documents_of(x.cat, id[0], x.a, 0) && documents_of(x.cat, id[1], x.a, x.b) &&
		   documents_of(x.cat, id[2], x.b, 0) && documents_of(x.cat, 99, 0, 0),
	   "images find their documents");
	d = known(x.cat, x.a);
	ok(d.bound == 1 && d.first == 2 && d.made == 2 && d.touched == 2, "bound in 2");
	part_is(x.cat, x.a, LIC_PART_IMAGES, "xy|");
	changes_are(x.cat, 1, "1/%lld:b.json 1/%lld:a.json ", (long long)x.b, (long long)x.a);
	bind_again(&x, "xy", id[0], id[1]);
	is_int(lic_catalog_generation(x.cat), 2, "the same is nothing new");
	bind_again(&x, "xz", id[0], id[2]);
	d = known(x.cat, x.a);
	ok(d.first == 2 && d.made == 3 && d.touched == 3, "others are, in 3");
	ok(documents_of(x.cat, id[1], x.b, 0) && documents_of(x.cat, id[2], x.a, x.b),
	   "which find it");
	bind_again(&x, "zx", id[0], id[2]);
	is_int(known(x.cat, x.a).made, 4, "and the same, otherwise");
	checks(x.cat, "bound again");
	two_release(&x);
}

static void test_touch(void)
{
	struct two x;
	struct lic_txn *txn;
	struct lic_document d;

	two_make(&x);
	txn = begin(x.cat);
	ok(lic_catalog_mark_stale(txn, x.id[2], &fix_err) == 0, "other rights for z");
	commit(txn);
	is_int(known(x.cat, x.b).touched, 3, "b is touched");
	is_int(known(x.cat, x.b).made, 2, "but not made");
	is_int(known(x.cat, x.a).touched, 2, "a is not");
	changes_are(x.cat, 2, "%lld/%lld:z 1/%lld:b.json 1/%lld:d ", (long long)x.dir,
		    (long long)x.id[2], (long long)x.b, (long long)x.dir);
	txn = begin(x.cat);
	ok(lic_catalog_end(txn, x.id[1], &fix_err) == 0, "y ends");
	commit(txn);
	ok(known(x.cat, x.a).touched == 4 && known(x.cat, x.b).touched == 4, "both are touched");
	ok(documents_of(x.cat, x.id[1], x.a, x.b), "and about it until they are bound again");
	checks(x.cat, "without an image");
	txn = begin(x.cat);
	ok(lic_catalog_end(txn, x.b, &fix_err) == 0, "b ends");
	commit(txn);
	ok(documents_of(x.cat, x.id[2], 0, 0) && documents_of(x.cat, x.id[1], x.a, 0),
	   "nobody finds it");
	txn = begin(x.cat);
	ok(index_as(txn, x.a, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, "") == 0, "a is indexed anew");
	commit(txn);
	d = known(x.cat, x.a);
	ok(d.first == 0 && d.bound == 0 && documents_of(x.cat, x.id[0], 0, 0), "and not bound");
	checks(x.cat, "in the end");
	two_release(&x);
}

static void refuses(struct two *x, int64_t document, int64_t one, int64_t other, const char *why)
{
	struct lic_txn *txn = begin(x->cat);

	ok(bind_document(txn, document, "r", (int64_t[]){ one, other }, 2) == -EINVAL, "%s", why);
	lic_catalog_abort(txn);
}

static void test_bad_images(void)
{
	struct lic_bytes piece = { (const uint8_t *)"r", 1 };
	struct two x;
	struct lic_txn *txn;

	two_make(&x);
	txn = begin(x.cat);
	ok(lic_catalog_end(txn, x.id[2], &fix_err) == 0, "z ends");
	commit(txn);
	refuses(&x, x.a, x.id[0], x.id[2], "what has ended binds nothing");
	refuses(&x, x.a, x.id[0], x.stranger, "nor does what is no image");
	refuses(&x, x.a, x.id[1], x.id[0], "they must be in order");
	refuses(&x, x.a, x.id[0], x.id[0], "and distinct");
	refuses(&x, x.a, 0, x.id[0], "and numbers of entries");
	refuses(&x, x.stranger, x.id[0], x.id[1], "a file without an index has none");
	txn = begin(x.cat);
	ok(lic_catalog_document_bind(txn, x.a, &piece, 1, 6, x.id, 1, LIC_KIND_DOCUMENT,
				     LIC_RULE_RECORDS, &fix_err) == -EINVAL,
	   "no more subjects are bound than there are");
	lic_catalog_abort(txn);
	is_int(known(x.cat, x.a).made, 2, "nothing is written");
	two_release(&x);
}

static void test_since(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t images = -1, bound = -1;
	struct lic_entry e;
	struct lic_txn *txn;

	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && images == 0 &&
		   bound == 0,
	   "nothing came yet");
	txn = begin(cat);
	ok(put_image(txn, 1, "x", "1", NULL, &e) == 0, "an image");
	commit(txn);
	txn = begin(cat);
	ok(put_other(txn, 1, "y", LIC_KIND_INERT) > 0 &&
		   lic_catalog_mark_stale(txn, e.id, &fix_err) == 0,
	   "something else");
	commit(txn);
	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && images == 1,
	   "an image came in 1");
	txn = begin(cat);
	ok(lic_catalog_set_bound(txn, images, &fix_err) == 0, "looked up");
	commit(txn);
	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && bound == 1,
	   "and remembered");
	is_int(lic_catalog_generation(cat), 2, "without a generation");
	txn = begin(cat);
	ok(lic_catalog_end(txn, e.id, &fix_err) == 0, "it ends");
	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && images == 3,
	   "the transaction knows");
	lic_catalog_abort(txn);
	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && images == 1,
	   "and forgets");
	txn = begin(cat);
	ok(lic_catalog_end(txn, e.id, &fix_err) == 0, "it ends");
	commit(txn);
	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && images == 3 &&
		   bound == 1,
	   "in 3");
	checks(cat, "after that");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- what waits --------------------------------------------------------------------------- */

static void pending_are(struct lic_catalog *cat, enum lic_kind kind, const char *wanted)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 10);

	ok(lic_catalog_pending(cat, kind, add_number, &out, &fix_err) == 0, "what waits is read");
	is_str(lic_buf_str(&out), wanted, "waiting");
}

static void test_pending(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t dir = put_dir(txn, 1, "d"), file = put_waiting(txn, dir, "f"),
		other = put_waiting(txn, 1, "g");
	struct lic_entry image;

	ok(dir == 2 && file == 3 && other == 4, "three entries");
	ok(put_image(txn, dir, "x", "1", NULL, &image) == 0, "and an image");
	for (int64_t id = 4; id >= 1; id--)
		ok(lic_catalog_pend(txn, id, &fix_err) == 0, "%d waits", (int)id);
	ok(lic_catalog_pend(txn, dir, &fix_err) == 0, "twice is once");
	commit(txn);
	pending_are(cat, LIC_KIND_DIR, "1 2 ");
	pending_are(cat, LIC_KIND_NONE, "3 4 ");
	checks(cat, "with something to do");
	txn = begin(cat);
	ok(lic_catalog_settle(txn, 4, &fix_err) == 0 && lic_catalog_settle(txn, 99, &fix_err) == 0,
	   "4 is done");
	ok(lic_catalog_end(txn, dir, &fix_err) == 0, "and 2 ends");
	commit(txn);
	pending_are(cat, LIC_KIND_DIR, "1 ");
	pending_are(cat, LIC_KIND_NONE, "");
	checks(cat, "with less to do");
	txn = begin(cat);
	ok(lic_catalog_pend(txn, file, &fix_err) == -EINVAL, "what has ended cannot wait");
	lic_catalog_abort(txn);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- companions --------------------------------------------------------------------------- */

static void test_place(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t label = put_waiting(txn, 1, "x.txt");
	struct lic_entry image, e;

	ok(put_image(txn, 1, "x.jpg", "1", NULL, &image) == 0, "an image");
	commit(txn);
	txn = begin(cat);
	ok(lic_catalog_place(txn, label, LIC_KIND_COMPANION, LIC_RULE_LAYOUT, &fix_err) == 0 &&
		   lic_catalog_bind(txn, label, &image.id, 1, &fix_err) == 0,
	   "a label of the image");
	commit(txn);
	e = entry_at(cat, "x.txt");
	ok(e.id == label && e.kind == LIC_KIND_COMPANION && e.rule == LIC_RULE_LAYOUT,
	   "is a companion");
	changes_are(cat, 1, "1/%lld:x.txt ", (long long)label);
	checks(cat, "with a companion by layout");
	is_int(put_again(cat, "x.txt", LIC_KIND_HIDDEN, LIC_RULE_WAITING, 1000, &e), label,
	       "found again");
	is_int(e.kind, LIC_KIND_COMPANION, "it stays one");
	txn = begin(cat);
	ok(lic_catalog_place(txn, label, LIC_KIND_COMPANION, LIC_RULE_LAYOUT, &fix_err) == 0,
	   "placed as what it is");
	commit(txn);
	is_int(lic_catalog_generation(cat), 2, "nothing happens");
	txn = begin(cat);
	ok(lic_catalog_place(txn, label, LIC_KIND_HIDDEN, LIC_RULE_WAITING, &fix_err) == 0,
	   "it loses its image");
	commit(txn);
	is_int(entry_at(cat, "x.txt").id, label, "and keeps its id");
	changes_are(cat, 2, "1/%lld:x.txt ", (long long)label);
	checks(cat, "hidden again");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int add_name(void *ctx, const struct lic_entry *e)
{
	lic_buf_addf(ctx, "%.*s ", (int)e->name.n, (const char *)e->name.p);
	return 0;
}

static void test_apart(void)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 10);
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t dir = put_dir(txn, 1, "d"), label, mask, gone;

	ok(put_dir(txn, dir, "sub") > 0 && put_document(txn, dir, "doc") > 0 &&
		   put_image(txn, dir, "image", "1", NULL, NULL) == 0 &&
		   put_other(txn, dir, "companion", LIC_KIND_COMPANION) > 0 &&
		   put_other(txn, dir, "inert", LIC_KIND_INERT) > 0 &&
		   put_waiting(txn, dir, "waiting") > 0 && put_dir(txn, 1, "elsewhere") > 0,
	   "much lies in a directory");
	label = put_waiting(txn, dir, "label");
	mask = put_waiting(txn, dir, "a mask");
	gone = put_dir(txn, dir, "gone");
	ok(lic_catalog_place(txn, label, LIC_KIND_COMPANION, LIC_RULE_LAYOUT, &fix_err) == 0 &&
		   lic_catalog_place(txn, mask, LIC_KIND_COMPANION, LIC_RULE_MASK, &fix_err) == 0 &&
		   lic_catalog_end(txn, gone, &fix_err) == 0,
	   "and some of it is special");
	commit(txn);
	ok(lic_catalog_list_apart(cat, dir, add_name, &out, &fix_err) == 0, "it is listed");
	is_str(lic_buf_str(&out), "sub doc label a mask ", "in order of ids");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_apart();
	test_index();
	test_bytes();
	test_same_kind();
	test_young_bytes();
	test_bind();
	test_touch();
	test_bad_images();
	test_since();
	test_pending();
	test_place();
	return done_testing();
}
