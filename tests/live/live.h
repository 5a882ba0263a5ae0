/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs that take images down under running mounts share. */
#ifndef LICENSEFS_TESTS_LIVE_H
#define LICENSEFS_TESTS_LIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <time.h>

#include <licensefs/mount.h>

#define MS INT64_C(1000000)

static inline int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

_printf_format_(1, 2) __attribute__((noreturn)) static inline void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(99);
}

static inline void *must_calloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		die("out of memory");
	return p;
}

/* --- latencies ------------------------------------------------------------------------------ */

struct samples {
	const char *name;
	int64_t *v;
	size_t n, cap;
};

static inline void samples_add(struct samples *s, int64_t ns)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->v = reallocarray(s->v, s->cap, sizeof(*s->v));
		if (!s->v)
			die("out of memory");
	}
	s->v[s->n++] = ns;
}

static inline void samples_release(struct samples *s)
{
	free(s->v);
	s->v = NULL;
	s->n = s->cap = 0;
}

static inline int samples_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Sorts; the sample below which `part` of all are, in ms. */
static inline double samples_at(struct samples *s, double part)
{
	if (!s->n)
		return 0;
	qsort(s->v, s->n, sizeof(*s->v), samples_order);
	return (double)s->v[(size_t)((double)(s->n - 1) * part)] / 1e6;
}

static inline void samples_print(struct samples *s)
{
	printf("# %-34s n %8zu  p50 %8.2f  p95 %8.2f  p99 %8.2f  max %8.2f ms\n", s->name, s->n,
	       samples_at(s, .5), samples_at(s, .95), samples_at(s, .99), samples_at(s, 1));
}

/* --- mounts ---------------------------------------------------------------------------------- */

/* The generation that a mount has followed completely; -1 where it does not say. */
static inline int64_t followed(const char *mountpoint)
{
	char text[4096] = "";

	if (getxattr(mountpoint, LIC_MOUNT_XATTR, text, sizeof(text) - 1) < 0)
		return -1;
	return strtoll(text, NULL, 10);
}

/* Does the kernel read its files by itself? Then mappings outlive a takedown, and open files fail
 * for good. */
static inline bool passes(const char *mountpoint)
{
	char text[4096] = "", name[16];
	enum lic_mount_mode mode;

	return getxattr(mountpoint, LIC_MOUNT_XATTR, text, sizeof(text) - 1) > 0 &&
	       sscanf(text, "%*d %15s", name) == 1 && lic_mount_mode_find(name, &mode) == 0 &&
	       lic_mount_mode_leaves_maps(mode);
}

#endif
