/* SPDX-License-Identifier: Apache-2.0 */
/* Drives one group of files through a helper, and sorts out which of them it died of. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/scan/indexer.h"
#include "fs/util/io.h"

#define TICK_MS 100
#define DEATHS_MAX 2
#define KILLS_MAX 8
#define LOST_MAX 32
#define LOST_FEW 3 /* of them: then the file may be the reason that none is said to be read */
#define GRAIN_NS 20000000LL	 /* of the clock that stamps files, and some more */
#define MEMBERS_MAX (512u << 20) /* bytes */

/* --- files -------------------------------------------------------------------------------- */

/* A document has no hash: its identity is all that tells other bytes from those that were indexed,
 * so a later write must change it. */
static void await_age(const struct lic_index_context *c, const struct lic_stat *st)
{
	const int64_t grain = st->ctime % 1000000000 ? GRAIN_NS : LIC_RACY_NS;
	const struct timespec t = { 0, 2000000 };
	const int64_t began = lic_now_ns();

	for (int64_t now = began; !atomic_load(c->stop); now = lic_now_ns()) {
		/* a clock that runs behind the one of the files is not waited for for ever */
		if (now - st->ctime > grain || now - began > LIC_RACY_NS)
			return;
		nanosleep(&t, NULL);
	}
}

static bool is_judged(int fd, const struct lic_stat *want)
{
	struct stat s;

	return fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && (uint64_t)s.st_size == want->size &&
	       s.st_ino == want->ino && lic_timespec_ns(s.st_mtim) == want->mtime &&
	       lic_timespec_ns(s.st_ctim) == want->ctime;
}

static void finish(struct lic_index_job *j, enum lic_index_outcome outcome)
{
	lic_closep(&j->fd);
	lic_index_check_release(&j->check);
	if (outcome != LIC_INDEX_DONE) {
		lic_spool_reset(&j->spool);
		lic_buf_release(&j->members);
	}
	j->outcome = outcome;
	j->done = true;
}

static void open_job(const struct lic_index_context *c, struct lic_index_job *j, bool hashed)
{
	if (!hashed)
		await_age(c, &j->st);
	j->fd = lic_open_beneath(c->root, j->path, O_RDONLY);
	if (j->fd < 0) {
		bool gone = j->fd == -ENOENT || j->fd == -ENOTDIR || j->fd == -ELOOP ||
			    j->fd == -EMFILE || j->fd == -ENFILE;

		j->fd = -1;
		finish(j, gone ? LIC_INDEX_WAITS : LIC_INDEX_UNREADABLE);
	} else if (!is_judged(j->fd, &j->st)) {
		finish(j, LIC_INDEX_WAITS);
	} else {
		posix_fadvise(j->fd, (off_t)j->at, (off_t)j->size,
			      hashed ? POSIX_FADV_WILLNEED : POSIX_FADV_SEQUENTIAL);
	}
}

static void begin(struct lic_index_job *j)
{
	lic_index_check_begin(&j->check, j->st.size);
	lic_spool_reset(&j->spool);
	lic_buf_release(&j->members);
	j->members = (struct lic_buf)LIC_BUF_INIT(MEMBERS_MAX);
}

/* --- asking ------------------------------------------------------------------------------- */

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* All that have no answer; `alone`: only the first of them. Returns the bytes to read. */
static uint64_t compose(struct lic_index_context *c, struct lic_index_group *g, bool alone)
{
	const bool decodes = g->what == LIC_ASK_LIKENESS;
	struct lic_asking *m = &c->asking;
	uint64_t size = 0;

	m->serial = ++c->serial;
	m->digests = 0;
	m->what = g->what;
	m->n = 0;
	for (unsigned i = 0; i < g->n; i++) {
		struct lic_index_job *j = &g->job[i];
		struct lic_ask *a = &m->ask[m->n];

		j->asked = !j->done && !(alone && m->n);
		if (!j->asked)
			continue;
		*a = (struct lic_ask){ .at = j->at,
				       .size = decodes ? j->size : j->st.size,
				       .number = i,
				       .format = j->format };
		snprintf(a->name, sizeof(a->name), "%s", file_name(j->path));
		c->fd[m->n++] = j->fd;
		size += a->size;
		if (!decodes)
			begin(j);
	}
	return size;
}

