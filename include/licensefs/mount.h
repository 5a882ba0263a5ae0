/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount: answers the kernel from what the catalog says, and never judges anything itself.
 *
 * Invariants
 * - [I8] What is not live in the catalog, or whose rights the view does not match, does not exist.
 * - [I9] Bytes are served only from a file whose identity is that of the judged bytes; a READ is
 *   answered whole or fails.
 * - Inode numbers are stateless: see fs/mount/inode.h.
 * - Every request thread has its own catalog connection; no lock is held across a reply.
 */
#ifndef LICENSEFS_MOUNT_H
#define LICENSEFS_MOUNT_H

#include <licensefs/document.h>
#include <licensefs/view.h>

/* How files are served: docs/decisions/0024-tiers.md. */
enum lic_mount_mode {
	LIC_MODE_AUTO = 0,    /* the first of the following three that can be had */
	LIC_MODE_URING,	      /* passthrough, requests over io_uring */
	LIC_MODE_PASSTHROUGH, /* the kernel reads the store's files itself, checked at open */
	LIC_MODE_CACHED,      /* no OPEN requests; the kernel's page cache answers */
	LIC_MODE_CHECKED,     /* checked at open and at every read that is not cached */
};
/* "auto", "uring", ...; "unknown" for what is none. */
const char *lic_mount_mode_name(enum lic_mount_mode mode) _const_;
/* -EINVAL where no mode is called so. */
int lic_mount_mode_find(const char *name, enum lic_mount_mode *ret) _nonnull_all_ _must_check_;
/* Can a file that was open before a takedown still be read after it, by what the kernel does
 * without asking (mmap, also of before, sendfile, splice)? read() fails in every mode. */
static inline bool lic_mount_mode_leaves_maps(enum lic_mount_mode mode)
{
	return mode == LIC_MODE_URING || mode == LIC_MODE_PASSTHROUGH;
}

struct lic_mount_options {
	const char *store, *catalog; /* catalog NULL: the store's own */
	const char *mountpoint;
	const char *view;     /* name, "+" combinations allowed; NULL: all views */
	const char *where;    /* expression; not with `view` */
	const char *snapshot; /* its members alone; not with `view` or `where` */
	const char *basis;    /* legal basis, for expressions that name reservations */
	enum lic_classes classes;
	enum lic_mount_mode mode;
	const char *classmap; /* file to write the class map to; single view only */
	bool abspaths;	      /* show settings with absolute paths (LIC_RULE_ABSOLUTE) */
	bool allow_other, foreground, debug;
	bool watch; /* asked for by -o watch: it is the caller who sets `beside` then */
	/* Runs in a process of its own for as long as the mount is served (`watch`), and ends with
	 * it: SIGTERM, then SIGKILL. Calls `ready` once: with NULL when it works, or with a line
	 * that says why it cannot, and then the mount fails. What it returns is its exit status; if
	 * it ends early it is begun again. It has no descriptor but 0, 1 and 2, which lead nowhere
	 * but for messages of a mount in the foreground, and its directory is "/"; the store's path
	 * leads to the store, even under a mount over it. NULL: nothing runs beside. */
	int (*beside)(void *ctx, void (*ready)(void *arg, const char *failure), void *arg);
	/* Name of the job whose ledger the mount keeps (ledger.h), of one view or snapshot; NULL:
	 * of none. It is the caller who begins the job (job.h), and gives its number and the
	 * generation that it saw first. */
	const char *job;
	int64_t job_number, job_generation;
	bool job_goes_on;	    /* its ledger is there already */
	const char *kernel_options; /* further -o options for the kernel, comma separated; NULL */
	/* Called with a line for people: what tier runs, emptied classes, ...; NULL is allowed. */
	void (*notice)(void *ctx, const char *line);
	void *ctx;
};

/*
 * Parses a comma-separated -o list (mount(8) style, `\,` escapes a comma) into `o`. Generic and
 * userspace options of mount(8) and fstab (ro, nofail, x-..., _netdev, ...) are understood; an
 * unknown one is -EINVAL naming the nearest. Strings are allocated in `arena`.
 */
