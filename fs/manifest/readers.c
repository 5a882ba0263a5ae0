/* SPDX-License-Identifier: Apache-2.0 */
/* Every format of manifests, in the order in which they are listed and tried. */
#include "fs/manifest/readers.h"

/* clang-format off */
const struct lic_manifest_reader *const lic_manifest_readers[] = {
	&lic_manifest_coco,
	&lic_manifest_flickr,
	&lic_manifest_commons,
	&lic_manifest_openverse_api,
	&lic_manifest_img2dataset,
	&lic_manifest_takeout,
	&lic_manifest_croissant,
	&lic_manifest_spdx3,
	&lic_manifest_hfcard,
	&lic_manifest_kaggle,
	&lic_manifest_datapackage,
	&lic_manifest_ckan,
	&lic_manifest_datacite,
	&lic_manifest_dataverse,
	&lic_manifest_zenodo,
	&lic_manifest_openimages,
	&lic_manifest_yfcc,
	&lic_manifest_inaturalist_open,
	&lic_manifest_openverse,
	&lic_manifest_gbif,
	&lic_manifest_unsplash,
	&lic_manifest_hf,
	&lic_manifest_imagenet,
	&lic_manifest_laion,
	&lic_manifest_captions,
	&lic_manifest_csv,
	&lic_manifest_tsv,
	&lic_manifest_jsonl,
	NULL,
};
/* clang-format on */
