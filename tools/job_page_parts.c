/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a job's page: what it was, when it ran, what it opened, what was taken down. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "job_page.h"
#include "page_rows.h"
#include "snapshot.h"

#define SECOND 1000000000LL
#define WHERE "'licensefs job report --json' has all"

static bool reads(const struct job_page *x)
{
	return !lic_job_knows_processes(x->r->job);
}

/* --- what it was -------------------------------------------------------------------------- */

static void fact_bytes(struct page *p, const char *name, const void *s, size_t n)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_buf_add(&b, s, n);
	page_fact(p, name, lic_buf_str(&b));
	lic_buf_release(&b);
}

static void what(struct page *p, struct lic_job *job)
{
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_job_info *i = lic_job_info(job);
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	page_fact(p, "Job", i->name);
	if (i->command.n) {
		job_command(i, &b);
		page_fact(p, "Command", lic_buf_str(&b));
	}
	fact_bytes(p, i->how == LIC_JOB_RUN ? "Run on" : "Mounted on", i->mountpoint.p,
		   i->mountpoint.n);
	lic_buf_reset(&b);
	if (job_pinned(lic_job_catalog(job), i->pinned, &b))
		page_fact(p, "Snapshot", lic_buf_str(&b));
	if (*s->view)
		page_fact(p, "View", s->view);
	page_fact(p, "Expression", s->expr);
	if (*s->basis)
		page_fact(p, "Legal basis", s->basis);
	page_fact(p, "Policy", s->policy);
	page_fact(p, "Judged by", s->facts);
	lic_buf_release(&b);
}

static void fact_when(struct page *p, const char *name, int64_t at)
{
	char text[32];

	date_format(at, text);
	page_fact(p, name, text);
}

void job_page_head(struct job_page *x)
{
	struct lic_job *job = x->r->job;
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_ledger_summary *g = lic_job_ledger(job);
	const struct lic_job_info *i = lic_job_info(job);
	struct lic_buf outcome = LIC_BUF_INIT(4096);
	struct page *p = &x->p;
	char digest[72];

	page_section(p, "scope", "What this is about", NULL);
	page_facts(p);
	what(p, job);
	page_fact(p, "Begun by", i->who);
	fact_when(p, "Began", i->at);
	page_fact(p, "State", job_state(job));
	if (g->last)
		fact_when(p, "Recorded up to", g->last / SECOND);
	if (job_outcome(job, &outcome))
		page_fact(p, "Outcome", lic_buf_str(&outcome));
	if (g->command.outcome)
		fact_when(p, "Command ended", g->command.at / SECOND);
	lic_buf_release(&outcome);
	fact_when(p, "Reported", x->r->now);
	page_fact(p, "Ledger is", g->complete ? "complete" : "not complete");
	snapshot_digest(s->digest, digest);
	page_fact(p, "Members", digest);
	snapshot_digest(g->digest, digest);
	page_fact(p, "Ledger", g->bytes ? digest : "none");
	page_facts_end(p);
	page_section_end(p);
}

/* --- what it opened ----------------------------------------------------------------------- */

static void sum_row(struct page *p, enum page_tone tone, const char *name,
		    const struct lic_job_sum *s)
{
	page_cell_toned(p, tone, NULL, name);
	page_cell_count(p, s->images);
	page_cell_bytes(p, s->bytes);
	page_cell_count(p, s->files);
	page_cell_bytes(p, s->file_bytes);
}

void job_page_opened(struct job_page *x)
{
	static const struct page_column columns[] = { { "What", false },
						      { "Images", true },
						      { "Size", true },
						      { "Other files", true },
						      { "Size", true } };
	const struct lic_job_report *r = x->r;
	const struct page_bar bar[] = {
		{ reads(x) ? "read" : "opened", r->opened.images, TONE_PLAIN },
		{ job_unopened(r->job), r->unopened.images, TONE_OFF },
	};
	struct page *p = &x->p;

	page_section(p, "opened", reads(x) ? "Could see and read" : "Could see and opened",
		     "Opened means opened: nobody knows what a process did with what it read.");
	page_stack(p, "Images that it could see", bar, LIC_ARRAY_SIZE(bar), r->seen.images);
	page_legend(p, bar, LIC_ARRAY_SIZE(bar), r->seen.images);
	page_table(p, "What it could see", columns, LIC_ARRAY_SIZE(columns));
	sum_row(p, TONE_SHARED, "could see", &r->seen);
	sum_row(p, TONE_SHARED, "of that from the start on", &r->start);
	sum_row(p, TONE_SHARED, "of that since", &r->later);
	sum_row(p, bar[0].tone, bar[0].label, &r->opened);
	sum_row(p, bar[1].tone, bar[1].label, &r->unopened);
	sum_row(p, TONE_WARN, "hidden while it ran", &r->withdrawn);
	sum_row(p, TONE_BAD, "never could see", &r->excluded);
	page_table_end(p, 0, NULL);
	page_section_end(p);
}

