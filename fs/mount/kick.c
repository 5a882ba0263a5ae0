/* SPDX-License-Identifier: Apache-2.0 */
/* Raising generations, and telling the kernel of them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/mount/worker.h"
#include "fs/mount/table.h"
#include "fs/util/io.h"

#define FIRST_CAP 64u /* power of two */
#define PREFIX ".licensefs-"

int lic_kick_init(struct lic_kick *k)
{
	unsigned char secret[16];
	size_t n = sizeof(PREFIX) - 1;
	int r;

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return -EIO;
	memcpy(k->name, PREFIX, n);
	for (size_t i = 0; i < sizeof(secret); i++)
		n += (size_t)snprintf(k->name + n, sizeof(k->name) - n, "%02x", secret[i]);
	r = pthread_rwlock_init(&k->lock, NULL);
	if (r == 0)
		r = pthread_mutex_init(&k->one, NULL);
	return -r;
}

void lic_kick_release(struct lic_kick *k)
{
	free(k->ino);
	free(k->raised);
	k->ino = NULL;
	k->raised = NULL;
	pthread_rwlock_destroy(&k->lock);
	pthread_mutex_destroy(&k->one);
}

uint64_t lic_kick_generation(struct lic_kick *k, uint64_t ino)
{
	uint64_t generation = 1 + (uint64_t)atomic_load(&k->all);

	if (!atomic_load(&k->n))
		return generation;
	pthread_rwlock_rdlock(&k->lock);
	generation += k->raised[lic_number_slot(k->ino, k->cap, ino)];
	pthread_rwlock_unlock(&k->lock);
	return generation;
}

static bool grow(struct lic_kick *k)
{
	size_t cap = k->cap ? k->cap * 2 : FIRST_CAP;
	uint64_t *ino = calloc(cap, sizeof(*ino));
	uint32_t *raised = calloc(cap, sizeof(*raised));

	if (!ino || !raised) {
		free(ino);
		free(raised);
		return false;
	}
	for (size_t i = 0; i < k->cap; i++) {
		if (k->ino[i]) {
			size_t at = lic_number_slot(ino, cap, k->ino[i]);

			ino[at] = k->ino[i];
			raised[at] = k->raised[i];
		}
	}
	free(k->ino);
	free(k->raised);
	k->ino = ino;
	k->raised = raised;
	k->cap = cap;
	return true;
}

void lic_kick_raise(struct lic_kick *k, uint64_t ino)
{
	pthread_rwlock_wrlock(&k->lock);
	if (atomic_load(&k->n) * 2 < k->cap || grow(k)) {
		size_t i = lic_number_slot(k->ino, k->cap, ino);

		k->raised[i]++;
		if (!k->ino[i]) {
			k->ino[i] = ino;
			atomic_fetch_add(&k->n, 1);
		}
	} else {
		/* out of memory: better too many are told that their file is bad than one not */
		atomic_fetch_add(&k->all, 1);
	}
	pthread_rwlock_unlock(&k->lock);
}

struct reach {
	const struct lic_mount_identity *own;
	int fd;
};

/* Whatever mount of it this is, its root is the same. */
static int reach(void *ctx, const char *path)
{
	struct reach *reach = ctx;
	struct lic_mount_identity there;
	int fd = lic_mount_open_root(path, &there);

	if (fd < 0)
		return 0;
	if (there.major == reach->own->major && there.minor == reach->own->minor) {
		reach->fd = fd;
		return 1;
	}
	close(fd);
	return 0;
}

/* Where it was mounted, or wherever it was moved or is mounted as well. */
static int open_root(const struct lic_session *s)
{
	struct reach r = { &s->kick.identity, -1 };

	/* no unmounting fails because of this one: it ends with its namespace */
	if (s->elsewhere)
		return fcntl(s->handover.root, F_DUPFD_CLOEXEC, 0);

	if (!reach(&r, s->mountpoint))
		lic_table_paths(r.own->major, r.own->minor, reach, &r);
	return r.fd;
}

bool lic_kick_tell(struct lic_session *s, uint64_t ino)
{
	struct lic_kick *k = &s->kick;
	int root, file = -1;
	bool told;

	pthread_mutex_lock(&k->one);
	root = open_root(s);
	if (root >= 0) {
		k->target = ino;
		atomic_store(&k->who, (int)gettid());
		file = openat(root, k->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		atomic_store(&k->who, 0);
	}
	told = file >= 0;
	lic_closep(&file);
	lic_closep(&root);
	if (told)
		fuse_lowlevel_notify_inval_entry(s->se, LIC_INO_ROOT, k->name, strlen(k->name));
	pthread_mutex_unlock(&k->one);
	return told;
}

bool lic_kick_asks(const struct lic_session *s, fuse_req_t req)
{
	const int who = atomic_load(&s->kick.who);

	return who && fuse_req_ctx(req)->pid == who;
}

void lic_kick_attr(struct stat *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->st_ino = LIC_INO_ROOT;
	ret->st_mode = S_IFDIR | 0500;
	ret->st_nlink = 1;
}

bool lic_kick_answer(struct lic_session *s, fuse_req_t req, const char *name,
		     struct fuse_entry_param *ret)
{
	struct lic_kick *k = &s->kick;
	struct lic_worker *w;
	struct lic_entry e;

	/* `one` is held by who waits for this answer, so the target stays */
	if (!lic_kick_asks(s, req) || strcmp(name, k->name) != 0)
		return false;
	memset(ret, 0, sizeof(*ret));
	w = lic_worker_get(s);
	/* it may be shown again already, and these become its attributes then */
	if (w && lic_catalog_by_id(w->cat, (int64_t)k->target, &e, NULL) == 0)
		lic_attr_entry(s, &e, 0, &ret->attr);
	ret->ino = k->target;
	ret->attr.st_ino = k->target;
	ret->attr.st_mode |= S_IFREG;
	ret->generation = lic_kick_generation(k, k->target);
	return true;
}
