/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a job as a page: the same numbers as in text and JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job_page.h"
#include "page_rows.h"
#include "snapshot.h"

#define WHERE "'licensefs job report --json' has all"

/* "84 % of 25" */
static const char *part_of(int64_t part, int64_t whole, char buf[64])
{
	char share[16], n[32];

	snprintf(buf, 64, "%s of %s", output_share(part, whole, share), output_count(whole, n));
	return buf;
}

static void tiles(struct job_page *x)
{
	const struct lic_job_report *r = x->r;
	bool reads = !lic_job_knows_processes(r->job);
	struct page *p = &x->p;
	char n[32], note[64], unopened[32];

	page_tiles(p);
	snapshot_bytes(r->seen.bytes, note);
	page_tile(p, TONE_SHARED, "Could see", output_count(r->seen.images, n), note);
	page_tile(p, TONE_PLAIN, reads ? "Read" : "Opened", output_count(r->opened.images, n),
		  part_of(r->opened.images, r->seen.images, note));
	snprintf(unopened, sizeof(unopened), "%s", job_unopened(r->job));
	*unopened = (char)(*unopened - 'a' + 'A');
	page_tile(p, TONE_OFF, unopened, output_count(r->unopened.images, n),
		  part_of(r->unopened.images, r->seen.images, note));
	page_tile(p, r->state[LIC_MEMBER_REVOKED] ? TONE_BAD : TONE_OFF, "Taken down by now",
		  output_count(r->state[LIC_MEMBER_REVOKED], n),
		  part_of(r->state[LIC_MEMBER_REVOKED], r->seen.images, note));
	page_tile(p, TONE_WARN, "Never could see", output_count(r->excluded.images, n),
		  "of the store when it began");
	snprintf(note, sizeof(note), "kept out; %s for nothing else",
		 output_count(r->honoured_alone, n));
	page_tile(p, TONE_GOOD, "Reservations honoured",
		  output_count(lic_census_images(r->of_honoured), n), note);
	page_tiles_end(p);
}

/* --- tables ------------------------------------------------------------------------------- */

static int64_t opened_of(void *ctx, const struct lic_census_row *row)
{
	struct lic_job_report *r = ctx;
	const struct lic_census_row *o;
	size_t n = lic_census_rows(r->of_opened, LIC_CENSUS_LICENSE, &o);

	for (size_t i = 0; i < n; i++)
		if (o[i].rest == row->rest && strcmp(o[i].key, row->key) == 0)
			return o[i].images;
	return 0;
}

static void licenses(struct job_page *x)
{
	struct page_licenses l = {
		.images = x->r->seen.images,
		.own = x->policy.own,
		.extra_title = lic_job_knows_processes(x->r->job) ? "Opened" : "Read",
		.extra = opened_of,
		.ctx = x->r,
		.where = WHERE,
	};

	l.n = lic_census_rows(x->r->of_seen, LIC_CENSUS_LICENSE, &l.row);
	page_section(&x->p, "licenses", "Licenses",
		     "Of the images that it could see, at the moment when it could first see them. "
		     "“Either”: its alternatives differ, and whoever uses it chooses one.");
	page_licenses(&x->p, &l);
	page_section_end(&x->p);
}

static void census(struct job_page *x, struct lic_census *c, enum lic_census_table which,
		   struct page_rows rows)
{
	rows.n = lic_census_rows(c, which, &rows.row);
	rows.images = lic_census_images(c);
	rows.bytes = lic_census_bytes(c);
	rows.where = WHERE;
	page_rows(&x->p, &rows);
}

static void sources(struct job_page *x)
{
	page_section(
		&x->p, "sources", "Sources",
		"The domain of the source that is credited, by size: of what was opened, and of "
		"all that it could see.");
	page_raw(&x->p, "<h3>Opened</h3>\n");
	census(x, x->r->of_opened, LIC_CENSUS_DOMAIN,
	       (struct page_rows){ .title = "Sources of what was opened",
				   .key = "Domain",
				   .none = "none stated",
				   .by_bytes = true });
	page_raw(&x->p, "<h3>Could see</h3>\n");
	census(x, x->r->of_seen, LIC_CENSUS_DOMAIN,
	       (struct page_rows){ .title = "Sources of what it could see",
				   .key = "Domain",
				   .none = "none stated",
				   .by_bytes = true });
	page_section_end(&x->p);
}

