/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: what a file states about its rights, and nothing more.
 *
 * A claim is one statement found in one place. Reading never judges: claims carry what was found
 * and what kind of field it stood in (its role); rights.h says what that means.
 *
 * Invariants
 * - [I2] A file whose metadata cannot be read whole is `damaged`: it gets the status "unreadable",
 *   whatever else was found, because the unread part may hold a restriction.
 * - Every string, count and depth is bounded by struct lic_limits; hostile bytes cost bounded time.
 * - Fields of ICC profiles, camera looks, depicted artworks and thumbnails never become claims.
 *
 * Life cycle: LIC_CLAIMS_INIT, lic_evidence_read() (may be called for several files in turn, each
 * appends: the image, then its sidecars), lic_claims_release().
 */
#ifndef LICENSEFS_EVIDENCE_H
#define LICENSEFS_EVIDENCE_H

#include <licensefs/buffer.h>
#include <licensefs/error.h>
#include <licensefs/license.h>
#include <licensefs/text.h>

/* Where a claim comes from, weakest first. Stored in catalogs: never renumber. */
enum lic_rank {
	LIC_RANK_NONE = 0,
	LIC_RANK_DATASET = 1,	/* default of a whole dataset */
	LIC_RANK_DIRECTORY = 2, /* directory rule or pattern decision */
	LIC_RANK_MANIFEST = 3,	/* row of a dataset manifest */
	LIC_RANK_EMBEDDED = 4,	/* inside the image */
	LIC_RANK_SIDECAR = 5,	/* file beside the image, for it alone */
	LIC_RANK_OPERATOR = 6,	/* operator's decision on one file */
};

/* What kind of field the text stood in. Stored in catalogs: never renumber. */
enum lic_role {
	LIC_ROLE_NONE = 0,	   /* kept for the record, means nothing */
	LIC_ROLE_LICENSE = 1,	   /* made for licenses; unrecognised text here is a conflict */
	LIC_ROLE_WEBSTATEMENT = 2, /* URL that may be a license's; any other URL says nothing */
	LIC_ROLE_COPYRIGHT = 3,	   /* notice that may hold a license; "reserved" is a notice */
	LIC_ROLE_COMMENT = 4,	   /* free text that may hold a license */
	LIC_ROLE_CAPTION = 5,	   /* describes the picture: may restrict, never grants */
	LIC_ROLE_NOTICE = 6,	   /* flag such as xmpRights:Marked: grants nothing */
	LIC_ROLE_RESERVATION = 7,  /* owner's opt-out; `reserve` says of what, text is as stated */
	LIC_ROLE_CONSTRAINT = 8,   /* PLUS codes or text that narrow what is permitted */
	LIC_ROLE_NOT_AFTER = 9,	   /* date (IIM CCYYMMDD, or ISO 8601) after which use ends */
	LIC_ROLE_NOT_BEFORE = 10,  /* embargo date */
	LIC_ROLE_CREATOR = 11,
	LIC_ROLE_TITLE = 12,
	LIC_ROLE_SOURCE_URL = 13,
	LIC_ROLE_ORIGIN = 14,  /* IPTC DigitalSourceType or AI system */
	LIC_ROLE_RELEASE = 15, /* model or property release */
	LIC_ROLE_DENY = 16,    /* operator: nobody sees it */
	LIC_ROLE_TERMS = 17,   /* dataset terms: intersect with whatever is granted */
	LIC_ROLE_TRUST = 18,   /* operator: where sources of equal rank differ, the one that the
				* text names counts */
	LIC_ROLE_COUNT
};

/* Scopes of reservations, as bits. Stored in catalogs: never renumber. */
#define LIC_RESERVE_DATA_MINING 1u
#define LIC_RESERVE_AI_TRAINING 2u
#define LIC_RESERVE_GENERATIVE 4u /* generative AI training */
#define LIC_RESERVE_INPUT 8u	  /* input to a model (inference) */
#define LIC_RESERVE_COUNT 4
/* What `reserved(training)` asks for. */
#define LIC_RESERVE_TRAINING                                                                       \
	(LIC_RESERVE_DATA_MINING | LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE)

