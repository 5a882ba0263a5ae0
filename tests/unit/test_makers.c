/* SPDX-License-Identifier: Apache-2.0 */
/* Which jobs made a store: rows, the views that ask for them, and what mounts learn of both. */
#include <sqlite3.h>

#include <licensefs/catalog_maker.h>

#include "fs/mount/views.h"
#include "tests/unit/view_catalog.h"

#define T LIC_ALLOWED
#define F LIC_FORBIDDEN
#define U LIC_UNKNOWN

static struct lic_maker maker(const char *job, uint8_t digest)
{
	struct lic_maker m = {
		.job = job, .store = "/data/photos", .summary = "{}", .who = "jane"
	};

	memset(m.members, digest, sizeof(m.members));
	memset(m.ledger, 100, sizeof(m.ledger));
	return m;
}

/* 1 changed, 0 not, negative errno. */
static int record(struct fixture *x, struct lic_maker *m)
{
	bool changed = false;
	int r;

	begin(x);
	r = lic_catalog_maker_set(x->txn, m, &changed, &err);
	if (r < 0) {
		lic_catalog_abort(x->txn);
		return r;
	}
	commit(x);
	return changed;
}

static int forget(struct fixture *x, int64_t number)
{
	int r;

	begin(x);
	r = lic_catalog_maker_end(x->txn, number, "joe", &err);
	if (r < 0)
		lic_catalog_abort(x->txn);
	else
		commit(x);
	return r;
}

static int show(void *ctx, const struct lic_maker *m)
{
	struct lic_buf *out = ctx;

	lic_buf_addf(out, "%s%lld:%s:%s", out->len ? " " : "", (long long)m->number, m->job,
		     m->summary);
	if (m->died)
		lic_buf_addf(out, ":ended by %s%s", m->ended_who,
			     m->ended_at && m->died > m->born ? "" : " never");
	return m->born < 1 || !m->at || m->members[31] == m->ledger[0];
}

static void is_rows(struct fixture *x, const char *want, const char *name)
{
	struct lic_buf out = LIC_BUF_INIT(4096);

	is_int(lic_catalog_makers(x->cat, show, &out, &err), 0, "makers are read");
	is_str(lic_buf_str(&out), want, "%s", name);
	lic_buf_release(&out);
}

static void test_rows(void)
{
	static char big[LIC_MAKER_SUMMARY_MAX + 2];
	struct lic_maker a = maker("gen", 1), b = maker("other", 2), bad = maker("a:b", 3);
	struct fixture x;
	int64_t generation;

	open_catalog(&x, "rows");
	is_rows(&x, "", "none");
	is_int(record(&x, &a), 1, "one is recorded");
	is_int(a.number, 1, "it has a number");
	generation = lic_catalog_generation(x.cat);
	is_int(record(&x, &a), 0, "the same again is nothing new");
	is_int(lic_catalog_generation(x.cat), generation, "and no generation");
	is_int(record(&x, &b), 1, "another job");
	a.summary = "{1}";
	is_int(record(&x, &a), 1, "the first one says something else");
	is_rows(&x, "1:gen:{}:ended by jane 2:other:{} 3:gen:{1}", "it takes the former's place");
	is_int(record(&x, &bad), -EINVAL, "a name that no job has");
	memset(big, 'x', sizeof(big) - 1);
	bad = maker("big", 4);
	bad.summary = big;
	is_int(record(&x, &bad), -EINVAL, "a summary that is too long");
	is_int(forget(&x, 1), -ENOENT, "what has ended cannot end");
	is_int(forget(&x, 9), -ENOENT, "nor what never was");
	is_int(forget(&x, 3), 0, "one ends");
	is_rows(&x, "1:gen:{}:ended by jane 2:other:{} 3:gen:{1}:ended by joe", "and is kept");
	is_int(lic_catalog_check(x.cat, &err), 0, "the catalog is whole");
	lic_catalog_close(x.cat);
}

static int show_license(void *ctx, const struct lic_maker_license *l)
{
	lic_buf_addf(ctx, "%s %lld %lld %lld;", l->license ? l->license : "-", (long long)l->images,
		     (long long)l->bytes, (long long)l->opened);
	return 0;
}

