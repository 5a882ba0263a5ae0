/* SPDX-License-Identifier: Apache-2.0 */
/* A reader in the storm. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/live/storm.h"

#define HELD 8
#define DOCUMENT_MAX (8u << 20)
/* A document that changes while it is read, or whose former state the kernel still names, is read
 * again: for as long as a change may take to be followed. */
#define AGAIN_MS 5000

/* A file that stays open and mapped. */
struct held {
	int image, fd;
	unsigned char *map;
	uint64_t word; /* when it was opened */
};

struct reader {
	struct storm *s;
	unsigned seed;
	struct held held[HELD];
	unsigned char *buf;
	uint64_t *word; /* of all images, before a document or directory was read */
	bool *seen;
};

static const char *const views[] = { "commercial", "noncommercial", "by-license/CC-BY-4.0",
				     "commercial+redistributable", "mine" };

static unsigned pick(struct reader *r, unsigned n)
{
	return (unsigned)rand_r(&r->seed) % n;
}

/* A random view of a random mount. */
static void pick_root(struct reader *r, char *ret, size_t n)
{
	snprintf(ret, n, "%s/%s", r->s->mount[pick(r, (unsigned)r->s->mounts)],
		 views[pick(r, sizeof(views) / sizeof(*views))]);
}

_printf_format_(2, 3) static void complain(struct reader *r, const char *fmt, ...)
{
	uint64_t i = atomic_fetch_add(&r->s->shared->failures, 1);
	va_list ap;

	if (i >= 8)
		return;
	va_start(ap, fmt);
	vsnprintf(r->s->shared->failure[i], sizeof(r->s->shared->failure[i]), fmt, ap);
	va_end(ap);
}

/* What was seen of an image: was it there? `error` is what hid it. */
static void judge(struct reader *r, enum op op, int i, uint64_t before, bool there, int error,
		  const char *what)
{
	uint64_t after = word_of(r->s, i);
	const char *path = r->s->image[i].path;

	if (before != after || state_of(after) == EITHER)
		return;
	atomic_fetch_add(&r->s->shared->checked[op], 1);
	if (there && state_of(after) == HIDDEN)
		complain(r, "%s: %s is hidden, but there (change %llu)", what, path,
			 (unsigned long long)after >> 2);
	else if (!there && state_of(after) == THERE)
		complain(r, "%s: %s is permitted, but: %s (change %llu)", what, path,
			 error ? strerror(error) : "not there", (unsigned long long)after >> 2);
	else if (!there && error && error != ENOENT && error != ESTALE && error != EACCES)
		complain(r, "%s: %s is hidden by a wrong error: %s", what, path, strerror(error));
}

/* A random file, or a member, of which `ret` has the path in a random view. */
static int pick_file(struct reader *r, char *ret, size_t n)
{
	char root[512];
	int i;

	do
		i = (int)pick(r, (unsigned)r->s->n);
	while (r->s->image[i].member);
	pick_root(r, root, sizeof(root));
	snprintf(ret, n, "%s/%s", root, r->s->image[i].path);
	return i;
}

static void do_stat(struct reader *r)
{
	char path[1024];
	struct stat st;
	int i = pick_file(r, path, sizeof(path));
	uint64_t word = word_of(r->s, i);
	bool there = stat(path, &st) == 0;

	judge(r, OP_STAT, i, word, there, there ? 0 : errno, "stat");
	if (there && (size_t)st.st_size != r->s->image[i].size)
		complain(r, "stat: %s has another size", path);
}

static void do_companion(struct reader *r)
{
	char path[1024];
	int i = pick_file(r, path, sizeof(path));
	uint64_t word = word_of(r->s, i);
	int fd;

	if (!r->s->image[i].companion)
		return;
	snprintf(strrchr(path, '.'), 5, ".txt");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	judge(r, OP_COMPANION, i, word, fd >= 0, fd < 0 ? errno : 0, "open of a companion");
	if (fd >= 0)
		close(fd);
}

/* All of it, or an errno. */
static int read_all(int fd, unsigned char *buf, size_t max, size_t *ret_n)
{
	size_t n = 0;

	while (n < max) {
		ssize_t k = read(fd, buf + n, max - n);

		if (k < 0)
			return errno;
		if (k == 0)
			break;
		n += (size_t)k;
	}
	*ret_n = n;
	return 0;
}

static void do_read(struct reader *r)
{
	char path[1024];
	int i = pick_file(r, path, sizeof(path)), error = 0;
	const struct image *image = &r->s->image[i];
	uint64_t word = word_of(r->s, i);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;

	if (fd < 0) {
		judge(r, OP_READ, i, word, false, errno, "open");
		return;
	}
	error = read_all(fd, r->buf, DOCUMENT_MAX, &n);
	close(fd);
	if (!error && (n != image->size || memcmp(r->buf, image->bytes, n) != 0))
		complain(r, "read: %s has other bytes (%zu of %zu)", path, n, image->size);
	judge(r, OP_READ, i, word, !error, error, "open, then read");
}

