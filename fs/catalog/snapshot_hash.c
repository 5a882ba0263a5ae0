/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of many leaves, worked out in a thread beside the one that reads them: half of the
 * work is hashing, and it needs nothing of the catalog. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "fs/catalog/snapshot.h"
#include "fs/util/digest.h"

#define BATCH 131072u /* bytes that are handed over at once: some 800 leaves */
#define BATCHES 8
#define SALTED (1 + LIC_SALT_BYTES) /* before what a leaf says: 0 and the salt, put in here */

enum what { SEED, LEAF, TEXT };

/* Of a piece in a batch; what it has of it comes behind. */
struct head {
	enum what what;
	int height;    /* SEED */
	uint32_t size; /* of what comes */
};

struct lic_leaves {
	/* of whoever adds */
	int64_t n, end;	 /* leaves so far; before which one the salts that there are end */
	size_t opened;	 /* where the text that is being added begins */
	unsigned filled; /* batches handed over, ever; the next one is being filled */
	bool alone;	 /* no thread can be had */

	/* of whoever hashes */
	struct lic_salts salts;
	struct lic_merkle tree;

	pthread_t thread;
	bool runs;
	pthread_mutex_t lock; /* protects what is below, and the writing of `filled` */
	pthread_cond_t work, room;
	unsigned done; /* batches hashed, ever */
	bool over;     /* no more come */

	struct lic_buf batch[BATCHES];
};

/* --- hashing ------------------------------------------------------------------------------ */

static void hash_piece(struct lic_leaves *l, const struct head *h, uint8_t *p)
{
	uint8_t leaf[LIC_LEAF_BYTES];

	switch (h->what) {
	case SEED:
		lic_salts_plant(&l->salts, p, h->height);
		return;
	case LEAF:
		lic_merkle_add(&l->tree, p);
		return;
	case TEXT:
		p[0] = 0;
		lic_salts_next(&l->salts, p + 1);
		lic_sha256(p, h->size, leaf);
		lic_merkle_add(&l->tree, leaf);
		return;
	}
}

static void hash_batch(struct lic_leaves *l, struct lic_buf *b)
{
	uint8_t *p = (uint8_t *)b->data;
	const uint8_t *end = p + b->len; /* *b shares its cache line with what is written beside */
	struct head h;

	for (; p < end; p += h.size) {
		memcpy(&h, p, sizeof(h));
		p += sizeof(h);
		hash_piece(l, &h, p);
	}
	lic_buf_reset(b);
}

static void *hash_all(void *arg)
{
	struct lic_leaves *l = arg;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		while (l->done == l->filled && !l->over)
			pthread_cond_wait(&l->work, &l->lock);
		if (l->done == l->filled)
			break;
		pthread_mutex_unlock(&l->lock);
		hash_batch(l, &l->batch[l->done % BATCHES]);
		pthread_mutex_lock(&l->lock);
		l->done++;
		pthread_cond_signal(&l->room);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* --- handing over ------------------------------------------------------------------------- */

static struct lic_buf *filling(struct lic_leaves *l)
{
	return &l->batch[l->filled % BATCHES];
}

/* A thread is begun with the first batch that is full, so that few leaves need none. */
static void hand_over(struct lic_leaves *l)
{
	if (!l->runs && !l->alone) {
		l->runs = pthread_create(&l->thread, NULL, hash_all, l) == 0;
		l->alone = !l->runs;
	}
	if (l->alone) {
		hash_batch(l, filling(l));
		return;
	}
	pthread_mutex_lock(&l->lock);
	l->filled++;
	pthread_cond_signal(&l->work);
	while (l->filled - l->done == BATCHES)
		pthread_cond_wait(&l->room, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

static void join(struct lic_leaves *l)
{
	if (!l->runs)
		return;
	pthread_mutex_lock(&l->lock);
	l->over = true;
	pthread_cond_signal(&l->work);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	l->runs = false;
	l->alone = true;
}

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for a digest");
}

/* Ends a piece that began at `at` with room for its head. */
static int add(struct lic_leaves *l, size_t at, struct head h, struct lic_error *err)
{
	struct lic_buf *b = filling(l);

	if (lic_buf_failed(b))
		return no_memory(err);
	h.size = (uint32_t)(b->len - at - sizeof(h));
	memcpy(b->data + at, &h, sizeof(h));
	if (b->len >= BATCH)
		hand_over(l);
	return 0;
}

static int add_bytes(struct lic_leaves *l, struct head h, const void *p, size_t n,
		     struct lic_error *err)
{
	struct lic_buf *b = filling(l);
	size_t at = b->len;

	lic_buf_add(b, &h, sizeof(h));
	lic_buf_add(b, p, n);
	return add(l, at, h, err);
}

struct lic_leaves *lic_leaves_new(void)
{
	struct lic_leaves *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->work, NULL);
	pthread_cond_init(&l->room, NULL);
	for (int i = 0; i < BATCHES; i++)
		l->batch[i] = (struct lic_buf)LIC_BUF_INIT(BATCH + LIC_LEAF_TEXT_MAX);
	return l;
}

void lic_leaves_free(struct lic_leaves *l)
{
	if (!l)
		return;
	join(l);
	for (int i = 0; i < BATCHES; i++)
		lic_buf_release(&l->batch[i]);
	pthread_cond_destroy(&l->room);
	pthread_cond_destroy(&l->work);
	pthread_mutex_destroy(&l->lock);
	explicit_bzero(&l->salts, sizeof(l->salts));
	free(l);
}

int64_t lic_leaves_count(const struct lic_leaves *l)
{
	return l->n;
}

bool lic_leaves_salted(const struct lic_leaves *l)
{
	return l->n < l->end;
}

int lic_leaves_seed(struct lic_leaves *l, const uint8_t seed[LIC_SALT_BYTES], int height,
		    struct lic_error *err)
{
	l->end = l->n + ((int64_t)1 << height);
	return add_bytes(l, (struct head){ .what = SEED, .height = height }, seed, LIC_SALT_BYTES,
			 err);
}

int lic_leaves_add(struct lic_leaves *l, const uint8_t leaf[LIC_LEAF_BYTES], struct lic_error *err)
{
	l->n++;
	return add_bytes(l, (struct head){ .what = LEAF }, leaf, LIC_LEAF_BYTES, err);
}

struct lic_buf *lic_leaves_open(struct lic_leaves *l)
{
	static const uint8_t room[sizeof(struct head) + SALTED];
	struct lic_buf *b = filling(l);

	l->opened = b->len;
	lic_buf_add(b, room, sizeof(room));
	return b;
}

int lic_leaves_close(struct lic_leaves *l, struct lic_error *err)
{
	l->n++;
	return add(l, l->opened, (struct head){ .what = TEXT }, err);
}

void lic_leaves_root(struct lic_leaves *l, uint8_t ret[LIC_LEAF_BYTES])
{
	join(l);
	hash_batch(l, filling(l));
	lic_merkle_root(&l->tree, ret);
}
