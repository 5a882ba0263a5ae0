/* SPDX-License-Identifier: Apache-2.0 */
/* What people should know of documents before they start a job on a mount. */
#ifndef LICENSEFS_MOUNT_ADVISE_H
#define LICENSEFS_MOUNT_ADVISE_H

#include "fs/mount/worker.h"

/*
 * Tells of settings that are hidden because of absolute paths in them, and of documents whose usual
 * loader compares a checksum, where one of the views that the mount lists leaves out records.
 * Nothing is said of what cannot be found out.
 */
void lic_advise(struct lic_worker *w) _nonnull_all_;

#endif
