/* SPDX-License-Identifier: Apache-2.0 */
/* Two states of what is shown, and what is asked about them. */
#ifndef LICENSEFS_HISTORY_DIFF_H
#define LICENSEFS_HISTORY_DIFF_H

#include "fs/catalog/map.h"
#include "fs/history/cause.h"
#include "fs/history/shown.h"

struct lic_diff {
	struct lic_catalog *cat;
	struct lic_snapshot *older;
	struct lic_snapshot *newer; /* NULL: now */
	int64_t generation;	    /* of the newer state */
	struct lic_shown now;	    /* what the newer side shows, to say why not */
	uint8_t *shown;		    /* a bit an id, where newer is NULL */
	size_t n_shown;		    /* bytes of it */
	struct lic_map paired;	    /* ids of the newer side that were told with one of the older */
	struct lic_cause cause;
	int64_t cause_of; /* generation that `cause` is about; 0: none */
	struct lic_buf reason, path;
	int64_t now_at; /* seconds since the epoch */
	lic_difference_fn fn;
	void *ctx;
	struct lic_error *err;
};

/* Is the entry a member of the newer side? */
int lic_diff_has(struct lic_diff *d, int64_t id, bool *ret) _nonnull_all_ _must_check_;
/* Number of the rights of an image in a generation, 0: it was not there. */
int lic_diff_rights(struct lic_diff *d, int64_t id, int64_t generation,
		    int64_t *ret) _nonnull_all_ _must_check_;

/* Writes to d->reason why an entry of the newer state is not shown there, or is now;
 * *ret_revocation gets the revocation that took it away. `before` and `after`: numbers of rights
 * (why.c). */
int lic_diff_reason(struct lic_diff *d, const struct lic_then *t, int64_t before, int64_t after,
		    bool shown, int64_t *ret_revocation) _nonnull_all_ _must_check_;

#endif
