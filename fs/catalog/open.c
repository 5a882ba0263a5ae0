/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and making catalogs: what is there, is it ours, may we, is it whole. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/revoked.h"
#include "fs/catalog/scrub.h"
#include "fs/catalog/seal.h"

struct opening {
	struct lic_catalog *cat;
	unsigned flags;
	char *dir;    /* that holds the database */
	bool inside;  /* the catalog lies in its store's own place */
	bool present; /* there is something of a length */
};

/* --- where -------------------------------------------------------------------------------- */

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to open a catalog");
}

static int find_store(struct lic_catalog *cat, const char *store, struct lic_error *err)
{
	struct stat st;

	cat->store = realpath(store, NULL);
	if (!cat->store)
		return lic_error_sys(err, errno, "cannot find the store '%s'", store);
	if (stat(cat->store, &st) < 0 || !S_ISDIR(st.st_mode))
		return lic_error_set(err, ENOTDIR, "the store '%s' is not a directory", store);
	return 0;
}

static int make_own_dir(const char *dir, struct lic_error *err)
{
	struct stat st;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return lic_error_sys(err, errno,
				     "cannot make '%s' (name another place with --catalog FILE)",
				     dir);
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return lic_error_set(err, ENOTDIR,
				     "'%s' is not a directory; move it away, or name another place "
				     "with --catalog FILE",
				     dir);
	return 0;
}

/* Splits an existing or future file's path into its real directory and the whole. */
static int find_file(struct opening *o, const char *path, struct lic_error *err)
{
	_cleanup_(lic_freep) char *copy = strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;
	const char *name = slash ? slash + 1 : copy;

	if (!copy)
		return no_memory(err);
	if (!*name)
		return lic_error_set(err, EISDIR, "the catalog '%s' is not a file", path);
	if (slash)
		*slash = '\0';
	o->dir = realpath(slash ? (slash == copy ? "/" : copy) : ".", NULL);
	if (!o->dir)
		return lic_error_sys(err, errno, "cannot find the directory of catalog '%s'%s",
				     path,
				     errno == ENOENT ? " (run 'licensefs scan' to make the "
						       "store's own)"
						     : "");
	if (asprintf(&o->cat->path, "%s/%s", strcmp(o->dir, "/") ? o->dir : "", name) < 0)
		return no_memory(err);
	return 0;
}

static int locate(struct opening *o, const char *store, const char *path, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	_cleanup_(lic_freep) char *own = NULL, *file = NULL;
	struct lic_buf shown = LIC_BUF_INIT(4 * PATH_MAX);
	int r = find_store(cat, store, err);

	if (r < 0)
		return r;
	if (asprintf(&own, "%s/" LIC_CATALOG_DIR, strcmp(cat->store, "/") ? cat->store : "") < 0 ||
	    asprintf(&file, "%s/" LIC_CATALOG_NAME, own) < 0)
		return no_memory(err);
	if (!path && (o->flags & LIC_CATALOG_CREATE)) {
		r = make_own_dir(own, err);
		if (r < 0)
			return r;
	}
	if (!path && access(own, F_OK) < 0 && errno == ENOENT)
		return lic_error_set(err, ENOENT,
				     "store '%s' has no catalog; run 'licensefs scan %s' first",
				     store, store);
	r = find_file(o, path ? path : file, err);
	if (r < 0)
		return r;
	o->inside = strcmp(o->dir, own) == 0;
	lic_text_show(&shown, cat->path, strlen(cat->path));
	cat->shown = lic_buf_take(&shown);
	return cat->shown ? 0 : no_memory(err);
}

/* --- may we ------------------------------------------------------------------------------- */

static int look(struct opening *o, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	struct stat st;

	if (lstat(cat->path, &st) < 0) {
		if (errno != ENOENT)
			return lic_error_sys(err, errno, "cannot look at catalog '%s'", cat->shown);
		st.st_size = 0;
	} else if (!S_ISREG(st.st_mode)) {
		return lic_error_set(err, EMEDIUMTYPE,
				     "catalog '%s' is not a regular file; name another with "
				     "--catalog FILE",
				     cat->shown);
	}
	o->present = st.st_size > 0;
	if (!o->present && !(o->flags & LIC_CATALOG_CREATE))
		return lic_error_set(err, ENOENT, "no catalog at '%s'; run 'licensefs scan' first",
				     cat->shown);
	return 0;
}

