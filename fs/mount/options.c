/* SPDX-License-Identifier: Apache-2.0 */
/* The -o list of mount(8) and fstab. */
#include <errno.h>
#include <string.h>

#include <licensefs/text.h>

#include "fs/mount/check.h"

#define LIST_MAX (64u * 1024)

enum meaning {
	IGNORED, /* for mount(8), init, or what is always so here; a value is allowed */
	KERNEL,	 /* passed on as it is */
	VIEW,
	WHERE,
	SNAPSHOT,
	JOB,
	BASIS,
	CLASSES,
	MODE,
	CLASSMAP,
	CATALOG,
	ABSPATHS,
	ALLOW_OTHER,
	WATCH,
	DEBUG,
};

static const struct word {
	const char *name;
	enum meaning meaning;
	bool value; /* demands one */
} words[] = {
	{ "view", VIEW, true },
	{ "where", WHERE, true },
	{ "snapshot", SNAPSHOT, true },
	{ "job", JOB, true },
	{ "basis", BASIS, true },
	{ "classes", CLASSES, true },
	{ "mode", MODE, true },
	{ "classmap", CLASSMAP, true },
	{ "catalog", CATALOG, true },
	{ "abspaths", ABSPATHS, true },
	{ "allow_other", ALLOW_OTHER, false },
	{ "watch", WATCH, false },
	{ "debug", DEBUG, false },
	/* a mount of licensefs is always ro,nosuid,nodev,noatime,default_permissions: mount(8)
	 * passes rw,suid,dev by itself, so the opposite is not an error */
	{ "ro", IGNORED, false },
	{ "rw", IGNORED, false },
	{ "suid", IGNORED, false },
	{ "nosuid", IGNORED, false },
	{ "dev", IGNORED, false },
	{ "nodev", IGNORED, false },
	{ "exec", IGNORED, false },
	{ "noexec", KERNEL, false },
	{ "atime", IGNORED, false },
	{ "noatime", IGNORED, false },
	{ "diratime", IGNORED, false },
	{ "nodiratime", IGNORED, false },
	{ "relatime", IGNORED, false },
	{ "norelatime", IGNORED, false },
	{ "strictatime", IGNORED, false },
	{ "nostrictatime", IGNORED, false },
	{ "lazytime", IGNORED, false },
	{ "nolazytime", IGNORED, false },
	{ "sync", IGNORED, false },
	{ "async", IGNORED, false },
	{ "dirsync", IGNORED, false },
	{ "silent", IGNORED, false },
	{ "loud", IGNORED, false },
	{ "mand", IGNORED, false },
	{ "nomand", IGNORED, false },
	{ "iversion", IGNORED, false },
	{ "noiversion", IGNORED, false },
	{ "symfollow", IGNORED, false },
	{ "nosymfollow", IGNORED, false },
	{ "default_permissions", IGNORED, false },
	{ "defaults", IGNORED, false },
	{ "auto", IGNORED, false },
	{ "noauto", IGNORED, false },
	{ "nofail", IGNORED, false },
	{ "user", IGNORED, false },
	{ "nouser", IGNORED, false },
	{ "users", IGNORED, false },
	{ "nousers", IGNORED, false },
	{ "owner", IGNORED, false },
	{ "noowner", IGNORED, false },
	{ "group", IGNORED, false },
	{ "nogroup", IGNORED, false },
	{ "_netdev", IGNORED, false },
	{ "comment", IGNORED, false },
	{ "context", KERNEL, true },
	{ "fscontext", KERNEL, true },
	{ "defcontext", KERNEL, true },
	{ "rootcontext", KERNEL, true },
};

struct parser {
	struct lic_mount_options *o;
	struct lic_arena *arena;
	struct lic_buf kernel; /* comma separated */
	struct lic_error *err;
};

static int unknown(struct parser *p, const char *name, size_t n)
{
	const char *names[LIC_ARRAY_SIZE(words)], *near;
	struct lic_buf quoted = LIC_BUF_INIT(4096);
	int r;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		names[i] = words[i].name;
	near = lic_text_nearest(name, n, names, LIC_ARRAY_SIZE(names));
	lic_text_show(&quoted, name, n);
	if (near)
		r = lic_error_set(p->err, EINVAL, "unknown mount option '%s'; did you mean '%s'?",
				  lic_buf_str(&quoted), near);
	else
		r = lic_error_set(p->err, EINVAL,
				  "unknown mount option '%s'; licensefs mount --help lists them",
				  lic_buf_str(&quoted));
	lic_buf_release(&quoted);
	return r;
}

static int set_classes(struct parser *p, const char *value)
{
	static const char *const names[] = { "drop", "keep", "fail" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			p->o->classes = (enum lic_classes)i;
			return 0;
		}
	}
	return lic_error_set(p->err, EINVAL, "classes=%s is none of drop, keep and fail", value);
}

static int set_mode(struct parser *p, const char *value)
{
	if (lic_mount_mode_find(value, &p->o->mode) == 0)
		return 0;
	return lic_error_set(p->err, EINVAL,
			     "mode=%s is none of auto, uring, passthrough, cached and checked",
			     value);
}

