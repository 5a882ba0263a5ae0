/* SPDX-License-Identifier: Apache-2.0 */
/* BMP: an image, and never a word about its rights. */
#include "fs/evidence/reader.h"
#include "fs/util/cursor.h"

static int bid(const uint8_t *p, size_t n)
{
	/* OS/2 1 and 2, Windows 3, with masks, 4 and 5 */
	static const uint8_t headers[] = { 12, 16, 40, 52, 56, 64, 108, 124 };

	if (n < 18 || p[0] != 'B' || p[1] != 'M')
		return 0;
	for (size_t i = 0; i < sizeof(headers); i++)
		if (lic_load(p + 14, 4, false) == headers[i])
			return 50;
	return 0;
}

static void read_bmp(struct lic_reading *r)
{
	(void)r;
}

const struct lic_reader lic_reader_bmp = { "bmp", LIC_FORMAT_BMP, bid, read_bmp };
