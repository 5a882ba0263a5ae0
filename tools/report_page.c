/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a store as a page. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"
#include "page_rows.h"
#include "report.h"
#include "snapshot.h"

#define WHERE "'licensefs report --json' has all"

/* --- the head ----------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* "84 % of 25" */
static const char *part_of(int64_t part, int64_t whole, char buf[64])
{
	char share[16], n[32];

	snprintf(buf, 64, "%s of %s", output_share(part, whole, share), output_count(whole, n));
	return buf;
}

static int64_t images_in(struct report *r, enum lic_census_table which, const char *key)
{
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, which, &row);

	for (size_t i = 0; i < n; i++)
		if (!row[i].rest && strcmp(row[i].key, key) == 0)
			return row[i].images;
	return 0;
}

/* Licenses, of which some image states one. */
static size_t count_licenses(struct report *r)
{
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, LIC_CENSUS_LICENSE, &row), count = 0;

	for (size_t i = 0; i < n; i++) {
		struct terms t;

		terms_of(row[i].key, r->policy.own, &t);
		count += t.freedom != FREE_UNKNOWN;
	}
	return count;
}

static void tiles(struct page *p, struct report *r)
{
	const int64_t all = lic_census_images(r->census);
	const int64_t conflicts = images_in(r, LIC_CENSUS_STATUS, "conflict");
	const int64_t unlicensed = images_in(r, LIC_CENSUS_STATUS, "unlicensed");
	char n[32], note[64];

	page_tiles(p);
	snapshot_bytes(lic_census_bytes(r->census), note);
	page_tile(p, TONE_PLAIN, "Images", output_count(all, n), note);
	page_tile(p, TONE_GOOD, "Shown by some view", output_count(r->shown, n),
		  part_of(r->shown, all, note));
	page_tile(p, TONE_SHARED, "Licenses", output_count((int64_t)count_licenses(r), n),
		  "that can be read");
	page_tile(p, unlicensed ? TONE_WARN : TONE_OFF, "Unlicensed", output_count(unlicensed, n),
		  part_of(unlicensed, all, note));
	page_tile(p, conflicts ? TONE_BAD : TONE_OFF, "In conflict", output_count(conflicts, n),
		  part_of(conflicts, all, note));
	page_tile(p, r->reserved ? TONE_WARN : TONE_OFF, "With an opt-out",
		  output_count(r->reserved, n), part_of(r->reserved, all, note));
	page_tiles_end(p);
}

static void head(struct page *p, struct report *r)
{
	char text[128], at[32];

	page_section(p, "scope", "What this is about", NULL);
	page_facts(p);
	page_fact(p, "Store", r->store->path);
	if (r->only) {
		page_fact(p, "View", r->only);
		page_fact(p, "Expression", lic_view_expr(r->view));
		if (*lic_view_basis(r->view))
			page_fact(p, "Legal basis", lic_view_basis(r->view));
	}
	date_format(r->at, at);
	page_fact(p, "As of", at);
	snprintf(text, sizeof(text), "%lld", (long long)r->generation);
	page_fact(p, "Generation", text);
	snprintf(text, sizeof(text), "statements=%s notice=%s",
		 r->policy.strict_statements ? "strict" : "open",
		 r->policy.strict_notice ? "conflict" : "ignore");
	page_fact(p, "Policy", text);
	page_fact(p, "Program", "licensefs " PACKAGE_VERSION);
	page_facts_end(p);
	page_section_end(p);
}

/* --- images ------------------------------------------------------------------------------- */

static enum page_tone status_tone(enum lic_status s)
{
	return s == LIC_STATUS_CLEAR	    ? TONE_GOOD
	       : s == LIC_STATUS_CONFLICT   ? TONE_BAD
	       : s == LIC_STATUS_REVOKED    ? TONE_SHARED
	       : s == LIC_STATUS_UNLICENSED ? TONE_WARN
					    : TONE_OFF;
}

static const char *status_meaning(enum lic_status s)
{
	static const char *const text[] = {
		[LIC_STATUS_CLEAR] = "a license was stated, and nothing speaks against it",
		[LIC_STATUS_UNLICENSED] = "nothing grants anything: shown by no view",
		[LIC_STATUS_CONFLICT] = "what is stated contradicts itself: shown by no view",
		[LIC_STATUS_STALE] = "the bytes are not those that were judged",
		[LIC_STATUS_REVOKED] = "taken down",
		[LIC_STATUS_UNREADABLE] = "cannot be read whole",
	};

	return (unsigned)s < LIC_STATUS_COUNT ? text[s] : "";
}

