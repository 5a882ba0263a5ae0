/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs find: which images, with status, license and views. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "conflict.h"
#include "image.h"
#include "likes.h"
#include "pattern.h"
#include "revocation.h"
#include "table.h"
#include "touched.h"
#include "views.h"

struct find_args {
	struct selector_args by;
	const char *where, *conflict_of;
	bool null;
};

#define BY(option) offsetof(struct find_args, by.option)

static const struct option_spec find_options[] = {
	{ "like", 0, "FILE", "images with the bytes of FILE, and those that look like it",
	  OPTION_LIST, BY(like) },
	{ "hash", 0, "HASH", "images with these bytes: xxh3:, sha256: or md5:HEX", OPTION_LIST,
	  BY(hash) },
	{ "creator", 0, "NAME", "images of this creator; * and ? match, case does not matter",
	  OPTION_LIST, BY(creator) },
	{ "url", 0, "URL", "images whose source is this URL, below it, or on this domain",
	  OPTION_LIST, BY(url) },
	{ "id", 0, "ID", "images with this id in their names, addresses or rows of manifests",
	  OPTION_LIST, BY(id) },
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
	struct store store; /* a copy of the call's, with the catalog open */
	struct lic_catalog *cat;
	struct selectors like;	/* the examples, and bytes that were named */
	struct touched touched; /* of what is named: snapshots and jobs */
	struct entry_ids shown; /* images that were found */
	struct entry_ids named; /* what the other selectors match, all kinds of them */
	bool has_named;
	struct likes likes;
	const struct like_match *match; /* of the image at hand; NULL without --like */
	struct lic_view *where;		/* NULL: not asked for */
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

static bool path_matches(const struct find *f)
{
	for (size_t i = 0; i < f->call->n; i++)
		if (lic_decision_matches(&f->patterns[i], lic_buf_str(&f->image.path),
					 f->image.path.len))
			return true;
	return f->call->n == 0;
}

/* Are images named one by one, and not only asked for by their rights and places? */
static bool has_named(const struct find *f)
{
	return f->has_named || f->args->by.like.n;
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
	if (r == 0 && i->rights->status == LIC_STATUS_REVOKED)
		r = revocations_numbers_json(f->cat, i->entry.id, j, f->err);
	if (f->match) {
		const char *file = f->like.example[f->match->example].file;

		lic_json_kint(j, "distance", f->match->distance);
		lic_json_kstr(j, "match", f->match->bytes ? "bytes" : "picture");
		lic_json_key(j, "like");
		lic_json_bytes(j, file, strlen(file));
	}
	if (has_named(f))
		touched_json_of(&f->touched, i->entry.id, j);
	json_end(&f->line);
	return r;
}

/* "revoked 3": by which revocations. */
static int add_status(struct find *f, struct lic_buf *out)
{
	enum lic_status status = f->image.rights->status;

	lic_buf_adds(out, lic_status_name(status));
	if (status != LIC_STATUS_REVOKED)
		return 0;
	lic_buf_addc(out, ' ');
	return revocations_numbers(f->cat, f->image.entry.id, out, f->err);
}

/* Without --like there is no column for the distance. */
static void print_cells(struct find *f, const char *path, const char *state, const char *views)
{
	const struct lic_rights *rights = f->image.rights;
	const char *license = *rights->license ? rights->license : "-";
	bool clear = rights->status == LIC_STATUS_CLEAR;
	char near[32];

	if (f->match)
		snprintf(near, sizeof(near), "%u%s", f->match->distance,
			 f->match->bytes ? ", same bytes" : "");
	if (f->match)
		table_row(f->table, (const char *const[]){ near, path, state, license, views });
	else
		table_row(f->table, (const char *const[]){ path, state, license, views });
	table_color(f->table, f->match ? 2 : 1, clear ? "green" : "red");
}

static int print_row(struct find *f)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20), names = LIC_BUF_INIT(1u << 20),
		       state = LIC_BUF_INIT(1u << 20);
	int r = view_names(f, &names, NULL);

	if (r == 0)
		r = add_status(f, &state);
	lic_text_quote(&path, lic_buf_str(&f->image.path), f->image.path.len);
	if (r == 0)
		print_cells(f, lic_buf_str(&path), lic_buf_str(&state),
			    names.len ? lic_buf_str(&names) : "-");
	lic_buf_release(&state);
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
	if (f->where)
		r = image_match(&f->image, f->cat, f->where, f->now, &match, f->err);
	if (r == 0 && match && f->args->conflict_of)
		r = conflict_matches(f, &match);
	if (r < 0 || !match)
		return r;
	f->found++;
	if (has_named(f))
		entry_ids_add(&f->shown, e->id);
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
	int r = store_resolve(&f->store, f->args->conflict_of, &path, f->err);

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

