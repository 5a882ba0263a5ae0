/* SPDX-License-Identifier: Apache-2.0 */
/* Every format that licensefs knows, in the order in which they are asked. */
#include "fs/evidence/reader.h"

static const struct lic_reader *const readers[] = {
	&lic_reader_jpeg, &lic_reader_png, &lic_reader_webp, &lic_reader_tiff, &lic_reader_gif,
	&lic_reader_bmp,  &lic_reader_pnm, &lic_reader_psd,  &lic_reader_raf,  &lic_reader_heif,
	&lic_reader_avif, &lic_reader_jxl, &lic_reader_jp2,  &lic_reader_cr3,  &lic_reader_mrw,
	&lic_reader_x3f,  &lic_reader_crw, &lic_reader_svg,
};

const struct lic_reader *lic_reader_at(size_t i)
{
	return i < LIC_ARRAY_SIZE(readers) ? readers[i] : NULL;
}
