# SPDX-License-Identifier: Apache-2.0
# Documents: records of files that are about images, and the view of such a file.
fs_liblicensefs_a_SOURCES += fs/document/index.h \
	fs/document/format.c

document_tests =
check_PROGRAMS += $(document_tests)
TESTS += $(document_tests)
