/* SPDX-License-Identifier: Apache-2.0 */
/* What ps(1) shows of a process that does something else than its command line says. */
#ifndef LICENSEFS_UTIL_TITLE_H
#define LICENSEFS_UTIL_TITLE_H

#include <licensefs/macros.h>

/* `comm`: at most 15 bytes; the command line becomes `title`, cut to the room of the former one.
 * Only for a process of one thread that never looks at its arguments again. */
void lic_title_set(const char *comm, const char *title) _nonnull_all_;

#endif
