/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail: each in turn, in our code or in SQLite. For programs that are linked with
 * --wrap of malloc and the like (see fs/catalog/local.mk). */
#ifndef LICENSEFS_TESTS_MEMORY_FIXTURE_H
#define LICENSEFS_TESTS_MEMORY_FIXTURE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>

/* The linker puts these in the place of the library's (see fs/catalog/local.mk). */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

static long countdown; /* 0: never fail */
static long calls;

static bool failing(void)
{
	calls++;
	return countdown && --countdown == 0;
}

void *__wrap_malloc(size_t n)
{
	return failing() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return failing() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return failing() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return failing() ? NULL : __real_reallocarray(p, n, size);
}

static sqlite3_mem_methods sqlite_memory;

static void *sqlite_malloc(int n)
{
	return failing() ? NULL : sqlite_memory.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
	return failing() ? NULL : sqlite_memory.xRealloc(p, n);
}

/* Before SQLite is used at all. */
static void memory_init(void)
{
	sqlite3_mem_methods mine;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory);
	mine = sqlite_memory;
	mine.xMalloc = sqlite_malloc;
	mine.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}

#endif
