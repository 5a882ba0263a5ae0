/* SPDX-License-Identifier: Apache-2.0 */
/* Which libfuse serves. */
#include <fuse_lowlevel.h>
#include <string.h>

#include <licensefs/mount.h>

const char *lic_mount_library(bool *ret_static)
{
	*ret_static = strstr(LIBFUSE_BUILT, ", static") != NULL;
	return fuse_pkgversion();
}
