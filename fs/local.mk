# SPDX-License-Identifier: Apache-2.0
# One static library, room by room in the order of the layers.
noinst_LIBRARIES += fs/liblicensefs.a
fs_liblicensefs_a_CPPFLAGS = $(AM_CPPFLAGS) $(EXIF_CFLAGS) $(IPTC_CFLAGS) $(XML_CFLAGS) \
	$(SQLITE_CFLAGS) $(FUSE_CFLAGS) $(XXHASH_CFLAGS) $(NETTLE_CFLAGS) $(UNISTRING_CFLAGS) $(ZLIB_CFLAGS) \
	$(BROTLI_CFLAGS) $(CBOR_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS) $(SECCOMP_CFLAGS)
fs_liblicensefs_a_SOURCES =
nodist_fs_liblicensefs_a_SOURCES =
LICENSEFS_LIBS = fs/liblicensefs.a $(FUSE_LIBS) $(SQLITE_LIBS) $(EXIF_LIBS) $(IPTC_LIBS) \
	$(XML_LIBS) $(XXHASH_LIBS) $(NETTLE_LIBS) $(UNISTRING_LIBS) $(ZLIB_LIBS) \
	$(BROTLI_LIBS) $(CBOR_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(SECCOMP_LIBS)

noinst_HEADERS = include/licensefs/macros.h include/licensefs/error.h include/licensefs/buffer.h \
	include/licensefs/text.h include/licensefs/json.h include/licensefs/license.h \
	include/licensefs/evidence.h include/licensefs/manifest.h include/licensefs/rights.h \
	include/licensefs/catalog.h include/licensefs/catalog_documents.h \
	include/licensefs/view.h include/licensefs/document.h include/licensefs/scan.h include/licensefs/mount.h \
	include/licensefs/selector.h include/licensefs/likeness.h include/licensefs/catalog_revoke.h \
	include/licensefs/catalog_snapshot.h include/licensefs/snapshot.h include/licensefs/snapshot_export.h include/licensefs/serving.h \
	include/licensefs/watch.h include/licensefs/run.h
noinst_HEADERS += include/licensefs/idset.h include/licensefs/ledger.h include/licensefs/sum.h
noinst_HEADERS += include/licensefs/catalog_maker.h include/licensefs/lineage.h

include fs/util/local.mk
include fs/license/local.mk
include fs/evidence/local.mk
include fs/likeness/local.mk
include fs/manifest/local.mk
include fs/rights/local.mk
include fs/catalog/local.mk
include fs/view/local.mk
include fs/document/local.mk
include fs/ledger/local.mk
include fs/scan/local.mk
include fs/mount/local.mk
include fs/history/local.mk
