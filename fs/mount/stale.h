/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files found to be no longer what was judged.
 *
 * A mark is a fingerprint of a catalog row with the identity it was judged under: marked once, the
 * row is hidden in every view of this mount at once, and the marker thread tells the kernel and,
 * where it may write, the catalog, so that every other mount hides it too. A row that was judged
 * again has another fingerprint and is visible again.
 *
 * Thread-safe. The set holds at most LIC_STALE_MAX marks; beyond them a changed file is still
 * refused whenever it is opened or read, only its name stays; so it is while the marker is
 * LIC_STALE_QUEUE_MAX files behind.
 */
#ifndef LICENSEFS_MOUNT_STALE_H
#define LICENSEFS_MOUNT_STALE_H

#include <pthread.h>
#include <stdatomic.h>

#include <licensefs/catalog.h>

#define LIC_STALE_MAX (1u << 20)
#define LIC_STALE_QUEUE_MAX 8192u

struct lic_session;
struct lic_stale_item;

struct lic_stale {
	struct lic_session *s;
	pthread_rwlock_t lock; /* protects mark, id, n, cap */
	uint64_t *mark;	       /* open addressing, 0: empty */
	int64_t *id;	       /* n of them: of the rows, in the order in which they came */
	_Atomic size_t n;
	size_t cap;
	pthread_mutex_t queue_lock; /* protects queue, queued, stop */
	pthread_cond_t wake;
	struct lic_stale_item *queue;
	size_t queued;
	bool stop, running;
	pthread_t thread;
	struct lic_catalog *writer; /* the marker's; NULL where the catalog cannot be written */
};

/* Opens the connection that marks in the catalog; none is not a failure. */
int lic_stale_init(struct lic_stale *st, struct lic_session *s, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Without one: nobody but this session is told. */
int lic_stale_init_alone(struct lic_stale *st, struct lic_session *s, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
int lic_stale_start(struct lic_stale *st, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_stale_stop(struct lic_stale *st) _nonnull_all_;
void lic_stale_release(struct lic_stale *st) _nonnull_all_;

/* Never 0. */
uint64_t lic_stale_mark(const struct lic_entry *e) _nonnull_all_;
static inline bool lic_stale_any(struct lic_stale *st)
{
	return atomic_load_explicit(&st->n, memory_order_acquire) != 0;
}
/* How many marks there are; they never become less. */
static inline size_t lic_stale_count(struct lic_stale *st)
{
	return atomic_load_explicit(&st->n, memory_order_acquire);
}
/* The ids (free *ret) of the rows that were marked after the first `from`. */
int lic_stale_since(struct lic_stale *st, size_t from, int64_t **ret,
		    size_t *ret_n) _nonnull_all_ _must_check_;
bool lic_stale_has(struct lic_stale *st, uint64_t mark) _nonnull_all_;
/* Hides the row and queues it for the marker. `e->name` must be valid. */
void lic_stale_add(struct lic_stale *st, const struct lic_entry *e) _nonnull_all_;

#endif
