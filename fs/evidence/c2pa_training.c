/* SPDX-License-Identifier: Apache-2.0 */
/* The training-mining assertion: which uses its entries allow, forbid or constrain. */
#include <string.h>

#include "fs/evidence/c2pa_assertion.h"
#include "fs/evidence/reserve.h"

#define FIELD "training-mining"

/* C2PA 1.4 18.20; CAWG Training and Data Mining Assertion 1.1, 3.1: keys behind "c2pa." and
 * "cawg.". */
static const struct use {
	const char *name;
	uint32_t reserve;
	struct lic_field c2pa, cawg;
} uses[] = {
	{ "data_mining",
	  LIC_RESERVE_DATA_MINING,
	  { "c2pa.data_mining", LIC_ROLE_RESERVATION, 0, 0 },
	  { "cawg.data_mining", LIC_ROLE_RESERVATION, 0, 0 } },
	{ "ai_inference",
	  LIC_RESERVE_INPUT,
	  { "c2pa.ai_inference", LIC_ROLE_RESERVATION, 0, 0 },
	  { "cawg.ai_inference", LIC_ROLE_RESERVATION, 0, 0 } },
	{ "ai_training",
	  LIC_RESERVE_AI_TRAINING,
	  { "c2pa.ai_training", LIC_ROLE_RESERVATION, 0, 0 },
	  { "cawg.ai_training", LIC_ROLE_RESERVATION, 0, 0 } },
	{ "ai_generative_training",
	  LIC_RESERVE_GENERATIVE,
	  { "c2pa.ai_generative_training", LIC_ROLE_RESERVATION, 0, 0 },
	  { "cawg.ai_generative_training", LIC_ROLE_RESERVATION, 0, 0 } },
};

static const struct lic_field other = { FIELD, LIC_ROLE_RESERVATION, 0, 0 };

/* Values of "use", the most restrictive last: of several in one entry it wins. */
enum value { VALUE_NONE, VALUE_ALLOWED, VALUE_CONSTRAINED, VALUE_NOT_ALLOWED, VALUE_UNKNOWN };

struct reader {
	const struct lic_c2pa_assertion *a;
	unsigned entry_depth;  /* of the entry at hand, counted as its path is; 0: in none */
	struct lic_buf key;    /* of that entry, as UTF-8 */
	const struct use *use; /* NULL: a key that the standards do not define */
	enum value value;
	struct lic_buf stated; /* the value where it is unknown */
	struct lic_buf info;   /* its constraint */
	bool found;
};

static const struct use *use_of(const struct lic_bytes *key)
{
	size_t start = key->n;

	if (!key->p)
		return NULL;
	while (start && key->p[start - 1] != '.')
		start--;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(uses); i++)
		if (key->n - start == strlen(uses[i].name) &&
		    memcmp(key->p + start, uses[i].name, key->n - start) == 0)
			return &uses[i];
	return NULL;
}

