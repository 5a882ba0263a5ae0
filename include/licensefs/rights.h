/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rights: what all claims about one image resolve to.
 *
 * Pure: no I/O, no clock (the policy carries the time), no state; thread-safe.
 *
 * Invariants
 * - [I1] Unknown never passes: rights that nothing granted have LIC_UNKNOWN or LIC_FORBIDDEN in
 *   every permission, whatever went wrong on the way.
 * - A restriction is believed from any claim; a permission only from roles that may grant.
 * - Rights with a status other than clear permit nothing: no permission is LIC_ALLOWED.
 * - The result does not depend on the order of the claims, except that several creators in one
 *   field are credited in the order in which the field names them.
 * - Rights are interned: equal rights have equal keys (lic_rights_key), and few are distinct.
 *   Credit belongs to one image and is kept apart.
 */
#ifndef LICENSEFS_RIGHTS_H
#define LICENSEFS_RIGHTS_H

#include <licensefs/evidence.h>
#include <licensefs/license.h>

/* Raised whenever the same claims may resolve otherwise than before: how texts are read, which
 * rules hold. Catalogs that were judged by another number are judged anew. */
#define LIC_RIGHTS_RULES 2

/* Stored in catalogs: never renumber. Zero is the safest. */
enum lic_status {
	LIC_STATUS_UNREADABLE = 0,
	LIC_STATUS_REVOKED = 1,
	LIC_STATUS_STALE = 2,
	LIC_STATUS_CONFLICT = 3,
	LIC_STATUS_UNLICENSED = 4,
	LIC_STATUS_CLEAR = 5,
	LIC_STATUS_COUNT
};

const char *lic_status_name(enum lic_status s) _const_;
int lic_status_find(const char *name, size_t n); /* -1 if unknown */

struct lic_policy {
	bool strict_statements; /* statements=strict: Public Domain Mark and the like grant nothing
				 */
	bool strict_notice;	/* notice=conflict: a notice in a copyright field or comment counts
				 * as "all rights reserved", and so contradicts a license */
	int64_t now;		/* seconds since the epoch */
	const struct lic_own_licenses *own; /* that texts may name beside the table; NULL: none.
					     * Not owned */
	struct lic_parses *parses; /* texts parsed before, for speed; NULL: none. Not owned */
};

/* What a release is about: recognisable persons, or property. Stored in catalogs. */
enum lic_release { LIC_RELEASE_MODEL, LIC_RELEASE_PROPERTY, LIC_RELEASE_COUNT };

const char *lic_release_name(enum lic_release r) _const_; /* "model", "property" */

#define LIC_RIGHTS_LICENSE_MAX 512

struct lic_rights {
	enum lic_status status;
	/* SPDX expression, its alternatives in byte order; "" if no license was stated,
	 * LicenseRef-Unrecognised if none that can be read, LicenseRef-Conflict if several. */
	char license[LIC_RIGHTS_LICENSE_MAX];
	/* 0: nothing is known of any permission. Otherwise alternative[i] is what the i-th operand
	 * of the OR in `license` permits, after terms and constraints; one of them may permit
	 * nothing, and all do where the status is not clear. */
	uint8_t n_alternatives;
	struct lic_terms alternative[LIC_ALTERNATIVES_MAX];
	uint8_t reservations; /* LIC_RESERVE_* */
	bool ai_origin;	      /* made or altered by generative AI, as stated */
	/* enum lic_tri by enum lic_release: released or in need of no release, or not; as stated */
	uint8_t release[LIC_RELEASE_COUNT];
	char territory[16]; /* "US", "EU+US", ...; "" where not limited */
	int64_t until;	    /* seconds since the epoch when the rights end; 0: never */
};

/* In `until` of rights that are revoked: the bytes are known to have changed as well. */
#define LIC_UNTIL_STALE 1

