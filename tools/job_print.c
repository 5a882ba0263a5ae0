/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a job for a terminal. */
#include <string.h>

#include "date.h"
#include "job.h"
#include "snapshot.h"
#include "table.h"

#define ROWS_SHOWN 15

static const char *size_text(int64_t bytes, char buf[32])
{
	snapshot_bytes(bytes, buf);
	return buf;
}

static void say_more(size_t n, size_t shown)
{
	char more[32];

	if (n > shown)
		printf("and %s more; --json has all\n", output_count((int64_t)(n - shown), more));
}

static size_t shown_of(size_t n)
{
	return n > ROWS_SHOWN + 1 ? ROWS_SHOWN : n;
}

/* --- sums --------------------------------------------------------------------------------- */

static void sum_row(struct table *t, const char *name, const struct lic_job_sum *s)
{
	char images[32], bytes[32], files[32], file_bytes[32];

	table_row(t, (const char *const[]){
			     name, output_count(s->images, images), size_text(s->bytes, bytes),
			     output_count(s->files, files), size_text(s->file_bytes, file_bytes) });
}

static void print_sums(const struct lic_job_report *r)
{
	static const struct table_column columns[] = {
		{ "WHAT", TABLE_PLAIN },	  { "IMAGES", TABLE_RIGHT },
		{ "SIZE", TABLE_RIGHT },	  { "OTHER FILES", TABLE_RIGHT },
		{ "SIZE OF FILES", TABLE_RIGHT },
	};
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	bool reads = !lic_job_knows_processes(r->job);

	putchar('\n');
	sum_row(t, "could see", &r->seen);
	sum_row(t, "  from the start on", &r->start);
	sum_row(t, "  since", &r->later);
	sum_row(t, reads ? "read" : "opened", &r->opened);
	sum_row(t, job_unopened(r->job), &r->unopened);
	sum_row(t, "hidden while it ran", &r->withdrawn);
	sum_row(t, "never could see", &r->excluded);
	table_print(t);
}

static void add_part(struct lic_buf *b, int64_t n, const char *what)
{
	char text[32];

	if (n)
		lic_buf_addf(b, "%s%s %s", b->len ? ", " : "", output_count(n, text), what);
}

/* What has become of the images that it could see. */
static void print_since(const struct lic_job_report *r)
{
	struct lic_buf b = LIC_BUF_INIT(4096);
	char at[32], n[32];

	add_part(&b, r->state[LIC_MEMBER_REVOKED], "revoked");
	add_part(&b, r->state[LIC_MEMBER_OVER], "whose licenses have run out");
	add_part(&b, r->state[LIC_MEMBER_STALE], "changed");
	add_part(&b, r->state[LIC_MEMBER_ENDED], "gone or replaced");
	date_format(r->now, at);
	printf("\nof the images that it could see, on %s: %s\n", at,
	       b.len ? lic_buf_str(&b) : "all as they were");
	if (r->erased)
		printf("%s of them %s erased: counted, but not named\n", output_count(r->erased, n),
		       output_plural(r->erased, "was", "were"));
	lic_buf_release(&b);
}

/* --- tables of images --------------------------------------------------------------------- */

static void row_name(const struct lic_census_row *row, const char *none, struct lic_buf *out)
{
	lic_buf_reset(out);
	if (row->rest)
		lic_buf_adds(out, "others");
	else if (*row->key)
		lic_text_show(out, row->key, strlen(row->key));
	else
		lic_buf_adds(out, none);
}

static const struct lic_census_row *same_key(const struct lic_census_row *all, size_t n,
					     const struct lic_census_row *row)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].rest == row->rest && strcmp(all[i].key, row->key) == 0)
			return &all[i];
	return NULL;
}

/* What it could see, with what was opened of that beside it. */
static void print_both(struct lic_job_report *r, enum lic_census_table which, const char *title,
		       const char *none)
{
	const struct table_column columns[] = {
		{ title, TABLE_PLAIN },
		{ "COULD SEE", TABLE_RIGHT },
		{ "SIZE", TABLE_RIGHT },
		{ lic_job_knows_processes(r->job) ? "OPENED" : "READ", TABLE_RIGHT },
		{ "SIZE", TABLE_RIGHT },
	};
	const struct lic_census_row *seen, *opened, *o;
	size_t n = lic_census_rows(r->of_seen, which, &seen);
	size_t n_opened = lic_census_rows(r->of_opened, which, &opened);
	char images[32], bytes[32], images_o[32], bytes_o[32];
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	struct table *t;

	if (!n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown_of(n); i++) {
		row_name(&seen[i], none, &b);
		o = same_key(opened, n_opened, &seen[i]);
		table_row(t, (const char *const[]){ lic_buf_str(&b),
						    output_count(seen[i].images, images),
						    size_text(seen[i].bytes, bytes),
						    output_count(o ? o->images : 0, images_o),
						    size_text(o ? o->bytes : 0, bytes_o) });
	}
	table_print(t);
	say_more(n, shown_of(n));
	lic_buf_release(&b);
}

static void print_table(struct lic_census *c, enum lic_census_table which, const char *title,
			const char *none)
{
	const struct table_column columns[] = { { title, TABLE_WRAP },
						{ "IMAGES", TABLE_RIGHT },
						{ "SIZE", TABLE_RIGHT } };
	const struct lic_census_row *row;
	size_t n = lic_census_rows(c, which, &row);
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	char images[32], bytes[32];
	struct table *t;

	if (!n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown_of(n); i++) {
		row_name(&row[i], none, &b);
		table_row(t, (const char *const[]){ lic_buf_str(&b),
						    output_count(row[i].images, images),
						    size_text(row[i].bytes, bytes) });
	}
	table_print(t);
	say_more(n, shown_of(n));
	lic_buf_release(&b);
}