static int may_use(struct opening *o, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	struct statfs fs;
	int e = 0;

	if (o->present && eaccess(cat->path, R_OK) < 0)
		return lic_error_sys(err, errno,
				     "catalog '%s' is not readable for you (ask its owner, or name "
				     "another with --catalog FILE)",
				     cat->shown);
	if (!(o->flags & LIC_CATALOG_WRITE))
		return 0;
	if (statfs(o->dir, &fs) < 0)
		return lic_error_sys(err, errno, "cannot look at the directory of '%s'",
				     cat->shown);
	if (lic_media_is_network((int64_t)fs.f_type))
		return lic_error_set(
			err, EOPNOTSUPP,
			"catalog '%s' lies on a network filesystem, where its locks do "
			"not hold; name a place on a local disk with --catalog FILE",
			cat->shown);
	if (eaccess(o->dir, W_OK | X_OK) < 0 || (o->present && eaccess(cat->path, W_OK) < 0))
		e = errno;
	if (e == EROFS)
		return lic_error_set(err, EROFS,
				     "catalog '%s' is on read-only media; %s that can be written, "
				     "and name that with --catalog FILE",
				     cat->shown, o->present ? "copy it to a place" : "choose one");
	if (e)
		return lic_error_set(err, e,
				     "catalog '%s' and its directory are not writable for "
				     "you; run as their owner%s",
				     cat->shown,
				     o->flags & LIC_CATALOG_CREATE
					     ? ", or name another place with --catalog FILE"
					     : "");
	return 0;
}

/* On media that nobody can write a catalog is read without locks and without its log; a log that
 * holds something may hold revocations, so it must not be ignored. */
static int check_media(struct opening *o, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	_cleanup_(lic_freep) char *log = NULL;
	struct stat st;

	if (cat->writable || !lic_media_is_readonly(o->dir))
		return 0;
	if (asprintf(&log, "%s-wal", cat->path) < 0)
		return no_memory(err);
	if (stat(log, &st) == 0 && st.st_size > 0)
		return lic_error_set(
			err, EBUSY,
			"catalog '%s' is on read-only media with a write-ahead log that "
			"was not merged; run 'licensefs status' where it can be written "
			"and copy it again",
			cat->shown);
	cat->immutable = true;
	return 0;
}

/* --- is it ours --------------------------------------------------------------------------- */

static int open_file(struct lic_catalog *cat, bool create, struct lic_error *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_URI |
		    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	struct lic_buf uri = LIC_BUF_INIT(4 * PATH_MAX);
	char *name;
	int rc;

	lic_buf_adds(&uri, "file:");
	for (const char *p = cat->path; *p; p++) {
		if (strchr("?#%", *p))
			lic_buf_addf(&uri, "%%%02X", (unsigned char)*p);
		else
			lic_buf_addc(&uri, *p);
	}
	if (cat->immutable)
		lic_buf_adds(&uri, "?immutable=1");
	name = lic_buf_take(&uri);
	if (!name)
		return no_memory(err);
	flags |= cat->writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	rc = sqlite3_open_v2(name, &cat->db, flags | (create ? SQLITE_OPEN_CREATE : 0), NULL);
	free(name);
	return rc == SQLITE_OK ? 0 : lic_catalog_fail(cat, rc, err);
}

/*
 * Is the file a catalog? Looks at the raw header, through SQLite's own descriptor: closing another
 * one would drop the locks that this process holds on the file. Nothing is changed so far, not even
 * by a rollback of somebody else's journal. A header of zeros is what a kill during the making of
 * a catalog may leave.
 */
static int check_header(struct lic_catalog *cat, struct lic_error *err)
{
	static const uint8_t zero[100];
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;
	uint8_t h[100];
	uint32_t id;
	int rc = sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_FILE_POINTER, &f);

	if (rc == SQLITE_OK)
		rc = f->pMethods->xFileSize(f, &size);
	if (rc == SQLITE_OK && size == 0)
		return 0;
	if (rc == SQLITE_OK && size >= (int)sizeof(h))
		rc = f->pMethods->xRead(f, h, sizeof(h), 0);
	if (rc != SQLITE_OK)
		return lic_catalog_fail(cat, rc, err);
	if (size >= (int)sizeof(h) && memcmp(h, zero, sizeof(h)) == 0)
		return 0;
	id = size < (int)sizeof(h)
		     ? 0
		     : (uint32_t)h[68] << 24 | (uint32_t)h[69] << 16 | (uint32_t)h[70] << 8 | h[71];
	/* SQLite 3 file format, 1.3: magic at 0, application id at 68 */
	if (size < (int)sizeof(h) || memcmp(h, "SQLite format 3", 16) != 0 ||
	    id != LIC_CATALOG_APPLICATION_ID)
		return lic_error_set(err, EMEDIUMTYPE,
				     "'%s' is not a licensefs catalog and was not touched; name "
				     "another file with --catalog FILE",
				     cat->shown);
	return 0;
}

