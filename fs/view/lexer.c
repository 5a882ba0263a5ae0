/* SPDX-License-Identifier: Apache-2.0 */
/* Text to tokens. */
#include <errno.h>
#include <string.h>

#include "fs/view/syntax.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Words take what names, ids, globs, paths and URLs are made of, and all of UTF-8. */
static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80 || (c && strchr("_-./*?:@%~#,\\[]{}^$", c));
}

static size_t word_length(const char *p, size_t n)
{
	size_t k = 0;

	while (k < n && is_word(p[k]))
		k++;
	return k;
}

static bool equals(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

struct lic_bytes lic_token_text(const struct lic_token *t)
{
	struct lic_bytes b = { (const uint8_t *)t->p, t->n };

	if (t->kind == LIC_TOKEN_STRING) {
		b.p++;
		b.n -= 2;
	}
	return b;
}

bool lic_token_is(const struct lic_token *t, const char *word)
{
	return t->kind == LIC_TOKEN_WORD && equals(t->p, t->n, word);
}

/* `is not` is one operator: takes the second word too. */
static void take_not(const char *p, size_t left, struct lic_token *t)
{
	size_t k = t->n;

	while (k < left && is_space(p[k]))
		k++;
	if (equals(p + k, word_length(p + k, left - k), "not")) {
		t->kind = LIC_TOKEN_DIFFERENT;
		t->n = k + strlen("not");
	}
}

static void read_word(const char *p, size_t left, bool value, struct lic_token *t)
{
	t->kind = LIC_TOKEN_WORD;
	t->n = word_length(p, left);
	if (value)
		return;
	if (equals(p, t->n, "and")) {
		t->kind = LIC_TOKEN_AND;
	} else if (equals(p, t->n, "or")) {
		t->kind = LIC_TOKEN_OR;
	} else if (equals(p, t->n, "not")) {
		t->kind = LIC_TOKEN_NOT;
	} else if (equals(p, t->n, "is")) {
		t->kind = LIC_TOKEN_EQUAL;
		take_not(p, left, t);
	}
}

/* Operators may be doubled, as in C: &&, ||, ==. */
static bool read_operator(const char *p, size_t left, struct lic_token *t)
{
	const bool twice = left > 1 && p[1] == p[0];

	t->n = 1;
	switch (*p) {
	case '&':
		t->kind = LIC_TOKEN_AND;
		t->n += twice;
		return true;
	case '+':
		t->kind = LIC_TOKEN_AND;
		return true;
	case '|':
		t->kind = LIC_TOKEN_OR;
		t->n += twice;
		return true;
	case '=':
		t->kind = LIC_TOKEN_EQUAL;
		t->n += twice;
		return true;
	case '!':
		t->kind = left > 1 && p[1] == '=' ? LIC_TOKEN_DIFFERENT : LIC_TOKEN_NOT;
		t->n += t->kind == LIC_TOKEN_DIFFERENT;
		return true;
	case '(':
		t->kind = LIC_TOKEN_OPEN;
		return true;
	case ')':
		t->kind = LIC_TOKEN_CLOSE;
		return true;
	default:
		return false;
	}
}

static int read_string(struct lic_lexer *l, const char *p, size_t left, struct lic_token *t)
{
	const char *end = memchr(p + 1, *p, left - 1);

	t->kind = LIC_TOKEN_STRING;
	t->n = 1;
	if (!end)
		return lic_source_error(l->source, t, l->err, EINVAL,
					"this quote is never closed, add %c", *p);
	t->n = (size_t)(end - p) + 1;
	return 0;
}

int lic_lexer_next(struct lic_lexer *l, bool value, struct lic_token *ret)
{
	const char *p = l->source->text;
	struct lic_token t = { LIC_TOKEN_END, NULL, 0 };
	size_t left;
	int r = 0;

	while (l->at < l->source->n && is_space(p[l->at]))
		l->at++;
	p += l->at;
	left = l->source->n - l->at;
	t.p = p;
	if (!left)
		;
	else if (*p == '\'' || *p == '"')
		r = read_string(l, p, left, &t);
	else if (is_word(*p))
		read_word(p, left, value, &t);
	else if (!read_operator(p, left, &t))
		r = lic_source_error(l->source, &t, l->err, EINVAL,
				     "this character means nothing here, put values in quotes");
	if (r < 0)
		return r;
	l->at += t.n;
	*ret = t;
	return 0;
}
