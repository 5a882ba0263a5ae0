/* SPDX-License-Identifier: Apache-2.0 */
/* Credits during walks over entries, which read them ahead: those of each entry, in any order. */
#include <licensefs/catalog_snapshot.h>

#include "tests/unit/catalog_fixture.h"

enum { IMAGES = 400, AHEAD = 5 };

struct look {
	struct lic_catalog *cat;
	struct lic_txn *txn; /* that writes meanwhile; NULL: nothing does */
	int64_t id[IMAGES];
	char want[IMAGES][16]; /* creator, "" where nothing is known */
	int n, wrong;
	bool scattered, aborts;
};

/* Gaps of all lengths, also longer than what is read past. */
static bool is_credited(int i)
{
	return i < 40 || (i < 200 && i % 7 == 0) || (i >= 200 && i % 37 == 0);
}

static void credit(struct look *l, struct lic_txn *txn, int64_t dir, int i)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	char name[16];
	struct lic_entry e;

	snprintf(name, sizeof(name), "%03d.jpg", i);
	e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	lic_hash128(name, strlen(name), e.hash.b);
	e.format = claims.format = LIC_FORMAT_JPEG;
	if (l->want[i][0])
		add_claim(&claims, LIC_ROLE_CREATOR, l->want[i]);
	l->wrong += lic_catalog_put(txn, &e, &claims, &fix_err) < 0;
	l->id[i] = e.id;
	lic_claims_release(&claims);
}

static void ask(struct look *l, int i)
{
	struct lic_credit c = { 0 };
	int r = lic_catalog_credit(l->cat, l->id[i], &c, &fix_err);

	l->wrong += r < 0 || strcmp(c.creator ? c.creator : "", l->want[i]) != 0;
	lic_credit_release(&c);
}

static int look_at(void *ctx, const struct lic_entry *e)
{
	struct look *l = ctx;
	int i = 0;

	while (i < IMAGES && l->id[i] != e->id)
		i++;
	if (i == IMAGES)
		return -EINVAL;
	l->n++;
	ask(l, i);
	ask(l, i);
	if (l->scattered) {
		ask(l, (i + 11) % IMAGES);
		ask(l, i * 7919 % IMAGES);
		ask(l, i ? i - 1 : 0);
	}
	if (l->aborts && i % 20 == 0) {
		struct lic_txn *txn = begin(l->cat);
		char was[sizeof(l->want[i])];

		memcpy(was, l->want[i], sizeof(was));
		snprintf(l->want[i], sizeof(l->want[i]), "never %d", i);
		credit(l, txn, 1, i);
		ask(l, i);
		lic_catalog_abort(txn);
		memcpy(l->want[i], was, sizeof(was));
		ask(l, i);
	}
	if (l->txn && i % 3 == 0) {
		int other = (i + i % AHEAD) % IMAGES;

		snprintf(l->want[other], sizeof(l->want[other]), i % 2 ? "" : "new %d", i);
		credit(l, l->txn, 1, other);
		ask(l, other);
		ask(l, (other + 1) % IMAGES);
	}
	return 0;
}

static int look_then(void *ctx, const struct lic_then *t)
{
	int r = t->m.e.kind == LIC_KIND_IMAGE ? look_at(ctx, &t->m.e) : 0;

	return r < 0 ? r : 1;
}

static void walk(struct look *l, bool scattered, const char *how)
{
	int64_t generation = lic_catalog_generation(l->cat);

	l->n = l->wrong = 0;
	l->scattered = scattered;
	ok(lic_catalog_each(l->cat, LIC_KIND_IMAGE, look_at, l, &fix_err) == 0 && l->n == IMAGES,
	   "a walk over all, asking %s", how);
	if (!l->txn)
		ok(lic_catalog_then(l->cat, generation, look_then, l, &fix_err) == 0 &&
			   l->n == 2 * IMAGES,
		   "and one over what was");
	is_int(l->wrong, 0, "every credit is that of its image");
}

int main(void)
{
	struct scratch s;
	struct look l = { .cat = scratch_make(&s) };
	struct lic_txn *txn = begin(l.cat);

	ok(put_dir(txn, 0, "") == 1, "a catalog");
	for (int i = 0; i < IMAGES; i++) {
		if (is_credited(i))
			snprintf(l.want[i], sizeof(l.want[i]), "maker %d", i);
		credit(&l, txn, 1, i);
	}
	commit(txn);
	is_int(l.wrong, 0, "of images with and without credit");
	walk(&l, false, "in their order");
	walk(&l, true, "for others, too");
	l.txn = txn = begin(l.cat);
	walk(&l, true, "while it is written");
	commit(txn);
	l.txn = NULL;
	walk(&l, true, "for what was written");
	l.aborts = true;
	walk(&l, false, "around what is written and taken back");
	lic_catalog_close(l.cat);
	scratch_release(&s);
	return done_testing();
}