/* Are the bytes no longer those that were judged, whatever the status? Only reading helps. */
static inline bool lic_rights_is_stale(const struct lic_rights *r)
{
	return r->status == LIC_STATUS_STALE ||
	       (r->status == LIC_STATUS_REVOKED && r->until == LIC_UNTIL_STALE);
}

struct lic_credit {
	char *creator, *title, *source_url, *license_url; /* malloc'ed, NULL if not stated */
};
void lic_credit_release(struct lic_credit *c);

/* What became of one claim; static phrases for `explain`. */
struct lic_effect {
	const char *effect; /* "grants", "forbids", "reserves", "notice", "credit", "fact",
			     * "conflicts", "overruled", "ignored" */
	const char *rule;   /* why, e.g. "permission only from a rights field" */
	char license[128];  /* what the text parses to, "" if it names no license */
};

/* Parses what lic_rights_resolve() is going to ask about the claims, in any thread: then it finds
 * it in `memory`. Changes no verdict. */
void lic_rights_foresee(const struct lic_claims *claims, struct lic_parses *memory) _nonnull_all_;

/*
 * Resolves claims to rights.
 *
 * `ret_effects`: NULL, or an array of claims->n that gets one effect a claim.
 * `ret_credit`: NULL, or gets malloc'ed strings (release them; on -ENOMEM fields stay NULL).
 * Never fails: where something is wrong the rights say so in `status` and permit nothing.
 */
void lic_rights_resolve(const struct lic_claims *claims, const struct lic_policy *policy,
			struct lic_rights *ret_rights, struct lic_credit *ret_credit,
			struct lic_effect *ret_effects) _nonnull_(1, 2, 3);

/* What the claims reserve from outside the file, in fields made for that or in words: LIC_RESERVE_*
 * bits. It holds for every file with the same bytes; what stands inside is in all of them anyway.
 */
unsigned lic_rights_reserved_beside(const struct lic_claims *claims,
				    const struct lic_policy *policy) _nonnull_all_;

/* Appends why the status is what it is: one sentence without full stop, e.g. "two licenses of equal
 * rank: XMP cc:license says CC0-1.0, XMP dc:rights reserves all rights". `claims` and `policy` are
 * those of lic_rights_resolve(), which this repeats; of `rights` only the status is read, because
 * the catalog may have set it to stale or revoked. Safe to show on a terminal. */
void lic_rights_reason(const struct lic_claims *claims, const struct lic_policy *policy,
		       const struct lic_rights *rights, struct lic_buf *out) _nonnull_all_;

/* The claims behind a conflict, as indexes: false where the claims are none. *ret_b is SIZE_MAX
 * where one claim alone is behind it. Of two of different rank *ret_a is the stronger. */
bool lic_rights_conflict(const struct lic_claims *claims, const struct lic_policy *policy,
			 size_t *ret_a, size_t *ret_b) _nonnull_all_;

/* Rights of an image that nothing may see: every permission unknown. */
void lic_rights_init(struct lic_rights *r, enum lic_status status) _nonnull_all_;

/* One permission over all alternatives: allowed if one alternative allows it, forbidden if all
 * forbid it, else unknown. For display; views ask alternatives one by one. */
enum lic_tri lic_rights_permission(const struct lic_rights *r, enum lic_permission p) _nonnull_all_;
/* Obligations that hold in every alternative. */
unsigned lic_rights_obligations(const struct lic_rights *r) _nonnull_all_;

/* Longest text of a key, without the closing NUL. */
#define LIC_RIGHTS_KEY_MAX 1024

/* Appends the canonical text of the rights: equal texts, equal rights. The text is versioned and
 * stored in catalogs. Format: fs/rights/key.c. */
void lic_rights_key(const struct lic_rights *r, struct lic_buf *out) _nonnull_all_;
/* Reads a key back; -EBADMSG if it is not one (then *ret is untouched). */
int lic_rights_from_key(const char *key, size_t n, struct lic_rights *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

#endif
