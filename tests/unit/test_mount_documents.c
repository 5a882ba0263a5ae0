/* SPDX-License-Identifier: Apache-2.0 */
/* States of documents: what they show, since when, and that a change is never missed. */
#include <pthread.h>
#include <time.h>

#include "fs/document/index.h"
#include "fs/mount/docs.h"
#include "tests/unit/catalog_fixture.h"

#define SECOND INT64_C(1000000000)

static struct scratch scratch;
static struct lic_catalog *cat; /* that writes */
static struct lic_session session;
static struct lic_worker *w;
static int64_t image[8]; /* 1 to 7: name "i1.jpg", ... */

/* --- a store by hand -------------------------------------------------------------------------- */

static struct lic_bytes pieces[4];
static size_t n_pieces;

static int keep_piece(void *ctx, const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n + 1);

	(void)ctx;
	if (!copy || n_pieces == LIC_ARRAY_SIZE(pieces))
		return -ENOMEM;
	memcpy(copy, p, n);
	pieces[n_pieces++] = (struct lic_bytes){ copy, n };
	return 0;
}

struct into {
	struct lic_txn *txn;
	int64_t id;
};

static int store_piece(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct into *x = ctx;

	return lic_catalog_document_piece(x->txn, x->id, part, p, n, &fix_err);
}

/* Letters of a subject: digits are images, '|' makes it ANY. */
static int bind(struct lic_txn *txn, int64_t id, const char *const *subject, size_t n)
{
	struct lic_images_writer out;
	int64_t all[8], ids[8];
	size_t n_all = 0;
	bool used[8] = { false };
	int r;

	n_pieces = 0;
	lic_images_writer_init(&out, keep_piece, NULL);
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		for (const char *p = subject[i]; *p; p++) {
			if (*p == '|')
				continue;
			ids[k++] = image[*p - '0'];
			used[*p - '0'] = true;
		}
		lic_images_subject(&out, strchr(subject[i], '|') != NULL, ids, k);
	}
	r = lic_images_writer_finish(&out);
	for (int i = 1; i < 8; i++) {
		if (used[i])
			all[n_all++] = image[i];
	}
	if (r == 0)
		r = lic_catalog_document_bind(txn, id, pieces, n_pieces, (int64_t)n, all, n_all,
					      LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, &fix_err);
	while (n_pieces)
		free((void *)(uintptr_t)pieces[--n_pieces].p);
	return r;
}

/* A document of lines "0\n", "1\n", ...: line i is of subject i % n. */
static int64_t put_lines(struct lic_txn *txn, int64_t dir, const char *name, unsigned lines,
			 const char *const *subject, size_t n)
{
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_HIDDEN);
	struct lic_document d = { .format = LIC_DOCUMENT_LIST };
	struct into x = { txn, 0 };
	const struct lic_index_sink sink = { store_piece, &x };
	struct lic_index_writer out;
	int r;

	e.rule = LIC_RULE_WAITING;
	e.st.size = 2ull * lines;
	e.st.mtime = e.st.ctime = 1000 * SECOND;
	r = lic_catalog_put(txn, &e, NULL, &fix_err);
	x.id = e.id;
	if (r == 0)
		r = lic_catalog_document_begin(txn, x.id, &fix_err);
	lic_index_writer_init(&out, &sink);
	for (size_t i = 0; i < n; i++)
		lic_index_subject(&out, 0, false);
	for (unsigned i = 0; i < lines; i++)
		lic_index_record(&out, &(struct lic_record){ 2ull * i, 2, 0, i % n, false, false });
	d.records = lines;
	d.subjects = (int64_t)n;
	if (r == 0)
		r = lic_index_writer_finish(&out);
	lic_index_writer_release(&out);
	if (r == 0)
		r = lic_catalog_document_put(txn, x.id, &d, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS,
					     &fix_err);
	if (r == 0 && subject)
		r = bind(txn, x.id, subject, n);
	if (r < 0)
		printf("# %s: %s\n", name, fix_err.msg);
	return x.id;
}

static int64_t deny(const char *path)
{
	struct lic_txn *txn = begin(cat);
	struct lic_decision d = { .action = LIC_ACTION_DENY,
				  .pattern = { (const uint8_t *)path, strlen(path) },
				  .exact = true,
				  .reason = "test",
				  .who = "tester" };

	if (lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) < 0)
		printf("Bail out! %s\n", fix_err.msg);
	commit(txn);
	return d.number;
}

