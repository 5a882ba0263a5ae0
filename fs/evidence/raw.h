/* SPDX-License-Identifier: Apache-2.0 */
/* Which TIFF is a camera raw, and which only came from a camera. */
#ifndef LICENSEFS_EVIDENCE_RAW_H
#define LICENSEFS_EVIDENCE_RAW_H

#include <licensefs/evidence.h>

#include "fs/evidence/ifd.h"

/* What was met in the directories of one file. */
struct lic_raw {
	bool has_dng_version;
	bool has_make;
	bool is_sony;
	bool has_sensor; /* mosaic data, or what only a raw file of some maker holds */
};

/* Takes note of an entry of any directory. */
void lic_raw_note(struct lic_raw *raw, struct lic_tiff *t,
		  const struct lic_ifd_entry *e) _nonnull_all_;
/* Do these bytes begin like a raw file whose TIFF header bears another magic number (Olympus,
 * Panasonic)? Pure. */
bool lic_raw_magic(const uint8_t *p, size_t n) _nonnull_all_;
/* LIC_FORMAT_DNG, LIC_FORMAT_RAW or LIC_FORMAT_TIFF: `head` is how the file begins. */
enum lic_format lic_raw_format(const struct lic_raw *raw, const uint8_t *head,
			       size_t n) _nonnull_all_;

#endif
