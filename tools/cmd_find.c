/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs find: which images, with status, license and views. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "conflict.h"
#include "image.h"
#include "pattern.h"
#include "table.h"
#include "views.h"

struct find_args {
	const char *hash, *creator, *url, *where, *conflict_of;
	bool null;
};

static const struct option_spec find_options[] = {
	{ "hash", 0, "HASH", "images with these bytes: xxh3:, sha256: or md5:HEX", OPTION_VALUE,
	  offsetof(struct find_args, hash) },
	{ "creator", 0, "NAME", "images of this creator; * and ? match, case does not matter",
	  OPTION_VALUE, offsetof(struct find_args, creator) },
	{ "url", 0, "URL", "images whose source is this URL, below it, or on this host",
	  OPTION_VALUE, offsetof(struct find_args, url) },
	{ "where", 'w', "EXPR", "images that satisfy EXPR, whatever their status", OPTION_VALUE,
	  offsetof(struct find_args, where) },
	{ "conflict-of", 0, "PATH", "images with the same kind of conflict as this one",
	  OPTION_VALUE, offsetof(struct find_args, conflict_of) },
	{ "null", '0', NULL, "print paths only, each ended by a NUL byte", OPTION_FLAG,
	  offsetof(struct find_args, null) },
	{ "print0", 0, NULL, "the same as --null", OPTION_FLAG, offsetof(struct find_args, null) },
	OPTION_END,
};

struct find {
	const struct find_args *args;
	const struct call *call;
	struct lic_catalog *cat;
	struct content_hash hash;
	struct lic_view *where; /* NULL: not asked for */
	struct lic_decision *patterns;
	struct lic_buf *pattern_text;
	struct lic_buf kind; /* of the conflict that is asked for */
	struct views views;
	struct image image;
	struct path_cache cache;
	struct json_line line;
	struct table *table;
	int64_t now, found;
	struct lic_error *err;
};

/* --- what matches ------------------------------------------------------------------------- */

/* "https://www.flickr.com/x" and "flickr.com/x" are the same place. */
static const char *bare_url(const char *url)
{
	const char *p = strstr(url, "://");

	p = p ? p + 3 : url;
	return strncasecmp(p, "www.", 4) == 0 ? p + 4 : p;
}

/* Is `url` the wanted place, or below it, or on a subdomain of a wanted host? */
static bool url_matches(const char *wanted, const char *url)
{
	size_t n, host;

	wanted = bare_url(wanted);
	url = bare_url(url);
	n = strlen(wanted);
	while (n && wanted[n - 1] == '/')
		n--;
	if (!n)
		return false;
	if (!memchr(wanted, '/', n)) {
		host = strcspn(url, "/?#:");
		return host >= n && strncasecmp(url + host - n, wanted, n) == 0 &&
		       (host == n || url[host - n - 1] == '.');
	}
	return strncasecmp(url, wanted, n) == 0 && (!url[n] || strchr("/?#", url[n]));
}

static bool creator_matches(const char *glob, const char *creator)
{
	return fnmatch(glob, creator, FNM_CASEFOLD | FNM_NOESCAPE) == 0;
}

static bool path_matches(const struct find *f)
{
	for (size_t i = 0; i < f->call->n; i++)
		if (lic_decision_matches(&f->patterns[i], lic_buf_str(&f->image.path),
					 f->image.path.len))
			return true;
	return f->call->n == 0;
}

static int credit_matches(struct find *f, bool *ret)
{
	const struct lic_credit *credit = &f->image.credit;
	int r;

	*ret = true;
	if (!f->args->creator && !f->args->url)
		return 0;
	r = image_credit(&f->image, f->cat, f->err);
	if (r < 0)
		return r;
	if (f->args->creator)
		*ret = credit->creator && creator_matches(f->args->creator, credit->creator);
	if (f->args->url && *ret)
		*ret = credit->source_url && url_matches(f->args->url, credit->source_url);
	return 0;
}

/* --- what is printed ---------------------------------------------------------------------- */

