/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs the program, for the record. */
#ifndef LICENSEFS_TOOLS_WHO_H
#define LICENSEFS_TOOLS_WHO_H

#include <licensefs/macros.h>

/* Login name, malloc'ed. It survives sudo where the system keeps it; else the owner of the process
 * is named. Ends the program without memory. */
char *who_am_i(void) _must_check_;

#endif
