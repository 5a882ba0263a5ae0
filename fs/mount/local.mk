# SPDX-License-Identifier: Apache-2.0
# The mount: what the kernel asks, answered from the catalog.
fs_liblicensefs_a_SOURCES += fs/mount/options.c fs/mount/table.c fs/mount/table.h \
	fs/mount/inode.c fs/mount/inode.h
