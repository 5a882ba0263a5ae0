/* SPDX-License-Identifier: Apache-2.0 */
/* Random stores: an erasure changes nothing about other images, and leaves nothing of its own. */
#include <licensefs/catalog_revoke.h>

#include "fs/catalog/txn.h"
#include "tests/unit/erase_fixture.h"
#include "tests/unit/manifest_fixture.h"

#define NAMES 12 /* files a directory */
#define DIRS 3	 /* the root, a and b */
#define BYTES 20 /* distinct contents */
#define PEOPLE 5
#define ROWS 24
#define STEPS 60
#define RUNS 6

static uint32_t seed;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

/* What contents state: of content i always the same. Its token is in no other text. */
struct content {
	char bytes[16], token[32], url[64], person[32];
	const char *license;
	bool says_person, says_url;
};

struct world {
	struct scratch s;
	struct lic_catalog *cat;
	int64_t dir[DIRS];
	struct content content[BYTES];
	bool stated[BYTES];	   /* its token may be in the files */
	int64_t number[STEPS + 1]; /* revocations in force, n of them */
	size_t n;
	int bad;
};

static const char *const licenses[] = { "CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0", NULL };

static void person_name(char out[32], uint32_t i)
{
	snprintf(out, 32, "Person Number %u", i % 100);
}

static void make_contents(struct world *w)
{
	for (uint32_t i = 0; i < BYTES; i++) {
		struct content *c = &w->content[i];

		snprintf(c->bytes, sizeof(c->bytes), "bytes %u", i);
		snprintf(c->token, sizeof(c->token), "token<%u>", i);
		snprintf(c->url, sizeof(c->url), "https://p%u.example.org/%u", rnd(PEOPLE), i / 2);
		person_name(c->person, rnd(PEOPLE));
		c->license = licenses[rnd(4)];
		c->says_person = rnd(2);
		c->says_url = rnd(2);
	}
}

static void name_of(char out[32], uint32_t i)
{
	snprintf(out, 32, "%u_%u.jpg", 1000 + i % NAMES, i % 3);
}

static void put_one(struct world *w, uint32_t dir, uint32_t name, uint32_t bytes)
{
	struct content *c = &w->content[bytes];
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_txn *txn = begin(w->cat);
	char text[32];
	struct lic_entry e;

	name_of(text, name);
	e = entry_of(w->dir[dir], text, strlen(text), LIC_KIND_IMAGE);
	lic_hash128(c->bytes, strlen(c->bytes), e.hash.b);
	e.format = claims.format = LIC_FORMAT_JPEG;
	say(&claims, LIC_RANK_EMBEDDED, LIC_ROLE_TITLE, c->token, 0);
	if (c->license)
		say(&claims, LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, c->license, 0);
	if (c->says_person)
		say(&claims, LIC_RANK_EMBEDDED, LIC_ROLE_CREATOR, c->person, 0);
	if (c->says_url)
		say(&claims, LIC_RANK_EMBEDDED, LIC_ROLE_SOURCE_URL, c->url, 0);
	if (lic_catalog_put(txn, &e, &claims, &fix_err) < 0) {
		printf("# put: %s\n", fix_err.msg);
		w->bad++;
	}
	commit(txn);
	lic_claims_release(&claims);
	w->stated[bytes] = true;
}

static void end_one(struct world *w)
{
	struct lic_entry e;
	struct lic_txn *txn;
	char text[32];

	name_of(text, rnd(NAMES));
	if (lic_catalog_by_name(w->cat, w->dir[rnd(DIRS)], text, strlen(text), &e, &fix_err) < 0)
		return;
	txn = begin(w->cat);
	if (lic_catalog_end(txn, e.id, &fix_err) < 0)
		w->bad++;
	commit(txn);
}

/* --- manifests ------------------------------------------------------------------------------ */

static void import_some(struct world *w)
{
	static const char *const collections[] = { "one", "two" };
	static char key[ROWS][64], url[ROWS][64], person[ROWS][32];
	struct row rows[ROWS] = { 0 };
	size_t n = 1 + rnd(ROWS);
	char name[32];

	for (size_t i = 0; i < n; i++) {
		struct row *r = &rows[i];

		name_of(name, rnd(NAMES + 3));
		switch (rnd(4)) {
		case 0:
			snprintf(key[i], sizeof(key[i]), "stem:%.*s", (int)strlen(name) - 4, name);
			break;
		case 1:
			snprintf(key[i], sizeof(key[i]), "path:%s%s", rnd(2) ? "a/" : "", name);
			break;
		case 2:
			snprintf(key[i], sizeof(key[i]), "url:%s", w->content[rnd(BYTES)].url);
			break;
		default:
			snprintf(key[i], sizeof(key[i]), "id:%.4s", name);
		}
		snprintf(url[i], sizeof(url[i]), "https://p%u.example.org/%u", rnd(PEOPLE),
			 rnd(BYTES));
		person_name(person[i], rnd(PEOPLE));
		r->key[0] = key[i];
		r->license = licenses[rnd(4)];
		r->creator = rnd(3) ? NULL : person[i];
		r->url = rnd(3) ? NULL : url[i];
		r->reserve = !rnd(8);
	}
	import(w->cat, collections[rnd(2)], "", rows, n);
}

