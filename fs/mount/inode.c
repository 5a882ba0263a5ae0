/* SPDX-License-Identifier: Apache-2.0 */
/* Inode numbers: encoding and decoding. */
#include "fs/mount/inode.h"

#define MADE_BIT (UINT64_C(1) << 63)
#define NODE_BIT (UINT64_C(1) << 59)
#define MADE_SHIFT 60
#define MADE_VIEW_SHIFT 40
#define DIR_VIEW_SHIFT 44
#define SNAPSHOTS_SERIAL 1

struct lic_inode lic_inode_decode(uint64_t ino, int64_t single)
{
	struct lic_inode n = { LIC_INODE_NONE, 0, 0, 0 };

	if (ino & MADE_BIT && ino & NODE_BIT) {
		n.type = LIC_INODE_NODE;
		n.id = (int64_t)(ino & (NODE_BIT - 1));
		return n;
	}
	if (ino & MADE_BIT) {
		n.type = single ? LIC_INODE_NONE : LIC_INODE_MADE;
		n.made = (enum lic_made)(ino >> MADE_SHIFT & 7);
		n.view = (int64_t)(ino >> MADE_VIEW_SHIFT & (LIC_VIEW_NUMBER_END - 1));
		n.id = (int64_t)(ino & (LIC_SERIAL_END - 1));
		if (n.made == LIC_MADE_CONTROL && n.id == SNAPSHOTS_SERIAL) {
			n.made = LIC_MADE_SNAPSHOTS;
			n.id = 0;
		}
		return n;
	}
	n.view = (int64_t)(ino >> DIR_VIEW_SHIFT);
	n.id = (int64_t)(ino & (LIC_ID_END - 1));
	if (ino == LIC_INO_ROOT) {
		n.type = single ? LIC_INODE_DIR : LIC_INODE_ROOT;
		n.view = single;
	} else if (n.id > 0) {
		n.type = n.view ? LIC_INODE_DIR : LIC_INODE_FILE;
	}
	return n;
}

uint64_t lic_inode_dir(int64_t view, int64_t id, int64_t single)
{
	if (single && id == LIC_STORE_ROOT)
		return LIC_INO_ROOT;
	return (uint64_t)view << DIR_VIEW_SHIFT | (uint64_t)id;
}

uint64_t lic_inode_node(int64_t serial)
{
	return MADE_BIT | NODE_BIT | (uint64_t)serial;
}

uint64_t lic_inode_made(enum lic_made made, int64_t view, int64_t serial)
{
	if (made == LIC_MADE_SNAPSHOTS) {
		made = LIC_MADE_CONTROL;
		serial = SNAPSHOTS_SERIAL;
	}
	return MADE_BIT | (uint64_t)made << MADE_SHIFT | (uint64_t)view << MADE_VIEW_SHIFT |
	       (uint64_t)serial;
}
