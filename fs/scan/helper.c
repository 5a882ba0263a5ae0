/* SPDX-License-Identifier: Apache-2.0 */
/* Driving one helper process: starting it, talking to it, its clocks and its end. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/scan/helper.h"
#include "fs/util/io.h"

#define START_TRIES 6
#define START_MS 10000
#define LEAVE_MS 500 /* from closing its socket to being gone */

void lic_helper_init(struct lic_helper *h, struct lic_nursery *n, unsigned number,
		     const struct lic_patience *patience)
{
	*h = (struct lic_helper){
		.nursery = n,
		.number = number,
		.slot = lic_nursery_slot(n, number),
		.patience = patience,
		.sock = -1,
		.in = LIC_BUF_INIT((size_t)LIC_ANSWER_MAX + LIC_CHUNK),
	};
}

void lic_helper_release(struct lic_helper *h)
{
	if (h->pid)
		lic_helper_bury(h, LIC_FATE_KILLED);
	lic_buf_release(&h->in);
}

/* --- its end ------------------------------------------------------------------------------ */

static void sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

/* Waits for it to end by itself, which takes no time unless it is up to something; then kills it
 * and says so in *ret_forced. */
static bool reap(pid_t pid, int *ret_status, struct rusage *ret_usage, bool *ret_forced)
{
	for (int ms = 0;; ms++) {
		pid_t r = wait4(pid, ret_status, ms <= LEAVE_MS ? WNOHANG : 0, ret_usage);

		if (r == pid)
			return true;
		if (r < 0 && errno != EINTR)
			return false; /* somebody else waited for it */
		if (ms == LEAVE_MS) {
			*ret_forced = true;
			kill(pid, SIGKILL);
		}
		if (ms < LEAVE_MS)
			sleep_ms(1);
	}
}

static enum lic_fate fate_of(int status, const struct rusage *usage, int *ret_detail)
{
	bool full = usage->ru_maxrss > (long)(LIC_HELPER_MEMORY / 4 * 3 / 1024);

	*ret_detail = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return LIC_FATE_KILLED;
	if (full && !LIC_SANITIZED)
		return LIC_FATE_MEMORY;
	return WIFSIGNALED(status) ? LIC_FATE_CRASH : LIC_FATE_EXIT;
}

#if LIC_SANITIZED
void __sanitizer_print_stack_trace(void);

/* A finding of a sanitizer is a bug of the reader and must not pass for an unreadable image: the
 * helper has reported on stderr, this leaves a report where the reports go. */
static void heed_sanitizer(int status)
{
	if (!WIFEXITED(status) || (WEXITSTATUS(status) != 1 && WEXITSTATUS(status) != 66))
		return;
	fprintf(stderr, "a sanitizer ended a helper process\n");
	__sanitizer_print_stack_trace();
	abort();
}
#else
static void heed_sanitizer(int status _unused_)
{
}
#endif

void lic_helper_bury(struct lic_helper *h, enum lic_fate fate)
{
	struct rusage usage = { 0 };
	bool forced = false;
	int status = 0;

	h->format = h->slot->claims.format;
	if (fate != LIC_FATE_NONE)
		kill(h->pid, SIGKILL);
	if (!reap(h->pid, &status, &usage, &forced)) {
		h->fate = LIC_FATE_KILLED;
	} else if (fate == LIC_FATE_NONE) {
		heed_sanitizer(status);
		h->fate = forced ? LIC_FATE_LIES : fate_of(status, &usage, &h->detail);
	}
	if (fate != LIC_FATE_NONE)
		h->fate = fate;
	h->pid = 0;
	lic_closep(&h->sock);
	lic_buf_release(&h->in);
	h->in_at = 0;
}

void lic_helper_epitaph(const struct lic_helper *h, struct lic_buf *ret)
{
	const bool decodes = h->asked == LIC_ASK_LIKENESS || h->asked == LIC_ASK_THUMBNAIL;
	const char *who = decodes ? "decoder" : "reader", *doing = decodes ? "decoding" : "reading";

	switch (h->fate) {
	case LIC_FATE_CRASH:
		lic_buf_addf(ret, "the %s crashed on it (signal %d)", who, h->detail);
		break;
	case LIC_FATE_EXIT:
		lic_buf_addf(ret, "the %s ended on it (status %d)", who, h->detail);
		break;
	case LIC_FATE_KILLED:
		lic_buf_addf(ret, "the %s was killed whenever it read this; scan again", who);
		break;
	case LIC_FATE_MEMORY:
		lic_buf_addf(ret, "%s it took more than %u MB of memory", doing,
			     LIC_HELPER_MEMORY >> 20);
		break;
	case LIC_FATE_SLOW:
		lic_buf_addf(ret, "%s it took more than %.3g s of processor time", doing,
			     (double)h->limit / 1e9);
		break;
	case LIC_FATE_IDLE:
		lic_buf_addf(ret, "the %s did nothing for %.3g s; scan again", who,
			     (double)h->patience->idle_ns / 1e9);
		break;
	default:
		lic_buf_addf(ret, "the %s answered what no %s answers", who, who);
	}
}

/* --- starting ----------------------------------------------------------------------------- */

static bool await_hello(struct lic_helper *h)
{
	struct pollfd p = { .fd = h->sock, .events = POLLIN };
	struct lic_hello hello = { 0 };

	while (poll(&p, 1, START_MS) < 0)
		if (errno != EINTR)
			return false;
	if (recv(h->sock, &hello, sizeof(hello), MSG_DONTWAIT) != sizeof(hello) ||
	    hello.magic != LIC_HELLO)
		return false;
	h->sandbox = (struct lic_sandbox){ hello.landlock, hello.seccomp != 0 };
	h->started = true;
	return true;
}

