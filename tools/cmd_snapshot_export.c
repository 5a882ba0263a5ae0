/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot export: what a snapshot has, for those who have no licensefs. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/snapshot_export.h>

#include "interrupt.h"
#include "progress.h"
#include "snapshot.h"

struct export_args {
	const char *format, *output;
	bool all;
};

static const struct option_spec export_options[] = {
	{ "format", 'f', "FORMAT", "what to write; see below", OPTION_VALUE,
	  offsetof(struct export_args, format) },
	{ "output", 'o', "FILE", "write to FILE instead of standard output", OPTION_VALUE,
	  offsetof(struct export_args, output) },
	{ "all", 'a', NULL, "attribution: also of images that oblige to nothing", OPTION_FLAG,
	  offsetof(struct export_args, all) },
	OPTION_END,
};

/* Where it is written: to a file without a name, or where there are none to one with a name of its
 * own, until all is there. */
struct sink {
	FILE *f;
	char *temporary; /* NULL: standard output */
	bool nameless;
	int code; /* errno of a write that failed */
};

static int put(void *ctx, const void *p, size_t n)
{
	struct sink *s = ctx;

	if (!s->temporary && output_broken())
		return 1;
	if (fwrite(p, 1, n, s->f) == n)
		return 0;
	s->code = errno;
	return 1;
}

static void tell_left(_unused_ void *ctx, enum lic_export_left why, const struct lic_bytes *path)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_quote(&b, path->p, path->n);
	output_say("%s: left out: %s", lic_buf_str(&b), lic_export_left_name(why));
	lic_buf_release(&b);
}

static int draw(_unused_ void *ctx, const struct lic_snapshot_progress *p)
{
	return snapshot_progress(NULL, p);
}

/* --- the file ------------------------------------------------------------------------------- */

/* A file without a name in the directory of `path`. */
static int open_nameless(const char *path)
{
	_cleanup_(lic_freep) char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!dir)
		output_out_of_memory();
	if (slash)
		slash[slash == dir] = 0;
	return open(slash ? dir : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

/* Links it beside `path`, from where it can be renamed; 0 or an errno. */
static int name_it(struct sink *s, const char *path)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fileno(s->f));
	for (int i = 0; i < 64; i++) {
		free(s->temporary);
		if (asprintf(&s->temporary, "%s.%d-%d", path, (int)getpid(), i) < 0)
			output_out_of_memory();
		if (linkat(AT_FDCWD, self, AT_FDCWD, s->temporary, AT_SYMLINK_FOLLOW) == 0) {
			s->nameless = false;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return errno;
}

static int sink_open(struct sink *s, const char *path, struct lic_error *err)
{
	mode_t mask = umask(0);
	struct stat st;
	int fd;

	umask(mask);
	if (!path) {
		s->f = stdout;
		return 0;
	}
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return lic_error_set(err, EINVAL,
				     "'%s' is no regular file; write to standard output instead",
				     path);
	if (asprintf(&s->temporary, "%s.XXXXXX", path) < 0)
		output_out_of_memory();
	fd = open_nameless(path);
	s->nameless = fd >= 0;
	if (!s->nameless)
		fd = mkostemp(s->temporary, O_CLOEXEC);
	if (fd >= 0 && (s->nameless || fchmod(fd, 0666 & ~mask) == 0))
		s->f = fdopen(fd, "w");
	if (s->f)
		return 0;
	lic_error_sys(err, errno, "cannot write '%s'", path);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !s->nameless)
		unlink(s->temporary);
	free(s->temporary);
	s->temporary = NULL;
	return -err->code;
}

