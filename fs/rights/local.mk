# SPDX-License-Identifier: Apache-2.0
# From claims to rights: pure.
fs_liblicensefs_a_SOURCES += fs/rights/meaning.h fs/rights/interpret.c fs/rights/constraint.c \
	fs/rights/date.c fs/rights/family.c fs/rights/resolve.c fs/rights/permit.c \
	fs/rights/effect.c fs/rights/reason.c fs/rights/credit.c fs/rights/names.c fs/rights/key.c

check_PROGRAMS += tests/unit/test_rights_key
tests_unit_test_rights_key_SOURCES = tests/unit/test_rights_key.c tests/unit/tap.h
tests_unit_test_rights_key_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_rights_key
