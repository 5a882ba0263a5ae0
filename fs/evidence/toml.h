/* SPDX-License-Identifier: Apache-2.0 */
/* TOML 1.0 as a walk over its values: no tree is built. */
#ifndef LICENSEFS_EVIDENCE_TOML_H
#define LICENSEFS_EVIDENCE_TOML_H

#include <stdbool.h>
#include <stddef.h>

#include <licensefs/macros.h>

enum lic_toml_type {
	LIC_TOML_STRING,
	LIC_TOML_INTEGER, /* as it stands there, without underscores */
	LIC_TOML_OTHER,	  /* a float, a boolean, a date: as it stands there */
	LIC_TOML_EMPTY,	  /* an array or a table without anything in it */
};

/* One value. `path` joins keys with dots and numbers items of arrays and of arrays of tables from
 * 0: "annotations[2].path[0]"; a key that is not bare stands in quotes. Both strings have a NUL
 * behind them and live as long as the call. False ends the walk: the value does not belong there.
 */
typedef bool (*lic_toml_value)(void *ctx, const char *path, enum lic_toml_type type,
			       const char *value, size_t n);

#define LIC_TOML_DEPTH_MAX 16

/*
 * Walks n bytes of valid UTF-8. Returns 0, or the number of the line (from 1) in which the text is
 * no TOML, or where `fn` said false. What was reported before stays reported. Keys that are given
 * twice are not found out: the caller knows which ones it asks for. Time and memory are linear in
 * n.
 */
size_t lic_toml_walk(const char *p, size_t n, lic_toml_value fn,
		     void *ctx) _nonnull_all_ _must_check_;

#endif
