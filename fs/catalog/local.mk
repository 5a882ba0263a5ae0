# SPDX-License-Identifier: Apache-2.0
# The catalog: everything that touches SQLite.
fs_liblicensefs_a_SOURCES += fs/catalog/whole.c
fs_liblicensefs_a_SOURCES += fs/catalog/internal.h fs/catalog/txn.h fs/catalog/map.h \
	fs/catalog/map.c fs/catalog/query.h fs/catalog/query.c fs/catalog/statements.h \
	fs/catalog/statements.c fs/catalog/schema.h fs/catalog/open.c fs/catalog/media.c \
	fs/catalog/pragmas.c fs/catalog/migrate.c fs/catalog/meta.c fs/catalog/stay.c fs/catalog/names.c \
	fs/catalog/entry.c fs/catalog/rights.c fs/catalog/claims.c fs/catalog/credit.c \
	fs/catalog/txn.c fs/catalog/put.c fs/catalog/change.c fs/catalog/counts.c \
	fs/catalog/feed.c fs/catalog/twins.c fs/catalog/glob.c fs/catalog/judge.c \
	fs/catalog/force.c fs/catalog/own.c fs/catalog/decisions.c \
	fs/catalog/views.c fs/catalog/check.c \
	fs/catalog/rowcodec.h fs/catalog/rowcodec.c fs/catalog/joined.h fs/catalog/joins.c \
	fs/catalog/joined.c fs/catalog/rules.c fs/catalog/matches.c fs/catalog/manifests.c fs/catalog/import.h \
	fs/catalog/import.c fs/catalog/import_rules.c fs/catalog/import_keys.c fs/catalog/import_judge.c \
	fs/catalog/collections.c fs/catalog/past.c fs/catalog/snapshot_past.c fs/catalog/check_joined.c fs/catalog/digests.c \
	fs/catalog/documents.c fs/catalog/document_images.c fs/catalog/document_write.c \
	fs/catalog/pending.c fs/catalog/rights_of.c fs/catalog/check_documents.c
fs_liblicensefs_a_SOURCES += fs/catalog/history.c
fs_liblicensefs_a_SOURCES += fs/catalog/makers.c
fs_liblicensefs_a_SOURCES += fs/catalog/seal.h fs/catalog/seal.c fs/catalog/scrub.h fs/catalog/scrub.c
fs_liblicensefs_a_SOURCES += fs/catalog/erase.h fs/catalog/erase.c fs/catalog/erase_rows.c \
	fs/catalog/erase_texts.c
fs_liblicensefs_a_SOURCES += fs/catalog/revoked.h fs/catalog/revoked.c fs/catalog/revoked_find.c \
	fs/catalog/revocations.c fs/catalog/revoke.c fs/catalog/select.c fs/catalog/select_text.c fs/catalog/walk.c \
	fs/catalog/check_revoked.c
nodist_fs_liblicensefs_a_SOURCES += fs/catalog/schema.c
schema_files = fs/catalog/schema.sql fs/catalog/schema-2.sql fs/catalog/schema-3.sql fs/catalog/schema-4.sql \
	fs/catalog/schema-5.sql fs/catalog/schema-6.sql fs/catalog/schema-7.sql \
	fs/catalog/schema-8.sql
EXTRA_DIST += $(schema_files)
CLEANFILES += fs/catalog/schema.c

fs/catalog/schema.c: $(schema_files)
	$(AM_V_GEN)$(MKDIR_P) fs/catalog && $(AWK) ' \
		BEGIN { print "#include \"fs/catalog/schema.h\"" } \
		FNR == 1 { print (i++ ? ";\nconst char lic_schema_" i "_sql[] =" : \
			"const char lic_schema_sql[] =") } \
		{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); sub(/^\t+/, ""); print "\"" $$0 "\\n\"" } \
		END { print ";" }' $(addprefix $(srcdir)/,$(schema_files)) \
		>$@.tmp && mv $@.tmp $@

check_PROGRAMS += tests/unit/test_catalog tests/unit/test_catalog_changes \
	tests/unit/test_catalog_open tests/unit/test_catalog_random \
	tests/unit/test_catalog_memory tests/unit/test_catalog_bytes tests/unit/test_catalog_schema \
	tests/unit/test_catalog_manifest tests/unit/test_catalog_rows \
	tests/unit/test_catalog_joins
check_PROGRAMS += tests/unit/test_catalog_follow
TESTS += tests/unit/test_catalog_follow
tests_unit_test_catalog_follow_SOURCES = tests/unit/test_catalog_follow.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_follow_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_SOURCES = tests/unit/test_catalog.c tests/unit/catalog_fixture.h \
	tests/unit/tap.h
