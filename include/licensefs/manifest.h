/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests: lists that state rights of many images at once, as datasets come with them.
 *
 * Reading a manifest gives rows: claims, and keys that say which image they are about. Nothing here
 * knows the store or judges; the catalog joins rows with images (catalog.h), rights.h says what the
 * claims mean. Formats and their traps: docs/formats.md, "Manifests".
 *
 * Invariants
 * - What cannot be read whole is an error with file and position, never a row less.
 * - Memory is bounded whatever the file holds: one row, one buffer, the tables that a format needs
 *   for all of its rows (a list of licenses), never the file.
 * - Rows come in the order of the file.
 */
#ifndef LICENSEFS_MANIFEST_H
#define LICENSEFS_MANIFEST_H

#include <licensefs/evidence.h>

/* How a row finds its image. Stored in catalogs: never renumber. */
enum lic_key_kind {
	LIC_KEY_NONE = 0,
	LIC_KEY_ALL = 1,       /* every image below the root; no text */
	LIC_KEY_PATH = 2,      /* path relative to the root */
	LIC_KEY_TAIL = 3,      /* last components of the path, one or more, whole ones */
	LIC_KEY_STEM = 4,      /* file name without its extension, whatever that is */
	LIC_KEY_ID = 5,	       /* photo id in a file name, as Flickr and its scrapers write them */
	LIC_KEY_FOLDER_ID = 6, /* photo id as the directory of "medium.jpg", or as the stem */
	LIC_KEY_URL = 7,       /* address that the image is known to come from */
	LIC_KEY_MD5 = 8,       /* hash of the file's bytes, lower-case hexadecimal */
	LIC_KEY_SHA256 = 9,
	LIC_KEY_XXH3 = 10, /* XXH3-128 */
	LIC_KEY_GLOB = 11, /* pattern relative to the root, as in struct lic_decision */
	LIC_KEY_RULE = 12, /* pattern relative to the root, as lic_key_rule_matches() reads it */
	LIC_KEY_COUNT
};

const char *lic_key_kind_name(enum lic_key_kind k) _const_; /* "path", "url", ... */

struct lic_key {
	enum lic_key_kind kind;
	struct lic_bytes text; /* as the manifest has it, decoded to UTF-8 or raw bytes of a path */
};

#define LIC_ROW_KEYS_MAX 8

/* One row; everything is valid during the call that hands it over. */
struct lic_row {
	const struct lic_key *key; /* the row is about every image that any of them finds */
	size_t n_keys;
	const struct lic_claims *claims; /* may be none: then the row is counted, nothing more */
	uint64_t line;			 /* of a text, or number of the record in JSON; from 1 */
};

/* A column named by the operator for what the generic formats hold. */
struct lic_manifest_map {
	const char *what;   /* "license", "path", "name", "stem", "id", "url", "md5", "sha256",
			     * "xxh3",   "creator", "title", "source", "rights", "credit" */
	const char *column; /* as in the header, or a number from 1 where there is none */
};

struct lic_manifest_options {
	const char *format;		    /* NULL: detected by content */
	const struct lic_manifest_map *map; /* n_map of them; for the generic formats only */
	size_t n_map;
	const char *label; /* claims' source, e.g. "manifest instances_val2017"; not NULL */
	bool grant;	   /* the operator vouches: claims of rank DATASET get `override` */
	/* The format that the file is read as, before the first row; NULL: nobody asks. Non-zero
	 * stops and is returned. */
	int (*detected)(void *ctx, const char *format, struct lic_error *err);
	/* One row; non-zero stops and is returned (negative errno with `err` set). */
	int (*row)(void *ctx, const struct lic_row *row, struct lic_error *err);
	/* Something that a person should know; NULL: nobody asks. */
	void (*warn)(void *ctx, const char *line);
	/* Bytes of the file read so far, of how many; NULL: nobody asks. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	const volatile int *stop; /* becomes non-zero: end with -EINTR; NULL: never */
	void *ctx;
};

struct lic_manifest_result {
	const char *format; /* name of the format; static */
	int64_t rows;	    /* handed over */
};

/*
 * Reads a manifest from the start of an open file, gzip or plain. `name` is for messages and may
 * say what content cannot ("photos.getInfo"); `dir` is an open directory that holds companions of
 * the manifest (observers.csv beside photos.csv), -1 if there is none.
 *
 * -EBADMSG with file and line or offset where it is malformed; -ENOTSUP where no format fits, with
 * what to do; -EINVAL for options that do not fit the format; -EINTR stopped; errors of read();
 * what `row` returned. Rows before the error were handed over: the caller takes them back.
 */
int lic_manifest_read(int fd, const char *name, int dir, const struct lic_manifest_options *o,
		      struct lic_manifest_result *ret, struct lic_error *err)
	_nonnull_(2, 4, 5) _must_check_;

