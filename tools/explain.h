/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is known about one path of a store, gathered once and then printed. */
#ifndef LICENSEFS_TOOLS_EXPLAIN_H
#define LICENSEFS_TOOLS_EXPLAIN_H

#include <string.h>

#include <licensefs/mount.h>

#include "conflict.h"
#include "history.h"
#include "image.h"
#include "makers.h"
#include "output.h"
#include "revocation.h"
#include "store.h"
#include "views.h"

#define RELATED_SHOWN 20 /* documents about an image that are named */

struct view_verdict {
	const struct named_view *view;
	bool in;
	char *why;			/* NULL if there is nothing to say */
	struct lic_document_view stays; /* of a document */
};

struct explanation {
	const struct store *store;
	struct image image; /* entry.id 0: the catalog does not know the path */
	struct lic_claims claims;
	struct lic_effect *effects; /* one a claim */
	struct history history;
	struct told_revocations revoked; /* in force */
	struct makers makers;		 /* of an image: of the store */
	struct settlements settle;	 /* of a conflict */
	struct lic_buf kind;		 /* of a conflict */
	struct lic_buf reason;		 /* of the status, or of the kind for what is no image */
	struct view_verdict *views;	 /* one a view */
	size_t n_views;
	struct lic_buf
		*related; /* paths: images of a companion, documents that are about an image */
	size_t n_related, more_related;
	bool looked;		      /* a scan has looked into the file */
	struct lic_document document; /* zero where none has */
	struct lic_buf missing;	      /* names in it that found no image, some of them */
	int64_t below, clear_below;   /* images in a directory or archive */
	bool exists;		      /* in the store, now */
	bool changed;		      /* its bytes may not be those that were judged */
};

/* Was the claim made by a decision, whose number is its `ref`? */
static inline bool explain_is_decision(const struct lic_claim *c)
{
	return c->ref && strncmp(c->source, "decision ", 9) == 0;
}

/* `path` is relative to the store and outlives the call. */
int explain_load(struct explanation *x, const struct store *store, const struct views *views,
		 const char *path, size_t n, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
void explain_release(struct explanation *x) _nonnull_all_;

void explain_print(const struct explanation *x) _nonnull_all_;
void explain_json(const struct explanation *x, struct json_line *line) _nonnull_all_;

#endif
