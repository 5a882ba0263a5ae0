/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers what is known about one path. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "documents.h"
#include "explain.h"
#include "output.h"

#define TEXT_MAX (1u << 20)

static int64_t ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The file that holds the entry: of a member its archive. */
static int load_file(const struct explanation *x, struct lic_catalog *cat, struct lic_buf *path,
		     struct lic_stat *judged, struct lic_error *err)
{
	struct lic_entry parent = { 0 };
	int r = 0;

	*judged = x->image.entry.st;
	lic_buf_adds(path, lic_buf_str(&x->image.path));
	if (x->image.entry.kind != LIC_KIND_IMAGE)
		return 0;
	r = lic_catalog_by_id(cat, x->image.entry.parent, &parent, err);
	if (r < 0 || parent.kind != LIC_KIND_DOCUMENT)
		return r == -ENOENT ? 0 : r;
	*judged = parent.st;
	lic_buf_truncate(path, path->len - x->image.entry.name.n - 1);
	return 0;
}

/* The same question that the mount asks before it serves a byte [I9]. */
static int look_at_file(struct explanation *x, const struct store *store, struct lic_error *err)
{
	struct lic_buf file = LIC_BUF_INIT(TEXT_MAX), path = LIC_BUF_INIT(TEXT_MAX);
	struct lic_stat judged;
	struct stat st;
	int r = load_file(x, store->cat, &file, &judged, err);

	lic_buf_addf(&path, "%s/%s", store->path, lic_buf_str(&file));
	x->exists = lstat(lic_buf_str(&path), &st) == 0;
	lic_buf_release(&path);
	lic_buf_release(&file);
	if (r < 0 || !x->image.entry.id || x->image.entry.kind == LIC_KIND_DIR)
		return r;
	x->changed = !x->exists || judged.size != (uint64_t)st.st_size ||
		     judged.mtime != ns(st.st_mtim) || judged.ctime != ns(st.st_ctim) ||
		     judged.ino != st.st_ino;
	return 0;
}

static int load_claims(struct explanation *x, const struct store *store, struct lic_error *err)
{
	struct lic_catalog *cat = store->cat;
	struct lic_policy policy;
	struct lic_rights rights;
	struct lic_credit credit = { 0 };
	int r = lic_catalog_claims(cat, x->image.entry.id, &x->claims, err);

	if (r == 0)
		r = lic_catalog_policy(cat, &policy, err);
	if (r == 0)
		r = image_credit(&x->image, cat, err);
	if (r < 0)
		return r;
	x->effects = calloc(x->claims.n + 1, sizeof(*x->effects));
	if (!x->effects)
		output_out_of_memory();
	lic_rights_resolve(&x->claims, &policy, &rights, &credit, x->effects);
	lic_credit_release(&credit);
	lic_rights_reason(&x->claims, &policy, x->image.rights, &x->reason);
	if (x->image.rights->status == LIC_STATUS_CONFLICT) {
		conflict_kind(&x->claims, x->effects, &policy, &x->kind);
		settle(store, &x->image.path, &x->claims, x->effects, &policy, &x->settle);
	}
	return 0;
}

struct rows {
	int64_t *rights, *count;
	size_t n;
};

