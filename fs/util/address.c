/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of the web that came from outside, as links. */
#include <string.h>
#include <strings.h>

#include <licensefs/text.h>

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_hex(char c)
{
	return is_in(c, "0123456789abcdefABCDEF");
}

static bool is_port(const char *s, size_t n)
{
	unsigned port = 0;

	if (n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_in(s[i], "0123456789"))
			return false;
		port = port * 10 + (unsigned)(s[i] - '0');
	}
	return port <= 65535;
}

/* Names with a port, in any script, and numbers in brackets; no users, behind whose names another
 * host could hide (RFC 3986 7.6). */
static bool is_host(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	size_t end;

	if (n && *s == '[') {
		for (end = 1; end < n && (is_hex(s[end]) || is_in(s[end], ":.")); end++)
			;
		if (end < 3 || end == n || s[end] != ']')
			return false;
		end++;
		return end == n || (s[end] == ':' && is_port(s + end + 1, n - end - 1));
	}
	end = colon ? (size_t)(colon - s) : n;
	for (size_t i = 0; i < end; i++)
		if (!((unsigned char)s[i] >= 0x80 || (s[i] >= '0' && s[i] <= '9') ||
		      (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
		      is_in(s[i], "-._~")))
			return false;
	return end && (!colon || is_port(colon + 1, n - end - 1));
}

bool lic_text_address(struct lic_buf *out, const char *url)
{
	size_t scheme, host;
	bool fragment = false;

	scheme = strncasecmp(url, "https://", 8) == 0 ? 8 : 7;
	if (scheme == 7 && strncasecmp(url, "http://", 7) != 0)
		return false;
	host = strcspn(url + scheme, "/?#");
	if (!is_host(url + scheme, host))
		return false;
	for (const char *p = url; *p; p++) {
		bool bad = (unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
			   is_in(*p, "\"'<>\\^`{|}");

		if (p >= url + scheme + host)
			bad = bad || is_in(*p, "[]") || (*p == '#' && fragment) ||
			      (*p == '%' && !(is_hex(p[1]) && is_hex(p[2])));
		fragment = fragment || *p == '#';
		if (bad)
			lic_buf_addf(out, "%%%02X", (unsigned char)*p);
		else
			lic_buf_addc(out, *p);
	}
	return true;
}
