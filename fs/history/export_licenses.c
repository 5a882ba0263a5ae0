/* SPDX-License-Identifier: Apache-2.0 */
/* How many images, and bytes, of each license. */
#include <string.h>

#include "fs/history/export.h"

static void pass(_unused_ struct lic_export *x, _unused_ const struct lic_export_member *m)
{
}

static int by_name(const void *a, const void *b)
{
	const struct lic_export_tally *x = a, *y = b;

	return strcmp(x->license, y->license);
}

static void end_line(struct lic_export *x)
{
	lic_json_object_end(&x->json);
	lic_buf_addc(&x->out, '\n');
	x->json.need_comma = false;
}

static void one_license(struct lic_export *x, const struct lic_export_tally *t)
{
	struct lic_json *j = &x->json;

	lic_json_object(j);
	lic_json_kstr(j, "license", *t->license ? t->license : NULL);
	lic_json_kstr(j, "license_url", t->url);
	lic_json_key(j, "obligations");
	lic_json_array(j);
	for (unsigned bits = t->obligations; bits; bits &= bits - 1)
		lic_json_str(j, lic_obligation_name(bits & -bits));
	lic_json_array_end(j);
	lic_json_kint(j, "images", t->images);
	lic_json_kint(j, "bytes", t->bytes);
	end_line(x);
}

static void end(struct lic_export *x)
{
	lic_json_object(&x->json);
	lic_json_kstr(&x->json, "format", "licensefs-licenses-1");
	lic_export_facts(x);
	end_line(x);
	if (x->n_tally)
		qsort(x->tally, x->n_tally, sizeof(*x->tally), by_name);
	for (size_t i = 0; i < x->n_tally; i++)
		one_license(x, &x->tally[i]);
}

const struct lic_export_format lic_export_licenses = {
	.name = "licenses",
	.summary = "a line of JSON for each license: images and bytes",
	.member = pass,
	.end = end,
};
