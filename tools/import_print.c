/* SPDX-License-Identifier: Apache-2.0 */
/* What came of an import, for people and as JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "table.h"

#define TEXT_MAX (1u << 20)

/* --- for people --------------------------------------------------------------------------- */

static void head_row(struct table *t, const char *name, const char *text)
{
	table_row(t, (const char *const[]){ name, text });
	table_color(t, 0, "bold");
}

static const char *format_summary(const char *name)
{
	const struct lic_manifest_format *f;

	for (size_t i = 0; (f = lic_manifest_format_at(i)); i++)
		if (strcmp(f->name, name) == 0)
			return f->summary;
	return "";
}

static void add_place(const struct import *i, struct lic_buf *b)
{
	if (!i->root.len) {
		lic_buf_adds(b, "the whole store");
		return;
	}
	lic_text_quote(b, lic_buf_str(&i->root), i->root.len);
	lic_buf_adds(b, "/");
}

static void add_collection(const struct import *i, bool done, struct lic_buf *b)
{
	lic_text_show(b, lic_buf_str(&i->collection), i->collection.len);
	if (done)
		lic_buf_addf(b, ", import %lld", (long long)i->manifest.number);
	if (i->result.superseded)
		lic_buf_addf(b, "%s import %lld", done ? " in the place of" : ", would replace",
			     (long long)i->result.superseded);
}

static void add_rows(const struct import *i, struct lic_buf *b)
{
	const struct lic_import_result *r = &i->result;
	char n[32];

	lic_buf_addf(b, "%s read", output_count(i->rows, n));
	lic_buf_addf(b, ", %s matched", output_count(r->matched, n));
	lic_buf_addf(b, ", %s unmatched", output_count(i->rows - r->matched, n));
	lic_buf_addf(b, ", %s ambiguous", output_count(r->ambiguous, n));
}

static void print_head(const struct import *i, bool done)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);
	struct lic_buf b = LIC_BUF_INIT(TEXT_MAX);
	char n[32];

	lic_text_show(&b, lic_buf_str(&i->file), i->file.len);
	head_row(t, "manifest", lic_buf_str(&b));
	lic_buf_reset(&b);
	lic_buf_addf(&b, "%s: %s", i->format ? i->format : "none",
		     i->format ? format_summary(i->format) : "");
	head_row(t, "format", lic_buf_str(&b));
	lic_buf_reset(&b);
	add_collection(i, done, &b);
	head_row(t, "collection", lic_buf_str(&b));
	lic_buf_reset(&b);
	add_place(i, &b);
	head_row(t, "about", lic_buf_str(&b));
	lic_buf_reset(&b);
	add_rows(i, &b);
	head_row(t, "rows", lic_buf_str(&b));
	lic_buf_reset(&b);
	lic_buf_addf(&b, "%s joined", output_count(i->result.images, n));
	lic_buf_addf(&b, ", %s %s", output_count(i->result.changed, n),
		     done ? "changed" : "would change");
	head_row(t, "images", lic_buf_str(&b));
	table_print(t);
	lic_buf_release(&b);
}

static const char *license_label(const struct license_rows *l, struct lic_buf *b)
{
	lic_buf_reset(b);
	if (!*l->license)
		return l->grants ? "none stated" : "none that grants";
	lic_buf_addf(b, "%s%s", l->license, l->grants ? "" : " (permits nothing)");
	return lic_buf_str(b);
}

static void print_licenses(const struct tally *tally)
{
	static const struct table_column columns[] = {
		{ "LICENSE", TABLE_PLAIN },
		{ "ROWS", TABLE_RIGHT },
		{ "IMAGES CHANGED", TABLE_RIGHT },
	};
	struct lic_buf label = LIC_BUF_INIT(TEXT_MAX);
	struct table *t;
	char rows[32], images[32];

	if (!tally->n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < tally->n; i++) {
		const struct license_rows *l = &tally->item[i];

		table_row(t, (const char *const[]){ license_label(l, &label),
						    output_count(l->rows, rows),
						    output_count(l->images, images) });
		table_color(t, 0, l->grants ? "green" : "yellow");
	}
	table_print(t);
	lic_buf_release(&label);
}

