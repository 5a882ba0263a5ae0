/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs revoke: takes images down, now and for good. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "digests.h"
#include "followers.h"
#include "interrupt.h"
#include "likes.h"
#include "progress.h"
#include "revocation.h"
#include "takedown.h"
#include "who.h"

struct revoke_args {
	struct selector_args by;
	const char *reason, *requester, *wait;
	bool erase, dry_run, list;
};

#define BY(option) offsetof(struct revoke_args, by.option)

static const struct option_spec revoke_options[] = {
	{ "path", 0, "PATH",
	  "images at this path, below this directory, or that this pattern matches", OPTION_LIST,
	  BY(path) },
	{ "hash", 0, "HASH", "images with these bytes: xxh3:, sha256: or md5:HEX", OPTION_LIST,
	  BY(hash) },
	{ "like", 0, "FILE", "images with the bytes of FILE, and those that look like it",
	  OPTION_LIST, BY(like) },
	{ "creator", 0, "NAME", "images of this creator; * and ? match, case does not matter",
	  OPTION_LIST, BY(creator) },
	{ "url", 0, "URL", "images whose source is this URL, below it, or on this domain",
	  OPTION_LIST, BY(url) },
	{ "id", 0, "ID", "images with this id in their names, addresses or rows of manifests",
	  OPTION_LIST, BY(id) },
	{ "reason", 'r', "TEXT", "why; it is kept with the revocation", OPTION_VALUE,
	  offsetof(struct revoke_args, reason) },
	{ "requester", 0, "WHO", "who asked for it; it is kept with the revocation", OPTION_VALUE,
	  offsetof(struct revoke_args, requester) },
	{ "erase", 0, NULL, "and delete what is known of the images, down to a keyed hash",
	  OPTION_FLAG, offsetof(struct revoke_args, erase) },
	{ "dry-run", 'n', NULL, "change nothing, and list what would be hidden", OPTION_FLAG,
	  offsetof(struct revoke_args, dry_run) },
	{ "wait", 0, "SECONDS", FOLLOWERS_WAIT_HELP, OPTION_VALUE,
	  offsetof(struct revoke_args, wait) },
	{ "list", 0, NULL, "list all revocations, ended ones included", OPTION_FLAG,
	  offsetof(struct revoke_args, list) },
	OPTION_END,
};

struct revoke {
	const struct call *call;
	const struct revoke_args *args;
	struct store store; /* a copy of the call's, with the catalog open */
	const char *option; /* the one that names images, and its values */
	const struct option_list *values;
	struct selectors by;
	struct lic_buf text; /* the values, for people */
	struct lic_revocation record;
	struct takedown down;
	struct look_alikes alike;
	struct followers followers;
	bool likeness;	      /* the catalog keeps likenesses */
	int64_t images, none; /* those without a likeness */
	bool *idle;	      /* of each value: nothing matches it now */
	int wait_ms;
	struct lic_error err;
};

/* --- what is asked for -------------------------------------------------------------------- */

static int choose(struct revoke *v)
{
	const struct selector_args *by = &v->args->by;
	const struct {
		const char *option;
		const struct option_list *values;
	} kinds[] = {
		{ "path", &by->path },	     { "hash", &by->hash }, { "like", &by->like },
		{ "creator", &by->creator }, { "url", &by->url },   { "id", &by->id },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(kinds); i++) {
		if (!kinds[i].values->n)
			continue;
		if (v->option)
			return lic_error_set(
				&v->err, EINVAL,
				"--%s and --%s are two revocations: make one after the "
				"other, each to be restored by itself",
				v->option, kinds[i].option);
		v->option = kinds[i].option;
		v->values = kinds[i].values;
	}
	if (!v->option)
		return lic_error_set(
			&v->err, EINVAL,
			"say which images: by --path, --hash, --like, --creator, --url "
			"or --id");
	return 0;
}

static bool is(const struct revoke *v, const char *option)
{
	return strcmp(v->option, option) == 0;
}

static int add_value(struct revoke *v, const char *given)
{
	if (is(v, "path"))
		return selectors_add_path(&v->by, &v->store, given, &v->err);
	if (is(v, "hash"))
		return selectors_add_hash(&v->by, given, &v->err);
	return selectors_add_text(&v->by,
				  is(v, "creator") ? LIC_SELECT_CREATOR
				  : is(v, "url")   ? LIC_SELECT_URL
						   : LIC_SELECT_ID,
				  given, &v->err);
}

