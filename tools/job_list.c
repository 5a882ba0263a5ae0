/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs job report --list: one file a line. */
#include <string.h>
#include <time.h>

#include "image.h"
#include "job.h"
#include "terms.h"

enum job_list job_list_find(const char *name)
{
	static const char *const names[] = { "",	 "seen",      "opened",	    "unopened",
					     "excluded", "withdrawn", "attribution" };

	for (size_t i = 1; i < LIC_ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum job_list)i;
	return JOB_LIST_NONE;
}

struct listing {
	struct lic_job *job;
	struct lic_catalog *cat;
	struct lic_policy policy;
	enum job_list what;
	bool null;
	bool json;
	int64_t erased;
	struct json_line line;
	struct lic_error *err;
};

static bool is_wanted(const struct listing *l, const struct lic_job_item *i)
{
	switch (l->what) {
	case JOB_LIST_OPENED:
		return i->opened;
	case JOB_LIST_UNOPENED:
		return !i->opened;
	case JOB_LIST_WITHDRAWN:
		return i->withdrawn;
	case JOB_LIST_ATTRIBUTION:
		return i->t->m.e.kind == LIC_KIND_IMAGE;
	default:
		return true;
	}
}

static void json_openers(struct listing *l, const struct lic_job_item *i)
{
	const struct lic_job_process *p;
	size_t n = lic_job_programs(l->job, &p);
	bool known = lic_job_knows_processes(l->job);
	struct lic_json *j = &l->line.json;
	const int64_t parent = i->t->in_archive ? i->t->m.e.parent : -1;

	lic_json_key(j, "opened_by");
	lic_json_array(j);
	for (size_t k = 0; i->opened && k < n; k++)
		if (lic_idset_has(&p[k].opened, i->t->m.e.id) ||
		    (parent > 0 && lic_idset_has(&p[k].opened, parent)))
			lic_json_bytes(j, *p[k].exe ? p[k].exe : p[k].comm,
				       strlen(*p[k].exe ? p[k].exe : p[k].comm));
	lic_json_array_end(j);
	n = lic_job_processes(l->job, &p);
	lic_json_key(j, "processes");
	lic_json_array(j);
	for (size_t k = 0; i->opened && k < n; k++) {
		const bool has = lic_idset_has(&p[k].opened, i->t->m.e.id) ||
				 (parent > 0 && lic_idset_has(&p[k].opened, parent));

		if (has && p[k].number)
			lic_json_int(j, p[k].pid);
		known = known && p[k].whole && !(has && !p[k].number);
	}
	lic_json_array_end(j);
	lic_json_kbool(j, "processes_known", known);
}

static int json_credit(struct listing *l, const struct lic_job_item *i,
		       const struct lic_rights *rights)
{
	_cleanup_(lic_credit_release) struct lic_credit c = { 0 };
	struct lic_json *j = &l->line.json;
	struct terms terms;
	int r = lic_catalog_credit(l->cat, i->t->m.e.id, &c, l->err);

	if (r < 0)
		return r;
	terms_of(rights->license, l->policy.own, &terms);
	lic_json_kstr(j, "title", c.title);
	lic_json_kstr(j, "creator", c.creator);
	lic_json_kstr(j, "source_url", c.source_url);
	lic_json_kstr(j, "license_url", c.license_url ? c.license_url : terms.url);
	return 0;
}

/* Keys of images alone. */
static int json_image(struct listing *l, const struct lic_job_item *i)
{
	const struct lic_rights *rights = lic_catalog_rights(l->cat, i->t->rights, l->err);
	struct lic_json *j = &l->line.json;
	char hash[40];

	if (!rights)
		return -l->err->code;
	image_hash(&i->t->m.e.hash, hash);
	lic_json_kstr(j, "xxh3", hash);
	lic_json_kstr(j, "license", *rights->license ? rights->license : NULL);
	lic_json_kstr(j, "status", lic_status_name(rights->status));
	return l->what == JOB_LIST_ATTRIBUTION ? json_credit(l, i, rights) : 0;
}

