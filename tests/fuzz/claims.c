/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of every list of claims that was read, and of the rights that follow from it. */
#include <string.h>

#include <licensefs/rights.h>
#include <licensefs/text.h>

#include "fs/scan/wire.h"
#include "tests/fuzz/fuzz.h"

#define NOW INT64_C(1790000000)
#define RESERVE_ANY ((1u << LIC_RESERVE_COUNT) - 1)

/* What a sidecar says, and what it passes on without vouching for it. */
static bool is_of_sidecar(const struct lic_claim *k)
{
	return k->rank == LIC_RANK_SIDECAR || k->rank == LIC_RANK_MANIFEST ||
	       k->rank == LIC_RANK_NONE;
}

static void check_claim(const struct lic_claim *k, const struct lic_claims *c,
			const struct lic_limits *limits)
{
	size_t n = strlen(k->text);

	FUZZ_CHECK(lic_utf8_valid(k->text, n), "text of %s is UTF-8", k->field);
	/* no decoding makes more than three bytes of one */
	FUZZ_CHECK(n <= limits->value_max * 3 + 16, "text of %s: %zu bytes", k->field, n);
	FUZZ_CHECK(k->raw.n <= limits->block_max, "raw %s: %zu bytes", k->field, k->raw.n);
	FUZZ_CHECK(k->source && *k->source && lic_utf8_valid(k->source, strlen(k->source)),
		   "source of %s", k->field);
	FUZZ_CHECK(*k->field && lic_utf8_valid(k->field, strlen(k->field)), "field");
	FUZZ_CHECK(k->role < LIC_ROLE_COUNT && k->context < LIC_CONTEXT_COUNT,
		   "role %d, context %d", (int)k->role, (int)k->context);
	FUZZ_CHECK(k->role != LIC_ROLE_DENY && k->role != LIC_ROLE_TERMS && !k->override && !k->ref,
		   "%s speaks for the operator", k->field);
	FUZZ_CHECK(k->rank == LIC_RANK_EMBEDDED || is_of_sidecar(k), "rank %d", (int)k->rank);
	FUZZ_CHECK(k->packet && k->packet < c->next_packet, "packet %u of %u", k->packet,
		   c->next_packet);
	FUZZ_CHECK(!(k->reserve & ~RESERVE_ANY), "reserve %x", k->reserve);
	FUZZ_CHECK(!k->reserve || k->role == LIC_ROLE_RESERVATION, "%s reserves as %s", k->field,
		   lic_role_name(k->role));
}

static bool permits(const struct lic_rights *r, unsigned alternative, unsigned p)
{
	return r->alternative[alternative].permission[p] == LIC_ALLOWED;
}

static bool permits_anything(const struct lic_rights *r)
{
	for (unsigned i = 0; i < r->n_alternatives; i++)
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			if (permits(r, i, p))
				return true;
	return false;
}

/* Does `a` permit something, in any alternative, that `b` permits in none? */
static bool permits_more(const struct lic_rights *a, const struct lic_rights *b)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (lic_rights_permission(a, p) == LIC_ALLOWED &&
		    lic_rights_permission(b, p) != LIC_ALLOWED)
			return true;
	return false;
}

static void check_key(const struct lic_rights *r)
{
	struct lic_buf key = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX), again = key;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_rights back;

	lic_rights_key(r, &key);
	FUZZ_CHECK(!lic_buf_failed(&key), "the key fits");
	FUZZ_CHECK(lic_rights_from_key(key.data, key.len, &back, &err) == 0, "key '%s': %s",
		   lic_buf_str(&key), err.msg);
	lic_rights_key(&back, &again);
	FUZZ_CHECK(strcmp(lic_buf_str(&key), lic_buf_str(&again)) == 0, "'%s' is '%s'",
		   lic_buf_str(&key), lic_buf_str(&again));
	lic_buf_release(&key);
	lic_buf_release(&again);
}

static void check_credit(const struct lic_credit *credit)
{
	const char *const text[] = { credit->creator, credit->title, credit->source_url,
				     credit->license_url };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(text); i++)
		FUZZ_CHECK(!text[i] || lic_utf8_valid(text[i], strlen(text[i])), "credit %zu", i);
}

