/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs license: the license facts, and what a string found in the wild means. */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#include <licensefs/license.h>

#include "command.h"
#include "table.h"

static const char *const permission_word[] = {
	[LIC_UNKNOWN] = "unknown",
	[LIC_FORBIDDEN] = "no",
	[LIC_ALLOWED] = "yes",
};

static const char *const status_word[] = {
	[LIC_LICENSE_UNKNOWN] = "unknown",
	[LIC_LICENSE_OPEN] = "open",
	[LIC_LICENSE_RESTRICTED] = "restricted",
	[LIC_LICENSE_RESERVED] = "reserved",
};

static const char *const ml_word[] = {
	[LIC_ML_SILENT] = "silent",
	[LIC_ML_PERMITTED] = "permitted",
	[LIC_ML_PERMITTED_ONLY] = "permitted-only",
	[LIC_ML_PROHIBITED] = "prohibited",
	[LIC_ML_CONDITIONAL] = "conditional",
};

static const struct {
	unsigned bit;
	const char *word;
} scope_words[] = {
	{ LIC_SCOPE_WORK, "work" },	      { LIC_SCOPE_CONTENTS, "contents" },
	{ LIC_SCOPE_STATEMENT, "statement" }, { LIC_SCOPE_DATA, "data" },
	{ LIC_SCOPE_DATABASE, "database" },   { LIC_SCOPE_SOFTWARE, "software" },
	{ LIC_SCOPE_MODEL, "model" },
};

static void add_word(struct lic_buf *b, const char *word)
{
	lic_buf_addf(b, "%s%s", b->len ? ", " : "", word);
}

static void add_obligations(struct lic_buf *b, unsigned bits)
{
	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++)
		if (bits & 1u << i)
			add_word(b, lic_obligation_name(1u << i));
}

static void print_json(struct json_line *line, const struct lic_license *l)
{
	struct lic_json *j = &line->json;

	json_begin(line);
	lic_json_kstr(j, "id", l->id);
	lic_json_kstr(j, "name", l->name);
	lic_json_kstr(j, "url", l->url);
	lic_json_kstr(j, "status", status_word[l->status]);
	lic_json_kbool(j, "clears", lic_license_clears(l, false));
	lic_json_kbool(j, "public_domain", lic_license_is_public_domain(l));
	lic_json_key(j, "permissions");
	lic_json_object(j);
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		lic_json_kstr(j, lic_permission_name(p), lic_tri_name(l->permission[p]));
	lic_json_object_end(j);
	lic_json_key(j, "obligations");
	lic_json_array(j);
	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++)
		if (l->obligations & 1u << i)
			lic_json_str(j, lic_obligation_name(1u << i));
	lic_json_array_end(j);
	lic_json_key(j, "scope");
	lic_json_array(j);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(scope_words); i++)
		if (l->scope & scope_words[i].bit)
			lic_json_str(j, scope_words[i].word);
	lic_json_array_end(j);
	lic_json_kstr(j, "ml_clause", ml_word[l->ml_clause]);
	lic_json_kstr(j, "territory", l->territory);
	lic_json_kstr(j, "basis", l->basis);
	lic_json_kstr(j, "note", l->note);
	json_end(line);
}

/* --- own licenses of a store --------------------------------------------------------------- */

struct own_args {
	const char *store;
};

static const struct option_spec own_options[] = {
	{ "store", 's', "STORE", "the licenses that are defined for this store, too", OPTION_VALUE,
	  offsetof(struct own_args, store) },
	OPTION_END,
};

/* Opens the store's catalog, if one was named; what is defined there is put into *ret. */
static int open_own(const struct call *call, struct store *store,
		    const struct lic_own_licenses **ret)
{
	const struct own_args *args = call->args;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_policy policy;
	int r;

	*ret = NULL;
	if (!args->store)
		return TOOL_DONE;
	r = store_init(store, args->store, NULL, &err);
	if (r == 0)
		r = store_open(store, false, &err);
	if (r == 0)
		r = lic_catalog_policy(store->cat, &policy, &err);
	if (r < 0)
		return output_failure(&err);
	*ret = policy.own;
	return TOOL_DONE;
}

/* --- license list ------------------------------------------------------------------------- */

static void color_permission(struct table *t, size_t i, enum lic_tri p)
{
	static const char *const color[] = {
		[LIC_UNKNOWN] = "yellow",
		[LIC_FORBIDDEN] = "red",
		[LIC_ALLOWED] = "green",
	};

	table_color(t, i, color[p]);
}

static void list_row(struct table *t, const struct lic_license *l)
{
	const char *cells[LIC_PERMISSION_COUNT + 2];
	struct lic_buf obligations = LIC_BUF_INIT(256);

	add_obligations(&obligations, l->obligations);
	cells[0] = l->id;
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		cells[1 + p] = permission_word[l->permission[p]];
	cells[LIC_PERMISSION_COUNT + 1] =
		lic_license_clears(l, false) ? lic_buf_str(&obligations) : "clears no image";
	table_row(t, cells);
	for (size_t p = 0; p < LIC_PERMISSION_COUNT; p++)
		color_permission(t, 1 + p, l->permission[p]);
	lic_buf_release(&obligations);
}

/* Those of the store come first. */
static const struct lic_license *license_at(const struct lic_own_licenses *own, size_t i)
{
	size_t n = own ? own->n : 0;

	return i < n ? &own->item[i] : lic_license_at(i - n);
}

