/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot diff: what differs, and why. */
#include <string.h>

#include "image.h"
#include "snapshot.h"

struct differing {
	struct json_line *line; /* NULL: for people */
	int64_t n[LIC_DIFFERENCE_KINDS];
};

static void put_bytes(struct lic_json *j, const char *key, struct lic_bytes b)
{
	lic_json_key(j, key);
	if (b.n)
		lic_json_bytes(j, b.p, b.n);
	else
		lic_json_null(j);
}

static void put_rights(struct lic_json *j, const char *key, const struct lic_rights *r)
{
	lic_json_key(j, key);
	if (!r) {
		lic_json_null(j);
		return;
	}
	lic_json_object(j);
	lic_json_kstr(j, "status", lic_status_name(r->status));
	image_json_rights(j, r);
	lic_json_object_end(j);
}

static void print_json(struct json_line *line, const struct lic_difference *d)
{
	struct lic_json *j = &line->json;

	json_begin(line);
	lic_json_kstr(j, "change", lic_difference_name(d->kind));
	lic_json_kstr(j, "kind", lic_kind_name(d->entry));
	lic_json_key(j, "path");
	lic_json_bytes(j, d->path.p, d->path.n);
	put_bytes(j, "from", d->from);
	lic_json_kstr(j, "reason", d->reason);
	lic_json_key(j, "revocation");
	if (d->revocation)
		lic_json_int(j, d->revocation);
	else
		lic_json_null(j);
	put_rights(j, "before", d->before);
	put_rights(j, "after", d->after);
	json_end(line);
}

/* "CC-BY-4.0", or the status where that says more. */
static const char *word(const struct lic_rights *r)
{
	if (r->status != LIC_STATUS_CLEAR)
		return lic_status_name(r->status);
	return *r->license ? r->license : "no license";
}

static void print(const struct lic_difference *d)
{
	static const char sign[LIC_DIFFERENCE_KINDS] = { '+', '-', '~', '!', '>' };

	printf("%c ", sign[d->kind]);
	if (d->from.n) {
		output_quoted(stdout, d->from.p, d->from.n);
		fputs(" -> ", stdout);
	}
	output_quoted(stdout, d->path.p, d->path.n);
	if (d->entry == LIC_KIND_DIR)
		putchar('/');
	if (d->before && d->after && strcmp(word(d->before), word(d->after)) != 0) {
		fputs(": ", stdout);
		output_shown(stdout, word(d->before), strlen(word(d->before)));
		fputs(" -> ", stdout);
		output_shown(stdout, word(d->after), strlen(word(d->after)));
	}
	fputs(": ", stdout);
	output_shown(stdout, d->reason, strlen(d->reason));
	putchar('\n');
}

static int take(void *ctx, const struct lic_difference *d)
{
	struct differing *x = ctx;

	x->n[d->kind]++;
	if (output_broken())
		return 0; /* nobody reads any more, but the status is wanted */
	if (x->line)
		print_json(x->line, d);
	else
		print(d);
	return 0;
}

static int finish(const struct differing *x)
{
	struct lic_buf b = LIC_BUF_INIT(4096);
	char n[32];

	for (int i = 0; i < LIC_DIFFERENCE_KINDS; i++) {
		if (!x->n[i])
			continue;
		lic_buf_addf(&b, "%s%s %s", b.len ? ", " : "", output_count(x->n[i], n),
			     i == LIC_DIFFERENCE_RIGHTS ? "with other rights"
							: lic_difference_name(i));
	}
	if (b.len)
		output_say("%s", lic_buf_str(&b));
	n[0] = b.len ? 1 : 0;
	lic_buf_release(&b);
	return n[0] ? TOOL_FINDING : TOOL_DONE;
}

static int run_diff(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct differing x = { .line = call->json ? &line : NULL };
	struct lic_catalog *cat = call->store.cat;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_snapshot *older, *newer = NULL;
	int status = TOOL_FAILURE, r = 0;

	older = snapshot_open(cat, call->operand[0], &status);
	if (older && call->n > 1)
		newer = snapshot_open(cat, call->operand[1], &status);
	if (older && (newer || call->n == 1)) {
		r = lic_snapshot_diff(cat, older, newer, take, &x, &err);
		status = r < 0 ? output_failure(&err) : finish(&x);
	}
	lic_snapshot_close(older);
	lic_snapshot_close(newer);
	return status;
}

const struct command cmd_snapshot_diff = {
	.name = "diff",
	.summary = "tell what differs between two snapshots, or one and now, and why",
	.operands = "STORE NAME [NAME]",
	.notes = "+ was added, - removed, ~ has other rights, ! has other bytes under the same "
		 "name, "
		 "> has another name. Exits with 1 where anything differs.",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 2,
	.run = run_diff,
};
