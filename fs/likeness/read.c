/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a file to its prints. */
#include <licensefs/likeness.h>

#include "fs/likeness/print.h"

static void release_canvas(struct lic_canvas *c)
{
	lic_canvas_release(c);
}

bool lic_likeness_reads(enum lic_format format)
{
	return lic_picture_decodes(format);
}

int lic_likeness_read(int fd, uint64_t at, uint64_t size, enum lic_format format,
		      struct lic_likeness *ret, struct lic_error *err)
{
	_cleanup_(release_canvas) struct lic_canvas canvas = { 0 };
	struct lic_bytes_in in = { .fd = fd, .base = at, .size = size };
	int r = lic_picture_decode(&in, format, &canvas, err);

	return r < 0 ? r : lic_canvas_prints(&canvas, ret, err);
}
