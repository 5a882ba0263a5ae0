/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What single claims mean, and how the meanings of all claims about one image are settled.
 *
 * Life of a claim: interpret.c gives it a meaning from its role alone; resolve.c sets the meanings
 * against each other and finds the verdict; effect.c says what became of each; credit.c picks the
 * names. docs/decisions/0002-resolving-rights.md has the rules and what was rejected.
 */
#ifndef LICENSEFS_RIGHTS_MEANING_H
#define LICENSEFS_RIGHTS_MEANING_H

#include <licensefs/rights.h>

enum meaning_kind {
	MEANS_NOTHING = 0, /* says nothing about permissions */
	/* These three, in a field that may grant, state the license of their rank. */
	MEANS_LICENSE,	     /* names `expression` */
	MEANS_UNRECOGNISED,  /* stands where a license should and cannot be read */
	MEANS_CONTRADICTION, /* contradicts itself */
	MEANS_UNSAID,	     /* names `expression`, which says that nothing is known; for display */
	MEANS_RESERVED,	     /* all rights reserved, as a notice */
	MEANS_NOTICE,	     /* a copyright notice or flag */
	MEANS_DENY,
	MEANS_TERMS,	/* restricts to `expression`, or to nothing where that is empty */
	MEANS_RESERVE,	/* opts out */
	MEANS_NARROW,	/* takes the permissions in `forbids`, adds what `obliges` */
	MEANS_PRIVATE,	/* narrows in words that cannot be read */
	MEANS_END,	/* ends at `when` */
	MEANS_BEGIN,	/* begins at `when` */
	MEANS_BAD_DATE, /* ends or begins at a date that cannot be read */
	MEANS_FACT,
	MEANS_AI, /* made or altered by generative AI */
	MEANS_CREDIT,
	MEANS_TRUST, /* names the source that counts where sources of equal rank differ */
};

struct meaning {
	enum meaning_kind kind;
	const char *rule;		    /* static: why the claim means that */
	bool states;			    /* states the license of its rank */
	bool promoted;			    /* was a notice, reserves all rights beside a license */
	bool clashes;			    /* took part in the conflict that was found */
	bool used;			    /* credit: taken into the credit line; trust: needed */
	bool trusted;			    /* the operator trusts its source */
	bool distrusted;		    /* and so not this one, which may still forbid */
	uint8_t forbids;		    /* MEANS_NARROW: one bit a permission */
	unsigned prose;			    /* LIC_FORBIDS_*: what the text's words take away */
	uint8_t obliges;		    /* MEANS_NARROW: LIC_OBLIGATION_* */
	uint8_t release[LIC_RELEASE_COUNT]; /* MEANS_FACT: enum lic_tri */
	int64_t when;			    /* MEANS_END, MEANS_BEGIN: seconds since the epoch */
	char text[128];			    /* what the text parses to, for lic_effect.license */
	struct lic_expression expression;   /* canonical order; MEANS_LICENSE, _UNSAID, _TERMS */
};

/* Why the status is what it is. */
enum verdict {
	VERDICT_CLEAR = 0,
	VERDICT_MEMORY,	       /* out of memory: nothing was judged */
	VERDICT_DAMAGED,       /* the file's metadata cannot be read whole [I2] */
	VERDICT_DENIED,	       /* the operator denies it */
	VERDICT_CONTRADICTION, /* one text contradicts itself */
	VERDICT_TWO,	       /* two licenses of equal rank */
	VERDICT_BESIDE,	       /* an unreadable license field beside a license */
	VERDICT_FORBIDDEN,     /* another claim about the image forbids what the winner grants */
	VERDICT_PRIVATE,       /* a constraint in words that cannot be read */
	VERDICT_SILENT,	       /* no claim states a license */
	VERDICT_UNREADABLE,    /* the only license field cannot be read */
	VERDICT_NOTHING,       /* the license grants nothing */
	VERDICT_TERMS,	       /* terms or constraints leave nothing of it */
	VERDICT_ENDED,
	VERDICT_NOT_YET,
	VERDICT_BAD_DATE,
};

#define NO_CLAIM SIZE_MAX

