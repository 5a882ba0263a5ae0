/* SPDX-License-Identifier: Apache-2.0 */
/* Error messages: set once where something fails, prefixed with context on the way up. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/error.h>

int lic_error_set(struct lic_error *err, int code, const char *fmt, ...)
{
	if (err) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
		err->code = code;
	}
	return -code;
}

int lic_error_sys(struct lic_error *err, int code, const char *fmt, ...)
{
	if (err) {
		va_list ap;
		size_t n;

		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
		n = strlen(err->msg);
		snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", strerror(code));
		err->code = code;
	}
	return -code;
}

int lic_error_prefix(struct lic_error *err, const char *fmt, ...)
{
	char rest[LIC_ERROR_MAX];
	va_list ap;
	size_t n;

	if (!err || !err->code)
		return -EIO;
	memcpy(rest, err->msg, sizeof(rest));
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	n = strlen(err->msg);
	snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", rest);
	return -err->code;
}
