/* SPDX-License-Identifier: Apache-2.0 */
/* zlib, with a ceiling on what comes out. */
#include <errno.h>
#include <limits.h>

#define ZLIB_CONST
#include <zlib.h>

#include "fs/evidence/inflate.h"

static int run(z_stream *z, struct lic_buf *out)
{
	unsigned char piece[8192];

	for (;;) {
		int r;

		z->next_out = piece;
		z->avail_out = sizeof(piece);
		r = inflate(z, Z_NO_FLUSH);
		lic_buf_add(out, piece, sizeof(piece) - z->avail_out);
		if (lic_buf_failed(out))
			return -E2BIG;
		if (r == Z_STREAM_END)
			return 0;
		if (r == Z_MEM_ERROR)
			return -ENOMEM;
		/* Z_BUF_ERROR: no input is left and the stream has not ended */
		if (r != Z_OK)
			return -EBADMSG;
	}
}

int lic_inflate(const uint8_t *p, size_t n, struct lic_buf *out)
{
	z_stream z = { 0 };
	int r;

	if (n > UINT_MAX)
		return -E2BIG;
	z.next_in = p;
	z.avail_in = (unsigned)n;
	if (inflateInit(&z) != Z_OK)
		return -ENOMEM;
	r = run(&z, out);
	inflateEnd(&z);
	return r;
}

uint32_t lic_crc32(const uint8_t *p, size_t n)
{
	return (uint32_t)crc32_z(0, p, n);
}