static int gather(struct revoke *v)
{
	int r = lic_catalog_keeps_likeness(v->store.cat, &v->likeness, &v->err);

	v->idle = calloc(v->values->n, sizeof(*v->idle));
	if (!v->idle)
		output_out_of_memory();
	if (r == 0)
		selectors_add_examples(&v->by, v->likeness);
	for (size_t i = 0; r == 0 && i < v->values->n; i++) {
		const char *given = v->values->item[i];
		size_t masks = v->by.n_masks;

		r = is(v, "like") ? 0 : add_value(v, given);
		v->idle[i] = v->by.n_masks == masks;
		if (i)
			lic_buf_adds(&v->text, ", ");
		lic_text_quote(&v->text, given, strlen(given));
	}
	return r;
}

/* --- doing it ----------------------------------------------------------------------------- */

static void draw(_unused_ void *ctx, int64_t done, int64_t total)
{
	progress_draw(&(struct progress){ .what = "images", .done = done, .expected = total });
}

static enum lic_selector_kind kind_of(const struct revoke *v)
{
	for (size_t i = 0; i < v->by.n; i++)
		if (v->by.item[i].kind == LIC_SELECT_LIKENESS)
			return LIC_SELECT_LIKENESS;
	return v->by.item[0].kind;
}

/* Of what is erased, what views showed it is known only to those who read what was before. */
static int look_before(struct revoke *v)
{
	struct store before = v->store;
	int r = store_open(&before, false, &v->err);

	if (r < 0)
		return r;
	r = takedown_look(&v->down, before.cat, &v->by, &v->err);
	lic_catalog_close(before.cat);
	return r;
}

/* Of several values, each may be misspelt. An example has its bytes, and then its likeness. */
static int look_each(struct revoke *v)
{
	size_t k = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < v->values->n && v->values->n > 1; i++) {
		struct entry_ids ids = { 0 };

		do
			r = selector_find(v->store.cat, &v->by.item[k++], &ids, &v->err);
		while (r == 0 && k < v->by.n && v->by.item[k].kind == LIC_SELECT_LIKENESS);
		v->idle[i] = v->idle[i] && !ids.n;
		entry_ids_release(&ids);
	}
	return r;
}

static int revoke_within(struct revoke *v, struct lic_txn *txn)
{
	const struct lic_revoke_hooks hooks = { draw, takedown_image, &v->down };
	int r = look_each(v);

	if (r == 0 && v->args->erase)
		r = selectors_freeze(&v->by, v->store.cat, &v->err);
	if (r < 0)
		return r;
	v->record.kind = kind_of(v);
	v->down.cat = v->store.cat;
	v->down.dry = v->args->dry_run;
	r = lic_catalog_revoke(txn, &v->record, v->by.item, v->by.n, &hooks, NULL, NULL, &v->err);
	if (r == 0 && v->args->erase && !v->args->dry_run)
		r = look_before(v);
	return r;
}

static int change(struct revoke *v)
{
	struct lic_txn *txn = NULL;
	int r = lic_catalog_begin(v->store.cat, "revoke", &txn, &v->err);

	if (r < 0)
		return r;
	r = revoke_within(v, txn);
	progress_clear();
	if (r < 0 || v->args->dry_run) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, &v->err);
}

/* Hashes by which nobody has asked yet are computed first, as for a manifest. */
static int change_by_digests(struct revoke *v)
{
	unsigned digests = 0;
	int r = change(v);

	for (size_t i = 0; i < v->by.n; i++)
		digests |= v->by.item[i].kind == LIC_SELECT_MD5	     ? LIC_DIGEST_MD5
			   : v->by.item[i].kind == LIC_SELECT_SHA256 ? LIC_DIGEST_SHA256
								     : 0;
	if (r != -ENODATA || !digests)
		return r;
	if (v->args->dry_run)
		return lic_error_set(
			&v->err, ENODATA,
			"the %s of the images is not known yet, and a dry run does not "
			"read them for it; without --dry-run they are read first",
			digests_name(digests));
	interrupt_watch();
	r = digests_complete(&v->store, digests, "they are named", &v->err);
	if (r < 0)
		return lic_error_prefix(&v->err, "the images were not read, and nothing revoked");
	return change(v);
}