static int print_json(struct listing *l, const struct lic_job_item *i, const char *why)
{
	struct lic_json *j = &l->line.json;
	int r = 0;

	json_begin(&l->line);
	lic_json_key(j, "path");
	lic_json_bytes(j, i->t->path.p, i->t->path.n);
	lic_json_kstr(j, "kind", lic_kind_name(i->t->m.e.kind));
	lic_json_kint(j, "size", (int64_t)i->t->m.e.st.size);
	if (i->t->m.e.kind == LIC_KIND_IMAGE)
		r = json_image(l, i);
	if (why) {
		lic_json_kstr(j, "why", why);
	} else {
		lic_json_kbool(j, "at_start", i->at_start);
		lic_json_kbool(j, "opened", i->opened);
		lic_json_kbool(j, "withdrawn", i->withdrawn);
		json_openers(l, i);
	}
	lic_json_kstr(j, "state", job_member_state(i->state));
	json_end(&l->line);
	return r;
}

static int print_plain(struct listing *l, const struct lic_job_item *i, const char *why)
{
	_cleanup_(lic_credit_release) struct lic_credit c = { 0 };
	const struct lic_rights *rights = i->t->m.e.kind == LIC_KIND_IMAGE
						  ? lic_catalog_rights(l->cat, i->t->rights, l->err)
						  : NULL;
	int r = 0;

	if (i->t->m.e.kind == LIC_KIND_IMAGE && !rights)
		return -l->err->code;
	output_quoted(stdout, i->t->path.p, i->t->path.n);
	if (l->what == JOB_LIST_ATTRIBUTION) {
		r = lic_catalog_credit(l->cat, i->t->m.e.id, &c, l->err);
		fputs(": ", stdout);
		output_shown(stdout, c.title ? c.title : "", c.title ? strlen(c.title) : 0);
		fputs(c.title && c.creator ? " by " : c.creator ? "by " : "", stdout);
		output_shown(stdout, c.creator ? c.creator : "", c.creator ? strlen(c.creator) : 0);
		printf(" [%s]", *rights->license ? rights->license : "no license stated");
		if (c.source_url) {
			putchar(' ');
			output_shown(stdout, c.source_url, strlen(c.source_url));
		}
	} else if (why) {
		fputs(": ", stdout);
		output_shown(stdout, why, strlen(why));
	} else if (i->state != LIC_MEMBER_AS_WAS) {
		printf(": %s", job_member_state(i->state));
	}
	putchar('\n');
	return r;
}

static int print_one(struct listing *l, const struct lic_job_item *i, const char *why)
{
	int r = 0;

	if (i->erased) {
		l->erased++;
		return 0;
	}
	if (l->json)
		r = print_json(l, i, why);
	else if (l->null)
		r = fwrite(i->t->path.p, 1, i->t->path.n, stdout) == i->t->path.n &&
				    putchar(0) != EOF
			    ? 0
			    : 1;
	else
		r = print_plain(l, i, why);
	return r < 0 ? r : output_broken();
}

static int print_item(void *ctx, const struct lic_job_item *i)
{
	struct listing *l = ctx;

	return is_wanted(l, i) ? print_one(l, i, NULL) : 0;
}

static int print_excluded(void *ctx, const struct lic_job_item *i, const char *why)
{
	return print_one(ctx, i, why);
}

int job_list_print(struct lic_job *job, enum job_list what, bool json, bool null)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct listing l = { .job = job,
			     .cat = lic_job_catalog(job),
			     .what = what,
			     .null = null,
			     .json = json,
			     .err = &err };
	int64_t now = (int64_t)time(NULL);
	char n[32];
	int r;

	if (lic_job_trouble(job))
		output_say("INCOMPLETE: %s", lic_job_trouble(job));
	r = lic_catalog_policy(l.cat, &l.policy, &err);
	if (r == 0 && what == JOB_LIST_EXCLUDED)
		r = lic_job_each_excluded(job, now, print_excluded, &l, &err);
	else if (r == 0)
		r = lic_job_each(job, now, print_item, &l, &err);
	json_release(&l.line);
	if (r < 0)
		return output_failure(&err);
	if (l.erased)
		output_say("%s %s erased, and not listed", output_count(l.erased, n),
			   output_plural(l.erased, "image was", "images were"));
	return TOOL_DONE;
}
