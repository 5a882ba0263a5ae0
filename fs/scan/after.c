/* SPDX-License-Identifier: Apache-2.0 */
/* What a scan does when the walk is over and all images of directories are known. */
#include <errno.h>

#include "fs/scan/archive.h"
#include "fs/scan/layouts.h"

struct pending {
	const struct lic_scan_phase *p;
	struct lic_txn *txn;
	struct lic_error *err;
};

static int pend_one(void *ctx, int64_t entry, const struct lic_document *d)
{
	struct pending *x = ctx;

	(void)d;
	return lic_catalog_pend(x->txn, entry, x->err);
}

static int pend_documents(const struct lic_scan_phase *p, struct lic_error *err)
{
	struct pending x = { .p = p, .err = err };
	int r = p->reindex ? lic_catalog_begin(p->cat, "scan", &x.txn, err) : 0;

	if (r < 0 || !x.txn)
		return r;
	r = lic_catalog_documents(p->cat, pend_one, &x, err);
	if (r == 0)
		return lic_catalog_commit(x.txn, err);
	lic_catalog_abort(x.txn);
	return r;
}

static int add_count(void *ctx, int64_t rights, int64_t count, int64_t emptied)
{
	int64_t *sum = ctx;

	(void)rights;
	(void)emptied;
	*sum += count;
	return 0;
}

/* The walk has seen the images of directories; those of archives count, too. */
static int count_images(const struct lic_scan_phase *p, struct lic_error *err)
{
	struct lic_scan_result *res = p->res;
	int64_t images = 0;
	int r = lic_catalog_dir_rights(p->cat, 1, add_count, &images, err);

	if (r < 0)
		return r;
	res->images = images;
	res->unchanged = images - res->added - res->changed;
	if (res->unchanged < 0)
		res->unchanged = 0;
	return 0;
}

int lic_scan_after(const struct lic_scan_phase *p, struct lic_error *err)
{
	int r = pend_documents(p, err);

	/* Those that lack a digest are a matter of scans of everything */
	if (r == 0 && !p->partly)
		r = lic_scan_archives_again(p->cat, p->digests, p->verify, err);
	if (r == 0)
		r = lic_scan_layouts(p->cat, p->o, p->res, err);
	if (r == 0)
		r = lic_scan_documents(p, err);
	if (r == 0)
		r = lic_scan_bind(p, err);
	return r == 0 ? count_images(p, err) : r;
}
