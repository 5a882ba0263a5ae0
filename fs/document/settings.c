/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: YAML, TOML and what has keys and values. They have no records: what in them may name an
 * image is a suspect. Absolute paths lead out of a mount.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/document/readers.h"
#include "fs/document/sample.h"
#include "fs/document/yaml_values.h"
#include "fs/evidence/toml.h"
#include "fs/util/io.h"

#define SETTINGS_MAX (4u << 20)

struct settings {
	struct lic_indexing *x;
	const uint8_t *p;
	size_t n;
	struct lic_suspects suspects;
	char absolute[256]; /* the first absolute path */
};

/* --- absolute paths ----------------------------------------------------------------------------
 */

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool begins(struct lic_bytes v, const char *with)
{
	const size_t n = strlen(with);

	return v.n >= n && strncasecmp((const char *)v.p, with, n) == 0;
}

/* "/m/01g317": a topic of Freebase. */
static bool is_topic(struct lic_bytes v)
{
	return v.n > 3 && v.n < 16 && (v.p[1] == 'm' || v.p[1] == 'g') && v.p[2] == '/' &&
	       !memchr(v.p + 3, '/', v.n - 3);
}

/* `whole`: the text is all of a value; within one "/or" is no path, and "/usr/bin" is. */
static bool is_absolute(struct lic_bytes v, bool whole)
{
	if (begins(v, "file:/") || begins(v, "$HOME") || begins(v, "${HOME}") || begins(v, "\\\\"))
		return true;
	if (v.n > 2 && is_letter(v.p[0]) && v.p[1] == ':' && (v.p[2] == '\\' || v.p[2] == '/'))
		return v.n < 4 || v.p[3] != '/';
	if (v.n && *v.p == '~')
		return v.n == 1 || memchr(v.p, '/', v.n);
	if (v.n < 2 || *v.p != '/' || v.p[1] == '/' || v.p[1] <= ' ' || is_topic(v))
		return v.n == 1 && *v.p == '/' && whole;
	return whole || memchr(v.p + 1, '/', v.n - 1);
}

static bool is_between(uint8_t c)
{
	return c <= ' ' || strchr("\"'`,;=()[]{}<>|", c);
}

static void note_absolute(struct settings *t, struct lic_bytes v)
{
	const size_t n = v.n < sizeof(t->absolute) - 1 ? v.n : sizeof(t->absolute) - 1;

	if (!*t->absolute)
		memcpy(t->absolute, v.p, n);
}

/* A value. Of several lines it is a script: what that does is its own business. */
static void take_value(struct settings *t, struct lic_bytes v)
{
	v = lic_trimmed(v);
	if (lic_looks_like_image(v.p, v.n))
		lic_suspects_name(&t->suspects, v);
	if (!v.n || memchr(v.p, '\n', v.n))
		return;
	if (is_absolute(v, true))
		note_absolute(t, v);
	for (size_t at = 0; at < v.n;) {
		struct lic_bytes word = { v.p + at, 0 };

		while (at < v.n && !is_between(v.p[at]))
			at++;
		word.n = (size_t)(v.p + at - word.p);
		if (word.n && is_absolute(word, word.n == v.n))
			note_absolute(t, word);
		at++;
	}
}

/* --- kinds -------------------------------------------------------------------------------------
 */

static void take_yaml(void *ctx, struct lic_bytes value)
{
	take_value(ctx, value);
}

static int read_yaml(struct settings *t)
{
	size_t at = 0, documents = 0;
	struct lic_bytes line;
	char why[256] = "";

	if (!lic_yaml_values((struct lic_bytes){ t->p, t->n }, take_yaml, t, why, sizeof(why)))
		return lic_index_refuse(t->x, "no YAML that can be read: %s", why);
	while (lic_next_line(t->p, t->n, &at, &line))
		documents += line.n >= 3 && memcmp(line.p, "---", 3) == 0;
	return documents > 1 ? lic_index_refuse(t->x, "YAML of more than one document") : 0;
}

