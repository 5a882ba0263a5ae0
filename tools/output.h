/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program says: results on stdout, messages on stderr as "licensefs: VERB: message".
 *
 * Nothing that came from a file or a name reaches a terminal raw: names go through
 * lic_text_quote(), prose through lic_text_show(). A reader that closes the pipe is no error.
 */
#ifndef LICENSEFS_TOOLS_OUTPUT_H
#define LICENSEFS_TOOLS_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <licensefs/error.h>
#include <licensefs/json.h>
#include <licensefs/text.h>

/* Exit statuses; every manual page promises them. */
enum tool_exit {
	TOOL_DONE = 0,
	TOOL_FINDING = 1, /* what was asked for is not so */
	TOOL_USAGE = 2,
	TOOL_FAILURE = 3,
};

/* Sets the VERB of messages; `verb` must outlive them. */
void output_set_verb(const char *verb);

/* One line to stderr; a progress bar that stands there is cleared first. */
void output_say(const char *fmt, ...) _printf_format_(1, 2);
/* Prints err->msg and returns TOOL_FAILURE. */
int output_failure(const struct lic_error *err) _nonnull_all_;
/* Prints err->msg, which says what is wrong with an operand, and returns TOOL_USAGE. */
int output_invalid(const struct lic_error *err) _nonnull_all_;
/* Prints the message and where to find help, and returns TOOL_USAGE. */
int output_usage(const char *fmt, ...) _printf_format_(1, 2);

/* Ends the program with TOOL_FAILURE: an open transaction is rolled back. */
_Noreturn void output_out_of_memory(void);

/* True where colours are wanted: a terminal, no NO_COLOR, TERM not dumb. */
bool output_color(FILE *f) _nonnull_all_;
/* True once stdout cannot be written any more: long listings stop. */
bool output_broken(void);
/* What was done, for output_finish(): "revocation 3 is in force". */
void output_stands(const char *fmt, ...) _printf_format_(1, 2);
/* Flushes stdout; returns `status`, or TOOL_FAILURE with a message if what was written got lost
 * for another reason than a closed pipe. */
int output_finish(int status);

/* Writes a name quoted for the shell, or prose made safe. */
void output_quoted(FILE *f, const void *p, size_t n) _nonnull_(1);
void output_shown(FILE *f, const void *p, size_t n) _nonnull_(1);

/* One line of JSON at a time: json_begin(), lic_json_...(&line.json, ...), json_end(). */
struct json_line {
	struct lic_buf buf;
	struct lic_json json;
};

#define JSON_LINE_MAX (256u << 20)

/* Opens the object of a line. */
void json_begin(struct json_line *l) _nonnull_all_;
/* Closes the object and prints the line. */
void json_end(struct json_line *l) _nonnull_all_;
void json_release(struct json_line *l) _nonnull_all_;
/* The line about something that was removed. */
void json_removed(struct json_line *l, const char *name) _nonnull_all_;

/* 1234567 as "1,234,567"; the buffer is the caller's. */
const char *output_count(int64_t n, char buf[32]) _nonnull_all_;
/* 1 "image", 2 "images" */
/* "12 %", "< 1 %", "> 99 %": 0 and 100 where it is none, or all. */
const char *output_share(int64_t part, int64_t whole, char buf[16]) _nonnull_all_;
static inline const char *output_plural(int64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

#endif
