/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts the prose of an SVG into what is kept as it stands and what is only searched. */
#include <string.h>

#include "fs/evidence/svg_text.h"

#define CLAIMS_MAX 64 /* texts that become a claim each */
#define ASIDE (16u * 1024)
#define PROSE_MAX (2u << 20) /* bytes of joined text that are searched */
#define OVERLAP 512	     /* of a piece of joined text with the next */

static const struct lic_field fields[] = {
	[LIC_SVG_TITLE] = { "title", LIC_ROLE_TITLE, 0, 0 },
	[LIC_SVG_DESC] = { "desc", LIC_ROLE_CAPTION, 0, 0 },
	[LIC_SVG_COMMENT] = { "comment", LIC_ROLE_COMMENT, 0, 0 },
	[LIC_SVG_METADATA] = { "metadata", LIC_ROLE_COMMENT, 0, 0 },
};
static const struct lic_field aside_field = { "text", LIC_ROLE_CAPTION, 0, 0 };

void lic_svg_text_init(struct lic_svg_text *t, struct lic_reading *r)
{
	*t = (struct lic_svg_text){ .r = r, .left = CLAIMS_MAX };
	t->open = (struct lic_buf)LIC_BUF_INIT(r->limits->value_max);
	t->metadata = (struct lic_buf)LIC_BUF_INIT(r->limits->block_max);
	t->aside = (struct lic_buf)LIC_BUF_INIT(ASIDE + OVERLAP + 1);
}

void lic_svg_text_release(struct lic_svg_text *t)
{
	lic_buf_release(&t->open);
	lic_buf_release(&t->metadata);
	lic_buf_release(&t->aside);
}

static bool is_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && (p[i] < '\t' || p[i] > '\r'))
			return false;
	return true;
}

/* Does the joined text say something about rights that was not said just before? */
static bool speaks(struct lic_svg_text *t)
{
	struct lic_parse parse = { 0 };

	lic_license_parse(LIC_CONTEXT_ANY, lic_buf_str(&t->aside), t->aside.len, &parse);
	if (parse.kind == LIC_PARSE_NOASSERTION || parse.kind == LIC_PARSE_UNRECOGNISED ||
	    parse.kind == LIC_PARSE_NOTICE)
		return false;
	if (parse.kind == t->last.kind && strcmp(parse.expression, t->last.expression) == 0)
		return false;
	t->last = parse;
	return true;
}

static void flush(struct lic_svg_text *t)
{
	struct lic_buf *b = &t->aside;
	size_t keep = b->len < OVERLAP ? b->len : OVERLAP;

	if (speaks(t))
		lic_reading_add(t->r, "SVG", &aside_field, lic_reading_packet(t->r),
				LIC_CHARSET_GUESS, b->data, b->len);
	if (keep) {
		memmove(b->data, b->data + b->len - keep, keep);
		lic_buf_truncate(b, keep);
	}
}

/* `whole`: none of it may be left unread. */
static void set_aside(struct lic_svg_text *t, bool whole, const char *p, size_t n)
{
	if (n > PROSE_MAX - t->searched) {
		if (whole)
			lic_reading_damage(t->r, "more comments than the limits allow");
		n = PROSE_MAX - t->searched;
	}
	t->searched += n;
	while (n) {
		size_t room = ASIDE + OVERLAP - t->aside.len;
		size_t k = n < room ? n : room;

		lic_buf_add(&t->aside, p, k);
		p += k;
		n -= k;
		if (t->aside.len == ASIDE + OVERLAP)
			flush(t);
	}
	if (t->aside.len)
		lic_buf_addc(&t->aside, '\n');
	if (t->aside.len >= ASIDE + OVERLAP)
		flush(t);
}

void lic_svg_text_open(struct lic_svg_text *t, enum lic_svg_prose kind, unsigned depth)
{
	if (t->depth)
		return;
	t->kind = kind;
	t->depth = depth;
	t->is_long = false;
	lic_buf_reset(&t->open);
}

void lic_svg_text_add(struct lic_svg_text *t, const char *p, size_t n)
{
	if (!t->depth)
		return;
	if (n > t->open.max - t->open.len) {
		t->is_long = true;
		set_aside(t, false, lic_buf_str(&t->open), t->open.len);
		lic_buf_reset(&t->open);
	}
	lic_buf_add(&t->open, p, n);
}

void lic_svg_text_close(struct lic_svg_text *t, unsigned depth)
{
	if (!t->depth || t->depth != depth)
		return;
	t->depth = 0;
	lic_svg_text_say(t, t->kind, depth == 2 && !t->is_long, lic_buf_str(&t->open), t->open.len);
}

void lic_svg_text_break(struct lic_svg_text *t)
{
	if (t->metadata.len && t->metadata.data[t->metadata.len - 1] != '\n')
		lic_buf_addc(&t->metadata, '\n');
}

void lic_svg_text_say(struct lic_svg_text *t, enum lic_svg_prose kind, bool own, const char *p,
		      size_t n)
{
	if (is_blank(p, n))
		return;
	if (!own || !t->left || n > t->r->limits->value_max) {
		set_aside(t, own && fields[kind].role == LIC_ROLE_COMMENT, p, n);
		return;
	}
	t->left--;
	lic_reading_add(t->r, "SVG", &fields[kind], lic_reading_texts(t->r), LIC_CHARSET_GUESS, p,
			n);
}

void lic_svg_text_end(struct lic_svg_text *t)
{
	if (t->aside.len)
		flush(t);
}

static int value_of(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool lic_svg_base64(const struct lic_buf *in, struct lic_buf *out)
{
	uint32_t word = 0;
	unsigned bits = 0;
	bool padded = false;

	for (size_t i = 0; i < in->len; i++) {
		unsigned char c = (unsigned char)in->data[i];
		int v = value_of(c);

		if (c == ' ' || (c >= '\t' && c <= '\r'))
			continue;
		padded = padded || c == '=';
		if (c == '=')
			continue;
		if (v < 0 || padded)
			return false;
		word = word << 6 | (uint32_t)v;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		lic_buf_addc(out, (char)(word >> bits & 0xff));
	}
	return bits < 6 && !lic_buf_failed(out);
}
