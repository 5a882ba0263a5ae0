/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of filesystem a catalog lies on. */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "fs/catalog/internal.h"

bool lic_media_is_network(int64_t f_type)
{
	/* Numbers that linux/magic.h lacks are from statfs(2) and the filesystems' sources */
	static const uint32_t network[] = {
		NFS_SUPER_MAGIC,
		SMB_SUPER_MAGIC,
		CIFS_SUPER_MAGIC,
		SMB2_SUPER_MAGIC,
		V9FS_MAGIC,
		AFS_SUPER_MAGIC,
		AFS_FS_MAGIC,
		CODA_SUPER_MAGIC,
		CEPH_SUPER_MAGIC,
		0x564c /* ncp */,
		0x0bd00bd0 /* lustre */,
		0x47504653 /* gpfs */,
		0x01161970 /* gfs2 */,
		0x19830326 /* beegfs */,
		0x7461636f /* ocfs2 */,
		0x013111a8 /* ibrix */,
		0xaad7aaea /* panfs */,
		0x786f4256 /* vboxsf */,
		0xbacbacbc /* vmhgfs */,
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(network); i++) {
		if ((uint32_t)f_type == network[i])
			return true;
	}
	return false;
}

/* Do the superblock's options of mount `id` in a mountinfo line begin with "ro"? -1: another mount.
 * Form of a line: proc_pid_mountinfo(5). */
static int super_readonly(const char *line, uint64_t id)
{
	unsigned long long this = 0;
	const char *p = strstr(line, " - ");

	if (!p || sscanf(line, "%llu ", &this) != 1 || this != id)
		return -1;
	p = strchr(p + 3, ' ');		   /* behind the type */
	p = p ? strchr(p + 1, ' ') : NULL; /* behind the source, whose blanks are escaped */
	return p && strncmp(p + 1, "ro", 2) == 0 && (p[3] == ',' || p[3] == '\n' || !p[3]);
}

bool lic_media_is_readonly(const char *dir)
{
	struct statvfs v;
	struct statx x;
	char *line = NULL;
	size_t cap = 0;
	int found = -1;
	FILE *f;

	if (statvfs(dir, &v) < 0 || !(v.f_flag & ST_RDONLY))
		return false;
	if (statx(AT_FDCWD, dir, 0, STATX_MNT_ID, &x) < 0 || !(x.stx_mask & STATX_MNT_ID))
		return false;
	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return false;
	while (found < 0 && getline(&line, &cap, f) > 0)
		found = super_readonly(line, x.stx_mnt_id);
	free(line);
	fclose(f);
	return found > 0;
}
