/* SPDX-License-Identifier: Apache-2.0 */
/* What runs beside a mount: begun with it, begun again, ended with it however that ends. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <time.h>

#include <licensefs/mount.h>

#include "tests/unit/catalog_fixture.h"

enum behaviour { WORKS, FAILS, ENDS_EARLY, STUBBORN };

/* Between the test and the process beside. */
struct shared {
	enum behaviour behaviour;
	_Atomic int begun;
	_Atomic pid_t pid, supervisor;
	int descriptors; /* that it had at its beginning */
	bool sees_store, at_root;
	char inside[128]; /* a path of the store that no view has */
};

static struct scratch scratch;
static struct shared *shared;
static char mountpoint[80];
static struct lic_error err;

static int count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = -1; /* the directory's own */

	for (const struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static int beside(void *ctx, void (*ready)(void *arg, const char *failure), void *arg)
{
	struct shared *s = ctx;
	char cwd[8];

	s->descriptors = count_descriptors();
	s->sees_store = access(s->inside, F_OK) == 0;
	s->at_root = getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/") == 0;
	s->supervisor = getppid();
	s->pid = getpid();
	s->begun++;
	if (s->behaviour == FAILS)
		ready(arg, "the moon is full");
	if (s->behaviour == ENDS_EARLY || s->behaviour == FAILS)
		return 7;
	if (s->behaviour == STUBBORN)
		signal(SIGTERM, SIG_IGN);
	ready(arg, NULL);
	for (;;)
		pause();
}

static int mount_it(enum behaviour behaviour, const char *where)
{
	const struct lic_mount_options o = {
		.store = scratch.store, .mountpoint = where, .beside = beside, .ctx = shared
	};

	shared->behaviour = behaviour;
	shared->begun = 0;
	memset(&err, 0, sizeof(err));
	return lic_mount(&o, &err);
}

/* The state of a process, as in /proc; '-' where it is gone, or only waits for its parent. Its
 * parent's number too. */
static char state_of(pid_t pid, pid_t *ret_parent)
{
	char path[64], text[512] = "";
	const char *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f || !fgets(text, sizeof(text), f))
		text[0] = '\0';
	if (f)
		fclose(f);
	p = strrchr(text, ')');
	if (!p || p[2] == 'Z')
		return '-';
	if (ret_parent)
		*ret_parent = (pid_t)strtol(p + 4, NULL, 10);
	return p[2];
}

static bool wait_for(bool (*is_so)(int arg), int arg)
{
	const struct timespec ms = { 0, 1000000 };

	for (int i = 0; i < 10000 && !is_so(arg); i++)
		nanosleep(&ms, NULL);
	return is_so(arg);
}

static bool is_gone(int pid)
{
	return state_of(pid, NULL) == '-';
}

static bool has_begun(int times)
{
	return shared->begun >= times && shared->pid;
}

static int found(void *ctx, const char *store, const char *where)
{
	(void)store;
	return strcmp(where, ctx) == 0;
}

static bool is_unmounted(int unused)
{
	(void)unused;
	return lic_mount_each(NULL, found, mountpoint, NULL) == 0;
}

static void test_failures(void)
{
	ok(mount_it(FAILS, mountpoint) < 0, "what cannot run beside fails the mount");
	is_str(err.msg, "the moon is full", "with its reason");
	ok(is_unmounted(0), "nothing is mounted then");
	ok(wait_for(is_gone, shared->supervisor), "and nothing is left");
	is_int(shared->begun, 1, "it was not tried again");
	ok(mount_it(ENDS_EARLY, mountpoint) < 0, "one that ends before it is ready too");
	is_str(err.msg, "the process beside the mount ended with status 7", "says how");
}

