/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of manifests: a line each, here and in readers.c. */
#ifndef LICENSEFS_MANIFEST_READERS_H
#define LICENSEFS_MANIFEST_READERS_H

#include "fs/manifest/reader.h"

extern const struct lic_manifest_reader lic_manifest_coco;
extern const struct lic_manifest_reader lic_manifest_flickr;
extern const struct lic_manifest_reader lic_manifest_commons;
extern const struct lic_manifest_reader lic_manifest_openverse_api;
extern const struct lic_manifest_reader lic_manifest_img2dataset;
extern const struct lic_manifest_reader lic_manifest_takeout;
extern const struct lic_manifest_reader lic_manifest_croissant;
extern const struct lic_manifest_reader lic_manifest_spdx3;
extern const struct lic_manifest_reader lic_manifest_hfcard;
extern const struct lic_manifest_reader lic_manifest_kaggle;
extern const struct lic_manifest_reader lic_manifest_datapackage;
extern const struct lic_manifest_reader lic_manifest_ckan;
extern const struct lic_manifest_reader lic_manifest_datacite;
extern const struct lic_manifest_reader lic_manifest_dataverse;
extern const struct lic_manifest_reader lic_manifest_zenodo;
extern const struct lic_manifest_reader lic_manifest_openimages;
extern const struct lic_manifest_reader lic_manifest_yfcc;
extern const struct lic_manifest_reader lic_manifest_inaturalist_open;
extern const struct lic_manifest_reader lic_manifest_openverse;
extern const struct lic_manifest_reader lic_manifest_gbif;
extern const struct lic_manifest_reader lic_manifest_unsplash;
extern const struct lic_manifest_reader lic_manifest_hf;
extern const struct lic_manifest_reader lic_manifest_imagenet;
extern const struct lic_manifest_reader lic_manifest_laion;
extern const struct lic_manifest_reader lic_manifest_captions;
extern const struct lic_manifest_reader lic_manifest_csv;
extern const struct lic_manifest_reader lic_manifest_tsv;
extern const struct lic_manifest_reader lic_manifest_jsonl;

#endif
