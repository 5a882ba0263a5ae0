/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store holds beside images: documents by format, companions, inert and hidden files, and
 * what a person should know or do about those that cannot be filtered.
 */
#ifndef LICENSEFS_TOOLS_DOCUMENTS_H
#define LICENSEFS_TOOLS_DOCUMENTS_H

#include <licensefs/document.h>
#include <licensefs/json.h>

#include "image.h"

struct document_total {
	int64_t files, records, named, found; /* images that records name */
};

/* A file that is named. */
struct noted_file {
	char *path;
	size_t n;
	enum lic_kind kind;
	enum lic_rule rule;
	bool looked; /* a scan has looked into it */
	struct lic_document document;
};

struct documents {
	int64_t kinds[LIC_KIND_DOCUMENT + 1];
	int64_t hidden[LIC_RULE_COUNT];
	struct document_total format[LIC_DOCUMENT_FORMAT_COUNT];
	struct noted_file *noted;
	size_t n_noted;
	int64_t more; /* files that there is something to say about, and that are not named */
};

/* Counts an entry that is no image. Named are files that cannot be filtered or that have a note, a
 * few of them; `all`: and every hidden file. */
int documents_add(struct documents *d, struct lic_catalog *cat, struct path_cache *cache,
		  const struct lic_entry *e, bool all, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
void documents_release(struct documents *d) _nonnull_all_;
/* Tables of documents, of hidden files with what to do, and the files that are named; nothing where
 * there are none. Each begins with an empty line. */
void documents_print(const struct documents *d) _nonnull_all_;
/* The keys documents and hidden; `all`: and hidden_files. */
void documents_json(const struct documents *d, struct lic_json *j, bool all) _nonnull_(1, 2);

/* What a person can do about a file of that kind, in a few words; NULL: nothing. */
const char *documents_advice(enum lic_kind kind, enum lic_rule rule, const struct lic_document *d)
	_nonnull_(3);
/* What there is to say about the file itself beyond its rule: its note, its checksum; "" for
 * nothing. Text that is safe to show. */
void documents_note(const struct lic_document *d, struct lic_buf *out) _nonnull_all_;
/* Makes subjects and bound those of images that are named: an index may have one for what stands
 * between records. Appends some of the names that found no image to `missing` (NULL is allowed). */
int documents_count(struct lic_catalog *cat, int64_t entry, struct lic_document *d,
		    struct lic_buf *missing, struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* A document as one object: format, records, named, found, checksum, note. */
void documents_json_one(const struct lic_document *d, struct lic_json *j) _nonnull_all_;

#endif
