/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, JSON lines and the state of stdout. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "progress.h"

static const char *current_verb = "";

void output_set_verb(const char *verb)
{
	current_verb = verb;
}

/* Library messages quote what they name; this is the second net. Lines after the first (an
 * expression with a caret below) are indented, so that none can pass for another message. */
static void say(const char *fmt, va_list ap)
{
	struct lic_buf safe = LIC_BUF_INIT(16 * 1024);
	char text[4096], *line = text;

	vsnprintf(text, sizeof(text), fmt, ap);
	for (;;) {
		size_t n = strcspn(line, "\n");

		lic_text_show(&safe, line, n);
		line += n;
		if (!*line)
			break;
		lic_buf_adds(&safe, *++line == ' ' ? "\n" : "\n  ");
	}
	progress_clear();
	fflush(stdout);
	fprintf(stderr, "licensefs: %s%s%s\n", current_verb, *current_verb ? ": " : "",
		lic_buf_str(&safe));
	lic_buf_release(&safe);
}

void output_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

int output_failure(const struct lic_error *err)
{
	output_say("%s", err->msg[0] ? err->msg : "failed for an unknown reason");
	return TOOL_FAILURE;
}

int output_invalid(const struct lic_error *err)
{
	output_say("%s", err->msg);
	return TOOL_USAGE;
}

int output_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	fprintf(stderr, "try 'licensefs %s%s--help'\n", current_verb, *current_verb ? " " : "");
	return TOOL_USAGE;
}

_Noreturn void output_out_of_memory(void)
{
	output_say("out of memory");
	exit(TOOL_FAILURE);
}

bool output_color(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no && *no) && term && strcmp(term, "dumb") != 0 && isatty(fileno(f));
}

bool output_broken(void)
{
	return ferror(stdout);
}

/* The errno of the write that failed is gone by now; the descriptor still knows. */
static bool reader_is_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && p.revents & (POLLERR | POLLHUP);
}

static char what_stands[128];

void output_stands(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what_stands, sizeof(what_stands), fmt, ap);
	va_end(ap);
}

int output_finish(int status)
{
	int r = fflush(stdout), code = errno;

	if ((!r && !ferror(stdout)) || reader_is_gone())
		return status;
	output_say("%s%scannot write the result: %s", what_stands, *what_stands ? ", but " : "",
		   r ? strerror(code) : "write error");
	return TOOL_FAILURE;
}

void output_quoted(FILE *f, const void *p, size_t n)
{
	struct lic_buf b = LIC_BUF_INIT(SIZE_MAX / 2);

	lic_text_quote(&b, p, n);
	fwrite(lic_buf_str(&b), 1, b.len, f);
	lic_buf_release(&b);
}

void output_shown(FILE *f, const void *p, size_t n)
{
	struct lic_buf b = LIC_BUF_INIT(SIZE_MAX / 2);

	lic_text_show(&b, p, n);
	fwrite(lic_buf_str(&b), 1, b.len, f);
	lic_buf_release(&b);
}

void json_begin(struct json_line *l)
{
	lic_buf_reset(&l->buf);
	l->buf.max = JSON_LINE_MAX;
	l->json.out = &l->buf;
	l->json.depth = 0;
	l->json.need_comma = false;
	lic_json_object(&l->json);
}

void json_end(struct json_line *l)
{
	lic_json_object_end(&l->json);
	lic_buf_addc(&l->buf, '\n');
	if (lic_buf_failed(&l->buf))
		output_out_of_memory();
	fwrite(l->buf.data, 1, l->buf.len, stdout);
}

void json_removed(struct json_line *l, const char *name)
{
	json_begin(l);
	lic_json_kstr(&l->json, "name", name);
	lic_json_kbool(&l->json, "removed", true);
	json_end(l);
}

void json_release(struct json_line *l)
{
	lic_buf_release(&l->buf);
}

const char *output_count(int64_t n, char buf[32])
{
	char digits[24];
	size_t len, out = 0;

	snprintf(digits, sizeof(digits), "%" PRId64, n);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		buf[out++] = digits[i];
		if (digits[i] != '-' && i + 1 < len && (len - i - 1) % 3 == 0)
			buf[out++] = ',';
	}
	buf[out] = 0;
	return buf;
}

const char *output_share(int64_t part, int64_t whole, char buf[16])
{
	const double percent = whole > 0 ? (double)part * 100 / (double)whole : 0;

	if (part > 0 && percent < 1)
		snprintf(buf, 16, "< 1 %%");
	else if (part < whole && percent > 99)
		snprintf(buf, 16, "> 99 %%");
	else
		snprintf(buf, 16, "%.0f %%", percent < 0 ? 0 : percent > 100 ? 100 : percent);
	return buf;
}
