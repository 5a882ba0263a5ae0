/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and extensions of samples, and the companions of images. */
#include <errno.h>
#include <string.h>

#include "fs/history/export_sample.h"
#include "fs/util/hash.h"

/* --- companions ------------------------------------------------------------------------------ */

struct finding {
	struct lic_samples *s;
	struct lic_export *x;
	int64_t image; /* the only one that is a member; 0: none, -1: several */
};

static int note_image(void *ctx, int64_t image)
{
	struct finding *f = ctx;
	bool has;
	int r = lic_snapshot_has(f->x->s, image, &has, f->x->err);

	if (r == 0 && has)
		f->image = f->image ? -1 : image;
	return r;
}

static int find(void *ctx, const struct lic_then *t)
{
	struct finding *f = ctx;
	struct lic_samples *s = f->s;
	int r;

	if (t->m.e.kind != LIC_KIND_COMPANION)
		return 0;
	f->image = 0;
	r = lic_catalog_companion_images(f->x->cat, t->m.e.id, note_image, f, f->x->err);
	if (r < 0 || f->image <= 0)
		return r;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		void *p = reallocarray(s->part, cap, sizeof(*s->part));

		if (!p)
			return lic_export_no_memory(f->x);
		s->part = p;
		s->cap = cap;
	}
	s->part[s->n++] = (struct lic_sample_part){ f->image, t->m.e.id, t->m.e.st.size, false };
	return 0;
}

static int by_image(const void *a, const void *b)
{
	const struct lic_sample_part *x = a, *y = b;

	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return x->companion < y->companion ? -1 : x->companion > y->companion;
}

int lic_samples_find(struct lic_samples *s, struct lic_export *x)
{
	struct finding f = { .s = s, .x = x };
	int r = lic_snapshot_each(x->s, find, &f, x->err);

	if (r < 0 || !s->n)
		return r;
	s->owned = reallocarray(NULL, s->n, sizeof(*s->owned));
	if (!s->owned)
		return lic_export_no_memory(x);
	for (size_t i = 0; i < s->n; i++)
		s->owned[i] = s->part[i].companion; /* as they were found: ascending */
	qsort(s->part, s->n, sizeof(*s->part), by_image);
	return 0;
}

void lic_samples_release(struct lic_samples *s)
{
	free(s->part);
	free(s->owned);
	free(s->key);
}

void lic_samples_restart(struct lic_samples *s)
{
	free(s->key);
	s->key = NULL;
	s->n_keys = s->cap_keys = 0;
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

bool lic_samples_owns(const struct lic_samples *s, int64_t companion)
{
	return s->n && bsearch(&companion, s->owned, s->n, sizeof(*s->owned), by_number);
}

const struct lic_sample_part *lic_samples_of(const struct lic_samples *s, int64_t image,
					     size_t *ret_n)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->part[mid].image < image)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_n = 0;
	while (lo + *ret_n < s->n && s->part[lo + *ret_n].image == image)
		++*ret_n;
	return s->part + lo;
}

/* --- keys ------------------------------------------------------------------------------------ */

/* Escapes what is no character, or would not go through a pattern that stops at lines, and in the
 * last component dots. */
static void escape(struct lic_buf *out, const uint8_t *p, size_t n, bool dots)
{
	while (n) {
		uint32_t cp = 0;
		size_t k = lic_utf8_decode(p, n, &cp);

		if (!k || cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
		    cp == '%' || (dots && cp == '.')) {
			k = k ? k : 1;
			for (size_t i = 0; i < k; i++)
				lic_buf_addf(out, "%%%02X", p[i]);
		} else {
			lic_buf_add(out, p, k);
		}
		p += k;
		n -= k;
	}
}

static struct lic_bytes last_part(const struct lic_bytes *path)
{
	const uint8_t *slash = path->n ? memrchr(path->p, '/', path->n) : NULL;
	const uint8_t *from = slash ? slash + 1 : path->p;

	return (struct lic_bytes){ from, path->n - (size_t)(from - path->p) };
}

