/* SPDX-License-Identifier: Apache-2.0 */
/* Names that people may have meant: of snapshots and jobs. */
#ifndef LICENSEFS_CATALOG_NEAREST_H
#define LICENSEFS_CATALOG_NEAREST_H

#include <licensefs/catalog_snapshot.h>

struct lic_nearest {
	const char *name; /* that was asked for */
	char best[LIC_SNAPSHOT_NAME_MAX + 1];
	unsigned distance;
	bool any; /* there are names at all */
};
#define LIC_NEAREST_INIT(asked)                                                                    \
	{                                                                                          \
		.name = (asked), .distance = ~0u                                                   \
	}

void lic_nearest_look(struct lic_nearest *x, const char *name) _nonnull_all_;
/* Sets -ENOENT: "no KIND 'NAME'", and the name that is meant; else `some` where there are any,
 * `none` where there is none. */
int lic_nearest_error(const struct lic_nearest *x, const char *kind, const char *some,
		      const char *none, struct lic_error *err) _nonnull_(1, 2, 3, 4);

#endif
