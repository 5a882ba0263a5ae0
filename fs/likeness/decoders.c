/* SPDX-License-Identifier: Apache-2.0 */
/* Which decoder reads which format. */
#include <errno.h>

#include "fs/likeness/canvas.h"

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

bool lic_picture_decodes(enum lic_format format)
{
	return format > LIC_FORMAT_NONE && format < LIC_FORMAT_COUNT && decoders[format];
}

int lic_picture_decode(struct lic_bytes_in *in, enum lic_format format, struct lic_canvas *c,
	       struct lic_error *err)
{
	int r;

	if (!lic_picture_decodes(format))
		return lic_error_set(err, ENOTSUP, "no decoder is built in for %s",
				     lic_format_name(format));
	r = decoders[format](in, c, err);
	return in->error ? lic_error_sys(err, EIO, "cannot read the file") : r;
}
