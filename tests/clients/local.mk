# SPDX-License-Identifier: Apache-2.0
# Real programs over mounts of examples/store: make check-clients (tests/run.sh installs them).
client_tests = tests/clients/torch.t tests/clients/opencv.t tests/clients/pil.t \
	tests/clients/sharp.t tests/clients/darknet.t tests/clients/find.t \
	tests/clients/snapshot.t tests/clients/thunar.t tests/clients/pcmanfm.t \
	tests/clients/exiftool.t tests/clients/reuse.t
client_tests += tests/clients/torch_coco.t tests/clients/torch_voc.t \
	tests/clients/shards.t tests/clients/labels.t tests/clients/class_index.t
client_tests += tests/clients/export.t
EXTRA_DIST += tests/clients/torch_shards.py
client_tests += tests/clients/proof.t
EXTRA_DIST += tests/clients/proof_train.py tests/clients/proof_count.py
client_tests += tests/clients/page.t
client_tests += tests/clients/valid.t
EXTRA_DIST += tests/clients/valid.py tests/clients/valid.mjs
EXTRA_DIST += tests/clients/datasets.sh tests/clients/layouts.py tests/clients/layouts_boxes.py \
	tests/clients/layouts_classes.py tests/clients/layouts_tables.py \
	tests/clients/layouts_shards.py tests/clients/oracle.py tests/clients/cocoshim.py \
	tests/clients/torch_coco.py tests/clients/torch_voc.py tests/clients/torch_vocseg.py \
	tests/clients/tar_stream.py tests/clients/hf_imagefolder.py \
	tests/clients/ultralytics_scan.py tests/clients/darknet_list.sh tests/clients/states.py
TESTS += tests/clients/views.t tests/clients/readme.t tests/clients/layouts.t tests/clients/takedown.t
dist_check_SCRIPTS += tests/clients/views.t tests/clients/readme.t tests/clients/layouts.t \
	tests/clients/takedown.t $(client_tests)
EXTRA_DIST += tests/run.sh tests/clients/lib.sh tests/clients/views.tsv \
	tests/clients/torch_imagefolder.py tests/clients/opencv_imread.py \
	tests/clients/pil_verify.py tests/clients/sharp_decode.mjs tests/clients/darknet_train.sh \
	tests/clients/exiftool_equal.py tests/clients/exiftool_write.py \
	tests/clients/exiftool_fields.tsv tests/clients/find_file.sh tests/clients/snapshot.sh tests/clients/filemanager_shot.sh
.PHONY: check-clients print-tests
check-clients:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(client_tests)'
print-tests:
	@echo $(TESTS)
