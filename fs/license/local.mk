# SPDX-License-Identifier: Apache-2.0
# The license table, the permission algebra, and the normaliser of license strings.
fs_liblicensefs_a_SOURCES += fs/license/license.c fs/license/expression.c fs/license/tables.h
nodist_fs_liblicensefs_a_SOURCES += fs/license/tables.c

# tables.c is made in the build directory; the order of the tables is fixed in tables.awk.
license_tables = fs/license/licenses.tsv fs/license/cc_ports.tsv fs/license/license_aliases.tsv \
	fs/license/flickr_licenses.tsv
fs/license/tables.c: fs/license/tables.awk $(license_tables)
	$(AM_V_GEN)$(MKDIR_P) fs/license && LC_ALL=C $(AWK) -f $(srcdir)/fs/license/tables.awk \
		$(srcdir)/fs/license/licenses.tsv $(srcdir)/fs/license/cc_ports.tsv \
		$(srcdir)/fs/license/license_aliases.tsv $(srcdir)/fs/license/flickr_licenses.tsv \
		>$@.tmp && mv $@.tmp $@
BUILT_SOURCES += fs/license/tables.c
CLEANFILES += fs/license/tables.c fs/license/tables.c.tmp
EXTRA_DIST += fs/license/tables.awk fs/license/grammar.md $(license_tables)

check_PROGRAMS += tests/unit/test_license
tests_unit_test_license_SOURCES = tests/unit/test_license.c tests/unit/tap.h
tests_unit_test_license_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_license
