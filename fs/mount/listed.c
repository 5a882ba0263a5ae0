/* SPDX-License-Identifier: Apache-2.0 */
/* The set of listed directories. */
#include <stdlib.h>

#include "fs/mount/listed.h"

#define FIRST_CAP 1024u /* power of two */

int lic_listed_init(struct lic_listed *l)
{
	return -pthread_mutex_init(&l->lock, NULL);
}

void lic_listed_release(struct lic_listed *l)
{
	free(l->ino);
	l->ino = NULL;
	pthread_mutex_destroy(&l->lock);
}

static bool grow(struct lic_listed *l)
{
	size_t cap = l->cap ? l->cap * 2 : FIRST_CAP;
	uint64_t *set = calloc(cap, sizeof(*set));

	if (!set)
		return false;
	for (size_t i = 0; i < l->cap; i++) {
		if (l->ino[i])
			set[lic_number_slot(set, cap, l->ino[i])] = l->ino[i];
	}
	free(l->ino);
	l->ino = set;
	l->cap = cap;
	return true;
}

void lic_listed_add(struct lic_listed *l, uint64_t ino)
{
	pthread_mutex_lock(&l->lock);
	if (l->many || l->n >= LIC_LISTED_MAX || (l->n * 2 >= l->cap && !grow(l))) {
		l->many = true;
	} else {
		size_t i = lic_number_slot(l->ino, l->cap, ino);

		l->n += l->ino[i] == 0;
		l->ino[i] = ino;
	}
	pthread_mutex_unlock(&l->lock);
}

bool lic_listed_has(struct lic_listed *l, uint64_t ino)
{
	bool has;

	pthread_mutex_lock(&l->lock);
	has = l->many || (l->cap && l->ino[lic_number_slot(l->ino, l->cap, ino)] == ino);
	pthread_mutex_unlock(&l->lock);
	return has;
}

bool lic_listed_take(struct lic_listed *l, uint64_t **ret, size_t *ret_n)
{
	uint64_t *set;
	size_t cap;
	bool known;

	pthread_mutex_lock(&l->lock);
	atomic_fetch_add_explicit(&l->takes, 1, memory_order_acq_rel);
	set = l->ino;
	cap = l->cap;
	known = !l->many;
	l->ino = NULL;
	l->n = l->cap = 0;
	l->many = false;
	pthread_mutex_unlock(&l->lock);
	if (!known) {
		free(set);
		return false;
	}
	*ret = set;
	*ret_n = cap;
	return true;
}

bool lic_listed_copy(struct lic_listed *l, uint64_t **ret, size_t *ret_n)
{
	uint64_t *all;
	size_t n = 0;

	pthread_mutex_lock(&l->lock);
	all = l->many ? NULL : calloc(l->n + 1, sizeof(*all));
	for (size_t i = 0; all && i < l->cap; i++) {
		if (l->ino[i])
			all[n++] = l->ino[i];
	}
	pthread_mutex_unlock(&l->lock);
	if (!all)
		return false;
	*ret = all;
	*ret_n = n;
	return true;
}

void lic_listed_fill(struct lic_listed *l)
{
	pthread_mutex_lock(&l->lock);
	l->many = true;
	pthread_mutex_unlock(&l->lock);
}
