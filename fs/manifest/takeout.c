/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Takeout's metadata of photos: no rights, but descriptions, and whether somebody shared the
 * photo.
 *
 * FILE.EXT.json or FILE.EXT.supplemental-metadata.json (cut at any letter where the name grows too
 * long) lies beside FILE.EXT; of two photos of one name the second is FILE(1).EXT and its metadata
 * FILE.EXT(1).json.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

static int bid(const struct lic_peek *k)
{
	if (k->first != '{' && k->first != '[')
		return 0;
	return lic_peek_key(k, "photoTakenTime") && lic_peek_key(k, "title") ? 85 : 0;
}

/* Cuts "(1)" off the end; its length. */
static size_t cut_counter(const char *name, size_t *n)
{
	size_t i = *n;

	if (!i || name[i - 1] != ')')
		return 0;
	for (i--; i && name[i - 1] >= '0' && name[i - 1] <= '9'; i--)
		;
	if (!i || name[i - 1] != '(' || i == *n - 1)
		return 0;
	i = *n - (i - 1);
	*n -= i;
	return i;
}

/* Cuts ".supplemental-metadata" off, or as much of it as was left. */
static void cut_suffix(const char *name, size_t *n)
{
	static const char suffix[] = ".supplemental-metadata";
	const char *dot = *n ? memrchr(name, '.', *n) : NULL;
	size_t tail = dot ? (size_t)(name + *n - dot) : 0;

	if (tail > 1 && tail < sizeof(suffix) && memcmp(dot, suffix, tail) == 0)
		*n -= tail;
}

/* The name of the photo from the name of its metadata; false where it says nothing. */
static bool add_name(struct lic_manifest_reading *m)
{
	const char *name = m->peek.name, *dot, *counter;
	size_t n = strlen(name), c;
	char photo[256 + 16];

	if (m->peek.first != '{' || m->peek.lines || n <= 5 || n > 255 ||
	    strcasecmp(name + n - 5, ".json") != 0)
		return false;
	n -= 5;
	c = cut_counter(name, &n);
	counter = name + n;
	cut_suffix(name, &n);
	dot = n ? memrchr(name, '.', n) : NULL;
	if (!dot)
		return false;
	snprintf(photo, sizeof(photo), "%.*s%.*s%.*s", (int)(dot - name), name, (int)c, counter,
		 (int)(name + n - dot), dot);
	lic_row_key(m, LIC_KEY_TAIL, photo, strlen(photo));
	return true;
}

static int read_photo(void *ctx, const struct lic_record *d, uint64_t number, struct lic_error *err)
{
	struct lic_manifest_reading *m = ctx;

	if (!lic_shape_takeout.is(d, ""))
		return lic_record_bad(m, number, err,
				      "no photo of Google Takeout: title and photoTakenTime "
				      "should be there");
	lic_row_begin(m);
	if (number > 1 || !add_name(m))
		lic_row_key_member(m, LIC_KEY_TAIL, d, "", "title");
	lic_row_shape(m, LIC_RANK_MANIFEST, &lic_shape_takeout, d, "");
	return lic_row_end(m, number, err);
}

static int read_takeout(struct lic_manifest_reading *m, struct lic_error *err)
{
	const struct lic_records plan = { NULL, 0, NULL, read_photo, m };

	return lic_records_read(m, &plan, err);
}

const struct lic_manifest_reader lic_manifest_takeout = {
	.format = { "takeout", "Google Takeout's JSON of photos" },
	.bid = bid,
	.read = read_takeout,
};
