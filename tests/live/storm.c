/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm STORE LIST SECONDS READERS BOUND MOUNTPOINT...
 *
 * LIST has the images of the store, one a line: their paths; what is behind " = " is where the
 * bytes of a member lie. BOUND is how many ms a change may take until it shows. Prints how long it
 * took; exits with 1 where a reader saw what it must not, or did not see what it must.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <licensefs/catalog_revoke.h>

#include "tests/live/storm.h"

#define BATCH_MAX 24
#define VIEW "commercial"

/* The ways in which the writer itself finds out when a change shows. */
enum probe { PROBE_STAT, PROBE_LIST, PROBE_READ, PROBE_COUNT };

/* A decision, or a revocation; number 0: not at all. */
struct how {
	bool revoked;
	int64_t number;
};

struct writer {
	struct storm *s;
	struct lic_catalog *cat;
	struct how *how; /* each image is hidden */
	unsigned seed;
	int64_t bound;
	struct samples commit, gone[PROBE_COUNT], come[PROBE_COUNT], followed;
	uint64_t late;
};

static unsigned pick(struct writer *w, unsigned n)
{
	return (unsigned)rand_r(&w->seed) % n;
}

/* --- the images ------------------------------------------------------------------------------ */

static void load_bytes(struct image *i, const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;

	if (!f || fstat(fileno(f), &st) < 0)
		die("%s: %s", path, strerror(errno));
	i->size = (size_t)st.st_size;
	i->bytes = must_calloc(i->size, 1);
	if (fread(i->bytes, 1, i->size, f) != i->size)
		die("%s: cannot be read", path);
	fclose(f);
}

static void add_image(struct storm *s, char *line)
{
	char path[512], *from = strstr(line, " = "), *tar;
	struct image *i;

	s->image = reallocarray(s->image, (size_t)s->n + 1, sizeof(*s->image));
	if (!s->image)
		die("out of memory");
	i = &s->image[s->n++];
	memset(i, 0, sizeof(*i));
	line[strcspn(line, "\n")] = '\0';
	if (from)
		*from = '\0';
	snprintf(i->path, sizeof(i->path), "%s", line);
	tar = strstr(i->path, ".tar/");
	i->member = tar ? (int)(tar + 5 - i->path) : 0;
	snprintf(path, sizeof(path), "%s", from ? from + 3 : line);
	if (!from)
		snprintf(path, sizeof(path), "%s/%s", s->store, i->path);
	load_bytes(i, path);
	if (!from) {
		snprintf(strrchr(path, '.'), 5, ".txt");
		i->companion = access(path, F_OK) == 0;
	}
}

static void load_images(struct storm *s, const char *list)
{
	FILE *f = fopen(list, "re");
	char line[512];

	if (!f)
		die("%s: %s", list, strerror(errno));
	while (fgets(line, sizeof(line), f))
		add_image(s, line);
	fclose(f);
}

/* --- changes --------------------------------------------------------------------------------- */

static void set_state(struct storm *s, int i, enum state state)
{
	uint64_t n = (word_of(s, i) >> 2) + 1;

	atomic_store(&s->shared->word[i], n << 2 | state);
}

static int deny(struct writer *w, struct lic_txn *txn, int i, struct lic_error *err)
{
	const char *path = w->s->image[i].path;
	struct lic_decision d = {
		.action = LIC_ACTION_DENY,
		.pattern = { (const uint8_t *)path, strlen(path) },
		.exact = true,
		.reason = "storm",
		.who = "storm",
	};
	int r = lic_catalog_decide(txn, &d, NULL, NULL, err);

	w->how[i] = (struct how){ false, d.number };
	return r;
}

/* By path, or by bytes. */
static int withdraw(struct writer *w, struct lic_txn *txn, int i, bool bytes, struct lic_error *err)
{
	const char *path = w->s->image[i].path;
	struct lic_selector sel = {
		.kind = bytes ? LIC_SELECT_XXH3 : LIC_SELECT_PATH,
		.normal = { (const uint8_t *)path, strlen(path) },
	};
	struct lic_revocation rev = {
		.kind = sel.kind,
		.text = sel.normal,
		.reason = "storm",
		.requester = "",
		.who = "storm",
	};
	struct lic_entry e;
	int r = lic_catalog_by_path(w->cat, path, strlen(path), &e, err);

	if (r < 0)
		die("%s: is not in the catalog", path);
	if (bytes)
		sel.normal = (struct lic_bytes){ e.hash.b, sizeof(e.hash.b) };
	r = lic_catalog_revoke(txn, &rev, &sel, 1, NULL, NULL, NULL, err);
	w->how[i] = (struct how){ true, rev.number };
	return r;
}

static int hide(struct writer *w, struct lic_txn *txn, int i, struct lic_error *err)
{
	unsigned dice = pick(w, 4);

	return dice ? withdraw(w, txn, i, dice == 1, err) : deny(w, txn, i, err);
}

