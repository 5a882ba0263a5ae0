/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2PA opt-outs, found without walking the boxes: both encodings of an assertion, CBOR and JSON,
 * hold its keys and values as plain text, so that a search cannot miss one in a box that a walk
 * would not enter. What it cannot make sense of reserves everything.
 */
#include <string.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/reserve.h"

#define LABEL "training-mining"
#define WINDOW 4096 /* bytes behind a key in which its value stands */

/* Training and Data Mining Assertion 1.1, 3.1: keys behind the prefix "c2pa." or "cawg.". */
static const struct {
	const char *key;
	uint32_t reserve;
} uses[] = {
	{ "ai_generative_training", LIC_RESERVE_GENERATIVE },
	{ "ai_training", LIC_RESERVE_AI_TRAINING },
	{ "data_mining", LIC_RESERVE_DATA_MINING },
	{ "ai_inference", LIC_RESERVE_INPUT },
};

static const struct lic_field field = { LABEL, LIC_ROLE_RESERVATION, 0, 0 };

static const uint8_t *find(const uint8_t *p, const uint8_t *end, const char *s)
{
	return p < end ? memmem(p, (size_t)(end - p), s, strlen(s)) : NULL;
}

/* Where the text that belongs to a key ends: at the next key, or after the window. */
static const uint8_t *value_end(const uint8_t *p, const uint8_t *end)
{
	if (end - p > WINDOW)
		end = p + WINDOW;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(uses); i++) {
		const uint8_t *next = find(p, end, uses[i].key);

		if (next)
			end = next;
	}
	return end;
}

static const char *value_of(const uint8_t *p, const uint8_t *end)
{
	end = value_end(p, end);
	if (find(p, end, "notAllowed"))
		return "notAllowed";
	if (find(p, end, "constrained"))
		return "constrained";
	return find(p, end, "allowed") ? "allowed" : NULL;
}

void lic_c2pa_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	const uint8_t *end = p + n;
	struct lic_buf text = LIC_BUF_INIT(r->limits->value_max);
	uint32_t reserve = 0;

	if (!n || !find(p, end, LABEL))
		return;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(uses); i++) {
		const size_t len = strlen(uses[i].key);

		for (const uint8_t *k = p; (k = find(k, end, uses[i].key)); k += len) {
			const char *value = value_of(k + len, end);

			if (!value || strcmp(value, "allowed") != 0)
				reserve |= uses[i].reserve;
			if (text.len < 256)
				lic_buf_addf(&text, "%s%s=%s", text.len ? " " : "", uses[i].key,
					     value ? value : "?");
		}
	}
	if (!text.len) {
		reserve = LIC_RESERVE_ALL;
		lic_buf_adds(&text, "cannot be understood");
	}
	lic_reading_add_as(r, "C2PA", &field, lic_reading_packet(r), lic_buf_str(&text), text.len,
			   lic_buf_str(&text), reserve);
	lic_buf_release(&text);
}