static void statuses(struct page *p, struct report *r)
{
	static const struct page_column columns[] = { { "Status", false },
						      { "Images", true },
						      { "Share", true },
						      { "Size", true },
						      { "Means", false } };
	const int64_t all = lic_census_images(r->census);
	struct page_bar bar[LIC_STATUS_COUNT];
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, LIC_CENSUS_STATUS, &row);

	page_section(p, "status", "Status",
		     "What was found about each image, and what came of it.");
	for (size_t i = 0; i < n; i++)
		bar[i] = (struct page_bar){ row[i].key, row[i].images,
					    status_tone((enum lic_status)lic_status_find(
						    row[i].key, strlen(row[i].key))) };
	page_stack(p, "Images by status", bar, n, all);
	page_table(p, "Images by status", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < n; i++) {
		page_cell_toned(p, bar[i].tone, NULL, row[i].key);
		page_cell_count(p, row[i].images);
		page_cell_share(p, row[i].images, all);
		page_cell_bytes(p, row[i].bytes);
		page_cell(p, status_meaning((enum lic_status)lic_status_find(row[i].key,
									     strlen(row[i].key))));
	}
	page_table_end(p, 0, NULL);
	page_section_end(p);
}

static int64_t shown_of(void *ctx, const struct lic_census_row *row)
{
	return report_shown(ctx, row);
}

static void licenses(struct page *p, struct report *r)
{
	struct page_licenses x = {
		.images = lic_census_images(r->census),
		.own = r->policy.own,
		.extra_title = "Shown",
		.extra = shown_of,
		.ctx = r,
		.where = WHERE,
	};

	x.n = lic_census_rows(r->census, LIC_CENSUS_LICENSE, &x.row);
	page_section(p, "licenses", "Licenses",
		     "What the license of each image lets anybody do. "
		     "“Either”: its alternatives differ, and whoever uses it chooses one.");
	page_licenses(p, &x);
	page_section_end(p);
}

static void views(struct page *p, struct report *r)
{
	static const struct page_column columns[] = { { "View", false },
						      { "Images", true },
						      { "Share", true },
						      { "Size", true },
						      { "Expression", false } };
	const int64_t all = lic_census_images(r->census);
	struct page_bar *bar = calloc(r->views.n + 1, sizeof(*bar));

	if (!bar)
		output_out_of_memory();
	for (size_t i = 0; i < r->views.n; i++)
		bar[i] = (struct page_bar){ r->views.item[i].name,
					    r->seen[i].images > 0 ? r->seen[i].images : 0,
					    TONE_PLAIN };
	page_section(p, "views", "Views", "How many of the images each view shows.");
	page_pair(p);
	page_bars(p, "Images by view", bar, r->views.n, all, false);
	page_table(p, "Views", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < r->views.n; i++) {
		const struct named_view *v = &r->views.item[i];

		page_cell(p, v->name);
		page_cell_count(p, bar[i].value);
		page_cell_share(p, bar[i].value, all);
		page_cell_bytes(p, v->filter ? r->seen[i].bytes : 0);
		page_cell_code(p, v->broken ? "broken" : v->expr,
			       strlen(v->broken ? "broken" : v->expr));
	}
	page_table_end(p, 0, NULL);
	page_pair_end(p);
	page_section_end(p);
	free(bar);
}

/* --- what stands in the way --------------------------------------------------------------- */

static int conflicts(struct page *p, struct report *r, struct lic_error *err)
{
	static const struct page_column columns[] = { { "Kind", false },
						      { "Images", true },
						      { "Such as", false } };
	const struct conflicts *c = &r->conflicts;
	size_t shown = c->n > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : c->n;
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	int status = 0;

	if (!c->n)
		return 0;
	page_section(
		p, "conflicts", "Conflicts",
		"Statements that contradict each other, by kind. None of these images is shown "
		"until somebody settles it.");
	page_table(p, "Conflicts by kind", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; status == 0 && i < shown; i++) {
		lic_buf_reset(&path);
		status = lic_catalog_entry_path(r->cat, c->item[i].example, &path, err);
		if (status == -ENOENT) /* gone meanwhile */
			status = 0;
		page_cell(p, c->item[i].kind);
		page_cell_count(p, c->item[i].images);
		page_cell_code(p, lic_buf_str(&path), path.len);
	}
	page_table_end(p, c->n - shown, WHERE);
	page_section_end(p);
	lic_buf_release(&path);
	return status;
}

static void census(struct page *p, struct report *r, enum lic_census_table which,
		   struct page_rows x)
{
	x.n = lic_census_rows(r->census, which, &x.row);
	x.images = lic_census_images(r->census);
	x.bytes = lic_census_bytes(r->census);
	x.where = WHERE;
	page_rows(p, &x);
}

static void reservations(struct page *p, struct report *r)
{
	if (!r->reserved)
		return;
	page_section(
		p, "reservations", "Reservations",
		"Opt-outs that owners have stated, by what they reserve and by the signal that "
		"says so. An image may be in several rows.");
	census(p, r, LIC_CENSUS_SCOPE,
	       (struct page_rows){
		       .title = "Images by what is reserved", .key = "Reserved", .none = "" });
	page_raw(p, "<h3>By signal</h3>\n");
	census(p, r, LIC_CENSUS_SIGNAL,
	       (struct page_rows){ .title = "Images by the signal that reserves",
				   .key = "Signal",
				   .none = "not known any more" });
	page_section_end(p);
}

