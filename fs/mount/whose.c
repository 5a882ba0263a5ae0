/* SPDX-License-Identifier: Apache-2.0 */
/* From threads to processes. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fs/mount/whose.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define THREADS 1024u /* powers of two */
#define PROCESSES 4096u
#define PROBES 8u
#define COMM_MAX 64

struct seen_process {
	int64_t pid, started;
	uint64_t program; /* hash of its names */
	int64_t number;	  /* 0: free */
};

struct lic_whose {
	pthread_mutex_t lock; /* protects all of it */
	struct {
		pid_t thread;
		unsigned second;
		int64_t process;
	} thread[THREADS];
	struct seen_process process[PROCESSES];
};

struct lic_whose *lic_whose_new(void)
{
	struct lic_whose *t = calloc(1, sizeof(*t));

	if (t)
		pthread_mutex_init(&t->lock, NULL);
	return t;
}

void lic_whose_free(struct lic_whose *t)
{
	if (t)
		pthread_mutex_destroy(&t->lock);
	free(t);
}

/* --- /proc ------------------------------------------------------------------------------------ */

struct facts {
	struct lic_ledger_process p;
	char comm[COMM_MAX], exe[LIC_LEDGER_TEXT_MAX + 1];
};

/* NUL-terminated; false where it cannot be read. */
static bool read_proc(int64_t pid, const char *name, char *buf, size_t n)
{
	char path[64];
	_cleanup_(lic_closep) int fd = -1;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%lld/%s", (long long)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, buf, n - 1);
	buf[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static int64_t field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

/* The name, between the first "(" and the last ")", may hold anything; what began when is the
 * twentieth word behind it. */
static void take_stat(char *stat, struct facts *ret)
{
	char *from = strchr(stat, '('), *to = strrchr(stat, ')');
	const char *at = to;

	if (!from || !to || to < from)
		return;
	for (int i = 0; at && i < 20; i++)
		at = strchr(at + 1, ' ');
	ret->p.started = at ? strtoll(at, NULL, 10) : 0;
	*to = '\0';
	snprintf(ret->comm, sizeof(ret->comm), "%s", from + 1);
}

/* What cannot be read, since the process belongs to another user or is hidden, is not known. */
static void find_facts(pid_t thread, uid_t uid, struct facts *ret)
{
	char buf[4096], path[64];
	ssize_t n;

	*ret = (struct facts){
		.p = { .pid = thread, .uid = uid, .comm = ret->comm, .exe = ret->exe }
	};
	if (read_proc(thread, "status", buf, sizeof(buf))) {
		int64_t pid = field(buf, "\nTgid:");

		ret->p.pid = pid > 0 ? pid : thread;
		ret->p.ppid = field(buf, "\nPPid:");
	}
	if (read_proc(ret->p.pid, "stat", buf, sizeof(buf)))
		take_stat(buf, ret);
	snprintf(path, sizeof(path), "/proc/%lld/exe", (long long)ret->p.pid);
	n = readlink(path, ret->exe, sizeof(ret->exe) - 1);
	ret->exe[n > 0 ? n : 0] = '\0';
}

int64_t lic_whose_start(pid_t pid)
{
	struct facts f;

	find_facts(pid, 0, &f);
	return f.p.started;
}

/* --- the tables ------------------------------------------------------------------------------- */

/* Caller holds the lock. What is forgotten for lack of room is told once more under another number.
 */
static int64_t number_of(struct lic_whose *t, struct lic_ledger *l, const struct facts *f)
{
	const uint64_t program =
		lic_hash64(f->comm, strlen(f->comm)) * 31 + lic_hash64(f->exe, strlen(f->exe));
	const size_t first = (size_t)f->p.pid * 2654435761u;
	struct seen_process *free_one = NULL;

	for (size_t i = 0; i < PROBES; i++) {
		struct seen_process *p = &t->process[(first + i) % PROCESSES];

		if (p->number && p->pid == f->p.pid && p->started == f->p.started &&
		    p->program == program)
			return p->number;
		if (!p->number && !free_one)
			free_one = p;
		/* what had the number before is gone */
		if (p->number && p->pid == f->p.pid)
			free_one = p;
	}
	if (!free_one)
		free_one = &t->process[(first + (size_t)f->p.started % PROBES) % PROCESSES];
	*free_one = (struct seen_process){ f->p.pid, f->p.started, program,
					   lic_ledger_process(l, &f->p) };
	return free_one->number;
}

static int64_t look(struct lic_whose *t, struct lic_ledger *l, pid_t thread, uid_t uid,
		    unsigned second)
{
	const size_t i = (size_t)thread % THREADS;
	struct facts f;
	int64_t process = -1;

	pthread_mutex_lock(&t->lock);
	if (t->thread[i].thread == thread && t->thread[i].second == second)
		process = t->thread[i].process;
	pthread_mutex_unlock(&t->lock);
	if (process >= 0)
		return process;
	find_facts(thread, uid, &f);
	pthread_mutex_lock(&t->lock);
	process = number_of(t, l, &f);
	t->thread[i].thread = thread;
	t->thread[i].second = second;
	t->thread[i].process = process;
	pthread_mutex_unlock(&t->lock);
	return process;
}

int64_t lic_whose_process(struct lic_whose *t, struct lic_ledger *l, struct lic_worker *w,
			  pid_t thread, uid_t uid, unsigned second)
{
	const size_t i = (size_t)thread % LIC_WHOSE_SLOTS;

	if (thread <= 0)
		return 0;
	if (w->whose[i].thread != thread || w->whose[i].second != second) {
		w->whose[i].process = look(t, l, thread, uid, second);
		w->whose[i].thread = thread;
		w->whose[i].second = second;
	}
	return w->whose[i].process;
}
