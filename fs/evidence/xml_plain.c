/* SPDX-License-Identifier: Apache-2.0 */
/* A strict reader of a small part of XML: it notes what it finds, and hands that out once it knows
 * that all of the document is within (docs/decisions/0027-plain-xml.md). */
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/xml_plain.h"

#define DOCUMENT_MAX (1u << 20)
#define DEPTH_MAX 64
#define NAMESPACES_MAX 64
#define ATTRIBUTES_MAX 64     /* of one element */
#define EVENTS_MAX (1u << 16) /* and attributes in all */
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
};

enum event_kind { EVENT_START, EVENT_END, EVENT_TEXT };

struct event {
	enum event_kind kind;
	uint32_t at;		/* where the reading is */
	uint32_t n;		/* bytes of the text, or attributes */
	uint32_t first;		/* of the attributes */
	const char *ns, *local; /* of an element */
	const char *text;
};

struct lic_xml_plain {
	struct event *event;
	size_t n_events, cap_events;
	struct lic_xml_attribute *attribute;
	size_t n_attributes, cap_attributes;
	size_t used, size;
	char strings[]; /* names and addresses with their NULs, which stand in the place of a
			 * delimiter of the document: no more bytes than that has */
};

struct plain {
	const char *p, *end, *start;
	struct lic_xml_plain *found;
	struct {
		struct span prefix;
		const char *address;
	} ns[NAMESPACES_MAX];
	unsigned n_ns;
	struct open_element open[DEPTH_MAX];
	unsigned depth;
	struct {
		struct name name;
		struct span value;
	} attribute[ATTRIBUTES_MAX];
	unsigned n_attributes;
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
static inline struct span run_of(struct plain *x, uint8_t what)
{
	struct span s = { x->p, 0 };
	const char *p = x->p, *end = x->end;

	while (p < end && classes[(uint8_t)*p] & what)
		p++;
	x->p = p;
	s.n = (size_t)(p - s.p);
	return s;
}

static inline bool skip(struct plain *x, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(x->end - x->p) < n || *x->p != *what || memcmp(x->p, what, n) != 0)
		return false;
	x->p += n;
	return true;
}

static inline bool same(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || (*a.p == *b.p && memcmp(a.p, b.p, a.n) == 0));
}

static inline bool span_is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

/* A copy with a NUL; NULL where there is no room, which cannot be. */
static const char *keep(struct plain *x, struct span s)
{
	char *to = x->found->strings + x->found->used;

	if (s.n >= x->found->size - x->found->used)
		return NULL;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	x->found->used += s.n + 1;
	return to;
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
	const char *at = memmem(address.p, address.n, "www.w3.org/", 11);
	const char *end = address.p + address.n;

	return at && (memmem(at, (size_t)(end - at), "www.w3.org/XML", 14) ||
		      memmem(at, (size_t)(end - at), "www.w3.org/2000/xmlns", 21));
}

static bool declare(struct plain *x, struct span prefix, struct span address)
{
	const unsigned around = x->open[x->depth - 1].n_ns;

	if (!is_address(address) || is_reserved(address) || x->n_ns == NAMESPACES_MAX ||
	    span_is(prefix, "xml") || span_is(prefix, "xmlns"))
		return false;
	for (unsigned i = around; i < x->n_ns; i++)
		if (same(x->ns[i].prefix, prefix))
			return false;
	x->ns[x->n_ns].prefix = prefix;
	x->ns[x->n_ns].address = keep(x, address);
	return x->ns[x->n_ns++].address != NULL;
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

/* Room for one more of n things, of which there are `cap` so far. */
static bool make_room(void **things, size_t size, size_t n, size_t *cap)
{
	size_t more = *cap ? *cap * 2 : 128;
	void *p;

	if (n < *cap)
		return true;
	if (n >= EVENTS_MAX || !(p = reallocarray(*things, more, size)))
		return false;
	*things = p;
	*cap = more;
	return true;
}

static struct event *note(struct plain *x, enum event_kind kind)
{
	struct lic_xml_plain *f = x->found;
	struct event *e;

	if (!make_room((void **)&f->event, sizeof(*f->event), f->n_events, &f->cap_events))
		return NULL;
	e = &f->event[f->n_events++];
	e->kind = kind;
	e->at = (uint32_t)(x->p - x->start);
	return e;
}

static bool is_twice(const struct plain *x, const struct lic_xml_attribute *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same(x->attribute[i].name.local, x->attribute[n].name.local) &&
		    strcmp(a[i].ns, a[n].ns) == 0)
			return true;
	return false;
}

