# SPDX-License-Identifier: Apache-2.0
# What was: snapshots, what differs between them, and whether the store still holds them.
fs_liblicensefs_a_SOURCES += fs/history/shown.h fs/history/shown.c fs/history/create.c \
	fs/history/reading.h fs/history/reading.c fs/history/content.c fs/history/summary.c \
	fs/history/cause.h fs/history/cause.c fs/history/diff.h fs/history/diff.c fs/history/why.c \
	fs/history/verify.c

fs_liblicensefs_a_SOURCES += fs/history/export.h fs/history/export.c fs/history/export_text.c \
	fs/history/export_manifest.c fs/history/export_licenses.c fs/history/export_attribution.c \
	fs/history/export_croissant.c fs/history/export_spdx.c

noinst_HEADERS += include/licensefs/census.h
fs_liblicensefs_a_SOURCES += fs/history/census.c
check_PROGRAMS += tests/unit/test_census
TESTS += tests/unit/test_census
tests_unit_test_census_SOURCES = tests/unit/test_census.c tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_census_LDADD = $(LICENSEFS_LIBS)
noinst_HEADERS += include/licensefs/catalog_job.h
