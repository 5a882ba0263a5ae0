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

struct progress {
	const char *what;	   /* "images": the things that are counted */
	int64_t done, expected;	   /* things; `expected` 0: not known */
	uint64_t bytes, bytes_all; /* read; `bytes_all` 0: not known, else the bar goes by bytes */
};

/* Draws the bar, at most some ten times a second. The first call starts the clock for rate and
 * remaining time; so does one with less done than before. */
void progress_draw(const struct progress *p) _nonnull_all_;
/* Clears the line, if a bar stands there. */
void progress_clear(void);

#endif