/* Something is permitted only if some claim is said to grant it, and is recognised as a license. */
static void check_grant(const struct lic_claims *c, const struct lic_rights *r,
			const struct lic_effect *effect)
{
	size_t granting = 0;

	for (size_t i = 0; i < c->n; i++) {
		FUZZ_CHECK(effect[i].effect && effect[i].rule, "claim %zu has no effect", i);
		granting += strcmp(effect[i].effect, "grants") == 0 && effect[i].license[0];
	}
	FUZZ_CHECK(granting || !permits_anything(r), "nothing grants %s", r->license);
	FUZZ_CHECK(!c->damage || r->status == LIC_STATUS_UNREADABLE, "damaged, and %s",
		   lic_status_name(r->status));
	FUZZ_CHECK(r->status == LIC_STATUS_CLEAR || !permits_anything(r), "%s permits",
		   lic_status_name(r->status));
}

/* One more claim can take away, and never give: an opt-out and a reserved license. */
static void check_restricting(struct lic_claims *c, const struct lic_policy *policy,
			      const struct lic_rights *before)
{
	struct lic_claim more = {
		.rank = LIC_RANK_EMBEDDED,
		.role = LIC_ROLE_RESERVATION,
		.packet = c->next_packet++,
		.reserve = LIC_RESERVE_AI_TRAINING,
		.source = "fuzz",
		.field = "fuzz",
		.raw = { (const uint8_t *)"x", 1 },
		.text = "x",
	};
	struct lic_rights r;

	lic_claims_add(c, &more);
	lic_rights_resolve(c, policy, &r, NULL, NULL);
	FUZZ_CHECK(c->damage || r.reservations & LIC_RESERVE_AI_TRAINING, "an opt-out is lost");
	FUZZ_CHECK(!permits_more(&r, before), "an opt-out permits");
	more.role = LIC_ROLE_LICENSE;
	more.reserve = 0;
	more.text = "All rights reserved";
	more.raw = (struct lic_bytes){ (const uint8_t *)more.text, strlen(more.text) };
	lic_claims_add(c, &more);
	lic_rights_resolve(c, policy, &r, NULL, NULL);
	FUZZ_CHECK(!permits_anything(&r), "%s in spite of all rights reserved", r.license);
}

static void check_rights(struct lic_claims *c)
{
	const struct lic_policy lax = { .now = NOW };
	const struct lic_policy statements = { .now = NOW, .strict_statements = true };
	const struct lic_policy notice = { .now = NOW, .strict_notice = true };
	struct lic_effect *effect = calloc(c->n + 1, sizeof(*effect));
	struct lic_buf reason = LIC_BUF_INIT(1u << 20);
	struct lic_credit credit = { 0 };
	struct lic_rights r, strict;
	unsigned reserved = 0;

	if (!effect)
		abort();
	lic_rights_resolve(c, &lax, &r, &credit, effect);
	for (size_t i = 0; i < c->n; i++)
		if (c->item[i].role == LIC_ROLE_RESERVATION)
			reserved |= c->item[i].reserve;
	FUZZ_CHECK(!(reserved & ~r.reservations), "reserved %x of %x", r.reservations, reserved);
	check_grant(c, &r, effect);
	check_credit(&credit);
	check_key(&r);
	lic_rights_reason(c, &lax, &r, &reason);
	FUZZ_CHECK(fuzz_is_shown(lic_buf_str(&reason)), "reason");
	lic_rights_resolve(c, &statements, &strict, NULL, NULL);
	FUZZ_CHECK(!permits_more(&strict, &r), "statements=strict permits more");
	lic_rights_resolve(c, &notice, &strict, NULL, NULL);
	FUZZ_CHECK(!permits_more(&strict, &r), "notice=conflict permits more");
	check_restricting(c, &lax, &r);
	lic_buf_release(&reason);
	lic_credit_release(&credit);
	free(effect);
}

/* What an honest reader says, the scanning process believes, word for word. */
static void check_answer(const struct lic_claims *c, const struct lic_limits *limits)
{
	static struct lic_claims taken = LIC_CLAIMS_INIT;
	struct lic_answer a = { .serial = 1, .number = 2 }, back;
	struct lic_buf record = LIC_BUF_INIT(LIC_ANSWER_MAX);
	struct lic_claims sent = *c;
	unsigned files = 1;
	int e;

	/* who speaks for a sidecar has one */
	for (size_t i = 0; i < c->n; i++)
		if (is_of_sidecar(&c->item[i]))
			files = 2;
	/* of blocks and sidecars nobody set it */
	if (sent.format == LIC_FORMAT_NONE)
		sent.format = LIC_FORMAT_JPEG;
	lic_claims_reset(&taken);
	lic_answer_add(&record, &a, &sent);
	FUZZ_CHECK(!lic_buf_failed(&record), "the answer fits");
	e = lic_answer_take((const uint8_t *)record.data, record.len, limits, files, &back, &taken);
	FUZZ_CHECK(e == 0 && back.serial == 1 && back.number == 2, "answer: %d", e);
	fuzz_check_same(&sent, &taken, "answer");
	lic_buf_release(&record);
}