/* After the commit: nothing of this may delay the takedown. */
static int see(struct revoke *v)
{
	int r = 0;

	if (!v->args->dry_run &&
	    followers_await(&v->followers, &v->store, v->record.born, v->wait_ms, &v->err) < 0)
		output_say("it is not known which mounts follow: %s", v->err.msg);
	if (v->args->erase && !v->args->dry_run && lic_catalog_scrub(v->store.cat, &v->err) < 0)
		output_say("what was deleted may still be read in the catalog's write-ahead log: "
			   "%s",
			   v->err.msg);
	if (!v->args->erase || v->args->dry_run)
		r = takedown_look(&v->down, v->store.cat, &v->by, &v->err);
	return r < 0 ? r : look_alikes_find(&v->alike, &v->down, v->store.cat, &v->err);
}

/* --- for people --------------------------------------------------------------------------- */

static void print_head(const struct revoke *v)
{
	const struct takedown *t = &v->down;
	char n[32];

	if (v->args->dry_run)
		fputs("nothing is changed; it would be revoked by ", stdout);
	else
		printf("revocation %lld is in force: by ", (long long)v->record.number);
	printf("%s %s\n", revocation_kind(v->record.kind), lic_buf_str(&v->text));
	if (t->n) /* else a message says so */
		takedown_print_count(t);
	if (t->still)
		printf("; %s %s revoked already", output_count(t->still, n),
		       output_plural(t->still, "was", "were"));
	if (t->n)
		putchar('\n');
	if (t->copies)
		printf("%s of them only because the bytes are the same\n",
		       output_count(t->copies, n));
	if (t->waiting)
		printf("%s of them may look like it, and %s hidden until a scan has compared "
		       "them\n",
		       output_count(t->waiting, n), output_plural(t->waiting, "is", "are"));
}

/* Pictures that look alike and that nobody asked about. */
static int print_alike(struct revoke *v)
{
	const struct look_alikes *l = &v->alike;
	struct lic_buf path = LIC_BUF_INIT(1u << 20), shown = LIC_BUF_INIT(1u << 20);
	char n[32];
	int r = 0;

	if (l->images)
		r = lic_catalog_entry_path(v->store.cat, l->nearest, &path, &v->err);
	lic_text_quote(&shown, lic_buf_str(&path), path.len);
	if (v->down.n && !l->kept)
		puts("\nnot looked for: the same pictures in other sizes and formats; 'licensefs "
		     "scan "
		     "--similar STORE'\nand then 'licensefs find STORE --like FILE' find them");
	if (l->images)
		printf("\nnot covered: %s %s like %s of these, the nearest %s at distance %u of "
		       "%u;\n"
		       "'licensefs find STORE --like FILE' lists them%s\n",
		       output_count(l->images, n),
		       output_plural(l->images, "image that looks", "images that look"),
		       v->down.n == 1 ? "the one" : "one", lic_buf_str(&shown), l->distance,
		       LIC_LIKENESS_FAR, l->partly ? ", and more: not all were compared" : "");
	lic_buf_release(&path);
	lic_buf_release(&shown);
	return r;
}

static void print_erased(const struct revoke *v)
{
	if (!v->args->erase)
		return;
	puts(v->args->dry_run ? "\nwould be deleted:" : "\ndeleted:");
	puts("  claims, creator, title, addresses and likeness of the images, rows of manifests "
	     "that "
	     "are\n  about them alone, and what they were named by");
	puts(v->args->dry_run ? "would stay:" : "stays:");
	puts("  keyed hashes of what was asked for, the reason, who entered it and when; names of "
	     "files, "
	     "hashes\n  of their bytes, their licenses as judged before; the files themselves and "
	     "all else in the\n  store; backups");
}

