/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot: what a view showed at one moment. Here: list and rm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/mount.h>

#include "date.h"
#include "interrupt.h"
#include "progress.h"
#include "snapshot.h"
#include "table.h"
#include "who.h"

void snapshot_digest(const uint8_t digest[32], char buf[72])
{
	memcpy(buf, "sha256:", 7);
	for (int i = 0; i < 32; i++)
		snprintf(buf + 7 + 2 * i, 3, "%02x", digest[i]);
}

void snapshot_bytes(int64_t bytes, char buf[32])
{
	static const char *const unit[] = { "bytes", "kB", "MB", "GB", "TB", "PB", "EB" };
	double x = (double)bytes;
	size_t i = 0;

	for (; x >= 999.5 && i + 1 < LIC_ARRAY_SIZE(unit); i++)
		x /= 1000;
	snprintf(buf, 32, i && x < 99.95 ? "%.1f %s" : "%.0f %s", x, unit[i]);
}

void snapshot_json(const struct lic_snapshot_info *s, struct lic_json *j)
{
	char at[32], digest[72];

	date_format(s->at, at);
	snapshot_digest(s->digest, digest);
	lic_json_kstr(j, "name", s->name);
	lic_json_kint(j, "number", s->number);
	lic_json_kstr(j, "view", *s->view ? s->view : NULL);
	lic_json_kstr(j, "expression", s->expr);
	lic_json_kstr(j, "basis", *s->basis ? s->basis : NULL);
	lic_json_kstr(j, "policy", s->policy);
	lic_json_kstr(j, "facts", s->facts);
	lic_json_kstr(j, "classes", s->classes == LIC_CLASSES_KEEP ? "keep" : "drop");
	lic_json_kint(j, "generation", s->born);
	lic_json_kstr(j, "at", at);
	lic_json_kstr(j, "who", s->who);
	lic_json_kint(j, "images", s->images);
	lic_json_kint(j, "files", s->files);
	lic_json_kint(j, "directories", s->dirs);
	lic_json_kint(j, "bytes", s->bytes);
	lic_json_kstr(j, "digest", digest);
	lic_json_kbool(j, "sha256", s->sha256);
	lic_json_kbool(j, "ended", s->died != 0);
	if (!s->died)
		return;
	date_format(s->ended_at, at);
	lic_json_kstr(j, "ended_at", at);
	lic_json_kstr(j, "ended_who", s->ended_who);
}

struct lic_snapshot *snapshot_open(struct lic_catalog *cat, const char *name, int *ret_status)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_snapshot *s = NULL;
	int r = lic_snapshot_open(cat, name, &s, &err);

	if (r < 0) {
		*ret_status = r == -ENOENT ? output_invalid(&err) : output_failure(&err);
		return NULL;
	}
	return s;
}

int snapshot_progress(_unused_ void *ctx, const struct lic_snapshot_progress *p)
{
	progress_draw(&(struct progress){ .what = "files",
					  .done = p->done,
					  .expected = p->all,
					  .bytes = p->bytes,
					  .bytes_all = p->bytes_all });
	return interrupt_signal ? -EINTR : 0;
}

/* --- snapshot list ------------------------------------------------------------------------ */

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
	struct table *table; /* NULL: JSON */
	struct json_line line;
};

static int list_one(void *ctx, const struct lic_snapshot_info *s)
{
	struct listing *l = ctx;
	struct lic_buf name = LIC_BUF_INIT(1u << 12), of = LIC_BUF_INIT(1u << 20);
	char images[32], bytes[32], day[32], digest[72];

	if (s->died && !l->args->all)
		return 0;
	if (!l->table) {
		json_begin(&l->line);
		snapshot_json(s, &l->line.json);
		json_end(&l->line);
		return output_broken();
	}
	lic_text_show(&name, s->name, strlen(s->name));
	if (s->died)
		lic_buf_adds(&name, " (removed)");
	lic_text_show(&of, *s->view ? s->view : s->expr, strlen(*s->view ? s->view : s->expr));
	date_format(s->at, day);
	day[10] = 0;
	snapshot_digest(s->digest, digest);
	digest[7 + 12] = 0;
	snapshot_bytes(s->bytes, bytes);
	table_row(l->table,
		  (const char *const[]){ lic_buf_str(&name), day, output_count(s->images, images),
					 bytes, digest + 7, lic_buf_str(&of) });
	if (s->died)
		table_color(l->table, 0, "brown");
	lic_buf_release(&name);
	lic_buf_release(&of);
	return output_broken();
}

