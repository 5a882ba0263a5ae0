# SPDX-License-Identifier: Apache-2.0
# What files state about their rights: one file a container format, one door a library.
fs_liblicensefs_a_SOURCES += fs/evidence/evidence.c fs/evidence/digest.c fs/evidence/claims.c fs/evidence/reading.c \
	fs/evidence/reader.h fs/evidence/readers.c fs/evidence/input.c fs/evidence/input.h \
	fs/evidence/fields.c fs/evidence/fields.h fs/evidence/fields_xmp.c \
	fs/evidence/charset.c fs/evidence/charset.h fs/evidence/charset_tables.c \
	fs/evidence/jis0208.c fs/evidence/mojibake.c \
	fs/evidence/reserve.c fs/evidence/reserve.h fs/evidence/jpeg.c fs/evidence/png.c \
	fs/evidence/webp.c fs/evidence/tiff.c fs/evidence/gif.c fs/evidence/bmp.c \
	fs/evidence/c2pa.c fs/evidence/c2pa.h fs/evidence/c2pa_assertion.h \
	fs/evidence/c2pa_training.c fs/evidence/c2pa_metadata.c fs/evidence/c2pa_actions.c \
	fs/evidence/jumbf.c fs/evidence/jumbf.h fs/evidence/jumbf_jpeg.c \
	fs/evidence/nested.h fs/evidence/cbor.c fs/evidence/json.c \
	fs/evidence/pnm.c fs/evidence/ifd.c fs/evidence/ifd.h fs/evidence/exif.c \
	fs/evidence/exif.h fs/evidence/iptc.c fs/evidence/iptc.h fs/evidence/irb.c \
	fs/evidence/irb.h fs/evidence/inflate.c fs/evidence/inflate.h fs/evidence/xml.c \
	fs/evidence/xml.h fs/evidence/xml_plain.c fs/evidence/xml_plain.h fs/evidence/rdf.c fs/evidence/rdf.h fs/evidence/xmp.c \
	fs/evidence/xmp_extension.c fs/evidence/xmp.h
fs_liblicensefs_a_SOURCES += fs/evidence/blocks.c fs/evidence/blocks.h fs/evidence/jpeg.h \
	fs/evidence/psd.c fs/evidence/raf.c fs/evidence/raw.c fs/evidence/raw.h \
	fs/evidence/crw.c fs/evidence/mrw.c fs/evidence/x3f.c fs/evidence/mie.c \
	fs/evidence/trailer.c fs/evidence/trailer.h fs/evidence/mpf.c fs/evidence/mpf.h

evidence_tests = tests/unit/test_evidence tests/unit/test_xmp tests/unit/test_xml_plain tests/unit/test_jpeg \
	tests/unit/test_formats tests/unit/test_hostile tests/unit/test_blocks_plain
check_PROGRAMS += $(evidence_tests) tests/unit/dump_claims
TESTS += $(evidence_tests)
tests_unit_test_evidence_SOURCES = tests/unit/test_evidence.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_evidence_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_xmp_SOURCES = tests/unit/test_xmp.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_xmp_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_blocks_plain_SOURCES = tests/unit/test_blocks_plain.c tests/unit/tap.h
tests_unit_test_blocks_plain_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_xml_plain_SOURCES = tests/unit/test_xml_plain.c tests/unit/tap.h
tests_unit_test_xml_plain_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_jpeg_SOURCES = tests/unit/test_jpeg.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_jpeg_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_formats_SOURCES = tests/unit/test_formats.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_formats_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_hostile_SOURCES = tests/unit/test_hostile.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_hostile_LDADD = $(LICENSEFS_LIBS)
tests_unit_dump_claims_SOURCES = tests/unit/dump_claims.c
tests_unit_dump_claims_LDADD = $(LICENSEFS_LIBS)

check_PROGRAMS += tests/unit/test_optout
tests_unit_test_optout_SOURCES = tests/unit/test_optout.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_optout_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_optout

check_PROGRAMS += tests/unit/test_charset
tests_unit_test_charset_SOURCES = tests/unit/test_charset.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_charset_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_charset

