# SPDX-License-Identifier: Apache-2.0
# The ledger of a job: what it could see, and what it opened.
fs_liblicensefs_a_SOURCES += fs/ledger/record.h fs/ledger/encode.c fs/ledger/decode.c fs/ledger/read.c \
	fs/ledger/known.c fs/ledger/pending.h fs/ledger/pending.c fs/ledger/write.c

check_PROGRAMS += tests/unit/test_ledger tests/unit/test_ledger_faults
tests_unit_test_ledger_SOURCES = tests/unit/test_ledger.c tests/unit/ledger.h tests/unit/tap.h
tests_unit_test_ledger_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_ledger_faults_SOURCES = tests/unit/test_ledger_faults.c tests/unit/ledger.h \
	tests/unit/memory_fixture.h tests/unit/tap.h
tests_unit_test_ledger_faults_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_ledger_faults_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=reallocarray,--wrap=pwrite,--wrap=fdatasync
TESTS += tests/unit/test_ledger tests/unit/test_ledger_faults
