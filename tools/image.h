/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of the catalog with what is known of it, and how its rights are written as JSON.
 */
#ifndef LICENSEFS_TOOLS_IMAGE_H
#define LICENSEFS_TOOLS_IMAGE_H

#include <licensefs/json.h>
#include <licensefs/view.h>

struct image {
	struct lic_entry entry;		 /* its name lies in `path` */
	struct lic_buf path;		 /* relative to the store */
	const struct lic_rights *rights; /* of images; owned by the catalog */
	struct lic_credit credit;
	bool have_credit;
	struct lic_memberships in; /* collections */
	bool have_in;
};

/* Walks of many entries: remembers the directory of the last one. */
struct path_cache {
	int64_t dir;
	struct lic_buf path; /* of the directory, with a slash at its end unless it is the root */
};
void path_cache_release(struct path_cache *c) _nonnull_all_;
/* Path of an entry whose name is valid; `out` is emptied first. */
int path_cache_get(struct path_cache *c, struct lic_catalog *cat, const struct lic_entry *e,
		   struct lic_buf *out, struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

/* Reads rights and path; the entry's name must be valid. */
int image_load(struct image *i, struct path_cache *cache, struct lic_catalog *cat,
	       const struct lic_entry *e, struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;
/* Reads the credit, once. */
int image_credit(struct image *i, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Is it in the view? Reads the credit if the view asks for it. */
int image_match(struct image *i, struct lic_catalog *cat, const struct lic_view *v, int64_t now,
		bool *ret, struct lic_error *err) _nonnull_(1, 2, 3, 5) _must_check_;
/* Writes why it is in the view or not to the empty buffer `out`. */
int image_why(struct image *i, struct lic_catalog *cat, const struct lic_view *v, int64_t now,
	      struct lic_buf *out, struct lic_error *err) _nonnull_(1, 2, 3, 5) _must_check_;
void image_release(struct image *i) _nonnull_all_;

/* "xxh3:" and 32 hexadecimal digits. */
void image_hash(const struct lic_hash *hash, char buf[40]) _nonnull_all_;
/* A hash of an image's bytes. */
struct content_hash {
	unsigned digest; /* LIC_DIGEST_MD5 or LIC_DIGEST_SHA256; 0: XXH3 */
	uint8_t b[32];
};
/* -EINVAL where it is no hash. */
int image_parse_hash(const char *s, struct content_hash *ret,
		     struct lic_error *err) _nonnull_all_ _must_check_;

/* The keys license, permissions, alternatives, obligations, reservations. `rights` NULL: nothing is
 * known. */
void image_json_rights(struct lic_json *j, const struct lic_rights *rights) _nonnull_(1);
void image_json_credit(struct lic_json *j, const struct lic_credit *credit) _nonnull_(1);

#endif
