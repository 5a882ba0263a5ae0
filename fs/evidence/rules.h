/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule files: what a file of a directory states about the files below it.
 *
 * REUSE.toml, .reuse/dep5, tdmrep.json and .well-known/tdmrep.json become an ordered list of rules,
 * each a packet of claims: those with the field LIC_RULE_PATTERN (role none) are patterns in the
 * language of LIC_KEY_RULE (manifest.h), any of which makes the rule one about the file; a packet
 * without any is about everything below. Of the rules of one file the *last* that is about an image
 * speaks, and no other; what of several files does is lic_rules_choose()'s business (manifest.h).
 *
 * Ranks: LIC_RANK_DIRECTORY for what holds where nothing closer speaks, LIC_RANK_SIDECAR for
 * overrides, LIC_RANK_NONE for what restricts beside others.
 */
#ifndef LICENSEFS_EVIDENCE_RULES_H
#define LICENSEFS_EVIDENCE_RULES_H

#include "fs/evidence/reader.h"

#define LIC_RULE_PATTERN "path"
#define LIC_RULE_PRECEDENCE "precedence" /* of a rule of REUSE.toml: a claim without role, too */
#define LIC_RULES_MAX (1u << 20)	 /* bytes of a rule file; a larger one is malformed */

/* What a rule file may hold: patterns are claims, too. */
#define LIC_RULES_LIMITS                                                                           \
	{                                                                                          \
		64 * 1024, 16u << 20, 16384, 64                                                    \
	}

/* The i-th name of a rule file, relative to the directory that it speaks for; NULL past the end. */
const char *lic_rule_file_at(size_t i) _const_;
/* Does the file state opt-outs and nothing else? Then one that cannot be read reserves everything
 * below, and else hides it. */
bool lic_rule_file_reserves(const char *name) _nonnull_all_;

/*
 * Reads a rule file of that name. One that is malformed has `damage` (with the line, where there
 * are lines), and no claims but, where it reserves, a rule for everything. Errors as
 * lic_evidence_read_sidecar().
 */
int lic_rules_read(int fd, uint64_t size, const char *name, const struct lic_limits *limits,
		   struct lic_claims *ret, struct lic_error *err) _nonnull_(3, 4, 5) _must_check_;
/* What stands for a rule file that could not even be read: empties *ret, adds the same. */
void lic_rules_unread(const char *name, const char *why, struct lic_claims *ret) _nonnull_all_;

/* --- readers -------------------------------------------------------------------------------- */

/* Adds a rule's pattern. */
void lic_rule_add_pattern(struct lic_reading *r, uint32_t packet, const char *pattern,
			  size_t n) _nonnull_all_;
/* Malformed, in that line (0: nobody knows). */
void lic_rule_fail(struct lic_reading *r, size_t line, const char *why) _nonnull_all_;

/* One text each, valid UTF-8 with a NUL behind it. */
void lic_rules_toml(struct lic_reading *r, const char *p, size_t n) _nonnull_all_;
void lic_rules_dep5(struct lic_reading *r, const char *p, size_t n) _nonnull_all_;
void lic_rules_tdm(struct lic_reading *r, const char *p, size_t n) _nonnull_all_;

#endif
