/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a helper says of a picture that it made small: one record each. Only pixels come over, so
 * that whoever has taken a helper over can show what he likes and do nothing else.
 */
#ifndef LICENSEFS_SCAN_WIRE_THUMBNAIL_H
#define LICENSEFS_SCAN_WIRE_THUMBNAIL_H

#include <sys/types.h>

#include <licensefs/likeness.h>

#define LIC_PICTURED 0x6c696336u /* how such records begin */

struct lic_pictured {
	uint32_t serial, number;	/* of the message, and of the file in it */
	int32_t result;			/* of lic_thumbnail_read() */
	struct lic_thumbnail thumbnail; /* all zero where there is none, and beyond its pixels */
};

void lic_pictured_add(struct lic_buf *out, const struct lic_pictured *p) _nonnull_all_;
/* Bytes of the record at p, 0 while fewer than n tell, -EBADMSG. */
ssize_t lic_pictured_size(const uint8_t *p, size_t n);
/* Takes a whole record; -EBADMSG where no honest decoder says such a thing. */
int lic_pictured_take(const uint8_t *p, size_t n,
		      struct lic_pictured *ret) _nonnull_all_ _must_check_;

#endif
