/* SPDX-License-Identifier: Apache-2.0 */
/* Error messages that point at their place in an expression. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fs/view/syntax.h"

#define SHOWN_BEFORE 44 /* characters of the expression before the place, and ... */
#define SHOWN_AFTER 28	/* ... from it on, so that an indented line fits a terminal */

/* Appends the character at p, one column wide: what is unsafe to show becomes '?'. */
static size_t add_column(struct lic_buf *out, const char *p, size_t n)
{
	struct lic_buf shown = LIC_BUF_INIT(64);
	uint32_t cp;
	size_t k = lic_utf8_decode((const uint8_t *)p, n, &cp);
	size_t len = k ? k : 1;

	lic_text_show(&shown, p, len);
	if (*p == '\n' || *p == '\t' || *p == '\r')
		lic_buf_addc(out, ' ');
	else if (shown.len == len && memcmp(shown.data, p, len) == 0)
		lic_buf_add(out, p, len);
	else
		lic_buf_addc(out, '?');
	lic_buf_release(&shown);
	return len;
}

/* Characters in n bytes. */
static size_t count_columns(const char *p, size_t n)
{
	size_t columns = 0;
	uint32_t cp;

	while (n) {
		size_t k = lic_utf8_decode((const uint8_t *)p, n, &cp);

		k = k ? k : 1;
		p += k;
		n -= k;
		columns++;
	}
	return columns;
}

/* The expression around the place, and a caret line under the token. */
static void add_excerpt(const struct lic_source *s, const struct lic_token *at, struct lic_buf *out)
{
	size_t offset = (size_t)(at->p - s->text), pos = 0, column = 0;
	size_t place = count_columns(s->text, offset);
	size_t first = place > SHOWN_BEFORE ? place - SHOWN_BEFORE : 0;
	size_t indent = place - first + (first ? 3 : 0);
	size_t width = count_columns(at->p, at->n);
	struct lic_buf skipped = LIC_BUF_INIT(8);

	lic_buf_adds(out, first ? "\n  ..." : "\n  ");
	while (pos < s->n && column < place + SHOWN_AFTER) {
		lic_buf_reset(&skipped);
		pos += add_column(column < first ? &skipped : out, s->text + pos, s->n - pos);
		column++;
	}
	lic_buf_adds(out, pos < s->n ? "...\n  " : "\n  ");
	while (indent--)
		lic_buf_addc(out, ' ');
	lic_buf_addc(out, '^');
	for (size_t i = 1; i < width && i < SHOWN_AFTER; i++)
		lic_buf_addc(out, '~');
	lic_buf_release(&skipped);
}

int lic_source_error(const struct lic_source *s, const struct lic_token *at, struct lic_error *err,
		     int code, const char *fmt, ...)
{
	struct lic_buf excerpt = LIC_BUF_INIT(1024);
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	add_excerpt(s, at, &excerpt);
	lic_error_set(err, code, "%s%s%scolumn %zu: %s%s", s->name ? "view '" : "",
		      s->name ? s->name : "", s->name ? "': " : "",
		      count_columns(s->text, (size_t)(at->p - s->text)) + 1, text,
		      lic_buf_str(&excerpt));
	lic_buf_release(&excerpt);
	return -code;
}
