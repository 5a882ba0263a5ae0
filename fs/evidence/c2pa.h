/* SPDX-License-Identifier: Apache-2.0 */
/* Opt-outs in C2PA manifest stores (JUMBF). */
#ifndef LICENSEFS_EVIDENCE_C2PA_H
#define LICENSEFS_EVIDENCE_C2PA_H

#include "fs/evidence/reader.h"

/*
 * Adds a reservation where the bytes of a manifest store hold a training-mining assertion (C2PA 1.x
 * "c2pa.training-mining", CAWG "cawg.training-mining") that does not allow everything. Signatures
 * are not verified: a restriction is believed from anyone, and an opt-in grants nothing.
 */
void lic_c2pa_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_(1);

#endif
