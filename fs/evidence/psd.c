/* SPDX-License-Identifier: Apache-2.0 */
/* PSD and PSB: the image resources (Adobe Photoshop File Formats, "Image Resources Section"). */
#include <string.h>

#include "fs/evidence/irb.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/trailer.h"
#include "fs/util/cursor.h"

#define HEADER 26

static int bid(const uint8_t *p, size_t n)
{
	return n >= HEADER && memcmp(p, "8BPS\0", 5) == 0 && (p[5] == 1 || p[5] == 2) ? 100 : 0;
}

static void read_psd(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, HEADER, 4);
	uint64_t off = HEADER + 4 + (p ? lic_load(p, 4, true) : 0), n;

	/* colours of the palette, then the resources; layers and pixels state nothing */
	p = p ? lic_input_peek(r->in, off, 4) : NULL;
	n = p ? lic_load(p, 4, true) : 0;
	if (!p || n > r->in->size - off - 4) {
		lic_reading_damage(r, "PSD that ends before its layers begin");
		return;
	}
	lic_irb_read_at(r, off + 4, n);
	lic_trailers_read(r);
}

const struct lic_reader lic_reader_psd = { "psd", LIC_FORMAT_PSD, bid, read_psd };
