/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs decide: an operator's decision, itself a claim. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "date.h"
#include "image.h"
#include "impact.h"
#include "pattern.h"
#include "table.h"

struct decide_args {
	const char *license, *terms, *trust, *until, *reason, *undo;
	bool deny, override, list;
};

static const struct option_spec decide_options[] = {
	{ "license", 'l', "ID", "state this license, an id or an SPDX expression", OPTION_VALUE,
	  offsetof(struct decide_args, license) },
	{ "deny", 0, NULL, "hide the files", OPTION_FLAG, offsetof(struct decide_args, deny) },
	{ "terms", 0, "ID", "permit no more than these dataset terms do", OPTION_VALUE,
	  offsetof(struct decide_args, terms) },
	{ "trust", 0, "SOURCE", "let this source count where sources of equal rank differ",
	  OPTION_VALUE, offsetof(struct decide_args, trust) },
	{ "override", 0, NULL, "settle a conflict on one named file", OPTION_FLAG,
	  offsetof(struct decide_args, override) },
	{ "until", 0, "DATE", "end the decision at the end of that day, in UTC", OPTION_VALUE,
	  offsetof(struct decide_args, until) },
	{ "reason", 'r', "TEXT", "why; it is kept with the decision", OPTION_VALUE,
	  offsetof(struct decide_args, reason) },
	{ "undo", 0, "N", "end decision N", OPTION_VALUE, offsetof(struct decide_args, undo) },
	{ "list", 0, NULL, "list all decisions, ended ones included", OPTION_FLAG,
	  offsetof(struct decide_args, list) },
	OPTION_END,
};

static const char *action_name(enum lic_action a)
{
	return a == LIC_ACTION_LICENSE ? "license"
	       : a == LIC_ACTION_DENY  ? "deny"
	       : a == LIC_ACTION_TERMS ? "terms"
	       : a == LIC_ACTION_TRUST ? "trust"
				       : "unknown";
}

/* The login name survives sudo where the system keeps it; the owner of the process is always known.
 */
static char *who_decides(void)
{
	const char *login = getlogin();
	const struct passwd *pw = login ? NULL : getpwuid(getuid());
	struct lic_buf name = LIC_BUF_INIT(256);
	char *who;

	if (login || pw)
		lic_buf_adds(&name, login ? login : pw->pw_name);
	else
		lic_buf_addf(&name, "uid %u", (unsigned)getuid());
	who = lic_buf_take(&name);
	if (!who)
		output_out_of_memory();
	return who;
}

/* --- decide --list ------------------------------------------------------------------------ */

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
	lic_json_kstr(j, "action", action_name(d->action));
	lic_json_key(j, "pattern");
	lic_json_bytes(j, d->pattern.p, d->pattern.n);
	lic_json_kbool(j, "exact", d->exact);
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
	lic_buf_addf(&what, "%s%s", d->died ? "ended: " : "", action_name(d->action));
	if (d->license) {
		lic_buf_addc(&what, ' ');
		lic_text_show(&what, d->license, strlen(d->license));
	}
	if (d->override)
		lic_buf_adds(&what, ", override");
	if (d->until)
		lic_buf_addf(&what, ", until %s", until);
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

/* Reading is enough here: the catalog may lie on read-only media. */
static int run_list(const struct call *call, struct store *store)
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

/* --- deciding and undoing ----------------------------------------------------------------- */

struct change {
	const struct call *call;
	struct store store;	      /* a copy of the call's, with the catalog open */
	struct lic_decision decision; /* what is decided, or what is ended */
	struct lic_buf pattern, verb;
	bool undo;
	const char *who, *why; /* of the undoing */
	struct impact impact;
	int64_t matched, changed;
	struct lic_error err;
};

