/* SPDX-License-Identifier: Apache-2.0 */
/* The actions assertion: how the picture was made, and with what. */
#include <string.h>

#include "fs/evidence/c2pa_assertion.h"

/* An edit history repeats itself a hundred times; facts beyond these say nothing new. */
#define FACTS_MAX 64

static const struct lic_field source_type = { "c2pa.actions/DigitalSourceType", LIC_ROLE_ORIGIN, 0,
					      0 };
/* any program: only the source type says that it was an AI */
static const struct lic_field agent = { "c2pa.actions/softwareAgent", LIC_ROLE_NONE, 0, 0 };

struct reader {
	const struct lic_c2pa_assertion *a;
	size_t first; /* claims before this assertion */
};

/* "softwareAgent": text or {"name": text}; "softwareAgents": a list of the latter. Only the end of
 * the path is looked at: a file may hold millions of values. */
static const struct lic_field *field_at(const struct lic_nested_path *at)
{
	const struct lic_bytes *last = at->n ? &at->key[at->n - 1] : NULL;
	unsigned back = at->n < 3 ? at->n : 3;

	if (!last)
		return NULL;
	if (lic_key_is(last, "digitalSourceType"))
		return &source_type;
	if (last->p && !lic_key_is(last, "name") && !lic_key_is(last, "softwareAgent"))
		return NULL;
	for (const struct lic_bytes *key = last; back; key--, back--)
		if (lic_key_is(key, "softwareAgent") || lic_key_is(key, "softwareAgents"))
			return &agent;
	return NULL;
}

static bool is_new(const struct reader *t, const struct lic_field *f, const uint8_t *p, size_t n)
{
	const struct lic_claims *c = t->a->r->claims;

	if (c->n - t->first >= FACTS_MAX)
		return false;
	for (size_t i = t->first; i < c->n; i++)
		if (strcmp(c->item[i].field, f->name) == 0 && c->item[i].raw.n == n &&
		    memcmp(c->item[i].raw.p, p, n) == 0)
			return false;
	return true;
}

static void on_value(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	struct reader *t = ctx;
	const struct lic_field *f = field_at(at);

	if (f && n && is_new(t, f, p, n))
		lic_reading_add(t->a->r, LIC_C2PA_SOURCE, f, t->a->packet, LIC_CHARSET_GUESS, p, n);
}

static void ignore(void *ctx, const struct lic_nested_path *at)
{
	(void)ctx;
	(void)at;
}

bool lic_c2pa_actions(const struct lic_c2pa_assertion *a)
{
	static const struct lic_nested_handler handler = { ignore, ignore, on_value };
	struct reader t = { .a = a, .first = a->r->claims->n };

	return lic_c2pa_walk(a, &handler, &t);
}
