/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs restore: ends a revocation. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "followers.h"
#include "progress.h"
#include "revocation.h"
#include "takedown.h"
#include "who.h"

struct restore_args {
	const char *reason, *wait;
};

static const struct option_spec restore_options[] = {
	{ "reason", 'r', "TEXT", "why; it is kept with the revocation", OPTION_VALUE,
	  offsetof(struct restore_args, reason) },
	{ "wait", 0, "SECONDS", FOLLOWERS_WAIT_HELP, OPTION_VALUE,
	  offsetof(struct restore_args, wait) },
	OPTION_END,
};

struct restore {
	const struct call *call;
	const struct restore_args *args;
	struct store store; /* a copy of the call's, with the catalog open */
	int64_t number, generation;
	bool known, erased; /* of the revocation */
	struct takedown up;
	struct followers followers;
	int wait_ms;
	struct lic_error err;
};

static void draw(_unused_ void *ctx, int64_t done, int64_t total)
{
	progress_draw(&(struct progress){ .what = "images", .done = done, .expected = total });
}

static int find(void *ctx, const struct lic_revocation *r)
{
	struct restore *v = ctx;

	if (r->number == v->number) {
		v->known = true;
		v->erased = r->erased;
	}
	return 0;
}

static int change(struct restore *v, const char *who)
{
	const struct lic_revoke_hooks hooks = { draw, takedown_image, &v->up };
	struct lic_txn *txn = NULL;
	int r = lic_catalog_begin(v->store.cat, "restore", &txn, &v->err);

	if (r < 0)
		return r;
	v->up.cat = v->store.cat;
	v->up.undone = true;
	r = lic_catalog_restore(txn, v->number, who, v->args->reason, &hooks, NULL, NULL, &v->err);
	progress_clear();
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	r = lic_catalog_commit(txn, &v->err);
	if (r == 0)
		output_stands("revocation %lld has ended", (long long)v->number);
	v->generation = lic_catalog_generation(v->store.cat);
	return r;
}

static int print_change(struct restore *v)
{
	const struct takedown *t = &v->up;
	char n[32];
	int r;

	printf("revocation %lld has ended\n", (long long)v->number);
	takedown_print_count(t);
	if (t->still)
		printf("; %s %s revoked by something else too", output_count(t->still, n),
		       output_plural(t->still, "is", "are"));
	putchar('\n');
	r = takedown_print_images(t, v->store.cat, false, &v->err);
	takedown_print_views(t);
	if (r == 0)
		r = takedown_print_documents(t, v->store.cat, &v->err);
	touched_print(&t->touched);
	putchar('\n');
	followers_print(&v->followers);
	return r;
}

static int print_json(struct restore *v)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	int r;

	json_begin(&line);
	lic_json_kint(&line.json, "revocation", v->number);
	lic_json_kbool(&line.json, "erased", v->erased);
	r = takedown_json(&v->up, v->store.cat, &line.json, &v->err);
	followers_json(&v->followers, &line.json);
	if (r == 0)
		json_end(&line);
	return r;
}

static int see(struct restore *v)
{
	int r;

	if (followers_await(&v->followers, &v->store, v->generation, v->wait_ms, &v->err) < 0)
		output_say("it is not known which mounts follow: %s", v->err.msg);
	r = takedown_look(&v->up, v->store.cat, NULL, &v->err);
	if (r == 0)
		r = v->call->json ? print_json(v) : print_change(v);
	if (v->erased && v->up.n)
		output_say(
			"what the files state was erased: they are hidden until 'licensefs scan' "
			"has read them again");
	followers_warn(&v->followers);
	if (r < 0) {
		lic_error_prefix(&v->err,
				 "revocation %lld has ended, but not all of it can be told",
				 (long long)v->number);
		return output_failure(&v->err);
	}
	return v->followers.asked && !v->followers.late ? TOOL_DONE : TOOL_FINDING;
}

static int restore(struct restore *v)
{
	_cleanup_(lic_freep) char *who = who_am_i();
	int r;

	if (store_open(&v->store, true, &v->err) < 0)
		return output_failure(&v->err);
	r = lic_catalog_revocations(v->store.cat, find, v, &v->err);
	if (r == 0)
		r = change(v, who);
	if (r == -ENOENT) {
		output_say("revocation %lld %s; 'licensefs revoke STORE --list' lists all",
			   (long long)v->number,
			   v->known ? "has ended already" : "is not known here");
		return TOOL_FINDING;
	}
	return r < 0 ? output_failure(&v->err) : see(v);
}

static int run_restore(const struct call *call)
{
	struct restore v = { .call = call, .args = call->args, .store = call->store };
	const char *reason = v.args->reason;
	unsigned long number;
	int status;

	if (option_number("N", call->operand[0], 1ul << 62, &number, &v.err) < 0)
		return output_usage("N is the number of a revocation; 'licensefs revoke STORE "
				    "--list' lists them");
	if (!reason || !reason[strspn(reason, " \t\n")])
		return output_usage("state the reason: --reason TEXT");
	if (followers_wait(v.args->wait, &v.wait_ms, &v.err) < 0)
		return output_usage("%s", v.err.msg);
	v.number = (int64_t)number;
	status = restore(&v);
	lic_catalog_close(v.store.cat);
	takedown_release(&v.up);
	followers_release(&v.followers);
	return status;
}

const struct command cmd_restore = {
	.name = "restore",
	.group = "Take down",
	.summary = "end a revocation: what it alone has hidden comes back",
	.operands = "STORE N",
	.needs = NEEDS_STORE,
	.min = 1,
	.max = 1,
	.options = restore_options,
	.args_size = sizeof(struct restore_args),
	.run = run_restore,
};
