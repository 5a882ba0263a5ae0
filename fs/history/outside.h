/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a place lies in a store, under whatever name: through symbolic links, and mounts of a
 * part of it.
 */
#ifndef LICENSEFS_HISTORY_OUTSIDE_H
#define LICENSEFS_HISTORY_OUTSIDE_H

#include <licensefs/error.h>

/* -EINVAL where the directory that is open as `dir` is the store or lies in it; `output` is what
 * would be made there, for messages. */
int lic_outside_check(int dir, const char *store, const char *output, struct lic_error *err)
	_nonnull_(2, 3) _must_check_;

#endif
