/* SPDX-License-Identifier: Apache-2.0 */
/* The census: every image once in a row, rows that add up, bounded keys, one order. */
#include <inttypes.h>

#include <licensefs/census.h>

#include "tests/unit/catalog_fixture.h"

static void domain_is(const char *url, const char *want)
{
	struct lic_buf b = LIC_BUF_INIT(1024);

	lic_census_domain(url, &b);
	is_str(lic_buf_str(&b), want, "the domain of %.60s", url);
	lic_buf_release(&b);
}

static void test_domains(void)
{
	char far[400] = "https://";

	domain_is("https://www.Flickr.com/photos/x/1", "flickr.com");
	domain_is("http://live.staticflickr.com:80/a?b", "live.staticflickr.com");
	domain_is("https://user:pass@Example.org./x", "example.org");
	domain_is("https://www.uk/", "www.uk");
	domain_is("https://[2001:DB8::1]:8080/x", "[2001:db8::1]");
	domain_is("flickr.com/photos", "");
	domain_is("https:///x", "");
	domain_is("https://<script>/x", "");
	domain_is("https://a b/x", "");
	domain_is("https://evil.example\\@good.example/", "evil.example");
	domain_is("", "");
	memset(far + 8, 'a', 300);
	domain_is(far, "");
}

/* "key=images/bytes" of all rows. */
static const char *rows(struct lic_census *c, enum lic_census_table t)
{
	static struct lic_buf b = LIC_BUF_INIT(1u << 20);
	const struct lic_census_row *row;
	size_t n = lic_census_rows(c, t, &row);

	lic_buf_reset(&b);
	for (size_t i = 0; i < n; i++)
		lic_buf_addf(&b, "%s%s%s=%" PRId64 "/%" PRId64, i ? " " : "",
			     row[i].rest ? "(rest)" : "", row[i].key, row[i].images, row[i].bytes);
	return lic_buf_str(&b);
}

struct statement {
	const char *license, *source;
	uint32_t reserve;
};

static int64_t put(struct lic_txn *txn, const char *name, const struct statement *s)
{
	_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(1, name, strlen(name), LIC_KIND_IMAGE);

	lic_hash128(name, strlen(name), e.hash.b);
	e.format = claims.format = LIC_FORMAT_PNG;
	e.st.size = 100;
	if (s->license)
		add_claim(&claims, LIC_ROLE_LICENSE, s->license);
	if (s->source)
		add_claim(&claims, LIC_ROLE_SOURCE_URL, s->source);
	for (int i = 0; i < 2 && s->reserve; i++) {
		struct lic_claim c = { .rank = LIC_RANK_SIDECAR,
				       .role = LIC_ROLE_RESERVATION,
				       .packet = 9,
				       .reserve = s->reserve,
				       .source = "sidecar a.xmp",
				       .field = "plus:DataMining",
				       .raw = { (const uint8_t *)"x", 1 },
				       .text = "x" };

		lic_claims_add(&claims, &c); /* twice: it counts once */
	}
	claims.next_packet = 10;
	if (lic_catalog_put(txn, &e, &claims, &fix_err) < 0)
		printf("# %s: %s\n", name, fix_err.msg);
	return e.id;
}

static int add(struct lic_census *c, struct lic_catalog *cat, int64_t id)
{
	const struct lic_rights *rights = NULL;
	struct lic_entry e;

	if (lic_catalog_by_id(cat, id, &e, &fix_err) == 0)
		rights = lic_catalog_rights(cat, e.rights, &fix_err);
	return rights ? lic_census_add(c, cat, &e, rights, &fix_err) : -1;
}

