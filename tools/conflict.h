/* SPDX-License-Identifier: Apache-2.0 */
/* Conflicts: of which kind they are, and the commands that would settle them. */
#ifndef LICENSEFS_TOOLS_CONFLICT_H
#define LICENSEFS_TOOLS_CONFLICT_H

#include <licensefs/json.h>

#include "store.h"

/* Appends the kind of the conflict that these claims are, nothing where they are none: "XMP
 * CC-BY-4.0 against manifest coco CC-BY-NC-2.0". Files of one kind can be settled alike. Safe for a
 * terminal. `effects` are those of the claims. */
void conflict_kind(const struct lic_claims *claims, const struct lic_effect *effects,
		   const struct lic_policy *policy, struct lic_buf *out) _nonnull_all_;
/* The same for an image. */
int conflict_kind_of(struct lic_catalog *cat, int64_t entry, struct lic_buf *out,
		     struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* Conflicts counted by kind. */
struct conflicts {
	struct conflict_group {
		char *kind;
		int64_t images;
		int64_t example; /* the image with the least number */
	} * item;		 /* n of them; sorted by conflicts_sort() */
	size_t n, cap;
	int64_t images; /* in conflict */
	int64_t looked; /* at these, of them */
};

/* Reading all claims takes some 50 us an image: of more than these the first are looked at. */
#define CONFLICTS_LOOKED_MAX 20000

/* Counts an image that is in conflict; its kind is read unless `all` is false and enough were. */
int conflicts_add(struct conflicts *c, struct lic_catalog *cat, int64_t entry, bool all,
		  struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* The most frequent kinds first. */
void conflicts_sort(struct conflicts *c) _nonnull_all_;
void conflicts_release(struct conflicts *c) _nonnull_all_;
/* As keys of an object: each kind with an example. */
int conflicts_json(const struct conflicts *c, struct lic_catalog *cat, struct lic_json *j,
		   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* A command that settles a conflict: it was tried on the claims. */
struct settlement {
	const char *does; /* "trust", "undo", "license", "deny" */
	bool all;	  /* settles all conflicts of the kind, not this file's alone */
	bool override;
	int64_t decision; /* that is undone, else 0 */
	char *source;	  /* that is trusted, else NULL */
	char *license;	  /* that is stated, else NULL */
	char *command;	  /* one line for the shell */
};

struct settlements {
	struct settlement *item;
	size_t n, cap;
};

/* Finds the commands that settle the conflict of the image at `path`, the most careful ones first;
 * none where it is none. `claims` is changed and put back. */
void settle(const struct store *store, const struct lic_buf *path, struct lic_claims *claims,
	    const struct lic_effect *effects, const struct lic_policy *policy,
	    struct settlements *ret) _nonnull_all_;
void settlements_release(struct settlements *s) _nonnull_all_;

#endif