/* --- what others are ------------------------------------------------------------------------- */

/* Everything that is shown of an image, as text. */
static void describe(struct lic_catalog *cat, const struct lic_entry *e, struct lic_buf *out)
{
	const struct lic_rights *r = lic_catalog_rights(cat, e->rights, &fix_err);
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_credit c = { 0 };

	if (r)
		lic_rights_key(r, out);
	if (lic_catalog_credit(cat, e->id, &c, &fix_err) == 0)
		lic_buf_addf(out, "|%s|%s|%s|%s", c.creator ? c.creator : "",
			     c.title ? c.title : "", c.source_url ? c.source_url : "",
			     c.license_url ? c.license_url : "");
	if (lic_catalog_claims(cat, e->id, &claims, &fix_err) == 0) {
		for (size_t i = 0; i < claims.n; i++)
			lic_buf_addf(out, "\n  %d %s: %s", (int)claims.item[i].role,
				     claims.item[i].source, claims.item[i].text);
		lic_buf_addf(out, "\n  %s", claims.damage ? claims.damage : "");
	}
	lic_claims_release(&claims);
	lic_credit_release(&c);
}

struct picture {
	int64_t id;
	bool erased;
	char *text;
};

struct album {
	struct lic_catalog *cat;
	struct picture item[DIRS * NAMES * 3];
	size_t n;
};

static int collect(void *ctx, const struct lic_entry *e)
{
	struct album *a = ctx;

	a->item[a->n++].id = e->id;
	return 0;
}

static void look(struct lic_catalog *cat, struct album *a)
{
	a->cat = cat;
	a->n = 0;
	if (lic_catalog_each(cat, LIC_KIND_IMAGE, collect, a, &fix_err) < 0)
		a->n = 0;
	for (size_t i = 0; i < a->n; i++) {
		struct lic_buf b = LIC_BUF_INIT(1u << 20);
		struct lic_entry e;

		a->item[i].erased = lic_claims_erased(cat, a->item[i].id, &fix_err) > 0;
		if (lic_catalog_by_id(cat, a->item[i].id, &e, &fix_err) == 0)
			describe(cat, &e, &b);
		a->item[i].text = lic_buf_take(&b);
	}
}

static void forget(struct album *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->item[i].text);
}

/* Those that are not erased are what they were. */
static void compare(struct world *w, const struct album *a, const struct album *b)
{
	if (a->n != b->n)
		w->bad++;
	for (size_t i = 0; i < a->n && a->n == b->n; i++) {
		if (b->item[i].erased || strcmp(a->item[i].text, b->item[i].text) == 0)
			continue;
		printf("# image %lld was\n# %s\n# and is\n# %s\n", (long long)a->item[i].id,
		       a->item[i].text, b->item[i].text);
		w->bad++;
	}
}

/* --- revoking -------------------------------------------------------------------------------- */

static void select_some(struct world *w, struct lic_selector *sel, struct lic_buf *normal)
{
	static const enum lic_selector_kind kinds[] = { LIC_SELECT_PATH, LIC_SELECT_XXH3,
							LIC_SELECT_CREATOR, LIC_SELECT_URL,
							LIC_SELECT_ID };
	char name[32], text[64];
	struct lic_hash h;

	sel->kind = kinds[rnd(5)];
	name_of(name, rnd(NAMES));
	switch (sel->kind) {
	case LIC_SELECT_PATH:
		snprintf(text, sizeof(text), "%s%s", rnd(2) ? "a/" : "", rnd(5) ? name : "");
		break;
	case LIC_SELECT_XXH3:
		lic_hash128(w->content[rnd(BYTES)].bytes, strlen(w->content[0].bytes), h.b);
		break;
	case LIC_SELECT_CREATOR:
		person_name(text, rnd(PEOPLE));
		break;
	case LIC_SELECT_URL:
		snprintf(text, sizeof(text), "%s", w->content[rnd(BYTES)].url);
		break;
	default:
		snprintf(text, sizeof(text), "%.4s", name);
	}
	if (sel->kind == LIC_SELECT_XXH3) {
		const char *bytes = w->content[rnd(BYTES)].bytes;

		lic_hash128(bytes, strlen(bytes), h.b);
		lic_buf_add(normal, h.b, sizeof(h.b));
	} else if (lic_selector_normal(sel->kind,
				       (struct lic_bytes){ (const uint8_t *)text, strlen(text) },
				       normal, &sel->pattern, NULL) < 0) {
		lic_buf_adds(normal, "nowhere");
	}
	sel->normal = (struct lic_bytes){ (const uint8_t *)lic_buf_str(normal), normal->len };
}

