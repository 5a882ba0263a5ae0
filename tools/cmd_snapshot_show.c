/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot show: everything about one, and what has become of it. */
#include <string.h>
#include <time.h>

#include "date.h"
#include "snapshot.h"
#include "table.h"

static void row(struct table *t, const char *name, const char *value)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_show(&b, value, strlen(value));
	table_row(t, (const char *const[]){ name, lic_buf_str(&b) });
	table_color(t, 0, "bold");
	lic_buf_release(&b);
}

/* "1,234 images, 5 other files, 12 directories, 3.4 GB" */
static void show_counts(struct table *t, const struct lic_snapshot_info *s)
{
	struct lic_buf b = LIC_BUF_INIT(4096);
	char n[32];

	lic_buf_addf(&b, "%s %s", output_count(s->images, n),
		     output_plural(s->images, "image", "images"));
	lic_buf_addf(&b, ", %s other %s", output_count(s->files, n),
		     output_plural(s->files, "file", "files"));
	lic_buf_addf(&b, ", %s %s", output_count(s->dirs, n),
		     output_plural(s->dirs, "directory", "directories"));
	snapshot_bytes(s->bytes, n);
	lic_buf_addf(&b, ", %s", n);
	row(t, "holds", lic_buf_str(&b));
	lic_buf_release(&b);
}

static void show_made(struct table *t, const struct lic_snapshot_info *s)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	char at[32], digest[72];

	row(t, "snapshot", s->name);
	if (*s->view)
		row(t, "view", s->view);
	row(t, "expression", s->expr);
	if (*s->basis)
		row(t, "basis", s->basis);
	date_format(s->at, at);
	lic_buf_addf(&b, "%s by ", at);
	lic_text_show(&b, s->who, strlen(s->who));
	row(t, "made", lic_buf_str(&b));
	row(t, "policy", s->policy);
	row(t, "facts", s->facts);
	show_counts(t, s);
	snapshot_digest(s->digest, digest);
	row(t, "digest", digest);
	row(t, "covers",
	    s->sha256 ? "names, rights, XXH3 of images, SHA-256 of all files"
		      : "names, rights, XXH3 of images");
	lic_buf_release(&b);
}

static void add_count(struct lic_buf *b, int64_t n, const char *one, const char *many)
{
	char text[32];

	if (!n)
		return;
	if (b->len)
		lic_buf_adds(b, ", ");
	lic_buf_addf(b, "%s %s", output_count(n, text), output_plural(n, one, many));
}

/* What has become of it; nothing where all is as it was. */
static void show_since(struct table *t, const struct lic_snapshot_summary *s)
{
	struct lic_buf b = LIC_BUF_INIT(4096), files = LIC_BUF_INIT(4096);

	add_count(&files, s->documents, "document", "documents");
	add_count(&files, s->companions, "companion", "companions");
	add_count(&files, s->inert, "other", "others");
	if (files.len)
		row(t, "files", lic_buf_str(&files));
	add_count(&b, s->state[LIC_MEMBER_REVOKED], "image revoked", "images revoked");
	add_count(&b, s->state[LIC_MEMBER_OVER], "image whose license has run out",
		  "images whose licenses have run out");
	add_count(&b, s->state[LIC_MEMBER_STALE], "image changed", "images changed");
	add_count(&b, s->state[LIC_MEMBER_ENDED], "image gone or replaced",
		  "images gone or replaced");
	add_count(&b, s->changed, "image with other rights", "images with other rights");
	add_count(&b, s->ended, "other file gone or changed", "other files gone or changed");
	add_count(&b, s->erased, "entry erased", "entries erased");
	row(t, "since", b.len ? lic_buf_str(&b) : "all is as it was");
	lic_buf_release(&b);
	lic_buf_release(&files);
}

static void show_licenses(const struct lic_snapshot_summary *s)
{
	static const struct table_column columns[] = {
		{ "LICENSE", TABLE_PLAIN },
		{ "IMAGES", TABLE_RIGHT },
		{ "SIZE", TABLE_RIGHT },
	};
	struct table *t;
	char images[32], bytes[32];

	if (!s->n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < s->n; i++) {
		snapshot_bytes(s->license[i].bytes, bytes);
		table_row(t, (const char *const[]){
				     *s->license[i].license ? s->license[i].license : "(none)",
				     output_count(s->license[i].images, images), bytes });
	}
	table_print(t);
}

static void print(const struct lic_snapshot_info *info, const struct lic_snapshot_summary *sum)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);

	show_made(t, info);
	show_since(t, sum);
	table_print(t);
	show_licenses(sum);
}

static void print_json(const struct lic_snapshot_info *info, const struct lic_snapshot_summary *s)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;

	json_begin(&line);
	snapshot_json(info, j);
	lic_json_kint(j, "archived", s->archived);
	lic_json_kint(j, "documents", s->documents);
	lic_json_kint(j, "companions", s->companions);
	lic_json_kint(j, "inert", s->inert);
	lic_json_kint(j, "revoked", s->state[LIC_MEMBER_REVOKED]);
	lic_json_kint(j, "over", s->state[LIC_MEMBER_OVER]);
	lic_json_kint(j, "stale", s->state[LIC_MEMBER_STALE]);
	lic_json_kint(j, "gone", s->state[LIC_MEMBER_ENDED]);
	lic_json_kint(j, "as_was", s->state[LIC_MEMBER_AS_WAS]);
	lic_json_kint(j, "other_rights", s->changed);
	lic_json_kint(j, "files_gone", s->ended);
	lic_json_kint(j, "erased", s->erased);
	lic_json_key(j, "licenses");
	lic_json_array(j);
	for (size_t i = 0; i < s->n; i++) {
		lic_json_object(j);
		lic_json_kstr(j, "license", *s->license[i].license ? s->license[i].license : NULL);
		lic_json_kint(j, "images", s->license[i].images);
		lic_json_kint(j, "bytes", s->license[i].bytes);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	json_end(&line);
}

static int run_show(const struct call *call)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_snapshot_summary sum = { .n = 0 };
	int status = TOOL_DONE, r;
	struct lic_snapshot *s = snapshot_open(call->store.cat, call->operand[0], &status);

	if (!s)
		return status;
	r = lic_snapshot_summarize(s, (int64_t)time(NULL), &sum, &err);
	if (r < 0)
		status = output_failure(&err);
	else if (call->json)
		print_json(lic_snapshot_info(s), &sum);
	else
		print(lic_snapshot_info(s), &sum);
	lic_snapshot_summary_release(&sum);
	lic_snapshot_close(s);
	return status;
}

const struct command cmd_snapshot_show = {
	.name = "show",
	.summary = "show what is in a snapshot, and what has become of it",
	.operands = "STORE NAME",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.run = run_show,
};
