/* SPDX-License-Identifier: Apache-2.0 */
/* What a job says of itself for the store that it made: licenses of what it could see. */
#include <licensefs/lineage.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <licensefs/json.h>
#include <licensefs/sum.h>

#define LICENSES_MAX 1024 /* rows of the summary; the rest is one more */

struct row {
	char *license; /* NULL: the rest */
	int64_t images, bytes, opened, opened_bytes;
};

struct tally {
	struct lic_catalog *cat;
	struct row row[LICENSES_MAX + 1]; /* n of them */
	size_t n;
	struct row all;
	int64_t erased;
	struct lic_error *err;
};

static void tally_free(struct tally **t)
{
	for (size_t i = 0; *t && i < (*t)->n; i++)
		free((*t)->row[i].license);
	free(*t);
}

/* The row of a license; the last one where there are too many. NULL without memory. */
static struct row *row_of(struct tally *t, const char *license)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->row[i].license || strcmp(t->row[i].license, license) == 0)
			return &t->row[i];
	if (t->n < LICENSES_MAX) {
		t->row[t->n].license = strdup(license);
		if (!t->row[t->n].license)
			return NULL;
	}
	return &t->row[t->n++];
}

static void count(struct row *row, const struct lic_job_item *i)
{
	int64_t bytes = (int64_t)i->t->m.e.st.size;

	row->images++;
	lic_sum_add(&row->bytes, bytes);
	row->opened += i->opened;
	lic_sum_add(&row->opened_bytes, i->opened ? bytes : 0);
}

static int add(void *ctx, const struct lic_job_item *i)
{
	const struct lic_rights *rights;
	struct tally *t = ctx;
	struct row *row;

	if (!i->t->rights)
		return 0;
	rights = lic_catalog_rights(t->cat, i->t->rights, t->err);
	if (!rights)
		return t->err && t->err->code ? -t->err->code : -EIO;
	row = row_of(t, rights->license);
	if (!row)
		return lic_error_set(t->err, ENOMEM, "out of memory for the licenses of a job");
	count(row, i);
	count(&t->all, i);
	t->erased += i->erased;
	return 0;
}

static int most_first(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (!a->license != !b->license)
		return a->license ? -1 : 1;
	if (a->images != b->images)
		return a->images > b->images ? -1 : 1;
	return a->license ? strcmp(a->license, b->license) : 0;
}

/* --- the summary -------------------------------------------------------------------------- */

static void add_counts(struct lic_json *j, const struct row *row)
{
	lic_json_kint(j, "images", row->images);
	lic_json_kint(j, "bytes", row->bytes);
	lic_json_kint(j, "opened", row->opened);
	lic_json_kint(j, "opened_bytes", row->opened_bytes);
}

static void add_digest(struct lic_json *j, const char *key, const uint8_t digest[32])
{
	struct lic_buf hex = LIC_BUF_INIT(65);

	for (size_t i = 0; i < 32; i++)
		lic_buf_addf(&hex, "%02x", digest[i]);
	lic_json_kstr(j, key, lic_buf_str(&hex));
	lic_buf_release(&hex);
}

