/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a transaction brings into each view and takes out of it.
 *
 * Most views ask about rights alone: for them the pairs of rights before and after are counted,
 * which are few however many images change. Views that ask about path, creator, source or
 * collection are asked about every image of the store, before and after.
 *
 * Life cycle: effects_begin() after the transaction has begun, effects_changed() for each image,
 * effects_end() before it is committed or aborted, effects_release().
 */
#ifndef LICENSEFS_TOOLS_EFFECTS_H
#define LICENSEFS_TOOLS_EFFECTS_H

#include <licensefs/json.h>
#include <licensefs/view.h>

struct rights_pair {
	int64_t before, after, images; /* images 0: a free place */
};

struct view_effect {
	char *name;
	struct lic_view *view; /* NULL where it no longer compiles: then it shows nothing */
	bool needs_asset;
	int64_t in, out;
};

struct effects {
	struct view_effect *view;
	size_t n;
	struct rights_pair *pair; /* a hash table of `cap` places, `n_pairs` of them taken */
	size_t n_pairs, cap;
	size_t n_assets; /* views that need assets */
	uint8_t *shown;	 /* a bit for each of these and each image, in the order of the walk */
	size_t n_shown, cap_shown; /* bits */
	int64_t now;
};

/* Reads the views, and asks those that need assets about every image. */
int effects_begin(struct effects *e, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Counts one image whose rights differ. */
void effects_changed(struct effects *e, int64_t before, int64_t after) _nonnull_all_;
/* Adds up, and asks again. */
int effects_end(struct effects *e, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void effects_release(struct effects *e) _nonnull_all_;

/* A table of the views that changed on stdout; nothing where none did. True if one did. */
bool effects_print(const struct effects *e) _nonnull_all_;
/* The key "views": a list of name, in, out. */
void effects_json(const struct effects *e, struct lic_json *j) _nonnull_all_;

#endif
