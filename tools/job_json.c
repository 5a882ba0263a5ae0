/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a job as one object of JSON. */
#include <string.h>

#include "census_json.h"
#include "date.h"
#include "job.h"

static void json_sum(struct lic_json *j, const char *key, const struct lic_job_sum *s)
{
	lic_json_key(j, key);
	lic_json_object(j);
	lic_json_kint(j, "images", s->images);
	lic_json_kint(j, "bytes", s->bytes);
	lic_json_kint(j, "files", s->files);
	lic_json_kint(j, "file_bytes", s->file_bytes);
	lic_json_object_end(j);
}

static void json_tables(struct lic_json *j, const char *name, struct lic_census *c)
{
	lic_json_key(j, name);
	lic_json_object(j);
	census_json(j, c, LIC_CENSUS_LICENSE, "licenses", "license");
	census_json(j, c, LIC_CENSUS_OWN, "creators", "creator");
	census_json(j, c, LIC_CENSUS_DOMAIN, "sources", "domain");
	census_json(j, c, LIC_CENSUS_FORMAT, "formats", "format");
	census_json(j, c, LIC_CENSUS_STATUS, "status", "status");
	census_json(j, c, LIC_CENSUS_SCOPE, "reserved", "scope");
	census_json(j, c, LIC_CENSUS_SIGNAL, "reserved_by", "signal");
	lic_json_object_end(j);
}

static void json_states(struct lic_json *j, const char *name, const int64_t *state)
{
	lic_json_key(j, name);
	lic_json_object(j);
	for (int s = 0; s < LIC_MEMBER_STATES; s++)
		lic_json_kint(j, job_member_state((enum lic_member_state)s), state[s]);
	lic_json_object_end(j);
}

static void json_openers(struct lic_json *j, const struct lic_job_report *r)
{
	lic_json_key(j, "kinds");
	lic_json_array(j);
	for (int k = 0; k < LIC_OPENER_COUNT; k++) {
		const struct lic_job_share *s = &r->kind[k];

		if (!s->processes)
			continue;
		lic_json_object(j);
		lic_json_kstr(j, "kind", lic_opener_name(s->kind));
		lic_json_kint(j, "processes", s->processes);
		lic_json_kint(j, "opens", s->opens);
		json_sum(j, "opened", &s->opened);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_json_key(j, "programs");
	lic_json_array(j);
	for (size_t i = 0; i < r->n_programs; i++) {
		const struct lic_job_share *s = &r->program[i];

		lic_json_object(j);
		lic_json_key(j, "program");
		lic_json_bytes(j, s->program->exe, strlen(s->program->exe));
		lic_json_key(j, "name");
		lic_json_bytes(j, s->program->comm, strlen(s->program->comm));
		lic_json_kstr(j, "kind", lic_opener_name(s->kind));
		lic_json_kint(j, "uid", s->program->uid);
		lic_json_kint(j, "processes", s->processes);
		lic_json_kint(j, "opens", s->opens);
		json_sum(j, "opened", &s->opened);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_touched(struct lic_json *j, const struct lic_job_takedown *d, bool jobs)
{
	lic_json_key(j, jobs ? "jobs" : "snapshots");
	lic_json_array(j);
	for (size_t i = 0; i < d->n_touched; i++) {
		if (d->touched[i].is_job != jobs)
			continue;
		lic_json_object(j);
		lic_json_kstr(j, "name", d->touched[i].name);
		lic_json_kint(j, "images", d->touched[i].images);
		if (jobs)
			lic_json_kint(j, "opened", d->touched[i].opened);
		if (d->touched[i].partly)
			lic_json_kbool(j, "complete", false);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

static void json_takedowns(struct lic_json *j, const struct lic_job_report *r)
{
	char at[32];

	lic_json_key(j, "takedowns");
	lic_json_array(j);
	for (size_t i = 0; i < r->n_takedowns; i++) {
		const struct lic_job_takedown *d = &r->takedown[i];

		date_format(d->at, at);
		lic_json_object(j);
		lic_json_kint(j, "revocation", d->number);
		lic_json_kstr(j, "at", at);
		lic_json_kstr(j, "when",
			      d->before	   ? "before"
			      : d->during  ? "during"
			      : d->unknown ? "unknown"
					   : "since");
		lic_json_kstr(j, "reason", d->reason);
		lic_json_kbool(j, "erased", d->erased);
		lic_json_kint(j, "images", d->images);
		lic_json_kint(j, "opened", d->opened);
		json_touched(j, d, true);
		json_touched(j, d, false);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_json_kint(j, "more_takedowns", lic_idset_count(&r->more_takedowns));
	lic_json_kint(j, "revoked_by_unknown", r->revoked_unknown);
}

static void json_credit(struct lic_json *j, const struct lic_job_report *r)
{
	lic_json_key(j, "attribution");
	lic_json_object(j);
	lic_json_kint(j, "due", r->credit_due);
	lic_json_kint(j, "creator_known", r->credit_known);
	lic_json_kint(j, "opened_due", r->opened_credit_due);
	lic_json_kint(j, "opened_creator_known", r->opened_credit_known);
	lic_json_object_end(j);
}

void job_report_json(struct lic_job_report *r, struct lic_json *j)
{
	char at[32];

	lic_json_kstr(j, "format", "licensefs-job-1");
	job_json_head(r->job, j);
	date_format(r->now, at);
	lic_json_kstr(j, "as_of", at);
	json_sum(j, "could_see", &r->seen);
	json_sum(j, "could_see_at_start", &r->start);
	json_sum(j, "could_see_since", &r->later);
	json_sum(j, "opened", &r->opened);
	json_sum(j, "unopened", &r->unopened);
	json_sum(j, "withdrawn", &r->withdrawn);
	json_sum(j, "excluded", &r->excluded);
	json_states(j, "images_now", r->state);
	json_states(j, "opened_images_now", r->state_opened);
	lic_json_kint(j, "erased", r->erased);
	lic_json_kint(j, "erased_opened", r->erased_opened);
	json_credit(j, r);
	json_tables(j, "of_seen", r->of_seen);
	json_tables(j, "of_opened", r->of_opened);
	json_openers(j, r);
	census_json(j, r->of_excluded, LIC_CENSUS_OWN, "excluded_because", "why");
	census_json(j, r->of_excluded, LIC_CENSUS_LICENSE, "excluded_licenses", "license");
	lic_json_kint(j, "honoured", lic_census_images(r->of_honoured));
	lic_json_kint(j, "honoured_alone", r->honoured_alone);
	census_json(j, r->of_honoured, LIC_CENSUS_SIGNAL, "honoured_by_signal", "signal");
	census_json(j, r->of_honoured, LIC_CENSUS_SCOPE, "honoured_by_scope", "scope");
	json_takedowns(j, r);
	job_json_changes(r->job, j);
}
