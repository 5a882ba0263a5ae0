/* SPDX-License-Identifier: Apache-2.0 */
/* What a text says beside the license that was found in it. */
#ifndef LICENSEFS_LICENSE_GUARD_H
#define LICENSEFS_LICENSE_GUARD_H

#include <licensefs/license.h>

#include "fs/license/words.h"

/* True where words outside of what was consumed deny, reserve or narrow the license: then the text
 * contradicts itself. Consumes phrases that only look like it. Cost linear in the words. */
bool lic_guard_objects(struct lic_words *t, const struct lic_license *l) _nonnull_all_;

/* Is word i about commerce, in any language? */
bool lic_word_is_commercial(const struct lic_words *t, size_t i) _nonnull_all_;

/* Statements without a license: the id that a text amounts to, NULL if none. */
const struct lic_license *lic_phrase_license(const struct lic_words *t) _nonnull_all_;
/* Words of "some rights reserved" and "no rights reserved" at word i, 0 if they do not stand there:
 * such text takes nothing back from a license beside it. */
size_t lic_phrase_concedes(const struct lic_words *t, size_t i) _nonnull_all_;
/* True for text that begins like a copyright notice. */
bool lic_phrase_is_notice(const char *s, size_t n) _nonnull_all_;

#endif