static void exclusions(struct job_page *x)
{
	char n[32];

	page_section(
		&x->p, "excluded", "Never could see",
		"Images that were in the store when it began, and why they were kept from it.");
	census(x, x->r->of_excluded, LIC_CENSUS_OWN,
	       (struct page_rows){ .title = "Images that it never could see",
				   .key = "Because",
				   .none = "not known" });
	page_raw(&x->p, "<h3>Reservations honoured, by signal</h3>\n");
	page_facts(&x->p);
	page_fact(&x->p, "Kept out with one",
		  output_count(lic_census_images(x->r->of_honoured), n));
	page_fact(&x->p, "For nothing else", output_count(x->r->honoured_alone, n));
	page_facts_end(&x->p);
	census(x, x->r->of_honoured, LIC_CENSUS_SIGNAL,
	       (struct page_rows){ .title = "Reservations honoured",
				   .key = "Signal",
				   .none = "not known any more" });
	page_raw(&x->p, "<h3>Reserved all the same</h3>\n");
	census(x, x->r->of_seen, LIC_CENSUS_SIGNAL,
	       (struct page_rows){ .title = "Reservations of what it could see",
				   .key = "Signal",
				   .none = "not known any more" });
	page_section_end(&x->p);
}

static void formats(struct job_page *x)
{
	page_section(&x->p, "formats", "Formats", "Of the images that were opened.");
	census(x, x->r->of_opened, LIC_CENSUS_FORMAT,
	       (struct page_rows){ .title = "Images by format", .key = "Format", .none = "" });
	page_section_end(&x->p);
}

/* --- whom to credit ----------------------------------------------------------------------- */

/* Rows come before the section that they stand in is written: into a buffer of their own. */
static void credit_row(struct job_page *x, const struct lic_job_item *i,
		       const struct lic_rights *rights, const struct lic_credit *c)
{
	struct lic_buf out = x->p.out;
	struct terms terms;

	terms_of(rights->license, x->policy.own, &terms);
	x->p.out = x->credits;
	page_raw(&x->p, "<li>");
	page_link(&x->p, c->source_url, c->title && *c->title ? c->title : "Untitled");
	if (c->creator && *c->creator) {
		page_raw(&x->p, " by ");
		page_str(&x->p, c->creator);
	}
	page_raw(&x->p, ", ");
	page_link(&x->p, terms.url ? terms.url : c->license_url,
		  *rights->license ? rights->license : "no license stated");
	page_raw(&x->p, " <code>");
	page_bytes(&x->p, i->t->path.p, i->t->path.n);
	page_raw(&x->p, "</code></li>\n");
	x->credits = x->p.out;
	x->p.out = out;
	x->credit[x->credited++] = i->t->m.e.id;
}

struct gathering {
	struct job_page *x;
	struct lic_error *err;
};

/* What was taken down is not named any more, wherever it was once credited. */
static int take_item(void *ctx, const struct lic_job_item *i)
{
	struct gathering *g = ctx;
	struct job_page *x = g->x;
	const struct lic_rights *rights;
	struct lic_credit credit = { 0 };
	int r;

	if (i->t->m.e.kind != LIC_KIND_IMAGE || !i->opened || i->erased ||
	    i->state == LIC_MEMBER_REVOKED)
		return 0;
	rights = lic_catalog_rights(x->cat, i->t->rights, g->err);
	if (!rights)
		return lic_error_prefix(g->err, "cannot read rights");
	if (i->state == LIC_MEMBER_AS_WAS)
		sample_add(&x->sample, rights->license, i->t->m.e.id);
	if (x->credited >= JOB_PAGE_CREDITS_MAX) {
		x->more++;
		return 0;
	}
	r = lic_catalog_credit(x->cat, i->t->m.e.id, &credit, g->err);
	if (r == 0)
		credit_row(x, i, rights, &credit);
	lic_credit_release(&credit);
	return r;
}

