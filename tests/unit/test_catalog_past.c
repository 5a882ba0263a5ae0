/* SPDX-License-Identifier: Apache-2.0 */
/* What imports that have ended stated: found by what found it while they were in force. */
#include "tests/unit/manifest_fixture.h"

static int one_more(void *ctx, const char *collection _unused_, bool sure _unused_)
{
	++*(int *)ctx;
	return 0;
}

static int see(void *ctx, const struct lic_past_rows *p)
{
	struct lic_buf *out = ctx;

	lic_buf_addf(out, "%lld %s %lld>%lld %lld", (long long)p->manifest.number,
		     p->manifest.collection, (long long)p->manifest.born,
		     (long long)p->manifest.died, (long long)p->rows);
	if (p->superseded)
		lic_buf_addf(out, " by %lld", (long long)p->superseded);
	else
		lic_buf_addf(out, " '%s'", p->ended_verb);
	for (size_t i = 0; i < p->claims->n; i++)
		lic_buf_addf(out, " %s", p->claims->item[i].text);
	lic_buf_adds(out, p->ended_at ? "; " : " never; ");
	return 0;
}

static const char *past(struct lic_catalog *cat, int64_t entry, struct lic_buf *out)
{
	bool more = false;

	lic_buf_reset(out);
	ok(lic_catalog_past_rows(cat, entry, see, out, &more, &fix_err) == 0, "looks back: %s",
	   fix_err.msg);
	lic_buf_adds(out, more ? "more" : "");
	return lic_buf_str(out);
}

static void undo(struct lic_catalog *cat, int64_t number, const char *verb)
{
	struct lic_import_result res = { 0 };
	struct lic_txn *txn = NULL;

	ok(lic_catalog_begin(cat, verb, &txn, &fix_err) == 0 &&
		   lic_catalog_unimport(txn, number, NULL, &res, &fix_err) == 0,
	   "import %lld is undone", (long long)number);
	commit(txn);
}

static void test_ends(void)
{
	static const struct row first[] = {
		{ .key = { "path:a.jpg" }, .license = "CC-BY-4.0", .creator = "Jane" },
		{ .key = { "path:b.jpg" }, .license = "CC-BY-NC-4.0" },
		{ .key = { "stem:a", "path:a.jpg" }, .license = "CC0-1.0" },
	};
	static const char why[] = "words of a transaction that are longer than a short verb";
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf text = LIC_BUF_INIT(65536), wanted = LIC_BUF_INIT(4096);
	int64_t a = put(cat, 1, "a.jpg", "1"), b = put(cat, 1, "b.jpg", "2");

	import(cat, "m", "", first, 3);
	is_str(past(cat, a, &text), "", "in force is not past");
	import(cat, "m", "", first + 1, 1);
	is_str(past(cat, a, &text), "1 m 3>4 2 by 2 CC-BY-4.0 Jane CC0-1.0; ", "superseded");
	is_str(past(cat, b, &text), "1 m 3>4 1 by 2 CC-BY-NC-4.0; ", "for each what it stated");
	undo(cat, 2, why);
	lic_buf_addf(&wanted, "2 m 4>5 1 '%s' CC-BY-NC-4.0; 1 m 3>4 1 by 2 CC-BY-NC-4.0; ", why);
	is_str(past(cat, b, &text), lic_buf_str(&wanted), "undone; the newest comes first");
	is_str(past(cat, 1, &text), "", "of what is no image");
	is_str(past(cat, 4711, &text), "", "or is not there");
	end(cat, a);
	is_str(past(cat, a, &text), "", "or has ended");
	for (int i = 0; i < LIC_PAST_MAX; i++)
		import(cat, "x", "", first + 1, 1);
	past(cat, b, &text); /* the newest is in force */
	ok(strncmp(lic_buf_str(&text), "17 x ", 5) == 0 && !strstr(lic_buf_str(&text), "; 1 m ") &&
		   text.len > 4 && strcmp(lic_buf_str(&text) + text.len - 4, "more") == 0,
	   "no more than %d: %s", LIC_PAST_MAX, lic_buf_str(&text));
	checks(cat, "after all");
	lic_buf_release(&wanted);
	lic_buf_release(&text);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* An image whose own file says where it comes from. */
static void put_from(struct lic_catalog *cat, int64_t dir, const char *name, const char *url)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);

	lic_hash128(name, strlen(name), e.hash.b);
	e.format = claims.format = LIC_FORMAT_JPEG;
	say(&claims, LIC_RANK_SIDECAR, LIC_ROLE_SOURCE_URL, url, 0);
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "%s is put", name);
	lic_claims_release(&claims);
	commit(txn);
}

static int take_id(void *ctx, const struct lic_entry *e)
{
	int64_t *ids = ctx;

	ids[++ids[0]] = e->id;
	return 0;
}

/* Every kind of key, below two roots: the past finds what the present found. */
static void test_kinds(void)
{
	static const char *const keys[] = {
		"all:",
		"path:d/e/113756411/medium.jpg",
		"path:e/113756411/medium.jpg",
		"tail:113756411/medium.jpg",
		"tail:b.png",
		"stem:B",
		"stem:medium",
		"id:49876543210",
		"folder-id:113756411",
		"url:https://example.org/one",
		"glob:**.png",
		"glob:e/**",
		"rule:*.png",
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf text = LIC_BUF_INIT(65536);
	int64_t d = make_dir(cat, 1, "d"), e = make_dir(cat, d, "e"),
		f = make_dir(cat, e, "113756411"), ids[16] = { 0 };
	int found[16], seen = 0;
	bool same = true;

	put(cat, f, "medium.jpg", "1");
	put(cat, d, "b.png", "2");
	put(cat, 1, "B.png", "3");
	put(cat, 1, "49876543210_0123456789_b.jpg", "4");
	put_from(cat, e, "one.jpg", "http://example.org/one");
	ok(lic_catalog_each(cat, LIC_KIND_IMAGE, take_id, ids, &fix_err) == 0 && ids[0] == 5,
	   "five images");
	for (size_t i = 0; i < 2 * LIC_ARRAY_SIZE(keys); i++) {
		const struct row row = { .key = { keys[i / 2] }, .license = "CC0-1.0" };
		struct lic_import_result res = import(cat, "k", i % 2 ? "d" : "", &row, 1);
		int64_t number = (int64_t)i + 1;

		for (int64_t k = 1; k <= ids[0]; k++) {
			found[k] = 0;
			if (lic_catalog_collections(cat, ids[k], one_more, &found[k], &fix_err) < 0)
				same = false;
			seen += found[k];
		}
		undo(cat, number, "undo");
		for (int64_t k = 1; k <= ids[0]; k++) {
			char start[32];

			snprintf(start, sizeof(start), "%lld k ", (long long)number);
			past(cat, ids[k], &text);
			if (strncmp(lic_buf_str(&text), start, strlen(start)) == 0 && !found[k])
				same = false;
			if (strncmp(lic_buf_str(&text), start, strlen(start)) != 0 && found[k])
				same = false;
		}
		ok(same && res.rows == 1, "%s below '%s' finds the same", keys[i / 2],
		   i % 2 ? "d" : "");
	}
	ok(seen >= 25, "and each finds some: %d", seen);
	checks(cat, "after all");
	lic_buf_release(&text);
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_ends();
	test_kinds();
	return done_testing();
}
