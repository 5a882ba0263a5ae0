/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as programs see them: their attributes, and bytes gathered from pieces of the file. */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "fs/mount/docs.h"

/* Pieces that lie closer together than this are read at once, with what is between them, which goes
 * nowhere: cheaper than another call. */
#define GAP (8u << 10)
#define VECTOR 512

struct gather {
	struct lic_worker *w;
	const struct lic_backing *b;
	unsigned char *waste; /* GAP bytes */
	struct iovec v[VECTOR];
	int n;
	uint64_t at, end; /* of the file: what the vector covers */
};

static int flush(struct gather *g)
{
	int r = g->n ? lic_backing_readv(g->w->s, g->b, g->v, g->n, g->at) : 0;

	g->n = 0;
	return r;
}

static int add(struct gather *g, unsigned char *buf, size_t n, uint64_t at)
{
	int r = 0;

	if (g->n && (g->n > VECTOR - 2 || at < g->end || at - g->end > GAP))
		r = flush(g);
	if (r < 0)
		return r;
	if (!g->n)
		g->at = at;
	else if (at > g->end)
		g->v[g->n++] = (struct iovec){ g->waste, (size_t)(at - g->end) };
	g->v[g->n++] = (struct iovec){ buf, n };
	g->end = at + n;
	return 0;
}

int lic_docs_read(struct lic_worker *w, const struct lic_backing *b, const struct lic_ranges *r,
		  unsigned char *buf, size_t n, uint64_t off)
{
	struct gather g = { .w = w, .b = b };
	int e = 0;

	g.waste = malloc(GAP);
	if (!g.waste)
		return -ENOMEM;
	for (size_t done = 0; e == 0 && done < n;) {
		struct lic_piece p = lic_ranges_at(r, off + done);
		size_t k = p.n < n - done ? (size_t)p.n : n - done;

		if (!k)
			e = -EIO;
		else if (p.literal)
			memcpy(buf + done, p.literal, k);
		else
			e = add(&g, buf + done, k, p.at);
		done += k;
	}
	if (e == 0)
		e = flush(&g);
	free(g.waste);
	return e;
}

void lic_docs_attr(const struct lic_session *s, const struct lic_entry *e, int64_t view,
		   const struct lic_doc_ref *ref, struct stat *ret)
{
	struct lic_entry shown = *e;

	shown.st.size = ref->size;
	shown.st.mtime = ref->mtime;
	shown.st.ctime = ref->ctime;
	lic_attr_entry(s, &shown, view, ret);
}

int lic_docs_param(struct lic_worker *w, const struct lic_known_view *v, const struct lic_entry *e,
		   int64_t *budget, struct fuse_entry_param *ret)
{
	struct lic_doc_ref ref;
	int r = lic_docs_get(w, v, e, false, budget, &ref);

	if (r < 0)
		return r;
	lic_attr_param(w->s, e, v->number, ret);
	lic_docs_attr(w->s, e, v->number, &ref, &ret->attr);
	ret->ino = ref.node;
	lic_docs_told(w->s, &ref);
	lic_docs_put(w->s, &ref);
	return 0;
}
