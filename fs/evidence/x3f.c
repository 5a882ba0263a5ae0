/* SPDX-License-Identifier: Apache-2.0 */
/* Sigma X3F: sections listed at the end of the file; a JPEG among them holds the metadata. */
#include <string.h>

#include "fs/evidence/jpeg.h"
#include "fs/evidence/reader.h"
#include "fs/util/cursor.h"

#define DIRECTORY "SECd"
#define IMAGE "SECi"
#define IMAGE_HEADER 28
#define TYPE_PREVIEW 2
#define FORMAT_JPEG 18
#define ENTRY 12

static int bid(const uint8_t *p, size_t n)
{
	return n >= 40 && memcmp(p, "FOVb", 4) == 0 ? 100 : 0;
}

/* A thumbnail has no EXIF; the JPEG that has is what the camera made of the picture. */
static void image(struct lic_reading *r, uint64_t off, uint32_t n)
{
	const uint8_t *p = lic_input_peek(r->in, off, IMAGE_HEADER);

	if (!p || n < IMAGE_HEADER || n > r->in->size - off) {
		lic_reading_damage(r, "X3F with an image that is cut off");
		return;
	}
	if (memcmp(p, IMAGE, 4) != 0 || lic_load(p + 8, 4, false) != TYPE_PREVIEW ||
	    lic_load(p + 12, 4, false) != FORMAT_JPEG)
		return;
	p = lic_input_peek(r->in, off + IMAGE_HEADER, 4);
	if (p && n >= IMAGE_HEADER + 4 && memcmp(p, "\xff\xd8\xff\xe1", 4) == 0)
		lic_jpeg_read_at(r, off + IMAGE_HEADER, n - IMAGE_HEADER);
}

static void read_x3f(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, r->in->size - 4, 4);
	uint64_t off = p ? lic_load(p, 4, false) : 0;
	uint64_t entries = 0;

	p = lic_input_peek(r->in, off, ENTRY);
	if (p && memcmp(p, DIRECTORY, 4) == 0)
		entries = lic_load(p + 8, 4, false);
	else
		lic_reading_damage(r, "X3F without its directory");
	while (entries-- && lic_reading_charge(r, ENTRY)) {
		off += ENTRY;
		p = lic_input_peek(r->in, off, ENTRY);
		if (!p) {
			lic_reading_damage(r, "X3F directory that is cut off");
			return;
		}
		if (memcmp(p + 8, "IMA2", 4) == 0)
			image(r, lic_load(p, 4, false), (uint32_t)lic_load(p + 4, 4, false));
	}
}

const struct lic_reader lic_reader_x3f = { "x3f", LIC_FORMAT_RAW, bid, read_x3f };
