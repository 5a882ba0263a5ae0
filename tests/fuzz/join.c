/* SPDX-License-Identifier: Apache-2.0 */
/* Join keys: any bytes as what a row says, as a path, and as an address that an image states. */
#include <string.h>

#include <licensefs/manifest.h>

#include "tests/fuzz/fuzz.h"

struct check {
	const struct lic_key_subject *subject;
	unsigned asked;
	unsigned calls;
};

static int check_candidate(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	struct lic_buf again = LIC_BUF_INIT(LIC_KEY_TEXT_MAX * 4);
	struct check *c = ctx;

	c->calls++;
	FUZZ_CHECK(kind < LIC_KEY_COUNT && c->asked & 1u << kind, "%s was not asked for",
		   lic_key_kind_name(kind));
	FUZZ_CHECK(normal.n && normal.n <= LIC_KEY_TEXT_MAX, "%zu bytes", normal.n);
	FUZZ_CHECK(lic_key_normal(kind, normal, &again), "%s is no key", lic_key_kind_name(kind));
	FUZZ_CHECK(again.len == normal.n && memcmp(again.data, normal.p, normal.n) == 0,
		   "%s is not normal", lic_key_kind_name(kind));
	if (kind == LIC_KEY_ID)
		FUZZ_CHECK(memmem(c->subject->path.p, c->subject->path.n, normal.p, normal.n),
			   "the id is not in the name");
	lic_buf_release(&again);
	return 0;
}

static void check_row(enum lic_key_kind kind, struct lic_bytes text)
{
	struct lic_buf once = LIC_BUF_INIT(LIC_KEY_TEXT_MAX * 4), twice = once;

	if (lic_key_normal(kind, text, &once)) {
		struct lic_bytes normal = { (const uint8_t *)lic_buf_str(&once), once.len };

		FUZZ_CHECK(once.len <= LIC_KEY_TEXT_MAX, "%zu bytes", once.len);
		FUZZ_CHECK(lic_key_normal(kind, normal, &twice), "%s: '%s'",
			   lic_key_kind_name(kind), lic_buf_str(&once));
		FUZZ_CHECK(once.len == twice.len &&
				   memcmp(lic_buf_str(&once), lic_buf_str(&twice), once.len) == 0,
			   "%s: '%s' becomes '%s'", lic_key_kind_name(kind), lic_buf_str(&once),
			   lic_buf_str(&twice));
	} else {
		FUZZ_CHECK(!once.len && !lic_buf_failed(&once), "%s", lic_key_kind_name(kind));
	}
	lic_buf_release(&once);
	lic_buf_release(&twice);
}

void fuzz_join(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_bytes text = { p, n };
	struct lic_key_subject subject = { .path = text, .claims = &claims };
	struct check c = { &subject, (unsigned)fuzz_choose(p, n, 0, 1u << LIC_KEY_COUNT), 0 };
	struct lic_buf address = LIC_BUF_INIT(1u << 20);
	size_t end = 0;

	(void)t;
	while (end < n && p[end])
		end++;
	lic_buf_add(&address, p, end);
	if (end)
		lic_claims_add(&claims, &(struct lic_claim){ .rank = LIC_RANK_SIDECAR,
							     .role = LIC_ROLE_SOURCE_URL,
							     .source = "fuzz",
							     .field = "url",
							     .raw = text,
							     .text = lic_buf_str(&address) });
	for (unsigned k = 0; k < LIC_KEY_COUNT; k++)
		check_row((enum lic_key_kind)k, text);
	FUZZ_CHECK(lic_key_candidates(&subject, c.asked, check_candidate, &c) == 0, "memory");
	FUZZ_CHECK(c.calls <= LIC_KEY_TAILS_MAX + LIC_KEY_URLS_MAX + 8, "%u candidates", c.calls);
	lic_buf_release(&address);
	lic_claims_release(&claims);
}