static void print_json(const struct change *c)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;

	json_begin(&line);
	lic_json_kint(j, "decision", c->decision.number);
	lic_json_kbool(j, "undone", c->undo);
	lic_json_key(j, "pattern");
	lic_json_bytes(j, c->decision.pattern.p, c->decision.pattern.n);
	lic_json_kint(j, "matched", c->matched);
	lic_json_kint(j, "changed", c->changed);
	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t i = 0; i < c->impact.before.n; i++) {
		lic_json_object(j);
		lic_json_kstr(j, "name", c->impact.before.item[i].name);
		lic_json_kint(j, "in", c->impact.in[i]);
		lic_json_kint(j, "out", c->impact.out[i]);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	json_end(&line);
}

static void print_views(const struct impact *m)
{
	static const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },
		{ "CAME IN", TABLE_RIGHT },
		{ "WENT OUT", TABLE_RIGHT },
	};
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	char in[32], out[32];

	for (size_t i = 0; i < m->before.n; i++)
		if (m->in[i] || m->out[i])
			table_row(t, (const char *const[]){ m->before.item[i].name,
							    output_count(m->in[i], in),
							    output_count(m->out[i], out) });
	table_print(t);
}

static void print_change(const struct change *c)
{
	char matched[32], changed[32];

	printf("decision %lld %s%s; %s %s matched, %s of them changed\n",
	       (long long)c->decision.number, c->undo ? "has ended" : "is in force",
	       c->decision.until && !c->undo ? " for its time" : "",
	       output_count(c->matched, matched), output_plural(c->matched, "image", "images"),
	       output_count(c->changed, changed));
	print_views(&c->impact);
}

/* One transaction. */
static int change(struct change *c)
{
	struct lic_txn *txn = NULL;
	int r = lic_catalog_begin(c->store.cat, lic_buf_str(&c->verb), &txn, &c->err);

	if (r < 0)
		return r;
	if (c->undo)
		r = lic_catalog_undecide(txn, c->decision.number, c->who, c->why, &c->matched,
					 &c->changed, &c->err);
	else
		r = lic_catalog_decide(txn, &c->decision, &c->matched, &c->changed, &c->err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, &c->err);
}

/* A license was stated, and yet images are hidden: what else stands against them? */
static void say_unseen(const struct impact *m)
{
	char n[32];

	if (m->unseen)
		output_say("%s of them %s in no view; 'licensefs explain STORE PATH' says why%s",
			   output_count(m->unseen, n), output_plural(m->unseen, "is", "are"),
			   m->conflicts ? ", --override settles a conflict on one named file" : "");
}

/* Views may not be asked inside a transaction; another writer may come between. */
static int carry_out(struct change *c)
{
	int64_t before = lic_catalog_generation(c->store.cat), after;
	int r = impact_before(&c->impact, c->store.cat, &c->decision, 1, &c->err);

	if (r == 0)
		r = change(c);
	after = lic_catalog_generation(c->store.cat);
	if (r == 0)
		r = impact_after(&c->impact, c->store.cat, &c->err);
	if (r == -EINVAL)
		return output_invalid(&c->err);
	if (r == -ENOENT) {
		output_failure(&c->err);
		return TOOL_FINDING;
	}
	if (r < 0)
		return output_failure(&c->err);
	if (c->call->json)
		print_json(c);
	else
		print_change(c);
	if (after > before + 1)
		output_say("somebody else changed the catalog meanwhile; the numbers of views "
			   "include that");
	if (!c->matched && !c->undo)
		output_say("nothing matches now; files that match later fall under the decision");
	if (!c->undo && c->decision.action == LIC_ACTION_LICENSE)
		say_unseen(&c->impact);
	return TOOL_DONE;
}

struct wanted {
	int64_t number;
	struct change *change;
	bool found;
};

static int keep_decision(void *ctx, const struct lic_decision *d)
{
	struct wanted *w = ctx;

	if (d->number != w->number || d->died)
		return 0;
	w->found = true;
	w->change->decision = *d;
	w->change->decision.license = w->change->decision.reason = w->change->decision.who = NULL;
	w->change->decision.ended_who = w->change->decision.ended_why = NULL;
	lic_buf_add(&w->change->pattern, d->pattern.p, d->pattern.n);
	w->change->decision.pattern.p = (const uint8_t *)lic_buf_str(&w->change->pattern);
	return 1;
}

