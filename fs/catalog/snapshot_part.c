/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries are in a snapshot: a bit an entry, packed in parts of 8,192 ids. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/snapshot.h"

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

int lic_snapshot_parts(struct lic_snapshot *s,
		       int (*fn)(void *ctx, int64_t part, const uint8_t bits[1024]), void *ctx,
		       struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	uint8_t bits[LIC_CHUNK_BYTES];
	int r = lic_query(&q, s->cat, LIC_STMT_SNAPSHOT_PARTS, err, "i", s->info.number);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_bytes b = lic_query_bytes(&q, 1);

		if (lic_chunk_unpack(b.p, b.n, bits) < 0)
			return lic_catalog_damaged(s->cat, err, "part %lld of a snapshot is none",
						   (long long)lic_query_int(&q, 0));
		r = fn(ctx, lic_query_int(&q, 0), bits);
		if (r != 0)
			return r;
	}
	return r;
}
