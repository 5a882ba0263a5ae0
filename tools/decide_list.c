/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs decide --list: every decision, with who made it and who ended it. */
#include <string.h>

#include "date.h"
#include "decide.h"
#include "image.h"
#include "table.h"

const char *decide_action(enum lic_action a)
{
	return a == LIC_ACTION_LICENSE ? "license"
	       : a == LIC_ACTION_DENY  ? "deny"
	       : a == LIC_ACTION_TERMS ? "terms"
	       : a == LIC_ACTION_TRUST ? "trust"
				       : "unknown";
}

struct listing {
	struct table *table; /* NULL: JSON */
	struct json_line line;
};

static void json_decision(struct json_line *line, const struct lic_decision *d)
{
	struct lic_json *j = &line->json;
	char at[32], until[32], ended[32], hash[40];

	date_format(d->at, at);
	date_format(d->until, until);
	date_format(d->ended_at, ended);
	image_hash(&d->hash, hash);
	json_begin(line);
	lic_json_kint(j, "decision", d->number);
	lic_json_kstr(j, "action", decide_action(d->action));
	lic_json_key(j, "pattern");
	lic_json_bytes(j, d->pattern.p, d->pattern.n);
	lic_json_kbool(j, "exact", d->exact);
	lic_json_kstr(j, "collection", d->collection);
	lic_json_kstr(j, "license", d->action == LIC_ACTION_TRUST ? NULL : d->license);
	lic_json_kstr(j, "source", d->action == LIC_ACTION_TRUST ? d->license : NULL);
	lic_json_kbool(j, "override", d->override);
	lic_json_kstr(j, "until", d->until ? until : NULL);
	lic_json_kstr(j, "reason", d->reason);
	lic_json_kstr(j, "who", d->who);
	lic_json_kstr(j, "at", at);
	lic_json_kstr(j, "xxh3", d->has_hash ? hash : NULL);
	lic_json_kbool(j, "in_force", !d->died);
	if (d->died) {
		lic_json_kstr(j, "ended_at", d->ended_at ? ended : NULL);
		lic_json_kstr(j, "ended_who", d->ended_who);
		lic_json_kstr(j, "ended_why", d->ended_why);
	}
	json_end(line);
}

static int list_decision(void *ctx, const struct lic_decision *d)
{
	struct listing *l = ctx;
	struct lic_buf pattern = LIC_BUF_INIT(1u << 20), reason = LIC_BUF_INIT(1u << 20),
		       what = LIC_BUF_INIT(4096);
	char number[24], at[32], until[32];

	if (!l->table) {
		json_decision(&l->line, d);
		return output_broken();
	}
	snprintf(number, sizeof(number), "%lld", (long long)d->number);
	date_format(d->at, at);
	date_format(d->until, until);
	at[10] = 0; /* the day */
	lic_buf_addf(&what, "%s%s", d->died ? "ended: " : "", decide_action(d->action));
	if (d->license) {
		lic_buf_addc(&what, ' ');
		lic_text_show(&what, d->license, strlen(d->license));
	}
	if (d->override)
		lic_buf_adds(&what, ", override");
	if (d->until)
		lic_buf_addf(&what, ", until %s", until);
	if (d->collection) {
		lic_buf_adds(&pattern, "collection ");
		lic_text_quote(&pattern, d->collection, strlen(d->collection));
		lic_buf_adds(&pattern, " in ");
	}
	lic_text_quote(&pattern, d->pattern.p, d->pattern.n);
	lic_text_show(&reason, d->who, strlen(d->who));
	lic_buf_adds(&reason, ": ");
	lic_text_show(&reason, d->reason, strlen(d->reason));
	if (d->ended_who && d->ended_why) {
		lic_buf_adds(&reason, "; ended by ");
		lic_text_show(&reason, d->ended_who, strlen(d->ended_who));
		lic_buf_adds(&reason, ": ");
		lic_text_show(&reason, d->ended_why, strlen(d->ended_why));
	}
	table_row(l->table, (const char *const[]){ number, at, lic_buf_str(&what),
						   lic_buf_str(&pattern), lic_buf_str(&reason) });
	lic_buf_release(&pattern);
	lic_buf_release(&reason);
	lic_buf_release(&what);
	return output_broken();
}

int decide_list(const struct call *call, struct store *store)
{
	static const struct table_column columns[] = {
		{ "N", TABLE_RIGHT },	    { "DATE", TABLE_PLAIN },  { "DECISION", TABLE_PLAIN },
		{ "PATTERN", TABLE_PLAIN }, { "REASON", TABLE_WRAP },
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct listing l = { 0 };
	int r;

	if (call->n)
		return output_usage("--list takes no pattern");
	if (store_open(store, false, &err) < 0)
		return output_failure(&err);
	if (!call->json)
		l.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	r = lic_catalog_decisions(store->cat, list_decision, &l, &err);
	table_print(l.table);
	json_release(&l.line);
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}