static int count_below(void *ctx, int64_t rights, int64_t count, _unused_ int64_t emptied)
{
	struct rows *rows = ctx;
	int64_t *more = reallocarray(rows->rights, rows->n + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	rows->rights = more;
	more = reallocarray(rows->count, rows->n + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	rows->count = more;
	rows->rights[rows->n] = rights;
	rows->count[rows->n++] = count;
	return 0;
}

static int load_below(struct explanation *x, struct lic_catalog *cat, struct lic_error *err)
{
	struct rows rows = { NULL, NULL, 0 };
	int r = lic_catalog_dir_rights(cat, x->image.entry.id, count_below, &rows, err);

	for (size_t i = 0; r == 0 && i < rows.n; i++) {
		const struct lic_rights *rights = lic_catalog_rights(cat, rows.rights[i], err);

		if (!rights)
			r = lic_error_prefix(err, "cannot read rights");
		else if (rights->status == LIC_STATUS_CLEAR)
			x->clear_below += rows.count[i];
		x->below += rows.count[i];
	}
	free(rows.rights);
	free(rows.count);
	return r;
}

struct ids {
	int64_t *item;
	size_t n;
};

static int keep_id(void *ctx, int64_t id)
{
	struct ids *ids = ctx;
	int64_t *more = reallocarray(ids->item, ids->n + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	ids->item = more;
	ids->item[ids->n++] = id;
	return 0;
}

/* Paths of the images a companion belongs to, or of the documents that are about an image. */
static int load_related(struct explanation *x, struct lic_catalog *cat, struct lic_error *err)
{
	bool image = x->image.entry.kind == LIC_KIND_IMAGE;
	struct ids ids = { NULL, 0 };
	int r = image ? lic_catalog_documents_of(cat, x->image.entry.id, keep_id, &ids, err)
		      : lic_catalog_companion_images(cat, x->image.entry.id, keep_id, &ids, err);

	x->related = calloc(ids.n + 1, sizeof(*x->related));
	if (!x->related)
		output_out_of_memory();
	for (size_t i = 0; r == 0 && i < ids.n; i++) {
		if (image && x->n_related == RELATED_SHOWN) {
			x->more_related = ids.n - i;
			break;
		}
		x->related[i].max = TEXT_MAX;
		r = lic_catalog_entry_path(cat, ids.item[i], &x->related[i], err);
		if (r == 0)
			x->n_related++;
		else
			lic_buf_release(&x->related[i]);
	}
	free(ids.item);
	return r;
}

static int why_image(struct explanation *x, struct lic_catalog *cat, struct view_verdict *v,
		     struct lic_error *err)
{
	struct lic_buf why = LIC_BUF_INIT(TEXT_MAX);
	struct lic_policy policy;
	int r = lic_catalog_policy(cat, &policy, err);

	if (r == 0)
		r = image_why(&x->image, cat, v->view->view, policy.now, &why, err);
	v->why = lic_buf_take(&why);
	return r;
}

static int why_directory(struct explanation *x, struct view_verdict *v, struct lic_error *err)
{
	struct lic_buf why = LIC_BUF_INIT(TEXT_MAX);
	int64_t n = 0;
	int r = lic_filter_count(v->view->filter, x->image.entry.id, &n, err);
	char text[32];

	if (x->below)
		lic_buf_addf(&why, "%s of its images shown", output_count(n, text));
	else
		lic_buf_adds(&why, !x->image.path.len ? "it holds no images"
				   : v->in ? "it holds no images; other files in it are shown"
					   : "it holds no images, and nothing that is shown");
	v->why = lic_buf_take(&why);
	return r;
}

static int why_document(struct explanation *x, struct lic_catalog *cat, struct view_verdict *v,
			struct lic_error *err)
{
	struct lic_document_view *stays = &v->stays;
	struct lic_buf why = LIC_BUF_INIT(TEXT_MAX);
	char n[32], all[32];
	int r = lic_document_in_view(cat, v->view->filter, &x->image.entry, stays, err);

	if (r == -EBADMSG) {
		v->in = false;
		v->why = strdup("its index cannot be read: scan again with --verify");
		return 0;
	}
	lic_buf_addf(&why, "%s of %s records", output_count((int64_t)stays->records, n),
		     output_count(x->document.records, all));
	if (stays->whole)
		lic_buf_adds(&why, ": the file as it is");
	v->why = lic_buf_take(&why);
	return r;
}

static int load_views(struct explanation *x, struct lic_catalog *cat, const struct views *views,
		      struct lic_error *err)
{
	int r = 0;

	x->views = calloc(views->n + 1, sizeof(*x->views));
	if (!x->views)
		output_out_of_memory();
	for (size_t i = 0; r == 0 && i < views->n; i++) {
		struct view_verdict *v = &x->views[x->n_views++];

		v->view = &views->item[i];
		if (!v->view->filter) {
			v->why = strdup(v->view->broken ? v->view->broken : "");
			continue;
		}
		r = views_show(v->view, cat, &x->image.entry, &v->in, err);
		if (r == 0 && x->image.entry.kind == LIC_KIND_IMAGE)
			r = why_image(x, cat, v, err);
		if (r == 0 && x->image.entry.kind == LIC_KIND_DIR)
			r = why_directory(x, v, err);
		if (r == 0 && x->image.entry.kind == LIC_KIND_DOCUMENT && v->in)
			r = why_document(x, cat, v, err);
	}
	return r;
}

/* What is known of a file that is no image. */
static int load_document(struct explanation *x, struct lic_catalog *cat, struct lic_error *err)
{
	int r = lic_catalog_document(cat, x->image.entry.id, &x->document, err);

	x->looked = r == 0;
	lic_buf_adds(&x->reason, lic_rule_text(x->image.entry.rule));
	if (r == 0 && x->image.entry.kind == LIC_KIND_DOCUMENT)
		r = load_below(x, cat, err);
	if (r == 0 && x->image.entry.kind == LIC_KIND_DOCUMENT)
		r = documents_count(cat, x->image.entry.id, &x->document, &x->missing, err);
	return r == -ENOENT ? 0 : r;
}

static int load_known(struct explanation *x, const struct store *store, const struct views *views,
		      struct lic_error *err)
{
	enum lic_kind kind = x->image.entry.kind;
	int r = 0;

	if (kind == LIC_KIND_IMAGE)
		r = history_load(&x->history, store->cat, &x->image, err);
	if (r == 0 && kind == LIC_KIND_IMAGE)
		r = revocations_of(&x->revoked, store->cat, x->image.entry.id, err);
	if (r == 0 && kind == LIC_KIND_IMAGE)
		r = makers_read(&x->makers, store->cat, err);
	if (r < 0)
		return r;
	if (kind == LIC_KIND_IMAGE)
		r = load_claims(x, store, err);
	else if (kind == LIC_KIND_DIR)
		r = load_below(x, store->cat, err);
	else
		r = load_document(x, store->cat, err);
	if (kind == LIC_KIND_DIR)
		lic_buf_adds(&x->reason, "a directory is shown where something below it is");
	if (r == 0 && (kind == LIC_KIND_COMPANION || kind == LIC_KIND_IMAGE))
		r = load_related(x, store->cat, err);
	if (r == 0)
		r = load_views(x, store->cat, views, err);
	return r;
}

/* What lies below a hidden entry (a symbolic link, another file system) has no row of its own, and
 * the rule of that entry decides. Returns 1 where there is one. */
static int find_hidden(struct explanation *x, const struct store *store, const char *path, size_t n,
		       struct lic_error *err)
{
	struct lic_entry e;
	int r = store_above(store, path, &n, &e, err);

	if (r == 0 && e.kind == LIC_KIND_DOCUMENT && !x->exists) {
		lic_buf_adds(&x->reason, "no image of the archive ");
		lic_text_quote(&x->reason, path, n);
		lic_buf_adds(&x->reason,
			     ", whose other members come and go with the images of their samples");
		return 0;
	}
	if (r < 0 || e.kind != LIC_KIND_HIDDEN || !x->exists)
		return r == -ENOENT ? 0 : r;
	lic_buf_adds(&x->reason, "it lies below ");
	lic_text_quote(&x->reason, path, n);
	lic_buf_adds(&x->reason, ", ");
	x->image.entry = e;
	x->image.entry.name = (struct lic_bytes){ NULL, 0 };
	return 1;
}

static bool is_own(const char *path, size_t n)
{
	size_t own = strlen(LIC_CATALOG_DIR);

	return n >= own && memcmp(path, LIC_CATALOG_DIR, own) == 0 &&
	       (n == own || path[own] == '/');
}

/* Nothing is known of the path itself. */
static int load_unknown(struct explanation *x, const struct store *store, const struct views *views,
			const char *path, size_t n, struct lic_error *err)
{
	int r;

	lic_buf_reset(&x->image.path);
	x->image.path.max = TEXT_MAX;
	lic_buf_add(&x->image.path, path, n);
	r = look_at_file(x, store, err);
	if (r == 0)
		r = find_hidden(x, store, path, n, err);
	if (r != 0 || x->reason.len)
		return r < 1 ? r : load_known(x, store, views, err);
	lic_buf_adds(&x->reason, is_own(path, n) ? "licensefs keeps its own files there: they are "
						   "neither scanned nor shown"
				 : x->exists ? "not judged yet: run 'licensefs scan' on the store"
					     : "there is no such file in the store");
	return 0;
}

int explain_load(struct explanation *x, const struct store *store, const struct views *views,
		 const char *path, size_t n, struct lic_error *err)
{
	struct lic_entry e;
	struct path_cache cache = { 0 };
	int r;

	memset(x, 0, sizeof(*x));
	x->store = store;
	x->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	x->reason.max = x->kind.max = x->missing.max = TEXT_MAX;
	r = lic_catalog_by_path(store->cat, path, n, &e, err);
	if (r == 0)
		r = image_load(&x->image, &cache, store->cat, &e, err);
	path_cache_release(&cache);
	if (r == -ENOENT)
		return load_unknown(x, store, views, path, n, err);
	if (r < 0)
		return r;
	r = look_at_file(x, store, err);
	return r < 0 ? r : load_known(x, store, views, err);
}

void explain_release(struct explanation *x)
{
	image_release(&x->image);
	lic_claims_release(&x->claims);
	free(x->effects);
	lic_buf_release(&x->reason);
	lic_buf_release(&x->kind);
	lic_buf_release(&x->missing);
	settlements_release(&x->settle);
	history_release(&x->history);
	revocations_release(&x->revoked);
	makers_release(&x->makers);
	for (size_t i = 0; i < x->n_views; i++)
		free(x->views[i].why);
	free(x->views);
	for (size_t i = 0; i < x->n_related; i++)
		lic_buf_release(&x->related[i]);
	free(x->related);
}
