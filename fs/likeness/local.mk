# SPDX-License-Identifier: Apache-2.0
# What pictures look like: one file a decoder, prints, distances.
fs_liblicensefs_a_SOURCES += fs/likeness/canvas.c fs/likeness/canvas.h fs/likeness/jpeg.c \
	fs/likeness/png.c fs/likeness/webp.c fs/likeness/print.c fs/likeness/print.h \
	fs/likeness/bmp.c fs/likeness/pnm.c fs/likeness/distance.c fs/likeness/pack.c \
	fs/likeness/read.c fs/likeness/decoders.c fs/likeness/thumbnail.c fs/likeness/jpeg_write.c
fs_liblicensefs_a_CPPFLAGS += $(JPEG_CFLAGS) $(PNG_CFLAGS) $(WEBP_CFLAGS) $(TIFF_CFLAGS)
LICENSEFS_LIBS += $(JPEG_LIBS) $(PNG_LIBS) $(WEBP_LIBS) $(TIFF_LIBS) $(GIF_LIBS)
if HAVE_TIFF
fs_liblicensefs_a_SOURCES += fs/likeness/tiff.c
endif
if HAVE_GIF
fs_liblicensefs_a_SOURCES += fs/likeness/gif.c
endif

check_PROGRAMS += tests/unit/test_likeness
tests_unit_test_likeness_SOURCES = tests/unit/test_likeness.c tests/unit/pictures.h tests/unit/tap.h
tests_unit_test_likeness_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_likeness_formats
tests_unit_test_likeness_formats_SOURCES = tests/unit/test_likeness_formats.c \
	tests/unit/pictures.h tests/unit/picture_files.h tests/unit/tap.h
tests_unit_test_likeness_formats_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_likeness tests/unit/test_likeness_formats
EXTRA_DIST += fs/likeness/README.md

EXTRA_PROGRAMS += bench/likeness
CLEANFILES += bench/likeness$(EXEEXT)
bench_likeness_SOURCES = bench/likeness.c
bench_likeness_LDADD = $(LICENSEFS_LIBS)
