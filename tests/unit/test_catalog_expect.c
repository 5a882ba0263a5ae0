/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that were announced are put as those that were not, whatever was known of them before. */
#include "tests/unit/catalog_fixture.h"

#define IMAGES 40

static void add(struct lic_claims *c, enum lic_role role, const char *field, const char *text)
{
	struct lic_claim claim = { .rank = LIC_RANK_EMBEDDED,
				   .role = role,
				   .packet = c->next_packet++,
				   .source = "test",
				   .field = field,
				   .raw = { (const uint8_t *)text, strlen(text) },
				   .text = text };

	lic_claims_add(c, &claim);
}

/* Claims of an image: one that all share, one of its own, one that it shares with its neighbour. */
static void fill(struct lic_claims *c, char text[2][32], int i)
{
	*c = (struct lic_claims)LIC_CLAIMS_INIT;
	c->format = LIC_FORMAT_JPEG;
	snprintf(text[0], 32, "title %d", i);
	snprintf(text[1], 32, "CC BY %d.0", i / 2 % 4 + 1);
	add(c, LIC_ROLE_TITLE, "title", text[0]);
	add(c, LIC_ROLE_LICENSE, "license", text[1]);
	add(c, LIC_ROLE_CREATOR, "creator", "Jane Doe");
}

static int put(struct lic_txn *txn, int i, const struct lic_claims *c)
{
	char name[32];
	struct lic_entry e = { .parent = 1, .kind = LIC_KIND_IMAGE, .format = LIC_FORMAT_JPEG };

	snprintf(name, sizeof(name), "%04d.jpg", i);
	e.name = (struct lic_bytes){ (const uint8_t *)name, strlen(name) };
	e.st = (struct lic_stat){
		.size = 1, .mtime = 1, .ctime = 1, .ino = (uint64_t)i + 10, .mode = 0100644
	};
	lic_hash128(name, strlen(name), e.hash.b);
	return lic_catalog_put(txn, &e, c, &fix_err);
}

struct listed {
	struct lic_catalog *cat;
	struct lic_buf text;
};

static int list(void *ctx, const struct lic_entry *e)
{
	struct listed *l = ctx;
	struct lic_claims c = LIC_CLAIMS_INIT;
	const struct lic_rights *rights = lic_catalog_rights(l->cat, e->rights, NULL);

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	lic_buf_addf(&l->text, "%.*s %s:", (int)e->name.n, (const char *)e->name.p,
		     rights ? rights->license : "?");
	if (lic_catalog_claims(l->cat, e->id, &c, NULL) < 0)
		lic_buf_adds(&l->text, " ?");
	for (size_t i = 0; i < c.n; i++)
		lic_buf_addf(&l->text, " %s=%s", c.item[i].field, c.item[i].text);
	lic_buf_addc(&l->text, '\n');
	lic_claims_release(&c);
	return 0;
}

/* What the catalog says after images [0, IMAGES) were put, in several transactions. */
static struct lic_buf after(bool announced, bool backwards)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct listed l = { cat, LIC_BUF_INIT(1u << 20) };
	struct lic_claims claims[IMAGES];
	const struct lic_claims *all[IMAGES];
	char text[IMAGES][2][32];
	bool put_all = true;

	for (int i = 0; i < IMAGES; i++) {
		fill(&claims[i], text[i], i);
		all[i] = &claims[i];
	}
	for (int from = 0; from < IMAGES; from += IMAGES / 4) {
		struct lic_txn *txn = begin(cat);

		/* the second time, much is known, and a part of it by the catalog alone */
		if (announced)
			put_all &= lic_catalog_expect(txn, all + from, IMAGES / 4, &fix_err) == 0;
		for (int k = 0; k < IMAGES / 4; k++) {
			int i = from + (backwards ? IMAGES / 4 - 1 - k : k);

			put_all &= put(txn, i, &claims[i]) == 0;
		}
		commit(txn);
		if (from == IMAGES / 2) {
			lic_catalog_close(cat);
			l.cat = cat = scratch_open(&s, LIC_CATALOG_WRITE);
		}
	}
	ok(put_all, "all images are put");
	ok(lic_catalog_list(cat, 1, 0, list, &l, &fix_err) == 0, "and listed");
	checks(cat, "then");
	for (int i = 0; i < IMAGES; i++)
		lic_claims_release(&claims[i]);
	lic_catalog_close(cat);
	scratch_release(&s);
	return l.text;
}

static void test_same(void)
{
	struct lic_buf alone = after(false, false), together = after(true, false),
		       backwards = after(true, true);

	ok(strstr(lic_buf_str(&alone), "0039.jpg CC-BY-4.0: title=title 39 license=CC BY 4.0 "
				       "creator=Jane Doe\n"),
	   "images say what was put");
	is_str(lic_buf_str(&together), lic_buf_str(&alone), "the same where it was announced");
	is_str(lic_buf_str(&backwards), lic_buf_str(&alone), "in whatever order it is put");
	lic_buf_release(&alone);
	lic_buf_release(&together);
	lic_buf_release(&backwards);
}

/* Announced, and then other claims at the same place: what is put counts. */
static void test_changed(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct listed l = { cat, LIC_BUF_INIT(1u << 16) };
	struct lic_claims c;
	const struct lic_claims *all = &c;
	char text[2][32];
	struct lic_txn *txn = begin(cat);

	fill(&c, text, 1);
	ok(lic_catalog_expect(txn, &all, 1, &fix_err) == 0, "claims are announced");
	add(&c, LIC_ROLE_LICENSE, "license", "All rights reserved");
	ok(put(txn, 1, &c) == 0, "more of them are put");
	commit(txn);
	ok(lic_catalog_list(cat, 1, 0, list, &l, &fix_err) == 0, "and listed");
	ok(strstr(lic_buf_str(&l.text), "All rights reserved"), "they count");
	checks(cat, "then");
	lic_buf_release(&l.text);
	lic_claims_release(&c);
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_same();
	test_changed();
	return done_testing();
}
