/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and archives under random changes: what the catalog holds agrees with a model, mounts
 * hear of all that a view may differ in, and the full check finds nothing. LICENSEFS_TEST_SEED
 * repeats a run. */
#include "tests/unit/document_fixture.h"

#define FILES 4 /* files that may be documents, of which the last two may be archives */
#define ARCHIVES 2
#define NAMES 4 /* of images, in the directory and in each archive */
#define IDS 16	/* images that a document may be bound to */

static uint64_t state;

static unsigned rnd(unsigned n)
{
	/* xorshift64* */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717u) >> 33) % n;
}

static const char *const file_name[FILES] = { "a.json", "b.txt", "c.tar", "d.tar" };
static const char *const image_name[NAMES] = { "1.jpg", "2.jpg", "x-3.jpg", "4" };
static const char *const member_name[NAMES] = { "1.jpg", "x/2.jpg", "x/y/3.jpg", "4" };
static const char *const license[] = { NULL, "CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0" };

struct file {
	int64_t id; /* 0: not there */
	enum lic_kind kind;
	bool known; /* has an index */
	bool told;  /* changed by the transaction so that its views may differ */
	int64_t mtime;
	int64_t image[IDS]; /* bound to these, ascending */
	size_t n;
};

struct image {
	int64_t id; /* 0: not there */
	int64_t rights;
};

struct model {
	int64_t dir; /* that holds all of it; 0: not there */
	struct file file[FILES];
	struct image image[1 + ARCHIVES][NAMES]; /* of the directory, and of the last files */
};

struct world {
	struct lic_catalog *cat;
	struct lic_txn *txn;
	struct model m;
};

static void end_members(struct model *m, size_t f)
{
	if (f >= FILES - ARCHIVES)
		memset(m->image[f - (FILES - ARCHIVES) + 1], 0, sizeof(m->image[0]));
}

static void forget_index(struct model *m, size_t f)
{
	m->file[f].known = false;
	m->file[f].n = 0;
}

/* --- changes ------------------------------------------------------------------------------ */

static bool op_dir(struct world *w)
{
	struct model *m = &w->m;

	if (!m->dir) {
		m->dir = put_dir(w->txn, 1, "d");
		return m->dir > 0;
	}
	if (rnd(8))
		return true;
	if (lic_catalog_end(w->txn, m->dir, &fix_err) < 0)
		return false;
	memset(m, 0, sizeof(*m));
	return true;
}

/* The scan finds the file: as it was, or with other bytes. */
static bool op_find(struct world *w, size_t f)
{
	struct file *x = &w->m.file[f];
	struct lic_entry e =
		entry_of(w->m.dir, file_name[f], strlen(file_name[f]), LIC_KIND_HIDDEN);
	bool same = x->id && rnd(2);

	e.rule = LIC_RULE_WAITING;
	if (!same)
		x->mtime++;
	e.st.mtime += x->mtime;
	if (lic_catalog_put(w->txn, &e, NULL, &fix_err) < 0)
		return false;
	if (same)
		return e.id == x->id && e.kind == x->kind;
	if (e.id == x->id)
		return false;
	end_members(&w->m, f);
	forget_index(&w->m, f);
	x->id = e.id;
	x->kind = LIC_KIND_HIDDEN;
	return true;
}

