/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a store for a terminal. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "report.h"
#include "snapshot.h"
#include "table.h"
#include "terms.h"

#define ROWS_SHOWN 15
#define BAR_CELLS 20

/* --- cells -------------------------------------------------------------------------------- */

/* A bar in eighths of a cell, where the terminal has them. */
static const char *bar(int64_t part, int64_t whole, char buf[128])
{
	static const char *const eighth[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	const int64_t all = whole > 0 ? (part * BAR_CELLS * 8 + whole / 2) / whole : 0;
	struct lic_buf b = LIC_BUF_INIT(127);

	for (int64_t i = 0; i < all / 8; i++)
		lic_buf_adds(&b, MB_CUR_MAX > 1 ? "█" : "#");
	if (MB_CUR_MAX > 1)
		lic_buf_adds(&b, eighth[all % 8]);
	if (part && !b.len)
		lic_buf_adds(&b, MB_CUR_MAX > 1 ? eighth[1] : "#");
	lic_text_cut(buf, 128, lic_buf_str(&b));
	lic_buf_release(&b);
	return buf;
}

static const char *size_text(int64_t bytes, char buf[32])
{
	snapshot_bytes(bytes, buf);
	return buf;
}

static void fact(struct table *t, const char *name, const char *value)
{
	table_row(t, (const char *const[]){ name, value });
	table_color(t, 0, "bold");
}

/* --- the head ----------------------------------------------------------------------------- */

static void print_scope(struct report *r, struct table *t, struct lic_buf *b)
{
	char n[32], bytes[32], shown[32];

	if (r->only) {
		lic_buf_reset(b);
		lic_text_show(b, r->only, strlen(r->only));
		lic_buf_adds(b, ": ");
		lic_text_show(b, lic_view_expr(r->view), strlen(lic_view_expr(r->view)));
		fact(t, "view", lic_buf_str(b));
		if (*lic_view_basis(r->view)) {
			lic_buf_reset(b);
			lic_text_show(b, lic_view_basis(r->view), strlen(lic_view_basis(r->view)));
			fact(t, "basis", lic_buf_str(b));
		}
	}
	lic_buf_reset(b);
	lic_buf_addf(b, "%s, %s; some view shows %s of them",
		     output_count(lic_census_images(r->census), n),
		     size_text(lic_census_bytes(r->census), bytes), output_count(r->shown, shown));
	fact(t, "images", lic_buf_str(b));
}

static void print_head(struct report *r)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, false);
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	char at[32];

	lic_text_quote(&b, r->store->path, strlen(r->store->path));
	fact(t, "store", lic_buf_str(&b));
	date_format(r->at, at);
	lic_buf_reset(&b);
	lic_buf_addf(&b, "%s, generation %lld, licensefs %s", at, (long long)r->generation,
		     PACKAGE_VERSION);
	fact(t, "as of", lic_buf_str(&b));
	lic_buf_reset(&b);
	lic_buf_addf(&b, "statements=%s notice=%s", r->policy.strict_statements ? "strict" : "open",
		     r->policy.strict_notice ? "conflict" : "ignore");
	fact(t, "policy", lic_buf_str(&b));
	print_scope(r, t, &b);
	table_print(t);
	lic_buf_release(&b);
}

/* --- tables ------------------------------------------------------------------------------- */

static const char *status_color(const char *name)
{
	return strcmp(name, lic_status_name(LIC_STATUS_CLEAR)) == 0	   ? "green"
	       : strcmp(name, lic_status_name(LIC_STATUS_UNLICENSED)) == 0 ? "yellow"
									   : "red";
}

static void say_more(size_t n, size_t shown)
{
	char more[32];

	if (n > shown)
		printf("and %s more; --json has all\n", output_count((int64_t)(n - shown), more));
}

/* KEY IMAGES SIZE SHARE, and a bar by images. `none`: for the empty key. */
static void print_census(struct report *r, enum lic_census_table which, const char *title,
			 const char *none)
{
	const struct table_column columns[] = {
		{ title, TABLE_PLAIN },	  { "IMAGES", TABLE_RIGHT }, { "SIZE", TABLE_RIGHT },
		{ "SHARE", TABLE_RIGHT }, { "", TABLE_PLAIN },
	};
	const int64_t all = lic_census_images(r->census);
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, which, &row);
	size_t shown = n > ROWS_SHOWN + 1 ? ROWS_SHOWN : n;
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	char images[32], bytes[32], percent[16], line[128];
	struct table *t;

	if (!n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown; i++) {
		lic_buf_reset(&b);
		lic_text_show(&b, row[i].key, strlen(row[i].key));
		table_row(t, (const char *const[]){ row[i].rest	  ? "others"
						    : *row[i].key ? lic_buf_str(&b)
								  : none,
						    output_count(row[i].images, images),
						    size_text(row[i].bytes, bytes),
						    output_share(row[i].images, all, percent),
						    bar(row[i].images, all, line) });
		if (which == LIC_CENSUS_STATUS)
			table_color(t, 0, status_color(row[i].key));
	}
	table_print(t);
	say_more(n, shown);
	lic_buf_release(&b);
}

static void add_obligations(struct lic_buf *b, unsigned bits)
{
	for (; bits; bits &= bits - 1)
		lic_buf_addf(b, "%s%s", b->len ? ", " : "", lic_obligation_name(bits & -bits));
}