static void print_credit(const struct lic_job_report *r)
{
	char due[32], known[32];

	printf("\nattribution is due for %s of the images that it could see; %s name a creator\n",
	       output_count(r->credit_due, due), output_count(r->credit_known, known));
	printf("and for %s of those %s; %s do\n", output_count(r->opened_credit_due, due),
	       job_opened(r->job), output_count(r->opened_credit_known, known));
}

/* --- who ---------------------------------------------------------------------------------- */

static void print_openers(const struct lic_job_report *r)
{
	static const struct table_column columns[] = {
		{ "OPENED BY", TABLE_WRAP },	{ "KIND", TABLE_PLAIN },
		{ "IMAGES", TABLE_RIGHT },	{ "SIZE", TABLE_RIGHT },
		{ "OTHER FILES", TABLE_RIGHT }, { "TIMES", TABLE_RIGHT },
		{ "PROCESSES", TABLE_RIGHT },
	};
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	char images[32], bytes[32], files[32], opens[32], processes[32];
	struct table *t;

	if (!lic_job_knows_processes(r->job))
		puts("\nwho read what is not known: the mount was in mode cached");
	if (!r->n_programs)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < shown_of(r->n_programs); i++) {
		const struct lic_job_share *s = &r->program[i];

		lic_buf_reset(&b);
		job_program(s->program, &b);
		table_row(t, (const char *const[]){ lic_buf_str(&b), lic_opener_name(s->kind),
						    output_count(s->opened.images, images),
						    size_text(s->opened.bytes, bytes),
						    output_count(s->opened.files, files),
						    output_count(s->opens, opens),
						    output_count(s->processes, processes) });
	}
	table_print(t);
	say_more(r->n_programs, shown_of(r->n_programs));
	lic_buf_release(&b);
}

/* --- takedowns ---------------------------------------------------------------------------- */

static void print_touched(const struct lic_job_takedown *d)
{
	char n[32], opened[32];

	for (size_t i = 0; i < d->n_touched && i < ROWS_SHOWN; i++) {
		const struct lic_job_touched *x = &d->touched[i];

		printf("  also in %s ", x->is_job ? "job" : "snapshot");
		output_quoted(stdout, x->name, strlen(x->name));
		printf(": %s %s", output_count(x->images, n),
		       output_plural(x->images, "image", "images"));
		if (x->is_job)
			printf(", %s%s opened", x->partly ? "at least " : "",
			       output_count(x->opened, opened));
		putchar('\n');
	}
	if (d->n_touched > ROWS_SHOWN)
		printf("  and in %s more; --json has all\n",
		       output_count((int64_t)(d->n_touched - ROWS_SHOWN), n));
}

static void print_takedowns(const struct lic_job_report *r)
{
	char at[32], images[32], opened[32];

	if (r->n_takedowns)
		puts("\ntakedowns of images that it could see:");
	for (size_t i = 0; i < r->n_takedowns; i++) {
		const struct lic_job_takedown *d = &r->takedown[i];

		date_format(d->at, at);
		printf("%lld, %s, %s: %s %s, %s %s: ", (long long)d->number, at,
		       d->before    ? "in force when it began"
		       : d->during  ? "while it ran"
		       : d->unknown ? "while it ran or since"
				    : "since",
		       output_count(d->images, images), output_plural(d->images, "image", "images"),
		       output_count(d->opened, opened), job_opened(r->job));
		output_shown(stdout, d->reason, strlen(d->reason));
		puts(d->erased ? " (erased)" : "");
		print_touched(d);
	}
	if (lic_idset_count(&r->more_takedowns))
		printf("and %s more takedowns, whose images are counted above\n",
		       output_count(lic_idset_count(&r->more_takedowns), images));
	if (r->revoked_unknown)
		printf("%s revoked %s it is not known any more by what\n",
		       output_count(r->revoked_unknown, images),
		       output_plural(r->revoked_unknown, "image, of which", "images, of which"));
}

static void print_honoured(const struct lic_job_report *r)
{
	const int64_t all = lic_census_images(r->of_honoured);
	char n[32], alone[32];

	if (all)
		printf("\n%s of these %s something, of which %s would have been shown but for "
		       "it\n",
		       output_count(all, n), output_plural(all, "reserves", "reserve"),
		       output_count(r->honoured_alone, alone));
}

void job_report_print(struct lic_job_report *r)
{
	job_print_head(r->job);
	print_sums(r);
	print_since(r);
	print_both(r, LIC_CENSUS_LICENSE, "LICENSE", "none stated");
	print_credit(r);
	print_both(r, LIC_CENSUS_OWN, "CREATOR", "not known");
	print_both(r, LIC_CENSUS_DOMAIN, "SOURCE", "none stated");
	print_both(r, LIC_CENSUS_FORMAT, "FORMAT", "");
	print_openers(r);
	print_table(r->of_excluded, LIC_CENSUS_OWN, "NEVER COULD SEE, BECAUSE", "");
	print_honoured(r);
	print_table(r->of_honoured, LIC_CENSUS_SIGNAL, "RESERVATION HONOURED, STATED BY",
		    "not known any more");
	print_both(r, LIC_CENSUS_SIGNAL, "RESERVED ALL THE SAME, BY", "not known any more");
	print_takedowns(r);
}
