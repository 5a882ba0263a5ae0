/* SPDX-License-Identifier: Apache-2.0 */
/* Words and phrases for formats of documents. */
#include <licensefs/document.h>

static const struct {
	const char *name, *text;
} formats[LIC_DOCUMENT_FORMAT_COUNT] = {
	[LIC_DOCUMENT_NONE] = { "none", "no document" },
	[LIC_DOCUMENT_COCO] = { "coco", "COCO JSON" },
	[LIC_DOCUMENT_JSON] = { "json", "JSON" },
	[LIC_DOCUMENT_JSONL] = { "jsonl", "JSON Lines" },
	[LIC_DOCUMENT_CSV] = { "csv", "CSV" },
	[LIC_DOCUMENT_TSV] = { "tsv", "TSV" },
	[LIC_DOCUMENT_LIST] = { "list", "list of images" },
	[LIC_DOCUMENT_COUNTED] = { "counted-list", "list of images with their number" },
	[LIC_DOCUMENT_ORDERED] = { "ordered-list", "list in the order of images" },
	[LIC_DOCUMENT_TAR] = { "tar", "tar archive" },
	[LIC_DOCUMENT_SETTINGS] = { "settings", "settings" },
	[LIC_DOCUMENT_CLASSES] = { "classes", "names of classes" },
};

const char *lic_document_format_text(enum lic_document_format f)
{
	return (unsigned)f < LIC_DOCUMENT_FORMAT_COUNT ? formats[f].text : "unknown";
}

const char *lic_document_format_name(enum lic_document_format f)
{
	return (unsigned)f < LIC_DOCUMENT_FORMAT_COUNT ? formats[f].name : "unknown";
}
