/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a helper for groups of files and sorts out whom it died of. */
#include <errno.h>
#include <string.h>

#include "fs/scan/group.h"

#define TICK_MS 100

/* Helpers that may die while they read a file, before it gets no verdict but "unreadable". One that
 * is killed from outside says little about the file: the kernel may be short of memory, or a
 * person may kill what looks busy. */
#define DEATHS_MAX 2
#define KILLS_MAX 8
#define LOST_MAX 32
#define LOST_FEW 3 /* of them: then some file may be the reason that none is said to be read */

/* A byte takes so many times longer where MD5 and SHA-256 are wanted of it, too. */
#define DIGEST_COST 3

unsigned lic_group_open(struct lic_group *g, const struct lic_scan_job_context *c,
			const struct lic_read *reads, unsigned n, unsigned fds, bool may_wait)
{
	unsigned taken = 0;

	g->context = *c;
	g->n = g->waiting = 0;
	g->careful = false;
	if (fds > LIC_GROUP_FDS - LIC_SIDECARS_MAX)
		fds = LIC_GROUP_FDS - LIC_SIDECARS_MAX;
	while (g->n < n && g->n < LIC_GROUP_ITEMS && (taken < fds || !g->n)) {
		struct lic_scan_job *j = &g->job[g->n];

		lic_scan_job_init(j, &reads[g->n]);
		if (lic_scan_job_open(c, j) < 0) {
			if (g->n || may_wait)
				break;
			lic_scan_job_fail(c, j);
		}
		taken += lic_scan_job_fds(j);
		g->n++;
	}
	return g->n;
}

/* --- asking ------------------------------------------------------------------------------- */

static void put_name(struct lic_ask *a, const uint8_t *p, size_t n)
{
	if (n >= sizeof(a->name))
		n = sizeof(a->name) - 1;
	memcpy(a->name, p, n);
	a->name[n] = '\0';
}

static void add_job(struct lic_flight *f, unsigned number, struct lic_scan_job *j)
{
	struct lic_asking *m = &f->asking;
	struct lic_ask *a = &m->ask[m->n];
	const struct lic_bytes *name = &j->item->name;

	*a = (struct lic_ask){ .at = j->item->at,
			       .size = j->item->st.size,
			       .number = number,
			       .rules = j->item->is_rules };
	put_name(a, name->p, name->n);
	f->fd[m->n++] = j->fd;
	for (unsigned i = 0; i < j->n_sidecars; i++) {
		const struct lic_scan_job_sidecar *s = &j->sidecar[i];

		a = &m->ask[m->n];
		*a = (struct lic_ask){
			.at = s->item->at, .size = s->st.size, .number = number, .sidecar = 1
		};
		put_name(a, s->item->name.p, s->item->name.n);
		f->fd[m->n++] = s->fd;
	}
	j->asked = true;
}

/* A suspect alone, or what may be one, else everything that has no answer yet. */
static void compose(struct lic_flight *f, struct lic_group *g)
{
	struct lic_scan_job *suspect = NULL;

	f->asking.serial = ++f->serial;
	f->asking.digests = g->context.batch->digests;
	f->asking.n = 0;
	g->serial = f->serial;
	g->waiting = 0;
	for (unsigned i = 0; i < g->n; i++) {
		g->job[i].asked = false;
		if (!g->job[i].done && (g->job[i].deaths || g->careful) && !suspect)
			suspect = &g->job[i];
	}
	for (unsigned i = 0; i < g->n; i++) {
		struct lic_scan_job *j = &g->job[i];

		if (j->done || (suspect && suspect != j))
			continue;
		add_job(f, i, j);
		g->waiting++;
	}
}

static int ask(struct lic_flight *f, struct lic_group *g)
{
	int r = 0;

	compose(f, g);
	if (g->waiting)
		r = lic_helper_ask(&f->helper, &f->asking, f->fd);
	if (r < 0)
		g->waiting = 0;
	return r;
}

void lic_flight_add(struct lic_flight *f, struct lic_group *g)
{
	f->group[f->n++] = g;
	/* what cannot be asked for now is asked for when its turn comes */
	if (f->helper.pid)
		(void)!ask(f, g);
}

/* --- when a helper dies ------------------------------------------------------------------- */

/* The file that is under way by this number, if any is. */
static struct lic_scan_job *job_of(const struct lic_flight *f, uint64_t about,
				   struct lic_group **ret_group)
{
	uint32_t serial = (uint32_t)(about >> 32), number = (uint32_t)about;

	for (unsigned k = 0; k < f->n; k++) {
		struct lic_group *g = f->group[k];

		*ret_group = g;
		if (g->waiting && g->serial == serial)
			return number < g->n && g->job[number].asked ? &g->job[number] : NULL;
	}
	return NULL;
}

/* The group that the helper reads: of those that wait, it was asked for first. NULL: none waits. */
static struct lic_group *reading(const struct lic_flight *f)
{
	struct lic_group *first = NULL;

	for (unsigned k = 0; k < f->n; k++) {
		struct lic_group *g = f->group[k];

		if (g->waiting && (!first || (int32_t)(g->serial - first->serial) < 0))
			first = g;
	}
	return first;
}

/* The file that it reads by its own account; NULL where it was not asked for that, or has
 * answered, or would have to read others before. */
static struct lic_scan_job *read_by(const struct lic_flight *f, uint64_t about,
				    struct lic_group **ret_group)
{
	struct lic_scan_job *j = job_of(f, about, ret_group);

	return j && *ret_group == reading(f) ? j : NULL;
}