static bool take_toml(void *ctx, const char *path, enum lic_toml_type type, const char *value,
		      size_t n)
{
	(void)path;
	if (type == LIC_TOML_STRING)
		take_value(ctx, (struct lic_bytes){ (const uint8_t *)value, n });
	return true;
}

static int read_toml(struct settings *t)
{
	size_t line;

	if (!lic_utf8_valid(t->p, t->n))
		return lic_index_refuse(t->x, "no TOML: it is not UTF-8");
	line = lic_toml_walk((const char *)t->p, t->n, take_toml, t);
	return line ? lic_index_refuse(t->x, "line %zu: no TOML", line) : 0;
}

/* "key = value", "key: value"; sections and comments are lines like others here. */
static int read_ini(struct settings *t)
{
	struct lic_bytes line;

	for (size_t at = 0; lic_next_line(t->p, t->n, &at, &line);) {
		size_t from = 0;

		line = lic_trimmed(line);
		if (line.n && (*line.p == '#' || *line.p == ';'))
			continue;
		while (from < line.n && line.p[from] != '=' && line.p[from] != ':')
			from++;
		from = from < line.n ? from + 1 : 0;
		take_value(t, (struct lic_bytes){ line.p + from, line.n - from });
	}
	return 0;
}

static const struct {
	const char *extension;
	int (*read)(struct settings *t);
} kinds[] = {
	{ "yaml", read_yaml }, { "yml", read_yaml }, { "toml", read_toml }, { "ini", read_ini },
	{ "cfg", read_ini },   { "conf", read_ini }, { "data", read_ini },
};

static int bid(const struct lic_indexing *x)
{
	if (lic_head_kind(x) != LIC_HEAD_TEXT)
		return 0;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(kinds); i++)
		if (lic_has_extension(x, kinds[i].extension))
			return 86;
	return 0;
}

static int read_kind(struct settings *t)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(kinds); i++)
		if (lic_has_extension(t->x, kinds[i].extension))
			return kinds[i].read(t);
	return 0;
}

static int finish(struct settings *t)
{
	struct lic_indexing *x = t->x;

	/* comments and keys may name images, too, and so may a list of stems */
	lic_suspects_text(&t->suspects, (struct lic_bytes){ t->p, t->n }, true);
	if (*t->absolute) {
		lic_index_refuse(x, "the path '%s' leads out of a mount", t->absolute);
		x->ret->format = LIC_DOCUMENT_SETTINGS;
		x->ret->flags = LIC_DOCUMENT_ABSOLUTE;
	}
	if (!lic_suspects_write(&t->suspects, x->out))
		return lic_index_refuse(x,
					"settings with more names of images than are looked for");
	return 0;
}

static int index_settings(struct lic_indexing *x, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *p = NULL;
	struct settings t = { .x = x, .suspects = LIC_SUSPECTS_INIT };
	ssize_t got;

	x->ret->format = LIC_DOCUMENT_SETTINGS;
	if (x->size > SETTINGS_MAX)
		return lic_index_refuse(x, "settings of more than %u MiB", SETTINGS_MAX >> 20);
	p = calloc(1, (size_t)x->size + 1);
	if (!p)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", x->name);
	got = lic_pread_full(x->fd, p, (size_t)x->size, 0);
	if (got < 0)
		return lic_error_sys(err, (int)-got, "cannot read '%s'", x->name);
	if ((uint64_t)got != x->size)
		return lic_error_set(err, ESTALE, "'%s' has changed while it was read", x->name);
	t.p = p;
	t.n = (size_t)got;
	if (memchr(p, '\0', t.n))
		return lic_index_refuse(x, "a NUL byte, which no text has");
	read_kind(&t);
	if (x->ret->format == LIC_DOCUMENT_SETTINGS)
		finish(&t);
	lic_suspects_release(&t.suspects);
	return 0;
}

const struct lic_document_reader lic_document_settings = { "settings", bid, index_settings };
