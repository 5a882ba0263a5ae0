/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LAION, converted from Parquet to CSV, TSV or JSON Lines. LICENSE was guessed from links in the
 * page around the image: it grants nothing, and may forbid. "?" says that nothing was found.
 */
#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

static const struct lic_table_column columns[] = {
	{ "URL", LIC_KEY_URL, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, true },
	{ "LICENSE", LIC_KEY_NONE, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, false },
};

/* Column names in capitals are its own; "url,caption" are many others'. */
static bool has_exactly(const struct lic_peek *k, const char *name)
{
	if (k->first == '{')
		return lic_peek_key(k, name);
	for (size_t i = 0; i < k->n_fields; i++)
		if (lic_field_is(&k->field[i], name))
			return true;
	return false;
}

static int bid(const struct lic_peek *k)
{
	static const char *const others[] = { "SAMPLE_ID",  "LICENSE", "NSFW",
					      "similarity", "punsafe", "pwatermark" };
	int n = 0;

	if (!lic_table_is(k) || !has_exactly(k, "URL") || !has_exactly(k, "TEXT"))
		return 0;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(others); i++)
		n += has_exactly(k, others[i]);
	return n > 1 ? 85 : n ? 50 : 0;
}

static int read_laion(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct lic_table_format format = {
		.column = columns,
		.n = LIC_ARRAY_SIZE(columns),
		.rank = LIC_RANK_NONE,
		.quotes = true,
		.may_lack_key = true,
	};

	lic_manifest_warn(m, "LAION guessed its licenses from the pages around the images: they "
			     "grant nothing");
	return lic_table_read(m, &format, NULL, err);
}

const struct lic_manifest_reader lic_manifest_laion = {
	.format = { "laion", "LAION lists converted from Parquet; their licenses grant nothing" },
	.bid = bid,
	.read = read_laion,
};
