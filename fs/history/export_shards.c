/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebDataset: samples in tar archives.
 *
 * In which shard a sample lies follows from the snapshot alone, by the sizes of all its members in
 * the order of ids, whatever was left out: what is taken down changes one shard, and no other one.
 * An archive of the store is a shard of its own, filtered. What belongs to no image lies in files/.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <licensefs/document.h>

#include "fs/history/export_shards.h"
#include "fs/history/export_tar.h"
#include "fs/util/io.h"

#define SHARD_SIZE (UINT64_C(1) << 30)
#define HEADS (4u * LIC_TAR_BLOCK) /* of an image, and what is said of it, about */
#define FILES "files/"
#define LICENSE "license.json"

/* Names without what shells and brace patterns take apart. */
static void set_prefix(struct lic_shards *s, const char *name)
{
	size_t n = 0;

	for (; *name && n < sizeof(s->prefix) - 1; name++) {
		bool plain = (*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'Z') ||
			     (*name >= 'a' && *name <= 'z') || (*name == '.' && n) ||
			     *name == '_' || (*name == '-' && n);

		s->prefix[n++] = plain ? *name : '_';
	}
	s->prefix[n] = 0;
}

static int shards_begin(struct lic_export *x)
{
	struct lic_shards *s = calloc(1, sizeof(*s));

	if (!s)
		return lic_export_no_memory(x);
	s->fd = -1;
	s->name = s->key = s->path = (struct lic_buf)LIC_BUF_INIT(4u << 20);
	s->head = (struct lic_buf)LIC_BUF_INIT(16u << 20);
	set_prefix(s, x->info->name);
	x->files->own = s;
	return lic_samples_find(&s->samples, x);
}

static void shards_end(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);

	if (!s)
		return;
	lic_closep(&s->fd);
	lic_samples_release(&s->samples);
	lic_buf_release(&s->name);
	lic_buf_release(&s->key);
	lic_buf_release(&s->path);
	lic_buf_release(&s->head);
	free(s->bad);
	free(s);
}

/* --- which shard ----------------------------------------------------------------------------- */

static int is_archive(struct lic_export *x, int64_t id, bool *ret)
{
	struct lic_document d;
	int r = lic_catalog_document(x->cat, id, &d, x->err);

	*ret = r == 0 && d.format == LIC_DOCUMENT_TAR;
	return r == -ENOENT ? 0 : r;
}

static void next_shard(struct lic_shards *s)
{
	s->shard += s->planned != 0;
	s->planned = 0;
	s->alone = false;
}

static int plan(struct lic_export *x, const struct lic_then *t)
{
	const uint64_t limit = x->q->shard_size ? x->q->shard_size : SHARD_SIZE;
	struct lic_shards *s = lic_shards_of(x);
	uint64_t size = t->m.e.st.size + HEADS;
	const struct lic_sample_part *part;
	bool archive = false;
	size_t n;
	int r = 0;

	if (t->m.e.kind == LIC_KIND_DOCUMENT)
		r = is_archive(x, t->m.e.id, &archive);
	if (r < 0 || t->in_archive || (t->m.e.kind != LIC_KIND_IMAGE && !archive))
		return r;
	part = lic_samples_of(&s->samples, t->m.e.id, &n);
	for (size_t i = 0; i < n; i++)
		size += part[i].size + LIC_TAR_BLOCK;
	if (s->alone || archive || s->planned + size > limit)
		next_shard(s);
	s->planned += size;
	s->alone = archive;
	return archive || lic_samples_key(&s->samples, t, &s->key) == 0 ? 0
									: lic_export_no_memory(x);
}

/* --- writing --------------------------------------------------------------------------------- */

static int put(struct lic_export *x, _unused_ void *ctx, const void *p, size_t n)
{
	return lic_shard_add(x, p, n);
}

/* Adds one file under the key, with the extension that `path` has by now: 1; 0: it cannot be had.
 */
