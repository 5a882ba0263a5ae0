/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs status: the state of a store at a glance. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/mount.h>

#include "command.h"
#include "conflict.h"
#include "documents.h"
#include "image.h"
#include "imports.h"
#include "makers.h"
#include "revocation.h"
#include "selectors.h"
#include "table.h"
#include "totals.h"
#include "views.h"

struct status_args {
	bool verbose, verify;
};

static const struct option_spec status_options[] = {
	{ "verbose", 'v', NULL,
	  "name all hidden files, directories that views empty, and all kinds of conflicts",
	  OPTION_FLAG, offsetof(struct status_args, verbose) },
	{ "verify", 0, NULL, "check the catalog itself; exit with 1 if it is damaged", OPTION_FLAG,
	  offsetof(struct status_args, verify) },
	OPTION_END,
};

/* Kinds of conflicts that are listed without --verbose. */
#define KINDS_SHOWN 5
#define MOUNTS_MS 500 /* that mounts have to say how far they have followed */

struct report {
	const struct store *store;
	struct lic_catalog *cat;
	const struct status_args *args;
	struct totals totals;
	struct views views;
	int64_t *view_images; /* one a view, -1 where it is broken */
	struct documents documents;
	struct conflicts conflicts;
	struct imports imports;
	struct makers makers;
	struct lic_mount_state *mounts;
	struct revocation_totals revocations;
	bool likeness; /* the catalog keeps likenesses, of so many images: */
	int64_t like_waiting, like_known, like_none;
	size_t n_mounts;
	bool verified;
	struct path_cache cache;
	struct lic_error *err;
};

/* --- gathering ---------------------------------------------------------------------------- */

static int count_entry(void *ctx, const struct lic_entry *e)
{
	struct report *r = ctx;

	if (e->kind == LIC_KIND_IMAGE)
		return conflicts_add(&r->conflicts, r->cat, e->id, r->args->verbose, r->err);
	return documents_add(&r->documents, r->cat, &r->cache, e, r->args->verbose, r->err);
}

static int keep_rights(void *ctx, int64_t rights, int64_t count, _unused_ int64_t emptied)
{
	if (count)
		entry_ids_add(ctx, rights);
	return 0;
}

/* Images are counted by their rights; only those in conflict are looked at. */
static int count_entries(struct report *r)
{
	struct entry_ids doubtful = { 0 };
	size_t n = 0;
	int status = lic_catalog_dir_rights(r->cat, 1, keep_rights, &doubtful, r->err);

	for (size_t i = 0; status == 0 && i < doubtful.n; i++) {
		const struct lic_rights *rights =
			lic_catalog_rights(r->cat, doubtful.item[i], r->err);

		if (!rights)
			status = lic_error_prefix(r->err, "cannot read rights");
		else if (rights->status == LIC_STATUS_CONFLICT)
			doubtful.item[n++] = doubtful.item[i];
	}
	if (status == 0)
		status = lic_catalog_each_but(r->cat, doubtful.item, n, count_entry, r, r->err);
	entry_ids_release(&doubtful);
	return status;
}

