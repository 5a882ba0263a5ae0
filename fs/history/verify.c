/* SPDX-License-Identifier: Apache-2.0 */
/* Does the store still hold what a snapshot has? */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include <licensefs/catalog_documents.h>

#include "fs/history/reading.h"

const char *lic_finding_name(enum lic_finding_kind k)
{
	static const char *const name[LIC_FINDING_KINDS] = { "digest",	"gone",	  "changed",
							     "content", "hidden", "unread" };

	return (unsigned)k < LIC_FINDING_KINDS ? name[k] : "";
}

struct verifying {
	struct lic_catalog *cat;
	struct lic_snapshot *s;
	const struct lic_verify_request *q;
	struct lic_verify_result *result;
	struct lic_file_reader reader;
	struct lic_snapshot_progress progress;
	int64_t *id; /* of members that are no directories, n of them */
	size_t n, cap;
	int64_t now;
	int64_t dir; /* whose path begins `path`, 0: none */
	size_t dir_len;
	struct lic_buf path, why;
	struct lic_error *err;
};

static void verifying_release(struct verifying *v)
{
	lic_file_reader_release(&v->reader);
	free(v->id);
	lic_buf_release(&v->path);
	lic_buf_release(&v->why);
}

/* 1 where a signal, or whoever asks, stops it. */
static int step(struct verifying *v)
{
	return v->q->progress ? v->q->progress(v->q->ctx, &v->progress) : 0;
}

static int find(struct verifying *v, enum lic_finding_kind kind, enum lic_kind entry,
		const char *why)
{
	struct lic_finding f = {
		.kind = kind,
		.entry = entry,
		.path = { (const uint8_t *)lic_buf_str(&v->path), v->path.len },
		.why = why,
	};

	v->result->findings++;
	return v->q->finding(v->q->ctx, &f);
}

/* --- members of then ------------------------------------------------------------------------ */

static int gather(void *ctx, const struct lic_then *t)
{
	struct verifying *v = ctx;

	if (t->m.e.kind == LIC_KIND_DIR)
		return 0;
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 4096;
		void *p = reallocarray(v->id, cap, sizeof(*v->id));

		if (!p)
			return lic_error_set(v->err, ENOMEM, "out of memory for a snapshot");
		v->id = p;
		v->cap = cap;
	}
	v->id[v->n++] = t->m.e.id;
	if (v->q->content && !t->in_archive)
		v->progress.bytes_all += t->m.e.st.size;
	return 0;
}

/* The path of a member, below the directory that is remembered from the last one. */
static int set_path(struct verifying *v, const struct lic_snapshot_entry *m, const uint8_t *name)
{
	int r = 0;

	if (v->dir != m->e.parent) {
		v->dir = 0;
		lic_buf_reset(&v->path);
		r = lic_snapshot_path(v->s, m->e.parent, &v->path, v->err);
		if (r < 0)
			return r;
		if (v->path.len)
			lic_buf_addc(&v->path, '/');
		v->dir = m->e.parent;
		v->dir_len = v->path.len;
	}
	lic_buf_truncate(&v->path, v->dir_len);
	lic_buf_add(&v->path, name, m->e.name.n);
	if (lic_buf_failed(&v->path)) {
		v->dir = 0;
		return lic_error_set(v->err, ENAMETOOLONG, "the path of entry %lld is too long",
				     (long long)m->e.id);
	}
	return 0;
}

/* --- what has become of one ----------------------------------------------------------------- */

static int look_elsewhere(void *ctx, const struct lic_entry *e)
{
	struct verifying *v = ctx;
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(16u << 20);
	int r = lic_catalog_entry_path(v->cat, e->id, &path, v->err);

	if (r < 0)
		return r;
	lic_buf_adds(&v->why, "its bytes lie now at ");
	lic_text_quote(&v->why, lic_buf_str(&path), path.len);
	return 1;
}

/* What lies there now, by what the catalog knows of it. */
static const char *another(const struct lic_snapshot_entry *m, const struct lic_entry *now)
{
	if (now->kind != m->e.kind || now->st.size != m->e.st.size)
		return "something else lies there now";
	if (m->e.kind != LIC_KIND_IMAGE)
		return "its times changed: the bytes may have, too";
	return memcmp(&m->e.hash, &now->hash, sizeof(now->hash)) == 0
		       ? "it was away meanwhile, and is another entry now"
		       : "other bytes lie there now";
}

/* Its row has ended: the catalog knows what is there now. */
static int find_ended(struct verifying *v, const struct lic_snapshot_entry *m)
{
	struct lic_entry now;
	enum lic_kind kind = m->e.kind;
	struct lic_hash hash = m->e.hash;
	int r = lic_catalog_by_path(v->cat, lic_buf_str(&v->path), v->path.len, &now, v->err);

	if (r == 0)
		return find(v, LIC_FINDING_CHANGED, kind, another(m, &now));
	if (r != -ENOENT)
		return r;
	lic_buf_reset(&v->why);
	if (kind == LIC_KIND_IMAGE)
		r = lic_catalog_by_hash(v->cat, &hash, look_elsewhere, v, v->err);
	if (r < 0 && r != -ENOENT)
		return r;
	return find(v, LIC_FINDING_GONE, kind,
		    v->why.len ? lic_buf_str(&v->why) : "it is gone from the store");
}

