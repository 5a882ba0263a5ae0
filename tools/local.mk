# SPDX-License-Identifier: Apache-2.0
# The program: a command table, option tables, and one file a verb.
bin_PROGRAMS += licensefs
licensefs_CPPFLAGS = $(AM_CPPFLAGS) $(SMARTCOLS_CFLAGS)
licensefs_LDADD = $(LICENSEFS_LIBS) $(SMARTCOLS_LIBS)
licensefs_SOURCES = tools/main.c tools/command.h tools/option.c tools/option.h tools/help.c \
	tools/output.c tools/output.h tools/progress.c tools/progress.h tools/table.c \
	tools/table.h tools/store.c tools/store.h tools/resolve.c tools/pattern.c tools/pattern.h \
	tools/views.c tools/views.h tools/image.c tools/image.h tools/totals.c tools/totals.h tools/census_json.c tools/census_json.h \
	tools/documents.c tools/documents.h tools/impact.c tools/impact.h tools/date.c tools/date.h \
	tools/decide.h tools/decide_list.c tools/decide_set.c tools/conflict.h tools/conflict.c \
	tools/settle.c tools/history.h tools/history.c \
	tools/explain.c tools/explain.h tools/explain_json.c tools/explain_print.c \
	tools/cmd_check.c tools/cmd_decide.c tools/cmd_explain.c tools/cmd_find.c \
	tools/cmd_help.c tools/cmd_license.c tools/cmd_license_own.c tools/cmd_license_parse.c tools/cmd_mount.c \
	tools/cmd_scan.c tools/cmd_status.c tools/cmd_version.c tools/cmd_view.c tools/cmd_watch.c \
	tools/cmd_view_set.c

licensefs_SOURCES += tools/cmd_import.c tools/import.h tools/import_files.c tools/import_list.c \
	tools/import_print.c tools/import_run.c tools/import_digests.c tools/import_tally.c tools/effects.c tools/effects.h \
	tools/imports.c tools/imports.h tools/past_imports.c tools/past_imports.h tools/interrupt.c tools/interrupt.h tools/who.c tools/who.h

licensefs_SOURCES += tools/digests.c tools/digests.h tools/cmd_revoke.c tools/cmd_restore.c tools/selectors.c tools/selectors.h \
	tools/takedown.c tools/takedown.h tools/takedown_print.c tools/followers.c tools/followers.h \
	tools/revocation.c tools/revocation.h tools/likes.c tools/likes.h

licensefs_SOURCES += tools/cmd_snapshot.c tools/snapshot.h tools/cmd_snapshot_create.c tools/cmd_snapshot_show.c \
	tools/touched.c tools/touched.h tools/cmd_snapshot_diff.c tools/cmd_snapshot_verify.c \
	tools/snapshot_files.h tools/snapshot_files.c tools/cmd_snapshot_export.c

licensefs_SOURCES += tools/cmd_run.c tools/recorded.c tools/recorded.h
licensefs_SOURCES += tools/makers.c tools/makers.h tools/makers_record.c

licensefs_SOURCES += tools/cmd_job.c tools/job.h tools/job_show.c tools/cmd_job_report.c tools/job_print.c tools/job_json.c \
	tools/job_list.c

licensefs_SOURCES += tools/sink.c tools/sink.h tools/cmd_report.c tools/report.h tools/report_gather.c \
	tools/report_print.c tools/report_json.c tools/sample.c tools/sample.h tools/terms.c tools/terms.h \
	tools/report_page.c tools/page.c tools/page.h tools/page_chart.c tools/page_style.c tools/page_rows.c tools/page_rows.h \
	tools/page_picture.c tools/gallery.c tools/gallery.h \
	tools/job_page.c tools/job_page.h tools/job_page_parts.c

check_PROGRAMS += tests/unit/test_tools
tests_unit_test_tools_SOURCES = tests/unit/test_tools.c tests/unit/tap.h tools/option.c tools/date.c
tests_unit_test_tools_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_tools

# What bench/import.sh measures beside the import itself.
EXTRA_PROGRAMS += bench/manifest
bench_manifest_SOURCES = bench/manifest.c
bench_manifest_LDADD = $(LICENSEFS_LIBS)
CLEANFILES += bench/manifest$(EXEEXT)

# What bench/documents.sh measures beside the scan itself.
EXTRA_PROGRAMS += bench/document
bench_document_SOURCES = bench/document.c
bench_document_LDADD = $(LICENSEFS_LIBS)
CLEANFILES += bench/document$(EXEEXT)

# What bench/scale.sh makes its catalogs with.
EXTRA_PROGRAMS += bench/scale
bench_scale_SOURCES = bench/scale.c
bench_scale_LDADD = $(LICENSEFS_LIBS)
CLEANFILES += bench/scale$(EXEEXT)
