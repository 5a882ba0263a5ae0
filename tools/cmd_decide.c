/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs decide: an operator's decision, itself a claim. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "date.h"
#include "decide.h"
#include "image.h"
#include "impact.h"
#include "pattern.h"
#include "table.h"
#include "who.h"

struct decide_args {
	const char *license, *terms, *trust, *until, *reason, *undo, *files_from, *collection;
	bool deny, override, null, list;
};

static const struct option_spec decide_options[] = {
	{ "license", 'l', "ID", "state this license, an id or an SPDX expression", OPTION_VALUE,
	  offsetof(struct decide_args, license) },
	{ "deny", 0, NULL, "hide the files", OPTION_FLAG, offsetof(struct decide_args, deny) },
	{ "terms", 0, "ID", "permit no more than these dataset terms do", OPTION_VALUE,
	  offsetof(struct decide_args, terms) },
	{ "trust", 0, "SOURCE", "let this source count where sources of equal rank differ",
	  OPTION_VALUE, offsetof(struct decide_args, trust) },
	{ "override", 0, NULL, "settle conflicts on files that are named one by one", OPTION_FLAG,
	  offsetof(struct decide_args, override) },
	{ "collection", 0, "NAME", "only images that the import of this name is about",
	  OPTION_VALUE, offsetof(struct decide_args, collection) },
	{ "files-from", 0, "FILE", "decide about the files that FILE names, one a line; - is stdin",
	  OPTION_VALUE, offsetof(struct decide_args, files_from) },
	{ "null", '0', NULL, "names in that list end with a NUL byte, as find --null prints them",
	  OPTION_FLAG, offsetof(struct decide_args, null) },
	{ "until", 0, "DATE", "end the decision at the end of that day, in UTC", OPTION_VALUE,
	  offsetof(struct decide_args, until) },
	{ "reason", 'r', "TEXT", "why; it is kept with the decision", OPTION_VALUE,
	  offsetof(struct decide_args, reason) },
	{ "undo", 0, "N", "end decision N, or all from N to M: N-M", OPTION_VALUE,
	  offsetof(struct decide_args, undo) },
	{ "list", 0, NULL, "list all decisions, ended ones included", OPTION_FLAG,
	  offsetof(struct decide_args, list) },
	OPTION_END,
};

/* --- deciding and undoing ----------------------------------------------------------------- */

struct change {
	const struct call *call;
	struct store store;    /* a copy of the call's, with the catalog open */
	struct decide_set set; /* what is decided, or what is ended */
	struct lic_buf verb;
	bool undo;
	int64_t first, last;   /* numbers; of an undoing those that were asked for */
	const char *who, *why; /* of the undoing */
	int64_t ended;
	struct impact impact;
	int64_t matched, changed;
	struct lic_error err;
};

