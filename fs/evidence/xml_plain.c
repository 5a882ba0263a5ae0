/* SPDX-License-Identifier: Apache-2.0 */
/* A strict reader of a small part of XML: it looks once whether a document is within, and hands it
 * out the second time (docs/decisions/0027-plain-xml.md). */
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/xml_plain.h"

#define DOCUMENT_MAX (1u << 20)
#define DEPTH_MAX 64
#define NAMESPACES_MAX 64
#define ATTRIBUTES_MAX 64
#define ADDRESSES_MAX 8192 /* bytes of the addresses of namespaces in scope */
#define NAMES_MAX 4096	   /* bytes of the names of one element */
#define XML_NS "http://www.w3.org/XML/1998/namespace"

struct span {
	const char *p;
	size_t n;
};

struct name {
	struct span prefix, local; /* prefix.n is 0 without one */
};

struct open_element {
	struct span name; /* as written, with its prefix */
	unsigned n_ns;	  /* namespaces around it */
	size_t addresses;
};

struct plain {
	const char *p, *end, *start;
	const struct lic_xml_handler *h; /* NULL while looking */
	void *ctx;
	struct lic_xml *x;
	size_t *at;
	const bool *stop;
	struct {
		struct span prefix;
		const char *address;
	} ns[NAMESPACES_MAX];
	unsigned n_ns;
	char addresses[ADDRESSES_MAX];
	size_t n_addresses;
	struct open_element open[DEPTH_MAX];
	unsigned depth;
	struct {
		struct name name;
		struct span value;
	} attribute[ATTRIBUTES_MAX];
	unsigned n_attributes;
	char names[NAMES_MAX];
};

/* --- bytes -------------------------------------------------------------------------------- */

enum { BLANK = 1, NAME_START = 2, NAME = 4, TEXT = 8, VALUE = 16, ADDRESS = 32 };

static uint8_t class_of(uint8_t c)
{
	bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', digit = c >= '0' && c <= '9';
	uint8_t is = 0;

	if (c == ' ' || c == '\t' || c == '\n')
		is |= BLANK;
	if (letter || c == '_')
		is |= NAME_START | NAME;
	if (digit || c == '-' || c == '.')
		is |= NAME;
	if (letter || digit || (c && strchr("-._~/:", c)))
		is |= ADDRESS;
	if ((c >= ' ' || c == '\t' || c == '\n') && c != '<' && c != '&')
		is |= TEXT;
	if (c >= ' ' && c != '<' && c != '&' && c != '"' && c != '\'')
		is |= VALUE;
	return is;
}

static uint8_t classes[UINT8_MAX + 1];
static pthread_once_t classified = PTHREAD_ONCE_INIT;

static void classify(void)
{
	for (unsigned c = 0; c <= UINT8_MAX; c++)
		classes[c] = class_of((uint8_t)c);
}

static bool is(const struct plain *x, uint8_t what)
{
	return x->p < x->end && classes[(uint8_t)*x->p] & what;
}

/* Takes all bytes of a kind that come next. */
static struct span run_of(struct plain *x, uint8_t what)
{
	struct span s = { x->p, 0 };

	while (is(x, what))
		x->p++;
	s.n = (size_t)(x->p - s.p);
	return s;
}

static bool skip(struct plain *x, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(x->end - x->p) < n || memcmp(x->p, what, n) != 0)
		return false;
	x->p += n;
	return true;
}

