/* SPDX-License-Identifier: Apache-2.0 */
/* What a store holds beside images. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "output.h"
#include "table.h"

/* Files that are named without --verbose. */
#define NOTED_SHOWN 10
/* Names without an image that explain shows. */
#define NAMES_SHOWN 3

/* --- what to do --------------------------------------------------------------------------- */

static const char *const advice[LIC_RULE_COUNT] = {
	[LIC_RULE_CACHE] = "programs write a cache anew, beside what they see; unpack a container",
	[LIC_RULE_NOT_IMAGE] = "if it is about images: docs/layouts.md has the forms that are read",
	[LIC_RULE_UNREADABLE] = "let the one who scans read it, and scan again",
	[LIC_RULE_WAITING] = "scan again",
	[LIC_RULE_ABSOLUTE] = "make its paths relative, or mount with -o abspaths=keep",
	[LIC_RULE_MALFORMED] = "mend it, and scan again",
	[LIC_RULE_UNBOUND] = "if it is about images: scan again when they are in the store",
	[LIC_RULE_NAMES_IMAGES] = "keep names of images in records only, and scan again",
};

const char *documents_advice(enum lic_kind kind, enum lic_rule rule, const struct lic_document *d)
{
	if (kind == LIC_KIND_DOCUMENT && d->flags & LIC_DOCUMENT_CHECKSUM)
		return "have its loader skip the checksum, or hide it by moving it away";
	if (kind == LIC_KIND_DOCUMENT && d->first && d->bound < d->subjects)
		return "scan again when the images that it names are in the store";
	if (kind != LIC_KIND_HIDDEN && rule != LIC_RULE_ABSOLUTE)
		return NULL;
	return (unsigned)rule < LIC_RULE_COUNT ? advice[rule] : NULL;
}

void documents_note(const struct lic_document *d, struct lic_buf *out)
{
	if (*d->note)
		lic_text_show(out, d->note, strlen(d->note));
	else if (d->flags & LIC_DOCUMENT_CHECKSUM)
		lic_buf_adds(out,
			     "its usual loader compares a checksum of the whole file, and takes "
			     "a filtered one for corrupt");
}

/* --- what was found ----------------------------------------------------------------------- */

struct names {
	struct lic_buf *text;
	unsigned n;
};

static int add_name(void *ctx, struct lic_bytes name)
{
	struct names *names = ctx;

	if (!names->text || names->n == NAMES_SHOWN)
		return 0;
	lic_buf_adds(names->text, names->n++ ? ", " : "");
	lic_text_quote(names->text, (const char *)name.p, name.n);
	return 0;
}

int documents_count(struct lic_catalog *cat, int64_t entry, struct lic_document *d,
		    struct lic_buf *missing, struct lic_error *err)
{
	struct names names = { missing, 0 };
	uint64_t subjects, lost;
	int r;

	if (!d->first || d->bound == d->subjects)
		return 0;
	r = lic_document_missing(cat, entry, &subjects, &lost, add_name, &names, err);
	if (r < 0)
		return r;
	if (names.n && lost > names.n)
		lic_buf_adds(missing, ", ...");
	d->subjects = (int64_t)subjects;
	d->bound = (int64_t)(subjects - lost);
	return 0;
}

/* --- gathering ---------------------------------------------------------------------------- */

static bool cannot_be_filtered(enum lic_rule rule)
{
	return rule == LIC_RULE_MALFORMED || rule == LIC_RULE_UNBOUND ||
	       rule == LIC_RULE_NAMES_IMAGES || rule == LIC_RULE_ABSOLUTE;
}

