# SPDX-License-Identifier: Apache-2.0
# From claims to rights: pure.
fs_liblicensefs_a_SOURCES += fs/rights/meaning.h fs/rights/interpret.c fs/rights/constraint.c \
	fs/rights/date.c fs/rights/family.c fs/rights/resolve.c fs/rights/permit.c \
	fs/rights/trust.c fs/rights/effect.c \
	fs/rights/reason.c fs/rights/credit.c fs/rights/names.c fs/rights/key.c
fs_liblicensefs_a_SOURCES += fs/rights/selector.h fs/rights/selector.c fs/rights/selector_url.c \
	fs/rights/selector_id.c fs/rights/candidates.c fs/rights/glob.c

rights_tests = tests/unit/test_rights tests/unit/test_rights_key tests/unit/test_rights_explain \
	tests/unit/test_rights_laws
check_PROGRAMS += $(rights_tests)
TESTS += $(rights_tests)
tests_unit_test_rights_SOURCES = tests/unit/test_rights.c tests/unit/claims_notation.h \
	tests/unit/tap.h
tests_unit_test_rights_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_rights_key_SOURCES = tests/unit/test_rights_key.c tests/unit/tap.h
tests_unit_test_rights_key_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_rights_explain_SOURCES = tests/unit/test_rights_explain.c \
	tests/unit/claims_notation.h tests/unit/tap.h
tests_unit_test_rights_explain_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_rights_laws_SOURCES = tests/unit/test_rights_laws.c \
	tests/unit/claims_notation.h tests/unit/tap.h
tests_unit_test_rights_laws_LDADD = $(LICENSEFS_LIBS)
check_PROGRAMS += tests/unit/test_selector
TESTS += tests/unit/test_selector
tests_unit_test_selector_SOURCES = tests/unit/test_selector.c tests/unit/tap.h
tests_unit_test_selector_LDADD = $(LICENSEFS_LIBS)
