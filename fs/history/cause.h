/* SPDX-License-Identifier: Apache-2.0 */
/* Why the rights of an image changed: what the generation did that changed them. */
#ifndef LICENSEFS_HISTORY_CAUSE_H
#define LICENSEFS_HISTORY_CAUSE_H

#include <licensefs/catalog.h>

struct lic_cause {
	int64_t revocation; /* that began or ended in it; 0: none */
	bool many;	    /* several decisions were made in it: which one depends on the path */
	struct lic_buf text;
};
#define LIC_CAUSE_INIT                                                                             \
	{                                                                                          \
		.text = LIC_BUF_INIT(1u << 16)                                                     \
	}
/* Overwrites *ret. O(decisions + revocations + manifests). */
int lic_cause_find(struct lic_catalog *cat, int64_t generation, struct lic_bytes path,
		   struct lic_cause *ret, struct lic_error *err) _nonnull_(1, 4) _must_check_;

#endif
