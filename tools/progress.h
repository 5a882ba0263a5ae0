/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A progress bar on stderr: only where stderr is a terminal, and gone when the work is done.
 *
 * One bar at a time, drawn by the thread that prints.
 */
#ifndef LICENSEFS_TOOLS_PROGRESS_H
#define LICENSEFS_TOOLS_PROGRESS_H

#include <stdint.h>

#include <licensefs/macros.h>

/* Draws the bar: `done` of `expected` (0: unknown) of the things that `what` names, and the bytes
 * read. The first call starts the clock for rate and remaining time. */
void progress_draw(const char *what, int64_t done, int64_t expected, uint64_t bytes) _nonnull_all_;
/* Clears the line, if a bar stands there. */
void progress_clear(void);

#endif
