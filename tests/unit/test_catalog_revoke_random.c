/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Random puts, ends, stale marks, imports, decisions, revocations and restores, in
 * transactions of several steps, some of them aborted, against a plain model of what must be
 * revoked. */
#include "tests/unit/revoke_fixture.h"

#define DIRS 3
#define NAMES 6
#define PLACES (DIRS * NAMES)
#define BYTES 8
#define CREATORS 4
#define SITES 4
#define REVOCATIONS 12
#define IMPORTS 2

struct image {
	bool there, stale;
	int bytes, creator, site; /* creator and site 0: none */
};

struct revocation {
	bool in_force;
	int64_t number;
	enum lic_selector_kind kind;
	int what;	   /* place, directory (from PLACES on), bytes, creator, site or name */
	bool bytes[BYTES]; /* that it has matched */
};

/* A row of an import about one name, in all directories: its creator. */
struct model {
	struct image image[PLACES];
	struct revocation revocation[REVOCATIONS];
	int row[IMPORTS][NAMES]; /* creator, 0: no row */
	bool imported[IMPORTS];
};

static unsigned seed;

static int rnd(int n)
{
	seed = seed * 1103515245u + 12345u;
	return (int)(seed >> 16) % n;
}

/* --- names -------------------------------------------------------------------------------- */

static const char *const file_name[NAMES] = { "a.jpg", "b_0042.jpg", "c-7.png",
					      "d",     "e.x.tif",    "f 9.gif" };
/* Each is an id in one of the names above. */
static const char *const file_id[NAMES] = { "A", "42", "7", "d", "e", "9" };

static const char *creator_name(int i)
{
	static const char *const spelling[CREATORS][3] = {
		{ "Jane Doe", "JANE  DOE", "jane doe" },
		{ "Zo\xc3\xab", "ZO\xc3\x8b", "Zoe\xcc\x88" },
		{ "O'Neil", "o\xe2\x80\x99neil", " O'NEIL " },
		{ "X", "x", "X\n" },
	};

	return spelling[i - 1][rnd(3)];
}

static const char *site_name(int i, bool whole)
{
	static const char *const site[SITES] = { "one.org", "two.org/p", "a.three.org",
						 "four.net/x?y=1" };
	static char text[64];

	snprintf(text, sizeof(text), whole ? "https://%s" : "%s", site[i - 1]);
	return text;
}

/* --- what must be ------------------------------------------------------------------------- */

static bool said(const struct model *m, int place, int creator)
{
	if (m->image[place].creator == creator)
		return true;
	for (int i = 0; i < IMPORTS; i++)
		if (m->imported[i] && m->row[i][place % NAMES] == creator)
			return true;
	return false;
}

static bool selects(const struct model *m, const struct revocation *r, int place)
{
	const struct image *i = &m->image[place];

	switch (r->kind) {
	case LIC_SELECT_PATH:
		return r->what < PLACES ? r->what == place : r->what - PLACES == place / NAMES;
	case LIC_SELECT_XXH3:
		return r->what == i->bytes;
	case LIC_SELECT_CREATOR:
		return said(m, place, r->what);
	case LIC_SELECT_URL:
		return i->site == r->what;
	case LIC_SELECT_ID:
		return r->what == place % NAMES;
	default:
		return false;
	}
}

/* What matches now goes on matching by its bytes. */
static void settle(struct model *m)
{
	for (int k = 0; k < REVOCATIONS; k++) {
		struct revocation *r = &m->revocation[k];

		for (int i = 0; r->in_force && i < PLACES; i++)
			if (m->image[i].there && selects(m, r, i))
				r->bytes[m->image[i].bytes] = true;
	}
}

static bool is_revoked(const struct model *m, int place)
{
	for (int k = 0; k < REVOCATIONS; k++)
		if (m->revocation[k].in_force && m->revocation[k].bytes[m->image[place].bytes])
			return true;
	return false;
}

static int matched(const struct model *m, const struct revocation *r)
{
	int n = 0;

	for (int i = 0; i < PLACES; i++)
		n += m->image[i].there && r->bytes[m->image[i].bytes];
	return n;
}

/* --- steps -------------------------------------------------------------------------------- */

static struct lic_catalog *cat;
static int64_t dirs[DIRS];

static bool put_random(struct lic_txn *txn, struct model *m)
{
	int place = rnd(PLACES);
	struct image i = { true, false, rnd(BYTES), rnd(CREATORS + 1), rnd(SITES + 1) };
	char bytes[16];

	if (m->image[place].there && rnd(2)) /* the same file, otherwise described */
		i.bytes = m->image[place].bytes;
	m->image[place] = i;
	snprintf(bytes, sizeof(bytes), "bytes %d", i.bytes);
	return put_by(txn, dirs[place / NAMES], file_name[place % NAMES], bytes,
		      i.creator ? creator_name(i.creator) : NULL,
		      i.site ? site_name(i.site, true) : NULL) > 0;
}

