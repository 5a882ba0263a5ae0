# SPDX-License-Identifier: Apache-2.0
# Walk, readers, writer.
fs_liblicensefs_a_SOURCES += fs/scan/classify.c fs/scan/companion.c fs/scan/rules.c fs/scan/walk.c fs/scan/read.c fs/scan/write.c \
	fs/scan/scan.c fs/scan/part.c fs/scan/ahead.c fs/scan/internal.h
# Members of archives.
fs_liblicensefs_a_SOURCES += fs/scan/archive.c fs/scan/archive.h fs/scan/archive_bind.c \
	fs/scan/archive_again.c
# Reading in processes of its own.
fs_liblicensefs_a_SOURCES += fs/scan/job.c fs/scan/job.h fs/scan/group.c fs/scan/group.h \
	fs/scan/helper.c fs/scan/helper.h fs/scan/wire.c fs/scan/wire.h fs/scan/nursery.c \
	fs/scan/nursery.h fs/scan/serve.c fs/scan/sandbox.c fs/scan/sandbox.h fs/scan/seccomp.c

# Companions in other directories.
fs_liblicensefs_a_SOURCES += fs/scan/layouts.c fs/scan/layouts.h fs/scan/layout_tree.c fs/scan/layout_images.c \
	fs/scan/layout.c fs/scan/mask.c
check_PROGRAMS += tests/unit/test_layouts
tests_unit_test_layouts_SOURCES = tests/unit/test_layouts.c tests/unit/tap.h
tests_unit_test_layouts_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_layouts
# After the walk: documents.
fs_liblicensefs_a_SOURCES += fs/scan/after.c fs/scan/documents.c fs/scan/indexer.c fs/scan/indexer.h \
	fs/scan/indexing.c fs/scan/spool.c fs/scan/spool.h fs/scan/wire_index.c \
	fs/scan/wire_index.h fs/scan/bind.c
# What images look like.
fs_liblicensefs_a_SOURCES += fs/scan/likeness.c fs/scan/example.c fs/scan/wire_likeness.c fs/scan/wire_likeness.h \
	fs/scan/pictures.c fs/scan/wire_thumbnail.c fs/scan/wire_thumbnail.h
check_PROGRAMS += tests/unit/test_scan_likeness
tests_unit_test_scan_likeness_SOURCES = tests/unit/test_scan_likeness.c tests/unit/tar.h \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_scan_likeness_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_scan_likeness

check_PROGRAMS += tests/unit/test_scan
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c tests/unit/tap.h
tests_unit_test_scan_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_scan

check_PROGRAMS += tests/unit/test_scan_faults
tests_unit_test_scan_faults_SOURCES = tests/unit/test_scan_faults.c tests/unit/tap.h
tests_unit_test_scan_faults_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_scan_faults
check_PROGRAMS += tests/unit/test_scan_wire
tests_unit_test_scan_wire_SOURCES = tests/unit/test_scan_wire.c tests/unit/tap.h
tests_unit_test_scan_wire_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_scan_wire
check_PROGRAMS += tests/unit/test_scan_archive
tests_unit_test_scan_archive_SOURCES = tests/unit/test_scan_archive.c tests/unit/tap.h \
	tests/unit/tar.h tests/unit/catalog_fixture.h
tests_unit_test_scan_archive_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_scan_archive
check_PROGRAMS += tests/unit/test_document_scan
tests_unit_test_document_scan_SOURCES = tests/unit/test_document_scan.c tests/unit/tap.h
tests_unit_test_document_scan_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_document_scan
# The watch.
fs_liblicensefs_a_SOURCES += fs/scan/watch.c fs/scan/heard.c fs/scan/fanotify.c fs/scan/inotify.c \
	fs/scan/listen.h
# Scans of some directories, for tests/shell/scan_dirs.t.
check_PROGRAMS += tests/unit/scan_dirs
tests_unit_scan_dirs_SOURCES = tests/unit/scan_dirs.c
tests_unit_scan_dirs_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_thumbnail
tests_unit_test_thumbnail_SOURCES = tests/unit/test_thumbnail.c tests/unit/tap.h
tests_unit_test_thumbnail_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_thumbnail
