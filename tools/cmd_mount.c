/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs mount and umount. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/mount.h>
#include <licensefs/watch.h>

#include "command.h"
#include "recorded.h"
#include "interrupt.h"

struct mount_args {
	struct option_list options;
	bool foreground;
};

static const struct option_spec mount_options[] = {
	{ "options", 'o', "LIST", "comma-separated mount options: view=, where=, classes=, ...",
	  OPTION_LIST, offsetof(struct mount_args, options) },
	{ "foreground", 'f', NULL, "stay in the foreground until unmounted", OPTION_FLAG,
	  offsetof(struct mount_args, foreground) },
	OPTION_END,
};

static void notice(_unused_ void *ctx, const char *line)
{
	output_say("%s", line);
}

/* Of a mount that watches its store: in a process of its own, beside it. */
struct beside {
	const struct lic_mount_options *o;
	const char *catalog; /* from the root on */
	void (*ready)(void *arg, const char *failure);
	void *arg;
};

static void watch_ready(void *ctx)
{
	struct beside *b = ctx;

	b->ready(b->arg, NULL);
}

static int watch_beside(void *ctx, void (*ready)(void *arg, const char *failure), void *arg)
{
	struct beside *b = ctx;
	struct lic_error err = LIC_ERROR_INIT;
	int r;

	b->ready = ready;
	b->arg = arg;
	interrupt_watch();
	r = lic_watch(&(struct lic_watch_options){ .store = b->o->store,
						   .catalog = b->catalog,
						   .existing = true,
						   .ready = watch_ready,
						   .warn = notice,
						   .ctx = b,
						   .stop = &interrupt_signal },
		      &err);
	if (r == -EINTR && interrupt_signal)
		return TOOL_DONE;
	ready(arg, err.msg);
	return TOOL_FAILURE;
}

static int parse_lists(struct lic_mount_options *o, const struct option_list *lists,
		       struct lic_arena *arena, struct lic_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < lists->n; i++)
		r = lic_mount_parse_options(o, lists->item[i], arena, err);
	return r;
}

static void print_json(const struct lic_mount_options *o)
{
	_cleanup_(json_release) struct json_line line = { 0 };

	json_begin(&line);
	lic_json_kstr(&line.json, "store", o->store);
	lic_json_kstr(&line.json, "mountpoint", o->mountpoint);
	lic_json_kstr(&line.json, "view", o->view);
	lic_json_kstr(&line.json, "where", o->where);
	lic_json_kstr(&line.json, "snapshot", o->snapshot);
	lic_json_kstr(&line.json, "job", o->job);
	json_end(&line);
}

static int mount_store(const struct call *call, const struct option_list *lists, bool foreground)
{
	struct lic_error err = LIC_ERROR_INIT;
	_cleanup_(lic_arena_release) struct lic_arena arena = LIC_ARENA_INIT(1u << 20);
	_cleanup_(lic_freep) char *mountpoint = realpath(call->operand[0], NULL);
	struct lic_mount_options o = {
		.store = call->store.path,
		.catalog = call->store.catalog,
		.mountpoint = mountpoint ? mountpoint : call->operand[0],
		.foreground = foreground,
		.notice = notice,
	};
	_cleanup_(lic_freep) char *catalog = NULL;
	struct beside beside = { .o = &o };
	struct recorded recorded = { 0 };
	int r = parse_lists(&o, lists, &arena, &err);

	if (r == 0)
		r = recorded_begin(&recorded, &o, NULL, &err);
	if (r == -EINVAL)
		return output_usage("%s", err.msg);
	if (o.watch) {
		o.beside = watch_beside;
		o.ctx = &beside;
		catalog = o.catalog ? realpath(o.catalog, NULL) : NULL;
		beside.catalog = catalog ? catalog : o.catalog;
	}
	fflush(NULL); /* what is buffered must not be written by the daemon once more */
	if (r == 0) {
		r = lic_mount(&o, &err);
		if (r < 0)
			recorded_cancel(&recorded, &o);
	}
	if (r < 0)
		return output_failure(&err);
	if (call->json)
		print_json(&o);
	return TOOL_DONE;
}

static int run_mount(const struct call *call)
{
	const struct mount_args *args = call->args;

	return mount_store(call, &args->options, args->foreground);
}

