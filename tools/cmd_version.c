/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs version. */
#include <licensefs/catalog.h>

#include "command.h"

static int run_version(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };

	if (!call->json) {
		printf("licensefs %s\n", PACKAGE_VERSION);
		return TOOL_DONE;
	}
	json_begin(&line);
	lic_json_kstr(&line.json, "version", PACKAGE_VERSION);
	lic_json_kint(&line.json, "catalog_schema", LIC_CATALOG_SCHEMA);
	json_end(&line);
	return TOOL_DONE;
}

const struct command cmd_version = {
	.name = "version",
	.group = "Learn",
	.summary = "print the version",
	.operands = "",
	.run = run_version,
};
