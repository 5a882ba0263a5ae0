/* SPDX-License-Identifier: Apache-2.0 */
/* Random access to the bytes of a file, or of a part of one, whole in memory where that is small.
 */
#ifndef LICENSEFS_EVIDENCE_INPUT_H
#define LICENSEFS_EVIDENCE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define LIC_INPUT_WHOLE (256u * 1024) /* files up to this size are read once, whole */
#define LIC_INPUT_WINDOW 4096u	      /* of larger ones, what a walker looks at */

/*
 * Invariants: `size` is what is really there, never more than was asked for; after the first
 * failed pread() `error` stays set and every access fails. The store is never mapped: a truncated
 * file must cost a short read and not a SIGBUS.
 */
struct lic_input {
	int fd;		    /* not owned; -1 for bytes in memory */
	uint64_t base;	    /* where in the file the bytes begin */
	uint64_t size;	    /* bytes there */
	bool is_short;	    /* fewer than the caller judged */
	int error;	    /* negative errno of the first failed pread() */
	const uint8_t *all; /* the whole file, NULL if it is large */
	uint8_t *owned;	    /* memory behind `all` */
	uint64_t window_at;
	size_t window_n;
	uint8_t *window; /* LIC_INPUT_WINDOW bytes, allocated on first use */
};

/* Takes `size` bytes of the file from `base` on; reads them where they are few. 0 or a negative
 * errno; release it either way. */
int lic_input_open(struct lic_input *in, int fd, uint64_t base, uint64_t size)
	_nonnull_(1) _must_check_;
/* Makes sure that all of them are there, and hashes them where `ret_hash` is not NULL. 0 or a
 * negative errno. */
int lic_input_settle(struct lic_input *in, uint8_t ret_hash[16]) _nonnull_(1) _must_check_;
/* Bytes in memory as an input; they must outlive it. Nothing to release. */
void lic_input_of(struct lic_input *in, const void *p, size_t n) _nonnull_(1);
void lic_input_release(struct lic_input *in) _nonnull_all_;

/* n <= LIC_INPUT_WINDOW bytes at `off`, valid until the next call on the input; NULL where the
 * file ends first or cannot be read. */
const uint8_t *lic_input_peek(struct lic_input *in, uint64_t off,
			      size_t n) _nonnull_all_ _must_check_;

/* A piece of the file of any length, in memory. */
struct lic_block {
	const uint8_t *p;
	size_t n;
	uint8_t *owned; /* NULL where it points into the input */
};
/* 0; -ERANGE where the file ends first; -ENOMEM, or the errno of pread(). */
int lic_input_block(struct lic_input *in, uint64_t off, size_t n,
		    struct lic_block *ret) _nonnull_all_ _must_check_;
void lic_block_release(struct lic_block *b) _nonnull_all_;

#endif
