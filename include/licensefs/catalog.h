/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog: the SQLite database that remembers what was found and judged. Scanner, tools and
 * mounts meet nowhere else. Schema: docs/formats.md and fs/catalog/schema.sql.
 *
 * Invariants
 * - [I3] One live row a path. Changed bytes end the row and begin another with a new id, so that no
 *   page cached under the old id is ever served for the new bytes; changed rights keep the id.
 * - [I4] Ids are never reused: they are inode numbers. The root directory of the store is 1.
 * - [I5] Every row says from which generation to which it held ([born, died)); a generation is one
 *   committed write transaction. Nothing is overwritten, except stat fields of unchanged bytes.
 * - [I6] A directory's counts of rights (lic_catalog_dir_rights) equal what lies live below it, in
 *   the same transaction that changes either.
 * - [I7] Judging happens in one place, lic_catalog_put() and lic_catalog_rejudge(): claims from
 *   evidence and the decisions in force, resolved inside the transaction.
 * - [I10] A row of a manifest that finds several images by a name or an address grants to none.
 * - A killed writer loses at most the transaction that it had not committed.
 *
 * A struct lic_catalog is one connection and belongs to one thread at a time; none may be carried
 * over a fork(). Callbacks may call the reading functions of the connection that calls them.
 * Readers never block writers nor the other way round; two writers wait for each other (up to 30
 * s).
 */
#ifndef LICENSEFS_CATALOG_H
#define LICENSEFS_CATALOG_H

#include <licensefs/manifest.h>
#include <licensefs/rights.h>

struct lic_catalog;
struct lic_txn;

#define LIC_CATALOG_DIR ".licensefs" /* in the store's root; never shown, never scanned */
#define LIC_CATALOG_NAME "catalog.db"
#define LIC_CATALOG_SCHEMA 8 /* newest schema version this code knows */

#define LIC_CATALOG_READ 0u
#define LIC_CATALOG_WRITE 1u
#define LIC_CATALOG_CREATE 2u /* with WRITE: make it where there is none */

/*
 * Opens the catalog of `store` (a directory). `path` NULL means STORE/.licensefs/catalog.db.
 * Errors, all with the remedy in `err`: -ENOENT none there (run scan); -EMEDIUMTYPE not a
 * licensefs catalog; -EUCLEAN corrupt; -EPROTO newer schema; -EXDEV belongs to another store
 * (a catalog in its store's own .licensefs/ moves along with it);
 * -EROFS/-EACCES; -EOPNOTSUPP network filesystem, for writing; -EBUSY a write-ahead log that cannot
 * be merged lies beside a catalog on read-only media. Older schemas are migrated when opened for
 * writing and refused with -EPROTO, naming the command, when opened for reading. A catalog that was
 * judged with the facts of another licensefs is judged anew when opened for writing (about 10 us an
 * image).
 */
int lic_catalog_open(const char *store, const char *path, unsigned flags, struct lic_catalog **ret,
		     struct lic_error *err) _nonnull_(1, 4) _must_check_;
void lic_catalog_close(struct lic_catalog *cat);
/* Absolute path of the database file; owned by the catalog. */
const char *lic_catalog_path(const struct lic_catalog *cat) _nonnull_all_;
/* True where the catalog lies on read-only media and follows no changes. */
bool lic_catalog_immutable(const struct lic_catalog *cat) _nonnull_all_;

/* Number of the newest generation, 0 for an empty catalog; negative errno on failure. */
int64_t lic_catalog_generation(struct lic_catalog *cat) _nonnull_all_;
/* Changes whenever another connection has committed (SQLite's data_version). Cheap: for polling. */
int64_t lic_catalog_data_version(struct lic_catalog *cat) _nonnull_all_;
/* What the database file looks like from outside, which SQLite does not ask: is it a catalog at
 * all, and as long as its header says? Short is what a checkpoint leaves on its way, too. */
enum lic_wholeness { LIC_WHOLE, LIC_SHORT, LIC_BROKEN };
enum lic_wholeness lic_catalog_wholeness(struct lic_catalog *cat) _nonnull_all_;
/* Is it still of the schema that this code knows? Not where a newer licensefs has migrated it since
 * it was opened: what it says may mean something else. True where that cannot be read. */
