/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of selectors share: globs, and the grammars of addresses and ids. */
#ifndef LICENSEFS_RIGHTS_SELECTOR_H
#define LICENSEFS_RIGHTS_SELECTOR_H

#include <licensefs/selector.h>

/* --- glob.c ------------------------------------------------------------------------------- */

/* Is the pattern about the path (docs/formats.md, "Patterns of decisions")? */
bool lic_path_glob(struct lic_bytes pattern, struct lic_bytes path);
/* In a text: `*` is any number of bytes, `?` is one character. */
bool lic_text_glob(struct lic_bytes pattern, struct lic_bytes text);

/* --- selector_url.c ----------------------------------------------------------------------- */

/* Appends an address as it is compared; false where the text can be none. */
bool lic_selector_url(struct lic_bytes text, struct lic_buf *out) _nonnull_(2);

/* Pieces of a text, one after the other. */
struct lic_cut {
	struct lic_bytes rest;
};
/* The next address in a text that may hold several: from one scheme to the next, or to what no
 * address holds. The first one is the text as a whole. False where there is none left. */
bool lic_selector_next_url(struct lic_cut *cut, struct lic_bytes *ret) _nonnull_all_;

/* --- selector_id.c ------------------------------------------------------------------------ */

/* Appends an id as it is compared. */
void lic_selector_id(struct lic_bytes text, struct lic_buf *out) _nonnull_(2);
/* The next part of an id between bytes that are none of it; false where there is none left. */
bool lic_selector_next_part(struct lic_cut *cut, struct lic_bytes *ret) _nonnull_all_;
/* The next component or value of a query of a normal address, behind its host. */
bool lic_selector_next_value(struct lic_cut *cut, struct lic_bytes *ret) _nonnull_all_;
/* A name without its extension. */
struct lic_bytes lic_selector_stem(struct lic_bytes name);

#endif
