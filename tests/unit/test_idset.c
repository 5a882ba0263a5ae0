/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of ids: against a plain array, and at their limits. */
#include <errno.h>
#include <stdint.h>

#include <licensefs/idset.h>

#include "tests/unit/tap.h"

#define RANGE 40000

static uint64_t state = 1;

static unsigned below(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static bool same(const struct lic_idset *s, const bool *model)
{
	int64_t at = 0, n = 0;

	for (int64_t i = 1; i < RANGE; i++) {
		if (lic_idset_has(s, i) != model[i])
			return false;
		if (!model[i])
			continue;
		at = lic_idset_next(s, at);
		n++;
		if (at != i)
			return false;
	}
	return lic_idset_next(s, at) == 0 && lic_idset_count(s) == n;
}

static void test_random(void)
{
	static bool model[2][RANGE];
	struct lic_idset s[2] = { LIC_IDSET_INIT, LIC_IDSET_INIT };
	bool good = true;

	for (int i = 0; i < 60000; i++) {
		unsigned k = below(2), id = 1 + below(RANGE - 1);

		if (below(3)) {
			good &= lic_idset_add(&s[k], id) == !model[k][id];
			model[k][id] = true;
		} else {
			uint8_t bits[LIC_IDSET_PART_BYTES] = { 0 };

			bits[id % LIC_IDSET_PART / 8] = (uint8_t)(1u << id % 8);
			lic_idset_remove_part(&s[k], id / LIC_IDSET_PART, bits);
			model[k][id] = false;
		}
	}
	ok(good, "adding says what was there");
	ok(same(&s[0], model[0]) && same(&s[1], model[1]), "a set has what an array has");
	for (int i = 0; i < RANGE; i++)
		model[0][i] |= model[1][i];
	ok(lic_idset_join(&s[0], &s[1]) == 0 && same(&s[0], model[0]), "two sets are joined");
	for (int i = 0; i < RANGE; i++)
		model[0][i] = model[0][i] && !model[1][i];
	lic_idset_subtract(&s[0], &s[1]);
	ok(same(&s[0], model[0]), "one is taken away from the other");
	lic_idset_release(&s[0]);
	lic_idset_release(&s[1]);
}

static void test_limits(void)
{
	struct lic_idset s = LIC_IDSET_INIT;
	uint8_t bits[LIC_IDSET_PART_BYTES] = { 1 };

	is_int(lic_idset_next(&s, 0), 0, "an empty set has no first");
	ok(lic_idset_add(&s, 0) == -EINVAL && lic_idset_add(&s, -1) == -EINVAL &&
		   lic_idset_add(&s, LIC_IDSET_MAX) == -EINVAL,
	   "what is no id is refused");
	ok(lic_idset_add(&s, LIC_IDSET_MAX - 1) == 1 && lic_idset_add(&s, 1) == 1,
	   "the smallest and the greatest are taken");
	is_int(lic_idset_next(&s, 1), LIC_IDSET_MAX - 1, "and found");
	is_int(lic_idset_next(&s, LIC_IDSET_MAX - 1), 0, "behind the last is none");
	ok(!lic_idset_has(&s, 0) && !lic_idset_has(&s, -5), "no set has what is no id");
	ok(lic_idset_bits(&s, 0) && lic_idset_bits(&s, 0)[0] == 2 && !lic_idset_bits(&s, 1),
	   "a part has the bits of its ids");
	ok(lic_idset_add_part(&s, 0, bits) == -EINVAL, "nor a part with the id 0");
	ok(lic_idset_add_part(&s, LIC_IDSET_MAX / LIC_IDSET_PART, bits) == -EINVAL,
	   "nor one beyond the greatest");
	is_int(lic_idset_count(&s), 2, "what was refused is not in it");
	lic_idset_release(&s);
	is_int(lic_idset_count(&s), 0, "a released set is empty");
}

int main(void)
{
	test_random();
	test_limits();
	return done_testing();
}
