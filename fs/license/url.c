/* SPDX-License-Identifier: Apache-2.0 */
/* URLs in general: splitting, finding them in text, and license URLs outside Creative Commons. */
#include "fs/license/alias.h"
#include "fs/license/url.h"

static bool starts(const char *s, size_t n, const char *with)
{
	size_t k = strlen(with);

	return n >= k && !memcmp(s, with, k);
}

static size_t scheme_length(const char *s, size_t n)
{
	static const char *const schemes[] = { "http://", "https://", "//" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(schemes); i++)
		if (starts(s, n, schemes[i]))
			return strlen(schemes[i]);
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-';
}

static int hex(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Printable ASCII only: no license's URL needs more. */
static int decode_byte(const char *s, size_t n, size_t *i)
{
	int c = (unsigned char)s[*i];

	if (c == '%') {
		if (n - *i < 3 || hex(s[*i + 1]) < 0 || hex(s[*i + 2]) < 0)
			return -1;
		c = hex(s[*i + 1]) * 16 + hex(s[*i + 2]);
		*i += 2;
	}
	if (c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	return c > ' ' && c < 0x7f && c != '\\' ? c : -1;
}

static bool decode_path(const char *s, size_t n, char *out, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		int c = decode_byte(s, n, &i);

		if (c < 0)
			return false;
		if (c == '/' && len && out[len - 1] == '/')
			continue;
		if (len + 1 >= size)
			return false;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return true;
}

bool lic_url_split(const char *s, size_t n, struct lic_url *ret)
{
	size_t i = scheme_length(s, n), host, end;

	if (starts(s + i, n - i, "www."))
		i += 4;
	host = i;
	while (i < n && is_host_char(s[i]))
		i++;
	ret->host = s + host;
	ret->host_len = i - host;
	if (i < n && s[i] == ':') {
		size_t port = ++i;

		while (i < n && is_digit(s[i]))
			i++;
		if (i == port)
			return false;
	}
	if (!ret->host_len || (i < n && s[i] != '/' && s[i] != '?' && s[i] != '#'))
		return false;
	for (end = i; end < n && s[end] != '?' && s[end] != '#'; end++)
		;
	return decode_path(s + i, end - i, ret->path, sizeof(ret->path));
}

bool lic_url_host_is(const struct lic_url *u, const char *host)
{
	return u->host_len == strlen(host) && !memcmp(u->host, host, u->host_len);
}

/* Looks up an id that is spelled by pieces of a path: "LicenseRef-RS-" "inc" "-1.0". */
static const struct lic_license *find_joined(const char *a, const char *b, size_t bn, const char *c)
{
	char id[128];
	int n = snprintf(id, sizeof(id), "%s%.*s%s", a, (int)(bn > 64 ? 64 : bn), b, c);

	return n > 0 && (size_t)n < sizeof(id) ? lic_license_find(id, (size_t)n) : NULL;
}

static bool takes(const char **p, const char *with)
{
	size_t n = strlen(with);

	if (strncmp(*p, with, n))
		return false;
	*p += n;
	return true;
}

static bool at_end(const char *p)
{
	return !strcmp(p, "") || !strcmp(p, "/");
}

static const struct lic_license *rights_statement(const char *p)
{
	size_t n;

	if (!takes(&p, "/vocab/") && !takes(&p, "/page/"))
		return NULL;
	n = strcspn(p, "/");
	if (!n || (strcmp(p + n, "/1.0") && strcmp(p + n, "/1.0/")))
		return NULL;
	return find_joined("LicenseRef-RS-", p, n, "-1.0");
}

static const struct lic_license *spdx_page(const char *p)
{
	size_t n;

	if (!takes(&p, "/licenses/"))
		return NULL;
	n = strlen(p);
	if (n && p[n - 1] == '/')
		n--;
	if (n > 5 && (!strncmp(p + n - 5, ".html", 5) || !strncmp(p + n - 5, ".json", 5)))
		n -= 5;
	return lic_license_find(p, n);
}

static const struct lic_license *open_data_commons(const char *p)
{
	static const char *const units[][2] = { { "odbl", "ODbL-1.0" },
						{ "by", "ODC-By-1.0" },
						{ "pddl", "PDDL-1.0" },
						{ "dbcl", "LicenseRef-DbCL-1.0" } };

	if (!takes(&p, "/licenses/"))
		return NULL;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(units); i++) {
		const char *q = p;

		if (!takes(&q, units[i][0]))
			continue;
		if (!takes(&q, "/1.0"))
			takes(&q, "/1-0");
		takes(&q, "/index.html");
		if (at_end(q))
			return lic_license_find(units[i][1], strlen(units[i][1]));
	}
	return NULL;
}

static const struct lic_license *open_government(const char *p)
{
	if (!takes(&p, "/doc/open-government-licence"))
		return NULL;
	if (at_end(p))
		return find_joined("LicenseRef-OGL-UK", "", 0, "");
	if (!takes(&p, "/version/") || *p < '1' || *p > '3' || !at_end(p + 1))
		return NULL;
	return find_joined("OGL-UK-", p, 1, ".0");
}

static const struct lic_license *community_data(const char *p)
{
	const char *name = p + (*p == '/');
	size_t n = strcspn(name, "/");

	if (n < 5 || strncmp(name + n - 4, "-1-0", 4)) {
		if (n < 5 || strncmp(name + n - 4, "-2-0", 4))
			return NULL;
	}
	if (!at_end(name + n))
		return NULL;
	return find_joined("CDLA-", name, n - 4, name[n - 3] == '1' ? "-1.0" : "-2.0");
}

static const struct lic_license *plus_code(const char *p)
{
	if (!takes(&p, "/ldf/vocab/"))
		return NULL;
	return lic_alias_find_exact(LIC_CONTEXT_PLUS_COPYRIGHTSTATUS, p, strcspn(p, "/"));
}

const struct lic_license *lic_url_license(enum lic_context context, const char *s, size_t n)
{
	const struct lic_license *l = lic_alias_find(context, s, n);
	struct lic_url u;

	if (l || !lic_url_split(s, n, &u))
		return l;
	if (lic_url_host_is(&u, "ns.useplus.org"))
		return plus_code(u.path);
	if (lic_url_host_is(&u, "rightsstatements.org"))
		return rights_statement(u.path);
	if (lic_url_host_is(&u, "spdx.org"))
		return spdx_page(u.path);
	if (lic_url_host_is(&u, "opendatacommons.org"))
		return open_data_commons(u.path);
	if (lic_url_host_is(&u, "nationalarchives.gov.uk"))
		return open_government(u.path);
	if (lic_url_host_is(&u, "cdla.io") || lic_url_host_is(&u, "cdla.dev"))
		return community_data(u.path);
	return lic_cc_url(&u);
}

/* "example.org/...": labels and a top-level domain of letters before the first slash. */
static bool begins_with_host(const char *s, size_t n)
{
	size_t i = 0, label = 0;
	bool dotted = false;

	for (; i < n && is_host_char(s[i]); i++)
		if (s[i] == '.') {
			dotted = i > 0;
			label = i + 1;
		}
	if (!dotted || i - label < 2 || i == n || (s[i] != '/' && s[i] != ':'))
		return false;
	for (size_t k = label; k < i; k++)
		if (s[k] < 'a' || s[k] > 'z')
			return false;
	return s[i] == '/' || (i + 1 < n && is_digit(s[i + 1]));
}

bool lic_url_is_whole(const char *s, size_t n)
{
	size_t k = 0;

	if (!n || memchr(s, ' ', n))
		return false;
	while (k < n && ((s[k] >= 'a' && s[k] <= 'z') || (k && (is_digit(s[k]) || s[k] == '+'))))
		k++;
	if (!(k && starts(s + k, n - k, "://")) && !starts(s, n, "//") && !starts(s, n, "www.") &&
	    !begins_with_host(s, n))
		return false;
	/* Two URLs in a list, glued by their separator. */
	for (size_t i = 1; i + 8 < n; i++)
		if (strchr(",;|", s[i]) && scheme_length(s + i + 1, n - i - 1) > 2)
			return false;
	return true;
}

size_t lic_url_trim(const char *s, size_t n)
{
	while (n && strchr(").,;:!?*_~'\"]}>", s[n - 1]))
		n--;
	return n;
}

size_t lic_url_span(const char *s, size_t n, size_t i, bool joined)
{
	static const char *const hosts[] = { "www.", "creativecommons.org", "rightsstatements.org",
					     "i.creativecommons.org", "licensebuttons.net" };
	char before = i ? s[i - 1] : ' ';
	size_t scheme = scheme_length(s + i, n - i), end = i;
	bool glued = joined || (before >= 'a' && before <= 'z') || is_digit(before);
	bool found = scheme && !glued && (scheme > 2 || before != ':');

	if (strchr(".-_@:", before) || (before & 0x80))
		glued = true;
	for (size_t k = 0; !glued && !found && k < LIC_ARRAY_SIZE(hosts); k++)
		found = starts(s + i, n - i, hosts[k]);
	if (!found)
		return 0;
	while (end < n && (unsigned char)s[end] > ' ' && (unsigned char)s[end] < 0x7f &&
	       !strchr("<>\"'`{}|\\^[]()", s[end]))
		end++;
	return lic_url_trim(s + i, end - i);
}