static int find_id(struct find *f, int64_t entry)
{
	struct lic_entry e;
	int r = lic_catalog_by_id(f->cat, entry, &e, f->err);

	if (r == -ENOENT) /* a scan has just ended it */
		return 0;
	return r < 0 ? r : find_entry(f, &e);
}

/* Narrows the answer to what any of the values of one option matches. */
static int narrow(struct find *f, enum lic_selector_kind kind, const struct option_list *values)
{
	struct selectors by = { 0 };
	struct entry_ids ids = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < values->n; i++)
		r = kind == LIC_SELECT_XXH3
			    ? selectors_add_hash(&by, values->item[i], f->err)
			    : selectors_add_text(&by, kind, values->item[i], f->err);
	if (r == 0 && values->n)
		r = selectors_find(f->cat, &by, &ids, f->err);
	selectors_release(&by);
	if (r == 0 && values->n && !f->has_named) {
		f->named = ids;
		f->has_named = true;
		return 0;
	}
	if (r == 0 && values->n)
		entry_ids_meet(&f->named, &ids);
	entry_ids_release(&ids);
	return r;
}

/* Hashes of other kinds are known of some images only. */
static int say_digests(struct find *f)
{
	unsigned wanted = 0, known = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->args->by.hash.n; i++) {
		struct content_hash hash;

		r = image_parse_hash(f->args->by.hash.item[i], &hash, f->err);
		wanted |= hash.digest;
	}
	if (r == 0 && wanted)
		r = lic_catalog_digests_wanted(f->cat, &known, f->err);
	if (r == 0 && wanted & ~known)
		return lic_error_set(
			f->err, ENODATA,
			"it is not known: such hashes were read only where an imported manifest or "
			"a revocation names files by them; 'licensefs revoke STORE --hash' reads "
			"them first, and xxh3: is known always");
	return r;
}

static int say_nothing(struct find *f)
{
	for (size_t i = 0; i < f->call->n; i++)
		pattern_say_no_image(&f->store, &f->patterns[i], "images are looked for");
	return say_digests(f);
}

static int find_likes(struct find *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->likes.n; i++) {
		f->match = &f->likes.item[i];
		if (!f->has_named || entry_ids_has(&f->named, f->match->id))
			r = find_id(f, f->match->id);
	}
	return r;
}

static int find_all(struct find *f)
{
	int r = 0;

	if (f->args->by.like.n)
		return find_likes(f);
	if (!f->has_named)
		return lic_catalog_each(f->cat, LIC_KIND_IMAGE, find_entry, f, f->err);
	for (size_t i = 0; r == 0 && i < f->named.n; i++)
		r = find_id(f, f->named.item[i]);
	return r;
}

/* Is one thing alone asked for? Of what has ended nothing else is known than its bytes. */
static bool is_bytes_alone(const struct find *f)
{
	const struct selector_args *by = &f->args->by;

	return !by->creator.n && !by->url.n && !by->id.n && !(by->hash.n && by->like.n) &&
	       !f->args->where && !f->args->conflict_of && !f->call->n;
}

/* Snapshots and jobs of all that is named, of which not all may be found. */
static int find_touched(struct find *f)
{
	struct entry_ids ids = { 0 };
	int r = 0;

	for (size_t i = 0; i < f->likes.n; i++)
		entry_ids_add(&ids, f->likes.item[i].id);
	for (size_t i = 0; i < f->named.n; i++)
		entry_ids_add(&ids, f->named.item[i]);
	selectors_add_examples(&f->like, false);
	for (size_t i = 0; r == 0 && i < f->args->by.hash.n; i++)
		r = selectors_add_hash(&f->like, f->args->by.hash.item[i], f->err);
	if (r == 0)
		r = touched_find(&f->touched, f->cat, ids.item, ids.n,
				 is_bytes_alone(f) ? &f->like : NULL, f->err);
	entry_ids_release(&ids);
	return r;
}

