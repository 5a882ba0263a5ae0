/* SPDX-License-Identifier: Apache-2.0 */
/* Small pictures of judged images. Each is made by a helper of its own, so that what takes one over
 * can paint its own picture and no other. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/scan.h>

#include "fs/scan/indexer.h"
#include "fs/scan/wire_thumbnail.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define TICK_MS 100
#define PIECE (256u * 1024) /* hashed at once */

struct lic_pictures {
	int root;
	struct lic_nursery *nursery;
	struct lic_helper helper;
	struct lic_asking asking;
	struct lic_pictured said;
	struct lic_hasher *hasher;
	uint8_t piece[PIECE];
};

int lic_pictures_new(const char *store, struct lic_pictures **ret, struct lic_error *err)
{
	struct lic_pictures *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return lic_error_set(err, ENOMEM, "out of memory for thumbnails");
	p->hasher = lic_hasher_new();
	p->root = open(store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!p->hasher)
		r = lic_error_set(err, ENOMEM, "out of memory for thumbnails");
	else if (p->root < 0)
		r = lic_error_sys(err, errno, "cannot open '%s'", store);
	else
		r = lic_nursery_new(1, &p->nursery, err);
	if (r < 0) {
		lic_closep(&p->root);
		lic_hasher_free(p->hasher);
		free(p);
		return r;
	}
	lic_helper_init(&p->helper, p->nursery, 0, &lic_decoding_patience);
	*ret = p;
	return 0;
}

void lic_pictures_free(struct lic_pictures *p)
{
	if (!p)
		return;
	lic_helper_release(&p->helper);
	lic_nursery_free(p->nursery);
	lic_closep(&p->root);
	lic_hasher_free(p->hasher);
	free(p);
}

/* --- which bytes -------------------------------------------------------------------------- */

static int gone(const char *path, struct lic_error *err)
{
	return lic_error_set(err, ESTALE, "'%s' is not what was judged", path);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	       lic_timespec_ns(a->st_mtim) == lic_timespec_ns(b->st_mtim) &&
	       lic_timespec_ns(a->st_ctim) == lic_timespec_ns(b->st_ctim);
}

/* Are these the judged bytes, all of them? */
static bool has_hash(struct lic_pictures *p, int fd, const struct lic_entry *e)
{
	struct lic_hash found;
	uint64_t at = 0;

	lic_hasher_reset(p->hasher);
	while (at < e->st.size) {
		uint64_t left = e->st.size - at;
		ssize_t n = lic_pread_full(fd, p->piece, left < PIECE ? (size_t)left : PIECE, at);

		if (n <= 0)
			return false;
		lic_hasher_add(p->hasher, p->piece, (size_t)n);
		at += (uint64_t)n;
	}
	lic_hasher_get(p->hasher, found.b);
	return memcmp(&found, &e->hash, sizeof(found)) == 0;
}

/* --- the picture -------------------------------------------------------------------------- */

static int died(struct lic_pictures *p, const char *path, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf why = LIC_BUF_INIT(256);

	lic_helper_epitaph(&p->helper, &why);
	return lic_error_set(err, EBADMSG, "'%s': %s", path, lic_buf_str(&why));
}

static int ask(struct lic_pictures *p, int fd, const struct lic_entry *e, struct lic_error *err)
{
	struct lic_asking *m = &p->asking;
	const uint8_t *record = NULL;
	size_t n = 0;
	int r = lic_helper_start(&p->helper, err);

	if (r < 0)
		return r;
	m->serial++;
	m->what = LIC_ASK_THUMBNAIL;
	m->n = 1;
	m->ask[0] = (struct lic_ask){ .size = e->st.size, .format = e->format };
	r = lic_helper_ask(&p->helper, m, &fd);
	if (r == -EPIPE)
		lic_helper_bury(&p->helper, LIC_FATE_NONE);
	else if (r < 0)
		return lic_error_sys(err, -r, "cannot ask a reading process");
	while (r == 0) {
		r = lic_helper_hear(&p->helper, TICK_MS, &record, &n);
		if (r == 0)
			r = lic_helper_watch(&p->helper, lic_progress(m->serial, 0), &e->st.size,
					     TICK_MS);
	}
	if (r < 0)
		return r;
	r = lic_pictured_take(record, n, &p->said);
	if (r < 0 || p->said.serial != m->serial || p->said.number) {
		lic_helper_bury(&p->helper, LIC_FATE_LIES);
		return -EPIPE;
	}
	lic_helper_bury(&p->helper, LIC_FATE_KILLED); /* it has done its work */
	return 0;
}

int lic_pictures_get(struct lic_pictures *p, const char *path, const struct lic_entry *e,
		     struct lic_thumbnail *ret, struct lic_error *err)
{
	_cleanup_(lic_closep) int fd = -1;
	struct stat before, after;
	int r;

	if (!lic_likeness_reads(e->format))
		return lic_error_set(err, ENOTSUP, "no decoder is built in for %s",
				     lic_format_name(e->format));
	if (e->st.size > LIC_PICTURE_MAX)
		return lic_error_set(err, EFBIG, "'%s' is too large for a thumbnail", path);
	fd = lic_open_beneath(p->root, path, O_RDONLY);
	if (fd < 0 || fstat(fd, &before) < 0 || !S_ISREG(before.st_mode) ||
	    (uint64_t)before.st_size != e->st.size || !has_hash(p, fd, e))
		return gone(path, err);
	r = ask(p, fd, e, err);
	if (r == -EPIPE)
		return died(p, path, err);
	if (r < 0)
		return r;
	if (fstat(fd, &after) < 0 || !is_same(&before, &after))
		return gone(path, err);
	if (p->said.result < 0)
		return lic_error_sys(err, -p->said.result, "'%s' cannot be decoded", path);
	*ret = p->said.thumbnail;
	return 0;
}