static bool same(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static bool span_is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

static bool ncname(struct plain *x, struct span *ret)
{
	if (!is(x, NAME_START))
		return false;
	*ret = run_of(x, NAME);
	return true;
}

static bool qname(struct plain *x, struct name *ret)
{
	*ret = (struct name){ { x->p, 0 }, { 0 } };
	if (!ncname(x, &ret->local))
		return false;
	if (!skip(x, ":"))
		return true;
	ret->prefix = ret->local;
	return ncname(x, &ret->local);
}

/* --- namespaces --------------------------------------------------------------------------- */

/* "http://host/path#", "adobe:ns:meta/": nothing that anybody could call no address. */
static bool is_address(struct span s)
{
	const char *p = s.p, *end = s.p + s.n;
	bool host = false;

	while (p < end && *p >= 'a' && *p <= 'z')
		p++;
	if (p == s.p || end - p < 2 || *p++ != ':')
		return false;
	if (end - p > 2 && p[0] == '/' && p[1] == '/') {
		host = true;
		p += 2;
		if (classes[(uint8_t)*p] & NAME_START)
			p++;
		else
			return false;
	} else if (*p == '/') {
		return false;
	}
	for (; p < end && classes[(uint8_t)*p] & ADDRESS; p++)
		if (host && *p == ':')
			return false;
	return p == end || (*p == '#' && p + 1 == end);
}

static bool is_reserved(struct span address)
{
	return memmem(address.p, address.n, "www.w3.org/XML", 14) ||
	       memmem(address.p, address.n, "www.w3.org/2000/xmlns", 21);
}

static bool declare(struct plain *x, struct span prefix, struct span address)
{
	const unsigned around = x->open[x->depth - 1].n_ns;

	if (!is_address(address) || is_reserved(address) || x->n_ns == NAMESPACES_MAX ||
	    address.n >= sizeof(x->addresses) - x->n_addresses || span_is(prefix, "xml") ||
	    span_is(prefix, "xmlns"))
		return false;
	for (unsigned i = around; i < x->n_ns; i++)
		if (same(x->ns[i].prefix, prefix))
			return false;
	x->ns[x->n_ns].prefix = prefix;
	x->ns[x->n_ns++].address = x->addresses + x->n_addresses;
	memcpy(x->addresses + x->n_addresses, address.p, address.n);
	x->n_addresses += address.n;
	x->addresses[x->n_addresses++] = '\0';
	return true;
}

/* The address of a prefix; NULL where it was not declared. */
static const char *address_of(const struct plain *x, struct span prefix)
{
	if (span_is(prefix, "xml"))
		return XML_NS;
	for (unsigned i = x->n_ns; i-- > 0;)
		if (same(x->ns[i].prefix, prefix))
			return x->ns[i].address;
	return prefix.n ? NULL : "";
}

/* --- tags --------------------------------------------------------------------------------- */

static bool read_value(struct plain *x, struct span *ret)
{
	const char quote = x->p < x->end ? *x->p : '\0';

	if (quote != '"' && quote != '\'')
		return false;
	x->p++;
	ret->p = x->p;
	while (is(x, VALUE) || (x->p < x->end && *x->p != quote && (*x->p == '"' || *x->p == '\'')))
		x->p++;
	ret->n = (size_t)(x->p - ret->p);
	return x->p < x->end && *x->p++ == quote;
}

/* A declaration of a namespace, or an attribute. */
static bool read_attribute(struct plain *x)
{
	struct name name;
	struct span value;

	if (!qname(x, &name))
		return false;
	run_of(x, BLANK);
	if (!skip(x, "="))
		return false;
	run_of(x, BLANK);
	if (!read_value(x, &value))
		return false;
	if (span_is(name.prefix, "xmlns"))
		return declare(x, name.local, value);
	if (!name.prefix.n && span_is(name.local, "xmlns"))
		return declare(x, name.prefix, value);
	if (x->n_attributes == ATTRIBUTES_MAX)
		return false;
	x->attribute[x->n_attributes].name = name;
	x->attribute[x->n_attributes++].value = value;
	return true;
}

static const char *keep_name(struct plain *x, size_t *used, struct span s)
{
	char *to = x->names + *used;

	if (s.n >= sizeof(x->names) - *used)
		return NULL;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	*used += s.n + 1;
	return to;
}

static bool is_twice(const struct lic_xml_attribute *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].local, a[n].local) == 0 && strcmp(a[i].ns, a[n].ns) == 0)
			return true;
	return false;
}

/* With all of its namespaces known. */
static bool give_start(struct plain *x, const struct name *name)
{
	struct lic_xml_attribute a[ATTRIBUTES_MAX];
	const char *ns = address_of(x, name->prefix);
	size_t used = 0;
	const char *local = keep_name(x, &used, name->local);

	if (!ns || !local)
		return false;
	for (size_t i = 0; i < x->n_attributes; i++) {
		const struct name *n = &x->attribute[i].name;

		a[i].value = x->attribute[i].value.p;
		a[i].n = x->attribute[i].value.n;
		a[i].local = keep_name(x, &used, n->local);
		a[i].ns = n->prefix.n ? address_of(x, n->prefix) : "";
		if (!a[i].local || !a[i].ns || is_twice(a, i))
			return false;
	}
	*x->at = (size_t)(x->p - x->start);
	if (x->h && !*x->stop)
		x->h->start(x->ctx, x->x, ns, local, a, x->n_attributes);
	return true;
}

static void give_end(struct plain *x)
{
	const struct open_element *e = &x->open[--x->depth];

	x->n_ns = e->n_ns;
	x->n_addresses = e->addresses;
	*x->at = (size_t)(x->p - x->start);
	if (x->h && !*x->stop)
		x->h->end(x->ctx, x->x);
}