/* --- when --------------------------------------------------------------------------------- */

static void servings(struct job_page *x)
{
	static const struct page_column columns[] = { { "Served from", false },
						      { "To", false },
						      { "Mode", false },
						      { "Generation", true },
						      { "Ended because", false } };
	const struct lic_job_serving *s;
	size_t n = lic_job_servings(x->r->job, &s);
	size_t shown = n > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : n;
	struct page *p = &x->p;
	char at[32];

	page_table(p, "Times that it was served", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < shown; i++) {
		date_format(s[i].begin, at);
		page_cell(p, at);
		date_format(s[i].end, at);
		page_cell(p, s[i].end ? at : "");
		page_cell(p, s[i].mode);
		page_cell_count(p, s[i].generation);
		page_cell(p, s[i].why ? lic_ledger_why_name(s[i].why) : "");
	}
	page_table_end(p, n - shown, WHERE);
}

static void changes(struct job_page *x, const struct lic_job_change *c, size_t n)
{
	static const struct page_column columns[] = { { "At", false },
						      { "Generation", true },
						      { "Entries shown", true },
						      { "Entries hidden", true } };
	size_t shown = n > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : n;
	struct page *p = &x->p;
	char at[32];

	if (!n)
		return;
	page_raw(p, "<h3>Changes while it ran</h3>\n<p>Entries are images, other files and "
		    "directories.</p>\n");
	page_table(p, "Changes while it ran", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < shown; i++) {
		date_format(c[i].at, at);
		page_cell(p, at);
		page_cell_count(p, c[i].generation);
		page_cell_count(p, c[i].shown);
		page_cell_count(p, c[i].hidden);
	}
	page_table_end(p, n - shown, WHERE);
}

