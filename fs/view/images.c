/* SPDX-License-Identifier: Apache-2.0 */
/* Many images at once, for documents. */
#include <string.h>

#include "fs/view/filter.h"

#define KNOWN 256u

int lic_filter_rights(struct lic_filter *f, int64_t rights, int64_t at, bool *ret,
		      struct lic_error *err)
{
	enum lic_tri t;
	int r = lic_filter_answer(f, rights, at, &t, err);

	*ret = r == 0 && t == LIC_ALLOWED;
	return r;
}

int lic_filter_note_end(struct lic_filter *f, int64_t rights, int64_t *until, struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	const struct lic_rights *r = lic_catalog_rights(f->cat, rights, err ? err : &own);

	if (!r)
		return lic_failure(err ? err : &own);
	if (r->until && (!*until || r->until < *until))
		*until = r->until;
	return 0;
}

int lic_filter_images(struct lic_filter *f, const int64_t *id, const int64_t *rights, size_t n,
		      uint8_t *ret, int64_t *until, struct lic_error *err)
{
	const bool asset = !f->pin && lic_view_needs_asset(f->view);
	struct {
		int64_t rights;
		uint8_t shown;
	} known[KNOWN] = { 0 }; /* as of this call */
	int r = 0;

	if (f->pin)
		return lic_pinned_images(f, id, n, ret, until, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		size_t k = (size_t)rights[i] % KNOWN;
		bool shown = false;

		if (!rights[i] || (!asset && known[k].rights == rights[i])) {
			ret[i] = rights[i] ? known[k].shown : 0;
			continue;
		}
		r = lic_filter_live_image(f, id[i], rights[i], &shown, err);
		if (r == 0 && shown && !(known[k].rights == rights[i] && known[k].shown))
			r = lic_filter_note_end(f, rights[i], until, err);
		known[k].rights = rights[i];
		known[k].shown = ret[i] = shown;
	}
	if (r < 0 && n)
		memset(ret, 0, n);
	return r;
}
