/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger of a job says, gathered into sets. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/sum.h>

#include "fs/history/job.h"
#include "fs/util/chunk.h"
#include "fs/util/io.h"

#define SECOND 1000000000LL
#define PARTS_MAX 65536u /* of 1 KiB each, for sets of single processes */

struct reading {
	struct lic_job *job;
	struct lic_error *err;
};

static int no_memory(struct reading *x)
{
	return lic_error_set(x->err, ENOMEM, "out of memory for a ledger");
}

/* Room for one more; false without memory. */
static bool grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t to = *cap ? *cap * 2 : 16;
	void *p, *more;

	if (n < *cap)
		return true;
	memcpy(&p, array, sizeof(p));
	more = reallocarray(p, to, size);
	if (!more)
		return false;
	memcpy(array, &more, sizeof(more));
	*cap = to;
	return true;
}

/* Texts beyond the ceiling are left out: a forged ledger must not keep others from being read. */
static const char *dup_text(struct lic_job *job, const char *s)
{
	const char *copy = s && *s ? lic_arena_dup(&job->arena, s, strlen(s)) : NULL;

	return copy ? copy : "";
}

/* --- when it was served ------------------------------------------------------------------- */

static int begin(void *ctx, const struct lic_ledger_begin *b)
{
	struct reading *x = ctx;
	struct lic_job *job = x->job;
	struct lic_job_serving s = {
		.begin = b->at / SECOND,
		.generation = b->generation,
		.mode = dup_text(job, b->mode),
		.mountpoint = dup_text(job, b->mountpoint),
		.version = dup_text(job, b->version),
	};

	job->generation = b->generation;
	job->command = b->command;
	job->started = b->started;
	if (b->job != job->info.number ||
	    memcmp(b->members, lic_snapshot_info(job->start)->digest, 32) != 0)
		return lic_error_set(x->err, EBADMSG, "the ledger is of another job");
	if (job->n_servings == LIC_JOB_SERVINGS_MAX)
		return 0;
	if (!grow(&job->serving, job->n_servings, &job->cap_servings, sizeof(s)))
		return no_memory(x);
	job->serving[job->n_servings++] = s;
	return 0;
}

static int end(void *ctx, const struct lic_ledger_end *e)
{
	struct reading *x = ctx;
	struct lic_job *job = x->job;

	job->generation = e->generation;
	if (job->n_servings) {
		job->serving[job->n_servings - 1].end = e->at / SECOND;
		job->serving[job->n_servings - 1].why = e->why;
		job->serving[job->n_servings - 1].until = e->generation;
	}
	return 0;
}

/* --- who opened --------------------------------------------------------------------------- */

static bool same_program(const struct lic_job_process *a, const struct lic_job_process *b)
{
	return a->uid == b->uid && a->kind == b->kind && strcmp(a->exe, b->exe) == 0 &&
	       strcmp(a->comm, b->comm) == 0;
}

/* Its place among the programs; the last one takes all that are too many. */
static int program_of(struct reading *x, struct lic_job_process *p)
{
	struct lic_job *job = x->job;
	struct lic_job_process rest = {
		.comm = "", .exe = "", .uid = -1, .kind = LIC_OPENER_UNKNOWN, .whole = true
	};
	size_t i = 0;

	while (i < job->n_programs && !same_program(&job->program[i], p))
		i++;
	if (i == job->n_programs && i < LIC_JOB_PROGRAMS_MAX) {
		if (!grow(&job->program, i, &job->cap_programs, sizeof(*job->program)))
			return no_memory(x);
		if (i + 1 < LIC_JOB_PROGRAMS_MAX)
			rest = *p;
		rest.number = rest.pid = rest.ppid = rest.processes = 0;
		job->program[job->n_programs++] = rest;
	}
	p->program = i < LIC_JOB_PROGRAMS_MAX ? i : LIC_JOB_PROGRAMS_MAX - 1;
	job->program[p->program].processes++;
	return 0;
}

static int add_process(struct reading *x, const struct lic_ledger_process *told)
{
	struct lic_job *job = x->job;
	struct lic_job_process p = {
		.number = told->number,
		.pid = told->pid,
		.ppid = told->ppid,
		.uid = told->uid,
		.comm = dup_text(job, told->comm),
		.exe = dup_text(job, told->exe),
		.processes = 1,
		.whole = true,
	};
	int r;

	p.kind = lic_opener_of(p.exe, p.comm);
	if (job->info.how == LIC_JOB_RUN && p.number)
		p.kind = LIC_OPENER_JOB;
	r = program_of(x, &p);
	if (r < 0 || (p.number && job->n_processes >= LIC_JOB_PROCESSES_MAX - 1))
		return r;
	if (!grow(&job->process, job->n_processes, &job->cap_processes, sizeof(p)))
		return no_memory(x);
	job->process[job->n_processes++] = p;
	return 0;
}

