/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ImageNet's lists of addresses: "WNID_NUMBER tab URL", in no one encoding, blanks in addresses.
 *
 * They state no license. The terms of access bind every image; with --grant they are the license.
 */
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

#define TERMS "LicenseRef-ImageNet-Terms"

enum { NAME, URL, N };

static const struct lic_table_column columns[N] = {
	[NAME] = { "image id", LIC_KEY_STEM, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
	[URL] = { "url", LIC_KEY_NONE, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, false },
};

static const size_t places[N] = { 0, 1 };

/* "n00004475_6590" */
static bool is_name(struct lic_bytes f)
{
	if (f.n < 11 || f.p[0] != 'n' || f.p[9] != '_')
		return false;
	for (size_t i = 1; i < f.n; i++)
		if (i != 9 && (f.p[i] < '0' || f.p[i] > '9'))
			return false;
	return true;
}

static int bid(const struct lic_peek *k)
{
	return k->separator == '\t' && k->n_fields == 2 && is_name(k->field[0]) ? 85 : 0;
}

static int row(struct lic_table *t)
{
	if (!is_name(t->value[NAME]))
		return lic_table_bad(t, "no name like n00004475_6590 at its beginning");
	lic_row_dataset(t->m, TERMS);
	return 0;
}

static int read_imagenet(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_table_format format = {
		.column = columns,
		.n = N,
		.rank = LIC_RANK_MANIFEST,
		.separator = '\t',
		.place = places,
		.n_fields = N,
		.row = row,
	};

	if (!m->o->grant)
		lic_manifest_warn(m, "the list states no license; the terms of ImageNet bind its "
				     "images, and grant what they permit with --grant only");
	return lic_table_read(m, &format, NULL, err);
}

const struct lic_manifest_reader lic_manifest_imagenet = {
	.format = { "imagenet", "ImageNet URL lists (fall11_urls.txt), under its terms" },
	.bid = bid,
	.read = read_imagenet,
};