static int prepare_named(struct find *f)
{
	const struct selector_args *by = &f->args->by;
	int r = narrow(f, LIC_SELECT_XXH3, &by->hash);

	if (r == 0)
		r = narrow(f, LIC_SELECT_CREATOR, &by->creator);
	if (r == 0)
		r = narrow(f, LIC_SELECT_URL, &by->url);
	if (r == 0)
		r = narrow(f, LIC_SELECT_ID, &by->id);
	if (r == 0 && by->like.n)
		r = likes_find(&f->likes, f->cat, &f->like, f->err);
	if (r == 0 && has_named(f))
		r = find_touched(f);
	return r;
}

static int prepare(struct find *f)
{
	const struct find_args *args = f->args;
	struct lic_policy policy;
	int64_t number;
	int r = prepare_named(f);

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
		r = pattern_make(&f->store, f->call->operand[i], &f->pattern_text[i],
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
	selectors_release(&f->like);
	entry_ids_release(&f->named);
	entry_ids_release(&f->shown);
	touched_release(&f->touched);
	likes_release(&f->likes);
	lic_buf_release(&f->kind);
	lic_view_free(f->where);
	views_release(&f->views);
	image_release(&f->image);
	path_cache_release(&f->cache);
	json_release(&f->line);
	lic_catalog_close(f->cat);
}

/* Images that have ended and had these bytes are found only there. In JSON they are a line. */
static void print_touched(struct find *f)
{
	struct lic_json *j = &f->line.json;
	int64_t ended;

	entry_ids_sort(&f->shown);
	touched_narrow(&f->touched, &f->shown);
	ended = touched_ended(&f->touched);
	if (f->args->null)
		return;
	f->found += ended;
	if (!f->call->json) {
		touched_print(&f->touched);
		return;
	}
	if (!ended)
		return;
	json_begin(&f->line);
	lic_json_kstr(j, "path", NULL);
	lic_json_kstr(j, "status", "ended");
	lic_json_kint(j, "images", ended);
	touched_json_ended(&f->touched, j);
	json_end(&f->line);
}

static int answer(struct find *f)
{
	static const struct table_column columns[] = {
		{ "DISTANCE", TABLE_PLAIN }, { "PATH", TABLE_PLAIN }, { "STATUS", TABLE_PLAIN },
		{ "LICENSE", TABLE_PLAIN },  { "VIEWS", TABLE_WRAP },
	};
	bool like = f->args->by.like.n, people = !f->call->json && !f->args->null;
	int r = prepare(f);

	if (r < 0)
		return r;
	if (people)
		f->table = table_new(columns + !like, LIC_ARRAY_SIZE(columns) - !like, 0, true);
	r = find_all(f);
	table_print(f->table);
	if (r == 0 && has_named(f))
		print_touched(f);
	if (r == 0 && !f->found)
		r = say_nothing(f);
	if (r == 0 && like)
		likes_say(&f->likes, people);
	return r;
}

static int run_find(const struct call *call)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct find f = { .args = call->args,
			  .call = call,
			  .store = call->store,
			  .kind = LIC_BUF_INIT(1u << 16),
			  .err = &err };
	int r = 0, status;

	for (size_t i = 0; r == 0 && i < f.args->by.like.n; i++)
		r = selectors_read_example(&f.like, f.args->by.like.item[i], &err);
	if (r == 0 && store_open(&f.store, false, &err) < 0)
		r = -EIO;
	f.cat = f.store.cat;
	if (r == 0)
		r = answer(&f);
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
	.summary = "find images by path, content, likeness, creator, source, id or rights",
	.operands = "STORE [PATTERN...]",
	.notes = "Conditions are joined by 'and', patterns and values of one option by 'or'. Exits "
		 "with 1 if\nnothing is found. What --hash, --like, --creator, --url and "
		 "--id find,\n'licensefs revoke' takes down.",
	.needs = NEEDS_STORE,
	.max = COMMAND_MANY,
	.options = find_options,
	.args_size = sizeof(struct find_args),
	.run = run_find,
};