static void undo(int64_t number)
{
	struct lic_txn *txn = begin(cat);

	if (lic_catalog_undecide(txn, number, "tester", "test", NULL, NULL, &fix_err) < 0)
		printf("Bail out! %s\n", fix_err.msg);
	commit(txn);
}

static const struct lic_known_view *view_of(const char *name)
{
	const struct lic_known_view *v = NULL;

	if (lic_views_enter(&session.views, w->cat, name, &v, &fix_err) < 0)
		printf("Bail out! %s\n", fix_err.msg);
	return v;
}

/* Lines that a view of a document shows, as text; the reference is put. */
static const char *text(const char *view, int64_t id, struct lic_doc_ref *ret)
{
	static char out[64];
	const struct lic_known_view *v = view_of(view);
	struct lic_entry e;
	size_t n = 0;
	int r;

	ok(lic_worker_refresh(w) == 0, "a request begins");
	r = lic_worker_load_document(w, v, id, &e);
	if (r == 0)
		r = lic_docs_get(w, v, &e, true, NULL, ret);
	if (r < 0) {
		snprintf(out, sizeof(out), "error %d", -r);
		return out;
	}
	for (uint64_t off = 0; off < ret->size && n + 1 < sizeof(out);) {
		struct lic_piece p = lic_ranges_at(ret->ranges, off);

		for (uint64_t i = p.at; i < p.at + p.n && n + 1 < sizeof(out); i += 2)
			out[n++] = (char)('0' + i / 2);
		off += p.n;
	}
	out[n] = '\0';
	lic_docs_put(&session, ret);
	return out;
}

/* --- tests ------------------------------------------------------------------------------------ */

static const char *const subjects[] = { "1", "2", "3", "4", "12", "|12", "|24", "" };

static void test_shown(int64_t id)
{
	struct lic_doc_ref nc, c, pd;

	is_str(text("noncommercial", id, &nc), "012456", "records whose images are shown");
	is_int((long)nc.size, 12, "and their size");
	is_str(text("commercial", id, &c), "025", "another view");
	is_str(text("public-domain", id, &pd), "05", "and one more");
	ok(nc.node != c.node && c.node != pd.node, "each with its own node");
	ok(nc.mtime == 1000 * SECOND && nc.ctime == 1000 * SECOND, "times are those of the file");
}

static void test_changes(int64_t id)
{
	struct lic_doc_ref before, after, again, pd, same;
	int64_t number;

	text("noncommercial", id, &before);
	text("public-domain", id, &pd);
	number = deny("i3.jpg");
	is_str(text("noncommercial", id, &after), "01456", "a takedown");
	ok(after.node != before.node, "is another state");
	ok(after.mtime > before.mtime && after.ctime > before.ctime, "with a later time");
	text("public-domain", id, &same);
	ok(same.node == pd.node && same.mtime == pd.mtime,
	   "a view that did not show it is as it was");
	undo(number);
	is_str(text("noncommercial", id, &again), "012456", "undone");
	ok(again.node != before.node && again.node != after.node, "is a third state");
	ok(again.mtime > after.mtime && again.mtime != before.mtime, "with a time of its own");
	lic_docs_free(session.docs);
	is_int(lic_docs_new(&session, &fix_err), 0, "a mount begins anew");
	text("noncommercial", id, &same);
	ok(same.mtime == again.mtime && same.ctime == again.ctime && same.size == again.size,
	   "and times and sizes are the same");
}

/* The newest generation in which one of the images 1 to 4 came or went, asked one by one. */
static int64_t last_change(const char *view, int64_t first)
{
	const struct lic_view *v = lic_view_definition(view_of(view))->view;
	int64_t newest = 0, now = lic_catalog_generation(cat);

	for (int i = 1; i <= 4; i++) {
		bool was = false;

		for (int64_t g = first; g <= now; g++) {
			int64_t number;
			const struct lic_rights *r =
				lic_catalog_rights_at(cat, image[i], g, &number, &fix_err) == 0
					? lic_catalog_rights(cat, number, &fix_err)
					: NULL;
			bool is = r && lic_view_match(v, r, NULL, time(NULL)) == LIC_ALLOWED;

			if (g > first && is != was && g > newest)
				newest = g;
			was = is;
		}
	}
	return newest;
}

