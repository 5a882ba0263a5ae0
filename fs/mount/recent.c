/* SPDX-License-Identifier: Apache-2.0 */
/* A table in which a number has one slot. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fs/mount/recent.h"

#define LOCKS 64u

struct slot {
	struct lic_recent_when when;
	struct lic_entry e; /* without its name */
	uint8_t name_n;
	char name[LIC_RECENT_NAME];
};

struct lic_recent {
	pthread_mutex_t lock[LOCKS]; /* each of every LOCKSth slot */
	struct slot slot[LIC_RECENT_SLOTS];
};

int lic_recent_new(struct lic_recent **ret, struct lic_error *err)
{
	struct lic_recent *t = calloc(1, sizeof(*t));

	if (!t)
		return lic_error_sys(err, ENOMEM, "cannot mount");
	for (unsigned i = 0; i < LOCKS; i++)
		pthread_mutex_init(&t->lock[i], NULL);
	*ret = t;
	return 0;
}

void lic_recent_free(struct lic_recent *t)
{
	for (unsigned i = 0; t && i < LOCKS; i++)
		pthread_mutex_destroy(&t->lock[i]);
	free(t);
}

void lic_recent_put(struct lic_recent *t, const struct lic_recent_when *when,
		    const struct lic_entry *e)
{
	const size_t i = (uint64_t)e->id % LIC_RECENT_SLOTS;
	struct slot *s = &t->slot[i];

	if (e->name.n > LIC_RECENT_NAME)
		return;
	pthread_mutex_lock(&t->lock[i % LOCKS]);
	s->when = *when;
	s->e = *e;
	s->e.name = (struct lic_bytes){ NULL, 0 };
	s->name_n = (uint8_t)e->name.n;
	memcpy(s->name, e->name.p, e->name.n);
	pthread_mutex_unlock(&t->lock[i % LOCKS]);
}

bool lic_recent_get(struct lic_recent *t, const struct lic_recent_when *when, int64_t id,
		    struct lic_entry *ret, char name[LIC_RECENT_NAME + 1])
{
	const size_t i = (uint64_t)id % LIC_RECENT_SLOTS;
	const struct slot *s = &t->slot[i];
	bool known;

	pthread_mutex_lock(&t->lock[i % LOCKS]);
	known = s->e.id == id && s->when.state == when->state && s->when.epoch == when->epoch;
	if (known) {
		*ret = s->e;
		memcpy(name, s->name, s->name_n);
		name[s->name_n] = '\0';
		ret->name = (struct lic_bytes){ (const uint8_t *)name, s->name_n };
	}
	pthread_mutex_unlock(&t->lock[i % LOCKS]);
	return known;
}
