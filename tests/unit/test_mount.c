/* SPDX-License-Identifier: Apache-2.0 */
/* Mount options, inode numbers and marks of stale files: what the mount decides without a kernel.
 */
#include <errno.h>
#include <stdlib.h>

#include <licensefs/mount.h>

#include "fs/mount/inode.h"
#include "fs/mount/listed.h"
#include "fs/mount/stale.h"
#include "tests/unit/tap.h"

static struct lic_arena arena;

/* Parses a list into fresh options; the message of a failure stays in *err. */
static int parse(struct lic_mount_options *o, const char *list, struct lic_error *err)
{
	memset(o, 0, sizeof(*o));
	memset(err, 0, sizeof(*err));
	return lic_mount_parse_options(o, list, &arena, err);
}

static void test_own_options(void)
{
	struct lic_mount_options o;
	struct lic_error err;

	is_int(parse(&o, "", &err), 0, "an empty list");
	ok(o.mode == LIC_MODE_AUTO && o.classes == LIC_CLASSES_DROP && !o.allow_other,
	   "defaults: cached, drop, for oneself");
	is_int(parse(&o, "view=a+b,classes=keep,mode=checked,classmap=/m,catalog=/c,allow_other",
		     &err),
	       0, "all of one's own");
	is_str(o.view, "a+b", "view=");
	is_str(o.classmap, "/m", "classmap=");
	is_str(o.catalog, "/c", "catalog=");
	ok(o.classes == LIC_CLASSES_KEEP && o.mode == LIC_MODE_CHECKED && o.allow_other,
	   "classes=, mode=, allow_other");
	is_int(parse(&o, "where=commercial-use & license=CC-*,basis=TDM exception", &err), 0,
	       "an expression holds = and blanks");
	is_str(o.where, "commercial-use & license=CC-*", "where= is taken whole");
	is_str(o.basis, "TDM exception", "basis=");
	parse(&o, "where=path='a\\,b'\\\\,classes=fail", &err);
	is_str(o.where, "path='a,b'\\", "a backslash escapes commas and backslashes");
	ok(o.classes == LIC_CLASSES_FAIL, "what follows an escaped comma is read");
	parse(&o, "where=license=\"a,b\" & commercial-use,classes=keep", &err);
	is_str(o.where, "license=\"a,b\" & commercial-use", "quotes keep a comma");
	ok(o.classes == LIC_CLASSES_KEEP, "what follows quotes is read");
	parse(&o, "where=\"a | b\"", &err);
	is_str(o.where, "a | b", "quotes around a whole value are not part of it");
}

static void test_generic_options(void)
{
	struct lic_mount_options o;
	struct lic_error err;

	is_int(parse(&o,
		     "rw,dev,suid,exec,user=jane,nofail,noauto,_netdev,x-systemd.automount,X-a=b,"
		     "defaults,noatime,relatime,users,comment=x",
		     &err),
	       0, "what mount(8) and fstab say is understood");
	is_str(o.kernel_options, NULL, "and none of it concerns the kernel");
	is_int(parse(&o, "noexec,context=\"a:b,c\",ro", &err), 0, "options of the kernel");
	is_str(o.kernel_options, "noexec,context=a:b\\,c", "are passed on, escaped");
}

static void test_wrong_options(void)
{
	struct lic_mount_options o;
	struct lic_error err;

	is_int(parse(&o, "allow_othr", &err), -EINVAL, "an unknown option");
	ok(strstr(err.msg, "did you mean 'allow_other'"), "names the nearest: %s", err.msg);
	is_int(parse(&o, "ro,zzzzzzzz\n", &err), -EINVAL, "an unknown option near nothing");
	ok(!strchr(err.msg, '\n'), "is quoted safely");
	is_int(parse(&o, "view", &err), -EINVAL, "view without a value");
	is_int(parse(&o, "view=", &err), -EINVAL, "view with an empty value");
	is_int(parse(&o, "allow_other=1", &err), -EINVAL, "a flag with a value");
	is_int(parse(&o, "classes=Keep", &err), -EINVAL, "classes= of something else");
	is_int(parse(&o, "mode=fast", &err), -EINVAL, "mode= of something else");
	is_int(parse(&o, "abspaths=drop", &err), -EINVAL, "abspaths= of something else");
	is_int(parse(&o, "view=a,where=b", &err), -EINVAL, "view= beside where=");
}

static void same(struct lic_inode n, enum lic_inode_type type, int64_t view, int64_t id,
		 const char *what)
{
	ok(n.type == type && n.view == view && n.id == id, "%s: type %d view %lld id %lld", what,
	   (int)n.type, (long long)n.view, (long long)n.id);
}

