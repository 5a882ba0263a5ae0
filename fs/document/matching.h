/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the binder share: names in components, directories, and what was matched. */
#ifndef LICENSEFS_DOCUMENT_MATCHING_H
#define LICENSEFS_DOCUMENT_MATCHING_H

#include "fs/document/binder.h"

/* --- wording.c: a name in components ------------------------------------------------------ */

#define LIC_COMPONENTS_MAX 64 /* the last ones count */

struct lic_wording {
	struct lic_bytes part[LIC_COMPONENTS_MAX]; /* the last one first */
	unsigned n;
	bool anchored;			  /* all components from the store's root on */
	bool by_stem;			  /* may lack its extension */
	bool number;			  /* a short one: perhaps a measure */
	uint8_t text[LIC_NAME_BYTES_MAX]; /* of a URL, decoded */
};
/* False where it is no name. Components lie in `name` or in ret->text. */
bool lic_wording_parse(const struct lic_bytes *root, size_t n_roots, const struct lic_bytes *name,
		       struct lic_wording *ret) _nonnull_(3, 4);
/* Length of a file's name without its extension; n where it has none. Pure. */
size_t lic_wording_stem(const uint8_t *p, size_t n);
/* Are these the names of two different splits of a dataset ("train2017", "val")? Pure. */
bool lic_wording_other_split(const struct lic_bytes *a, const struct lic_bytes *b) _nonnull_all_;

/* --- places.c: directories ---------------------------------------------------------------- */

#define LIC_PLACE_NONE UINT32_MAX

struct lic_place {
	uint32_t parent, depth; /* of the root: LIC_PLACE_NONE, 0 */
	uint32_t rank;		/* in the order of names from the last component on */
	uint32_t n;		/* bytes of its name */
	size_t at;		/* in `text` */
};

struct lic_places {
	struct lic_place *item;
	size_t n, cap;
	struct lic_place_id {
		int64_t id; /* 0: free */
		uint32_t place;
	} * ids; /* hash table */
	size_t ids_n, ids_cap;
	uint32_t *names; /* hash table of places by parent and name */
	size_t names_cap;
	char *text;
	size_t text_n, text_cap;
	lic_directory_fn fn;
	void *ctx;
	int64_t last_id;
	uint32_t last;
};
void lic_places_release(struct lic_places *p) _nonnull_all_;
int lic_places_of(struct lic_places *p, int64_t id, uint32_t *ret) _nonnull_all_ _must_check_;
/* A directory within another that has no id of its own: in an archive. */
int lic_places_below(struct lic_places *p, uint32_t parent, const struct lic_bytes *name,
		     uint32_t *ret) _nonnull_all_ _must_check_;
/* LIC_PLACE_NONE where nobody has asked for it. */
uint32_t lic_places_find(const struct lic_places *p, uint32_t parent,
			 const struct lic_bytes *name) _nonnull_all_;
struct lic_bytes lic_places_name(const struct lic_places *p, uint32_t place) _nonnull_all_;
/* So many steps up; LIC_PLACE_NONE beyond the root. */
uint32_t lic_places_up(const struct lic_places *p, uint32_t place, unsigned steps) _nonnull_all_;
/* Sets the ranks of n places. */
int lic_places_rank(struct lic_places *p, uint32_t *place, size_t n) _nonnull_(1) _must_check_;

/* --- binder.c ----------------------------------------------------------------------------- */

struct lic_match {
	uint32_t wanted; /* number of the last component */
	uint32_t place;	 /* of the image */
	int64_t id;
};

struct lic_wanted {
	uint64_t hash;
	size_t at;
	uint32_t n;
	bool by_stem;
	size_t first, matches; /* after lic_binder_match() */
};

struct lic_binder {
	struct lic_places places;
	struct lic_bytes root[4];
	size_t n_roots;
	struct lic_wanted *wanted;
	size_t n, cap;
	bool stems;	 /* some wanted ones are by stem */
	uint32_t *table; /* of wanted */
	size_t table_cap;
	char *text;
	size_t text_n, text_cap;
	struct lic_match *match; /* in the order of wanted, rank, id */
	size_t n_match, match_cap;
	struct lic_wording wording;
};

/* Images that a name may mean: matches [first, end), which have `shared` directories with it. */
struct lic_candidates {
	size_t first, end;
	unsigned shared;
};
void lic_binder_find(const struct lic_binder *b, const struct lic_wording *w,
		     struct lic_candidates *ret) _nonnull_all_;
/* Those of them whose base is that place; it must have shared directories below. */
void lic_binder_narrow(const struct lic_binder *b, const struct lic_wording *w,
		       const struct lic_candidates *all, uint32_t base,
		       struct lic_candidates *ret) _nonnull_all_;
static inline uint32_t lic_binder_base(const struct lic_binder *b, const struct lic_candidates *c,
				       size_t i)
{
	return lic_places_up(&b->places, b->match[i].place, c->shared);
}

/* Room for one more of `size` bytes; false without memory. */
bool lic_matching_grow(void *array, size_t n, size_t *cap, size_t size) _nonnull_all_ _must_check_;

#endif