static int view_names(struct find *f, struct lic_buf *out, struct lic_json *j)
{
	for (size_t i = 0; i < f->views.n; i++) {
		bool in;
		int r = views_show(&f->views.item[i], f->cat, &f->image.entry, &in, f->err);

		if (r < 0)
			return r;
		if (in && j)
			lic_json_str(j, f->views.item[i].name);
		else if (in)
			lic_buf_addf(out, "%s%s", out->len ? ", " : "", f->views.item[i].name);
	}
	return 0;
}

static int print_json(struct find *f)
{
	const struct image *i = &f->image;
	struct lic_json *j = &f->line.json;
	char hash[40];
	int r;

	json_begin(&f->line);
	lic_json_key(j, "path");
	lic_json_bytes(j, lic_buf_str(&i->path), i->path.len);
	lic_json_kstr(j, "status", lic_status_name(i->rights->status));
	lic_json_kstr(j, "license", *i->rights->license ? i->rights->license : NULL);
	lic_json_key(j, "views");
	lic_json_array(j);
	r = view_names(f, NULL, j);
	lic_json_array_end(j);
	image_hash(&i->entry.hash, hash);
	lic_json_kstr(j, "xxh3", hash);
	json_end(&f->line);
	return r;
}

static int print_row(struct find *f)
{
	const struct lic_rights *rights = f->image.rights;
	struct lic_buf path = LIC_BUF_INIT(1u << 20), names = LIC_BUF_INIT(1u << 20);
	int r = view_names(f, &names, NULL);

	if (r == 0) {
		lic_text_quote(&path, lic_buf_str(&f->image.path), f->image.path.len);
		table_row(f->table, (const char *const[]){ lic_buf_str(&path),
							   lic_status_name(rights->status),
							   *rights->license ? rights->license : "-",
							   names.len ? lic_buf_str(&names) : "-" });
		table_color(f->table, 1, rights->status == LIC_STATUS_CLEAR ? "green" : "red");
	}
	lic_buf_release(&path);
	lic_buf_release(&names);
	return r;
}

static int conflict_matches(struct find *f, bool *ret)
{
	struct lic_buf kind = LIC_BUF_INIT(1u << 16);
	int r = 0;

	*ret = f->image.rights->status == LIC_STATUS_CONFLICT;
	if (*ret) {
		r = conflict_kind_of(f->cat, f->image.entry.id, &kind, f->err);
		*ret = kind.len && strcmp(lic_buf_str(&kind), lic_buf_str(&f->kind)) == 0;
	}
	lic_buf_release(&kind);
	return r;
}

static int find_entry(void *ctx, const struct lic_entry *e)
{
	struct find *f = ctx;
	bool match = true;
	int r;

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	r = image_load(&f->image, &f->cache, f->cat, e, f->err);
	if (r < 0 || !path_matches(f))
		return r;
	r = credit_matches(f, &match);
	if (r == 0 && match && f->where)
		r = image_match(&f->image, f->cat, f->where, f->now, &match, f->err);
	if (r == 0 && match && f->args->conflict_of)
		r = conflict_matches(f, &match);
	if (r < 0 || !match)
		return r;
	f->found++;
	if (f->args->null)
		fwrite(lic_buf_str(&f->image.path), 1, f->image.path.len + 1, stdout);
	else
		r = f->call->json ? print_json(f) : print_row(f);
	return r < 0 ? r : output_broken();
}

/* --- the verb ----------------------------------------------------------------------------- */

static int prepare_conflict(struct find *f)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_entry e;
	int r = store_resolve(&f->call->store, f->args->conflict_of, &path, f->err);

	if (r == 0) {
		r = lic_catalog_by_path(f->cat, lic_buf_str(&path), path.len, &e, f->err);
		if (r == 0 && e.kind == LIC_KIND_IMAGE)
			r = conflict_kind_of(f->cat, e.id, &f->kind, f->err);
		if (r == -ENOENT)
			r = 0;
	}
	lic_buf_release(&path);
	return r;
}

