/* SPDX-License-Identifier: Apache-2.0 */
/* Licenses in running text. */
#ifndef LICENSEFS_LICENSE_PROSE_H
#define LICENSEFS_LICENSE_PROSE_H

#include <licensefs/license.h>

#include "fs/license/words.h"

/* The license that a text states, LicenseRef-Conflict where it contradicts itself or takes the
 * license back, NULL where it states none. `cut`: the text's end is missing. Consumes words. */
const struct lic_license *lic_prose_license(struct lic_words *t, bool cut) _nonnull_all_;

#endif
