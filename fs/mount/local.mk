# SPDX-License-Identifier: Apache-2.0
# The mount: what the kernel asks, answered from the catalog.
fs_liblicensefs_a_SOURCES += fs/mount/session.c fs/mount/session.h fs/mount/serve.c \
	fs/mount/serve.h fs/mount/daemon.c fs/mount/daemon.h fs/mount/check.c fs/mount/check.h \
	fs/mount/options.c fs/mount/table.c fs/mount/table.h fs/mount/inode.c fs/mount/inode.h \
	fs/mount/views.c fs/mount/views.h fs/mount/worker.c fs/mount/worker.h fs/mount/pinned.c fs/mount/pinned.h fs/mount/ops.c \
	fs/mount/lookup.c fs/mount/attr.c fs/mount/readdir.c fs/mount/listing.h \
	fs/mount/backing.c fs/mount/backing.h fs/mount/read.c fs/mount/xattr.c \
	fs/mount/control.c fs/mount/control.h fs/mount/text.c fs/mount/text.h \
	fs/mount/classes.c fs/mount/classes.h fs/mount/follow.c fs/mount/follow.h \
	fs/mount/forget.c fs/mount/forget.h fs/mount/listed.c fs/mount/listed.h \
	fs/mount/notify.c fs/mount/notify.h fs/mount/built.c fs/mount/built.h \
	fs/mount/docs.c fs/mount/docs.h fs/mount/docread.c fs/mount/advise.c fs/mount/advise.h \
	fs/mount/stale.c fs/mount/stale.h fs/mount/sweep.c fs/mount/sweep.h

fs_liblicensefs_a_SOURCES += fs/mount/inview.c
fs_liblicensefs_a_SOURCES += fs/mount/serving.c
fs_liblicensefs_a_SOURCES += fs/mount/record.c fs/mount/record.h fs/mount/sight.c fs/mount/sight.h \
	fs/mount/whose.c fs/mount/whose.h
fs_liblicensefs_a_SOURCES += fs/mount/await.c fs/mount/leave.c fs/mount/leave.h
fs_liblicensefs_a_SOURCES += fs/mount/library.c
fs_liblicensefs_a_SOURCES += fs/mount/supervise.c fs/mount/supervise.h fs/mount/supervisor.c \
	fs/mount/supervisor.h fs/mount/beside.c fs/mount/beside.h fs/mount/bury.c fs/mount/bury.h \
	fs/mount/underneath.c fs/mount/underneath.h fs/mount/aside.c fs/mount/aside.h \
	fs/mount/place.c fs/mount/place.h
fs_liblicensefs_a_SOURCES += fs/mount/tier.c fs/mount/tier.h fs/mount/backed.c fs/mount/backed.h \
	fs/mount/kick.c fs/mount/kick.h fs/mount/recent.c fs/mount/recent.h
fs_liblicensefs_a_SOURCES += fs/mount/run.c fs/mount/elsewhere.c fs/mount/elsewhere.h fs/mount/herald.c \
	fs/mount/herald.h fs/mount/aliases.c fs/mount/aliases.h fs/mount/namespace.c fs/mount/namespace.h \
	fs/mount/inherited.c fs/mount/inherited.h fs/mount/confine.c fs/mount/confine.h \
	fs/mount/kernel.c fs/mount/kernel.h fs/mount/cover.c \
	fs/mount/scratch.c fs/mount/scratch.h fs/mount/outcome.c fs/mount/outcome.h

check_PROGRAMS += tests/unit/test_mount tests/unit/test_mount_documents
tests_unit_test_mount_documents_SOURCES = tests/unit/test_mount_documents.c tests/unit/catalog_fixture.h \
	tests/unit/tap.h
tests_unit_test_mount_documents_CPPFLAGS = $(AM_CPPFLAGS) $(FUSE_CFLAGS)
tests_unit_test_mount_documents_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_mount_SOURCES = tests/unit/test_mount.c tests/unit/tap.h
tests_unit_test_mount_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_mount tests/unit/test_mount_documents
check_PROGRAMS += tests/unit/test_mount_beside
tests_unit_test_mount_beside_SOURCES = tests/unit/test_mount_beside.c tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_mount_beside_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_mount_beside
check_PROGRAMS += tests/unit/test_mount_views
tests_unit_test_mount_views_SOURCES = tests/unit/test_mount_views.c tests/unit/view_catalog.h tests/unit/tap.h
tests_unit_test_mount_views_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_mount_views
check_PROGRAMS += tests/unit/test_makers
tests_unit_test_makers_SOURCES = tests/unit/test_makers.c tests/unit/view_catalog.h tests/unit/tap.h
tests_unit_test_makers_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_makers_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_makers
