/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs view set, rm and classes. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "table.h"
#include "views.h"

struct set_args {
	const char *basis;
};

static const struct option_spec set_options[] = {
	{ "basis", 0, "TEXT", "the legal basis, where the expression names a reservation or status",
	  OPTION_VALUE, offsetof(struct set_args, basis) },
	OPTION_END,
};

static int write_view(struct lic_catalog *cat, const char *name, const char *expr,
		      const char *basis, struct lic_error *err)
{
	struct lic_txn *txn = NULL;
	int r = lic_catalog_begin(cat, "view set", &txn, err);

	if (r < 0)
		return r;
	r = lic_catalog_view_set(txn, name, expr, basis, err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, err);
}

static void print_images(const struct call *call, const char *name, int64_t images)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	char n[32];

	if (call->json) {
		json_begin(&line);
		lic_json_kstr(&line.json, "name", name);
		lic_json_kint(&line.json, "images", images);
		json_end(&line);
	} else {
		printf("%s shows %s %s\n", name, output_count(images, n),
		       output_plural(images, "image", "images"));
	}
}

static int count_images(struct lic_catalog *cat, const char *name, int64_t *ret,
			struct lic_error *err)
{
	struct lic_view *view = NULL;
	struct lic_filter *filter = NULL;
	int64_t number;
	int r = lic_view_by_name(cat, name, &view, &number, err);

	if (r == 0)
		r = lic_filter_new(cat, view, LIC_CLASSES_DROP, 0, &filter, err);
	if (r == 0)
		r = lic_filter_count(filter, 1, ret, err);
	lic_filter_free(filter);
	lic_view_free(view);
	return r;
}

static int run_set(const struct call *call)
{
	const struct set_args *args = call->args;
	const char *name = call->operand[0], *expr = call->operand[1];
	struct lic_catalog *cat = call->store.cat;
	struct lic_error err = LIC_ERROR_INIT;
	int64_t images;
	int r = lic_view_check(cat, name, expr, args->basis, &err);

	if (r == -EINVAL || r == -ELOOP || r == -EPERM)
		return output_invalid(&err);
	if (r == 0)
		r = write_view(cat, name, expr, args->basis, &err);
	if (r == 0)
		r = count_images(cat, name, &images, &err);
	if (r < 0)
		return output_failure(&err);
	print_images(call, name, images);
	return TOOL_DONE;
}

const struct command cmd_view_set = {
	.name = "set",
	.summary = "define a view, or define it anew",
	.operands = "STORE NAME EXPR",
	.notes = "licensefs-expressions(7) describes EXPR. Mounts of the store follow at once.",
	.needs = NEEDS_WRITE,
	.min = 2,
	.max = 2,
	.options = set_options,
	.args_size = sizeof(struct set_args),
	.run = run_set,
};

/* --- view rm ------------------------------------------------------------------------------ */

static int run_rm(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_txn *txn = NULL;
	int r;

	for (size_t i = 0; lic_view_builtin(i); i++) {
		if (strcmp(lic_view_builtin(i)->name, call->operand[0]) == 0) {
			output_say("view '%s' is built in and cannot be removed", call->operand[0]);
			return TOOL_FINDING;
		}
	}
	r = lic_catalog_begin(call->store.cat, "view rm", &txn, &err);
	if (r < 0)
		return output_failure(&err);
	r = lic_catalog_view_rm(txn, call->operand[0], &err);
	if (r < 0)
		lic_catalog_abort(txn);
	else
		r = lic_catalog_commit(txn, &err);
	if (r < 0) {
		output_failure(&err);
		return r == -ENOENT ? TOOL_FINDING : TOOL_FAILURE;
	}
	if (call->json)
		json_removed(&line, call->operand[0]);
	return TOOL_DONE;
}

const struct command cmd_view_rm = {
	.name = "rm",
	.summary = "remove a view that was defined by 'view set'",
	.operands = "STORE NAME",
	.needs = NEEDS_WRITE,
	.min = 1,
	.max = 1,
	.run = run_rm,
};

/* --- view classes ------------------------------------------------------------------------- */

struct classes {
	struct table *table; /* NULL: JSON */
	struct json_line line;
};

static int print_class(void *ctx, const struct lic_class *c)
{
	struct classes *out = ctx;
	struct lic_buf name = LIC_BUF_INIT(1u << 20);
	char store[24], view[24], images[32];

	if (out->table) {
		lic_text_quote(&name, c->name, strlen(c->name));
		snprintf(store, sizeof(store), "%d", c->store_index);
		snprintf(view, sizeof(view), c->view_index < 0 ? "-" : "%d", c->view_index);
		table_row(out->table, (const char *const[]){ lic_buf_str(&name), store, view,
							     output_count(c->images, images) });
		if (c->images == 0)
			table_color(out->table, 2, "red");
		lic_buf_release(&name);
		return output_broken() ? 1 : 0;
	}
	json_begin(&out->line);
	lic_json_kstr(&out->line.json, "class", c->name);
	lic_json_kint(&out->line.json, "store_index", c->store_index);
	lic_json_key(&out->line.json, "view_index");
	if (c->view_index < 0)
		lic_json_null(&out->line.json);
	else
		lic_json_int(&out->line.json, c->view_index);
	lic_json_kint(&out->line.json, "images", c->images);
	lic_json_kbool(&out->line.json, "split", c->split);
	json_end(&out->line);
	return output_broken() ? 1 : 0;
}

static int run_classes(const struct call *call)
{
	static const struct table_column columns[] = {
		{ "CLASS", TABLE_PLAIN },
		{ "STORE", TABLE_RIGHT },
		{ "VIEW", TABLE_RIGHT },
		{ "IMAGES", TABLE_RIGHT },
	};
	struct lic_catalog *cat = call->store.cat;
	struct lic_error err = LIC_ERROR_INIT;
	struct classes out = { 0 };
	struct lic_view *view = NULL;
	struct lic_filter *filter = NULL;
	int64_t number;
	int r = lic_view_by_name(cat, call->operand[0], &view, &number, &err);

	if (r == -ENOENT || r == -EINVAL) {
		output_failure(&err);
		return TOOL_FINDING;
	}
	if (r == 0)
		r = lic_filter_new(cat, view, LIC_CLASSES_DROP, lic_catalog_generation(cat),
				   &filter, &err);
	if (r == 0) {
		if (!call->json)
			out.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
		r = lic_view_classes(cat, filter, print_class, &out, &err);
	}
	table_print(out.table);
	json_release(&out.line);
	lic_filter_free(filter);
	lic_view_free(view);
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}

const struct command cmd_view_classes = {
	.name = "classes",
	.summary = "list the class directories with their index in the store and in a view",
	.operands = "STORE NAME",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.run = run_classes,
};
