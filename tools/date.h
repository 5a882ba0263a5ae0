/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as people and scripts write them. */
#ifndef LICENSEFS_TOOLS_DATE_H
#define LICENSEFS_TOOLS_DATE_H

#include <stdint.h>

#include <licensefs/error.h>

/*
 * 2027-12-31 is the end of that day in UTC, that is the first second of the next one;
 * 2027-12-31T18:00[:30][Z|+01:00] is that moment, in UTC where it does not say. *ret is in seconds
 * since the epoch. -EINVAL for anything else.
 */
int date_parse(const char *s, int64_t *ret, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* "2027-12-31T18:00:30Z" */
void date_format(int64_t seconds, char buf[32]) _nonnull_all_;

#endif
