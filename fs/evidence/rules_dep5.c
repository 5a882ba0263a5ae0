/* SPDX-License-Identifier: Apache-2.0 */
/* .reuse/dep5: Debian's copyright format 1.0, as the reuse tool reads it. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/reuse.h"
#include "fs/evidence/rules.h"

struct field {
	const char *name;
	size_t name_n;
	struct lic_buf value; /* lines joined by newlines, without the blanks that begin them */
	size_t line;
};

struct file {
	struct lic_reading *r;
	const char *p, *end;
	size_t line; /* of p, from 1 */
	unsigned paragraph;
	const char *why;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line without its end; comments are no lines. */
static bool next_line(struct file *f, const char **ret, size_t *ret_n)
{
	while (f->p < f->end) {
		const char *nl = memchr(f->p, '\n', (size_t)(f->end - f->p));

		*ret = f->p;
		*ret_n = (size_t)((nl ? nl : f->end) - f->p);
		f->p = nl ? nl + 1 : f->end;
		f->line++;
		while (*ret_n && is_blank((*ret)[*ret_n - 1]))
			--*ret_n;
		if (!*ret_n || **ret != '#')
			return true;
	}
	return false;
}

static bool field_is(const struct field *f, const char *name)
{
	return f->name_n == strlen(name) && strncasecmp(f->name, name, f->name_n) == 0;
}

#define FIELDS_MAX 32

struct paragraph {
	struct field field[FIELDS_MAX];
	unsigned n;
};

static void release(struct paragraph *g)
{
	while (g->n)
		lic_buf_release(&g->field[--g->n].value);
}

static const struct field *find(const struct paragraph *g, const char *name)
{
	for (unsigned i = 0; i < g->n; i++)
		if (field_is(&g->field[i], name))
			return &g->field[i];
	return NULL;
}

static void add_line(struct field *d, const char *s, size_t n)
{
	while (n && is_blank(*s)) {
		s++;
		n--;
	}
	lic_buf_add(&d->value, s, n);
}

static bool begin_field(struct file *f, struct paragraph *g, const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	struct field *d = &g->field[g->n];

	if (!colon || colon == s || g->n == FIELDS_MAX) {
		f->why = "a line that is no field";
		return false;
	}
	*d = (struct field){ s, (size_t)(colon - s), LIC_BUF_INIT(LIC_RULES_MAX), f->line };
	while (d->name_n && is_blank(s[d->name_n - 1]))
		d->name_n--;
	for (unsigned i = 0; i < g->n; i++) {
		if (g->field[i].name_n == d->name_n &&
		    strncasecmp(g->field[i].name, s, d->name_n) == 0) {
			f->why = "a field that is given twice";
			return false;
		}
	}
	g->n++;
	add_line(d, colon + 1, n - (size_t)(colon + 1 - s));
	return true;
}

/* Reads fields up to an empty line; false at the end, and where f->why says why. */
static bool next_paragraph(struct file *f, struct paragraph *g)
{
	const char *s;
	size_t n;

	release(g);
	while (next_line(f, &s, &n)) {
		if (!n && g->n)
			return true;
		if (!n)
			continue;
		if (is_blank(*s)) {
			if (!g->n) {
				f->why = "a line that continues nothing";
				return false;
			}
			lic_buf_addc(&g->field[g->n - 1].value, '\n');
			add_line(&g->field[g->n - 1], s, n);
		} else if (!begin_field(f, g, s, n)) {
			return false;
		}
	}
	return g->n > 0;
}

/* "*" and "?" match slashes, too; backslashes make them and themselves plain. */
static bool add_glob(struct file *f, uint32_t packet, const char *s, size_t n)
{
	_cleanup_(lic_buf_release) struct lic_buf pattern = LIC_BUF_INIT(LIC_RULES_MAX * 4);

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\') {
			if (++i == n || !strchr("*?\\", s[i])) {
				f->why = "a backslash before what needs none";
				return false;
			}
			lic_buf_addf(&pattern, "\\%c", s[i]);
		} else if (s[i] == '*') {
			/* not the "**" of whole components */
			lic_buf_adds(&pattern, i + 1 < n && s[i + 1] == '/' ? "**\\" : "**");
		} else {
			lic_buf_addc(&pattern, s[i]);
		}
	}
	lic_rule_add_pattern(f->r, packet, lic_buf_str(&pattern), pattern.len);
	return true;
}

static bool add_globs(struct file *f, uint32_t packet, const struct field *files)
{
	const char *s = lic_buf_str(&files->value);
	bool any = false;

	for (;;) {
		size_t n;

		s += strspn(s, " \t\r\n");
		n = strcspn(s, " \t\r\n");
		if (!n)
			break;
		if (!add_glob(f, packet, s, n))
			return false;
		s += n;
		any = true;
	}
	if (!any)
		f->why = "Files without a pattern";
	return any;
}

static void add_claims(struct file *f, uint32_t packet, const struct field *copyright,
		       const struct field *license)
{
	static const struct lic_field field = { "License", LIC_ROLE_LICENSE, 0, 0 };
	const char *s = lic_buf_str(&license->value);
	size_t n = strcspn(s, "\n");

	/* what follows is the text of the license */
	lic_reading_add(f->r, "REUSE", &field, packet, LIC_CHARSET_GUESS, s, n);
	for (s = lic_buf_str(&copyright->value); *s; s += n) {
		s += strspn(s, "\n");
		n = strcspn(s, "\n");
		lic_reuse_copyright(f->r, packet, s, n);
	}
}

static bool add_paragraph(struct file *f, const struct paragraph *g)
{
	const struct field *files = find(g, "Files"), *copyright = find(g, "Copyright");
	const struct field *license = find(g, "License");
	uint32_t packet;

	if (!f->paragraph++) {
		if (!find(g, "Format"))
			f->why = "no Format in the first paragraph";
		return !f->why;
	}
	if (!files) {
		if (!license)
			f->why = "a paragraph without Files or License";
		return !f->why;
	}
	if (!copyright || !license || !copyright->value.len || !license->value.len) {
		f->why = "Files without Copyright and License";
		return false;
	}
	packet = lic_reading_packet(f->r);
	f->r->rank = LIC_RANK_DIRECTORY;
	if (!add_globs(f, packet, files))
		return false;
	add_claims(f, packet, copyright, license);
	return true;
}

void lic_rules_dep5(struct lic_reading *r, const char *p, size_t n)
{
	struct file f = { .r = r, .p = p, .end = p + n };
	struct paragraph g = { .n = 0 };

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		f.p += 3;
	while (!f.why && next_paragraph(&f, &g) && add_paragraph(&f, &g))
		;
	if (f.why)
		lic_rule_fail(r, f.line, f.why);
	else if (!f.paragraph)
		lic_rule_fail(r, 0, "no Format in the first paragraph");
	release(&g);
}
