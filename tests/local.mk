# SPDX-License-Identifier: Apache-2.0
# All tests speak TAP. Unit tests are listed by the rooms they test; here are the shell and lint
# tests, which run the built program.
TEST_EXTENSIONS = .t
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
T_LOG_COMPILER = $(BASH)
BASH = bash
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; top_builddir='$(abs_top_builddir)'; \
	export top_srcdir top_builddir; \
	CC='$(CC)'; AM_SANITIZE='$(LIC_SANITIZE)'; export CC AM_SANITIZE;

lint_tests = tests/lint/layers.t tests/lint/headers.t tests/lint/length.t tests/lint/reuse.t tests/lint/docs.t \
	tests/lint/man.t tests/lint/options.t tests/lint/symbols.t tests/lint/executable.t
shell_tests =
include tests/shell/local.mk
TESTS += $(lint_tests) $(shell_tests)
dist_check_SCRIPTS += $(lint_tests) $(shell_tests)
EXTRA_DIST += tests/data tests/unit/tap.h tests/lint/lib.sh tests/shell/lib.sh
include tests/clients/local.mk
include tests/fuzz/local.mk
include tests/hostile/local.mk
include tests/live/local.mk