static int process(void *ctx, const struct lic_ledger_process *p)
{
	struct reading *x = ctx;
	const struct lic_job *job = x->job;

	/* numbers ascend; one that does not is nobody's */
	if (p->number < 1 ||
	    (job->n_processes && job->process[job->n_processes - 1].number >= p->number))
		return 0;
	return add_process(x, p);
}

static int by_number(const void *key, const void *item)
{
	const struct lic_job_process *p = item;
	int64_t number = *(const int64_t *)key;

	return (number > p->number) - (number < p->number);
}

static struct lic_job_process *find(struct lic_job *job, int64_t number)
{
	return job->n_processes ? bsearch(&number, job->process, job->n_processes,
					  sizeof(*job->process), by_number)
				: NULL;
}

/* Who is not told of: process 0, as the first of all. */
static int find_or_nobody(struct reading *x, int64_t number, struct lic_job_process **ret)
{
	static const struct lic_ledger_process nobody = { .uid = -1, .comm = "", .exe = "" };
	struct lic_job *job = x->job;
	int r;

	*ret = find(job, number);
	if (!*ret)
		*ret = find(job, 0);
	if (*ret)
		return 0;
	r = add_process(x, &nobody);
	if (r < 0)
		return r;
	if (job->n_processes > 1 && job->process[job->n_processes - 1].number == 0) {
		struct lic_job_process p = job->process[job->n_processes - 1];

		memmove(job->process + 1, job->process,
			(job->n_processes - 1) * sizeof(*job->process));
		job->process[0] = p;
	}
	*ret = find(job, 0);
	return *ret ? 0 : no_memory(x);
}

/* --- what could be seen ------------------------------------------------------------------- */

static bool is_empty(const uint8_t *bits)
{
	return !bits[0] && memcmp(bits, bits + 1, LIC_IDSET_PART_BYTES - 1) == 0;
}

/* Adds what is new to what it could see, as of a generation. */
static int add_seen(struct reading *x, int64_t generation, int64_t part, const uint8_t *bits)
{
	struct lic_job *job = x->job;
	const uint8_t *known = lic_idset_bits(&job->seen, part);
	uint8_t fresh[LIC_IDSET_PART_BYTES];
	struct lic_job_later *l;
	size_t i = job->n_later;

	for (size_t k = 0; k < sizeof(fresh); k++)
		fresh[k] = known ? bits[k] & (uint8_t)~known[k] : bits[k];
	if (is_empty(fresh))
		return 0;
	while (i && job->later[i - 1].generation > generation)
		i--;
	if (!i || job->later[i - 1].generation != generation) {
		if (!grow(&job->later, job->n_later, &job->cap_later, sizeof(*job->later)))
			return no_memory(x);
		memmove(job->later + i + 1, job->later + i,
			(job->n_later++ - i) * sizeof(*job->later));
		job->later[i++] = (struct lic_job_later){ generation, LIC_IDSET_INIT };
	}
	l = &job->later[i - 1];
	if (lic_idset_add_part(&l->set, part, fresh) < 0 ||
	    lic_idset_add_part(&job->seen, part, fresh) < 0)
		return no_memory(x);
	return 0;
}

static int sight(void *ctx, const struct lic_ledger_sight *s)
{
	struct reading *x = ctx;
	struct lic_job *job = x->job;
	struct lic_job_change *c = job->n_changes ? &job->change[job->n_changes - 1] : NULL;

	if (s->part < 0 || s->part > job->last_part)
		return 0;
	job->generation = s->generation;
	if (!c || (c->generation != s->generation && job->n_changes < LIC_JOB_CHANGES_MAX)) {
		if (!grow(&job->change, job->n_changes, &job->cap_changes, sizeof(*c)))
			return no_memory(x);
		c = &job->change[job->n_changes++];
		*c = (struct lic_job_change){ .at = s->at / SECOND, .generation = s->generation };
	}
	*(s->shown ? &c->shown : &c->hidden) += lic_chunk_count(s->bits, LIC_IDSET_PART);
	if (s->shown)
		return add_seen(x, s->generation, s->part, s->bits);
	return lic_idset_add_part(&job->withdrawn, s->part, s->bits) < 0 ? no_memory(x) : 0;
}

static int add_opened(struct reading *x, struct lic_job_process *p,
		      const struct lic_ledger_opened *o)
{
	struct lic_job *job = x->job;
	int r = 0;

	if (p->whole && job->parts >= PARTS_MAX) {
		p->whole = false;
		job->parts -= p->opened.n < job->parts ? p->opened.n : job->parts;
		lic_idset_release(&p->opened);
	}
	if (p->whole) {
		job->parts -= p->opened.n;
		r = lic_idset_add_part(&p->opened, o->part, o->bits);
		job->parts += p->opened.n;
	}
	if (r == 0)
		r = lic_idset_add_part(&job->program[p->program].opened, o->part, o->bits);
	if (r == 0)
		r = lic_idset_add_part(&job->opened, o->part, o->bits);
	return r < 0 ? no_memory(x) : 0;
}

