/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of snapshots that make a directory. */
#ifndef LICENSEFS_TOOLS_SNAPSHOT_FILES_H
#define LICENSEFS_TOOLS_SNAPSHOT_FILES_H

#include <licensefs/snapshot_export.h>

#include "command.h"

/* Options of these alone. */
struct files_args {
	const char *link, *texts, *shard_size;
};

/* Do the options fit the format, with `output` (NULL: standard output)? Else it has been said. */
bool files_usage(const struct lic_export_format *format, const struct files_args *args,
		 const char *output) _nonnull_(1, 2);
/* Completes the request and runs it; returns enum tool_exit. */
int files_export(const struct call *call, struct lic_snapshot *s, const struct files_args *args,
		 struct lic_export_request *q, struct lic_export_result *ret) _nonnull_all_;
/* enum tool_exit of an export, of any format, that has succeeded. */
int files_status(const struct lic_export_result *r) _nonnull_all_;
/* What there is to tell beside what was left out. */
void files_tell(const struct lic_export_result *r) _nonnull_all_;
void files_json(const struct lic_export_result *r, struct lic_json *j) _nonnull_all_;

#endif
