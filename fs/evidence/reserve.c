/* SPDX-License-Identifier: Apache-2.0 */
/* PLUS DataMining, TDMRep, RSL and Exif LearningOptOutIn as reservation bits. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/reserve.h"
#include "fs/util/cursor.h"

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

/* TDMRep 2025-12: 1 reserves text and data mining. */
static const struct value tdm[] = {
	{ "0", 0 },
	{ "1", LIC_RESERVE_DATA_MINING },
};

/* RSL 1.0, prohibits type="usage". */
static const struct value rsl[] = {
	{ "search", 0 },
	{ "ai-index", 0 },
	{ "ai-train", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE },
	{ "train-ai", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE },
	{ "ai-input", LIC_RESERVE_INPUT },
};

static uint32_t find(const struct value *v, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(v[i].code, code) == 0)
			return v[i].reserve;
	return LIC_RESERVE_ALL;
}

uint32_t lic_reserve_of(enum lic_field_kind kind, const char *text)
{
	const char *slash = strrchr(text, '/');

	switch (kind) {
	case LIC_FIELD_DATA_MINING:
		return find(data_mining, LIC_ARRAY_SIZE(data_mining), slash ? slash + 1 : text);
	case LIC_FIELD_TDM:
		return find(tdm, LIC_ARRAY_SIZE(tdm), text);
	case LIC_FIELD_RSL:
		return find(rsl, LIC_ARRAY_SIZE(rsl), text);
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
