/* SPDX-License-Identifier: Apache-2.0 */
/* The name nearest to one that is not there. */
#include <errno.h>
#include <string.h>

#include <licensefs/text.h>

#include "fs/catalog/nearest.h"

void lic_nearest_look(struct lic_nearest *x, const char *name)
{
	size_t n = strlen(name), asked = strlen(x->name);
	unsigned d = lic_text_distance(x->name, asked, name, n);

	x->any = true;
	if (d < x->distance && d < asked && d <= 1 + asked / 4 && n < sizeof(x->best)) {
		x->distance = d;
		memcpy(x->best, name, n + 1);
	}
}

int lic_nearest_error(const struct lic_nearest *x, const char *kind, const char *some,
		      const char *none, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(8192);

	lic_text_show(&shown, x->name, strlen(x->name));
	if (x->best[0])
		return lic_error_set(err, ENOENT, "no %s '%s'; did you mean '%s'?", kind,
				     lic_buf_str(&shown), x->best);
	return lic_error_set(err, ENOENT, "no %s '%s'; %s", kind, lic_buf_str(&shown),
			     x->any ? some : none);
}
