/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is there whole or not at all, or standard output.
 *
 * What is written goes to a file without a name, or where the filesystem has none of these to one
 * with a name of its own, until all is there; then it takes the place of what had its name before.
 */
#ifndef LICENSEFS_TOOLS_SINK_H
#define LICENSEFS_TOOLS_SINK_H

#include <stdbool.h>
#include <stdio.h>

#include <licensefs/error.h>

struct sink {
	FILE *f;
	char *temporary; /* NULL: standard output */
	bool nameless;
	int code; /* errno of a write that failed */
};

/* `path` NULL: standard output. -EINVAL where it is there and no regular file. */
int sink_open(struct sink *s, const char *path, struct lic_error *err) _nonnull_(1) _must_check_;
/* Writes; 1 where that failed: sink_close() says why. `ctx` is the sink. */
int sink_put(void *ctx, const void *p, size_t n) _must_check_;
/* Brings all that was written to the disk: nothing but a name is missing then. */
int sink_sync(struct sink *s, const char *path, struct lic_error *err) _nonnull_(1) _must_check_;
/* Times that something is written anew whose contents may not be shown any more when it is done. */
#define SINK_TRIES 5
/* Gives the file its name, on the disk before, or takes it away where not `good`; the errno of a
 * write that failed counts. */
int sink_close(struct sink *s, const char *path, bool good, struct lic_error *err)
	_nonnull_(1) _must_check_;

#endif