static void print_ambiguous(const struct import *i)
{
	static const struct table_column columns[] = {
		{ "AMBIGUOUS ROW", TABLE_RIGHT },
		{ "LOOKED FOR", TABLE_PLAIN },
		{ "AND FOUND, AMONG OTHERS", TABLE_WRAP },
	};
	struct lic_buf key = LIC_BUF_INIT(TEXT_MAX), paths = LIC_BUF_INIT(TEXT_MAX);
	size_t n = i->n_examples < IMPORT_EXAMPLES ? i->n_examples : IMPORT_EXAMPLES;
	struct table *t;
	char row[32];

	if (!n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t k = 0; k < n; k++) {
		const struct import_example *x = &i->example[k];

		lic_buf_reset(&key);
		lic_buf_reset(&paths);
		lic_buf_addf(&key, "%s ", lic_key_kind_name(x->kind));
		lic_text_quote(&key, x->key, strlen(x->key));
		lic_text_quote(&paths, x->a, strlen(x->a));
		lic_buf_adds(&paths, ", ");
		lic_text_quote(&paths, x->b, strlen(x->b));
		table_row(t, (const char *const[]){ output_count((int64_t)x->line, row),
						    lic_buf_str(&key), lic_buf_str(&paths) });
	}
	table_print(t);
	lic_buf_release(&key);
	lic_buf_release(&paths);
}

/* --- JSON --------------------------------------------------------------------------------- */

static void json_head(const struct import *i, bool done, struct lic_json *j)
{
	lic_json_kbool(j, "imported", done);
	lic_json_kbool(j, "dry_run", i->args->dry_run);
	lic_json_key(j, "import");
	if (done)
		lic_json_int(j, i->manifest.number);
	else
		lic_json_null(j);
	lic_json_kstr(j, "collection", lic_buf_str(&i->collection));
	lic_json_kstr(j, "format", i->format);
	lic_json_key(j, "files");
	lic_json_array(j);
	for (size_t k = 0; k < i->files.n; k++)
		lic_json_bytes(j, i->files.item[k].path, strlen(i->files.item[k].path));
	lic_json_array_end(j);
	lic_json_key(j, "root");
	lic_json_bytes(j, lic_buf_str(&i->root), i->root.len);
	lic_json_kbool(j, "grant", i->args->grant);
	lic_json_kint(j, "rows", i->rows);
	lic_json_kint(j, "matched", i->result.matched);
	lic_json_kint(j, "unmatched", i->rows - i->result.matched);
	lic_json_kint(j, "ambiguous", i->result.ambiguous);
	lic_json_kint(j, "images", i->result.images);
	lic_json_kint(j, "changed", i->result.changed);
	lic_json_key(j, "superseded");
	if (i->result.superseded)
		lic_json_int(j, i->result.superseded);
	else
		lic_json_null(j);
}

