/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking mounts how far they have followed. A process that asks a daemon which is stopped cannot be
 * killed until that goes on, and a thread would keep its process from ending: hence a child for
 * each mount, which is left to itself when the time is over.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/mount.h>

#include "fs/mount/herald.h"
#include "fs/mount/table.h"
#include "fs/util/io.h"

#define PAUSE_NS 1000000      /* between two questions */
#define STRANGER_NS 200000000 /* for a mount that is most likely of another store */
#define REAP_TRIES 20	      /* of one that may be stuck */
#define REAP_TRIES_SURE 1000  /* it has answered: as long as it lives the mount is in use */
#define SAID_MAX 1536

/* What a child has to tell; smaller than what a pipe takes at once. */
struct said {
	int error; /* 0: the text is what the mount says */
	char text[SAID_MAX];
};

struct asked {
	char *mountpoint;
	char *socket;  /* of a mount that only others can see (herald.h); NULL */
	bool of_store; /* of the store by its name, whatever the catalog */
	pid_t child;
	int fd; /* -1: it has told all that it will */
	bool known, foreign;
	struct lic_mount_state state;
	char trouble[SAID_MAX];
};

struct asking {
	const char *store;
	struct asked *mount;
	size_t n;
	int64_t generation, start;
	char catalog[48]; /* as LIC_MOUNT_XATTR has it */
	struct lic_error *err;
};

const char *lic_following_name(enum lic_following f)
{
	static const char *const name[] = {
		[LIC_FOLLOWS] = "following",	   [LIC_FOLLOWS_LATE] = "late",
		[LIC_FOLLOWS_LOST] = "lost",	   [LIC_FOLLOWS_DEAD] = "dead",
		[LIC_FOLLOWS_UNASKED] = "unasked", [LIC_FOLLOWS_OTHER] = "other",
	};

	return name[f];
}

/* --- the child: nothing but system calls ------------------------------------------------------ */