static int note_file(struct documents *d, struct lic_catalog *cat, struct path_cache *cache,
		     const struct lic_entry *e, const struct lic_document *known, bool looked,
		     struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = { 0 };
	enum lic_kind kind = e->kind;
	enum lic_rule rule = e->rule;
	struct noted_file *more;
	int r = path_cache_get(cache, cat, e, &path, err);

	if (r < 0)
		return r;
	more = reallocarray(d->noted, d->n_noted + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	d->noted = more;
	more += d->n_noted++;
	*more = (struct noted_file){
		.n = path.len, .kind = kind, .rule = rule, .looked = looked, .document = *known
	};
	more->path = lic_buf_take(&path);
	if (!more->path)
		output_out_of_memory();
	return 0;
}

static void count(struct documents *d, const struct lic_entry *e, const struct lic_document *known)
{
	struct document_total *t;

	d->kinds[e->kind]++;
	if (e->kind == LIC_KIND_HIDDEN)
		d->hidden[e->rule < LIC_RULE_COUNT ? e->rule : LIC_RULE_NONE]++;
	if (e->kind != LIC_KIND_DOCUMENT || (unsigned)known->format >= LIC_DOCUMENT_FORMAT_COUNT)
		return;
	t = &d->format[known->format];
	t->files++;
	t->records += known->records;
	t->named += known->subjects;
	t->found += known->bound;
}

int documents_add(struct documents *d, struct lic_catalog *cat, struct path_cache *cache,
		  const struct lic_entry *e, bool all, struct lic_error *err)
{
	struct lic_document known = { 0 };
	struct lic_entry entry = *e;
	char name[NAME_MAX];
	bool told, looked;
	int r = 0;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_COMPANION || e->id == 1) {
		d->kinds[e->kind]++;
		return 0;
	}
	/* The next call on the catalog takes the name. */
	entry.name.n = e->name.n < sizeof(name) ? e->name.n : sizeof(name);
	memcpy(name, e->name.p, entry.name.n);
	entry.name.p = (const uint8_t *)name;
	r = lic_catalog_document(cat, entry.id, &known, err);
	if (r == 0 && entry.kind == LIC_KIND_DOCUMENT)
		r = documents_count(cat, entry.id, &known, NULL, err);
	if (r < 0 && r != -ENOENT)
		return r;
	count(d, &entry, &known);
	looked = r == 0;
	told = cannot_be_filtered(entry.rule) || known.flags & LIC_DOCUMENT_CHECKSUM ||
	       (entry.kind == LIC_KIND_DOCUMENT && *known.note);
	if (!told && !(all && entry.kind == LIC_KIND_HIDDEN))
		return 0;
	if (!all && d->n_noted == NOTED_SHOWN) {
		d->more++;
		return 0;
	}
	return note_file(d, cat, cache, &entry, &known, looked, err);
}

void documents_release(struct documents *d)
{
	for (size_t i = 0; i < d->n_noted; i++)
		free(d->noted[i].path);
	free(d->noted);
}

/* --- for people --------------------------------------------------------------------------- */

static void print_formats(const struct documents *d)
{
	static const struct table_column columns[] = {
		{ "DOCUMENTS", TABLE_RIGHT }, { "FORMAT", TABLE_PLAIN },
		{ "RECORDS", TABLE_RIGHT },   { "IMAGES NAMED", TABLE_RIGHT },
		{ "FOUND", TABLE_RIGHT },
	};
	struct table *t;
	char n[4][32];

	if (!d->kinds[LIC_KIND_DOCUMENT])
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (int f = 0; f < LIC_DOCUMENT_FORMAT_COUNT; f++) {
		const struct document_total *total = &d->format[f];

		if (!total->files)
			continue;
		table_row(t, (const char *const[]){ output_count(total->files, n[0]),
						    lic_document_format_text(f),
						    output_count(total->records, n[1]),
						    output_count(total->named, n[2]),
						    output_count(total->found, n[3]) });
		if (total->found < total->named)
			table_color(t, 4, "yellow");
	}
	table_print(t);
}

static void print_hidden(const struct documents *d)
{
	static const struct table_column columns[] = {
		{ "HIDDEN", TABLE_RIGHT },
		{ "BECAUSE", TABLE_PLAIN },
		{ "WHAT TO DO", TABLE_WRAP },
	};
	struct table *t;
	char n[32];

	if (!d->kinds[LIC_KIND_HIDDEN])
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (int rule = 0; rule < LIC_RULE_COUNT; rule++)
		if (d->hidden[rule])
			table_row(t, (const char *const[]){ output_count(d->hidden[rule], n),
							    lic_rule_text(rule), advice[rule] });
	table_print(t);
}

