/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selectors: how people name images whose rights they ask about or withdraw - by path, content,
 * creator, source, id or likeness. `find` and `revoke` read them alike, so that what the one finds
 * the other takes down.
 *
 * Pure: no I/O, no state; thread-safe. A selector is a kind and a normal text; an image is selected
 * where that text is among its candidates, so that any number of selectors cost a lookup each, and
 * a keyed hash of the text does as well as the text. Patterns are the exception, and are asked one
 * by one.
 *
 * What an image states counts whoever states it (its own fields, sidecars, rows of manifests, rows
 * in doubt), because a restriction is believed from anyone.
 */
#ifndef LICENSEFS_SELECTOR_H
#define LICENSEFS_SELECTOR_H

#include <licensefs/evidence.h>

/* Stored in catalogs: never renumber. */
enum lic_selector_kind {
	LIC_SELECT_PATH = 1, /* relative to the store; a directory or an archive: all below it */
	LIC_SELECT_XXH3 = 2, /* bytes: 16, as struct lic_hash */
	LIC_SELECT_MD5 = 3,
	LIC_SELECT_SHA256 = 4,
	LIC_SELECT_CREATOR = 5,
	LIC_SELECT_URL = 6, /* an address, what lies below it, or a domain with its subdomains */
	LIC_SELECT_ID = 7,  /* an id of a dataset or site, in names of files, addresses and rows */
	LIC_SELECT_LIKENESS = 8, /* likeness.h; compared by distance, not by candidates */
	LIC_SELECT_COUNT
};
/* "path", "xxh3", "md5", "sha256", "creator", "url", "id", "likeness"; static. */
const char *lic_selector_name(enum lic_selector_kind k) _const_;

#define LIC_SELECTOR_TEXT_MAX 4096u /* bytes of a normal text */

struct lic_selector {
	enum lic_selector_kind kind;
	bool pattern; /* PATH and CREATOR: * and ? match; of paths as decide has them */
	struct lic_bytes normal;
};

/*
 * Appends the normal text of what a person wrote and sets *ret_pattern. The normal text of a normal
 * text is itself.
 *
 * PATH: without "./", repeated and outer slashes, but for the last one of a pattern; bytes else.
 * Hashes: their bytes, from hexadecimal with or without "xxh3:", "md5:", "sha256:". CREATOR: case
 * folded and composed (NFKC), quotes and dashes straight, white space as one space, trimmed. URL:
 * without scheme, "www.", user, default port and fragment; the host in lower case; escapes undone
 * where that changes nothing; without repeated slashes and a final one. A domain has its
 * subdomains and no other one: flickr.com is not staticflickr.com. ID: case of ASCII letters
 * folded, leading zeros of numbers dropped.
 *
 * -EINVAL with what is wrong; `out` is as before then.
 */
int lic_selector_normal(enum lic_selector_kind kind, struct lic_bytes text, struct lic_buf *out,
			bool *ret_pattern, struct lic_error *err) _nonnull_(3, 4) _must_check_;

/* What is known of an image. */
struct lic_selector_subject {
	struct lic_bytes path;		   /* relative to the store */
	const struct lic_hash *hash;	   /* NULL where not known */
	const struct lic_digests *digests; /* NULL where not known */
	const struct lic_claim
		*claim; /* n_claims of them: CREATOR, SOURCE_URL and, of URL, WEBSTATEMENT count */
	size_t n_claims;
};

/*
 * Calls `fn` with the normal texts by which the image can be selected, for the kinds in the bit set
 * `kinds` (1u << kind; LIKENESS has none). Non-zero stops and is returned; -ENOMEM. A text may come
 * twice, and is valid during the call.
 *
 * PATH: the path and every directory above it. CREATOR: each creator that a claim names, whole and,
 * where it names several, one by one, also without "(c)", "photo by" and the like. URL: the address
 * with and without query, every path above it, its host and every parent domain of two labels or
 * more. ID: of the file's name and of each component and query value of an address, without
 * extension: the whole; the parts between the bytes that are neither letter, digit nor '@'
 * (`12345_6789abc_z.jpg` has 12345, 6789abc and z; an NSID such as 12345@N00 is one part); up to 8
 * parts that follow each other, as in a UUID; and of directories those with an '@'.
 */
int lic_selector_candidates(const struct lic_selector_subject *s, unsigned kinds,
			    int (*fn)(void *ctx, enum lic_selector_kind kind,
				      struct lic_bytes normal),
			    void *ctx) _nonnull_(1, 3) _must_check_;

/* Does it select the image? Of LIKENESS never. 1, 0 or -ENOMEM. */
int lic_selector_matches(const struct lic_selector *sel,
			 const struct lic_selector_subject *s) _nonnull_all_ _must_check_;

#endif
