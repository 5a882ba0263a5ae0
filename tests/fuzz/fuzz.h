/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets for fuzzers: each takes any bytes, and aborts where a property does not hold.
 *
 * The same targets run in two programs: `fuzz` (libFuzzer, --enable-fuzzing), which looks for new
 * inputs, and `replay`, which tries the inputs of tests/fuzz/corpus in the normal suite. A new
 * block is one line in targets.c, a new reader of fs/evidence/readers.c or
 * fs/manifest/readers.c is a target by itself.
 */
#ifndef LICENSEFS_TESTS_FUZZ_H
#define LICENSEFS_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/evidence.h>

struct lic_manifest_reader;
struct lic_reader;
struct lic_reading;

struct fuzz_target {
	const char *name;
	void (*run)(const struct fuzz_target *t, const uint8_t *p, size_t n);
	void (*block)(struct lic_reading *r, const uint8_t *p, size_t n); /* of fuzz_block() */
	const struct lic_reader *reader;				  /* of fuzz_reader() */
	const struct lic_manifest_reader *manifest;			  /* of fuzz_manifest() */
};

/* The i-th target in order; its name is NULL past the end. */
struct fuzz_target fuzz_target_at(size_t i);
/* False if there is none of this name. */
bool fuzz_target_find(const char *name, struct fuzz_target *ret) _nonnull_all_ _must_check_;

/* A property that must hold, whatever the bytes. */
#define FUZZ_CHECK(cond, ...)                                                                      \
	do {                                                                                       \
		if (!(cond))                                                                       \
			fuzz_fail(__FILE__, __LINE__, #cond, __VA_ARGS__);                         \
	} while (0)
void fuzz_fail(const char *file, int line, const char *cond, const char *fmt, ...)
	_printf_format_(4, 5) __attribute__((noreturn));

/* A number below `limit` (0 where that is 0) that depends on the bytes and on `salt` alone. */
size_t fuzz_choose(const uint8_t *p, size_t n, unsigned salt, size_t limit);
/* A file in memory with these bytes; the descriptor stays the harness's and holds them until the
 * next call. */
int fuzz_file(const uint8_t *p, size_t n);
/* Is this fit to be shown: UTF-8 without control characters but newlines? */
bool fuzz_is_shown(const char *s) _nonnull_all_;

/* Do the claims keep every promise of evidence.h, and what they resolve to those of rights.h? */
void fuzz_check_claims(struct lic_claims *c, const struct lic_limits *limits) _nonnull_all_;
/* Do both lists say the same, damage included? */
void fuzz_check_same(const struct lic_claims *a, const struct lic_claims *b,
		     const char *what) _nonnull_all_;

/* --- what targets run ----------------------------------------------------------------------- */

void fuzz_reader(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_block(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_any(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_sidecar(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_sidecar_json(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_sidecar_license(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_rules(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_license(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_spdx(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_view(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_answer(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_key(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_manifest(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_document(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_document_json(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_document_tar(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_likeness(const struct fuzz_target *t, const uint8_t *p, size_t n);
void fuzz_join(const struct fuzz_target *t, const uint8_t *p, size_t n);

#endif