static void print_json(const struct change *c)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;

	json_begin(&line);
	lic_json_kint(j, "decision", c->set.d[0].number);
	lic_json_kint(j, "last", c->set.d[c->set.n - 1].number);
	lic_json_kbool(j, "undone", c->undo);
	lic_json_key(j, "pattern");
	if (c->set.n == 1)
		lic_json_bytes(j, c->set.d[0].pattern.p, c->set.d[0].pattern.n);
	else
		lic_json_null(j);
	lic_json_kint(j, "decisions", c->undo ? c->ended : (int64_t)c->set.n);
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
	const struct lic_decision *d = c->set.d;
	char matched[32], changed[32];

	if (c->set.n == 1)
		printf("decision %lld %s", (long long)d[0].number,
		       c->undo ? "has ended" : "is in force");
	else
		printf("decisions %lld to %lld %s", (long long)d[0].number,
		       (long long)d[c->set.n - 1].number, c->undo ? "have ended" : "are in force");
	printf("%s; %s %s matched, %s of them changed\n",
	       d[0].until && !c->undo ? (c->set.n == 1 ? " for its time" : " for their time") : "",
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
		r = lic_catalog_undecide_all(txn, c->first, c->last, c->who, c->why, &c->ended,
					     &c->matched, &c->changed, &c->err);
	else
		r = lic_catalog_decide_all(txn, c->set.d, c->set.n, &c->matched, &c->changed,
					   &c->err);
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

static int note_import(void *ctx, const struct lic_manifest *m)
{
	const char **name = ctx;

	if (*name && !m->died && m->kind == LIC_MANIFEST_IMPORT &&
	    strcmp(m->collection, *name) == 0)
		*name = NULL;
	return 0;
}

/* A takedown by a name that is mistyped takes nothing down. */
static void say_idle(struct change *c)
{
	const struct lic_decision *d = &c->set.d[c->impact.first_idle];
	const char *absent = d->collection;
	struct lic_buf shown = LIC_BUF_INIT(1u << 20);
	char idle[32], all[32];

	if (!c->impact.idle)
		return;
	lic_text_quote(&shown, d->pattern.p, d->pattern.n);
	if (!c->matched)
		output_say("nothing matches now; files that match later fall under the decision");
	else
		output_say("%s of %s decisions %s nothing now, the first of them %s; files that "
			   "match later fall under them",
			   output_count((int64_t)c->impact.idle, idle),
			   output_count((int64_t)c->set.n, all),
			   c->impact.idle == 1 ? "matches" : "match", lic_buf_str(&shown));
	if (absent && lic_catalog_manifests(c->store.cat, note_import, &absent, &c->err) == 0 &&
	    absent) {
		lic_buf_reset(&shown);
		lic_text_quote(&shown, absent, strlen(absent));
		output_say("no import in force is called %s; 'licensefs import STORE --list' lists "
			   "all",
			   lic_buf_str(&shown));
	}
	pattern_say_no_image(&c->store, d, "decisions are about images");
	for (size_t i = 0; !c->matched && i < c->call->n; i++)
		store_hint(&c->store, c->call->operand[i]);
	lic_buf_release(&shown);
}

/* Views may not be asked inside a transaction; another writer may come between. */
static int carry_out(struct change *c)
{
	int64_t before = lic_catalog_generation(c->store.cat), after;
	int r = impact_before(&c->impact, c->store.cat, c->set.d, c->set.n, &c->err);

	if (r == 0)
		r = change(c);
	after = lic_catalog_generation(c->store.cat);
	if (r == 0)
		r = impact_after(&c->impact, c->store.cat, &c->err);
	if (r == -EINVAL)
		return output_invalid(&c->err);
	if (r < 0)
		return output_failure(&c->err);
	if (c->call->json)
		print_json(c);
	else
		print_change(c);
	if (after > before + 1)
		output_say("somebody else changed the catalog meanwhile; the numbers of views "
			   "include that");
	if (!c->undo)
		say_idle(c);
	if (!c->undo && c->set.d[0].action == LIC_ACTION_LICENSE)
		say_unseen(&c->impact);
	return TOOL_DONE;
}

static int keep_decision(void *ctx, const struct lic_decision *d)
{
	struct change *c = ctx;
	struct lic_decision kept = *d;

	if (d->collection) {
		kept.collection =
			lic_arena_dup(&c->set.arena, d->collection, strlen(d->collection));
		if (!kept.collection)
			output_out_of_memory();
	}
	kept.license = kept.reason = kept.who = kept.ended_who = kept.ended_why = NULL;
	if (d->number >= c->first && d->number <= c->last && !d->died)
		decide_set_add(&c->set, &kept);
	return 0;
}

/* "7", or "7-12". */
static int read_range(struct change *c, const char *given)
{
	const char *dash = strchr(given, '-');
	_cleanup_(lic_freep) char *first = strndup(given, dash ? (size_t)(dash - given) : SIZE_MAX);
	unsigned long a, b;

	if (!first)
		output_out_of_memory();
	if (option_number("undo", first, 1ul << 62, &a, &c->err) < 0 ||
	    option_number("undo", dash ? dash + 1 : first, 1ul << 62, &b, &c->err) < 0)
		return -EINVAL;
	if (a > b)
		return lic_error_set(&c->err, EINVAL,
				     "option --undo wants the lower number first: %lu-%lu", b, a);
	c->first = (int64_t)a;
	c->last = (int64_t)b;
	return 0;
}

static int undo(struct change *c, const struct decide_args *args)
{
	_cleanup_(lic_freep) char *who = who_am_i();
	int r;

	if (c->call->n || args->license || args->terms || args->trust || args->deny ||
	    args->override || args->until || args->files_from || args->null || args->collection)
		return output_usage("--undo takes a number and a reason, nothing else");
	if (read_range(c, args->undo) < 0)
		return output_usage("%s", c->err.msg);
	c->undo = true;
	r = lic_catalog_decisions(c->store.cat, keep_decision, c, &c->err);
	if (r < 0)
		return output_failure(&c->err);
	if (!c->set.n) {
		output_say("decision %s is not in force; 'licensefs decide STORE --list' lists all",
			   args->undo);
		return TOOL_FINDING;
	}
	c->who = who;
	c->why = args->reason;
	lic_buf_addf(&c->verb, "decide --undo %s", args->undo);
	return carry_out(c);
}

static int gather(struct change *c, const struct decide_args *args, const struct lic_decision *like)
{
	struct lic_buf text = LIC_BUF_INIT(1u << 20);
	bool from_stdin = args->files_from && strcmp(args->files_from, "-") == 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->call->n; i++) {
		struct lic_decision d = *like;

		r = pattern_make(&c->store, c->call->operand[i], &text, &d, &c->err);
		if (r == 0)
			decide_set_add(&c->set, &d);
	}
	if (r == 0 && args->collection && !c->call->n) {
		struct lic_decision d = *like;

		d.pattern = (struct lic_bytes){ (const uint8_t *)"/", 1 };
		decide_set_add(&c->set, &d);
	}
	if (r == 0 && args->files_from)
		r = decide_set_read(&c->set, &c->store, from_stdin ? NULL : args->files_from,
				    args->null, like, &c->err);
	if (r == 0)
		decide_set_unique(&c->set);
	lic_buf_release(&text);
	return r;
}

