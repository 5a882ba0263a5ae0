/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan: walks a store, reads what is new or changed, and writes verdicts to the catalog.
 *
 * Whole directories are written in one transaction each (small ones together, in key order), so an
 * interrupted scan leaves a catalog in which every directory is either as before or done; running
 * it again resumes. New and changed files are invisible until their transaction commits.
 */
#ifndef LICENSEFS_SCAN_H
#define LICENSEFS_SCAN_H

#include <signal.h>

#include <licensefs/catalog.h>
#include <licensefs/likeness.h>

struct lic_scan_progress {
	int64_t entries;  /* directory entries seen */
	int64_t read;	  /* files read and judged */
	int64_t known;	  /* images found as they were judged before */
	uint64_t bytes;	  /* read from them */
	int64_t expected; /* images known from the last scan; 0: unknown */
	/* When all is read: images that are decoded for their likeness, so many of so many. */
	int64_t likenesses, waiting;
};

struct lic_scan_options {
	const char *store;   /* directory */
	const char *catalog; /* NULL: the store's own */
	unsigned jobs;	     /* reading threads; 0: as many as processors */
	unsigned digests;    /* LIC_DIGEST_* bits: compute them of all images, beside those that
			      * manifests in force ask for; for what is imported next */
	bool verify;	     /* read every file again, whatever its time stamps say */
	/* Keep the likeness of every image from now on (1), or none any more (-1); 0: as it was. */
	int similar;
	bool existing; /* the catalog must be there: none is made, -ENOENT */
	/* Only what is in these directories (n_dirs of them, relative to the store, "" the root),
	 * and below those that the catalog does not know yet, or all that is below ("a/b/", with a
	 * slash behind it); a directory that is gone, and what was in it, ends. n_dirs 0: all of
	 * the store. What the rest of the store has become since the last scan is not noticed;
	 * below a directory whose rule files have changed everything is. Everything is scanned as
	 * well where no scan by these readers has come to its end. */
	const char *const *dirs;
	size_t n_dirs;
	/* Documents that are known do not learn yet which images came and went: it costs a look at
	 * all of the images of the store. They lack the records of new ones until the next scan. */
	bool leave_documents;
	/* Called about ten times a second from the calling thread; NULL is allowed. */
	void (*progress)(void *ctx, const struct lic_scan_progress *p);
	/* Called for what a person should know (a directory that cannot be read, ...), from the
	 * calling thread, with a NUL-terminated line; NULL is allowed. */
	void (*warn)(void *ctx, const char *line);
	void *ctx;
	const volatile sig_atomic_t *stop; /* set by a signal handler: end reading, keep what was
					    * written, and return -EINTR; NULL is allowed */
};

struct lic_scan_result {
	/* live after the scan */
	int64_t directories, images, companions, inert, documents, hidden;
	int64_t added, changed, removed, unchanged; /* images, against before */
	int64_t indexed;	 /* files that were looked into for names of images */
	int64_t unreadable_dirs; /* could not be listed: everything below was ended */
	int64_t likenesses;	 /* looked for in this scan */
	int64_t binding_ns;	 /* looking for the images of all documents took so long */
	/* Everything was scanned. Else directories, companions, inert, documents and hidden count
	 * what was listed alone. */
	bool whole;
	bool helpers; /* some process was started to read, held by: */
	bool landlock, seccomp;
};

/* Runs a scan. Files are read in processes that can open nothing (docs/decisions/0008); one that
 * crashes or takes too long costs its file the verdict, and no other. Forks: call it from a thread
 * that lives as long as the scan, best while the process has no other. Symbolic links are never
 * followed and mount points below the store not entered. What cannot be read is judged unreadable
 * and counted. */
int lic_scan(const struct lic_scan_options *options, struct lic_scan_result *ret,
	     struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* A picture that somebody has, which need not be in any store. */
struct lic_example {
	enum lic_format format; /* LIC_FORMAT_NONE: no image; then nothing else is set */
	struct lic_hash hash;
	struct lic_digests digests; /* all of them */
	bool has_likeness;
	struct lic_likeness likeness;
	char why[LIC_ERROR_MAX]; /* it has none; "" where it has one */
};
/* Reads a regular file, in a process that can open nothing, as lic_scan() does. -EBADMSG where the
 * reader died of it; errors of open() and read(). */
int lic_scan_example(const char *path, struct lic_example *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- small pictures ------------------------------------------------------------------------- */

/* Makes small pictures of images in a store, each in a process of its own that can open nothing. */
struct lic_pictures;
/* Forks: call it while the process has one thread and, best, no catalog open. */
int lic_pictures_new(const char *store, struct lic_pictures **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void lic_pictures_free(struct lic_pictures *p); /* NULL is allowed */
/*
 * Of the image that lies at `path` below the store; of *e format, size and hash are read. The file
 * is opened beneath the store and read whole: -ESTALE where it is not there, or its bytes are not
 * those that *e has. Otherwise as lic_thumbnail_read(); -EBADMSG, too, where the reader died of it
 * or took too long, which costs the next one nothing; -EFBIG beyond LIC_PICTURE_MAX bytes.
 */
#define LIC_PICTURE_MAX (UINT64_C(1) << 30)
int lic_pictures_get(struct lic_pictures *p, const char *path, const struct lic_entry *e,
		     struct lic_thumbnail *ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;

/* Pure: kind and rule of a regular file that is no image, from its name alone (LIC_RULE_WAITING:
 * its bytes decide); companions are decided by the caller, who knows the images beside it. */
enum lic_kind lic_scan_classify(const void *name, size_t n, enum lic_rule *ret_rule)
	_nonnull_(1, 3);
/* Pure: is `file` a companion or sidecar of `image` (names of one directory)? */
bool lic_scan_companion(const struct lic_bytes *file, const struct lic_bytes *image,
			enum lic_rule *ret_rule) _nonnull_all_;

#endif
