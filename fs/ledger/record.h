/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a ledger as bytes: encoding for the writer, decoding for the reader. docs/formats.md
 * has the format.
 */
#ifndef LICENSEFS_LEDGER_RECORD_H
#define LICENSEFS_LEDGER_RECORD_H

#include <licensefs/ledger.h>

#include "fs/util/chunk.h"
#include "fs/util/cursor.h"

/* What stands before the first record: as long as a chain. */
#define LIC_LEDGER_MAGIC "licensefs ledger, format 1     \n"
#define LIC_RECORD_HEAD 5u /* length (4), type (1) */
#define LIC_RECORD_CHAIN 32u
#define LIC_RECORD_MAX (1u << 20) /* bytes of a payload */
/* Behind so much of a payload another record is begun: one more part always fits. */
#define LIC_RECORD_FULL (256u << 10)

enum lic_ledger_record_type {
	LIC_RECORD_BEGIN = 1,
	LIC_RECORD_PROCESS,
	LIC_RECORD_OPENED,
	LIC_RECORD_SHOWN,
	LIC_RECORD_HIDDEN,
	LIC_RECORD_LOST,
	LIC_RECORD_END,
	LIC_RECORD_COMMAND,
	LIC_RECORD_ALIVE,
};

/* --- encode.c --------------------------------------------------------------------------------- */

/* A number >= 0, seven bits a byte, the lowest first; ids of parts, sets and texts by these. */
void lic_ledger_record_number(struct lic_buf *out, int64_t v) _nonnull_all_;
void lic_ledger_record_text(struct lic_buf *out, const char *s) _nonnull_all_;
/* A part of a set, after the part with the number *last (-1: none). */
void lic_ledger_record_part(struct lic_buf *out, int64_t *last, int64_t number,
			    const uint8_t bits[LIC_CHUNK_BYTES]) _nonnull_all_;

/* Records are gathered one behind another, without their chains: a record begins with
 * lic_ledger_record_open(), whose result lic_ledger_record_close() takes. */
size_t lic_ledger_record_open(struct lic_buf *out, enum lic_ledger_record_type type) _nonnull_all_;
/* False, and the record is gone, where the buffer failed. */
bool lic_ledger_record_close(struct lic_buf *out, size_t at) _nonnull_all_;
/* Appends the chain of the record that begins at `at` and ends the buffer; the chain before it, or
 * what stands before the first record, lies right before it. */
void lic_ledger_record_chain(struct lic_buf *out, size_t at) _nonnull_all_;
/* Length of the record that is gathered at `p`, without a chain. */
size_t lic_ledger_record_bytes(const char *p) _nonnull_all_ _pure_;

/* --- decode.c --------------------------------------------------------------------------------- */

/* What of the summary and of the writer's numbers follows from records. */
struct lic_ledger_record_sum {
	struct lic_ledger_summary *s;
	bool open;	 /* begun and not ended */
	bool broken_off; /* begun again without an end before */
};
/* Visits one payload: -EBADMSG for what the writer does not write. */
int lic_ledger_record_visit(enum lic_ledger_record_type type, const void *p, size_t n,
			    const struct lic_ledger_visitor *v, void *ctx,
			    struct lic_ledger_record_sum *sum) _nonnull_(2, 4, 6) _must_check_;

/* --- read.c ----------------------------------------------------------------------------------- */

/* As lic_ledger_read() of a file that is open, which somebody writes if `running`. */
int lic_ledger_scan(int fd, const char *path, bool running, const struct lic_ledger_visitor *v,
		    void *ctx, struct lic_ledger_summary *ret, struct lic_error *err)
	_nonnull_(2, 4, 6) _must_check_;

/* --- known.c ---------------------------------------------------------------------------------- */

/* Which entries were opened by which process before, as far as the memory for it goes: what was
 * asked for longest ago is forgotten first. */
struct lic_ledger_known;
struct lic_ledger_known *lic_ledger_known_new(size_t bytes) _must_check_;
void lic_ledger_known_free(struct lic_ledger_known *k);
/* False: it is known already. */
bool lic_ledger_known_add(struct lic_ledger_known *k, int64_t process, int64_t entry) _nonnull_all_;

#endif
