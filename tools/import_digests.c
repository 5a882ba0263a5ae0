/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests that name files by MD5 or SHA-256: what is not known of the images is computed first.
 */
#include <errno.h>
#include <string.h>

#include <licensefs/scan.h>

#include "import.h"
#include "interrupt.h"
#include "progress.h"

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

static const char *digest_names(unsigned digests)
{
	switch (digests) {
	case LIC_DIGEST_MD5:
		return "MD5";
	case LIC_DIGEST_SHA256:
		return "SHA-256";
	default:
		return "MD5 and SHA-256";
	}
}

bool import_misses_digests(struct import *i, const struct lic_row *row)
{
	for (size_t k = 0; k < row->n_keys; k++)
		i->missing |= digest_of(row->key[k].kind) & ~i->digests;
	return i->missing && !i->args->dry_run;
}

static void show_scan(void *ctx _unused_, const struct lic_scan_progress *p)
{
	progress_draw(&(struct progress){ .what = "images read",
					  .done = p->known + p->read,
					  .expected = p->expected,
					  .bytes = p->bytes });
}

static void say_scan(void *ctx _unused_, const char *line)
{
	output_say("%s", line);
}

/* Two transactions cannot be open at a time, and a scan wants the process for itself. */
int import_complete_digests(struct import *i)
{
	const struct lic_scan_options options = {
		.store = i->store.path,
		.catalog = i->store.catalog,
		.digests = i->missing,
		.progress = show_scan,
		.warn = say_scan,
		.stop = &interrupt_signal,
	};
	struct lic_scan_result result;
	int r;

	progress_clear();
	lic_catalog_close(i->store.cat);
	i->store.cat = NULL;
	output_say("reading all images for their %s, by which the manifest names files",
		   digest_names(i->missing));
	r = lic_scan(&options, &result, &i->err);
	progress_clear();
	if (r < 0)
		return lic_error_prefix(&i->err, "the images were not read, and nothing imported");
	i->digests |= i->missing;
	i->missing = 0;
	return store_open(&i->store, true, &i->err);
}

void import_warn_digests(struct import *i)
{
	if (i->missing)
		output_say("a dry run does not read images for their %s: what is found by that "
			   "alone counts as unreadable",
			   digest_names(i->missing));
}
