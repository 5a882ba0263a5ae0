/* SPDX-License-Identifier: Apache-2.0 */
/* What a generation did: a decision, a revocation, an import, or what its verb says. */
#include "fs/history/cause.h"

#include <errno.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>
#include <licensefs/catalog_snapshot.h>

struct finding_cause {
	int64_t generation;
	struct lic_bytes path;
	struct lic_cause *ret;
	unsigned decisions; /* in this generation */
	bool matched;	    /* the text is of one that matches the path */
};

static void add(struct lic_buf *b, const char *before, const char *text)
{
	lic_buf_adds(b, before);
	lic_text_show(b, text, strlen(text));
}

/* The first of those that match the path, else the first. */
static int look_at_decision(void *ctx, const struct lic_decision *d)
{
	struct finding_cause *f = ctx;
	struct lic_buf *b = &f->ret->text;
	bool ended = d->died == f->generation, matches;

	if (d->born != f->generation && !ended)
		return 0;
	matches = lic_decision_matches(d, f->path.p, f->path.n);
	f->decisions++;
	if (f->matched || (f->decisions > 1 && !matches))
		return 0;
	f->matched = matches;
	lic_buf_reset(b);
	lic_buf_addf(b, "decision %lld", (long long)d->number);
	if (!ended)
		add(b, ": ", d->reason);
	else if (d->ended_why)
		add(b, " ended: ", d->ended_why);
	else
		lic_buf_adds(b, " ended: its time was over");
	return 0;
}

static int look_at_revocation(void *ctx, const struct lic_revocation *r)
{
	struct finding_cause *f = ctx;
	struct lic_buf *b = &f->ret->text;
	bool ended = r->died == f->generation;

	if (r->born != f->generation && !ended)
		return 0;
	f->ret->revocation = r->number;
	lic_buf_reset(b);
	lic_buf_addf(b, ended ? "revocation %lld restored" : "revoked by %lld",
		     (long long)r->number);
	add(b, ": ", ended && r->ended_why ? r->ended_why : r->reason);
	return 1;
}

static int look_at_import(void *ctx, const struct lic_manifest *m)
{
	struct finding_cause *f = ctx;
	bool ended = m->died == f->generation;

	if (m->kind != LIC_MANIFEST_IMPORT || (m->born != f->generation && !ended))
		return 0;
	lic_buf_reset(&f->ret->text);
	lic_buf_adds(&f->ret->text, ended ? "end of import " : "import ");
	lic_text_quote(&f->ret->text, m->collection, strlen(m->collection));
	return ended ? 0 : 1;
}

int lic_cause_find(struct lic_catalog *cat, int64_t generation, struct lic_bytes path,
		   struct lic_cause *ret, struct lic_error *err)
{
	struct finding_cause f = { .generation = generation, .path = path, .ret = ret };
	int r;

	ret->revocation = 0;
	ret->many = false;
	lic_buf_reset(&ret->text);
	r = lic_catalog_revocations(cat, look_at_revocation, &f, err);
	if (r == 0)
		r = lic_catalog_decisions(cat, look_at_decision, &f, err);
	ret->many = f.decisions > 1;
	if (r == 0 && !f.decisions)
		r = lic_catalog_manifests(cat, look_at_import, &f, err);
	if (r >= 0 && !ret->text.len) {
		r = lic_catalog_generation_verb(cat, generation, &ret->text, err);
		if (r == -ENOENT)
			r = 0;
	}
	if (r >= 0 && lic_buf_failed(&ret->text))
		return lic_error_set(err, ENOMEM, "out of memory for a reason");
	return r < 0 ? r : 0;
}
