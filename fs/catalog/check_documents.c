/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the full check about documents: their rows, indexes and images. */
#include <errno.h>

#include "fs/catalog/txn.h"

static const struct lic_check_rule rules[] = {
	{ "document %lld is no live file",
	  "SELECT d.entry FROM document d LEFT JOIN entry e ON e.id = d.entry "
	  "WHERE e.died IS NOT NULL OR coalesce(e.kind IN (1, 2), 1)" },
	{ "document %lld has no index",
	  "SELECT id FROM entry WHERE kind = 6 AND died IS NULL AND id NOT IN "
	  "(SELECT entry FROM document)" },
	{ "the numbers of document %lld contradict each other",
	  "SELECT entry FROM document WHERE records < 0 OR bound < 0 OR bound > subjects OR first "
	  "< 0 "
	  "OR first > made OR made > touched OR (first = 0) <> (made = 0) OR (first = 0 AND bound) "
	  "OR touched > (SELECT coalesce(max(id), 0) FROM generation)" },
	{ "a piece of an index is of document %lld, which is none",
	  "SELECT document FROM document_part WHERE (part NOT IN (1, 2, 3, 5) AND part >= 0) OR "
	  "document NOT IN "
	  "(SELECT entry FROM document)" },
	{ "a document is about entry %lld, which is no image",
	  "SELECT image FROM document_image LEFT JOIN entry e ON e.id = image "
	  "WHERE e.kind IS NOT 2" },
	{ "an image is in document %lld, which is none",
	  "SELECT document FROM document_image WHERE document NOT IN (SELECT entry FROM "
	  "document)" },
	{ "entry %lld waits, but is no live file or directory",
	  "SELECT entry FROM pending LEFT JOIN entry e ON e.id = entry "
	  "WHERE e.died IS NOT NULL OR coalesce(e.kind = 2, 1)" },
	{ "entry %lld is a mask, and there are said to be none",
	  "SELECT id FROM entry INDEXED BY entry_apart WHERE died IS NULL AND "
	  "(kind IN (1, 6) OR rule IN (12, 13)) AND kind = 3 AND rule = 13 AND "
	  "EXISTS (SELECT 1 FROM meta WHERE key = 'no_masks')" },
	{ "images were looked for in the future: %lld",
	  "SELECT value FROM meta WHERE key IN ('images', 'bound') AND "
	  "value > (SELECT coalesce(max(id), 0) FROM generation)" },
};

struct counting {
	struct lic_catalog *cat;
	int64_t document, last, n;
	struct lic_error *err;
};

static int count_image(void *ctx, int64_t image)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct counting *x = ctx;
	int r = lic_query(&q, x->cat, LIC_STMT_DOCUMENT_IMAGE_HAS, x->err, "ii", image,
			  x->document);

	if (r == 0)
		r = lic_query_step(&q, x->err);
	if (r < 0)
		return r;
	if (r == 0 || image <= x->last)
		return lic_catalog_damaged(x->cat, x->err,
					   "document %lld is not found by its image %lld",
					   (long long)x->document, (long long)image);
	x->last = image;
	x->n++;
	return 0;
}

static int count_images(void *ctx, int64_t entry, const struct lic_document *d _unused_)
{
	struct counting *x = ctx;

	x->document = entry;
	x->last = 0;
	return lic_document_images_each(x->cat, entry, count_image, x, x->err);
}

int lic_documents_check(struct lic_catalog *cat, struct lic_error *err)
{
	struct counting x = { .cat = cat, .err = err };
	int64_t stored = 0;
	int r = lic_check_rules(cat, rules, LIC_ARRAY_SIZE(rules), err);

	if (r == 0)
		r = lic_catalog_documents(cat, count_images, &x, err);
	if (r == 0)
		r = lic_catalog_number(cat, "SELECT count(*) FROM document_image", 0, &stored, err);
	if (r == 0 && stored != x.n)
		r = lic_catalog_damaged(cat, err, "images find documents that are not about them");
	return r;
}
