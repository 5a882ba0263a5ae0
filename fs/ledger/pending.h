/* SPDX-License-Identifier: Apache-2.0 */
/* What was said of a ledger and is not written yet: in bounded memory, behind the writer's lock. */
#ifndef LICENSEFS_LEDGER_PENDING_H
#define LICENSEFS_LEDGER_PENDING_H

#include "fs/ledger/record.h"

struct lic_first_opening {
	int64_t process, entry;
};

struct lic_open_count {
	int64_t process, n; /* n 0: a free slot */
};

struct lic_ledger_pending {
	struct lic_buf records; /* gathered, without chains */
	struct lic_first_opening *first;
	size_t n, cap;
	struct lic_open_count *count; /* by process, open addressing */
	size_t counts, slots;	      /* used, there are (a power of two) */
	int64_t uncounted;	      /* opens for which there was no slot: told as of process 0 */
	int lost_code;		      /* 0: nothing is lost */
	int64_t lost_opens, lost_processes, lost_sights;
};

void lic_ledger_pending_init(struct lic_ledger_pending *p) _nonnull_all_;
void lic_ledger_pending_release(struct lic_ledger_pending *p) _nonnull_all_;
bool lic_ledger_pending_any(const struct lic_ledger_pending *p) _nonnull_all_ _pure_;
void lic_ledger_pending_count(struct lic_ledger_pending *p, int64_t process) _nonnull_all_;
void lic_ledger_pending_open(struct lic_ledger_pending *p, int64_t process,
			     int64_t entry) _nonnull_all_;
/* Makes records of all of it, in `records`, which may grow beyond its ceiling, and keeps what there
 * is no memory for. False where something stays. */
bool lic_ledger_pending_gather(struct lic_ledger_pending *p, int64_t at) _nonnull_all_;
/* Gives memory back that only a rush needed; nothing must be in it. */
void lic_ledger_pending_shrink(struct lic_ledger_pending *p) _nonnull_all_;

#endif