/* Bytes of a name before its extension, which is not empty: all of them where it has none. */
static size_t stem_of(const struct lic_bytes *name)
{
	const uint8_t *dot = name->n ? memrchr(name->p, '.', name->n) : NULL;

	if (!dot || dot == name->p || dot == name->p + name->n - 1)
		return name->n;
	return (size_t)(dot - name->p);
}

/* 1 where the key is new. */
static int take_key(struct lic_samples *s, const struct lic_buf *key)
{
	uint64_t h = lic_hash64(key->data, key->len);
	size_t at;

	h = h ? h : 1;
	if (s->n_keys * 2 >= s->cap_keys) {
		size_t cap = s->cap_keys ? s->cap_keys * 2 : 1024;
		uint64_t *set = calloc(cap, sizeof(*set));

		if (!set)
			return -ENOMEM;
		for (size_t i = 0; i < s->cap_keys; i++) {
			if (!s->key[i])
				continue;
			at = s->key[i] & (cap - 1);
			while (set[at])
				at = (at + 1) & (cap - 1);
			set[at] = s->key[i];
		}
		free(s->key);
		s->key = set;
		s->cap_keys = cap;
	}
	at = h & (s->cap_keys - 1);
	while (s->key[at] && s->key[at] != h)
		at = (at + 1) & (s->cap_keys - 1);
	if (s->key[at] == h)
		return 0;
	s->key[at] = h;
	s->n_keys++;
	return 1;
}

int lic_samples_key(struct lic_samples *s, const struct lic_then *t, struct lic_buf *key)
{
	struct lic_bytes name = last_part(&t->path);
	size_t dir = t->path.n - name.n, stem = stem_of(&name);
	int r;

	lic_buf_reset(key);
	escape(key, t->path.p, dir, false);
	escape(key, name.p, stem, true);
	/* then with the extension, then with that and a number that no other entry has */
	r = lic_buf_failed(key) ? -ENOMEM : take_key(s, key);
	if (r == 0) {
		escape(key, name.p + stem, name.n - stem, true);
		r = take_key(s, key);
	}
	if (r == 0) {
		lic_buf_addf(key, "%%%lld", (long long)t->m.e.id);
		r = take_key(s, key);
	}
	lic_buf_addc(key, '.');
	return r < 0 || lic_buf_failed(key) ? -ENOMEM : 0;
}

/* --- extensions ------------------------------------------------------------------------------ */

static void add_extension(struct lic_buf *out, const uint8_t *p, size_t n)
{
	size_t from = out->len;

	escape(out, p, n, false);
	if (lic_buf_failed(out))
		return;
	/* readers do not tell them apart */
	for (char *c = out->data + from; c < out->data + out->len; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
}

void lic_sample_extension(struct lic_buf *out, const struct lic_then *t)
{
	struct lic_bytes name = last_part(&t->path);
	size_t stem = stem_of(&name);
	const char *type = lic_export_media_type(&t->m.e);

	if (stem < name.n)
		add_extension(out, name.p + stem + 1, name.n - stem - 1);
	else
		lic_buf_adds(out, strchr(type, '/') + 1);
}

void lic_sample_companion(struct lic_buf *out, const struct lic_bytes *image,
			  const struct lic_then *t)
{
	struct lic_bytes of = last_part(image), name = last_part(&t->path), dir = t->path;
	size_t stem = stem_of(&of), own = stem_of(&name);

	dir.n -= name.n + (dir.n > name.n);
	dir = last_part(&dir);
	/* what is an image itself must not be taken for that of the sample */
	if (t->m.e.rule == LIC_RULE_MASK) {
		add_extension(out, dir.n ? dir.p : (const uint8_t *)"mask", dir.n ? dir.n : 4);
		lic_buf_addc(out, '.');
	} else if (name.n > stem + 1 && memcmp(name.p, of.p, stem) == 0 && name.p[stem] == '.') {
		own = stem;
	}
	if (own < name.n)
		add_extension(out, name.p + own + 1, name.n - own - 1);
	else
		add_extension(out, name.p, name.n);
}
