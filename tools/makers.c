/* SPDX-License-Identifier: Apache-2.0 */
/* Which jobs made a store, for people and as JSON. */
#include "makers.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"

#define LICENSES_SHOWN 8

struct reading {
	struct makers *m;
	struct lic_catalog *cat;
	struct lic_error *err;
};

static char *copy(const char *s)
{
	char *p = strdup(s);

	if (!p)
		output_out_of_memory();
	return p;
}

static int add_license(void *ctx, const struct lic_maker_license *l)
{
	struct told_maker *m = ctx;
	struct made_of *more = reallocarray(m->of, m->n_of + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	m->of = more;
	more[m->n_of++] = (struct made_of){ l->license ? copy(l->license) : NULL, l->images,
					    l->bytes, l->opened };
	return 0;
}

static int add(void *ctx, const struct lic_maker *maker)
{
	struct reading *x = ctx;
	struct told_maker *more;

	if (maker->died)
		return 0;
	more = reallocarray(x->m->item, x->m->n + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	x->m->item = more;
	more += x->m->n++;
	*more = (struct told_maker){ .number = maker->number,
				     .at = maker->at,
				     .complete = maker->complete,
				     .job = copy(maker->job),
				     .store = copy(maker->store),
				     .who = copy(maker->who) };
	memcpy(more->members, maker->members, sizeof(more->members));
	memcpy(more->ledger, maker->ledger, sizeof(more->ledger));
	return lic_catalog_maker_licenses(x->cat, maker->number, add_license, more, x->err);
}

int makers_read(struct makers *m, struct lic_catalog *cat, struct lic_error *err)
{
	struct reading x = { m, cat, err };

	memset(m, 0, sizeof(*m));
	return lic_catalog_makers(cat, add, &x, err);
}

void makers_release(struct makers *m)
{
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < m->item[i].n_of; k++)
			free(m->item[i].of[k].license);
		free(m->item[i].of);
		free(m->item[i].job);
		free(m->item[i].store);
		free(m->item[i].who);
	}
	free(m->item);
	memset(m, 0, sizeof(*m));
}

/* --- for people --------------------------------------------------------------------------- */

static void add_licenses(const struct told_maker *m, struct lic_buf *out)
{
	char n[32];

	for (size_t i = 0; i < m->n_of && i < LICENSES_SHOWN; i++) {
		const struct made_of *of = &m->of[i];

		lic_buf_adds(out, i ? ", " : ": ");
		if (!of->license)
			lic_buf_adds(out, "others");
		else if (*of->license)
			lic_text_show(out, of->license, strlen(of->license));
		else
			lic_buf_adds(out, "no license");
		lic_buf_addf(out, " (%s %s, ", output_count(of->images, n),
			     output_plural(of->images, "image", "images"));
		lic_buf_addf(out, "%s%s opened)", m->complete ? "" : "at least ",
			     output_count(of->opened, n));
	}
	if (m->n_of > LICENSES_SHOWN)
		lic_buf_addf(out, " and %s more; --json names all",
			     output_count((int64_t)(m->n_of - LICENSES_SHOWN), n));
}

/* "job 'gen' of '/data/photos' (2026-11-22, by jane): CC0-1.0 (5 images, 2 opened)" */
static void describe(const struct told_maker *m, struct lic_buf *out)
{
	char at[32];

	date_format(m->at, at);
	at[10] = 0; /* the day */
	lic_buf_adds(out, "job ");
	lic_text_quote(out, m->job, strlen(m->job));
	lic_buf_adds(out, " of ");
	lic_text_quote(out, m->store, strlen(m->store));
	lic_buf_addf(out, " (recorded on %s by ", at);
	lic_text_show(out, m->who, strlen(m->who));
	lic_buf_addc(out, ')');
	add_licenses(m, out);
}

void makers_print(const struct makers *m)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct lic_buf text = LIC_BUF_INIT(1u << 20);
	struct table *t;
	char by[48];

	if (!m->n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);
	for (size_t i = 0; i < m->n; i++) {
		lic_buf_reset(&text);
		describe(&m->item[i], &text);
		snprintf(by, sizeof(by), "made by (%lld)", (long long)m->item[i].number);
		table_row(t, (const char *const[]){ by, lic_buf_str(&text) });
	}
	table_print(t);
	lic_buf_release(&text);
}

void makers_rows(const struct makers *m, struct table *t)
{
	struct lic_buf text = LIC_BUF_INIT(1u << 20);

	for (size_t i = 0; i < m->n; i++) {
		lic_buf_reset(&text);
		describe(&m->item[i], &text);
		table_row(t, (const char *const[]){ i ? "" : "made by", lic_buf_str(&text) });
		table_color(t, 0, "bold");
	}
	lic_buf_release(&text);
}

/* --- JSON --------------------------------------------------------------------------------- */

static void json_digest(struct lic_json *j, const char *key, const uint8_t digest[32])
{
	char hex[65];

	for (size_t i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	lic_json_kstr(j, key, hex);
}

void makers_json(const struct makers *m, struct lic_json *j)
{
	char at[32];

	lic_json_key(j, "makers");
	lic_json_array(j);
	for (size_t i = 0; i < m->n; i++) {
		const struct told_maker *t = &m->item[i];

		date_format(t->at, at);
		lic_json_object(j);
		lic_json_kint(j, "maker", t->number);
		lic_json_kstr(j, "job", t->job);
		lic_json_kstr(j, "store", t->store);
		lic_json_kstr(j, "who", t->who);
		lic_json_kstr(j, "at", at);
		json_digest(j, "members", t->members);
		json_digest(j, "ledger", t->ledger);
		lic_json_kbool(j, "complete", t->complete);
		lic_json_key(j, "licenses");
		lic_json_array(j);
		for (size_t k = 0; k < t->n_of; k++) {
			lic_json_object(j);
			lic_json_kstr(j, "license", t->of[k].license);
			lic_json_kint(j, "images", t->of[k].images);
			lic_json_kint(j, "bytes", t->of[k].bytes);
			lic_json_kint(j, "opened", t->of[k].opened);
			lic_json_object_end(j);
		}
		lic_json_array_end(j);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}
