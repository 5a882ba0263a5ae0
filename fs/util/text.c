/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, and safe quoting of bytes from outside. */
#include <string.h>

#include <licensefs/text.h>

/* The Unicode Standard, table 3-7: well-formed UTF-8 byte sequences. */
size_t lic_utf8_decode(const uint8_t *p, size_t n, uint32_t *ret_cp)
{
	uint32_t cp;
	size_t k;

	if (!n)
		return 0;
	if (p[0] < 0x80) {
		*ret_cp = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		k = 2;
		cp = p[0] & 0x1f;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		k = 3;
		cp = p[0] & 0x0f;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		k = 4;
		cp = p[0] & 0x07;
	} else {
		return 0;
	}
	if (n < k)
		return 0;
	for (size_t i = 1; i < k; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if ((k == 3 && cp < 0x800) || (k == 4 && cp < 0x10000) || cp > 0x10ffff ||
	    (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return k;
}

bool lic_utf8_valid(const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t word;
	uint32_t cp;

	while (n) {
		size_t k;

		/* most text is ASCII: eight bytes at a time */
		if (n >= sizeof(word)) {
			memcpy(&word, p, sizeof(word));
			if (!(word & UINT64_C(0x8080808080808080))) {
				p += sizeof(word);
				n -= sizeof(word);
				continue;
			}
		}
		k = lic_utf8_decode(p, n, &cp);
		if (!k)
			return false;
		p += k;
		n -= k;
	}
	return true;
}

void lic_utf8_encode(struct lic_buf *out, uint32_t cp)
{
	char b[4];
	size_t n;

	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		b[0] = (char)cp;
		n = 1;
	} else if (cp < 0x800) {
		b[0] = (char)(0xc0 | cp >> 6);
		b[1] = (char)(0x80 | (cp & 0x3f));
		n = 2;
	} else if (cp < 0x10000) {
		b[0] = (char)(0xe0 | cp >> 12);
		b[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		b[2] = (char)(0x80 | (cp & 0x3f));
		n = 3;
	} else {
		b[0] = (char)(0xf0 | cp >> 18);
		b[1] = (char)(0x80 | (cp >> 12 & 0x3f));
		b[2] = (char)(0x80 | (cp >> 6 & 0x3f));
		b[3] = (char)(0x80 | (cp & 0x3f));
		n = 4;
	}
	lic_buf_add(out, b, n);
}

/* Control characters, and the format characters that reorder or hide text (bidi controls, zero
 * width, line separators, tags): they could make a name look like another one. Noncharacters are
 * for no text, and forbidden in HTML. */
static bool is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c ||
	       (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff) || (cp & 0xfffe) == 0xfffe ||
	       (cp >= 0xfdd0 && cp <= 0xfdef);
}

static bool is_plain(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9') ||
	       (cp < 0x80 && cp && strchr("_-./+,:@%=", (int)cp)) || (cp >= 0xa0 && !is_unsafe(cp));
}

enum safety { PLAIN, NEEDS_QUOTES, NEEDS_ESCAPES };

static enum safety assess(const uint8_t *p, size_t n)
{
	enum safety s = n ? PLAIN : NEEDS_QUOTES;
	uint32_t cp;

	while (n) {
		size_t k = lic_utf8_decode(p, n, &cp);

		if (!k || is_unsafe(cp))
			return NEEDS_ESCAPES;
		if (!is_plain(cp))
			s = NEEDS_QUOTES;
		p += k;
		n -= k;
	}
	return s;
}

static void add_escaped(struct lic_buf *out, const uint8_t *p, size_t n, bool shell)
{
	while (n) {
		uint32_t cp;
		size_t k = lic_utf8_decode(p, n, &cp);

		if (k && cp == '\n')
			lic_buf_adds(out, "\\n");
		else if (k && cp == '\t')
			lic_buf_adds(out, "\\t");
		else if (!k || is_unsafe(cp))
			for (size_t i = 0; i < (k ? k : 1); i++)
				lic_buf_addf(out, shell ? "\\%03o" : "\\x%02x", p[i]);
		else if (shell && (cp == '\'' || cp == '\\'))
			lic_buf_addf(out, "\\%c", (int)cp);
		else
			lic_buf_add(out, p, k);
		if (!k)
			k = 1;
		p += k;
		n -= k;
	}
}

void lic_text_quote(struct lic_buf *out, const void *p, size_t n)
{
	switch (assess(p, n)) {
	case PLAIN:
		lic_buf_add(out, p, n);
		break;
	case NEEDS_QUOTES:
		if (!memchr(p, '\'', n)) {
			lic_buf_addc(out, '\'');
			lic_buf_add(out, p, n);
			lic_buf_addc(out, '\'');
			break;
		}
		/* fall through */
	case NEEDS_ESCAPES:
		lic_buf_adds(out, "$'");
		add_escaped(out, p, n, true);
		lic_buf_addc(out, '\'');
		break;
	}
}

void lic_text_show(struct lic_buf *out, const void *p, size_t n)
{
	add_escaped(out, p, n, false);
}

size_t lic_text_cut(char *to, size_t size, const char *s)
{
	size_t n = strlen(s), fits = n < size ? n : size - 1;

	if (size) {
		memcpy(to, s, fits);
		to[fits] = '\0';
	}
	return n;
}
