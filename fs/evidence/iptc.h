/* SPDX-License-Identifier: Apache-2.0 */
/* IPTC-IIM records. */
#ifndef LICENSEFS_EVIDENCE_IPTC_H
#define LICENSEFS_EVIDENCE_IPTC_H

#include "fs/evidence/reader.h"

/* Adds the claims of one IIM block as one packet. Zeros behind the last data set are padding;
 * anything else that is no data set is damage. */
void lic_iptc_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_;
/* The same, with every data set through libiptcdata: what that makes of it is what counts. */
void lic_iptc_read_any(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_;

#endif
