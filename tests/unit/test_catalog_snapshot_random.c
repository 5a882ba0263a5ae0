/* SPDX-License-Identifier: Apache-2.0 */
/* Random stores: every snapshot says for ever what was noted by brute force when it was made. */
#include <licensefs/catalog_snapshot.h>

#include "tests/unit/revoke_fixture.h"

#define RUNS 8
#define STEPS 90
#define DIRS 5
#define NAMES 14 /* files a directory */
#define BYTES 24 /* distinct contents */
#define MEMBERS 256
#define SNAPSHOTS 12

static uint32_t seed;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

/* What was noted of one member. */
struct noted {
	int64_t id, parent, rights;
	char path[64], name[32];
	enum lic_kind kind;
	struct lic_hash hash;
};

struct noted_snapshot {
	char name[16];
	uint8_t digest[32];
	struct noted member[MEMBERS];
	size_t n;
};

struct world {
	struct scratch s;
	struct lic_catalog *cat;
	struct noted_snapshot snapshot[SNAPSHOTS];
	size_t n;
	int64_t last; /* highest id that was noted */
	int bad;
};

static void fault(struct world *w, const char *what, long long a, long long b)
{
	if (w->bad++ < 5)
		printf("# %s: %lld, %lld\n", what, a, b);
}

/* --- changes ------------------------------------------------------------------------------- */

/* "d2" or "d2/f3.jpg" */
static void some_path(char *ret, size_t n, bool file)
{
	uint32_t d = rnd(DIRS);

	if (file)
		snprintf(ret, n, "d%u/f%u.jpg", d % 10, rnd(NAMES) % 100);
	else
		snprintf(ret, n, "d%u", d % 10);
}

static int64_t id_at(struct world *w, const char *path)
{
	struct lic_entry e;

	return lic_catalog_by_path(w->cat, path, strlen(path), &e, &fix_err) == 0 ? e.id : 0;
}

static void put_some(struct world *w)
{
	static const char *const licenses[] = { "CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0", NULL };
	struct lic_txn *txn;
	char dir[16], name[32], bytes[32];
	int64_t parent;

	some_path(dir, sizeof(dir), false);
	parent = id_at(w, dir);
	txn = begin(w->cat);
	if (!parent)
		parent = put_dir(txn, 1, dir);
	for (uint32_t i = rnd(6) + 1; i; i--) {
		uint32_t c = rnd(BYTES);

		snprintf(name, sizeof(name), "f%u.jpg", rnd(NAMES) % 100);
		snprintf(bytes, sizeof(bytes), "bytes %u", c % 100);
		if (rnd(6) == 0)
			put_by(txn, parent, name, bytes, c % 2 ? "Ann" : "Bob", NULL);
		else
			put_image(txn, parent, name, bytes, licenses[c % 4], NULL);
	}
	commit(txn);
}

static void end_some(struct world *w)
{
	char path[32];
	int64_t id;
	struct lic_txn *txn;

	some_path(path, sizeof(path), rnd(5) != 0);
	id = id_at(w, path);
	if (!id)
		return;
	txn = begin(w->cat);
	if (lic_catalog_end(txn, id, &fix_err) < 0)
		fault(w, "end", id, 0);
	commit(txn);
}

static void decide_some(struct world *w)
{
	struct lic_decision d = { .reason = "r", .who = "me" };
	struct lic_txn *txn = begin(w->cat);
	char path[32];

	some_path(path, sizeof(path), true);
	d.pattern = (struct lic_bytes){ (const uint8_t *)path, strlen(path) };
	d.exact = true;
	d.action = rnd(2) ? LIC_ACTION_DENY : LIC_ACTION_LICENSE;
	d.license = d.action == LIC_ACTION_LICENSE ? "CC-BY-SA-4.0" : NULL;
	if (rnd(3) == 0) {
		if (lic_catalog_undecide(txn, rnd(20) + 1, "me", "x", NULL, NULL, &fix_err) < 0) {
			lic_catalog_abort(txn);
			return;
		}
	} else if (lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) < 0) {
		fault(w, "decide", 0, 0);
	}
	commit(txn);
}