/* Why a read-only connection to a sound file could not begin. */
static int explain_read_failure(struct opening *o, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	_cleanup_(lic_freep) char *journal = NULL;
	int code = err && err->code ? err->code : EIO;
	struct stat st;

	/* Only the making of a catalog uses a rollback journal; a reader cannot roll it back */
	if (!cat->writable && code != ENOMEM && asprintf(&journal, "%s-journal", cat->path) > 0 &&
	    stat(journal, &st) == 0 && st.st_size > 0)
		return lic_error_set(
			err, ENOENT,
			"the making of catalog '%s' was cut short; run 'licensefs scan' "
			"again",
			cat->shown);
	if (cat->writable || cat->immutable ||
	    (code != EROFS && code != EACCES && code != ENOENT) || eaccess(o->dir, W_OK) == 0)
		return -code;
	return lic_error_set(err, EACCES,
			     "catalog '%s' cannot be read beside its write-ahead log, because you "
			     "may not write in its directory; let its owner run 'licensefs status' "
			     "once, or keep a mount of it running",
			     cat->shown);
}

static int check_version(struct opening *o, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	int64_t id = 0, version = 0;
	int r = lic_catalog_number(cat, "PRAGMA application_id", 0, &id, err);

	if (r == 0)
		r = lic_catalog_number(cat, "PRAGMA user_version", 0, &version, err);
	if (r < 0)
		return explain_read_failure(o, err);
	if (id == 0 && version == 0) { /* empty, or what was half made is rolled back now */
		if (o->flags & LIC_CATALOG_CREATE)
			return lic_catalog_migrate(cat, err);
		return lic_error_set(err, ENOENT, "no catalog at '%s'; run 'licensefs scan' first",
				     cat->shown);
	}
	if (version > LIC_CATALOG_SCHEMA)
		return lic_error_set(
			err, EPROTO,
			"catalog '%s' was made by a newer licensefs (schema %lld, this "
			"one knows %d); update licensefs",
			cat->shown, (long long)version, LIC_CATALOG_SCHEMA);
	if (version == LIC_CATALOG_SCHEMA)
		return 0;
	if (version < 1)
		return lic_catalog_damaged(cat, err, "it has no schema number");
	if (cat->writable)
		return lic_catalog_migrate(cat, err);
	return lic_error_set(
		err, EPROTO,
		"catalog '%s' has the older schema %lld; run 'licensefs scan' to bring it "
		"to %d",
		cat->shown, (long long)version, LIC_CATALOG_SCHEMA);
}

/* --- is it this store's ------------------------------------------------------------------- */

static int check_store(struct opening *o, bool *ret_moved, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	_cleanup_(lic_buf_release) struct lic_buf store = LIC_BUF_INIT(64 * 1024);
	_cleanup_(lic_buf_release) struct lic_buf uuid = LIC_BUF_INIT(16);
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(1 << 20);
	int r = lic_meta_get(cat, "store", &store, err);

	if (r == 0)
		r = lic_meta_get(cat, "uuid", &uuid, err);
	if (r == -ENOENT || (r == 0 && uuid.len != sizeof(cat->uuid)))
		return lic_catalog_damaged(cat, err, "it does not say whose it is");
	if (r < 0)
		return r;
	memcpy(cat->uuid, uuid.data, sizeof(cat->uuid));
	*ret_moved = strcmp(lic_buf_str(&store), cat->store) != 0;
	if (!*ret_moved || o->inside)
		return 0;
	lic_text_show(&shown, store.data, store.len);
	return lic_error_set(err, EXDEV,
			     "catalog '%s' belongs to the store '%s'; give that one, or another "
			     "catalog with --catalog FILE",
			     cat->shown, lic_buf_str(&shown));
}

