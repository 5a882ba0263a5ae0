/* SPDX-License-Identifier: Apache-2.0 */
/* Fujifilm RAF: the JPEG in front of the sensor's data holds all metadata. */
#include <string.h>

#include "fs/evidence/jpeg.h"
#include "fs/evidence/reader.h"
#include "fs/util/cursor.h"

#define SIGNATURE "FUJIFILM" /* and "CCD-RAW " */
#define JPEG_OFFSET 0x54
#define HEADER 0x5c

static int bid(const uint8_t *p, size_t n)
{
	const size_t len = sizeof(SIGNATURE) - 1;

	return n >= len && memcmp(p, SIGNATURE, len) == 0 ? 100 : 0;
}

static void read_raf(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, JPEG_OFFSET, HEADER - JPEG_OFFSET);

	if (p)
		lic_jpeg_read_at(r, lic_load(p, 4, true), lic_load(p + 4, 4, true));
	else
		lic_reading_damage(r, "RAF header that is cut off");
}

const struct lic_reader lic_reader_raf = { "raf", LIC_FORMAT_RAW, bid, read_raf };
