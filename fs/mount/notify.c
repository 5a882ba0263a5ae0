/* SPDX-License-Identifier: Apache-2.0 */
/* Invalidation of what the kernel has cached. */
#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <unistd.h>

#include "fs/mount/backed.h"
#include "fs/mount/notify.h"
#include "fs/mount/table.h"

static uint64_t dir_ino(const struct lic_session *s, const struct lic_known_view *v, int64_t dir)
{
	return lic_inode_dir(v->number, dir, s->single);
}

static void expire_entry(struct fuse_session *se, uint64_t dir, const char *name, size_t n)
{
	int r = -ENOSYS;

#ifdef HAVE_FUSE_EXPIRE_FLAGS
	r = fuse_lowlevel_notify_expire_entry(se, dir, name, n, FUSE_LL_EXPIRE_ONLY);
#elif defined(HAVE_FUSE_LOWLEVEL_NOTIFY_EXPIRE_ENTRY)
	r = fuse_lowlevel_notify_expire_entry(se, dir, name, n);
#endif
	if (r == -ENOSYS || r == -EINVAL)
		fuse_lowlevel_notify_inval_entry(se, dir, name, n);
}

void lic_notify_view_entry(struct lic_session *s, const struct lic_known_view *v, int64_t dir,
			   const char *name, size_t n, bool expire)
{
	uint64_t ino = dir_ino(s, v, dir);

	if (lic_view_is_over(v) || !lic_listed_has(&s->listed, ino))
		return;
	/* expiring does not wait for lookups in flight, hence the invalidation of a name that
	 * cannot exist, which does */
	if (expire) {
		expire_entry(s->se, ino, name, n);
		fuse_lowlevel_notify_inval_entry(s->se, ino, "/", 1);
	} else {
		fuse_lowlevel_notify_inval_entry(s->se, ino, name, n);
	}
}

bool lic_notify_knows(struct lic_session *s, const struct lic_known_view *v, int64_t dir)
{
	return !lic_view_is_over(v) && lic_listed_has(&s->listed, dir_ino(s, v, dir));
}

void lic_notify_dir(struct lic_session *s, const struct lic_known_view *v, int64_t dir)
{
	if (!lic_view_is_over(v))
		fuse_lowlevel_notify_inval_inode(s->se, dir_ino(s, v, dir), 0, 0);
}

void lic_notify_listing(struct lic_session *s, const struct lic_known_view *v, int64_t dir)
{
	if (lic_notify_knows(s, v, dir))
		lic_notify_listing_at(s, dir_ino(s, v, dir));
}

void lic_notify_listing_at(struct lic_session *s, uint64_t ino)
{
	/* waits for listings in flight, whose pages would otherwise be cached after this */
	fuse_lowlevel_notify_inval_entry(s->se, ino, "/", 1);
	fuse_lowlevel_notify_inval_inode(s->se, ino, 0, 0);
}

void lic_notify_entry(struct lic_session *s, int64_t dir, const char *name, size_t n)
{
	for (unsigned i = 0; i < lic_views_count(&s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&s->views, i);

		lic_notify_view_entry(s, v, dir, name, n, false);
		lic_notify_dir(s, v, dir);
	}
}

void lic_notify_file(struct lic_session *s, int64_t id, bool data)
{
	fuse_lowlevel_notify_inval_inode(s->se, (uint64_t)id, data ? 0 : -1, 0);
	if (data)
		lic_backed_forget(s, (uint64_t)id);
}

void lic_notify_node(struct lic_session *s, uint64_t node)
{
	fuse_lowlevel_notify_inval_inode(s->se, node, 0, 0);
}

void lic_notify_made(struct lic_session *s)
{
	static const enum lic_made dirs[] = { LIC_MADE_BY_LICENSE, LIC_MADE_VIEWS,
					      LIC_MADE_BY_LICENSES, LIC_MADE_SNAPSHOTS };

	if (s->single)
		return;
	fuse_lowlevel_notify_inval_inode(s->se, LIC_INO_ROOT, 0, 0);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(dirs); i++)
		fuse_lowlevel_notify_inval_inode(s->se, lic_inode_made(dirs[i], 0, 0), 0, 0);
}

void lic_notify_made_entry(struct lic_session *s, const struct lic_known_view *v)
{
	uint64_t views = lic_inode_made(LIC_MADE_VIEWS, 0, 0);
	uint64_t snapshots = lic_inode_made(LIC_MADE_SNAPSHOTS, 0, 0);
	bool gone = !lic_view_definition(v);

	if (v->snapshot && gone) {
		fuse_lowlevel_notify_inval_entry(s->se, snapshots, v->name, strlen(v->name));
	} else if (v->snapshot) {
		return;
	} else if (gone) {
		fuse_lowlevel_notify_inval_entry(s->se, LIC_INO_ROOT, v->name, strlen(v->name));
		fuse_lowlevel_notify_inval_entry(s->se, views, v->name, strlen(v->name));
	} else {
		expire_entry(s->se, LIC_INO_ROOT, v->name, strlen(v->name));
		expire_entry(s->se, views, v->name, strlen(v->name));
	}
}

bool lic_notify_raw(int fuse, const void *message, size_t n)
{
	return write(fuse, message, n) == (ssize_t)n;
}

bool lic_notify_epoch(struct lic_session *s)
{
	if (!atomic_load(&s->overlaid) && lic_table_under_overlay(s->mountpoint))
		atomic_store(&s->overlaid, true);
	if (atomic_load(&s->overlaid))
		return false;
#ifdef HAVE_FUSE_LOWLEVEL_NOTIFY_INCREMENT_EPOCH
	return fuse_lowlevel_notify_increment_epoch(s->se) == 0;
#else
	/* a notification without a body; a kernel that does not know it answers EINVAL */
	const struct fuse_out_header out = { .len = sizeof(out), .error = LIC_NOTIFY_INC_EPOCH };

	return lic_notify_raw(fuse_session_fd(s->se), &out, sizeof(out));
#endif
}
