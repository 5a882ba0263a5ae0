/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing shards, one at a time.
 *
 * One that an interrupted export has left is followed: what would be written is compared with it,
 * images by their sums, and from the first difference on it is written anew. So nothing has to be
 * known of how it came about.
 */
#include "fs/history/export_shards.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/history/export_tar.h"
#include "fs/util/io.h"

#define COMPARED 16384u

struct lic_shards *lic_shards_of(struct lic_export *x)
{
	return x->files->own;
}

const char *lic_shard_name(struct lic_shards *s, uint32_t shard)
{
	lic_buf_reset(&s->name);
	lic_buf_addf(&s->name, "%s-%06" PRIu32 ".tar", s->prefix, shard);
	return lic_buf_str(&s->name);
}

/* Does it go on with these bytes? */
static bool is_next(const struct lic_shards *s, const char *p, size_t n)
{
	char was[COMPARED];

	for (size_t i = 0; i < n; i += sizeof(was)) {
		size_t k = n - i < sizeof(was) ? n - i : sizeof(was);

		if (lic_pread_full(s->fd, was, k, s->at + i) != (ssize_t)k ||
		    memcmp(was, p + i, k) != 0)
			return false;
	}
	return true;
}

/* From here on it is written. */
static int part(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);

	s->follows = false;
	return lic_shard_cut(x, s->at);
}

int lic_shard_add(struct lic_export *x, const void *p, size_t n)
{
	struct lic_shards *s = lic_shards_of(x);
	const bool next = s->follows && is_next(s, p, n);
	int r = s->follows && !next ? part(x) : 0;

	if (r == 0 && !next)
		r = lic_site_write(&x->files->site, lic_buf_str(&s->name), s->fd, p, n, x->err);
	s->at += n;
	return r;
}

bool lic_shard_pass(struct lic_export *x, const struct lic_then *t, uint64_t size)
{
	struct lic_shards *s = lic_shards_of(x);
	uint8_t sum[16];

	if (!s->follows || t->m.e.kind != LIC_KIND_IMAGE ||
	    !lic_export_sum(x, s->fd, s->at, size, sum) ||
	    memcmp(sum, t->m.e.hash.b, sizeof(sum)) != 0)
		return false;
	s->at += size;
	x->result->taken_over++;
	return true;
}

int lic_shard_head(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);
	int r = lic_buf_failed(&s->head) ? lic_export_no_memory(x)
					 : lic_shard_add(x, s->head.data, s->head.len);

	lic_buf_reset(&s->head);
	return r;
}

int lic_shard_close(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);
	int fd = s->fd, r;

	if (fd < 0)
		return 0;
	(void)lic_shard_name(s, s->open);
	lic_buf_reset(&s->head);
	lic_tar_end(&s->head);
	r = lic_shard_head(x);
	/* nothing may stand behind the end */
	if (r == 0 && s->follows)
		r = part(x);
	s->fd = -1;
	if (close(fd) != 0 && r == 0)
		r = lic_site_error(&x->files->site, errno, lic_buf_str(&s->name), x->err);
	return r;
}

int lic_shard_open(struct lic_export *x, uint32_t shard)
{
	struct lic_shards *s = lic_shards_of(x);
	int r = s->fd >= 0 && s->open != shard ? lic_shard_close(x) : 0;

	(void)lic_shard_name(s, shard);
	if (r < 0 || s->fd >= 0)
		return r;
	r = lic_site_take(&x->files->site, lic_buf_str(&s->name), 0666);
	s->follows = r >= 0;
	if (r < 0)
		r = lic_site_create(&x->files->site, lic_buf_str(&s->name), 0666, x->err);
	if (r < 0)
		return r;
	s->fd = r;
	s->open = shard;
	s->at = 0;
	return 0;
}

int lic_shard_cut(struct lic_export *x, uint64_t at)
{
	struct lic_shards *s = lic_shards_of(x);

	if (s->follows) {
		s->at = at;
		return 0;
	}
	if (ftruncate(s->fd, (off_t)at) != 0 || lseek(s->fd, (off_t)at, SEEK_SET) < 0)
		return lic_site_error(&x->files->site, errno, lic_buf_str(&s->name), x->err);
	s->at = at;
	return 0;
}
