/* SPDX-License-Identifier: Apache-2.0 */
/* Arena: many small allocations that are freed together. */
#include <stdalign.h>
#include <string.h>

#include <licensefs/buffer.h>

#define BLOCK_MIN 4096

struct lic_arena_block {
	struct lic_arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

void *lic_arena_alloc(struct lic_arena *a, size_t n)
{
	struct lic_arena_block *b = a->head;
	const size_t align = alignof(max_align_t);

	if (n > a->max - a->used || n > SIZE_MAX / 2)
		return NULL;
	n = (n + align - 1) & ~(align - 1);
	if (!b || b->size - b->used < n) {
		size_t size = b ? b->size * 2 : BLOCK_MIN;

		if (size > 1u << 20)
			size = 1u << 20;
		if (size < n)
			size = n;
		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		b->next = a->head;
		b->used = 0;
		b->size = size;
		a->head = b;
	}
	b->used += n;
	a->used = n > a->max - a->used ? a->max : a->used + n;
	return memset(b->data + b->used - n, 0, n);
}

char *lic_arena_dup(struct lic_arena *a, const void *data, size_t n)
{
	char *p;

	if (n == SIZE_MAX)
		return NULL;
	p = lic_arena_alloc(a, n + 1);
	if (p && n)
		memcpy(p, data, n);
	return p;
}

void lic_arena_release(struct lic_arena *a)
{
	if (!a)
		return;
	while (a->head) {
		struct lic_arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
	a->used = 0;
}

void lic_arena_reset(struct lic_arena *a)
{
	while (a->head && a->head->next) {
		struct lic_arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
	if (a->head)
		a->head->used = 0;
	a->used = 0;
}
