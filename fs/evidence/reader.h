/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every reader of a container format has in hand, and the registry of readers.
 *
 * A format is one file with one const struct lic_reader and one line in readers.c. Readers keep no
 * state between files and touch nothing but their struct lic_reading.
 */
#ifndef LICENSEFS_EVIDENCE_READER_H
#define LICENSEFS_EVIDENCE_READER_H

#include <licensefs/evidence.h>

#include "fs/evidence/charset.h"
#include "fs/evidence/fields.h"
#include "fs/evidence/input.h"

/* One file being read. */
struct lic_reading {
	struct lic_input *in;
	const struct lic_limits *limits;
	struct lic_claims *claims;
	enum lic_rank rank;
	const char *source;   /* replaces the source of every claim; NULL: none does */
	uint64_t budget;      /* bytes of metadata that may still be taken from this file */
	unsigned claims_left; /* claims that may still be added */
	uint32_t texts;	      /* packet of the container's own texts, 0 before the first */
	/* What is read now belongs to the file and is not the image: it may restrict, never grant.
	 */
	bool is_aside;
	struct lic_buf text; /* scratch of the functions below */
};

#define LIC_PEEK 512 /* bytes a reader may bid on; fewer where the file is shorter */

struct lic_reader {
	const char *name;
	enum lic_format format;
	/* 0: not mine; the highest bid reads the file. Pure. */
	int (*bid)(const uint8_t *head, size_t n);
	/* Adds claims and damage. Errors of pread() are found in the input. */
	void (*read)(struct lic_reading *r);
};

/* The i-th reader in order, NULL past the end. */
const struct lic_reader *lic_reader_at(size_t i) _const_;

extern const struct lic_reader lic_reader_jpeg, lic_reader_png, lic_reader_webp, lic_reader_tiff,
	lic_reader_gif, lic_reader_bmp, lic_reader_pnm, lic_reader_psd, lic_reader_raf,
	lic_reader_svg;
extern const struct lic_reader lic_reader_heif, lic_reader_avif, lic_reader_jxl, lic_reader_jp2,
	lic_reader_cr3;
extern const struct lic_reader lic_reader_mrw, lic_reader_x3f, lic_reader_crw;

/* [I2] Marks the file unreadable; `why` is static. The first reason stays. */
void lic_reading_damage(struct lic_reading *r, const char *why) _nonnull_all_;

/* Takes n bytes of metadata at `off` into memory. False, and damage, where the file ends first,
 * the block is larger than the limit, or the file's budget is spent. Release it. */
bool lic_reading_block(struct lic_reading *r, uint64_t off, uint64_t n,
		       struct lic_block *ret) _nonnull_all_ _must_check_;
/* Charges n bytes that were made rather than read (inflated, joined) to the budget. */
bool lic_reading_charge(struct lic_reading *r, uint64_t n) _nonnull_all_ _must_check_;
/* A new packet number. */
uint32_t lic_reading_packet(struct lic_reading *r) _nonnull_all_;
/* The packet of the texts that the container itself holds (comments, PNG keywords): one a file,
 * because a "License" beside a "Copyright" is read together. */
uint32_t lic_reading_texts(struct lic_reading *r) _nonnull_all_;

/* The role of a field that speaks about something else in the same file: it may bind the image, but
 * cannot free it. */
enum lic_role lic_role_aside(enum lic_role role) _const_;

/* The tail of a caption may be lost (OME-XML is often longer than any limit); the tail of a field
 * that decides about rights may not. */
bool lic_field_must_be_whole(const struct lic_field *field) _nonnull_all_;
/* A value of this field was cut: damage, unless its role can do without the tail. */
void lic_reading_cut(struct lic_reading *r, const struct lic_field *field) _nonnull_all_;
/* Adds the claim of a field, decoded and trimmed; nothing where it is blank. A value over the
 * limit is cut. */
void lic_reading_add(struct lic_reading *r, const char *source, const struct lic_field *field,
		     uint32_t packet, enum lic_charset charset, const void *raw, size_t n)
	_nonnull_(1, 2, 3);
/* Adds a claim whose text is not its bytes decoded, with its reservation. */
void lic_reading_add_as(struct lic_reading *r, const char *source, const struct lic_field *field,
			uint32_t packet, const void *raw, size_t n, const char *text,
			uint32_t reserve) _nonnull_(1, 2, 3, 7);

#endif