tests_unit_test_catalog_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_bytes_SOURCES = tests/unit/test_catalog_bytes.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_bytes_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_changes_SOURCES = tests/unit/test_catalog_changes.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_changes_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_changes_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_open_SOURCES = tests/unit/test_catalog_open.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_open_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_open_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_random_SOURCES = tests/unit/test_catalog_random.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_random_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_schema_SOURCES = tests/unit/test_catalog_schema.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_schema_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_schema_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_manifest_SOURCES = tests/unit/test_catalog_manifest.c \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_manifest_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_joins_SOURCES = tests/unit/test_catalog_joins.c \
	tests/unit/joins_model.h tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_joins_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_rows_SOURCES = tests/unit/test_catalog_rows.c \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_rows_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_rows_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_memory_SOURCES = tests/unit/test_catalog_memory.c tests/unit/memory_fixture.h \
	tests/unit/document_fixture.h tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_memory_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
tests_unit_test_catalog_memory_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_catalog tests/unit/test_catalog_changes tests/unit/test_catalog_open \
	tests/unit/test_catalog_random tests/unit/test_catalog_memory \
	tests/unit/test_catalog_bytes tests/unit/test_catalog_schema \
	tests/unit/test_catalog_manifest tests/unit/test_catalog_rows \
	tests/unit/test_catalog_joins
check_PROGRAMS += tests/unit/test_catalog_past
TESTS += tests/unit/test_catalog_past
tests_unit_test_catalog_past_SOURCES = tests/unit/test_catalog_past.c \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_past_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_credit
TESTS += tests/unit/test_catalog_credit
tests_unit_test_catalog_credit_SOURCES = tests/unit/test_catalog_credit.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_credit_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_digests
TESTS += tests/unit/test_catalog_digests
tests_unit_test_catalog_digests_SOURCES = tests/unit/test_catalog_digests.c \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_digests_LDADD = $(LICENSEFS_LIBS)

check_PROGRAMS += tests/unit/test_catalog_document tests/unit/test_catalog_archive
TESTS += tests/unit/test_catalog_document tests/unit/test_catalog_archive
tests_unit_test_catalog_document_SOURCES = tests/unit/test_catalog_document.c \
	tests/unit/document_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_document_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_catalog_archive_SOURCES = tests/unit/test_catalog_archive.c \
	tests/unit/document_fixture.h tests/unit/manifest_fixture.h \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_archive_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_document_random
TESTS += tests/unit/test_catalog_document_random
tests_unit_test_catalog_document_random_SOURCES = tests/unit/test_catalog_document_random.c \
	tests/unit/document_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_document_random_LDADD = $(LICENSEFS_LIBS)

fs_liblicensefs_a_SOURCES += fs/catalog/likeness.h fs/catalog/likeness.c
check_PROGRAMS += tests/unit/test_catalog_likeness
TESTS += tests/unit/test_catalog_likeness
tests_unit_test_catalog_likeness_SOURCES = tests/unit/test_catalog_likeness.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_likeness_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_likeness_LDADD = $(LICENSEFS_LIBS)

EXTRA_PROGRAMS += bench/rows
bench_rows_SOURCES = bench/rows.c
bench_rows_LDADD = $(LICENSEFS_LIBS)
CLEANFILES += bench/rows$(EXEEXT)
EXTRA_PROGRAMS += bench/documents
bench_documents_SOURCES = bench/documents.c
bench_documents_LDADD = $(LICENSEFS_LIBS)
CLEANFILES += bench/documents$(EXEEXT)

check_PROGRAMS += tests/unit/test_catalog_seal
TESTS += tests/unit/test_catalog_seal
tests_unit_test_catalog_seal_SOURCES = tests/unit/test_catalog_seal.c \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_seal_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_seal_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_scrub
TESTS += tests/unit/test_catalog_scrub
tests_unit_test_catalog_scrub_SOURCES = tests/unit/test_catalog_scrub.c \
	tests/unit/erase_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_scrub_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_scrub_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_revoke
TESTS += tests/unit/test_catalog_revoke
tests_unit_test_catalog_revoke_SOURCES = tests/unit/test_catalog_revoke.c \
	tests/unit/revoke_fixture.h tests/unit/document_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_revoke_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_revoke_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_revoked
TESTS += tests/unit/test_catalog_revoked
tests_unit_test_catalog_revoked_SOURCES = tests/unit/test_catalog_revoked.c \
	tests/unit/revoke_fixture.h tests/unit/document_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_revoked_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_revoked_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_erase
