/* SPDX-License-Identifier: Apache-2.0 */
/* Imports that have ended, as the history of explain shows them. */
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog.h>

#include "date.h"
#include "past_imports.h"

#define STATED_MAX 64  /* statements of one import */
#define WORDS_SHOWN 4  /* of these, to people */
#define TEXT_SHOWN 200 /* bytes of one; --json shows all */

struct gathering {
	struct past_imports *past;
	const struct lic_policy *policy;
};

static char *copy(const char *s)
{
	char *p = strdup(s);

	if (!p)
		output_out_of_memory();
	return p;
}

/* --- gathering ---------------------------------------------------------------------------- */

/* Other roles credit, describe, or say nothing. */
static bool is_statement(enum lic_role role)
{
	switch (role) {
	case LIC_ROLE_LICENSE:
	case LIC_ROLE_WEBSTATEMENT:
	case LIC_ROLE_COPYRIGHT:
	case LIC_ROLE_NOTICE:
	case LIC_ROLE_RESERVATION:
	case LIC_ROLE_CONSTRAINT:
	case LIC_ROLE_NOT_AFTER:
	case LIC_ROLE_NOT_BEFORE:
	case LIC_ROLE_RELEASE:
	case LIC_ROLE_TERMS:
		return true;
	default:
		return false;
	}
}

static bool is_stated(const struct past_import *p, const struct lic_claim *c)
{
	const char *role = lic_role_name(c->role);

	for (size_t i = 0; i < p->n_stated; i++) {
		const struct past_statement *s = &p->stated[i];

		if (strcmp(s->role, role) == 0 && strcmp(s->field, c->field) == 0 &&
		    strcmp(s->text, c->text) == 0)
			return true;
	}
	return false;
}

static void take_statements(struct past_import *p, const struct lic_claims *claims,
			    const struct lic_policy *policy)
{
	struct lic_effect *effects = calloc(claims->n + 1, sizeof(*effects));
	struct lic_rights rights;

	p->stated = calloc(STATED_MAX, sizeof(*p->stated));
	if (!effects || !p->stated)
		output_out_of_memory();
	lic_rights_resolve(claims, policy, &rights, NULL, effects);
	snprintf(p->license, sizeof(p->license), "%s", rights.license);
	p->clear = rights.status == LIC_STATUS_CLEAR;
	for (size_t i = 0; i < claims->n && p->n_stated < STATED_MAX; i++) {
		const struct lic_claim *c = &claims->item[i];
		struct past_statement *s = &p->stated[p->n_stated];

		if (!is_statement(c->role) || is_stated(p, c))
			continue;
		p->n_stated++;
		s->role = copy(lic_role_name(c->role));
		s->field = copy(c->field);
		s->text = copy(c->text);
		memcpy(s->license, effects[i].license, sizeof(s->license));
	}
	free(effects);
}

/* What PAST_IMPORT_UNDO has made; the name of who did it has no colon. */
static void take_end(struct past_import *p, const char *verb)
{
	struct lic_buf start = LIC_BUF_INIT(128);
	const char *who, *why;

	lic_buf_addf(&start, PAST_IMPORT_UNDO, (long long)p->number, "", "");
	lic_buf_truncate(&start, start.len - 2); /* the colon after who */
	who = strncmp(verb, lic_buf_str(&start), start.len) == 0 ? verb + start.len : NULL;
	why = who ? strstr(who, ": ") : NULL;
	lic_buf_release(&start);
	if (!why)
		return;
	p->ended_who = strndup(who, (size_t)(why - who));
	p->ended_why = copy(why + 2);
	if (!p->ended_who)
		output_out_of_memory();
}

static int gather(void *ctx, const struct lic_past_rows *rows)
{
	struct gathering *g = ctx;
	struct past_imports *past = g->past;
	const struct lic_manifest *m = &rows->manifest;
	struct past_import *p = reallocarray(past->item, past->n + 1, sizeof(*p));

	if (!p)
		output_out_of_memory();
	past->item = p;
	memmove(p + 1, p, past->n++ * sizeof(*p)); /* the newest come first */
	*p = (struct past_import){
		.number = m->number,
		.born = m->born,
		.at = m->at,
		.ended_at = rows->ended_at,
		.superseded = rows->superseded,
		.rows = rows->rows,
		.collection = copy(m->collection),
		.format = copy(m->format),
		.who = copy(m->who),
	};
	take_statements(p, rows->claims, g->policy);
	if (!p->superseded)
		take_end(p, rows->ended_verb);
	return 0;
}

