/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers what texts parse to: thousands of images state the same few. */
#include <pthread.h>
#include <string.h>

#include <licensefs/license.h>

#include "fs/util/hash.h"

#define SLOTS 32768u /* a power of two */
#define LOCKS 64     /* a power of two */
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
	pthread_mutex_t lock[LOCKS]; /* each protects every 64th slot */
	struct remembered *slot[SLOTS];
};

struct lic_parses *lic_parses_new(void)
{
	struct lic_parses *m = calloc(1, sizeof(*m));

	for (size_t i = 0; m && i < LOCKS; i++)
		pthread_mutex_init(&m->lock[i], NULL);
	return m;
}

void lic_parses_free(struct lic_parses *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		free(m->slot[i]);
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&m->lock[i]);
	free(m);
}

static size_t slot_of(enum lic_context context, const char *s, size_t n)
{
	return (lic_hash64(s, n) + (unsigned)context) & (SLOTS - 1);
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

/* Is the text remembered? *ret, where not NULL, gets what it parses to. */
static bool recall(struct lic_parses *memory, size_t at, enum lic_context context, const char *s,
		   size_t n, struct lic_parse *ret)
{
	pthread_mutex_t *lock = &memory->lock[at % LOCKS];
	const struct remembered *m;
	bool known;

	pthread_mutex_lock(lock);
	m = memory->slot[at];
	/* the whole text is compared: whoever makes two texts collide gains nothing */
	known = m && m->context == context && m->n == n && memcmp(m->text, s, n) == 0;
	if (known && ret) {
		ret->kind = m->kind;
		ret->rule = m->rule;
		ret->forbids = m->forbids;
		memcpy(ret->expression, m->text + n, m->length);
	}
	pthread_mutex_unlock(lock);
	return known;
}

static void parse_and_keep(struct lic_parses *memory, size_t at, enum lic_context context,
			   const char *s, size_t n, struct lic_parse *ret)
{
	pthread_mutex_t *lock = &memory->lock[at % LOCKS];
	struct remembered *m, *old;

	lic_license_parse(context, s, n, ret);
	/* That may be for want of memory, which passes */
	if (ret->kind == LIC_PARSE_UNRECOGNISED &&
	    ret->forbids == (LIC_FORBIDS_PERMISSIONS | LIC_FORBIDS_AI))
		return;
	m = make(context, s, n, ret);
	if (!m)
		return;
	pthread_mutex_lock(lock);
	old = memory->slot[at];
	memory->slot[at] = m;
	pthread_mutex_unlock(lock);
	free(old);
}

void lic_license_parse_again(struct lic_parses *memory, enum lic_context context, const char *s,
			     size_t n, struct lic_parse *ret)
{
	size_t at;

	if (!memory || !n || n > TEXT_MAX) {
		lic_license_parse(context, s, n, ret);
		return;
	}
	at = slot_of(context, s, n);
	if (!recall(memory, at, context, s, n, ret))
		parse_and_keep(memory, at, context, s, n, ret);
}

void lic_license_foresee(struct lic_parses *memory, enum lic_context context, const char *s,
			 size_t n)
{
	struct lic_parse p;
	size_t at;

	if (!n || n > TEXT_MAX)
		return;
	at = slot_of(context, s, n);
	if (!recall(memory, at, context, s, n, NULL))
		parse_and_keep(memory, at, context, s, n, &p);
}
