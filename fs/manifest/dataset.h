/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptions of whole datasets: one row about every image below the root, at LIC_RANK_DATASET. A
 * license there grants nothing unless the operator vouches for it (import --grant), because a
 * dataset may be licensed and its pictures be strangers' all the same.
 */
#ifndef LICENSEFS_MANIFEST_DATASET_H
#define LICENSEFS_MANIFEST_DATASET_H

#include "fs/evidence/shape.h"
#include "fs/manifest/reader.h"

/* Members that a format gives a meaning: "licenses[].name" stands for the name of every item, and
 * "creator" for the creator whether it is a text or a list of texts. */
struct lic_dataset_member {
	const char *path;
	enum lic_role role;
	enum lic_context context;
};

/* Is that what the path says, where "[]" stands for any item? A last "[]" may be missing. */
bool lic_dataset_path_is(const char *path, const char *pattern) _nonnull_all_;

/* Begins the row. */
void lic_dataset_begin(struct lic_manifest_reading *m) _nonnull_all_;
/* Adds a claim about the dataset; empty text adds none. */
void lic_dataset_claim(struct lic_manifest_reading *m, enum lic_role role, enum lic_context context,
		       const char *field, const char *text) _nonnull_all_;
/* Adds a claim for every member of the record that `members` names. */
void lic_dataset_claims(struct lic_manifest_reading *m, const struct lic_record *d,
			const struct lic_dataset_member *members, size_t n) _nonnull_all_;
/* Says what the license of the row that is open is good for. */
void lic_dataset_say(struct lic_manifest_reading *m) _nonnull_all_;
/* Says so and ends the row. */
int lic_dataset_end(struct lic_manifest_reading *m, struct lic_error *err) _nonnull_(1);

#endif