static void test_images(void)
{
	static const struct statement stated[] = {
		{ "CC-BY-4.0", "https://www.flickr.com/1", 0 },
		{ "CC-BY-4.0", "https://flickr.com/2", LIC_RESERVE_AI_TRAINING },
		{ "CC0-1.0", NULL, 0 },
		{ NULL, "https://example.org/", LIC_RESERVE_AI_TRAINING | LIC_RESERVE_INPUT },
	};
	struct lic_census *c = lic_census_new();
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t id[LIC_ARRAY_SIZE(stated)];
	const struct lic_census_row *row;
	char name[] = "0.png";
	int good = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(stated); i++, name[0]++)
		id[i] = put(txn, name, &stated[i]);
	commit(txn);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(stated); i++)
		good += add(c, cat, id[i]) == 0;
	is_int(good, LIC_ARRAY_SIZE(stated), "all are counted");
	is_int(lic_census_images(c), 4, "images");
	is_int(lic_census_bytes(c), 400, "bytes");
	is_str(rows(c, LIC_CENSUS_STATUS), "clear=3/300 unlicensed=1/100", "by status");
	is_str(rows(c, LIC_CENSUS_LICENSE), "CC-BY-4.0=2/200 =1/100 CC0-1.0=1/100",
	       "by license: most first, then by key; none stated is a row");
	is_str(rows(c, LIC_CENSUS_DOMAIN), "flickr.com=2/200 =1/100 example.org=1/100",
	       "by domain");
	is_str(rows(c, LIC_CENSUS_FORMAT), "png=4/400", "by format");
	is_str(rows(c, LIC_CENSUS_SCOPE), "ai-training=2/200 input=1/100", "by scope");
	is_str(rows(c, LIC_CENSUS_SIGNAL), "sidecar plus:DataMining=2/200",
	       "by signal, once for an image that says it twice");
	(void)!lic_census_rows(c, LIC_CENSUS_LICENSE, &row);
	is_int(row[0].example, id[0], "the first one is the example");
	ok(add(c, cat, id[2]) == 0, "counting goes on after looking");
	is_str(rows(c, LIC_CENSUS_LICENSE), "CC-BY-4.0=2/200 CC0-1.0=2/200 =1/100",
	       "and finds the rows that are there");

	txn = begin(cat);
	ok(lic_catalog_end(txn, id[3], &fix_err) == 0, "one ends");
	commit(txn);
	lic_census_free(c);
	c = lic_census_new();
	{
		struct lic_rights then;
		struct lic_entry e = entry_of(1, "x", 1, LIC_KIND_IMAGE);

		e.id = id[3];
		lic_rights_init(&then, LIC_STATUS_UNLICENSED);
		then.reservations = LIC_RESERVE_AI_TRAINING;
		ok(lic_census_add(c, cat, &e, &then, &fix_err) == 0, "its rights of then count");
		is_str(rows(c, LIC_CENSUS_SIGNAL), "=1/10", "what stated them is not known");
		is_str(rows(c, LIC_CENSUS_DOMAIN), "example.org=1/10", "its credit is kept");
	}
	lic_census_free(c);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_bounds(void)
{
	struct lic_census *c = lic_census_new();
	struct lic_entry e = { .id = 5, .st = { .size = 3 } };
	char key[LIC_CENSUS_KEY_MAX + 100] = "";
	const struct lic_census_row *row;
	int64_t images = 0;
	int good = 0;
	size_t n;

	is_int(lic_census_rows(c, LIC_CENSUS_OWN, &row), 0, "an empty table has no rows");
	for (unsigned i = 0; i < LIC_CENSUS_ROWS_MAX + 500; i++) {
		snprintf(key, sizeof(key), "%u", i);
		good += lic_census_count(c, LIC_CENSUS_OWN, key, &e, &fix_err) == 0;
	}
	is_int(good, LIC_CENSUS_ROWS_MAX + 500, "more keys than rows are no error");
	n = lic_census_rows(c, LIC_CENSUS_OWN, &row);
	is_int(n, LIC_CENSUS_ROWS_MAX + 1, "there are as many rows as may be, and the rest");
	ok(row[n - 1].rest && row[n - 1].images == 500 && row[n - 1].bytes == 1500,
	   "which has what did not fit");
	for (size_t i = 0; i < n; i++)
		images += row[i].images;
	is_int(images, LIC_CENSUS_ROWS_MAX + 500, "all rows add up");
	is_int(lic_census_rows(c, LIC_CENSUS_OWN, &row), LIC_CENSUS_ROWS_MAX + 1,
	       "looking twice changes nothing");
	memset(key, 'k', sizeof(key) - 1);
	ok(lic_census_count(c, LIC_CENSUS_OWN_2, key, &e, &fix_err) == 0, "a long key counts");
	(void)!lic_census_rows(c, LIC_CENSUS_OWN_2, &row);
	is_int(strlen(row[0].key), LIC_CENSUS_KEY_MAX, "and is cut");
	lic_census_free(c);
	lic_census_free(NULL);
}

int main(void)
{
	test_domains();
	test_images();
	test_bounds();
	return done_testing();
}