static bool note_attribute(struct plain *x, size_t i)
{
	struct lic_xml_plain *f = x->found;
	const struct name *n = &x->attribute[i].name;
	struct lic_xml_attribute *a;

	if (!make_room((void **)&f->attribute, sizeof(*f->attribute), f->n_attributes,
		       &f->cap_attributes))
		return false;
	a = &f->attribute[f->n_attributes++];
	a->value = x->attribute[i].value.p;
	a->n = x->attribute[i].value.n;
	a->local = keep(x, n->local);
	a->ns = n->prefix.n ? address_of(x, n->prefix) : "";
	return a->ns && a->local && !is_twice(x, a - i, i);
}

/* With all of its namespaces known. */
static bool note_start(struct plain *x, const struct name *name)
{
	struct event *e = note(x, EVENT_START);

	if (!e)
		return false;
	e->ns = address_of(x, name->prefix);
	e->local = keep(x, name->local);
	e->first = (uint32_t)x->found->n_attributes;
	e->n = x->n_attributes;
	for (size_t i = 0; i < x->n_attributes; i++)
		if (!note_attribute(x, i))
			return false;
	return e->ns && e->local;
}

static bool note_end(struct plain *x)
{
	x->n_ns = x->open[--x->depth].n_ns;
	return note(x, EVENT_END) != NULL;
}

/* Behind the '<' of a start tag. */
static bool read_start(struct plain *x)
{
	struct open_element *e = &x->open[x->depth];
	struct name name;

	if (x->depth == DEPTH_MAX)
		return false;
	*e = (struct open_element){ { x->p, 0 }, x->n_ns };
	if (!qname(x, &name))
		return false;
	e->name.n = (size_t)(x->p - e->name.p);
	x->depth++;
	x->n_attributes = 0;
	for (;;) {
		bool apart = run_of(x, BLANK).n > 0;

		if (skip(x, ">"))
			return note_start(x, &name);
		if (skip(x, "/>"))
			return note_start(x, &name) && note_end(x);
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
	return skip(x, ">") && note_end(x);
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

static bool note_text(struct plain *x, const char *p, size_t n)
{
	struct event *e = note(x, EVENT_TEXT);

	if (!e)
		return false;
	e->text = p;
	e->n = (uint32_t)n;
	return true;
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
		if (skip(x, entities[i].name))
			return note_text(x, entities[i].text, 1);
	return false;
}

static bool read_text(struct plain *x)
{
	struct span s = run_of(x, TEXT);

	if (memchr(s.p, ']', s.n) && memmem(s.p, s.n, "]]>", 3))
		return false;
	return note_text(x, s.p, s.n);
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
	return read_around(x) && x->p == x->end;
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool has_noncharacter(const char *p, size_t n)
{
	const char *end = p + n;

	for (; (p = memchr(p, 0xef, (size_t)(end - p))); p++)
		if (end - p > 2 && (uint8_t)p[1] == 0xbf && ((uint8_t)p[2] & 0xfe) == 0xbe)
			return true;
	return false;
}

struct lic_xml_plain *lic_xml_plain_new(const char *p, size_t n)
{
	struct plain x;

	if (n > DOCUMENT_MAX || memchr(p, '\r', n) || has_noncharacter(p, n))
		return NULL;
	pthread_once(&classified, classify);
	x.p = x.start = p;
	x.end = p + n;
	x.n_ns = x.depth = x.n_attributes = 0;
	x.found = malloc(sizeof(*x.found) + n + 1);
	if (!x.found)
		return NULL;
	*x.found = (struct lic_xml_plain){ .size = n + 1 };
	if (read_document(&x))
		return x.found;
	lic_xml_plain_free(x.found);
	return NULL;
}

void lic_xml_plain_free(struct lic_xml_plain *d)
{
	if (!d)
		return;
	free(d->event);
	free(d->attribute);
	free(d);
}

void lic_xml_plain_give(const struct lic_xml_plain *d, const struct lic_xml_handler *h, void *ctx,
			struct lic_xml *x, size_t *at, const bool *stop)
{
	for (size_t i = 0; i < d->n_events && !*stop; i++) {
		const struct event *e = &d->event[i];

		*at = e->at;
		switch (e->kind) {
		case EVENT_START:
			h->start(ctx, x, e->ns, e->local, d->attribute + e->first, e->n);
			break;
		case EVENT_END:
			h->end(ctx, x);
			break;
		case EVENT_TEXT:
			h->text(ctx, x, e->text, e->n);
			break;
		}
	}
}
