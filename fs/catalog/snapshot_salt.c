/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Salts of leaves: a tree of seeds (Goldreich, Goldwasser, Micali 1986) in which one leaf can be
 * punctured, so that millions of salts cost one row until something is erased.
 */
#include <errno.h>
#include <string.h>

#include "fs/catalog/snapshot.h"
#include "fs/util/digest.h"

void lic_seed_split(const struct lic_seed *s, struct lic_seed *ret_left, struct lic_seed *ret_right)
{
	uint8_t in[1 + LIC_SALT_BYTES] = { 2 }, out[32];
	int height = s->height - 1;
	int64_t leaf = s->leaf;

	memcpy(in + 1, s->seed, LIC_SALT_BYTES);
	lic_sha256(in, sizeof(in), out);
	*ret_left = (struct lic_seed){ .leaf = leaf, .height = height };
	*ret_right = (struct lic_seed){ .leaf = leaf + ((int64_t)1 << height), .height = height };
	memcpy(ret_left->seed, out, LIC_SALT_BYTES);
	memcpy(ret_right->seed, out + LIC_SALT_BYTES, LIC_SALT_BYTES);
}

void lic_salts_from(struct lic_salts *t, struct lic_catalog *cat, const struct lic_seed *s)
{
	*t = (struct lic_salts){ .cat = cat, .q = LIC_QUERY_INIT };
	t->stack[t->n++] = *s;
}

int lic_salts_begin(struct lic_salts *t, struct lic_catalog *cat, int64_t snapshot,
		    struct lic_error *err)
{
	*t = (struct lic_salts){ .cat = cat, .q = LIC_QUERY_INIT };
	return lic_query(&t->q, cat, LIC_STMT_SNAPSHOT_SALTS, err, "i", snapshot);
}

void lic_salts_end(struct lic_salts *t)
{
	lic_query_end(&t->q);
}

/* The next row. 1: a seed is on the stack; 0: `ret` has a leaf. */
static int next_row(struct lic_salts *t, uint8_t ret[LIC_LEAF_BYTES], struct lic_error *err)
{
	struct lic_seed *s = &t->stack[0];
	struct lic_bytes b;
	int r = t->q.stmt ? lic_query_step(&t->q, err) : 0;

	if (r < 0)
		return r;
	if (r > 0) {
		b = lic_query_bytes(&t->q, 2);
		s->leaf = lic_query_int(&t->q, 0);
		s->height = (int)lic_query_int(&t->q, 1);
		if (s->leaf == t->next && b.n == LIC_LEAF_BYTES && s->height == 0) {
			memcpy(ret, b.p, b.n);
			return 0;
		}
		if (s->leaf == t->next && b.n == LIC_SALT_BYTES && s->height >= 0 &&
		    s->height <= LIC_SALT_HEIGHT_MAX) {
			memcpy(s->seed, b.p, b.n);
			t->n = 1;
			return 1;
		}
	}
	return lic_catalog_damaged(t->cat, err, "the salts of a snapshot end before leaf %lld",
				   (long long)t->next);
}

int lic_salts_next(struct lic_salts *t, uint8_t ret[LIC_LEAF_BYTES], struct lic_error *err)
{
	int r = t->n ? 1 : next_row(t, ret, err);

	if (r < 0)
		return r;
	t->next++;
	if (r == 0)
		return 0;
	/* the left child is on top: leaves come in their order */
	while (t->stack[t->n - 1].height > 0) {
		struct lic_seed s = t->stack[t->n - 1];

		lic_seed_split(&s, &t->stack[t->n], &t->stack[t->n - 1]);
		t->n++;
	}
	memcpy(ret, t->stack[--t->n].seed, LIC_SALT_BYTES);
	return 1;
}
