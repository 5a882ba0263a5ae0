# SPDX-License-Identifier: Apache-2.0
# What was: snapshots, what differs between them, and whether the store still holds them.
fs_liblicensefs_a_SOURCES += fs/history/shown.h fs/history/shown.c fs/history/create.c \
	fs/history/reading.h fs/history/reading.c fs/history/content.c fs/history/summary.c \
	fs/history/cause.h fs/history/cause.c fs/history/diff.h fs/history/diff.c fs/history/why.c \
	fs/history/verify.c

fs_liblicensefs_a_SOURCES += fs/history/export.h fs/history/export.c fs/history/export_text.c \
	fs/history/export_manifest.c fs/history/export_licenses.c fs/history/export_attribution.c \
	fs/history/export_croissant.c fs/history/export_spdx.c
fs_liblicensefs_a_SOURCES += fs/history/outside.h fs/history/outside.c fs/history/site.h fs/history/site.c fs/history/site_past.c fs/history/export_files.h \
	fs/history/export_files.c fs/history/export_place.c fs/history/export_hard.c fs/history/export_tree.c
fs_liblicensefs_a_SOURCES += fs/history/export_reuse.h fs/history/export_reuse.c fs/history/export_texts.c
fs_liblicensefs_a_SOURCES += fs/history/export_tar.h fs/history/export_tar.c fs/history/export_sample.h fs/history/export_sample.c \
	fs/history/export_shards.h fs/history/export_shards.c fs/history/export_shard.c

noinst_HEADERS += include/licensefs/census.h
fs_liblicensefs_a_SOURCES += fs/history/census.c
check_PROGRAMS += tests/unit/test_census
TESTS += tests/unit/test_census
tests_unit_test_census_SOURCES = tests/unit/test_census.c tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_census_LDADD = $(LICENSEFS_LIBS)
noinst_HEADERS += include/licensefs/job.h include/licensefs/job_report.h include/licensefs/catalog_job.h
fs_liblicensefs_a_SOURCES += fs/history/job.h fs/history/job.c fs/history/job_open.c fs/history/job_ledger.c \
	fs/history/job_walk.c fs/history/job_report.c fs/history/job_takedown.h fs/history/job_takedown.c \
	fs/history/opener.c
check_PROGRAMS += tests/unit/test_job
TESTS += tests/unit/test_job
tests_unit_test_job_SOURCES = tests/unit/test_job.c tests/unit/job_fixture.h tests/unit/revoke_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_job_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_job_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_job_many
TESTS += tests/unit/test_job_many
tests_unit_test_job_many_SOURCES = tests/unit/test_job_many.c tests/unit/job_fixture.h tests/unit/revoke_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_job_many_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_job_many_LDADD = $(LICENSEFS_LIBS)
fs_liblicensefs_a_SOURCES += fs/history/lineage.c
check_PROGRAMS += tests/unit/test_lineage
TESTS += tests/unit/test_lineage
tests_unit_test_lineage_SOURCES = tests/unit/test_lineage.c tests/unit/revoke_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_lineage_LDADD = $(LICENSEFS_LIBS)