static void do_xattr(struct reader *r)
{
	char path[1024], value[64];
	int i = pick_file(r, path, sizeof(path));
	uint64_t word = word_of(r->s, i);
	ssize_t n = getxattr(path, "user.licensefs.license", value, sizeof(value));

	judge(r, OP_XATTR, i, word, n >= 0, n < 0 ? errno : 0, "getxattr");
	if (n >= 0 && (n != 9 || memcmp(value, "CC-BY-4.0", 9) != 0))
		complain(r, "getxattr: %s has another license", path);
}

/* --- directories ----------------------------------------------------------------------------- */

static void take_words(struct reader *r)
{
	for (int i = 0; i < r->s->n; i++)
		r->word[i] = word_of(r->s, i);
	memset(r->seen, 0, (size_t)r->s->n * sizeof(*r->seen));
}

/* Of all images that `of` has as their directory or archive. */
static void judge_all(struct reader *r, enum op op, const char *of, const char *what)
{
	size_t n = strlen(of);

	for (int i = 0; i < r->s->n; i++) {
		const struct image *image = &r->s->image[i];

		if (!*of ? !image->member
			 : strncmp(image->path, of, n) == 0 && image->path[n] == '/')
			judge(r, op, i, r->word[i], r->seen[i], 0, what);
	}
}

static void see(struct reader *r, const char *dir, const char *name, size_t len)
{
	size_t n = strlen(dir);

	for (int i = 0; i < r->s->n; i++) {
		const char *path = r->s->image[i].path;

		if (strncmp(path, dir, n) == 0 && path[n] == '/' &&
		    strncmp(path + n + 1, name, len) == 0 && !path[n + 1 + len])
			r->seen[i] = true;
	}
}

static void do_list(struct reader *r)
{
	char root[512], path[1024], dir[96];
	int i = pick_file(r, path, sizeof(path));
	DIR *d;

	snprintf(dir, sizeof(dir), "%s", r->s->image[i].path);
	*strrchr(dir, '/') = '\0';
	pick_root(r, root, sizeof(root));
	snprintf(path, sizeof(path), "%s/%s", root, dir);
	take_words(r);
	d = opendir(path);
	if (!d) {
		complain(r, "opendir: %s: %s", path, strerror(errno));
		return;
	}
	errno = 0;
	for (struct dirent *e; (e = readdir(d)); errno = 0)
		see(r, dir, e->d_name, strlen(e->d_name));
	if (errno)
		complain(r, "readdir: %s: %s", path, strerror(errno));
	else
		judge_all(r, OP_LIST, dir, "readdir");
	closedir(d);
}

/* --- documents ------------------------------------------------------------------------------- */

/* A document is read whole, in one of its states, as it is between two looks at the words. */
static bool read_document(struct reader *r, const char *name, size_t *ret_n)
{
	char root[512], path[1024];
	int64_t until;

	pick_root(r, root, sizeof(root));
	snprintf(path, sizeof(path), "%s/%s", root, name);
	until = now_ns() + AGAIN_MS * MS;
	do {
		int fd, error;

		take_words(r);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		error = fd < 0 ? errno : read_all(fd, r->buf, DOCUMENT_MAX, ret_n);
		if (fd >= 0)
			close(fd);
		if (!error)
			return true;
		if (error != ESTALE) {
			complain(r, "document: %s: %s", path, strerror(error));
			return false;
		}
		atomic_fetch_add(&r->s->shared->retries, 1);
	} while (now_ns() < until);
	complain(r, "document: %s is not readable for %d ms", path, AGAIN_MS);
	return false;
}

/* Each line, or each object, holds the path of its image between quotes or at its head. */
static void do_document(struct reader *r)
{
	static const char *const name[] = { "list.csv", "list.jsonl", "list.json" };
	size_t n = 0;

	if (!read_document(r, name[pick(r, 3)], &n))
		return;
	for (int i = 0; i < r->s->n; i++) {
		const char *path = r->s->image[i].path;
		char mark[128];

		snprintf(mark, sizeof(mark), "<%s>", path); /* in the other column */
		r->seen[i] = memmem(r->buf, n, mark, strlen(mark)) != NULL;
	}
	judge_all(r, OP_DOCUMENT, "", "record of a document");
}

static void do_archive(struct reader *r)
{
	static const char shard[] = "shards/s.tar";
	size_t n = 0;

	if (!read_document(r, shard, &n))
		return;
	for (size_t at = 0; at + 512 <= n && r->buf[at];) {
		const char *name = (const char *)r->buf + at;
		size_t size = strtoul(name + 124, NULL, 8), len = strnlen(name, 100);

		if (at + 512 + size > n) {
			complain(r, "archive: a member is cut off");
			return;
		}
		see(r, shard, name, len);
		for (int i = 0; i < r->s->n; i++) {
			const struct image *m = &r->s->image[i];

			if (m->member && strlen(m->path + m->member) == len &&
			    memcmp(m->path + m->member, name, len) == 0 &&
			    (m->size != size || memcmp(name + 512, m->bytes, size) != 0))
				complain(r, "archive: %s has other bytes", m->path);
		}
		at += 512 + (size + 511) / 512 * 512;
	}
	judge_all(r, OP_ARCHIVE, shard, "member of an archive");
}

