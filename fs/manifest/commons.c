/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of Wikimedia Commons' API with imageinfo and extmetadata, both versions of its format,
 * one or many.
 *
 * A file's title is its name; browsers save it with blanks, other programs with the underscores of
 * its address, and scaled pictures under the name that `thumburl` ends in.
 */
#include <errno.h>
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

struct commons {
	struct lic_manifest_reading *m;
	uint64_t missing; /* pages without a file */
};

static int bid(const struct lic_peek *k)
{
	if (k->first != '{' && k->first != '[')
		return 0;
	if (!lic_peek_has(k, "\"extmetadata\""))
		return 0;
	return lic_peek_key(k, "query") || lic_peek_key(k, "batchcomplete") ? 90 : 70;
}

/* A member of the page, or of its first imageinfo. */
static const char *member(const struct lic_record *d, const char *name)
{
	const char *s = lic_record_text(d, "imageinfo[0]", name);

	return *s ? s : lic_record_text(d, "", name);
}

static void add_keys(struct lic_manifest_reading *m, const struct lic_record *d)
{
	const char *title = lic_record_text(d, "", "title");
	const char *colon = strchr(title, ':');
	const char *url = member(d, "url"), *thumb = member(d, "thumburl");

	if (colon)
		lic_row_key_title(m, colon + 1);
	else
		lic_row_key_address(m, url);
	lic_row_key_address(m, thumb);
	lic_row_key(m, LIC_KEY_URL, url, strlen(url));
	lic_row_key(m, LIC_KEY_URL, thumb, strlen(thumb));
	url = member(d, "descriptionurl");
	lic_row_key(m, LIC_KEY_URL, url, strlen(url));
}

static int read_page(void *ctx, const struct lic_record *d, uint64_t number, struct lic_error *err)
{
	struct commons *c = ctx;

	if (!lic_record_has(d, "", "imageinfo") && !lic_shape_commons.is(d, "")) {
		if (lic_record_find(d, "", "error.code"))
			return lic_record_bad(c->m, number, err, "an error of the API: %.80s",
					      lic_record_text(d, "", "error.info"));
		c->missing++;
		return 0;
	}
	lic_row_begin(c->m);
	add_keys(c->m, d);
	lic_row_shape(c->m, LIC_RANK_MANIFEST, &lic_shape_commons, d, "");
	return lic_row_end(c->m, number, err);
}

static int read_commons(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_place places[] = {
		{ { "query", "pages", NULL }, true },
		{ { "query", "allimages", NULL }, false },
		{ { "pages", NULL }, true },
	};
	struct commons c = { .m = m };
	const struct lic_records plan = { places, LIC_ARRAY_SIZE(places), NULL, read_page, &c };
	int r = lic_records_read(m, &plan, err);

	if (r == 0 && !m->rows && c.missing)
		return lic_error_set(err, EBADMSG,
				     "'%s' holds no file: ask the API for prop=imageinfo and "
				     "iiprop=url|extmetadata",
				     m->name);
	if (r == 0 && c.missing)
		lic_manifest_warn(m, "%llu pages have no file; they state nothing",
				  (unsigned long long)c.missing);
	return r;
}

const struct lic_manifest_reader lic_manifest_commons = {
	.format = { "commons", "Wikimedia Commons API JSON (imageinfo with extmetadata)" },
	.bid = bid,
	.read = read_commons,
};
