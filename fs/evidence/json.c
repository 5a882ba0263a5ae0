/* SPDX-License-Identifier: Apache-2.0 */
/* The door of jansson: JSON inside images, read whole and then walked. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <jansson.h>

#include "fs/evidence/nested.h"

struct walk {
	const struct lic_nested_handler *h;
	void *ctx;
	struct lic_nested_path path;
};

/* Without a seed jansson opens /dev/urandom, which a sandbox forbids, and falls back to the clock.
 */
static void seed(void)
{
	struct timespec t;
	size_t s = 0;

	if (getrandom(&s, sizeof(s), GRND_NONBLOCK) != sizeof(s) || !s) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		s = ((size_t)t.tv_nsec * 2654435761u ^ (size_t)&t) | 1;
	}
	json_object_seed(s);
}

static bool walk_value(struct walk *w, const json_t *v);

static bool walk_container(struct walk *w, json_t *v)
{
	unsigned depth = w->path.n;
	bool ok = true;
	const char *key;
	json_t *item;
	size_t i;

	if (depth == LIC_NESTED_DEPTH_MAX)
		return false;
	w->h->open(w->ctx, &w->path);
	w->path.n++;
	if (json_is_array(v)) {
		w->path.key[depth] = (struct lic_bytes){ NULL, 0 };
		json_array_foreach(v, i, item) ok = ok && walk_value(w, item);
	} else {
		json_object_foreach(v, key, item)
		{
			w->path.key[depth] =
				(struct lic_bytes){ (const uint8_t *)key, strlen(key) };
			ok = ok && walk_value(w, item);
		}
	}
	w->path.n--;
	w->h->close(w->ctx, &w->path);
	return ok;
}

static bool walk_value(struct walk *w, const json_t *v)
{
	const char *p = "";
	char s[40];
	size_t n;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return walk_container(w, (json_t *)v);
	case JSON_STRING:
		p = json_string_value(v);
		n = json_string_length(v);
		break;
	case JSON_REAL:
		n = (size_t)snprintf(s, sizeof(s), "%.17g", json_real_value(v));
		p = s;
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		p = json_is_true(v) ? "true" : "false";
		n = strlen(p);
		break;
	default:
		n = 0;
		break;
	}
	w->h->value(w->ctx, &w->path, (const uint8_t *)p, n);
	return true;
}

bool lic_json_walk(const uint8_t *p, size_t n, const struct lic_nested_handler *h, void *ctx)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct walk w = { .h = h, .ctx = ctx };
	json_t *root;
	bool ok;

	pthread_once(&once, seed);
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	while (n && !p[n - 1])
		n--;
	root = json_loadb((const char *)p, n,
			  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL |
				  JSON_ALLOW_NUL,
			  NULL);
	if (!root)
		return false;
	ok = walk_value(&w, root);
	json_decref(root);
	return ok;
}
