/* SPDX-License-Identifier: Apache-2.0 */
/* Words and phrases for kinds and rules. */
#include <licensefs/catalog.h>

static const struct {
	const char *name, *text;
} rules[LIC_RULE_COUNT] = {
	[LIC_RULE_NONE] = { "none", "no rule applies" },
	[LIC_RULE_CONTENT] = { "content", "an image by its content" },
	[LIC_RULE_STEM] = { "stem", "belongs to the image of the same name" },
	[LIC_RULE_SIDECAR] = { "sidecar", "metadata sidecar of an image" },
	[LIC_RULE_INERT_NAME] = { "inert-name", "a name known to hold no images" },
	[LIC_RULE_CACHE] = { "cache", "a cache or container that may hold images" },
	[LIC_RULE_SYMLINK] = { "symlink", "a symbolic link; links are never shown" },
	[LIC_RULE_SPECIAL] = { "special", "a FIFO, socket or device" },
	[LIC_RULE_NOT_IMAGE] = { "not-image", "neither an image nor known to belong to one" },
	[LIC_RULE_OTHER_FS] = { "other-filesystem", "a mount point of another filesystem" },
	[LIC_RULE_UNREADABLE] = { "unreadable", "could not be opened or read" },
	[LIC_RULE_WAITING] = { "waiting", "not looked into yet" },
	[LIC_RULE_LAYOUT] = { "layout", "belongs to an image in another directory" },
	[LIC_RULE_MASK] = { "mask", "a mask of an image in another directory" },
	[LIC_RULE_INERT_CONTENT] = { "inert-content",
				     "settings or names of classes, and no images" },
	[LIC_RULE_ABSOLUTE] = { "absolute",
				"settings with absolute paths, which lead out of a mount" },
	[LIC_RULE_RECORDS] = { "records", "a document: made of records about images" },
	[LIC_RULE_MALFORMED] = { "malformed", "breaks the rules of its format" },
	[LIC_RULE_UNBOUND] = { "unbound", "names no image of the store" },
	[LIC_RULE_NAMES_IMAGES] = { "names-images", "names images where they cannot be left out" },
};

const char *lic_rule_text(enum lic_rule r)
{
	return (unsigned)r < LIC_RULE_COUNT ? rules[r].text : "unknown rule";
}

const char *lic_rule_name(enum lic_rule r)
{
	return (unsigned)r < LIC_RULE_COUNT ? rules[r].name : "unknown";
}

const char *lic_kind_name(enum lic_kind k)
{
	static const char *const name[] = { "none",  "directory", "image",   "companion",
					    "inert", "hidden",	  "document" };

	return (unsigned)k < LIC_ARRAY_SIZE(name) ? name[k] : "unknown";
}
