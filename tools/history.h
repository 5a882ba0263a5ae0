/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided about a file, and what was imported about it or revoked and holds no more. */
#ifndef LICENSEFS_TOOLS_HISTORY_H
#define LICENSEFS_TOOLS_HISTORY_H

#include "image.h"
#include "output.h"
#include "past_imports.h"
#include "revocation.h"

/* A decision about a file. Strings are owned. */
struct told_decision {
	int64_t number, born, at, ended_at; /* ended_at 0: not known */
	enum lic_action action;
	bool override;
	struct lic_buf made_for; /* its pattern, where it is another than the path; empty */
	char *text;		 /* license, or source that was trusted; NULL */
	char *who, *reason;
	char *ended_who, *ended_why; /* NULL: its time was over, or it is in force */
};

struct told_decisions {
	struct told_decision *item; /* oldest first */
	size_t n, cap;
};

struct history {
	struct told_decisions past;  /* that have ended */
	struct told_decisions force; /* that are in force; not printed, but asked for */
	struct past_imports imports;
	struct told_revocations revoked; /* that have ended */
};

/* Gathers the decisions that are, or before they ended were, about the path or about the bytes that
 * lie there now, the imports that have ended and whose rows find the image where it lies now, and
 * the revocations with whose end it ceased to be revoked.
 */
int history_load(struct history *h, struct lic_catalog *cat, const struct image *image,
		 struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void history_release(struct history *h) _nonnull_all_;
/* A decision in force by its number; NULL where it is not about the file. */
const struct told_decision *history_in_force(const struct history *h, int64_t number) _nonnull_all_;
void history_print(const struct history *h) _nonnull_all_;
void history_json(const struct history *h, struct lic_json *j) _nonnull_all_;

#endif
