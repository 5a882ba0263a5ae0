/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs made by hand, and filters over them with a clock that tests set. */
#ifndef LICENSEFS_TESTS_VIEW_CATALOG_H
#define LICENSEFS_TESTS_VIEW_CATALOG_H

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/view/filter.h"
#include "tests/unit/tap.h"

static char store[] = "/tmp/licensefs-view-XXXXXX";
static struct lic_error err;
static int64_t now = 2000000000;

_unused_ static int64_t fake_now(void)
{
	return now;
}

/* --- a catalog made by hand --- */

struct fixture {
	struct lic_catalog *cat;
	struct lic_txn *txn;
};

_unused_ static void begin(struct fixture *x)
{
	if (lic_catalog_begin(x->cat, "test", &x->txn, &err) < 0)
		printf("Bail out! %s\n", err.msg);
}

_unused_ static void commit(struct fixture *x)
{
	if (lic_catalog_commit(x->txn, &err) < 0)
		printf("Bail out! %s\n", err.msg);
	x->txn = NULL;
}

struct statement {
	const char *license, *creator, *source, *not_after;
	uint32_t reserve;
	uint8_t bytes; /* 0: others than any image before */
};

_unused_ static void claim(struct lic_claims *c, enum lic_role role, const char *text,
			   uint32_t reserve)
{
	struct lic_claim claim = { .rank = LIC_RANK_EMBEDDED,
				   .role = role,
				   .packet = 1,
				   .reserve = reserve,
				   .source = "XMP",
				   .field = "test",
				   .raw = { (const uint8_t *)text, strlen(text) },
				   .text = text };

	lic_claims_add(c, &claim);
}

_unused_ static int64_t put_by(struct fixture *x, int64_t parent, const char *name,
			       enum lic_kind kind, enum lic_rule rule, const struct statement *s)
{
	_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
	static uint8_t serial;
	struct lic_entry e = { .parent = parent,
			       .name = { (const uint8_t *)name, strlen(name) },
			       .kind = kind,
			       .rule = rule,
			       .format = kind == LIC_KIND_IMAGE ? LIC_FORMAT_JPEG : LIC_FORMAT_NONE,
			       .st = { .size = 10, .mode = 0644 } };

	if (kind == LIC_KIND_IMAGE) {
		claims.format = LIC_FORMAT_JPEG;
		memset(e.hash.b, s && s->bytes ? s->bytes : ++serial, sizeof(e.hash.b));
	}
	if (s && s->license)
		claim(&claims, LIC_ROLE_LICENSE, s->license, 0);
	if (s && s->creator)
		claim(&claims, LIC_ROLE_CREATOR, s->creator, 0);
	if (s && s->source)
		claim(&claims, LIC_ROLE_SOURCE_URL, s->source, 0);
	if (s && s->not_after)
		claim(&claims, LIC_ROLE_NOT_AFTER, s->not_after, 0);
	if (s && s->reserve)
		claim(&claims, LIC_ROLE_RESERVATION, "reserved", s->reserve);
	if (lic_catalog_put(x->txn, &e, kind == LIC_KIND_IMAGE ? &claims : NULL, &err) < 0)
		printf("Bail out! %s: %s\n", name, err.msg);
	return e.id;
}

_unused_ static int64_t put(struct fixture *x, int64_t parent, const char *name, enum lic_kind kind,
			    const struct statement *s)
{
	return put_by(x, parent, name, kind, LIC_RULE_NONE, s);
}

_unused_ static int64_t dir(struct fixture *x, int64_t parent, const char *name)
{
	return put(x, parent, name, LIC_KIND_DIR, NULL);
}

_unused_ static int64_t image(struct fixture *x, int64_t parent, const char *name,
			      const char *license)
{
	return put(x, parent, name, LIC_KIND_IMAGE, &(struct statement){ .license = license });
}

/* A decision that hides what it matches. */
_unused_ static int64_t deny(struct fixture *x, const char *pattern)
{
	struct lic_decision d = { .action = LIC_ACTION_DENY,
				  .pattern = { (const uint8_t *)pattern, strlen(pattern) },
				  .exact = !strchr(pattern, '*'),
				  .reason = "test",
				  .who = "tester" };
	int64_t matched, changed;

	begin(x);
	if (lic_catalog_decide(x->txn, &d, &matched, &changed, &err) < 0)
		printf("Bail out! %s\n", err.msg);
	commit(x);
	return d.number;
}

_unused_ static void remove_tree(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char sub[PATH_MAX];

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		if (unlink(sub) < 0)
			remove_tree(sub);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

_unused_ static void open_catalog(struct fixture *x, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s.db", store, name);
	x->txn = NULL;
	if (lic_catalog_open(store, path, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &x->cat, &err) <
	    0)
		printf("Bail out! %s\n", err.msg);
}

_unused_ static void set_view(struct fixture *x, const char *name, const char *expr,
			      const char *basis)
{
	begin(x);
	if (lic_catalog_view_set(x->txn, name, expr, basis, &err) < 0)
		printf("Bail out! %s\n", err.msg);
	commit(x);
}

/* A filter over an expression with the tests' clock. */
_unused_ static struct lic_filter *filter(struct fixture *x, const char *expr,
					  enum lic_classes classes, int64_t since,
					  struct lic_view **ret_view)
{
	struct lic_filter *f = NULL;

	*ret_view = NULL;
	if (lic_view_by_expr(x->cat, expr, NULL, 0, ret_view, NULL, &err) < 0 ||
	    lic_filter_new(x->cat, *ret_view, classes, since, &f, &err) < 0)
		printf("Bail out! %s: %s\n", expr, err.msg);
	f->now = fake_now;
	lic_filter_set_start(f, now);
	return f;
}

_unused_ static void filter_done(struct lic_filter *f, struct lic_view *v)
{
	lic_filter_free(f);
	lic_view_free(v);
}

/* 1 shown, 0 hidden, negative errno. */
_unused_ static int shows(struct fixture *x, struct lic_filter *f, int64_t id)
{
	struct lic_entry e;
	bool shown;
	int r = lic_catalog_by_id(x->cat, id, &e, &err);

	if (r == 0)
		r = lic_filter_shows(f, &e, &shown, &err);
	return r < 0 ? r : shown;
}

_unused_ static int64_t count(struct lic_filter *f, int64_t id)
{
	int64_t n;
	int r = lic_filter_count(f, id, &n, &err);

	return r < 0 ? r : n;
}

#endif
