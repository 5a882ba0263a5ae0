/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about a file, and imports and revocations that have ended, as explain shows them. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "decide.h"
#include "history.h"
#include "table.h"

struct gathering {
	struct history *history;
	struct lic_catalog *cat;
	const struct image *image;
	struct lic_error *err;
};

static int is_name(void *ctx, const char *collection, bool sure _unused_)
{
	return strcmp(ctx, collection) == 0;
}

static bool is_about(const struct image *image, const struct lic_decision *d, bool *ret_path)
{
	const struct lic_entry *e = &image->entry;

	*ret_path = lic_decision_matches(d, lic_buf_str(&image->path), image->path.len);
	return *ret_path || (d->has_hash && e->kind == LIC_KIND_IMAGE &&
			     memcmp(&d->hash, &e->hash, sizeof(d->hash)) == 0);
}

static char *copy(const char *s)
{
	char *p = s ? strdup(s) : NULL;

	if (s && !p)
		output_out_of_memory();
	return p;
}

static int gather(void *ctx, const struct lic_decision *d)
{
	struct gathering *g = ctx;
	struct told_decisions *l = d->died ? &g->history->past : &g->history->force;
	struct lic_buf made_for = LIC_BUF_INIT(1u << 20);
	bool path;

	if (!is_about(g->image, d, &path))
		return 0;
	if (d->collection) { /* of which it may have been one then; who knows but now */
		int r = lic_catalog_collections(g->cat, g->image->entry.id, is_name,
						(void *)(uintptr_t)d->collection, g->err);

		if (r <= 0)
			return r;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		void *p = reallocarray(l->item, cap, sizeof(*l->item));

		if (!p)
			output_out_of_memory();
		l->item = p;
		l->cap = cap;
	}
	if (!path || !d->exact)
		lic_buf_add(&made_for, d->pattern.p, d->pattern.n);
	l->item[l->n++] = (struct told_decision){
		.number = d->number,
		.born = d->born,
		.at = d->at,
		.ended_at = d->ended_at,
		.action = d->action,
		.override = d->override,
		.made_for = made_for,
		.text = copy(d->license),
		.who = copy(d->who),
		.reason = copy(d->reason),
		.ended_who = copy(d->ended_who),
		.ended_why = copy(d->ended_why),
	};
	return 0;
}

int history_load(struct history *h, struct lic_catalog *cat, const struct image *image,
		 struct lic_error *err)
{
	struct gathering g = { h, cat, image, err };
	int r = lic_catalog_decisions(cat, gather, &g, err);

	if (r == 0)
		r = revocations_past(&h->revoked, cat, image->entry.id, err);
	return r < 0 ? r : past_imports_load(&h->imports, cat, image->entry.id, err);
}

const struct told_decision *history_in_force(const struct history *h, int64_t number)
{
	for (size_t i = 0; i < h->force.n; i++)
		if (h->force.item[i].number == number)
			return &h->force.item[i];
	return NULL;
}

static void release(struct told_decisions *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct told_decision *p = &l->item[i];

		lic_buf_release(&p->made_for);
		free(p->text);
		free(p->who);
		free(p->reason);
		free(p->ended_who);
		free(p->ended_why);
	}
	free(l->item);
}

void history_release(struct history *h)
{
	release(&h->past);
	release(&h->force);
	past_imports_release(&h->imports);
	revocations_release(&h->revoked);
	*h = (struct history){ 0 };
}

static void add_shown(struct lic_buf *b, const char *before, const char *s)
{
	lic_buf_adds(b, before);
	lic_text_show(b, s, strlen(s));
}

static void print_one(struct table *t, const struct told_decision *p)
{
	struct lic_buf what = LIC_BUF_INIT(1u << 20), why = LIC_BUF_INIT(1u << 20);
	char number[40], at[32], ended[32];

	snprintf(number, sizeof(number), "decision %lld", (long long)p->number);
	date_format(p->at, at);
	date_format(p->ended_at, ended);
	at[10] = ended[10] = 0; /* the days */
	lic_buf_adds(&what, decide_action(p->action));
	if (p->text)
		add_shown(&what, " ", p->text);
	if (p->override)
		lic_buf_adds(&what, ", override");
	if (p->made_for.len) {
		lic_buf_adds(&what, ", made for ");
		lic_text_quote(&what, lic_buf_str(&p->made_for), p->made_for.len);
	}
	add_shown(&why, "by ", p->who);
	add_shown(&why, ": ", p->reason);
	if (p->ended_who && p->ended_why) {
		lic_buf_addf(&why, "; ended%s%s", p->ended_at ? " " : "", p->ended_at ? ended : "");
		add_shown(&why, " by ", p->ended_who);
		add_shown(&why, ": ", p->ended_why);
	} else {
		lic_buf_adds(&why, "; its time is over");
	}
	table_row(t, (const char *const[]){ number, at, lic_buf_str(&what), lic_buf_str(&why) });
	lic_buf_release(&what);
	lic_buf_release(&why);
}