static int64_t id_at(int place)
{
	struct lic_entry e;
	const char *name = file_name[place % NAMES];

	return lic_catalog_by_name(cat, dirs[place / NAMES], name, strlen(name), &e, &fix_err) < 0
		       ? 0
		       : e.id;
}

static bool end_random(struct lic_txn *txn, struct model *m)
{
	int place = rnd(PLACES);

	if (!m->image[place].there)
		return true;
	m->image[place].there = false;
	return lic_catalog_end(txn, id_at(place), &fix_err) == 0;
}

/* The same bytes elsewhere; what was said of them may be lost. */
static bool move_random(struct lic_txn *txn, struct model *m)
{
	int from = rnd(PLACES), to = rnd(PLACES);
	struct image i = m->image[from];
	char bytes[16];

	if (!i.there || from == to)
		return true;
	if (rnd(2))
		i.creator = i.site = 0;
	i.stale = false;
	m->image[to] = i;
	snprintf(bytes, sizeof(bytes), "bytes %d", i.bytes);
	if (put_by(txn, dirs[to / NAMES], file_name[to % NAMES], bytes,
		   i.creator ? creator_name(i.creator) : NULL,
		   i.site ? site_name(i.site, true) : NULL) < 0)
		return false;
	settle(m);
	if (rnd(3) == 0)
		return true;
	m->image[from].there = false;
	return lic_catalog_end(txn, id_at(from), &fix_err) == 0;
}

static bool mark_random(struct lic_txn *txn, struct model *m)
{
	int place = rnd(PLACES);

	if (!m->image[place].there)
		return true;
	m->image[place].stale = true;
	return lic_catalog_mark_stale(txn, id_at(place), &fix_err) == 0;
}

struct number {
	const char *collection;
	int64_t number;
};

static int find_number(void *ctx, const struct lic_manifest *x)
{
	struct number *n = ctx;

	if (!x->died && strcmp(x->collection, n->collection) == 0)
		n->number = x->number;
	return 0;
}

static bool import_random(struct lic_txn *txn, struct model *m)
{
	int i = rnd(IMPORTS), n = 0;
	struct lic_import_result res;
	char name[8], key[NAMES][32];
	struct row rows[NAMES];

	snprintf(name, sizeof(name), "m%d", i);
	if (m->imported[i] && rnd(2)) {
		struct number x = { .collection = name };

		m->imported[i] = false;
		return lic_catalog_manifests(cat, find_number, &x, &fix_err) == 0 &&
		       lic_catalog_unimport(txn, x.number, NULL, &res, &fix_err) == 0;
	}
	for (int k = 0; k < NAMES; k++) {
		m->row[i][k] = rnd(2) ? 1 + rnd(CREATORS) : 0;
		if (!m->row[i][k])
			continue;
		snprintf(key[n], sizeof(key[n]), "tail:%s", file_name[k]);
		rows[n] = (struct row){ .key = { key[n] }, .creator = creator_name(m->row[i][k]) };
		n++;
	}
	m->imported[i] = true;
	return import_rows(txn, name, "", rows, (size_t)n, NULL, &res) == 0;
}

static void choose(struct revocation *r, struct lic_buf *buf, struct lic_selector *sel)
{
	static const enum lic_selector_kind kinds[] = { LIC_SELECT_PATH, LIC_SELECT_XXH3,
							LIC_SELECT_CREATOR, LIC_SELECT_URL,
							LIC_SELECT_ID };
	char text[64];
	uint8_t hash[16];

	r->kind = kinds[rnd(5)];
	switch (r->kind) {
	case LIC_SELECT_PATH:
		r->what = rnd(PLACES + DIRS);
		if (r->what < PLACES)
			snprintf(text, sizeof(text), "d%d/%s", r->what / NAMES,
				 file_name[r->what % NAMES]);
		else
			snprintf(text, sizeof(text), rnd(2) ? "d%d/*" : "d%d", r->what - PLACES);
		break;
	case LIC_SELECT_XXH3:
		r->what = rnd(BYTES);
		snprintf(text, sizeof(text), "bytes %d", r->what);
		lic_hash128(text, strlen(text), hash);
		for (int i = 0; i < 16; i++)
			snprintf(text + 2 * i, 3, "%02x", hash[i]);
		break;
	case LIC_SELECT_CREATOR:
		r->what = 1 + rnd(CREATORS);
		snprintf(text, sizeof(text), "%s", creator_name(r->what));
		break;
	case LIC_SELECT_URL:
		r->what = 1 + rnd(SITES);
		snprintf(text, sizeof(text), "%s", site_name(r->what, rnd(2)));
		break;
	default:
		r->what = rnd(NAMES);
		snprintf(text, sizeof(text), "%s", file_id[r->what]);
	}
	*sel = selector_of(r->kind, text, buf);
}