static void test_life(void)
{
	pid_t first, supervisor;

	is_int(mount_it(WORKS, mountpoint), 0, "mounts with something beside: %s", err.msg);
	is_int(shared->begun, 1, "it was ready before the mount was");
	is_int(shared->descriptors, 4, "it has the standard descriptors and one to report");
	ok(shared->at_root, "and is in /");
	ok(!is_unmounted(0), "mounted");
	first = shared->pid;
	supervisor = shared->supervisor;
	shared->pid = 0;
	kill(first, SIGKILL);
	ok(wait_for(has_begun, 2), "killed, it begins again");
	is_int(shared->supervisor, supervisor, "by the same supervisor");
	ok(!is_unmounted(0), "the mount does not mind");
	is_int(lic_umount(mountpoint, false, &err), 0, "unmounts");
	ok(wait_for(is_gone, shared->pid) && wait_for(is_gone, supervisor), "nothing is left");
}

/* What the mount says of itself, about this. */
static bool has_trouble(int wanted)
{
	char text[2048];
	ssize_t n = getxattr(mountpoint, LIC_MOUNT_XATTR, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return n > 0 && (strstr(text, "the moon is full") != NULL) == wanted;
}

static void test_trouble(void)
{
	is_int(mount_it(WORKS, mountpoint), 0, "mounts: %s", err.msg);
	ok(has_trouble(0), "all is well");
	shared->behaviour = FAILS;
	kill(shared->pid, SIGKILL);
	ok(wait_for(has_trouble, 1), "what begins again and fails is told by the mount");
	ok(wait_for(has_begun, 4), "and begins again");
	ok(!is_unmounted(0), "the mount does not mind");
	shared->behaviour = WORKS;
	ok(wait_for(has_trouble, 0), "until it works");
	is_int(lic_umount(mountpoint, false, &err), 0, "unmounts");
	ok(wait_for(is_gone, shared->supervisor), "nothing is left");
}

static void test_deaths(void)
{
	pid_t daemon = 0;

	is_int(mount_it(STUBBORN, mountpoint), 0, "mounts again: %s", err.msg);
	state_of(shared->supervisor, &daemon);
	kill(daemon, SIGKILL);
	ok(wait_for(is_unmounted, 0), "the daemon is killed: unmounted");
	ok(wait_for(is_gone, shared->pid), "what ran beside is gone, though it ignores SIGTERM");
	ok(wait_for(is_gone, shared->supervisor), "the supervisor too");

	is_int(mount_it(STUBBORN, mountpoint), 0, "and again: %s", err.msg);
	state_of(shared->supervisor, &daemon);
	kill(shared->supervisor, SIGKILL);
	ok(wait_for(is_gone, shared->pid),
	   "the supervisor is killed: what ran beside goes with it");
	ok(!is_unmounted(0) && !is_gone(daemon), "the mount goes on");
	is_int(lic_umount(mountpoint, false, &err), 0, "and unmounts");
	ok(wait_for(is_gone, daemon), "the daemon ends");
}

static void test_over_store(void)
{
	pid_t first;

	is_int(mount_it(WORKS, scratch.store), 0, "mounts over the store: %s", err.msg);
	ok(shared->sees_store, "what runs beside sees the store there");
	ok(access(shared->inside, F_OK) < 0, "and nobody else");
	shared->sees_store = false;
	first = shared->pid;
	shared->pid = 0;
	kill(first, SIGKILL);
	ok(wait_for(has_begun, 2) && shared->sees_store, "so does the next one");
	is_int(lic_umount(scratch.store, false, &err), 0, "unmounts");
	ok(wait_for(is_gone, shared->pid), "and ends");
}

int main(void)
{
	/* children must have nothing to say once more: ThreadSanitizer flushes at every end */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (getuid() != 0 || access("/dev/fuse", R_OK | W_OK) < 0) {
		printf("1..0 # SKIP needs root and /dev/fuse\n");
		return 0;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		return 99;
	lic_catalog_close(scratch_make(&scratch));
	snprintf(mountpoint, sizeof(mountpoint), "%s.mount", scratch.store);
	snprintf(shared->inside, sizeof(shared->inside), "%s/raw", scratch.store);
	if (mkdir(mountpoint, 0700) < 0)
		return 99;
	close(open(shared->inside, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	test_failures();
	test_life();
	test_trouble();
	test_deaths();
	test_over_store();
	rmdir(mountpoint);
	scratch_release(&scratch);
	return done_testing();
}
