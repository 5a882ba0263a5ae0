# SPDX-License-Identifier: Apache-2.0
# Walk, readers, writer.
fs_liblicensefs_a_SOURCES += fs/scan/classify.c fs/scan/walk.c fs/scan/read.c fs/scan/write.c \
	fs/scan/scan.c fs/scan/internal.h

check_PROGRAMS += tests/unit/test_scan
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c tests/unit/tap.h
tests_unit_test_scan_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_scan
