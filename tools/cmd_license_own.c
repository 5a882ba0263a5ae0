/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs license set, rm: licenses that an operator defines for a store. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "who.h"

struct set_args {
	const char *permits, *forbids, *obliges, *name, *url;
};

static const struct option_spec set_options[] = {
	{ "permits", 0, "LIST", "permissions that it gives, separated by commas", OPTION_VALUE,
	  offsetof(struct set_args, permits) },
	{ "forbids", 0, "LIST", "permissions that it denies; of the others nothing is known",
	  OPTION_VALUE, offsetof(struct set_args, forbids) },
	{ "obliges", 0, "LIST", "attribution, notice, sharealike", OPTION_VALUE,
	  offsetof(struct set_args, obliges) },
	{ "name", 0, "TEXT", "what it is called", OPTION_VALUE, offsetof(struct set_args, name) },
	{ "url", 0, "URL", "where its text stands", OPTION_VALUE, offsetof(struct set_args, url) },
	OPTION_END,
};

/* Bits of the words of a comma-separated list, by position in `words`. */
static int read_list(const char *option, const char *list, const char *const *words, size_t n,
		     unsigned *ret, struct lic_error *err)
{
	*ret = 0;
	while (list && *list) {
		size_t len = strcspn(list, ","), i = 0;

		while (i < n && (strlen(words[i]) != len || memcmp(words[i], list, len) != 0))
			i++;
		if (i == n) {
			const char *near = lic_text_nearest(list, len, words, n);
			struct lic_buf shown = LIC_BUF_INIT(256);

			lic_text_quote(&shown, list, len < 40 ? len : 40);
			if (near)
				lic_buf_addf(&shown, "; did you mean %s?", near);
			for (i = 0; !near && i < n; i++)
				lic_buf_addf(&shown, "%s%s", i ? ", " : "; there are ", words[i]);
			lic_error_set(err, EINVAL, "option --%s: there is no %s", option,
				      lic_buf_str(&shown));
			lic_buf_release(&shown);
			return -EINVAL;
		}
		*ret |= 1u << i;
		list += len + (list[len] == ',');
	}
	return 0;
}

static int read_terms(const struct set_args *args, struct lic_license *l, struct lic_error *err)
{
	const char *permission[LIC_PERMISSION_COUNT], *obligation[LIC_OBLIGATION_COUNT];
	unsigned permits, forbids, obliges;
	int r;

	for (unsigned i = 0; i < LIC_PERMISSION_COUNT; i++)
		permission[i] = lic_permission_name(i);
	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++)
		obligation[i] = lic_obligation_name(1u << i);
	r = read_list("permits", args->permits, permission, LIC_PERMISSION_COUNT, &permits, err);
	if (r == 0)
		r = read_list("forbids", args->forbids, permission, LIC_PERMISSION_COUNT, &forbids,
			      err);
	if (r == 0)
		r = read_list("obliges", args->obliges, obligation, LIC_OBLIGATION_COUNT, &obliges,
			      err);
	if (r < 0)
		return r;
	if (permits & forbids)
		return lic_error_set(err, EINVAL, "a permission is given or denied, not both");
	for (unsigned i = 0; i < LIC_PERMISSION_COUNT; i++)
		l->permission[i] = permits & 1u << i   ? LIC_ALLOWED
				   : forbids & 1u << i ? LIC_FORBIDDEN
						       : LIC_UNKNOWN;
	l->obligations = (uint8_t)obliges;
	return 0;
}

static int report(const struct call *call, const char *id, bool set, int64_t changed)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	char n[32];

	if (call->json) {
		json_begin(&line);
		lic_json_kstr(&line.json, "id", id);
		lic_json_kbool(&line.json, "defined", set);
		lic_json_kint(&line.json, "changed", changed);
		json_end(&line);
	} else {
		printf("%s is %s; the rights of %s %s changed\n", id,
		       set ? "defined" : "no license here any more", output_count(changed, n),
		       output_plural(changed, "image", "images"));
	}
	return TOOL_DONE;
}

static int run_set(const struct call *call)
{
	const struct set_args *args = call->args;
	const char *id = call->operand[0];
	_cleanup_(lic_freep) char *who = who_am_i();
	struct lic_license l = { .id = id, .name = args->name ? args->name : id, .url = args->url };
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_txn *txn = NULL;
	int64_t changed = 0;
	int r;

	if (!args->permits)
		return output_usage("say what it permits: --permits LIST, which may be ''");
	if (read_terms(args, &l, &err) < 0)
		return output_usage("%s", err.msg);
	r = lic_catalog_begin(call->store.cat, "license set", &txn, &err);
	if (r == 0) {
		r = lic_catalog_license_set(txn, &l, who, &changed, &err);
		if (r == 0)
			r = lic_catalog_commit(txn, &err);
		else
			lic_catalog_abort(txn);
	}
	if (r < 0)
		return r == -EINVAL ? output_invalid(&err) : output_failure(&err);
	return report(call, id, true, changed);
}

static int run_rm(const struct call *call)
{
	const char *id = call->operand[0];
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_txn *txn = NULL;
	int64_t changed = 0;
	int r = lic_catalog_begin(call->store.cat, "license rm", &txn, &err);

	if (r == 0) {
		r = lic_catalog_license_rm(txn, id, &changed, &err);
		if (r == 0)
			r = lic_catalog_commit(txn, &err);
		else
			lic_catalog_abort(txn);
	}
	if (r == -ENOENT) {
		output_failure(&err);
		return TOOL_FINDING;
	}
	return r < 0 ? output_failure(&err) : report(call, id, false, changed);
}

const struct command cmd_license_set = {
	.name = "set",
	.summary = "define a license of your own for a store, or define it anew",
	.operands = "STORE LicenseRef-NAME",
	.notes = "Permissions: noncommercial-use, commercial-use, redistribute, derive, "
		 "share-adaptations.",
	.needs = NEEDS_WRITE,
	.min = 1,
	.max = 1,
	.options = set_options,
	.args_size = sizeof(struct set_args),
	.run = run_set,
};

const struct command cmd_license_rm = {
	.name = "rm",
	.summary = "undo the definition of a license; what names it is hidden then",
	.operands = "STORE LicenseRef-NAME",
	.needs = NEEDS_WRITE,
	.min = 1,
	.max = 1,
	.run = run_rm,
};
