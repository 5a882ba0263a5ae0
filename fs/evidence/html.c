/* SPDX-License-Identifier: Apache-2.0 */
/* The text of HTML fragments, as Wikimedia Commons and Flickr put them into JSON. */
#include <string.h>
#include <strings.h>

#include <licensefs/text.h>

#include "fs/evidence/shape.h"
#include "fs/evidence/xml.h"

#define NAME_MAX_BYTES 16

struct html {
	struct lic_buf *out;
	const char *p, *end;
	char hidden[NAME_MAX_BYTES]; /* element whose content is left out, "" if none */
	unsigned depth;		     /* of elements of that name inside it */
	bool blank;		     /* one is due before the next character */
	bool any;		     /* a character was written */
	bool visible_only;
};

static void put(struct html *h, uint32_t cp)
{
	if (!cp || cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0) {
		h->blank = true;
		return;
	}
	if (h->hidden[0])
		return;
	if (h->blank && h->any)
		lic_buf_addc(h->out, ' ');
	h->blank = false;
	h->any = true;
	lic_utf8_encode(h->out, cp);
}

/* "&amp;", "&#39;", "&#x27;"; what is none is a text. */
static bool entity(struct html *h)
{
	const char *s = h->p + 1;
	size_t left = (size_t)(h->end - s), n = 0;
	uint32_t cp = 0;

	while (n < left && n < 32 && s[n] != ';' && s[n] != '&' && s[n] != ' ' && s[n] != '<')
		n++;
	if (n == left || s[n] != ';' || !n)
		return false;
	if (s[0] == '#') {
		bool hex = n > 1 && (s[1] | 0x20) == 'x';

		for (size_t i = hex ? 2 : 1; i < n; i++) {
			const char *digits = "0123456789abcdef", *at;
			char c = s[i] >= 'A' && s[i] <= 'F' ? (char)(s[i] | 0x20) : s[i];

			at = memchr(digits, c, hex ? 16 : 10);
			if (!at || cp > 0x10ffff)
				return false;
			cp = cp * (hex ? 16 : 10) + (uint32_t)(at - digits);
		}
	} else {
		cp = lic_html_entity(s, n);
	}
	if (!cp || cp > 0x10ffff)
		return false;
	put(h, cp);
	h->p = s + n + 1;
	return true;
}

/* Elements within a line: their tags part no words. */
static bool is_inline(const char *name)
{
	static const char *const names[] = { "a",    "abbr", "b",    "bdi",   "bdo",	"big",
					     "cite", "code", "em",   "font",  "i",	"q",
					     "s",    "samp", "span", "small", "strike", "strong",
					     "sub",  "sup",  "u",    "tt",    "wbr" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_void(const char *name)
{
	return strcasecmp(name, "br") == 0 || strcasecmp(name, "img") == 0 ||
	       strcasecmp(name, "hr") == 0 || strcasecmp(name, "wbr") == 0;
}

/* Does the tag say style="display:none"? */
static bool is_unseen(const char *p, const char *end)
{
	while (end - p > 7 && strncasecmp(p, "display", 7) != 0)
		p++;
	if (end - p <= 7)
		return false;
	for (p += 7; p < end && (*p == ' ' || *p == ':'); p++)
		;
	return end - p >= 4 && strncasecmp(p, "none", 4) == 0;
}

/* The content of a script is no text, and neither is what nobody sees where that is asked for. */
static void begin_or_end(struct html *h, const char *name, bool closing, const char *end)
{
	bool same = h->hidden[0] && strcasecmp(h->hidden, name) == 0;

	if (same && closing && h->depth-- == 0)
		h->hidden[0] = '\0';
	else if (same && !closing && end[-1] != '/')
		h->depth++;
	if (h->hidden[0] || closing || is_void(name) || end[-1] == '/')
		return;
	if (strcasecmp(name, "script") == 0 || strcasecmp(name, "style") == 0 ||
	    (h->visible_only && is_unseen(h->p, end))) {
		memcpy(h->hidden, name, strlen(name) + 1);
		h->depth = 0;
	}
}

/* The end of a tag: ">" outside of quotes; NULL where it has none. */
static const char *end_of_tag(const char *p, const char *end)
{
	char quote = '\0';

	for (; p < end; p++) {
		if (quote)
			quote = *p == quote ? '\0' : quote;
		else if (*p == '>')
			return p;
		else if (*p == '"' || *p == '\'')
			quote = *p;
	}
	return NULL;
}

static bool comment(struct html *h)
{
	const char *end;

	if (h->end - h->p < 4 || memcmp(h->p, "<!--", 4) != 0)
		return false;
	end = memmem(h->p + 4, (size_t)(h->end - h->p - 4), "-->", 3);
	if (!end)
		return false;
	h->p = end + 3;
	return true;
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool tag(struct html *h)
{
	const char *s = h->p + 1, *end;
	char name[NAME_MAX_BYTES] = "";
	size_t n = 0;
	bool closing = s < h->end && *s == '/';

	s += closing;
	while (s + n < h->end && n < sizeof(name) - 1 &&
	       (is_letter(s[n]) || (n && s[n] >= '0' && s[n] <= '9')))
		n++;
	/* "Jane <jane@example.com>" is a text */
	if (!n || s + n == h->end || !strchr(" \t\r\n/>", s[n]))
		return false;
	memcpy(name, s, n);
	end = end_of_tag(s, h->end);
	if (!end)
		return false;
	begin_or_end(h, name, closing, end);
	if (!is_inline(name))
		h->blank = true;
	h->p = end + 1;
	return true;
}

void lic_html_text(struct lic_buf *out, const char *p, size_t n, bool visible_only)
{
	struct html h = { .out = out, .p = p, .end = p + n, .visible_only = visible_only };

	while (h.p < h.end) {
		uint32_t cp;
		size_t w;

		if (*h.p == '<' && (comment(&h) || tag(&h)))
			continue;
		if (*h.p == '&' && entity(&h))
			continue;
		w = lic_utf8_decode((const uint8_t *)h.p, (size_t)(h.end - h.p), &cp);
		put(&h, w ? cp : 0xfffd);
		h.p += w ? w : 1;
	}
}
