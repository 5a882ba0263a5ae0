/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of helper processes: what was said arrives, and nothing else does. */
#include <errno.h>

#include "fs/scan/wire.h"
#include "tests/unit/tap.h"

static const struct lic_limits limits = LIC_LIMITS_DEFAULT;

static struct lic_claim claim(enum lic_rank rank, enum lic_role role, const char *raw,
			      const char *text)
{
	return (struct lic_claim){
		.rank = rank,
		.role = role,
		.packet = 1,
		.reserve = role == LIC_ROLE_RESERVATION ? LIC_RESERVE_AI_TRAINING : 0,
		.source = rank == LIC_RANK_SIDECAR ? "sidecar \xff.xmp" : "XMP",
		.field = "dc:rights",
		.raw = { (const uint8_t *)raw, strlen(raw) },
		.text = text,
	};
}

/* What a file with a sidecar may say. */
static void speak(struct lic_buf *out, uint32_t number)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_answer a = { .serial = 7,
				.number = number,
				.hash = { { 1, 2, 3 } },
				.digests = { LIC_DIGEST_SHA256, { 0 }, { 9 } } };
	struct lic_claim one = claim(LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, "CC0", "CC0");
	struct lic_claim two = claim(LIC_RANK_EMBEDDED, LIC_ROLE_COPYRIGHT, "\xa9 J", "© J");
	struct lic_claim three = claim(LIC_RANK_SIDECAR, LIC_ROLE_RESERVATION, "no", "no");

	c.format = LIC_FORMAT_JPEG;
	c.next_packet = 2;
	lic_claims_add(&c, &one);
	lic_claims_add(&c, &two);
	lic_claims_add(&c, &three);
	c.damage = "more rights fields than the limits allow";
	lic_answer_add(out, &a, &c);
	lic_claims_release(&c);
}

static void test_round_trip(void)
{
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_answer a = { 0 };
	uint8_t noise[256];
	const uint8_t *p;
	ssize_t n;

	speak(&out, 5);
	speak(&out, 6);
	p = (const uint8_t *)out.data;
	n = lic_answer_size(p, out.len);
	is_int(n, (long long)out.len / 2, "two records of one size");
	ok(lic_answer_about(p, (size_t)n) == lic_progress(7, 5), "the first is about file 5");
	is_int(lic_answer_take(p, (size_t)n, &limits, 2, &a, &c), 0, "it is taken");
	is_int(a.number, 5, "its file");
	is_int(a.hash.b[2], 3, "its hash");
	ok(a.digests.has == LIC_DIGEST_SHA256 && a.digests.sha256[0] == 9, "its digests");
	is_int(c.format, LIC_FORMAT_JPEG, "its format");
	is_str(c.damage, "more rights fields than the limits allow", "its damage");
	is_int((long long)c.n, 3, "three claims");
	is_str(c.item[0].text, "CC0", "a text");
	is_str(c.item[1].text, "© J", "a decoded text");
	is_int(c.item[1].raw.p[0], 0xa9, "beside its bytes");
	ok(c.item[1].source == c.item[0].source, "one source is kept once");
	is_str(c.item[2].source, "sidecar \xff.xmp", "a source is bytes, as names are");
	is_int(c.item[2].reserve, LIC_RESERVE_AI_TRAINING, "a reservation");
	lic_claims_release(&c);
	is_int(lic_answer_size(p, 8), 0, "of few bytes nothing is known");
	memset(noise, 'x', sizeof(noise));
	is_int(lic_answer_size(noise, sizeof(noise)), -EBADMSG, "other bytes are no record");
	lic_buf_release(&out);
}

/* One honest record but for one claim. */
static int take_with(const struct lic_claim *x, uint32_t next_packet, enum lic_format format,
		     unsigned files)
{
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_answer a = { 0 };
	int r;

	lic_claims_add(&c, x);
	c.format = format;
	c.next_packet = next_packet;
	lic_answer_add(&out, &a, &c);
	lic_claims_reset(&c);
	r = lic_answer_take((const uint8_t *)out.data, out.len, &limits, files, &a, &c);
	lic_claims_release(&c);
	lic_buf_release(&out);
	return r;
}

static void test_lies(void)
{
	struct lic_claim x = claim(LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, "CC0", "CC0");

	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), 0, "an honest claim");
	x.rank = LIC_RANK_OPERATOR;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "no file decides");
	x.rank = LIC_RANK_MANIFEST;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "none is a manifest");
	x.rank = LIC_RANK_SIDECAR;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG,
	       "none is a sidecar that is not there");
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 2), 0, "but where it is");
	x.rank = LIC_RANK_EMBEDDED;
	x.role = LIC_ROLE_DENY;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "none denies");
	x.role = LIC_ROLE_COUNT;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "a role that does not exist");
	x.role = LIC_ROLE_LICENSE;
	x.context = LIC_CONTEXT_COUNT;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "a context that does not exist");
	x.context = LIC_CONTEXT_ANY;
	x.reserve = 1u << LIC_RESERVE_COUNT;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "a scope that does not exist");
	x.reserve = 0;
	is_int(take_with(&x, 1, LIC_FORMAT_PNG, 1), -EBADMSG, "a packet that nobody opened");
	is_int(take_with(&x, 2, LIC_FORMAT_COUNT, 1), -EBADMSG, "a format that does not exist");
	is_int(take_with(&x, 2, LIC_FORMAT_NONE, 1), -EBADMSG, "claims of what is no image");
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 0), -EBADMSG, "more claims than files may have");
	x.text = "\xff\xfe";
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), -EBADMSG, "a text that is no UTF-8");
	x.text = "CC0";
	x.override = true;
	x.ref = 5;
	is_int(take_with(&x, 2, LIC_FORMAT_PNG, 1), 0, "what only decisions have is not sent");
}

