/* SPDX-License-Identifier: Apache-2.0 */
/* Likenesses as bytes: one print after the other. */
#include <errno.h>
#include <string.h>

#include <licensefs/likeness.h>

size_t lic_likeness_pack(const struct lic_likeness *l, uint8_t ret[LIC_LIKENESS_PACKED_MAX])
{
	size_t n = l->n * sizeof(l->print[0]);

	memcpy(ret, l->print, n);
	return n;
}

int lic_likeness_unpack(const void *p, size_t n, struct lic_likeness *ret)
{
	if (!p || !n || n > LIC_LIKENESS_PACKED_MAX || n % LIC_PRINT_BYTES)
		return -EBADMSG;
	*ret = (struct lic_likeness){ .n = (uint32_t)(n / LIC_PRINT_BYTES) };
	memcpy(ret->print, p, n);
	return 0;
}
