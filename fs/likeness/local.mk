# SPDX-License-Identifier: Apache-2.0
# What pictures look like: one file a decoder, prints, distances.
fs_liblicensefs_a_SOURCES += fs/likeness/canvas.c fs/likeness/canvas.h fs/likeness/jpeg.c \
	fs/likeness/png.c fs/likeness/webp.c fs/likeness/print.c fs/likeness/print.h \
	fs/likeness/distance.c fs/likeness/pack.c fs/likeness/read.c
fs_liblicensefs_a_CPPFLAGS += $(JPEG_CFLAGS) $(PNG_CFLAGS) $(WEBP_CFLAGS)
LICENSEFS_LIBS += $(JPEG_LIBS) $(PNG_LIBS) $(WEBP_LIBS)

check_PROGRAMS += tests/unit/test_likeness
tests_unit_test_likeness_SOURCES = tests/unit/test_likeness.c tests/unit/pictures.h tests/unit/tap.h
tests_unit_test_likeness_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_likeness
EXTRA_DIST += fs/likeness/README.md
