/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licenses: what each id permits, and which id a string found in the wild means.
 *
 * Facts live in the tables of fs/license/ and are compiled in at build time. Everything here is
 * pure: no state, no I/O, thread-safe. Unknown never passes: an id that the table does not know has
 * LIC_UNKNOWN everywhere.
 */
#ifndef LICENSEFS_LICENSE_H
#define LICENSEFS_LICENSE_H

#include <licensefs/buffer.h>
#include <licensefs/error.h>

/* What a person may do. NONCOMMERCIAL and COMMERCIAL are the purposes, the others the actions. */
enum lic_permission {
	LIC_NONCOMMERCIAL_USE,
	LIC_COMMERCIAL_USE,
	LIC_REDISTRIBUTE,
	LIC_DERIVE,
	LIC_SHARE_ADAPTATIONS,
	LIC_PERMISSION_COUNT
};

/* Kleene truth value, and a permission's state. Zeroed memory is "unknown", which never passes. */
enum lic_tri {
	LIC_UNKNOWN = 0,
	LIC_FORBIDDEN = 1, /* false */
	LIC_ALLOWED = 2,   /* true */
};

/* Obligations, as bits. */
#define LIC_OBLIGATION_ATTRIBUTION 1u
#define LIC_OBLIGATION_NOTICE 2u
#define LIC_OBLIGATION_SHAREALIKE 4u
#define LIC_OBLIGATION_COUNT 3

/* What a license can license. Only WORK and CONTENTS clear an image; STATEMENT does where its
 * status is OPEN and the policy lets it. Bits, because some licenses cover several. */
#define LIC_SCOPE_WORK 1u
#define LIC_SCOPE_CONTENTS 2u
#define LIC_SCOPE_STATEMENT 4u
#define LIC_SCOPE_DATA 8u
#define LIC_SCOPE_DATABASE 16u
#define LIC_SCOPE_SOFTWARE 32u
#define LIC_SCOPE_MODEL 64u

enum lic_license_status {
	LIC_LICENSE_UNKNOWN = 0,
	LIC_LICENSE_OPEN,
	LIC_LICENSE_RESTRICTED,
	LIC_LICENSE_RESERVED,
};

enum lic_ml_clause {
	LIC_ML_SILENT = 0,
	LIC_ML_PERMITTED,
	LIC_ML_PERMITTED_ONLY,
	LIC_ML_PROHIBITED,
	LIC_ML_CONDITIONAL,
};

/* One row of the table; static storage. */
struct lic_license {
	const char *id;	       /* SPDX id, or LicenseRef-... */
	const char *name;      /* English */
	const char *url;       /* canonical page, NULL if none */
	const char *territory; /* "world", "US", ... */
	const char *basis;     /* how far the vector is proven: cc-rdf, text, inferred, ... */
	const char *note;      /* NULL if none */
	uint8_t permission[LIC_PERMISSION_COUNT]; /* enum lic_tri */
	uint8_t obligations;			  /* LIC_OBLIGATION_* */
	uint8_t scope;				  /* LIC_SCOPE_* */
	uint8_t status;				  /* enum lic_license_status */
	uint8_t ml_clause;			  /* enum lic_ml_clause */
};

const char *lic_permission_name(enum lic_permission p) _const_; /* "noncommercial-use", ... */
const char *lic_tri_name(enum lic_tri t) _const_;      /* "allowed", "forbidden", "unknown" */
const char *lic_obligation_name(unsigned bit) _const_; /* "attribution", ...; one bit */

