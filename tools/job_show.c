/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs job show: what a job is, when it ran, who opened files, and what changed meanwhile. */
#include <string.h>

#include "date.h"
#include "job.h"
#include "snapshot.h"
#include "table.h"

#define SECOND 1000000000LL
#define ROWS_SHOWN 20

/* --- JSON --------------------------------------------------------------------------------- */

static void json_when(struct lic_json *j, const char *key, int64_t seconds)
{
	char at[32];

	date_format(seconds, at);
	lic_json_kstr(j, key, seconds ? at : NULL);
}

static void json_number(struct lic_json *j, const char *key, bool known, int64_t n)
{
	if (known) {
		lic_json_kint(j, key, n);
	} else {
		lic_json_key(j, key);
		lic_json_null(j);
	}
}

static void json_command(struct lic_json *j, const struct lic_job_info *i)
{
	lic_json_key(j, "command");
	lic_json_array(j);
	for (size_t at = 0; at < i->command.n; at++) {
		const char *word = (const char *)i->command.p + at;
		size_t n = strnlen(word, i->command.n - at);

		lic_json_bytes(j, word, n);
		at += n;
	}
	lic_json_array_end(j);
	lic_json_key(j, "mountpoint");
	lic_json_bytes(j, i->mountpoint.p, i->mountpoint.n);
}

