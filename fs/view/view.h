/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled view from inside, and how it is made and asked. */
#ifndef LICENSEFS_VIEW_VIEW_H
#define LICENSEFS_VIEW_VIEW_H

#include "fs/view/syntax.h"

/* What an expression asks about, views that it names included. */
#define LIC_ASKS_STATUS 1u
#define LIC_ASKS_RESERVED 2u
#define LIC_ASKS_LICENSE 4u
#define LIC_ASKS_PATH 8u
#define LIC_ASKS_CREDIT 16u
#define LIC_ASKS_COLLECTION 32u
#define LIC_ASKS_MAKER 64u /* settled when it is compiled */
#define LIC_ASKS_ASSET (LIC_ASKS_PATH | LIC_ASKS_CREDIT | LIC_ASKS_COLLECTION)

#define LIC_RESERVE_ANY ((1u << LIC_RESERVE_COUNT) - 1)

struct lic_view {
	struct lic_arena arena; /* of everything below */
	const struct lic_node *root;
	unsigned flags; /* LIC_VIEW_* */
	unsigned asks;	/* LIC_ASKS_* */
	const char *expr, *name, *basis;
};

/* What lic_view_compile() works from. */
struct lic_view_words {
	lic_view_lookup lookup; /* NULL: built-in views only */
	void *ctx;
	const char *const *names; /* further names for "did you mean", NULL if there are none */
	size_t n_names;
	const char *const *licenses; /* ids beside those of the table, NULL if there are none */
	size_t n_licenses;
	const char *const *makers; /* jobs that made the store, NULL if none is recorded */
	size_t n_makers;
	const char *self; /* name of the view that is compiled, NULL if it has none */
};

int lic_view_compile_words(const char *expr, size_t n, unsigned flags,
			   const struct lic_view_words *words, struct lic_view **ret,
			   struct lic_error *err) _nonnull_(1, 4, 5) _must_check_;

/* Resolves every word below `n` and replaces the names of views by their trees. */
struct lic_check {
	struct lic_view *view; /* `flags` and `arena` are read, `asks` is added to */
	const struct lic_view_words *words;
	unsigned nodes;
	struct lic_error *err;
};
int lic_check_node(struct lic_check *c, const struct lic_source *s,
		   struct lic_node *n) _nonnull_all_ _must_check_;

/* Number of a built-in view by name, from 1; 0 if there is none. */
unsigned lic_view_builtin_number(const char *name, size_t n) _nonnull_all_;
/* Words of the language that name no view, NULL past the end. */
const char *lic_view_word(size_t i);

/* One alternative of one image's rights, as the evaluator sees it. */
struct lic_case {
	const struct lic_view *view;
	const struct lic_rights *rights;
	const struct lic_asset *asset; /* NULL: unknown */
	const struct lic_terms *terms; /* NULL: nothing is granted, every permission unknown */
	bool licenses_known;	       /* `licenses` is what the terms come from */
	struct lic_alternative licenses;
	const char *own; /* id of the license that an operator has defined; else NULL */
};

/* Does nothing that is granted stand, because the rights have ended or grant nothing? */
bool lic_case_ended(const struct lic_rights *rights, int64_t now);
/* Number of cases to try: the alternatives, or one where nothing is granted. */
unsigned lic_case_count(const struct lic_rights *rights, int64_t now);
/* The license expression of the rights where the view asks about licenses; else, or where it cannot
 * be read, it has no alternatives. */
void lic_case_expression(const struct lic_view *v, const struct lic_rights *rights,
			 struct lic_expression *ret);
/* Fills in case `i` from that expression. */
void lic_case_init(struct lic_case *c, const struct lic_view *v, const struct lic_rights *rights,
		   const struct lic_asset *asset, int64_t now, unsigned i,
		   const struct lic_expression *expression);
/* The implicit conditions that hold for every case, and which of them closes the view first. */
enum lic_gate { LIC_GATE_OPEN, LIC_GATE_STATUS, LIC_GATE_ENDED, LIC_GATE_RESERVED };
enum lic_gate lic_view_gate(const struct lic_view *v, const struct lic_rights *rights, int64_t now);
enum lic_tri lic_case_permission(const struct lic_case *c, enum lic_permission p);
/* Reservations in force for this case: the owner's, and those of licenses that prohibit ML. */
unsigned lic_case_reservations(const struct lic_case *c);
/* Implicit conditions that depend on the alternative: a license may prohibit ML training. */
enum lic_tri lic_case_implicit(const struct lic_case *c);
enum lic_tri lic_case_eval(const struct lic_case *c, const struct lic_node *n);

#endif
