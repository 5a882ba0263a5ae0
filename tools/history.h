/* SPDX-License-Identifier: Apache-2.0 */
/* What was once decided or imported about a file and holds no more. */
#ifndef LICENSEFS_TOOLS_HISTORY_H
#define LICENSEFS_TOOLS_HISTORY_H

#include "image.h"
#include "output.h"
#include "past_imports.h"

/* A decision that has ended. Strings are owned. */
struct past_decision {
	int64_t number, born, at, ended_at; /* ended_at 0: not known */
	enum lic_action action;
	bool override;
	struct lic_buf made_for; /* its pattern, where it is another than the path; empty */
	char *text;		 /* license, or source that was trusted; NULL */
	char *who, *reason;
	char *ended_who, *ended_why; /* NULL: its time was over */
};

struct history {
	struct past_decision *item; /* oldest first */
	size_t n, cap;
	struct past_imports imports;
};

/* Gathers the decisions that have ended and were about the path, or about the bytes that lie there
 * now, and the imports that have ended and whose rows find the image where it lies now. */
int history_load(struct history *h, struct lic_catalog *cat, const struct image *image,
		 struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void history_release(struct history *h) _nonnull_all_;
void history_print(const struct history *h) _nonnull_all_;
void history_json(const struct history *h, struct lic_json *j) _nonnull_all_;

#endif