/* "data-mining", "ai-training", "generative-training", "input"; one bit. */
const char *lic_reserve_name(unsigned bit) _const_;

/* Container formats, decided by content. Stored in catalogs: append only. */
enum lic_format {
	LIC_FORMAT_NONE = 0, /* not an image */
	LIC_FORMAT_JPEG = 1,
	LIC_FORMAT_PNG = 2,
	LIC_FORMAT_WEBP = 3,
	LIC_FORMAT_TIFF = 4,
	LIC_FORMAT_GIF = 5,
	LIC_FORMAT_BMP = 6,
	LIC_FORMAT_PNM = 7,
	LIC_FORMAT_HEIF = 8, /* HEIC, too */
	LIC_FORMAT_AVIF = 9,
	LIC_FORMAT_JXL = 10,
	LIC_FORMAT_JP2 = 11, /* JPX, JPM, JPH and codestreams, too */
	LIC_FORMAT_SVG = 12, /* svgz, too */
	LIC_FORMAT_PSD = 13, /* PSB, too */
	LIC_FORMAT_DNG = 14,
	LIC_FORMAT_RAW = 15, /* camera raws of any maker */
	LIC_FORMAT_COUNT
};

const char *lic_format_name(enum lic_format f) _const_; /* "jpeg", ..., "none" */
const char *lic_rank_name(enum lic_rank r) _const_;	/* "operator", "sidecar", ... */
const char *lic_role_name(enum lic_role r) _const_;

struct lic_claim {
	enum lic_rank rank;
	enum lic_role role;
	enum lic_context context; /* vocabulary of `text` */
	uint32_t packet;    /* claims of one metadata packet share a number, unique in the list;
			     * one XMP packet, one IIM block, one EXIF block each are a packet */
	uint32_t reserve;   /* LIC_ROLE_RESERVATION: LIC_RESERVE_* bits; 0: states no reservation */
	const char *source; /* "XMP", "EXIF", "IPTC", "PNG", "sidecar cat.xmp", ... */
	const char *field;  /* "xmpRights:UsageTerms", "Copyright", "2:116", ... */
	struct lic_bytes raw; /* as found */
	const char *text;     /* `raw` decoded to UTF-8, NUL-terminated; may equal raw.p */
	int64_t ref;	      /* decision number or manifest number behind it, else 0 */
	/* The operator vouches: at LIC_RANK_OPERATOR it settles conflicts (decide --override), at
	 * LIC_RANK_DATASET it lets the license grant (import --grant); elsewhere without meaning.
	 */
	bool override;
};

/* Claims of one image. All memory is in the arena. */
struct lic_claims {
	struct lic_arena arena;
	struct lic_claim *item;
	size_t n, cap;
	uint32_t next_packet;
	enum lic_format format; /* of the image; LIC_FORMAT_NONE until one was read */
	const char *damage;	/* why the file is unreadable, NULL if it is not; static or arena */
};

#define LIC_CLAIMS_INIT                                                                            \
	{                                                                                          \
		LIC_ARENA_INIT(8u << 20), NULL, 0, 0, 1, LIC_FORMAT_NONE, NULL                     \
	}

void lic_claims_release(struct lic_claims *c);
/* Empties the list for the next image and keeps the arena's first block. */
void lic_claims_reset(struct lic_claims *c) _nonnull_all_;
/* Copies the claim and its strings into the arena; at the ceiling the list becomes damaged. */
void lic_claims_add(struct lic_claims *c, const struct lic_claim *claim) _nonnull_all_;

struct lic_limits {
	size_t value_max;    /* bytes of one field */
	size_t block_max;    /* bytes of one metadata block (XMP packet, EXIF, ...) */
	unsigned claims_max; /* claims of one file */
	unsigned depth_max;  /* nesting of RDF */
};

#define LIC_LIMITS_DEFAULT                                                                         \
	{                                                                                          \
		64 * 1024, 16u << 20, 4096, 64                                                     \
	}

