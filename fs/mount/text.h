/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of the control tree, each version under a number of its own. */
#ifndef LICENSEFS_MOUNT_TEXT_H
#define LICENSEFS_MOUNT_TEXT_H

#include "fs/mount/control.h"

/* Makes the text and returns its number: the former one where nothing has changed. */
int lic_text_make(struct lic_worker *w, enum lic_made made, int64_t view,
		  uint64_t *ret) _nonnull_all_ _must_check_;
/* Makes `st` those of a text; -ESTALE where that version is no longer kept. */
int lic_text_attr(struct lic_control *c, uint64_t ino, struct stat *st) _nonnull_all_ _must_check_;

#endif
