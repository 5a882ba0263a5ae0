/* SPDX-License-Identifier: Apache-2.0 */
/* Records about small pictures: written by a helper, judged by who asked for them. */
#include <errno.h>
#include <string.h>

#include "fs/scan/wire_thumbnail.h"

struct record {
	uint32_t magic, size;
	struct lic_pictured said;
};

void lic_pictured_add(struct lic_buf *out, const struct lic_pictured *p)
{
	const uint32_t head[2] = { LIC_PICTURED, sizeof(struct record) };

	_Static_assert(sizeof(struct record) == sizeof(head) + sizeof(*p), "no gaps");
	lic_buf_add(out, head, sizeof(head));
	lic_buf_add(out, p, sizeof(*p));
}

ssize_t lic_pictured_size(const uint8_t *p, size_t n)
{
	uint32_t head[2];

	if (n < sizeof(head))
		return 0;
	memcpy(head, p, sizeof(head));
	if (head[0] != LIC_PICTURED || head[1] != sizeof(struct record))
		return -EBADMSG;
	return (ssize_t)sizeof(struct record);
}

static bool is_possible(const struct lic_pictured *p)
{
	const struct lic_thumbnail *t = &p->thumbnail;

	switch (p->result) {
	case 0:
		return t->w && t->h && t->w <= LIC_THUMBNAIL_SIDE && t->h <= LIC_THUMBNAIL_SIDE;
	case -ENOTSUP:
	case -EBADMSG:
	case -EFBIG:
	case -EIO:
	case -ENOMEM:
		return !t->w && !t->h;
	}
	return false;
}

int lic_pictured_take(const uint8_t *p, size_t n, struct lic_pictured *ret)
{
	if (n != sizeof(struct record) || lic_pictured_size(p, n) != (ssize_t)n)
		return -EBADMSG;
	memcpy(ret, p + offsetof(struct record, said), sizeof(*ret));
	return is_possible(ret) ? 0 : -EBADMSG;
}
