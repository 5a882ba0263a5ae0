/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What img2dataset (1.45) keeps of each sample: one JSON file, or many as JSON Lines.
 *
 * The sample's key is the name of its files. The hash is of the bytes that were fetched, which are
 * the file's own only where nothing was encoded anew: then it finds the file under any name. A
 * sample that failed has no picture; the address may be another file's, and a refusal binds it.
 */
#include <errno.h>
#include <string.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

static bool is_statistics(const struct lic_peek *k)
{
	return lic_peek_key(k, "status_dict") && lic_peek_key(k, "successes");
}

static int bid(const struct lic_peek *k)
{
	if (k->first != '{' && k->first != '[')
		return 0;
	if (is_statistics(k))
		return 85;
	return lic_peek_key(k, "key") && lic_peek_key(k, "status") && lic_peek_key(k, "url") &&
			       lic_peek_key(k, "error_message")
		       ? 85
		       : 0;
}

/* Its hashes are those of what was fetched, and the files were encoded anew: no keys. */
static void add_keys(struct lic_manifest_reading *m, const struct lic_record *d)
{
	lic_row_key_member(m, LIC_KEY_URL, d, "", "url");
	if (strcmp(lic_record_text(d, "", "status"), "success") != 0)
		return;
	lic_row_key_member(m, LIC_KEY_STEM, d, "", "key");
}

static int read_sample(void *ctx, const struct lic_record *d, uint64_t number,
		       struct lic_error *err)
{
	struct lic_manifest_reading *m = ctx;

	if (!lic_shape_img2dataset.is(d, ""))
		return lic_record_bad(m, number, err,
				      "no sample of img2dataset: key, url, status and "
				      "error_message should be there");
	lic_row_begin(m);
	add_keys(m, d);
	lic_row_shape(m, LIC_RANK_MANIFEST, &lic_shape_img2dataset, d, "");
	return lic_row_end(m, number, err);
}

static int read_img2dataset(struct lic_manifest_reading *m, struct lic_error *err)
{
	const struct lic_records plan = { NULL, 0, NULL, read_sample, m };

	if (is_statistics(&m->peek))
		return lic_error_set(err, EBADMSG,
				     "'%s' counts the downloads of a shard and states nothing of "
				     "images; the samples' own .json files do",
				     m->name);
	return lic_records_read(m, &plan, err);
}

const struct lic_manifest_reader lic_manifest_img2dataset = {
	.format = { "img2dataset", "img2dataset's JSON of samples (url, key, status, ...)" },
	.bid = bid,
	.read = read_img2dataset,
};
