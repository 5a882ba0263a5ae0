/* SPDX-License-Identifier: Apache-2.0 */
/* What the values of opt-out properties reserve. */
#ifndef LICENSEFS_EVIDENCE_RESERVE_H
#define LICENSEFS_EVIDENCE_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

#include <licensefs/evidence.h>

#include "fs/evidence/fields.h"

#define LIC_RESERVE_ALL (LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT)

/* LIC_RESERVE_* bits that `text` states in a field of this kind; 0 for kinds that reserve nothing.
 * A value that nobody knows reserves everything: a restriction is believed. Pure. */
uint32_t lic_reserve_of(enum lic_field_kind kind, const char *text) _nonnull_all_;

/* Exif 3.1 LearningOptOutIn (0x9287): u16 n, then n pairs of use and choice. Pure. */
uint32_t lic_reserve_of_learning(const uint8_t *p, size_t n, bool big) _nonnull_all_;

#endif
