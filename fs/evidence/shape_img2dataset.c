/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sample of img2dataset (1.45): columns of the list that it was made from, and what became of the
 * download. The picture was encoded anew, so the EXIF of the original stands here alone.
 */
#include <string.h>
#include <strings.h>

#include "fs/evidence/reserve.h"
#include "fs/evidence/shape.h"

static bool is_img2dataset(const struct lic_record *d, const char *at)
{
	return lic_record_find(d, at, "key") && lic_record_find(d, at, "status") &&
	       lic_record_find(d, at, "url") && lic_record_find(d, at, "error_message");
}

/* Columns of LAION's lists, whose LICENSE was guessed from links of the page around the picture. */
static bool is_guessed(const struct lic_record *d)
{
	static const char *const signs[] = { "NSFW", "similarity", "punsafe", "pwatermark" };

	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		const char *dot = strrchr(path, '.');

		for (size_t k = 0; k < LIC_ARRAY_SIZE(signs); k++)
			if (strcasecmp(dot ? dot + 1 : path, signs[k]) == 0)
				return true;
	}
	return false;
}

/* "Image Copyright", as Python's exifread calls the fields; those of the thumbnail are not the
 * image's. */
static void add_exif_field(struct lic_reading *r, const struct lic_member *m, uint32_t packet)
{
	const char *path = (const char *)m->path.p;
	const char *blank = strchr(path, ' ');
	const char *name = blank ? blank + 1 : path;
	const struct lic_field *f = lic_exif_field_named(name);

	if (strncmp(path, "Thumbnail ", 10) == 0)
		return;
	/* exifread does not know it, and what it prints of it is cut: it reserves all */
	if (!f && strcasecmp(name, "Tag 0x9287") == 0)
		f = lic_exif_field_named("LearningOptOutIn");
	if (!f)
		return;
	if (f->role == LIC_ROLE_RESERVATION)
		lic_reading_add_as(r, "EXIF", f, packet, m->value.p, m->value.n, "opt-out",
				   LIC_RESERVE_ALL);
	else
		lic_reading_add(r, "EXIF", f, packet, LIC_CHARSET_GUESS, m->value.p, m->value.n);
}

/* JSON within a string. */
static void add_exif(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	const struct lic_member *m = lic_record_find(d, at, "exif");
	_cleanup_(lic_record_release) struct lic_record exif = LIC_RECORD_INIT;
	const enum lic_rank rank = r->rank;
	uint32_t packet;

	if (!m || !m->value.n)
		return;
	if (!lic_record_parse(&exif, m->value.p, m->value.n)) {
		lic_reading_damage(r, "the EXIF of the original, kept as JSON, is malformed");
		return;
	}
	packet = lic_reading_packet(r);
	r->rank = rank < LIC_RANK_EMBEDDED ? rank : LIC_RANK_EMBEDDED;
	for (size_t i = 0; i < exif.n; i++)
		add_exif_field(r, &exif.item[i], packet);
	r->rank = rank;
}

static void add_download(struct lic_reading *r, const struct lic_record *d, const char *at,
			 uint32_t packet)
{
	static const struct lic_field f = { "error_message", LIC_ROLE_RESERVATION, 0, 0 };
	const struct lic_member *m = lic_record_find(d, at, "error_message");

	if (m && strcasestr((const char *)m->value.p, "X-Robots-Tag"))
		lic_reading_add_as(r, "JSON", &f, packet, m->value.p, m->value.n,
				   (const char *)m->value.p, LIC_RESERVE_ALL);
}

static void img2dataset_claims(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	const enum lic_rank rank = r->rank;
	uint32_t packet = lic_reading_packet(r);

	if (is_guessed(d))
		r->rank = LIC_RANK_NONE;
	lic_shape_plain_claims(r, d, at, packet);
	r->rank = rank;
	add_download(r, d, at, packet);
	add_exif(r, d, at);
}

const struct lic_shape lic_shape_img2dataset = { "img2dataset", is_img2dataset,
						 img2dataset_claims };
