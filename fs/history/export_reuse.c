/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree as REUSE 3 has it: beside each file NAME.license with license and copyright of then, or
 * an entry of .reuse/dep5 where that name would be too long, and the licenses in LICENSES/.
 *
 * What the store says itself in these places is left out: it is what may be stated, and not what
 * followed from all that is stated and decided.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "fs/history/export_files.h"
#include "fs/history/export_reuse.h"

#define SUFFIX ".license"
#define TEXTS "LICENSES"
#define DEP5 ".reuse/dep5"

/* What is said of one file whose name is too long. */
struct entry {
	int64_t id; /* 0: dropped */
	char *text;
};

/* That an archive has an image of a license. */
struct inside {
	int64_t archive;
	uint32_t tally;
};

struct reuse {
	struct entry *entry;
	size_t n, cap;
	struct lic_buf line; /* to work in */
	struct lic_texts texts;
	bool dirs; /* LICENSES and .reuse are made */
};

static struct reuse *reuse_of(struct lic_export *x)
{
	return x->files->own;
}

static int reuse_begin(struct lic_export *x)
{
	struct reuse *u = calloc(1, sizeof(*u));

	if (!u)
		return lic_export_no_memory(x);
	u->line = (struct lic_buf)LIC_BUF_INIT(16u << 20);
	x->files->own = u;
	return lic_texts_open(&u->texts, x->q->texts, x->err);
}

static void reuse_end(struct lic_export *x)
{
	struct reuse *u = reuse_of(x);

	if (!u)
		return;
	for (size_t i = 0; i < u->n; i++)
		free(u->entry[i].text);
	free(u->entry);
	lic_buf_release(&u->line);
	lic_texts_close(&u->texts);
	free(u);
}

/* --- names that are the format's -------------------------------------------------------------- */

static bool is_below(const struct lic_bytes *path, const char *dir)
{
	size_t n = strlen(dir);

	return path->n >= n && memcmp(path->p, dir, n) == 0 && (path->n == n || path->p[n] == '/');
}

static bool ends_with(const struct lic_bytes *path, const char *end)
{
	size_t n = strlen(end);

	return path->n >= n && memcmp(path->p + path->n - n, end, n) == 0;
}

static bool is_taken(const struct lic_bytes *path)
{
	return is_below(path, TEXTS) || is_below(path, ".reuse") || ends_with(path, SUFFIX) ||
	       is_below(path, "REUSE.toml") || ends_with(path, "/REUSE.toml");
}

/* --- what is said of a file ------------------------------------------------------------------- */

/* Text of others, on one line, without what would be read as another tag. */
static void add_text(struct lic_buf *out, const char *text)
{
	size_t from = out->len;

	lic_text_show(out, text, strlen(text));
	if (lic_buf_failed(out))
		return;
	for (char *p = out->data + from; p + 5 < out->data + out->len; p++) {
		if (strncmp(p, "SPDX-", 5) == 0)
			p[4] = ' ';
		else if (strncmp(p, "REUSE-", 6) == 0)
			p[5] = ' ';
	}
}

static void add_pattern(struct lic_buf *out, const struct lic_bytes *path)
{
	const uint8_t *p = path->p;
	size_t n = path->n;

	while (n) {
		uint32_t cp = 0;
		size_t k = lic_utf8_decode(p, n, &cp);

		if (!k || cp <= ' ' || cp == 0x7f)
			lic_buf_addc(out, '?');
		else if (k == 1 && strchr("*?\\", (int)cp))
			lic_buf_addf(out, "\\%c", (int)cp);
		else
			lic_buf_add(out, p, k);
		k = k ? k : 1;
		p += k;
		n -= k;
	}
}

static int add_entry(struct lic_export *x, int64_t id, const struct lic_bytes *path,
		     const char *license, const char *creator)
{
	struct reuse *u = reuse_of(x);
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	size_t i = 0;

	lic_buf_adds(&b, "\nFiles: ");
	add_pattern(&b, path);
	lic_buf_adds(&b, "\nCopyright: ");
	add_text(&b, creator);
	lic_buf_addf(&b, "\nLicense: %s\n", license);
	while (i < u->n && u->entry[i].id != id)
		i++;
	if (i == u->cap) {
		size_t cap = u->cap ? u->cap * 2 : 16;
		void *p = reallocarray(u->entry, cap, sizeof(*u->entry));

		if (!p) {
			lic_buf_release(&b);
			return lic_export_no_memory(x);
		}
		u->entry = p;
		u->cap = cap;
	}
	if (lic_buf_failed(&b)) {
		lic_buf_release(&b);
		return lic_export_no_memory(x);
	}
	if (i == u->n)
		u->n++;
	else
		free(u->entry[i].text);
	u->entry[i] = (struct entry){ id, lic_buf_take(&b) };
	return 0;
}

