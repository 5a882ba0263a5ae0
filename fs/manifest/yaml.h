/* SPDX-License-Identifier: Apache-2.0 */
/* YAML as a flat list of its scalars (fs/evidence/shape.h). */
#ifndef LICENSEFS_MANIFEST_YAML_H
#define LICENSEFS_MANIFEST_YAML_H

#include "fs/evidence/shape.h"

/*
 * Empties the record and fills it from the first document of n bytes of YAML 1.1, which must be a
 * map. null becomes ""; keys that are no texts, anchors' repetitions (which may make a file
 * endless) and deep nesting are refused. False, with line and reason in `why`, where it cannot be
 * read whole.
 */
bool lic_yaml_parse(struct lic_record *d, const uint8_t *p, size_t n, char *why,
		    size_t why_size) _nonnull_all_ _must_check_;

#endif
