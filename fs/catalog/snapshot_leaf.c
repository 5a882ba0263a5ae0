/* SPDX-License-Identifier: Apache-2.0 */
/* What the digest of a snapshot is made of: leaves, and the tree over them. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/snapshot.h"
#include "fs/util/digest.h"

void lic_leaf_maker_release(struct lic_leaf_maker *l)
{
	lic_map_release(&l->rights);
	free(l->key);
}

static int read_key(struct lic_leaf_maker *l, int64_t rights, uint8_t ret[32],
		    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes b;
	int r = lic_query(&q, l->cat, LIC_STMT_RIGHTS_BY_ID, err, "i", rights);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0)
		return lic_catalog_damaged(l->cat, err, "there are no rights %lld",
					   (long long)rights);
	b = lic_query_bytes(&q, 0);
	lic_sha256(b.p, b.n, ret);
	return 0;
}

/* SHA-256 of the text of rights, of which there are few. */
static int key_of(struct lic_leaf_maker *l, int64_t rights, const uint8_t **ret,
		  struct lic_error *err)
{
	int64_t *place = lic_map_find(&l->rights, rights, 0);
	int r;

	if (place) {
		*ret = l->key[*place];
		return 0;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		void *p = reallocarray(l->key, cap, sizeof(*l->key));

		if (!p)
			return lic_error_set(err, ENOMEM, "out of memory for rights");
		l->key = p;
		l->cap = cap;
	}
	r = read_key(l, rights, l->key[l->n], err);
	if (r < 0)
		return r;
	place = lic_map_at(&l->rights, rights, 0);
	if (!place)
		return lic_error_set(err, ENOMEM, "out of memory for rights");
	*place = (int64_t)l->n;
	*ret = l->key[l->n++];
	return 0;
}

static uint8_t *put(uint8_t *p, const void *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static uint8_t *put_number(uint8_t *p, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		*p++ = (uint8_t)(v >> shift);
	return p;
}

/* The kind says how long each of the parts is, but for the path, which is the last. */
int lic_leaf_text(struct lic_leaf_maker *l, const struct lic_then *t, struct lic_buf *out,
		  struct lic_error *err)
{
	const struct lic_entry *e = &t->m.e;
	bool image = e->kind == LIC_KIND_IMAGE, dir = e->kind == LIC_KIND_DIR;
	/* the bytes of an image in an archive are covered by the archive's */
	bool summed = l->sha256 && !dir && !t->in_archive;
	const uint8_t *key = NULL;
	uint8_t sum[32], text[1 + 8 + sizeof(e->hash.b) + 32 + sizeof(sum)], *p = text;
	int r = image ? key_of(l, t->rights, &key, err) : 0;

	if (r == 0 && summed)
		r = lic_catalog_content(l->cat, e->id, sum, err);
	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	*p++ = dir ? 'd' : image ? (summed ? 'I' : 'i') : summed ? 'F' : 'f';
	if (!dir)
		p = put_number(p, e->st.size);
	if (image) {
		p = put(p, e->hash.b, sizeof(e->hash.b));
		p = put(p, key, 32);
	} else if (!dir) {
		p = put_number(p, (uint64_t)e->st.mtime);
	}
	if (summed)
		p = put(p, sum, sizeof(sum));
	lic_buf_add(out, text, (size_t)(p - text));
	lic_buf_add(out, t->path.p, t->path.n);
	return lic_buf_failed(out) ? lic_error_set(err, ENOMEM, "out of memory for a digest") : 0;
}

int lic_leaf_make(struct lic_leaf_maker *l, const struct lic_then *t,
		  const uint8_t salt[LIC_SALT_BYTES], uint8_t ret[LIC_LEAF_BYTES],
		  struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(LIC_LEAF_TEXT_MAX);
	int r;

	lic_buf_addc(&text, 0);
	lic_buf_add(&text, salt, LIC_SALT_BYTES);
	r = lic_leaf_text(l, t, &text, err);
	if (r == 0)
		lic_sha256(text.data, text.len, ret);
	return r;
}

/* --- the tree ----------------------------------------------------------------------------- */

static void join(uint8_t *left, const uint8_t *right)
{
	uint8_t in[1 + 2 * LIC_LEAF_BYTES] = { 1 };

	memcpy(in + 1, left, LIC_LEAF_BYTES);
	memcpy(in + 1 + LIC_LEAF_BYTES, right, LIC_LEAF_BYTES);
	lic_sha256(in, sizeof(in), left);
}

/* As a binary counter: node[i] is the root of 2^i leaves where bit i of n is set. */
void lic_merkle_add(struct lic_merkle *m, const uint8_t leaf[LIC_LEAF_BYTES])
{
	uint8_t node[LIC_LEAF_BYTES];
	int i = 0;

	memcpy(node, leaf, sizeof(node));
	for (; m->n >> i & 1; i++) {
		join(m->node[i], node);
		memcpy(node, m->node[i], sizeof(node));
	}
	memcpy(m->node[i], node, sizeof(node));
	m->n++;
}

void lic_merkle_root(const struct lic_merkle *m, uint8_t ret[LIC_LEAF_BYTES])
{
	uint8_t node[LIC_LEAF_BYTES];
	bool any = false;

	/* of nothing: the hash of nothing */
	lic_sha256("", 0, ret);
	for (int i = 0; i <= LIC_SALT_HEIGHT_MAX; i++) {
		if (!(m->n >> i & 1))
			continue;
		memcpy(node, m->node[i], sizeof(node));
		if (any)
			join(node, ret);
		memcpy(ret, node, sizeof(node));
		any = true;
	}
}