static void json_servings(struct lic_json *j, const struct lic_job *job)
{
	const struct lic_job_serving *s;
	size_t n = lic_job_servings(job, &s);

	lic_json_key(j, "served");
	lic_json_array(j);
	for (size_t i = 0; i < n; i++) {
		lic_json_object(j);
		json_when(j, "began", s[i].begin);
		json_when(j, "ended", s[i].end);
		lic_json_kstr(j, "why", s[i].why ? lic_ledger_why_name(s[i].why) : NULL);
		lic_json_kstr(j, "mode", s[i].mode);
		lic_json_key(j, "mountpoint");
		lic_json_bytes(j, s[i].mountpoint, strlen(s[i].mountpoint));
		lic_json_kint(j, "generation", s[i].generation);
		lic_json_kstr(j, "version", s[i].version);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

/* Nothing where there is no command, or it runs. */
static void json_outcome(struct lic_json *j, const struct lic_job *job)
{
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	const struct lic_ledger_command *c = &g->command;
	const bool over = lic_job_info(job)->how == LIC_JOB_RUN && g->state != LIC_LEDGER_RUNNING;

	lic_json_kstr(j, "outcome", over ? lic_ledger_outcome_name(c->outcome) : NULL);
	json_number(j, "exit_status", over && c->outcome == LIC_OUTCOME_EXITED, c->status);
	json_number(j, "signal", over && c->outcome == LIC_OUTCOME_KILLED, c->status);
	json_when(j, "command_ended", over && c->outcome ? c->at / SECOND : 0);
}

static void json_ledger(struct lic_json *j, const struct lic_job *job)
{
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	char digest[72];

	snapshot_digest(g->digest, digest);
	lic_json_key(j, "ledger");
	lic_json_object(j);
	lic_json_kstr(j, "digest", g->bytes ? digest : NULL);
	lic_json_kint(j, "bytes", g->bytes);
	lic_json_kint(j, "bytes_behind", g->torn);
	lic_json_kint(j, "generation", g->generation);
	lic_json_kint(j, "lost", g->lost);
	lic_json_object_end(j);
	json_servings(j, job);
	lic_json_kbool(j, "knows_processes", lic_job_knows_processes(job));
	lic_json_kint(j, "processes", g->processes);
	lic_json_kint(j, "opens", g->opens);
	lic_json_kint(j, "opened_files", lic_idset_count(lic_job_opened(job)));
}

void job_json_head(struct lic_job *job, struct lic_json *j)
{
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	const struct lic_job_info *i = lic_job_info(job);
	_cleanup_(lic_buf_release) struct lic_buf pinned = LIC_BUF_INIT(4096);
	bool running = g->state == LIC_LEDGER_RUNNING;
	char digest[72];

	lic_json_kstr(j, "name", i->name);
	lic_json_kint(j, "number", i->number);
	lic_json_kstr(j, "how", lic_job_how_name(i->how));
	lic_json_kstr(j, "state", job_state(job));
	lic_json_kbool(j, "complete", g->complete);
	lic_json_kstr(j, "trouble", lic_job_trouble(job));
	json_when(j, "began", i->at);
	json_when(j, "ended", running ? 0 : g->last / SECOND);
	json_when(j, "recorded_up_to", g->last / SECOND);
	json_outcome(j, job);
	lic_json_kstr(j, "who", i->who);
	json_command(j, i);
	lic_json_kstr(j, "view", *s->view ? s->view : NULL);
	lic_json_kstr(j, "expression", s->expr);
	lic_json_kstr(j, "basis", *s->basis ? s->basis : NULL);
	lic_json_kstr(j, "snapshot",
		      job_pinned(lic_job_catalog(job), i->pinned, &pinned) ? lic_buf_str(&pinned)
									   : NULL);
	lic_json_kstr(j, "policy", s->policy);
	lic_json_kstr(j, "facts", s->facts);
	lic_json_kstr(j, "classes", s->classes == LIC_CLASSES_KEEP ? "keep" : "drop");
	lic_json_kint(j, "generation", i->born);
	snapshot_digest(s->digest, digest);
	lic_json_kstr(j, "digest", digest);
	lic_json_kint(j, "images_at_start", s->images);
	lic_json_kint(j, "files_at_start", s->files);
	json_ledger(j, job);
}

static void json_who(struct lic_json *j, const struct lic_job_process *p, bool one)
{
	lic_json_object(j);
	if (one) {
		lic_json_kint(j, "process", p->number);
		lic_json_kint(j, "pid", p->pid);
		lic_json_kint(j, "parent", p->ppid);
	} else {
		lic_json_kint(j, "processes", p->processes);
	}
	lic_json_kint(j, "uid", p->uid);
	lic_json_kstr(j, "kind", lic_opener_name(p->kind));
	lic_json_key(j, "name");
	lic_json_bytes(j, p->comm, strlen(p->comm));
	lic_json_key(j, "program");
	lic_json_bytes(j, p->exe, strlen(p->exe));
	lic_json_kint(j, "opens", p->opens);
	lic_json_key(j, "opened_files");
	if (p->whole)
		lic_json_int(j, lic_idset_count(&p->opened));
	else
		lic_json_null(j);
	lic_json_object_end(j);
}

void job_json_processes(struct lic_job *job, struct lic_json *j)
{
	const struct lic_job_process *p;
	size_t n = lic_job_programs(job, &p);

	lic_json_key(j, "programs");
	lic_json_array(j);
	for (size_t i = 0; i < n; i++)
		json_who(j, &p[i], false);
	lic_json_array_end(j);
	n = lic_job_processes(job, &p);
	lic_json_key(j, "each_process");
	lic_json_array(j);
	for (size_t i = 0; i < n; i++)
		json_who(j, &p[i], true);
	lic_json_array_end(j);
}

void job_json_changes(struct lic_job *job, struct lic_json *j)
{
	const struct lic_job_change *c;
	size_t n = lic_job_changes(job, &c);

	lic_json_key(j, "changes");
	lic_json_array(j);
	for (size_t i = 0; i < n; i++) {
		lic_json_object(j);
		json_when(j, "at", c[i].at);
		lic_json_kint(j, "generation", c[i].generation);
		lic_json_kint(j, "shown", c[i].shown);
		lic_json_kint(j, "hidden", c[i].hidden);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

/* --- text --------------------------------------------------------------------------------- */

static void row(struct table *t, const char *name, const char *value)
{
	table_row(t, (const char *const[]){ name, value });
	table_color(t, 0, "bold");
}

static void shown_row(struct table *t, const char *name, const void *p, size_t n)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_show(&b, p, n);
	row(t, name, lic_buf_str(&b));
	lic_buf_release(&b);
}

static void print_what(struct lic_job *job, struct table *t)
{
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_job_info *i = lic_job_info(job);
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_quote(&b, i->name, strlen(i->name));
	row(t, "job", lic_buf_str(&b));
	lic_buf_reset(&b);
	if (i->command.n) {
		job_command(i, &b);
		row(t, "command", lic_buf_str(&b));
	}
	lic_buf_reset(&b);
	lic_text_quote(&b, i->mountpoint.p, i->mountpoint.n);
	row(t, i->how == LIC_JOB_RUN ? "run on" : "mounted on", lic_buf_str(&b));
	lic_buf_reset(&b);
	if (job_pinned(lic_job_catalog(job), i->pinned, &b))
		shown_row(t, "snapshot", b.data, b.len);
	if (*s->view)
		shown_row(t, "view", s->view, strlen(s->view));
	shown_row(t, "expression", s->expr, strlen(s->expr));
	if (*s->basis)
		shown_row(t, "basis", s->basis, strlen(s->basis));
	row(t, "policy", s->policy);
	row(t, "facts", s->facts);
	lic_buf_release(&b);
}

static bool has_succeeded(const struct lic_ledger_command *c)
{
	return c->outcome == LIC_OUTCOME_EXITED && !c->status;
}

static void print_when(struct lic_job *job, struct table *t)
{
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	const struct lic_job_info *i = lic_job_info(job);
	const struct lic_job_serving *s;
	size_t n = lic_job_servings(job, &s);
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	char at[32];

	date_format(i->at, at);
	lic_buf_addf(&b, "%s by ", at);
	lic_text_show(&b, i->who, strlen(i->who));
	row(t, "began", lic_buf_str(&b));
	lic_buf_reset(&b);
	lic_buf_adds(&b, job_state(job));
	if (g->last) {
		date_format(g->last / SECOND, at);
		lic_buf_addf(&b, "; recorded up to %s", at);
	}
	if (n && s[n - 1].why)
		lic_buf_addf(&b, " (%s)", lic_ledger_why_name(s[n - 1].why));
	row(t, "state", lic_buf_str(&b));
	lic_buf_reset(&b);
	if (job_outcome(job, &b)) {
		if (g->command.outcome) {
			date_format(g->command.at / SECOND, at);
			lic_buf_addf(&b, ", %s", at);
		}
		row(t, "outcome", lic_buf_str(&b));
		if (!has_succeeded(&g->command))
			table_color(t, 1, "yellow");
	}
	lic_buf_reset(&b);
	for (size_t k = 0; k < n && k < ROWS_SHOWN; k++) {
		date_format(s[k].begin, at);
		lic_buf_addf(&b, "%s%s mode=", k ? "; " : "", at);
		lic_text_show(&b, s[k].mode, strlen(s[k].mode));
		lic_buf_addf(&b, " generation %lld", (long long)s[k].generation);
	}
	if (n)
		row(t, "served", lic_buf_str(&b));
	lic_buf_release(&b);
}

void job_print_head(struct lic_job *job)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	struct table *t;
	char digest[72];

	if (lic_job_trouble(job)) {
		fputs("INCOMPLETE: ", stdout);
		output_shown(stdout, lic_job_trouble(job), strlen(lic_job_trouble(job)));
		putchar('\n');
	}
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);
	print_what(job, t);
	print_when(job, t);
	snapshot_digest(s->digest, digest);
	row(t, "members", digest);
	snapshot_digest(g->digest, digest);
	row(t, "ledger", g->bytes ? digest : "none");
	table_print(t);
}

static void print_programs(struct lic_job *job)
{
	const struct table_column columns[] = {
		{ "PROGRAM", TABLE_WRAP },    { "KIND", TABLE_PLAIN },	{ "UID", TABLE_RIGHT },
		{ "PROCESSES", TABLE_RIGHT }, { "FILES", TABLE_RIGHT }, { "TIMES", TABLE_RIGHT },
	};
	const struct lic_job_process *p;
	size_t n = lic_job_programs(job, &p);
	char uid[32], processes[32], files[32], opens[32];
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	struct table *t;

	if (!n)
		return;
	printf("\nfiles that were %s, images and others, by program:\n", job_opened(job));
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < n && i < ROWS_SHOWN; i++) {
		lic_buf_reset(&b);
		job_program(&p[i], &b);
		snprintf(uid, sizeof(uid), "%lld", (long long)p[i].uid);
		table_row(t,
			  (const char *const[]){ lic_buf_str(&b), lic_opener_name(p[i].kind),
						 p[i].uid < 0 ? "" : uid,
						 output_count(p[i].processes, processes),
						 output_count(lic_idset_count(&p[i].opened), files),
						 output_count(p[i].opens, opens) });
	}
	table_print(t);
	if (n > ROWS_SHOWN)
		printf("and %s more; --json has all\n",
		       output_count((int64_t)(n - ROWS_SHOWN), opens));
	lic_buf_release(&b);
}

