# SPDX-License-Identifier: Apache-2.0
# Programs that take images down under running mounts; tests/shell/mount_storm.t and bench/takedown.sh
# run them.
live_programs = tests/live/storm tests/live/takedown
check_PROGRAMS += $(live_programs)
tests_live_storm_SOURCES = tests/live/storm.c tests/live/reader.c tests/live/storm.h tests/live/live.h
tests_live_storm_LDADD = $(LICENSEFS_LIBS)
tests_live_takedown_SOURCES = tests/live/takedown.c tests/live/live.h
tests_live_takedown_LDADD = $(LICENSEFS_LIBS)
EXTRA_DIST += tests/live/make_storm.py tests/live/make_takedown.py
