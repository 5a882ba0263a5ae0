/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of snapshots share. */
#ifndef LICENSEFS_TOOLS_SNAPSHOT_H
#define LICENSEFS_TOOLS_SNAPSHOT_H

#include <licensefs/snapshot.h>

#include "command.h"

extern const struct command cmd_snapshot_create;
extern const struct command cmd_snapshot_diff;
extern const struct command cmd_snapshot_export;
extern const struct command cmd_snapshot_show;
extern const struct command cmd_snapshot_verify;

/* "sha256:" and 64 hexadecimal digits. */
void snapshot_digest(const uint8_t digest[32], char buf[72]) _nonnull_all_;
/* "12.3 MB" */
void snapshot_bytes(int64_t bytes, char buf[32]) _nonnull_all_;
/* The keys that tell all of one that does not change. `number` -1: it was not made. */
void snapshot_json(const struct lic_snapshot_info *s, struct lic_json *j) _nonnull_all_;
/* Opens one by its name, or says why not: then *ret_status is what to return. */
struct lic_snapshot *snapshot_open(struct lic_catalog *cat, const char *name,
				   int *ret_status) _nonnull_all_;
/* Draws a bar; stops by -EINTR once a signal has come. */
int snapshot_progress(void *ctx, const struct lic_snapshot_progress *p);

#endif