static bool is_too_long(const struct lic_bytes *path)
{
	const uint8_t *slash = memrchr(path->p, '/', path->n);
	size_t n = slash ? (size_t)(path->p + path->n - slash - 1) : path->n;

	return n + strlen(SUFFIX) > NAME_MAX;
}

/* Replaces what was said before. */
static int say(struct lic_export *x, int64_t id, const struct lic_bytes *path, const char *license,
	       const struct lic_credit *credit)
{
	const char *creator = credit && credit->creator ? credit->creator : "NOASSERTION";
	struct lic_buf name = LIC_BUF_INIT(1u << 20), *line = &reuse_of(x)->line;
	int r;

	if (is_too_long(path))
		return add_entry(x, id, path, license, creator);
	/* the license first: readers look at the beginning of a file */
	lic_buf_reset(line);
	lic_buf_addf(line, "SPDX-License-Identifier: %s\nSPDX-FileCopyrightText: ", license);
	add_text(line, creator);
	lic_buf_addc(line, '\n');
	if (credit && credit->title) {
		lic_buf_adds(line, "Title: ");
		add_text(line, credit->title);
		lic_buf_addc(line, '\n');
	}
	if (credit && credit->source_url) {
		lic_buf_adds(line, "Source: ");
		add_text(line, credit->source_url);
		lic_buf_addc(line, '\n');
	}
	lic_buf_add(&name, path->p, path->n);
	lic_buf_adds(&name, SUFFIX);
	r = lic_buf_failed(&name) || lic_buf_failed(line)
		    ? lic_export_no_memory(x)
		    : lic_site_put(&x->files->site, lic_buf_str(&name), line->data, line->len,
				   x->err);
	lic_buf_release(&name);
	return r;
}

static int unsay(struct lic_export *x, int64_t id, const struct lic_bytes *path)
{
	struct lic_buf name = LIC_BUF_INIT(1u << 20);
	struct reuse *u = reuse_of(x);
	int r;

	for (size_t i = 0; i < u->n; i++)
		if (u->entry[i].id == id)
			u->entry[i].id = 0;
	if (is_too_long(path))
		return 0;
	lic_buf_add(&name, path->p, path->n);
	lic_buf_adds(&name, SUFFIX);
	r = lic_buf_failed(&name) ? lic_export_no_memory(x)
				  : lic_site_unlink(&x->files->site, lic_buf_str(&name), x->err);
	lic_buf_release(&name);
	return r;
}

/* --- members --------------------------------------------------------------------------------- */

static int reuse_dir(struct lic_export *x, const struct lic_then *t)
{
	return is_taken(&t->path) ? 0 : lic_export_dir(x, t);
}

static int reuse_file(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_then *t = m->t;
	struct lic_buf id = LIC_BUF_INIT(1u << 16);
	uint64_t state = (uint64_t)t->m.e.parent; /* of an image in an archive */
	int r = 1;

	if (is_taken(&m->path))
		return lic_export_leave(x, t, LIC_LEFT_TAKEN);
	if (!t->in_archive)
		r = lic_export_place(x, t, (const char *)m->path.p, &state);
	if (r != 1)
		return r;
	r = lic_export_note(x, t, state, 0, m->rights != NULL);
	if (r == 0 && !t->in_archive) {
		lic_texts_expression(&id, m->rights ? m->rights->license : "");
		r = say(x, t->m.e.id, &m->path, lic_buf_str(&id), m->rights ? &m->credit : NULL);
	}
	lic_buf_release(&id);
	return r < 0 ? r : 1;
}

static int reuse_drop(struct lic_export *x, struct lic_export_placed *p, const struct lic_then *t,
		      bool again)
{
	int r = 0, said = 0;

	if (p->inside)
		return 0;
	r = lic_export_unplace(x, p, (const char *)t->path.p);
	if (r == 0 && again)
		r = lic_export_place(x, t, (const char *)t->path.p, &p->state);
	if (r == 0)
		r = unsay(x, p->id, &t->path);
	else if (r == 1)
		said = say(x, p->id, &t->path, LIC_TEXTS_NOT_STATED, NULL);
	return said < 0 ? said : r;
}

/* --- at the end ------------------------------------------------------------------------------ */

static int by_archive(const void *a, const void *b)
{
	const struct inside *x = a, *y = b;

	if (x->archive != y->archive)
		return x->archive < y->archive ? -1 : 1;
	return x->tally < y->tally ? -1 : x->tally > y->tally;
}