static void test_digests(uint32_t has, int want)
{
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_answer a = { .digests = { .has = has } };

	lic_answer_add(&out, &a, &c);
	is_int(lic_answer_take((const uint8_t *)out.data, out.len, &limits, 1, &a, &c), want,
	       "digests %#x", has);
	lic_claims_release(&c);
	lic_buf_release(&out);
}

static void test_damage(const char *damage, int want)
{
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_answer a = { 0 };

	c.damage = damage;
	c.format = LIC_FORMAT_PNG;
	lic_answer_add(&out, &a, &c);
	lic_claims_reset(&c);
	is_int(lic_answer_take((const uint8_t *)out.data, out.len, &limits, 1, &a, &c), want,
	       "a reason of %zu bytes", strlen(damage));
	lic_claims_release(&c);
	lic_buf_release(&out);
}

/* Every byte of a record set to every value: nothing is read that is not there (sanitizers look),
 * and what is taken is a file's. */
static void test_mutations(void)
{
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	unsigned taken = 0, refused = 0, wrong = 0;

	speak(&out, 5);
	for (size_t i = 0; i < out.len * 256; i++) {
		uint8_t *p = malloc(out.len); /* of its own, so that no byte behind it is there */
		struct lic_claims c = LIC_CLAIMS_INIT;
		struct lic_answer a;

		memcpy(p, out.data, out.len);
		p[i / 256] = (uint8_t)i;
		if (lic_answer_take(p, out.len, &limits, 2, &a, &c) == 0)
			taken++;
		else
			refused++;
		for (size_t k = 0; k < c.n; k++)
			wrong += c.item[k].rank > LIC_RANK_SIDECAR;
		lic_claims_release(&c);
		free(p);
	}
	for (size_t n = 0; n < out.len; n++) {
		struct lic_claims c = LIC_CLAIMS_INIT;
		uint8_t *p = malloc(n + 1);
		struct lic_answer a;

		memcpy(p, out.data, n);
		wrong += lic_answer_take(p, n, &limits, 2, &a, &c) == 0;
		lic_claims_release(&c);
		free(p);
	}
	ok(taken && refused, "%u mutations taken, %u refused", taken, refused);
	is_int(wrong, 0, "none with a rank that no file has, and no short one");
	lic_buf_release(&out);
}

/* Who reads a rule file may say what such files say, at their ranks, and nothing of an image. */
static void test_rules(void)
{
	static const struct {
		enum lic_rank rank;
		enum lic_role role;
		int taken;
	} said[] = {
		{ LIC_RANK_DIRECTORY, LIC_ROLE_LICENSE, 0 },
		{ LIC_RANK_SIDECAR, LIC_ROLE_COPYRIGHT, 0 },
		{ LIC_RANK_NONE, LIC_ROLE_NONE, 0 },
		{ LIC_RANK_DIRECTORY, LIC_ROLE_RESERVATION, 0 },
		{ LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, -EBADMSG },
		{ LIC_RANK_MANIFEST, LIC_ROLE_LICENSE, -EBADMSG },
		{ LIC_RANK_OPERATOR, LIC_ROLE_LICENSE, -EBADMSG },
		{ LIC_RANK_DIRECTORY, LIC_ROLE_DENY, -EBADMSG },
		{ LIC_RANK_DIRECTORY, LIC_ROLE_TERMS, -EBADMSG },
		{ LIC_RANK_DIRECTORY, LIC_ROLE_COMMENT, -EBADMSG },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(said); i++) {
		struct lic_claim one = claim(said[i].rank, said[i].role, "x", "x");
		struct lic_claims c = LIC_CLAIMS_INIT, back = LIC_CLAIMS_INIT;
		struct lic_buf out = LIC_BUF_INIT(1 << 20);
		struct lic_answer a = { 0 };

		c.next_packet = 2;
		lic_claims_add(&c, &one);
		lic_answer_add(&out, &a, &c);
		is_int(lic_answer_take((const uint8_t *)out.data, out.len, &limits, 0, &a, &back),
		       said[i].taken, "a rule of rank %s, role %s", lic_rank_name(said[i].rank),
		       lic_role_name(said[i].role));
		lic_claims_release(&c);
		lic_claims_release(&back);
		lic_buf_release(&out);
	}
}

int main(void)
{
	char longer[400];

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	test_round_trip();
	test_lies();
	test_digests(LIC_DIGEST_ALL, 0);
	test_digests(LIC_DIGEST_ALL + 1, -EBADMSG);
	test_damage("a sidecar that is no XMP", 0);
	test_damage(longer, 0);
	test_damage("\033[2J", -EBADMSG);
	test_mutations();
	test_rules();
	return done_testing();
}
