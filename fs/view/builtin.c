/* SPDX-License-Identifier: Apache-2.0 */
/* The views that every catalog has, and the words of the language. */
#include <string.h>

#include "fs/view/view.h"

/* Their place, counted from 1, is their number in inode numbers: append only. */
static const struct lic_builtin_view views[] = {
	{ "noncommercial", "noncommercial-use", "may be used for noncommercial purposes" },
	{ "commercial", "commercial-use", "may be used commercially" },
	{ "redistributable", "noncommercial-use & redistribute", "may be passed on" },
	{ "augmentable", "noncommercial-use & derive", "may be adapted, at least internally" },
	{ "augmentable-shared", "noncommercial-use & derive & share-adaptations",
	  "may be adapted, and the adaptations passed on" },
	{ "attribution-free", "noncommercial-use & !attribution", "asks for no attribution" },
	{ "public-domain", "public-domain", "dedicated to or marked as the public domain" },
};

_Static_assert(LIC_VIEW_FIRST_COMBINED + (1 << LIC_ARRAY_SIZE(views)) <= LIC_VIEW_FIRST_SNAPSHOT,
	       "every combination of built-in views has a number");

static const char *const words[] = {
	"noncommercial-use",
	"commercial-use",
	"redistribute",
	"derive",
	"share-adaptations",
	"attribution",
	"notice",
	"sharealike",
	"reserved",
	"status",
	"license",
	"creator",
	"source",
	"collection",
	"origin",
	"release",
	"territory",
	"path",
	"public-domain",
	"and",
	"or",
	"not",
	"is",
	"by-license",
};

const struct lic_builtin_view *lic_view_builtin(size_t i)
{
	return i < LIC_ARRAY_SIZE(views) ? &views[i] : NULL;
}

const char *lic_view_word(size_t i)
{
	return i < LIC_ARRAY_SIZE(words) ? words[i] : NULL;
}

unsigned lic_view_builtin_number(const char *name, size_t n)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(views); i++)
		if (strlen(views[i].name) == n && memcmp(views[i].name, name, n) == 0)
			return (unsigned)i + 1;
	return 0;
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

bool lic_view_name_valid(const char *name)
{
	size_t n = strlen(name);

	if (!n || n > LIC_VIEW_NAME_MAX || *name == '.' || *name == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_name_byte(name[i]))
			return false;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (strcasecmp(words[i], name) == 0)
			return false;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(views); i++)
		if (strcasecmp(views[i].name, name) == 0)
			return false;
	return true;
}