/* Whatever is decided in whatever order, what is remembered from state to state and what is found
 * out anew agree with asking for every generation. */
static void test_history(int64_t id)
{
	static const char *const views[] = { "noncommercial", "commercial", "public-domain" };
	int64_t denied[8] = { 0 };
	struct lic_document d;
	unsigned seed = 7, wrong = 0, differ = 0;

	is_int(lic_catalog_document(cat, id, &d, &fix_err), 0, "a document");
	for (int step = 0; step < 40; step++) {
		int i = 1 + rand_r(&seed) % 4;
		char path[16];

		snprintf(path, sizeof(path), "i%d.jpg", i);
		if (denied[i]) {
			undo(denied[i]);
			denied[i] = 0;
		} else {
			denied[i] = deny(path);
		}
		for (size_t k = 0; k < LIC_ARRAY_SIZE(views); k++) {
			struct lic_docs *docs = session.docs;
			int64_t want = last_change(views[k], d.first), at = 0;
			struct lic_doc_ref known, anew;

			text(views[k], id, &known);
			wrong += lic_docs_new(&session, &fix_err) < 0;
			text(views[k], id, &anew);
			lic_docs_free(session.docs);
			session.docs = docs;
			if (want && lic_catalog_generation_time(cat, want, &at, &fix_err) < 0)
				wrong++;
			want = want ? at * SECOND + want + 1 : 1000 * SECOND;
			wrong += known.mtime != want;
			differ += known.mtime != anew.mtime;
		}
	}
	is_int(wrong, 0, "times are those of the newest change of each view");
	is_int(differ, 0, "however they are found out");
	for (int i = 1; i < 8; i++) {
		if (denied[i])
			undo(denied[i]);
	}
}

/* Rights that end by themselves, without a commit. */
static void test_end(int64_t id)
{
	struct lic_txn *txn = begin(cat);
	struct lic_decision d = { .action = LIC_ACTION_LICENSE,
				  .pattern = { (const uint8_t *)"i4.jpg", 6 },
				  .exact = true,
				  .license = "CC0-1.0",
				  .until = time(NULL) + 4,
				  .reason = "test",
				  .who = "tester" };
	struct lic_doc_ref before, after, anew;

	is_int(lic_catalog_decide(txn, &d, NULL, NULL, &fix_err), 0, "a license for four seconds");
	commit(txn);
	is_str(text("public-domain", id, &before), "0356", "shows");
	while (time(NULL) < d.until)
		usleep(20000);
	is_str(text("public-domain", id, &after), "05", "until it ends");
	ok(after.node != before.node && after.mtime > before.mtime, "which is a change");
	is_int(after.mtime / SECOND, d.until, "of that time");
	lic_docs_free(session.docs);
	is_int(lic_docs_new(&session, &fix_err), 0, "a mount begins anew");
	text("public-domain", id, &anew);
	ok(anew.mtime == after.mtime, "after a remount, too");
	txn = begin(cat); /* ends the decision in the catalog */
	commit(txn);
}

static void test_stale(int64_t id)
{
	struct lic_doc_ref ref;
	struct lic_entry e;

	is_str(text("commercial", id, &ref), "025", "before an image is found changed");
	is_int(lic_catalog_by_id(w->cat, image[3], &e, &fix_err), 0, "an image");
	lic_stale_add(&session.stale, &e);
	is_str(text("commercial", id, &ref), "05", "its records go at once");
	is_int(lic_catalog_by_id(w->cat, image[7], &e, &fix_err), 0, "one that is in no document");
	lic_stale_add(&session.stale, &e);
	{
		uint64_t node = ref.node;

		text("commercial", id, &ref);
		ok(ref.node == node, "changes nothing");
	}
}

static void test_doubt(int64_t dir)
{
	static const char *const few[] = { "1", "2" };
	struct lic_txn *txn = begin(cat);
	int64_t unbound = put_lines(txn, dir, "unbound.txt", 4, NULL, 4);
	int64_t wrong = put_lines(txn, dir, "wrong.txt", 4, NULL, 4);
	struct lic_doc_ref ref;

	is_int(bind(txn, wrong, few, 2), 0, "images of too few subjects");
	commit(txn);
	is_str(text("noncommercial", unbound, &ref), "", "what was not bound has no record");
	is_str(text("noncommercial", wrong, &ref), "error 74",
	       "what contradicts itself is not there");
	is_str(text("noncommercial", image[1], &ref), "error 2", "nor is what is no document");
}

