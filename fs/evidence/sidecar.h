/* SPDX-License-Identifier: Apache-2.0 */
/* Files beside an image that speak for it alone, by what their name promises. */
#ifndef LICENSEFS_EVIDENCE_SIDECAR_H
#define LICENSEFS_EVIDENCE_SIDECAR_H

#include "fs/evidence/reader.h"

/* Reads the JSON of a sidecar about the image of that file name. Malformed JSON is damage; a
 * document of no known shape, about many images, or about another file says nothing. */
void lic_sidecar_json(struct lic_reading *r, const uint8_t *p, size_t n, const char *image)
	_nonnull_(1, 4);

#endif