static int undo(struct change *c, const struct decide_args *args)
{
	_cleanup_(lic_freep) char *who = who_decides();
	struct wanted wanted = { .change = c };
	unsigned long number;
	int r;

	if (c->call->n || args->license || args->terms || args->trust || args->deny ||
	    args->override || args->until)
		return output_usage("--undo takes a number and a reason, nothing else");
	if (option_number("undo", args->undo, 1ul << 62, &number, &c->err) < 0)
		return output_usage("%s", c->err.msg);
	wanted.number = (int64_t)number;
	c->undo = true;
	r = lic_catalog_decisions(c->store.cat, keep_decision, &wanted, &c->err);
	if (r < 0)
		return output_failure(&c->err);
	if (!wanted.found) {
		output_say(
			"decision %lu is not in force; 'licensefs decide STORE --list' lists all",
			number);
		return TOOL_FINDING;
	}
	c->who = who;
	c->why = args->reason;
	lic_buf_addf(&c->verb, "decide --undo %lu", number);
	return carry_out(c);
}

static int decide(struct change *c, const struct decide_args *args)
{
	struct lic_decision *d = &c->decision;
	_cleanup_(lic_freep) char *who = who_decides();
	int r;

	if (c->call->n != 1)
		return output_usage("say which files: a path, a directory or a pattern");
	if (!!args->license + !!args->terms + !!args->trust + args->deny != 1)
		return output_usage("say what is decided: one of --license ID, --deny, --terms ID "
				    "and --trust SOURCE");
	if (args->override && !args->license)
		return output_usage("--override goes with --license");
	d->action = args->deny	  ? LIC_ACTION_DENY
		    : args->terms ? LIC_ACTION_TERMS
		    : args->trust ? LIC_ACTION_TRUST
				  : LIC_ACTION_LICENSE;
	d->license = args->license ? args->license : args->terms ? args->terms : args->trust;
	d->override = args->override;
	d->reason = args->reason;
	d->who = who;
	if (args->until && date_parse(args->until, &d->until, &c->err) < 0)
		return output_usage("%s", c->err.msg);
	r = pattern_make(&c->store, c->call->operand[0], &c->pattern, d, &c->err);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&c->err) : output_failure(&c->err);
	lic_buf_adds(&c->verb, "decide");
	return carry_out(c);
}

static int run_decide(const struct call *call)
{
	const struct decide_args *args = call->args;
	struct change c = { .call = call,
			    .store = call->store,
			    .pattern = LIC_BUF_INIT(1u << 20),
			    .verb = LIC_BUF_INIT(1u << 16) };
	int status;

	if (args->list) {
		status = run_list(call, &c.store);
	} else if (!args->reason || !args->reason[strspn(args->reason, " \t\n")]) {
		status = output_usage("state the reason: --reason TEXT");
	} else if (store_open(&c.store, true, &c.err) < 0) {
		status = output_failure(&c.err);
	} else {
		status = args->undo ? undo(&c, args) : decide(&c, args);
	}
	lic_catalog_close(c.store.cat);
	impact_release(&c.impact);
	lic_buf_release(&c.pattern);
	lic_buf_release(&c.verb);
	return status;
}

const struct command cmd_decide = {
	.name = "decide",
	.group = "Judge a store",
	.summary = "state the license of files, deny them, bind them to terms, or trust a source",
	.operands = "STORE [PATTERN]",
	.notes = "PATTERN is a path, a directory (all below it), or a glob in which * and ? stay "
		 "within a\nname and ** crosses directories. Future files that match fall under it "
		 "too.",
	.needs = NEEDS_STORE,
	.max = 1,
	.options = decide_options,
	.args_size = sizeof(struct decide_args),
	.run = run_decide,
};
