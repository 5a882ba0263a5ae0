/* SPDX-License-Identifier: Apache-2.0 */
/* JUMBF, ISO/IEC 19566-5: labelled superboxes, and how a JPEG cuts them into segments. */
#ifndef LICENSEFS_EVIDENCE_JUMBF_H
#define LICENSEFS_EVIDENCE_JUMBF_H

#include "fs/evidence/reader.h"

#define LIC_JUMBF_UUID_LEN 16

/* Type of a box: LIC_JUMBF_TYPE('c','b','o','r'). */
#define LIC_JUMBF_TYPE(a, b, c, d)                                                                 \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* A superbox, as its description box says. */
struct lic_jumbf {
	const struct lic_jumbf *parent; /* NULL for one that stands in no other */
	const char *label;		/* "" where it has none; in the bytes that are walked */
	const uint8_t *uuid;		/* LIC_JUMBF_UUID_LEN bytes: the type of its content */
	bool is_last;			/* no superbox follows it in its parent */
	const void *tag;		/* the handler's own; begins as the parent's */
};

struct lic_jumbf_handler {
	void (*open)(void *ctx, struct lic_jumbf *super);
	/* A box of `super` that is neither its description nor a superbox; super is NULL for one
	 * that stands in no superbox. */
	void (*content)(void *ctx, const struct lic_jumbf *super, uint32_t type, const uint8_t *p,
			size_t n);
	void (*close)(void *ctx, const struct lic_jumbf *super);
};

/*
 * Walks all boxes in n bytes. Zeros behind the last box are padding; nothing but zeros is a
 * place that a signer kept. NULL, or why they cannot be
 * walked whole (static): a length that leads out of the box around it, a superbox without
 * description, more than depth_max superboxes in each other.
 */
const char *lic_jumbf_walk(const uint8_t *p, size_t n, unsigned depth_max,
			   const struct lic_jumbf_handler *h, void *ctx) _nonnull_(4) _must_check_;

/* --- JPEG ----------------------------------------------------------------------------------- */

#define LIC_JUMBF_INSTANCES_MAX 64

struct lic_jumbf_instance {
	uint16_t number;   /* En */
	uint32_t sequence; /* Z of its last segment */
	uint64_t length;   /* of the box, header included; 0: whatever there is */
	struct lic_buf data;
};

/* The superboxes of one JPEG under construction. Zero it; release it by reading it. */
struct lic_jumbf_segments {
	struct lic_jumbf_instance item[LIC_JUMBF_INSTANCES_MAX];
	size_t n;
};

/*
 * Adds the payload of an APP11 segment (ISO/IEC 19566-5 D.2); what belongs to no superbox is
 * ignored. Segments that are cut off, missing or out of order are damage.
 */
void lic_jumbf_segment_add(struct lic_reading *r, struct lic_jumbf_segments *s, const uint8_t *p,
			   size_t n) _nonnull_(1, 2);
/* Reads the superboxes as C2PA and frees them. */
void lic_jumbf_segments_read(struct lic_reading *r, struct lic_jumbf_segments *s) _nonnull_all_;

#endif
