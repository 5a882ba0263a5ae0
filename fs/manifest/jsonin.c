/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of any size, value by value. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fs/manifest/jsonin.h"

#define END_OF_FILE 256 /* no byte */

int lic_jsonin_bad(struct lic_jsonin *j, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	j->failed = lic_error_set(j->err, EBADMSG, "'%s', byte %llu: %s", j->s->name,
				  (unsigned long long)lic_source_offset(j->s) + 1, what);
	return j->failed;
}

/* 1: there are more bytes; 0: the file has ended. */
static int more(struct lic_jsonin *j)
{
	int r = lic_source_more(j->s, j->err);

	if (r == -EOVERFLOW)
		r = lic_jsonin_bad(j, "a value that is too long");
	if (r < 0)
		j->failed = r;
	return r;
}

/* The next byte, which stays; END_OF_FILE, or negative errno. */
static int peek(struct lic_jsonin *j)
{
	struct lic_source *s = j->s;

	while (s->at == s->end) {
		int r = more(j);

		if (r <= 0)
			return r < 0 ? r : END_OF_FILE;
	}
	return s->p[s->at];
}

/* The same behind white space. */
static int peek_token(struct lic_jsonin *j)
{
	struct lic_source *s = j->s;
	int c;

	while ((c = peek(j)) == ' ' || c == '\n' || c == '\r' || c == '\t')
		s->at++;
	return c;
}

static int unexpected(struct lic_jsonin *j, int c, const char *wanted)
{
	if (c < 0)
		return c;
	if (c == END_OF_FILE)
		return lic_jsonin_bad(j, "the file ends where %s should be; it may be cut off",
				      wanted);
	if (c > ' ' && c < 0x7f)
		return lic_jsonin_bad(j, "'%c' where %s should be", c, wanted);
	return lic_jsonin_bad(j, "byte 0x%02x where %s should be", (unsigned)c, wanted);
}

int lic_jsonin_init(struct lic_jsonin *j, struct lic_source *s, struct lic_error *err)
{
	static const uint8_t bom[] = { 0xef, 0xbb, 0xbf };
	int c;

	*j = (struct lic_jsonin){ .s = s, .err = err, .text = LIC_BUF_INIT(LIC_JSONIN_TEXT_MAX) };
	c = peek(j);
	if (c < 0)
		return c;
	if (s->end - s->at >= sizeof(bom) && memcmp(s->p + s->at, bom, sizeof(bom)) == 0)
		s->at += sizeof(bom);
	else if (c >= 0xfe && c != END_OF_FILE)
		return lic_jsonin_bad(j, "UTF-16, not UTF-8; convert it with iconv");
	return 0;
}

int lic_jsonin_seek(struct lic_jsonin *j, uint64_t offset)
{
	int r = lic_source_seek(j->s, offset, j->err);

	j->depth = 1;
	j->open[0] = '{';
	j->first[0] = false;
	j->failed = r;
	return r;
}

void lic_jsonin_release(struct lic_jsonin *j)
{
	lic_buf_release(&j->text);
}

/* --- strings, numbers, words -------------------------------------------------------------- */

static void text_begin(struct lic_jsonin *j)
{
	lic_buf_reset(&j->text);
	j->cut = false;
}

/* Keeps what fits. */
static void text_add(struct lic_jsonin *j, const void *p, size_t n)
{
	size_t room = j->text.max - j->text.len;

	if (n > room) {
		n = room;
		j->cut = true;
	}
	lic_buf_add(&j->text, p, n);
}

static int hex4(struct lic_jsonin *j, unsigned *ret)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(j);
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0)
			return unexpected(j, c, "a hexadecimal digit");
		v = v << 4 | (unsigned)d;
		j->s->at++;
	}
	*ret = v;
	return 0;
}

static int escape(struct lic_jsonin *j);

static void add_character(struct lic_jsonin *j, unsigned u)
{
	struct lic_buf b = LIC_BUF_INIT(8);

	/* NUL, too: nothing behind it is lost */
	lic_utf8_encode(&b, u ? u : 0xfffd);
	text_add(j, lic_buf_str(&b), b.len);
	lic_buf_release(&b);
}

/* Behind "\u": one character, for which it may take two escapes. Halves that stand alone become
 * U+FFFD. */
static int unicode_escape(struct lic_jsonin *j)
{
	unsigned u, low;
	int r = hex4(j, &u);

	while (r == 0 && u >= 0xd800 && u < 0xdc00) {
		if (peek(j) != '\\')
			break;
		j->s->at++;
		if (peek(j) != 'u') {
			add_character(j, u);
			return escape(j);
		}
		j->s->at++;
		r = hex4(j, &low);
		if (r == 0 && low >= 0xdc00 && low < 0xe000) {
			u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
		} else if (r == 0) {
			add_character(j, u);
			u = low;
		}
	}
	if (r == 0)
		add_character(j, u);
	return r;
}

