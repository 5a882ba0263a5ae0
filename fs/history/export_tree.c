/* SPDX-License-Identifier: Apache-2.0 */
/* The plain tree: the names and bytes of a mount of the snapshot. */
#include <string.h>

#include "fs/history/export_files.h"

static int tree_file(struct lic_export *x, const struct lic_export_member *m)
{
	uint64_t state = 0;
	int r = 1;

	if (!m->t->in_archive)
		r = lic_export_place(x, m->t, (const char *)m->path.p, &state);
	if (r != 1)
		return r;
	r = lic_export_note(x, m->t, state, 0, m->rights != NULL);
	return r < 0 ? r : 1;
}

static int tree_drop(struct lic_export *x, struct lic_export_placed *p, const struct lic_then *t,
		     bool again)
{
	int r = p->inside ? 0 : lic_export_unplace(x, p, (const char *)t->path.p);

	return r == 0 && again ? lic_export_place(x, t, (const char *)t->path.p, &p->state) : r;
}

static int tree_finish(_unused_ struct lic_export *x)
{
	return 0;
}

static const struct lic_export_maker maker = {
	.links = true,
	.dir = lic_export_dir,
	.file = tree_file,
	.drop = tree_drop,
	.finish = tree_finish,
};

const struct lic_export_format lic_export_tree = {
	.name = "tree",
	.summary = "the files, as a mount of the snapshot shows them",
	.maker = &maker,
};
