# SPDX-License-Identifier: Apache-2.0
# Rows of manifests as claims with keys; one file a format.
fs_liblicensefs_a_SOURCES += fs/manifest/key.h fs/manifest/key.c fs/manifest/key_id.c \
	fs/manifest/key_url.c

check_PROGRAMS += tests/unit/test_manifest_key
TESTS += tests/unit/test_manifest_key
tests_unit_test_manifest_key_SOURCES = tests/unit/test_manifest_key.c tests/unit/tap.h
tests_unit_test_manifest_key_LDADD = $(LICENSEFS_LIBS)