static void attribution(struct job_page *x)
{
	struct page *p = &x->p;
	char n[32];

	page_section(p, "attribution", "Attribution",
		     "The images that were opened, as they are known now, without what was taken "
		     "down.");
	page_facts(p);
	page_fact(p, "Credit is due for", output_count(x->r->opened_credit_due, n));
	page_fact(p, "Creator known of", output_count(x->r->opened_credit_known, n));
	page_facts_end(p);
	page_raw(p, "<ul class=\"credits\">\n");
	lic_buf_add(&p->out, lic_buf_str(&x->credits), x->credits.len);
	page_raw(p, "</ul>\n");
	if (x->more) {
		page_raw(p, "<p class=\"more\">and ");
		page_count(p, x->more);
		page_raw(p,
			 " more; &#39;licensefs job report --list attribution&#39; has all that it "
			 "could see, with what was taken down since</p>\n");
	}
	page_section_end(p);
}

static int samples(struct job_page *x, struct lic_error *err)
{
	int r;

	if (!x->gallery.pictures)
		return 0;
	page_section(
		&x->p, "samples", "Samples",
		"Some of the images that were opened and that views show now, by license. They "
		"are copies, made small: the terms of each hold for whoever passes this page "
		"on.");
	r = gallery_write(&x->gallery, &x->p, err);
	page_section_end(&x->p);
	return r;
}

/* --- all of it ---------------------------------------------------------------------------- */

static void contents(struct job_page *x)
{
	static const char *const all[][2] = {
		{ "scope", "What it was" },
		{ "opened", "Opened" },
		{ "time", "When" },
		{ "licenses", "Licenses" },
		{ "since", "Since" },
		{ "takedowns", "Takedowns" },
		{ "excluded", "Never could see" },
		{ "sources", "Sources" },
		{ "formats", "Formats" },
		{ "programs", "Who opened" },
		{ "makers", "Made by" },
		{ "attribution", "Attribution" },
		{ "samples", "Samples" },
	};
	const char *pairs[2 * LIC_ARRAY_SIZE(all) + 1];
	size_t n = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(all); i++) {
		if ((strcmp(all[i][0], "takedowns") == 0 && !x->r->n_takedowns) ||
		    (strcmp(all[i][0], "makers") == 0 && !x->makers->n) ||
		    (strcmp(all[i][0], "samples") == 0 && !x->gallery.pictures))
			continue;
		pairs[n++] = all[i][0];
		pairs[n++] = all[i][1];
	}
	pairs[n] = NULL;
	page_contents(&x->p, pairs);
}

static int write_all(struct job_page *x, struct sink *sink, struct lic_error *err)
{
	const char *trouble = lic_job_trouble(x->r->job);
	struct page *p = &x->p;
	int r;

	page_begin(p, sink, "Job report", lic_job_info(x->r->job)->name,
		   "What a job could see, and what it opened.");
	if (trouble) {
		page_raw(p, "<p class=\"warning\" role=\"note\"><strong>Incomplete:</strong> ");
		page_str(p, trouble);
		page_raw(p, "</p>\n");
	}
	contents(x);
	tiles(x);
	job_page_head(x);
	job_page_opened(x);
	job_page_time(x);
	licenses(x);
	job_page_states(x);
	job_page_takedowns(x);
	exclusions(x);
	sources(x);
	formats(x);
	job_page_programs(x);
	page_makers(p, x->makers);
	attribution(x);
	r = samples(x, err);
	page_end(p);
	return r;
}

