/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 and SHA-256 of images, which are computed where somebody names files by them. */
#ifndef LICENSEFS_TOOLS_DIGESTS_H
#define LICENSEFS_TOOLS_DIGESTS_H

#include "store.h"

/* "MD5", "SHA-256", "MD5 and SHA-256"; of LIC_DIGEST_* bits. */
const char *digests_name(unsigned digests) _const_;
/* Reads all images for them, by a scan that signals interrupt (interrupt_watch()); says so: `who`
 * is such as "the manifest names files". The catalog is closed before and opened for writing after.
 */
int digests_complete(struct store *s, unsigned digests, const char *who, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

#endif
