/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which file of a directory belongs to which image, by their names.
 *
 * Google Takeout's are the odd ones: names are cut, ".supplemental-metadata" is cut further, and
 * the counter of "IMG(1).jpg" moves behind the extension: "IMG.jpg(1).json".
 */
#include <string.h>
#include <strings.h>

#include "fs/scan/internal.h"

/* Extensions of files that belong to the image with the same stem. */
static const char *const companion_extensions[] = {
	"txt", "caption", "captions", "cap", "tags",	"xml", "json",	 "npy",
	"npz", "pts",	  "mat",      "xmp", "license", "cls", "prompt", "c2pa",
};

/* Those of them that are read for what they state about their image. */
static const char *const sidecar_extensions[] = { "xmp", "c2pa", "license", "json" };

#define TAKEOUT_NAME 46	 /* bytes of an image's name that stay in the name of its metadata */
#define TAKEOUT_IMAGE 60 /* bytes of the longest image name, and some more */

static bool in_list(const struct lic_bytes *s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == s->n && strncasecmp((const char *)s->p, list[i], s->n) == 0)
			return true;
	return false;
}

static struct lic_bytes stem_of(const struct lic_bytes *name)
{
	return (struct lic_bytes){ name->p, lic_stem_length(name->p, name->n) };
}

/* Without its dot; empty where there is none. */
static struct lic_bytes extension_of(const struct lic_bytes *name)
{
	size_t stem = lic_stem_length(name->p, name->n);

	if (stem == name->n)
		return (struct lic_bytes){ name->p + name->n, 0 };
	return (struct lic_bytes){ name->p + stem + 1, name->n - stem - 1 };
}