/* Writes down where the store is now, and judges again what was judged by other facts. */
static int bring_up_to_date(struct lic_catalog *cat, bool moved, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf old = LIC_BUF_INIT(4096);
	_cleanup_(lic_buf_release) struct lic_buf now = LIC_BUF_INIT(4096);
	struct lic_txn *txn = NULL;
	int64_t changed;
	bool same;
	int r = lic_meta_get(cat, "facts", &old, err);

	if (r < 0 && r != -ENOENT)
		return r;
	r = lic_meta_facts(&now, err);
	if (r < 0)
		return r;
	same = strcmp(lic_buf_str(&old), lic_buf_str(&now)) == 0;
	if (same && !moved)
		return 0;
	r = lic_catalog_begin(cat, "open", &txn, err);
	if (r < 0)
		return r;
	txn->dirty = true;
	if (moved)
		r = lic_meta_set(cat, "store", cat->store, strlen(cat->store), err);
	if (r == 0 && !same)
		r = lic_row_keys_rebuild(txn, err);
	if (r == 0 && !same)
		r = lic_rejudge_all(txn, &changed, err);
	if (r == 0 && !same)
		r = lic_query_run(cat, LIC_STMT_META_SET, err, "tt", "facts", lic_buf_str(&now));
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, err);
}

static int open_steps(struct opening *o, const char *store, const char *path, struct lic_error *err)
{
	struct lic_catalog *cat = o->cat;
	bool moved = false;
	int r = locate(o, store, path, err);

	if (r == 0)
		r = look(o, err);
	if (r == 0)
		r = may_use(o, err);
	if (r == 0)
		r = check_media(o, err);
	if (r == 0)
		r = open_file(cat, o->flags & LIC_CATALOG_CREATE, err);
	if (r == 0)
		r = check_header(cat, err);
	if (r < 0)
		return r;
	/* SQLite falls back to reading by itself */
	if (cat->writable && sqlite3_db_readonly(cat->db, "main") == 1)
		return lic_catalog_fail(cat, SQLITE_READONLY, err);
	sqlite3_busy_timeout(cat->db, LIC_CATALOG_BUSY_MS);
	r = check_version(o, err);
	if (r == 0)
		r = lic_schema_check(cat, err);
	if (r == 0)
		r = lic_pragmas_set(cat, err);
	if (r == 0)
		r = check_store(o, &moved, err);
	if (r == 0 && cat->writable)
		r = bring_up_to_date(cat, moved, err);
	/* A kill, or a reader, came in between: now, or by the next one */
	if (r == 0 && cat->writable)
		(void)!lic_catalog_scrub(cat, NULL);
	return r;
}

int lic_catalog_open(const char *store, const char *path, unsigned flags, struct lic_catalog **ret,
		     struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT; /* the steps read what went wrong before them */
	struct opening o = { .flags = flags };
	int r;

	if (!err)
		err = &own;
	if ((flags & LIC_CATALOG_CREATE) && !(flags & LIC_CATALOG_WRITE))
		return lic_error_set(err, EINVAL, "a catalog can be made only for writing");
	o.cat = calloc(1, sizeof(*o.cat));
	if (!o.cat)
		return no_memory(err);
	o.cat->writable = flags & LIC_CATALOG_WRITE;
	o.cat->hasher = lic_hasher_new();
	r = o.cat->hasher ? open_steps(&o, store, path, err) : no_memory(err);
	free(o.dir);
	if (r < 0) {
		lic_catalog_close(o.cat);
		return r;
	}
	*ret = o.cat;
	return 0;
}

void lic_catalog_close(struct lic_catalog *cat)
{
	if (!cat)
		return;
	lic_catalog_abort(cat->txn);
	if (cat->scrub_due)
		(void)!lic_catalog_scrub(cat, NULL);
	lic_queries_release(cat);
	sqlite3_close(cat->db);
	lic_rights_cache_release(&cat->rights);
	lic_map_release(&cat->statements);
	lic_joins_free(cat->joins);
	lic_revoked_forget(cat);
	lic_seal_forget(cat);
	lic_hasher_free(cat->hasher);
	lic_parses_free(cat->parses);
	lic_own_free(cat->own);
	if (cat->force)
		lic_force_release(cat->force);
	free(cat->force);
	free(cat->path);
	free(cat->shown);
	free(cat->store);
	free(cat);
}

const char *lic_catalog_path(const struct lic_catalog *cat)
{
	return cat->path;
}

bool lic_catalog_immutable(const struct lic_catalog *cat)
{
	return cat->immutable;
}
