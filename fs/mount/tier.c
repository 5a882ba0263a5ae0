/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing the mode. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fs/mount/backed.h"
#include "fs/mount/tier.h"

#define URING_SWITCH "/sys/module/fuse/parameters/enable_uring"
#define URING_DEPTH "4" /* requests in flight for each processor */
/* Filesystems that lie on another one; the kernel stacks two, and the mount may be one of them. */
#define OVERLAYFS_MAGIC 0x794c7630
#define ECRYPTFS_MAGIC 0xf15f
#define FUSE_MAGIC 0x65735546

#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 17) && defined(HAVE_FUSE_PASSTHROUGH_OPEN)
#define HAVE_PASSTHROUGH 1
#else
#define HAVE_PASSTHROUGH 0
#endif
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 18) && defined(FUSE_CAP_OVER_IO_URING)
#define HAVE_URING 1
#else
#define HAVE_URING 0
#endif

static const char *const names[] = { "auto", "uring", "passthrough", "cached", "checked" };

const char *lic_mount_mode_name(enum lic_mount_mode mode)
{
	return mode > LIC_MODE_AUTO && mode < LIC_ARRAY_SIZE(names) ? names[mode] : "unknown";
}

int lic_mount_mode_find(const char *name, enum lic_mount_mode *ret)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum lic_mount_mode)i;
			return 0;
		}
	}
	return -EINVAL;
}

void lic_want(struct fuse_conn_info *conn, uint64_t flag)
{
#ifdef HAVE_FUSE_SET_FEATURE_FLAG
	fuse_set_feature_flag(conn, flag);
#else
	conn->want |= conn->capable & (unsigned)flag;
#endif
}

void lic_refuse(struct fuse_conn_info *conn, uint64_t flag)
{
#ifdef HAVE_FUSE_SET_FEATURE_FLAG
	fuse_unset_feature_flag(conn, flag);
#else
	conn->want &= ~(unsigned)flag;
#endif
}

/* Whether requests may go over io_uring; the kernel tells nobody but by this file. */
static bool uring_is_on(void)
{
	FILE *f = fopen(URING_SWITCH, "re");
	int c = f ? getc(f) : EOF;

	if (f)
		fclose(f);
	return c == 'Y' || c == '1';
}

static bool wants(const struct lic_session *s, enum lic_mount_mode mode)
{
	return s->o.mode == mode || s->o.mode == LIC_MODE_AUTO;
}

static int lacks_libfuse(const char *mode, const char *version, struct lic_error *err)
{
	return lic_error_set(err, EOPNOTSUPP,
			     "mode=%s needs libfuse %s, and this licensefs was built with %s; "
			     "build it with a newer one, or leave the choice to mode=auto",
			     mode, version, fuse_pkgversion());
}

int lic_tier_plan(struct lic_session *s, struct lic_error *err)
{
	const enum lic_mount_mode asked = s->o.mode;
	const char *mode = lic_mount_mode_name(asked);

	if (asked == LIC_MODE_URING && !HAVE_URING)
		return lacks_libfuse(mode, "3.18", err);
	if (asked == LIC_MODE_PASSTHROUGH && !HAVE_PASSTHROUGH)
		return lacks_libfuse(mode, "3.17", err);
	if ((asked == LIC_MODE_URING || asked == LIC_MODE_PASSTHROUGH) && geteuid() != 0)
		return lic_error_set(err, EPERM,
				     "mode=%s is for root: the kernel lets nobody else hand files "
				     "over to it; leave the choice to mode=auto",
				     mode);
	if (asked == LIC_MODE_URING && !uring_is_on())
		return lic_error_set(err, EOPNOTSUPP,
				     "mode=uring needs io_uring for FUSE (Linux 6.14), which root "
				     "switches on: echo Y >" URING_SWITCH);
	s->uring = HAVE_URING && geteuid() == 0 && wants(s, LIC_MODE_URING) && uring_is_on();
	return 0;
}

unsigned lic_tier_extra_threads(const struct lic_session *s)
{
	int n = get_nprocs_conf();

	return s->uring && n > 0 ? (unsigned)n : 0;
}

const char *lic_tier_options(const struct lic_session *s)
{
	return s->uring ? ",io_uring,io_uring_q_depth=" URING_DEPTH : "";
}

/* How many filesystems the store's may lie on. As few as will do: they count for an overlay above
 * the mount, too. */
static uint32_t stacked(const struct lic_session *s)
{
	struct statfs fs;

	if (fstatfs(s->root, &fs) < 0)
		return 1;
	return fs.f_type == OVERLAYFS_MAGIC || fs.f_type == ECRYPTFS_MAGIC ||
	       fs.f_type == FUSE_MAGIC;
}