static void sources(struct page *p, struct report *r)
{
	page_section(p, "sources", "Sources",
		     "The domain of the source that is credited, by size.");
	census(p, r, LIC_CENSUS_DOMAIN,
	       (struct page_rows){ .title = "Sources by size",
				   .key = "Domain",
				   .none = "none stated",
				   .by_bytes = true });
	page_section_end(p);
}

static void formats(struct page *p, struct report *r)
{
	page_section(p, "formats", "Formats", NULL);
	census(p, r, LIC_CENSUS_FORMAT,
	       (struct page_rows){ .title = "Images by format", .key = "Format", .none = "" });
	page_section_end(p);
}

/* --- the rest ----------------------------------------------------------------------------- */

static void snapshots(struct page *p, const struct report *r)
{
	static const struct page_column columns[] = { { "Snapshot", false }, { "Made", false },
						      { "Images", true },    { "Size", true },
						      { "Of", false },	     { "Digest", false } };
	size_t shown = r->n_snapshots > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : r->n_snapshots;
	char at[32];

	if (!r->n_snapshots)
		return;
	page_section(p, "snapshots", "Snapshots", "What was pinned, and can be proved.");
	page_table(p, "Snapshots", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < shown; i++) {
		const struct report_snapshot *s = &r->snapshot[i];

		date_format(s->at, at);
		page_cell(p, s->name);
		page_cell(p, at);
		page_cell_count(p, s->images);
		page_cell_bytes(p, s->bytes);
		page_cell_code(p, s->view, strlen(s->view));
		page_cell_code(p, s->digest, strlen(s->digest));
	}
	page_table_end(p, r->n_snapshots - shown, WHERE);
	page_section_end(p);
}

static void fact_count(struct page *p, const char *name, int64_t n)
{
	char text[32];

	page_fact(p, name, output_count(n, text));
}

static void in_force(struct page *p, const struct report *r)
{
	page_section(p, "force", "In force", "What people have decided, beside what files state.");
	page_facts(p);
	fact_count(p, "Decisions", r->decisions);
	fact_count(p, "Imports", r->imports);
	fact_count(p, "Rule files", r->rule_files);
	fact_count(p, "Revocations", r->revocations.force);
	fact_count(p, "Revocations ended", r->revocations.ended);
	if (!r->only) {
		int64_t hidden = 0;

		for (int i = 0; i < LIC_RULE_COUNT; i++)
			hidden += r->documents.hidden[i];
		fact_count(p, "Documents", r->documents.kinds[LIC_KIND_DOCUMENT]);
		fact_count(p, "Companions", r->documents.kinds[LIC_KIND_COMPANION]);
		fact_count(p, "Other files shown", r->documents.kinds[LIC_KIND_INERT]);
		fact_count(p, "Files hidden", hidden);
	}
	page_facts_end(p);
	page_section_end(p);
}

static int samples(struct page *p, struct report *r, struct lic_error *err)
{
	int status;

	page_section(p, "samples", "Samples",
		     "Some of the images that views show now, by license. They are copies, made "
		     "small: the terms of each hold for whoever passes this page on.");
	status = gallery_write(&r->gallery, p, err);
	page_section_end(p);
	return status;
}

static const char *const sections[][2] = {
	{ "scope", "What" },	  { "status", "Status" },	{ "licenses", "Licenses" },
	{ "views", "Views" },	  { "conflicts", "Conflicts" }, { "reservations", "Reservations" },
	{ "sources", "Sources" }, { "formats", "Formats" },	{ "snapshots", "Snapshots" },
	{ "makers", "Made by" },  { "force", "In force" },	{ "samples", "Samples" },
};

static bool is_there(const struct report *r, const char *section)
{
	if (strcmp(section, "conflicts") == 0)
		return r->conflicts.n;
	if (strcmp(section, "reservations") == 0)
		return r->reserved;
	if (strcmp(section, "snapshots") == 0)
		return r->n_snapshots;
	if (strcmp(section, "samples") == 0)
		return r->gallery.pictures;
	if (strcmp(section, "makers") == 0)
		return r->makers.n;
	return true;
}

int report_page(struct report *r, struct sink *sink, struct lic_error *err)
{
	const char *contents[2 * LIC_ARRAY_SIZE(sections) + 1];
	size_t n = 0;
	struct page p;
	int status;

	page_begin(&p, sink, "Rights report", base_name(r->store->path),
		   r->only ? "The images of one view, and what their rights are."
			   : "All images of the store, and what their rights are.");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(sections); i++) {
		if (!is_there(r, sections[i][0]))
			continue;
		contents[n++] = sections[i][0];
		contents[n++] = sections[i][1];
	}
	contents[n] = NULL;
	page_contents(&p, contents);
	tiles(&p, r);
	head(&p, r);
	statuses(&p, r);
	licenses(&p, r);
	views(&p, r);
	status = conflicts(&p, r, err);
	reservations(&p, r);
	sources(&p, r);
	formats(&p, r);
	snapshots(&p, r);
	page_makers(&p, &r->makers);
	in_force(&p, r);
	if (status == 0 && r->gallery.pictures)
		status = samples(&p, r, err);
	page_end(&p);
	return status;
}
