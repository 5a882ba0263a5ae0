/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries are in a snapshot: a bit an entry, packed in parts of 8,192 ids. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/snapshot.h"

unsigned lic_chunk_count(const uint8_t *bits, unsigned n)
{
	unsigned count = 0;

	for (unsigned i = 0; i < n / 8; i++)
		count += (unsigned)__builtin_popcount(bits[i]);
	if (n % 8)
		count += (unsigned)__builtin_popcount(bits[n / 8] & ((1u << n % 8) - 1));
	return count;
}

/* A list has fewer bytes than a bitmap, which tells them apart. */
void lic_chunk_pack(const uint8_t bits[LIC_CHUNK_BYTES], struct lic_buf *out)
{
	uint8_t list[LIC_CHUNK_BYTES];
	size_t n = 0;
	int last = -1;

	for (int i = 0; i < LIC_CHUNK && n < LIC_CHUNK_BYTES - 2; i++) {
		unsigned step = (unsigned)(i - last - 1);

		if (!lic_chunk_has(bits, i))
			continue;
		if (step >= 128)
			list[n++] = (uint8_t)(step & 127) | 128;
		list[n++] = (uint8_t)(step >= 128 ? step >> 7 : step);
		last = i;
	}
	if (n < LIC_CHUNK_BYTES - 2)
		lic_buf_add(out, list, n);
	else
		lic_buf_add(out, bits, LIC_CHUNK_BYTES);
}

int lic_chunk_unpack(const void *p, size_t n, uint8_t ret[LIC_CHUNK_BYTES])
{
	const uint8_t *b = p, *end = n ? b + n : b;
	unsigned at = 0;

	if (n == LIC_CHUNK_BYTES) {
		memcpy(ret, p, n);
		return 0;
	}
	if (n > LIC_CHUNK_BYTES)
		return -EBADMSG;
	memset(ret, 0, LIC_CHUNK_BYTES);
	while (b < end) {
		unsigned step = *b++;

		if (step >= 128) {
			if (b == end || *b >= 128 || *b == 0)
				return -EBADMSG;
			step = (step & 127) | (unsigned)*b++ << 7;
		}
		at += step;
		if (at >= LIC_CHUNK)
			return -EBADMSG;
		ret[at / 8] |= (uint8_t)(1u << at % 8);
		at++;
	}
	return 0;
}

/* Members before a part that is not there: up to the end of the last one that is. */
static int load(struct lic_snapshot *s, int64_t number, struct lic_chunk *c, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes b;
	int r = lic_query(&q, s->cat, LIC_STMT_SNAPSHOT_PART, err, "ii", s->info.number, number);

	c->number = 0;
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	c->first = 0;
	memset(c->bits, 0, sizeof(c->bits));
	if (r > 0) {
		b = lic_query_bytes(&q, 2);
		c->first = lic_query_int(&q, 1);
		if (lic_chunk_unpack(b.p, b.n, c->bits) < 0)
			return lic_catalog_damaged(s->cat, err,
						   "part %lld of snapshot %lld cannot be read",
						   (long long)number, (long long)s->info.number);
		if (lic_query_int(&q, 0) != number) {
			c->first += lic_chunk_count(c->bits, LIC_CHUNK);
			memset(c->bits, 0, sizeof(c->bits));
		}
	}
	c->number = number + 1;
	return 0;
}

int lic_chunk_get(struct lic_snapshot *s, int64_t id, const struct lic_chunk **ret,
		  struct lic_error *err)
{
	int64_t number = id >> LIC_CHUNK_BITS;
	struct lic_chunk *c;
	int r = 0;

	if (!s->chunk) {
		s->chunk = calloc(LIC_CHUNKS_KEPT, sizeof(*s->chunk));
		if (!s->chunk)
			return lic_error_set(err, ENOMEM, "out of memory for a snapshot");
	}
	c = &s->chunk[(uint64_t)number % LIC_CHUNKS_KEPT];
	if (c->number != number + 1)
		r = load(s, number, c, err);
	if (r == 0)
		*ret = c;
	return r;
}

int lic_snapshot_has(struct lic_snapshot *s, int64_t id, bool *ret, struct lic_error *err)
{
	const struct lic_chunk *c = NULL;
	int r = 0;

	if (id > 0)
		r = lic_chunk_get(s, id, &c, err);
	*ret = r == 0 && id > 0 && lic_chunk_has(c->bits, id);
	return r;
}

int lic_snapshot_rank(struct lic_snapshot *s, int64_t id, int64_t *ret, struct lic_error *err)
{
	const struct lic_chunk *c = NULL;
	int r = 0;

	*ret = 0;
	if (id > 0)
		r = lic_chunk_get(s, id, &c, err);
	if (r == 0 && c)
		*ret = c->first + lic_chunk_count(c->bits, (unsigned)id & (LIC_CHUNK - 1));
	return r;
}
