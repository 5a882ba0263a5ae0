/* SPDX-License-Identifier: Apache-2.0 */
/* Members of archives that may hold images of their own, as their names or first bytes tell. */
#include <string.h>
#include <strings.h>

#include "fs/document/tar.h"

/* What such files are called; like files of directories (fs/scan/classify.c). */
static const char *const containers[] = {
	"cache",  "lmdb", "mdb",     "tfrecord", "tfrecords", "zip",   "tar",	  "tgz",
	"tbz",	  "tbz2", "txz",     "gz",	 "bz2",	      "xz",    "zst",	  "lz4",
	"7z",	  "rar",  "parquet", "h5",	 "hdf5",      "arrow", "feather", "db",
	"sqlite", "idx",  "rec",     "beton",	 "index",
};

/* Numbers that belong to a sample, whatever they are wrapped in; and an image that is compressed.
 */
static const char *const features[] = { "npy", "npz", "pt",  "pth",  "mat", "safetensors",
					"pkl", "pyd", "cls", "svgz", "ten", "pickle" };

static const struct {
	unsigned at, n;
	const char *bytes;
} magics[] = {
	{ 0, 4, "PK\3\4" },
	{ 0, 4, "PK\5\6" },
	{ 0, 2, "\x1f\x8b" },
	{ 0, 3, "BZh" },
	{ 0, 6,
	  "\xfd"
	  "7zXZ\0" },
	{ 0, 4, "\x28\xb5\x2f\xfd" },
	{ 0, 4, "\x04\x22\x4d\x18" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c" },
	{ 0, 6, "Rar!\x1a\7" },
	{ 0, 4, "PAR1" },
	{ 0, 6, "ARROW1" },
	{ 0, 8, "\x89HDF\r\n\x1a\n" },
	{ 0, 16, "SQLite format 3" },
	{ 257, 5, "ustar" },
	{ 16, 4, "\xde\xc0\xef\xbe" }, /* LMDB */
};

static bool in_list(const struct lic_bytes *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t n = strlen(list[i]);

		if (name->n > n && name->p[name->n - n - 1] == '.' &&
		    strncasecmp((const char *)name->p + name->n - n, list[i], n) == 0)
			return true;
	}
	return false;
}

bool lic_tar_is_container(const struct lic_bytes *name, const uint8_t *head, size_t n)
{
	if (in_list(name, features, LIC_ARRAY_SIZE(features)))
		return false;
	if (in_list(name, containers, LIC_ARRAY_SIZE(containers)))
		return true;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(magics); i++)
		if (magics[i].at + magics[i].n <= n &&
		    memcmp(head + magics[i].at, magics[i].bytes, magics[i].n) == 0)
			return true;
	return false;
}