static int gather(struct job_page *x, struct lic_error *err)
{
	struct gathering g = { x, err };
	int r = lic_catalog_policy(x->cat, &x->policy, err);

	x->gallery.own = x->policy.own;
	if (r == 0)
		r = views_load(&x->views, x->cat, err);
	if (r == 0)
		r = lic_job_each(x->r->job, x->r->now, take_item, &g, err);
	sample_sort(&x->sample);
	return r;
}

struct standing {
	struct job_page *x;
	bool stands;
	struct lic_error *err;
};

static int look_back(void *ctx, const struct lic_then *t)
{
	enum lic_member_state state = LIC_MEMBER_REVOKED;
	struct standing *s = ctx;
	int r = lic_then_state(s->x->cat, t, s->x->r->now, &state, s->err);

	s->stands = r == 0 && state != LIC_MEMBER_REVOKED;
	return r;
}

/* Of one that has ended its bytes may have been taken down since. */
static int ended_stands(struct job_page *x, int64_t id, bool *ret, struct lic_error *err)
{
	struct standing s = { x, false, err };
	int r = lic_catalog_was(x->cat, id, 0, look_back, &s, err);

	*ret = s.stands;
	return r == -ENOENT ? 0 : r;
}

/* May every image be named that is credited? */
static int credits_stand(struct job_page *x, bool *ret, struct lic_error *err)
{
	int r = 0;

	for (int64_t i = 0; r == 0 && *ret && i < x->credited; i++) {
		const struct lic_rights *rights;
		struct lic_entry e;

		r = lic_catalog_by_id(x->cat, x->credit[i], &e, err);
		if (r == -ENOENT) {
			r = ended_stands(x, x->credit[i], ret, err);
			continue;
		}
		rights = r == 0 ? lic_catalog_rights(x->cat, e.rights, err) : NULL;
		if (r == 0 && !rights)
			r = lic_error_prefix(err, "cannot read rights");
		*ret = r == 0 && rights->status != LIC_STATUS_REVOKED;
	}
	return r;
}

/* 1 where something in it may not be shown any more: then it was not given its name. */
static int try_page(struct job_page *x, const char *file, struct lic_error *err)
{
	struct sink sink = { .f = NULL };
	int status = gather(x, err), closed;
	bool stands = true;

	lic_buf_release(&x->p.text);
	if (status == 0)
		status = sink_open(&sink, file, err);
	if (status < 0)
		return status;
	status = write_all(x, &sink, err);
	if (status == 0)
		status = sink_sync(&sink, file, err);
	if (status == 0 && file)
		status = gallery_stands(&x->gallery, &stands, err);
	if (status == 0 && file)
		status = credits_stand(x, &stands, err);
	closed = sink_close(&sink, file, status == 0 && stands, status == 0 ? err : NULL);
	return status < 0 ? status : closed < 0 ? closed : !stands;
}

static void forget(struct job_page *x)
{
	lic_buf_release(&x->credits);
	sample_release(&x->sample);
	views_release(&x->views);
	gallery_release(&x->gallery);
}

int job_page_write(struct lic_job_report *r, const struct makers *makers,
		   struct lic_pictures *pictures, size_t each, const char *file,
		   struct lic_error *err)
{
	_cleanup_(lic_freep) struct job_page *x = calloc(1, sizeof(*x));
	int status = 1;

	if (!x)
		output_out_of_memory();
	for (int i = 0; i < SINK_TRIES && status == 1; i++) {
		*x = (struct job_page){ .r = r,
					.makers = makers,
					.cat = lic_job_catalog(r->job),
					.sample = { .each = pictures ? each : 0 } };
		x->credits = x->p.out = x->p.text = (struct lic_buf)LIC_BUF_INIT(SIZE_MAX / 2);
		x->gallery = (struct gallery){ .cat = x->cat,
					       .pictures = pictures,
					       .sample = &x->sample,
					       .views = &x->views };
		status = try_page(x, file, err);
		forget(x);
	}
	if (status == 1)
		status = lic_error_set(err, EBUSY,
				       "images are taken down all the time; try again later");
	return status;
}
