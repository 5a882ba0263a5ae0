/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an export of many files is made: a directory that has its name only when all is in it.
 *
 * Beside the name there is a directory of the export's own, which nobody else can look into and
 * which is called by a digest of the name. Whoever holds the lock in it makes the tree there; it is
 * renamed when it is whole. What an interrupted or killed export left, the next one of that name
 * may take over file by file, if it has the same key; else it is cleared away.
 *
 *     PARENT/.licensefs-export-0123456789abcdef/   mode 0700
 *         lock                                     flock(2); has the key
 *         tree/                                    becomes PARENT/NAME
 *         past/0/ ...                              trees of those that were interrupted
 *         trash/                                   what is being removed
 */
#ifndef LICENSEFS_HISTORY_SITE_H
#define LICENSEFS_HISTORY_SITE_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include <licensefs/error.h>
#include <licensefs/text.h>

#define LIC_SITE_TREE "tree"
#define LIC_SITE_PAST "past"
#define LIC_SITE_PASTS 64u
#define LIC_SITE_KEY 1024u

struct lic_site {
	char *output;		 /* as given, for messages */
	int parent;		 /* O_PATH */
	char name[NAME_MAX + 1]; /* in `parent` */
	char own[40];		 /* of the directory beside it */
	int dir, lock, tree;
	int past[LIC_SITE_PASTS]; /* n_past trees that were left, the newest last */
	size_t n_past;
	mode_t mask;  /* umask(2) */
	bool made;    /* `own` is ours, to be removed */
	bool goes_on; /* there is a key */
	bool keep;    /* to be set: what is not finished stays, for the next one of that key */
};

#define LIC_SITE_INIT                                                                              \
	{                                                                                          \
		.parent = -1, .dir = -1, .lock = -1, .tree = -1                                    \
	}

/*
 * Makes an empty tree for the directory `output`, which must not exist yet; with what exports of
 * the same key have left beside it. `key` "": nothing is taken over or left. -EEXIST where it does;
 * -EINVAL where it would lie in the store, or is no name; -EBUSY where another export makes it;
 * -EMLINK where one that was killed has left hard links, which whoever removes them must tell of.
 * *p is released in any case.
 */
int lic_site_open(struct lic_site *p, const char *output, const char *store, const char *key,
		  struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;
/* Removes what was not finished, but for hard links, unless that is to be kept. */
void lic_site_release(struct lic_site *p) _nonnull_all_;

/* Paths are relative to the tree. */

/* `mode` as open(2) takes it; the owner may do everything. */
int lic_site_dir(struct lic_site *p, const char *path, mode_t mode, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* A new file, open for reading and writing. */
int lic_site_create(struct lic_site *p, const char *path, mode_t mode, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
int lic_site_write(struct lic_site *p, const char *path, int fd, const void *buf, size_t n,
		   struct lic_error *err) _nonnull_(1, 2, 4) _must_check_;
/* A file of these bytes, all at once; it may be there already. */
int lic_site_put(struct lic_site *p, const char *path, const void *buf, size_t n,
		 struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Moves a file that was left to its place in the tree, where it would be made with that mode: open
 * for reading and writing; -1: there is none. Its bytes and its time may be any. */
int lic_site_take(struct lic_site *p, const char *path, mode_t mode) _nonnull_all_;
/* Removes what was left of that name. */
void lic_site_forget(struct lic_site *p, const char *path) _nonnull_all_;
bool lic_site_has(struct lic_site *p, const char *path) _nonnull_all_;
int lic_site_unlink(struct lic_site *p, const char *path, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Nanoseconds; of a directory when nothing is made in it any more. */
int lic_site_time(struct lic_site *p, const char *path, int64_t mtime, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* -errno in words. */
int lic_site_error(const struct lic_site *p, int code, const char *path, struct lic_error *err)
	_nonnull_(1);

/* Waits until all of it is on the disk. */
int lic_site_sync(struct lic_site *p, struct lic_error *err) _nonnull_(1) _must_check_;
/* Gives the tree its name, which nobody else may have taken; and takes it away again. */
int lic_site_finish(struct lic_site *p, struct lic_error *err) _nonnull_(1) _must_check_;
int lic_site_back(struct lic_site *p, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- site_past.c, for site.c: all return 0 or -errno ---------------------------------------- */

bool lic_site_is_same(struct lic_site *p, const char *key) _nonnull_all_;
/* Opens what was left; -E2BIG where that is too many. */
int lic_site_go_on(struct lic_site *p) _nonnull_all_ _must_check_;
/* Says whose the tree is from now on. */
int lic_site_begin(struct lic_site *p, const char *key) _nonnull_all_ _must_check_;

#endif
