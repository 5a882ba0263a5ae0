/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 and SHA-256 of images: what is not known of them is computed first. */
#include <licensefs/scan.h>

#include "digests.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"

const char *digests_name(unsigned digests)
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
int digests_complete(struct store *s, unsigned digests, const char *who, struct lic_error *err)
{
	const struct lic_scan_options options = {
		.store = s->path,
		.catalog = s->catalog,
		.digests = digests,
		.progress = show_scan,
		.warn = say_scan,
		.stop = &interrupt_signal,
	};
	struct lic_scan_result result;
	int r;

	progress_clear();
	lic_catalog_close(s->cat);
	s->cat = NULL;
	output_say("reading all images for their %s, by which %s", digests_name(digests), who);
	r = lic_scan(&options, &result, err);
	progress_clear();
	return r < 0 ? r : store_open(s, true, err);
}
