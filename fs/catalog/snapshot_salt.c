/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Salts of leaves: a tree of seeds (Goldreich, Goldwasser, Micali 1986) in which one leaf can be
 * punctured, so that millions of salts cost one row until something is erased.
 */
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

void lic_salts_plant(struct lic_salts *t, const uint8_t seed[LIC_SALT_BYTES], int height)
{
	t->stack[0] = (struct lic_seed){ .height = height };
	memcpy(t->stack[0].seed, seed, LIC_SALT_BYTES);
	t->n = 1;
}

void lic_salts_next(struct lic_salts *t, uint8_t ret[LIC_SALT_BYTES])
{
	/* the left child is on top: leaves come in their order */
	while (t->stack[t->n - 1].height > 0) {
		struct lic_seed s = t->stack[t->n - 1];

		lic_seed_split(&s, &t->stack[t->n], &t->stack[t->n - 1]);
		t->n++;
	}
	memcpy(ret, t->stack[--t->n].seed, LIC_SALT_BYTES);
}