check_PROGRAMS += tests/unit/test_c2pa
tests_unit_test_c2pa_SOURCES = tests/unit/test_c2pa.c tests/unit/c2pa.h tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_c2pa_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_c2pa
check_PROGRAMS += tests/unit/test_jumbf
tests_unit_test_jumbf_SOURCES = tests/unit/test_jumbf.c tests/unit/c2pa.h tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_jumbf_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_jumbf

check_PROGRAMS += tests/unit/test_raw tests/unit/test_trailer
tests_unit_test_raw_SOURCES = tests/unit/test_raw.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_raw_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_trailer_SOURCES = tests/unit/test_trailer.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_trailer_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_raw tests/unit/test_trailer

fs_liblicensefs_a_SOURCES += fs/evidence/box.c fs/evidence/box.h fs/evidence/box_content.c \
	fs/evidence/items.c fs/evidence/brotli.c fs/evidence/brotli.h fs/evidence/heif.c \
	fs/evidence/jxl.c fs/evidence/jp2.c fs/evidence/cr3.c

check_PROGRAMS += tests/unit/test_boxes tests/unit/test_heif
tests_unit_test_boxes_SOURCES = tests/unit/test_boxes.c tests/unit/boxes.h tests/unit/evidence.h \
	tests/unit/tap.h
tests_unit_test_boxes_LDADD = $(LICENSEFS_LIBS)
tests_unit_test_heif_SOURCES = tests/unit/test_heif.c tests/unit/boxes.h tests/unit/evidence.h \
	tests/unit/tap.h
tests_unit_test_heif_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_boxes tests/unit/test_heif

fs_liblicensefs_a_SOURCES += fs/evidence/svg.c fs/evidence/svg.h fs/evidence/svg_sniff.c \
	fs/evidence/svg_source.c fs/evidence/svg_text.c fs/evidence/svg_text.h
check_PROGRAMS += tests/unit/test_svg
tests_unit_test_svg_SOURCES = tests/unit/test_svg.c tests/unit/c2pa.h tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_svg_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_svg
if HAVE_HEIF
check_PROGRAMS += tests/unit/test_heif_peer
tests_unit_test_heif_peer_SOURCES = tests/unit/test_heif_peer.c tests/unit/boxes.h \
	tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_heif_peer_CPPFLAGS = $(AM_CPPFLAGS) $(HEIF_CFLAGS)
tests_unit_test_heif_peer_LDADD = $(LICENSEFS_LIBS) $(HEIF_LIBS)
TESTS += tests/unit/test_heif_peer
endif

fs_liblicensefs_a_SOURCES += fs/evidence/shape.h fs/evidence/shape.c fs/evidence/record.c \
	fs/evidence/html.c fs/evidence/shape_flickr.c fs/evidence/shape_commons.c \
	fs/evidence/shape_openverse.c fs/evidence/shape_img2dataset.c \
	fs/evidence/shape_takeout.c fs/evidence/shape_plain.c \
	fs/evidence/reuse.c fs/evidence/reuse.h fs/evidence/sidecar.h fs/evidence/sidecar_json.c \
	fs/evidence/toml.c fs/evidence/toml.h fs/evidence/rules.c fs/evidence/rules.h \
	fs/evidence/rules_toml.c fs/evidence/rules_dep5.c fs/evidence/rules_tdm.c
check_PROGRAMS += tests/unit/test_shapes
tests_unit_test_shapes_SOURCES = tests/unit/test_shapes.c tests/unit/tap.h
tests_unit_test_shapes_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_shapes
check_PROGRAMS += tests/unit/test_sidecars
tests_unit_test_sidecars_SOURCES = tests/unit/test_sidecars.c tests/unit/evidence.h tests/unit/tap.h
tests_unit_test_sidecars_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_sidecars
check_PROGRAMS += tests/unit/test_rules
tests_unit_test_rules_SOURCES = tests/unit/test_rules.c tests/unit/tap.h
tests_unit_test_rules_LDADD = $(LICENSEFS_LIBS)
TESTS += tests/unit/test_rules
