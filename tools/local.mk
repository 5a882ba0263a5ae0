# SPDX-License-Identifier: Apache-2.0
bin_PROGRAMS += licensefs
licensefs_CPPFLAGS = $(AM_CPPFLAGS) $(SMARTCOLS_CFLAGS)
licensefs_LDADD = $(LICENSEFS_LIBS) $(SMARTCOLS_LIBS)
licensefs_SOURCES = tools/main.c
