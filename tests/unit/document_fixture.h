/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and archives in a scratch catalog, without a scan that would find them. */
#ifndef LICENSEFS_TESTS_DOCUMENT_FIXTURE_H
#define LICENSEFS_TESTS_DOCUMENT_FIXTURE_H

#include <licensefs/catalog_documents.h>

#include "tests/unit/catalog_fixture.h"

/* What a fixture's index says: nothing in here looks into it. */
#define fix_records ((const uint8_t *)"records")
#define fix_names ((const uint8_t *)"names")

_unused_ static int64_t put_waiting(struct lic_txn *txn, int64_t parent, const char *name)
{
	struct lic_entry e = entry_of(parent, name, strlen(name), LIC_KIND_HIDDEN);

	e.rule = LIC_RULE_WAITING;
	return lic_catalog_put(txn, &e, NULL, &fix_err) < 0 ? -1 : e.id;
}

_unused_ static int index_as(struct lic_txn *txn, int64_t id, enum lic_kind kind,
			     enum lic_rule rule, const char *note)
{
	struct lic_document d = { .format = 6, .records = 9, .subjects = 5 };
	int r = lic_catalog_document_begin(txn, id, &fix_err);

	snprintf(d.note, sizeof(d.note), "%s", note);
	if (r == 0)
		r = lic_catalog_document_piece(txn, id, LIC_PART_RECORDS, fix_records, 7, &fix_err);
	if (r == 0)
		r = lic_catalog_document_piece(txn, id, LIC_PART_NAMES, fix_names, 5, &fix_err);
	return r < 0 ? r : lic_catalog_document_put(txn, id, &d, kind, rule, &fix_err);
}

/* A document, not bound yet. */
_unused_ static int64_t put_document(struct lic_txn *txn, int64_t parent, const char *name)
{
	int64_t id = put_waiting(txn, parent, name);

	if (id < 0 || index_as(txn, id, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, "") < 0)
		return -1;
	return id;
}

_unused_ static int bind_document(struct lic_txn *txn, int64_t id, const char *packed,
				  const int64_t *image, size_t n)
{
	struct lic_bytes piece = { (const uint8_t *)packed, strlen(packed) };

	return lic_catalog_document_bind(txn, id, &piece, 1, n ? 1 : 0, image, n, LIC_KIND_DOCUMENT,
					 LIC_RULE_RECORDS, &fix_err);
}

#endif