static int opened(void *ctx, const struct lic_ledger_opened *o)
{
	struct reading *x = ctx;
	struct lic_job *job = x->job;
	struct lic_job_process *p = NULL;
	int r = find_or_nobody(x, o->process, &p);

	if (r < 0)
		return r;
	lic_sum_add(&p->opens, o->opens);
	lic_sum_add(&job->program[p->program].opens, o->opens);
	if (o->part < 0 || o->part > job->last_part || is_empty(o->bits))
		return 0;
	r = add_opened(x, p, o);
	if (r == 0 && lic_idset_add_part(&job->untold, o->part, o->bits) < 0)
		r = no_memory(x);
	return r;
}

/* An opening may be written before the record that says in which generation it became visible. What
 * no record says was visible all the same. */
static int add_untold(struct reading *x)
{
	struct lic_job *job = x->job;
	int r = 0;

	for (size_t i = 0; r == 0 && i < job->untold.n; i++)
		r = add_seen(x, job->generation, job->untold.part[i].number,
			     job->untold.part[i].bits);
	lic_idset_release(&job->untold);
	return r;
}

/* --- all of it ---------------------------------------------------------------------------- */

static void forget(struct lic_job_process *p, size_t *n)
{
	while (*n)
		lic_idset_release(&p[--*n].opened);
}

void lic_job_forget(struct lic_job *job)
{
	forget(job->process, &job->n_processes);
	forget(job->program, &job->n_programs);
	while (job->n_later)
		lic_idset_release(&job->later[--job->n_later].set);
	job->n_servings = job->n_changes = job->parts = 0;
	lic_idset_release(&job->seen);
	lic_idset_release(&job->opened);
	lic_idset_release(&job->untold);
	lic_idset_release(&job->withdrawn);
	job->failed = (struct lic_error)LIC_ERROR_INIT;
}

static int read_once(struct lic_job *job, const char *path, struct lic_error *err)
{
	static const struct lic_ledger_visitor visitor = {
		.begin = begin, .process = process, .opened = opened, .sight = sight, .end = end
	};
	struct reading x = { job, &job->failed };
	int r = lic_idset_join(&job->seen, &job->members);

	if (r < 0)
		return lic_error_set(err, ENOMEM, "out of memory for a job");
	job->generation = job->info.born;
	r = lic_ledger_read(path, &visitor, &x, &job->ledger, &job->failed);
	if (add_untold(&x) < 0 && r == 0)
		r = -ENOMEM;
	if (r < 0) {
		job->ledger.complete = false;
		if (!job->failed.code)
			lic_error_set(&job->failed, -r, "the ledger cannot be read");
	}
	return 0;
}

/* --- a command that has ended --------------------------------------------------------------- */

#define TURN_MS 20
#define TURNS 100

/* Is the process still there, and the same? The second field of its line, its name, may have
 * anything in it. */
static bool is_there(int64_t pid, int64_t started)
{
	_cleanup_(lic_closep) int fd = -1;
	char path[64], line[1024], state = 'Z', *p;
	long long start = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	if (n <= 0)
		return false;
	line[n] = 0;
	p = strrchr(line, ')');
	if (!p || !p[1])
		return false;
	state = p[2];
	for (int field = 3; p && field < 22; field++)
		p = strchr(p + 1, ' ') ? strchr(p + 1, ' ') : NULL;
	if (p)
		p = strchr(p + 1, ' ');
	start = p ? strtoll(p, NULL, 10) : 0;
	return state != 'Z' && state != 'X' && start == started;
}

/* The daemon writes the last of it when the command has ended: waits for that, but not for long. */
static bool wait_for_end(const struct lic_job *job, const char *path)
{
	const struct timespec turn = { 0, TURN_MS * 1000000L };

	if (job->info.how != LIC_JOB_RUN || job->ledger.state != LIC_LEDGER_RUNNING ||
	    !job->command || is_there(job->command, job->started))
		return false;
	for (int i = 0; i < TURNS && lic_ledger_runs(path); i++)
		nanosleep(&turn, NULL);
	return true;
}

int lic_job_read(struct lic_job *job, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	int r;

	lic_ledger_path(lic_catalog_path(job->cat), job->info.number, &path);
	if (lic_buf_failed(&path))
		return lic_error_set(err, ENOMEM, "out of memory for a job");
	r = read_once(job, lic_buf_str(&path), err);
	if (r == 0 && wait_for_end(job, lic_buf_str(&path))) {
		lic_job_forget(job);
		r = read_once(job, lic_buf_str(&path), err);
	}
	return r;
}
