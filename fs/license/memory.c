/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers what texts parse to: thousands of images state the same few. */
#include <string.h>

#include <licensefs/license.h>

#include "fs/util/hash.h"

#define SLOTS 32768u /* a power of two */
#define TEXT_MAX 512 /* longer texts are parsed each time */

struct remembered {
	enum lic_context context;
	enum lic_parse_kind kind;
	const char *rule;
	unsigned forbids;
	uint32_t n;	 /* bytes of the text */
	uint32_t length; /* of the expression, its NUL included */
	char text[];	 /* the text, then the expression */
};

struct lic_parses {
	struct remembered *slot[SLOTS];
};

struct lic_parses *lic_parses_new(void)
{
	return calloc(1, sizeof(struct lic_parses));
}

void lic_parses_free(struct lic_parses *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		free(m->slot[i]);
	free(m);
}

static struct remembered *make(enum lic_context context, const char *s, size_t n,
			       const struct lic_parse *p)
{
	size_t length = strlen(p->expression) + 1;
	struct remembered *m = malloc(sizeof(*m) + n + length);

	if (!m)
		return NULL;
	*m = (struct remembered){ context,    p->kind,	   p->rule,
				  p->forbids, (uint32_t)n, (uint32_t)length };
	memcpy(m->text, s, n);
	memcpy(m->text + n, p->expression, length);
	return m;
}

void lic_license_parse_again(struct lic_parses *memory, enum lic_context context, const char *s,
			     size_t n, struct lic_parse *ret)
{
	struct remembered **slot, *m;

	if (!memory || !n || n > TEXT_MAX) {
		lic_license_parse(context, s, n, ret);
		return;
	}
	slot = &memory->slot[(lic_hash64(s, n) + (unsigned)context) & (SLOTS - 1)];
	m = *slot;
	/* the whole text is compared: whoever makes two texts collide gains nothing */
	if (m && m->context == context && m->n == n && memcmp(m->text, s, n) == 0) {
		ret->kind = m->kind;
		ret->rule = m->rule;
		ret->forbids = m->forbids;
		memcpy(ret->expression, m->text + n, m->length);
		return;
	}
	lic_license_parse(context, s, n, ret);
	/* That may be for want of memory, which passes */
	if (ret->kind == LIC_PARSE_UNRECOGNISED &&
	    ret->forbids == (LIC_FORBIDS_PERMISSIONS | LIC_FORBIDS_AI))
		return;
	m = make(context, s, n, ret);
	if (!m)
		return;
	free(*slot);
	*slot = m;
}