/* Behind the '<' of a start tag. */
static bool read_start(struct plain *x)
{
	struct open_element *e = &x->open[x->depth];
	struct name name;

	if (x->depth == DEPTH_MAX)
		return false;
	*e = (struct open_element){ { x->p, 0 }, x->n_ns, x->n_addresses };
	if (!qname(x, &name))
		return false;
	e->name.n = (size_t)(x->p - e->name.p);
	x->depth++;
	x->n_attributes = 0;
	for (;;) {
		bool apart = run_of(x, BLANK).n > 0;

		if (skip(x, ">"))
			return give_start(x, &name);
		if (skip(x, "/>")) {
			if (!give_start(x, &name))
				return false;
			give_end(x);
			return true;
		}
		if (!apart || !read_attribute(x))
			return false;
	}
}

/* Behind "</". */
static bool read_end(struct plain *x)
{
	const struct span name = x->open[x->depth - 1].name;

	if ((size_t)(x->end - x->p) < name.n || memcmp(x->p, name.p, name.n) != 0)
		return false;
	x->p += name.n;
	run_of(x, BLANK);
	if (!skip(x, ">"))
		return false;
	give_end(x);
	return true;
}

/* Behind "<?". */
static bool read_instruction(struct plain *x)
{
	const char *end;
	struct span name;

	if (!ncname(x, &name) || (name.n == 3 && strncasecmp(name.p, "xml", 3) == 0))
		return false;
	end = memmem(x->p, (size_t)(x->end - x->p), "?>", 2);
	if (!end || (end != x->p && !is(x, BLANK)))
		return false;
	x->p = end + 2;
	return true;
}

/* --- content ------------------------------------------------------------------------------ */

static void give_text(struct plain *x, const char *p, size_t n)
{
	*x->at = (size_t)(x->p - x->start);
	if (x->h && n)
		x->h->text(x->ctx, x->x, p, n);
}

static bool read_entity(struct plain *x)
{
	static const struct {
		const char *name, *text;
	} entities[] = { { "&amp;", "&" },
			 { "&lt;", "<" },
			 { "&gt;", ">" },
			 { "&quot;", "\"" },
			 { "&apos;", "'" } };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(entities); i++)
		if (skip(x, entities[i].name)) {
			give_text(x, entities[i].text, 1);
			return true;
		}
	return false;
}

static bool read_text(struct plain *x)
{
	struct span s = run_of(x, TEXT);

	if (memmem(s.p, s.n, "]]>", 3))
		return false;
	give_text(x, s.p, s.n);
	return true;
}

/* What stands around the root element. */
static bool read_around(struct plain *x)
{
	for (;;) {
		run_of(x, BLANK);
		if (!skip(x, "<?"))
			return true;
		if (!read_instruction(x))
			return false;
	}
}

static bool read_content(struct plain *x)
{
	while (x->depth) {
		bool ok;

		if (*x->stop)
			return true;
		if (x->p == x->end)
			return false;
		if (*x->p == '&')
			ok = read_entity(x);
		else if (*x->p != '<')
			ok = is(x, TEXT) && read_text(x);
		else if (skip(x, "</"))
			ok = read_end(x);
		else if (skip(x, "<?"))
			ok = read_instruction(x);
		else
			ok = skip(x, "<") && read_start(x);
		if (!ok)
			return false;
	}
	return true;
}

static bool read_document(struct plain *x)
{
	if (!read_around(x) || !skip(x, "<") || !read_start(x) || !read_content(x))
		return false;
	return *x->stop || (read_around(x) && x->p == x->end);
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool has_noncharacter(const char *p, size_t n)
{
	const char *end = p + n;

	while ((p = memmem(p, (size_t)(end - p), "\xef\xbf", 2))) {
		if (end - p > 2 && ((uint8_t)p[2] & 0xfe) == 0xbe)
			return true;
		p += 2;
	}
	return false;
}

static void begin(struct plain *x, const char *p, size_t n)
{
	pthread_once(&classified, classify);
	x->p = x->start = p;
	x->end = p + n;
	x->h = NULL;
	x->n_ns = x->depth = x->n_attributes = 0;
	x->n_addresses = 0;
}

bool lic_xml_is_plain(const char *p, size_t n)
{
	static const bool never = false;
	struct plain x;
	size_t at;

	if (n > DOCUMENT_MAX || memchr(p, '\r', n) || has_noncharacter(p, n))
		return false;
	begin(&x, p, n);
	x.at = &at;
	x.stop = &never;
	return read_document(&x);
}

void lic_xml_read_plain(const char *p, size_t n, const struct lic_xml_handler *h, void *ctx,
			struct lic_xml *xml, size_t *at, const bool *stop)
{
	struct plain x;

	begin(&x, p, n);
	x.h = h;
	x.ctx = ctx;
	x.x = xml;
	x.at = at;
	x.stop = stop;
	(void)read_document(&x);
}
