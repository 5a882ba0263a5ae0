# SPDX-License-Identifier: Apache-2.0
# Documents: records of files that are about images, and the view of such a file.
fs_liblicensefs_a_SOURCES += fs/document/index.h \
	fs/document/number.h \
	fs/document/format.c \
	fs/document/binder.h \
	fs/document/matching.h \
	fs/document/wording.c \
	fs/document/places.c \
	fs/document/binder.c \
	fs/document/binding.c \
	fs/document/writer.c \
	fs/document/reader.c \
	fs/document/ranges.c \
	fs/document/index.c \
	fs/document/looks.c \
	fs/document/readers.c \
	fs/document/readers.h \
	fs/document/inert.c \
	fs/document/tar.h \
	fs/document/tarhead.c \
	fs/document/tarwalk.c \
	fs/document/tarinner.c \
	fs/document/tar.c \
	fs/document/json.c \
	fs/document/jsonids.c \
	fs/document/jsonids.h \
	fs/document/jsonitem.c \
	fs/document/jsonjoin.c \
	fs/document/jsonkey.c \
	fs/document/jsonkey.h \
	fs/document/jsonnames.c \
	fs/document/jsonread.c \
	fs/document/jsonread.h \
	fs/document/jsonwalk.c \
	fs/document/jsonwalk.h \
	fs/document/naming.h \
	fs/document/naming.c \
	fs/document/columns.c \
	fs/document/sample.h \
	fs/document/sample.c \
	fs/document/table.c \
	fs/document/line.h \
	fs/document/line.c \
	fs/document/lines.c \
	fs/document/ordered.c \
	fs/document/settings.c \
	fs/document/yaml_values.h \
	fs/document/yaml_values.c \
	fs/document/classes.c \
	fs/document/checksum.c \
	fs/document/unknown.c

document_tests = \
	tests/unit/test_document_text \
	tests/unit/test_document_binder \
	tests/unit/test_document_tar \
	tests/unit/test_document_ranges
document_tests += tests/unit/test_document_json tests/unit/test_document_json_random
tests_unit_test_document_json_SOURCES = tests/unit/test_document_json.c tests/unit/document.h \
	tests/unit/tap.h
tests_unit_test_document_json_LDADD = $(LICENSEFS_LIBS)
fs_liblicensefs_a_SOURCES += fs/document/missing.c

tests_unit_test_document_json_random_SOURCES = tests/unit/test_document_json_random.c \
	tests/unit/document.h tests/unit/tap.h
tests_unit_test_document_json_random_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += $(document_tests)
TESTS += $(document_tests)
tests_unit_test_document_ranges_SOURCES = tests/unit/test_document_ranges.c tests/unit/tap.h
tests_unit_test_document_ranges_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_document_binder_SOURCES = tests/unit/test_document_binder.c tests/unit/tap.h
tests_unit_test_document_binder_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_document_tar_SOURCES = tests/unit/test_document_tar.c tests/unit/tap.h \
	tests/unit/tar.h
tests_unit_test_document_tar_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_document_text_SOURCES = tests/unit/test_document_text.c \
	tests/unit/document_text.h tests/unit/tap.h
tests_unit_test_document_text_LDADD = $(LICENSEFS_LIBS)
