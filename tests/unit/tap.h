/* SPDX-License-Identifier: Apache-2.0 */
/* Test Anything Protocol for the unit tests: ok(condition, name...), then done_testing(). */
#ifndef LICENSEFS_TESTS_TAP_H
#define LICENSEFS_TESTS_TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/macros.h>

static int tap_count, tap_failed;

#define ok(cond, ...) tap_ok(!!(cond), __FILE__, __LINE__, #cond, __VA_ARGS__)
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...)                                                                     \
	tap_is_int((long long)(got), (long long)(want), __FILE__, __LINE__, __VA_ARGS__)

_printf_format_(5, 6) _unused_ static int tap_ok(int good, const char *file, int line,
						 const char *expr, const char *fmt, ...)
{
	va_list ap;

	tap_count++;
	printf("%sok %d - ", good ? "" : "not ", tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!good) {
		tap_failed++;
		printf("# failed at %s:%d: %s\n", file, line, expr);
	}
	return good;
}

_printf_format_(5, 6) _unused_
	static int tap_is_str(const char *got, const char *want, const char *file, int line,
			      const char *fmt, ...)
{
	char name[512];
	va_list ap;
	int good = got == want || (got && want && strcmp(got, want) == 0);

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	tap_ok(good, file, line, "strings are equal", "%s", name);
	if (!good)
		printf("#  got: %s\n# want: %s\n", got ? got : "(null)", want ? want : "(null)");
	return good;
}

_printf_format_(5, 6) _unused_
	static int tap_is_int(long long got, long long want, const char *file, int line,
			      const char *fmt, ...)
{
	char name[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	tap_ok(got == want, file, line, "numbers are equal", "%s", name);
	if (got != want)
		printf("#  got: %lld\n# want: %lld\n", got, want);
	return got == want;
}

_unused_ static int done_testing(void)
{
	printf("1..%d\n", tap_count);
	fflush(stdout);
	return tap_failed ? 1 : 0;
}

#endif
