/* SPDX-License-Identifier: Apache-2.0 */
/* Compiler attributes and scope helpers that every other header uses. */
#ifndef LICENSEFS_MACROS_H
#define LICENSEFS_MACROS_H

#include <stdlib.h>

/* Attributes, named as in systemd and kmod. They belong on prototypes. */
#define _must_check_ __attribute__((warn_unused_result))
#define _nonnull_(...) __attribute__((nonnull(__VA_ARGS__)))
#define _nonnull_all_ __attribute__((nonnull))
#define _printf_format_(a, b) __attribute__((format(printf, a, b)))
#define _pure_ __attribute__((pure))
#define _const_ __attribute__((const))
#define _cleanup_(f) __attribute__((cleanup(f)))
#define _unused_ __attribute__((unused))

#define LIC_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Hands the pointer out of a variable that a _cleanup_ would otherwise free. */
#define LIC_TAKE(p)                                                                                \
	({                                                                                         \
		__typeof__(p) lic_taken_ = (p);                                                    \
		(p) = NULL;                                                                        \
		lic_taken_;                                                                        \
	})

/* Frees a malloc'ed pointer at the end of its scope: `_cleanup_(lic_freep) char *s`. */
static inline void lic_freep(void *p)
{
	free(*(void **)p);
}

#endif