bool lic_catalog_is_known(struct lic_catalog *cat) _nonnull_all_;

/* --- entries ------------------------------------------------------------------------------ */

/* Stored: never renumber. */
enum lic_kind {
	LIC_KIND_NONE = 0,
	LIC_KIND_DIR = 1,
	LIC_KIND_IMAGE = 2,
	LIC_KIND_COMPANION = 3, /* shown where all of its images are */
	LIC_KIND_INERT = 4,	/* README and the like: shown where its directory is */
	LIC_KIND_HIDDEN = 5,	/* never shown; `rule` says why */
	LIC_KIND_DOCUMENT = 6,	/* shown where its directory is, without the records of images that
				 * are not (document.h). An archive is the parent of the images in
				 * it, whose names may hold slashes */
};

/* Which rule put an entry into its kind, for explain and status. Stored: never renumber. */
enum lic_rule {
	LIC_RULE_NONE = 0,
	LIC_RULE_CONTENT = 1,	 /* an image by its content */
	LIC_RULE_STEM = 2,	 /* companion: same stem as an image beside it */
	LIC_RULE_SIDECAR = 3,	 /* companion: metadata sidecar of an image beside it */
	LIC_RULE_INERT_NAME = 4, /* closed list of inert names */
	LIC_RULE_CACHE = 5,	 /* cache or container that may hold images */
	LIC_RULE_SYMLINK = 6,
	LIC_RULE_SPECIAL = 7,	  /* FIFO, socket, device */
	LIC_RULE_NOT_IMAGE = 8,	  /* neither image nor companion nor inert */
	LIC_RULE_OTHER_FS = 9,	  /* mount point below the store */
	LIC_RULE_UNREADABLE = 10, /* could not be opened or read */
	LIC_RULE_WAITING = 11,	  /* not looked into yet */
	LIC_RULE_LAYOUT = 12,	  /* companion: of an image elsewhere, by a named layout */
	LIC_RULE_MASK = 13, /* companion: an image file without claims, in a layout of masks */
	LIC_RULE_INERT_CONTENT = 14, /* settings or names of classes that name no image */
	LIC_RULE_ABSOLUTE = 15,	     /* inert settings with absolute paths: shown where allowed */
	LIC_RULE_RECORDS = 16,	     /* document: made of records */
	LIC_RULE_MALFORMED = 17,     /* breaks the rules of its format */
	LIC_RULE_UNBOUND = 18,	     /* names no image of the store */
	LIC_RULE_NAMES_IMAGES = 19,  /* names images where they cannot be left out */
	LIC_RULE_COUNT
};
/* A phrase for people, and a stable word for --json. */
const char *lic_rule_text(enum lic_rule r) _const_;
const char *lic_rule_name(enum lic_rule r) _const_;
const char *lic_kind_name(enum lic_kind k) _const_;

/* What stat says of a store file; the identity of judged bytes is size, mtime, ctime and ino. */
struct lic_stat {
	uint64_t size;
	int64_t mtime, ctime; /* nanoseconds since the epoch */
	uint64_t ino;	      /* of the store; never compared with st_dev, which changes */
	uint32_t mode, uid, gid;
};

/* A time stamp within this many nanoseconds before `judged` is too young to prove anything. */
#define LIC_RACY_NS 2000000000LL

struct lic_entry {
	int64_t id, parent;
	struct lic_bytes name; /* "" for the root; valid until the next call on this catalog */
	enum lic_kind kind;
	enum lic_rule rule;
	enum lic_format format;
	int64_t rights; /* number of the interned rights, 0 for what is no image */
	struct lic_stat st;
	int64_t judged;		    /* nanoseconds: when st was taken, before the bytes were read */
	struct lic_hash hash;	    /* of images and masks; zero otherwise */
	struct lic_digests digests; /* lic_catalog_put() takes them; lookups leave them zero */
	int64_t born, since;	    /* generation of these bytes; of these rights */
};

/* Called once an entry; non-zero stops the walk and is returned. */
typedef int (*lic_entry_fn)(void *ctx, const struct lic_entry *e);

