/* SPDX-License-Identifier: Apache-2.0 */
/* What a view shows in the present state of the catalog, for walks with lic_catalog_then(). */
#ifndef LICENSEFS_HISTORY_SHOWN_H
#define LICENSEFS_HISTORY_SHOWN_H

#include <licensefs/snapshot.h>

struct lic_shown {
	struct lic_view *view;
	struct lic_filter *filter;
	struct lic_error *err;
};

/* `view` NULL: `where`, with `basis`. `err` is used until the release. */
int lic_shown_init(struct lic_shown *s, struct lic_catalog *cat, const char *view,
		   const char *where, const char *basis, enum lic_classes classes,
		   struct lic_error *err) _nonnull_(1, 2) _must_check_;
void lic_shown_release(struct lic_shown *s) _nonnull_all_;
/* A lic_then_fn: 1 where the entry is shown. */
int lic_shown_keep(void *ctx, const struct lic_then *t) _nonnull_all_ _must_check_;

/* A transaction in which nothing has happened: where a decision's time was over it is committed,
 * because filters must not look at a state that may yet be taken back. */
int lic_begin_fresh(struct lic_catalog *cat, const char *verb, struct lic_txn **ret,
		    struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* Lets the bytes of every file that is shown be known by SHA-256 (content.c). */
int lic_contents_fill(struct lic_catalog *cat, const char *store,
		      const struct lic_snapshot_request *request, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

#endif