static void add_date(struct lic_json *j, const char *key, int64_t seconds)
{
	const time_t t = (time_t)seconds;
	char text[32] = "";
	struct tm tm;

	if (seconds && gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	lic_json_kstr(j, key, *text ? text : NULL);
}

static void add_job(struct lic_json *j, struct lic_job *job)
{
	const struct lic_job_info *info = lic_job_info(job);
	const struct lic_snapshot_info *s = lic_snapshot_info(lic_job_snapshot(job));
	const struct lic_ledger_summary *ledger = lic_job_ledger(job);

	lic_json_kstr(j, "format", "licensefs-lineage-1");
	lic_json_kstr(j, "job", info->name);
	lic_json_kstr(j, "how", lic_job_how_name(info->how));
	lic_json_kstr(j, "who", info->who);
	add_date(j, "at", info->at);
	lic_json_kstr(j, "view", s->view);
	lic_json_kstr(j, "expression", s->expr);
	lic_json_kstr(j, "basis", *s->basis ? s->basis : NULL);
	lic_json_kstr(j, "policy", s->policy);
	lic_json_kstr(j, "facts", s->facts);
	add_digest(j, "members", s->digest);
	lic_json_kstr(j, "ledger_state", lic_ledger_state_name(ledger->state));
	lic_json_kbool(j, "complete", ledger->complete);
	add_date(j, "last", ledger->last / 1000000000);
	add_digest(j, "ledger", ledger->digest);
}

static int summarize(struct lic_job *job, struct tally *t, char **ret, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(LIC_MAKER_SUMMARY_MAX);
	struct lic_json j = LIC_JSON_INIT(&out);

	lic_json_object(&j);
	add_job(&j, job);
	add_counts(&j, &t->all);
	lic_json_kint(&j, "erased", t->erased);
	lic_json_key(&j, "licenses");
	lic_json_array(&j);
	for (size_t i = 0; i < t->n; i++) {
		lic_json_object(&j);
		lic_json_kstr(&j, "license", t->row[i].license);
		add_counts(&j, &t->row[i]);
		lic_json_object_end(&j);
	}
	lic_json_array_end(&j);
	lic_json_object_end(&j);
	if (lic_buf_failed(&out))
		return lic_error_set(err, EFBIG, "the summary of the job is longer than %u bytes",
				     LIC_MAKER_SUMMARY_MAX);
	*ret = strdup(lic_buf_str(&out));
	return *ret ? 0 : lic_error_set(err, ENOMEM, "out of memory for the summary of a job");
}

/* --- reading and recording ---------------------------------------------------------------- */

/* Can what it says be believed? */
static int check(const struct lic_job *job, struct lic_error *err)
{
	const struct lic_ledger_summary *ledger = lic_job_ledger(job);
	const char *trouble = lic_job_trouble(job);

	if (ledger->state == LIC_LEDGER_NEVER_BEGAN)
		return lic_error_set(err, ENOENT,
				     "job '%s' has never begun, or its ledger is gone (%s); name a "
				     "job that ran",
				     lic_job_info(job)->name, trouble ? trouble : "no file");
	if (ledger->state == LIC_LEDGER_DAMAGED)
		return lic_error_set(
			err, EUCLEAN,
			"the ledger of job '%s' is damaged: put back a copy of it, see "
			"'licensefs job show'",
			lic_job_info(job)->name);
	return 0;
}

static int fill(struct lic_job *job, struct lic_catalog *cat, const char *store,
		struct lic_lineage *ret, struct lic_error *err)
{
	_cleanup_(tally_free) struct tally *t = calloc(1, sizeof(*t));
	const struct lic_ledger_summary *ledger = lic_job_ledger(job);
	int r;

	if (!t)
		return lic_error_set(err, ENOMEM, "out of memory for the licenses of a job");
	t->cat = cat;
	t->err = err;
	r = lic_job_each(job, (int64_t)time(NULL), add, t, err);
	if (r < 0)
		return r;
	qsort(t->row, t->n, sizeof(*t->row), most_first);
	r = summarize(job, t, &ret->summary, err);
	if (r < 0)
		return r;
	ret->job = strdup(lic_job_info(job)->name);
	ret->store = strdup(store);
	if (!ret->job || !ret->store)
		return lic_error_set(err, ENOMEM, "out of memory for a job");
	memcpy(ret->members, lic_snapshot_info(lic_job_snapshot(job))->digest,
	       sizeof(ret->members));
	memcpy(ret->ledger, ledger->digest, sizeof(ret->ledger));
	ret->complete = ledger->complete;
	ret->runs = ledger->state == LIC_LEDGER_RUNNING;
	return 0;
}

int lic_lineage_read(struct lic_catalog *cat, const char *store, const char *name,
		     struct lic_lineage *ret, struct lic_error *err)
{
	struct lic_lineage l = { .job = NULL };
	struct lic_job *job = NULL;
	int r = lic_job_open(cat, name, &job, err);

	if (r == 0)
		r = check(job, err);
	if (r == 0)
		r = fill(job, cat, store, &l, err);
	lic_job_close(job);
	if (r < 0)
		lic_lineage_release(&l);
	else
		*ret = l;
	return r;
}

int lic_lineage_record(struct lic_txn *txn, const struct lic_lineage *l, const char *who,
		       bool *ret_changed, struct lic_error *err)
{
	struct lic_maker m = {
		.job = l->job, .store = l->store, .summary = l->summary, .who = who
	};

	memcpy(m.members, l->members, sizeof(m.members));
	memcpy(m.ledger, l->ledger, sizeof(m.ledger));
	return lic_catalog_maker_set(txn, &m, ret_changed, err);
}

void lic_lineage_release(struct lic_lineage *l)
{
	free(l->job);
	free(l->store);
	free(l->summary);
	*l = (struct lic_lineage){ .job = NULL };
}