/* The number at the head of what a mount says; -1 where there is none. */
static int64_t generation_of(const char *text)
{
	int64_t n = 0;

	if (*text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9' && n < INT64_MAX / 10; text++)
		n = n * 10 + (*text - '0');
	return n;
}

static ssize_t ask_once(const struct asked *m, char *ret)
{
	ssize_t n;

	if (m->socket)
		return lic_herald_ask(m->socket, ret, SAID_MAX);
	n = getxattr(m->mountpoint, LIC_MOUNT_XATTR, ret, SAID_MAX - 1);
	return n < 0 ? -errno : n;
}

static void ask(const struct asked *m, int64_t generation, int fd, pid_t parent)
{
	const struct timespec pause = { 0, PAUSE_NS };
	int64_t told = -1, at;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	/* whoever waits for the end of our output must not wait for a daemon that is stopped */
	if (dup2(fd, STDIN_FILENO) < 0 || close_range(STDOUT_FILENO, ~0u, 0) < 0)
		_exit(0);
	do {
		struct said said = { 0, "" };
		ssize_t n = ask_once(m, said.text);

		said.error = n < 0 ? (int)-n : 0;
		at = n < 0 ? generation : generation_of(said.text);
		if ((n < 0 || at != told) &&
		    write(STDIN_FILENO, &said, sizeof(said)) != (ssize_t)sizeof(said))
			_exit(0);
		told = at;
		if (at >= 0 && at < generation)
			nanosleep(&pause, NULL);
	} while (at >= 0 && at < generation);
	_exit(0);
}

/* --- the parent ------------------------------------------------------------------------------- */

static int add_mount(void *ctx, const char *store, const char *mountpoint)
{
	struct asking *a = ctx;
	struct asked *more = reallocarray(a->mount, a->n + 1, sizeof(*more));
	struct asked *m;

	if (!more)
		return lic_error_sys(a->err, ENOMEM, "cannot ask the mounts");
	a->mount = more;
	m = &more[a->n];
	*m = (struct asked){ .fd = -1, .of_store = strcmp(store, a->store) == 0 };
	m->state.following = LIC_FOLLOWS_LATE;
	m->mountpoint = strdup(mountpoint);
	if (!m->mountpoint)
		return lic_error_sys(a->err, ENOMEM, "cannot ask the mounts");
	a->n++;
	return 0;
}

static int add_run(void *ctx, const char *name, pid_t command)
{
	struct asking *a = ctx;
	int r = add_mount(a, a->store, a->store);

	if (r < 0)
		return r;
	a->mount[a->n - 1].state.command = command;
	a->mount[a->n - 1].socket = strdup(name);
	return a->mount[a->n - 1].socket ? 0
					 : lic_error_sys(a->err, ENOMEM, "cannot ask the mounts");
}

static int start(struct asking *a, struct asked *m)
{
	const pid_t parent = getpid();
	int pipefd[2];

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return lic_error_sys(a->err, errno, "cannot ask the mounts");
	m->child = fork();
	if (m->child == 0)
		ask(m, a->generation, pipefd[1], parent);
	close(pipefd[1]);
	if (m->child < 0) {
		close(pipefd[0]);
		return lic_error_sys(a->err, errno, "cannot ask the mounts");
	}
	m->fd = pipefd[0];
	return 0;
}

static enum lic_following following_of(int error)
{
	switch (error) {
	case ENOTCONN:
	case ECONNABORTED:
		return LIC_FOLLOWS_DEAD;
	case EIO:
		return LIC_FOLLOWS_LOST;
	default:
		return LIC_FOLLOWS_UNASKED;
	}
}

static void take(struct asking *a, struct asked *m, const struct said *said)
{
	struct lic_mount_state *st = &m->state;
	char mode[16], catalog[48], watch[32];
	long long generation, snapshot = 0;
	int pid, n = 0;

	if (said->error) {
		st->following = following_of(said->error);
	} else if (sscanf(said->text, "%lld %15s %d %47s %31s%n", &generation, mode, &pid, catalog,
			  watch, &n) != 5) {
		st->following = LIC_FOLLOWS_UNASKED;
	} else {
		m->known = true;
		m->foreign = strcmp(catalog, a->catalog) != 0;
		st->generation = generation;
		/* one that a newer licensefs serves in a mode of its own: AUTO, "unknown" */
		if (lic_mount_mode_find(mode, &st->mode) < 0)
			st->mode = LIC_MODE_AUTO;
		st->pid = pid;
		snprintf(m->trouble, sizeof(m->trouble), "%s",
			 said->text[n] ? said->text + n + 1 : "");
		if (strchr(watch, ',') && sscanf(strchr(watch, ','), ",%lld", &snapshot) == 1)
			*strchr(watch, ',') = '\0';
		st->snapshot = snapshot;
		st->watches = strcmp(watch, "watch") == 0;
		st->following = m->foreign		     ? LIC_FOLLOWS_OTHER
				: generation < a->generation ? LIC_FOLLOWS_LATE
							     : LIC_FOLLOWS;
	}
	st->waited = lic_monotonic_ns() - a->start;
}

/* Most likely of another store, but it does not say. */
static bool is_stranger(const struct asked *m)
{
	return !m->of_store && !m->known;
}

static bool is_settled(const struct asking *a, const struct asked *m)
{
	if (m->fd < 0 || m->state.following != LIC_FOLLOWS_LATE)
		return true;
	return is_stranger(m) && lic_monotonic_ns() - a->start > STRANGER_NS;
}

/* One round of news; false when there is nothing to wait for any more. */
static bool wait_for_news(struct asking *a, struct pollfd *p, int64_t end)
{
	int64_t left = end - lic_monotonic_ns();
	bool any = false, ours = false;

	for (size_t i = 0; i < a->n; i++) {
		p[i] = (struct pollfd){ is_settled(a, &a->mount[i]) ? -1 : a->mount[i].fd, POLLIN,
					0 };
		any |= p[i].fd >= 0;
		ours |= p[i].fd >= 0 && !is_stranger(&a->mount[i]);
	}
	if (!ours && left > STRANGER_NS)
		left = STRANGER_NS;
	if (!any || left <= 0 || (poll(p, a->n, (int)(left / 1000000) + 1) < 0 && errno != EINTR))
		return false;
	for (size_t i = 0; i < a->n; i++) {
		struct asked *m = &a->mount[i];
		struct said said;

		if (p[i].fd < 0 || !p[i].revents)
			continue;
		if (read(m->fd, &said, sizeof(said)) == (ssize_t)sizeof(said)) {
			said.text[SAID_MAX - 1] = '\0';
			take(a, m, &said);
		} else {
			close(m->fd);
			m->fd = -1;
		}
	}
	return true;
}

/* One that is stuck is left to itself: it ends when its daemon goes on. */
static void reap(pid_t child, int tries)
{
	const struct timespec pause = { 0, PAUSE_NS };

	kill(child, SIGKILL);
	for (int i = 0; i < tries && waitpid(child, NULL, WNOHANG) == 0; i++)
		nanosleep(&pause, NULL);
}

static void end(struct asking *a)
{
	for (size_t i = 0; i < a->n; i++) {
		struct asked *m = &a->mount[i];

		if (m->fd >= 0)
			close(m->fd);
		if (m->child > 0)
			reap(m->child,
			     m->state.following == LIC_FOLLOWS_LATE ? REAP_TRIES : REAP_TRIES_SURE);
		free(m->mountpoint);
		free(m->socket);
	}
	free(a->mount);
}

static int find_catalog(struct asking *a, const char *catalog)
{
	struct stat st;

	if (stat(catalog, &st) < 0)
		return lic_error_sys(a->err, errno, "cannot find catalog '%s'", catalog);
	lic_table_catalog(&st, a->catalog, sizeof(a->catalog));
	return 0;
}

static int ask_all(struct asking *a, int ms)
{
	struct pollfd *p = reallocarray(NULL, a->n + 1, sizeof(*p));
	int r = p ? 0 : lic_error_sys(a->err, ENOMEM, "cannot ask the mounts");

	a->start = lic_monotonic_ns();
	for (size_t i = 0; r == 0 && i < a->n; i++)
		r = start(a, &a->mount[i]);
	while (r == 0 && wait_for_news(a, p, a->start + (int64_t)ms * 1000000))
		;
	free(p);
	return r;
}

int lic_mount_await(const char *store, const char *catalog, int64_t generation, int ms,
		    int (*fn)(void *ctx, const struct lic_mount_state *m), void *ctx,
		    struct lic_error *err)
{
	_cleanup_(lic_freep) char *real = lic_table_canonical(store);
	_cleanup_(end) struct asking a = { .store = real, .generation = generation, .err = err };
	int r;

	if (!real)
		return lic_error_sys(err, errno, "cannot find store '%s'", store);
	r = find_catalog(&a, catalog);
	if (r == 0)
		r = lic_mount_each(NULL, add_mount, &a, err);
	if (r == 0)
		r = lic_herald_each(a.catalog, add_run, &a);
	if (r == 0)
		r = ask_all(&a, ms);
	for (size_t i = 0; r == 0 && i < a.n; i++) {
		struct asked *m = &a.mount[i];

		/* it has ended since it was seen */
		if (m->socket && m->state.following == LIC_FOLLOWS_DEAD)
			continue;
		/* of a mount that says nothing only its store is known */
		if (m->known && !m->foreign ? false : !m->of_store)
			continue;
		m->state.mountpoint = m->mountpoint;
		m->state.trouble = *m->trouble ? m->trouble : NULL;
		if (!m->state.waited)
			m->state.waited = lic_monotonic_ns() - a.start;
		r = fn(ctx, &m->state);
	}
	return r;
}
