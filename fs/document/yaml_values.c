/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a YAML text. */
#include <stdio.h>

#include "fs/document/yaml_values.h"
#include "fs/manifest/yaml.h"

bool lic_yaml_values(struct lic_bytes text, void (*fn)(void *ctx, struct lic_bytes value),
		     void *ctx, char *why, size_t why_size)
{
	struct lic_record d = LIC_RECORD_INIT;
	bool ok = lic_yaml_parse(&d, text.p, text.n, why, why_size);

	for (size_t i = 0; ok && i < d.n; i++) {
		if (d.item[i].value.n >= LIC_RECORD_VALUE_MAX - 1) {
			snprintf(why, why_size, "a value of 64 KiB or more");
			ok = false;
		}
		fn(ctx, d.item[i].value);
	}
	lic_record_release(&d);
	return ok;
}
