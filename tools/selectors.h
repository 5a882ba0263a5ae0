/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `find` and `revoke` are told of images: by content, likeness, creator, source, id or path.
 * Both read it here, so that what the one finds the other takes down.
 */
#ifndef LICENSEFS_TOOLS_SELECTORS_H
#define LICENSEFS_TOOLS_SELECTORS_H

#include <licensefs/catalog_revoke.h>
#include <licensefs/scan.h>

#include "option.h"
#include "store.h"

/* The options, each as often as it was given. */
struct selector_args {
	struct option_list path, hash, like, creator, url, id;
};

/* A file whose likeness is asked for. */
struct example {
	const char *file; /* as given */
	struct lic_example is;
};

/* Selectors of which any may match; texts are owned. */
struct selectors {
	struct lic_selector *item;
	size_t n;
	struct example *example; /* n_examples of them, in the order given */
	size_t n_examples;
	size_t n_masks; /* paths that are masks of images: the next scan judges them as images */
	struct lic_arena arena;
};

/* Entries in id order, each once. */
struct entry_ids {
	int64_t *item;
	size_t n, cap;
};

void selectors_release(struct selectors *s) _nonnull_all_;
/* Adds a path, directory or pattern as `decide` takes them, but that a directory may have any name.
 * The store's catalog is open. -EINVAL as store_resolve(), and of "". */
int selectors_add_path(struct selectors *s, const struct store *store, const char *given,
		       struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Adds "xxh3:...", "md5:..." or "sha256:...". -EINVAL where it is none. */
int selectors_add_hash(struct selectors *s, const char *given, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Adds a creator, an address or an id as people write them. -EINVAL where it can be none. */
int selectors_add_text(struct selectors *s, enum lic_selector_kind kind, const char *given,
		       struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Reads a picture into `example`. Before the catalog is opened: a process is forked for it. -EINVAL
 * where the file is no image. */
int selectors_read_example(struct selectors *s, const char *file, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Adds the bytes of the examples and, with `likeness` and where they have one, their likeness. */
void selectors_add_examples(struct selectors *s, bool likeness) _nonnull_all_;
/* Replaces likenesses by the bytes of what they match now: an erasure keeps nothing of a picture
 * that looks like it. Within the transaction that revokes. */
int selectors_freeze(struct selectors *s, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* Adds what one selector matches now, as `revoke` would match it. */
int selector_find(struct lic_catalog *cat, const struct lic_selector *sel, struct entry_ids *ids,
		  struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* The same for selectors of which any may match. */
int selectors_find(struct lic_catalog *cat, const struct selectors *s, struct entry_ids *ids,
		   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void entry_ids_add(struct entry_ids *ids, int64_t id) _nonnull_all_;
/* Sorts; each stays once. */
void entry_ids_sort(struct entry_ids *ids) _nonnull_all_;
bool entry_ids_has(const struct entry_ids *ids, int64_t id) _nonnull_all_;
/* Keeps those that are in `other` too; both are sorted. */
void entry_ids_meet(struct entry_ids *ids, const struct entry_ids *other) _nonnull_all_;
void entry_ids_release(struct entry_ids *ids) _nonnull_all_;

#endif