/* Row of a canonical id, case-insensitive; NULL if unknown. O(log n). */
const struct lic_license *lic_license_find(const char *id, size_t n);
/* The i-th row in byte order of ids, NULL past the end: for listings. */
const struct lic_license *lic_license_at(size_t i);
/* May `id` be what somebody meant who wrote `s`? That both are a LicenseRef- says nothing. */
bool lic_license_is_near(const char *s, size_t n, const char *id);
/* True where the license, standing alone, may clear an image. With `strict` statements do not. */
bool lic_license_clears(const struct lic_license *l, bool strict_statements);
/* True for CC0-1.0, CC-PDM-1.0, CC-PDDC, PDDL-1.0, LicenseRef-PublicDomain-Unspecified and
 * LicenseRef-USGov-PD: dedications, and statements that no copyright stands in the way. Not for
 * licenses that merely ask for nothing, where the copyright remains. */
bool lic_license_is_public_domain(const struct lic_license *l);

/* --- licenses that an operator defines ----------------------------------------------------- */

/* In byte order of their ids; not owned. They are not in the table: whoever may meet one is given
 * the list. Each stands alone, never within an expression. */
struct lic_own_licenses {
	const struct lic_license *item;
	size_t n;
};

#define LIC_OWN_ID_MAX 100

/* The one of exactly that id; NULL, also where `own` is. */
const struct lic_license *lic_own_license_find(const struct lic_own_licenses *own, const char *id,
					       size_t n) _nonnull_(2);
/* Has it the form of one: "LicenseRef-" and letters, digits, '-' and '.'? */
bool lic_own_license_is_id(const char *id, size_t n) _nonnull_(1);
/* May an operator define that id? -EINVAL where it means something already. */
int lic_own_license_check(const char *id, struct lic_error *err) _nonnull_(1) _must_check_;

/* The vocabulary that a string comes from; it decides what bare codes mean. */
enum lic_context {
	LIC_CONTEXT_ANY = 0,
	LIC_CONTEXT_FLICKR_NAME,
	LIC_CONTEXT_INATURALIST,
	LIC_CONTEXT_INATURALIST_NUMBER,
	LIC_CONTEXT_COMMONS,
	LIC_CONTEXT_OPENVERSE,
	LIC_CONTEXT_EUROPEANA,
	LIC_CONTEXT_GBIF,
	LIC_CONTEXT_ZENODO,
	LIC_CONTEXT_DATACITE,
	LIC_CONTEXT_SMITHSONIAN,
	LIC_CONTEXT_MET,
	LIC_CONTEXT_PLUS_COPYRIGHTSTATUS,
	LIC_CONTEXT_XMPRIGHTS_MARKED,
	LIC_CONTEXT_RIGHTSSTATEMENTS,
	LIC_CONTEXT_FLICKR_ID, /* numeric ids of the Flickr API */
	LIC_CONTEXT_CCREL,     /* cc:license, in RDF and XMP */
	LIC_CONTEXT_COUNT
};

const char *lic_context_name(enum lic_context c) _const_;
/* -1 if the name is unknown. */
int lic_context_find(const char *name, size_t n);

/* What the normaliser made of a string. */
enum lic_parse_kind {
	LIC_PARSE_UNRECOGNISED = 0,
	LIC_PARSE_NOASSERTION, /* nothing stated */
	LIC_PARSE_LICENSE,     /* `expression` holds an id or an SPDX expression */
	LIC_PARSE_CONFLICT,    /* the text contradicts itself */
	LIC_PARSE_NOTICE,      /* a bare copyright notice: grants nothing, contradicts nothing */
	LIC_PARSE_RESERVED,    /* all rights reserved: expression is LicenseRef-AllRightsReserved */
};

/* What words beside a license take away, as bits: 1u << permission, and these. */
#define LIC_FORBIDS_MINING (1u << 8)
#define LIC_FORBIDS_TRAINING (1u << 9)	  /* of AI that generates nothing */
#define LIC_FORBIDS_GENERATIVE (1u << 10) /* training of generative AI */
#define LIC_FORBIDS_USE (1u << 11)	  /* any use without permission */
#define LIC_FORBIDS_AI (LIC_FORBIDS_MINING | LIC_FORBIDS_TRAINING | LIC_FORBIDS_GENERATIVE)
#define LIC_FORBIDS_PERMISSIONS ((1u << LIC_PERMISSION_COUNT) - 1)

