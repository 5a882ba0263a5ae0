/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations as status, explain, find and `revoke --list` tell of them. */
#ifndef LICENSEFS_TOOLS_REVOCATION_H
#define LICENSEFS_TOOLS_REVOCATION_H

#include <licensefs/catalog_revoke.h>
#include <licensefs/json.h>

#include "store.h"
#include "table.h"

/* A revocation that matches an image, or has. Strings are owned. */
struct told_revocation {
	int64_t number, born, at, ended_at; /* ended_at 0: it is in force */
	enum lic_selector_kind kind, by;    /* by: what finds this image */
	char *text;			    /* as it was named; NULL: erased */
	char *reason, *requester, *who;
	char *ended_who, *ended_why; /* NULL while it is in force */
	bool erased, by_likeness;
};

struct told_revocations {
	struct told_revocation *item; /* in number order */
	size_t n, cap;
};

/* Those in force that match a live image. */
int revocations_of(struct told_revocations *t, struct lic_catalog *cat, int64_t entry,
		   struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Those that have ended and with whose end the image ceased to be revoked. */
int revocations_past(struct told_revocations *t, struct lic_catalog *cat, int64_t entry,
		     struct lic_error *err) _nonnull_(1, 2) _must_check_;
void revocations_release(struct told_revocations *t) _nonnull_all_;
/* Appends the numbers of those in force that match a live image: "3, 5". */
int revocations_numbers(struct lic_catalog *cat, int64_t entry, struct lic_buf *out,
			struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* The key "revocations": their numbers. */
int revocations_numbers_json(struct lic_catalog *cat, int64_t entry, struct lic_json *j,
			     struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* "path", "content", "likeness", ...: the word for people, as the option is called. */
const char *revocation_kind(enum lic_selector_kind kind) _const_;
/* Appends by what images were named: "creator 'Jane Doe'"; "creator, erased". */
void revocation_named(const struct told_revocation *r, struct lic_buf *out) _nonnull_all_;
/* Appends who asked, who entered it, when and why. */
void revocation_told(const struct told_revocation *r, struct lic_buf *out) _nonnull_all_;
/* A row of number, day, by what, who and why. `image`: of one that it matches, and by what. */
void revocation_row(const struct told_revocation *r, bool image, struct table *t) _nonnull_all_;
/* The members of an object. */
void revocation_json(const struct told_revocation *r, struct lic_json *j) _nonnull_all_;
/* A table of revocations on stdout, or one JSON object each. */
int revocations_list(struct lic_catalog *cat, bool json, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* How many there are. */
struct revocation_totals {
	int64_t force, ended;
};
int revocations_count(struct lic_catalog *cat, struct revocation_totals *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

#endif
