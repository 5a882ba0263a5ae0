/* SPDX-License-Identifier: Apache-2.0 */
/* Speaking for a mount in another namespace. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fs/mount/herald.h"
#include "fs/mount/table.h"
#include "fs/util/io.h"

#define BACKLOG 64
#define ANSWER_MAX 8192

struct lic_herald {
	struct lic_session *s;
	int listener, stop;
	pthread_t thread;
};

static socklen_t address(const char *name, struct sockaddr_un *ret)
{
	size_t n = strlen(name);

	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	if (n > sizeof(ret->sun_path) - 1)
		n = sizeof(ret->sun_path) - 1;
	memcpy(ret->sun_path + 1, name, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
}

/* --- the mount's side ------------------------------------------------------------------------- */

static int listen_as(const struct lic_session *s)
{
	char name[LIC_HERALD_NAME], catalog[48];
	struct sockaddr_un un;
	socklen_t n;
	int fd;

	lic_table_catalog(&s->catalog, catalog, sizeof(catalog));
	snprintf(name, sizeof(name), LIC_HERALD_PREFIX "%s/%d/%d", catalog, (int)s->handover.pid,
		 (int)getpid());
	n = address(name, &un);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&un, n) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	lic_closep(&fd);
	return -1;
}

/* Never waits for who asks. */
static void answer(struct lic_herald *h)
{
	struct lic_buf text = LIC_BUF_INIT(ANSWER_MAX);
	_cleanup_(lic_closep) int fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC);
	int r = lic_mount_say_state(h->s, &text);

	/* "EIO" is no state: what has lost its catalog says so */
	if (r < 0)
		lic_buf_reset(&text);
	if (fd >= 0 && send(fd, lic_buf_str(&text), text.len + 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		r = -errno;
	lic_buf_release(&text);
}

/* Has it become the command, or can it not? True: not. */
static bool is_unbegun(struct lic_herald *h, struct pollfd *link)
{
	int code = 0;

	if (!link->revents)
		return false;
	if (recv(link->fd, &code, sizeof(code), MSG_DONTWAIT) == (ssize_t)sizeof(code)) {
		atomic_store(&h->s->unbegun, code > 0 ? code : EIO);
		return true;
	}
	link->fd = -1;
	return false;
}

static void *serve(void *p)
{
	struct lic_herald *h = p;
	struct pollfd on[] = { { h->stop, POLLIN, 0 },
			       { h->s->handover.command, POLLIN, 0 },
			       { h->listener, POLLIN, 0 },
			       { h->s->handover.link, POLLIN, 0 } };

	while (!on[0].revents && !on[1].revents) {
		if (poll(on, LIC_ARRAY_SIZE(on), -1) < 0 && errno != EINTR)
			break;
		if (on[2].revents)
			answer(h);
		if (is_unbegun(h, &on[3]))
			break;
	}
	if (on[1].revents)
		atomic_store(&h->s->command_over, lic_now_ns());
	/* the command is over: so is the mount, whoever it has left behind */
	if (!on[0].revents)
		kill(getpid(), SIGTERM);
	return NULL;
}

int lic_herald_start(struct lic_session *s, struct lic_error *err)
{
	struct lic_herald *h;
	int r;

	if (!s->elsewhere)
		return 0;
	h = calloc(1, sizeof(*h));
	if (!h)
		return lic_error_sys(err, ENOMEM, "cannot serve the mount");
	h->s = s;
	h->listener = listen_as(s);
	h->stop = eventfd(0, EFD_CLOEXEC);
	r = h->listener < 0 || h->stop < 0 ? errno : pthread_create(&h->thread, NULL, serve, h);
	if (r == 0) {
		s->herald = h;
		return 0;
	}
	lic_closep(&h->listener);
	lic_closep(&h->stop);
	free(h);
	return lic_error_sys(err, r,
			     "cannot open the socket by which takedowns are told to the mount");
}

void lic_herald_stop(struct lic_session *s)
{
	struct lic_herald *h = s->herald;
	const uint64_t one = 1;

	if (!h)
		return;
	s->herald = NULL;
	while (write(h->stop, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_join(h->thread, NULL);
	lic_closep(&h->listener);
	lic_closep(&h->stop);
	free(h);
}

/* --- who asks --------------------------------------------------------------------------------- */

int lic_herald_each(const char *catalog, int (*fn)(void *ctx, const char *name, pid_t command),
		    void *ctx)
{
	FILE *f = fopen("/proc/net/unix", "re");
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	while (r == 0 && f && getline(&line, &cap, f) > 0) {
		char *at = strstr(line, " @" LIC_HERALD_PREFIX), *name = at ? at + 2 : NULL;
		const size_t skip = sizeof(LIC_HERALD_PREFIX) - 1, n = strlen(catalog);

		if (!name || strncmp(name + skip, catalog, n) != 0 || name[skip + n] != '/')
			continue;
		name[strcspn(name, "\n")] = '\0';
		/* those that only ask have no name */
		if (strlen(name) < LIC_HERALD_NAME)
			r = fn(ctx, name, (pid_t)strtol(name + skip + n + 1, NULL, 10));
	}
	free(line);
	if (f)
		fclose(f);
	return r;
}

ssize_t lic_herald_ask(const char *name, char *ret, size_t n)
{
	_cleanup_(lic_closep) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un un;
	socklen_t size = address(name, &un);
	ssize_t got;

	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&un, size) < 0)
		return -ENOTCONN;
	do
		got = recv(fd, ret, n - 1, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return -ENOTCONN;
	ret[got] = '\0';
	return *ret ? got : -EIO;
}