static void test_licenses(void)
{
	static const char *const bad[] = { "", "{", "[]", "{}", "{\"licenses\":7}" };
	struct lic_maker m = maker("gen", 1);
	struct lic_buf out = LIC_BUF_INIT(4096);
	struct fixture x;

	open_catalog(&x, "licenses");
	m.summary = "{\"licenses\":[{\"license\":\"CC0-1.0\",\"images\":5,\"bytes\":70,"
		    "\"opened\":2},{\"license\":null,\"images\":1,\"bytes\":9,\"opened\":0},3]}";
	is_int(record(&x, &m), 1, "a maker with licenses");
	is_int(lic_catalog_maker_licenses(x.cat, m.number, show_license, &out, &err), 0, "read");
	is_str(lic_buf_str(&out), "CC0-1.0 5 70 2;- 1 9 0;", "as they stand there");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(bad); i++) {
		m.summary = bad[i];
		is_int(record(&x, &m), 1, "one that says '%s'", bad[i]);
		is_int(lic_catalog_maker_licenses(x.cat, m.number, show_license, &out, &err),
		       -EUCLEAN, "is damaged");
	}
	lic_buf_release(&out);
	lic_catalog_close(x.cat);
}

static int note_complete(void *ctx, const struct lic_maker *m)
{
	if (!m->died)
		*(bool *)ctx = m->complete;
	return 0;
}

static void test_complete(void)
{
	static const struct {
		const char *summary;
		bool complete;
	} each[] = {
		{ "{\"ledger_state\":\"ended\",\"complete\":true}", true },
		{ "{\"ledger_state\":\"ended\",\"complete\":false}", false },
		{ "{\"ledger_state\":\"running\",\"complete\":true}", false },
		{ "{\"complete\":\"true\"}", false },
		{ "{}", false },
		{ "[]", false },
		{ "{", false },
	};
	struct lic_maker m = maker("gen", 1);
	struct fixture x;
	bool complete;

	open_catalog(&x, "complete");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(each); i++) {
		m.summary = each[i].summary;
		is_int(record(&x, &m), 1, "one that says %s", m.summary);
		complete = !each[i].complete;
		is_int(lic_catalog_makers(x.cat, note_complete, &complete, &err), 0, "is read");
		is_int(complete, each[i].complete, "is %s",
		       each[i].complete ? "complete" : "perhaps not all");
	}
	lic_catalog_close(x.cat);
}

/* --- views --- */

static enum lic_tri ask_here(struct fixture *x, const char *expr, bool ai)
{
	struct lic_rights rights = { .status = LIC_STATUS_CLEAR, .n_alternatives = 1 };
	struct lic_view *v = NULL;
	enum lic_tri t;

	snprintf(rights.license, sizeof(rights.license), "CC0-1.0");
	memset(rights.alternative[0].permission, LIC_ALLOWED,
	       sizeof(rights.alternative[0].permission));
	rights.ai_origin = ai;
	if (lic_view_by_expr(x->cat, expr, NULL, 0, &v, NULL, &err) < 0) {
		printf("# %s\n", err.msg);
		return (enum lic_tri) - 1;
	}
	t = lic_view_match(v, &rights, NULL, now);
	lic_view_free(v);
	return t;
}

static void test_asking(void)
{
	static const struct {
		const char *expr;
		enum lic_tri before, after, ai; /* nothing recorded; recorded; and AI is stated */
	} cases[] = {
		{ "origin=made", U, T, T },
		{ "!origin=made", U, F, F },
		{ "origin!=made", U, F, F },
		{ "origin=unstated", T, F, F },
		{ "!origin=unstated", F, T, T },
		{ "origin=ai", U, U, T },
		{ "origin=job:gen*", U, T, T },
		{ "origin is JOB:Gen-Cats", U, T, T },
		{ "origin='job:gen-cats'", U, T, T },
		{ "origin=job:other", U, U, U },
		{ "!origin=job:other", U, U, U },
		{ "origin=job:other | origin=job:*", U, T, T },
	};
	struct lic_maker m = maker("gen-cats", 1);
	struct lic_buf why = LIC_BUF_INIT(4096);
	struct lic_rights rights = { .status = LIC_STATUS_CLEAR };
	struct lic_view *v = NULL;
	struct fixture x;

	open_catalog(&x, "asking");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++)
		is_int(ask_here(&x, cases[i].expr, false), cases[i].before, "%s of no maker",
		       cases[i].expr);
	is_int(record(&x, &m), 1, "a maker is recorded");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		is_int(ask_here(&x, cases[i].expr, false), cases[i].after, "%s of one",
		       cases[i].expr);
		is_int(ask_here(&x, cases[i].expr, true), cases[i].ai, "%s of one, and of AI",
		       cases[i].expr);
	}
	is_int(lic_view_by_expr(x.cat, "origin=made", NULL, LIC_VIEW_FIND, &v, NULL, &err), 0,
	       "the language of find");
	is_int(lic_view_match(v, &rights, NULL, now), T, "asks for it whatever the rights are");
	ok(lic_view_needs_makers(v) && !lic_view_needs_asset(v), "a store answers for its images");
	lic_view_why(v, &rights, NULL, now, &why);
	is_str(lic_buf_str(&why), "in: the store was made by job 'gen-cats'", "it says why");
	lic_view_free(v);
	lic_buf_release(&why);
	is_int(forget(&x, m.number), 0, "it ends");
	is_int(ask_here(&x, "origin=made", false), U, "and is asked for in vain");
	is_int((int)ask_here(&x, "origin=job:", false), -1, "a job without a name");
	ok(strncmp(err.msg, "column 12: the value is empty", 29) == 0, "is pointed at");
	lic_catalog_close(x.cat);
}