static int add_file(struct lic_export *x, const struct lic_then *t, uint64_t *ret_state,
		    int64_t *ret_mtime)
{
	struct lic_serving *serving = x->q->serving;
	struct lic_shards *s = lic_shards_of(x);
	const uint64_t at = s->at;
	struct lic_served f;
	int r = serving->open(serving, t->m.e.id, &f);

	if (r < 0)
		return r == -ENOMEM || r == -EMFILE || r == -ENFILE
			       ? lic_error_sys(x->err, -r, "cannot read files of the store")
			       : 0;
	*ret_state = f.state;
	*ret_mtime = f.mtime;
	lic_tar_header(&s->head, s->path.data, s->path.len, f.size, f.mtime / 1000000000);
	r = lic_buf_failed(&s->path) ? lic_export_no_memory(x) : lic_shard_head(x);
	if (r == 0 && lic_shard_pass(x, t, f.size))
		r = 1;
	else if (r == 0)
		r = lic_export_bytes(x, t, &f, put, NULL);
	if (serving->done(serving, &f) < 0 && r == 1)
		r = 0;
	if (r == 1) {
		lic_tar_pad(&s->head, f.size);
		r = lic_shard_head(x);
		return r < 0 ? r : 1;
	}
	return r < 0 ? r : lic_shard_cut(x, at);
}

static void name_member(struct lic_shards *s)
{
	lic_buf_reset(&s->path);
	lic_buf_add(&s->path, s->key.data, s->key.len);
}

/* What is said of the image: its line of the manifest. */
static int add_license(struct lic_export *x, const struct lic_export_member *m, int64_t mtime)
{
	struct lic_shards *s = lic_shards_of(x);
	int r;

	lic_buf_reset(&x->out);
	x->json.need_comma = false;
	lic_export_manifest.member(x, m);
	name_member(s);
	lic_buf_adds(&s->path, LICENSE);
	lic_tar_header(&s->head, s->path.data, s->path.len, x->out.len, mtime / 1000000000);
	lic_buf_add(&s->head, x->out.data, x->out.len);
	lic_tar_pad(&s->head, x->out.len);
	r = lic_buf_failed(&x->out) || lic_buf_failed(&s->path) ? lic_export_no_memory(x)
								: lic_shard_head(x);
	lic_buf_reset(&x->out);
	return r;
}

/* One that was recalled; its path is in *path. */
static int recall(struct lic_export *x, int64_t id, struct lic_buf *path, struct lic_then *t)
{
	int r = lic_snapshot_by_id(x->s, id, &t->m, x->err);

	lic_buf_reset(path);
	if (r == 0)
		r = lic_snapshot_path(x->s, id, path, x->err);
	if (r == 0 && lic_buf_failed(path))
		r = lic_export_no_memory(x);
	t->path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(path), path->len };
	return r;
}

static struct lic_export_placed *find_placed(struct lic_export *x, int64_t id);

/* A companion of the image, if it can be had. */
static int add_part(struct lic_export *x, const struct lic_export_member *m, int64_t id,
		    struct lic_buf *path)
{
	struct lic_shards *s = lic_shards_of(x);
	struct lic_then t = { .rights = 0 };
	struct lic_export_placed *p = s->again ? find_placed(x, id) : NULL;
	enum lic_sight sight;
	uint64_t state;
	int64_t mtime;
	int r = recall(x, id, path, &t);

	if (r == 0)
		r = lic_filter_sight(x->filter, &t.m, &sight, x->err);
	if (r < 0 || sight != LIC_SIGHT_WHOLE || (s->again && !p))
		return r == -ENOENT ? 0 : r;
	name_member(s);
	lic_sample_companion(&s->path, &m->path, &t);
	r = add_file(x, &t, &state, &mtime);
	if (r < 0)
		return r;
	if (s->again) {
		if (r == 0)
			p->state = UINT64_MAX;
		return 0;
	}
	if (r == 0)
		return 0;
	x->result->files++;
	return lic_export_note(x, &t, state, s->shard, false);
}

/* All of a sample: 1; 0: its image cannot be had, and nothing of it is there. */
static int add_sample(struct lic_export *x, const struct lic_export_member *m, uint64_t *ret_state)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_shards *s = lic_shards_of(x);
	const struct lic_sample_part *part;
	int64_t mtime = 0;
	size_t n;
	int r = lic_shard_open(x, s->shard);

	if (r == 0) {
		name_member(s);
		lic_sample_extension(&s->path, m->t);
		r = add_file(x, m->t, ret_state, &mtime);
	}
	if (r != 1)
		return r;
	r = add_license(x, m, mtime);
	part = lic_samples_of(&s->samples, m->t->m.e.id, &n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_part(x, m, part[i].companion, &path);
	lic_buf_release(&path);
	return r < 0 ? r : 1;
}

