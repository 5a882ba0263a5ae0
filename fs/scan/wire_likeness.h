/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a helper says of a picture that it decoded: one record each, in the order in which they were
 * asked for. It is judged as everything that a helper says is (wire.h).
 */
#ifndef LICENSEFS_SCAN_WIRE_LIKENESS_H
#define LICENSEFS_SCAN_WIRE_LIKENESS_H

#include <sys/types.h>

#include <licensefs/likeness.h>

#define LIC_LIKENED 0x6c696335u /* how such records begin */
#define LIC_WHY_MAX 200u	/* bytes of a reason, its NUL included */

struct lic_likened {
	uint32_t serial, number; /* of the message, and of the file in it */
	int32_t result;		 /* of lic_likeness_read() */
	struct lic_hash hash;	 /* of the bytes that were decoded */
	struct lic_likeness likeness;
	char why[LIC_WHY_MAX]; /* there is none: printable ASCII; "" where there is one */
};

/* Appends the record; what is not printable in a reason becomes '?'. */
void lic_likened_add(struct lic_buf *out, const struct lic_likened *l) _nonnull_all_;
/* Bytes of the record at p, 0 while fewer than n tell, -EBADMSG. */
ssize_t lic_likened_size(const uint8_t *p, size_t n);
/* Takes a whole record; -EBADMSG where no honest decoder says such a thing. */
int lic_likened_take(const uint8_t *p, size_t n,
		     struct lic_likened *ret) _nonnull_all_ _must_check_;

#endif