static void print_noted(const struct documents *d)
{
	static const struct table_column columns[] = {
		{ "FILE", TABLE_PLAIN },
		{ "WHAT TO KNOW", TABLE_WRAP },
	};
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	struct lic_buf name = LIC_BUF_INIT(1u << 20), text = LIC_BUF_INIT(1u << 16);

	for (size_t i = 0; i < d->n_noted; i++) {
		const struct noted_file *f = &d->noted[i];

		lic_buf_reset(&name);
		lic_buf_reset(&text);
		lic_text_quote(&name, f->path, f->n);
		documents_note(&f->document, &text);
		table_row(t, (const char *const[]){ lic_buf_str(&name),
						    text.len ? lic_buf_str(&text)
							     : lic_rule_text(f->rule) });
		table_color(t, 0, f->kind == LIC_KIND_HIDDEN ? "red" : "yellow");
	}
	table_print(t);
	lic_buf_release(&name);
	lic_buf_release(&text);
}

void documents_print(const struct documents *d)
{
	char n[32];

	print_formats(d);
	print_hidden(d);
	if (!d->n_noted)
		return;
	putchar('\n');
	print_noted(d);
	if (d->more)
		printf("and %s more such %s; --verbose names all\n", output_count(d->more, n),
		       output_plural(d->more, "file", "files"));
}

/* --- JSON --------------------------------------------------------------------------------- */

void documents_json_one(const struct lic_document *d, struct lic_json *j)
{
	lic_json_object(j);
	lic_json_kstr(j, "format", lic_document_format_name(d->format));
	lic_json_kint(j, "records", d->records);
	lic_json_kint(j, "named", d->subjects);
	lic_json_kint(j, "found", d->bound);
	lic_json_kbool(j, "checksum", d->flags & LIC_DOCUMENT_CHECKSUM);
	lic_json_kstr(j, "note", *d->note ? d->note : NULL);
	lic_json_object_end(j);
}

static void json_formats(const struct documents *d, struct lic_json *j)
{
	lic_json_key(j, "documents");
	lic_json_array(j);
	for (int f = 0; f < LIC_DOCUMENT_FORMAT_COUNT; f++) {
		const struct document_total *t = &d->format[f];

		if (!t->files)
			continue;
		lic_json_object(j);
		lic_json_kstr(j, "format", lic_document_format_name(f));
		lic_json_kint(j, "files", t->files);
		lic_json_kint(j, "records", t->records);
		lic_json_kint(j, "named", t->named);
		lic_json_kint(j, "found", t->found);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_noted(const struct documents *d, struct lic_json *j, bool hidden)
{
	for (size_t i = 0; i < d->n_noted; i++) {
		const struct noted_file *f = &d->noted[i];

		if (hidden && f->kind != LIC_KIND_HIDDEN)
			continue;
		lic_json_object(j);
		lic_json_key(j, "path");
		lic_json_bytes(j, f->path, f->n);
		lic_json_kstr(j, "kind", lic_kind_name(f->kind));
		lic_json_kstr(j, "rule", lic_rule_name(f->rule));
		lic_json_key(j, "document");
		if (f->looked)
			documents_json_one(&f->document, j);
		else
			lic_json_null(j);
		lic_json_kstr(j, "advice", documents_advice(f->kind, f->rule, &f->document));
		lic_json_object_end(j);
	}
}

void documents_json(const struct documents *d, struct lic_json *j, bool all)
{
	json_formats(d, j);
	lic_json_key(j, "hidden");
	lic_json_object(j);
	for (int rule = 0; rule < LIC_RULE_COUNT; rule++)
		if (d->hidden[rule])
			lic_json_kint(j, lic_rule_name(rule), d->hidden[rule]);
	lic_json_object_end(j);
	lic_json_key(j, all ? "hidden_files" : "noted_files");
	lic_json_array(j);
	json_noted(d, j, all);
	lic_json_array_end(j);
	if (all) {
		lic_json_key(j, "noted_files");
		lic_json_array(j);
		json_noted(d, j, false);
		lic_json_array_end(j);
	}
}
