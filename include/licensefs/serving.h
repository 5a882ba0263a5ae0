/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a snapshot as a mount of it shows them, for those who make none: fs/mount/ serves them
 * (lic_serving_new() in mount.h), whoever copies them asks.
 *
 * Invariants
 * - [I8] What a mount would not show is not served, and what it would list but not read is refused.
 *   Both are asked of the newest state of the catalog, each time.
 * - [I9] A file is opened only where its identity is that of the judged bytes; done() says whether
 *   it still was when all was read.
 * - [I11] Of documents and archives there are only the bytes that the snapshot has of them.
 *
 * One thread at a time.
 */
#ifndef LICENSEFS_SERVING_H
#define LICENSEFS_SERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open file. */
struct lic_served {
	int fd;		/* of the store's file; its bytes may be taken from there only if `whole` */
	bool whole;	/* what is shown is all of the file */
	uint64_t size;	/* of what is shown */
	int64_t mtime;	/* nanoseconds, as a mount of this snapshot alone says */
	uint64_t state; /* of a document: another one as soon as other bytes are shown; else 0 */
	unsigned mode;	/* of the file in the store */
	void *own;	/* of who serves */
};

struct lic_serving {
	/* By the number of the entry, a file. -ENOENT: nothing is shown; -ESTALE: no more than a
	 * name, or the snapshot was removed; -EACCES, -EMFILE, ... as open(2). done() it then. */
	int (*open)(struct lic_serving *s, int64_t entry, struct lic_served *ret);
	/* Exactly n bytes of what is shown; -ESTALE where the file has changed. */
	int (*read)(struct lic_serving *s, struct lic_served *f, void *buf, size_t n, uint64_t off);
	/* Closes it. 0 where nothing of the file has changed since it was opened, else -ESTALE. */
	int (*done)(struct lic_serving *s, struct lic_served *f);
	/* Would open() give the same bytes as when it gave `state`? 1, 0, or another error than the
	 * first two of open(). */
	int (*holds)(struct lic_serving *s, int64_t entry, uint64_t state);
	/* 0; -ENOENT where the snapshot is no longer there. */
	int (*alive)(struct lic_serving *s);
	void (*close)(struct lic_serving *s);
};

#endif
