/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX tags in the text of a `.license` file (REUSE 3.3; what fsfe/reuse-tool tolerates). */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/reuse.h"

static const char source[] = "REUSE";

struct tags {
	struct lic_reading *r;
	uint32_t packet;
	struct lic_buf license; /* an expression, "" before the first tag */
	struct lic_buf rest;	/* prose beside the tags */
	bool any;		/* some tag was found */
	bool in_snippet;
	bool is_blank; /* some license tag has no value */
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void trim(const char **p, size_t *n)
{
	while (*n && is_blank(**p)) {
		++*p;
		--*n;
	}
	while (*n && is_blank((*p)[*n - 1]))
		--*n;
}

/* The ends of comments and of attributes that a tag may stand in. */
static void trim_closers(const char **p, size_t *n)
{
	static const char *const closers[] = { "*/",   "-->", "--}}", "*)",  "#}",  "%>", "-}",
					       "--]]", "|#",  "\"/>", "'/>", "\">", "'>", "]::" };
	bool again = true;

	while (again) {
		trim(p, n);
		again = false;
		for (size_t i = 0; i < LIC_ARRAY_SIZE(closers); i++) {
			size_t k = strlen(closers[i]);

			if (*n >= k && memcmp(*p + *n - k, closers[i], k) == 0) {
				*n -= k;
				again = true;
			}
		}
	}
}

void lic_reuse_join(struct lic_buf *expression, const char *license, size_t n)
{
	_cleanup_(lic_buf_release) struct lic_buf first = LIC_BUF_INIT(expression->max);
	bool is_word = true;

	if (!expression->len) {
		lic_buf_add(expression, license, n);
		return;
	}
	for (size_t i = 0; i < expression->len && is_word; i++)
		is_word = !is_blank(expression->data[i]);
	if (!is_word && expression->data[0] != '(') {
		lic_buf_add(&first, expression->data, expression->len);
		lic_buf_reset(expression);
		lic_buf_addf(expression, "(%s)", lic_buf_str(&first));
	}
	lic_buf_adds(expression, " AND ");
	is_word = !memchr(license, ' ', n) && !memchr(license, '\t', n);
	lic_buf_adds(expression, is_word ? "" : "(");
	lic_buf_add(expression, license, n);
	lic_buf_adds(expression, is_word ? "" : ")");
}

/* "2019-2021 Jane Doe <jane@example.com>" names Jane Doe. */
static void holder(const char **p, size_t *n)
{
	static const char *const words[] = {
		"SPDX-FileCopyrightText:", "Copyright", "(C)", "©", "Copr.", "present"
	};
	const char *angle;
	bool again = true;

	while (again) {
		again = false;
		while (*n &&
		       (is_blank(**p) || isdigit((unsigned char)**p) || strchr("-,:;", **p))) {
			++*p;
			--*n;
		}
		for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++) {
			size_t k = strlen(words[i]);

			if (*n >= k && strncasecmp(*p, words[i], k) == 0) {
				*p += k;
				*n -= k;
				again = true;
			}
		}
	}
	angle = memchr(*p, '<', *n);
	if (angle && (*p)[*n - 1] == '>')
		*n = (size_t)(angle - *p);
	trim(p, n);
}

void lic_reuse_copyright(struct lic_reading *r, uint32_t packet, const char *text, size_t n)
{
	static const struct lic_field notice = { "SPDX-FileCopyrightText", LIC_ROLE_COPYRIGHT, 0,
						 0 };
	static const struct lic_field creator = { "SPDX-FileCopyrightText", LIC_ROLE_CREATOR, 0,
						  0 };

	trim(&text, &n);
	if (!n)
		return;
	lic_reading_add(r, source, &notice, packet, LIC_CHARSET_GUESS, text, n);
	holder(&text, &n);
	if (n)
		lic_reading_add(r, source, &creator, packet, LIC_CHARSET_GUESS, text, n);
}

/* What stands behind `tag` in a line; false where it does not. */
static bool value_of(const char *line, size_t n, const char *tag, const char **ret, size_t *ret_n)
{
	const char *at = memmem(line, n, tag, strlen(tag));

	if (!at)
		return false;
	*ret = at + strlen(tag);
	*ret_n = n - (size_t)(*ret - line);
	trim_closers(ret, ret_n);
	return true;
}