static void print_changes(struct lic_job *job)
{
	static const struct table_column columns[] = {
		{ "CHANGED", TABLE_PLAIN },
		{ "GENERATION", TABLE_RIGHT },
		{ "ENTRIES SHOWN", TABLE_RIGHT },
		{ "ENTRIES HIDDEN", TABLE_RIGHT },
	};
	const struct lic_job_change *c;
	size_t n = lic_job_changes(job, &c);
	char at[32], generation[32], shown[32], hidden[32];
	struct table *t;

	if (!n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < n && i < ROWS_SHOWN; i++) {
		date_format(c[i].at, at);
		table_row(t, (const char *const[]){ at, output_count(c[i].generation, generation),
						    output_count(c[i].shown, shown),
						    output_count(c[i].hidden, hidden) });
	}
	table_print(t);
	if (n > ROWS_SHOWN)
		printf("and %s more; --json has all\n",
		       output_count((int64_t)(n - ROWS_SHOWN), shown));
}

static void print(struct lic_job *job)
{
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	char n[32];

	job_print_head(job);
	printf("\nat the start it could see %s %s", output_count(s->images, n),
	       output_plural(s->images, "image", "images"));
	printf(" and %s other %s", output_count(s->files, n),
	       output_plural(s->files, "file", "files"));
	printf("\n%s %s %s %s, ", output_count(lic_idset_count(lic_job_opened(job)), n),
	       output_plural(lic_idset_count(lic_job_opened(job)), "file", "files"),
	       output_plural(lic_idset_count(lic_job_opened(job)), "was", "were"), job_opened(job));
	printf("images among them\n%s %s hidden while it ran, directories among them\n",
	       output_count(lic_idset_count(lic_job_withdrawn(job)), n),
	       output_plural(lic_idset_count(lic_job_withdrawn(job)), "entry was", "entries were"));
	print_programs(job);
	print_changes(job);
}

static int run_show(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	int status = TOOL_DONE;
	struct lic_job *job = job_open(call->store.cat, call->operand[0], &status);

	if (!job)
		return status;
	if (call->json) {
		json_begin(&line);
		job_json_head(job, &line.json);
		job_json_processes(job, &line.json);
		job_json_changes(job, &line.json);
		json_end(&line);
	} else {
		print(job);
	}
	lic_job_close(job);
	return TOOL_DONE;
}

const struct command cmd_job_show = {
	.name = "show",
	.summary = "show a job: when it ran, who opened files, what changed meanwhile",
	.operands = "STORE NAME",
	.notes = "'job report' tells the licenses of what it could see and opened.",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.run = run_show,
};
