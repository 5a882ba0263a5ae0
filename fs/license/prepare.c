/* SPDX-License-Identifier: Apache-2.0 */
/* Grammar.md section 1: brings text into the one form that the rules match. Door to libunistring.
 */
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include <licensefs/license.h>
#include <licensefs/text.h>

#include "fs/license/prepare.h"

/* NFKC makes up to 11 bytes of one; invalid bytes become three before that. */
#define PREPARED_MAX (LIC_PARSE_MAX * 16)

void lic_prepared_release(struct lic_prepared *p)
{
	lic_buf_release(&p->text);
	lic_buf_release(&p->kind);
}

/* Symbols that people write licenses with, and that NFKC would take apart or leave alone. */
static const char *symbol(uint32_t cp)
{
	switch (cp) {
	case 0x24b8: /* circled C: used for the copyright sign in East Asia */
	case 0x24d2:
	case 0x1f12b:
		return "\xc2\xa9";
	case 0x1f16d:
		return " cc ";
	case 0x1f16e: /* C crossed out */
		return " public domain ";
	case 0x1f16f:
		return " BY ";
	case 0x1f10d:
		return " zero ";
	case 0x1f10e:
		return " SA ";
	case 0x1f10f:
		return " NC ";
	case 0x229c:
		return " ND ";
	case 0xac: /* signs of negation and crossing out */
	case 0x2260:
	case 0x2717:
	case 0x2718:
	case 0x274c:
	case 0x26d4:
	case 0x1f6ab:
		return " not ";
	default:
		return NULL;
	}
}

/* Valid UTF-8 of what came in; invalid bytes become U+FFFD, which no rule matches. */
static void sanitise(const char *s, size_t n, struct lic_buf *out)
{
	const uint8_t *p = (const uint8_t *)s;

	for (size_t i = 0, k; i < n; i += k ? k : 1) {
		const char *replaced;
		uint32_t cp;

		k = lic_utf8_decode(p + i, n - i, &cp);
		if (k && (replaced = symbol(cp)))
			lic_buf_adds(out, replaced);
		else if (k)
			lic_buf_add(out, p + i, k);
		else
			lic_utf8_encode(out, 0xfffd);
	}
}

/* Chinese, Japanese, Korean. */
static bool is_wide(uint32_t cp)
{
	return (cp >= 0x2e80 && cp <= 0xd7ff) || (cp >= 0xf900 && cp <= 0xfaff) || cp >= 0x20000;
}

static enum lic_char kind_of(uint32_t cp)
{
	if (cp >= '0' && cp <= '9')
		return LIC_CHAR_DIGIT;
	if (cp >= 'A' && cp <= 'Z')
		return LIC_CHAR_UPPER;
	if (cp < 0x80)
		return cp >= 'a' && cp <= 'z' ? LIC_CHAR_LETTER : LIC_CHAR_OTHER;
	if (cp == 0xfffd ||
	    uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
							 UC_CATEGORY_MASK_N))
		return is_wide(cp) ? LIC_CHAR_WIDE : LIC_CHAR_LETTER;
	return LIC_CHAR_OTHER;
}

static void add(struct lic_prepared *out, const void *p, size_t n, enum lic_char kind)
{
	lic_buf_add(&out->text, p, n);
	for (size_t i = 0; i < n; i++)
		lic_buf_addc(&out->kind, (char)kind);
}

static void add_folded(struct lic_prepared *out, const uint8_t *p, size_t k, uint32_t cp)
{
	enum lic_char kind = kind_of(cp);
	uint8_t folded[64];
	size_t n = sizeof(folded);
	char c = (char)cp;

	if (cp < 0x80) {
		if (kind == LIC_CHAR_UPPER)
			c = (char)(c - 'A' + 'a');
		add(out, &c, 1, kind);
	} else if (u8_casefold(p, k, NULL, NULL, folded, &n) == folded) {
		add(out, folded, n, kind);
	} else {
		out->text.failed = true; /* no memory: no character folds to 64 bytes */
	}
}

/* The ASCII character that stands for a typographic one, 0 if none does. */
static char plain(uint32_t cp)
{
	if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
		return '-';
	if (cp == 0x2018 || cp == 0x2019 || cp == 0x2bc)
		return '\'';
	return cp >= 0x201c && cp <= 0x201e ? '"' : '\0';
}

static bool is_blank(uint32_t cp)
{
	return cp <= 0x20 || (cp >= 0x7f && cp < 0xa0) || uc_is_property_white_space(cp);
}

static void fold(const uint8_t *p, size_t n, struct lic_prepared *out)
{
	bool pending = false;

	for (size_t i = 0, k; i < n; i += k) {
		uint32_t cp;
		char c;

		k = lic_utf8_decode(p + i, n - i, &cp);
		if (!k)
			break; /* cannot be: the input was made valid */
		if (is_blank(cp)) {
			pending = out->text.len > 0;
			continue;
		}
		if (uc_is_property_default_ignorable_code_point(cp))
			continue;
		if (pending)
			add(out, " ", 1, LIC_CHAR_SPACE);
		pending = false;
		c = plain(cp);
		if (c)
			add(out, &c, 1, LIC_CHAR_OTHER);
		else
			add_folded(out, p + i, k, cp);
	}
}

static void take_out(struct lic_buf *b, size_t from, size_t n)
{
	memmove(b->data, b->data + from, n);
	lic_buf_truncate(b, n);
}

