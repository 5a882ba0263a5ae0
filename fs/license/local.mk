# SPDX-License-Identifier: Apache-2.0
# The license table, the permission algebra, and the normaliser of license strings.
fs_liblicensefs_a_SOURCES += fs/license/license.c fs/license/expression.c \
	fs/license/expression.h fs/license/tables.h fs/license/prepare.c fs/license/prepare.h \
	fs/license/words.c fs/license/words.h fs/license/vocabulary.c fs/license/alias.c \
	fs/license/alias.h fs/license/url.c fs/license/url.h fs/license/cc_url.c fs/license/cc.c \
	fs/license/cc.h fs/license/element.c fs/license/name.c fs/license/name.h \
	fs/license/guard.c fs/license/guard.h fs/license/phrase.c fs/license/prohibit.c \
	fs/license/prohibit.h fs/license/prohibit_words.c fs/license/prose.c \
	fs/license/prose.h fs/license/resolve.c fs/license/resolve.h fs/license/list.c \
	fs/license/parse.c fs/license/memory.c fs/license/own.c
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

check_PROGRAMS += tests/unit/test_normalise
tests_unit_test_normalise_SOURCES = tests/unit/test_normalise.c tests/unit/tap.h
tests_unit_test_normalise_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_normalise
