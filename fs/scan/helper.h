/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A helper process as the thread that drives it sees it: asked, heard, watched, and buried.
 *
 * Life cycle: lic_helper_init(); any number of times lic_helper_start(), lic_helper_ask() and
 * lic_helper_hear() until it is gone; lic_helper_release(). One thread at a time.
 */
#ifndef LICENSEFS_SCAN_HELPER_H
#define LICENSEFS_SCAN_HELPER_H

#include <time.h>

#include "fs/scan/nursery.h"
#include "fs/scan/sandbox.h"

/* How long a helper may take. */
struct lic_patience {
	int64_t cpu_ns;	     /* processor time for any file */
	int64_t cpu_ns_byte; /* and for each byte of it, which is hashed */
	int64_t idle_ns;     /* without using the processor at all, however slow the disk is */
};
#define LIC_PATIENCE_DEFAULT                                                                       \
	{                                                                                          \
		2000000000, 10, 120000000000                                                       \
	}

/* How a helper ended. */
enum lic_fate {
	LIC_FATE_NONE,
	LIC_FATE_CRASH,	 /* by a signal: `detail` */
	LIC_FATE_EXIT,	 /* by itself: status `detail` */
	LIC_FATE_KILLED, /* by SIGKILL from elsewhere: the person, or the kernel short of memory */
	LIC_FATE_MEMORY, /* it had used all that it may */
	LIC_FATE_SLOW,	 /* too much processor time */
	LIC_FATE_IDLE,	 /* none at all, for too long */
	LIC_FATE_LIES,	 /* no honest reader says what it said */
};

struct lic_helper {
	struct lic_nursery *nursery;
	unsigned number; /* of the slot */
	struct lic_slot *slot;
	const struct lic_patience *patience;
	struct lic_sandbox sandbox; /* of the one that was started last, if any was */
	bool started;
	pid_t pid; /* 0: none */
	int sock;
	clockid_t clock;
	struct lic_buf in; /* heard, and from in_at not yet taken */
	size_t in_at;
	enum lic_asked asked; /* last */
	bool ends;	      /* the last piece was a short one: a record must end with it */
	/* watched since the last start or change of progress */
	uint64_t progress;
	int64_t cpu_began, cpu_seen, idle, limit;
	/* of the last one that ended */
	enum lic_fate fate;
	int detail;
	enum lic_format format; /* of the file that it was reading, as far as it said */
};

void lic_helper_init(struct lic_helper *h, struct lic_nursery *n, unsigned number,
		     const struct lic_patience *patience) _nonnull_all_;
void lic_helper_release(struct lic_helper *h) _nonnull_all_;

/* Starts it where there is none. Fails only where no process can be had, after some tries. */
int lic_helper_start(struct lic_helper *h, struct lic_error *err) _nonnull_(1) _must_check_;
/* Sends a message with its descriptors. -EPIPE where the helper is gone; another negative errno
 * where it has more before it than fits. */
int lic_helper_ask(struct lic_helper *h, const struct lic_asking *asking,
		   const int *fd) _nonnull_all_ _must_check_;
/* Waits for the next whole record, valid until the next call; 1. Where none is there after `ms`
 * milliseconds, whatever came of one, 0: time for lic_helper_watch(). When the helper is gone,
 * -EPIPE, and `fate` says how. */
int lic_helper_hear(struct lic_helper *h, int ms, const uint8_t **ret,
		    size_t *ret_n) _nonnull_all_ _must_check_;
/* What it is reading: lic_progress(). */
uint64_t lic_helper_progress(const struct lic_helper *h) _nonnull_all_;
/* After `ms` milliseconds without a record: looks at the clocks and buries it if it took too long;
 * -EPIPE then. `progress` is what it says that it reads, `size` that of the file; NULL: it was not
 * asked for that, or has answered, and its time goes on. */
int lic_helper_watch(struct lic_helper *h, uint64_t progress, const uint64_t *size, int ms)
	_nonnull_(1) _must_check_;
/* Kills it and waits for it; `fate` says why, LIC_FATE_NONE: as it ended by itself. */
void lic_helper_bury(struct lic_helper *h, enum lic_fate fate) _nonnull_all_;
/* "reading it took more than 2 s of processor time", ... in `ret`, of the last one that ended. */
void lic_helper_epitaph(const struct lic_helper *h, struct lic_buf *ret) _nonnull_all_;

#endif