/* The licenses of images in archives, each once: *ret is malloc'ed. */
static int gather(struct lic_export *x, struct inside **ret, size_t *ret_n)
{
	const struct lic_export_files *f = x->files;
	struct inside *in = NULL;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->placed[i].inside;
	in = n ? reallocarray(NULL, n, sizeof(*in)) : NULL;
	if (n && !in)
		return lic_export_no_memory(x);
	n = 0;
	for (size_t i = 0; i < f->n; i++)
		if (f->placed[i].inside)
			in[n++] = (struct inside){ (int64_t)f->placed[i].state,
						   f->placed[i].tally - 1 };
	if (n)
		qsort(in, n, sizeof(*in), by_archive);
	for (size_t i = 0; i < n; i++)
		if (!kept || by_archive(&in[kept - 1], &in[i]) != 0)
			in[kept++] = in[i];
	*ret = in;
	*ret_n = kept;
	return 0;
}

/* An archive is under the licenses of all its images. */
static int say_archive(struct lic_export *x, const struct inside *in, size_t n)
{
	struct lic_buf all = LIC_BUF_INIT(1u << 20), one = LIC_BUF_INIT(1u << 16),
		       path = LIC_BUF_INIT(1u << 20);
	struct lic_bytes p;
	int r = lic_snapshot_path(x->s, in->archive, &path, x->err);

	for (size_t i = 0; i < n; i++) {
		bool several;

		lic_buf_reset(&one);
		lic_texts_expression(&one, x->tally[in[i].tally].license);
		several = n > 1 && strstr(lic_buf_str(&one), " OR ");
		lic_buf_addf(&all, "%s%s%s%s", i ? " AND " : "", several ? "(" : "",
			     lic_buf_str(&one), several ? ")" : "");
	}
	p = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&path), path.len };
	if (r == 0 && (lic_buf_failed(&all) || lic_buf_failed(&path)))
		r = lic_export_no_memory(x);
	if (r == 0)
		r = say(x, in->archive, &p, lic_buf_str(&all), NULL);
	lic_buf_release(&all);
	lic_buf_release(&one);
	lic_buf_release(&path);
	return r;
}

/* *ret: how many there are. */
static int say_archives(struct lic_export *x, int64_t *ret)
{
	_cleanup_(lic_freep) struct inside *in = NULL;
	size_t n = 0, from = 0;
	int r = gather(x, &in, &n);

	*ret = 0;
	for (size_t i = 1; r == 0 && i <= n; i++) {
		if (i < n && in[i].archive == in[from].archive)
			continue;
		r = say_archive(x, in + from, i - from);
		from = i;
		++*ret;
	}
	return r;
}

static int write_dep5(struct lic_export *x)
{
	struct lic_buf b = LIC_BUF_INIT((size_t)1 << 30);
	struct reuse *u = reuse_of(x);
	bool any = false;
	int r = 0;

	lic_buf_adds(&b, "Format: https://www.debian.org/doc/packaging-manuals/"
			 "copyright-format/1.0/\n");
	for (size_t i = 0; i < u->n; i++) {
		if (u->entry[i].id)
			lic_buf_adds(&b, u->entry[i].text);
		any |= u->entry[i].id != 0;
	}
	if (lic_buf_failed(&b))
		r = lic_export_no_memory(x);
	else if (any)
		r = lic_site_put(&x->files->site, DEP5, b.data, b.len, x->err);
	else /* what it named in a round before is taken down */
		r = lic_site_unlink(&x->files->site, DEP5, x->err);
	lic_buf_release(&b);
	return r;
}

static int reuse_finish(struct lic_export *x)
{
	struct reuse *u = reuse_of(x);
	int64_t archives;
	int r = say_archives(x, &archives);

	if (r == 0 && !u->dirs)
		r = lic_site_dir(&x->files->site, TEXTS, 0777, x->err);
	if (r == 0 && !u->dirs && u->n)
		r = lic_site_dir(&x->files->site, ".reuse", 0777, x->err);
	u->dirs = true;
	if (r == 0 && u->n)
		r = write_dep5(x);
	for (size_t i = 0; r == 0 && i < x->n_tally; i++)
		if (x->tally[i].images)
			r = lic_texts_need(&u->texts, x->tally[i].license, x->err);
	if (r == 0 && x->result->files > archives)
		r = lic_texts_need(&u->texts, "", x->err);
	return r == 0 ? lic_texts_write(&u->texts, x, TEXTS) : r;
}

static const struct lic_export_maker maker = {
	.links = true,
	.begin = reuse_begin,
	.dir = reuse_dir,
	.file = reuse_file,
	.drop = reuse_drop,
	.finish = reuse_finish,
	.end = reuse_end,
};

const struct lic_export_format lic_export_reuse = {
	.name = "reuse",
	.summary = "the files, with license and copyright of each as REUSE has them",
	.maker = &maker,
};