/* What `import --formats` lists, in the order in which formats are tried; NULL past the end. */
struct lic_manifest_format {
	const char *name;    /* "coco" */
	const char *summary; /* "COCO, LVIS and iNaturalist competition JSON" */
};
const struct lic_manifest_format *lic_manifest_format_at(size_t i);

/* --- keys --------------------------------------------------------------------------------- */

/* Longest normal text of a key. */
#define LIC_KEY_TEXT_MAX 4096
/* Most components of a TAIL, so most tails of one path; and most addresses of one image. */
#define LIC_KEY_TAILS_MAX 32
#define LIC_KEY_URLS_MAX 64

/*
 * Appends the normal text of a key: two keys of one kind find each other where their normal texts
 * are equal. The normal text of a normal text is itself.
 *
 * Paths, tails and stems are bytes, compared as they are: case counts, and so does the composition
 * of Unicode. They lose "./", repeated and outer slashes. IDs are numbers without leading zeros, of
 * at most 11 digits; other ids are stems. URLs get http, a lower-case host, no empty fragment and
 * no default port, percent escapes decoded where that changes nothing. Hashes become lower-case
 * hexadecimal from hexadecimal or base64, with or without "md5:". GLOB stays as it is, ALL is "".
 *
 * False where the text can be no key of that kind (empty, too long, "..", NUL, not an address, not
 * a hash): then `out` is as before. Its ceiling must leave room for 4 * LIC_KEY_TEXT_MAX; it has
 * failed only where memory ran out.
 */
bool lic_key_normal(enum lic_key_kind kind, struct lic_bytes text, struct lic_buf *out)
	_nonnull_(3) _must_check_;

/* What is known of an image by which rows may be about it. */
struct lic_key_subject {
	struct lic_bytes path;		 /* relative to the root of the import */
	const struct lic_claims *claims; /* NULL, or claims: SOURCE_URL of the image's own files
					  * (ranks EMBEDDED and SIDECAR) count */
	const struct lic_hash *xxh3;	 /* NULL where not known */
	const uint8_t *md5, *sha256;	 /* 16 and 32 bytes, NULL where not known */
};

/*
 * Calls `fn` with the normal texts under which rows about the image may lie, for the kinds in the
 * bit set `kinds` (1u << kind); ALL and GLOB have none. Non-zero stops and is returned; -ENOMEM.
 * One text may come twice (two fields that state one address); at most
 * LIC_KEY_TAILS_MAX + LIC_KEY_URLS_MAX + 8 come. The text is valid during the call.
 *
 * STEM: the last component without its extension (a dot and up to 8 letters and digits). ID: where
 * the name is one that Flickr or a scraper gives, with one possible id (fs/manifest/key.h). A
 * name in doubt has none, for a wrong join would grant a stranger's license.
 */
int lic_key_candidates(const struct lic_key_subject *s, unsigned kinds,
		       int (*fn)(void *ctx, enum lic_key_kind kind, struct lic_bytes normal),
		       void *ctx) _nonnull_(1, 3) _must_check_;

/*
 * Is the pattern of a rule file about the path? "*" is any bytes but slashes, "**" any bytes, and
 * "**" + "/" at the start of a component any number of whole components; "?" is one character,
 * slashes included; a backslash makes the next byte plain. Pure; time is bounded by the product of
 * both lengths.
 */
bool lic_key_rule_matches(struct lic_bytes pattern, struct lic_bytes path);

/* May a row of that kind find several images by mistake? Then it must find one alone. */
bool lic_key_is_ambiguous(enum lic_key_kind kind) _const_;

/* --- rules found in the store --------------------------------------------------------------- */

enum lic_precedence {
	LIC_PRECEDENCE_CLOSEST,	  /* fills in what nothing closer states */
	LIC_PRECEDENCE_AGGREGATE, /* holds beside everything else */
	LIC_PRECEDENCE_OVERRIDE,  /* holds instead */
};

/* A rule that is about an image. */
struct lic_store_rule {
	const char *file; /* name of its file, relative to the directory that it speaks for */
	size_t depth;  /* of that directory; it contains the image, so one depth is one directory */
	int64_t order; /* in its file */
	enum lic_precedence precedence;
	bool has_license, has_copyright;
	/* Of these false at first, lic_rules_choose() sets: */
	bool is_silent;		       /* it says nothing */
	bool no_license, no_copyright; /* it says nothing of that */
	bool is_sunk;		       /* it restricts and never grants */
};

/*
 * Which rules speak (docs/decisions/0016-rules-in-the-store.md): of one file the last; of several
 * REUSE.toml none below the topmost override, and of those that fill in the closest that states a
 * license, and the closest that states copyright. `has_toml`: a REUSE.toml lies in some directory
 * above the image, whether or not it says anything about it: then .reuse/dep5 may not grant. Pure.
 */
void lic_rules_choose(struct lic_store_rule *rule, size_t n, bool has_toml);

#endif
