/* SPDX-License-Identifier: Apache-2.0 */
/* Warnings about documents when a view is mounted. */
#include <string.h>

#include "fs/mount/advise.h"
#include "fs/mount/docs.h"
#include "fs/mount/forget.h"

#define NAMED_MAX 8

struct advice {
	struct lic_worker *w;
	struct lic_ids absolute, checked;
};

static int sort_out(void *ctx, int64_t entry, const struct lic_document *d)
{
	struct advice *a = ctx;

	if (d->flags & LIC_DOCUMENT_ABSOLUTE)
		lic_ids_add(&a->absolute, entry);
	if (d->flags & LIC_DOCUMENT_CHECKSUM)
		lic_ids_add(&a->checked, entry);
	return 0;
}

static bool is_hidden(struct lic_worker *w, int64_t id)
{
	struct lic_entry e;

	return lic_catalog_by_id(w->cat, id, &e, NULL) == 0 && e.kind == LIC_KIND_INERT &&
	       e.rule == LIC_RULE_ABSOLUTE;
}

/* Does a view that shows the document show less than all of it? */
static bool is_filtered(struct lic_worker *w, int64_t id)
{
	for (unsigned i = 0; i < lic_views_count(&w->s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&w->s->views, i);
		struct lic_doc_ref ref;
		struct lic_entry e;
		bool whole;

		if (lic_worker_load_document(w, v, id, &e) < 0 ||
		    lic_docs_get(w, v, &e, true, NULL, &ref) < 0)
			continue;
		whole = lic_ranges_whole(ref.ranges);
		lic_docs_put(w->s, &ref);
		if (!whole)
			return true;
	}
	return false;
}

static void tell(struct lic_worker *w, const struct lic_ids *ids,
		 bool (*which)(struct lic_worker *w, int64_t id), const char *what,
		 const char *remedy)
{
	struct lic_buf line = LIC_BUF_INIT(128 * 1024), path = LIC_BUF_INIT(1u << 20);
	size_t n = 0;

	lic_buf_adds(&line, what);
	for (size_t i = 0; i < ids->n && n <= NAMED_MAX; i++) {
		if (!which(w, ids->id[i]))
			continue;
		lic_buf_reset(&path);
		if (lic_catalog_entry_path(w->cat, ids->id[i], &path, NULL) < 0)
			continue;
		lic_buf_adds(&line, n == 0 ? ": " : ", ");
		if (n++ < NAMED_MAX)
			lic_text_quote(&line, lic_buf_str(&path), path.len);
		else
			lic_buf_adds(&line, "...");
	}
	lic_buf_adds(&line, remedy);
	if (n && !lic_buf_failed(&line))
		w->s->o.notice(w->s->o.ctx, lic_buf_str(&line));
	lic_buf_release(&line);
	lic_buf_release(&path);
}

void lic_advise(struct lic_worker *w)
{
	struct advice a = { .w = w };

	if (w->s->o.notice && lic_catalog_documents(w->cat, sort_out, &a, NULL) == 0) {
		if (!w->s->o.abspaths)
			tell(w, &a.absolute, is_hidden,
			     "settings with absolute paths, which lead out of the mount, are "
			     "hidden",
			     "; make the paths relative, or show them with -o abspaths=keep");
		tell(w, &a.checked, is_filtered,
		     "the usual loader compares the checksum of a file that is shown without some "
		     "records, and will refuse it",
		     "; turn the comparison off");
	}
	lic_ids_release(&a.absolute);
	lic_ids_release(&a.checked);
}
