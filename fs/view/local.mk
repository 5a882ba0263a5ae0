# SPDX-License-Identifier: Apache-2.0
# The expression language, and what a view shows of a catalog.
fs_liblicensefs_a_SOURCES += fs/view/view.h fs/view/syntax.h fs/view/glob.h fs/view/glob.c \
	fs/view/lexer.c fs/view/caret.c fs/view/parser.c fs/view/builtin.c fs/view/check.c \
	fs/view/compile.c fs/view/match.c fs/view/membership.c fs/view/why.c fs/view/names.c fs/view/filter.h \
	fs/view/filter.c fs/view/pinned.c fs/view/images.c fs/view/walk.c fs/view/apart.c fs/view/classes.c


view_tests = tests/unit/test_view tests/unit/test_view_syntax tests/unit/test_view_laws \
	tests/unit/test_view_filter tests/unit/test_view_names
check_PROGRAMS += $(view_tests)
tests_unit_test_view_SOURCES = tests/unit/test_view.c tests/unit/view.h tests/unit/tap.h
tests_unit_test_view_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_view_syntax_SOURCES = tests/unit/test_view_syntax.c tests/unit/view.h \
	tests/unit/tap.h
tests_unit_test_view_syntax_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_view_laws_SOURCES = tests/unit/test_view_laws.c tests/unit/view.h tests/unit/tap.h
tests_unit_test_view_laws_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_view_filter_SOURCES = tests/unit/test_view_filter.c tests/unit/view_catalog.h \
	tests/unit/tap.h
tests_unit_test_view_filter_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_view_names_SOURCES = tests/unit/test_view_names.c tests/unit/view_catalog.h \
	tests/unit/tap.h
tests_unit_test_view_names_LDADD = $(LICENSEFS_LIBS)
TESTS += $(view_tests)
check_PROGRAMS += tests/unit/test_view_pinned
tests_unit_test_view_pinned_SOURCES = tests/unit/test_view_pinned.c tests/unit/revoke_fixture.h \
	tests/unit/document_fixture.h tests/unit/tap.h
tests_unit_test_view_pinned_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_view_pinned