static int print_change(struct revoke *v)
{
	const bool dry = v->args->dry_run;
	struct lic_buf store = LIC_BUF_INIT(1u << 20);
	int r;

	print_head(v);
	r = takedown_print_images(&v->down, v->store.cat, dry, &v->err);
	takedown_print_views(&v->down);
	if (r == 0)
		r = takedown_print_documents(&v->down, v->store.cat, &v->err);
	touched_print(&v->down.touched);
	if (r == 0)
		r = print_alike(v);
	print_erased(v);
	if (dry)
		return r;
	putchar('\n');
	followers_print(&v->followers);
	followers_print_limits();
	lic_text_quote(&store, v->call->store.path, strlen(v->call->store.path));
	printf("to undo: licensefs restore %s %lld --reason TEXT\n", lic_buf_str(&store),
	       (long long)v->record.number);
	lic_buf_release(&store);
	return r;
}

/* An erasure has deleted the likenesses of what it matched, and says itself what it covers. */
static bool counts(const struct revoke *v)
{
	return v->likeness && !v->args->erase;
}

static void json_count(struct lic_json *j, const char *key, bool known, int64_t n)
{
	lic_json_key(j, key);
	if (known)
		lic_json_int(j, n);
	else
		lic_json_null(j);
}

static int print_json(struct revoke *v)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;
	int r;

	json_begin(&line);
	lic_json_key(j, "revocation");
	if (v->args->dry_run)
		lic_json_null(j);
	else
		lic_json_int(j, v->record.number);
	lic_json_kbool(j, "dry_run", v->args->dry_run);
	lic_json_kstr(j, "kind", lic_selector_name(v->record.kind));
	lic_json_key(j, "named");
	lic_json_array(j);
	for (size_t i = 0; i < v->values->n; i++)
		lic_json_bytes(j, v->values->item[i], strlen(v->values->item[i]));
	lic_json_array_end(j);
	lic_json_kbool(j, "erased", v->args->erase);
	r = takedown_json(&v->down, v->store.cat, j, &v->err);
	json_count(j, "look_alikes", v->alike.kept, v->alike.images);
	json_count(j, "incomparable", counts(v), v->none);
	followers_json(&v->followers, j);
	if (r == 0)
		json_end(&line);
	return r;
}

/* Several were named, and this is none of what was found. */
static void say_idle_value(const char *given)
{
	struct lic_buf shown = LIC_BUF_INIT(1u << 20);

	lic_text_quote(&shown, given, strlen(given));
	output_say("%s matches nothing now", lic_buf_str(&shown));
	lic_buf_release(&shown);
}

static void say_idle(const struct revoke *v)
{
	const bool none = !v->down.n && !v->by.n_masks;
	char n[32];

	if (v->by.n_masks)
		output_say(v->args->dry_run
				   ? "%s of these %s of images, and would be judged as images "
				     "themselves by the next scan"
				   : "%s of these %s of images: hidden at once, and judged as "
				     "images themselves by the next scan",
			   output_count((int64_t)v->by.n_masks, n),
			   output_plural((int64_t)v->by.n_masks, "is a mask", "are masks"));
	if (none)
		output_say(v->args->dry_run ? "nothing matches now"
					    : "nothing matches now; what matches later is revoked "
					      "when a scan finds it");
	for (size_t i = 0; i < v->values->n && (none || v->values->n > 1); i++) {
		if (!v->idle[i])
			continue;
		if (!none && !v->down.waiting)
			say_idle_value(v->values->item[i]);
		if (is(v, "path"))
			store_hint(&v->store, v->values->item[i]);
	}
}

/* A picture without a likeness, or a catalog without: copies in other sizes stay. */
static void say_bytes_only(const struct revoke *v)
{
	if (is(v, "like") && !v->likeness)
		output_say("this catalog keeps no likenesses: only files with the same bytes are "
			   "covered; run 'licensefs scan --similar STORE' and revoke again for "
			   "the rest");
	if (is(v, "like") && counts(v))
		likes_say_none(v->none, v->images, "covered");
	for (size_t i = 0; v->likeness && i < v->by.n_examples; i++) {
		const struct example *e = &v->by.example[i];
		struct lic_buf name = LIC_BUF_INIT(1u << 20);

		lic_text_quote(&name, e->file, strlen(e->file));
		if (!e->is.has_likeness)
			output_say("%s has no likeness (%s): only files with the same bytes are "
				   "covered",
				   lic_buf_str(&name), e->is.why);
		else if (v->args->erase)
			output_say("what looks like %s and comes later is not covered: an erasure "
				   "keeps nothing to compare with",
				   lic_buf_str(&name));
		lic_buf_release(&name);
	}
}