int past_imports_load(struct past_imports *p, struct lic_catalog *cat, int64_t entry,
		      struct lic_error *err)
{
	struct lic_policy policy;
	struct gathering g = { p, &policy };
	int r = lic_catalog_policy(cat, &policy, err);

	return r < 0 ? r : lic_catalog_past_rows(cat, entry, gather, &g, &p->more, err);
}

void past_imports_release(struct past_imports *past)
{
	for (size_t i = 0; i < past->n; i++) {
		struct past_import *p = &past->item[i];

		for (size_t k = 0; k < p->n_stated; k++) {
			free(p->stated[k].role);
			free(p->stated[k].field);
			free(p->stated[k].text);
		}
		free(p->stated);
		free(p->collection);
		free(p->format);
		free(p->who);
		free(p->ended_who);
		free(p->ended_why);
	}
	free(past->item);
	*past = (struct past_imports){ 0 };
}

/* --- showing ------------------------------------------------------------------------------ */

static void add_shown(struct lic_buf *b, const char *before, const char *s)
{
	lic_buf_adds(b, before);
	lic_text_show(b, s, strlen(s));
}

static void add_quoted(struct lic_buf *b, const char *text)
{
	size_t n = strlen(text);

	lic_buf_addc(b, '"');
	lic_text_show(b, text, n < TEXT_SHOWN ? n : TEXT_SHOWN);
	lic_buf_adds(b, n < TEXT_SHOWN ? "\"" : "...\"");
}

/* The license; where that alone clears nothing, the words too. */
static void add_stated(struct lic_buf *b, const struct past_import *p)
{
	lic_text_show(b, p->license, strlen(p->license));
	for (size_t i = 0; !p->clear && i < p->n_stated; i++) {
		lic_buf_adds(b, i || *p->license ? ", " : "");
		if (i == WORDS_SHOWN) {
			lic_buf_adds(b, "...");
			break;
		}
		add_quoted(b, p->stated[i].text);
	}
	if (!*p->license && !p->n_stated)
		lic_buf_adds(b, "no license");
}

void past_import_print(const struct past_import *p, struct table *t)
{
	struct lic_buf what = LIC_BUF_INIT(1u << 20), why = LIC_BUF_INIT(1u << 20);
	char number[40], at[32], ended[32] = "";

	snprintf(number, sizeof(number), "import %lld", (long long)p->number);
	date_format(p->at, at);
	if (p->ended_at)
		date_format(p->ended_at, ended);
	at[10] = ended[10] = 0; /* the days */
	add_shown(&what, "", p->collection);
	lic_buf_adds(&what, ": ");
	add_stated(&what, p);
	add_shown(&why, "by ", p->who);
	lic_buf_addf(&why, p->superseded ? "; superseded%s%s" : "; undone%s%s", *ended ? " " : "",
		     ended);
	if (p->superseded)
		lic_buf_addf(&why, " by import %lld", (long long)p->superseded);
	if (p->ended_who && p->ended_why) {
		add_shown(&why, " by ", p->ended_who);
		add_shown(&why, ": ", p->ended_why);
	}
	table_row(t, (const char *const[]){ number, at, lic_buf_str(&what), lic_buf_str(&why) });
	lic_buf_release(&what);
	lic_buf_release(&why);
}

void past_import_json(const struct past_import *p, struct lic_json *j)
{
	char at[32], ended[32];

	date_format(p->at, at);
	date_format(p->ended_at, ended);
	lic_json_object(j);
	lic_json_kint(j, "import", p->number);
	lic_json_kstr(j, "collection", p->collection);
	lic_json_kstr(j, "format", p->format);
	lic_json_kint(j, "rows", p->rows);
	lic_json_kstr(j, "license", *p->license ? p->license : NULL);
	lic_json_key(j, "stated");
	lic_json_array(j);
	for (size_t i = 0; i < p->n_stated; i++) {
		const struct past_statement *s = &p->stated[i];

		lic_json_object(j);
		lic_json_kstr(j, "role", s->role);
		lic_json_kstr(j, "field", s->field);
		lic_json_kstr(j, "text", s->text);
		lic_json_kstr(j, "license", *s->license ? s->license : NULL);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_json_kstr(j, "at", at);
	lic_json_kstr(j, "who", p->who);
	lic_json_kstr(j, "ended_at", p->ended_at ? ended : NULL);
	lic_json_key(j, "superseded_by");
	if (p->superseded)
		lic_json_int(j, p->superseded);
	else
		lic_json_null(j);
	lic_json_kstr(j, "ended_who", p->ended_who);
	lic_json_kstr(j, "ended_why", p->ended_why);
	lic_json_object_end(j);
}
