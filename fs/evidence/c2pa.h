/* SPDX-License-Identifier: Apache-2.0 */
/* What C2PA manifest stores (JUMBF) state about rights. */
#ifndef LICENSEFS_EVIDENCE_C2PA_H
#define LICENSEFS_EVIDENCE_C2PA_H

#include "fs/evidence/reader.h"

/*
 * Reads n bytes of boxes, each with its header, and adds what the assertions of all manifests in
 * them state:
 *
 * - training-mining (C2PA 1.x, CAWG 1.0 and 1.1): one reservation an entry;
 * - metadata (c2pa.metadata, cawg.metadata, stds.*): the fields of fields.h, which may restrict and
 *   are kept for the record, but never grant; credit is taken from the active manifest alone;
 * - actions: how the picture was made.
 *
 * Signatures are not verified: a restriction is believed from anyone. Boxes that cannot be walked
 * and assertions that may hold a restriction and cannot be read whole are damage [I2]. What is
 * compressed is unpacked, once. Linear in n.
 */
void lic_c2pa_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_(1);

#endif
