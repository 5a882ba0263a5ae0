/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way in which licensefs reports failure.
 *
 * A function that can fail returns 0 or a negative errno value and takes a caller-owned
 * struct lic_error as its last parameter, which it fills with a sentence for a person.
 * Text: lower case, what went wrong first, the subject quoted, no full stop, then what to do next.
 * Library code never prints and never exits. A bad image or a missing license is not an error:
 * it is data, a verdict.
 */
#ifndef LICENSEFS_ERROR_H
#define LICENSEFS_ERROR_H

#include <licensefs/macros.h>

#define LIC_ERROR_MAX 1024

struct lic_error {
	int code;		 /* positive errno value, 0 while nothing has failed */
	char msg[LIC_ERROR_MAX]; /* always NUL-terminated, cut if too long */
};

#define LIC_ERROR_INIT                                                                             \
	{                                                                                          \
		0,                                                                                 \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

/* Stores `code` (positive errno) and the formatted text; a NULL `err` is allowed. Returns -code. */
int lic_error_set(struct lic_error *err, int code, const char *fmt, ...) _printf_format_(3, 4);

/* As lic_error_set(), and appends ": " and strerror(code). */
int lic_error_sys(struct lic_error *err, int code, const char *fmt, ...) _printf_format_(3, 4);

/* Puts the formatted text and ": " before the message, to add context on the way up.
 * Returns -err->code, or -EIO where `err` is NULL or holds no code. */
int lic_error_prefix(struct lic_error *err, const char *fmt, ...) _printf_format_(2, 3);

#endif
