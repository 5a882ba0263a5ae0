/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs check: is every image of the store in a view? For CI of datasets. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "image.h"
#include "revocation.h"

struct check_args {
	const char *where, *view, *basis;
	bool null;
};

static const struct option_spec check_options[] = {
	{ "where", 'w', "EXPR", "what every image must satisfy", OPTION_VALUE,
	  offsetof(struct check_args, where) },
	{ "view", 'V', "VIEW", "the view that every image must be in", OPTION_VALUE,
	  offsetof(struct check_args, view) },
	{ "basis", 0, "TEXT", "the legal basis, where EXPR names a reservation or a status",
	  OPTION_VALUE, offsetof(struct check_args, basis) },
	{ "null", '0', NULL, "print paths only, each ended by a NUL byte", OPTION_FLAG,
	  offsetof(struct check_args, null) },
	OPTION_END,
};

struct check {
	const struct check_args *args;
	struct lic_catalog *cat;
	struct lic_view *view;
	struct image image;
	struct path_cache cache;
	struct json_line *line; /* NULL: for people */
	int64_t now, images, outside;
	struct lic_error *err;
};

static void print_outside(struct check *c, const struct lic_buf *why)
{
	const struct image *i = &c->image;

	if (c->line) {
		struct lic_json *j = &c->line->json;

		json_begin(c->line);
		lic_json_key(j, "path");
		lic_json_bytes(j, lic_buf_str(&i->path), i->path.len);
		lic_json_kstr(j, "status", lic_status_name(i->rights->status));
		lic_json_kstr(j, "license", *i->rights->license ? i->rights->license : NULL);
		lic_json_kstr(j, "why", lic_buf_str(why));
		json_end(c->line);
	} else if (c->args->null) {
		fwrite(lic_buf_str(&i->path), 1, i->path.len + 1, stdout);
	} else {
		output_quoted(stdout, lic_buf_str(&i->path), i->path.len);
		fputs(": ", stdout);
		output_shown(stdout, lic_buf_str(why), why->len);
		putchar('\n');
	}
}

/* "status is revoked; revocation 3" */
static int add_revocations(struct check *c, struct lic_buf *why)
{
	struct lic_buf numbers = LIC_BUF_INIT(1u << 20);
	int r = revocations_numbers(c->cat, c->image.entry.id, &numbers, c->err);

	if (r == 0 && numbers.len)
		lic_buf_addf(why, "; revocation %s", lic_buf_str(&numbers));
	lic_buf_release(&numbers);
	return r;
}

static int check_entry(void *ctx, const struct lic_entry *e)
{
	struct check *c = ctx;
	_cleanup_(lic_buf_release) struct lic_buf why = LIC_BUF_INIT(1u << 20);
	bool in = false;
	int r = image_load(&c->image, &c->cache, c->cat, e, c->err);

	if (r == 0)
		r = image_match(&c->image, c->cat, c->view, c->now, &in, c->err);
	if (r < 0)
		return r;
	c->images++;
	if (in)
		return 0;
	c->outside++;
	if (output_broken())
		return 0; /* nobody reads any more, but the count and the status are wanted */
	if (!c->args->null)
		r = image_why(&c->image, c->cat, c->view, c->now, &why, c->err);
	if (r == 0 && !c->args->null && c->image.rights->status == LIC_STATUS_REVOKED)
		r = add_revocations(c, &why);
	if (r == 0)
		print_outside(c, &why);
	return r;
}

static int compile(struct check *c)
{
	const struct check_args *args = c->args;
	struct lic_policy policy;
	int64_t number;
	int r = lic_catalog_policy(c->cat, &policy, c->err);

	if (r < 0)
		return r;
	c->now = policy.now;
	if (args->view)
		return lic_view_by_name(c->cat, args->view, &c->view, &number, c->err);
	return lic_view_by_expr(c->cat, args->where, args->basis, 0, &c->view, &number, c->err);
}

static int run_check(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	struct check c = { .args = call->args,
			   .cat = call->store.cat,
			   .line = call->json ? &line : NULL,
			   .err = &err };
	char outside[32], images[32];
	int r;

	if (!c.args->where == !c.args->view)
		return output_usage(c.args->view
					    ? "--where and --view exclude each other; join them as "
					      "--where 'VIEW & EXPR'"
					    : "say what to check: --where EXPR or --view VIEW");
	r = compile(&c);
	if (r == -EINVAL || r == -EPERM || r == -ELOOP || r == -ENOENT)
		return output_invalid(&err);
	if (r == 0)
		r = lic_catalog_each(c.cat, LIC_KIND_IMAGE, check_entry, &c, &err);
	lic_view_free(c.view);
	image_release(&c.image);
	path_cache_release(&c.cache);
	if (r < 0)
		return output_failure(&err);
	if (c.outside)
		output_say("%s of %s images %s outside", output_count(c.outside, outside),
			   output_count(c.images, images), output_plural(c.outside, "is", "are"));
	return c.outside ? TOOL_FINDING : TOOL_DONE;
}

const struct command cmd_check = {
	.name = "check",
	.group = "Ask",
	.summary = "check that every image satisfies an expression, and name those that do not",
	.operands = "STORE",
	.needs = NEEDS_READ,
	.options = check_options,
	.args_size = sizeof(struct check_args),
	.run = run_check,
};
