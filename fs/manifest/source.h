/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a manifest as a window that moves forward, gzip undone.
 *
 * Invariants: at <= end; p[at .. end) are the bytes that nobody has taken yet, p[end] is readable
 * and 0, and p[0] stands at `offset` in the decoded file. The window grows up to LIC_WINDOW_MAX
 * where its user holds on to that much; nothing else grows.
 */
#ifndef LICENSEFS_MANIFEST_SOURCE_H
#define LICENSEFS_MANIFEST_SOURCE_H

#include <licensefs/manifest.h>

#define LIC_WINDOW_MAX (8u << 20) /* longest row or value that is held as a whole */
#define LIC_WINDOW_SLACK 32u	  /* bytes behind `end` that may be looked at; p[end] is 0 */

struct lic_gunzip;

struct lic_source {
	int fd;
	const char *name; /* for messages; not owned */
	const struct lic_manifest_options *o;
	uint8_t *p; /* owned */
	size_t at, end, cap;
	uint64_t offset; /* of p[0], decoded */
	bool eof;
	uint64_t raw, total; /* bytes of the file that were read, of how many */
	struct lic_gunzip *gunzip;
	uint8_t *packed; /* owned; what was read of a gzip file and not decoded yet */
	size_t packed_at, packed_end;
};

/* Begins at the start of an open file; the descriptor stays the caller's. Release it. */
int lic_source_open(struct lic_source *s, int fd, const char *name,
		    const struct lic_manifest_options *o, struct lic_error *err)
	_nonnull_(1, 3, 4) _must_check_;
void lic_source_release(struct lic_source *s);
/* Begins again at the start. */
int lic_source_rewind(struct lic_source *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Goes to a place that was passed before; costs what stands before it only where that is gzip. */
int lic_source_seek(struct lic_source *s, uint64_t offset, struct lic_error *err)
	_nonnull_(1) _must_check_;

/*
 * Brings more bytes behind `end`; those from `at` on stay, though p may move. 1; 0 at the end of
 * the file; -EOVERFLOW where the window is full (`err` untouched: the caller knows what is too
 * long); -EINTR when the user stops it; -EBADMSG for broken gzip; errors of read().
 */
int lic_source_more(struct lic_source *s, struct lic_error *err) _nonnull_(1) _must_check_;

/* Where p[at] stands in the decoded file. */
static inline uint64_t lic_source_offset(const struct lic_source *s)
{
	return s->offset + s->at;
}

#endif
