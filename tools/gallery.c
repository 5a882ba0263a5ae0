/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses pictures of every license, and has them made small. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gallery.h"
#include "output.h"
#include "page_rows.h"
#include "progress.h"

/* Of one that is shown. */
struct picture {
	struct lic_entry e; /* without its name */
	struct lic_buf path;
	const struct lic_rights *rights;
	struct lic_credit credit;
	struct lic_thumbnail thumbnail;
};

static void picture_release(struct picture *x)
{
	lic_buf_release(&x->path);
	lic_credit_release(&x->credit);
}

/* Is it clear, and does some view show it, in the present state of the catalog? */
static int is_shown(struct gallery *g, struct picture *x, int64_t id, bool *ret,
		    struct lic_error *err)
{
	int64_t until = 0;
	uint8_t seen = 0;
	int r = lic_catalog_by_id(g->cat, id, &x->e, err);

	*ret = false;
	if (r == -ENOENT || (r == 0 && x->e.kind != LIC_KIND_IMAGE))
		return 0;
	if (r < 0)
		return r;
	x->e.name = (struct lic_bytes){ NULL, 0 };
	x->rights = lic_catalog_rights(g->cat, x->e.rights, err);
	if (!x->rights)
		return lic_error_prefix(err, "cannot read rights");
	if (x->rights->status != LIC_STATUS_CLEAR)
		return 0;
	for (size_t v = 0; r == 0 && !seen && v < g->views->n; v++)
		if (g->views->item[v].filter)
			r = lic_filter_images(g->views->item[v].filter, &x->e.id, &x->e.rights, 1,
					      &seen, &until, err);
	*ret = r == 0 && seen;
	return r;
}

/* 1 where it is there to be shown, 0 where it is not. */
static int make(struct gallery *g, struct picture *x, int64_t id, struct lic_error *err)
{
	struct lic_error why = LIC_ERROR_INIT;
	struct lic_entry parent;
	bool shown;
	int r = is_shown(g, x, id, &shown, err);

	if (r < 0 || !shown)
		return r;
	r = lic_catalog_by_id(g->cat, x->e.parent, &parent, err);
	if (r < 0 || parent.kind != LIC_KIND_DIR) /* in an archive */
		return r == -ENOENT ? 0 : r;
	lic_buf_reset(&x->path);
	r = lic_catalog_entry_path(g->cat, id, &x->path, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (lic_pictures_get(g->pictures, lic_buf_str(&x->path), &x->e, &x->thumbnail, &why) < 0) {
		g->failed++;
		return 0;
	}
	lic_credit_release(&x->credit);
	x->credit = (struct lic_credit){ 0 };
	r = lic_catalog_credit(g->cat, id, &x->credit, err);
	/* it may have been taken down while it was decoded */
	if (r == 0)
		r = is_shown(g, x, id, &shown, err);
	return r < 0 ? r : shown;
}

static int write_picture(struct gallery *g, struct page *p, const struct picture *x,
			 struct lic_error *err)
{
	struct terms terms;
	struct page_credit credit = {
		.title = x->credit.title,
		.creator = x->credit.creator,
		.license = x->rights->license,
		.source_url = x->credit.source_url,
	};
	void *more;

	terms_of(x->rights->license, g->own, &terms);
	credit.license_url = terms.url ? terms.url : x->credit.license_url;
	more = reallocarray(g->written, (size_t)g->shown + 1, sizeof(*g->written));
	if (!more)
		output_out_of_memory();
	g->written = more;
	g->written[g->shown++] = x->e.id;
	return page_picture(p, &x->thumbnail, lic_buf_str(&x->path), x->path.len, &credit, err);
}

static void begin_group(struct page *p, const struct sample_group *s)
{
	page_raw(p, "<div class=\"group\">\n<h3>");
	page_str(p, *s->key ? s->key : "none stated");
	page_raw(p, " <small>");
	page_count(p, s->images);
	page_raw(p, s->images == 1 ? " image</small></h3>\n" : " images</small></h3>\n");
	page_pictures(p);
}

static int write_group(struct gallery *g, struct page *p, struct picture *x,
		       const struct sample_group *s, struct lic_error *err)
{
	size_t written = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n && written < g->sample->each; i++) {
		r = make(g, x, s->id[i], err);
		if (r <= 0)
			continue;
		if (!written++)
			begin_group(p, s);
		r = write_picture(g, p, x, err);
		progress_draw(&(struct progress){ .what = "pictures", .done = g->shown });
	}
	if (written) {
		page_pictures_end(p);
		page_raw(p, "</div>\n");
	}
	return r;
}

int gallery_write(struct gallery *g, struct page *p, struct lic_error *err)
{
	_cleanup_(picture_release) struct picture x = { .path = LIC_BUF_INIT(1u << 20) };
	int r = 0;

	g->shown = g->failed = 0;
	page_raw(p, "<div class=\"groups\">\n");
	for (size_t i = 0; r == 0 && i < g->sample->n && i < GALLERY_GROUPS_MAX; i++)
		r = write_group(g, p, &x, &g->sample->group[i], err);
	page_raw(p, "</div>\n");
	progress_clear();
	if (r == 0 && !g->shown)
		page_raw(p, "<p class=\"none\">None could be made.</p>\n");
	return r;
}

int gallery_stands(struct gallery *g, bool *ret, struct lic_error *err)
{
	_cleanup_(picture_release) struct picture x = { .path = LIC_BUF_INIT(1) };
	int r = 0;

	*ret = true;
	for (int64_t i = 0; r == 0 && *ret && i < g->shown; i++)
		r = is_shown(g, &x, g->written[i], ret, err);
	return r;
}

void gallery_release(struct gallery *g)
{
	free(g->written);
	g->written = NULL;
	g->shown = 0;
}
