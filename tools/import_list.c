/* SPDX-License-Identifier: Apache-2.0 */
/* import --list and import --formats. */
#include <errno.h>
#include <string.h>

#include "date.h"
#include "import.h"
#include "table.h"

struct listing {
	struct table *table; /* NULL: JSON */
	struct json_line line;
};

static void json_import(struct json_line *line, const struct lic_manifest *m)
{
	struct lic_json *j = &line->json;
	char at[32];

	date_format(m->at, at);
	json_begin(line);
	lic_json_kint(j, "import", m->number);
	lic_json_kstr(j, "collection", m->collection);
	lic_json_kstr(j, "file", m->file);
	lic_json_kstr(j, "format", m->format);
	lic_json_key(j, "root");
	lic_json_bytes(j, m->root.p, m->root.n);
	lic_json_kbool(j, "grant", m->grant);
	lic_json_kint(j, "rows", m->rows);
	lic_json_kstr(j, "who", m->who);
	lic_json_kstr(j, "at", at);
	lic_json_kbool(j, "in_force", !m->died);
	json_end(line);
}

static int list_import(void *ctx, const struct lic_manifest *m)
{
	struct listing *l = ctx;
	struct lic_buf name = LIC_BUF_INIT(1u << 20), file = LIC_BUF_INIT(1u << 20),
		       what = LIC_BUF_INIT(4096);
	char number[24], at[32], rows[32];

	if (m->kind != LIC_MANIFEST_IMPORT)
		return 0;
	if (!l->table) {
		json_import(&l->line, m);
		return output_broken();
	}
	snprintf(number, sizeof(number), "%lld", (long long)m->number);
	date_format(m->at, at);
	at[10] = 0; /* the day */
	lic_text_show(&name, m->collection, strlen(m->collection));
	lic_buf_addf(&what, "%s%s%s", m->died ? "ended: " : "", m->format,
		     m->grant ? ", vouched for" : "");
	lic_text_show(&file, m->who, strlen(m->who));
	lic_buf_adds(&file, ": ");
	lic_text_show(&file, m->file, strlen(m->file));
	if (m->root.n) {
		lic_buf_adds(&file, ", about ");
		lic_text_quote(&file, m->root.p, m->root.n);
		lic_buf_addc(&file, '/');
	}
	table_row(l->table,
		  (const char *const[]){ number, at, lic_buf_str(&name), lic_buf_str(&what),
					 output_count(m->rows, rows), lic_buf_str(&file) });
	lic_buf_release(&name);
	lic_buf_release(&file);
	lic_buf_release(&what);
	return output_broken();
}

/* Reading is enough here: the catalog may lie on read-only media. */
int import_list(const struct call *call)
{
	static const struct table_column columns[] = {
		{ "N", TABLE_RIGHT },	   { "DATE", TABLE_PLAIN }, { "COLLECTION", TABLE_PLAIN },
		{ "FORMAT", TABLE_PLAIN }, { "ROWS", TABLE_RIGHT }, { "FROM", TABLE_WRAP },
	};
	struct store store = call->store;
	struct lic_error err = LIC_ERROR_INIT;
	struct listing l = { 0 };
	int r = store_open(&store, false, &err);

	if (r < 0)
		return output_failure(&err);
	if (!call->json)
		l.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	r = lic_catalog_manifests(store.cat, list_import, &l, &err);
	table_print(l.table);
	json_release(&l.line);
	lic_catalog_close(store.cat);
	return r < 0 ? output_failure(&err) : TOOL_DONE;
}

int import_formats(const struct call *call)
{
	static const struct table_column columns[] = { { "FORMAT", TABLE_PLAIN },
						       { "WHAT IT IS", TABLE_WRAP } };
	_cleanup_(json_release) struct json_line line = { 0 };
	const struct lic_manifest_format *f;
	struct table *t = call->json ? NULL : table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);

	for (size_t i = 0; (f = lic_manifest_format_at(i)); i++) {
		if (t) {
			table_row(t, (const char *const[]){ f->name, f->summary });
			continue;
		}
		json_begin(&line);
		lic_json_kstr(&line.json, "format", f->name);
		lic_json_kstr(&line.json, "summary", f->summary);
		json_end(&line);
	}
	table_print(t);
	return TOOL_DONE;
}
