# SPDX-License-Identifier: Apache-2.0
# The program: a command table, option tables, and one file a verb.
bin_PROGRAMS += licensefs
licensefs_CPPFLAGS = $(AM_CPPFLAGS) $(SMARTCOLS_CFLAGS)
licensefs_LDADD = $(LICENSEFS_LIBS) $(SMARTCOLS_LIBS)
licensefs_SOURCES = tools/main.c tools/command.h tools/option.c tools/option.h tools/help.c \
	tools/output.c tools/output.h tools/progress.c tools/progress.h tools/table.c \
	tools/table.h tools/store.c tools/store.h tools/totals.c tools/totals.h tools/resolve.c \
	tools/pattern.c tools/pattern.h tools/views.c tools/views.h tools/image.c tools/image.h \
	tools/cmd_help.c tools/cmd_license.c tools/cmd_license_parse.c tools/cmd_scan.c \
	tools/cmd_version.c tools/cmd_view.c tools/cmd_view_set.c
