/* SPDX-License-Identifier: Apache-2.0 */
/* One assertion of a C2PA manifest, and who reads which kind. */
#ifndef LICENSEFS_EVIDENCE_C2PA_ASSERTION_H
#define LICENSEFS_EVIDENCE_C2PA_ASSERTION_H

#include "fs/evidence/nested.h"
#include "fs/evidence/reader.h"

#define LIC_C2PA_SOURCE "C2PA"

struct lic_c2pa_assertion {
	struct lic_reading *r;
	const char *label; /* with version and instance */
	uint32_t packet;
	bool is_json;	/* else CBOR */
	bool is_active; /* of the manifest that speaks for the file itself, not for an ingredient */
	const uint8_t *p;
	size_t n;
};

/* False where the content is not well-formed or beyond the limits. */
bool lic_c2pa_walk(const struct lic_c2pa_assertion *a, const struct lic_nested_handler *h,
		   void *ctx) _nonnull_all_ _must_check_;

/* Readers of one kind of assertion; as lic_c2pa_walk(). What was found before stays. */
bool lic_c2pa_training(const struct lic_c2pa_assertion *a) _nonnull_all_ _must_check_;
bool lic_c2pa_metadata(const struct lic_c2pa_assertion *a) _nonnull_all_ _must_check_;
bool lic_c2pa_actions(const struct lic_c2pa_assertion *a) _nonnull_all_ _must_check_;

/* Adds the reservation of everything, for an opt-out that nobody can read. */
void lic_c2pa_reserve_all(struct lic_reading *r, uint32_t packet, const char *why) _nonnull_all_;

#endif
