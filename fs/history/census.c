/* SPDX-License-Identifier: Apache-2.0 */
/* Counts images by what reports tell of them. */
#include <errno.h>
#include <string.h>

#include <licensefs/census.h>
#include <licensefs/sum.h>

#include "fs/util/hash.h"

#define BUCKETS (2 * LIC_CENSUS_ROWS_MAX) /* a power of two, never full */
#define HOST_MAX 253u			  /* RFC 1035 2.3.4 */
#define SIGNALS_MAX (64u * 1024)	  /* bytes of all that reserve one image */

struct counts {
	struct lic_census_row *row; /* n of them; keys are owned */
	size_t n, cap;
	uint32_t *bucket; /* place of a row plus 1, by the hash of its key */
	struct lic_census_row rest;
	bool sorted; /* then `bucket` is not valid */
};

struct lic_census {
	struct counts table[LIC_CENSUS_TABLES];
	int64_t images, bytes;
	struct lic_buf text;
	struct lic_buf signals; /* of one image, each with its NUL */
	struct lic_claims claims;
	struct lic_effect *effect; /* cap_effect of them */
	size_t cap_effect;
};

struct lic_census *lic_census_new(void)
{
	struct lic_census *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->text = (struct lic_buf)LIC_BUF_INIT(LIC_CENSUS_KEY_MAX);
	c->signals = (struct lic_buf)LIC_BUF_INIT(SIGNALS_MAX);
	c->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	return c;
}

void lic_census_free(struct lic_census *c)
{
	if (!c)
		return;
	for (size_t t = 0; t < LIC_CENSUS_TABLES; t++) {
		for (size_t i = 0; i < c->table[t].n; i++)
			free((char *)c->table[t].row[i].key);
		free(c->table[t].row);
		free(c->table[t].bucket);
	}
	lic_buf_release(&c->text);
	lic_buf_release(&c->signals);
	lic_claims_release(&c->claims);
	free(c->effect);
	free(c);
}

/* --- rows --------------------------------------------------------------------------------- */

static uint32_t *bucket_of(struct counts *t, const char *key, size_t n)
{
	size_t at = lic_hash64(key, n) & (BUCKETS - 1);

	for (; t->bucket[at]; at = (at + 1) & (BUCKETS - 1)) {
		const char *there = t->row[t->bucket[at] - 1].key;

		if (strncmp(there, key, n) == 0 && !there[n])
			break;
	}
	return &t->bucket[at];
}

static bool index_rows(struct counts *t)
{
	if (!t->bucket)
		t->bucket = malloc(BUCKETS * sizeof(*t->bucket));
	if (!t->bucket)
		return false;
	memset(t->bucket, 0, BUCKETS * sizeof(*t->bucket));
	for (size_t i = 0; i < t->n; i++)
		*bucket_of(t, t->row[i].key, strlen(t->row[i].key)) = (uint32_t)i + 1;
	t->sorted = false;
	return true;
}

/* NULL without memory. */
static struct lic_census_row *row_of(struct counts *t, const char *key, size_t n)
{
	uint32_t *bucket;

	if ((!t->bucket || t->sorted) && !index_rows(t))
		return NULL;
	bucket = bucket_of(t, key, n);
	if (*bucket)
		return &t->row[*bucket - 1];
	if (t->n == LIC_CENSUS_ROWS_MAX)
		return &t->rest;
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 16;
		void *more = reallocarray(t->row, cap + 1, sizeof(*t->row)); /* with the rest */

		if (!more)
			return NULL;
		t->row = more;
		t->cap = cap;
	}
	t->row[t->n] = (struct lic_census_row){ .key = strndup(key, n) };
	if (!t->row[t->n].key)
		return NULL;
	*bucket = (uint32_t)++t->n;
	return &t->row[t->n - 1];
}

int lic_census_count(struct lic_census *c, enum lic_census_table table, const char *key,
		     const struct lic_entry *e, struct lic_error *err)
{
	struct lic_census_row *row =
		row_of(&c->table[table], key, strnlen(key, LIC_CENSUS_KEY_MAX));

	if (!row)
		return lic_error_set(err, ENOMEM, "out of memory for a census");
	if (!row->images++)
		row->example = e->id;
	lic_sum_size(&row->bytes, e->st.size);
	return 0;
}

static int by_images(const void *a, const void *b)
{
	const struct lic_census_row *x = a, *y = b;

	if (x->images != y->images)
		return x->images < y->images ? 1 : -1;
	return strcmp(x->key, y->key);
}

size_t lic_census_rows(struct lic_census *c, enum lic_census_table table,
		       const struct lic_census_row **ret)
{
	struct counts *t = &c->table[table];

	*ret = t->row;
	if (!t->n)
		return 0;
	qsort(t->row, t->n, sizeof(*t->row), by_images);
	t->sorted = true;
	if (!t->rest.images)
		return t->n;
	t->row[t->n] = t->rest;
	t->row[t->n].key = "";
	t->row[t->n].rest = true;
	return t->n + 1;
}

int64_t lic_census_images(const struct lic_census *c)
{
	return c->images;
}

int64_t lic_census_bytes(const struct lic_census *c)
{
	return c->bytes;
}

/* --- what an image counts as -------------------------------------------------------------- */

