/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conceptual Captions: CC3M has "caption tab URL", CC12M "URL tab caption", neither a header nor
 * rights. The rows say which images belong to the collection.
 */
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"

static const struct lic_table_column columns[] = {
	{ "url", LIC_KEY_URL, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
};

static const size_t first[] = { 0 }, second[] = { 1 };

static bool is_address(struct lic_bytes f)
{
	return (f.n > 7 && strncasecmp((const char *)f.p, "http://", 7) == 0) ||
	       (f.n > 8 && strncasecmp((const char *)f.p, "https://", 8) == 0);
}

static bool is_pair(const struct lic_peek *k)
{
	return k->separator == '\t' && k->n_fields == 2 &&
	       is_address(k->field[0]) != is_address(k->field[1]);
}

static int bid(const struct lic_peek *k)
{
	return is_pair(k) ? 30 : 0;
}

static int row(struct lic_table *t)
{
	return is_address(t->value[0]) ? 0 : lic_table_bad(t, "no address where one should be");
}

static int read_captions(struct lic_manifest_reading *m, struct lic_error *err)
{
	const struct lic_table_format format = {
		.column = columns,
		.n = LIC_ARRAY_SIZE(columns),
		.rank = LIC_RANK_NONE,
		.separator = '\t',
		.place = m->peek.n_fields && is_address(m->peek.field[0]) ? first : second,
		.n_fields = 2,
		.row = row,
	};

	lic_manifest_warn(m, "Conceptual Captions state no rights: these images stay unknown as "
			     "long as nothing else speaks of them");
	return lic_table_read(m, &format, NULL, err);
}

const struct lic_manifest_reader lic_manifest_captions = {
	.format = { "conceptual-captions", "CC3M and CC12M, which state no rights" },
	.bid = bid,
	.read = read_captions,
};
