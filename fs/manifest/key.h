/* SPDX-License-Identifier: Apache-2.0 */
/* Grammars of join keys that are more than a path: addresses, and photo ids in file names. */
#ifndef LICENSEFS_MANIFEST_KEY_H
#define LICENSEFS_MANIFEST_KEY_H

#include <licensefs/manifest.h>

/* Digits of a photo id: no leading zero; both sites are far from needing more. */
#define LIC_KEY_ID_DIGITS 11

/* Is this a photo id of at least `least` digits, and nothing else? */
bool lic_key_is_id(struct lic_bytes text, size_t least) _pure_;

/*
 * The one Flickr photo id that a file name without its extension holds, pointing into it; false
 * where it holds none or could hold two. ID is a number, SECRET 9 or 10 hexadecimal digits, SIZE
 * one of Flickr's suffixes:
 *
 *   ID                               ID_SECRET[_SIZE][_d]        as the address has it
 *   [TITLE]_ID_SIZE   ID_SIZE        [TITLE]_ID_SECRET_SIZE      as the site names downloads
 *   flickr_ID...      flickr-ID...                               as scrapers name files
 *
 * The less of this a name has, the longer the id must be: a wrong join would grant the license of a
 * stranger. What can be a date is none where nothing else says that it is an id.
 */
bool lic_key_flickr_id(struct lic_bytes stem, struct lic_bytes *ret) _nonnull_all_ _must_check_;

/* The photo id of `PARENT/STEM.ext` in the layout of iNaturalist Open Data and flat copies of it:
 * ID/SIZE, ID or ID_SIZE, where SIZE is "original", "large", "medium", "small", "thumb" or
 * "square". */
bool lic_key_inaturalist_id(struct lic_bytes parent, struct lic_bytes stem,
			    struct lic_bytes *ret) _nonnull_all_ _must_check_;

/*
 * Appends an http or https address in its normal form: "http" for both, host in lower case, no
 * default port, no empty fragment; escapes of unreserved characters decoded, others in upper case,
 * bytes that no address may hold escaped. False for anything else; then `out` may hold a part of
 * it.
 */
bool lic_key_url(struct lic_bytes text, struct lic_buf *out) _nonnull_all_ _must_check_;

#endif
