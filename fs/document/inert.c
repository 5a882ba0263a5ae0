/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files that are about a dataset as a whole: a closed list. */
#include <string.h>
#include <strings.h>

#include <licensefs/document.h>

/* They may stand in any letter case, alone or with one of the extensions below. */
static const char *const names[] = {
	"readme",  "license", "licence",      "licenses", "copying",   "copyright",   "notice",
	"authors", "credits", "contributors", "citation", "changelog", "attribution",
};
static const char *const extensions[] = { "", "txt", "md", "rst", "cff", "bib" };

static bool in_list(const char *s, size_t n, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == n && strncasecmp(s, list[i], n) == 0)
			return true;
	return false;
}

bool lic_inert_name(const void *name, size_t n)
{
	const char *s = name;
	size_t stem = n, ext = n;

	for (size_t i = n; i > 1 && stem == n; i--)
		if (s[i - 1] == '.')
			stem = i - 1, ext = i;
	return in_list(s, stem, names, LIC_ARRAY_SIZE(names)) &&
	       in_list(s + ext, n - ext, extensions, LIC_ARRAY_SIZE(extensions));
}
