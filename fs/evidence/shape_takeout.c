/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Takeout's photo metadata: prose about the picture, and whose picture it is.
 *
 * It has no field for rights. One that somebody shared is not the account owner's: a rule for the
 * whole folder ("all my photos are CC BY") must not clear it, and what stands in the picture may.
 */
#include <string.h>

#include "fs/evidence/shape.h"

static bool is_takeout(const struct lic_record *d, const char *at)
{
	return lic_record_find(d, at, "photoTakenTime.timestamp") &&
	       lic_record_find(d, at, "title");
}

static void takeout_claims(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	static const char *const shared[] = { "googlePhotosOrigin.fromPartnerSharing",
					      "googlePhotosOrigin.fromSharedAlbum" };
	const enum lic_rank rank = r->rank;
	uint32_t packet = lic_reading_packet(r);

	lic_shape_add(r, d, at, "description", packet, LIC_ROLE_CAPTION, LIC_CONTEXT_ANY);
	r->rank = rank < LIC_RANK_MANIFEST ? rank : LIC_RANK_MANIFEST;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(shared); i++)
		if (lic_record_has(d, at, shared[i]))
			lic_shape_add_text(r, shared[i], packet, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY,
					   shared[i], "shared by another person");
	r->rank = rank;
}

const struct lic_shape lic_shape_takeout = { "takeout", is_takeout, takeout_claims };
