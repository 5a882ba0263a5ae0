/* SPDX-License-Identifier: Apache-2.0 */
/* Tar archives as GNU tar and every other one read them: the same input gives the same bytes. */
#ifndef LICENSEFS_HISTORY_EXPORT_TAR_H
#define LICENSEFS_HISTORY_EXPORT_TAR_H

#include <stdint.h>

#include <licensefs/buffer.h>

#define LIC_TAR_BLOCK 512u

/* Appends what stands before the bytes of a regular file, mode 0644, of user and group 0. Times
 * before 1970 become 0. */
void lic_tar_header(struct lic_buf *out, const void *name, size_t n, uint64_t size,
		    int64_t seconds) _nonnull_all_;
/* Appends zeros up to a whole block. */
void lic_tar_pad(struct lic_buf *out, uint64_t size) _nonnull_all_;
/* And what stands at the end of all. */
void lic_tar_end(struct lic_buf *out) _nonnull_all_;

#endif
