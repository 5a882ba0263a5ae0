/* SPDX-License-Identifier: Apache-2.0 */
/* The imports in force, briefly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "imports.h"
#include "output.h"
#include "table.h"

static int keep(void *ctx, const struct lic_manifest *m)
{
	struct imports *i = ctx;
	struct import_brief *more;

	if (m->died)
		return 0;
	if (m->kind != LIC_MANIFEST_IMPORT) {
		i->rule_files++;
		return 0;
	}
	more = reallocarray(i->item, i->n + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	i->item = more;
	more += i->n++;
	*more = (struct import_brief){ m->number, m->rows, m->at, strdup(m->collection),
				       strdup(m->format) };
	if (!more->collection || !more->format)
		output_out_of_memory();
	return 0;
}

int imports_read(struct imports *i, struct lic_catalog *cat, struct lic_error *err)
{
	memset(i, 0, sizeof(*i));
	return lic_catalog_manifests(cat, keep, i, err);
}

void imports_release(struct imports *i)
{
	for (size_t k = 0; k < i->n; k++) {
		free(i->item[k].collection);
		free(i->item[k].format);
	}
	free(i->item);
	memset(i, 0, sizeof(*i));
}

void imports_print(const struct imports *i)
{
	static const struct table_column columns[] = {
		{ "IMPORT", TABLE_RIGHT }, { "COLLECTION", TABLE_PLAIN }, { "FORMAT", TABLE_PLAIN },
		{ "ROWS", TABLE_RIGHT },   { "SINCE", TABLE_PLAIN },
	};
	struct lic_buf name = LIC_BUF_INIT(1u << 20);
	char number[24], rows[32], at[32];
	struct table *t;

	if (i->rule_files)
		printf("\n%s %s of rules in the store (REUSE.toml and the like)\n",
		       output_count(i->rule_files, rows),
		       output_plural(i->rule_files, "file", "files"));
	if (!i->n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t k = 0; k < i->n; k++) {
		const struct import_brief *b = &i->item[k];

		lic_buf_reset(&name);
		lic_text_show(&name, b->collection, strlen(b->collection));
		snprintf(number, sizeof(number), "%lld", (long long)b->number);
		date_format(b->at, at);
		at[10] = 0; /* the day */
		table_row(t, (const char *const[]){ number, lic_buf_str(&name), b->format,
						    output_count(b->rows, rows), at });
	}
	table_print(t);
	lic_buf_release(&name);
}

void imports_json(const struct imports *i, struct lic_json *j)
{
	char at[32];

	lic_json_key(j, "imports");
	lic_json_array(j);
	for (size_t k = 0; k < i->n; k++) {
		const struct import_brief *b = &i->item[k];

		date_format(b->at, at);
		lic_json_object(j);
		lic_json_kint(j, "import", b->number);
		lic_json_kstr(j, "collection", b->collection);
		lic_json_kstr(j, "format", b->format);
		lic_json_kint(j, "rows", b->rows);
		lic_json_kstr(j, "at", at);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_json_kint(j, "rule_files", i->rule_files);
}