static int keep_mount(void *ctx, const struct lic_mount_state *m)
{
	struct report *r = ctx;
	struct lic_mount_state *more = reallocarray(r->mounts, r->n_mounts + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	r->mounts = more;
	more[r->n_mounts] = *m;
	if (m->trouble)
		more[r->n_mounts].trouble = strdup(m->trouble);
	more[r->n_mounts].mountpoint = strdup(m->mountpoint);
	if (!more[r->n_mounts++].mountpoint)
		output_out_of_memory();
	return 0;
}

static int count_revocations(struct report *r)
{
	int status = revocations_count(r->cat, &r->revocations, r->err);

	if (status == 0)
		status = lic_catalog_keeps_likeness(r->cat, &r->likeness, r->err);
	if (status == 0)
		status = lic_catalog_likeness_counts(r->cat, &r->like_waiting, &r->like_known,
						     &r->like_none, r->err);
	return status;
}

static int gather(struct report *r)
{
	int status = totals_read(&r->totals, r->cat, r->err);

	if (status == 0)
		status = imports_read(&r->imports, r->cat, r->err);
	if (status == 0)
		status = makers_read(&r->makers, r->cat, r->err);
	if (status == 0)
		status = count_revocations(r);
	if (status == 0)
		status = views_load(&r->views, r->cat, r->err);
	if (status < 0)
		return status;
	r->view_images = calloc(r->views.n + 1, sizeof(*r->view_images));
	if (!r->view_images)
		output_out_of_memory();
	for (size_t i = 0; status == 0 && i < r->views.n; i++) {
		struct named_view *v = &r->views.item[i];

		r->view_images[i] = -1;
		if (v->filter)
			status = lic_filter_count(v->filter, 1, &r->view_images[i], r->err);
	}
	if (status == 0)
		status = count_entries(r);
	conflicts_sort(&r->conflicts);
	if (status == 0)
		status = lic_mount_await(r->store->path, lic_catalog_path(r->cat),
					 lic_catalog_generation(r->cat), MOUNTS_MS, keep_mount, r,
					 r->err);
	return status;
}

static void release(struct report *r)
{
	totals_release(&r->totals);
	imports_release(&r->imports);
	makers_release(&r->makers);
	views_release(&r->views);
	path_cache_release(&r->cache);
	conflicts_release(&r->conflicts);
	free(r->view_images);
	documents_release(&r->documents);
	for (size_t i = 0; i < r->n_mounts; i++) {
		free((char *)r->mounts[i].trouble);
		free((char *)r->mounts[i].mountpoint);
	}
	free(r->mounts);
}

/* --- for people --------------------------------------------------------------------------- */

static void print_quoted_cell(struct lic_buf *b, const char *s)
{
	lic_buf_reset(b);
	lic_text_quote(b, s, strlen(s));
}

struct naming {
	int64_t number;
	struct lic_buf *out;
};

static int add_name(void *ctx, const struct lic_snapshot_info *s)
{
	struct naming *n = ctx;

	if (s->number == n->number)
		lic_text_quote(n->out, s->name, strlen(s->name));
	if (s->number == n->number && s->died)
		lic_buf_adds(n->out, ", which was removed");
	return s->number == n->number;
}

/* Which one a mount shows; without, nothing. */
static void add_snapshot(const struct report *r, int64_t number, struct lic_buf *out)
{
	struct naming n = { number, out };

	if (number)
		(void)!lic_catalog_snapshots(r->cat, add_name, &n, NULL);
}

/* What a mount serves, and how far it has followed the catalog. */
static void print_mount(const struct report *r, struct lic_buf *b, const struct lic_mount_state *m)
{
	print_quoted_cell(b, m->mountpoint);
	if (m->snapshot)
		lic_buf_adds(b, ", snapshot ");
	add_snapshot(r, m->snapshot, b);
	if (m->command)
		lic_buf_addf(b, ", for process %d", (int)m->command);
	if (m->generation)
		lic_buf_addf(b, ", %s, pid %d", lic_mount_mode_name(m->mode), (int)m->pid);
	if (m->watches)
		lic_buf_adds(b, ", watches the store");
	switch (m->following) {
	case LIC_FOLLOWS:
		lic_buf_adds(b, ", up to date");
		break;
	case LIC_FOLLOWS_LATE:
		if (m->generation)
			lic_buf_addf(b, ", late: at generation %lld", (long long)m->generation);
		else
			lic_buf_adds(b, ", does not answer");
		break;
	case LIC_FOLLOWS_LOST:
		lic_buf_adds(b, ", has lost its catalog: mount it again");
		break;
	case LIC_FOLLOWS_DEAD:
		lic_buf_adds(b, ", dead: its daemon is gone");
		break;
	case LIC_FOLLOWS_UNASKED:
		lic_buf_adds(b, ", cannot be asked by this user");
		break;
	case LIC_FOLLOWS_OTHER:
		lic_buf_adds(b, ", of another catalog");
		break;
	}
	if (m->trouble)
		lic_buf_addf(b, "; %s", m->trouble);
}

static void print_head(const struct report *r)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_PLAIN } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	print_quoted_cell(&b, r->store->path);
	table_row(t, (const char *const[]){ "store", lic_buf_str(&b) });
	table_color(t, 0, "bold");
	print_quoted_cell(&b, lic_catalog_path(r->cat));
	lic_buf_addf(&b, ", generation %lld", (long long)lic_catalog_generation(r->cat));
	if (lic_catalog_immutable(r->cat))
		lic_buf_adds(&b, ", on read-only media: follows no changes");
	table_row(t, (const char *const[]){ "catalog", lic_buf_str(&b) });
	table_color(t, 0, "bold");
	for (size_t i = 0; i < r->n_mounts; i++) {
		print_mount(r, &b, &r->mounts[i]);
		table_row(t, (const char *const[]){ i ? "" : "mounts", lic_buf_str(&b) });
		table_color(t, 0, "bold");
	}
	if (!r->n_mounts) {
		table_row(t, (const char *const[]){ "mounts", "none" });
		table_color(t, 0, "bold");
	}
	table_print(t);
	lic_buf_release(&b);
}