int lic_mount_parse_options(struct lic_mount_options *o, const char *list, struct lic_arena *arena,
			    struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/*
 * Mounts and serves. With `foreground` returns when unmounted; otherwise returns 0 in the calling
 * process once the mount is ready, and serves in a daemon. Errors say what to do: /dev/fuse or
 * fusermount3 missing, mount point busy or not a directory, catalog missing, no such view, ...
 */
int lic_mount(const struct lic_mount_options *o, struct lic_error *err) _nonnull_(1) _must_check_;
/* Where a dead mount of licensefs lies over a store: lets this process alone see the store, until
 * lic_mount() puts another mount in its place. Else does nothing. -EPERM where only root can; one
 * thread. */
int lic_mount_look_below(const char *store, struct lic_error *err) _nonnull_(1) _must_check_;
/* Unmounts a mount point of licensefs, and waits some seconds at most for its daemon to end;
 * -EINVAL where it is none. `lazy` detaches a busy one, and waits for nothing. Forks. */
int lic_umount(const char *mountpoint, bool lazy, struct lic_error *err) _nonnull_(1) _must_check_;

/* What a mount says of itself, in the extended attribute LIC_MOUNT_XATTR of its root, which is not
 * listed: "GENERATION MODE PID CATALOG WATCH[,SNAPSHOT][ TROUBLE]". CATALOG is DEVICE:INODE of the
 * catalog's file, in hex; WATCH is "watch" or "-"; SNAPSHOT the number of the one that it shows
 * instead of views; TROUBLE a sentence about what does not work, for people.
 */
#define LIC_MOUNT_XATTR "user.licensefs.mount"
enum lic_following {
	LIC_FOLLOWS,	     /* nothing of before the generation is to be had from it */
	LIC_FOLLOWS_LATE,    /* not yet, when the time was over */
	LIC_FOLLOWS_LOST,    /* it has lost its catalog, and answers nothing */
	LIC_FOLLOWS_DEAD,    /* its daemon is gone */
	LIC_FOLLOWS_UNASKED, /* this user may not ask it, or it does not say */
	LIC_FOLLOWS_OTHER,   /* it serves the store from another catalog */
};
struct lic_mount_state {
	const char *mountpoint;
	pid_t command; /* not 0: only that process and its children see it, at the store's path */
	enum lic_following following;
	enum lic_mount_mode mode;
	int64_t generation; /* that it has followed up to; mode and pid are set where not 0 */
	pid_t pid;	    /* of its daemon, as that sees it */
	int64_t snapshot;   /* number of the one that it shows; 0: views */
	bool watches;	    /* it keeps the catalog fresh itself */
	int64_t waited;	    /* ns */
	/* What does not work beside following, or NULL: nothing guards it, what should run beside
	 * it does not. */
	const char *trouble;
};
/*
 * Asks every mount of the catalog that this process can see (also of the store under another path),
 * those of `licensefs run` on this machine, and every other one of the store, whether it has
 * followed up to the generation: the kernel was made to forget names, listings, attributes and
 * bytes of before it. Waits up to `ms` milliseconds for all of them together, whatever state their
 * daemons are in; calls `fn` for each, whose result is returned if it is not 0. `catalog` is
 * lic_catalog_path(). Forks.
 */
int lic_mount_await(const char *store, const char *catalog, int64_t generation, int ms,
		    int (*fn)(void *ctx, const struct lic_mount_state *m), void *ctx,
		    struct lic_error *err) _nonnull_(1, 2, 5) _must_check_;
/* "following", "late", ... */
const char *lic_following_name(enum lic_following f) _const_;

/* What of a document a view has. */
struct lic_document_view {
	uint64_t records, bytes;
	bool whole; /* the view of it is the file */
};
/* Works it out as a mount does, for a live entry of kind DOCUMENT; whether its directory is shown
 * is not looked at. -EBADMSG where its index contradicts itself: no mount shows it then (err
 * untouched). Cost and memory: 1 us a record that stays or goes, 16 bytes a run of them. */
int lic_document_in_view(struct lic_catalog *cat, struct lic_filter *f, const struct lic_entry *e,
			 struct lic_document_view *ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;

struct lic_serving;
/* Serves the files of a snapshot (by its name, and its number) as a mount of it does, without one:
 * see serving.h. -ENOENT where it is not there. */
int lic_serving_new(const char *store, const char *catalog, const char *snapshot, int64_t number,
		    struct lic_serving **ret, struct lic_error *err)
	_nonnull_(1, 3, 5) _must_check_;

/* Mounts of a store, or of all where NULL, from the kernel's mount table. Strings are valid during
 * the callback. */
int lic_mount_each(const char *store,
		   int (*fn)(void *ctx, const char *store, const char *mountpoint), void *ctx,
		   struct lic_error *err) _nonnull_(2) _must_check_;

/* The version of the libfuse that runs, and whether it is a part of the program rather than the
 * system's. */
const char *lic_mount_library(bool *ret_static) _nonnull_all_;

#endif
