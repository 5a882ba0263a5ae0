/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation as one JSON object; its keys are a contract. */
#include <string.h>

#include "date.h"
#include "documents.h"
#include "explain.h"
#include "output.h"

static void json_views(const struct explanation *x, struct lic_json *j)
{
	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t i = 0; i < x->n_views; i++)
		if (x->views[i].in)
			lic_json_str(j, x->views[i].view->name);
	lic_json_array_end(j);
	lic_json_key(j, "why");
	lic_json_object(j);
	for (size_t i = 0; i < x->n_views; i++)
		lic_json_kstr(j, x->views[i].view->name, x->views[i].why);
	lic_json_object_end(j);
}

static void json_decision(const struct explanation *x, int64_t number, struct lic_json *j)
{
	const struct told_decision *d = history_in_force(&x->history, number);
	char at[32];

	lic_json_kint(j, "decision", number);
	if (!d)
		return;
	date_format(d->at, at);
	lic_json_kstr(j, "at", at);
	lic_json_kstr(j, "who", d->who);
	lic_json_kstr(j, "reason", d->reason);
}

static void json_claims(const struct explanation *x, struct lic_json *j)
{
	lic_json_key(j, "claims");
	lic_json_array(j);
	for (size_t i = 0; i < x->claims.n; i++) {
		const struct lic_claim *c = &x->claims.item[i];
		const struct lic_effect *e = &x->effects[i];

		lic_json_object(j);
		lic_json_kstr(j, "source", c->source);
		lic_json_kstr(j, "field", c->field);
		lic_json_kstr(j, "rank", lic_rank_name(c->rank));
		lic_json_kstr(j, "role", lic_role_name(c->role));
		lic_json_key(j, "raw");
		lic_json_bytes(j, c->raw.p, c->raw.n);
		lic_json_kstr(j, "text", c->text);
		lic_json_kstr(j, "license", *e->license ? e->license : NULL);
		lic_json_kstr(j, "effect", e->effect);
		lic_json_kstr(j, "rule", e->rule);
		if (explain_is_decision(c))
			json_decision(x, c->ref, j);
		else if (c->ref)
			lic_json_kint(j, "manifest", c->ref);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_settle(const struct explanation *x, struct lic_json *j)
{
	lic_json_kstr(j, "conflict", x->kind.len ? lic_buf_str(&x->kind) : NULL);
	lic_json_key(j, "settle");
	lic_json_array(j);
	for (size_t i = 0; i < x->settle.n; i++) {
		const struct settlement *s = &x->settle.item[i];

		lic_json_object(j);
		lic_json_kstr(j, "does", s->does);
		lic_json_kstr(j, "scope", s->all ? "all" : "file");
		lic_json_kstr(j, "source", s->source);
		lic_json_kstr(j, "license", s->license);
		lic_json_kbool(j, "override", s->override);
		if (s->decision)
			lic_json_kint(j, "decision", s->decision);
		lic_json_kstr(j, "command", s->command);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

/* What a scan found in a file that is no image, and what of it each view has. */
static void json_document(const struct explanation *x, struct lic_json *j)
{
	const struct lic_entry *e = &x->image.entry;

	lic_json_key(j, "document");
	if (x->looked)
		documents_json_one(&x->document, j);
	else
		lic_json_null(j);
	lic_json_kstr(j, "advice", e->id ? documents_advice(e->kind, e->rule, &x->document) : NULL);
	if (e->kind != LIC_KIND_DOCUMENT)
		return;
	lic_json_key(j, "stays");
	lic_json_object(j);
	for (size_t i = 0; i < x->n_views; i++) {
		const struct view_verdict *v = &x->views[i];

		if (!v->in)
			continue;
		lic_json_key(j, v->view->name);
		lic_json_object(j);
		lic_json_kint(j, "records", (int64_t)v->stays.records);
		lic_json_kint(j, "bytes", (int64_t)v->stays.bytes);
		lic_json_kbool(j, "whole", v->stays.whole);
		lic_json_object_end(j);
	}
	lic_json_object_end(j);
}

static void json_revoked(const struct explanation *x, struct lic_json *j)
{
	lic_json_key(j, "revocations");
	lic_json_array(j);
	for (size_t i = 0; i < x->revoked.n; i++) {
		lic_json_object(j);
		revocation_json(&x->revoked.item[i], j);
		lic_json_kstr(j, "by", lic_selector_name(x->revoked.item[i].by));
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

void explain_json(const struct explanation *x, struct json_line *line)
{
	const struct lic_entry *e = &x->image.entry;
	const struct lic_rights *rights = x->image.rights;
	struct lic_json *j = &line->json;
	char hash[40];

	json_begin(line);
	lic_json_key(j, "path");
	lic_json_bytes(j, lic_buf_str(&x->image.path), x->image.path.len);
	lic_json_kstr(j, "status", rights ? lic_status_name(rights->status) : NULL);
	lic_json_kstr(j, "reason", lic_buf_str(&x->reason));
	image_json_rights(j, rights);
	image_json_credit(j, x->image.have_credit ? &x->image.credit : NULL);
	json_views(x, j);
	json_claims(x, j);
	json_settle(x, j);
	json_revoked(x, j);
	makers_json(&x->makers, j);
	history_json(&x->history, j);
	lic_json_kstr(j, "kind", e->id ? lic_kind_name(e->kind) : NULL);
	lic_json_kstr(j, "rule", e->id ? lic_rule_name(e->rule) : NULL);
	lic_json_kstr(j, "format", rights ? lic_format_name(e->format) : NULL);
	if (rights)
		image_hash(&e->hash, hash);
	lic_json_kstr(j, "xxh3", rights ? hash : NULL);
	lic_json_kbool(j, "exists", x->exists);
	lic_json_kbool(j, "changed", x->changed);
	if (e->kind == LIC_KIND_DIR) {
		lic_json_kint(j, "images", x->below);
		lic_json_kint(j, "clear", x->clear_below);
	}
	json_document(x, j);
	if (e->kind == LIC_KIND_COMPANION || e->kind == LIC_KIND_IMAGE) {
		lic_json_key(j, e->kind == LIC_KIND_IMAGE ? "documents" : "images");
		lic_json_array(j);
		for (size_t i = 0; i < x->n_related; i++)
			lic_json_bytes(j, lic_buf_str(&x->related[i]), x->related[i].len);
		lic_json_array_end(j);
	}
	json_end(line);
}