static void print_views(const struct report *r)
{
	static const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },
		{ "IMAGES", TABLE_RIGHT },
		{ "EXPRESSION", TABLE_WRAP },
	};
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	char n[32];

	for (size_t i = 0; i < r->views.n; i++) {
		const struct named_view *v = &r->views.item[i];

		lic_buf_reset(&b);
		lic_text_show(&b, v->expr, strlen(v->expr));
		table_row(t, (const char *const[]){ v->name,
						    v->filter ? output_count(r->view_images[i], n)
							      : "broken",
						    lic_buf_str(&b) });
	}
	table_print(t);
	lic_buf_release(&b);
}

static int print_conflicts(const struct report *r)
{
	static const struct table_column columns[] = {
		{ "CONFLICTS", TABLE_RIGHT },
		{ "OF", TABLE_WRAP },
		{ "SUCH AS", TABLE_PLAIN },
	};
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	const struct conflicts *c = &r->conflicts;
	size_t shown = r->args->verbose ? c->n : KINDS_SHOWN;
	struct lic_buf path = LIC_BUF_INIT(1u << 20), name = LIC_BUF_INIT(1u << 20);
	char n[32], all[32];
	int status = 0;

	for (size_t i = 0; status == 0 && i < c->n && i < shown; i++) {
		lic_buf_reset(&path);
		lic_buf_reset(&name);
		status = lic_catalog_entry_path(r->cat, c->item[i].example, &path, r->err);
		lic_text_quote(&name, lic_buf_str(&path), path.len);
		table_row(t, (const char *const[]){ output_count(c->item[i].images, n),
						    c->item[i].kind, lic_buf_str(&name) });
	}
	table_print(t);
	if (c->n > shown)
		printf("and %s more kinds; --verbose shows all\n",
		       output_count((int64_t)(c->n - shown), n));
	if (c->looked < c->images)
		printf("among the first %s of %s conflicts; --verbose looks at all\n",
		       output_count(c->looked, n), output_count(c->images, all));
	puts("'licensefs explain' prints the commands that settle each");
	lic_buf_release(&path);
	lic_buf_release(&name);
	return status;
}

static void print_revocations(const struct report *r)
{
	const struct revocation_totals *t = &r->revocations;
	char n[32], ended[32];

	if (t->force || t->ended)
		printf("\n%s %s in force, %s ended; 'licensefs revoke STORE --list' lists them\n",
		       output_count(t->force, n),
		       output_plural(t->force, "revocation", "revocations"),
		       output_count(t->ended, ended));
	if (!r->likeness)
		return;
	printf("\nlikeness known of %s %s", output_count(r->like_known, n),
	       output_plural(r->like_known, "image", "images"));
	if (r->like_waiting)
		printf(", %s %s for it: scan", output_count(r->like_waiting, n),
		       output_plural(r->like_waiting, "waits", "wait"));
	if (r->like_none)
		printf(", %s %s none", output_count(r->like_none, n),
		       output_plural(r->like_none, "has", "have"));
	putchar('\n');
}

static int print_emptied(void *ctx, _unused_ size_t view, const char *path, int64_t images)
{
	char n[32];

	printf("%s shows none of %s %s below ", (const char *)ctx, output_count(images, n),
	       output_plural(images, "image", "images"));
	output_quoted(stdout, path, strlen(path));
	putchar('\n');
	return 0;
}

static int print_report(struct report *r)
{
	int status = 0;

	print_head(r);
	putchar('\n');
	totals_print(&r->totals);
	imports_print(&r->imports);
	makers_print(&r->makers);
	print_revocations(r);
	putchar('\n');
	print_views(r);
	if (r->conflicts.n) {
		putchar('\n');
		status = print_conflicts(r);
		if (status < 0)
			return status;
	}
	documents_print(&r->documents);
	if (r->args->verbose)
		putchar('\n');
	for (size_t i = 0; r->args->verbose && status == 0 && i < r->views.n; i++) {
		const struct named_view *v = &r->views.item[i];

		if (v->filter)
			status = lic_view_emptied(r->cat, &v->filter, 1, 0, print_emptied, v->name,
						  r->err);
	}
	for (size_t i = 0; i < r->views.n; i++)
		if (r->views.item[i].broken)
			output_say("view '%s' shows nothing: %s", r->views.item[i].name,
				   r->views.item[i].broken);
	if (r->verified)
		puts("\nthe catalog is sound");
	return status;
}

/* --- JSON --------------------------------------------------------------------------------- */

static int json_emptied(void *ctx, _unused_ size_t view, const char *path, int64_t images)
{
	struct lic_json *j = ctx;

	lic_json_object(j);
	lic_json_kstr(j, "path", path);
	lic_json_kint(j, "images", images);
	lic_json_object_end(j);
	return 0;
}

