/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs job: what jobs could see, and what they opened. Here: list and rm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "job.h"
#include "snapshot.h"
#include "table.h"
#include "who.h"

struct lic_job *job_open(struct lic_catalog *cat, const char *name, int *ret_status)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_job *job = NULL;
	int r = lic_job_open(cat, name, &job, &err);

	if (r < 0)
		*ret_status = r == -ENOENT ? output_invalid(&err) : output_failure(&err);
	return job;
}

const char *job_opened(const struct lic_job *job)
{
	return lic_job_knows_processes(job) ? "opened" : "read";
}

const char *job_state(const struct lic_job *job)
{
	return lic_job_unreadable(job) ? "unreadable"
				       : lic_ledger_state_name(lic_job_ledger(job)->state);
}

bool job_outcome(const struct lic_job *job, struct lic_buf *out)
{
	const struct lic_ledger_command *c = &lic_job_ledger(job)->command;

	if (lic_job_info(job)->how != LIC_JOB_RUN ||
	    lic_job_ledger(job)->state == LIC_LEDGER_RUNNING)
		return false;
	if (c->outcome == LIC_OUTCOME_EXITED)
		lic_buf_addf(out, "exit status %d", c->status);
	else if (c->outcome == LIC_OUTCOME_KILLED)
		lic_buf_addf(out, "killed by signal %d (%s)", c->status, strsignal(c->status));
	else if (c->outcome == LIC_OUTCOME_NOT_BEGUN)
		lic_buf_addf(out, "the command never began (%s)", strerror(c->status));
	else
		lic_buf_adds(out, "how the command ended is not known");
	return true;
}

const char *job_unopened(const struct lic_job *job)
{
	const bool reads = !lic_job_knows_processes(job);

	if (lic_job_trouble(job))
		return reads ? "not known to be read" : "not known to be opened";
	if (lic_job_ledger(job)->state == LIC_LEDGER_RUNNING)
		return reads ? "not read so far" : "not opened so far";
	return reads ? "never read" : "never opened";
}

void job_command(const struct lic_job_info *info, struct lic_buf *out)
{
	for (size_t i = 0; i < info->command.n; i++) {
		const char *word = (const char *)info->command.p + i;
		size_t n = strnlen(word, info->command.n - i);

		if (i)
			lic_buf_addc(out, ' ');
		lic_text_quote(out, word, n);
		i += n;
	}
}

void job_program(const struct lic_job_process *p, struct lic_buf *out)
{
	const char *s = *p->exe ? p->exe : p->comm;

	if (*s)
		lic_text_show(out, s, strlen(s));
	else
		lic_buf_adds(out, "not known");
	if (*p->exe && *p->comm &&
	    strcmp(strrchr(p->exe, '/') ? strrchr(p->exe, '/') + 1 : p->exe, p->comm) != 0) {
		lic_buf_adds(out, " (");
		lic_text_show(out, p->comm, strlen(p->comm));
		lic_buf_addc(out, ')');
	}
}

struct pinned {
	int64_t number;
	struct lic_buf *out;
	bool found;
};

static int name_pinned(void *ctx, const struct lic_snapshot_info *s)
{
	struct pinned *p = ctx;

	if (s->number != p->number)
		return 0;
	lic_buf_adds(p->out, s->name);
	p->found = true;
	return 1;
}

bool job_pinned(struct lic_catalog *cat, int64_t number, struct lic_buf *out)
{
	struct pinned p = { .number = number, .out = out };

	return number && lic_catalog_snapshots(cat, name_pinned, &p, NULL) >= 0 && p.found;
}

const char *job_member_state(enum lic_member_state s)
{
	static const char *const name[LIC_MEMBER_STATES] = { "as-was", "stale", "gone", "revoked",
							     "over" };

	return (unsigned)s < LIC_MEMBER_STATES ? name[s] : "unknown";
}

/* --- job list ----------------------------------------------------------------------------- */

struct list_args {
	bool all;
};

static const struct option_spec list_options[] = {
	{ "all", 'a', NULL, "those that were removed, too", OPTION_FLAG,
	  offsetof(struct list_args, all) },
	OPTION_END,
};

struct listing {
	const struct list_args *args;
	struct lic_catalog *cat;
	struct table *table; /* NULL: JSON */
	struct json_line line;
	char **name; /* of those in force */
	size_t n, cap;
	struct lic_error *err;
};

static void list_removed(struct listing *l, const struct lic_job_info *i)
{
	struct lic_buf name = LIC_BUF_INIT(4096);
	char at[32];

	date_format(i->ended_at, at);
	if (l->table) {
		lic_text_quote(&name, i->name, strlen(i->name));
		lic_buf_adds(&name, " (removed)");
		table_row(l->table,
			  (const char *const[]){ lic_buf_str(&name), lic_job_how_name(i->how),
						 "removed", NULL, at, NULL, NULL, NULL });
		table_color(l->table, 0, "brown");
	} else {
		json_begin(&l->line);
		lic_json_kstr(&l->line.json, "name", i->name);
		lic_json_kint(&l->line.json, "number", i->number);
		lic_json_kstr(&l->line.json, "how", lic_job_how_name(i->how));
		lic_json_kbool(&l->line.json, "removed", true);
		lic_json_kstr(&l->line.json, "removed_at", at);
		lic_json_kstr(&l->line.json, "removed_who", i->ended_who);
		json_end(&l->line);
	}
	lic_buf_release(&name);
}

