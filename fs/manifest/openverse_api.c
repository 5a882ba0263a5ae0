/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of Openverse's API (api.openverse.org, v1): one, or lists of results.
 *
 * People save them under Openverse's id, or as the source names them, which says who they are only
 * where the source's names are unique.
 */
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

static int bid(const struct lic_peek *k)
{
	if ((k->first != '{' && k->first != '[') || !lic_peek_has(k, "\"foreign_landing_url\""))
		return 0;
	return lic_peek_has(k, "\"license_version\"") ? 85 : 60;
}

/* https://www.flickr.com/photos/OWNER/ID */
static void add_flickr_id(struct lic_manifest_reading *m, const char *page)
{
	const char *photos = strstr(page, "flickr.com/photos/"), *id;
	size_t n;

	id = photos ? strchr(photos + strlen("flickr.com/photos/"), '/') : NULL;
	if (!id)
		return;
	n = strspn(++id, "0123456789");
	if (n && (!id[n] || strchr("/?#", id[n])))
		lic_row_key(m, LIC_KEY_ID, id, n);
}

static int read_image(void *ctx, const struct lic_record *d, uint64_t number, struct lic_error *err)
{
	struct lic_manifest_reading *m = ctx;
	const char *source = lic_record_text(d, "", "source");

	if (!lic_shape_openverse.is(d, ""))
		return lic_record_bad(
			m, number, err,
			"no image of Openverse's API: foreign_landing_url and license "
			"should be there");
	lic_row_begin(m);
	lic_row_key_member(m, LIC_KEY_STEM, d, "", "id");
	lic_row_key_member(m, LIC_KEY_URL, d, "", "url");
	lic_row_key_member(m, LIC_KEY_URL, d, "", "foreign_landing_url");
	if (strcmp(lic_record_text(d, "", "provider"), "flickr") == 0)
		add_flickr_id(m, lic_record_text(d, "", "foreign_landing_url"));
	if (strcmp(source, "wikimedia") == 0 || strcmp(source, "wikimedia_commons") == 0)
		lic_row_key_address(m, lic_record_text(d, "", "url"));
	lic_row_shape(m, LIC_RANK_MANIFEST, &lic_shape_openverse, d, "");
	return lic_row_end(m, number, err);
}

static int read_openverse(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_place places[] = { { { "results", NULL }, false } };
	const struct lic_records plan = { places, LIC_ARRAY_SIZE(places), NULL, read_image, m };

	return lic_records_read(m, &plan, err);
}

const struct lic_manifest_reader lic_manifest_openverse_api = {
	.format = { "openverse-api", "Openverse API JSON (one image, or results)" },
	.bid = bid,
	.read = read_openverse,
};