static void revoke_some(struct world *w, bool erase)
{
	struct lic_revocation r = { .reason = "asked", .who = "me", .erased = erase };
	struct lic_buf normal = LIC_BUF_INIT(1u << 16);
	struct lic_selector sel = { 0 };
	struct album before, after;
	struct lic_txn *txn;

	select_some(w, &sel, &normal);
	r.kind = sel.kind;
	look(w->cat, &before);
	txn = begin(w->cat);
	if (lic_catalog_revoke(txn, &r, &sel, 1, NULL, NULL, NULL, &fix_err) < 0) {
		printf("# revoke: %s\n", fix_err.msg);
		w->bad++;
	}
	commit(txn);
	w->number[w->n++] = r.number;
	look(w->cat, &after);
	if (erase)
		compare(w, &before, &after);
	forget(&before);
	forget(&after);
	lic_buf_release(&normal);
}

static void restore_one(struct world *w)
{
	size_t i = w->n ? rnd((uint32_t)w->n) : 0;
	struct lic_txn *txn;

	if (!w->n)
		return;
	txn = begin(w->cat);
	if (lic_catalog_restore(txn, w->number[i], "me", "so", NULL, NULL, NULL, &fix_err) < 0) {
		printf("# restore: %s\n", fix_err.msg);
		w->bad++;
	}
	commit(txn);
	w->number[i] = w->number[--w->n];
}

/* --- what is left ----------------------------------------------------------------------------- */

static int note_token(void *ctx, const struct lic_entry *e)
{
	struct world *w = ctx;
	const struct lic_rights *r = lic_catalog_rights(w->cat, e->rights, &fix_err);

	if (!r || r->status != LIC_STATUS_REVOKED || lic_rights_is_stale(r))
		return 0;
	for (size_t i = 0; i < BYTES; i++) {
		struct lic_hash h;

		lic_hash128(w->content[i].bytes, strlen(w->content[i].bytes), h.b);
		if (memcmp(&h, &e->hash, sizeof(h)) == 0 &&
		    lic_claims_erased(w->cat, e->id, &fix_err) > 0)
			w->stated[i] = false;
	}
	return 0;
}

/* Of bytes of which a live image is erased nothing is left, not of former files either. */
static void check_files(struct world *w)
{
	struct raw raw;

	if (lic_catalog_scrub(w->cat, &fix_err) < 0) {
		printf("# scrub: %s\n", fix_err.msg);
		w->bad++;
	}
	if (lic_catalog_each(w->cat, LIC_KIND_IMAGE, note_token, w, &fix_err) < 0)
		w->bad++;
	raw = raw_read(&w->s);
	for (size_t i = 0; i < BYTES; i++) {
		if (w->stated[i] || !raw_has(&raw, w->content[i].token))
			continue;
		printf("# %s is left\n", w->content[i].token);
		w->bad++;
	}
	free(raw.p);
}

static void step(struct world *w)
{
	uint32_t what = rnd(20);

	if (what < 10)
		put_one(w, rnd(DIRS), rnd(NAMES), rnd(BYTES));
	else if (what < 12)
		end_one(w);
	else if (what < 14)
		import_some(w);
	else if (what < 17)
		revoke_some(w, true);
	else if (what < 18)
		revoke_some(w, false);
	else
		restore_one(w);
}

static void test_run(uint32_t run)
{
	struct world w = { 0 };

	seed = run + 1;
	w.cat = scratch_make(&w.s);
	w.dir[0] = 1;
	w.dir[1] = make_dir(w.cat, 1, "a");
	w.dir[2] = make_dir(w.cat, 1, "b");
	make_contents(&w);
	for (int i = 0; i < STEPS && !w.bad; i++) {
		step(&w);
		fix_err = (struct lic_error)LIC_ERROR_INIT;
		if (i % 4 == 0 && lic_catalog_check(w.cat, &fix_err) < 0) {
			printf("# step %d: %s\n", i, fix_err.msg);
			w.bad++;
		}
		if (i % 10 == 0)
			check_files(&w);
	}
	check_files(&w);
	checks(w.cat, "at the end");
	is_int(w.bad, 0, "run %u: nothing is left, and nothing else changed", run);
	lic_catalog_close(w.cat);
	scratch_release(&w.s);
}

int main(void)
{
	for (uint32_t run = 0; run < RUNS; run++)
		test_run(run);
	return done_testing();
}
