/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming a command that sees a view in the store's place.
 *
 * Two pairs of namespaces: in the first the mounts are made, from the second, which the command
 * runs in, they can be neither unmounted nor moved, since they belong to the first. The daemon is
 * outside of both, where the command may neither look into it nor trace it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <licensefs/run.h>

#include "fs/mount/aliases.h"
#include "fs/mount/confine.h"
#include "fs/mount/elsewhere.h"
#include "fs/mount/inherited.h"
#include "fs/mount/kernel.h"
#include "fs/mount/namespace.h"
#include "fs/mount/scratch.h"
#include "fs/util/io.h"

#define GIVE_UP_MS 10000

struct run {
	const struct lic_run_options *o;
	char *store, *scratch, *catalog; /* canonical; catalog NULL: it is in the store */
	char *cwd;
	struct lic_aliases aliases; /* in the first namespace, once it was entered */
	int self;		    /* pidfd */
	int root;		    /* of the mount */
	int link;		    /* to the daemon, until this is the command; -1: none */
};

static void release(struct run *r)
{
	free(r->store);
	free(r->scratch);
	free(r->catalog);
	free(r->cwd);
	lic_aliases_release(&r->aliases);
	lic_closep(&r->self);
	lic_closep(&r->root);
	lic_closep(&r->link);
}

/* --- before --------------------------------------------------------------------------------- */

static int check_options(const struct lic_mount_options *m, struct lic_error *err)
{
	if (!m->view && !m->where && !m->snapshot)
		return lic_error_set(err, EINVAL,
				     "say what the command may see: --view NAME, --where EXPR, or "
				     "--snapshot NAME");
	if (m->allow_other)
		return lic_error_set(err, EINVAL,
				     "allow_other is not for run: the command is one user");
	if (m->watch || m->debug || m->foreground || m->kernel_options)
		return lic_error_set(err, EINVAL,
				     "of mount's options run takes view, where, snapshot, basis, "
				     "classes, classmap, mode, abspaths and catalog");
	return 0;
}

static int check_fuse(struct lic_error *err)
{
	if (access("/dev/fuse", R_OK | W_OK) == 0)
		return 0;
	return lic_error_sys(err, errno,
			     "cannot use '/dev/fuse'; load the kernel module with \"modprobe "
			     "fuse\", give the container --device /dev/fuse, or have root open it "
			     "with \"chmod 666 /dev/fuse\"");
}

static int find_directory(const char *given, const char *what, char **ret, struct lic_error *err)
{
	*ret = realpath(given, NULL);
	return *ret ? 0 : lic_error_sys(err, errno, "cannot find the %s '%s'", what, given);
}

static int find_scratch(struct run *r, struct lic_error *err)
{
	int n = r->o->scratch ? find_directory(r->o->scratch, "scratch directory", &r->scratch, err)
			      : 0;

	if (n < 0 || !r->scratch)
		return n;
	if (lic_aliases_has(&r->aliases, r->store, r->scratch) ||
	    lic_path_under(r->store, r->scratch))
		return lic_error_set(err, EINVAL,
				     "the scratch directory '%s' and the store lie within each "
				     "other; choose one elsewhere",
				     r->scratch);
	return 0;
}

/* What is in the store is covered with it. */
static int find_catalog(struct run *r, struct lic_error *err)
{
	const char *given = r->o->mount->catalog;
	int n = given ? find_directory(given, "catalog", &r->catalog, err) : 0;

	if (n == 0 && r->catalog && lic_path_under(r->catalog, r->store)) {
		free(r->catalog);
		r->catalog = NULL;
	}
	return n;
}

static int find_cwd(struct run *r, struct lic_error *err)
{
	r->cwd = getcwd(NULL, 0);
	if (r->cwd && *r->cwd == '/')
		return 0;
	return lic_error_set(err, r->cwd ? EXDEV : errno,
			     "the working directory cannot be found by a path; start from another "
			     "one");
}

static int prepare(struct run *r, struct lic_error *err)
{
	const struct lic_mount_options *m = r->o->mount;
	int n = check_options(m, err);

	if (n == 0)
		n = check_fuse(err);
	if (n == 0)
		n = find_directory(m->store, "store", &r->store, err);
	if (n == 0 && strcmp(r->store, "/") == 0)
		n = lic_error_set(err, EINVAL,
				  "the store '/' is everything, the command included; name a "
				  "directory below");
	if (n == 0)
		n = lic_aliases_find(&r->aliases, r->store, err);
	if (n == 0)
		n = find_scratch(r, err);
	if (n == 0)
		n = find_catalog(r, err);
	if (n == 0)
		n = find_cwd(r, err);
	if (n == 0)
		n = lic_inherited_close(m, &r->aliases, r->store, err);
	/* the numbers of mounts are other ones in another namespace */
	lic_aliases_release(&r->aliases);
	if (n < 0)
		return n;
	r->self = pidfd_open(getpid(), 0);
	return r->self < 0 ? lic_error_sys(err, errno, "cannot name this process") : 0;
}

/* --- the mount -------------------------------------------------------------------------------- */