static void strip_layer(struct lic_prepared *p)
{
	static const char *const pairs[] = { "<>", "\"\"", "''" };
	size_t n = p->text.len, from = 1, to = n;

	if (n < 2)
		return;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(pairs); i++) {
		if (p->text.data[0] != pairs[i][0] || p->text.data[n - 1] != pairs[i][1])
			continue;
		to = n - 1;
		while (from < to && p->kind.data[from] == LIC_CHAR_SPACE)
			from++;
		while (to > from && p->kind.data[to - 1] == LIC_CHAR_SPACE)
			to--;
		take_out(&p->text, from, to - from);
		take_out(&p->kind, from, to - from);
		return;
	}
}

static bool is_ascii(const char *s, size_t n)
{
	uint8_t seen = 0;

	for (size_t i = 0; i < n; i++)
		seen |= (uint8_t)s[i];
	return seen < 0x80;
}

/* ASCII is valid and its own normal form: only cases and blanks differ. */
static void fold_ascii(const char *s, size_t n, struct lic_prepared *out)
{
	size_t len = 0;
	char *text, *kind;

	if (!lic_buf_reserve(&out->text, n) || !lic_buf_reserve(&out->kind, n))
		return;
	text = out->text.data;
	kind = out->kind.data;
	for (size_t i = 0; i < n; i++) {
		enum lic_char k = kind_of((uint8_t)s[i]);

		if (is_blank((uint8_t)s[i]))
			continue;
		if (i && len && is_blank((uint8_t)s[i - 1])) {
			text[len] = ' ';
			kind[len++] = LIC_CHAR_SPACE;
		}
		text[len] = k == LIC_CHAR_UPPER ? (char)(s[i] - 'A' + 'a') : s[i];
		kind[len++] = (char)k;
	}
	text[len] = kind[len] = '\0';
	out->text.len = out->kind.len = len;
}

bool lic_prepare(const char *s, size_t n, struct lic_prepared *ret)
{
	struct lic_buf valid = LIC_BUF_INIT(PREPARED_MAX);
	uint8_t *normal;
	size_t len = 0;

	*ret = (struct lic_prepared){ .text = LIC_BUF_INIT(PREPARED_MAX),
				      .kind = LIC_BUF_INIT(PREPARED_MAX),
				      .cut = n > LIC_PARSE_MAX };
	if (!ret->cut && is_ascii(s, n)) {
		fold_ascii(s, n, ret);
		strip_layer(ret);
		return !lic_buf_failed(&ret->text) && !lic_buf_failed(&ret->kind);
	}
	sanitise(s, ret->cut ? LIC_PARSE_MAX : n, &valid);
	normal = u8_normalize(UNINORM_NFKC, (const uint8_t *)lic_buf_str(&valid), valid.len, NULL,
			      &len);
	if (normal && !lic_buf_failed(&valid)) {
		fold(normal, len, ret);
		strip_layer(ret);
	} else {
		ret->text.failed = true;
	}
	free(normal);
	lic_buf_release(&valid);
	return !lic_buf_failed(&ret->text) && !lic_buf_failed(&ret->kind);
}

/* --- names -------------------------------------------------------------------------------- */

/* Rounds after which every text stays as it is; one is enough for nearly all. */
#define FOLD_ROUNDS 4

/* Appends what is left of a text without what cannot be seen, and with one kind of everything. */
static void add_plain(const uint8_t *p, size_t n, struct lic_buf *out)
{
	size_t before = out->len;
	bool pending = false;

	for (size_t i = 0, k; i < n; i += k ? k : 1) {
		uint32_t cp;
		char c;

		k = lic_utf8_decode(p + i, n - i, &cp);
		if (!k)
			cp = 0xfffd;
		if (is_blank(cp)) {
			pending = out->len > before;
			continue;
		}
		if (cp >= 0x80 && uc_is_property_default_ignorable_code_point(cp))
			continue;
		if (pending)
			lic_buf_addc(out, ' ');
		pending = false;
		c = plain(cp);
		if (c)
			lic_buf_addc(out, c);
		else if (k)
			lic_buf_add(out, p + i, k);
		else
			lic_utf8_encode(out, cp);
	}
}

/* One round; true where nothing differs any more. */
static bool fold_again(struct lic_buf *text, struct lic_buf *out)
{
	size_t len = 0;
	uint8_t *folded = u8_casefold((const uint8_t *)lic_buf_str(text), text->len, NULL,
				      UNINORM_NFKC, NULL, &len);
	bool same;

	lic_buf_reset(out);
	if (!folded)
		out->failed = true;
	else
		add_plain(folded, len, out);
	free(folded);
	same = out->len == text->len && !memcmp(lic_buf_str(out), lic_buf_str(text), text->len);
	return same || lic_buf_failed(out);
}

void lic_fold(const void *s, size_t n, struct lic_buf *out)
{
	struct lic_buf a = LIC_BUF_INIT(n * 16 + 64), b = LIC_BUF_INIT(n * 16 + 64);

	add_plain(s, n, &a);
	if (is_ascii(lic_buf_str(&a), a.len)) {
		for (size_t i = 0; i < a.len; i++)
			if (a.data[i] >= 'A' && a.data[i] <= 'Z')
				a.data[i] |= 0x20;
	} else {
		for (int i = 0; i < FOLD_ROUNDS && !fold_again(&a, &b); i++) {
			struct lic_buf last = a;

			a = b;
			b = last;
		}
		if (lic_buf_failed(&b))
			a.failed = true;
	}
	lic_buf_add(out, lic_buf_str(&a), a.len);
	if (lic_buf_failed(&a))
		out->failed = true;
	lic_buf_release(&a);
	lic_buf_release(&b);
}
