/* SPDX-License-Identifier: Apache-2.0 */
/* Turns the bytes of a field into a claim, and keeps a file within its limits. */
#include <errno.h>
#include <string.h>

#include "fs/evidence/reader.h"
#include "fs/evidence/reserve.h"

void lic_reading_damage(struct lic_reading *r, const char *why)
{
	if (!r->claims->damage)
		r->claims->damage = why;
}

bool lic_reading_charge(struct lic_reading *r, uint64_t n)
{
	if (n > r->budget) {
		lic_reading_damage(r, "more metadata than the limits allow");
		return false;
	}
	r->budget -= n;
	return true;
}

bool lic_reading_block(struct lic_reading *r, uint64_t off, uint64_t n, struct lic_block *ret)
{
	int e;

	if (n > r->limits->block_max) {
		lic_reading_damage(r, "a metadata block is larger than the limits allow");
		return false;
	}
	if (!lic_reading_charge(r, n))
		return false;
	e = lic_input_block(r->in, off, (size_t)n, ret);
	if (e == -ERANGE)
		lic_reading_damage(r, "a metadata block runs past the end of the file");
	else if (e < 0)
		lic_reading_damage(r, "a metadata block could not be read");
	return e == 0;
}

uint32_t lic_reading_packet(struct lic_reading *r)
{
	return r->claims->next_packet++;
}

uint32_t lic_reading_texts(struct lic_reading *r)
{
	if (!r->texts)
		r->texts = lic_reading_packet(r);
	return r->texts;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool looks_like_url(const char *s)
{
	return strncasecmp(s, "http://", 7) == 0 || strncasecmp(s, "https://", 8) == 0 ||
	       strncasecmp(s, "www.", 4) == 0;
}

static bool says_false(const char *s)
{
	return strcasecmp(s, "false") == 0 || strcasecmp(s, "no") == 0 || strcmp(s, "0") == 0;
}

/* What the value itself decides about its role. */
static enum lic_role role_of(const struct lic_field *f, const char *text)
{
	if (f->kind == LIC_FIELD_URL && !looks_like_url(text))
		return LIC_ROLE_NONE;
	if (f->kind == LIC_FIELD_FLAG && says_false(text))
		return LIC_ROLE_NONE;
	if (f->kind == LIC_FIELD_PERMIT && !says_false(text))
		return LIC_ROLE_NONE;
	return (enum lic_role)f->role;
}

enum lic_role lic_role_aside(enum lic_role role)
{
	switch (role) {
	case LIC_ROLE_LICENSE:
	case LIC_ROLE_WEBSTATEMENT:
	case LIC_ROLE_COPYRIGHT:
	case LIC_ROLE_COMMENT:
		return LIC_ROLE_CAPTION;
	case LIC_ROLE_CREATOR:
	case LIC_ROLE_TITLE:
	case LIC_ROLE_SOURCE_URL:
		return LIC_ROLE_NONE;
	default:
		return role;
	}
}

void lic_reading_add_as(struct lic_reading *r, const char *source, const struct lic_field *field,
			uint32_t packet, const void *raw, size_t n, const char *text,
			uint32_t reserve)
{
	struct lic_claim c = {
		.rank = r->rank,
		.role = role_of(field, text),
		.context = (enum lic_context)field->context,
		.packet = packet,
		.reserve = reserve,
		.source = r->source ? r->source : source,
		.field = field->name,
		.raw = { raw, n },
		.text = text,
	};

	if (r->claims_left == 0) {
		lic_reading_damage(r, "more rights fields than the limits allow");
		return;
	}
	r->claims_left--;
	if (r->is_aside)
		c.role = lic_role_aside(c.role);
	lic_claims_add(r->claims, &c);
}

bool lic_field_must_be_whole(const struct lic_field *f)
{
	switch (f->role) {
	case LIC_ROLE_NONE:
	case LIC_ROLE_CAPTION:
	case LIC_ROLE_CREATOR:
	case LIC_ROLE_TITLE:
	case LIC_ROLE_SOURCE_URL:
	case LIC_ROLE_ORIGIN:
		return false;
	default:
		return true;
	}
}

void lic_reading_cut(struct lic_reading *r, const struct lic_field *field)
{
	if (lic_field_must_be_whole(field))
		lic_reading_damage(r, "a rights field is longer than the limits allow");
}

void lic_reading_add(struct lic_reading *r, const char *source, const struct lic_field *field,
		     uint32_t packet, enum lic_charset charset, const void *raw, size_t n)
{
	const uint8_t *p = raw;
	char *text;
	size_t len;

	if (charset == LIC_CHARSET_GUESS)
		charset = lic_charset_wide(p, n);
	/* padding is no content; in UTF-16 a final zero may be half of a character */
	if (charset == LIC_CHARSET_GUESS)
		while (n && !p[n - 1])
			n--;
	if (n > r->limits->value_max) {
		lic_reading_cut(r, field);
		n = r->limits->value_max;
	}
	lic_buf_reset(&r->text);
	lic_decode(&r->text, charset, p, n);
	lic_mojibake_mend(&r->text);
	if (lic_buf_failed(&r->text)) {
		lic_reading_damage(r, "a rights field could not be decoded");
		return;
	}
	len = r->text.len;
	text = r->text.data;
	while (len && is_space(text[len - 1]))
		len--;
	if (!len)
		return;
	text[len] = '\0';
	while (is_space(*text))
		text++;
	lic_reading_add_as(r, source, field, packet, raw, n, text,
			   lic_reserve_of(field->kind, text));
}