/* Gives the file its name, or takes it away. */
static int sink_close(struct sink *s, const char *path, bool good, struct lic_error *err)
{
	int code = s->code;

	if (!s->temporary)
		return 0;
	if (good && (fflush(s->f) != 0 || fsync(fileno(s->f)) != 0))
		code = errno;
	if (good && !code && s->nameless)
		code = name_it(s, path);
	if (fclose(s->f) != 0 && !code)
		code = errno;
	if (good && !code && rename(s->temporary, path) != 0)
		code = errno;
	if ((!good || code) && !s->nameless)
		unlink(s->temporary);
	free(s->temporary);
	s->temporary = NULL;
	return code ? lic_error_sys(err, code, "cannot write '%s'", path) : 0;
}

/* --- what became of it ---------------------------------------------------------------------- */

static void tell(const struct call *call, const struct lic_export_result *r)
{
	const struct export_args *args = call->args;
	_cleanup_(json_release) struct json_line line = { 0 };
	char n[32];

	for (int i = 0; i < LIC_LEFT_COUNT; i++)
		if (r->left[i])
			output_say("%s %s left out: %s", output_count(r->left[i], n),
				   output_plural(r->left[i], "file", "files"),
				   lic_export_left_name(i));
	if (!call->json)
		return;
	json_begin(&line);
	lic_json_kstr(&line.json, "snapshot", call->operand[0]);
	lic_json_kstr(&line.json, "format", args->format);
	lic_json_kstr(&line.json, "output", args->output);
	lic_json_kint(&line.json, "images", r->images);
	lic_json_kint(&line.json, "files", r->files);
	lic_json_key(&line.json, "left_out");
	lic_json_object(&line.json);
	for (int i = 0; i < LIC_LEFT_COUNT; i++)
		lic_json_kint(&line.json, lic_export_left_name(i), r->left[i]);
	lic_json_object_end(&line.json);
	json_end(&line);
}

static int export(const struct call *call, struct lic_snapshot *s,
		  const struct lic_export_format *format, const char *path)
{
	const struct export_args *args = call->args;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_export_result result;
	struct sink sink = { .f = NULL };
	struct lic_export_request q = {
		.store = call->store.path,
		.format = format,
		.all = args->all,
		.write = put,
		.left = tell_left,
		.progress = draw,
		.ctx = &sink,
	};
	int r = sink_open(&sink, path, &err);

	if (r < 0)
		return r == -EINVAL ? output_invalid(&err) : output_failure(&err);
	r = lic_snapshot_export(s, &q, &result, &err);
	progress_clear();
	if (r == -EINTR && interrupt_signal)
		output_say("interrupted; %s", path ? "nothing was made" : "the output is cut off");
	else if (r < 0)
		output_failure(&err);
	if (sink_close(&sink, path, r == 0, &err) < 0)
		return output_failure(&err);
	if (r == 0)
		tell(call, &result);
	return r < 0 ? TOOL_FAILURE : TOOL_DONE;
}

static int run_export(const struct call *call)
{
	const struct export_args *args = call->args;
	const struct lic_export_format *format;
	const char *path = args->output && strcmp(args->output, "-") != 0 ? args->output : NULL;
	struct lic_snapshot *s;
	int status = TOOL_DONE;

	if (!args->format)
		return output_usage("say what to write: --format FORMAT");
	format = lic_export_format_find(args->format);
	if (!format)
		return output_usage("no such format: '%s'", args->format);
	if (call->json && !path)
		return output_usage("--json tells what was written: it goes with --output FILE");
	s = snapshot_open(call->store.cat, call->operand[0], &status);
	if (!s)
		return status;
	interrupt_watch();
	status = export(call, s, format, path);
	lic_snapshot_close(s);
	return status;
}

const struct command cmd_snapshot_export = {
	.name = "export",
	.summary = "write what a snapshot has as a manifest, attribution or summary",
	.operands = "STORE NAME",
	.notes = "FORMAT is manifest (JSON Lines), csv, attribution (Markdown), attribution-html, "
		 "attribution-csv, licenses (JSON Lines), croissant or spdx (JSON-LD). What is "
		 "revoked since, or whose file is gone or changed, is left out and told.",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.options = export_options,
	.args_size = sizeof(struct export_args),
	.run = run_export,
};