void lic_tier_negotiate(struct lic_session *s, struct fuse_conn_info *conn)
{
	const bool pass = wants(s, LIC_MODE_PASSTHROUGH) || s->o.mode == LIC_MODE_URING;

#if HAVE_PASSTHROUGH
	if (pass && geteuid() == 0) {
		lic_want(conn, FUSE_CAP_PASSTHROUGH);
		s->may_pass = fuse_get_feature_flag(conn, FUSE_CAP_PASSTHROUGH);
		/* none is left over where another overlay is to lie above */
		if (!s->elsewhere || !s->elsewhere->writes)
			conn->max_backing_stack_depth = stacked(s);
	}
#else
	(void)pass;
	(void)stacked;
#endif
#if HAVE_URING
	if (!s->uring)
		lic_refuse(conn, FUSE_CAP_OVER_IO_URING);
	s->uring = s->uring && fuse_get_feature_flag(conn, FUSE_CAP_OVER_IO_URING);
#endif
	s->may_skip_open = conn->capable & FUSE_CAP_NO_OPEN_SUPPORT;
	s->no_opendir = conn->capable & FUSE_CAP_NO_OPENDIR_SUPPORT;
}

/* libfuse does not say whether its ring runs, but it has a thread for each processor then, and
 * nothing else has started any. */
static bool ring_runs(const struct lic_session *s)
{
	struct stat st;

	return s->uring && stat("/proc/self/task", &st) == 0 &&
	       st.st_nlink >= 3 + lic_tier_extra_threads(s);
}

static const char *better(const struct lic_session *s)
{
	if (s->mode == LIC_MODE_PASSTHROUGH && HAVE_URING && !uring_is_on() &&
	    access(URING_SWITCH, F_OK) == 0)
		return "; faster: echo Y >" URING_SWITCH " and mount again, for mode=uring";
	if (s->mode == LIC_MODE_PASSTHROUGH && !HAVE_URING)
		return "; built with libfuse 3.18 it could be mode=uring, which is faster";
	if (s->mode == LIC_MODE_CACHED && geteuid() == 0 && !HAVE_PASSTHROUGH)
		return "; built with libfuse 3.18 it could be mode=uring or passthrough, which "
		       "are faster";
	if (s->mode == LIC_MODE_CACHED && geteuid() == 0 && !s->may_pass)
		return "; mode=passthrough, which is faster, needs Linux 6.9";
	if (s->mode == LIC_MODE_CACHED && geteuid() == 0)
		return "; mode=passthrough, which is faster, needs CAP_SYS_ADMIN";
	return "";
}

static void say(const struct lic_session *s)
{
	char line[256];

	if (!s->o.notice || s->elsewhere || (s->o.mode != LIC_MODE_AUTO && !s->o.foreground))
		return;
	snprintf(line, sizeof(line), "mode=%s%s", lic_mount_mode_name(s->mode),
		 s->o.mode == LIC_MODE_AUTO ? better(s) : "");
	s->o.notice(s->o.ctx, line);
}

int lic_tier_settle(struct lic_session *s, struct lic_error *err)
{
	bool ring = ring_runs(s), pass = s->may_pass && lic_backed_permitted(s);
	int r = 0;

	if (s->o.mode == LIC_MODE_URING && !ring)
		return lic_error_set(err, EOPNOTSUPP,
				     "mode=uring cannot be had: io_uring is switched off here "
				     "(kernel.io_uring_disabled), or its memory is limited "
				     "(RLIMIT_MEMLOCK); leave the choice to mode=auto");
	if ((s->o.mode == LIC_MODE_URING || s->o.mode == LIC_MODE_PASSTHROUGH) && !pass)
		return lic_error_set(err, EOPNOTSUPP,
				     "mode=%s cannot be had: %s; leave the choice to mode=auto",
				     lic_mount_mode_name(s->o.mode),
				     s->may_pass ? "it needs CAP_SYS_ADMIN outside of containers"
						 : "it needs Linux 6.9 with FUSE_PASSTHROUGH");
	if (s->o.mode == LIC_MODE_AUTO)
		s->mode = !pass ? LIC_MODE_CACHED : ring ? LIC_MODE_URING : LIC_MODE_PASSTHROUGH;
	else
		s->mode = s->o.mode;
	s->no_open = s->mode == LIC_MODE_CACHED && s->may_skip_open;
	if (lic_mount_mode_leaves_maps(s->mode))
		r = lic_backed_new(s, err);
	if (r == 0)
		say(s);
	return r;
}