/* --- files that stay open --------------------------------------------------------------------- */

static sigjmp_buf bus;

static void on_bus(int sig)
{
	(void)sig;
	siglongjmp(bus, 1);
}

/* False where the page cannot be had. */
static bool touch(const unsigned char *map, size_t at, unsigned char *ret)
{
	if (sigsetjmp(bus, 1))
		return false;
	*ret = *(const volatile unsigned char *)(map + at);
	return true;
}

static void let_go(struct reader *r, struct held *h)
{
	if (h->map)
		munmap(h->map, r->s->image[h->image].size);
	if (h->fd >= 0)
		close(h->fd);
	*h = (struct held){ .fd = -1 };
}

static void do_mmap(struct reader *r)
{
	struct held *h = &r->held[pick(r, HELD)];
	char path[1024];
	int i = pick_file(r, path, sizeof(path));
	const struct image *image = &r->s->image[i];
	uint64_t word = word_of(r->s, i);
	size_t at = pick(r, (unsigned)image->size);
	unsigned char byte = 0;
	bool there;

	let_go(r, h);
	h->fd = open(path, O_RDONLY | O_CLOEXEC);
	h->image = i;
	h->word = word;
	if (h->fd < 0) {
		judge(r, OP_MMAP, i, word, false, errno, "open, to map");
		return;
	}
	h->map = mmap(NULL, image->size, PROT_READ, MAP_SHARED, h->fd, 0);
	if (h->map == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	there = touch(h->map, at, &byte);
	judge(r, OP_MMAP, i, word, there, there ? 0 : ESTALE, "mmap");
	if (there && byte != image->bytes[at])
		complain(r, "mmap: %s has another byte", path);
}

/* Judges what was seen of an open file, unless it fails for good as it may: its image was hidden
 * since it was opened. */
static void judge_held(struct reader *r, struct held *h, uint64_t word, bool there, int error,
		       const char *what)
{
	if (r->s->passes && !there && error == EIO &&
	    (state_of(word) != THERE || word != h->word || word_of(r->s, h->image) != word))
		let_go(r, h);
	else
		judge(r, OP_HELD, h->image, word, there, error, what);
}

static void do_held(struct reader *r)
{
	struct held *h = &r->held[pick(r, HELD)];
	const struct image *image = &r->s->image[h->image];
	uint64_t word = word_of(r->s, h->image);
	char value[64];
	unsigned char byte = 0;
	struct stat st;
	size_t at = pick(r, (unsigned)image->size);
	bool there;

	if (!h->map)
		return;
	switch (pick(r, 4)) {
	case 0:
		there = pread(h->fd, &byte, 1, (off_t)at) == 1;
		judge_held(r, h, word, there, there ? 0 : errno, "read of an open file");
		break;
	case 1:
		there = touch(h->map, at, &byte);
		if (!r->s->passes)
			judge(r, OP_HELD, h->image, word, there, there ? 0 : ESTALE,
			      "an old mapping");
		else if (!there)
			complain(r, "an old mapping of %s is gone", image->path);
		break;
	case 2:
		there = fgetxattr(h->fd, "user.licensefs.license", value, sizeof(value)) >= 0;
		judge_held(r, h, word, there, there ? 0 : errno, "getxattr of an open file");
		return;
	default:
		there = fstat(h->fd, &st) == 0;
		judge_held(r, h, word, there, there ? 0 : errno, "stat of an open file");
		return;
	}
	if (there && byte != image->bytes[at])
		complain(r, "an open file: %s has another byte", image->path);
}

void read_in_storm(struct storm *s, unsigned seed)
{
	static void (*const ops[OP_COUNT])(struct reader * r) = {
		[OP_STAT] = do_stat,	       [OP_READ] = do_read,
		[OP_LIST] = do_list,	       [OP_MMAP] = do_mmap,
		[OP_XATTR] = do_xattr,	       [OP_HELD] = do_held,
		[OP_DOCUMENT] = do_document,   [OP_ARCHIVE] = do_archive,
		[OP_COMPANION] = do_companion,
	};
	/* in parts of 32 */
	static const unsigned char often[OP_COUNT] = { 6, 6, 4, 3, 3, 6, 1, 1, 2 };
	struct sigaction act = { .sa_handler = on_bus };
	struct reader r = { .s = s, .seed = seed };

	sigaction(SIGBUS, &act, NULL);
	r.buf = must_calloc(DOCUMENT_MAX, 1);
	r.word = must_calloc((size_t)s->n, sizeof(*r.word));
	r.seen = must_calloc((size_t)s->n, sizeof(*r.seen));
	for (int i = 0; i < HELD; i++)
		r.held[i].fd = -1;
	while (!atomic_load(&s->shared->over)) {
		unsigned k = pick(&r, 32), op = 0;

		while (op < OP_COUNT - 1 && k >= often[op])
			k -= often[op++];
		ops[op](&r);
		atomic_fetch_add(&s->shared->done[op], 1);
	}
	for (int i = 0; i < HELD; i++)
		let_go(&r, &r.held[i]);
	free(r.buf);
	free(r.word);
	free(r.seen);
}
