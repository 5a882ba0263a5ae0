/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C during long work. */
#include <stddef.h>

#include "interrupt.h"

volatile sig_atomic_t interrupt_signal;

/* The second signal ends the program at once: the handler is gone after the first. */
static void note(int signal_number)
{
	interrupt_signal = signal_number;
}

void interrupt_watch(void)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}
