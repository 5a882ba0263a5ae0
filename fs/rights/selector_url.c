/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as people and files write them, brought to one form. */
#include <string.h>

#include "fs/license/prepare.h"
#include "fs/rights/selector.h"

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(uint8_t c)
{
	return c <= ' ' || c == 0x7f;
}

static struct lic_bytes from(struct lic_bytes s, size_t n)
{
	return (struct lic_bytes){ s.p + n, s.n - n };
}

static struct lic_bytes trim(struct lic_bytes s)
{
	while (s.n && is_blank(s.p[0]))
		s = from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Bytes of a scheme at the start and what follows it ("https://", "//"); 0 where there is none. */
static size_t scheme_length(struct lic_bytes s)
{
	size_t n = 0;

	if (s.n >= 2 && memcmp(s.p, "//", 2) == 0)
		return 2;
	while (n < s.n && (is_letter(s.p[n]) ||
			   (n && (is_digit(s.p[n]) || (s.p[n] && strchr("+-.", s.p[n]))))))
		n++;
	return n && s.n - n >= 3 && memcmp(s.p + n, "://", 3) == 0 ? n + 3 : 0;
}

static int hex(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of a path or query, or an escape of one; returns how many bytes it took. What would mean
 * something else without its escape keeps it. */
static size_t add_byte(struct lic_bytes s, struct lic_buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	bool escaped = s.n > 2 && s.p[0] == '%' && hex(s.p[1]) >= 0 && hex(s.p[2]) >= 0;
	uint8_t c = escaped ? (uint8_t)(hex(s.p[1]) << 4 | hex(s.p[2])) : s.p[0];

	if (is_blank(c) || c >= 0x80 || c == '%' || (escaped && strchr("/?#&=;+", c))) {
		lic_buf_addc(out, '%');
		lic_buf_addc(out, digits[c >> 4]);
		lic_buf_addc(out, digits[c & 15]);
	} else {
		lic_buf_addc(out, (char)c);
	}
	return escaped ? 3 : 1;
}

static void add_path(struct lic_bytes s, struct lic_buf *out)
{
	while (s.n) {
		size_t slashes = 0;

		while (slashes < s.n && s.p[slashes] == '/')
			slashes++;
		if (slashes == s.n)
			return;
		if (slashes)
			lic_buf_addc(out, '/');
		s = from(s, slashes);
		s = from(s, add_byte(s, out));
	}
}

/* Takes the port off; *ret is what of it must stay, with its colon. */
static struct lic_bytes without_port(struct lic_bytes s, struct lic_bytes *ret)
{
	size_t n = s.n;

	*ret = (struct lic_bytes){ s.p, 0 };
	while (n && is_digit(s.p[n - 1]))
		n--;
	if (!n || s.p[n - 1] != ':')
		return s;
	*ret = from(s, n - 1);
	/* http and https are one to us, and so are their ports */
	if (ret->n == 1 || (ret->n == 3 && memcmp(ret->p, ":80", 3) == 0) ||
	    (ret->n == 4 && memcmp(ret->p, ":443", 4) == 0))
		ret->n = 0;
	return (struct lic_bytes){ s.p, n - 1 };
}

/* A colon within is an IPv6 address's alone, or a second port would come to light. */
static bool is_host(struct lic_bytes s)
{
	if (s.n && s.p[0] == '[' && s.p[s.n - 1] != ']')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (is_blank(s.p[i]) || strchr("\"<>\\^`{|}%#/?@", s.p[i]) ||
		    (s.p[i] == ':' && s.p[0] != '['))
			return false;
	return s.n > 0;
}

/* In one case, also beyond ASCII where a name is left then. */
static bool add_name(struct lic_bytes s, struct lic_buf *out)
{
	size_t begin = out->len;

	if (!is_host(s))
		return false;
	lic_fold(s.p, s.n, out);
	if (is_host((struct lic_bytes){ (const uint8_t *)lic_buf_str(out) + begin,
					out->len - begin }))
		return true;
	lic_buf_truncate(out, begin);
	lic_buf_add(out, s.p, s.n);
	return true;
}

static bool add_host(struct lic_bytes s, struct lic_buf *out)
{
	const uint8_t *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	struct lic_bytes port;
	size_t begin = out->len, n = 0;

	if (at)
		s = from(s, (size_t)(at + 1 - s.p));
	s = without_port(s, &port);
	if (!add_name(s, out))
		return false;
	while (out->len > begin && out->data[out->len - 1] == '.')
		lic_buf_truncate(out, out->len - 1);
	s = (struct lic_bytes){ (const uint8_t *)lic_buf_str(out) + begin, out->len - begin };
	while (s.n - n > 4 && memcmp(s.p + n, "www.", 4) == 0 &&
	       memchr(s.p + n + 4, '.', s.n - n - 4))
		n += 4;
	if (n) {
		memmove(out->data + begin, s.p + n, s.n - n);
		lic_buf_truncate(out, out->len - n);
	}
	if (out->len == begin)
		return false;
	lic_buf_add(out, port.p, port.n);
	return true;
}

bool lic_selector_url(struct lic_bytes text, struct lic_buf *out)
{
	struct lic_bytes s = trim(text), query = { s.p, 0 };
	const uint8_t *cut;
	size_t host = 0;

	s = from(s, scheme_length(s));
	cut = s.n ? memchr(s.p, '#', s.n) : NULL;
	if (cut)
		s.n = (size_t)(cut - s.p);
	cut = s.n ? memchr(s.p, '?', s.n) : NULL;
	if (cut) {
		query = from(s, (size_t)(cut + 1 - s.p));
		s.n = (size_t)(cut - s.p);
	}
	while (host < s.n && s.p[host] != '/')
		host++;
	if (!add_host((struct lic_bytes){ s.p, host }, out))
		return false;
	add_path(from(s, host), out);
	if (query.n)
		lic_buf_addc(out, '?');
	while (query.n)
		query = from(query, add_byte(query, out));
	return true;
}

/* --- several in one text ------------------------------------------------------------------ */

static bool ends_url(uint8_t c)
{
	return is_blank(c) || c == '"' || c == '<' || c == '>';
}

/* Where the next scheme begins, from `i` on; s.n where none does. */
static size_t next_scheme(struct lic_bytes s, size_t i)
{
	while (i < s.n) {
		const uint8_t *at = memmem(s.p + i, s.n - i, "://", 3);
		size_t n = at ? (size_t)(at - s.p) : s.n;

		while (at && n > i && is_letter(s.p[n - 1]))
			n--;
		if (!at || s.p + n < at)
			return n;
		i = (size_t)(at - s.p) + 3;
	}
	return s.n;
}

bool lic_selector_next_url(struct lic_cut *cut, struct lic_bytes *ret)
{
	struct lic_bytes s = cut->rest;
	size_t begin = next_scheme(s, 0), head, end, next;

	if (begin >= s.n)
		return false;
	s = from(s, begin);
	head = scheme_length(s);
	if (!head) /* cannot be: letters and "://" are there */
		return false;
	next = next_scheme(s, head);
	for (end = head; end < next && !ends_url(s.p[end]); end++)
		;
	*ret = (struct lic_bytes){ s.p, end };
	cut->rest = from(s, end);
	return true;
}