/* --- the verb ----------------------------------------------------------------------------- */

static int carry_out(struct revoke *v)
{
	_cleanup_(lic_freep) char *who = who_am_i();
	int r;

	v->record = (struct lic_revocation){
		.text = { (const uint8_t *)lic_buf_str(&v->text), v->text.len },
		.reason = v->args->reason,
		.requester = v->args->requester ? v->args->requester : "",
		.who = who,
		.erased = v->args->erase,
	};
	r = change_by_digests(v);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&v->err) : output_failure(&v->err);
	if (!v->args->dry_run)
		output_stands("revocation %lld is in force", (long long)v->record.number);
	r = see(v);
	if (r == 0)
		r = likes_count_none(v->store.cat, &v->none, &v->images, &v->err);
	if (r == 0)
		r = v->call->json ? print_json(v) : print_change(v);
	say_idle(v);
	say_bytes_only(v);
	followers_warn(&v->followers);
	if (r < 0 && !v->args->dry_run)
		lic_error_prefix(&v->err,
				 "revocation %lld is in force, but not all of it can be told",
				 (long long)v->record.number);
	if (r < 0)
		return output_failure(&v->err);
	return v->args->dry_run || (v->followers.asked && !v->followers.late) ? TOOL_DONE
									      : TOOL_FINDING;
}

static int list(struct revoke *v)
{
	if (v->option || v->args->reason || v->args->erase || v->args->dry_run)
		return output_usage("--list takes nothing else");
	if (store_open(&v->store, false, &v->err) < 0 ||
	    revocations_list(v->store.cat, v->call->json, &v->err) < 0)
		return output_failure(&v->err);
	return TOOL_DONE;
}

static int revoke_named(struct revoke *v)
{
	const char *reason = v->args->reason;
	int r = 0;

	if (!reason || !reason[strspn(reason, " \t\n")])
		return output_usage("state the reason: --reason TEXT");
	if (followers_wait(v->args->wait, &v->wait_ms, &v->err) < 0)
		return output_usage("%s", v->err.msg);
	for (size_t i = 0; r == 0 && i < v->args->by.like.n; i++)
		r = selectors_read_example(&v->by, v->args->by.like.item[i], &v->err);
	if (r == 0) {
		r = store_open(&v->store, true, &v->err);
		if ((r == -EACCES || r == -EROFS) && v->args->dry_run)
			lic_error_prefix(&v->err, "a dry run writes too, and takes it back");
	}
	if (r == 0)
		r = gather(v);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&v->err) : output_failure(&v->err);
	return carry_out(v);
}

/* As other verbs take images. */
static int refuse_operand(const char *given)
{
	struct lic_buf shown = LIC_BUF_INIT(1u << 20);
	int status;

	lic_text_quote(&shown, given, strlen(given));
	status = output_usage("one operand too many; images are named by options: --path %s",
			      lic_buf_str(&shown));
	lic_buf_release(&shown);
	return status;
}

static int run_revoke(const struct call *call)
{
	struct revoke v = { .call = call,
			    .args = call->args,
			    .store = call->store,
			    .text = LIC_BUF_INIT(1u << 26) };
	int status;

	if (call->n)
		status = refuse_operand(call->operand[0]);
	else if (choose(&v) < 0 && (v.option || !v.args->list))
		status = output_usage("%s", v.err.msg);
	else
		status = v.args->list ? list(&v) : revoke_named(&v);
	lic_catalog_close(v.store.cat);
	takedown_release(&v.down);
	followers_release(&v.followers);
	selectors_release(&v.by);
	lic_buf_release(&v.text);
	free(v.idle);
	return status;
}

const struct command cmd_revoke = {
	.name = "revoke",
	.group = "Take down",
	.summary = "hide images from every view, now and whenever they come again",
	.operands = "STORE",
	.notes =
		"Images are named in one way a call, as often as needed. What was matched once "
		"stays "
		"hidden by\nits bytes under any name. Waits for the mounts of the store, and exits "
		"with 1 where one does\nnot follow. 'licensefs restore' undoes it.",
	.needs = NEEDS_STORE,
	.max = COMMAND_MANY, /* refused, with what was meant */
	.options = revoke_options,
	.args_size = sizeof(struct revoke_args),
	.run = run_revoke,
};