static int start_once(struct lic_helper *h, struct lic_error *err)
{
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return lic_error_sys(err, errno, "cannot talk to a reading process");
	atomic_store(&h->slot->progress, 0);
	h->slot->claims.format = LIC_FORMAT_NONE;
	r = lic_nursery_start(h->nursery, h->number, pair[1], &h->pid, err);
	close(pair[1]);
	if (r < 0) {
		close(pair[0]);
		h->pid = 0;
		return r;
	}
	h->sock = pair[0];
	if (!await_hello(h)) {
		lic_helper_bury(h, LIC_FATE_NONE);
		return lic_error_set(err, ECHILD, "a reading process ended before it read");
	}
	h->progress = 0;
	h->ends = false;
	h->idle = h->cpu_began = h->cpu_seen = 0;
	h->limit = h->patience->cpu_ns;
	return clock_getcpuclockid(h->pid, &h->clock) ? -ESRCH : 0;
}

int lic_helper_start(struct lic_helper *h, struct lic_error *err)
{
	int r = 0;

	for (int i = 0; !h->pid && i < START_TRIES; i++) {
		if (i)
			sleep_ms(20 << i); /* a limit on processes may be reached for a moment */
		r = start_once(h, err);
	}
	return h->pid ? 0 : r;
}

/* --- talking ------------------------------------------------------------------------------ */

int lic_helper_ask(struct lic_helper *h, const struct lic_asking *asking, const int *fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int) * LIC_GROUP_FDS)];
	} control = { 0 };
	const size_t n = sizeof(int) * asking->n;
	struct iovec iov = { (void *)(uintptr_t)asking,
			     offsetof(struct lic_asking, ask) +
				     asking->n * sizeof(struct lic_ask) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = CMSG_SPACE(n) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t r;

	h->asked = (enum lic_asked)asking->what;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), fd, n);
	do
		r = sendmsg(h->sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	if (r > 0)
		return 0;
	return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
}

/* One message into the buffer: 1, 0 after `ms` without one, -EPIPE when it is gone. */
static int receive(struct lic_helper *h, int ms)
{
	struct pollfd p = { .fd = h->sock, .events = POLLIN };
	ssize_t n;
	int r;

	if (h->in_at) {
		memmove(h->in.data, h->in.data + h->in_at, h->in.len - h->in_at);
		lic_buf_truncate(&h->in, h->in.len - h->in_at);
		h->in_at = 0;
	}
	/* what one file filled is not kept for all others */
	if (!h->in.len && h->in.cap > 4 * LIC_CHUNK)
		lic_buf_release(&h->in);
	if (!lic_buf_reserve(&h->in, LIC_CHUNK))
		return -ENOMEM;
	r = poll(&p, 1, ms);
	if (r <= 0)
		return 0; /* a signal is as good as a tick */
	n = recv(h->sock, h->in.data + h->in.len, LIC_CHUNK, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -EPIPE;
	h->in.len += (size_t)n;
	h->ends = n < (ssize_t)LIC_CHUNK;
	h->in.data[h->in.len] = '\0';
	return 1;
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return lic_timespec_ns(t) / 1000000;
}

int lic_helper_hear(struct lic_helper *h, int ms, const uint8_t **ret, size_t *ret_n)
{
	const int64_t until = monotonic_ms() + ms;

	for (;;) {
		const uint8_t *p = (const uint8_t *)lic_buf_str(&h->in) + h->in_at;
		size_t left = h->in.len - h->in_at;
		ssize_t size = lic_answer_size(p, left);
		int r;

		if (size > 0 && (size_t)size <= left) {
			h->in_at += (size_t)size;
			*ret = p;
			*ret_n = (size_t)size;
			return 1;
		}
		/* pieces are full but for the last: who sends crumbs wants time */
		if (size < 0 || (left && h->ends)) {
			r = -EBADMSG;
		} else {
			int64_t rest = until - monotonic_ms();

			r = receive(h, rest > 0 ? (int)rest : 0);
			if (r == 0 || (r > 0 && rest <= 0 && !h->ends))
				return 0;
		}
		if (r < 0) {
			lic_helper_bury(h, r == -EPIPE	  ? LIC_FATE_NONE
					   : r == -ENOMEM ? LIC_FATE_KILLED
							  : LIC_FATE_LIES);
			return -EPIPE;
		}
	}
}

/* --- watching ----------------------------------------------------------------------------- */

uint64_t lic_helper_progress(const struct lic_helper *h)
{
	return atomic_load(&h->slot->progress);
}

int lic_helper_watch(struct lic_helper *h, uint64_t progress, const uint64_t *size, int ms)
{
	const struct lic_patience *p = h->patience;
	enum lic_fate fate = LIC_FATE_NONE;
	struct timespec t;
	int64_t cpu;

	if (clock_gettime(h->clock, &t) < 0)
		return 0; /* it is ending: the socket will say so */
	cpu = lic_timespec_ns(t);
	if (size && progress < h->progress)
		fate = LIC_FATE_LIES;
	if (size && progress != h->progress) {
		h->progress = progress;
		h->cpu_began = cpu;
	}
	h->idle = cpu == h->cpu_seen ? h->idle + (int64_t)ms * 1000000 : 0;
	h->cpu_seen = cpu;
	if (size)
		h->limit = *size > (1ull << 40) ? INT64_MAX
						: p->cpu_ns + p->cpu_ns_byte * (int64_t)*size;
	if (cpu - h->cpu_began > h->limit)
		fate = LIC_FATE_SLOW;
	else if (h->idle > p->idle_ns)
		fate = LIC_FATE_IDLE;
	if (fate == LIC_FATE_NONE)
		return 0;
	lic_helper_bury(h, fate);
	return -EPIPE;
}
