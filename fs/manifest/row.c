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
	lic_arena_reset(&m->keys);
	m->n_keys = 0;
	m->failed = false;
}

void lic_row_key(struct lic_manifest_reading *m, enum lic_key_kind kind, const void *p, size_t n)
{
	char *copy;

	if (!n && kind != LIC_KEY_ALL)
		return;
	copy = m->n_keys < LIC_ROW_KEYS_MAX ? lic_arena_dup(&m->keys, p ? p : "", n) : NULL;
	if (!copy) {
		m->failed = true;
		return;
	}
	m->key[m->n_keys++] = (struct lic_key){ kind, { (const uint8_t *)copy, n } };
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

int lic_row_end(struct lic_manifest_reading *m, uint64_t line, struct lic_error *err)
{
	const struct lic_row row = { m->key, m->n_keys, &m->claims, line };

	if (m->failed || m->claims.damage)
		return lic_error_set(err, EBADMSG, "'%s', row %llu: more than a row may hold",
				     m->name, (unsigned long long)line);
	if (!m->n_keys)
		return lic_error_set(err, EBADMSG,
				     "'%s', row %llu: nothing says which image it is about",
				     m->name, (unsigned long long)line);
	m->rows++;
	return m->o->row(m->o->ctx, &row, err);
}

int lic_table_header(struct lic_delimited *d, const struct lic_column *columns, size_t n,
		     int *place)
{
	int r = lic_delimited_next(d);

	if (r < 0)
		return r;
	if (r == 0)
		return lic_delimited_bad(d, "an empty file; a first line with names of columns "
					    "should be there");
	for (size_t i = 0; i < n; i++) {
		place[i] = lic_delimited_find(d, columns[i].name);
		if (place[i] < 0 && columns[i].needed)
			return lic_delimited_bad(d, "no column is named '%s'", columns[i].name);
		/* a second one may say something else */
		for (size_t k = (size_t)place[i] + 1; place[i] >= 0 && k < d->n; k++)
			if (d->field[k].n == d->field[place[i]].n &&
			    strncasecmp((const char *)d->field[k].p, columns[i].name,
					d->field[k].n) == 0)
				return lic_delimited_bad(d, "two columns are named '%s'",
							 columns[i].name);
	}
	return (int)d->n;
}

int lic_table_next(struct lic_delimited *d, size_t n_fields)
{
	int r = lic_delimited_next(d);

	if (r > 0 && d->n != n_fields)
		return lic_delimited_bad(d, "%zu %s where the first row has %zu", d->n,
					 d->n == 1 ? "field" : "fields", n_fields);
	return r;
}
