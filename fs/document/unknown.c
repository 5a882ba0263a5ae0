/* SPDX-License-Identifier: Apache-2.0 */
/* Files that no reader of documents knows: what to tell a person about them. */
#include <string.h>

#include "fs/document/readers.h"
#include "fs/document/sample.h"

static const struct {
	size_t at;
	const char *magic; /* n bytes */
	size_t n;
	const char *note;
} kinds[] = {
	{ 0, "PK\3\4", 4, "a zip archive, which cannot be filtered; unpack it beside" },
	{ 0, "\x1f\x8b", 2, "compressed by gzip, which cannot be filtered; unpack it beside" },
	{ 0, "BZh", 3, "compressed by bzip2, which cannot be filtered; unpack it beside" },
	{ 0,
	  "\xfd"
	  "7zXZ\0",
	  6, "compressed by xz, which cannot be filtered; unpack it beside" },
	{ 0, "\x28\xb5\x2f\xfd", 4,
	  "compressed by zstd, which cannot be filtered; unpack it beside" },
	{ 0, "7z\xbc\xaf\x27\x1c", 6, "a 7z archive, which cannot be filtered; unpack it beside" },
	{ 0, "Rar!\x1a\7", 6, "a RAR archive, which cannot be filtered; unpack it beside" },
	{ 0, "\x89HDF\r\n\x1a\n", 8, "HDF5, which cannot be filtered; keep its images as files" },
	{ 0, "\x93NUMPY", 6, "an array of NumPy, which cannot be filtered" },
	{ 0, "PAR1", 4, "Parquet, which cannot be filtered; write the table as CSV or JSON Lines" },
	{ 0, "ARROW1", 6, "Arrow, which cannot be filtered; write the table as CSV or JSON Lines" },
	{ 0, "SQLite format 3", 16, "a database of SQLite, which cannot be filtered" },
	{ 0, "\xff\xfe", 2, "UTF-16, which is not read; convert it to UTF-8 with iconv" },
	{ 0, "\xfe\xff", 2, "UTF-16, which is not read; convert it to UTF-8 with iconv" },
	{ 0, "%PDF-", 5, "a PDF, which may show images and cannot be filtered" },
	{ 0, "MATLAB 5.0 MAT-file", 19, "a file of MATLAB, which cannot be filtered" },
	{ 0,
	  "\x7f"
	  "ELF",
	  4, "a program" },
	{ 0, "#!", 2, "a script; nothing in it names an image" },
	{ 4, "ftyp", 4, "a film, or an image that licensefs does not know" },
	{ 0, "\x1a\x45\xdf\xa3", 4, "a film" },
	{ 0, "RIFF", 4, "a film or a sound" },
};

static int bid(const struct lic_indexing *x)
{
	(void)x;
	return 1;
}

static const char *what_it_is(const struct lic_indexing *x)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(kinds); i++)
		if (x->head_n >= kinds[i].at + kinds[i].n &&
		    memcmp(x->head + kinds[i].at, kinds[i].magic, kinds[i].n) == 0)
			return kinds[i].note;
	if (lic_head_kind(x) == LIC_HEAD_BINARY)
		return "binary data that licensefs does not know; nobody can tell whether it holds "
		       "or names images";
	if (lic_head_kind(x) == LIC_HEAD_EMPTY)
		return "empty";
	return "text in which nothing looks like the name of an image";
}

static int say(struct lic_indexing *x, struct lic_error *err)
{
	(void)err;
	lic_index_refuse(x, "%s", what_it_is(x));
	x->ret->flags = LIC_DOCUMENT_UNKNOWN;
	return 0;
}

const struct lic_document_reader lic_document_none = { "none", bid, say };
