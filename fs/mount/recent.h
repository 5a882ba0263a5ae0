/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images that were found shown a moment ago.
 *
 * A listing has just read the rows that the openings after it need, and a second opening needs the
 * row of the first. So what was found shown is remembered, with the state of the catalog and the
 * epoch of the session that it was found in, and holds for nobody who reads in another one: a
 * commit, by whomever, ends all of it at once [I8]. A bounded table, not one of inodes: what
 * has lost its slot is asked for again.
 *
 * Only of images whose rights do not end by themselves, and of short names. All calls from any
 * thread.
 */
#ifndef LICENSEFS_MOUNT_RECENT_H
#define LICENSEFS_MOUNT_RECENT_H

#include <licensefs/catalog.h>
#include <licensefs/error.h>

#define LIC_RECENT_SLOTS 32768u /* of some 250 bytes, taken when they are used */
#define LIC_RECENT_NAME 63	/* bytes */

struct lic_recent;

/* What an answer holds for. Neither `state` (lic_catalog_state()) nor this is ever 0. */
struct lic_recent_when {
	uint64_t state, epoch;
};

int lic_recent_new(struct lic_recent **ret, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_recent_free(struct lic_recent *t);
void lic_recent_put(struct lic_recent *t, const struct lic_recent_when *when,
		    const struct lic_entry *e) _nonnull_all_;
/* False where it is not known. `name` gets the entry's, NUL at its end. */
bool lic_recent_get(struct lic_recent *t, const struct lic_recent_when *when, int64_t id,
		    struct lic_entry *ret, char name[LIC_RECENT_NAME + 1]) _nonnull_all_;

#endif
