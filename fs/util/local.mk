# SPDX-License-Identifier: Apache-2.0
# Error, buffers, text, JSON, hash, descriptors: what every other room stands on.
fs_liblicensefs_a_SOURCES += fs/util/error.c fs/util/buffer.c fs/util/arena.c fs/util/text.c \
	fs/util/nearest.c fs/util/json.c fs/util/hash.c fs/util/hash.h fs/util/digest.c fs/util/digest.h fs/util/io.c fs/util/io.h \
	fs/util/cursor.h fs/util/banned.h
fs_liblicensefs_a_SOURCES += fs/util/title.c fs/util/title.h
fs_liblicensefs_a_SOURCES += fs/util/chunk.c fs/util/chunk.h fs/util/idset.c fs/util/address.c

check_PROGRAMS += tests/unit/test_util
tests_unit_test_util_SOURCES = tests/unit/test_util.c tests/unit/tap.h
tests_unit_test_util_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_util
check_PROGRAMS += tests/unit/test_idset
tests_unit_test_idset_SOURCES = tests/unit/test_idset.c tests/unit/tap.h
tests_unit_test_idset_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_idset