static void test_expression(int64_t id)
{
	const struct lic_known_view *v;
	struct lic_doc_ref ref, later;
	struct lic_entry e;
	int64_t number;

	is_int(lic_views_enter_expr(&session.views, w->cat, "path=i2.jpg", NULL, &v, &fix_err), 0,
	       "a view that asks for paths");
	ok(lic_worker_refresh(w) == 0, "a request begins");
	is_int(lic_worker_load_document(w, v, id, &e), 0, "shows the document");
	is_int(lic_docs_get(w, v, &e, true, NULL, &ref), 0, "filtered");
	is_int((long)lic_ranges_records(ref.ranges), 3, "image by image");
	lic_docs_put(&session, &ref);
	number = deny("i2.jpg");
	ok(lic_worker_refresh(w) == 0, "a request begins");
	is_int(lic_docs_get(w, v, &e, true, NULL, &later), 0, "after a takedown");
	is_int((long)lic_ranges_records(later.ranges), 0, "it shows less");
	ok(later.mtime > ref.mtime, "and is newer");
	lic_docs_put(&session, &later);
	undo(number);
}

static void *ask(void *p)
{
	struct lic_worker *mine = NULL;
	uint64_t node = 0;

	if (lic_worker_new(&session, &mine, NULL) == 0) {
		const struct lic_known_view *v = lic_views_at(&session.views, 0);
		struct lic_doc_ref ref;
		struct lic_entry e;

		if (lic_worker_load_document(mine, v, *(int64_t *)p, &e) == 0 &&
		    lic_docs_get(mine, v, &e, true, NULL, &ref) == 0) {
			node = ref.node;
			lic_docs_put(&session, &ref);
		}
	}
	lic_worker_free(mine);
	return (void *)(uintptr_t)node;
}

static void test_threads(int64_t dir)
{
	static const char *const two[] = { "1", "4" };
	struct lic_txn *txn = begin(cat);
	int64_t id = put_lines(txn, dir, "threads.txt", 100000, two, 2);
	pthread_t thread[8];
	uint64_t node = 0;
	unsigned same = 0;

	commit(txn);
	for (size_t i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, ask, &id);
	for (size_t i = 0; i < 8; i++) {
		void *got;

		pthread_join(thread[i], &got);
		if (i == 0)
			node = (uint64_t)(uintptr_t)got;
		same += node && (uint64_t)(uintptr_t)got == node;
	}
	is_int(same, 8, "eight threads get the same state");
}

/* An image ends, and nobody has looked for others yet. */
static void test_ended(int64_t id)
{
	struct lic_txn *txn = begin(cat);
	struct lic_doc_ref before, after;
	struct lic_document d;
	int64_t want, at;

	text("noncommercial", id, &before);
	is_int(lic_catalog_end(txn, image[2], &fix_err), 0, "an image ends");
	commit(txn);
	is_str(text("noncommercial", id, &after), "05", "its records go");
	ok(after.node != before.node, "which is another state");
	is_int(lic_catalog_document(cat, id, &d, &fix_err), 0, "the document stays");
	want = last_change("noncommercial", d.first);
	ok(lic_catalog_generation_time(cat, want, &at, &fix_err) == 0 &&
		   after.mtime == at * SECOND + want + 1,
	   "and has the time of that");
}