/* 0, or -ENOENT where there is no live entry (err untouched), or another error. */
int lic_catalog_by_id(struct lic_catalog *cat, int64_t id, struct lic_entry *ret,
		      struct lic_error *err) _nonnull_(1, 3) _must_check_;
int lic_catalog_by_name(struct lic_catalog *cat, int64_t parent, const void *name, size_t n,
			struct lic_entry *ret, struct lic_error *err)
	_nonnull_(1, 3, 5) _must_check_;
/* `path` relative to the store; "" is the root; repeated and trailing slashes are ignored. What
 * follows a document is one name. */
int lic_catalog_by_path(struct lic_catalog *cat, const void *path, size_t n, struct lic_entry *ret,
			struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Live children of a directory in byte order of names, those after the entry `after` (0: all; an
 * entry that has ended still marks its place). */
int lic_catalog_list(struct lic_catalog *cat, int64_t parent, int64_t after, lic_entry_fn fn,
		     void *ctx, struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* All live entries of a kind in id order (LIC_KIND_NONE: of every kind). */
int lic_catalog_each(struct lic_catalog *cat, enum lic_kind kind, lic_entry_fn fn, void *ctx,
		     struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Live entries that are no images, and of the images those with one of n rights, in id order. Reads
 * every row, at a tenth of what lic_catalog_each() costs. */
int lic_catalog_each_but(struct lic_catalog *cat, const int64_t *rights, size_t n, lic_entry_fn fn,
			 void *ctx, struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Has the store more than n live directories, the root among them? 1, 0 or an error. O(n), some 10
 * ns each. */
int lic_catalog_dirs_exceed(struct lic_catalog *cat, int64_t n, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Live entries with these bytes, whatever their kind. */
int lic_catalog_by_hash(struct lic_catalog *cat, const struct lic_hash *hash, lic_entry_fn fn,
			void *ctx, struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* MD5 and SHA-256 of a live image, as far as they are known: of those that were scanned while a
 * manifest or revocation in force named files so. */
int lic_catalog_digests(struct lic_catalog *cat, int64_t entry, struct lic_digests *ret,
			struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* LIC_DIGEST_* bits of the kinds of hashes by which manifests or revocations in force name files.
 * An image (of a manifest: below its root) of which one is not known is unreadable: it may be one
 * of those. */
int lic_catalog_digests_wanted(struct lic_catalog *cat, unsigned *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Live images with that digest (LIC_DIGEST_MD5, 16 bytes, or LIC_DIGEST_SHA256, 32), in id order.
 */
int lic_catalog_by_digest(struct lic_catalog *cat, unsigned which, const uint8_t *digest,
			  int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
	_nonnull_(1, 3, 4) _must_check_;
/* Appends the path of a live entry, relative to the store, "" for the root. */
int lic_catalog_entry_path(struct lic_catalog *cat, int64_t id, struct lic_buf *out,
			   struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Images a companion belongs to, in id order. One that has ended (lic_catalog_by_id() is -ENOENT)
 * counts as hidden, and so does a companion of no image at all. */
int lic_catalog_companion_images(struct lic_catalog *cat, int64_t companion,
				 int (*fn)(void *ctx, int64_t image), void *ctx,
				 struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* --- rights ------------------------------------------------------------------------------- */

/* Interned rights by number; the result is cached and lives as long as the catalog. NULL with
 * `err` on failure: the caller must treat the image as hidden. */
const struct lic_rights *lic_catalog_rights(struct lic_catalog *cat, int64_t number,
					    struct lic_error *err) _nonnull_(1);
/* Number of the rights that an image had in a generation, whether it is live or not; -ENOENT where
 * it had none then (err untouched). */
int lic_catalog_rights_at(struct lic_catalog *cat, int64_t entry, int64_t generation, int64_t *ret,
			  struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Number of the rights of an image that is live, or those that it had when it ended; -ENOENT where
 * there was none (err untouched). */
int lic_catalog_last_rights(struct lic_catalog *cat, int64_t entry, int64_t *ret,
			    struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Counts of images below a directory or in an archive, by rights. `emptied`: the generation in
 * which the count last became 0, 0 if it never did. Rows with count 0 are reported too. Within a
 * write transaction the counts are those before it. */
int lic_catalog_dir_rights(struct lic_catalog *cat, int64_t dir,
			   int (*fn)(void *ctx, int64_t rights, int64_t count, int64_t emptied),
			   void *ctx, struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Appends every live claim about the entry, with decisions in force, rows of manifests that are
 * about it (a packet for each row, `ref` its manifest's number) and opt-outs beside other files
 * with the same bytes (source "same bytes", no rank), and sets `format` and `damage`. Packets are
 * numbered from ret->next_packet on. */
int lic_catalog_claims(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
		       struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Credit of an image; fields NULL where nothing was stated. Release it. */
int lic_catalog_credit(struct lic_catalog *cat, int64_t entry, struct lic_credit *ret,
		       struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* The policy that the catalog judges by; now is filled in from the clock. The list of own licenses
 * lives as long as the catalog. */
int lic_catalog_policy(struct lic_catalog *cat, struct lic_policy *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- own licenses ------------------------------------------------------------------------- */

struct lic_own_license {
	struct lic_license license;
	const char *who;    /* login name of the one who defined it */
	int64_t at;	    /* seconds since the epoch */
	int64_t born, died; /* generations; died 0 while in force */
};
/* Licenses that operators have defined, in byte order of ids, then of age; ended definitions
 * included. Strings live during the callback. */
int lic_catalog_own_licenses(struct lic_catalog *cat,
			     int (*fn)(void *ctx, const struct lic_own_license *l), void *ctx,
			     struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Defines a license, or defines it anew: id, name, url, permission and obligations are read. Judges
 * every image again (about 10 us each); *ret_changed (NULL is allowed) counts those whose rights
 * differ. -EINVAL for an id that means something already. */
int lic_catalog_license_set(struct lic_txn *txn, const struct lic_license *l, const char *who,
			    int64_t *ret_changed, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;
/* Ends a definition and judges again: what names the license names an unknown one from then on, and
 * is hidden. -ENOENT where there is none. */
int lic_catalog_license_rm(struct lic_txn *txn, const char *id, int64_t *ret_changed,
			   struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* --- views -------------------------------------------------------------------------------- */

struct lic_view_row {
	int64_t number; /* never reused; part of inode numbers; built-in views are below 64 */
	const char *name, *expr, *basis; /* basis NULL if none; valid during the callback */
};
/* User-defined views in name order (built-in ones are not rows). */
int lic_catalog_views(struct lic_catalog *cat, int (*fn)(void *ctx, const struct lic_view_row *v),
		      void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Makes or replaces a view; with another expression or basis it gets another number. */
int lic_catalog_view_set(struct lic_txn *txn, const char *name, const char *expr, const char *basis,
			 struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* -ENOENT where there is no such view. */
int lic_catalog_view_rm(struct lic_txn *txn, const char *name, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Licenses that some rights of the catalog name, each with a number that is never reused: the
 * directories of by-license/. Only ids that may clear an image. */
int lic_catalog_licenses(struct lic_catalog *cat,
			 int (*fn)(void *ctx, int64_t number, const char *id), void *ctx,
			 struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* --- change feed -------------------------------------------------------------------------- */

struct lic_change {
	int64_t generation;
	int64_t dir;   /* directory whose listing may differ */
	int64_t entry; /* what changed in it; 0: many, treat the whole directory as changed */
	struct lic_bytes name; /* of the entry; if entry is 0: empty where none has ended */
};
/*
 * Changes after generation `since`, in order. What has a row:
 * - an entry that came, went, or whose rights or attributes differ (a directory or companion that
 *   is as visible as before may have one, too); the root has dir 1, entry 1;
 * - the live companions and documents of an image whose rights differ or that has ended;
 * - an archive, in its directory, where an image in it came, went, or has other rights, beside
 *   that image, in the archive;
 * - a directory whose count of some rights became 0 or ceased to be 0. A view that asks about more
 *   than rights must look at the ancestors of every change itself;
 * - what was in a directory that has ended, but not what is in one that is new;
 * - dir 0, entry 0: user-defined views changed.
 *
 * -ESTALE where the feed no longer reaches back so far: treat everything as changed.
 */
int lic_catalog_changes(struct lic_catalog *cat, int64_t since,
			int (*fn)(void *ctx, const struct lic_change *c), void *ctx,
			struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* --- writing ------------------------------------------------------------------------------ */

/* Begins a write transaction and a generation; `verb` is recorded. Waits up to 30 s for another
 * writer, then -EBUSY. Decisions whose time is over end here, whatever the verb. */
int lic_catalog_begin(struct lic_catalog *cat, const char *verb, struct lic_txn **ret,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Commits; decisions and views are on the disk when it returns. On failure (disk full) everything
 * is rolled back. The txn is gone either way. A transaction that changed nothing leaves no
 * generation behind. */
int lic_catalog_commit(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_catalog_abort(struct lic_txn *txn); /* NULL is allowed */

/* What texts parse to, which judging asks: threads may foresee them (lic_rights_foresee()) for as
 * long as the catalog is open. NULL without memory, which is slower and of no other effect. */
struct lic_parses *lic_catalog_parses(struct lic_catalog *cat) _nonnull_all_;

/*
 * Says which claims are about to be put, in about this order: what they state is recorded at once,
 * which is cheaper than image by image, and of no other effect. Until they are put, or the
 * transaction ends, the n lists and what they point to must stay as they are. After an error the
 * transaction must be aborted.
 */
int lic_catalog_expect(struct lic_txn *txn, const struct lic_claims *const *claims, size_t n,
		       struct lic_error *err) _nonnull_(1, 2) _must_check_;

/*
 * Records one entry as the scan found it: e->parent, name, kind, rule, format, st, judged, hash,
 * digests are read; id, rights, born and since are set. `claims` is NULL for what is no image; an
 * image is judged here [I7]. Same kind and, for images, same hash as the live row: the id stays and
 * stat fields are refreshed. Otherwise the live row ends and a new one begins [I3]; so it does for
 * a file which is not hashed (companion, inert, document, and what waits or was looked into) whose
 * size or times or ino differ (the new row of a companion belongs to the same images). A file that
 * is WAITING by `e`, but was looked into or placed by a layout with the same bytes, stays what it
 * is, and *e says so; where its times are too young to prove that, it pends. The parent of an image
 * may be a document; its name is then its path in it. After an error the transaction must be
 * aborted.
 */
int lic_catalog_put(struct lic_txn *txn, struct lic_entry *e, const struct lic_claims *claims,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Remembers which readers (lic_evidence_readers()) have read everything that is live; other ones
 * may find more in the same bytes. Makes no generation. */
int lic_catalog_set_readers(struct lic_txn *txn, const char *readers, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Appends what was remembered; -ENOENT where nothing was (err untouched). */
int lic_catalog_readers(struct lic_catalog *cat, struct lic_buf *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Ends a live entry, with everything below it; -ENOENT if it is not live. */
int lic_catalog_end(struct lic_txn *txn, int64_t id, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Replaces the set of images that a companion belongs to. */
int lic_catalog_bind(struct lic_txn *txn, int64_t companion, const int64_t *images, size_t n,
		     struct lic_error *err) _nonnull_(1) _must_check_;
/* Judges an image again from its stored claims and the decisions in force [I7]; *ret_changed
 * (NULL is allowed) says whether its rights differ now. A stale image stays stale. */
int lic_catalog_rejudge(struct lic_txn *txn, int64_t id, bool *ret_changed, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Marks an image whose bytes no longer are the judged ones: status stale, in every view out. */
int lic_catalog_mark_stale(struct lic_txn *txn, int64_t id, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* --- decisions ---------------------------------------------------------------------------- */

enum lic_action {
	LIC_ACTION_LICENSE = 1, /* states a license for the matching files */
	LIC_ACTION_DENY = 2,	/* hides them */
	LIC_ACTION_TERMS = 3,	/* intersects with dataset terms */
	LIC_ACTION_TRUST = 4,	/* names the source that counts where equal ranks differ */
};

struct lic_decision {
	int64_t number; /* never reused; set by add */
	enum lic_action action;
	struct lic_bytes pattern; /* path or glob relative to the store: * and ? stay within a
				   * component, ** crosses; a trailing slash means all below */
	bool exact;		/* pattern is one path, not a glob: rank operator, else directory */
	const char *license;	/* expression; TRUST: source, * and ? match; NULL for DENY */
	const char *collection; /* narrows it to images that the import in force of that name is
				 * about, and what grants to those that it is surely about; not with
				 * exact; NULL: none */
	bool override; /* settles conflicts of the bytes that are there when it is made, and
			* of none that come later; only with exact */
	int64_t until; /* seconds since the epoch, 0: for good */
	const char *reason;
	const char *who;    /* login name of the one who decided */
	int64_t at;	    /* seconds since the epoch */
	int64_t born, died; /* generations; died 0 while in force */
	/* Of an exact one, set by add: the bytes that lay there when it was made. It follows them:
	 * DENY and TERMS hold for every file with these bytes; LICENSE and TRUST go to a file that
	 * came later once the path no longer holds them. docs/decisions/0013 has the rules. */
	bool has_hash;
	struct lic_hash hash;
	int64_t ended_at;      /* seconds since the epoch, 0 where not known */
	const char *ended_who; /* NULL: its time was over */
	const char *ended_why;
};

/* Does the decision's pattern match a path? Pure. */
bool lic_decision_matches(const struct lic_decision *d, const void *path, size_t n) _nonnull_(1);
/* Decisions in number order, undone ones included. */
int lic_catalog_decisions(struct lic_catalog *cat,
			  int (*fn)(void *ctx, const struct lic_decision *d), void *ctx,
			  struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Records the decision and judges every matching image again; *ret_matched, *ret_changed (NULL is
 * allowed) count. Sets number, at (if 0), born. -EINVAL where the decision makes no sense. */
int lic_catalog_decide(struct lic_txn *txn, struct lic_decision *d, int64_t *ret_matched,
		       int64_t *ret_changed, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Records n decisions at once, which is much cheaper than one after the other; an image that
 * several of them match counts once. */
int lic_catalog_decide_all(struct lic_txn *txn, struct lic_decision *d, size_t n,
			   int64_t *ret_matched, int64_t *ret_changed, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Ends decision `number` and judges again; `who` and `why` are kept with it. -ENOENT if it is not
 * in force. */
int lic_catalog_undecide(struct lic_txn *txn, int64_t number, const char *who, const char *why,
			 int64_t *ret_matched, int64_t *ret_changed, struct lic_error *err)
	_nonnull_(1, 3, 4) _must_check_;
/* Ends those of the decisions `first` to `last` that are in force, at once; *ret_ended (NULL is
 * allowed) counts them. */
int lic_catalog_undecide_all(struct lic_txn *txn, int64_t first, int64_t last, const char *who,
			     const char *why, int64_t *ret_ended, int64_t *ret_matched,
			     int64_t *ret_changed, struct lic_error *err)
	_nonnull_(1, 4, 5) _must_check_;
/* Live images that a decision is about by its path or pattern, and those with the same bytes where
 * it restricts; of one that is recorded, also those to which it may have gone. An image may come
 * twice. */
int lic_catalog_decision_images(struct lic_catalog *cat, const struct lic_decision *d,
				int (*fn)(void *ctx, int64_t entry), void *ctx,
				struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* --- manifests ---------------------------------------------------------------------------- */

/*
 * Rows of manifests and of rule files (REUSE.toml and the like) are kept as they are: which images
 * a row is about is found when an image is judged [I7], by keys and not by entry, so that images
 * that come, move or are replaced later join what is in force then.
 *
 * - A row is about the live images below its manifest's root that any of its keys finds. An address
 *   (LIC_KEY_URL) is looked for among the SOURCE_URL claims of the file and of the rows that its
 *   other keys have found; once, not again from what that finds.
 * - A row that finds several live images grants to those of them alone that a path, a hash, a
 *   pattern or LIC_KEY_ALL names; for the others it is *ambiguous*: its claims sink to
 *   LIC_RANK_NONE, where they restrict and never grant, and give no credit. This holds in every
 *   committed state: a second image with the same name takes the grant from the first. Where one
 *   of them ends, another gets the grant only if it had it before; else the manifest must be
 *   imported again, because the row may have been about the one that is gone.
 * - A row that cannot be read hides every image that it may be about (unreadable).
 * - Opt-outs in rows hold for every image with the same bytes, as those of sidecars do.
 */
enum lic_manifest_kind {
	LIC_MANIFEST_IMPORT = 1, /* imported by the operator; identity: collection */
	LIC_MANIFEST_RULE = 2,	 /* found in the store by scan; identity: directory and file */
};

struct lic_manifest {
	int64_t number; /* never reused */
	enum lic_manifest_kind kind;
	const char *collection; /* name; of a rule the path of its file, made safe to show */
	const char *file;	/* as the operator named it; of a rule the name in its directory */
	const char *format;	/* what read it; of a rule "" */
	struct lic_bytes root;	/* directory relative to the store, "" for all of it; exact bytes */
	bool grant;		/* the operator vouched for dataset licenses; for the record */
	const char *who;	/* login name; of a rule "" */
	int64_t at;		/* seconds since the epoch */
	int64_t rows;
	int64_t born, died; /* generations; died 0 while in force */
};

struct lic_import_hooks {
	/* Images looked at so far, of how many; NULL: nobody asks. */
	void (*progress)(void *ctx, int64_t done, int64_t total);
	/* A row that is ambiguous, in the order of rows: its first key that may be, and two of the
	 * images (paths relative to the store); NULL: nobody asks. */
	void (*ambiguous)(void *ctx, uint64_t line, enum lic_key_kind kind, struct lic_bytes key,
			  const char *path_a, const char *path_b);
	/* An image whose rights differ now, in id order: numbers for lic_catalog_rights(), which
	 * may be called; NULL: nobody asks. */
	void (*changed)(void *ctx, int64_t entry, int64_t before, int64_t after);
	void *ctx;
};

struct lic_import_result {
	int64_t rows;	    /* of the manifest */
	int64_t matched;    /* rows that found an image */
	int64_t ambiguous;  /* of these, rows that are ambiguous for one at least */
	int64_t images;	    /* that some row found */
	int64_t changed;    /* whose rights differ now */
	int64_t superseded; /* number of the older manifest, 0: none */
};

/* Bytes of one row as stored, keys and claims together; a larger one is refused. */
#define LIC_ROW_MAX (4u << 20)
/* Rows of manifests that may be about one image; one with more is unreadable. */
#define LIC_JOINED_MAX 4096

struct lic_import;

/*
 * Begins an import into the transaction. Of *m collection, file, format, root, grant and who are
 * read (kind is LIC_MANIFEST_IMPORT), number, at, rows, born, died and kind are set; strings may go
 * after the call. An import of the same collection that is in force is superseded: it ends in this
 * transaction and stays for history. -EINVAL for an empty collection or one with control
 * characters, or a root that is no directory of the catalog ("a/b", no outer slashes).
 *
 * Until lic_import_finish() or lic_import_abort() the transaction is used for nothing else (reading
 * is allowed, and sees the state before). After an error the transaction must be aborted.
 */
int lic_catalog_import(struct lic_txn *txn, struct lic_manifest *m, struct lic_import **ret,
		       struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Stores one row; everything in it is copied. Keys that can be none (lic_key_normal()) find
 * nothing. Packets count within the row; `ref` of claims is not kept. A row with damaged claims
 * makes the images that it is about unreadable. -EFBIG beyond LIC_ROW_MAX. */
int lic_import_row(struct lic_import *imp, const struct lic_row *row, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Joins rows with images and judges every image that is concerned; frees `imp`, also on failure.
 * `hooks` may be NULL. The commit makes it last: a dry run aborts instead. */
int lic_import_finish(struct lic_import *imp, const struct lic_import_hooks *hooks,
		      struct lic_import_result *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* Frees an import that failed half-way; NULL is allowed. The transaction must be aborted. */
void lic_import_abort(struct lic_import *imp);

/* Manifests and rules in number order, ended ones included. */
int lic_catalog_manifests(struct lic_catalog *cat,
			  int (*fn)(void *ctx, const struct lic_manifest *m), void *ctx,
			  struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Ends import `number` and judges what it was about again; `hooks` may be NULL, its `ambiguous` is
 * not called. *ret: rows, matched and images are those that it had. -ENOENT where no import of that
 * number is in force (err set). */
int lic_catalog_unimport(struct lic_txn *txn, int64_t number, const struct lic_import_hooks *hooks,
			 struct lic_import_result *ret, struct lic_error *err)
	_nonnull_(1, 4) _must_check_;
/*
 * Makes these the rules that the file `file` in the live directory `dir` states, in the place of
 * what it stated before, and judges every image that either is about; n = 0: the file is gone. The
 * root is the path of `dir`; kind LIC_MANIFEST_RULE. Where nothing differs nothing happens. Rules
 * end with their directory.
 *
 * Where images lie below the directory already, the rules restrict them and grant nothing until
 * they are settled, and what they take the place of, or a file that is gone, holds on until then:
 * a rule file that nobody has seen yet may take back what this one grants.
 */
int lic_catalog_put_rules(struct lic_txn *txn, int64_t dir, const char *file,
			  const struct lic_row *rows, size_t n, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
struct lic_rule_file {
	int64_t dir;
	const char *file;
};
/* Settles all that was put, and ends the rules of the n files that are gone, settled or not; in one
 * transaction, when all rule files that may have changed have been put. */
int lic_catalog_settle_rules(struct lic_txn *txn, const struct lic_rule_file *gone, size_t n,
			     struct lic_error *err) _nonnull_(1) _must_check_;
/* Calls `fn` for every rule file that is not settled; non-zero stops and is returned. */
int lic_catalog_rules_coming(struct lic_catalog *cat,
			     int (*fn)(void *ctx, int64_t dir, const char *file), void *ctx,
			     struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Rule files in force, or not settled yet: calls `fn` with the directory and the file's name, each
 * once, in the order of directories. For scan, which ends those whose file has gone. */
int lic_catalog_rules(struct lic_catalog *cat, int (*fn)(void *ctx, int64_t dir, const char *file),
		      void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* Names of the imports in force that are about the image, each once; `sure` is false where they
 * are so by ambiguous rows alone. Nothing for what is no live image. */
int lic_catalog_collections(struct lic_catalog *cat, int64_t entry,
			    int (*fn)(void *ctx, const char *collection, bool sure), void *ctx,
			    struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Live images that the import in force of that collection is about, each once, in id order;
 * -ENOENT where none is in force (err untouched). */
int lic_catalog_collection_images(struct lic_catalog *cat, const char *collection,
				  int (*fn)(void *ctx, int64_t entry, bool sure), void *ctx,
				  struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* What an import that has ended once stated about an image. */
struct lic_past_rows {
	struct lic_manifest manifest;
	int64_t ended_at;		 /* seconds since the epoch, 0 where not known */
	int64_t superseded;		 /* number of the import that took its place; 0: undone */
	const char *ended_verb;		 /* as lic_catalog_begin() got it; "" where not known */
	int64_t rows;			 /* that find the image */
	const struct lic_claims *claims; /* of the first LIC_PAST_CLAIMED_MAX of these */
};
#define LIC_PAST_MAX 16		     /* imports told of */
#define LIC_PAST_CLAIMED_MAX 16	     /* rows of each whose claims are told */
#define LIC_PAST_LOOKED_MAX 10000000 /* rows looked at; about 0.4 s for each million */

/*
 * Calls `fn` for the imports that have ended and of which some row finds the live image where it
 * lies now, by its path, its bytes and what its own files state; newest first. An address that only
 * another row states finds nothing here. Nothing of this counts for anything: it is for explain.
 * *ret_more: older imports were not looked at, for the limits above. Costs a look at every row that
 * has ended.
 */
int lic_catalog_past_rows(struct lic_catalog *cat, int64_t entry,
			  int (*fn)(void *ctx, const struct lic_past_rows *p), void *ctx,
			  bool *ret_more, struct lic_error *err) _nonnull_(1, 3, 5) _must_check_;

/* Checks the whole catalog: SQLite's integrity check and invariants I3 to I6, I10 and I12. 0, or
 * -EUCLEAN with the first finding. For tests, `status --verify` and after a crash. */
int lic_catalog_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
