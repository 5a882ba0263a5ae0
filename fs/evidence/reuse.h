/* SPDX-License-Identifier: Apache-2.0 */
/* REUSE 3.3: what its tags and tables state of a file, as claims. */
#ifndef LICENSEFS_EVIDENCE_REUSE_H
#define LICENSEFS_EVIDENCE_REUSE_H

#include "fs/evidence/reader.h"

/* Bytes of a file of tags or of rules; nobody writes so many by hand. */
#define LIC_REUSE_MAX (1u << 20)

/* Reads the text of a `.license` file: SPDX tags behind any prefix (comments), those of snippets
 * and of ignored blocks left out; several licenses hold together (AND). What else stands there may
 * restrict. A file without any tag is damage. */
void lic_reuse_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_(1);

/* Appends a license to an expression of which all hold: "(A) AND (B)". */
void lic_reuse_join(struct lic_buf *expression, const char *license, size_t n) _nonnull_all_;
/* Claims of one copyright statement: itself, and whom it names. */
void lic_reuse_copyright(struct lic_reading *r, uint32_t packet, const char *text,
			 size_t n) _nonnull_all_;

#endif
