/* SPDX-License-Identifier: Apache-2.0 */
/* A checked cursor over bytes from outside, in either byte order. */
#ifndef LICENSEFS_UTIL_CURSOR_H
#define LICENSEFS_UTIL_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Invariant: at <= n. A read or move that would leave the bytes makes the cursor `bad`: it stays
 * where it is, every later read gives 0 or NULL, and the caller checks once, at the end.
 */
struct lic_cursor {
	const uint8_t *p; /* not owned */
	size_t n, at;
	bool big; /* big-endian */
	bool bad;
};

static inline struct lic_cursor lic_cursor_of(const void *p, size_t n, bool big)
{
	return (struct lic_cursor){ .p = p, .n = n, .big = big };
}

static inline size_t lic_cursor_left(const struct lic_cursor *c)
{
	return c->bad ? 0 : c->n - c->at;
}

/* The next n bytes, or NULL; moves past them. */
static inline const uint8_t *lic_cursor_take(struct lic_cursor *c, size_t n)
{
	const uint8_t *p = c->p + c->at;

	if (c->bad || n > c->n - c->at) {
		c->bad = true;
		return NULL;
	}
	c->at += n;
	return p;
}

static inline void lic_cursor_skip(struct lic_cursor *c, size_t n)
{
	(void)lic_cursor_take(c, n);
}

/* Do the next n bytes equal `want`? Moves past them only if so; never makes the cursor bad. */
static inline bool lic_cursor_match(struct lic_cursor *c, const void *want, size_t n)
{
	if (lic_cursor_left(c) < n || memcmp(c->p + c->at, want, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* An unsigned integer of n <= 8 bytes. */
static inline uint64_t lic_load(const uint8_t *p, size_t n, bool big)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * (big ? n - 1 - i : i);
	return v;
}

static inline uint64_t lic_cursor_uint(struct lic_cursor *c, size_t n)
{
	const uint8_t *p = lic_cursor_take(c, n);

	return p ? lic_load(p, n, c->big) : 0;
}

static inline uint8_t lic_cursor_u8(struct lic_cursor *c)
{
	return (uint8_t)lic_cursor_uint(c, 1);
}

static inline uint16_t lic_cursor_u16(struct lic_cursor *c)
{
	return (uint16_t)lic_cursor_uint(c, 2);
}

static inline uint32_t lic_cursor_u32(struct lic_cursor *c)
{
	return (uint32_t)lic_cursor_uint(c, 4);
}

#endif
