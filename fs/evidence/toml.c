/* SPDX-License-Identifier: Apache-2.0 */
/* A parser of TOML 1.0 (toml.io). Own, because Debian has no library for it that C can use. */
#include <string.h>

#include <licensefs/text.h>

#include "fs/evidence/toml.h"

#define ARRAYS_MAX 64 /* different arrays of tables whose items are counted */

struct counter {
	char *path; /* of the array */
	size_t n;
};

struct toml {
	const char *p, *end, *start;
	lic_toml_value fn;
	void *ctx;
	struct lic_buf path; /* of the value at hand */
	size_t table;	     /* how much of it is the table's */
	struct lic_buf text; /* of the string at hand */
	struct counter counter[ARRAYS_MAX];
	size_t n_counters;
	unsigned depth;
	bool bad;
};

static bool fail(struct toml *t)
{
	t->bad = true;
	return false;
}

static bool at_end(const struct toml *t)
{
	return t->p == t->end;
}

static char peek(const struct toml *t)
{
	return at_end(t) ? '\0' : *t->p;
}

static bool take(struct toml *t, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
		return false;
	t->p += n;
	return true;
}

static void skip_blanks(struct toml *t)
{
	while (!at_end(t) && (*t->p == ' ' || *t->p == '\t'))
		t->p++;
}

static bool take_newline(struct toml *t)
{
	return take(t, "\r\n") || take(t, "\n");
}

/* Control characters may stand nowhere but as blanks and ends of lines. */
static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static void skip_comment(struct toml *t)
{
	if (peek(t) != '#')
		return;
	while (!at_end(t) && *t->p != '\n' &&
	       !(*t->p == '\r' && t->end - t->p > 1 && t->p[1] == '\n')) {
		if (is_control(*t->p))
			t->bad = true;
		t->p++;
	}
}

/* Blanks, comments and ends of lines, as they may stand in an array and between lines. */
static void skip_all(struct toml *t)
{
	do {
		skip_blanks(t);
		skip_comment(t);
	} while (!t->bad && take_newline(t));
}

static bool end_line(struct toml *t)
{
	skip_blanks(t);
	skip_comment(t);
	return (!t->bad && (at_end(t) || take_newline(t))) || fail(t);
}

