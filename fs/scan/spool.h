/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of an index between the helper that says them and the catalog that keeps them: few in
 * memory, many in a file without a name. */
#ifndef LICENSEFS_SCAN_SPOOL_H
#define LICENSEFS_SCAN_SPOOL_H

#include <licensefs/document.h>

struct lic_spool {
	struct lic_buf held; /* behind what is in the file */
	int fd;		     /* -1: none */
	uint64_t written;
};

void lic_spool_init(struct lic_spool *s) _nonnull_all_;
void lic_spool_release(struct lic_spool *s) _nonnull_all_;
/* Forgets the pieces. */
void lic_spool_reset(struct lic_spool *s) _nonnull_all_;
/* The file, if there must be one, is made in directory `dir`. */
int lic_spool_add(struct lic_spool *s, const char *dir, enum lic_document_part part,
		  const uint8_t *p, size_t n, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;
/* Calls `fn` for the pieces in order; non-zero stops and is returned. */
int lic_spool_each(const struct lic_spool *s,
		   int (*fn)(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n),
		   void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;

#endif