/* Behind the backslash. */
static int escape(struct lic_jsonin *j)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(j);
	const char *at = c > 0 && c < 0x80 ? strchr(from, c) : NULL;

	if (c != 'u' && !at)
		return unexpected(j, c, "an escape");
	j->s->at++;
	if (c == 'u')
		return unicode_escape(j);
	text_add(j, &to[at - from], 1);
	return 0;
}

/* RFC 8259 8.1. What was cut may end within a character. */
static int check_utf8(struct lic_jsonin *j)
{
	for (unsigned i = 0; i < 4; i++) {
		if (lic_utf8_valid(lic_buf_str(&j->text), j->text.len))
			return 0;
		if (!j->cut || !j->text.len)
			break;
		lic_buf_truncate(&j->text, j->text.len - 1);
	}
	return lic_jsonin_bad(j, "a text that is not UTF-8; convert the file with iconv");
}

/* From behind the opening quote to behind the closing one. */
static int read_string(struct lic_jsonin *j)
{
	struct lic_source *s = j->s;

	text_begin(j);
	for (;;) {
		const uint8_t *p = s->p + s->at, *from = p;
		int c, r = 0;

		while (*p >= ' ' && *p != '"' && *p != '\\')
			p++;
		text_add(j, from, (size_t)(p - from));
		s->at += (size_t)(p - from);
		c = peek(j);
		if (c == '"') {
			s->at++;
			return check_utf8(j);
		}
		if (c == '\\') {
			s->at++;
			r = escape(j);
		} else if (c < ' ' || c == END_OF_FILE) {
			r = unexpected(j, c, "the end of a string");
		}
		if (r < 0)
			return r;
	}
}

static bool is_number(const char *p)
{
	p += *p == '-';
	if (*p == '0')
		p++;
	else if (*p >= '1' && *p <= '9')
		p += strspn(p, "0123456789");
	else
		return false;
	if (*p == '.') {
		size_t n = strspn(++p, "0123456789");

		if (!n)
			return false;
		p += n;
	}
	if (*p == 'e' || *p == 'E') {
		size_t n;

		p++;
		p += *p == '+' || *p == '-';
		n = strspn(p, "0123456789");
		if (!n)
			return false;
		p += n;
	}
	return !*p;
}

/* A number or a word: whatever stands before the next blank, comma or bracket. */
static int read_word(struct lic_jsonin *j)
{
	static const struct {
		const char *word;
		enum lic_jsonin_type type;
	} words[] = {
		{ "true", LIC_JSONIN_TRUE },
		{ "false", LIC_JSONIN_FALSE },
		{ "null", LIC_JSONIN_NULL },
		/* what Python writes for missing numbers */
		{ "NaN", LIC_JSONIN_NULL },
		{ "Infinity", LIC_JSONIN_NULL },
		{ "-Infinity", LIC_JSONIN_NULL },
	};
	int c;

	text_begin(j);
	while ((c = peek(j)) >= 0 && c != END_OF_FILE && c > ' ' && !strchr(",:]}[{\"", c)) {
		uint8_t b = (uint8_t)c;

		text_add(j, &b, 1);
		j->s->at++;
	}
	if (c < 0)
		return c;
	if (is_number(lic_buf_str(&j->text)))
		return LIC_JSONIN_NUMBER;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (lic_jsonin_is(j, words[i].word))
			return words[i].type;
	j->s->at -= j->text.len <= j->s->at ? j->text.len : j->s->at;
	return unexpected(j, peek(j), "a value");
}

/* --- structure ---------------------------------------------------------------------------- */

static int push(struct lic_jsonin *j, uint8_t bracket)
{
	if (j->depth == LIC_JSONIN_DEPTH_MAX)
		return lic_jsonin_bad(j, "nested deeper than %d levels", LIC_JSONIN_DEPTH_MAX);
	j->open[j->depth] = bracket;
	j->first[j->depth] = true;
	j->depth++;
	j->s->at++;
	return bracket == '{' ? LIC_JSONIN_OBJECT : LIC_JSONIN_ARRAY;
}

/* To the first byte of the next item of what is open: 1; 0: there is none, and it is closed. */
static int next_item(struct lic_jsonin *j, uint8_t close)
{
	bool *first = &j->first[j->depth - 1];
	int c = peek_token(j);

	if (c == close) {
		j->s->at++;
		j->depth--;
		return 0;
	}
	if (!*first) {
		if (c != ',')
			return unexpected(j, c, close == '}' ? "',' or '}'" : "',' or ']'");
		j->s->at++;
		c = peek_token(j);
	}
	*first = false;
	return c < 0 ? c : 1;
}

