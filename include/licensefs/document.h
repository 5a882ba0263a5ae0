/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents: files made of records that each are about images of the store. A view of one is its
 * bytes without the records of images that the view does not show.
 *
 *   scan, confined      lic_document_index()   bytes -> records, and the names that stand in them
 *   scan                lic_binder_...()       names -> live images
 *   mount               lic_ranges_begin()     records + which images are shown -> pieces of the
 * file
 *
 * A *record* is a range of bytes that is about one *subject*; what is in no record is structure and
 * always stays. A subject is what records are about: one or more names, which the binder finds
 * images for. Its records stay where it has images and all of them are shown.
 *
 * Invariants
 * - [I11] A record whose subject has no image, or one that is not shown, is in no view of the
 *   document, whatever else it is about.
 * - A document that cannot be read to its end by its format's rules is no document: it is hidden,
 *   and its note says why.
 * - Where every subject is shown, the view of the document is the file, byte by byte.
 */
#ifndef LICENSEFS_DOCUMENT_H
#define LICENSEFS_DOCUMENT_H

#include <licensefs/catalog_documents.h>

/* What a file that is no image turned out to be. Stored: never renumber. */
enum lic_document_format {
	LIC_DOCUMENT_NONE = 0,	  /* nothing that is known here: `note` says what was found */
	LIC_DOCUMENT_COCO = 1,	  /* JSON whose records are joined by the ids of its images */
	LIC_DOCUMENT_JSON = 2,	  /* other JSON: elements and members that name images */
	LIC_DOCUMENT_JSONL = 3,	  /* a JSON value a line */
	LIC_DOCUMENT_CSV = 4,	  /* comma, semicolon, ...: separated values */
	LIC_DOCUMENT_TSV = 5,	  /* tab-separated values */
	LIC_DOCUMENT_LIST = 6,	  /* a line an image: path or stem, perhaps with labels */
	LIC_DOCUMENT_COUNTED = 7, /* a list whose first line counts the others (CelebA) */
	LIC_DOCUMENT_ORDERED =
		8,	      /* a line an image, in an order that only its name tells (ILSVRC) */
	LIC_DOCUMENT_TAR = 9, /* members; images among them have rows of the catalog */
	LIC_DOCUMENT_SETTINGS = 10, /* YAML, TOML, ...: names no image; inert */
	LIC_DOCUMENT_CLASSES = 11,  /* names or numbers of classes: names no image; inert */
	LIC_DOCUMENT_FORMAT_COUNT
};
/* For people ("COCO JSON"), and a stable word for --json ("coco"). */
const char *lic_document_format_text(enum lic_document_format f) _const_;
const char *lic_document_format_name(enum lic_document_format f) _const_;

/* Flags of a document. Stored: never renumber. */
#define LIC_DOCUMENT_CHECKSUM 1u /* its usual loader compares a checksum of the whole file */
#define LIC_DOCUMENT_ABSOLUTE 2u /* settings with absolute paths, which lead out of a mount */
#define LIC_DOCUMENT_UNKNOWN 4u	 /* with NONE: no format that is known here, so none is broken */

/* --- reading (confined) -------------------------------------------------------------------- */

/* Where the index goes, in pieces of about LIC_INDEX_PIECE bytes, at most LIC_INDEX_PIECE_MAX; see
 * fs/document/index.h for what is in them. Non-zero stops and is returned. */
#define LIC_INDEX_PIECE (64u << 10)
#define LIC_INDEX_PIECE_MAX (512u << 10)
struct lic_index_sink {
	int (*piece)(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n);
	void *ctx;
};

struct lic_index_result {
	enum lic_document_format format;
	uint32_t flags;
	uint64_t records, subjects, members;
	char note[LIC_NOTE_MAX]; /* of NONE: why, for people, with line or offset; of others what
				  * a person should know, or "" */
};

/*
 * Reads an open regular file of `size` bytes called `name` (without its directory): finds out by
 * content, with the name as a hint, what it is, and indexes it. 0 whatever the file holds;
 * -ESTALE where it is shorter than `size`, -EIO and other errors of pread() as they are, -ENOMEM,
 * what the sink returned. Needs nothing but memory (16 MiB or so, and 16 bytes a subject that
 * others refer to) and pread(). Pieces that came before a failure mean nothing.
 */
int lic_document_index(int fd, uint64_t size, const char *name, const struct lic_index_sink *sink,
		       struct lic_index_result *ret, struct lic_error *err)
	_nonnull_(3, 4, 5) _must_check_;

/* Is it in the closed list of names of files about a dataset as a whole (README, LICENSE, lists of
 * classes), which name no image? */
bool lic_inert_name(const void *name, size_t n) _nonnull_(1);

/* --- what of it was found -------------------------------------------------------------------- */

/*
 * Of a document that was bound: how many subjects name something, and how many of these have no
 * image. Calls `fn` (NULL is allowed) with a name of each of the latter, until it returns non-zero,
 * which is returned; those of archives have none. Reads the whole index.
 */
int lic_document_missing(struct lic_catalog *cat, int64_t entry, uint64_t *ret_subjects,
			 uint64_t *ret_missing, int (*fn)(void *ctx, struct lic_bytes name),
			 void *ctx, struct lic_error *err) _nonnull_(1, 3, 4) _must_check_;

/* --- a view of a document -------------------------------------------------------------------- */

/* The pieces of the file, and of literal bytes, that make up one view of it. Immutable. */
struct lic_ranges;

/*
 * Makes the pieces from the records of the index. `shown` has a bit for each subject (bit i % 8 of
 * byte i / 8): all of its images are shown. `size` is that of the file. Add the pieces of the
 * index in order, then finish. -EBADMSG where the index contradicts itself or the file's size: the
 * document must be hidden then. Memory: 16 bytes for each run of records that stays.
 */
struct lic_ranges_maker;
int lic_ranges_begin(uint64_t size, const uint8_t *shown, uint64_t subjects,
		     struct lic_ranges_maker **ret) _nonnull_(2, 4) _must_check_;
int lic_ranges_add(struct lic_ranges_maker *m, const uint8_t *p, size_t n)
	_nonnull_(1) _must_check_;
/* Frees the maker, whatever it returns. */
int lic_ranges_finish(struct lic_ranges_maker *m,
		      struct lic_ranges **ret) _nonnull_all_ _must_check_;
void lic_ranges_abandon(struct lic_ranges_maker *m); /* NULL is allowed */
void lic_ranges_free(struct lic_ranges *r);

uint64_t lic_ranges_size(const struct lic_ranges *r) _nonnull_all_;    /* bytes of the view */
uint64_t lic_ranges_records(const struct lic_ranges *r) _nonnull_all_; /* that stay */
size_t lic_ranges_memory(const struct lic_ranges *r) _nonnull_all_;
/* True where the view is the file. */
bool lic_ranges_whole(const struct lic_ranges *r) _nonnull_all_;

/* One piece of a view: from the file, or literal bytes where `literal` is not NULL (owned by the
 * ranges). */
struct lic_piece {
	const uint8_t *literal;
	uint64_t at; /* in the file */
	uint64_t n;
};
/* The piece that holds byte `off` of the view, from that byte on; n is 0 at the end. O(log n). */
struct lic_piece lic_ranges_at(const struct lic_ranges *r, uint64_t off) _nonnull_all_;

#endif
