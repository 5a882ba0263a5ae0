/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of the Flickr API, one or many (photos.getInfo, photos.search with extras, photosets),
 * and what gallery-dl keeps of them (flickr.com/services/api; gallery-dl 1.27).
 *
 * A photo's id is in the name that Flickr and its scrapers give the file. The license is a number,
 * and `null` is none: gallery-dl asks for it only when told to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

struct flickr {
	struct lic_manifest_reading *m;
	uint64_t failures; /* answers that say that there is no such photo */
	char failure[128]; /* what the first one says */
};

static int bid(const struct lic_peek *k)
{
	bool owner = lic_peek_has(k, "@N");

	if (k->first != '{' && k->first != '[')
		return 0;
	if (lic_peek_key(k, "stat") && (lic_peek_key(k, "photo") || lic_peek_key(k, "photos") ||
					lic_peek_key(k, "code") || lic_peek_key(k, "photoset")))
		return 90;
	if (lic_peek_has(k, "\"flickr\"") && lic_peek_has(k, "\"category\"") &&
	    lic_peek_has(k, "\"subcategory\""))
		return 85;
	if (owner && (lic_peek_key(k, "photos") || lic_peek_key(k, "photo")))
		return 80;
	return owner && lic_peek_key(k, "id") && lic_peek_key(k, "owner") ? 75 : 0;
}

/* The file that gallery-dl wrote this beside, where nothing else stands in it. */
static void add_name(struct lic_manifest_reading *m)
{
	size_t n = strlen(m->peek.name);

	if (m->peek.first == '{' && !m->peek.lines && n > 5 &&
	    strcasecmp(m->peek.name + n - 5, ".json") == 0 && memchr(m->peek.name, '.', n - 5))
		lic_row_key(m, LIC_KEY_TAIL, m->peek.name, n - 5);
}

static void add_keys(struct lic_manifest_reading *m, const struct lic_record *d, uint64_t number)
{
	static const char *const addresses[] = { "url", "url_o", "url_k", "url_l", "url_z" };

	if (number == 1 && lic_record_find(d, "", "category"))
		add_name(m);
	lic_row_key_member(m, LIC_KEY_ID, d, "", "id");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(addresses); i++)
		lic_row_key_member(m, LIC_KEY_URL, d, "", addresses[i]);
}

static void note_failure(struct flickr *f, const struct lic_record *d)
{
	if (!f->failures++)
		snprintf(f->failure, sizeof(f->failure), "code %.10s, %.80s",
			 lic_record_text(d, "", "code"), lic_record_text(d, "", "message"));
}

static int read_photo(void *ctx, const struct lic_record *d, uint64_t number, struct lic_error *err)
{
	struct flickr *f = ctx;
	struct lic_manifest_reading *m = f->m;

	if (strcmp(lic_record_text(d, "", "stat"), "fail") == 0) {
		note_failure(f, d);
		return 0;
	}
	/* an owner may stand beside the list alone, as in photosets */
	if (!lic_record_text(d, "", "id")[0])
		return lic_record_bad(m, number, err, "a photo without an id");
	lic_row_begin(m);
	add_keys(m, d, number);
	lic_row_shape(m, LIC_RANK_MANIFEST, &lic_shape_flickr, d, "");
	return lic_row_end(m, number, err);
}

static int read_flickr(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_place places[] = {
		{ { "photo", NULL }, false },
		{ { "photos", "photo", NULL }, false },
		{ { "photoset", "photo", NULL }, false },
	};
	struct flickr f = { .m = m };
	const struct lic_records plan = { places, LIC_ARRAY_SIZE(places), "3", read_photo, &f };
	int r = lic_records_read(m, &plan, err);

	if (r < 0 || !f.failures)
		return r;
	if (!m->rows)
		return lic_error_set(err, EBADMSG,
				     "'%s' holds no photo, but Flickr's answer that it failed: %s",
				     m->name, f.failure);
	lic_manifest_warn(m, "%llu of Flickr's answers hold no photo, the first says: %s",
			  (unsigned long long)f.failures, f.failure);
	return 0;
}

const struct lic_manifest_reader lic_manifest_flickr = {
	.format = { "flickr", "Flickr API and gallery-dl JSON (photos.getInfo, photos.search)" },
	.bid = bid,
	.read = read_flickr,
};
