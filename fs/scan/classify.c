/* SPDX-License-Identifier: Apache-2.0 */
/* Which kind a file that is no image has, by its name: closed lists, everything else is hidden. */
#include <string.h>
#include <strings.h>

#include <licensefs/document.h>

#include "fs/scan/internal.h"

/* Caches and containers that list or hold images. */
static const char *const cache_extensions[] = {
	"cache", "npy",	   "npz", "lmdb",   "mdb",   "tfrecord", "tfrecords", "zip",
	"tgz",	 "gz",	   "bz2", "xz",	    "zst",   "7z",	 "rar",	      "parquet",
	"h5",	 "hdf5",   "pkl", "pickle", "pt",    "pth",	 "arrow",     "feather",
	"db",	 "sqlite", "idx", "rec",    "beton", "bin",	 "index",
};

static bool same(const char *a, size_t n, const char *b)
{
	return strlen(b) == n && strncasecmp(a, b, n) == 0;
}

static bool in_list(const char *s, size_t n, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same(s, n, list[i]))
			return true;
	return false;
}

size_t lic_stem_length(const void *name, size_t n)
{
	const char *s = name;

	for (size_t i = n; i > 1; i--)
		if (s[i - 1] == '.')
			return i - 1;
	return n;
}

enum lic_kind lic_scan_classify(const void *name, size_t n, enum lic_rule *ret_rule)
{
	const char *s = name;
	size_t stem = lic_stem_length(name, n);
	const char *ext = stem < n ? s + stem + 1 : s + n;
	size_t ext_n = (size_t)(s + n - ext);

	if (lic_inert_name(name, n)) {
		*ret_rule = LIC_RULE_INERT_NAME;
		return LIC_KIND_INERT;
	}
	/* names of classes, as torchvision keeps them beside ImageNet */
	if (same(s, n, "meta.bin"))
		*ret_rule = LIC_RULE_WAITING;
	else if (ext_n && in_list(ext, ext_n, cache_extensions, LIC_ARRAY_SIZE(cache_extensions)))
		*ret_rule = LIC_RULE_CACHE;
	else
		*ret_rule = LIC_RULE_WAITING; /* for somebody to look into it */
	return LIC_KIND_HIDDEN;
}
