/* SPDX-License-Identifier: Apache-2.0 */
/* The process that forks helpers, and asking it to. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/scan/internal.h"
#include "fs/scan/nursery.h"
#include "fs/scan/sandbox.h"
#include "fs/util/io.h"

#define SOCK 3 /* the only descriptor of a nursery or helper, beside 0, 1, 2 */

struct lic_nursery {
	pthread_mutex_t lock; /* protects sock and pid; held while asking */
	int sock;
	pid_t pid;
	unsigned slots;
	size_t page;	/* bytes of one slot */
	uint8_t *pages; /* shared with all helpers; each keeps only its own */
};

/* --- in the nursery ----------------------------------------------------------------------- */

static void close_others(void)
{
	struct rlimit r = { 1024, 1024 };

	if (syscall(SYS_close_range, SOCK + 1, ~0u, 0) == 0)
		return;
	getrlimit(RLIMIT_NOFILE, &r);
	for (int fd = SOCK + 1; (rlim_t)fd < r.rlim_cur; fd++)
		close(fd);
}

/* Moves the socket to its place and lets go of everything else. */
static void keep_only(int sock)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (sock != SOCK)
		dup2(sock, SOCK);
	for (int fd = 0; fd <= 2; fd++) {
		/* sanitizers report there */
		if (fd == 2 && LIC_SANITIZED)
			continue;
		if (null >= 0)
			dup2(null, fd);
		else
			close(fd);
	}
	close_others();
}

/* The scanning process decides when it is over; the terminal and the shell do not. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2 };
	sigset_t none;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Dies with the scanning process, also if that is gone already. */
static void die_with(pid_t scanner)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != scanner)
		_exit(0);
}

struct order {
	unsigned slot;
	int sock;
};

static bool receive(struct order *ret)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { &ret->slot, sizeof(ret->slot) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(SOCK, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = n == sizeof(ret->slot) ? CMSG_FIRSTHDR(&msg) : NULL;
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(&ret->sock, CMSG_DATA(c), sizeof(ret->sock));
	return true;
}

/* A sibling, not a child: the scanning process waits for it and learns how it ended. */
static long fork_sibling(void)
{
	struct clone_args {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	} args = { .flags = CLONE_PARENT };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	/* containers hide it, because a filter cannot look into its arguments */
	if (pid < 0 && errno == ENOSYS)
#if defined(__s390__)
		pid = syscall(SYS_clone, 0ul, (unsigned long)CLONE_PARENT, 0ul, 0ul, 0ul);
#else
		pid = syscall(SYS_clone, (unsigned long)CLONE_PARENT, 0ul, 0ul, 0ul, 0ul);
#endif
	return pid < 0 ? -errno : pid;
}

static void become_helper(const struct lic_nursery *n, const struct order *o, pid_t scanner)
{
	uint8_t *mine = n->pages + o->slot * n->page;
	uint8_t *end = n->pages + n->slots * n->page;

	die_with(scanner);
	if (mine > n->pages)
		munmap(n->pages, (size_t)(mine - n->pages));
	if (end > mine + n->page)
		munmap(mine + n->page, (size_t)(end - mine) - n->page);
	dup2(o->sock, SOCK);
	close_others();
	lic_helper_main(SOCK, (struct lic_slot *)mine);
}

static void __attribute__((noreturn))
nursery_main(const struct lic_nursery *n, int sock, pid_t scanner)
{
	struct order o;

	ignore_signals();
	die_with(scanner);
	keep_only(sock);
	(void)!nice(LIC_READERS_NICE);
	while (receive(&o)) {
		long pid = o.slot < n->slots ? fork_sibling() : -EINVAL;

		if (pid == 0)
			become_helper(n, &o, scanner);
		close(o.sock);
		if (write(SOCK, &pid, sizeof(pid)) != sizeof(pid))
			break;
	}
	_exit(0);
}

/* --- in the scanning process -------------------------------------------------------------- */

static int start(struct lic_nursery *n, struct lic_error *err)
{
	pid_t self = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return lic_error_sys(err, errno, "cannot talk to reading processes");
	n->pid = fork();
	if (n->pid == 0)
		nursery_main(n, pair[1], self);
	close(pair[1]);
	if (n->pid < 0) {
		int e = errno;

		close(pair[0]);
		return lic_error_sys(err, e, "cannot start a reading process");
	}
	n->sock = pair[0];
	return 0;
}

static void stop(struct lic_nursery *n)
{
	if (n->pid <= 0)
		return;
	lic_closep(&n->sock);
	kill(n->pid, SIGKILL);
	while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
		;
	n->pid = 0;
}

int lic_nursery_new(unsigned slots, struct lic_nursery **ret, struct lic_error *err)
{
	struct lic_nursery *n = calloc(1, sizeof(*n));
	int r;

	if (!n)
		return lic_error_set(err, ENOMEM, "out of memory");
	n->sock = -1;
	n->slots = slots;
	n->page = (size_t)sysconf(_SC_PAGESIZE);
	n->pages = mmap(NULL, slots * n->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (n->pages == MAP_FAILED) {
		free(n);
		return lic_error_set(err, ENOMEM, "out of memory");
	}
	pthread_mutex_init(&n->lock, NULL);
	r = start(n, err);
	if (r < 0) {
		lic_nursery_free(n);
		return r;
	}
	*ret = n;
	return 0;
}

void lic_nursery_free(struct lic_nursery *n)
{
	if (!n)
		return;
	stop(n);
	pthread_mutex_destroy(&n->lock);
	munmap(n->pages, n->slots * n->page);
	free(n);
}

struct lic_slot *lic_nursery_slot(struct lic_nursery *n, unsigned slot)
{
	_Static_assert(sizeof(struct lic_slot) <= 4096, "a slot fits into a page");
	return (struct lic_slot *)(n->pages + slot * n->page);
}

/* The process id of a new helper, or a negative errno; -EPIPE where the nursery was gone, -ECHILD
 * where it went away with the order: somebody may serve the socket then. */
static long ask(const struct lic_nursery *n, unsigned slot, int sock)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { &slot, sizeof(slot) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	long pid;
	ssize_t r;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(sock));
	memcpy(CMSG_DATA(c), &sock, sizeof(sock));
	do
		r = sendmsg(n->sock, &msg, MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == ETOOMANYREFS ? -errno : -EPIPE;
	do
		r = recv(n->sock, &pid, sizeof(pid), 0);
	while (r < 0 && errno == EINTR);
	return r == sizeof(pid) ? pid : -ECHILD;
}

int lic_nursery_start(struct lic_nursery *n, unsigned slot, int sock, pid_t *ret,
		      struct lic_error *err)
{
	long pid = -EPIPE;
	int r = 0;

	pthread_mutex_lock(&n->lock);
	/* who killed it may do so once more */
	for (int i = 0; i < 8 && pid == -EPIPE && r == 0; i++) {
		if (n->pid <= 0)
			r = start(n, err);
		if (r < 0)
			break;
		pid = ask(n, slot, sock);
		if (pid == -EPIPE || pid == -ECHILD)
			stop(n);
	}
	pthread_mutex_unlock(&n->lock);
	if (r < 0)
		return r;
	if (pid <= 0)
		return lic_error_sys(err, (int)-pid, "cannot start a reading process");
	*ret = (pid_t)pid;
	return 0;
}