/* A notice without a tag, behind the signs that begin a comment. */
static bool is_notice(const char *p, size_t n)
{
	static const char *const words[] = { "Copyright ", "©", "(c) " };

	while (n && (is_blank(*p) || strchr("#/*;%-!.<", *p))) {
		p++;
		n--;
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (n >= strlen(words[i]) && strncasecmp(p, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void add_license(struct tags *t, const char *p, size_t n)
{
	t->any = true;
	if (!n)
		t->is_blank = true;
	else
		lic_reuse_join(&t->license, p, n);
}

static void read_line(struct tags *t, const char *line, size_t n)
{
	const char *v;
	size_t vn;

	if (memmem(line, n, "SPDX-SnippetEnd", 15)) {
		t->in_snippet = false;
	} else if (t->in_snippet || memmem(line, n, "SPDX-SnippetBegin", 17)) {
		t->in_snippet = true;
	} else if (value_of(line, n, "SPDX-License-Identifier:", &v, &vn)) {
		add_license(t, v, vn);
	} else if (value_of(line, n, "SPDX-FileCopyrightText:", &v, &vn) ||
		   value_of(line, n, "SPDX-SnippetCopyrightText:", &v, &vn)) {
		t->any = true;
		lic_reuse_copyright(t->r, t->packet, v, vn);
	} else if (memmem(line, n, "SPDX-FileContributor:", 21)) {
		t->any = true;
	} else if (is_notice(line, n)) {
		t->any = true;
		trim_closers(&line, &n);
		lic_reuse_copyright(t->r, t->packet, line, n);
	} else {
		lic_buf_add(&t->rest, line, n);
		lic_buf_addc(&t->rest, '\n');
	}
}

/* The next piece of text outside of ignored blocks; one that is not closed reaches to the end. */
static bool next_piece(const char **p, size_t *n, const char **ret, size_t *ret_n)
{
	static const char begin[] = "REUSE-IgnoreStart", close[] = "REUSE-IgnoreEnd";
	const char *start, *end;

	if (!*n)
		return false;
	start = memmem(*p, *n, begin, sizeof(begin) - 1);
	*ret = *p;
	*ret_n = start ? (size_t)(start - *p) : *n;
	end = start ? memmem(start, *n - *ret_n, close, sizeof(close) - 1) : NULL;
	if (end)
		end += sizeof(close) - 1;
	*n = end ? *n - (size_t)(end - *p) : 0;
	*p = end;
	return true;
}

static void read_text(struct tags *t, const char *p, size_t n)
{
	const char *piece;
	size_t left;

	while (next_piece(&p, &n, &piece, &left)) {
		while (left) {
			size_t k = 0;

			while (k < left && piece[k] != '\n' && piece[k] != '\r')
				k++;
			read_line(t, piece, k);
			k += k < left;
			piece += k;
			left -= k;
		}
	}
}

static void add_rest(struct tags *t)
{
	static const struct lic_field license = { "SPDX-License-Identifier", LIC_ROLE_LICENSE, 0,
						  0 };
	static const struct lic_field rest = { "text", LIC_ROLE_CAPTION, 0, 0 };

	if (t->license.len)
		lic_reading_add(t->r, source, &license, t->packet, LIC_CHARSET_GUESS,
				t->license.data, t->license.len);
	if (t->rest.len)
		lic_reading_add(t->r, source, &rest, t->packet, LIC_CHARSET_GUESS, t->rest.data,
				t->rest.len);
	if (!t->any)
		lic_reading_damage(t->r, "a .license file without SPDX tags");
	if (t->is_blank)
		lic_reading_damage(t->r, "an SPDX-License-Identifier without a license");
	if (lic_buf_failed(&t->license) || lic_buf_failed(&t->rest))
		lic_reading_damage(t->r, "a .license file does not fit in memory");
}

void lic_reuse_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(LIC_REUSE_MAX * 3 + 16);
	struct tags t = { .r = r,
			  .packet = lic_reading_packet(r),
			  .license = LIC_BUF_INIT(LIC_REUSE_MAX * 4),
			  .rest = LIC_BUF_INIT(LIC_REUSE_MAX * 4) };

	if (n > LIC_REUSE_MAX) {
		lic_reading_damage(r, "a .license file is larger than the limits allow");
		return;
	}
	lic_decode(&text, lic_charset_wide(p, n), p, n);
	if (lic_buf_failed(&text))
		lic_reading_damage(r, "a .license file could not be decoded");
	else
		read_text(&t, lic_buf_str(&text), text.len);
	add_rest(&t);
	lic_buf_release(&t.license);
	lic_buf_release(&t.rest);
}