void lic_census_domain(const char *url, struct lic_buf *out)
{
	const char *host = url ? strstr(url, "://") : NULL, *at;
	size_t n;

	if (!host)
		return;
	host += 3;
	n = strcspn(host, "/?#\\");
	at = memrchr(host, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	at = *host == '[' ? memchr(host, ']', n) : memchr(host, ':', n);
	if (at)
		n = (size_t)(at - host) + (*at == ']');
	if (n > 4 && strncasecmp(host, "www.", 4) == 0 && memchr(host + 4, '.', n - 4)) {
		host += 4;
		n -= 4;
	}
	n -= n && host[n - 1] == '.';
	if (n > HOST_MAX)
		return;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)host[i] <= ' ' || strchr("\177\"<>`", host[i]))
			return;
	for (size_t i = 0; i < n; i++)
		lic_buf_addc(out,
			     host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] | 32) : host[i]);
}

static int count_domain(struct lic_census *c, const struct lic_entry *e,
			const struct lic_credit *credit, struct lic_error *err)
{
	lic_buf_reset(&c->text);
	lic_census_domain(credit->source_url, &c->text);
	return lic_census_count(c, LIC_CENSUS_DOMAIN, lic_buf_str(&c->text), e, err);
}

/* Every image has sidecars of its own: they are one source. */
static void add_signal(struct lic_census *c, const struct lic_claim *claim)
{
	const struct lic_buf *all = &c->signals;
	size_t n = strlen(claim->source);

	if (claim->rank == LIC_RANK_SIDECAR && strncmp(claim->source, "sidecar ", 8) == 0)
		n = 7;
	lic_buf_reset(&c->text);
	lic_buf_add(&c->text, claim->source, n);
	if (*claim->field)
		lic_buf_addc(&c->text, ' ');
	lic_buf_adds(&c->text, claim->field);
	for (size_t at = 0; at < all->len; at += strlen(all->data + at) + 1)
		if (strcmp(all->data + at, lic_buf_str(&c->text)) == 0)
			return;
	lic_buf_add(&c->signals, lic_buf_str(&c->text), c->text.len + 1);
}

static int find_signals(struct lic_census *c, struct lic_catalog *cat, const struct lic_entry *e,
			struct lic_error *err)
{
	struct lic_policy policy;
	struct lic_rights rights;
	int r;

	lic_claims_reset(&c->claims);
	r = lic_catalog_claims(cat, e->id, &c->claims, err);
	if (r == -ENOENT)
		return 0; /* it has ended */
	if (r == 0)
		r = lic_catalog_policy(cat, &policy, err);
	if (r < 0)
		return r;
	if (c->claims.n > c->cap_effect) {
		void *more = reallocarray(c->effect, c->claims.n, sizeof(*c->effect));

		if (!more)
			return lic_error_set(err, ENOMEM, "out of memory for a census");
		c->effect = more;
		c->cap_effect = c->claims.n;
	}
	lic_rights_resolve(&c->claims, &policy, &rights, NULL, c->effect);
	for (size_t i = 0; i < c->claims.n; i++)
		if (strcmp(c->effect[i].effect, "reserves") == 0)
			add_signal(c, &c->claims.item[i]);
	return 0;
}

static int count_signals(struct lic_census *c, struct lic_catalog *cat, const struct lic_entry *e,
			 const struct lic_rights *rights, struct lic_error *err)
{
	unsigned prohibits = 0;
	int r;

	for (unsigned i = 0; i < rights->n_alternatives; i++)
		prohibits |= rights->alternative[i].ml_prohibited;
	if (!rights->reservations && !prohibits)
		return 0;
	lic_buf_reset(&c->signals);
	r = find_signals(c, cat, e, err);
	if (prohibits)
		lic_buf_add(&c->signals, "license", sizeof("license"));
	for (unsigned bits = rights->reservations; r == 0 && bits; bits &= bits - 1)
		r = lic_census_count(c, LIC_CENSUS_SCOPE, lic_reserve_name(bits & -bits), e, err);
	if (r == 0 && !c->signals.len)
		r = lic_census_count(c, LIC_CENSUS_SIGNAL, "", e, err);
	for (size_t at = 0; r == 0 && at < c->signals.len; at += strlen(c->signals.data + at) + 1)
		r = lic_census_count(c, LIC_CENSUS_SIGNAL, c->signals.data + at, e, err);
	return r;
}

int lic_census_add_credited(struct lic_census *c, struct lic_catalog *cat,
			    const struct lic_entry *e, const struct lic_rights *rights,
			    const struct lic_credit *credit, struct lic_error *err)
{
	int r = lic_census_count(c, LIC_CENSUS_STATUS, lic_status_name(rights->status), e, err);

	if (r == 0)
		r = lic_census_count(c, LIC_CENSUS_LICENSE, rights->license, e, err);
	if (r == 0)
		r = lic_census_count(c, LIC_CENSUS_FORMAT, lic_format_name(e->format), e, err);
	if (r == 0)
		r = count_domain(c, e, credit, err);
	if (r == 0)
		r = count_signals(c, cat, e, rights, err);
	if (r < 0)
		return r;
	c->images++;
	lic_sum_size(&c->bytes, e->st.size);
	return 0;
}

int lic_census_add(struct lic_census *c, struct lic_catalog *cat, const struct lic_entry *e,
		   const struct lic_rights *rights, struct lic_error *err)
{
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	int r = lic_catalog_credit(cat, e->id, &credit, err);

	return r < 0 ? r : lic_census_add_credited(c, cat, e, rights, &credit, err);
}