static void test_numbers(void)
{
	const int64_t view = LIC_VIEW_NUMBER_END - 1, id = LIC_ID_END - 1;
	struct lic_inode n;

	same(lic_inode_decode(1, 0), LIC_INODE_ROOT, 0, 1, "root of all views");
	same(lic_inode_decode(1, 7), LIC_INODE_DIR, 7, 1, "root of one view");
	same(lic_inode_decode(0, 0), LIC_INODE_NONE, 0, 0, "nothing is numbered 0");
	same(lic_inode_decode((uint64_t)id, 0), LIC_INODE_FILE, 0, id, "the last file");
	same(lic_inode_decode(lic_inode_dir(view, id, 0), 0), LIC_INODE_DIR, view, id,
	     "the last directory");
	same(lic_inode_decode(lic_inode_dir(3, 1, 0), 0), LIC_INODE_DIR, 3, 1, "a view's root");
	is_int(lic_inode_dir(7, 1, 7), 1, "the root of the only view is the mount's root");
	same(lic_inode_decode(lic_inode_dir(7, 0, 0), 0), LIC_INODE_NONE, 7, 0,
	     "a directory without id");
	n = lic_inode_decode(lic_inode_made(LIC_MADE_BY_LICENSES, view, LIC_SERIAL_END - 1), 0);
	same(n, LIC_INODE_MADE, view, LIC_SERIAL_END - 1, "the last made one");
	is_int(n.made, LIC_MADE_BY_LICENSES, "and what it is");
	n = lic_inode_decode(lic_inode_made(LIC_MADE_SNAPSHOTS, 0, 0), 0);
	same(n, LIC_INODE_MADE, 0, 0, "the directory of snapshots");
	ok(n.made == LIC_MADE_SNAPSHOTS && lic_made_is_dir(n.made), "which is no other one");
	same(lic_inode_decode(lic_inode_made(LIC_MADE_CONTROL, 0, 0), 7), LIC_INODE_NONE, 0, 0,
	     "a mount of one view makes nothing");
}

/* Every part of the identity, and the moment of judging, must change the mark. */
static void test_marks(void)
{
	struct lic_entry e = { .id = 2, .judged = 9, .st = { 1, 2, 3, 4, 0644, 0, 0 } };
	int64_t *const part[] = { &e.id,       (int64_t *)&e.st.size, &e.st.mtime,
				  &e.st.ctime, (int64_t *)&e.st.ino,  &e.judged };
	uint64_t mark = lic_stale_mark(&e);

	ok(mark != 0, "a mark is never 0");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(part); i++) {
		++*part[i];
		ok(lic_stale_mark(&e) != mark, "part %zu is in the mark", i);
		--*part[i];
	}
	e.st.mode = 0600;
	ok(lic_stale_mark(&e) == mark, "the mode is not");
}

/* How many there are, and whether all from 1 to n are. */
static size_t count_listed(const uint64_t *ino, size_t cap, size_t n, bool *ret_all)
{
	uint64_t sum = 0;
	size_t found = 0;

	for (size_t i = 0; i < cap; i++) {
		found += ino[i] != 0;
		sum += ino[i];
	}
	*ret_all = sum == (uint64_t)n * (n + 1) / 2;
	return found;
}

static void test_listed(void)
{
	struct lic_listed l = { 0 };
	uint64_t *ino = NULL;
	size_t n = 7;
	bool all = true;

	is_int(lic_listed_init(&l), 0, "a set of listed directories");
	ok(lic_listed_take(&l, &ino, &n) && n == 0, "is empty at first");
	for (uint64_t i = 1; i <= 5000; i++) {
		lic_listed_add(&l, i);
		lic_listed_add(&l, 5001 - i);
	}
	ok(lic_listed_copy(&l, &ino, &n) && n == 5000, "can be copied");
	for (size_t i = 0; i < n; i++)
		all &= ino[i] > 0 && ino[i] <= 5000;
	ok(all, "whole");
	free(ino);
	ok(lic_listed_take(&l, &ino, &n), "is known");
	is_int((int)count_listed(ino, n, 5000, &all), 5000, "has each directory once");
	ok(all, "and no other");
	free(ino);
	ok(lic_listed_take(&l, &ino, &n) && n == 0, "is empty when taken");
	for (uint64_t i = 1; i <= LIC_LISTED_MAX + 1; i++)
		lic_listed_add(&l, i << 44 | 3);
	ok(!lic_listed_take(&l, &ino, &n), "too many are not known");
	ok(lic_listed_take(&l, &ino, &n) && n == 0, "but the next are");
	lic_listed_release(&l);
}

static int count(void *ctx, const char *store, const char *mountpoint)
{
	(void)store, (void)mountpoint;
	++*(int *)ctx;
	return 0;
}

static void test_table(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	int n = 0;

	is_int(lic_mount_each("/proc", count, &n, &err), 0, "the mount table can be read");
	is_int(n, 0, "nothing is a mount of /proc");
	is_int(lic_mount_each("/nonexistent", count, &n, &err), -ENOENT, "no such store");
	is_int(lic_umount("/proc", false, &err), -EINVAL, "/proc is not unmounted");
	ok(strstr(err.msg, "not a mount of licensefs"), "because it is none of ours: %s", err.msg);
	is_int(lic_umount("/etc", false, &err), -EINVAL, "nothing is mounted on /etc");
}

int main(void)
{
	arena = (struct lic_arena)LIC_ARENA_INIT(1u << 20);
	test_own_options();
	test_generic_options();
	test_wrong_options();
	test_numbers();
	test_marks();
	test_listed();
	test_table();
	lic_arena_release(&arena);
	return done_testing();
}
