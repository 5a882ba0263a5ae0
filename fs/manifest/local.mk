# SPDX-License-Identifier: Apache-2.0
# Rows of manifests as claims with keys; one file a format.
fs_liblicensefs_a_SOURCES += \
	fs/manifest/key.h \
	fs/manifest/pattern.c \
	fs/manifest/choose.c \
	fs/manifest/key.c \
	fs/manifest/key_id.c \
	fs/manifest/key_url.c \
	fs/manifest/source.h \
	fs/manifest/source.c \
	fs/manifest/jsonin.h \
	fs/manifest/jsonin.c \
	fs/manifest/jsonskip.c \
	fs/manifest/delimited.h \
	fs/manifest/delimited.c \
	fs/manifest/reader.h \
	fs/manifest/readers.h \
	fs/manifest/readers.c \
	fs/manifest/peek.c \
	fs/manifest/row.c \
	fs/manifest/manifest.c \
	fs/manifest/records.h \
	fs/manifest/records.c \
	fs/manifest/table.h \
	fs/manifest/table.c \
	fs/manifest/url_name.c \
	fs/manifest/guess.h \
	fs/manifest/guess.c \
	fs/manifest/openimages.c \
	fs/manifest/yfcc.c \
	fs/manifest/inaturalist_open.c \
	fs/manifest/openverse.c \
	fs/manifest/gbif.c \
	fs/manifest/unsplash.c \
	fs/manifest/hf.c \
	fs/manifest/imagenet.c \
	fs/manifest/laion.c \
	fs/manifest/captions.c \
	fs/manifest/generic.c \
	fs/manifest/coco.c \
	fs/manifest/flickr.c \
	fs/manifest/commons.c \
	fs/manifest/dataset.h \
	fs/manifest/dataset.c \
	fs/manifest/yaml.h \
	fs/manifest/yaml.c \
	fs/manifest/openverse_api.c \
	fs/manifest/img2dataset.c \
	fs/manifest/takeout.c \
	fs/manifest/croissant.c \
	fs/manifest/spdx3.c \
	fs/manifest/hfcard.c

manifest_tests = \
	tests/unit/test_manifest_key \
	tests/unit/test_manifest_samples \
	tests/unit/test_manifest_tables \
	tests/unit/test_manifest_hostile \
	tests/unit/test_jsonin \
	tests/unit/test_manifest_json \
	tests/unit/test_manifest
check_PROGRAMS += $(manifest_tests)
TESTS += $(manifest_tests)
tests_unit_test_manifest_key_SOURCES = tests/unit/test_manifest_key.c tests/unit/tap.h
tests_unit_test_manifest_key_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_manifest_SOURCES = tests/unit/test_manifest.c tests/unit/manifest.h tests/unit/tap.h
tests_unit_test_manifest_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_manifest_samples_SOURCES = tests/unit/test_manifest_samples.c \
	tests/unit/manifest.h tests/unit/tap.h
tests_unit_test_manifest_samples_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_manifest_tables_SOURCES = tests/unit/test_manifest_tables.c \
	tests/unit/manifest.h tests/unit/tap.h
tests_unit_test_manifest_tables_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_manifest_hostile_SOURCES = tests/unit/test_manifest_hostile.c \
	tests/unit/manifest.h tests/unit/tap.h
tests_unit_test_manifest_hostile_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_jsonin_SOURCES = tests/unit/test_jsonin.c tests/unit/tap.h
tests_unit_test_jsonin_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_manifest_json_SOURCES = tests/unit/test_manifest_json.c tests/unit/manifest.h \
	tests/unit/tap.h
tests_unit_test_manifest_json_LDADD = $(LICENSEFS_LIBS)
