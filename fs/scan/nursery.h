/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where helper processes come from: a small process that is forked before the scan has threads or a
 * catalog, and forks helpers for whoever asks.
 *
 * Helpers are children of the scanning process (CLONE_PARENT), which waits for them. Nursery and
 * helpers die with the thread that forked the nursery, by whatever it ends. A nursery that is
 * killed is made anew.
 */
#ifndef LICENSEFS_SCAN_NURSERY_H
#define LICENSEFS_SCAN_NURSERY_H

#include <sys/types.h>

#include <licensefs/error.h>

#include "fs/scan/wire.h"

struct lic_nursery;

/* For helpers 0 to `slots`-1. Forks: call it while the process has one thread. */
int lic_nursery_new(unsigned slots, struct lic_nursery **ret, struct lic_error *err)
	_nonnull_(2) _must_check_;
/* Ends the nursery; helpers end by themselves when their sockets close. */
void lic_nursery_free(struct lic_nursery *n);
/* The page that a thread shares with its helper; lives as long as the nursery. */
struct lic_slot *lic_nursery_slot(struct lic_nursery *n, unsigned slot) _nonnull_all_;
/* Starts the helper of a slot, which serves `sock`. Returns its process id; the caller waits for
 * it. On failure the socket must not be used again. Thread-safe. */
int lic_nursery_start(struct lic_nursery *n, unsigned slot, int sock, pid_t *ret,
		      struct lic_error *err) _nonnull_(1, 4) _must_check_;

/* --- serve.c --- */

#define LIC_HELPER_MEMORY                                                                          \
	(256u << 20) /* bytes that a helper may use beside what it starts with                     \
		      */

/* Serves the socket, confined, until the other end closes. */
void lic_helper_main(int sock, struct lic_slot *slot) __attribute__((noreturn));

#endif