/* --- mounts --- */

static struct lic_views views;

static enum lic_views_news refresh(struct fixture *x, int want)
{
	enum lic_views_news news = LIC_VIEWS_SAME;

	is_int(lic_views_refresh(&views, x->cat, &news, &err), want, "the views are read");
	return news;
}

static void damage(const char *sql)
{
	char path[PATH_MAX];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/mounted.db", store);
	ok(sqlite3_open(path, &db) == SQLITE_OK &&
		   sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK,
	   "%s", sql);
	sqlite3_close(db);
}

static bool shows_free(const struct lic_known_view *v)
{
	const struct lic_definition *d = lic_view_definition(v);
	struct lic_rights rights = { .status = LIC_STATUS_CLEAR, .n_alternatives = 1 };

	memset(rights.alternative[0].permission, LIC_ALLOWED,
	       sizeof(rights.alternative[0].permission));
	return d && lic_view_match(d->view, &rights, NULL, now) == LIC_ALLOWED;
}

static void test_mounted(void)
{
	struct lic_maker a = maker("a", 1), b = maker("b", 2);
	const struct lic_known_view *where, *mine, *plain;
	struct fixture x;

	open_catalog(&x, "mounted");
	set_view(&x, "untouched", "origin=unstated", NULL);
	set_view(&x, "plain", "commercial", NULL);
	is_int(lic_views_init(&views), 0, "a table of views");
	is_int(refresh(&x, 0), LIC_VIEWS_ADDED, "what is there");
	is_int(lic_views_enter_expr(&views, x.cat, "origin=made", NULL, &where, &err), 0, "where");
	is_int(lic_views_enter(&views, x.cat, "untouched", &mine, &err), 0, "a view of one's own");
	is_int(lic_views_enter(&views, x.cat, "plain", &plain, &err), 0, "one that does not ask");
	ok(!shows_free(where) && shows_free(mine), "nothing is recorded");
	is_int(refresh(&x, 0), LIC_VIEWS_SAME, "which is known");
	is_int(record(&x, &a), 1, "a maker is recorded");
	is_int(refresh(&x, 0), LIC_VIEWS_CHANGED, "which changes what views mean");
	ok(shows_free(where) && !shows_free(mine), "those that ask for it");
	is_int(refresh(&x, 0), LIC_VIEWS_SAME, "once");
	is_int(record(&x, &b), 1, "another one");
	is_int(refresh(&x, 0), LIC_VIEWS_CHANGED, "is told as well");
	is_int(forget(&x, a.number), 0, "the first ends");
	is_int(forget(&x, b.number), 0, "and the second");
	is_int(refresh(&x, 0), LIC_VIEWS_CHANGED, "nothing is recorded any more");
	ok(!shows_free(where) && shows_free(mine), "and views say so");
	damage("UPDATE maker SET digest = x'00'");
	is_int(refresh(&x, -EUCLEAN), LIC_VIEWS_SAME, "what cannot be read is an error");
	ok(!lic_view_definition(where) && !lic_view_definition(mine), "what asks shows nothing");
	ok(shows_free(plain), "what does not ask goes on");
	damage("DELETE FROM maker");
	is_int(refresh(&x, 0), LIC_VIEWS_CHANGED, "once it can be read");
	ok(!shows_free(where) && shows_free(mine), "views are back");
	lic_views_release(&views);
	lic_catalog_close(x.cat);
}

int main(void)
{
	if (!mkdtemp(store))
		return 99;
	test_rows();
	test_licenses();
	test_complete();
	test_asking();
	test_mounted();
	remove_tree(store);
	return done_testing();
}