static void revoke_some(struct world *w)
{
	char path[32];
	int64_t id;
	struct lic_txn *txn;

	some_path(path, sizeof(path), true);
	switch (rnd(5)) {
	case 0:
		take_down_as(w->cat, LIC_SELECT_CREATOR, rnd(2) ? "Ann" : "Bob", rnd(2));
		break;
	case 1:
		restore(w->cat, rnd(8) + 1);
		break;
	case 2:
		id = id_at(w, path);
		if (!id)
			break;
		txn = begin(w->cat);
		if (lic_catalog_mark_stale(txn, id, &fix_err) < 0)
			fault(w, "stale", id, 0);
		commit(txn);
		break;
	default:
		take_down_as(w->cat, LIC_SELECT_PATH, path, rnd(2));
	}
}

/* --- noting -------------------------------------------------------------------------------- */

struct noting {
	struct world *w;
	struct noted_snapshot *s;
};

static bool is_noted(const struct noted_snapshot *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->member[i].id == id)
			return true;
	return false;
}

/* What is clear, in directories that are there: what keep_clear() keeps, worked out otherwise. */
static int note(void *ctx, const struct lic_entry *e)
{
	struct noting *x = ctx;
	struct noted *m = &x->s->member[x->s->n];
	const struct lic_rights *r =
		e->kind == LIC_KIND_IMAGE ? lic_catalog_rights(x->w->cat, e->rights, NULL) : NULL;
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(63);

	if ((r && r->status != LIC_STATUS_CLEAR) || x->s->n == MEMBERS)
		return 0;
	*m = (struct noted){ .id = e->id,
			     .parent = e->parent,
			     .rights = e->rights,
			     .kind = e->kind,
			     .hash = e->hash };
	snprintf(m->name, sizeof(m->name), "%.*s", (int)e->name.n, (const char *)e->name.p);
	if (lic_catalog_entry_path(x->w->cat, e->id, &path, &fix_err) < 0)
		fault(x->w, "path", e->id, 0);
	snprintf(m->path, sizeof(m->path), "%s", lic_buf_str(&path));
	x->s->n++;
	x->w->last = e->id > x->w->last ? e->id : x->w->last;
	return 0;
}

static int keep_clear(void *ctx, const struct lic_then *t)
{
	const struct lic_rights *r;

	if (t->m.e.kind != LIC_KIND_IMAGE)
		return 1;
	r = lic_catalog_rights(ctx, t->rights, NULL);
	return r && r->status == LIC_STATUS_CLEAR;
}

static void pin(struct world *w)
{
	struct noted_snapshot *s = &w->snapshot[w->n];
	struct lic_snapshot_info info = {
		.name = s->name, .view = "", .expr = "x", .basis = "", .who = "me"
	};
	struct noting x = { w, s };
	struct lic_txn *txn;
	int64_t missing;

	if (w->n == SNAPSHOTS)
		return;
	snprintf(s->name, sizeof(s->name), "s%zu", w->n);
	s->n = 0;
	if (lic_catalog_each(w->cat, LIC_KIND_NONE, note, &x, &fix_err) < 0)
		fault(w, "note", 0, 0);
	txn = begin(w->cat);
	if (lic_snapshot_make(txn, &info, keep_clear, w->cat, &missing, &fix_err) < 0)
		fault(w, "make", 0, 0);
	commit(txn);
	memcpy(s->digest, info.digest, sizeof(s->digest));
	w->n++;
}

/* --- comparing ----------------------------------------------------------------------------- */

struct comparing {
	struct world *w;
	const struct noted_snapshot *s;
	size_t at;
};

static int compare(void *ctx, const struct lic_then *t)
{
	struct comparing *c = ctx;
	const struct noted *m = &c->s->member[c->at++];

	if (c->at > c->s->n || m->id != t->m.e.id)
		fault(c->w, "members differ", t->m.e.id, c->at <= c->s->n ? m->id : 0);
	else if (t->path.n != strlen(m->path) || memcmp(t->path.p, m->path, t->path.n) != 0)
		fault(c->w, "paths differ", m->id, 0);
	else if (t->rights != m->rights)
		fault(c->w, "rights differ", t->rights, m->rights);
	else if (memcmp(&t->m.e.hash, &m->hash, sizeof(m->hash)) != 0)
		fault(c->w, "contents differ", m->id, 0);
	return 0;
}

