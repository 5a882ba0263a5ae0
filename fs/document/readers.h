/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of documents, one a format or family of formats. */
#ifndef LICENSEFS_DOCUMENT_READERS_H
#define LICENSEFS_DOCUMENT_READERS_H

#include "fs/document/index.h"

/* clang-format off */
extern const struct lic_document_reader lic_document_tar;
extern const struct lic_document_reader lic_document_ordered;
extern const struct lic_document_reader lic_document_table;
extern const struct lic_document_reader lic_document_lines;
extern const struct lic_document_reader lic_document_settings;
extern const struct lic_document_reader lic_document_classes;
extern const struct lic_document_reader lic_document_none; /* what no other one reads */
extern const struct lic_document_reader lic_document_json;
extern const struct lic_document_reader lic_document_jsonl;
/* clang-format on */

#endif