static int run_list(const struct call *call)
{
	static const struct table_column columns[] = {
		{ "LICENSE", TABLE_PLAIN },	{ "NONCOMMERCIAL", TABLE_PLAIN },
		{ "COMMERCIAL", TABLE_PLAIN },	{ "REDISTRIBUTE", TABLE_PLAIN },
		{ "DERIVE", TABLE_PLAIN },	{ "SHARE", TABLE_PLAIN },
		{ "OBLIGATIONS", TABLE_PLAIN },
	};
	_cleanup_(json_release) struct json_line line = { 0 };
	const char *glob = call->n ? call->operand[0] : "*";
	_cleanup_(store_release) struct store store = { 0 };
	const struct lic_own_licenses *own;
	const struct lic_license *l;
	struct table *t = NULL;
	bool found = false;

	if (open_own(call, &store, &own) != TOOL_DONE)
		return TOOL_FAILURE;

	if (!call->json)
		t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; (l = license_at(own, i)); i++) {
		if (fnmatch(glob, l->id, FNM_CASEFOLD) != 0)
			continue;
		found = true;
		if (call->json)
			print_json(&line, l);
		else
			list_row(t, l);
	}
	table_print(t);
	return found ? TOOL_DONE : TOOL_FINDING;
}

static const struct command cmd_list = {
	.name = "list",
	.summary = "list every license that licensefs knows, or those that match",
	.operands = "[GLOB]",
	.max = 1,
	.options = own_options,
	.args_size = sizeof(struct own_args),
	.run = run_list,
};

/* --- license show ------------------------------------------------------------------------- */

static void show_row(struct table *t, const char *name, const char *value)
{
	const char *const cells[] = { name, value };

	table_row(t, cells);
	table_color(t, 0, "bold");
}

static void show_license(const struct lic_license *l)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 2, false);
	struct lic_buf words = LIC_BUF_INIT(256);

	printf("%s\n", l->id);
	show_row(t, "name", l->name);
	if (l->url)
		show_row(t, "url", l->url);
	show_row(t, "status", status_word[l->status]);
	show_row(t, "clears an image", lic_license_clears(l, false) ? "yes" : "no");
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++) {
		show_row(t, lic_permission_name(p), lic_tri_name(l->permission[p]));
		color_permission(t, 1, l->permission[p]);
	}
	add_obligations(&words, l->obligations);
	show_row(t, "obligations", words.len ? lic_buf_str(&words) : "none");
	lic_buf_reset(&words);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(scope_words); i++)
		if (l->scope & scope_words[i].bit)
			add_word(&words, scope_words[i].word);
	show_row(t, "scope", words.len ? lic_buf_str(&words) : "none");
	show_row(t, "machine learning", ml_word[l->ml_clause]);
	show_row(t, "territory", l->territory);
	show_row(t, "proven by", l->basis);
	if (l->note)
		show_row(t, "note", l->note);
	table_print(t);
	lic_buf_release(&words);
}

static int report_unknown(const char *id)
{
	struct lic_buf shown = LIC_BUF_INIT(4096);
	const struct lic_license *l, *near = NULL;
	unsigned least = UINT_MAX;

	for (size_t i = 0; (l = lic_license_at(i)); i++) {
		unsigned d = lic_text_distance(id, strlen(id), l->id, strlen(l->id));

		if (d < least && d < 6 && lic_license_is_near(id, strlen(id), l->id)) {
			least = d;
			near = l;
		}
	}
	lic_text_quote(&shown, id, strlen(id));
	output_say("no license '%s'%s%s%s", lic_buf_str(&shown), near ? "; did you mean '" : "",
		   near ? near->id : "",
		   near ? "'?"
			: "; 'licensefs license list' lists all, with --store those of a "
			  "store, too");
	lic_buf_release(&shown);
	return TOOL_FINDING;
}

static int run_show(const struct call *call)
{
	_cleanup_(store_release) struct store store = { 0 };
	_cleanup_(json_release) struct json_line line = { 0 };
	const struct lic_own_licenses *own;
	int status = TOOL_DONE;

	if (open_own(call, &store, &own) != TOOL_DONE)
		return TOOL_FAILURE;

	for (size_t i = 0; i < call->n; i++) {
		const char *id = call->operand[i];
		const struct lic_license *l = lic_license_find(id, strlen(id));

		if (!l)
			l = lic_own_license_find(own, id, strlen(id));
		if (!l) {
			status = report_unknown(id);
		} else if (call->json) {
			print_json(&line, l);
		} else {
			if (i)
				putchar('\n');
			show_license(l);
		}
	}
	return status;
}

static const struct command cmd_show = {
	.name = "show",
	.summary = "show what a license permits and demands",
	.operands = "ID...",
	.min = 1,
	.max = COMMAND_MANY,
	.options = own_options,
	.args_size = sizeof(struct own_args),
	.run = run_show,
};

static const struct command *const license_verbs[] = { &cmd_list,	   &cmd_show,
						       &cmd_license_set,   &cmd_license_rm,
						       &cmd_license_parse, NULL };

const struct command cmd_license = {
	.name = "license",
	.group = "Learn",
	.summary = "what licenses permit, and what license strings mean",
	.operands = "list|show|set|rm|parse ...",
	.sub = license_verbs,
};
