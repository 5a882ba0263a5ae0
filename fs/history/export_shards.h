/* SPDX-License-Identifier: Apache-2.0 */
/* The shard that is written. */
#ifndef LICENSEFS_HISTORY_EXPORT_SHARDS_H
#define LICENSEFS_HISTORY_EXPORT_SHARDS_H

#include "fs/history/export_files.h"
#include "fs/history/export_sample.h"

struct lic_shards {
	struct lic_samples samples;
	struct lic_buf name, key, head, path; /* to work in; `key` of the image that is planned */
	char prefix[128];
	uint32_t shard;	  /* where the member belongs that is planned */
	uint64_t planned; /* bytes in it */
	bool alone;	  /* it is an archive of the store */
	uint32_t open;	  /* the shard that `fd` is */
	int fd;		  /* -1: none */
	uint64_t at;	  /* where it ends */
	bool follows;	  /* it was left by another export, and is the same up to there */
	uint8_t *bad;	  /* a bit for each shard that is to be made anew; NULL: none */
	bool again;	  /* these are made; what is placed lies in the order of ids */
};

struct lic_shards *lic_shards_of(struct lic_export *x) _nonnull_all_;
/* Its file in the tree; in s->name, until the next call. */
const char *lic_shard_name(struct lic_shards *s, uint32_t shard) _nonnull_all_;
/* Makes it the one that is written; the one before is closed. */
int lic_shard_open(struct lic_export *x, uint32_t shard) _nonnull_all_ _must_check_;
int lic_shard_add(struct lic_export *x, const void *p, size_t n) _nonnull_all_ _must_check_;
/* Appends what is in s->head, and empties that. */
int lic_shard_head(struct lic_export *x) _nonnull_all_ _must_check_;
/* Passes over the bytes of an image that are there already. */
bool lic_shard_pass(struct lic_export *x, const struct lic_then *t, uint64_t size) _nonnull_all_;
/* Takes back what was added after a place. */
int lic_shard_cut(struct lic_export *x, uint64_t at) _nonnull_all_ _must_check_;
/* Ends it, if one is open. */
int lic_shard_close(struct lic_export *x) _nonnull_all_ _must_check_;

#endif