static void json_licenses(const struct tally *t, struct lic_json *j)
{
	lic_json_key(j, "licenses");
	lic_json_array(j);
	for (size_t i = 0; i < t->n; i++) {
		const struct license_rows *l = &t->item[i];

		lic_json_object(j);
		lic_json_kstr(j, "license", *l->license ? l->license : NULL);
		lic_json_kbool(j, "clear", l->grants);
		lic_json_kint(j, "rows", l->rows);
		lic_json_kint(j, "images", l->images);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_ambiguous(const struct import *i, struct lic_json *j)
{
	lic_json_key(j, "ambiguous_rows");
	lic_json_array(j);
	for (size_t k = 0; k < i->n_examples; k++) {
		const struct import_example *x = &i->example[k];

		lic_json_object(j);
		lic_json_kint(j, "row", (int64_t)x->line);
		lic_json_kstr(j, "key", lic_key_kind_name(x->kind));
		lic_json_kstr(j, "text", x->key);
		lic_json_key(j, "paths");
		lic_json_array(j);
		lic_json_bytes(j, x->a, strlen(x->a));
		lic_json_bytes(j, x->b, strlen(x->b));
		lic_json_array_end(j);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_warnings(const struct import *i, struct lic_json *j)
{
	lic_json_key(j, "warnings");
	lic_json_array(j);
	for (size_t k = 0; k < i->n_warnings; k++)
		lic_json_str(j, i->warning[k].text);
	lic_json_array_end(j);
}

static void print_json(const struct import *i, bool done)
{
	_cleanup_(json_release) struct json_line line = { 0 };

	json_begin(&line);
	json_head(i, done, &line.json);
	json_licenses(&i->tally, &line.json);
	effects_json(&i->effects, &line.json);
	json_ambiguous(i, &line.json);
	json_warnings(i, &line.json);
	json_end(&line);
}

/* --- messages ----------------------------------------------------------------------------- */

static void say_warnings(const struct import *i)
{
	char n[32];

	for (size_t k = 0; k < i->n_warnings; k++) {
		if (i->warning[k].times > 1)
			output_say("%s (%s times)", i->warning[k].text,
				   output_count(i->warning[k].times, n));
		else
			output_say("%s", i->warning[k].text);
	}
	if (i->more_warnings)
		output_say("and %s more such warnings", output_count(i->more_warnings, n));
}

static void say_hints(const struct import *i)
{
	const struct lic_import_result *r = &i->result;
	char n[32];

	if (r->ambiguous)
		output_say("%s ambiguous %s several images and %s to none of them; --root DIR "
			   "says below which directory to look",
			   output_count(r->ambiguous, n),
			   output_plural(r->ambiguous, "row finds", "rows find"),
			   output_plural(r->ambiguous, "grants", "grant"));
	if (i->rows > r->matched)
		output_say("%s %s no image of the catalog: not in the store, or not scanned yet; "
			   "images that come later join by themselves",
			   output_count(i->rows - r->matched, n),
			   output_plural(i->rows - r->matched, "row finds", "rows find"));
	if (i->tally.terms)
		output_say("terms of the dataset bind %s %s, whatever else permits more",
			   output_count(i->tally.terms, n),
			   output_plural(i->tally.terms, "row", "rows"));
}

struct one_path {
	struct lic_catalog *cat;
	struct lic_buf path;
	struct lic_error *err;
};

static int take_path(void *ctx, const struct lic_entry *e)
{
	struct one_path *p = ctx;
	int r = lic_catalog_entry_path(p->cat, e->id, &p->path, p->err);

	return r < 0 ? r : 1;
}

static void say_unmatched(const struct import *i)
{
	struct lic_error ignored = LIC_ERROR_INIT;
	struct one_path p = { i->store.cat, LIC_BUF_INIT(TEXT_MAX), &ignored };
	struct lic_buf key = LIC_BUF_INIT(TEXT_MAX), path = LIC_BUF_INIT(TEXT_MAX),
		       root = LIC_BUF_INIT(TEXT_MAX);
	char n[32];

	if (lic_catalog_each(p.cat, LIC_KIND_IMAGE, take_path, &p, &ignored) < 0 || !p.path.len) {
		output_say("the catalog has no image; nothing was changed. Run 'licensefs scan' "
			   "first, or add --allow-unmatched");
	} else if (!i->rows) {
		output_say("the manifest has no rows; nothing was changed. --allow-unmatched "
			   "imports it nevertheless");
	} else {
		lic_text_quote(&key, lic_buf_str(&i->first_key), i->first_key.len);
		lic_text_quote(&path, lic_buf_str(&p.path), p.path.len);
		add_place(i, &root);
		output_say("none of %s %s finds an image; nothing was changed\n"
			   "the first row looks in %s for: %s %s\n"
			   "an image of the store is: %s\n"
			   "--root DIR says where to look; --allow-unmatched imports it for "
			   "images that come later",
			   output_count(i->rows, n), output_plural(i->rows, "row", "rows"),
			   lic_buf_str(&root), lic_key_kind_name(i->first_kind), lic_buf_str(&key),
			   lic_buf_str(&path));
	}
	lic_buf_release(&p.path);
	lic_buf_release(&key);
	lic_buf_release(&path);
	lic_buf_release(&root);
}

void import_print(const struct import *i, bool done)
{
	bool refused = !i->result.matched && !i->args->allow_unmatched;

	if (i->call->json) {
		print_json(i, done);
	} else if (!refused || i->args->dry_run) {
		print_head(i, done);
		print_licenses(&i->tally);
		print_ambiguous(i);
		putchar('\n');
		if (!effects_print(&i->effects))
			puts(done ? "no view has changed" : "no view would change");
	}
	say_warnings(i);
	if (refused)
		say_unmatched(i);
	else
		say_hints(i);
	if (i->args->dry_run)
		output_say("dry run: nothing was changed");
}

/* --- undoing ------------------------------------------------------------------------------ */

static void print_undo_json(const struct import *i)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;

	json_begin(&line);
	lic_json_kint(j, "import", i->manifest.number);
	lic_json_kbool(j, "undone", true);
	lic_json_kstr(j, "collection", lic_buf_str(&i->collection));
	lic_json_kint(j, "rows", i->result.rows);
	lic_json_kint(j, "images", i->result.images);
	lic_json_kint(j, "changed", i->result.changed);
	effects_json(&i->effects, j);
	json_end(&line);
}

void import_print_undo(const struct import *i)
{
	char images[32], changed[32];

	if (i->call->json) {
		print_undo_json(i);
		return;
	}
	printf("import %lld (", (long long)i->manifest.number);
	output_shown(stdout, lic_buf_str(&i->collection), i->collection.len);
	printf(") has ended; it was about %s %s, %s of them changed\n",
	       output_count(i->result.images, images),
	       output_plural(i->result.images, "image", "images"),
	       output_count(i->result.changed, changed));
	effects_print(&i->effects);
}
