/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of a catalog that a mount has open. What is decided in another file there never reaches
 * the mount; neither does what is decided after somebody else has cut the file, written over it, or
 * taken away what SQLite keeps beside it.
 */
#ifndef LICENSEFS_MOUNT_PLACE_H
#define LICENSEFS_MOUNT_PLACE_H

#include "fs/mount/session.h"

#define LIC_PLACE_SHORT_MS 2000 /* that a checkpoint may leave the file short, at rest */

struct lic_place_file {
	const char *suffix;
	dev_t dev;
	ino_t ino; /* 0: was not there yet */
};

struct lic_place {
	int dir; /* -1: not found yet */
	char *name;
	struct stat file; /* as it was when it was looked into last */
	struct lic_place_file index, log;
	bool sound, whole;   /* was it, then? */
	int64_t short_since; /* ms */
};

#define LIC_PLACE_INIT                                                                             \
	{                                                                                          \
		.dir = -1                                                                          \
	}

/* Remembers where the catalog is, such that neither a mount over it nor a store that moves with all
 * that is in it makes a difference. */
int lic_place_find(struct lic_place *p, struct lic_session *s, struct lic_catalog *cat,
		   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void lic_place_release(struct lic_place *p);
/* Is what was opened still there, and whole? */
bool lic_place_is_kept(struct lic_place *p, struct lic_catalog *cat) _nonnull_all_;

#endif
