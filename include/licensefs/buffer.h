/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable byte buffer with a ceiling, and an arena.
 *
 * Invariants of struct lic_buf: data[len] is NUL whenever data is not NULL; len <= max.
 * A buffer that would outgrow `max` or memory becomes *failed*: it keeps what it has, every later
 * append is ignored, and lic_buf_failed() says so. Callers check once, at the end.
 *
 * Neither type is thread-safe.
 */
#ifndef LICENSEFS_BUFFER_H
#define LICENSEFS_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

struct lic_buf {
	char *data; /* owned; NULL until the first append */
	size_t len; /* bytes used, without the closing NUL */
	size_t cap;
	size_t max; /* ceiling in bytes for len */
	bool failed;
};

/* Initialiser: LIC_BUF_INIT(64 * 1024) is a buffer of at most 64 KiB. */
#define LIC_BUF_INIT(ceiling)                                                                      \
	{                                                                                          \
		NULL, 0, 0, (ceiling), false                                                       \
	}

void lic_buf_release(struct lic_buf *b);
/* Empties the buffer and clears the failed state; keeps the memory. */
void lic_buf_reset(struct lic_buf *b) _nonnull_all_;
/* Makes room for n more bytes; false (and failed) if the ceiling or memory forbids. */
bool lic_buf_reserve(struct lic_buf *b, size_t n) _nonnull_all_;
void lic_buf_add(struct lic_buf *b, const void *data, size_t n) _nonnull_(1);
void lic_buf_adds(struct lic_buf *b, const char *s) _nonnull_all_;
void lic_buf_addc(struct lic_buf *b, char c) _nonnull_all_;
void lic_buf_addf(struct lic_buf *b, const char *fmt, ...) _nonnull_(1, 2) _printf_format_(2, 3);
/* Cuts to n bytes; n beyond len is ignored. */
void lic_buf_truncate(struct lic_buf *b, size_t n) _nonnull_all_;
static inline bool lic_buf_failed(const struct lic_buf *b)
{
	return b->failed;
}
/* The contents as a C string, "" where nothing was appended. Owned by the buffer. */
static inline const char *lic_buf_str(const struct lic_buf *b)
{
	return b->data ? b->data : "";
}
/* Hands the memory to the caller (free()), NULL where empty or failed; the buffer is empty after.
 */
char *lic_buf_take(struct lic_buf *b) _nonnull_all_ _must_check_;

/* Memory that is freed all at once: for results made of many small pieces. */
struct lic_arena {
	struct lic_arena_block *head;
	size_t used; /* bytes handed out */
	size_t max;  /* ceiling in bytes */
};

#define LIC_ARENA_INIT(ceiling)                                                                    \
	{                                                                                          \
		NULL, 0, (ceiling)                                                                 \
	}

/* Zeroed memory, aligned for any type, NULL at the ceiling or out of memory; owned by the arena. */
void *lic_arena_alloc(struct lic_arena *a, size_t n) _nonnull_all_ _must_check_;
/* A copy of n bytes with a NUL behind them, or NULL. */
char *lic_arena_dup(struct lic_arena *a, const void *data, size_t n) _nonnull_(1) _must_check_;
void lic_arena_release(struct lic_arena *a);
/* Forgets everything and keeps the first block, for the next use. */
void lic_arena_reset(struct lic_arena *a) _nonnull_all_;

#endif
