/* SPDX-License-Identifier: Apache-2.0 */
/* PLUS DataMining, TDMRep, RSL and Exif LearningOptOutIn as reservation bits. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/reserve.h"
#include "fs/util/cursor.h"

#define RSL_SEPARATORS " ,;\t\r\n"

struct value {
	const char *code;
	uint32_t reserve;
};

/* PLUS LDF 2.0.1, vocabulary DMI; http://ns.useplus.org/ldf/vocab/ + code, or the code alone. */
static const struct value data_mining[] = {
	{ "DMI-UNSPECIFIED", 0 },
	{ "DMI-ALLOWED", 0 },
	{ "DMI-PROHIBITED-AIMLTRAINING", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE },
	{ "DMI-PROHIBITED-GENAIMLTRAINING", LIC_RESERVE_GENERATIVE },
	{ "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", LIC_RESERVE_TRAINING },
	{ "DMI-PROHIBITED", LIC_RESERVE_TRAINING },
	{ "DMI-PROHIBITED-SEECONSTRAINT", LIC_RESERVE_TRAINING },
	{ "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", LIC_RESERVE_TRAINING },
	{ "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", LIC_RESERVE_TRAINING },
};

/* The names that programs show for the codes, where one writes what it shows (ExifTool 13.59). */
static const struct value data_mining_names[] = {
	{ "Unspecified - no prohibition defined", 0 },
	{ "Allowed", 0 },
	{ "Prohibited for AI/ML training", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE },
	{ "Prohibited for Generative AI/ML training", LIC_RESERVE_GENERATIVE },
	{ "Prohibited except for search engine indexing", LIC_RESERVE_TRAINING },
	{ "Prohibited", LIC_RESERVE_TRAINING },
};

/* TDMRep 2025-12: 1 reserves text and data mining. */
static const struct value tdm[] = {
	{ "0", 0 },
	{ "1", LIC_RESERVE_DATA_MINING },
	{ "false", 0 },
	{ "true", LIC_RESERVE_DATA_MINING },
};

/* RSL 1.0 (2025-11), 3.5: what is used, here as what its prohibition reserves; train-ai and
 * train-genai are from its drafts and the IETF's vocabulary. */
static const struct value rsl[] = {
	{ "all", LIC_RESERVE_ALL },
	{ "ai-all", LIC_RESERVE_ALL },
	{ "ai-train", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE },
	{ "train-ai", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE },
	{ "train-genai", LIC_RESERVE_GENERATIVE },
	{ "ai-input", LIC_RESERVE_INPUT },
	{ "ai-use", LIC_RESERVE_INPUT },
	{ "ai-index", 0 },
	{ "search", 0 },
};

/* Kinds of payment that ask for nothing before the use; all others make it conditional. */
static const char *const rsl_unpaid[] = { "free", "attribution" };

static const struct value *find(const struct value *v, size_t n, const char *code, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(v[i].code) == len && strncasecmp(v[i].code, code, len) == 0)
			return &v[i];
	return NULL;
}

static uint32_t reserve_of(const struct value *v, size_t n, const char *text)
{
	const struct value *found = find(v, n, text, strlen(text));

	return found ? found->reserve : LIC_RESERVE_ALL;
}

/* The code behind the last separator of a URI, which may end with one. */
static uint32_t reserve_of_data_mining(const char *text)
{
	const struct value *named =
		find(data_mining_names, LIC_ARRAY_SIZE(data_mining_names), text, strlen(text));
	size_t n = strlen(text), begin;
	const struct value *v;

	if (named)
		return named->reserve;
	while (n && strchr("/#", text[n - 1]))
		n--;
	for (begin = n; begin && !strchr("/#:", text[begin - 1]);)
		begin--;
	v = find(data_mining, LIC_ARRAY_SIZE(data_mining), text + begin, n - begin);
	return v ? v->reserve : LIC_RESERVE_ALL;
}

/* The next token of a list, "" at its end. */
static size_t next_token(const char **p)
{
	*p += strspn(*p, RSL_SEPARATORS);
	return strcspn(*p, RSL_SEPARATORS);
}

static uint32_t reserve_of_rsl_prohibits(const char *text)
{
	uint32_t reserve = 0;

	for (size_t n; (n = next_token(&text)); text += n) {
		const struct value *v = find(rsl, LIC_ARRAY_SIZE(rsl), text, n);

		reserve |= v ? v->reserve : LIC_RESERVE_ALL;
	}
	return reserve;
}

/* What a license permits is all that it permits: a use that it does not name is reserved. RSL knows
 * no data mining: that goes with training. */
static uint32_t reserve_of_rsl_permits(const char *text)
{
	const uint32_t train = LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE;
	uint32_t permitted = 0;

	for (size_t n; (n = next_token(&text)); text += n) {
		const struct value *v = find(rsl, LIC_ARRAY_SIZE(rsl), text, n);

		permitted |= v ? v->reserve : 0;
	}
	if ((permitted & train) == train)
		permitted |= LIC_RESERVE_DATA_MINING;
	return LIC_RESERVE_ALL & ~permitted;
}

static uint32_t reserve_of_rsl_payment(const char *text)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(rsl_unpaid); i++)
		if (strcasecmp(text, rsl_unpaid[i]) == 0)
			return 0;
	return LIC_RESERVE_ALL;
}

uint32_t lic_reserve_of(enum lic_field_kind kind, const char *text)
{
	switch (kind) {
	case LIC_FIELD_DATA_MINING:
		return reserve_of_data_mining(text);
	case LIC_FIELD_TDM:
		return reserve_of(tdm, LIC_ARRAY_SIZE(tdm), text);
	case LIC_FIELD_RSL_PROHIBITS:
		return reserve_of_rsl_prohibits(text);
	case LIC_FIELD_RSL_PERMITS:
		return reserve_of_rsl_permits(text);
	case LIC_FIELD_RSL_PAYMENT:
		return reserve_of_rsl_payment(text);
	default:
		return 0;
	}
}

/* ExifTool 13.59, tag 0x9287: uses 0 all, 1 non-generative training, 2 generative training,
 * 3 data mining, 4 input to a model; choices 0 opt-out, 1 opt-in, 2 unspecified. */
uint32_t lic_reserve_of_learning(const uint8_t *p, size_t n, bool big)
{
	static const uint32_t uses[] = { LIC_RESERVE_ALL, LIC_RESERVE_AI_TRAINING,
					 LIC_RESERVE_GENERATIVE, LIC_RESERVE_DATA_MINING,
					 LIC_RESERVE_INPUT };
	struct lic_cursor c = lic_cursor_of(p, n, big);
	unsigned pairs = lic_cursor_u16(&c);
	uint32_t reserve = 0;

	for (unsigned i = 0; i < pairs && !c.bad; i++) {
		unsigned use = lic_cursor_u16(&c);
		unsigned choice = lic_cursor_u16(&c);

		if (choice != 1 && choice != 2)
			reserve |= use < LIC_ARRAY_SIZE(uses) ? uses[use] : LIC_RESERVE_ALL;
	}
	/* what is there to opt out or in of? One that cannot be read reserves all */
	return c.bad || !pairs || lic_cursor_left(&c) ? LIC_RESERVE_ALL : reserve;
}