static int decide(struct change *c, const struct decide_args *args)
{
	struct lic_decision d = { 0 };
	_cleanup_(lic_freep) char *who = who_am_i();
	int r;

	if (!c->call->n && !args->files_from && !args->collection)
		return output_usage("say which files: a path, a directory or a pattern, or a list "
				    "of names by --files-from");
	if (args->null && !args->files_from)
		return output_usage("--null goes with --files-from");
	if (args->collection && args->files_from)
		return output_usage("--collection is narrowed by patterns, not by --files-from");
	if (!!args->license + !!args->terms + !!args->trust + args->deny != 1)
		return output_usage("say what is decided: one of --license ID, --deny, --terms ID "
				    "and --trust SOURCE");
	if (args->override && !args->license)
		return output_usage("--override goes with --license");
	d.action = args->deny	 ? LIC_ACTION_DENY
		   : args->terms ? LIC_ACTION_TERMS
		   : args->trust ? LIC_ACTION_TRUST
				 : LIC_ACTION_LICENSE;
	d.license = args->license ? args->license : args->terms ? args->terms : args->trust;
	d.collection = args->collection;
	d.override = args->override;
	d.reason = args->reason;
	d.who = who;
	if (args->until && date_parse(args->until, &d.until, &c->err) < 0)
		return output_usage("%s", c->err.msg);
	r = gather(c, args, &d);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&c->err) : output_failure(&c->err);
	if (!c->set.n) {
		output_say("the list names no file; nothing was decided");
		return TOOL_FINDING;
	}
	lic_buf_adds(&c->verb, "decide");
	return carry_out(c);
}

static int run_decide(const struct call *call)
{
	const struct decide_args *args = call->args;
	struct change c = { .call = call,
			    .store = call->store,
			    .set = { .arena = LIC_ARENA_INIT(1u << 30) },
			    .verb = LIC_BUF_INIT(1u << 16) };
	int status;

	if (args->list) {
		status = decide_list(call, &c.store);
	} else if (!args->reason || !args->reason[strspn(args->reason, " \t\n")]) {
		status = output_usage("state the reason: --reason TEXT");
	} else if (store_open(&c.store, true, &c.err) < 0) {
		status = output_failure(&c.err);
	} else {
		status = args->undo ? undo(&c, args) : decide(&c, args);
	}
	lic_catalog_close(c.store.cat);
	impact_release(&c.impact);
	decide_set_release(&c.set);
	lic_buf_release(&c.verb);
	return status;
}

const struct command cmd_decide = {
	.name = "decide",
	.group = "Judge a store",
	.summary = "state the license of files, deny them, bind them to terms, or trust a source",
	.operands = "STORE [PATTERN...]",
	.notes = "PATTERN is a path, a directory (all below it), or a glob in which * and ? stay "
		 "within a\nname and ** crosses directories. Future files that match fall under it "
		 "too.\nWhat is decided at once holds for all of the files or, where it fails, for "
		 "none.",
	.needs = NEEDS_STORE,
	.max = COMMAND_MANY,
	.options = decide_options,
	.args_size = sizeof(struct decide_args),
	.run = run_decide,
};
