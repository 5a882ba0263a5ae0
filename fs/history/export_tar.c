/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of tar archives: those of ustar, long names and large sizes as GNU has them. */
#include "fs/history/export_tar.h"

#include <string.h>

#define NAME_ROOM 100u
#define SIZE_MAX_OCTAL UINT64_C(077777777777)

/* POSIX.1-1988 and GNU: offsets of the fields. */
enum {
	NAME = 0,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MTIME = 136,
	SUM = 148,
	TYPE = 156,
	MAGIC = 257
};

static void octal(unsigned char *at, unsigned digits, uint64_t n)
{
	for (unsigned i = digits; i-- > 0; n >>= 3)
		at[i] = (unsigned char)('0' + (n & 7));
}

/* A size that octal digits do not hold is binary, with the highest bit set. */
static void set_size(unsigned char *at, uint64_t n)
{
	if (n <= SIZE_MAX_OCTAL) {
		octal(at, 11, n);
		return;
	}
	for (unsigned i = 12; i-- > 1; n >>= 8)
		at[i] = (unsigned char)n;
	at[0] = 0x80;
}

static void add_block(struct lic_buf *out, const void *name, size_t n, char type, uint64_t size,
		      uint64_t mtime)
{
	unsigned char b[LIC_TAR_BLOCK] = { 0 };
	unsigned sum = 0;

	memcpy(b + NAME, name, n < NAME_ROOM ? n : NAME_ROOM);
	octal(b + MODE, 7, 0644);
	octal(b + UID, 7, 0);
	octal(b + GID, 7, 0);
	set_size(b + SIZE, size);
	octal(b + MTIME, 11, mtime);
	memset(b + SUM, ' ', 8);
	b[TYPE] = (unsigned char)type;
	memcpy(b + MAGIC, "ustar  ", 8);
	for (unsigned i = 0; i < sizeof(b); i++)
		sum += b[i];
	octal(b + SUM, 6, sum);
	b[SUM + 6] = 0;
	lic_buf_add(out, b, sizeof(b));
}

void lic_tar_pad(struct lic_buf *out, uint64_t size)
{
	static const unsigned char zero[LIC_TAR_BLOCK];

	if (size % LIC_TAR_BLOCK)
		lic_buf_add(out, zero, LIC_TAR_BLOCK - size % LIC_TAR_BLOCK);
}

void lic_tar_header(struct lic_buf *out, const void *name, size_t n, uint64_t size, int64_t seconds)
{
	static const char link[] = "././@LongLink";
	uint64_t mtime = seconds < 0 ? 0 : (uint64_t)seconds;

	if (n > NAME_ROOM) {
		add_block(out, link, sizeof(link) - 1, 'L', n + 1, 0);
		lic_buf_add(out, name, n);
		lic_buf_addc(out, 0);
		lic_tar_pad(out, n + 1);
	}
	add_block(out, name, n, '0', size, mtime <= SIZE_MAX_OCTAL ? mtime : SIZE_MAX_OCTAL);
}

void lic_tar_end(struct lic_buf *out)
{
	static const unsigned char zero[2 * LIC_TAR_BLOCK];

	lic_buf_add(out, zero, sizeof(zero));
}