/* --- answers ------------------------------------------------------------------------------ */

static int take_piece(struct lic_index_context *c, struct lic_index_job *j, uint32_t part,
		      const uint8_t *p, size_t n, struct lic_error *err)
{
	int r = lic_index_check_piece(&j->check, part, p, n);

	if (r < 0)
		return r;
	if (part != LIC_PART_MEMBERS)
		return lic_spool_add(&j->spool, c->spool_dir, (enum lic_document_part)part, p, n,
				     err);
	lic_buf_add(&j->members, p, n);
	return lic_buf_failed(&j->members) ? -ENOMEM : 0;
}

static int take_end(struct lic_index_context *c, struct lic_index_job *j, const uint8_t *p,
		    size_t n)
{
	struct lic_indexed_end end;
	int r = lic_indexed_take_end(p, n, &end);

	if (r == 0 && end.result == 0)
		r = lic_index_check_end(&j->check, &end.found);
	if (r < 0)
		return r;
	if (end.result == -ENOMEM)
		return -ENOMEM;
	atomic_fetch_add(&c->counters->read, 1);
	atomic_fetch_add(&c->counters->bytes, j->st.size);
	if (end.result == -ESTALE || !is_judged(j->fd, &j->st)) {
		finish(j, LIC_INDEX_WAITS);
	} else if (end.result < 0) {
		finish(j, LIC_INDEX_UNREADABLE);
	} else {
		j->found = end.found;
		finish(j, LIC_INDEX_DONE);
	}
	return 0;
}

/* The file that it reads: they are answered in order. */
static struct lic_index_job *first_asked(struct lic_index_group *g, unsigned *ret_number)
{
	for (unsigned i = 0; i < g->n; i++)
		if (g->job[i].asked && !g->job[i].done) {
			*ret_number = i;
			return &g->job[i];
		}
	return NULL;
}

static int take_likeness(struct lic_index_context *c, struct lic_index_group *g, const uint8_t *p,
			 size_t n)
{
	unsigned number = 0;
	struct lic_index_job *j = first_asked(g, &number);
	struct lic_likened looks;
	int r = lic_likened_take(p, n, &looks);

	if (r < 0)
		return r;
	if (!j || looks.serial != c->serial || looks.number != number)
		return -EBADMSG;
	if (looks.result == -ENOMEM)
		return -ENOMEM;
	j->looks = looks;
	atomic_fetch_add(&c->counters->bytes, j->size);
	if (j->looks.result == -EIO || !is_judged(j->fd, &j->st) ||
	    memcmp(&j->looks.hash, &j->hash, sizeof(j->hash)) != 0)
		finish(j, LIC_INDEX_WAITS);
	else
		finish(j, LIC_INDEX_DONE);
	return 0;
}

static int take(struct lic_index_context *c, struct lic_index_group *g, const uint8_t *p, size_t n,
		struct lic_error *err)
{
	unsigned number = 0;
	struct lic_index_job *j = first_asked(g, &number);
	struct lic_indexed about;
	const uint8_t *bytes;
	size_t len;
	int r = lic_indexed_take(p, n, &about, &bytes, &len);

	if (r < 0)
		return r;
	if (!j || about.serial != c->serial || about.number != number)
		return -EBADMSG;
	if (about.part != LIC_INDEXED_END)
		return take_piece(c, j, about.part, bytes, len, err);
	return take_end(c, j, bytes, len);
}

/* --- when a helper dies ------------------------------------------------------------------- */

/* It was asked for this file alone. */
static void inquire(struct lic_index_context *c, struct lic_index_job *j)
{
	const enum lic_fate fate = c->helper.fate;
	struct lic_buf why = LIC_BUF_INIT(LIC_NOTE_MAX - 1);

	if (fate == LIC_FATE_KILLED)
		j->kills++;
	else
		j->deaths++;
	if (fate != LIC_FATE_SLOW && j->deaths < DEATHS_MAX && j->kills < KILLS_MAX)
		return;
	lic_helper_epitaph(&c->helper, &why);
	j->found = (struct lic_index_result){ .format = LIC_DOCUMENT_NONE };
	snprintf(j->found.note, sizeof(j->found.note), "%s", lic_buf_str(&why));
	lic_buf_release(&why);
	finish(j, fate == LIC_FATE_KILLED || fate == LIC_FATE_IDLE ? LIC_INDEX_WAITS
								   : LIC_INDEX_CONDEMNED);
}

