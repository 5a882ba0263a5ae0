/* SPDX-License-Identifier: Apache-2.0 */
/* REUSE.toml (REUSE 3.3): its annotations as rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/evidence/reuse.h"
#include "fs/evidence/rules.h"
#include "fs/evidence/toml.h"

#define WHAT_MAX 48

enum precedence { CLOSEST, AGGREGATE, OVERRIDE };
static const char *const words[] = { "closest", "aggregate", "override" };

struct file {
	struct lic_reading *r;
	bool has_version;
	long index;	 /* of the annotation at hand, -1 before the first */
	uint32_t packet; /* its */
	enum precedence precedence;
	bool has_path, has_precedence;
	struct lic_buf license;	  /* an expression */
	struct lic_buf copyright; /* statements, each with a NUL behind it */
	const char *why;	  /* what does not belong there */
};

static bool refuse(struct file *f, const char *why)
{
	f->why = why;
	return false;
}

static void add_license(struct file *f, enum lic_rank rank)
{
	static const struct lic_field license = { "SPDX-License-Identifier", LIC_ROLE_LICENSE, 0,
						  0 };

	f->r->rank = rank;
	lic_reading_add(f->r, "REUSE", &license, f->packet, LIC_CHARSET_GUESS,
			lic_buf_str(&f->license), f->license.len);
}

/* What aggregates holds beside everything else: it grants where nothing does, and restricts. */
static bool finish(struct file *f)
{
	static const struct lic_field said = { LIC_RULE_PRECEDENCE, LIC_ROLE_NONE, 0, 0 };
	enum lic_rank rank = f->precedence == OVERRIDE ? LIC_RANK_SIDECAR : LIC_RANK_DIRECTORY;
	const char *word = words[f->precedence];
	size_t n;

	if (f->index < 0)
		return true;
	if (!f->has_path)
		return refuse(f, "annotations without a path");
	lic_reading_add_as(f->r, "REUSE", &said, f->packet, word, strlen(word), word, 0);
	if (f->license.len)
		add_license(f, rank);
	if (f->license.len && f->precedence == AGGREGATE)
		add_license(f, LIC_RANK_NONE);
	f->r->rank = rank;
	for (size_t i = 0; i < f->copyright.len; i += n + 1) {
		n = strlen(f->copyright.data + i);
		lic_reuse_copyright(f->r, f->packet, f->copyright.data + i, n);
	}
	if (lic_buf_failed(&f->license) || lic_buf_failed(&f->copyright))
		return refuse(f, "more than fits in memory");
	lic_buf_reset(&f->license);
	lic_buf_reset(&f->copyright);
	f->has_path = f->has_precedence = false;
	f->precedence = CLOSEST;
	return true;
}

/* REUSE's "*", "**" and backslashes are the language of patterns, in which "?" must be escaped. */
static bool add_path(struct file *f, const char *p, size_t n)
{
	_cleanup_(lic_buf_release) struct lic_buf pattern = LIC_BUF_INIT(LIC_RULES_MAX * 2);

	if (!n)
		return refuse(f, "an empty path");
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '?')
			lic_buf_addc(&pattern, '\\');
		lic_buf_addc(&pattern, p[i]);
		if (p[i] != '\\')
			continue;
		/* before what needs none it says nothing, as in the reuse tool */
		if (i + 1 < n && (p[i + 1] == '*' || p[i + 1] == '\\'))
			lic_buf_addc(&pattern, p[++i]);
		else
			lic_buf_truncate(&pattern, pattern.len - 1);
	}
	f->has_path = true;
	lic_rule_add_pattern(f->r, f->packet, lic_buf_str(&pattern), pattern.len);
	return true;
}

static bool set_precedence(struct file *f, const char *p)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++) {
		if (strcmp(p, words[i]) != 0)
			continue;
		f->precedence = (enum precedence)i;
		f->has_precedence = true;
		return true;
	}
	return refuse(f, "precedence is closest, aggregate or override");
}

