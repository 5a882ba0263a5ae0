/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command that sees one view at the store's own path, and of the store nothing else.
 *
 * The process becomes the command: same process id, parent, process group and terminal, so that
 * signals, job control and the exit status need nobody in between. The mount is served by a daemon
 * outside of the command's namespaces, and ends with the command, however that ends.
 *
 * Invariants (docs/run.md lists the ways to the store, and what closes each)
 * - The command starts only when every way that docs/run.md calls closed is closed.
 * - No descriptor of the store, of a directory, or of anything that could lead to it is handed on.
 * - What is mounted, unmounted or bound outside while the command runs does not reach it.
 */
#ifndef LICENSEFS_RUN_H
#define LICENSEFS_RUN_H

#include <licensefs/mount.h>

struct lic_run_options {
	/* Of one view or snapshot. The mount point is the store; allow_other, watch, debug,
	 * foreground and further options for the kernel are refused. */
	const struct lic_mount_options *mount;
	/* Directory that takes what is written to the store; NULL: nothing may be. */
	const char *scratch;
	/* The command, found as execvp(3) does; ends with NULL. */
	char *const *argv;
	/* Called last, to restore what the caller changed; NULL: nothing. */
	void (*prepare)(void);
};

/* Exit statuses of env(1), nohup(1) and others. */
enum lic_run_failure {
	LIC_RUN_FAILED = 125, /* before the command was tried */
	LIC_RUN_NOT_EXECUTABLE = 126,
	LIC_RUN_NOT_FOUND = 127,
};

/* Returns only on failure, with `err` and the status to exit with. The process may be in other
 * namespaces by then and should end. One thread. */
int lic_run(const struct lic_run_options *o, struct lic_error *err) _nonnull_(1, 2) _must_check_;

#endif