/* To the first byte of the next value: 1; 0: there is none. */
static int find_value(struct lic_jsonin *j)
{
	int c;

	if (j->failed)
		return j->failed;
	if (j->depth && j->open[j->depth - 1] == '[')
		return next_item(j, ']');
	c = peek_token(j);
	if (c < 0)
		return c;
	if (!j->depth && c == END_OF_FILE)
		return 0;
	if (!j->depth && j->value_at && !j->lines)
		return unexpected(j, c, "the end of the file");
	return 1;
}

static int begin_value(struct lic_jsonin *j)
{
	int c = peek(j), r;

	j->value_at = lic_source_offset(j->s) + 1;
	if (c < 0)
		return c;
	if (c == '{' || c == '[')
		return push(j, (uint8_t)c);
	if (c == '"') {
		j->s->at++;
		r = read_string(j);
		return r < 0 ? r : LIC_JSONIN_STRING;
	}
	if (c == END_OF_FILE || c <= ' ' || strchr(",:]}", c))
		return unexpected(j, c, "a value");
	return read_word(j);
}

int lic_jsonin_value(struct lic_jsonin *j)
{
	int r = find_value(j);

	return r <= 0 ? r : begin_value(j);
}

int lic_jsonin_key(struct lic_jsonin *j)
{
	int r = j->failed ? j->failed : next_item(j, '}');
	int c;

	if (r <= 0)
		return r;
	c = peek(j);
	if (c != '"')
		return unexpected(j, c, "a key");
	j->s->at++;
	r = read_string(j);
	if (r < 0)
		return r;
	c = peek_token(j);
	if (c != ':')
		return unexpected(j, c, "':'");
	j->s->at++;
	return 1;
}

/* --- passing over ------------------------------------------------------------------------- */

static int skip_value(struct lic_jsonin *j, struct lic_buf *out)
{
	int r = find_value(j), c;

	if (r <= 0)
		return r < 0 ? r : unexpected(j, peek(j), "a value");
	j->value_at = lic_source_offset(j->s) + 1;
	c = peek(j);
	if (c == '"' || c == '{' || c == '[')
		return lic_jsonin_pass(j, 0, out);
	r = begin_value(j);
	if (r < 0 || !out)
		return r < 0 ? r : 0;
	lic_buf_add(out, lic_buf_str(&j->text), j->text.len);
	return lic_buf_failed(out) ? lic_jsonin_bad(j, "a value that is too long") : 0;
}

int lic_jsonin_skip(struct lic_jsonin *j)
{
	return skip_value(j, NULL);
}

int lic_jsonin_raw(struct lic_jsonin *j, struct lic_buf *out)
{
	return skip_value(j, out);
}

int lic_jsonin_leave(struct lic_jsonin *j)
{
	return j->failed ? j->failed : lic_jsonin_pass(j, j->open[--j->depth], NULL);
}

/* --- fields ------------------------------------------------------------------------------- */

static int take_field(struct lic_jsonin *j, struct lic_jsonin_field *f)
{
	int r;

	if (f->type != LIC_JSONIN_NONE)
		return lic_jsonin_bad(j, "'%s' stands twice in one object", f->key);
	r = lic_jsonin_value(j);
	if (r < 0)
		return r;
	f->type = (enum lic_jsonin_type)r;
	if (r == LIC_JSONIN_OBJECT || r == LIC_JSONIN_ARRAY)
		return lic_jsonin_leave(j);
	if (j->cut)
		return lic_jsonin_bad(j, "'%s' is longer than %u KiB", f->key,
				      LIC_JSONIN_TEXT_MAX >> 10);
	if (r == LIC_JSONIN_STRING || r == LIC_JSONIN_NUMBER)
		lic_buf_add(&f->text, lic_buf_str(&j->text), j->text.len);
	return lic_buf_failed(&f->text) ? lic_jsonin_bad(j, "out of memory") : 0;
}

int lic_jsonin_fields(struct lic_jsonin *j, struct lic_jsonin_field *f, size_t n)
{
	int r;

	for (size_t i = 0; i < n; i++) {
		f[i].type = LIC_JSONIN_NONE;
		f[i].text.max = LIC_JSONIN_TEXT_MAX;
		lic_buf_reset(&f[i].text);
	}
	while ((r = lic_jsonin_key(j)) > 0) {
		struct lic_jsonin_field *found = NULL;

		for (size_t i = 0; i < n && !found; i++)
			if (lic_jsonin_is(j, f[i].key))
				found = &f[i];
		r = found ? take_field(j, found) : lic_jsonin_skip(j);
		if (r < 0)
			return r;
	}
	return r;
}

void lic_jsonin_fields_release(struct lic_jsonin_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lic_buf_release(&f[i].text);
}