struct lic_parse {
	enum lic_parse_kind kind;
	/* Canonical text as `license parse` prints it: an id, an expression, NOASSERTION,
	 * LicenseRef-Conflict, LicenseRef-CopyrightNotice, LicenseRef-AllRightsReserved, or
	 * "unrecognised". NUL-terminated. */
	char expression[512];
	/* The text that decided, for explain: "url", "alias", "id", "short-name", "prose",
	 * "notice", "". Static. */
	const char *rule;
	unsigned forbids; /* LIC_FORBIDS_*, whatever `kind` says: "no AI training", "editorial use
			   * only"; what it forbids itself may be what its license forbids, too */
};

/* Longest input that is read; of a longer one the first so many bytes are prose-scanned. */
#define LIC_PARSE_MAX (64 * 1024)

/*
 * Normalises a license string. `s` need not be NUL-terminated or valid UTF-8 (invalid bytes match
 * nothing). Never fails: what it cannot read is LIC_PARSE_UNRECOGNISED. Cost linear in n.
 * Source of the rules: fs/license/grammar.md.
 */
void lic_license_parse(enum lic_context context, const char *s, size_t n, struct lic_parse *ret)
	_nonnull_(4);

/*
 * Texts that were parsed before, by any thread; at most some 17 MB.
 */
struct lic_parses;
struct lic_parses *lic_parses_new(void); /* NULL when out of memory */
void lic_parses_free(struct lic_parses *memory);
/* Parses a text that is going to be asked for, unless that is known or is not remembered at all. */
void lic_license_foresee(struct lic_parses *memory, enum lic_context context, const char *s,
			 size_t n) _nonnull_all_;
/* lic_license_parse(), answered from `memory` where it can be; NULL: there is none. */
void lic_license_parse_again(struct lic_parses *memory, enum lic_context context, const char *s,
			     size_t n, struct lic_parse *ret) _nonnull_(5);

/* --- expressions ------------------------------------------------------------------------- */

/*
 * An SPDX expression in disjunctive form: alternatives (OR) of sets of licenses (AND).
 * `CC-BY-4.0 OR (GFDL-1.2 AND CC-BY-SA-3.0)` has two alternatives.
 */
#define LIC_ALTERNATIVES_MAX 16
#define LIC_OPERANDS_MAX 8

struct lic_alternative {
	uint8_t n;
	const struct lic_license *license[LIC_OPERANDS_MAX]; /* sorted by id, no duplicates */
};

struct lic_expression {
	uint8_t n; /* 0: no license */
	struct lic_alternative alternative[LIC_ALTERNATIVES_MAX];
};

/* Parses an expression of known ids, operators in any case; OR binds weaker than AND. `WITH
 * exception` is refused unless the pair is a known id. -EINVAL with the column in `err` for
 * syntax, unknown ids, and more alternatives or operands than fit. */
int lic_expression_parse(const char *s, size_t n, struct lic_expression *ret, struct lic_error *err)
	_nonnull_(3) _must_check_;
/* Appends the canonical text: operands in id order within an alternative, alternatives as given,
 * parentheses only where an AND stands beside an OR. */
void lic_expression_format(const struct lic_expression *e, struct lic_buf *out) _nonnull_all_;

/* What one alternative permits: AND intersects permissions (forbidden beats unknown beats allowed)
 * and unites obligations. Licenses that cannot clear an image contribute LIC_UNKNOWN, their
 * prohibitions stand. */
struct lic_terms {
	uint8_t permission[LIC_PERMISSION_COUNT]; /* enum lic_tri */
	uint8_t obligations;
	uint8_t ml_prohibited; /* some license prohibits ML training */
};

void lic_alternative_terms(const struct lic_alternative *a, bool strict_statements,
			   struct lic_terms *ret) _nonnull_all_;

#endif
