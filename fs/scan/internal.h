/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scan's own types: a directory as listed, its items, and the batches that carry them from the
 * walk (one thread) through the readers (many) to the writer (the walk's thread again).
 *
 *   walk.c   lists a directory, joins it with the live rows of the catalog, decides what to read
 *   ahead.c  the directories to walk; threads list the next ones meanwhile
 *   rules.c  its rule files (REUSE.toml, ...), read with the first slice and put before it
 *   read.c   a pool of threads that read items, each by a helper process:
 *            job.c (open, stat, stat again, verdict), group.c (files of one message, and whom a
 *            helper died of), helper.c and wire.c (one helper, and what it says), nursery.c
 *            (where helpers come from), serve.c (what runs in them), sandbox.c and seccomp.c
 *   write.c  puts a batch into the catalog in one transaction
 *   scan.c   drives: while the readers have the next batches, one is written
 *   part.c   of a scan of some directories: which are walked, and what else has to be for them
 *   after.c  what comes after the walk: layout.c (labels and masks in directories of their own),
 *            documents.c (files that wait are indexed, by indexer.c: a pool of threads; indexing.c:
 *            a group of files through a helper; wire_index.c: what that says, and whether it can
 *            be so; spool.c), archive.c (members of archives), bind.c (images of documents);
 *            and likeness.c (images that wait are decoded; wire_likeness.h)
 *
 * A directory belongs to the walk until it is in a batch, then to the batch that holds its last
 * slice. Items of a slice belong to the readers between lic_pool_submit() and lic_pool_wait().
 */
#ifndef LICENSEFS_SCAN_INTERNAL_H
#define LICENSEFS_SCAN_INTERNAL_H

#include <stdatomic.h>

#include <licensefs/document.h>
#include <licensefs/scan.h>

/* What the catalog says of an item before this scan. */
struct lic_prior {
	int64_t id; /* 0: no live row */
	enum lic_kind kind;
	enum lic_rule rule;
	struct lic_stat st;
	int64_t judged;
	bool stale;	 /* a mount found other bytes there */
	bool undigested; /* an image of which a digest is wanted and not known */
};

struct lic_item {
	struct lic_bytes name;
	struct lic_prior prior;
	struct lic_stat st; /* as the walk saw it; a reader overwrites it with what it judged, but
			     * for sidecars, which the readers of their images take as well */
	int64_t judged;
	uint64_t at; /* of a member of an archive: where in that it begins */
	int64_t id;  /* row in the catalog: of the prior, then of what was put */
	enum lic_kind kind;
	enum lic_rule rule;
	bool is_rules;		  /* a rule file; the name may lead into a directory */
	bool read;		  /* a reader has to look at the bytes */
	bool dirty;		  /* differs from the prior row */
	struct lic_claims claims; /* of an image or a rule file that was read */
	struct lic_hash hash;
	struct lic_digests digests; /* of an image, where they are wanted */
};

#define LIC_RULE_FILES 4 /* names that rule files may have */

struct lic_archive;
struct lic_known_rules;

/* How far its listing has come; ahead.c's lock protects it. */
enum lic_listing { LIC_UNLISTED = 0, LIC_LISTING, LIC_LISTED };

struct lic_scan_dir {
	struct lic_scan_dir *next; /* on the stack of directories to walk */
	enum lic_listing listing;
	int list_result; /* of lic_walk_list(), once listed */
	char *path;	 /* relative to the store, "" for the root; owned */
	size_t depth;
	int64_t id;		     /* row in the catalog; 0 until its parent was written */
	struct lic_archive *archive; /* where it is a directory within one (archive.h): the row is
				      * the archive's; NULL */
	struct lic_bytes within;     /* and its path there, with a slash at the end; not owned */
	size_t first_member;	     /* place of the first item among all members */
	struct lic_arena arena;	     /* names */
	struct lic_item *item;	     /* sorted by name */
	size_t n;
	int64_t *gone; /* live rows whose names are no longer there */
	size_t n_gone;
	struct lic_scan_dir **child; /* in item order */
	size_t n_child;
	struct lic_item rules[LIC_RULE_FILES]; /* read and written with the first slice */
	size_t n_rules;
	bool alone;	       /* of its children only those are walked that are new */
	struct lic_entry *own; /* its own row, where it differs and nobody walks its parent; in
				* the arena, or NULL */
	bool dropped;	       /* part.c: it is not walked any more */
	bool descended;	       /* the children belong to the walk's stack, or to batches */
	bool changed;	       /* some item is new, changed or gone */
	bool dirty; /* so it is, or may have been when a scan was interrupted: companions are
		     * bound again */
};

/* Items [first, end) of a directory; `last` where end is n. */
struct lic_slice {
	struct lic_scan_dir *dir;
	size_t first, end;
};

struct lic_read {
	struct lic_item *item;
	struct lic_scan_dir *dir;
};

struct lic_batch {
	struct lic_slice *slice;
	size_t n, cap;
	size_t n_read; /* items to read */
	size_t n_items;
	unsigned digests;	   /* LIC_DIGEST_* bits: wanted of images */
	struct lic_parses *parses; /* of the catalog's judge; NULL: nothing is foreseen */
	size_t cursor;		   /* next of `reads` to take; protected by the pool's lock */
	unsigned users;		   /* who has taken some; protected by the pool's lock */
	atomic_size_t held;	   /* bytes of the claims in memory */
	struct lic_read *reads;	   /* the items to read, in the order of their inodes */
};

struct lic_scan_counters {
	atomic_int_fast64_t read;
	atomic_uint_fast64_t bytes;
};

#define LIC_BATCH_ITEMS 8192 /* entries of one transaction */
#define LIC_BATCH_READS                                                                            \
	2048 /* files whose claims are held in memory; a directory with no more                    \
	      * entries is never split over transactions */

/* A batch is full with so many, and the first ones with fewer: whoever writes waits for the first
 * batch, and at the end everybody waits for whoever writes the last one. */
#define LIC_BATCH_ENOUGH 1024
#define LIC_BATCH_FIRST 128
#define LIC_BATCHES 3 /* at the readers, beside the one that is written */

/* Readers yield to the one writer, by so much: files that were read and wait for it are in memory,
 * and when the last one is read, only its work is left. */
#define LIC_READERS_NICE 4

/* Claims of one batch in memory: five times what 2048 photographs state, and less than 2048
 * files may that are made to state much. */
#define LIC_BATCH_CLAIMS (256u << 20)

/* --- walk.c --- */

/* Lists dir->path below `root`: fills item, in the order of names. Touches nothing else, so that
 * any thread may do it. Negative errno. */
int lic_walk_list(int root, struct lic_scan_dir *dir);
/* Lists the directory, unless it was, and joins it with the catalog: fills gone, child, dirty.
 * A directory that cannot be listed has no items and all of its rows in `gone`; *ret_warning gets a
 * malloc'ed line then. `digests`: LIC_DIGEST_* bits that all images should have. */
int lic_walk_dir(int root, struct lic_catalog *cat, struct lic_scan_dir *dir, bool verify,
		 unsigned digests, char **ret_warning, struct lic_error *err);
struct lic_scan_dir *lic_scan_dir_new(const char *parent, struct lic_bytes name, size_t depth);
void lic_scan_dir_free(struct lic_scan_dir *d);
/* Item by name, NULL if there is none; O(log n). */
struct lic_item *lic_scan_dir_find(const struct lic_scan_dir *d, const void *name, size_t n);

/* Calls `fn` for the item named `stem` and for those named `stem` plus a dot and anything; non-zero
 * stops and is returned. O(log n + found). */
int lic_scan_dir_family(const struct lic_scan_dir *d, const void *stem, size_t n,
			int (*fn)(void *ctx, struct lic_item *it), void *ctx);

/* The same for items whose names begin with the n bytes. */
int lic_scan_dir_prefix(const struct lic_scan_dir *d, const void *prefix, size_t n,
			int (*fn)(void *ctx, struct lic_item *it), void *ctx);

bool lic_same_attributes(const struct lic_stat *a, const struct lic_stat *b);
/* Are both that directory, whose entries may have changed meanwhile? */
bool lic_same_directory(enum lic_kind a_kind, const struct lic_stat *a, enum lic_kind b_kind,
			const struct lic_stat *b);
/* Stat, kind and rule of the name in the directory `fd` ("": of that itself); regular files stay
 * KIND_NONE. Negative errno. */
int lic_walk_stat(int fd, const char *name, struct lic_item *ret);

/* -ENOMEM */
int lic_batch_add(struct lic_batch *b, struct lic_slice slice);
/* Fills `reads` with its n_read items, in the order of inode numbers: the best guess at where
 * things lie on a disk. -ENOMEM */
int lic_batch_collect(struct lic_batch *b);
/* With the directories of which it has the end; NULL is allowed. */
void lic_batch_free(struct lic_batch *b);

/* --- ahead.c --- */

/* The directories to walk, and threads that list the next ones. All but the threads belong to one
 * caller. */
struct lic_ahead;
/* NULL without memory; it goes with fewer threads than asked for. */
struct lic_ahead *lic_ahead_new(int root, unsigned threads);
/* With the directories that are left; NULL is allowed. */
void lic_ahead_free(struct lic_ahead *a);
/* The n directories come next, in their order; those that are NULL are left out. */
void lic_ahead_push(struct lic_ahead *a, struct lic_scan_dir *const *dirs, size_t n);
/* The next one, which is the caller's now, listed or not; there must be one. */
struct lic_scan_dir *lic_ahead_pop(struct lic_ahead *a);
bool lic_ahead_is_empty(const struct lic_ahead *a);

/* --- part.c --- */

/* What is to be walked in a scan of some directories. */
struct lic_part {
	int root;
	struct lic_catalog *cat;
	struct lic_scan_dir **named; /* those from `next` on; a directory before what is below it */
	size_t n_named, next;
	char **whole; /* paths of directories with rules that were walked with all below them */
	size_t n_whole;
};
void lic_part_release(struct lic_part *p);
/* Finds what is to be walked for n named directories: the nearest ones that are there as they are
 * known, alone; and those of whose rule files they hold some. -EINVAL for a path that is none. */
int lic_part_find(struct lic_part *part, const char *const *dirs, size_t n, struct lic_error *err);
/* The next one, to be walked when all below the last one has been; NULL: that was all. */
struct lic_scan_dir *lic_part_next(struct lic_part *part);
/* After lic_walk_dir(): frees those of its children that need not be walked, and forgets what is no
 * more what it was when it was found. */
void lic_part_walked(struct lic_part *part, struct lic_scan_dir *d);
/* When all was walked and written: where rules came, changed or went, everything that they are
 * about is walked before they are settled, and the directories above: another rule there may take
 * back what they grant. Nothing is left where all of that has been done. */
int lic_part_find_ruled(struct lic_part *part, const struct lic_known_rules *gone,
			struct lic_error *err);

/* --- read.c --- */

struct lic_pool;
struct lic_nursery;
struct lic_patience;
struct lic_sandbox;
/* The nursery has a slot for each thread and outlives the pool. */
int lic_pool_new(int root, unsigned threads, struct lic_nursery *nursery,
		 const struct lic_patience *patience, struct lic_scan_counters *counters,
		 struct lic_pool **ret, struct lic_error *err);
void lic_pool_free(struct lic_pool *p);
/* Hands a batch to the readers; it must stay until lic_pool_wait() returned true for it. */
void lic_pool_submit(struct lic_pool *p, struct lic_batch *b);
/* Ends reading at once: helpers die, files without an answer get no verdict, lic_pool_failed() says
 * -EINTR from then on. */
void lic_pool_stop(struct lic_pool *p);
/* Waits until the batch is read, or `ms` milliseconds; true when it is read. */
bool lic_pool_wait(struct lic_pool *p, struct lic_batch *b, int ms);
/* Why the readers came to an end: what is read from then on is no verdict. 0: they did not. */
int lic_pool_failed(struct lic_pool *p, struct lic_error *err);
/* What holds the helpers, the weakest of them; false where none was needed yet. */
bool lic_pool_sandbox(struct lic_pool *p, struct lic_sandbox *ret);

/* --- rules.c --- */

/* Rule files in force before this scan, or of them those that are gone. */
struct lic_known_rules {
	struct lic_rule_file *item; /* n of them, names static; free() */
	size_t n, cap;
};

struct lic_rule_writing {
	const struct lic_known_rules *known;
	struct lic_known_rules *gone;		/* is added to */
	const struct lic_scan_options *options; /* for warnings */
};

/* Fills d->rules; the directory is listed. */
void lic_scan_find_rules(int root, struct lic_scan_dir *d);
/* How many of them a reader has to look at. */
size_t lic_scan_rule_reads(const struct lic_scan_dir *d);
int lic_scan_know_rules(struct lic_catalog *cat, struct lic_known_rules *ret,
			struct lic_error *err);
/* Puts the rules of a directory, and notes those whose files are gone. `need_txn` gives the
 * transaction, NULL with its error in `err`. */
int lic_scan_put_rules(struct lic_scan_dir *d, const struct lic_rule_writing *w,
		       struct lic_txn *(*need_txn)(void *ctx), void *ctx, struct lic_error *err);

/* When everything was walked and written: what the rules grant holds from here on. */
int lic_scan_settle_rules(struct lic_catalog *cat, const struct lic_known_rules *gone,
			  struct lic_error *err);

/* --- write.c --- */

/* Puts a read batch into the catalog in one transaction and frees its claims; sets the ids of
 * child directories. Adds to `res`. */
int lic_write_batch(struct lic_catalog *cat, struct lic_batch *b,
		    const struct lic_rule_writing *rules, struct lic_scan_result *res,
		    struct lic_error *err);

/* Counts a file that has become of another kind after the walk. */
void lic_scan_recount(struct lic_scan_result *res, enum lic_kind from, enum lic_kind to);
/* Did a scan look into a file with that rule for names of images? Its row says what was found in
 * bytes that were too old then to change unseen. */
bool lic_scan_is_indexed(enum lic_rule rule);

/* --- after the walk: after.c, documents.c, bind.c --- */

/* What the phases after the walk work with. */
struct lic_scan_phase {
	const struct lic_scan_options *o;
	struct lic_scan_result *res;
	struct lic_catalog *cat;
	struct lic_nursery *nursery; /* has 2 * jobs slots: the pool's, then the indexer's */
	unsigned jobs;
	struct lic_pool *pool; /* with nothing submitted */
	int root;
	unsigned digests;
	bool partly;  /* some directories alone were walked */
	bool verify;  /* every file is read again */
	bool reindex; /* what other readers of documents have read */
	struct lic_scan_counters *counters;
	struct lic_scan_progress *progress;
	void (*tick)(void *ctx); /* for progress; often */
	void *ctx;
};
/* All of the phases below, in their order; then res counts everything that is live. */
int lic_scan_after(const struct lic_scan_phase *p, struct lic_error *err);
/* Looks into every file that waits for it: archives and their members, documents. -EINTR where the
 * person wants no more; what was written is kept. */
int lic_scan_documents(const struct lic_scan_phase *p, struct lic_error *err);
/* Finds the images of documents that are new, or of all where images came or went. */
int lic_scan_bind(const struct lic_scan_phase *p, struct lic_error *err);

/* Decodes the images that wait for their likeness (likeness.c). -EINTR as above. */
int lic_scan_likenesses(const struct lic_scan_phase *p, struct lic_error *err);

/* --- classify.c --- */

/* Length of the name without its last extension ("cat" of "cat.jpg", ".hidden" of ".hidden"). */
size_t lic_stem_length(const void *name, size_t n);

/* --- companion.c --- */

/* Is `name` a metadata sidecar by its extension: XMP, a C2PA manifest store, REUSE, JSON? It is
 * one where lic_scan_companion() says LIC_RULE_SIDECAR, too. */
bool lic_is_sidecar_name(const void *name, size_t n);
/* Calls `fn` for the companions of an image of that name, or for the images (or what may become
 * one) of a companion; non-zero stops and is returned. O(log n + found). */
int lic_scan_dir_companions(const struct lic_scan_dir *d, const struct lic_bytes *image,
			    int (*fn)(void *ctx, struct lic_item *it), void *ctx);
int lic_scan_dir_images(const struct lic_scan_dir *d, const struct lic_bytes *file,
			int (*fn)(void *ctx, struct lic_item *it), void *ctx);

#endif