const struct command cmd_mount = {
	.name = "mount",
	.group = "Use",
	.summary = "mount the views of a store",
	.operands = "STORE MOUNTPOINT",
	.notes = "Mount options:\n"
		 "  view=NAME         that view is the root of the mount\n"
		 "  where=EXPR        what satisfies EXPR is the root of the mount\n"
		 "  snapshot=NAME     what that snapshot has is the root of the mount\n"
		 "  job=NAME          keep a ledger of what is seen and opened; licensefs job "
		 "tells\n"
		 "  basis=TEXT        the legal basis, where EXPR needs one\n"
		 "  classes=HOW       directories without a shown image: drop, keep, or fail\n"
		 "  classmap=FILE     write the class map of a mount of one view\n"
		 "  mode=HOW          auto, uring, passthrough, cached, or checked\n"
		 "  abspaths=HOW      settings with absolute paths: hide or keep\n"
		 "  catalog=FILE      as --catalog\n"
		 "  watch             keep the catalog fresh, too, as 'licensefs watch' does\n"
		 "  allow_other       let other users enter\n"
		 "  debug             trace requests to standard error\n"
		 "and those of mount(8) and fstab(5). Without view, where and snapshot every "
		 "view is a directory.",
	.needs = NEEDS_STORE,
	.prepare = lic_mount_look_below,
	.min = 1,
	.max = 1,
	.options = mount_options,
	.args_size = sizeof(struct mount_args),
	.run = run_mount,
};

/* --- as mount(8) calls it ----------------------------------------------------------------- */

struct helper_args {
	struct option_list options;
	bool sloppy, fake, no_mtab, verbose;
	const char *type, *namespace;
};

static const struct option_spec helper_options[] = {
	{ "options", 'o', "LIST", "mount options", OPTION_LIST,
	  offsetof(struct helper_args, options) },
	{ "sloppy", 's', NULL, "accepted", OPTION_FLAG, offsetof(struct helper_args, sloppy) },
	{ "fake", 'f', NULL, "check the options only", OPTION_FLAG,
	  offsetof(struct helper_args, fake) },
	{ "no-mtab", 'n', NULL, "accepted", OPTION_FLAG, offsetof(struct helper_args, no_mtab) },
	{ "verbose", 'v', NULL, "accepted", OPTION_FLAG, offsetof(struct helper_args, verbose) },
	{ "types", 't', "TYPE", "accepted", OPTION_VALUE, offsetof(struct helper_args, type) },
	{ "namespace", 'N', "NS", "refused", OPTION_VALUE,
	  offsetof(struct helper_args, namespace) },
	OPTION_END,
};

static int run_helper(const struct call *call)
{
	const struct helper_args *args = call->args;

	if (args->namespace)
		return output_usage(
			"mounting in another namespace is not possible: use nsenter(1)");
	if (args->fake) {
		struct lic_error err = LIC_ERROR_INIT;
		_cleanup_(lic_arena_release) struct lic_arena arena = LIC_ARENA_INIT(1u << 20);
		struct lic_mount_options o = { 0 };

		if (parse_lists(&o, &args->options, &arena, &err) < 0)
			return output_usage("%s", err.msg);
		return TOOL_DONE;
	}
	return mount_store(call, &args->options, false);
}

const struct command cmd_mount_helper = {
	.name = "mount",
	.summary = "mount the views of a store, as mount(8) calls it",
	.operands = "STORE MOUNTPOINT",
	.needs = NEEDS_STORE,
	.prepare = lic_mount_look_below,
	.min = 1,
	.max = 1,
	.options = helper_options,
	.args_size = sizeof(struct helper_args),
	.run = run_helper,
};

/* --- umount ------------------------------------------------------------------------------- */

struct umount_args {
	bool lazy;
};

static const struct option_spec umount_options[] = {
	{ "lazy", 'l', NULL, "detach a busy mount now; what is open stays usable until closed",
	  OPTION_FLAG, offsetof(struct umount_args, lazy) },
	OPTION_END,
};

static int run_umount(const struct call *call)
{
	const struct umount_args *args = call->args;
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	int status = TOOL_DONE;

	for (size_t i = 0; i < call->n; i++) {
		if (lic_umount(call->operand[i], args->lazy, &err) < 0) {
			status = output_failure(&err);
			continue;
		}
		if (!call->json)
			continue;
		json_begin(&line);
		lic_json_kstr(&line.json, "mountpoint", call->operand[i]);
		lic_json_kbool(&line.json, "lazy", args->lazy);
		json_end(&line);
	}
	return status;
}

const struct command cmd_umount = {
	.name = "umount",
	.group = "Use",
	.summary = "unmount",
	.operands = "MOUNTPOINT...",
	.min = 1,
	.max = COMMAND_MANY,
	.options = umount_options,
	.args_size = sizeof(struct umount_args),
	.run = run_umount,
};