static int mount_fuse(const struct run *r, int fuse, struct lic_error *err)
{
	char options[160];

	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=%u,group_id=%u,default_permissions", fuse, geteuid(),
		 getegid());
	if (mount(r->store, r->store, LIC_FSTYPE, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME,
		  options) == 0)
		return 0;
	return lic_error_sys(err, errno,
			     "cannot mount over '%s' in a private namespace; where the "
			     "distribution restricts user namespaces, root allows it by sysctl "
			     "kernel.apparmor_restrict_unprivileged_userns=0",
			     r->store);
}

/* Called while the daemon waits for it. */
static int make_mount(void *ctx, int link, struct lic_error *err)
{
	struct run *r = ctx;
	_cleanup_(lic_closep) int fuse = -1;
	int n = lic_namespace_enter(err);

	if (n == 0)
		n = lic_aliases_find(&r->aliases, r->store, err);
	/* before anything of ours lies over it */
	if (n == 0)
		n = lic_kernel_lock(&r->aliases, err);
	if (n < 0)
		return n;
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0)
		return lic_error_sys(err, errno, "cannot open '/dev/fuse'");
	n = mount_fuse(r, fuse, err);
	if (n < 0)
		return n;
	r->root = open(r->store, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->root < 0)
		return lic_error_sys(err, errno, "cannot find the view in the store's place");
	r->link = fcntl(link, F_DUPFD_CLOEXEC, 3);
	if (r->link < 0)
		return lic_error_sys(err, errno, "cannot make the mount");
	if (!lic_handover_send(link, &(struct lic_handover){ .fuse = fuse,
							     .root = r->root,
							     .command = r->self,
							     .pid = getpid() }))
		return lic_error_set(err, EPIPE, "the mount's daemon ended before it was ready");
	return 0;
}

/* --- what the command finds ------------------------------------------------------------------- */

/* The root of the mount must be what the path leads to, or somebody has moved the store meanwhile.
 */
static int check_place(const struct run *r, struct lic_error *err)
{
	_cleanup_(lic_closep) int there =
		open(r->store, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (there >= 0 && lic_is_own_mount(there))
		return 0;
	return lic_error_set(err, EIO, "the view does not lie at '%s'; try again", r->store);
}

static int cover(struct run *r, struct lic_error *err)
{
	_cleanup_(lic_closep) int top = -1;
	int n = check_place(r, err);

	if (n == 0 && r->scratch)
		n = lic_scratch_mount(r->scratch, r->store, r->root, err);
	if (n < 0)
		return n;
	top = open(r->store, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top < 0)
		return lic_error_sys(err, errno, "cannot find the view in the store's place");
	n = lic_aliases_cover(&r->aliases, top, err);
	if (n == 0)
		n = lic_confine_devices(&r->aliases, err);
	if (n == 0 && r->catalog)
		n = lic_confine_catalog(r->catalog, err);
	return n;
}

static int change_directory(const struct run *r, struct lic_error *err)
{
	if (chdir(r->cwd) == 0)
		return 0;
	if (errno == ENOENT && lic_aliases_has(&r->aliases, r->store, r->cwd))
		return lic_error_set(err, ENOENT,
				     "the working directory '%s' is not in the view; start from "
				     "another one",
				     r->cwd);
	return lic_error_sys(err, errno, "cannot go to the working directory '%s'", r->cwd);
}

static int execute(const struct run *r, struct lic_error *err)
{
	if (r->o->prepare)
		r->o->prepare();
	execvp(r->o->argv[0], r->o->argv);
	lic_error_sys(err, errno, "cannot run '%s'", r->o->argv[0]);
	return err->code == ENOENT ? LIC_RUN_NOT_FOUND : LIC_RUN_NOT_EXECUTABLE;
}

/* No process of the command ever ran: the daemon takes its job back, which is waited for, so that
 * the name is free. */
static void give_up(const struct run *r, int code)
{
	struct pollfd link = { r->link, POLLIN, 0 };
	char none;

	if (r->link < 0 || send(r->link, &code, sizeof(code), MSG_NOSIGNAL) < 0 ||
	    !r->o->mount->job)
		return;
	while (poll(&link, 1, GIVE_UP_MS) < 0 && errno == EINTR)
		;
	(void)!recv(r->link, &none, sizeof(none), MSG_DONTWAIT);
}

int lic_run(const struct lic_run_options *o, struct lic_error *err)
{
	_cleanup_(release) struct run r = { .o = o, .self = -1, .root = -1, .link = -1 };
	const struct lic_elsewhere e = { make_mount, &r, o->scratch };
	int n = prepare(&r, err);

	if (n == 0)
		n = lic_mount_elsewhere(o->mount, &e, err);
	if (n == 0)
		n = cover(&r, err);
	if (n == 0)
		n = change_directory(&r, err);
	if (n == 0)
		n = lic_namespace_enter(err);
	if (n == 0)
		n = lic_confine_calls(err);
	n = n < 0 ? LIC_RUN_FAILED : execute(&r, err);
	give_up(&r, err->code);
	return n;
}