static int json_views(struct report *r, struct lic_json *j)
{
	int status = 0;

	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t i = 0; status == 0 && i < r->views.n; i++) {
		const struct named_view *v = &r->views.item[i];

		lic_json_object(j);
		lic_json_kstr(j, "name", v->name);
		lic_json_kstr(j, "expression", v->expr);
		lic_json_kstr(j, "basis", v->basis);
		lic_json_kbool(j, "builtin", v->builtin);
		lic_json_key(j, "images");
		if (v->filter)
			lic_json_int(j, r->view_images[i]);
		else
			lic_json_null(j);
		if (r->args->verbose) {
			lic_json_key(j, "emptied");
			lic_json_array(j);
			if (v->filter)
				status = lic_view_emptied(r->cat, &v->filter, 1, 0, json_emptied, j,
							  r->err);
			lic_json_array_end(j);
		}
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	return status;
}

/* How far each has followed; mode, generation and pid are those that it has said. */
static void json_mounts(const struct report *r, struct lic_json *j)
{
	lic_json_key(j, "following");
	lic_json_array(j);
	for (size_t i = 0; i < r->n_mounts; i++) {
		const struct lic_mount_state *m = &r->mounts[i];

		lic_json_object(j);
		lic_json_kstr(j, "mountpoint", m->mountpoint);
		if (m->command)
			lic_json_kint(j, "command", m->command);
		lic_json_kstr(j, "state", lic_following_name(m->following));
		if (m->generation) {
			lic_json_kstr(j, "mode", lic_mount_mode_name(m->mode));
			lic_json_kint(j, "generation", m->generation);
			lic_json_kint(j, "pid", m->pid);
			lic_json_kstr(j, "trouble", m->trouble);
			lic_json_kbool(j, "watches", m->watches);
			lic_json_kint(j, "snapshot", m->snapshot);
		}
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_revocations(const struct report *r, struct lic_json *j)
{
	lic_json_kint(j, "revocations", r->revocations.force);
	lic_json_kint(j, "revocations_ended", r->revocations.ended);
	lic_json_key(j, "likenesses");
	if (!r->likeness) {
		lic_json_null(j);
		return;
	}
	lic_json_object(j);
	lic_json_kint(j, "known", r->like_known);
	lic_json_kint(j, "waiting", r->like_waiting);
	lic_json_kint(j, "none", r->like_none);
	lic_json_object_end(j);
}

static int json_report(struct report *r)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;
	int status;

	json_begin(&line);
	lic_json_kstr(j, "store", r->store->path);
	lic_json_kstr(j, "catalog", lic_catalog_path(r->cat));
	lic_json_kint(j, "generation", lic_catalog_generation(r->cat));
	lic_json_kbool(j, "immutable", lic_catalog_immutable(r->cat));
	if (r->args->verify)
		lic_json_kbool(j, "sound", r->verified);
	totals_json(&r->totals, j);
	imports_json(&r->imports, j);
	makers_json(&r->makers, j);
	json_revocations(r, j);
	lic_json_kint(j, "directories", r->documents.kinds[LIC_KIND_DIR]);
	lic_json_kint(j, "companions", r->documents.kinds[LIC_KIND_COMPANION]);
	lic_json_kint(j, "inert", r->documents.kinds[LIC_KIND_INERT]);
	documents_json(&r->documents, j, r->args->verbose);
	status = conflicts_json(&r->conflicts, r->cat, j, r->err);
	if (status == 0)
		status = json_views(r, j);
	lic_json_key(j, "mounts");
	lic_json_array(j);
	for (size_t i = 0; i < r->n_mounts; i++)
		if (!r->mounts[i].command)
			lic_json_str(j, r->mounts[i].mountpoint);
	lic_json_array_end(j);
	json_mounts(r, j);
	if (status == 0)
		json_end(&line);
	return status;
}

static int run_status(const struct call *call)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct report report = {
		.store = &call->store,
		.cat = call->store.cat,
		.args = call->args,
		.err = &err,
	};
	int r = 0, status = TOOL_DONE;

	if (report.args->verify) {
		r = lic_catalog_check(report.cat, &err);
		report.verified = r == 0;
		if (r == -EUCLEAN) {
			output_failure(&err);
			return TOOL_FINDING;
		}
	}
	if (r == 0)
		r = gather(&report);
	if (r == 0)
		r = call->json ? json_report(&report) : print_report(&report);
	if (r < 0)
		status = output_failure(&err);
	release(&report);
	return status;
}

const struct command cmd_status = {
	.name = "status",
	.group = "Ask",
	.summary = "show the state of a store: images by status, license and view",
	.operands = "STORE",
	.needs = NEEDS_READ,
	.options = status_options,
	.args_size = sizeof(struct status_args),
	.run = run_status,
};