TESTS += tests/unit/test_catalog_erase
tests_unit_test_catalog_erase_SOURCES = tests/unit/test_catalog_erase.c tests/unit/erase_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_erase_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_erase_LDADD = $(LICENSEFS_LIBS)
EXTRA_PROGRAMS += bench/revocations
bench_revocations_SOURCES = bench/revocations.c
bench_revocations_LDADD = $(LICENSEFS_LIBS)
CLEANFILES += bench/revocations$(EXEEXT)
check_PROGRAMS += tests/unit/test_catalog_erase_random
TESTS += tests/unit/test_catalog_erase_random
tests_unit_test_catalog_erase_random_SOURCES = tests/unit/test_catalog_erase_random.c tests/unit/erase_fixture.h \
	tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_erase_random_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_erase_random_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_revoke_random
TESTS += tests/unit/test_catalog_revoke_random
tests_unit_test_catalog_revoke_random_SOURCES = tests/unit/test_catalog_revoke_random.c \
	tests/unit/revoke_fixture.h tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h \
	tests/unit/tap.h
tests_unit_test_catalog_revoke_random_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_revoke_memory
TESTS += tests/unit/test_catalog_revoke_memory
tests_unit_test_catalog_revoke_memory_SOURCES = tests/unit/test_catalog_revoke_memory.c \
	tests/unit/memory_fixture.h tests/unit/revoke_fixture.h tests/unit/manifest_fixture.h \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_revoke_memory_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_revoke_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
tests_unit_test_catalog_revoke_memory_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_erase_memory
TESTS += tests/unit/test_catalog_erase_memory
tests_unit_test_catalog_erase_memory_SOURCES = tests/unit/test_catalog_erase_memory.c \
	tests/unit/memory_fixture.h tests/unit/revoke_fixture.h tests/unit/manifest_fixture.h \
	tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_erase_memory_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_erase_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray
tests_unit_test_catalog_erase_memory_LDADD = $(LICENSEFS_LIBS)
# Statements of many images at once.
fs_liblicensefs_a_SOURCES += fs/catalog/expect.c
check_PROGRAMS += tests/unit/test_catalog_expect
tests_unit_test_catalog_expect_SOURCES = tests/unit/test_catalog_expect.c tests/unit/catalog_fixture.h \
	tests/unit/tap.h
tests_unit_test_catalog_expect_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_catalog_expect
# Snapshots.
fs_liblicensefs_a_SOURCES += fs/catalog/snapshot.h fs/catalog/snapshots.c fs/catalog/snapshot_part.c \
	fs/catalog/snapshot_then.c fs/catalog/snapshot_walk.c fs/catalog/snapshot_salt.c \
	fs/catalog/snapshot_leaf.c fs/catalog/snapshot_hash.c fs/catalog/snapshot_make.c fs/catalog/snapshot_erase.c
check_PROGRAMS += tests/unit/test_catalog_snapshot
TESTS += tests/unit/test_catalog_snapshot
tests_unit_test_catalog_snapshot_SOURCES = tests/unit/test_catalog_snapshot.c \
	tests/unit/revoke_fixture.h tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h \
	tests/unit/tap.h
tests_unit_test_catalog_snapshot_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_snapshot_LDADD = $(LICENSEFS_LIBS)

check_PROGRAMS += tests/unit/test_catalog_stay
tests_unit_test_catalog_stay_SOURCES = tests/unit/test_catalog_stay.c tests/unit/catalog_fixture.h tests/unit/tap.h
tests_unit_test_catalog_stay_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_catalog_stay
check_PROGRAMS += tests/unit/test_catalog_snapshot_random
TESTS += tests/unit/test_catalog_snapshot_random
tests_unit_test_catalog_snapshot_random_SOURCES = tests/unit/test_catalog_snapshot_random.c \
	tests/unit/revoke_fixture.h tests/unit/manifest_fixture.h tests/unit/catalog_fixture.h \
	tests/unit/tap.h
tests_unit_test_catalog_snapshot_random_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_catalog_leaves
TESTS += tests/unit/test_catalog_leaves
tests_unit_test_catalog_leaves_SOURCES = tests/unit/test_catalog_leaves.c tests/unit/tap.h
tests_unit_test_catalog_leaves_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_catalog_leaves_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pthread_create
tests_unit_test_catalog_leaves_LDADD = $(LICENSEFS_LIBS)
# Jobs.
fs_liblicensefs_a_SOURCES += fs/catalog/jobs.c fs/catalog/nearest.h fs/catalog/nearest.c