static enum value value_of(const uint8_t *p, size_t n)
{
	static const struct {
		const char *word;
		enum value value;
	} words[] = {
		{ "allowed", VALUE_ALLOWED },
		{ "constrained", VALUE_CONSTRAINED },
		{ "notAllowed", VALUE_NOT_ALLOWED },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (n == strlen(words[i].word) && memcmp(p, words[i].word, n) == 0)
			return words[i].value;
	return VALUE_UNKNOWN;
}

static void decode_into(struct lic_buf *out, const uint8_t *p, size_t n)
{
	lic_buf_reset(out);
	lic_decode(out, LIC_CHARSET_GUESS, p, n < out->max / 3 ? n : out->max / 3);
}

static void begin_entry(struct reader *t, const struct lic_bytes *key, unsigned depth)
{
	t->entry_depth = depth;
	t->use = use_of(key);
	t->value = VALUE_NONE;
	decode_into(&t->key, key->p ? key->p : (const uint8_t *)"", key->n);
	lic_buf_reset(&t->info);
	lic_buf_reset(&t->stated);
}

static void state(struct reader *t, const uint8_t *p, size_t n)
{
	enum value v = value_of(p, n);

	if (v <= t->value)
		return;
	t->value = v;
	if (v == VALUE_UNKNOWN)
		decode_into(&t->stated, p, n);
}

static const struct lic_field *field_of(const struct reader *t)
{
	const char *key = lic_buf_str(&t->key);

	if (t->use && strcmp(key, t->use->c2pa.name) == 0)
		return &t->use->c2pa;
	if (t->use && strcmp(key, t->use->cawg.name) == 0)
		return &t->use->cawg;
	return &other;
}

/* Adds the entry at hand. Constrained without a constraint is not allowed (CAWG 1.1, 3.2); with one
 * it is a reservation too, because nobody here can fulfil it. */
static void end_entry(struct reader *t)
{
	static const char *const words[] = { "says nothing", "allowed", "constrained",
					     "notAllowed" };
	struct lic_buf text = LIC_BUF_INIT(t->a->r->limits->value_max);
	const struct lic_field *field = field_of(t);
	uint32_t reserve = t->use ? t->use->reserve : LIC_RESERVE_ALL;

	if (field == &other)
		lic_buf_addf(&text, "%s=", lic_buf_str(&t->key));
	lic_buf_adds(&text, t->value == VALUE_UNKNOWN ? lic_buf_str(&t->stated) : words[t->value]);
	if (t->info.len)
		lic_buf_addf(&text, ": %s", lic_buf_str(&t->info));
	lic_reading_add_as(t->a->r, LIC_C2PA_SOURCE, field, t->a->packet, lic_buf_str(&text),
			   text.len, lic_buf_str(&text), t->value == VALUE_ALLOWED ? 0 : reserve);
	lic_buf_release(&text);
	t->entry_depth = 0;
	t->found = true;
}

/* An entry is what stands under the name of a use, wherever that stands, and anything in
 * "entries". */
static bool is_entry(const struct lic_nested_path *at)
{
	if (!at->n)
		return false;
	if (use_of(&at->key[at->n - 1]))
		return true;
	return at->n > 1 && lic_key_is(&at->key[at->n - 2], "entries");
}

static void on_open(void *ctx, const struct lic_nested_path *at)
{
	struct reader *t = ctx;

	if (!t->entry_depth && is_entry(at))
		begin_entry(t, &at->key[at->n - 1], at->n);
}

static void on_close(void *ctx, const struct lic_nested_path *at)
{
	struct reader *t = ctx;

	if (t->entry_depth && t->entry_depth == at->n)
		end_entry(t);
}

static void on_value(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	struct reader *t = ctx;
	const struct lic_bytes *key = at->n ? &at->key[at->n - 1] : NULL;

	if (!t->entry_depth) {
		/* without a map: {"c2pa.ai_training": "notAllowed"} */
		if (is_entry(at)) {
			begin_entry(t, key, at->n);
			state(t, p, n);
			end_entry(t);
		}
	} else if (lic_key_is(key, "use")) {
		state(t, p, n);
	} else if (lic_key_is(key, "constraint_info") || lic_key_is(key, "constraints_info")) {
		decode_into(&t->info, p, n);
	}
}

void lic_c2pa_reserve_all(struct lic_reading *r, uint32_t packet, const char *why)
{
	lic_reading_add_as(r, LIC_C2PA_SOURCE, &other, packet, why, strlen(why), why,
			   LIC_RESERVE_ALL);
}

bool lic_c2pa_training(const struct lic_c2pa_assertion *a)
{
	static const struct lic_nested_handler handler = { on_open, on_close, on_value };
	struct reader t = {
		.a = a,
		.key = LIC_BUF_INIT(256),
		.stated = LIC_BUF_INIT(256),
		.info = LIC_BUF_INIT(a->r->limits->value_max / 2),
	};
	bool whole = lic_c2pa_walk(a, &handler, &t);

	if (whole && !t.found)
		lic_c2pa_reserve_all(a->r, a->packet, "cannot be understood");
	lic_buf_release(&t.key);
	lic_buf_release(&t.stated);
	lic_buf_release(&t.info);
	return whole;
}