static bool revoke_random(struct lic_txn *txn, struct model *m)
{
	struct revocation *r = &m->revocation[rnd(REVOCATIONS)];
	struct lic_selector sel;
	struct lic_buf buf;
	struct outcome o;
	bool good;

	if (r->in_force) {
		struct revocation old = *r;
		int64_t n = 0;

		r->in_force = false;
		return lic_catalog_restore(txn, old.number, "me", "why", NULL, &n, NULL,
					   &fix_err) == 0 &&
		       n == matched(m, &old);
	}
	*r = (struct revocation){ .in_force = true };
	choose(r, &buf, &sel);
	settle(m);
	o = revoke_in(txn, &sel, 1, false);
	r->number = o.number;
	good = o.r == 0 && o.matched == matched(m, r) && o.told == o.matched && o.in_order;
	if (!good)
		printf("# %s %.*s: %d, %lld matched, %d expected, %lld told\n",
		       lic_selector_name(r->kind), (int)sel.normal.n, (const char *)sel.normal.p,
		       o.r, (long long)o.matched, matched(m, r), (long long)o.told);
	lic_buf_release(&buf);
	return good;
}

static bool decide_random(struct lic_txn *txn)
{
	char path[32];
	struct lic_decision d = { .action = LIC_ACTION_LICENSE,
				  .pattern = { (const uint8_t *)path, 0 },
				  .exact = true,
				  .license = "CC-BY-4.0",
				  .override = true,
				  .reason = "r",
				  .who = "me" };
	int place = rnd(PLACES);

	snprintf(path, sizeof(path), "d%d/%s", place / NAMES, file_name[place % NAMES]);
	d.pattern.n = strlen(path);
	return lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0;
}

static bool step(struct lic_txn *txn, struct model *m)
{
	bool good;

	switch (rnd(16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		good = revoke_random(txn, m);
		break;
	case 4:
		good = import_random(txn, m);
		break;
	case 5:
		good = end_random(txn, m);
		break;
	case 6:
		good = mark_random(txn, m);
		break;
	case 7:
		good = rnd(8) || decide_random(txn);
		break;
	case 8:
	case 9:
	case 10:
		good = move_random(txn, m);
		break;
	default:
		good = put_random(txn, m);
	}
	settle(m);
	return good;
}

/* --- comparing ---------------------------------------------------------------------------- */

static bool compare(const struct model *m)
{
	for (int i = 0; i < PLACES; i++) {
		const char *want = is_revoked(m, i)    ? "revoked"
				   : m->image[i].stale ? "stale"
						       : "clear";
		char path[32];

		snprintf(path, sizeof(path), "d%d/%s", i / NAMES, file_name[i % NAMES]);
		if (!m->image[i].there)
			want = "not there";
		if (strcmp(status_word(cat, path), want) != 0) {
			printf("# seed %u: %s is %s, not %s\n", seed, path, status_word(cat, path),
			       want);
			return false;
		}
	}
	if (lic_catalog_check(cat, &fix_err) == 0)
		return true;
	printf("# %s\n", fix_err.msg);
	return false;
}

static bool run(unsigned from, int rounds)
{
	struct model m = { 0 };
	struct scratch s;
	bool good = true;

	seed = from;
	cat = scratch_make(&s);
	for (int i = 0; i < DIRS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "d%d", i);
		dirs[i] = make_dir(cat, 1, name);
	}
	for (int i = 0; good && i < rounds; i++) {
		struct model before = m;
		struct lic_txn *txn = begin(cat);

		for (int n = 1 + rnd(4); good && n > 0; n--)
			good = step(txn, &m);
		if (good && rnd(6) == 0) {
			lic_catalog_abort(txn);
			m = before;
		} else if (good) {
			commit(txn);
		} else {
			lic_catalog_abort(txn);
		}
		good = good && compare(&m);
		if (!good)
			printf("# seed %u, round %d: %s\n", from, i, fix_err.msg);
	}
	lic_catalog_close(cat);
	scratch_release(&s);
	return good;
}

int main(void)
{
	const char *runs = getenv("LICENSEFS_TEST_RUNS");
	unsigned n = runs ? (unsigned)strtoul(runs, NULL, 10) : 12;

	for (unsigned i = 1; i <= n; i++)
		if (!run(i, 60)) {
			ok(false, "run %u", i);
			return done_testing();
		}
	ok(true, "%u random histories are as the model says", n);
	return done_testing();
}