static bool set_version(struct file *f, enum lic_toml_type type, const char *p)
{
	if (f->has_version)
		return refuse(f, "a second version");
	if (type != LIC_TOML_INTEGER || strcmp(p, "1") != 0)
		return refuse(f, "a version that is not 1");
	f->has_version = true;
	return true;
}

/* Where a value stands in its annotation. */
struct place {
	long index;
	char key[WHAT_MAX];	/* "": one that is none of ours */
	bool is_item, is_first; /* of an array */
};

/* Values of one key: a string, or the items of an array in a row. */
static bool add_value(struct file *f, const struct place *at, enum lic_toml_type type,
		      const char *p, size_t n)
{
	static const char *const keys[] = { "path", "precedence", "SPDX-FileCopyrightText",
					    "SPDX-License-Identifier" };
	size_t k = 0;

	while (k < LIC_ARRAY_SIZE(keys) && strcmp(keys[k], at->key) != 0)
		k++;
	if (k == LIC_ARRAY_SIZE(keys))
		return true; /* of a later version, or somebody's own */
	if (type == LIC_TOML_EMPTY)
		return k != 1 || refuse(f, "precedence is closest, aggregate or override");
	if (type != LIC_TOML_STRING || (k == 1 && at->is_item) || memchr(p, '\0', n))
		return refuse(f, "a value that is not a string");
	if ((!at->is_item || at->is_first) &&
	    ((k == 0 && f->has_path) || (k == 1 && f->has_precedence) ||
	     (k == 2 && f->copyright.len) || (k == 3 && f->license.len)))
		return refuse(f, "a key that is given twice");
	if (k == 0)
		return add_path(f, p, n);
	if (k == 1)
		return set_precedence(f, p);
	if (k == 2)
		lic_buf_add(&f->copyright, p, n + 1);
	else if (n)
		lic_reuse_join(&f->license, p, n);
	else
		return refuse(f, "a license without a name");
	return true;
}

/* "annotations[2].path[0]"; false where it is none. */
static bool take_apart(const char *path, struct place *ret)
{
	static const char head[] = "annotations[";
	char *end;
	size_t n;

	*ret = (struct place){ 0 };
	if (strncmp(path, head, sizeof(head) - 1) != 0)
		return false;
	ret->index = strtol(path + sizeof(head) - 1, &end, 10);
	if (*end != ']')
		return false;
	end += end[1] == '.' ? 2 : 1;
	n = strcspn(end, ".[");
	ret->is_item = end[n] == '[';
	ret->is_first = strncmp(end + n, "[0]", 3) == 0;
	/* "path.x" or "path[0].x" is none of ours, but neither is it a path */
	if (n < WHAT_MAX && !strchr(end + n, '.'))
		memcpy(ret->key, end, n);
	return true;
}

static bool on_value(void *ctx, const char *path, enum lic_toml_type type, const char *p, size_t n)
{
	struct file *f = ctx;
	struct place at;

	if (strcmp(path, "version") == 0)
		return set_version(f, type, p);
	if (strcmp(path, "annotations") == 0)
		return type == LIC_TOML_EMPTY || refuse(f, "annotations that are no tables");
	if (strncmp(path, "annotations.", 12) == 0)
		return refuse(f, "annotations that are no tables");
	if (!take_apart(path, &at))
		return true;
	if (at.index != f->index) {
		if (!finish(f))
			return false;
		f->index = at.index;
		f->packet = lic_reading_packet(f->r);
	}
	return add_value(f, &at, type, p, n);
}

void lic_rules_toml(struct lic_reading *r, const char *p, size_t n)
{
	struct file f = { .r = r,
			  .index = -1,
			  .license = LIC_BUF_INIT(LIC_RULES_MAX * 4),
			  .copyright = LIC_BUF_INIT(LIC_RULES_MAX * 4) };
	size_t line = lic_toml_walk(p, n, on_value, &f);

	if (line)
		lic_rule_fail(r, line, f.why ? f.why : "no TOML");
	else if (!finish(&f))
		lic_rule_fail(r, 0, f.why);
	else if (!f.has_version)
		lic_rule_fail(r, 0, "no version");
	lic_buf_release(&f.license);
	lic_buf_release(&f.copyright);
}