/* --- strings ------------------------------------------------------------------------------ */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool unicode(struct toml *t, unsigned digits)
{
	uint32_t cp = 0;

	for (unsigned i = 0; i < digits; i++) {
		int h = at_end(t) ? -1 : hex(*t->p++);

		if (h < 0)
			return fail(t);
		cp = cp << 4 | (uint32_t)h;
	}
	if (!cp || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return fail(t);
	lic_utf8_encode(&t->text, cp);
	return true;
}

/* A backslash at the end of a line takes the blanks of the next ones with it. */
static bool line_continues(struct toml *t)
{
	const char *start = t->p;

	skip_blanks(t);
	if (!take_newline(t)) {
		t->p = start;
		return false;
	}
	do
		skip_blanks(t);
	while (take_newline(t));
	return true;
}

static bool escape(struct toml *t, bool lines)
{
	static const char from[] = "btnfre\"\\", to[] = "\b\t\n\f\r\033\"\\";
	const char *at;

	if (lines && line_continues(t))
		return true;
	if (at_end(t))
		return fail(t);
	if (*t->p == 'u' || *t->p == 'U')
		return unicode(t, *t->p++ == 'u' ? 4 : 8);
	at = strchr(from, *t->p);
	if (!at || !*at || *at == 'e')
		return fail(t);
	t->p++;
	lic_buf_addc(&t->text, to[at - from]);
	return true;
}

/* The quotes that end a string of several lines, up to two of which may be its own before. */
static bool end_lines(struct toml *t, char quote)
{
	size_t n = 0;

	while ((size_t)(t->end - t->p) > n && t->p[n] == quote && n < 5)
		n++;
	if (n < 3) {
		lic_buf_add(&t->text, t->p, n);
		t->p += n;
		return false;
	}
	lic_buf_add(&t->text, t->p, n - 3);
	t->p += n;
	return true;
}

/* Behind the opening quotes: a string of one line, or of several. */
static bool string_body(struct toml *t, char quote, bool lines)
{
	if (lines)
		take_newline(t);
	while (!at_end(t)) {
		char c = *t->p;

		if (c == quote && lines) {
			if (end_lines(t, quote))
				return true;
			continue;
		}
		t->p++;
		if (c == quote)
			return true;
		if (c == '\\' && quote == '"') {
			if (!escape(t, lines))
				return false;
			continue;
		}
		if (is_control(c) && !(lines && (c == '\n' || (c == '\r' && peek(t) == '\n')))) {
			t->p--;
			return fail(t);
		}
		lic_buf_addc(&t->text, c);
	}
	return fail(t);
}

static bool string(struct toml *t, bool lines)
{
	char quote = *t->p++;

	lic_buf_reset(&t->text);
	if (t->end - t->p >= 2 && t->p[0] == quote && t->p[1] == quote && lines) {
		t->p += 2;
		return string_body(t, quote, true);
	}
	return string_body(t, quote, false);
}

/* --- keys --------------------------------------------------------------------------------- */

static bool is_bare(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
	       c == '_';
}

static bool simple_key(struct toml *t)
{
	const char *start = t->p;

	if (t->path.len)
		lic_buf_addc(&t->path, '.');
	if (peek(t) == '"' || peek(t) == '\'') {
		bool bare = true;

		if (!string(t, false))
			return false;
		for (size_t i = 0; i < t->text.len; i++)
			bare = bare && is_bare(t->text.data[i]);
		bare = bare && t->text.len;
		lic_buf_addf(&t->path, "%s%s%s", bare ? "" : "\"", lic_buf_str(&t->text),
			     bare ? "" : "\"");
		return true;
	}
	while (!at_end(t) && is_bare(*t->p))
		t->p++;
	lic_buf_add(&t->path, start, (size_t)(t->p - start));
	return t->p > start || fail(t);
}

/* Appends a key, dotted or not, to the path. */
static bool key(struct toml *t)
{
	for (unsigned n = 0; n < LIC_TOML_DEPTH_MAX; n++) {
		skip_blanks(t);
		if (!simple_key(t))
			return false;
		skip_blanks(t);
		if (!take(t, "."))
			return true;
	}
	return fail(t);
}

/* --- values ------------------------------------------------------------------------------- */

static bool report(struct toml *t, enum lic_toml_type type, const char *p, size_t n)
{
	if (lic_buf_failed(&t->path) || lic_buf_failed(&t->text) ||
	    !t->fn(t->ctx, lic_buf_str(&t->path), type, p, n))
		return fail(t);
	return true;
}

static bool value(struct toml *t);

static bool array(struct toml *t)
{
	size_t len = t->path.len, i = 0;

	for (t->p++;; i++) {
		skip_all(t);
		if (t->bad)
			return false;
		if (take(t, "]"))
			break;
		lic_buf_addf(&t->path, "[%zu]", i);
		if (!value(t))
			return false;
		lic_buf_truncate(&t->path, len);
		skip_all(t);
		if (!take(t, ",")) {
			i++;
			if (t->bad || !take(t, "]"))
				return fail(t);
			break;
		}
	}
	return i || report(t, LIC_TOML_EMPTY, "", 0);
}

static bool inline_table(struct toml *t)
{
	size_t len = t->path.len, i = 0;

	t->p++;
	skip_blanks(t);
	if (take(t, "}"))
		return report(t, LIC_TOML_EMPTY, "", 0);
	for (;; i++) {
		if (!key(t))
			return false;
		if (!take(t, "="))
			return fail(t);
		skip_blanks(t);
		if (!value(t))
			return false;
		lic_buf_truncate(&t->path, len);
		skip_blanks(t);
		if (take(t, "}"))
			return true;
		if (!take(t, ","))
			return fail(t);
	}
}

static bool is_integer(const char *p, size_t n)
{
	size_t i = n && (p[0] == '+' || p[0] == '-') ? 1 : 0;
	bool digit = false;

	if (n - i > 1 && p[i] == '0')
		return false; /* 0x1f, 0o17, 0b11: nobody asks for them */
	for (; i < n; i++) {
		if (p[i] == '_' && (!digit || i + 1 == n))
			return false;
		digit = p[i] != '_';
		if (digit && (p[i] < '0' || p[i] > '9'))
			return false;
	}
	return digit;
}

/* Numbers, booleans and dates are told apart as far as somebody asks for them. */
static bool word(struct toml *t)
{
	static const char letters[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"+-_.:";
	const char *start = t->p;
	size_t n;

	while (!at_end(t) && memchr(letters, *t->p, sizeof(letters) - 1))
		t->p++;
	n = (size_t)(t->p - start);
	/* "1979-05-27 07:32:00" */
	if (n == 10 && start[4] == '-' && t->end - t->p > 3 && t->p[0] == ' ' && t->p[3] == ':') {
		t->p++;
		return word(t);
	}
	if (!n || !strchr("+-0123456789tfin", *start))
		return fail(t);
	lic_buf_reset(&t->text);
	for (size_t i = 0; i < n; i++)
		if (start[i] != '_')
			lic_buf_addc(&t->text, start[i]);
	return report(t, is_integer(start, n) ? LIC_TOML_INTEGER : LIC_TOML_OTHER,
		      lic_buf_str(&t->text), t->text.len);
}

static bool value(struct toml *t)
{
	bool ok;

	if (t->depth == LIC_TOML_DEPTH_MAX)
		return fail(t);
	t->depth++;
	switch (peek(t)) {
	case '"':
	case '\'':
		ok = string(t, true) &&
		     report(t, LIC_TOML_STRING, lic_buf_str(&t->text), t->text.len);
		break;
	case '[':
		ok = array(t);
		break;
	case '{':
		ok = inline_table(t);
		break;
	default:
		ok = word(t);
	}
	t->depth--;
	return ok;
}

/* --- lines -------------------------------------------------------------------------------- */

/* The number of the next item of the array of tables whose path stands in t->path. */
static bool count(struct toml *t, size_t *ret)
{
	const char *path = lic_buf_str(&t->path);

	for (size_t i = 0; i < t->n_counters; i++) {
		if (strcmp(t->counter[i].path, path) == 0) {
			*ret = t->counter[i].n++;
			return true;
		}
	}
	if (t->n_counters == ARRAYS_MAX)
		return fail(t);
	t->counter[t->n_counters].path = strdup(path);
	if (!t->counter[t->n_counters].path)
		return fail(t);
	t->counter[t->n_counters++].n = 1;
	*ret = 0;
	return true;
}

/* "[a.b]" and "[[a.b]]"; a table below an item of an array belongs to its last one, which the path
 * does not say: nobody asks for these. */
static bool header(struct toml *t)
{
	bool items = take(t, "[[");
	size_t n;

	if (!items)
		t->p++;
	lic_buf_truncate(&t->path, 0);
	if (!key(t) || !take(t, items ? "]]" : "]"))
		return fail(t);
	if (items) {
		if (!count(t, &n))
			return false;
		lic_buf_addf(&t->path, "[%zu]", n);
		if (!report(t, LIC_TOML_EMPTY, "", 0))
			return false;
	}
	t->table = t->path.len;
	return end_line(t);
}

static bool line(struct toml *t)
{
	if (peek(t) == '[')
		return header(t);
	lic_buf_truncate(&t->path, t->table);
	if (!key(t) || !take(t, "="))
		return fail(t);
	skip_blanks(t);
	return value(t) && end_line(t);
}

size_t lic_toml_walk(const char *p, size_t n, lic_toml_value fn, void *ctx)
{
	struct toml t = { .p = p,
			  .end = p + n,
			  .start = p,
			  .fn = fn,
			  .ctx = ctx,
			  .path = LIC_BUF_INIT(4096),
			  .text = LIC_BUF_INIT(n + 64) };
	size_t at = 0;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		t.p += 3;
	for (skip_all(&t); !t.bad && !at_end(&t); skip_all(&t))
		if (!line(&t))
			t.bad = true;
	if (t.bad || lic_buf_failed(&t.path)) {
		at = 1;
		for (const char *s = p; s < t.p; s++)
			at += *s == '\n';
	}
	for (size_t i = 0; i < t.n_counters; i++)
		free(t.counter[i].path);
	lic_buf_release(&t.path);
	lic_buf_release(&t.text);
	return at;
}
