/* SPDX-License-Identifier: Apache-2.0 */
/* The list of shapes, and how they make claims. */
#include <string.h>

#include "fs/evidence/reserve.h"
#include "fs/evidence/shape.h"

/* The most telling first: what a platform writes before what anybody may. */
static const struct lic_shape *const shapes[] = {
	&lic_shape_flickr,	&lic_shape_commons, &lic_shape_openverse,
	&lic_shape_img2dataset, &lic_shape_takeout, &lic_shape_plain,
};

const struct lic_shape *lic_shape_find(const struct lic_record *d, const char *at)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(shapes); i++)
		if (shapes[i]->is(d, at))
			return shapes[i];
	return NULL;
}

void lic_shape_begin(struct lic_reading *r, struct lic_claims *claims, enum lic_rank rank,
		     const char *source, const struct lic_limits *limits)
{
	*r = (struct lic_reading){
		.limits = limits,
		.claims = claims,
		.rank = rank,
		.source = source,
		.claims_left = limits->claims_max,
	};
	r->text = (struct lic_buf)LIC_BUF_INIT(limits->value_max * 3 + 16);
}

void lic_shape_end(struct lic_reading *r)
{
	lic_buf_release(&r->text);
}

void lic_shape_add(struct lic_reading *r, const struct lic_record *d, const char *at,
		   const char *name, uint32_t packet, enum lic_role role, enum lic_context context)
{
	const struct lic_member *m = lic_record_find(d, at, name);
	const struct lic_field f = { name, (uint8_t)role, LIC_FIELD_TEXT, (uint8_t)context };

	if (m)
		lic_reading_add(r, "JSON", &f, packet, LIC_CHARSET_GUESS, m->value.p, m->value.n);
}

void lic_shape_add_text(struct lic_reading *r, const char *name, uint32_t packet,
			enum lic_role role, enum lic_context context, const char *raw,
			const char *text)
{
	const struct lic_field f = { name, (uint8_t)role, LIC_FIELD_TEXT, (uint8_t)context };
	size_t n = strlen(raw);

	if (strlen(text) > r->limits->value_max || n > r->limits->value_max) {
		lic_reading_cut(r, &f);
		return;
	}
	if (*text)
		lic_reading_add_as(r, "JSON", &f, packet, raw, n, text, 0);
}
