/* SPDX-License-Identifier: Apache-2.0 */
/* Directories in which something has happened, each once, until they are scanned. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <licensefs/catalog.h>

#include "fs/scan/listen.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

void lic_heard_release(struct lic_heard *h)
{
	lic_arena_release(&h->names);
	free(h->slot);
}

void lic_heard_clear(struct lic_heard *h)
{
	lic_arena_reset(&h->names);
	if (h->slot)
		memset(h->slot, 0, h->cap * sizeof(*h->slot));
	h->n = 0;
	h->all = false;
	h->first = h->last = 0;
}

void lic_heard_all(struct lic_heard *h)
{
	const int64_t now = lic_monotonic_ns();

	if (!lic_heard_any(h))
		h->first = now;
	h->last = now;
	h->all = true;
}

/* The place of a path, or of the first free slot. */
static size_t slot_of(const struct lic_heard *h, const char *path, size_t n)
{
	size_t i = (size_t)lic_hash64(path, n) & (h->cap - 1);

	while (h->slot[i] && !(strncmp(h->slot[i], path, n) == 0 && h->slot[i][n] == '\0'))
		i = (i + 1) & (h->cap - 1);
	return i;
}

static bool grow(struct lic_heard *h)
{
	const size_t cap = h->cap ? h->cap * 2 : 64;
	struct lic_heard bigger = { .cap = cap };

	if (h->n * 2 < h->cap)
		return true;
	bigger.slot = calloc(cap, sizeof(*bigger.slot));
	if (!bigger.slot)
		return false;
	for (size_t i = 0; i < h->cap; i++)
		if (h->slot[i])
			bigger.slot[slot_of(&bigger, h->slot[i], strlen(h->slot[i]))] = h->slot[i];
	free(h->slot);
	h->slot = bigger.slot;
	h->cap = cap;
	return true;
}

static bool add(struct lic_heard *h, const char *path, size_t n)
{
	size_t i;

	if (h->n >= LIC_HEARD_MAX || !grow(h)) {
		h->all = true;
		return false;
	}
	i = slot_of(h, path, n);
	if (h->slot[i])
		return false;
	h->slot[i] = lic_arena_dup(&h->names, path, n);
	if (!h->slot[i]) {
		h->all = true;
		return false;
	}
	h->n++;
	return true;
}

bool lic_heard_add(struct lic_heard *h, const char *path, size_t n, bool below)
{
	const int64_t now = lic_monotonic_ns();
	char *whole;
	bool new;

	if (!lic_heard_any(h))
		h->first = now;
	h->last = now;
	if (h->all)
		return false;
	if (!below)
		return add(h, path, n);
	whole = malloc(n + 2);
	if (!whole) {
		h->all = true;
		return false;
	}
	memcpy(whole, path, n);
	whole[n] = '/';
	whole[n + 1] = '\0';
	new = add(h, whole, n + 1);
	free(whole);
	return new;
}

void lic_heard_merge(struct lic_heard *h, const struct lic_heard *from)
{
	if (!lic_heard_any(from))
		return;
	if (!lic_heard_any(h)) {
		h->first = from->first;
		h->last = from->last;
	}
	h->all |= from->all;
	for (size_t i = 0; i < from->cap; i++)
		if (from->slot[i])
			add(h, from->slot[i], strlen(from->slot[i]));
}

const char **lic_heard_list(const struct lic_heard *h)
{
	const char **list = malloc((h->n + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; list && i < h->cap; i++)
		if (h->slot[i])
			list[n++] = h->slot[i];
	return list;
}

/* --- what was heard ----------------------------------------------------------------------- */

void lic_listener_hear(struct lic_listener *l, const struct lic_buf *path, const char *name,
		       unsigned what)
{
	_cleanup_(lic_buf_release) struct lic_buf whole = LIC_BUF_INIT(64u << 20);
	const char *dir = lic_buf_str(path);

	if (!path->len && strcmp(name, LIC_CATALOG_DIR) == 0)
		return; /* its own */
	if (what & LIC_HEARD_CHANGE)
		lic_heard_add(l->soon, dir, path->len, false);
	if (what & LIC_HEARD_WRITE)
		lic_heard_add(l->later, dir, path->len, false);
	if (!(what & (LIC_HEARD_DIR | LIC_HEARD_SELF)))
		return;
	lic_buf_add(&whole, dir, path->len);
	if (path->len)
		lic_buf_addc(&whole, '/');
	lic_buf_adds(&whole, name);
	if (lic_buf_failed(&whole))
		lic_heard_all(l->soon);
	else
		lic_heard_add(l->soon, lic_buf_str(&whole), whole.len, what & LIC_HEARD_DIR);
}
