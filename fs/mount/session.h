/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mount from inside.
 *
 * Threads: libfuse's request threads (each borrows a struct lic_worker for its life), the follower
 * (follow.c), the sweeper (sweep.c), the marker (stale.c) and the signal thread (serve.c). Requests
 * share nothing that changes but the table of views, the sets of stale images and of listed
 * directories, the states of documents, and the texts of the control tree, each behind its own
 * lock, held over no reply and no notification.
 *
 * The kernel serialises lookups and listings of a directory with the invalidation of its entries
 * (both take the directory's i_rwsem), so an answer from before a change is either gone when the
 * invalidation runs or invalidated by it. Hence: first commit, then entries, then the listing.
 */
#ifndef LICENSEFS_MOUNT_SESSION_H
#define LICENSEFS_MOUNT_SESSION_H

#include <fuse_lowlevel.h>
#include <licensefs/mount.h>
#include <sys/stat.h>

#include "fs/mount/elsewhere.h"
#include "fs/mount/inode.h"
#include "fs/mount/kick.h"
#include "fs/mount/listed.h"
#include "fs/mount/stale.h"
#include "fs/mount/supervise.h"
#include "fs/mount/views.h"

/* Seconds that the kernel may believe an answer. Changes are invalidated explicitly, and the
 * supervisor has the kernel forget everything when the daemon dies, so this only bounds for how
 * long a cache outlives both; the second where the death of the daemon alone would leave it. */
#define LIC_TIMEOUT 60.0
#define LIC_TIMEOUT_BRIEF 0.5
#define LIC_CONTROL_NAME ".licensefs"
#define LIC_BY_LICENSE_NAME "by-license"

struct lic_worker;
struct lic_control;
struct lic_backed;
struct lic_docs;
struct lic_recent;
struct lic_follower;
struct lic_sweeper;
struct lic_herald;
struct lic_recorder;

struct lic_session {
	struct lic_mount_options o; /* strings live as long as the session */
	char *store, *mountpoint;   /* absolute */
	struct fuse_session *se;    /* NULL until mounted */
	int root;		    /* O_PATH descriptor of the store, opened before mounting */
	int64_t single;		    /* number of the only view, 0: all views */
	int64_t since, start;	    /* generation and time (seconds) of mounting */
	int fd_limit;		    /* backing files get descriptors below this one */
	_Atomic enum lic_mount_mode mode; /* that runs; AUTO until lic_tier_settle() */
	_Atomic bool settled;		  /* nothing is answered before */
	_Atomic bool refused;		  /* nor after: it could not begin */
	bool uring, may_pass;		  /* what may be had (tier.h) */
	bool may_skip_open;
	bool no_open, no_opendir; /* the kernel does without OPEN, OPENDIR */
	struct lic_views views;
	struct lic_stale stale;
	struct lic_listed listed;
	struct lic_listed looked; /* numbers of directories that were ever looked into */
	struct lic_listed ended;  /* images that are read though their rows have ended */
	struct lic_docs *docs;
	struct lic_recent *recent;
	struct lic_backed *backed; /* open files; NULL unless mode is URING or PASSTHROUGH */
	struct lic_kick kick;
	struct lic_control *control;
	struct lic_follower *follower;
	struct lic_sweeper *sweeper;
	const struct lic_mount_options *given; /* as lic_mount() got them */
	const struct lic_elsewhere *elsewhere; /* NULL: the mount is made here */
	struct lic_caller *caller;	       /* whose attributes are shown; NULL: the store's */
	struct lic_handover handover;	       /* of a mount elsewhere; descriptors or -1 */
	struct lic_herald *herald;
	_Atomic int64_t command_over;  /* when the command was seen to have ended, ns; 0: not yet */
	_Atomic int unbegun;	       /* errno value why it never began; 0: it did, or may have */
	struct lic_recorder *recorder; /* of a job; NULL: none */
	struct lic_supervisor supervisor;
	_Atomic bool brief; /* a dead mount could neither be taken away nor be made to forget */
	pthread_key_t worker_key;
	bool workers;		     /* were opened */
	pthread_mutex_t worker_lock; /* protects idle */
	struct lic_worker *idle;
	struct lic_worker *all_workers; /* by `other`; set before any thread starts */
	_Atomic uint64_t epoch;		/* bumped when answers may differ without a commit */
	_Atomic int64_t followed;	/* generation up to which the kernel was made to forget */
	_Atomic unsigned handed;	/* open files that the kernel was told of (read.c) */
	struct stat catalog;		/* its file, as it was opened */
	_Atomic bool overlaid;		/* an overlay lies above, or may */
	_Atomic bool blind;	   /* changes cannot be followed: the kernel must cache nothing */
	_Atomic bool lost;	   /* the catalog is gone or another: nothing may be answered */
	_Atomic bool no_dontcache; /* the store's filesystem has no RWF_DONTCACHE */
};

static inline struct lic_session *lic_session_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}
static inline double lic_session_timeout(struct lic_session *s)
{
	if (atomic_load_explicit(&s->blind, memory_order_relaxed))
		return 0;
	if (s->brief || atomic_load_explicit(&s->supervisor.alone, memory_order_relaxed))
		return LIC_TIMEOUT_BRIEF;
	return LIC_TIMEOUT;
}

/* What a session and files that are served without a mount begin with: workers on the catalog, its
 * generation, and documents. */
int lic_session_begin(struct lic_session *s, unsigned n_workers, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* What a request may be answered with instead of -r: no internal code leaks to the caller. */
int lic_mount_errno(int r) _const_;

/* --- requests, one group a file ------------------------------------------------------------- */

void lic_mount_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void lic_mount_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void lic_mount_statfs(fuse_req_t req, fuse_ino_t ino);
void lic_mount_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void lic_mount_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		       struct fuse_file_info *fi);
void lic_mount_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
			   struct fuse_file_info *fi);
void lic_mount_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void lic_mount_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi);
void lic_mount_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n);
void lic_mount_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets);
void lic_mount_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void lic_mount_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void lic_mount_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
/* What the mount says of itself: the value of LIC_MOUNT_XATTR. Takes no worker, so that it is
 * never answered late. -EIO once the catalog is lost. */
int lic_mount_say_state(struct lic_session *s, struct lic_buf *out) _nonnull_all_ _must_check_;
/* The table of all of them, writes included, which are refused. */
extern const struct fuse_lowlevel_ops lic_mount_ops;

/* --- attributes (attr.c) -------------------------------------------------------------------- */

/* `view` 0: a file. Mode, owner, size and times of the catalog, write bits cleared. */
void lic_attr_entry(const struct lic_session *s, const struct lic_entry *e, int64_t view,
		    struct stat *ret) _nonnull_all_;
/* Fills what a lookup answers. */
void lic_attr_param(struct lic_session *s, const struct lic_entry *e, int64_t view,
		    struct fuse_entry_param *ret) _nonnull_all_;

#endif