static void print_licenses(struct report *r)
{
	static const struct table_column columns[] = {
		{ "LICENSE", TABLE_PLAIN },    { "IMAGES", TABLE_RIGHT },
		{ "SHOWN", TABLE_RIGHT },      { "SIZE", TABLE_RIGHT },
		{ "COMMERCIAL", TABLE_PLAIN }, { "CHANGES", TABLE_PLAIN },
		{ "ASKS FOR", TABLE_WRAP },
	};
	const struct lic_census_row *row;
	size_t n = lic_census_rows(r->census, LIC_CENSUS_LICENSE, &row);
	size_t shown = n > ROWS_SHOWN + 1 ? ROWS_SHOWN : n;
	struct lic_buf name = LIC_BUF_INIT(1u << 16), asks = LIC_BUF_INIT(4096);
	char images[32], seen[32], bytes[32];
	struct table *t;

	if (!n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown; i++) {
		struct terms terms;

		terms_of(row[i].key, r->policy.own, &terms);
		lic_buf_reset(&name);
		lic_buf_reset(&asks);
		lic_text_show(&name, row[i].key, strlen(row[i].key));
		add_obligations(&asks, terms.obligations);
		table_row(t, (const char *const[]){ row[i].rest	  ? "others"
						    : *row[i].key ? lic_buf_str(&name)
								  : "none stated",
						    output_count(row[i].images, images),
						    output_count(report_shown(r, &row[i]), seen),
						    size_text(row[i].bytes, bytes),
						    terms_permitted(&terms, LIC_COMMERCIAL_USE),
						    terms_permitted(&terms, LIC_DERIVE),
						    lic_buf_str(&asks) });
	}
	table_print(t);
	say_more(n, shown);
	lic_buf_release(&name);
	lic_buf_release(&asks);
}

static void print_views(const struct report *r)
{
	static const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },  { "IMAGES", TABLE_RIGHT }, { "SIZE", TABLE_RIGHT },
		{ "SHARE", TABLE_RIGHT }, { "", TABLE_PLAIN },
	};
	const int64_t all = lic_census_images(r->census);
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	char n[32], bytes[32], percent[16], line[128];

	for (size_t i = 0; i < r->views.n; i++) {
		const struct report_view *v = &r->seen[i];

		if (v->images < 0)
			table_row(t, (const char *const[]){ r->views.item[i].name, "broken", NULL,
							    NULL, NULL });
		else
			table_row(t, (const char *const[]){ r->views.item[i].name,
							    output_count(v->images, n),
							    size_text(v->bytes, bytes),
							    output_share(v->images, all, percent),
							    bar(v->images, all, line) });
	}
	putchar('\n');
	table_print(t);
}

static void print_conflicts(const struct report *r)
{
	static const struct table_column columns[] = { { "CONFLICT", TABLE_WRAP },
						       { "IMAGES", TABLE_RIGHT } };
	const struct conflicts *c = &r->conflicts;
	size_t shown = c->n > ROWS_SHOWN + 1 ? ROWS_SHOWN : c->n;
	struct table *t;
	char n[32], all[32];

	if (!c->n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown; i++)
		table_row(t, (const char *const[]){ c->item[i].kind,
						    output_count(c->item[i].images, n) });
	table_print(t);
	say_more(c->n, shown);
	if (c->looked < c->images)
		printf("among the first %s of %s conflicts\n", output_count(c->looked, n),
		       output_count(c->images, all));
}

/* What is in force beside what the files say. */
static void print_rest(const struct report *r)
{
	char n[32], more[32];

	putchar('\n');
	printf("%s %s in force", output_count(r->decisions, n),
	       output_plural(r->decisions, "decision", "decisions"));
	printf(", %s %s", output_count(r->imports, n),
	       output_plural(r->imports, "import", "imports"));
	printf(", %s rule %s", output_count(r->rule_files, n),
	       output_plural(r->rule_files, "file", "files"));
	printf(", %s %s, %s ended\n", output_count(r->revocations.force, n),
	       output_plural(r->revocations.force, "revocation", "revocations"),
	       output_count(r->revocations.ended, more));
}

static void print_snapshots(const struct report *r)
{
	static const struct table_column columns[] = {
		{ "SNAPSHOT", TABLE_PLAIN }, { "MADE", TABLE_PLAIN }, { "IMAGES", TABLE_RIGHT },
		{ "SIZE", TABLE_RIGHT },     { "OF", TABLE_WRAP },
	};
	size_t shown = r->n_snapshots > ROWS_SHOWN + 1 ? ROWS_SHOWN : r->n_snapshots;
	struct lic_buf name = LIC_BUF_INIT(1u << 16), of = LIC_BUF_INIT(1u << 20);
	char at[32], n[32], bytes[32];
	struct table *t;

	if (!r->n_snapshots)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown; i++) {
		const struct report_snapshot *s = &r->snapshot[i];

		lic_buf_reset(&name);
		lic_buf_reset(&of);
		lic_text_quote(&name, s->name, strlen(s->name));
		lic_text_show(&of, s->view, strlen(s->view));
		date_format(s->at, at);
		table_row(t,
			  (const char *const[]){ lic_buf_str(&name), at, output_count(s->images, n),
						 size_text(s->bytes, bytes), lic_buf_str(&of) });
	}
	table_print(t);
	say_more(r->n_snapshots, shown);
	lic_buf_release(&name);
	lic_buf_release(&of);
}

void report_print(struct report *r)
{
	print_head(r);
	print_census(r, LIC_CENSUS_STATUS, "STATUS", "");
	print_licenses(r);
	print_views(r);
	print_conflicts(r);
	print_census(r, LIC_CENSUS_SCOPE, "RESERVED", "");
	print_census(r, LIC_CENSUS_SIGNAL, "RESERVED BY", "not known any more");
	print_census(r, LIC_CENSUS_DOMAIN, "SOURCE", "none stated");
	print_census(r, LIC_CENSUS_FORMAT, "FORMAT", "");
	if (!r->only)
		documents_print(&r->documents);
	print_snapshots(r);
	makers_print(&r->makers);
	print_rest(r);
}