static int note(void *ctx, const struct lic_job_info *i)
{
	struct listing *l = ctx;

	if (i->died) {
		if (l->args->all)
			list_removed(l, i);
		return output_broken();
	}
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->name = reallocarray(l->name, l->cap, sizeof(*l->name));
		if (!l->name)
			output_out_of_memory();
	}
	l->name[l->n] = strdup(i->name);
	if (!l->name[l->n++])
		output_out_of_memory();
	return 0;
}

static void list_row(struct listing *l, struct lic_job *job)
{
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_job_info *i = lic_job_info(job);
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	struct lic_buf name = LIC_BUF_INIT(4096), of = LIC_BUF_INIT(1u << 20);
	struct lic_buf state = LIC_BUF_INIT(4096);
	char begun[32], ended[32] = "", images[32], opened[32];
	bool good = g->state == LIC_LEDGER_RUNNING || g->state == LIC_LEDGER_ENDED;

	lic_text_quote(&name, i->name, strlen(i->name));
	if (job_pinned(l->cat, i->pinned, &of))
		lic_buf_adds(&of, ": ");
	lic_text_show(&of, *s->view ? s->view : s->expr, strlen(*s->view ? s->view : s->expr));
	lic_buf_adds(&state, job_state(job));
	if (g->command.outcome && g->state != LIC_LEDGER_RUNNING) {
		lic_buf_adds(&state, ", ");
		job_outcome(job, &state);
	}
	date_format(i->at, begun);
	if (g->state != LIC_LEDGER_RUNNING && g->last)
		date_format(g->last / 1000000000, ended);
	table_row(l->table,
		  (const char *const[]){ lic_buf_str(&name), lic_job_how_name(i->how),
					 lic_buf_str(&state), begun, ended,
					 output_count(s->images, images),
					 output_count(lic_idset_count(lic_job_opened(job)), opened),
					 lic_buf_str(&of) });
	if (lic_job_trouble(job))
		table_color(l->table, 2, good ? "yellow" : "red");
	else if (g->command.outcome && g->command.status)
		table_color(l->table, 2, "yellow");
	lic_buf_release(&name);
	lic_buf_release(&of);
	lic_buf_release(&state);
}

static int list_one(struct listing *l, const char *name)
{
	struct lic_job *job = NULL;
	int r = lic_job_open(l->cat, name, &job, l->err);

	if (r < 0)
		return r == -ENOENT ? 0 : r; /* removed meanwhile */
	if (l->table) {
		list_row(l, job);
	} else {
		json_begin(&l->line);
		job_json_head(job, &l->line.json);
		json_end(&l->line);
	}
	lic_job_close(job);
	return output_broken();
}

static int run_list(const struct call *call)
{
	static const struct table_column columns[] = {
		{ "JOB", TABLE_PLAIN },		 { "HOW", TABLE_PLAIN },
		{ "STATE", TABLE_PLAIN },	 { "BEGAN", TABLE_PLAIN },
		{ "ENDED", TABLE_PLAIN },	 { "IMAGES", TABLE_RIGHT },
		{ "FILES OPENED", TABLE_RIGHT }, { "VIEW", TABLE_WRAP },
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct listing l = { .args = call->args, .cat = call->store.cat, .err = &err };
	int r;

	if (!call->json)
		l.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	r = lic_catalog_jobs(l.cat, note, &l, &err);
	for (size_t i = 0; i < l.n; i++) {
		if (r == 0)
			r = list_one(&l, l.name[i]);
		free(l.name[i]);
	}
	free(l.name);
	table_print(l.table);
	json_release(&l.line);
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}

static const struct command cmd_list = {
	.name = "list",
	.summary = "list the jobs of a store",
	.operands = "STORE",
	.notes = "IMAGES are those that a job could see when it began; FILES OPENED counts other "
		 "files, too.",
	.needs = NEEDS_READ,
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};

/* --- job rm ------------------------------------------------------------------------------- */

static int run_rm(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	_cleanup_(lic_freep) char *who = who_am_i();
	struct lic_error err = LIC_ERROR_INIT;
	int r = lic_job_rm(call->store.cat, call->operand, call->n, who, &err);

	if (r == -EBUSY) {
		output_failure(&err);
		return TOOL_FINDING;
	}
	if (r < 0)
		return r == -ENOENT ? output_invalid(&err) : output_failure(&err);
	for (size_t i = 0; call->json && i < call->n; i++)
		json_removed(&line, call->operand[i]);
	return TOOL_DONE;
}

static const struct command cmd_rm = {
	.name = "rm",
	.summary = "remove jobs with their ledgers; only digests and counts are kept",
	.operands = "STORE NAME...",
	.notes = "Where a name is none, or one of them runs, nothing is removed. This cannot be "
		 "undone.",
	.needs = NEEDS_WRITE,
	.min = 1,
	.max = COMMAND_MANY,
	.run = run_rm,
};

static const struct command *const job_verbs[] = {
	&cmd_list, &cmd_job_show, &cmd_job_report, &cmd_rm, NULL,
};

const struct command cmd_job = {
	.name = "job",
	.group = "Use",
	.summary = "tell what jobs could see and what they opened",
	.operands = "list|show|report|rm STORE ...",
	.sub = job_verbs,
};