struct lic_hash {
	uint8_t b[16]; /* XXH3-128, canonical (big-endian) byte order */
};

/* No picture is larger; a file of holes that says it is would keep a reader busy for hours. */
#define LIC_EVIDENCE_MAX (UINT64_C(64) << 30)

/*
 * Reads an open regular file: decides by content whether it is an image, appends its claims at
 * rank LIC_RANK_EMBEDDED and, where `ret_hash` is not NULL and it is one, hashes all of its bytes.
 * `size` is the size the caller judged by fstat: fewer bytes than that are damage, more are not
 * read. The descriptor's offset is not used. Returns 0 whatever the image holds; -EFBIG for more
 * than LIC_EVIDENCE_MAX bytes, -EIO and other errors of pread() as they are. Thread-safe for
 * different `ret_claims`.
 */
int lic_evidence_read(int fd, uint64_t size, const struct lic_limits *limits,
		      struct lic_claims *ret_claims, struct lic_hash *ret_hash,
		      struct lic_error *err) _nonnull_(3, 4) _must_check_;
/* The same of `size` bytes of a file from byte `at` on: a member of an archive. */
int lic_evidence_read_at(int fd, uint64_t at, uint64_t size, const struct lic_limits *limits,
			 struct lic_claims *ret_claims, struct lic_hash *ret_hash,
			 struct lic_error *err) _nonnull_(4, 5) _must_check_;

/* Hashes that manifests name files by; computed only where one does. */
#define LIC_DIGEST_MD5 1u
#define LIC_DIGEST_SHA256 2u
#define LIC_DIGEST_ALL (LIC_DIGEST_MD5 | LIC_DIGEST_SHA256)

struct lic_digests {
	uint32_t has; /* LIC_DIGEST_* bits: which are known */
	uint8_t md5[16], sha256[32];
};

/* Computes the digests `which` of the first `size` bytes. -EBADMSG where the file is shorter, -EIO
 * and other errors of pread() as they are, -ENOMEM; then *ret is untouched. Opens nothing and asks
 * for nothing but memory, so that it works where nothing else is allowed. */
int lic_evidence_digest(int fd, uint64_t size, unsigned which, struct lic_digests *ret,
			struct lic_error *err) _nonnull_(4) _must_check_;
/* The same of `size` bytes from byte `at` on. */
int lic_evidence_digest_at(int fd, uint64_t at, uint64_t size, unsigned which,
			   struct lic_digests *ret, struct lic_error *err)
	_nonnull_(5) _must_check_;

/*
 * Reads a sidecar of the image whose file name is `image`, and appends its claims at rank
 * LIC_RANK_SIDECAR or, where it passes on what it vouches for less, a lower one; source "sidecar
 * NAME". `name` decides what is expected: "*.license" is REUSE's, "*.json" JSON, anything else XMP
 * or a C2PA manifest store by its content. What is malformed, or empty, marks the claims damaged:
 * it may have held a restriction [I2]. One that is about another file adds nothing: JSON that names
 * it, XMP whose photoshop:SidecarForExtension is another extension. So does well-formed JSON that
 * is no statement about one image (labels, annotations).
 */
int lic_evidence_read_sidecar(int fd, uint64_t size, const char *name, const char *image,
			      const struct lic_limits *limits, struct lic_claims *ret_claims,
			      struct lic_error *err) _nonnull_(3, 4, 5, 6) _must_check_;
/* The same of `size` bytes from byte `at` on. */
int lic_evidence_read_sidecar_at(int fd, uint64_t at, uint64_t size, const char *name,
				 const char *image, const struct lic_limits *limits,
				 struct lic_claims *ret_claims, struct lic_error *err)
	_nonnull_(4, 5, 6, 7) _must_check_;

/* Appends a line that names the readers of this licensefs: where another one stands, the same bytes
 * may be read differently. */
void lic_evidence_readers(struct lic_buf *out) _nonnull_all_;

#endif
