/* SPDX-License-Identifier: Apache-2.0 */
/* Opt-outs in C2PA manifests: both encodings, split over segments, unknown forms. */
#include "tests/unit/evidence.h"

/* CBOR: text of up to 23 bytes, as C2PA writes keys and values. */
static void cbor_text(struct bytes *f, const char *s)
{
	lic_buf_addc(&f->b, (char)(0x60 | strlen(s)));
	puts_(f, s);
}

static void entry(struct bytes *f, const char *key, const char *use)
{
	cbor_text(f, key);
	be(f, 1, 0xa1);
	cbor_text(f, "use");
	cbor_text(f, use);
}

/* A JPEG whose APP11 holds `box`, cut into segments of `step` bytes. */
static void jpeg_with(const struct bytes *box, size_t step, struct bytes *ret)
{
	const char *p = lic_buf_str(&box->b);
	unsigned z = 1;

	be(ret, 2, 0xffd8);
	for (size_t at = 0; at < box->b.len; at += step, z++) {
		size_t n = box->b.len - at < step ? box->b.len - at : step;

		be(ret, 2, 0xffeb);
		be(ret, 2, 2 + 8 + (z > 1 ? 8 : 0) + n);
		puts_(ret, "JP");
		be(ret, 2, 1);
		be(ret, 4, z);
		if (z > 1)
			put(ret, "\0\0\0\x10jumb", 8);
		put(ret, p + at, n);
	}
	be(ret, 2, 0xffda);
}

static int reserve_in(const struct bytes *box, size_t step)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct bytes f = BYTES_INIT;
	int reserve = -1;

	jpeg_with(box, step, &f);
	read_built(&f, &c);
	for (size_t i = 0; i < c.n; i++)
		if (c.item[i].role == LIC_ROLE_RESERVATION)
			reserve = (int)c.item[i].reserve;
	if (c.damage)
		printf("# damage: %s\n", c.damage);
	lic_claims_release(&c);
	bytes_release(&f);
	return reserve;
}

static void header(struct bytes *box)
{
	put(box, "\0\0\x01\0jumb", 8);
	puts_(box, "cawg.training-mining");
	be(box, 1, 0);
}

static void test_cbor(void)
{
	struct bytes box = BYTES_INIT;

	header(&box);
	entry(&box, "cawg.ai_inference", "allowed");
	entry(&box, "cawg.data_mining", "allowed");
	is_int(reserve_in(&box, 60000), 0, "everything allowed reserves nothing");
	entry(&box, "cawg.ai_training", "notAllowed");
	is_int(reserve_in(&box, 60000), LIC_RESERVE_AI_TRAINING, "not allowed reserves its use");
	/* 22 bytes of key, longer than one-byte lengths hold */
	be(&box, 2, 0x781b);
	puts_(&box, "cawg.ai_generative_training");
	be(&box, 1, 0xa2);
	cbor_text(&box, "constraint_info");
	cbor_text(&box, "ask me; it is allowed");
	cbor_text(&box, "use");
	cbor_text(&box, "constrained");
	is_int(reserve_in(&box, 60000), LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE,
	       "constrained reserves, whatever its text says");
	for (size_t step = 9; step < 40; step++)
		if (reserve_in(&box, step) != (LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE))
			ok(0, "cut into segments of %zu bytes", step);
	ok(1, "however it is cut into segments");
	bytes_release(&box);
}

static void test_other_forms(void)
{
	struct bytes box = BYTES_INIT, none = BYTES_INIT;

	header(&box);
	puts_(&box, "{\"entries\":{\"c2pa.ai_training\":{\"use\":\"notAllowed\"}}}");
	is_int(reserve_in(&box, 60000), LIC_RESERVE_AI_TRAINING, "JSON");
	lic_buf_reset(&box.b);
	header(&box);
	puts_(&box, "{\"entries\":{\"c2pa.brand_new\":{\"use\":\"no\"}}}");
	is_int(reserve_in(&box, 60000), LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT,
	       "what nobody understands reserves everything");
	lic_buf_reset(&box.b);
	header(&box);
	entry(&box, "cawg.data_mining", "allowed");
	entry(&box, "cawg.ai_training", "dunno");
	is_int(reserve_in(&box, 60000), LIC_RESERVE_AI_TRAINING, "an unknown value reserves");
	puts_(&none, "a manifest without any such assertion");
	is_int(reserve_in(&none, 60000), -1, "no assertion, no claim");
	bytes_release(&box);
	bytes_release(&none);
}

int main(void)
{
	test_cbor();
	test_other_forms();
	return done_testing();
}
