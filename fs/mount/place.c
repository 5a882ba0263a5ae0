/* SPDX-License-Identifier: Apache-2.0 */
/* Noticing that the catalog is no longer what was opened. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fs/mount/place.h"
#include "fs/util/io.h"

/* SQLite keeps them while anybody has the catalog open, so they are neither removed nor replaced;
 * whoever comes after that has others, and is not heard. `ret` is zeroed where there is none. */
static bool keeps(const struct lic_place *p, struct lic_place_file *f, struct stat *ret)
{
	char name[PATH_MAX];

	memset(ret, 0, sizeof(*ret));
	snprintf(name, sizeof(name), "%s%s", p->name, f->suffix);
	if (fstatat(p->dir, name, ret, AT_SYMLINK_NOFOLLOW) < 0)
		return !f->ino || (errno != ENOENT && errno != ENOTDIR);
	if (!f->ino) {
		f->dev = ret->st_dev;
		f->ino = ret->st_ino;
	}
	return f->dev == ret->st_dev && f->ino == ret->st_ino;
}

int lic_place_find(struct lic_place *p, struct lic_session *s, struct lic_catalog *cat,
		   struct lic_error *err)
{
	const char *path = lic_catalog_path(cat);
	size_t n = strlen(s->store);
	const char *slash = strrchr(path, '/');
	_cleanup_(lic_freep) char *dir = NULL;
	struct stat beside;

	if (strncmp(path, s->store, n) == 0 && path[n] == '/') {
		p->dir = fcntl(s->root, F_DUPFD_CLOEXEC, 0);
		p->name = strdup(path + n + 1);
	} else {
		dir = strndup(path, slash > path ? (size_t)(slash - path) : 1);
		p->dir = dir ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
		p->name = strdup(slash + 1);
	}
	p->index.suffix = "-shm";
	p->log.suffix = "-wal";
	p->sound = p->whole = true;
	if (p->dir < 0 || !p->name || fstatat(p->dir, p->name, &p->file, AT_SYMLINK_NOFOLLOW) < 0)
		return lic_error_sys(err, errno, "cannot follow the catalog '%s'", path);
	/* whoever takes them away does so from now on */
	if (!keeps(p, &p->index, &beside) || !keeps(p, &p->log, &beside))
		return lic_error_set(err, EIO, "cannot follow the catalog '%s'", path);
	return 0;
}

void lic_place_release(struct lic_place *p)
{
	lic_closep(&p->dir);
	free(p->name);
	p->name = NULL;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Looks into the file when it was written to. A checkpoint leaves it short on its way; but only
 * while there is a log, and it does not rest. */
static bool is_sound(struct lic_place *p, struct lic_catalog *cat, const struct stat *file,
		     const struct stat *log)
{
	bool rests = is_same(file, &p->file);

	if (rests && p->sound && p->whole)
		return true;
	if (!rests || !p->sound) {
		enum lic_wholeness w = lic_catalog_wholeness(cat);

		p->file = *file;
		p->short_since = lic_monotonic_ms();
		p->sound = w != LIC_BROKEN;
		p->whole = w == LIC_WHOLE;
	}
	return p->sound && (p->whole || (log->st_size &&
					 lic_monotonic_ms() - p->short_since < LIC_PLACE_SHORT_MS));
}

bool lic_place_is_kept(struct lic_place *p, struct lic_catalog *cat)
{
	struct stat file, index, log;

	if (fstatat(p->dir, p->name, &file, AT_SYMLINK_NOFOLLOW) < 0)
		return errno != ENOENT && errno != ENOTDIR;
	if (file.st_dev != p->file.st_dev || file.st_ino != p->file.st_ino)
		return false;
	if (lic_catalog_immutable(cat))
		return true;
	return keeps(p, &p->index, &index) && keeps(p, &p->log, &log) &&
	       is_sound(p, cat, &file, &log);
}
