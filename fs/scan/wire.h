/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reading thread and its helper process say to each other.
 *
 * The thread asks for up to LIC_GROUP_ITEMS files in one message, each descriptor with a struct
 * lic_ask; the helper answers each file by a record, in any number of messages. Both run the same
 * program, so records are structs in native order; but a helper may have been taken over by what it
 * read, so every answer is judged like a file from a stranger: lic_answer_take() accepts only what
 * an honest reader could have said of embedded metadata and sidecars.
 */
#ifndef LICENSEFS_SCAN_WIRE_H
#define LICENSEFS_SCAN_WIRE_H

#include <stdatomic.h>

#include <licensefs/evidence.h>

#define LIC_GROUP_ITEMS 64 /* files in one message */
#define LIC_GROUP_FDS 253  /* SCM_MAX_FD: descriptors in one message */

/* What is to be done with the files of a message. */
enum lic_asked {
	LIC_ASK_READ = 0,     /* images, sidecars and rule files: struct lic_answer */
	LIC_ASK_INDEX = 1,    /* documents: wire_index.h */
	LIC_ASK_LIKENESS = 2, /* images that are to be decoded: wire_likeness.h */
	LIC_ASK_THUMBNAIL = 3, /* images that are to be shown: wire_thumbnail.h */
};

/* One descriptor of a message. Sidecars follow the image that they belong to. */
struct lic_ask {
	uint64_t at;	 /* where in the file it begins: of members of archives */
	uint64_t size;	 /* as the thread judged it by fstat() */
	uint32_t number; /* of the file in its group; ascending */
	uint32_t sidecar;
	uint32_t rules;	 /* a rule file, not an image */
	uint32_t format; /* enum lic_format: of what is to be decoded */
	char name[256];	 /* of the file, without its directory */
};

struct lic_asking {
	uint32_t serial;  /* of the message */
	uint32_t digests; /* LIC_DIGEST_* bits: wanted of images */
	uint32_t what;	  /* enum lic_asked */
	uint32_t n;
	struct lic_ask ask[LIC_GROUP_FDS]; /* n of them are sent */
};

/* The helper's first message. */
struct lic_hello {
	uint32_t magic;
	uint32_t landlock; /* its version in force, 0: none */
	uint32_t seccomp;  /* 1: in force */
};
#define LIC_HELLO 0x6c696331u

/* One page that a thread and its helper share, so that the thread can tell which file a helper died
 * of, or has spent its time on, without a message for each. The thread believes none of it further
 * than to choose whom to suspect. */
struct lic_slot {
	atomic_uint_fast64_t progress; /* lic_progress() of the file being read */
	struct lic_claims claims;      /* only `format` is looked at from outside */
};

static inline uint64_t lic_progress(uint32_t serial, uint32_t number)
{
	return (uint64_t)serial << 32 | number;
}

#define LIC_ANSWER_MAX (24u << 20) /* bytes of one record */
#define LIC_CHUNK (64u * 1024)	   /* bytes of one message of answers */

/* What one record says. */
struct lic_answer {
	uint32_t serial, number; /* of the message, and of the file in it */
	int result;		 /* of lic_evidence_read(): 0 or a negative errno */
	bool sidecar_failed;	 /* some sidecar could not be read */
	struct lic_hash hash;
	struct lic_digests digests;
};

/* Appends the record of a file. */
void lic_answer_add(struct lic_buf *out, const struct lic_answer *a,
		    const struct lic_claims *claims) _nonnull_all_;
/* Bytes of the record at p, 0 while fewer than n tell; -EBADMSG where that is no record. */
ssize_t lic_answer_size(const uint8_t *p, size_t n);
/* Which file a whole record is about: lic_progress(). */
uint64_t lic_answer_about(const uint8_t *p, size_t n) _nonnull_all_;
/* Takes a whole record; ret_claims must be empty and owns copies of everything. `files` is how many
 * files stand behind it (the image and its sidecars): each has claims up to the limits. 0: a rule
 * file, whose claims have other ranks (fs/evidence/rules.h) and limits. -EBADMSG
 * where no honest reader says such a thing, -ENOMEM. */
int lic_answer_take(const uint8_t *p, size_t n, const struct lic_limits *limits, unsigned files,
		    struct lic_answer *ret,
		    struct lic_claims *ret_claims) _nonnull_all_ _must_check_;

#endif
