/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs import: claims from the manifest of a dataset. */
#include <errno.h>
#include <string.h>

#include "import.h"
#include "interrupt.h"

static const struct option_spec import_options[] = {
	{ "format", 'f', "NAME", "read it as this format, whatever it looks like", OPTION_VALUE,
	  offsetof(struct import_args, format) },
	{ "root", 0, "DIR", "its images lie below this directory of the store", OPTION_VALUE,
	  offsetof(struct import_args, root) },
	{ "collection", 'c', "NAME", "call it so; an import of the same name is replaced",
	  OPTION_VALUE, offsetof(struct import_args, collection) },
	{ "map", 'm', "WHAT=COLUMN", "which column of a table holds what; may be repeated",
	  OPTION_LIST, offsetof(struct import_args, map) },
	{ "grant", 0, NULL, "vouch for a license that is stated for the whole dataset", OPTION_FLAG,
	  offsetof(struct import_args, grant) },
	{ "dry-run", 'n', NULL, "do everything but change anything", OPTION_FLAG,
	  offsetof(struct import_args, dry_run) },
	{ "allow-unmatched", 0, NULL, "import even if no row finds an image yet", OPTION_FLAG,
	  offsetof(struct import_args, allow_unmatched) },
	{ "files-from", 0, "FILE", "read names of manifests from FILE, one a line; - for stdin",
	  OPTION_VALUE, offsetof(struct import_args, files_from) },
	{ "null", '0', NULL, "names in --files-from end with a NUL byte", OPTION_FLAG,
	  offsetof(struct import_args, null) },
	{ "undo", 0, "N", "end import N", OPTION_VALUE, offsetof(struct import_args, undo) },
	{ "reason", 'r', "TEXT", "why it ends; it is kept", OPTION_VALUE,
	  offsetof(struct import_args, reason) },
	{ "list", 0, NULL, "list all imports, ended ones included", OPTION_FLAG,
	  offsetof(struct import_args, list) },
	{ "formats", 0, NULL, "list the formats that are known; needs no STORE", OPTION_FLAG,
	  offsetof(struct import_args, formats) },
	OPTION_END,
};

/* --- --map -------------------------------------------------------------------------------- */

static const char *const map_words[] = { "license", "path",   "name",	"stem",	 "id",
					 "url",	    "md5",    "sha256", "xxh3",	 "creator",
					 "title",   "source", "rights", "credit" };

static const char *find_word(const char *s, size_t n)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(map_words); i++)
		if (strlen(map_words[i]) == n && memcmp(map_words[i], s, n) == 0)
			return map_words[i];
	return NULL;
}

static int bad_map(const char *s, struct lic_error *err)
{
	size_t n = strcspn(s, "=");
	const char *near = lic_text_nearest(s, n, map_words, LIC_ARRAY_SIZE(map_words));
	struct lic_buf shown = LIC_BUF_INIT(4096);

	lic_text_quote(&shown, s, strlen(s));
	lic_error_set(err, EINVAL,
		      "--map wants WHAT=COLUMN, not %s%s%s%s; WHAT is one of license, path, name, "
		      "stem, id, url, md5, sha256, xxh3, creator, title, source, rights, credit",
		      lic_buf_str(&shown), near ? " (did you mean '" : "", near ? near : "",
		      near ? "'?)" : "");
	lic_buf_release(&shown);
	return -EINVAL;
}

/* End of one WHAT=COLUMN: a comma is part of a column's name unless a known WHAT= follows. */
static size_t map_length(const char *s)
{
	size_t n = 0;

	for (;; n++) {
		n += strcspn(s + n, ",");
		if (!s[n] || (find_word(s + n + 1, strcspn(s + n + 1, "=,")) &&
			      s[n + 1 + strcspn(s + n + 1, "=,")] == '='))
			return n;
	}
}

/* The texts move while they grow: the columns are offsets until the end. */
static int parse_maps(struct import *i)
{
	size_t column[OPTION_LIST_MAX];

	for (size_t k = 0; k < i->args->map.n; k++) {
		for (const char *s = i->args->map.item[k];;) {
			size_t n = map_length(s), word = strcspn(s, "=");
			const char *what = find_word(s, word);

			if (!what || word + 1 >= n)
				return bad_map(s, &i->err);
			if (i->n_map == OPTION_LIST_MAX)
				return lic_error_set(&i->err, EINVAL,
						     "--map names more than %d "
						     "columns",
						     OPTION_LIST_MAX);
			column[i->n_map] = i->map_text.len;
			i->map[i->n_map++].what = what;
			lic_buf_add(&i->map_text, s + word + 1, n - word - 1);
			lic_buf_addc(&i->map_text, 0);
			if (!s[n])
				break;
			s += n + 1;
		}
	}
	for (size_t k = 0; k < i->n_map; k++)
		i->map[k].column = lic_buf_str(&i->map_text) + column[k];
	return 0;
}

