/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as readers build them up. */
#include <errno.h>
#include <string.h>

#include "fs/evidence/charset.h"
#include "fs/evidence/shape.h"
#include "fs/manifest/reader.h"

void lic_row_begin(struct lic_manifest_reading *m)
{
	lic_claims_reset(&m->claims);
	m->claims.item = m->item;
	m->claims.cap = LIC_ARRAY_SIZE(m->item);
	if (m->keys.used)
		lic_arena_reset(&m->keys);
	m->n_keys = 0;
	m->failed = false;
	m->too_long = NULL;
}

void lic_row_key_held(struct lic_manifest_reading *m, enum lic_key_kind kind, struct lic_bytes text)
{
	if (!text.n && kind != LIC_KEY_ALL)
		return;
	if (text.n > LIC_ROW_TEXT_MAX)
		m->too_long = "a key";
	if (m->n_keys == LIC_ROW_KEYS_MAX)
		m->failed = true;
	else
		m->key[m->n_keys++] = (struct lic_key){ kind, text };
}

void lic_row_key(struct lic_manifest_reading *m, enum lic_key_kind kind, const void *p, size_t n)
{
	char *copy = lic_arena_dup(&m->keys, p ? p : "", n);

	if (copy)
		lic_row_key_held(m, kind, (struct lic_bytes){ (const uint8_t *)copy, n });
	else
		m->failed = true;
}

static void add(struct lic_manifest_reading *m, const struct lic_claim *like, const char *field,
		struct lic_bytes raw, const char *text)
{
	struct lic_claim c = *like;

	c.packet = 1;
	c.source = m->o->label;
	c.field = field;
	c.raw = raw;
	c.text = text;
	c.override = c.rank == LIC_RANK_DATASET && m->o->grant;
	if (raw.n > LIC_ROW_TEXT_MAX)
		m->too_long = field;
	lic_claims_add(&m->claims, &c);
	m->claims.next_packet = 2;
}

static const char *decoded(struct lic_manifest_reading *m, struct lic_bytes raw)
{
	lic_buf_reset(&m->text);
	if (lic_utf8_valid(raw.p, raw.n) && !memchr(raw.p, 0, raw.n))
		lic_buf_add(&m->text, raw.p, raw.n);
	else
		lic_decode(&m->text, LIC_CHARSET_GUESS, raw.p, raw.n);
	m->failed = m->failed || lic_buf_failed(&m->text);
	return lic_buf_str(&m->text);
}

void lic_row_claim_held(struct lic_manifest_reading *m, enum lic_rank rank, enum lic_role role,
			enum lic_context context, const char *field, struct lic_bytes text)
{
	struct lic_claims *c = &m->claims;

	if (!text.n)
		return;
	if (c->n == c->cap || text.n > LIC_ROW_TEXT_MAX || !lic_utf8_valid(text.p, text.n)) {
		lic_row_claim(m, rank, role, context, field, text.p, text.n);
		return;
	}
	c->item[c->n++] = (struct lic_claim){
		.rank = rank,
		.role = role,
		.context = context,
		.packet = 1,
		.source = m->o->label,
		.field = field,
		.raw = text,
		.text = (const char *)text.p,
		.override = rank == LIC_RANK_DATASET && m->o->grant,
	};
	c->next_packet = 2;
}

void lic_row_claim_as(struct lic_manifest_reading *m, enum lic_rank rank, enum lic_role role,
		      enum lic_context context, const char *field, struct lic_bytes raw,
		      const char *text)
{
	const struct lic_claim like = { .rank = rank, .role = role, .context = context };

	add(m, &like, field, raw, text);
}

void lic_row_claim(struct lic_manifest_reading *m, enum lic_rank rank, enum lic_role role,
		   enum lic_context context, const char *field, const void *p, size_t n)
{
	const struct lic_bytes raw = { p, n };

	if (n)
		lic_row_claim_as(m, rank, role, context, field, raw, decoded(m, raw));
}

void lic_row_shape(struct lic_manifest_reading *m, enum lic_rank rank, const struct lic_shape *s,
		   const struct lic_record *d, const char *at)
{
	const struct lic_limits limits = LIC_LIMITS_DEFAULT;
	struct lic_reading r;

	lic_shape_begin(&r, &m->claims, rank, m->o->label, &limits);
	s->claims(&r, d, at);
	lic_shape_end(&r);
}

void lic_row_reserve(struct lic_manifest_reading *m, unsigned reserve, const char *field,
		     const void *p, size_t n)
{
	const struct lic_claim like = { .rank = LIC_RANK_MANIFEST,
					.role = LIC_ROLE_RESERVATION,
					.reserve = reserve };
	const struct lic_bytes raw = { p ? p : (const uint8_t *)"", n };

	add(m, &like, field, raw, decoded(m, raw));
}

void lic_row_terms(struct lic_manifest_reading *m, const char *id)
{
	const struct lic_bytes raw = { (const uint8_t *)id, strlen(id) };

	lic_row_claim_as(m, LIC_RANK_DATASET, LIC_ROLE_TERMS, LIC_CONTEXT_ANY, "terms", raw, id);
}

void lic_row_dataset(struct lic_manifest_reading *m, const char *id)
{
	const struct lic_bytes raw = { (const uint8_t *)id, strlen(id) };

	lic_row_claim_as(m, LIC_RANK_DATASET, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, "terms", raw, id);
	lic_row_terms(m, id);
}

int lic_row_end(struct lic_manifest_reading *m, uint64_t line, struct lic_error *err)
{
	const struct lic_row row = { m->key, m->n_keys, &m->claims, line };

	if (m->too_long)
		return lic_error_set(err, EBADMSG, "'%s', row %llu: '%s' is longer than %u KiB",
				     m->name, (unsigned long long)line, m->too_long,
				     LIC_ROW_TEXT_MAX >> 10);
	if (m->failed || m->claims.damage)
		return lic_error_set(err, EBADMSG, "'%s', row %llu: more than a row may hold",
				     m->name, (unsigned long long)line);
	if (!m->n_keys)
		return lic_error_set(err, EBADMSG,
				     "'%s', row %llu: nothing says which image it is about",
				     m->name, (unsigned long long)line);
	if (m->o->stop && *m->o->stop)
		return lic_error_set(err, EINTR, "interrupted; nothing was changed");
	m->rows++;
	return m->o->row(m->o->ctx, &row, err);
}
