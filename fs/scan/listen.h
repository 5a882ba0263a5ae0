/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a watch hears of a store: the directories in which something has happened.
 *
 *   heard.c     the directories, until somebody scans them
 *   fanotify.c  one mark for the whole filesystem: root alone, nothing to keep up with
 *   inotify.c   a watch for each directory: anybody, but new directories must be watched in time
 *   watch.c     listens, waits for a quiet moment, scans
 *
 * - Listening begins before the first look, and what is heard stays until a scan of it has ended
 *   well: nothing is lost in between.
 * - Paths are as they are now, not as they were when it happened; where a directory has moved
 * since, the directories that it moved from and to were heard of as well.
 * - Memory is bounded: where more directories are heard of than LIC_HEARD_MAX, or where the kernel
 *   has lost something, it is everything.
 */
#ifndef LICENSEFS_SCAN_LISTEN_H
#define LICENSEFS_SCAN_LISTEN_H

#include <licensefs/buffer.h>
#include <licensefs/watch.h>

#define LIC_HEARD_MAX 65536 /* directories; a scan of everything is cheaper */

/* A set of paths, as lic_scan_options.dirs has them. */
struct lic_heard {
	struct lic_arena names;
	const char **slot; /* hash table */
	size_t cap, n;
	bool all;	     /* all of the store, whatever is in the set */
	int64_t first, last; /* when something was added; monotonic, ns */
};
#define LIC_HEARD_INIT                                                                             \
	{                                                                                          \
		.names = LIC_ARENA_INIT(64u << 20)                                                 \
	}

void lic_heard_release(struct lic_heard *h) _nonnull_all_;
void lic_heard_clear(struct lic_heard *h) _nonnull_all_;
/* The directory at a path of n bytes; `below`: with everything below it. Without memory it is all
 * of the store. True where it is new. */
bool lic_heard_add(struct lic_heard *h, const char *path, size_t n, bool below) _nonnull_all_;
void lic_heard_all(struct lic_heard *h) _nonnull_all_;
/* Adds what `from` has. */
void lic_heard_merge(struct lic_heard *h, const struct lic_heard *from) _nonnull_all_;
static inline bool lic_heard_any(const struct lic_heard *h)
{
	return h->all || h->n;
}
/* Its n paths, for lic_scan(); free() the array. NULL without memory. */
const char **lic_heard_list(const struct lic_heard *h) _nonnull_all_;

struct lic_listener {
	const struct lic_listening *how;
	const char *store;
	struct lic_heard *soon;	 /* what has happened */
	struct lic_heard *later; /* what is happening: a file is being written and not closed yet */
	int fd;			 /* to poll; -1 */
	bool lost;		 /* of some directories nothing will be heard */
	void (*warn)(void *ctx, const char *line);
	void *ctx;
	void *own;
};

struct lic_listening {
	const char *name;
	/* Errors say why it cannot be had here. */
	int (*open)(struct lic_listener *l, struct lic_error *err);
	/* Takes all that there is to hear. */
	int (*read)(struct lic_listener *l, struct lic_error *err);
	void (*close)(struct lic_listener *l);
};
extern const struct lic_listening lic_fanotify, lic_inotify;

/* A change of `name` in the directory at `path`: the kernel's word for it in bits. */
#define LIC_HEARD_CHANGE 1u
#define LIC_HEARD_WRITE 2u /* and it goes on */
#define LIC_HEARD_DIR 4u   /* a directory that came, or came from elsewhere */
#define LIC_HEARD_SELF 8u  /* a directory whose attributes changed */
void lic_listener_hear(struct lic_listener *l, const struct lic_buf *path, const char *name,
		       unsigned what) _nonnull_all_;

#endif
