/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a file to its prints: picks the decoder. */
#include <errno.h>

#include <licensefs/likeness.h>

#include "fs/likeness/print.h"

static const lic_decoder decoders[LIC_FORMAT_COUNT] = {
	[LIC_FORMAT_JPEG] = lic_decode_jpeg, [LIC_FORMAT_PNG] = lic_decode_png,
	[LIC_FORMAT_WEBP] = lic_decode_webp, [LIC_FORMAT_BMP] = lic_decode_bmp,
	[LIC_FORMAT_PNM] = lic_decode_pnm,
#ifdef HAVE_TIFF
	[LIC_FORMAT_TIFF] = lic_decode_tiff,
#endif
#ifdef HAVE_GIF
	[LIC_FORMAT_GIF] = lic_decode_gif,
#endif
};

static void release_canvas(struct lic_canvas *c)
{
	lic_canvas_release(c);
}

bool lic_likeness_reads(enum lic_format format)
{
	return format > LIC_FORMAT_NONE && format < LIC_FORMAT_COUNT && decoders[format];
}

int lic_likeness_read(int fd, uint64_t at, uint64_t size, enum lic_format format,
		      struct lic_likeness *ret, struct lic_error *err)
{
	_cleanup_(release_canvas) struct lic_canvas canvas = { 0 };
	struct lic_bytes_in in = { .fd = fd, .base = at, .size = size };
	int r;

	if (!lic_likeness_reads(format))
		return lic_error_set(err, ENOTSUP, "no decoder is built in for %s",
				     lic_format_name(format));
	r = decoders[format](&in, &canvas, err);
	if (in.error)
		return lic_error_sys(err, EIO, "cannot read the file");
	if (r < 0)
		return r;
	return lic_canvas_prints(&canvas, ret, err);
}