/* More than is kept: what is given up comes back as it was. */
static void test_memory(int64_t dir)
{
	static const char *const two[] = { "1", "4" };
	struct lic_txn *txn = begin(cat);
	const struct lic_builtin_view *b;
	int64_t id[2], budget = 10;
	struct lic_doc_ref first, ref;
	struct lic_entry e;
	unsigned wrong = 0;

	id[0] = put_lines(txn, dir, "big.txt", 500000, two, 2);
	id[1] = put_lines(txn, dir, "bigger.txt", 600000, two, 2);
	commit(txn);
	ok(lic_worker_refresh(w) == 0, "a request begins");
	is_int(lic_worker_load_document(w, view_of("commercial"), id[0], &e), 0, "a big document");
	is_int(lic_docs_get(w, view_of("commercial"), &e, false, &budget, &ref), -EAGAIN,
	       "is not made in passing");
	text("commercial", id[0], &first);
	is_int(lic_docs_get(w, view_of("commercial"), &e, false, &budget, &ref), 0,
	       "but known then");
	lic_docs_told(&session, &ref);
	lic_docs_put(&session, &ref);
	for (size_t i = 0; (b = lic_view_builtin(i)); i++) {
		for (size_t k = 0; k < 2; k++) {
			text(b->name, id[k], &ref);
			wrong += ref.size != (k ? 600000 : 500000);
		}
	}
	is_int(wrong, 0, "two big documents in all views");
	is_int(lic_docs_get(w, view_of("commercial"), &e, false, NULL, &ref), 0,
	       "the first, which was given up");
	ok(ref.node == first.node && !ref.ranges, "is known still");
	lic_docs_put(&session, &ref);
	is_int(lic_docs_get(w, view_of("commercial"), &e, true, NULL, &ref), 0, "and made again");
	ok(ref.node == first.node && ref.ranges && lic_ranges_size(ref.ranges) == first.size,
	   "the same");
	lic_docs_put(&session, &ref);
	lic_docs_forget(&session, first.node, 1);
}

static void make_images(struct lic_txn *txn)
{
	static const char *const license[] = { NULL, "CC0-1.0", "CC-BY-NC-4.0", "CC-BY-4.0",
					       NULL, NULL,	NULL,		"CC0-1.0" };

	for (int i = 1; i < 8; i++) {
		struct lic_entry e = { 0 };
		char name[16];

		snprintf(name, sizeof(name), "i%d.jpg", i);
		if (put_image(txn, 1, name, name, license[i], &e) < 0)
			printf("# %s\n", fix_err.msg);
		image[i] = e.id;
	}
}

/* What lies in an archive is read through it alone, whatever number is asked for. */
static void test_member(int64_t archive)
{
	const struct lic_known_view *v = view_of("noncommercial");
	struct lic_txn *txn = begin(cat);
	struct lic_entry file, member, e;

	ok(put_image(txn, 1, "beside.jpg", "beside", "CC0-1.0", &file) == 0 &&
		   put_image(txn, archive, "x/in.jpg", "in", "CC0-1.0", &member) == 0,
	   "an image, and one in an archive");
	commit(txn);
	ok(lic_worker_refresh(w) == 0, "a request begins");
	is_int(lic_worker_load(w, (struct lic_inode){ .type = LIC_INODE_FILE, .id = file.id }, &e),
	       0, "the one is a file of the mount");
	is_int(lic_worker_load(w, (struct lic_inode){ .type = LIC_INODE_FILE, .id = member.id },
			       &e),
	       -ENOENT, "the other is none");
	is_int(lic_worker_load(w,
			       (struct lic_inode){
				       .type = LIC_INODE_DIR, .view = v->number, .id = archive },
			       &e),
	       -ENOENT, "and the archive is no directory");
}

int main(void)
{
	struct lic_txn *txn;
	int64_t id;

	cat = scratch_make(&scratch);
	txn = begin(cat);
	make_images(txn);
	commit(txn);
	txn = begin(cat);
	id = put_lines(txn, 1, "all.txt", 8, subjects, 8);
	commit(txn);
	session.store = scratch.store;
	session.root = -1;
	session.since = lic_catalog_generation(cat);
	session.start = time(NULL);
	is_int(lic_views_init(&session.views), 0, "views");
	is_int(lic_stale_init(&session.stale, &session, &fix_err), 0, "stale files");
	is_int(lic_docs_new(&session, &fix_err), 0, "documents");
	is_int(lic_worker_new(&session, &w, &fix_err), 0, "a worker");
	test_shown(id);
	test_changes(id);
	test_history(id);
	test_end(id);
	test_doubt(1);
	test_expression(id);
	test_threads(1);
	test_memory(1);
	test_stale(id);
	test_member(id);
	test_ended(id);
	lic_worker_free(w);
	lic_docs_free(session.docs);
	lic_stale_release(&session.stale);
	lic_views_release(&session.views);
	checks(cat, "afterwards");
	lic_catalog_close(cat);
	scratch_release(&scratch);
	return done_testing();
}
