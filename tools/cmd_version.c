/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs version. */
#include <licensefs/catalog.h>
#include <licensefs/mount.h>

#include "command.h"

static int run_version(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };

	bool built_in;
	const char *fuse = lic_mount_library(&built_in);

	if (!call->json) {
		printf("licensefs %s\nlibfuse %s%s\n", PACKAGE_VERSION, fuse,
		       built_in ? ", static" : "");
		return TOOL_DONE;
	}
	json_begin(&line);
	lic_json_kstr(&line.json, "version", PACKAGE_VERSION);
	lic_json_kint(&line.json, "catalog_schema", LIC_CATALOG_SCHEMA);
	lic_json_kstr(&line.json, "libfuse", fuse);
	lic_json_kbool(&line.json, "libfuse_static", built_in);
	json_end(&line);
	return TOOL_DONE;
}

const struct command cmd_version = {
	.name = "version",
	.group = "Learn",
	.summary = "print the version, also of libfuse",
	.operands = "",
	.run = run_version,
};