static int run_list(const struct call *call)
{
	static const struct table_column columns[] = {
		{ "SNAPSHOT", TABLE_PLAIN }, { "DATE", TABLE_PLAIN },	{ "IMAGES", TABLE_RIGHT },
		{ "SIZE", TABLE_RIGHT },     { "DIGEST", TABLE_PLAIN }, { "VIEW", TABLE_WRAP },
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct listing l = { .args = call->args };
	int r;

	if (!call->json)
		l.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	r = lic_catalog_snapshots(call->store.cat, list_one, &l, &err);
	table_print(l.table);
	json_release(&l.line);
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}

static const struct command cmd_list = {
	.name = "list",
	.summary = "list the snapshots of a store",
	.operands = "STORE",
	.needs = NEEDS_READ,
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};

/* --- snapshot rm -------------------------------------------------------------------------- */

#define ASK_MS 2000 /* for the mounts of this machine to say what they show */

struct rm_args {
	bool force;
};

static const struct option_spec rm_options[] = {
	{ "force", 'f', NULL, "also what is mounted now; such mounts become empty", OPTION_FLAG,
	  offsetof(struct rm_args, force) },
	OPTION_END,
};

/* A snapshot, and the mounts that show it. */
struct shown {
	const char *name;
	int64_t number; /* 0: there is none */
	struct lic_buf mounts;
	struct json_line line;
	size_t n;
};

static int find_number(void *ctx, const struct lic_snapshot_info *i)
{
	struct shown *s = ctx;

	if (!i->died && strcmp(i->name, s->name) == 0)
		s->number = i->number;
	return s->number != 0;
}

static int note_mount(void *ctx, const struct lic_mount_state *m)
{
	struct lic_json *j = &((struct shown *)ctx)->line.json;
	struct shown *s = ctx;

	if (m->snapshot != s->number || m->following == LIC_FOLLOWS_OTHER)
		return 0;
	lic_buf_adds(&s->mounts, s->n++ ? ", " : "");
	lic_text_quote(&s->mounts, m->mountpoint, strlen(m->mountpoint));
	lic_json_object(j);
	lic_json_key(j, "mountpoint");
	lic_json_bytes(j, m->mountpoint, strlen(m->mountpoint));
	if (m->command) {
		lic_buf_addf(&s->mounts, " for process %d", (int)m->command);
		lic_json_kint(j, "command", m->command);
	}
	lic_json_kint(j, "pid", m->pid);
	lic_json_object_end(j);
	return 0;
}

/* 1 where mounts show it, which is told. */
static int is_shown(const struct call *call, const char *name, struct lic_error *err)
{
	struct shown s = { .name = name, .mounts = LIC_BUF_INIT(1u << 20) };
	int r = lic_catalog_snapshots(call->store.cat, find_number, &s, err);

	json_begin(&s.line);
	lic_json_kstr(&s.line.json, "name", name);
	lic_json_kbool(&s.line.json, "removed", false);
	lic_json_key(&s.line.json, "mounts");
	lic_json_array(&s.line.json);
	if (r >= 0 && s.number)
		r = lic_mount_await(call->store.path, lic_catalog_path(call->store.cat), 0, ASK_MS,
				    note_mount, &s, err);
	lic_json_array_end(&s.line.json);
	if (r >= 0 && s.n) {
		output_say("snapshot '%s' is shown by %s; unmount it first, or say --force: it "
			   "becomes empty",
			   name, lic_buf_str(&s.mounts));
		if (call->json)
			json_end(&s.line);
	}
	lic_buf_release(&s.mounts);
	json_release(&s.line);
	return r < 0 ? r : s.n > 0;
}

static int any_is_shown(const struct call *call, struct lic_error *err)
{
	int any = 0, r = 0;

	for (size_t i = 0; r >= 0 && i < call->n; i++) {
		r = is_shown(call, call->operand[i], err);
		any |= r > 0;
	}
	return r < 0 ? r : any;
}

/* Is it there? Asked before the first one is removed, so that the error names those that are. */
static int look(struct lic_catalog *cat, const char *name, struct lic_error *err)
{
	struct lic_snapshot *s = NULL;
	int r = lic_snapshot_open(cat, name, &s, err);

	if (r == 0)
		lic_snapshot_close(s);
	return r == -ENOENT ? r : 0;
}

static bool is_repeated(char *const *name, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(name[k], name[i]) == 0)
			return true;
	return false;
}

static int remove_all(struct lic_catalog *cat, char *const *name, size_t n, const char *who,
		      struct lic_error *err)
{
	struct lic_txn *txn = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = look(cat, name[i], err);
	if (r == 0)
		r = lic_catalog_begin(cat, "snapshot rm", &txn, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!is_repeated(name, i))
			r = lic_snapshot_rm(txn, name[i], who, err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, err);
}

static int run_rm(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	_cleanup_(lic_freep) char *who = who_am_i();
	const struct rm_args *args = call->args;
	struct lic_error err = LIC_ERROR_INIT;
	int r = args->force ? 0 : any_is_shown(call, &err);

	if (r > 0)
		return TOOL_FINDING;
	if (r == 0)
		r = remove_all(call->store.cat, call->operand, call->n, who, &err);
	if (r < 0)
		return r == -ENOENT ? output_invalid(&err) : output_failure(&err);
	for (size_t i = 0; call->json && i < call->n; i++)
		json_removed(&line, call->operand[i]);
	return TOOL_DONE;
}

static const struct command cmd_rm = {
	.name = "rm",
	.summary = "remove snapshots; only their digests and counts are kept",
	.operands = "STORE NAME...",
	.notes = "Where a name is none, or one is mounted, nothing is removed. This cannot be "
		 "undone. Mounts of a removed snapshot show nothing more.",
	.needs = NEEDS_WRITE,
	.options = rm_options,
	.args_size = sizeof(struct rm_args),
	.min = 1,
	.max = COMMAND_MANY,
	.run = run_rm,
};

static const struct command *const snapshot_verbs[] = {
	&cmd_snapshot_create,
	&cmd_list,
	&cmd_snapshot_show,
	&cmd_snapshot_diff,
	&cmd_snapshot_verify,
	&cmd_snapshot_export,
	&cmd_rm,
	NULL,
};

const struct command cmd_snapshot = {
	.name = "snapshot",
	.group = "Use",
	.summary = "pin what a view shows, compare, verify and export it",
	.operands = "create|list|show|diff|verify|export|rm STORE ...",
	.sub = snapshot_verbs,
};