static int show(struct writer *w, struct lic_txn *txn, int i, struct lic_error *err)
{
	const struct how how = w->how[i];

	w->how[i] = (struct how){ false, 0 };
	if (how.revoked)
		return lic_catalog_restore(txn, how.number, "storm", "over", NULL, NULL, NULL, err);
	return lic_catalog_undecide(txn, how.number, "storm", "over", NULL, NULL, err);
}

/* Turns the state of each of the images in one transaction; the time when it was committed. */
static int64_t change(struct writer *w, const int *image, int n)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_txn *txn;
	int64_t start = now_ns(), end;
	int r = lic_catalog_begin(w->cat, "storm", &txn, &err);

	if (r < 0)
		die("%s", err.msg);
	for (int k = 0; r == 0 && k < n; k++)
		r = w->how[image[k]].number ? show(w, txn, image[k], &err)
					    : hide(w, txn, image[k], &err);
	if (r == 0)
		r = lic_catalog_commit(txn, &err);
	if (r < 0)
		die("%s", err.msg);
	end = now_ns();
	samples_add(&w->commit, end - start);
	return end;
}

static bool listed(const char *path)
{
	char dir[1024];
	const char *name = strrchr(path, '/') + 1;
	const struct dirent *e = NULL;
	DIR *d;

	snprintf(dir, sizeof(dir), "%.*s", (int)(name - path), path);
	d = opendir(dir);
	while (d && (e = readdir(d)) && strcmp(e->d_name, name) != 0)
		;
	if (d)
		closedir(d);
	return e != NULL;
}

static bool is_there(enum probe probe, const char *path, int fd)
{
	struct stat st;
	char c;

	switch (probe) {
	case PROBE_STAT:
		return stat(path, &st) == 0;
	case PROBE_LIST:
		return listed(path);
	default:
		return pread(fd, &c, 1, 0) == 1;
	}
}

static bool all_followed(struct writer *w, int64_t generation)
{
	for (int i = 0; i < w->s->mounts; i++) {
		if (followed(w->s->mount[i]) < generation)
			return false;
	}
	return true;
}

/* Looks in all ways until the change shows everywhere, or its time is over. */
static void wait_until_it_shows(struct writer *w, int image, int fd, int64_t start)
{
	const struct image *i = &w->s->image[image];
	const bool there = !w->how[image].number;
	const int64_t generation = lic_catalog_generation(w->cat), end = start + w->bound;
	char path[1024];
	bool shows[PROBE_COUNT] = { false }, done = false;

	snprintf(path, sizeof(path), "%s/" VIEW "/%s", w->s->mount[0], i->path);
	for (int p = 0; p < PROBE_COUNT; p++)
		shows[p] = i->member || (p == PROBE_READ && fd < 0);
	while (!done && now_ns() < end) {
		done = true;
		for (int p = 0; p < PROBE_COUNT; p++) {
			if (!shows[p] && is_there((enum probe)p, path, fd) == there) {
				shows[p] = true;
				samples_add(there ? &w->come[p] : &w->gone[p], now_ns() - start);
			}
			done &= shows[p];
		}
		done &= all_followed(w, generation);
	}
	samples_add(&w->followed, now_ns() - start);
	if (!done)
		w->late++;
}

/* One image mostly, at times some, at times all of a directory. */
static int choose(struct writer *w, int *image)
{
	unsigned dice = pick(w, 64);
	int want = dice == 0 ? BATCH_MAX : dice < 8 ? 2 + (int)pick(w, 8) : 1, n = 0;
	int first = (int)pick(w, (unsigned)w->s->n);

	for (int k = 0; n < want && k < w->s->n; k++)
		image[n++] = dice == 0 ? (first + k) % w->s->n : (first + k * 7) % w->s->n;
	return n;
}

static void write_in_storm(struct writer *w, int64_t end)
{
	int image[BATCH_MAX];

	while (now_ns() < end) {
		const struct timespec pause = { 0, 1000000 + (long)pick(w, 20) * 1000000 };
		int n = choose(w, image), fd = -1;
		char path[1024], c;
		int64_t start;

		snprintf(path, sizeof(path), "%s/" VIEW "/%s", w->s->mount[0],
			 w->s->image[image[0]].path);
		/* its page is in the kernel's cache */
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && pread(fd, &c, 1, 0) != 1)
			die("%s: %s", path, strerror(errno));
		for (int k = 0; k < n; k++)
			set_state(w->s, image[k], EITHER);
		start = change(w, image, n);
		wait_until_it_shows(w, image[0], fd, start);
		for (int k = 0; k < n; k++)
			set_state(w->s, image[k], w->how[image[k]].number ? HIDDEN : THERE);
		if (fd >= 0)
			close(fd);
		nanosleep(&pause, NULL);
	}
}

