/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the store beside what was judged. */
#ifndef LICENSEFS_HISTORY_READING_H
#define LICENSEFS_HISTORY_READING_H

#include <licensefs/snapshot.h>

enum lic_file_state {
	LIC_FILE_SAME,
	LIC_FILE_GONE,
	LIC_FILE_DIFFERS, /* by what stat says, or is no regular file any more */
	LIC_FILE_OTHER,	  /* its bytes are others */
	LIC_FILE_MOVING,  /* changed while it was read */
	LIC_FILE_UNREAD,
};

/* What is needed to read many files. */
struct lic_file_reader {
	int root; /* the store's directory */
	unsigned char *buf;
	struct lic_hasher *xxh3;
	struct lic_digester *sha256;
	int (*read)(void *ctx, uint64_t bytes); /* after each piece; NULL; another value than 0
						 * stops */
	void *ctx;
};

int lic_file_reader_init(struct lic_file_reader *f, const char *store, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void lic_file_reader_release(struct lic_file_reader *f) _nonnull_all_;

/* What is asked of a file, and what is found. */
struct lic_file_look {
	const char *path;	   /* relative to the store */
	const struct lic_entry *e; /* what was judged */
	bool content; /* read it; else only where stat leaves it open and XXH3 can tell */
	bool sum;     /* and know its SHA-256 */
	enum lic_file_state state;
	bool was_read;
	uint8_t sha256[32]; /* where it was read for `sum` */
	int code;	    /* errno, where it could not be read */
};
/* 0, or what `read` returned, or -ENOMEM. */
int lic_file_look(struct lic_file_reader *f, struct lic_file_look *l) _nonnull_all_ _must_check_;

#endif