/* --- importing ---------------------------------------------------------------------------- */

static int run_files(struct import *i)
{
	const struct import_args *args = i->args;
	int r = parse_maps(i);

	if (args->reason)
		return output_usage("--reason goes with --undo");
	if (args->null && !args->files_from)
		return output_usage("--null goes with --files-from");
	if (r == 0)
		r = import_files_find(&i->files, i->call, &i->err);
	if (r < 0)
		return r == -EINVAL ? output_usage("%s", i->err.msg) : output_failure(&i->err);
	if (!i->files.n)
		return output_usage("say which manifests: FILE...");
	if (store_open(&i->store, true, &i->err) < 0)
		return output_failure(&i->err);
	interrupt_watch();
	r = import_run(i);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&i->err) : output_failure(&i->err);
	import_print(i, r == 0 && !args->dry_run);
	return r ? TOOL_FINDING : TOOL_DONE;
}

/* --- undoing ------------------------------------------------------------------------------ */

struct wanted {
	struct import *i;
	int64_t number;
	bool found, ended;
};

static int keep_import(void *ctx, const struct lic_manifest *m)
{
	struct wanted *w = ctx;

	if (m->number != w->number || m->kind != LIC_MANIFEST_IMPORT)
		return 0;
	w->found = true;
	w->ended = m->died != 0;
	w->i->manifest.number = m->number;
	lic_buf_adds(&w->i->collection, m->collection);
	return 1;
}

static int run_undo(struct import *i)
{
	const struct import_args *args = i->args;
	struct wanted wanted = { .i = i };
	unsigned long number;
	int r;

	if (i->call->n || args->format || args->root || args->collection || args->map.n ||
	    args->grant || args->dry_run || args->allow_unmatched || args->files_from)
		return output_usage("--undo takes a number and a reason, nothing else");
	if (!args->reason || !args->reason[strspn(args->reason, " \t\n")])
		return output_usage("state the reason: --reason TEXT");
	if (option_number("undo", args->undo, 1ul << 62, &number, &i->err) < 0)
		return output_usage("%s", i->err.msg);
	if (store_open(&i->store, true, &i->err) < 0)
		return output_failure(&i->err);
	wanted.number = (int64_t)number;
	r = lic_catalog_manifests(i->store.cat, keep_import, &wanted, &i->err);
	if (r < 0)
		return output_failure(&i->err);
	if (!wanted.found || wanted.ended) {
		output_say("import %lu %s; 'licensefs import STORE --list' lists all", number,
			   wanted.found ? "has ended already" : "does not exist");
		return TOOL_FINDING;
	}
	interrupt_watch();
	r = import_undo(i, wanted.number, args->reason);
	if (r == -ENOENT) { /* somebody else was faster */
		output_failure(&i->err);
		return TOOL_FINDING;
	}
	if (r < 0)
		return output_failure(&i->err);
	import_print_undo(i);
	return TOOL_DONE;
}

static int run_import(const struct call *call)
{
	const struct import_args *args = call->args;
	struct import i = { .call = call,
			    .args = args,
			    .store = call->store,
			    .map_text = LIC_BUF_INIT(1u << 20),
			    .label = LIC_BUF_INIT(8192),
			    .collection = LIC_BUF_INIT(4096),
			    .root = LIC_BUF_INIT(1u << 20),
			    .file = LIC_BUF_INIT(1u << 20),
			    .first_key = LIC_BUF_INIT(64u << 10),
			    .prefix = "" };
	int status;

	if (args->formats)
		return import_formats(call);
	if (args->list)
		return call->n ? output_usage("--list takes no FILE") : import_list(call);
	status = args->undo ? run_undo(&i) : run_files(&i);
	import_release(&i);
	return status;
}

static bool needs_no_store(const void *args)
{
	return ((const struct import_args *)args)->formats;
}

const struct command cmd_import = {
	.name = "import",
	.group = "Judge a store",
	.summary = "read the rights of images from the manifest of a dataset",
	.operands = "STORE [FILE...]",
	.notes = "The format is recognised by content; 'licensefs import --formats' lists all that "
		 "are known.\nSeveral FILEs become one collection. A second import of a "
		 "collection replaces the first.",
	.needs = NEEDS_STORE,
	.no_store = needs_no_store,
	.max = COMMAND_MANY,
	.options = import_options,
	.args_size = sizeof(struct import_args),
	.run = run_import,
};