/* Leaves the store as it was. */
static void restore_all(struct writer *w)
{
	for (int i = 0; i < w->s->n; i++) {
		set_state(w->s, i, EITHER);
		if (w->how[i].number)
			change(w, &i, 1);
	}
}

/* --- all of it -------------------------------------------------------------------------------- */

static void print_counts(const struct shared *sh)
{
	static const char *const name[OP_COUNT] = {
		[OP_STAT] = "stat",
		[OP_READ] = "open and read",
		[OP_LIST] = "readdir",
		[OP_MMAP] = "mmap",
		[OP_XATTR] = "getxattr",
		[OP_HELD] = "open and mapped before",
		[OP_DOCUMENT] = "documents",
		[OP_ARCHIVE] = "archives",
		[OP_COMPANION] = "companions",
	};

	for (int i = 0; i < OP_COUNT; i++)
		printf("# %-34s %9llu, of which %llu images could be judged\n", name[i],
		       (unsigned long long)sh->done[i], (unsigned long long)sh->checked[i]);
	printf("# documents that changed while they were read: %llu\n",
	       (unsigned long long)sh->retries);
}

static int report(struct writer *w)
{
	struct shared *sh = w->s->shared;
	uint64_t failures = atomic_load(&sh->failures);

	samples_print(&w->commit);
	for (int p = 0; p < PROBE_COUNT; p++)
		samples_print(&w->gone[p]);
	for (int p = 0; p < PROBE_READ; p++)
		samples_print(&w->come[p]);
	samples_print(&w->followed);
	print_counts(sh);
	for (uint64_t i = 0; i < failures && i < 8; i++)
		printf("# WRONG: %s\n", sh->failure[i]);
	printf("# %llu wrong, %llu of %zu changes later than %lld ms\n",
	       (unsigned long long)failures, (unsigned long long)w->late, w->commit.n,
	       (long long)(w->bound / MS));
	return failures || w->late ? 1 : 0;
}

static void start_readers(struct storm *s, int n, pid_t *pid)
{
	for (int i = 0; i < n; i++) {
		pid[i] = fork();
		if (pid[i] < 0)
			die("fork: %s", strerror(errno));
		if (pid[i] == 0) {
			read_in_storm(s, (unsigned)i * 7919 + 1);
			_exit(0);
		}
	}
}

static void end_readers(struct storm *s, int n, const pid_t *pid)
{
	atomic_store(&s->shared->over, true);
	for (int i = 0; i < n; i++) {
		int status = 0;

		if (waitpid(pid[i], &status, 0) < 0 || status != 0) {
			printf("# WRONG: a reader ended with status %d\n", status);
			atomic_fetch_add(&s->shared->failures, 1);
		}
	}
}

static void share(struct storm *s)
{
	size_t n = sizeof(*s->shared) + (size_t)s->n * sizeof(s->shared->word[0]);

	s->shared = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	for (int i = 0; i < s->n; i++)
		set_state(s, i, THERE);
}

static void release(struct writer *w)
{
	samples_release(&w->commit);
	samples_release(&w->followed);
	for (int p = 0; p < PROBE_COUNT; p++) {
		samples_release(&w->gone[p]);
		samples_release(&w->come[p]);
	}
	free(w->how);
	free(w->s->image);
}

int main(int argc, char **argv)
{
	static const struct writer empty = {
		.commit = { .name = "commit" },
		.gone = { { .name = "until stat fails" },
			  { .name = "until it is not listed" },
			  { .name = "until an open file is stopped" } },
		.come = { { .name = "until stat succeeds" },
			  { .name = "until it is listed" }, },
		.followed = { .name = "until all mounts have followed" },
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct storm s = { 0 };
	struct writer w = empty;
	int readers = argc > 6 ? (int)strtol(argv[4], NULL, 10) : 0, status;
	pid_t *pid = must_calloc((size_t)readers, sizeof(*pid));

	if (argc < 7)
		die("usage: storm STORE LIST SECONDS READERS BOUND MOUNTPOINT...");
	s.store = argv[1];
	s.mount = argv + 6;
	s.mounts = argc - 6;
	s.passes = passes(argv[6]);
	load_images(&s, argv[2]);
	share(&s);
	start_readers(&s, readers, pid);
	w.s = &s;
	w.seed = (unsigned)getpid();
	w.bound = strtoll(argv[5], NULL, 10) * MS;
	w.how = must_calloc((size_t)s.n, sizeof(*w.how));
	if (lic_catalog_open(s.store, NULL, LIC_CATALOG_WRITE, &w.cat, &err) < 0)
		die("%s", err.msg);
	write_in_storm(&w, now_ns() + strtoll(argv[3], NULL, 10) * 1000 * MS);
	end_readers(&s, readers, pid);
	restore_all(&w);
	lic_catalog_close(w.cat);
	status = report(&w);
	for (int i = 0; i < s.n; i++)
		free(s.image[i].bytes);
	release(&w);
	free(pid);
	return status;
}
