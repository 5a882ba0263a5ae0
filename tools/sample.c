/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses a few images of every group. */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "sample.h"

/* Neighbours in the store look alike; scrambled numbers are spread over it (splitmix64). */
static uint64_t scramble(int64_t id)
{
	uint64_t x = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* NULL where there are too many already. */
static struct sample_group *find_group(struct sample *s, const char *key)
{
	void *more;

	if (s->last < s->n && strcmp(s->group[s->last].key, key) == 0)
		return &s->group[s->last];
	for (s->last = 0; s->last < s->n; s->last++)
		if (strcmp(s->group[s->last].key, key) == 0)
			return &s->group[s->last];
	if (s->n == SAMPLE_GROUPS_MAX)
		return NULL;
	more = reallocarray(s->group, s->n + 1, sizeof(*s->group));
	if (!more)
		output_out_of_memory();
	s->group = more;
	s->group[s->n] = (struct sample_group){ .key = strdup(key) };
	s->group[s->n].id = calloc(s->each * SAMPLE_SPARE, sizeof(int64_t));
	if (!s->group[s->n].key || !s->group[s->n].id)
		output_out_of_memory();
	return &s->group[s->n++];
}

void sample_add(struct sample *s, const char *key, int64_t id)
{
	struct sample_group *g = s->each ? find_group(s, key) : NULL;
	const uint64_t mine = scramble(id);
	size_t at;

	if (!g)
		return;
	g->images++;
	if (g->n < s->each * SAMPLE_SPARE)
		g->n++;
	else if (scramble(g->id[g->n - 1]) <= mine)
		return;
	for (at = g->n - 1; at && scramble(g->id[at - 1]) > mine; at--)
		g->id[at] = g->id[at - 1];
	g->id[at] = id;
}

static int by_images(const void *a, const void *b)
{
	const struct sample_group *x = a, *y = b;

	if (x->images != y->images)
		return x->images < y->images ? 1 : -1;
	return strcmp(x->key, y->key);
}

void sample_sort(struct sample *s)
{
	if (s->n)
		qsort(s->group, s->n, sizeof(*s->group), by_images);
	s->last = 0;
}

void sample_release(struct sample *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->group[i].key);
		free(s->group[i].id);
	}
	free(s->group);
	*s = (struct sample){ 0 };
}
