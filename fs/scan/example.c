/* SPDX-License-Identifier: Apache-2.0 */
/* One picture that somebody shows: its hash, digests and likeness, taken by one confined helper. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/scan.h>

#include "fs/scan/indexer.h"
#include "fs/util/io.h"

#define TICK_MS 100

static const struct lic_limits limits = LIC_LIMITS_DEFAULT;
static const struct lic_patience reading_patience = LIC_PATIENCE_DEFAULT;

struct showing {
	const char *path;
	int fd;
	struct stat st;
	struct lic_nursery *nursery;
	struct lic_helper helper;
	struct lic_asking asking;
	struct lic_error *err;
};

static int open_picture(struct showing *s)
{
	/* opening a FIFO would wait for somebody to write */
	s->fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &s->st) < 0)
		return lic_error_sys(s->err, errno, "cannot read '%s'", s->path);
	if (!S_ISREG(s->st.st_mode))
		return lic_error_set(s->err, S_ISDIR(s->st.st_mode) ? EISDIR : EINVAL,
				     "'%s' is %s; name a file with a picture", s->path,
				     S_ISDIR(s->st.st_mode) ? "a directory" : "no regular file");
	return 0;
}

static bool is_unchanged(const struct showing *s)
{
	struct stat now;

	return fstat(s->fd, &now) == 0 && now.st_size == s->st.st_size &&
	       lic_timespec_ns(now.st_mtim) == lic_timespec_ns(s->st.st_mtim) &&
	       lic_timespec_ns(now.st_ctim) == lic_timespec_ns(s->st.st_ctim);
}

/* One record in *ret, valid until the helper is asked again; -EPIPE where the helper died of it. */
static int ask(struct showing *s, enum lic_asked what, enum lic_format format, const uint8_t **ret,
	       size_t *ret_n)
{
	const char *slash = strrchr(s->path, '/');
	const uint64_t size = (uint64_t)s->st.st_size;
	struct lic_helper *h = &s->helper;
	struct lic_asking *m = &s->asking;
	int r;

	h->patience = what == LIC_ASK_READ ? &reading_patience : &lic_decoding_patience;
	r = lic_helper_start(h, s->err);
	if (r < 0)
		return r;
	m->serial++;
	m->what = what;
	m->digests = LIC_DIGEST_ALL;
	m->n = 1;
	m->ask[0] = (struct lic_ask){ .size = size, .format = format };
	snprintf(m->ask[0].name, sizeof(m->ask[0].name), "%s", slash ? slash + 1 : s->path);
	r = lic_helper_ask(h, m, &s->fd);
	if (r == -EPIPE)
		lic_helper_bury(h, LIC_FATE_NONE);
	else if (r < 0)
		return lic_error_sys(s->err, -r, "cannot ask a reading process");
	while (r == 0) {
		r = lic_helper_hear(h, TICK_MS, ret, ret_n);
		if (r == 0)
			r = lic_helper_watch(h, lic_progress(m->serial, 0), &size, TICK_MS);
	}
	return r < 0 ? r : 0;
}

static int refuse(struct showing *s)
{
	struct lic_buf why = LIC_BUF_INIT(256);
	int r;

	lic_helper_epitaph(&s->helper, &why);
	r = lic_error_set(s->err, EBADMSG, "'%s': %s", s->path, lic_buf_str(&why));
	lic_buf_release(&why);
	return r;
}

static int lied(struct showing *s)
{
	lic_helper_bury(&s->helper, LIC_FATE_LIES);
	return -EPIPE;
}

static int take_answer(struct showing *s, struct lic_example *ret)
{
	_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_answer a;
	const uint8_t *p;
	size_t n;
	int r = ask(s, LIC_ASK_READ, LIC_FORMAT_NONE, &p, &n);

	if (r < 0)
		return r;
	r = lic_answer_take(p, n, &limits, 1, &a, &claims);
	if (r == 0 && (a.serial != s->asking.serial || a.number != 0))
		r = -EBADMSG;
	if (r < 0)
		return r == -ENOMEM ? lic_error_set(s->err, ENOMEM, "out of memory") : lied(s);
	if (a.result < 0)
		return lic_error_sys(s->err, -a.result, "cannot read '%s'", s->path);
	ret->format = claims.format;
	if (claims.format == LIC_FORMAT_NONE)
		return 0;
	if (a.digests.has != LIC_DIGEST_ALL)
		return lic_error_set(s->err, EIO, "cannot read '%s' to its end", s->path);
	ret->hash = a.hash;
	ret->digests = a.digests;
	return 0;
}

/* Whatever becomes of it, its bytes are known. */
static int take_likeness(struct showing *s, struct lic_example *ret)
{
	struct lic_buf why = LIC_BUF_INIT(256);
	struct lic_likened a;
	const uint8_t *p;
	size_t n;
	int r;

	if (!lic_likeness_reads(ret->format)) {
		snprintf(ret->why, sizeof(ret->why), "this build cannot decode %s",
			 lic_format_name(ret->format));
		return 0;
	}
	r = ask(s, LIC_ASK_LIKENESS, ret->format, &p, &n);
	if (r == 0 && (lic_likened_take(p, n, &a) < 0 || a.serial != s->asking.serial || a.number))
		r = lied(s);
	if (r == -EPIPE) {
		lic_helper_epitaph(&s->helper, &why);
		snprintf(ret->why, sizeof(ret->why), "%s", lic_buf_str(&why));
		lic_buf_release(&why);
		return 0;
	}
	if (r < 0)
		return r;
	if (a.result == -EIO)
		return lic_error_set(s->err, EIO, "cannot read '%s' to its end", s->path);
	if (memcmp(&a.hash, &ret->hash, sizeof(a.hash)) != 0 || !is_unchanged(s))
		return lic_error_set(s->err, EBUSY,
				     "'%s' changed while it was read; try again when it is done",
				     s->path);
	ret->has_likeness = a.result == 0;
	ret->likeness = a.likeness;
	snprintf(ret->why, sizeof(ret->why), "%s", a.why);
	return 0;
}

static int show(struct showing *s, struct lic_example *ret)
{
	int r = open_picture(s);

	if (r == 0)
		r = lic_nursery_new(1, &s->nursery, s->err);
	if (r < 0)
		return r;
	lic_helper_init(&s->helper, s->nursery, 0, &reading_patience);
	r = take_answer(s, ret);
	if (r == -EPIPE)
		r = refuse(s);
	if (r == 0 && ret->format != LIC_FORMAT_NONE)
		r = take_likeness(s, ret);
	lic_helper_release(&s->helper);
	return r;
}

int lic_scan_example(const char *path, struct lic_example *ret, struct lic_error *err)
{
	struct showing *s = calloc(1, sizeof(*s));
	struct lic_example found = { 0 };
	int r;

	if (!s)
		return lic_error_set(err, ENOMEM, "out of memory");
	s->path = path;
	s->fd = -1;
	s->err = err;
	r = show(s, &found);
	lic_nursery_free(s->nursery);
	lic_closep(&s->fd);
	free(s);
	if (r == 0)
		*ret = found;
	return r;
}
