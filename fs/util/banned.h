/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that are too easy to misuse become compile errors. Included by every source of fs/ and
 * tools/ through -include, after which the system headers must not use them themselves. */
#ifndef LICENSEFS_BANNED_H
#define LICENSEFS_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok asctime gmtime \
	localtime atoi atol atof mktemp tmpnam

#endif
