/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of manifests: a line each, here and in readers.c. */
#ifndef LICENSEFS_MANIFEST_READERS_H
#define LICENSEFS_MANIFEST_READERS_H

#include "fs/manifest/reader.h"

extern const struct lic_manifest_reader lic_manifest_coco;
extern const struct lic_manifest_reader lic_manifest_flickr;
extern const struct lic_manifest_reader lic_manifest_commons;

#endif
