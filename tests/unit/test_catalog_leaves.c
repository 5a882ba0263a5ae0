/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of many leaves, with a thread that hashes and without: that of RFC 9162, 2.1.1. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/snapshot.h"
#include "fs/util/digest.h"
#include "tests/unit/tap.h"

enum { HEIGHT = 15, PUNCTURED = 1234 };

static struct lic_error err;
static bool no_threads;
static int threads;

/* NOLINTNEXTLINE: the linker's names */
int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
/* NOLINTNEXTLINE */
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg);
/* NOLINTNEXTLINE */
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg)
{
	threads++;
	return no_threads ? EAGAIN : __real_pthread_create(t, a, fn, arg);
}

/* --- the words of the format, slowly -------------------------------------------------------- */

static void salt_of(int leaf, uint8_t ret[16])
{
	uint8_t in[17] = { 2 }, out[32];

	memset(in + 1, 7, 16);
	for (int bit = HEIGHT - 1; bit >= 0; bit--) {
		lic_sha256(in, sizeof(in), out);
		memcpy(in + 1, leaf >> bit & 1 ? out + 16 : out, 16);
	}
	memcpy(ret, in + 1, 16);
}

/* Some are longer than what is handed over at once. */
static size_t text_of(int leaf, char *p, size_t room)
{
	size_t n = leaf % 997 == 5 ? 100000 : 40 + (size_t)leaf % 150;

	n = n < room ? n : room;
	memset(p, 'a' + leaf % 26, n);
	return n;
}

static void leaf_of(int leaf, uint8_t ret[32])
{
	static uint8_t text[1 + 16 + 100000];
	size_t n;

	text[0] = 0;
	salt_of(leaf, text + 1);
	n = text_of(leaf, (char *)text + 17, 100000);
	lic_sha256(text, 17 + n, ret);
}

static void root_of(int from, int n, uint8_t ret[32])
{
	uint8_t in[65] = { 1 };
	int k = 1;

	if (n == 0)
		lic_sha256("", 0, ret);
	if (n == 1)
		leaf_of(from, ret);
	if (n < 2)
		return;
	while (k * 2 < n)
		k *= 2;
	root_of(from, k, in + 1);
	root_of(from + k, n - k, in + 33);
	lic_sha256(in, sizeof(in), ret);
}

/* --- the same by what is tested ------------------------------------------------------------- */

static int add_text(struct lic_leaves *l, int leaf)
{
	static char text[100000];
	size_t n = text_of(leaf, text, sizeof(text));

	lic_buf_add(lic_leaves_open(l), text, n);
	return lic_leaves_close(l, &err);
}

/* Whole, or with one leaf of which the salt is gone. */
static int add(struct lic_leaves *l, int leaf, bool punctured)
{
	uint8_t seed[16], known[32];
	int r = 0;

	if (!punctured && leaf == 0) {
		memset(seed, 7, sizeof(seed));
		r = lic_leaves_seed(l, seed, HEIGHT, &err);
	} else if (punctured && leaf == PUNCTURED) {
		leaf_of(leaf, known);
		return lic_leaves_add(l, known, &err);
	} else if (punctured && !lic_leaves_salted(l)) {
		salt_of(leaf, seed);
		r = lic_leaves_seed(l, seed, 0, &err);
	}
	return r < 0 ? r : add_text(l, leaf);
}

static bool same(int n, bool punctured)
{
	struct lic_leaves *l = lic_leaves_new();
	uint8_t want[32], got[32];
	int r = l ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < n; i++)
		r = add(l, i, punctured);
	if (r == 0) {
		lic_leaves_root(l, got);
		root_of(0, n, want);
		r = lic_leaves_count(l) == n ? memcmp(got, want, 32) : -1;
	}
	lic_leaves_free(l);
	return r == 0;
}

static void test_roots(const char *how)
{
	static const int n[] = { 0, 1, 2, 3, 7, 100, 400, 600, 1235, 2048, 30000 };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(n); i++) {
		ok(same(n[i], false), "%d leaves of one seed, %s", n[i], how);
		ok(same(n[i], true), "and of many, one of them known, %s", how);
	}
}

/* An error in the middle of a walk. */
static void test_abandoned(void)
{
	for (int n = 0; n < 4000; n += 1333) {
		struct lic_leaves *l = lic_leaves_new();
		int r = 0;

		for (int i = 0; r == 0 && i < n; i++)
			r = add(l, i, false);
		is_int(r, 0, "%d leaves are added, and given up", n);
		lic_leaves_free(l);
	}
}

int main(void)
{
	ok(same(5, false) && !threads, "few leaves need no thread");
	test_roots("beside");
	ok(threads > 0, "many have one");
	test_abandoned();
	no_threads = true;
	test_roots("where no thread can be had");
	return done_testing();
}
