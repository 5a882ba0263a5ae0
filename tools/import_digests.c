/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests that name files by MD5 or SHA-256: what is not known of the images is computed first.
 */
#include <string.h>

#include "digests.h"
#include "import.h"

static unsigned digest_of(enum lic_key_kind kind)
{
	switch (kind) {
	case LIC_KEY_MD5:
		return LIC_DIGEST_MD5;
	case LIC_KEY_SHA256:
		return LIC_DIGEST_SHA256;
	default:
		return 0;
	}
}

bool import_misses_digests(struct import *i, const struct lic_row *row)
{
	for (size_t k = 0; k < row->n_keys; k++)
		i->missing |= digest_of(row->key[k].kind) & ~i->digests;
	return i->missing && !i->args->dry_run;
}

int import_complete_digests(struct import *i)
{
	int r = digests_complete(&i->store, i->missing, "the manifest names files", &i->err);

	if (r < 0)
		return lic_error_prefix(&i->err, "the images were not read, and nothing imported");
	i->digests |= i->missing;
	i->missing = 0;
	return 0;
}

void import_warn_digests(struct import *i)
{
	if (i->missing)
		output_say("a dry run does not read images for their %s: what is found by that "
			   "alone counts as unreadable",
			   digests_name(i->missing));
}