static int count_listed(void *ctx, const struct lic_snapshot_entry *m)
{
	struct comparing *c = ctx;

	if (!is_noted(c->s, m->e.id))
		fault(c->w, "listed", m->e.id, 0);
	c->at++;
	return 0;
}

static void compare_member(struct world *w, struct lic_snapshot *s, const struct noted *m)
{
	struct lic_snapshot_entry found;
	enum lic_member_state state;
	int64_t rights = 0;

	if (lic_snapshot_by_id(s, m->id, &found, &fix_err) < 0 ||
	    lic_snapshot_rights(s, &found, &rights, &fix_err) < 0 || rights != m->rights)
		fault(w, "by id", m->id, rights);
	if (m->id != 1 &&
	    (lic_snapshot_by_name(s, m->parent, m->name, strlen(m->name), &found, &fix_err) < 0 ||
	     found.e.id != m->id))
		fault(w, "by name", m->id, found.e.id);
	if (lic_snapshot_state(s, &found, 0, &state, &fix_err) < 0)
		fault(w, "state", m->id, 0);
	else if (m->kind == LIC_KIND_IMAGE && !found.died &&
		 (state == LIC_MEMBER_REVOKED) !=
			 (lic_catalog_rights(w->cat, found.e.rights, NULL)->status ==
			  LIC_STATUS_REVOKED))
		fault(w, "revoked", m->id, (int)state);
}

static void compare_snapshot(struct world *w, const struct noted_snapshot *n)
{
	struct comparing c = { .w = w, .s = n }, l = { .w = w, .s = n };
	struct lic_snapshot *s = NULL;
	uint8_t digest[32] = { 0 };

	if (lic_snapshot_open(w->cat, n->name, &s, &fix_err) < 0 ||
	    lic_snapshot_each(s, compare, &c, &fix_err) < 0) {
		fault(w, "open", 0, 0);
		return;
	}
	if (c.at != n->n)
		fault(w, "members are missing", (long long)c.at, (long long)n->n);
	for (int64_t id = -1; id < w->last + 20; id++) {
		bool has = false;

		if (lic_snapshot_has(s, id, &has, &fix_err) < 0 || has != is_noted(n, id))
			fault(w, "has", id, has);
	}
	for (size_t i = 0; i < n->n; i++) {
		compare_member(w, s, &n->member[i]);
		if (n->member[i].kind == LIC_KIND_DIR &&
		    lic_snapshot_list(s, n->member[i].id, 0, count_listed, &l, &fix_err) < 0)
			fault(w, "list", n->member[i].id, 0);
	}
	if (l.at != n->n - 1) /* the root lies in none */
		fault(w, "listed in all", (long long)l.at, (long long)n->n);
	if (lic_snapshot_digest(s, NULL, NULL, digest, &fix_err) < 0 ||
	    memcmp(digest, n->digest, sizeof(digest)) != 0)
		fault(w, "the digest differs", 0, 0);
	lic_snapshot_close(s);
}

static void step(struct world *w)
{
	switch (rnd(10)) {
	case 0:
	case 1:
		end_some(w);
		break;
	case 2:
		decide_some(w);
		break;
	case 3:
		revoke_some(w);
		break;
	case 4:
		pin(w);
		break;
	default:
		put_some(w);
	}
}

static void test_run(int run)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	seed = (uint32_t)run * 7919u + 1;
	w.cat = scratch_make(&w.s);
	for (int i = 0; i < STEPS; i++) {
		step(&w);
		if (i % 15 == 14)
			for (size_t k = 0; k < w.n; k++)
				compare_snapshot(&w, &w.snapshot[k]);
	}
	ok(w.n > 3, "run %d made %zu snapshots", run, w.n);
	ok(w.bad == 0, "and each is what was noted when it was made");
	checks(w.cat, "after the run");
	lic_catalog_close(w.cat);
	scratch_release(&w.s);
}

int main(void)
{
	for (int i = 0; i < RUNS; i++)
		test_run(i);
	return done_testing();
}
