/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, so that two spellings of one compare equal (RFC 3986 6.2.2 and 6.2.3). */
#include <string.h>
#include <strings.h>

#include "fs/manifest/key.h"

/* RFC 3986 2.2 and 2.3, without the letters and digits. */
static const char unreserved[] = "-._~";
static const char reserved[] = ":/?#[]@!$&'()*+,;=";

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_escape(struct lic_buf *out, uint8_t c)
{
	static const char digits[] = "0123456789ABCDEF";

	lic_buf_addc(out, '%');
	lic_buf_addc(out, digits[c >> 4]);
	lic_buf_addc(out, digits[c & 15]);
}

/* Path, query and fragment. A `%` that begins no escape becomes one, or the result could be read
 * again as something else. */
static void add_rest(struct lic_bytes s, struct lic_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool escaped =
			c == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0;

		if (escaped) {
			c = (uint8_t)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
		}
		if (is_alnum(c) || (c && strchr(unreserved, c)) ||
		    (!escaped && strchr(reserved, c)))
			lic_buf_addc(out, (char)c);
		else
			add_escape(out, c);
	}
}

/* A colon within is an IPv6 address's alone, or a second port would come to light. */
static bool is_host(struct lic_bytes s)
{
	if (s.n && s.p[0] == '[')
		return s.p[s.n - 1] == ']';
	return s.n && !memchr(s.p, ':', s.n);
}

/* "host", "host:80", "user@host:8080"; international names stay the bytes that they are. */
static bool add_authority(struct lic_bytes s, struct lic_buf *out)
{
	const uint8_t *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	size_t from = at ? (size_t)(at - s.p) + 1 : 0, end = s.n;

	while (end > from && s.p[end - 1] >= '0' && s.p[end - 1] <= '9')
		end--;
	if (end > from && s.p[end - 1] == ':') {
		struct lic_bytes port = { s.p + end, s.n - end };

		/* http and https are one to us, and so are their ports */
		if (!port.n || (port.n == 2 && memcmp(port.p, "80", 2) == 0) ||
		    (port.n == 3 && memcmp(port.p, "443", 3) == 0))
			s.n = end - 1;
		end--;
	} else {
		end = s.n;
	}
	if (!is_host((struct lic_bytes){ s.p + from, end - from }))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}", c))
			return false;
		lic_buf_addc(out, (char)(i >= from && c >= 'A' && c <= 'Z' ? c | 0x20 : c));
	}
	return true;
}

static bool skip_scheme(struct lic_bytes *s)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (s->n <= n || strncasecmp((const char *)s->p, schemes[i], n) != 0)
			continue;
		s->p += n;
		s->n -= n;
		return true;
	}
	return false;
}

bool lic_key_url(struct lic_bytes text, struct lic_buf *out)
{
	struct lic_bytes authority;
	size_t n = 0;

	if (!skip_scheme(&text))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] == 0x7f)
			return false;
	/* "gallery#img1" and "gallery#img2" are two images of one page */
	if (text.n && text.p[text.n - 1] == '#')
		text.n--;
	while (n < text.n && text.p[n] != '/' && text.p[n] != '?' && text.p[n] != '#')
		n++;
	authority = (struct lic_bytes){ text.p, n };
	lic_buf_adds(out, "http://");
	if (!add_authority(authority, out))
		return false;
	if (n == text.n || text.p[n] != '/')
		lic_buf_addc(out, '/');
	add_rest((struct lic_bytes){ text.p + n, text.n - n }, out);
	return true;
}
