/* SPDX-License-Identifier: Apache-2.0 */
/* Every reader of documents. Of equal bids the first one reads. */
#include "fs/document/readers.h"

/* clang-format off */
const struct lic_document_reader *const lic_document_readers[] = {
	&lic_document_tar,
	&lic_document_jsonl,
	&lic_document_json,
	&lic_document_ordered,
	&lic_document_table,
	&lic_document_lines,
	&lic_document_settings,
	&lic_document_classes,
	&lic_document_none,
	NULL,
};
/* clang-format on */
