/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs of what mounts: mount -o job=, run --job. */
#ifndef LICENSEFS_TOOLS_RECORDED_H
#define LICENSEFS_TOOLS_RECORDED_H

#include <licensefs/job.h>
#include <licensefs/mount.h>

struct recorded {
	struct lic_job_begun begun; /* number 0: there is no job */
};

/* Begins the job that `o` names, if any, and tells `o` of it. `argv`: the command, NULL for a
 * mount. The catalog is closed again. */
int recorded_begin(struct recorded *r, struct lic_mount_options *o, char *const *argv,
		   struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Takes it back where nothing was served. */
void recorded_cancel(const struct recorded *r, const struct lic_mount_options *o) _nonnull_all_;

#endif