/* --- members --------------------------------------------------------------------------------- */

static int make_dirs(struct lic_export *x, char *path)
{
	int r = 0;

	for (char *p = strchr(path, '/'); r == 0 && p; p = strchr(p + 1, '/')) {
		*p = 0;
		if (!lic_site_has(&x->files->site, path))
			r = lic_site_dir(&x->files->site, path, 0777, x->err);
		*p = '/';
	}
	return r;
}

/* What is no sample: an archive is a shard, all else lies in files/. */
static int place(struct lic_export *x, const struct lic_then *t, uint32_t *group,
		 uint64_t *ret_state)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_shards *s = lic_shards_of(x);
	bool archive = false;
	int r = 0;

	if (t->m.e.kind == LIC_KIND_DOCUMENT)
		r = is_archive(x, t->m.e.id, &archive);
	if (archive)
		lic_buf_adds(&path, lic_shard_name(s, *group));
	else
		lic_buf_addf(&path, "%s", FILES);
	if (!archive)
		lic_buf_add(&path, t->path.p, t->path.n);
	(void)lic_buf_str(&path);
	if (r == 0 && lic_buf_failed(&path))
		r = lic_export_no_memory(x);
	if (r == 0)
		r = make_dirs(x, path.data);
	if (r == 0)
		r = lic_export_place(x, t, lic_buf_str(&path), ret_state);
	lic_buf_release(&path);
	return r;
}

static int shards_file(struct lic_export *x, const struct lic_export_member *m)
{
	const bool image = m->t->m.e.kind == LIC_KIND_IMAGE;
	struct lic_shards *s = lic_shards_of(x);
	uint64_t state = 0;
	int r = 1;

	if (lic_samples_owns(&s->samples, m->t->m.e.id))
		return LIC_EXPORT_ELSEWHERE;
	if (!image)
		r = place(x, m->t, &s->shard, &state);
	else if (!m->t->in_archive)
		r = add_sample(x, m, &state);
	if (r == 0 && image)
		return lic_export_leave_refused(x, m->t, -ESTALE);
	if (r != 1)
		return r;
	r = lic_export_note(x, m->t, state, s->shard, image);
	return r < 0 ? r : 1;
}

/* --- again ----------------------------------------------------------------------------------- */

static int shards_drop(struct lic_export *x, struct lic_export_placed *p, const struct lic_then *t,
		       bool again)
{
	struct lic_shards *s = lic_shards_of(x);
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	bool archive = false;
	int r = 0;

	if (p->inside)
		return 0;
	if (t->m.e.kind == LIC_KIND_IMAGE || lic_samples_owns(&s->samples, p->id)) {
		if (!s->bad)
			s->bad = calloc(s->shard / 8 + 1, 1);
		if (!s->bad)
			return lic_export_no_memory(x);
		s->bad[p->group / 8] |= (uint8_t)(1u << p->group % 8);
		return 0;
	}
	if (t->m.e.kind == LIC_KIND_DOCUMENT)
		r = is_archive(x, p->id, &archive);
	if (archive) {
		lic_buf_adds(&path, lic_shard_name(s, p->group));
	} else {
		lic_buf_adds(&path, FILES);
		lic_buf_add(&path, t->path.p, t->path.n);
	}
	if (r == 0)
		r = lic_site_unlink(&x->files->site, lic_buf_str(&path), x->err);
	lic_buf_release(&path);
	return r == 0 && again ? place(x, t, &p->group, &p->state) : r;
}

