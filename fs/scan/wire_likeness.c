/* SPDX-License-Identifier: Apache-2.0 */
/* Records about pictures: written by a helper, judged by the thread that drives it. */
#include <errno.h>
#include <string.h>

#include "fs/scan/wire_likeness.h"

struct record {
	uint32_t magic, size;
	struct lic_likened said;
};

void lic_likened_add(struct lic_buf *out, const struct lic_likened *l)
{
	struct record r;

	memset(&r, 0, sizeof(r)); /* the gaps between fields, too */
	r.magic = LIC_LIKENED;
	r.size = sizeof(r);
	r.said = *l;
	r.said.why[LIC_WHY_MAX - 1] = '\0';
	for (char *s = r.said.why; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
	lic_buf_add(out, &r, sizeof(r));
}

ssize_t lic_likened_size(const uint8_t *p, size_t n)
{
	uint32_t head[2];

	if (n < sizeof(head))
		return 0;
	memcpy(head, p, sizeof(head));
	if (head[0] != LIC_LIKENED || head[1] != sizeof(struct record))
		return -EBADMSG;
	return (ssize_t)sizeof(struct record);
}

/* It is shown to people. */
static bool is_plain(const char *why)
{
	size_t n = strnlen(why, LIC_WHY_MAX);

	for (size_t i = 0; i < n; i++)
		if (why[i] < ' ' || why[i] > '~')
			return false;
	return n < LIC_WHY_MAX;
}

static bool is_possible(const struct lic_likened *l)
{
	static const struct lic_print none;
	const struct lic_likeness *k = &l->likeness;
	const bool known = l->result == 0;

	switch (l->result) {
	case 0:
	case -ENOTSUP:
	case -EBADMSG:
	case -EFBIG:
	case -ENODATA:
	case -EIO:
	case -ENOMEM:
		break;
	default:
		return false;
	}
	if (!is_plain(l->why) || known == (l->why[0] != '\0'))
		return false;
	if (k->n > LIC_PRINTS_MAX || known != (k->n > 0))
		return false;
	for (uint32_t i = k->n; i < LIC_PRINTS_MAX; i++)
		if (memcmp(&k->print[i], &none, sizeof(none)) != 0)
			return false;
	return true;
}

int lic_likened_take(const uint8_t *p, size_t n, struct lic_likened *ret)
{
	struct record r;

	if (n != sizeof(r) || lic_likened_size(p, n) != (ssize_t)n)
		return -EBADMSG;
	memcpy(&r, p, sizeof(r));
	if (!is_possible(&r.said))
		return -EBADMSG;
	*ret = r.said;
	return 0;
}