static int by_time(const void *a, const void *b)
{
	const struct page_event *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Changes and takedowns on one line: the tables have them in words. */
static void line(struct job_page *x, const struct lic_job_change *c, size_t n)
{
	const struct lic_ledger_summary *g = lic_job_ledger(x->r->job);
	const int64_t from = lic_job_info(x->r->job)->at;
	struct page_bar legend[] = { { "changes that showed something", 0, TONE_GOOD },
				     { "changes that hid something", 0, TONE_WARN },
				     { "takedowns", 0, TONE_BAD } };
	int64_t to = g->last / SECOND;
	struct page_event *e = calloc(n + x->r->n_takedowns + 1, sizeof(*e));
	size_t k = 0;

	if (!e)
		output_out_of_memory();
	for (size_t i = 0; i < n && i < PAGE_EVENTS_MAX; i++)
		e[k++] = (struct page_event){ c[i].at, c[i].shown + c[i].hidden,
					      c[i].hidden ? TONE_WARN : TONE_GOOD,
					      c[i].hidden ? "became hidden" : "became visible" };
	for (size_t i = 0; i < x->r->n_takedowns && i < PAGE_EVENTS_MAX; i++)
		if (x->r->takedown[i].at >= from)
			e[k++] =
				(struct page_event){ x->r->takedown[i].at, x->r->takedown[i].images,
						     TONE_BAD, "takedown" };
	for (size_t i = 0; i < k; i++)
		legend[e[i].tone == TONE_GOOD ? 0 : e[i].tone == TONE_WARN ? 1 : 2].value++;
	qsort(e, k, sizeof(*e), by_time);
	if (k && e[k - 1].at > to)
		to = e[k - 1].at;
	if (k) {
		page_timeline(&x->p, "Changes and takedowns over time", from, to, e, k);
		page_legend(&x->p, legend, LIC_ARRAY_SIZE(legend), 0);
	}
	free(e);
}

void job_page_time(struct job_page *x)
{
	const struct lic_job_change *c;
	size_t n = lic_job_changes(x->r->job, &c);

	page_section(&x->p, "time", "When it ran", NULL);
	line(x, c, n);
	servings(x);
	changes(x, c, n);
	page_section_end(&x->p);
}

/* --- what has become of it ---------------------------------------------------------------- */

void job_page_states(struct job_page *x)
{
	static const struct page_column columns[] = {
		{ "Now", false }, { "Images", true }, { "Share", true }, { "Of them opened", true }
	};
	static const char *const names[] = {
		[LIC_MEMBER_AS_WAS] = "as it was",
		[LIC_MEMBER_STALE] = "other bytes, or not known",
		[LIC_MEMBER_ENDED] = "gone or replaced",
		[LIC_MEMBER_REVOKED] = "taken down",
		[LIC_MEMBER_OVER] = "its license has run out",
	};
	static const enum page_tone tones[] = {
		[LIC_MEMBER_AS_WAS] = TONE_GOOD,  [LIC_MEMBER_STALE] = TONE_OFF,
		[LIC_MEMBER_ENDED] = TONE_SHARED, [LIC_MEMBER_REVOKED] = TONE_BAD,
		[LIC_MEMBER_OVER] = TONE_WARN,
	};
	const struct lic_job_report *r = x->r;
	struct page_bar bar[LIC_MEMBER_STATES];
	struct page *p = &x->p;

	_Static_assert(LIC_ARRAY_SIZE(names) == LIC_MEMBER_STATES, "each has a name");
	for (int s = 0; s < LIC_MEMBER_STATES; s++)
		bar[s] = (struct page_bar){ names[s], r->state[s], tones[s] };
	page_section(
		p, "since", "What has become of the images",
		"The images that it could see, as they are now. What was erased is counted and "
		"never named.");
	page_stack(p, "Images by what has become of them", bar, LIC_MEMBER_STATES, r->seen.images);
	page_table(p, "Images by what has become of them", columns, LIC_ARRAY_SIZE(columns));
	for (int s = 0; s < LIC_MEMBER_STATES; s++) {
		page_cell_toned(p, tones[s], NULL, names[s]);
		page_cell_count(p, r->state[s]);
		page_cell_share(p, r->state[s], r->seen.images);
		page_cell_count(p, r->state_opened[s]);
	}
	page_table_end(p, 0, NULL);
	page_section_end(p);
}

static void touched(struct page *p, const struct lic_job_takedown *d)
{
	page_cell_begin(p);
	for (size_t i = 0; i < d->n_touched && i < PAGE_ROWS_MAX; i++) {
		page_raw(p, i ? "<br>" : "");
		page_str(p, d->touched[i].is_job ? "job " : "snapshot ");
		page_str(p, d->touched[i].name);
		page_raw(p, " (");
		page_count(p, d->touched[i].images);
		page_raw(p, d->touched[i].images == 1 ? " image" : " images");
		if (d->touched[i].is_job) {
			page_raw(p, d->touched[i].partly ? ", at least " : ", ");
			page_count(p, d->touched[i].opened);
			page_raw(p, " opened");
		}
		page_raw(p, ")");
	}
	page_cell_end(p);
}

void job_page_takedowns(struct job_page *x)
{
	static const struct page_column columns[] = {
		{ "Takedown", false }, { "Made", false },  { "When", false },
		{ "Images", true },    { "Opened", true }, { "Reason", false },
		{ "Also in", false },
	};
	const struct lic_job_report *r = x->r;
	size_t shown = r->n_takedowns > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : r->n_takedowns;
	struct page *p = &x->p;
	char text[32];

	if (!r->n_takedowns)
		return;
	page_section(p, "takedowns", "Takedowns", "Of images that it could see.");
	page_table(p, "Takedowns", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < shown; i++) {
		const struct lic_job_takedown *d = &r->takedown[i];

		snprintf(text, sizeof(text), "%lld", (long long)d->number);
		page_cell(p, text);
		date_format(d->at, text);
		page_cell(p, text);
		page_cell(p, d->before	  ? "before it began"
			     : d->during  ? "while it ran"
			     : d->unknown ? "while it ran or since"
					  : "since");
		page_cell_count(p, d->images);
		page_cell_count(p, d->opened);
		page_cell(p, d->reason);
		touched(p, d);
	}
	page_table_end(p, r->n_takedowns - shown + (size_t)lic_idset_count(&r->more_takedowns),
		       WHERE);
	page_section_end(p);
}

/* --- who ---------------------------------------------------------------------------------- */

void job_page_programs(struct job_page *x)
{
	static const struct page_column columns[] = {
		{ "Program", false },	 { "Kind", false }, { "Images", true },	   { "Size", true },
		{ "Other files", true }, { "Times", true }, { "Processes", true },
	};
	const struct lic_job_report *r = x->r;
	size_t shown = r->n_programs > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : r->n_programs;
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	struct page *p = &x->p;

	page_section(p, "programs", "Who opened",
		     reads(x) ? "Not known: the mount was in mode cached, which does not see who "
				"opens what."
			      : "By program. What a program is for is told by its name, which it "
				"chose itself.");
	if (r->n_programs && !reads(x)) {
		page_table(p, "Programs", columns, LIC_ARRAY_SIZE(columns));
		for (size_t i = 0; i < shown; i++) {
			const struct lic_job_share *s = &r->program[i];

			lic_buf_reset(&b);
			job_program(s->program, &b);
			page_cell_code(p, lic_buf_str(&b), b.len);
			page_cell(p, lic_opener_name(s->kind));
			page_cell_count(p, s->opened.images);
			page_cell_bytes(p, s->opened.bytes);
			page_cell_count(p, s->opened.files);
			page_cell_count(p, s->opens);
			page_cell_count(p, s->processes);
		}
		page_table_end(p, r->n_programs - shown, WHERE);
	}
	page_section_end(p);
	lic_buf_release(&b);
}