static int by_id(const void *a, const void *b)
{
	const struct lic_export_placed *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct lic_export_placed *find_placed(struct lic_export *x, int64_t id)
{
	const struct lic_export_placed key = { .id = id };

	return x->files->n ? bsearch(&key, x->files->placed, x->files->n, sizeof(*x->files->placed),
				     by_id)
			   : NULL;
}

static int write_again(void *ctx, const struct lic_then *t)
{
	struct lic_export *x = ctx;
	struct lic_shards *s = lic_shards_of(x);
	struct lic_export_member m = { .t = t, .path = t->path };
	struct lic_export_placed *p;
	uint64_t state = 0;
	int r;

	if (t->m.e.kind == LIC_KIND_DIR)
		return 0;
	r = plan(x, t);
	if (r < 0 || t->in_archive || t->m.e.kind != LIC_KIND_IMAGE ||
	    !(s->bad[s->shard / 8] & 1u << s->shard % 8))
		return r;
	p = find_placed(x, t->m.e.id);
	if (!p)
		return 0;
	r = lic_export_know(x, &m);
	if (r == 0)
		r = add_sample(x, &m, &state);
	lic_credit_release(&m.credit);
	if (r == 0)
		p->state = UINT64_MAX;
	return r < 0 ? r : 0;
}

/* Of the shards that are to be made anew; 1: something else was found to be gone. */
static int make_again(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);
	const uint32_t shards = s->shard;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i <= shards; i++)
		if (s->bad[i / 8] & 1u << i % 8)
			r = lic_site_unlink(&x->files->site, lic_shard_name(s, i), x->err);
	qsort(x->files->placed, x->files->n, sizeof(*x->files->placed), by_id);
	lic_samples_restart(&s->samples);
	s->shard = 0;
	s->planned = 0;
	s->alone = false;
	s->again = true;
	if (r == 0)
		r = lic_snapshot_each(x->s, write_again, x, x->err);
	if (r == 0)
		r = lic_shard_close(x);
	s->again = false;
	free(s->bad);
	s->bad = NULL;
	for (size_t i = 0; r == 0 && i < x->files->n; i++)
		if (x->files->placed[i].state == UINT64_MAX)
			return 1;
	return r;
}

/* Shards of which all was left out are there, too, and empty: their numbers have no gaps. */
static int fill_gaps(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);
	const uint32_t n = s->shard + (s->planned != 0);
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < n; i++) {
		if (lic_site_has(&x->files->site, lic_shard_name(s, i)))
			continue;
		r = lic_shard_open(x, i);
		if (r == 0)
			r = lic_shard_close(x);
	}
	x->result->shards = n;
	return r;
}

/* Tells of a companion that is not there, if it is shown. */
static int leave_part(struct lic_export *x, struct lic_sample_part *part)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_then t = { .rights = 0 };
	enum lic_sight sight = LIC_SIGHT_NONE;
	int r = recall(x, part->companion, &path, &t);

	if (r == 0)
		r = lic_filter_sight(x->filter, &t.m, &sight, x->err);
	/* else that was told in its turn */
	if (r == 0 && sight == LIC_SIGHT_WHOLE && !part->told)
		r = lic_export_leave(x, &t, LIC_LEFT_CHANGED);
	part->told = true;
	lic_buf_release(&path);
	return r;
}

/* A companion without its image is in no sample. */
static int settle_parts(struct lic_export *x)
{
	struct lic_export_files *f = x->files;
	struct lic_shards *s = lic_shards_of(x);
	size_t kept = 0;
	int r = 0;

	if (f->n)
		qsort(f->placed, f->n, sizeof(*f->placed), by_id);
	for (size_t i = 0; r == 0 && i < s->samples.n; i++) {
		struct lic_sample_part *part = &s->samples.part[i];
		struct lic_export_placed *p = find_placed(x, part->companion);

		if (p && find_placed(x, part->image))
			continue;
		if (p) {
			p->group = UINT32_MAX;
			x->result->files--;
		}
		r = leave_part(x, part);
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->placed[i].group != UINT32_MAX)
			f->placed[kept++] = f->placed[i];
	f->n = kept;
	return r;
}

static int shards_finish(struct lic_export *x)
{
	struct lic_shards *s = lic_shards_of(x);
	int r = lic_shard_close(x);

	if (r == 0 && s->bad)
		r = make_again(x);
	if (r == 0)
		r = settle_parts(x);
	return r == 0 ? fill_gaps(x) : r;
}

static const struct lic_export_maker maker = {
	.begin = shards_begin,
	.plan = plan,
	.file = shards_file,
	.drop = shards_drop,
	.finish = shards_finish,
	.end = shards_end,
};

const struct lic_export_format lic_export_shards = {
	.name = "webdataset",
	.summary = "the images in tar archives of samples, each with its license",
	.maker = &maker,
};