/* From here on files are asked for one by one. */
static void sort_out(struct lic_index_context *c, struct lic_index_group *g)
{
	const uint64_t about = lic_helper_progress(&c->helper);
	unsigned number = 0;
	struct lic_index_job *j = first_asked(g, &number);
	const bool began = about >> 32 == c->serial;

	/* what it says of itself is believed only for a while */
	if (!began)
		c->lost++;
	if (c->asking.n == 1 && j && (began || c->lost >= LOST_FEW)) {
		c->lost = 0;
		inquire(c, j);
	}
}

/* Hears until everything was answered, or the helper is gone. */
static int hear(struct lic_index_context *c, struct lic_index_group *g, uint64_t size,
		struct lic_error *err)
{
	const bool decodes = g->what == LIC_ASK_LIKENESS;
	int64_t watched = lic_now_ns();
	struct lic_index_job *j;
	unsigned number;
	const uint8_t *p;
	size_t n;

	while (first_asked(g, &number)) {
		int r, e = 0;
		int64_t now;

		if (atomic_load(c->stop))
			return -EINTR;
		r = lic_helper_hear(&c->helper, TICK_MS, &p, &n);
		if (r < 0)
			return r;
		if (r > 0)
			e = decodes ? take_likeness(c, g, p, n) : take(c, g, p, n, err);
		if (e == -EBADMSG || e == -ENOMEM) {
			lic_helper_bury(&c->helper, e == -ENOMEM ? LIC_FATE_MEMORY : LIC_FATE_LIES);
			return -EPIPE;
		}
		if (e < 0)
			return e;
		if (r > 0)
			c->lost = 0;
		now = lic_now_ns();
		if (now - watched < (int64_t)TICK_MS * 1000000 && now >= watched)
			continue;
		watched = now;
		/* by its answers, not by what it says that it does; pictures are answered one by
		 * one, and each has its own time */
		j = first_asked(g, &number);
		if (j && lic_helper_watch(&c->helper, lic_progress(c->serial, number),
					  decodes ? &j->size : &size, TICK_MS) < 0)
			return -EPIPE;
	}
	return 0;
}

static int run_once(struct lic_index_context *c, struct lic_index_group *g, bool alone,
		    struct lic_error *err)
{
	uint64_t size;
	int r;

	if (c->lost > LOST_MAX)
		return lic_error_set(err, ECHILD, "reading processes end before they read");
	r = lic_helper_start(&c->helper, err);
	if (r < 0)
		return r;
	size = compose(c, g, alone);
	r = lic_helper_ask(&c->helper, &c->asking, c->fd);
	if (r == -EPIPE)
		lic_helper_bury(&c->helper, LIC_FATE_NONE);
	else if (r < 0)
		return lic_error_sys(err, -r, "cannot ask a reading process");
	return r == 0 ? hear(c, g, size, err) : r;
}

int lic_index_group_run(struct lic_index_context *c, struct lic_index_group *g,
			struct lic_error *err)
{
	bool alone = false;
	unsigned left = 0;
	int r = 0;

	for (unsigned i = 0; i < g->n; i++)
		if (!g->job[i].done)
			open_job(c, &g->job[i], g->what == LIC_ASK_LIKENESS);
	for (;;) {
		for (unsigned i = left = 0; i < g->n; i++)
			left += !g->job[i].done;
		if (!left || atomic_load(c->stop))
			break;
		r = run_once(c, g, alone, err);
		if (r == -EPIPE) {
			sort_out(c, g);
			alone = true;
			r = 0;
		}
		if (r < 0)
			break;
	}
	for (unsigned i = 0; i < g->n; i++)
		if (!g->job[i].done)
			finish(&g->job[i], LIC_INDEX_WAITS);
	return r == -EINTR ? 0 : r;
}
