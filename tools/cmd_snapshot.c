/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot: what a view showed at one moment. Here: list and rm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int remove_all(struct lic_catalog *cat, char *const *name, size_t n, const char *who,
		      struct lic_error *err)
{
	struct lic_txn *txn = NULL;
	int r = lic_catalog_begin(cat, "snapshot rm", &txn, err);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
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
	struct lic_error err = LIC_ERROR_INIT;
	int r = remove_all(call->store.cat, call->operand, call->n, who, &err);

	if (r < 0)
		return r == -ENOENT ? output_invalid(&err) : output_failure(&err);
	for (size_t i = 0; call->json && i < call->n; i++) {
		json_begin(&line);
		lic_json_kstr(&line.json, "name", call->operand[i]);
		lic_json_kbool(&line.json, "removed", true);
		json_end(&line);
	}
	return TOOL_DONE;
}

static const struct command cmd_rm = {
	.name = "rm",
	.summary = "remove snapshots; only their digests and counts are kept",
	.operands = "STORE NAME...",
	.notes = "Where a name is none nothing is removed. This cannot be undone. Mounts of a "
		 "removed "
		 "snapshot show nothing more.",
	.needs = NEEDS_WRITE,
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
