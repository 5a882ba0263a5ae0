/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open Images: a row an image, keyed by ImageID, which is the name of its file.
 *
 * Older files have fewer columns at the end. OriginalMD5 is no key: it is of the picture at Flickr,
 * and the files that the dataset hands out were encoded again.
 */
#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

static const struct lic_table_column columns[] = {
	{ "ImageID", LIC_KEY_STEM, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
	{ "License", LIC_KEY_NONE, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, true },
	{ "Author", LIC_KEY_NONE, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, false },
	{ "Title", LIC_KEY_NONE, LIC_ROLE_TITLE, LIC_CONTEXT_ANY, false },
	{ "OriginalLandingURL", LIC_KEY_NONE, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, false },
};

static int bid(const struct lic_peek *k)
{
	if (!lic_table_is(k) || !lic_table_has(k, "ImageID") || !lic_table_has(k, "License"))
		return 0;
	return lic_table_has(k, "OriginalLandingURL") ? 90 : 40;
}

static int read_openimages(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_table_format format = {
		.column = columns,
		.n = LIC_ARRAY_SIZE(columns),
		.rank = LIC_RANK_MANIFEST,
		.quotes = true,
	};

	return lic_table_read(m, &format, NULL, err);
}

const struct lic_manifest_reader lic_manifest_openimages = {
	.format = { "openimages", "Open Images CSV (ImageID, License, Author, ...)" },
	.bid = bid,
	.read = read_openimages,
};