static bool is_same(const struct lic_bytes *a, const struct lic_bytes *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static bool extension_is(const struct lic_bytes *name, const char *extension)
{
	struct lic_bytes e = extension_of(name);

	return in_list(&e, &extension, 1);
}

bool lic_is_sidecar_name(const void *name, size_t n)
{
	struct lic_bytes file = { name, n }, e = extension_of(&file);

	return e.n && in_list(&e, sidecar_extensions, LIC_ARRAY_SIZE(sidecar_extensions));
}

/* --- Takeout ------------------------------------------------------------------------------ */

/* The length of a name without "(12)" at its end; n where there is none. */
static size_t without_counter(const struct lic_bytes *s)
{
	size_t i = s->n;

	if (i < 3 || s->p[i - 1] != ')')
		return s->n;
	for (i--; i && s->p[i - 1] >= '0' && s->p[i - 1] <= '9';)
		i--;
	return i > 1 && i < s->n - 1 && s->p[i - 1] == '(' ? i - 1 : s->n;
}

static const char suffix[] = ".supplemental-metadata";

/* The suffix, or as much of it as is left: ".supplemen", ".s", ".", "". */
static bool is_suffix(const uint8_t *p, size_t n)
{
	return n < sizeof(suffix) && memcmp(p, suffix, n) == 0;
}

/* Is `base` (of "base.json") this name, perhaps cut, with a suffix that may be cut? */
static bool is_base_of(const struct lic_bytes *base, const struct lic_bytes *image)
{
	if (base->n >= image->n)
		return memcmp(base->p, image->p, image->n) == 0 &&
		       is_suffix(base->p + image->n, base->n - image->n);
	return base->n == TAKEOUT_NAME && image->n <= TAKEOUT_IMAGE &&
	       memcmp(base->p, image->p, base->n) == 0;
}

static bool is_takeout(const struct lic_bytes *file, const struct lic_bytes *image)
{
	struct lic_bytes base = stem_of(file), stem = stem_of(image), ext = extension_of(image);
	struct lic_bytes counter = base, plain = { NULL, 0 };
	uint8_t name[256];
	size_t counted = without_counter(&stem);

	if (is_base_of(&base, image))
		return true;
	if (counted == stem.n || image->n > sizeof(name))
		return false;
	/* "IMG.jpg(1)" beside "IMG(1).jpg" */
	base.n = without_counter(&base);
	counter = (struct lic_bytes){ base.p + base.n, counter.n - base.n };
	if (counter.n != stem.n - counted || memcmp(counter.p, stem.p + counted, counter.n) != 0)
		return false;
	memcpy(name, stem.p, counted);
	name[counted] = '.';
	memcpy(name + counted + 1, ext.p, ext.n);
	plain = (struct lic_bytes){ name, counted + 1 + ext.n };
	return is_base_of(&base, &plain);
}

/* --- all ---------------------------------------------------------------------------------- */

bool lic_scan_companion(const struct lic_bytes *file, const struct lic_bytes *image,
			enum lic_rule *ret_rule)
{
	struct lic_bytes e = extension_of(file), stem = stem_of(file), image_stem = stem_of(image);
	bool is_whole = is_same(&stem, image);

	if (!e.n || !in_list(&e, companion_extensions, LIC_ARRAY_SIZE(companion_extensions)))
		return false;
	if (!is_whole && !is_same(&stem, &image_stem) &&
	    !(extension_is(file, "json") && is_takeout(file, image)))
		return false;
	/* "cat.license" belongs to a file called "cat" (REUSE 3.3) */
	*ret_rule = lic_is_sidecar_name(file->p, file->n) &&
				    (is_whole || !extension_is(file, "license"))
			    ? LIC_RULE_SIDECAR
			    : LIC_RULE_STEM;
	return true;
}

struct related {
	const struct lic_scan_dir *dir;
	const struct lic_bytes *name;
	bool is_image; /* `name` is an image's */
	int (*fn)(void *ctx, struct lic_item *it);
	void *ctx;
};

static int report(void *ctx, struct lic_item *it)
{
	const struct related *r = ctx;
	enum lic_rule rule;

	if (is_same(r->name, &it->name) ||
	    !(r->is_image ? lic_scan_companion(&it->name, r->name, &rule)
			  : lic_scan_companion(r->name, &it->name, &rule)))
		return 0;
	return r->fn(r->ctx, it);
}

/* The item called by these pieces together, if there is one. */
static int report_named(const struct related *r, const struct lic_bytes *piece, size_t n)
{
	uint8_t name[512];
	size_t len = 0;
	struct lic_item *it;

	for (size_t i = 0; i < n; i++) {
		if (piece[i].n > sizeof(name) - len)
			return 0;
		if (piece[i].n)
			memcpy(name + len, piece[i].p, piece[i].n);
		len += piece[i].n;
	}
	it = lic_scan_dir_find(r->dir, name, len);
	return it ? report((void *)(uintptr_t)r, it) : 0;
}

static const struct lic_bytes dot = { (const uint8_t *)".", 1 };
static const struct lic_bytes json = { (const uint8_t *)".json", 5 };

static struct lic_bytes supplement(size_t n)
{
	return (struct lic_bytes){ (const uint8_t *)suffix, n };
}

/* Metadata of Takeout that does not begin with the image's stem and a dot. */
static int odd_companions(const struct related *r)
{
	struct lic_bytes stem = stem_of(r->name), ext = extension_of(r->name);
	size_t counted = without_counter(&stem);
	int e = 0;

	if (stem.n > TAKEOUT_NAME) {
		struct lic_bytes cut[] = { { stem.p, TAKEOUT_NAME }, json };

		e = report_named(r, cut, LIC_ARRAY_SIZE(cut));
	}
	for (size_t k = 0; e == 0 && counted < stem.n && k < sizeof(suffix); k++) {
		struct lic_bytes moved[] = { { stem.p, counted },
					     dot,
					     ext,
					     supplement(k),
					     { stem.p + counted, stem.n - counted },
					     json };

		e = report_named(r, moved, LIC_ARRAY_SIZE(moved));
	}
	return e;
}

int lic_scan_dir_companions(const struct lic_scan_dir *d, const struct lic_bytes *image,
			    int (*fn)(void *ctx, struct lic_item *it), void *ctx)
{
	struct related r = { d, image, true, fn, ctx };
	/* "cat." begins both cat.xmp and cat.jpg.xmp */
	int e = lic_scan_dir_family(d, image->p, lic_stem_length(image->p, image->n), report, &r);

	return e ? e : odd_companions(&r);
}

/* Images of names that were cut: what is no member of the family. */
static int report_cut(void *ctx, struct lic_item *it)
{
	return it->name.p[TAKEOUT_NAME] == '.' ? 0 : report(ctx, it);
}

/* The images of Takeout's metadata that do not begin with its stem and a dot. */
static int odd_images(const struct related *r)
{
	struct lic_bytes base = stem_of(r->name);
	size_t counted = without_counter(&base);
	struct lic_bytes counter = { base.p + counted, base.n - counted };
	int e = 0;

	if (base.n == TAKEOUT_NAME)
		e = lic_scan_dir_prefix(r->dir, base.p, base.n, report_cut, (void *)(uintptr_t)r);
	for (size_t k = 0; e == 0 && k < sizeof(suffix) && k < counted; k++) {
		struct lic_bytes name = { base.p, counted - k };
		struct lic_bytes stem = stem_of(&name), ext = extension_of(&name);
		struct lic_bytes moved[] = { stem, counter, dot, ext };

		if (memcmp(name.p + name.n, suffix, k) != 0)
			continue;
		if (counter.n && ext.n)
			e = report_named(r, moved, LIC_ARRAY_SIZE(moved));
		else if (!counter.n && k)
			e = report_named(r, &name, 1);
	}
	return e;
}

int lic_scan_dir_images(const struct lic_scan_dir *d, const struct lic_bytes *file,
			int (*fn)(void *ctx, struct lic_item *it), void *ctx)
{
	struct related r = { d, file, false, fn, ctx };
	int e = lic_scan_dir_family(d, file->p, lic_stem_length(file->p, file->n), report, &r);

	return e || !extension_is(file, "json") ? e : odd_images(&r);
}
