/* SPDX-License-Identifier: Apache-2.0 */
/* Handing over a mount, and showing it to the one user that its namespace knows. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fs/mount/elsewhere.h"

#define FDS 3

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(FDS * sizeof(int))];
};

bool lic_handover_send(int link, const struct lic_handover *h)
{
	const int fds[FDS] = { h->fuse, h->root, h->command };
	union control control = { 0 };
	pid_t pid = h->pid;
	struct iovec iov = { &pid, sizeof(pid) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n;

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.head), fds, sizeof(fds));
	do
		n = sendmsg(link, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == sizeof(pid);
}

int lic_handover_receive(int link, struct lic_handover *ret)
{
	union control control = { 0 };
	pid_t pid;
	struct iovec iov = { &pid, sizeof(pid) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fds[FDS];
	ssize_t n;

	do
		n = recvmsg(link, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n != sizeof(pid) || control.head.cmsg_type != SCM_RIGHTS ||
	    control.head.cmsg_len != CMSG_LEN(sizeof(fds)))
		return -EPIPE;
	memcpy(fds, CMSG_DATA(&control.head), sizeof(fds));
	*ret = (struct lic_handover){ fds[0], fds[1], fds[2], pid, link };
	return 0;
}

struct lic_caller *lic_caller_new(bool writes)
{
	struct lic_caller *c = geteuid() ? calloc(1, sizeof(*c)) : NULL;
	int n = getgroups(0, NULL);

	if (!c)
		return NULL;
	c->uid = geteuid();
	c->gid = getegid();
	c->writes = writes;
	c->group = calloc(n > 0 ? (size_t)n : 1, sizeof(*c->group));
	c->n = c->group && n > 0 ? getgroups(n, c->group) : 0;
	if (c->n < 0)
		c->n = 0;
	return c;
}

void lic_caller_free(struct lic_caller *c)
{
	if (c)
		free(c->group);
	free(c);
}

static bool is_member(const struct lic_caller *c, gid_t gid)
{
	for (int i = 0; i < c->n; i++)
		if (c->group[i] == gid)
			return true;
	return gid == c->gid;
}

void lic_caller_attr(const struct lic_caller *c, struct stat *st)
{
	if (st->st_uid != c->uid) {
		mode_t bits = is_member(c, st->st_gid) ? st->st_mode << 3 : st->st_mode << 6;

		/* what would be set for another owner's file is not shown at all */
		st->st_mode =
			(st->st_mode & ~(mode_t)(S_IRWXU | S_ISUID | S_ISGID)) | (bits & S_IRWXU);
		st->st_uid = c->uid;
	}
	st->st_gid = c->gid;
	if (c->writes)
		st->st_mode |= S_IWUSR;
}
