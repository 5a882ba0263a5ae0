/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG XL (ISO/IEC 18181-2): the boxes around a codestream, or the bare codestream. */
#include <string.h>

#include "fs/evidence/box.h"

#define SIGNATURE "\0\0\0\x0cJXL \r\n\x87\n"
#define SIGNATURE_LEN 12
#define JXLC LIC_FOURCC('j', 'x', 'l', 'c')
#define JXLP LIC_FOURCC('j', 'x', 'l', 'p')

static bool is_boxed(const uint8_t *p, size_t n)
{
	return n >= SIGNATURE_LEN && memcmp(p, SIGNATURE, SIGNATURE_LEN) == 0;
}

/* Two bytes are little to go by, but no text and no other format of ours begins with them. */
static int bid(const uint8_t *p, size_t n)
{
	if (is_boxed(p, n))
		return 100;
	return n >= 4 && p[0] == 0xff && p[1] == 0x0a ? 20 : 0;
}

static void read_jxl(struct lic_reading *r)
{
	struct lic_boxes boxes = lic_boxes_of(r, 0, r->in->size);
	const uint8_t *p = lic_input_peek(r->in, 0, SIGNATURE_LEN);
	bool has_picture = false;
	struct lic_box box;

	/* a bare codestream has no place for metadata */
	if (!p || !is_boxed(p, SIGNATURE_LEN))
		return;
	while (lic_boxes_next(&boxes, &box)) {
		if (box.type == JXLC || box.type == JXLP)
			has_picture = true;
		else
			lic_box_read(r, &box);
	}
	if (!has_picture)
		lic_reading_damage(r, "JPEG XL that ends before its picture");
}

const struct lic_reader lic_reader_jxl = { "jxl", LIC_FORMAT_JXL, bid, read_jxl };
