/* SPDX-License-Identifier: Apache-2.0 */
/* Making, keeping and reading the texts of the control tree. */
#include <errno.h>
#include <string.h>

#include "fs/mount/classes.h"
#include "fs/mount/text.h"

struct text {
	uint64_t ino; /* 0: empty */
	uint64_t used;
	char *data;
	size_t n;
};

struct lic_control {
	pthread_mutex_t lock; /* protects everything below */
	int64_t serial;
	uint64_t clock;
	struct text text[LIC_TEXTS];
};

int lic_control_new(struct lic_session *s, struct lic_error *err)
{
	struct lic_control *c = calloc(1, sizeof(*c));

	if (!c || pthread_mutex_init(&c->lock, NULL)) {
		free(c);
		return lic_error_sys(err, ENOMEM, "cannot make the control tree");
	}
	s->control = c;
	return 0;
}

void lic_control_free(struct lic_control *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < LIC_TEXTS; i++)
		free(c->text[i].data);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static void add_readme(struct lic_worker *w, struct lic_buf *out)
{
	lic_buf_adds(out, "This is a licensefs mount of ");
	lic_text_quote(out, w->s->store, strlen(w->s->store));
	lic_buf_adds(out,
		     ".\n\n"
		     "Each directory beside this one shows the images whose license permits one "
		     "use;\n"
		     "names joined by '+' show what all of them permit, and can be entered without "
		     "being listed.\n"
		     "views/NAME/classes.tsv maps the class directories of the store to those of "
		     "the view;\n"
		     "views/NAME/expression is what the view asks for.\n"
		     "snapshots/NAME is what a snapshot has: what its view showed when it was "
		     "made.\n"
		     "Why is an image here or not: licensefs explain STORE PATH\n");
}

static int make(struct lic_worker *w, enum lic_made made, int64_t view, struct lic_buf *out)
{
	const struct lic_known_view *v = lic_views_by_number(&w->s->views, view);
	const struct lic_definition *d = v ? lic_view_definition(v) : NULL;
	struct lic_filter *f;
	int r = 0;

	if (made == LIC_MADE_README) {
		add_readme(w, out);
	} else if (!d || v->snapshot) {
		return -ENOENT;
	} else if (made == LIC_MADE_EXPRESSION) {
		lic_buf_addf(out, "%s\n", lic_view_expr(d->view));
	} else {
		r = lic_worker_filter(w, v, &f);
		if (r == 0)
			r = lic_classes_text(w->cat, f, out, NULL);
	}
	return r == 0 && lic_buf_failed(out) ? -ENOMEM : r;
}

/* Caller holds the lock. Takes the text over; the least recently used one makes room. */
static uint64_t keep(struct lic_control *c, uint64_t kind, struct lic_buf *b)
{
	struct text *t = &c->text[0];

	for (unsigned i = 0; i < LIC_TEXTS; i++) {
		struct text *have = &c->text[i];

		if (have->ino && (have->ino & ~(uint64_t)(LIC_SERIAL_END - 1)) == kind &&
		    have->n == b->len && memcmp(have->data, b->data, b->len) == 0) {
			have->used = ++c->clock;
			return have->ino;
		}
		if (have->used < t->used)
			t = have;
	}
	free(t->data);
	t->n = b->len;
	t->data = lic_buf_take(b);
	t->ino = kind | (uint64_t)(++c->serial & (LIC_SERIAL_END - 1));
	t->used = ++c->clock;
	return t->ino;
}

int lic_text_make(struct lic_worker *w, enum lic_made made, int64_t view, uint64_t *ret)
{
	struct lic_control *c = w->s->control;
	struct lic_buf b = LIC_BUF_INIT(LIC_TEXT_MAX);
	int r = make(w, made, view, &b);

	if (r == 0) {
		pthread_mutex_lock(&c->lock);
		*ret = keep(c, lic_inode_made(made, view, 0), &b);
		pthread_mutex_unlock(&c->lock);
	}
	lic_buf_release(&b);
	return r;
}

/* Caller holds the lock. */
static struct text *find(struct lic_control *c, uint64_t ino)
{
	for (unsigned i = 0; i < LIC_TEXTS; i++) {
		if (c->text[i].ino == ino)
			return &c->text[i];
	}
	return NULL;
}

int lic_text_attr(struct lic_control *c, uint64_t ino, struct stat *st)
{
	struct text *t;
	size_t n = 0;

	pthread_mutex_lock(&c->lock);
	t = find(c, ino);
	if (t)
		n = t->n;
	pthread_mutex_unlock(&c->lock);
	if (!t)
		return -ESTALE;
	st->st_mode = S_IFREG | (st->st_mode & 0444);
	st->st_size = (off_t)n;
	st->st_blocks = (blkcnt_t)((n + 511) / 512);
	return 0;
}

void lic_control_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off)
{
	struct lic_control *c = lic_session_of(req)->control;
	struct text *t;
	char *copy = NULL;
	size_t n = 0;
	int r = 0;

	pthread_mutex_lock(&c->lock);
	t = find(c, ino);
	if (!t)
		r = ESTALE;
	else if (off >= 0 && (uint64_t)off < t->n)
		n = t->n - (size_t)off < size ? t->n - (size_t)off : size;
	if (n) {
		copy = malloc(n);
		if (copy)
			memcpy(copy, t->data + off, n);
		else
			r = ENOMEM;
	}
	pthread_mutex_unlock(&c->lock);
	if (r)
		fuse_reply_err(req, r);
	else
		fuse_reply_buf(req, copy, n);
	free(copy);
}
