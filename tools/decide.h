/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of licensefs decide. */
#ifndef LICENSEFS_TOOLS_DECIDE_H
#define LICENSEFS_TOOLS_DECIDE_H

#include "command.h"

/* "license", "deny", "terms", "trust". */
const char *decide_action(enum lic_action a) _const_;

/* decide --list. Reading is enough here: the catalog may lie on read-only media. */
int decide_list(const struct call *call, struct store *store) _nonnull_all_;

/* What is decided, or ended: all at once. */
struct decide_set {
	struct lic_decision *d; /* n of them; strings in the arena, or not owned */
	size_t n, cap;
	struct lic_arena arena;
};

void decide_set_release(struct decide_set *set);
/* Appends a copy; its pattern is copied into the arena, other strings must outlive the set. */
void decide_set_add(struct decide_set *set, const struct lic_decision *d) _nonnull_all_;
/*
 * Appends a copy of `like` for each name that stands in a file (NULL: standard input), one a line,
 * or each ended by a NUL byte: paths as on the command line, in which * and ? mean themselves.
 * -EINVAL for a name that cannot be one, with its number.
 */
int decide_set_read(struct decide_set *set, const struct store *store, const char *file, bool null,
		    const struct lic_decision *like, struct lic_error *err)
	_nonnull_(1, 2, 5, 6) _must_check_;
/* Drops what stands there twice, and keeps the order. */
void decide_set_unique(struct decide_set *set) _nonnull_all_;

#endif
