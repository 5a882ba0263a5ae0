# SPDX-License-Identifier: Apache-2.0
# Fuzz targets: `replay` tries the inputs of tests/fuzz/corpus in every build; with --enable-fuzzing
# (clang) `make fuzz` looks for new ones.
fuzz_sources = tests/fuzz/fuzz.h tests/fuzz/targets.c tests/fuzz/claims.c tests/fuzz/readers.c \
	tests/fuzz/document.c tests/fuzz/document_tar.c tests/fuzz/likeness.c tests/fuzz/license.c tests/fuzz/view.c tests/fuzz/join.c tests/fuzz/manifest.c
check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c $(fuzz_sources)
tests_fuzz_replay_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/fuzz/replay
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/dict tests/fuzz/run.sh \
	tests/fuzz/seeds.py

if ENABLE_FUZZING
noinst_PROGRAMS += tests/fuzz/fuzz
tests_fuzz_fuzz_SOURCES = tests/fuzz/libfuzzer.c $(fuzz_sources)
tests_fuzz_fuzz_LDADD = $(LICENSEFS_LIBS)
tests_fuzz_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif

# FUZZ_TARGETS: names, all by default; FUZZ_SECONDS: for each; FUZZ_JOBS: at a time.
.PHONY: fuzz fuzz-merge
fuzz: tests/fuzz/replay $(noinst_PROGRAMS)
	@top_srcdir='$(abs_top_srcdir)' $(BASH) $(srcdir)/tests/fuzz/run.sh
fuzz-merge: tests/fuzz/replay $(noinst_PROGRAMS)
	@top_srcdir='$(abs_top_srcdir)' $(BASH) $(srcdir)/tests/fuzz/run.sh --merge