static int set_abspaths(struct parser *p, const char *value)
{
	p->o->abspaths = strcmp(value, "keep") == 0;
	if (p->o->abspaths || strcmp(value, "hide") == 0)
		return 0;
	return lic_error_set(p->err, EINVAL, "abspaths=%s is neither hide nor keep", value);
}

/* Commas and backslashes of the value are escaped again for the kernel's list. */
static void add_kernel(struct parser *p, const char *name, const char *value)
{
	lic_buf_addf(&p->kernel, "%s%s%s", p->kernel.len ? "," : "", name, value ? "=" : "");
	for (; value && *value; value++) {
		if (*value == ',' || *value == '\\')
			lic_buf_addc(&p->kernel, '\\');
		lic_buf_addc(&p->kernel, *value);
	}
}

static int apply(struct parser *p, const struct word *word, const char *value)
{
	struct lic_mount_options *o = p->o;

	switch (word->meaning) {
	case VIEW:
		o->view = value;
		break;
	case WHERE:
		o->where = value;
		break;
	case SNAPSHOT:
		o->snapshot = value;
		break;
	case JOB:
		o->job = value;
		break;
	case BASIS:
		o->basis = value;
		break;
	case CLASSES:
		return set_classes(p, value);
	case MODE:
		return set_mode(p, value);
	case ABSPATHS:
		return set_abspaths(p, value);
	case CLASSMAP:
		o->classmap = value;
		break;
	case CATALOG:
		o->catalog = value;
		break;
	case ALLOW_OTHER:
		o->allow_other = true;
		break;
	case WATCH:
		o->watch = true;
		break;
	case DEBUG:
		o->debug = true;
		break;
	case KERNEL:
		add_kernel(p, word->name, value);
		break;
	case IGNORED:
		break;
	}
	return 0;
}

/* One option, its escapes already undone. */
static int parse_one(struct parser *p, const char *text, size_t n)
{
	const char *equals = memchr(text, '=', n);
	size_t name_n = equals ? (size_t)(equals - text) : n;
	const char *value = NULL;

	if (n == 0 || (n > 2 && (text[0] == 'x' || text[0] == 'X') && text[1] == '-'))
		return 0; /* x-... is for other programs */
	if (equals) {
		const char *v = equals + 1;
		size_t v_n = n - name_n - 1;

		if (v_n > 1 && *v == '"' && memchr(v + 1, '"', v_n - 1) == v + v_n - 1) {
			v++;
			v_n -= 2;
		}
		value = lic_arena_dup(p->arena, v, v_n);
		if (!value)
			return lic_error_sys(p->err, ENOMEM, "cannot read the mount options");
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++) {
		const struct word *w = &words[i];

		if (strlen(w->name) != name_n || memcmp(w->name, text, name_n) != 0)
			continue;
		if (w->value && (!value || !*value))
			return lic_error_set(p->err, EINVAL, "mount option '%s' needs a value",
					     w->name);
		if (!w->value && value && w->meaning != IGNORED)
			return lic_error_set(p->err, EINVAL, "mount option '%s' takes no value",
					     w->name);
		return apply(p, w, value);
	}
	return unknown(p, text, name_n);
}

/* Where the option at `list` ends. A comma separates, unless a backslash stands before it or it is
 * within double quotes, which mount(8) treats so too and leaves in place; quotes around a whole
 * value are not part of it. */
static const char *take_one(const char *list, struct lic_buf *out)
{
	bool quoted = false;

	for (; *list && (*list != ',' || quoted); list++) {
		if (list[0] == '\\' && (list[1] == ',' || list[1] == '\\'))
			list++;
		else if (*list == '"')
			quoted = !quoted;
		lic_buf_addc(out, *list);
	}
	return list;
}

int lic_mount_parse_options(struct lic_mount_options *o, const char *list, struct lic_arena *arena,
			    struct lic_error *err)
{
	struct parser p = { o, arena, LIC_BUF_INIT(LIST_MAX), err };
	struct lic_buf one = LIC_BUF_INIT(LIST_MAX);
	int r = 0;

	if (o->kernel_options)
		lic_buf_adds(&p.kernel, o->kernel_options);
	while (r == 0 && *list) {
		lic_buf_reset(&one);
		list = take_one(list, &one);
		if (lic_buf_failed(&one))
			r = lic_error_set(err, E2BIG, "mount options are too long");
		else
			r = parse_one(&p, lic_buf_str(&one), one.len);
		if (*list)
			list++;
	}
	if (r == 0 && p.kernel.len) {
		o->kernel_options = lic_arena_dup(arena, p.kernel.data, p.kernel.len);
		if (!o->kernel_options || lic_buf_failed(&p.kernel))
			r = lic_error_sys(err, ENOMEM, "cannot read the mount options");
	}
	if (r == 0 && o->view && o->where)
		r = lic_error_set(err, EINVAL,
				  "view= and where= exclude each other; join them as "
				  "where='VIEW & EXPR'");
	if (r == 0 && o->snapshot)
		r = lic_check_snapshot(o, err);
	lic_buf_release(&one);
	lic_buf_release(&p.kernel);
	return r;
}
