/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a helper says of documents: the pieces of an index, each in a record of its own, and at the
 * end of a file what it turned out to be. Files are answered in the order in which they were asked
 * for. As with images (wire.h) the helper may have been taken over by what it read, so that its
 * pieces are judged before anybody keeps them: lic_index_check.
 */
#ifndef LICENSEFS_SCAN_WIRE_INDEX_H
#define LICENSEFS_SCAN_WIRE_INDEX_H

#include <sys/types.h>

#include "fs/document/index.h"

#define LIC_INDEXED 0x6c696334u /* how such records begin */
#define LIC_INDEXED_END 0u	/* instead of a part */

struct lic_indexed {
	uint32_t serial, number; /* of the message, and of the file in it */
	uint32_t part;		 /* enum lic_document_part, LIC_INDEXED_END */
};

struct lic_indexed_end {
	int32_t result; /* of lic_document_index(): 0 or a negative errno */
	struct lic_index_result found;
};

void lic_indexed_add(struct lic_buf *out, const struct lic_indexed *about, const void *p, size_t n)
	_nonnull_(1, 2);
/* Bytes of the record at p, 0 while fewer than n tell, -EBADMSG. */
ssize_t lic_indexed_size(const uint8_t *p, size_t n);
/* Takes a whole record; *ret_p lies within. -EBADMSG where it is another. */
int lic_indexed_take(const uint8_t *p, size_t n, struct lic_indexed *ret, const uint8_t **ret_p,
		     size_t *ret_n) _nonnull_all_ _must_check_;
/* What is at the end of a file; -EBADMSG. */
int lic_indexed_take_end(const uint8_t *p, size_t n,
			 struct lic_indexed_end *ret) _nonnull_all_ _must_check_;

/* One index on its way. */
struct lic_index_check {
	uint64_t size; /* of the file */
	uint64_t bytes, records, members;
	uint64_t top; /* subjects that something is about */
	struct lic_records_reader record;
	struct lic_names_reader name;
};
void lic_index_check_begin(struct lic_index_check *c, uint64_t size) _nonnull_all_;
void lic_index_check_release(struct lic_index_check *c) _nonnull_all_;
/* 0; -EBADMSG where no honest reader says this; -ENOMEM */
int lic_index_check_piece(struct lic_index_check *c, uint32_t part, const uint8_t *p,
			  size_t n) _nonnull_all_ _must_check_;
int lic_index_check_end(const struct lic_index_check *c,
			const struct lic_index_result *r) _nonnull_all_ _must_check_;

#endif
