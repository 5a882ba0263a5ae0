/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Likeness: does one picture look like another, whatever its size, format and metadata?
 *
 * A print is 256 bits of what stays when a picture is scaled, re-encoded or stripped: the signs of
 * the low frequencies of its brightness. Prints of the same picture differ in few bits, of
 * unrelated ones in about half. fs/likeness/README.md states how both were measured.
 *
 * Decoding looks into untrusted bytes: only helpers of the scan do it (scan.h). Comparing is pure.
 * Thread-safe.
 */
#ifndef LICENSEFS_LIKENESS_H
#define LICENSEFS_LIKENESS_H

#include <licensefs/evidence.h>

#define LIC_PRINT_BYTES 32u
#define LIC_PRINTS_MAX 3u

struct lic_print {
	uint8_t b[LIC_PRINT_BYTES];
};

/* Of the whole picture; where it has a border of one colour, of what is inside; where it is not
 * square, of the square in its middle: thumbnails are made in all of these ways. As its pixels
 * stand: orientation tags would change nothing about a distance. */
struct lic_likeness {
	uint32_t n; /* 1 to LIC_PRINTS_MAX */
	struct lic_print print[LIC_PRINTS_MAX];
};

/* Raised whenever the same picture may get other prints. */
#define LIC_LIKENESS_VERSION 1

/* At this distance or nearer pictures are taken for the same (fs/likeness/README.md). */
#define LIC_LIKENESS_NEAR 36u
/* How often pictures that have nothing in common are that near, for people. */
#define LIC_LIKENESS_FALSE "2 in 100 million pairs of unrelated photographs"
#define LIC_LIKENESS_FAR 256u /* no distance is larger */

/*
 * Decodes the `size` bytes from byte `at` of an open file, of that format, as small as the decoder
 * can, and takes its prints. -ENOTSUP where no decoder is built in for the format; -EBADMSG where
 * it cannot be decoded; -EFBIG where it is larger than LIC_LIKENESS_PIXELS_MAX; -ENODATA where
 * there is too little in it to tell it from others; -EIO, -ENOMEM. `err` says so in a phrase.
 * Opens nothing and asks for nothing but memory.
 */
#define LIC_LIKENESS_PIXELS_MAX (1u << 28)
int lic_likeness_read(int fd, uint64_t at, uint64_t size, enum lic_format format,
		      struct lic_likeness *ret, struct lic_error *err) _nonnull_(5) _must_check_;
/* Can pictures of that format be decoded by this build? */
bool lic_likeness_reads(enum lic_format format) _const_;

/* --- small pictures for people -------------------------------------------------------------- */

#define LIC_THUMBNAIL_SIDE 192u /* of the longer side, at most */

struct lic_thumbnail {
	uint32_t w, h;
	uint8_t rgb[3 * LIC_THUMBNAIL_SIDE * LIC_THUMBNAIL_SIDE]; /* w * h pixels, over white */
};

/* Decodes as lic_likeness_read() does, in colour, turned as the EXIF of a JPEG says. */
int lic_thumbnail_read(int fd, uint64_t at, uint64_t size, enum lic_format format,
		       struct lic_thumbnail *ret, struct lic_error *err) _nonnull_(5) _must_check_;
/* Appends it as a JPEG. Reads nothing but the pixels, whatever they are. -EINVAL for a size that is
 * none, -ENOMEM. */
int lic_thumbnail_jpeg(const struct lic_thumbnail *t, struct lic_buf *out, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* Bits in which the nearest prints of both differ, turned and mirrored in all eight ways: 0 to
 * LIC_LIKENESS_FAR. Symmetric. About 0.1 us. */
unsigned lic_likeness_distance(const struct lic_likeness *a,
			       const struct lic_likeness *b) _nonnull_all_;

/* As bytes for the catalog, and back; -EBADMSG where they are none. */
#define LIC_LIKENESS_PACKED_MAX (LIC_PRINT_BYTES * LIC_PRINTS_MAX)
size_t lic_likeness_pack(const struct lic_likeness *l,
			 uint8_t ret[LIC_LIKENESS_PACKED_MAX]) _nonnull_all_;
int lic_likeness_unpack(const void *p, size_t n, struct lic_likeness *ret)
	_nonnull_(3) _must_check_;

#endif
