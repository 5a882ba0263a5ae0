/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What speaks for a mount that nobody else can see (elsewhere.h): a thread that answers whoever
 * asks how far it has followed, by a socket that every process of the machine can find, and that
 * ends the mount with the command it was made for.
 */
#ifndef LICENSEFS_MOUNT_HERALD_H
#define LICENSEFS_MOUNT_HERALD_H

#include <sys/types.h>
#include <sys/un.h>

#include "fs/mount/session.h"

/* Abstract socket, "licensefs-run/CATALOG/COMMAND/DAEMON": the catalog as LIC_MOUNT_XATTR has it,
 * and two process ids. Who connects is sent what that attribute says, by SOCK_SEQPACKET. */
#define LIC_HERALD_PREFIX "licensefs-run/"
#define LIC_HERALD_NAME 100

/* Does nothing for a mount that is made here. */
int lic_herald_start(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_herald_stop(struct lic_session *s) _nonnull_all_;

/* Every socket of mounts of the catalog, by its name, and the command's process id. Of another
 * network namespace it sees nothing. */
int lic_herald_each(const char *catalog, int (*fn)(void *ctx, const char *name, pid_t command),
		    void *ctx) _nonnull_(1, 2);
/* Asks one; text of at most n-1 bytes, or a negative errno: -ENOTCONN where it is gone. Blocks for
 * as long as the daemon is stopped. */
ssize_t lic_herald_ask(const char *name, char *ret, size_t n) _nonnull_all_ _must_check_;

#endif
