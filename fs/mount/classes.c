/* SPDX-License-Identifier: Apache-2.0 */
/* Class maps and emptied class directories. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fs/mount/classes.h"
#include "fs/util/io.h"

#define NAMED_MAX 8   /* emptied directories that a warning names */
#define DIRS_MAX 2500 /* of a store that is searched for them: some 10 ms */
#define TOO_MANY "the store has too many directories to be searched for those that a view empties; "

static void add_path(struct lic_buf *out, const char *path)
{
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < 0x20 || c == 0x7f || c == '\\')
			lic_buf_addf(out, "\\x%02x", c);
		else
			lic_buf_addc(out, (char)c);
	}
}

static int add_class(void *ctx, const struct lic_class *c)
{
	struct lic_buf *out = ctx;

	lic_buf_addf(out, "%d\t", c->store_index);
	add_path(out, c->name);
	if (c->view_index >= 0)
		lic_buf_addf(out, "\t%d", c->view_index);
	else
		lic_buf_adds(out, "\t-");
	lic_buf_addf(out, "\t%lld\n", (long long)c->images);
	return 0;
}

int lic_classes_text(struct lic_catalog *cat, struct lic_filter *f, struct lic_buf *out,
		     struct lic_error *err)
{
	int r;

	lic_buf_adds(out, "index\tclass\tshown\timages\n");
	r = lic_view_classes(cat, f, add_class, out, err);
	if (r == 0 && lic_buf_failed(out))
		r = lic_error_sys(err, ENOMEM, "cannot make the class map");
	return r;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t r = write(fd, p, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

/* A file beside the target takes its name when it is complete. */
static int write_file(const char *path, const struct lic_buf *text, struct lic_error *err)
{
	struct lic_buf temporary = LIC_BUF_INIT(1u << 16);
	_cleanup_(lic_closep) int fd = -1;
	int r = 0;

	lic_buf_addf(&temporary, "%s.XXXXXX", path);
	if (lic_buf_failed(&temporary))
		return lic_error_sys(err, ENAMETOOLONG, "cannot write the class map '%s'", path);
	fd = mkostemp(temporary.data, O_CLOEXEC);
	if (fd < 0)
		r = -errno;
	if (r == 0)
		r = write_all(fd, text->data, text->len);
	if (r == 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0 || rename(temporary.data, path) < 0))
		r = -errno;
	if (r < 0) {
		lic_error_sys(err, -r, "cannot write the class map '%s'", path);
		if (fd >= 0)
			unlink(temporary.data);
	}
	lic_buf_release(&temporary);
	return r;
}

int lic_classes_write(struct lic_worker *w, const struct lic_known_view *v, const char *path,
		      struct lic_error *err)
{
	struct lic_buf text = LIC_BUF_INIT(1u << 30);
	struct lic_filter *f;
	int r = lic_worker_filter(w, v, &f);

	if (r < 0)
		return lic_error_sys(err, -r, "cannot evaluate the view");
	r = lic_classes_text(w->cat, f, &text, err);
	if (r == 0)
		r = write_file(path, &text, err);
	lic_buf_release(&text);
	return r;
}

/* Views that empty the same directories are told in one line. */
struct emptiers {
	struct lic_buf views, what;
	size_t n;
};

struct emptied {
	struct lic_buf names;
	int64_t n;
};

static int count_emptied(void *ctx, size_t view, const char *path, int64_t images)
{
	struct emptied *e = (struct emptied *)ctx + view;

	(void)images;
	if (!e->n)
		e->names = (struct lic_buf)LIC_BUF_INIT(64 * 1024);
	if (e->n < NAMED_MAX) {
		lic_buf_adds(&e->names, e->n ? ", " : "");
		lic_text_quote(&e->names, path, strlen(path));
	}
	e->n++;
	return 0;
}

static void say(const struct lic_session *s, struct emptiers *e)
{
	struct lic_buf line = LIC_BUF_INIT(128 * 1024);

	lic_buf_addf(&line, "view%s %s show%s nothing of %s", e->n == 1 ? "" : "s",
		     lic_buf_str(&e->views), e->n == 1 ? "s" : "", lic_buf_str(&e->what));
	if (e->n && s->o.notice)
		s->o.notice(s->o.ctx, lic_buf_str(&line));
	lic_buf_release(&line);
	lic_buf_release(&e->views);
	lic_buf_release(&e->what);
	*e = (struct emptiers){ 0 };
}

static void add_emptier(struct lic_session *s, const struct lic_known_view *v,
			const struct lic_buf *what, struct emptiers *e)
{
	if (e->n && strcmp(lic_buf_str(what), lic_buf_str(&e->what)) != 0)
		say(s, e);
	if (!e->n++) {
		e->views.max = e->what.max = 128 * 1024;
		lic_buf_adds(&e->what, lic_buf_str(what));
	}
	lic_buf_addf(&e->views, "%s%s%s%s", e->n > 1 ? ", " : "", v->expr ? "" : "'",
		     v->expr ? "of where=" : v->name, v->expr ? "" : "'");
}

static int refuse(const struct lic_known_view *v, const struct lic_buf *what, struct lic_error *err)
{
	return lic_error_set(err, EPERM,
			     "view %s%s%s shows nothing of %s; classes=keep keeps "
			     "them as empty directories, classes=drop leaves them out",
			     v->expr ? "" : "'", v->expr ? "of where=" : v->name,
			     v->expr ? "" : "'", lic_buf_str(what));
}

/* Warns of what each view has emptied, or refuses to. */
static int judge(struct lic_session *s, const struct lic_known_view *const *view,
		 const struct emptied *found, size_t n, struct lic_error *err)
{
	struct emptiers e = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct lic_buf what = LIC_BUF_INIT(128 * 1024);

		if (!found[i].n)
			continue;
		lic_buf_addf(&what, "%lld director%s with images: %s%s", (long long)found[i].n,
			     found[i].n == 1 ? "y" : "ies", lic_buf_str(&found[i].names),
			     found[i].n > NAMED_MAX ? ", ..." : "");
		if (s->o.classes == LIC_CLASSES_FAIL)
			r = refuse(view[i], &what, err);
		else
			add_emptier(s, view[i], &what, &e);
		lic_buf_release(&what);
	}
	say(s, &e);
	return r;
}

int lic_classes_check(struct lic_worker *w, const struct lic_known_view *const *view, size_t n,
		      struct lic_error *err)
{
	const size_t max = w->s->o.classes == LIC_CLASSES_FAIL ? 0 : DIRS_MAX;
	_cleanup_(lic_freep) struct lic_filter **filter = calloc(n + 1, sizeof(*filter));
	_cleanup_(lic_freep) struct emptied *found = calloc(n + 1, sizeof(*found));
	int r = 0;

	if (!filter || !found)
		return lic_error_sys(err, ENOMEM, "cannot evaluate the views");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = lic_worker_filter(w, view[i], &filter[i]);
	if (r < 0)
		return lic_error_sys(err, -r, "cannot evaluate the view");
	r = lic_view_emptied(w->cat, filter, n, max, count_emptied, found, err);
	if (r == 0)
		r = judge(w->s, view, found, n, err);
	for (size_t i = 0; i < n; i++)
		lic_buf_release(&found[i].names);
	if (r > 0 && w->s->o.notice)
		w->s->o.notice(w->s->o.ctx, w->s->single ? TOO_MANY "classes=fail searches them all"
							 : TOO_MANY
						    ".licensefs/views/NAME/classes.tsv in the "
						    "mount has them all");
	return r < 0 ? r : 0;
}