static void print_revocation(struct table *t, const struct told_revocation *r)
{
	struct lic_buf what = LIC_BUF_INIT(1u << 26), why = LIC_BUF_INIT(1u << 20);
	char number[40], at[32];

	snprintf(number, sizeof(number), "revocation %lld", (long long)r->number);
	date_format(r->at, at);
	at[10] = 0; /* the day */
	lic_buf_adds(&what, "revoked by ");
	revocation_named(r, &what);
	lic_buf_adds(&why, "by ");
	revocation_told(r, &why);
	table_row(t, (const char *const[]){ number, at, lic_buf_str(&what), lic_buf_str(&why) });
	lic_buf_release(&what);
	lic_buf_release(&why);
}

/* Walks the three lists as one, the oldest first. */
struct history_at {
	const struct history *h;
	size_t decision, import, revocation;
};
enum history_kind { HISTORY_END, HISTORY_DECISION, HISTORY_IMPORT, HISTORY_REVOCATION };

static enum history_kind oldest(const struct history_at *at)
{
	const struct history *h = at->h;
	enum history_kind kind = HISTORY_END;
	int64_t born = INT64_MAX;

	if (at->decision < h->past.n) {
		born = h->past.item[at->decision].born;
		kind = HISTORY_DECISION;
	}
	if (at->import < h->imports.n && h->imports.item[at->import].born < born) {
		born = h->imports.item[at->import].born;
		kind = HISTORY_IMPORT;
	}
	if (at->revocation < h->revoked.n && h->revoked.item[at->revocation].born < born)
		kind = HISTORY_REVOCATION;
	return kind;
}

void history_print(const struct history *h)
{
	static const struct table_column columns[] = {
		{ "HISTORY", TABLE_PLAIN },
		{ "DATE", TABLE_PLAIN },
		{ "WHAT", TABLE_PLAIN },
		{ "WHO, WHY AND UNTIL WHEN", TABLE_WRAP },
	};
	struct table *t;
	struct history_at at = { .h = h };
	enum history_kind kind;

	if (!h->past.n && !h->imports.n && !h->imports.more && !h->revoked.n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 2, true);
	while ((kind = oldest(&at)) != HISTORY_END) {
		if (kind == HISTORY_IMPORT)
			past_import_print(&h->imports.item[at.import++], t);
		else if (kind == HISTORY_DECISION)
			print_one(t, &h->past.item[at.decision++]);
		else
			print_revocation(t, &h->revoked.item[at.revocation++]);
	}
	table_print(t);
	if (h->imports.more)
		puts("  older imports that have ended were not looked through");
}

static void json_decision(const struct told_decision *p, struct lic_json *j)
{
	char at[32], ended[32];
	bool trust = p->action == LIC_ACTION_TRUST;

	date_format(p->at, at);
	date_format(p->ended_at, ended);
	lic_json_object(j);
	lic_json_kint(j, "decision", p->number);
	lic_json_kstr(j, "action", decide_action(p->action));
	lic_json_key(j, "made_for");
	if (p->made_for.len)
		lic_json_bytes(j, lic_buf_str(&p->made_for), p->made_for.len);
	else
		lic_json_null(j);
	lic_json_kstr(j, "license", trust ? NULL : p->text);
	lic_json_kstr(j, "source", trust ? p->text : NULL);
	lic_json_kbool(j, "override", p->override);
	lic_json_kstr(j, "at", at);
	lic_json_kstr(j, "who", p->who);
	lic_json_kstr(j, "reason", p->reason);
	lic_json_kstr(j, "ended_at", p->ended_at ? ended : NULL);
	lic_json_kstr(j, "ended_who", p->ended_who);
	lic_json_kstr(j, "ended_why", p->ended_why);
	lic_json_object_end(j);
}

static void json_revocation(const struct told_revocation *r, struct lic_json *j)
{
	lic_json_object(j);
	revocation_json(r, j);
	lic_json_object_end(j);
}

void history_json(const struct history *h, struct lic_json *j)
{
	struct history_at at = { .h = h };
	enum history_kind kind;

	lic_json_key(j, "history");
	lic_json_array(j);
	while ((kind = oldest(&at)) != HISTORY_END) {
		if (kind == HISTORY_IMPORT)
			past_import_json(&h->imports.item[at.import++], j);
		else if (kind == HISTORY_DECISION)
			json_decision(&h->past.item[at.decision++], j);
		else
			json_revocation(&h->revoked.item[at.revocation++], j);
	}
	lic_json_array_end(j);
	lic_json_kbool(j, "history_more", h->imports.more);
}