static int find_id(void *ctx, int64_t entry)
{
	struct find *f = ctx;
	struct lic_entry e;
	int r = lic_catalog_by_id(f->cat, entry, &e, f->err);

	return r < 0 ? r : find_entry(f, &e);
}

static int find_hash(struct find *f)
{
	struct lic_hash hash;
	unsigned known = 0;
	int r;

	if (!f->hash.digest) {
		memcpy(hash.b, f->hash.b, sizeof(hash.b));
		return lic_catalog_by_hash(f->cat, &hash, find_entry, f, f->err);
	}
	r = lic_catalog_by_digest(f->cat, f->hash.digest, f->hash.b, find_id, f, f->err);
	if (r == 0 && !f->found)
		r = lic_catalog_digests_wanted(f->cat, &known, f->err);
	if (r == 0 && !f->found && !(known & f->hash.digest))
		output_say("such hashes are known only where an imported manifest names files by "
			   "them; xxh3: is known always");
	return r;
}

static int prepare(struct find *f)
{
	const struct find_args *args = f->args;
	struct lic_policy policy;
	int64_t number;
	int r = 0;

	if (args->hash)
		r = image_parse_hash(args->hash, &f->hash, f->err);
	if (r == 0 && args->where)
		r = lic_view_by_expr(f->cat, args->where, NULL, LIC_VIEW_FIND, &f->where, &number,
				     f->err);
	if (r == 0 && args->conflict_of)
		r = prepare_conflict(f);
	f->patterns = calloc(f->call->n + 1, sizeof(*f->patterns));
	f->pattern_text = calloc(f->call->n + 1, sizeof(*f->pattern_text));
	if (!f->patterns || !f->pattern_text)
		output_out_of_memory();
	for (size_t i = 0; r == 0 && i < f->call->n; i++)
		r = pattern_make(&f->call->store, f->call->operand[i], &f->pattern_text[i],
				 &f->patterns[i], f->err);
	if (r == 0)
		r = views_load(&f->views, f->cat, f->err);
	if (r == 0)
		r = lic_catalog_policy(f->cat, &policy, f->err);
	if (r == 0)
		f->now = policy.now;
	return r;
}

static void release(struct find *f)
{
	for (size_t i = 0; f->pattern_text && i < f->call->n; i++)
		lic_buf_release(&f->pattern_text[i]);
	free(f->pattern_text);
	free(f->patterns);
	lic_buf_release(&f->kind);
	lic_view_free(f->where);
	views_release(&f->views);
	image_release(&f->image);
	path_cache_release(&f->cache);
	json_release(&f->line);
}

static int run_find(const struct call *call)
{
	static const struct table_column columns[] = {
		{ "PATH", TABLE_PLAIN },
		{ "STATUS", TABLE_PLAIN },
		{ "LICENSE", TABLE_PLAIN },
		{ "VIEWS", TABLE_WRAP },
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct find f = { .args = call->args,
			  .call = call,
			  .cat = call->store.cat,
			  .kind = LIC_BUF_INIT(1u << 16),
			  .err = &err };
	int r = prepare(&f), status;

	if (r == 0) {
		if (!call->json && !f.args->null)
			f.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
		r = f.args->hash ? find_hash(&f)
				 : lic_catalog_each(f.cat, LIC_KIND_IMAGE, find_entry, &f, &err);
		table_print(f.table);
	}
	if (r == -EINVAL || r == -EPERM || r == -ELOOP)
		status = output_invalid(&err);
	else if (r < 0)
		status = output_failure(&err);
	else
		status = f.found ? TOOL_DONE : TOOL_FINDING;
	release(&f);
	return status;
}

const struct command cmd_find = {
	.name = "find",
	.group = "Ask",
	.summary = "find images by path, content, creator, source or rights",
	.operands = "STORE [PATTERN...]",
	.notes = "Conditions are joined by 'and', patterns by 'or'. Exits with 1 if nothing is "
		 "found.",
	.needs = NEEDS_READ,
	.max = COMMAND_MANY,
	.options = find_options,
	.args_size = sizeof(struct find_args),
	.run = run_find,
};
