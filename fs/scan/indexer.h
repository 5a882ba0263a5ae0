/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pool of threads, each with a helper, that index files: opened and judged by stat here, read in
 * the helper, every piece checked and kept in a spool, looked at by stat once more. Images travel
 * likewise to be decoded; what they look like is one small answer.
 *
 * Life cycle: lic_indexer_new(); lic_indexer_submit() and lic_indexer_take() as long as
 * lic_indexer_room() says so; lic_indexer_free(). One thread drives it.
 */
#ifndef LICENSEFS_SCAN_INDEXER_H
#define LICENSEFS_SCAN_INDEXER_H

#include "fs/scan/helper.h"
#include "fs/scan/internal.h"
#include "fs/scan/spool.h"
#include "fs/scan/wire_index.h"
#include "fs/scan/wire_likeness.h"

#define LIC_INDEX_GROUP 64	    /* small files that are asked for together */
#define LIC_INDEX_SMALL (64u << 10) /* bytes of such a file */

/* What came of it. */
enum lic_index_outcome {
	LIC_INDEX_WAITS, /* no answer, or it did not hold still: another scan will look */
	LIC_INDEX_DONE,
	LIC_INDEX_CONDEMNED,  /* helpers died of it; found.note says how */
	LIC_INDEX_UNREADABLE, /* it cannot be opened or read */
};

struct lic_index_job {
	int64_t id;	    /* row */
	char *path;	    /* in the store; owned */
	struct lic_stat st; /* of the row: what is indexed must have it */
	/* of what is decoded */
	uint64_t at, size; /* where it lies in the file, which may be an archive */
	enum lic_format format;
	struct lic_hash hash; /* of the row: what is decoded must have it */
	struct lic_likened looks;
	/* what came of it */
	enum lic_index_outcome outcome;
	struct lic_index_result found;
	struct lic_spool spool;
	struct lic_buf members; /* of an archive: pieces one behind the other */
	/* the thread's own */
	struct lic_index_check check;
	int fd;
	bool done, asked;
	unsigned deaths, kills;
};

/* Files that travel together. */
struct lic_index_group {
	struct lic_index_group *next;
	enum lic_asked what; /* LIC_ASK_INDEX, LIC_ASK_LIKENESS */
	unsigned n;
	struct lic_index_job job[];
};
/* For n files; NULL without memory. Free it with lic_index_group_free(). */
struct lic_index_group *lic_index_group_new(enum lic_asked what, unsigned n);
void lic_index_group_free(struct lic_index_group *g); /* NULL is allowed */

struct lic_indexer;
struct lic_indexer_options {
	int root;
	unsigned threads;
	struct lic_nursery *nursery;
	unsigned first_slot; /* of the nursery, one a thread from there on */
	const char *spool_dir;
	struct lic_scan_counters *counters;
	const struct lic_patience *patience; /* outlives it */
};
/* Indexing looks at every byte; decoding at every pixel, and those may be many more. */
extern const struct lic_patience lic_indexing_patience, lic_decoding_patience;
int lic_indexer_new(const struct lic_indexer_options *o, struct lic_indexer **ret,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Ends at once; what is under way is lost. NULL is allowed. */
void lic_indexer_free(struct lic_indexer *x);
/* May another group be submitted? */
bool lic_indexer_room(struct lic_indexer *x) _nonnull_all_;
/* Takes the group over. */
void lic_indexer_submit(struct lic_indexer *x, struct lic_index_group *g) _nonnull_all_;
/* A group that is finished, which the caller frees; NULL where there is none after `ms`
 * milliseconds. */
struct lic_index_group *lic_indexer_take(struct lic_indexer *x, int ms) _nonnull_all_;
/* How many groups were submitted and not taken. */
unsigned lic_indexer_busy(struct lic_indexer *x) _nonnull_all_;
/* Why no helper could be had, or no index kept. 0: all is well. */
int lic_indexer_failed(struct lic_indexer *x, struct lic_error *err) _nonnull_(1);

/* --- indexing.c: one group through a helper ----------------------------------------------- */

struct lic_index_context {
	int root;
	const char *spool_dir;
	struct lic_scan_counters *counters;
	const atomic_bool *stop;
	struct lic_helper helper;
	uint32_t serial;
	unsigned lost; /* helpers in a row that died before they read anything */
	struct lic_asking asking;
	int fd[LIC_GROUP_FDS];
};
/* Brings all jobs to an end. Fails where no helper can be had or nothing be kept. */
int lic_index_group_run(struct lic_index_context *c, struct lic_index_group *g,
			struct lic_error *err) _nonnull_(1, 2) _must_check_;

#endif
