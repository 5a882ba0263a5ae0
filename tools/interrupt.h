/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C during long work. */
#ifndef LICENSEFS_TOOLS_INTERRUPT_H
#define LICENSEFS_TOOLS_INTERRUPT_H

#include <signal.h>

/* The signal that came, 0 before. */
extern volatile sig_atomic_t interrupt_signal;

/* From now on the first SIGINT or SIGTERM sets interrupt_signal; a second one ends the program. */
void interrupt_watch(void);

#endif