static int find_by_look(struct verifying *v, enum lic_kind kind, const struct lic_file_look *l)
{
	switch (l->state) {
	case LIC_FILE_SAME:
		return 0;
	case LIC_FILE_GONE:
		return find(v, LIC_FINDING_GONE, kind, "there is no such file");
	case LIC_FILE_DIFFERS:
		return find(v, LIC_FINDING_CHANGED, kind,
			    "size, times or place differ from what was judged");
	case LIC_FILE_OTHER:
		return find(v, LIC_FINDING_CONTENT, kind, "other bytes");
	case LIC_FILE_MOVING:
		return find(v, LIC_FINDING_CHANGED, kind, "it changed while it was read");
	case LIC_FILE_UNREAD:
		return find(v, LIC_FINDING_UNREAD, kind, strerror(l->code));
	}
	return 0;
}

/* Compares the file of a live row, and its SHA-256 where the snapshot has it. */
static int look_at_file(struct verifying *v, const struct lic_entry *e)
{
	uint8_t sum[32];
	bool summed = lic_snapshot_info(v->s)->sha256;
	struct lic_file_look l = {
		.path = lic_buf_str(&v->path), .e = e, .content = v->q->content, .sum = summed
	};
	int r = lic_file_look(&v->reader, &l);

	if (r != 0)
		return r;
	v->result->files++;
	if (l.state == LIC_FILE_SAME && l.was_read && summed) {
		r = lic_catalog_content(v->cat, e->id, sum, v->err);
		if (r < 0 && r != -ENOENT)
			return r;
		if (r == -ENOENT || memcmp(sum, l.sha256, sizeof(sum)) != 0)
			return find(v, LIC_FINDING_CONTENT, e->kind, "other bytes (SHA-256)");
	}
	return find_by_look(v, e->kind, &l);
}

static int look_at_member(struct verifying *v, const struct lic_snapshot_entry *m, bool in_archive)
{
	enum lic_member_state state;
	int r = lic_snapshot_state(v->s, m, v->now, &state, v->err);

	if (r < 0)
		return r;
	if (state == LIC_MEMBER_REVOKED) {
		v->result->revoked++;
		return 0;
	}
	if (m->died)
		return find_ended(v, m);
	if (m->e.kind == LIC_KIND_HIDDEN)
		return find(v, LIC_FINDING_HIDDEN, m->e.kind, lic_rule_text(m->e.rule));
	if (in_archive) {
		v->result->files++;
		return state == LIC_MEMBER_STALE
			       ? find(v, LIC_FINDING_CHANGED, m->e.kind, "its archive has changed")
			       : 0;
	}
	return look_at_file(v, &m->e);
}

static int look_at(struct verifying *v, int64_t id)
{
	uint8_t name[NAME_MAX];
	struct lic_snapshot_entry m, dir;
	int r = lic_snapshot_by_id(v->s, id, &m, v->err);

	if (r < 0)
		return r;
	memcpy(name, m.e.name.p, m.e.name.n);
	r = set_path(v, &m, name);
	if (r == 0)
		r = lic_snapshot_by_id(v->s, m.e.parent, &dir, v->err);
	m.e.name.p = name;
	return r < 0 ? r : look_at_member(v, &m, dir.e.kind != LIC_KIND_DIR);
}

static int look_at_all(struct verifying *v)
{
	int r = 0;

	v->progress.all = (int64_t)v->n;
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		r = look_at(v, v->id[i]);
		v->progress.done++;
		/* snapshots that are removed meanwhile have no members any more */
		if (r == -ENOENT)
			r = lic_error_set(v->err, ENOENT, "the snapshot was removed meanwhile");
		if (r == 0 && i % 64 == 0)
			r = step(v);
	}
	return r;
}

/* --- the digest ----------------------------------------------------------------------------- */

static int count_done(void *ctx, int64_t done)
{
	struct verifying *v = ctx;
	struct lic_snapshot_progress p = { .done = done };

	return v->q->progress ? v->q->progress(v->q->ctx, &p) : 0;
}

static int check_digest(struct verifying *v)
{
	uint8_t digest[32];
	int r = lic_snapshot_digest(v->s, count_done, v, digest, v->err);

	if (r != 0 || memcmp(digest, lic_snapshot_info(v->s)->digest, sizeof(digest)) == 0)
		return r;
	return find(
		v, LIC_FINDING_DIGEST, LIC_KIND_NONE,
		"the catalog does not give the digest that was recorded: something was altered");
}

static int has_read(void *ctx, uint64_t bytes)
{
	struct verifying *v = ctx;

	v->progress.bytes += bytes;
	v->result->bytes += bytes;
	return step(v);
}

int lic_snapshot_verify(struct lic_catalog *cat, struct lic_snapshot *s,
			const struct lic_verify_request *request, struct lic_verify_result *ret,
			struct lic_error *err)
{
	struct verifying v = {
		.cat = cat,
		.s = s,
		.q = request,
		.result = ret,
		.reader = { .root = -1 },
		.now = (int64_t)time(NULL),
		.path = LIC_BUF_INIT(16u << 20),
		.why = LIC_BUF_INIT(16u << 20),
		.err = err,
	};
	int r;

	*ret = (struct lic_verify_result){ .files = 0 };
	r = lic_file_reader_init(&v.reader, request->store, err);
	v.reader.read = has_read;
	v.reader.ctx = &v;
	if (r == 0)
		r = check_digest(&v);
	if (r == 0)
		r = lic_snapshot_each(s, gather, &v, err);
	if (r == 0)
		r = look_at_all(&v);
	verifying_release(&v);
	return r;
}