void fuzz_check_claims(struct lic_claims *c, const struct lic_limits *limits)
{
	FUZZ_CHECK(c->n <= limits->claims_max, "%zu claims of %u", c->n, limits->claims_max);
	FUZZ_CHECK(c->arena.used <= c->arena.max, "the arena keeps its ceiling");
	FUZZ_CHECK(!c->damage || fuzz_is_shown(c->damage), "damage is fit to be shown");
	for (size_t i = 0; i < c->n; i++)
		check_claim(&c->item[i], c, limits);
	check_answer(c, limits);
	check_rights(c);
}

static bool may_rank(const struct lic_claim *k, unsigned files)
{
	if (!files)
		return k->rank == LIC_RANK_DIRECTORY || k->rank == LIC_RANK_SIDECAR ||
		       k->rank == LIC_RANK_NONE;
	return k->rank == LIC_RANK_EMBEDDED || is_of_sidecar(k);
}

/* Refused, or claims that a reader of an image and a sidecar, or of a rule file, could have made.
 */
static void take_hostile(const uint8_t *p, size_t n, unsigned files)
{
	static struct lic_claims taken = LIC_CLAIMS_INIT;
	const struct lic_limits limits = LIC_LIMITS_DEFAULT;
	const unsigned scopes = (1u << LIC_RESERVE_COUNT) - 1;
	struct lic_answer a;

	lic_claims_reset(&taken);
	if (lic_answer_take(p, n, &limits, files, &a, &taken) < 0)
		return;
	FUZZ_CHECK(taken.n <= 2 * limits.claims_max, "%zu claims", taken.n);
	FUZZ_CHECK(!taken.damage || fuzz_is_shown(taken.damage), "damage");
	for (size_t i = 0; i < taken.n; i++) {
		const struct lic_claim *k = &taken.item[i];

		FUZZ_CHECK(may_rank(k, files), "rank %d", (int)k->rank);
		FUZZ_CHECK(k->role <= LIC_ROLE_RELEASE && !k->override && !k->ref, "role %d",
			   (int)k->role);
		FUZZ_CHECK(!(k->reserve & ~scopes), "reserve %x", k->reserve);
		FUZZ_CHECK(k->context < LIC_CONTEXT_COUNT, "context %d", (int)k->context);
		FUZZ_CHECK(lic_utf8_valid(k->text, strlen(k->text)) && k->source && k->field,
			   "text");
	}
	check_rights(&taken);
}

/* Bytes of a helper that was taken over, behind a header that is right: refused, or claims that a
 * reader could have made. */
void fuzz_answer(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	struct lic_buf honest = LIC_BUF_INIT(4096);
	struct lic_claims none = LIC_CLAIMS_INIT;
	struct lic_answer a = { 0 };
	uint8_t *copy = malloc(n + 8);

	(void)t;
	if (!copy)
		abort();
	lic_answer_add(&honest, &a, &none);
	memcpy(copy, honest.data, 4);
	memcpy(copy + 4, &(uint32_t){ (uint32_t)n + 8 }, 4);
	memcpy(copy + 8, p, n);
	take_hostile(copy, n + 8, 2);
	take_hostile(copy, n + 8, 0);
	lic_buf_release(&honest);
	free(copy);
}

void fuzz_check_same(const struct lic_claims *a, const struct lic_claims *b, const char *what)
{
	FUZZ_CHECK(!a->damage == !b->damage, "%s: '%s', '%s'", what, a->damage ? a->damage : "",
		   b->damage ? b->damage : "");
	FUZZ_CHECK(a->n == b->n, "%s: %zu claims, %zu claims", what, a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct lic_claim *x = &a->item[i], *y = &b->item[i];

		FUZZ_CHECK(strcmp(x->field, y->field) == 0 && strcmp(x->text, y->text) == 0,
			   "%s: %s '%s', %s '%s'", what, x->field, x->text, y->field, y->text);
		FUZZ_CHECK(x->role == y->role && x->reserve == y->reserve &&
				   x->packet == y->packet && x->rank == y->rank &&
				   x->context == y->context,
			   "%s: %s", what, x->field);
	}
}