/* The only file of a group without an answer; NULL where there are more. */
static struct lic_scan_job *only_one(struct lic_group *g)
{
	for (unsigned i = 0; g->waiting == 1 && i < g->n; i++)
		if (g->job[i].asked)
			return &g->job[i];
	return NULL;
}

/* The helper died of this file, or of none. */
static void inquire(struct lic_flight *f, struct lic_group *g, struct lic_scan_job *j)
{
	const enum lic_fate fate = f->helper.fate;
	const bool alone = g && g->waiting == 1;
	struct lic_buf why = LIC_BUF_INIT(256);

	for (unsigned k = 0; k < f->n; k++)
		f->group[k]->waiting = 0;
	if (!j)
		return;
	if (fate == LIC_FATE_KILLED)
		j->kills++;
	else
		j->deaths++;
	/* a clock that counts only what the helper did is right at the first time, if it read no
	 * other file */
	if (!(fate == LIC_FATE_SLOW && alone) && j->deaths < DEATHS_MAX && j->kills < KILLS_MAX)
		return;
	lic_helper_epitaph(&f->helper, &why);
	lic_scan_job_condemn(&g->context, j, f->helper.format, lic_buf_str(&why),
			     fate == LIC_FATE_KILLED || fate == LIC_FATE_IDLE);
	lic_buf_release(&why);
}

/* What a helper said that it read is not believed but where it was asked for that. Else files are
 * asked for one by one, until it dies of one that it was asked for alone. */
static void inquire_progress(struct lic_flight *f)
{
	uint64_t about = lic_helper_progress(&f->helper);
	struct lic_group *g = NULL;
	struct lic_scan_job *j = read_by(f, about, &g);

	if (!j && (about || f->lost >= LOST_FEW)) {
		g = reading(f);
		j = g ? only_one(g) : NULL;
		for (unsigned k = 0; !j && k < f->n; k++)
			f->group[k]->careful = true;
		f->lost += !g;
	}
	if (!about)
		f->lost++;
	inquire(f, g, j);
}

/* --- answers ------------------------------------------------------------------------------ */

static int watch(struct lic_flight *f)
{
	uint64_t about = lic_helper_progress(&f->helper), size;
	struct lic_group *g;
	const struct lic_scan_job *j = read_by(f, about, &g);

	if (!j)
		return lic_helper_watch(&f->helper, about, NULL, TICK_MS);
	size = j->item->st.size * (g->context.batch->digests ? DIGEST_COST : 1);
	return lic_helper_watch(&f->helper, about, &size, TICK_MS);
}

/* Takes one record; what no reader says is the end of the helper. */
static void take(struct lic_flight *f, const uint8_t *p, size_t n)
{
	struct lic_group *g;
	struct lic_scan_job *j = job_of(f, lic_answer_about(p, n), &g);
	int r = j ? lic_scan_job_answer(&g->context, j, p, n) : -EBADMSG;

	if (r == 0) {
		j->asked = false;
		g->waiting--;
		f->lost = 0;
	} else if (r == -ENOMEM) {
		lic_helper_bury(&f->helper, LIC_FATE_MEMORY);
		inquire(f, g, j);
	} else {
		lic_helper_bury(&f->helper, LIC_FATE_LIES);
		inquire_progress(f);
	}
}

/* Until the group waits for nothing: everything was answered, or the helper died. */
static void hear(struct lic_flight *f, const struct lic_group *g)
{
	while (g->waiting && !atomic_load(f->stop)) {
		const uint8_t *p;
		size_t n;
		int r = lic_helper_hear(&f->helper, TICK_MS, &p, &n);

		if (r > 0) {
			take(f, p, n);
			continue;
		}
		if (r == 0)
			r = watch(f);
		if (r < 0)
			inquire_progress(f);
	}
}

static void pause_shortly(void)
{
	const struct timespec t = { 0, 2000000 };

	nanosleep(&t, NULL);
}

/* Asks for the oldest group, after whatever keeps it from that. */
static int ask_oldest(struct lic_flight *f, struct lic_error *err)
{
	int r;

	if (f->lost > LOST_MAX)
		return lic_error_set(err, ECHILD, "reading processes end before they read");
	r = lic_helper_start(&f->helper, err);
	if (r < 0)
		return r;
	r = ask(f, f->group[0]);
	if (r == -EPIPE) {
		lic_helper_bury(&f->helper, LIC_FATE_NONE);
		inquire_progress(f);
	} else if (r < 0 && f->n > 1 && f->group[1]->waiting) {
		hear(f, f->group[1]);
	} else if (r < 0) {
		pause_shortly(); /* too many descriptors under way in all */
	}
	return 0;
}

static bool is_done(const struct lic_group *g)
{
	for (unsigned i = 0; i < g->n; i++)
		if (!g->job[i].done)
			return false;
	return true;
}

int lic_flight_finish(struct lic_flight *f, struct lic_group **ret, struct lic_error *err)
{
	struct lic_group *g = f->group[0];
	int r = f->broken ? -ECHILD : 0;

	while (r == 0 && !is_done(g)) {
		if (atomic_load(f->stop))
			r = -EINTR;
		else if (!g->waiting)
			r = ask_oldest(f, err);
		if (r == 0)
			hear(f, g);
	}
	f->broken = r < 0;
	for (unsigned i = 0; i < g->n; i++)
		if (!g->job[i].done)
			lic_scan_job_fail(&g->context, &g->job[i]);
	memmove(&f->group[0], &f->group[1], --f->n * sizeof(struct lic_group *));
	*ret = g;
	return r;
}
