/* SPDX-License-Identifier: Apache-2.0 */
/* Names: stems, companions, inert and hidden files. */
#include <licensefs/scan.h>

#include "fs/scan/internal.h"
#include "tests/unit/tap.h"

static void kind_is(const char *name, enum lic_kind kind, enum lic_rule rule)
{
	enum lic_rule got = LIC_RULE_NONE;

	is_int(lic_scan_classify(name, strlen(name), &got), kind, "kind of %s", name);
	is_int(got, rule, "rule of %s", name);
}

static void companion_is(const char *file, const char *image, int want, enum lic_rule rule)
{
	struct lic_bytes f = { (const uint8_t *)file, strlen(file) };
	struct lic_bytes i = { (const uint8_t *)image, strlen(image) };
	enum lic_rule got = LIC_RULE_NONE;

	is_int(lic_scan_companion(&f, &i, &got), want, "%s beside %s", file, image);
	if (want)
		is_int(got, rule, "rule of %s beside %s", file, image);
}

static void test_names(void)
{
	kind_is("README", LIC_KIND_INERT, LIC_RULE_INERT_NAME);
	kind_is("ReadMe.MD", LIC_KIND_INERT, LIC_RULE_INERT_NAME);
	kind_is("classes.txt", LIC_KIND_INERT, LIC_RULE_INERT_NAME);
	kind_is("readme.html", LIC_KIND_HIDDEN, LIC_RULE_NOT_IMAGE);
	kind_is("train.cache", LIC_KIND_HIDDEN, LIC_RULE_CACHE);
	kind_is("images.tar.gz", LIC_KIND_HIDDEN, LIC_RULE_CACHE);
	kind_is("train.txt", LIC_KIND_HIDDEN, LIC_RULE_NOT_IMAGE);
	kind_is(".hidden", LIC_KIND_HIDDEN, LIC_RULE_NOT_IMAGE);

	companion_is("cat.txt", "cat.jpg", 1, LIC_RULE_STEM);
	companion_is("cat.jpg.json", "cat.jpg", 1, LIC_RULE_STEM);
	companion_is("cat.XMP", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.jpg.xmp", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.npy", "cat.jpg", 1, LIC_RULE_STEM);
	companion_is("cat2.txt", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("cat.exe", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("cat.cache", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("cat", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("a.b.txt", "a.jpg", 0, LIC_RULE_NONE);
	companion_is("a.b.txt", "a.b.jpg", 1, LIC_RULE_STEM);
	companion_is("image.txt", "image", 1, LIC_RULE_STEM);
}

struct list {
	char text[256];
};

static int append(void *ctx, struct lic_item *it)
{
	struct list *l = ctx;
	size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%.*s ", (int)it->name.n,
		 (const char *)it->name.p);
	return 0;
}

/* The items that begin with a stem are found whatever sorts between them. */
static void test_family(void)
{
	static const char *const names[] = { "ca",	"cat",	   "cat 2.jpg", "cat-1.jpg",
					     "cat.jpg", "cat.xmp", "cat0.jpg",	"cats.jpg" };
	struct lic_item item[LIC_ARRAY_SIZE(names)] = { 0 };
	struct lic_scan_dir d = { .item = item, .n = LIC_ARRAY_SIZE(names) };
	struct list l = { "" };

	for (size_t i = 0; i < d.n; i++)
		item[i].name = (struct lic_bytes){ (const uint8_t *)names[i], strlen(names[i]) };
	lic_scan_dir_family(&d, "cat", 3, append, &l);
	is_str(l.text, "cat cat.jpg cat.xmp ", "family of cat");
	l.text[0] = '\0';
	lic_scan_dir_family(&d, "dog", 3, append, &l);
	is_str(l.text, "", "family of nobody");
	ok(lic_scan_dir_find(&d, "cat.xmp", 7) == &item[5], "found by name");
}

int main(void)
{
	test_names();
	test_family();
	return done_testing();
}