struct resolution {
	const struct lic_claims *claims;
	const struct lic_policy *policy;
	struct meaning *meaning; /* one a claim */
	size_t *order;		 /* claim indexes in an order that does not depend on the list's */
	enum lic_rank rank;	 /* of the statements that count; LIC_RANK_NONE if there are none */
	bool overridden;	 /* an operator's override settles everything that it may */
	bool conflicted;	 /* claims contradict each other, or one itself */
	bool licensed;		 /* `expression` is the license */
	struct lic_expression expression;
	enum verdict verdict;
	size_t a, b; /* claims behind the verdict, NO_CLAIM if none */
};

/* interpret.c: the meaning of one claim, whatever stands beside it. */
void meaning_of(const struct lic_claim *claim, const struct lic_policy *policy,
		struct meaning *ret) _nonnull_all_;
/* The claim's text without surrounding blanks; never NULL, not NUL-terminated. */
struct lic_bytes claim_text(const struct lic_claim *claim) _nonnull_all_;
bool text_is(struct lic_bytes text, const char *word) _nonnull_all_;
/* True for ranks that speak about one image: manifest, embedded, sidecar, and what is no rank. */
bool rank_is_per_image(enum lic_rank rank) _const_;

/* constraint.c: a PLUS constraint or words that narrow. */
void constraint_of(struct lic_bytes text, struct meaning *ret) _nonnull_all_;

/*
 * date.c: reads CCYYMMDD, ISO 8601 and EXIF dates; false if it is none. A date names a span of time
 * and often no zone: *ret_end is a moment at which it cannot be over yet anywhere, *ret_begin one
 * at which it has begun everywhere; both in seconds since the epoch.
 */
bool lic_date_parse(struct lic_bytes text, int64_t *ret_end, int64_t *ret_begin) _nonnull_all_;

/* family.c: expressions compared. All expressions are in canonical order. */
void expression_sort(struct lic_expression *e) _nonnull_all_;
void expression_of(const struct lic_license *license, struct lic_expression *ret) _nonnull_(2);
bool expression_equal(const struct lic_expression *a, const struct lic_expression *b) _nonnull_all_;
/* True where `specific` says what `family` says, and more exactly (or the same). */
bool expression_refines(const struct lic_expression *specific,
			const struct lic_expression *family) _nonnull_all_;
/* True where `e` permits anything at all to anyone. */
bool expression_grants(const struct lic_expression *e, bool strict) _nonnull_all_;
/* True where `other` forbids something that one alternative of `winner` permits. */
bool expression_forbids(const struct lic_expression *other, const struct lic_expression *winner,
			bool strict) _nonnull_all_;
/* True where one alternative of `e` permits one of the permissions in the bit set `bits`. */
bool expression_permits(const struct lic_expression *e, unsigned bits, bool strict) _nonnull_all_;
/* True where every alternative has a license that prohibits ML training. */
bool expression_prohibits_ml(const struct lic_expression *e) _nonnull_all_;

/* resolve.c: everything but the rights themselves. False: out of memory. Release it either way. */
bool resolution_init(struct resolution *r, const struct lic_claims *claims,
		     const struct lic_policy *policy) _nonnull_all_;
void resolution_release(struct resolution *r);
void resolution_settle(struct resolution *r) _nonnull_all_;
/* Does the claim state the license of the rank that counts? */
bool resolution_counts(const struct resolution *r, size_t i) _nonnull_all_;
/* trust.c: takes the licenses that count from the sources that the operator trusts alone; false
 * where that changes nothing. */
bool resolution_trust(struct resolution *r) _nonnull_all_;
/* permit.c: the rights of a settled resolution; finds the verdicts that depend on permissions. */
void resolution_permit(struct resolution *r, struct lic_rights *ret) _nonnull_all_;
/* Is a constraint or date of this rank lifted by an operator's override? */
bool resolution_lifts(const struct resolution *r, const struct lic_claim *claim) _nonnull_all_;
enum lic_status verdict_status(enum verdict v) _const_;

/* credit.c; marks the meanings it used. */
void resolution_credit(struct resolution *r, struct lic_credit *ret) _nonnull_all_;

/* effect.c */
void resolution_effects(const struct resolution *r, struct lic_effect *ret) _nonnull_all_;

#endif
