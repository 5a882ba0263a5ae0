/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs view: named expressions over rights. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "table.h"
#include "views.h"

static void json_view(struct json_line *line, const struct named_view *v, int64_t images)
{
	struct lic_json *j = &line->json;

	json_begin(line);
	lic_json_kstr(j, "name", v->name);
	lic_json_kstr(j, "expression", v->expr);
	lic_json_kstr(j, "basis", v->basis);
	lic_json_kbool(j, "builtin", v->builtin);
	lic_json_key(j, "images");
	if (images < 0)
		lic_json_null(j);
	else
		lic_json_int(j, images);
	lic_json_kstr(j, "error", v->broken);
	json_end(line);
}

/* --- view list ---------------------------------------------------------------------------- */

static int list_views(const struct call *call, struct views *views, struct lic_error *err)
{
	static const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },
		{ "IMAGES", TABLE_RIGHT },
		{ "EXPRESSION", TABLE_WRAP },
	};
	_cleanup_(json_release) struct json_line line = { 0 };
	struct table *t = call->json ? NULL : table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	struct lic_buf expr = LIC_BUF_INIT(1u << 20);
	char n[32];
	int r = 0;

	for (size_t i = 0; r == 0 && i < views->n; i++) {
		struct named_view *v = &views->item[i];
		int64_t images = -1;

		if (v->filter)
			r = lic_filter_count(v->filter, 1, &images, err);
		if (call->json) {
			json_view(&line, v, images);
			continue;
		}
		lic_buf_reset(&expr);
		lic_text_show(&expr, v->expr, strlen(v->expr));
		if (v->basis) {
			lic_buf_adds(&expr, " -- basis: ");
			lic_text_show(&expr, v->basis, strlen(v->basis));
		}
		table_row(t, (const char *const[]){ v->name,
						    v->filter ? output_count(images, n) : "broken",
						    lic_buf_str(&expr) });
	}
	table_print(t);
	lic_buf_release(&expr);
	return r;
}

static int run_list(const struct call *call)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct views views;
	int r = views_load(&views, call->store.cat, &err);

	if (r == 0)
		r = list_views(call, &views, &err);
	views_release(&views);
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}

static const struct command cmd_list = {
	.name = "list",
	.summary = "list all views with the number of images that each shows",
	.operands = "STORE",
	.needs = NEEDS_READ,
	.run = run_list,
};

/* --- view show ---------------------------------------------------------------------------- */

static void show_row(struct table *t, const char *name, const char *value)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_show(&b, value, strlen(value));
	table_row(t, (const char *const[]){ name, lic_buf_str(&b) });
	table_color(t, 0, "bold");
	lic_buf_release(&b);
}

static void show_view(const struct named_view *v, const char *summary, int64_t images)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);
	char n[32];

	show_row(t, "view", v->name);
	show_row(t, "expression", v->expr);
	if (v->basis)
		show_row(t, "basis", v->basis);
	if (summary)
		show_row(t, "means", summary);
	if (images >= 0)
		show_row(t, "images", output_count(images, n));
	table_print(t);
}

/* A combination such as commercial+augmentable, or by-license/ID, is no row and no built-in. */
static int show_combination(const struct call *call, const char *name, struct lic_error *err)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_catalog *cat = call->store.cat;
	struct named_view v = { 0 };
	int64_t number, images;
	int r = lic_view_by_name(cat, name, &v.view, &number, err);

	if (r == 0)
		r = lic_filter_new(cat, v.view, LIC_CLASSES_DROP, lic_catalog_generation(cat),
				   &v.filter, err);
	if (r == 0)
		r = lic_filter_count(v.filter, 1, &images, err);
	if (r == 0) {
		v.name = (char *)lic_view_name(v.view);
		v.expr = (char *)lic_view_expr(v.view);
		v.basis = *lic_view_basis(v.view) ? (char *)lic_view_basis(v.view) : NULL;
		if (call->json)
			json_view(&line, &v, images);
		else
			show_view(&v, NULL, images);
	}
	lic_filter_free(v.filter);
	lic_view_free(v.view);
	return r;
}

static const char *summary_of(const char *name)
{
	const struct lic_builtin_view *b;

	for (size_t i = 0; (b = lic_view_builtin(i)); i++)
		if (strcmp(b->name, name) == 0)
			return b->summary;
	return NULL;
}

static int show_named(const struct call *call, const char *name, struct lic_error *err)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct views views;
	int64_t images = -1;
	bool found = false;
	int r = views_load(&views, call->store.cat, err);

	for (size_t i = 0; r == 0 && !found && i < views.n; i++) {
		struct named_view *v = &views.item[i];

		if (strcmp(v->name, name) != 0)
			continue;
		found = true;
		if (v->filter)
			r = lic_filter_count(v->filter, 1, &images, err);
		if (r < 0)
			break;
		if (call->json)
			json_view(&line, v, images);
		else
			show_view(v, summary_of(name), images);
		if (v->broken)
			output_say("view '%s' shows nothing: %s", name, v->broken);
	}
	views_release(&views);
	return r == 0 && !found ? show_combination(call, name, err) : r;
}

static int run_show(const struct call *call)
{
	struct lic_error err = LIC_ERROR_INIT;
	int r = show_named(call, call->operand[0], &err);

	if (r == -ENOENT || r == -EINVAL) {
		output_failure(&err);
		return TOOL_FINDING;
	}
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}

static const struct command cmd_show = {
	.name = "show",
	.summary = "show the expression of a view",
	.operands = "STORE NAME",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.run = run_show,
};

static const struct command *const view_verbs[] = { &cmd_list,	  &cmd_show,	     &cmd_view_set,
						    &cmd_view_rm, &cmd_view_classes, NULL };

const struct command cmd_view = {
	.name = "view",
	.group = "Use",
	.summary = "list, show and define views",
	.operands = "list|show|set|rm|classes STORE ...",
	.sub = view_verbs,
};