static bool op_index(struct world *w, size_t f)
{
	static const struct {
		enum lic_kind kind;
		enum lic_rule rule;
	} as[] = { { LIC_KIND_DOCUMENT, LIC_RULE_RECORDS },
		   { LIC_KIND_DOCUMENT, LIC_RULE_RECORDS },
		   { LIC_KIND_HIDDEN, LIC_RULE_MALFORMED },
		   { LIC_KIND_INERT, LIC_RULE_INERT_CONTENT } };
	struct file *x = &w->m.file[f];
	size_t i = rnd(LIC_ARRAY_SIZE(as));

	if (index_as(w->txn, x->id, as[i].kind, as[i].rule, "n") < 0)
		return false;
	if (as[i].kind != LIC_KIND_DOCUMENT)
		end_members(&w->m, f);
	forget_index(&w->m, f);
	x->known = x->told = true;
	x->kind = as[i].kind;
	return true;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static bool op_bind(struct world *w, size_t f)
{
	struct file *x = &w->m.file[f];
	struct lic_bytes piece = { (const uint8_t *)"abcdefgh", 1 + rnd(3) };
	bool bound = rnd(4) != 0;

	if (!x->known)
		return true;
	x->n = 0;
	for (size_t i = 0; i < 1 + ARCHIVES; i++) {
		for (size_t n = 0; n < NAMES; n++)
			if (w->m.image[i][n].id && rnd(2))
				x->image[x->n++] = w->m.image[i][n].id;
	}
	qsort(x->image, x->n, sizeof(x->image[0]), by_number);
	/* What is bound to its own members would end with them in between */
	if (!bound)
		end_members(&w->m, f);
	x->kind = bound ? LIC_KIND_DOCUMENT : LIC_KIND_HIDDEN;
	return lic_catalog_document_bind(w->txn, x->id, &piece, 1, rnd(3), x->image, x->n, x->kind,
					 bound ? LIC_RULE_RECORDS : LIC_RULE_UNBOUND,
					 &fix_err) == 0;
}

static bool op_place(struct world *w, size_t f)
{
	struct file *x = &w->m.file[f];

	if (x->known && rnd(2))
		x->kind = LIC_KIND_DOCUMENT;
	else
		x->kind = rnd(2) ? LIC_KIND_COMPANION : LIC_KIND_HIDDEN;
	if (x->kind != LIC_KIND_DOCUMENT)
		end_members(&w->m, f);
	return lic_catalog_place(w->txn, x->id, x->kind,
				 x->kind == LIC_KIND_DOCUMENT	 ? LIC_RULE_RECORDS
				 : x->kind == LIC_KIND_COMPANION ? LIC_RULE_LAYOUT
								 : LIC_RULE_WAITING,
				 &fix_err) == 0;
}

static bool op_file(struct world *w)
{
	size_t f = rnd(FILES);
	struct file *x = &w->m.file[f];

	if (!x->id)
		return op_find(w, f);
	switch (rnd(8)) {
	case 0:
		return op_find(w, f);
	case 1:
	case 2:
		return op_index(w, f);
	case 3:
		return op_place(w, f);
	case 4:
		if (lic_catalog_end(w->txn, x->id, &fix_err) < 0)
			return false;
		end_members(&w->m, f);
		forget_index(&w->m, f);
		x->id = 0;
		return true;
	case 5:
		return lic_catalog_pend(w->txn, x->id, &fix_err) == 0;
	default:
		return op_bind(w, f);
	}
}

static bool op_image(struct world *w)
{
	size_t i = rnd(1 + ARCHIVES), n = rnd(NAMES);
	const struct file *archive = i ? &w->m.file[FILES - ARCHIVES + i - 1] : NULL;
	struct image *x = &w->m.image[i][n];
	struct lic_entry e = { 0 };
	char bytes[2] = { (char)('0' + rnd(3)), 0 };

	if (archive && (!archive->id || archive->kind != LIC_KIND_DOCUMENT))
		return true;
	if (x->id && rnd(4) == 0) {
		int r = lic_catalog_end(w->txn, x->id, &fix_err);

		x->id = 0;
		return r == 0;
	}
	if (x->id && rnd(4) == 0)
		return lic_catalog_mark_stale(w->txn, x->id, &fix_err) == 0;
	if (put_image(w->txn, archive ? archive->id : w->m.dir,
		      archive ? member_name[n] : image_name[n], bytes,
		      license[rnd(LIC_ARRAY_SIZE(license))], &e) < 0)
		return false;
	x->id = e.id;
	return true;
}

static bool op_decide(struct world *w)
{
	static const char *const pattern[] = { "d/*.jpg", "**/3.jpg", "d/c.tar/x/", "d/d.tar/*",
					       "d/" };
	const char *p = pattern[rnd(LIC_ARRAY_SIZE(pattern))];
	struct lic_decision d = { .action = rnd(2) ? LIC_ACTION_DENY : LIC_ACTION_TERMS,
				  .pattern = { (const uint8_t *)p, strlen(p) },
				  .license = NULL,
				  .reason = "chance" };
	int64_t ended;

	if (rnd(2))
		return lic_catalog_undecide_all(w->txn, 1, 1000000, "jo", "no", &ended, NULL, NULL,
						&fix_err) == 0;
	if (d.action == LIC_ACTION_TERMS)
		d.license = "CC-BY-NC-4.0";
	return lic_catalog_decide(w->txn, &d, NULL, NULL, &fix_err) == 0;
}

static bool op(struct world *w)
{
	unsigned what = rnd(12);

	if (what == 0 || !w->m.dir)
		return op_dir(w);
	if (what == 1)
		return op_decide(w);
	return what < 7 ? op_file(w) : op_image(w);
}

/* --- comparing ---------------------------------------------------------------------------- */

struct set {
	int64_t id[2 * FILES];
	size_t n;
};

static int add_to_set(void *ctx, int64_t id)
{
	struct set *s = ctx;

	if (s->n < LIC_ARRAY_SIZE(s->id))
		s->id[s->n++] = id;
	return 0;
}

static bool has(const int64_t *list, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

/* Do images find the documents that are about them, and no others? */
static bool finds(struct world *w, size_t i, size_t n)
{
	const struct image *x = &w->m.image[i][n];
	struct set s = { .n = 0 };
	size_t wanted = 0;

	if (!x->id)
		return true;
	if (lic_catalog_documents_of(w->cat, x->id, add_to_set, &s, &fix_err) < 0)
		return false;
	for (size_t f = 0; f < FILES; f++) {
		const struct file *file = &w->m.file[f];
		size_t times = has(file->image, file->n, x->id);

		times += i && f == FILES - ARCHIVES + i - 1;
		wanted += times;
		if (file->id && has(s.id, s.n, file->id) != (times > 0))
			return false;
	}
	return s.n == wanted;
}

static bool file_agrees(struct world *w, size_t f)
{
	const struct file *x = &w->m.file[f];
	struct lic_document d;
	struct lic_entry e;
	int r;

	if (!x->id) {
		char path[32];

		snprintf(path, sizeof(path), "d/%s", file_name[f]);
		return lic_catalog_by_path(w->cat, path, strlen(path), &e, &fix_err) == -ENOENT;
	}
	if (lic_catalog_by_id(w->cat, x->id, &e, &fix_err) < 0 || e.kind != x->kind)
		return false;
	r = lic_catalog_document(w->cat, x->id, &d, &fix_err);
	return x->known ? r == 0 : r == -ENOENT;
}

static bool image_agrees(struct world *w, size_t i, size_t n)
{
	char path[64];
	struct lic_entry e;
	int r;

	snprintf(path, sizeof(path), "d/%s%s%s", i ? file_name[FILES - ARCHIVES + i - 1] : "",
		 i ? "/" : "", i ? member_name[n] : image_name[n]);
	r = lic_catalog_by_path(w->cat, path, strlen(path), &e, &fix_err);
	return w->m.image[i][n].id ? r == 0 && e.id == w->m.image[i][n].id : r == -ENOENT;
}

static bool agrees(struct world *w)
{
	bool good = true;

	for (size_t f = 0; f < FILES; f++)
		good = good && file_agrees(w, f);
	for (size_t i = 0; i < 1 + ARCHIVES; i++) {
		for (size_t n = 0; n < NAMES; n++)
			good = good && image_agrees(w, i, n) && finds(w, i, n);
	}
	return good;
}

/* --- what mounts hear --------------------------------------------------------------------- */

struct heard {
	int64_t dir, entry;
	bool found;
};

static int look_for(void *ctx, const struct lic_change *c)
{
	struct heard *h = ctx;

	h->found |= c->dir == h->dir && (c->entry == h->entry || !c->entry);
	return 0;
}

/* Are there other rights, or none, for an image that it is about? */
static bool differs(struct world *w, const struct file *x, const struct image *before, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t rights = 0, since = 0;

		if (!before[i].id || !has(x->image, x->n, before[i].id))
			continue;
		if (lic_catalog_rights_of(w->cat, &before[i].id, 1, &rights, &since, &fix_err) <
			    0 ||
		    rights != before[i].rights)
			return true;
	}
	return false;
}

/* Has the archive other members, or members with other rights? */
static bool members_differ(struct world *w, const struct image *before, size_t f)
{
	size_t i = f - (FILES - ARCHIVES) + 1;

	if (f < FILES - ARCHIVES)
		return false;
	for (size_t n = 0; n < NAMES; n++)
		if (w->m.image[i][n].id != before[i * NAMES + n].id ||
		    w->m.image[i][n].rights != before[i * NAMES + n].rights)
			return true;
	return false;
}

static bool learn_rights(struct world *w)
{
	int64_t since;

	for (size_t i = 0; i < 1 + ARCHIVES; i++) {
		for (size_t n = 0; n < NAMES; n++) {
			struct image *x = &w->m.image[i][n];

			x->rights = 0;
			if (x->id && lic_catalog_rights_of(w->cat, &x->id, 1, &x->rights, &since,
							   &fix_err) < 0)
				return false;
		}
	}
	return true;
}

/* Every document of which a view may differ is touched, and mounts hear of it. */
static bool told(struct world *w, const struct model *before, int64_t since)
{
	const struct image *images = &before->image[0][0];
	int64_t now = lic_catalog_generation(w->cat);

	for (size_t f = 0; f < FILES; f++) {
		struct file *x = &w->m.file[f];
		struct heard h = { w->m.dir, x->id, false };
		struct lic_document d;

		if (!x->id || x->kind != LIC_KIND_DOCUMENT)
			continue;
		if (!x->told && !differs(w, x, images, (1 + ARCHIVES) * NAMES) &&
		    !members_differ(w, images, f))
			continue;
		if (lic_catalog_document(w->cat, x->id, &d, &fix_err) < 0 || d.touched != now)
			return false;
		/* Nobody knows a directory that is new */
		if (before->dir == w->m.dir &&
		    (lic_catalog_changes(w->cat, since, look_for, &h, &fix_err) < 0 || !h.found))
			return false;
	}
	return true;
}

static void test_random(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct scratch s;
	struct world w = { .cat = scratch_make(&s) };
	bool worked = true, same = true, heard = true, sound = true;

	for (int round = 0; round < 400 && worked && same && heard && sound; round++) {
		int64_t since = lic_catalog_generation(w.cat);
		struct model before;

		for (size_t f = 0; f < FILES; f++)
			w.m.file[f].told = false;
		before = w.m;
		w.txn = begin(w.cat);
		for (unsigned i = 1 + rnd(12); worked && i; i--)
			worked = op(&w);
		if (rnd(6) == 0 || !worked) {
			lic_catalog_abort(w.txn);
			w.m = before;
		} else {
			commit(w.txn);
		}
		same = agrees(&w) && learn_rights(&w);
		heard = told(&w, &before, since);
		sound = round % 4 || lic_catalog_check(w.cat, &err) == 0;
	}
	ok(worked, "thousands of random changes: %s", fix_err.msg);
	ok(same, "agree with a model");
	ok(heard, "are told where a view may differ");
	ok(sound, "and keep the invariants: %s", err.msg);
	lic_catalog_close(w.cat);
	scratch_release(&s);
}

int main(void)
{
	const char *seed = getenv("LICENSEFS_TEST_SEED");

	state = seed ? strtoull(seed, NULL, 10) : (uint64_t)getpid() * 2654435761u + 1;
	printf("# LICENSEFS_TEST_SEED=%llu\n", (unsigned long long)state);
	test_random();
	return done_testing();
}
