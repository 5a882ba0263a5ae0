/* SPDX-License-Identifier: Apache-2.0 */
/* JSON beside an image: which record of it, if any, is about this image. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/shape.h"
#include "fs/evidence/sidecar.h"

#define AT_MAX 256

/* Keys by which programs name the file that a document is about. */
static const char *const names[] = { "file_name",  "filename",	 "fileName",   "image_path",
				     "imagePath",  "image_file", "image_name", "img_path",
				     "SourceFile", "image" };

static const char *const image_extensions[] = {
	"jpg",	"jpeg", "jpe",	"png", "gif", "webp", "tif", "tiff", "bmp",
	"heic", "heif", "avif", "jxl", "jp2", "svg",  "dng", "psd",  "ppm",
};

static const char *base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			base = path + 1;
	return base;
}

static bool is_image_name(const char *s)
{
	const char *dot = strrchr(s, '.');

	for (size_t i = 0; dot && i < LIC_ARRAY_SIZE(image_extensions); i++)
		if (strcasecmp(dot + 1, image_extensions[i]) == 0)
			return true;
	return false;
}

/* A document that names its file, and another one than this. */
static bool is_of_another(const struct lic_record *d, const char *at, const struct lic_shape *s,
			  const char *image)
{
	const char *dot = strrchr(image, '.');
	size_t stem = dot && dot != image ? (size_t)(dot - image) : strlen(image);

	if (s == &lic_shape_img2dataset) {
		const char *key = lic_record_text(d, at, "key");

		return strlen(key) != stem || strncmp(key, image, stem) != 0;
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++) {
		const char *name = base_name(lic_record_text(d, at, names[i]));

		if (is_image_name(name) && strcasecmp(name, image) != 0)
			return true;
	}
	return false;
}

/* The only thing below `above`: an item of a list, or a member with any key. */
static bool only_child(const struct lic_record *d, const char *above, char at[AT_MAX])
{
	size_t n = strlen(above), len = 0;

	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		size_t k = n;

		if (strncmp(path, above, n) != 0 || (n && path[n] != '.' && path[n] != '['))
			continue;
		k += path[k] == '.' || path[k] == '[';
		k += strcspn(path + k, ".[");
		if (len && (k != len || strncmp(path, at, len) != 0))
			return false;
		if (k >= AT_MAX)
			return false;
		memcpy(at, path, k);
		at[k] = '\0';
		len = k;
	}
	return len > n;
}

/* Where programs and APIs put the one record of an answer. */
static const struct lic_shape *find(const struct lic_record *d, char at[AT_MAX])
{
	static const char *const lists[] = { "photos.photo", "query.pages", "results" };
	const struct lic_shape *s;

	at[0] = '\0';
	s = lic_shape_find(d, at);
	if (s)
		return s;
	if (lic_record_has(d, "", "photo.id")) {
		snprintf(at, AT_MAX, "photo");
		return lic_shape_find(d, at);
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(lists); i++)
		if (only_child(d, lists[i], at))
			return lic_shape_find(d, at);
	/* exiftool -json writes a list of one */
	return d->n && d->item[0].path.p[0] == '[' && only_child(d, "", at) ? lic_shape_find(d, at)
									    : NULL;
}

void lic_sidecar_json(struct lic_reading *r, const uint8_t *p, size_t n, const char *image)
{
	_cleanup_(lic_record_release) struct lic_record d = LIC_RECORD_INIT;
	const struct lic_shape *s;
	char at[AT_MAX];

	if (!lic_record_parse(&d, p, n)) {
		lic_reading_damage(r, n > LIC_RECORD_DOCUMENT_MAX
					      ? "a JSON sidecar is larger than the limits allow"
					      : "a JSON sidecar is malformed");
		return;
	}
	s = find(&d, at);
	if (s && !is_of_another(&d, at, s, image))
		s->claims(r, &d, at);
}
