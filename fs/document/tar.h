/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking over the headers of a tar archive: v7, ustar, GNU, pax.
 *
 * Invariants
 * - Members follow one upon the other without a gap: the first starts at 0, each where the one
 *   before ends, the last ends where the zeros at the end of the file begin. What is read in
 *   another way by another program (sizes where none belongs, headers that contradict each other)
 *   is no archive here.
 * - A name that is given is relative, without ".", ".." and empty components.
 *
 * Facts: POSIX.1-2017 pax(1) "ustar Interchange Format", "pax Header Block"; GNU tar 1.34 manual,
 * "Basic Tar Format" and "Storing Sparse Files".
 */
#ifndef LICENSEFS_DOCUMENT_TAR_H
#define LICENSEFS_DOCUMENT_TAR_H

#include <licensefs/buffer.h>
#include <licensefs/text.h>

#define LIC_TAR_BLOCK 512u
#define LIC_TAR_NAME_MAX 255u		    /* bytes of a name that is given */
#define LIC_TAR_EXTENDED_MAX (1u << 20)	    /* bytes of one extended header */
#define LIC_TAR_MEMBERS_MAX (4u << 20)	    /* headers of members in one archive */
#define LIC_TAR_END_MAX (UINT64_C(1) << 26) /* zeros at the end */

/* --- one header (tarhead.c), pure ------------------------------------------------------------ */

/* Is it a header: 512 bytes, their checksum right? */
bool lic_tar_is_header(const uint8_t *block) _nonnull_all_;
bool lic_tar_is_zero(const uint8_t *p, size_t n) _nonnull_all_;
/* A number in octal or base 256; false where it is neither, negative, or more than 2^63 - 1. */
bool lic_tar_number(const uint8_t *p, size_t n, uint64_t *ret) _nonnull_all_;
/* Appends the name that stands in a header, with its prefix where it has one. */
void lic_tar_header_name(const uint8_t *block, struct lic_buf *out) _nonnull_all_;
/* Appends a name without what says nothing; false where it is none that could lie below the
 * archive, or too long. ret_dir: it ends with a slash or dot. */
bool lic_tar_clean_name(const void *name, size_t n, struct lic_buf *out,
			bool *ret_dir) _nonnull_all_;

/* What records of a pax header say of the next member. */
struct lic_tar_pax {
	struct lic_bytes path; /* NULL: nothing */
	uint64_t size;
	bool has_size;
	bool sparse;	   /* its bytes are not its content */
	bool names_image;  /* some value mentions what looks like the name of an image */
	bool names_stem;   /* or like one without its extension */
	bool has_linkpath; /* not empty */
};
/* Does some word of a text look like the stem or id of an image? */
bool lic_tar_names_stem(const uint8_t *p, size_t n) _nonnull_(1);
/* NULL, or what is wrong with them; strings stay where they are. */
const char *lic_tar_pax_read(const uint8_t *p, size_t n, struct lic_tar_pax *ret) _nonnull_all_;

/* --- the archive (tarwalk.c) ----------------------------------------------------------------- */

enum lic_tar_kind {
	LIC_TAR_FILE, /* regular, its bytes as they are */
	LIC_TAR_DIR,
	LIC_TAR_PLAIN, /* about no member: a global header, the label of a volume */
	LIC_TAR_OTHER, /* links, devices, sparse files, ... */
};

struct lic_tar_member {
	uint64_t start, end; /* of its headers, bytes and padding */
	uint64_t at, n;	     /* its bytes */
	enum lic_tar_kind kind;
	bool has_name;
	struct lic_bytes name; /* where it has one; "" is the directory of all; valid until the
				* next call */
};

struct lic_tar {
	int fd;
	uint64_t size; /* of the file */
	uint64_t at;   /* of the next header */
	bool readahead;
	const char *problem; /* why it is no archive, static; */
	uint64_t problem_at; /* and where */
	/* private */
	uint64_t headers, last, ahead;
	uint8_t *window;
	uint64_t window_at;
	size_t window_n;
	struct lic_buf long_name, name, pax;
};

/* Begins at the start. `readahead`: have the kernel read the headers that follow. -ENOMEM. */
int lic_tar_open(struct lic_tar *t, int fd, uint64_t size, bool readahead)
	_nonnull_(1) _must_check_;
void lic_tar_release(struct lic_tar *t) _nonnull_all_;
/* 1 and a member; 0 at the end, what is behind it are zeros; -EBADMSG and `problem`; -ESTALE where
 * the file is shorter than it was, other errors of pread(), -ENOMEM. */
int lic_tar_next(struct lic_tar *t, struct lic_tar_member *ret) _nonnull_all_ _must_check_;

/* Bytes of the key of a member: its name up to the first dot of its base name, dots in front of
 * that aside. Members with one key belong together (tar.c). Pure. */
size_t lic_tar_key(const struct lic_bytes *name) _nonnull_all_;

/* The first bytes of a member, at most 512; valid until the next call. 0 or as lic_tar_next(). */
int lic_tar_peek(struct lic_tar *t, const struct lic_tar_member *m, const uint8_t **ret,
		 size_t *ret_n) _nonnull_all_ _must_check_;
/* May a member with that name and these first bytes hold images that are none of the archive's:
 * another archive, a database? Pure. */
bool lic_tar_is_container(const struct lic_bytes *name, const uint8_t *head, size_t n) _nonnull_(1);

#endif
