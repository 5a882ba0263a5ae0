/* SPDX-License-Identifier: Apache-2.0 */
/* What keys of JSON mean by convention. */
#include <string.h>

#include "fs/document/jsonkey.h"
#include "fs/util/hash.h"

#define NORMAL_MAX 32

enum {
	FILE_NAME = LIC_JSONTAG_FIRST,
	IMAGE_PATH,
	IMAGE,
	IMAGE_NAME,
	FILE_PATH,
	PATH,
	FILE_,
	PHOTO,
	NAME,
	EXTERNAL,
	COCO_URL,
	IMAGE_URL,
	URL,
	FLICKR_URL,
	ID,
	UID,
	IMAGE_ID,
	NO_TAG = LIC_TAG_OTHER
};

#define K(x) LIC_JSONKEY_##x
#define SURE (K(NAME) | K(SURELY))

/* In lower case, without what is neither letter nor digit. */
static const struct {
	const char *word;
	unsigned meaning;
	uint8_t tag;
} keys[] = {
	{ "filename", SURE | K(FILE), FILE_NAME },
	{ "filenames", K(MANY), FILE_NAME },
	{ "imagepath", SURE | K(FILE), IMAGE_PATH },
	{ "imgpath", SURE | K(FILE), IMAGE_PATH },
	{ "impath", SURE | K(FILE), IMAGE_PATH },
	{ "imagefilepath", SURE, IMAGE_PATH },
	{ "imgfilepath", SURE, IMAGE_PATH },
	{ "imagepaths", K(MANY), IMAGE_PATH },
	{ "imgpaths", K(MANY), IMAGE_PATH },
	{ "image", SURE, IMAGE },
	{ "img", SURE, IMAGE },
	{ "images", K(MANY) | K(IMAGES), IMAGE },
	{ "imgs", K(MANY) | K(IMAGES), IMAGE },
	{ "imagelist", K(MANY), IMAGE },
	{ "imagename", SURE | K(FILE), IMAGE_NAME },
	{ "imgname", SURE | K(FILE), IMAGE_NAME },
	{ "imagefile", SURE | K(FILE), IMAGE_NAME },
	{ "imgfile", SURE | K(FILE), IMAGE_NAME },
	{ "imagefilename", SURE | K(FILE), IMAGE_NAME },
	{ "imgfilename", SURE | K(FILE), IMAGE_NAME },
	{ "imgfn", SURE | K(FILE), IMAGE_NAME },
	{ "imagenames", K(MANY), IMAGE_NAME },
	{ "imagefiles", K(MANY), IMAGE_NAME },
	{ "imagefilenames", K(MANY), IMAGE_NAME },
	{ "filepath", K(NAME) | K(FOLDER), FILE_PATH },
	{ "filepaths", K(MANY), FILE_PATH },
	{ "path", K(NAME), PATH },
	{ "paths", K(MANY), PATH },
	{ "relpath", K(NAME), PATH },
	{ "relativepath", K(NAME), PATH },
	{ "fullpath", K(NAME), PATH },
	{ "abspath", K(NAME), PATH },
	{ "localpath", K(NAME), PATH },
	{ "file", K(NAME) | K(FILE), FILE_ },
	{ "fn", K(NAME) | K(FILE), FILE_ },
	{ "files", K(MANY), FILE_ },
	{ "photo", K(NAME), PHOTO },
	{ "picture", K(NAME), PHOTO },
	{ "frame", K(NAME), PHOTO },
	{ "photos", K(MANY) | K(IMAGES), PHOTO },
	{ "pictures", K(MANY) | K(IMAGES), PHOTO },
	{ "frames", K(MANY), PHOTO },
	{ "name", K(NAME) | K(FILE), NAME },
	{ "externalid", K(NAME), EXTERNAL },
	{ "sourceref", K(NAME), EXTERNAL },
	{ "originalfilename", K(NAME), EXTERNAL },
	{ "cocourl", K(NAME), COCO_URL },
	{ "imageurl", K(NAME), IMAGE_URL },
	{ "imgurl", K(NAME), IMAGE_URL },
	{ "imageurls", K(MANY), IMAGE_URL },
	{ "url", K(NAME), URL },
	{ "urls", K(MANY), URL },
	{ "flickrurl", K(NAME), FLICKR_URL },
	{ "id", K(NAME) | K(ID), ID },
	{ "uid", K(NAME), UID },
	{ "uuid", K(NAME), UID },
	{ "key", K(NAME), UID },
	{ "token", K(NAME), UID },
	{ "imageid", K(NAME) | K(IMAGE_ID), IMAGE_ID },
	{ "imgid", K(NAME) | K(IMAGE_ID), IMAGE_ID },
	{ "imid", K(NAME) | K(IMAGE_ID), IMAGE_ID },
	{ "cocoid", K(NAME) | K(IMAGE_ID), IMAGE_ID },
	{ "imageids", K(IMAGE_ID), IMAGE_ID },
	{ "imgids", K(IMAGE_ID), IMAGE_ID },
	{ "imageidlist", K(IMAGE_ID), IMAGE_ID },
	{ "viaimageidlist", K(IMAGE_ID), IMAGE_ID },
	{ "videoid", K(VIDEO_ID), NO_TAG },
	{ "videos", K(FILMS), NO_TAG },
	{ "folder", K(FOLDER), NO_TAG },
	{ "dir", K(FOLDER), NO_TAG },
	{ "directory", K(FOLDER), NO_TAG },
	{ "subdir", K(FOLDER), NO_TAG },
	{ "subfolder", K(FOLDER), NO_TAG },
	{ "imagedir", K(FOLDER), NO_TAG },
	{ "imgdir", K(FOLDER), NO_TAG },
	{ "info", K(PLAIN), NO_TAG },
	{ "license", K(PLAIN), NO_TAG },
	{ "licenses", K(PLAIN), NO_TAG },
	{ "category", K(PLAIN), NO_TAG },
	{ "categories", K(PLAIN), NO_TAG },
	{ "classes", K(PLAIN), NO_TAG },
	{ "classnames", K(PLAIN), NO_TAG },
	{ "viasettings", K(PLAIN), NO_TAG },
	{ "viaattributes", K(PLAIN), NO_TAG },
	{ "imgtoanns", K(BY_ID), NO_TAG },
	{ "imagetoanns", K(BY_ID), NO_TAG },
	{ "imgtoann", K(BY_ID), NO_TAG },
	{ "imgidtoanns", K(BY_ID), NO_TAG },
	{ "imageidtoanns", K(BY_ID), NO_TAG },
	{ "annotations", K(BY_ID), NO_TAG },
	{ "anns", K(BY_ID), NO_TAG },
};

static size_t normal(const uint8_t *p, size_t n, char to[NORMAL_MAX])
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			continue;
		if (k == NORMAL_MAX - 1)
			return 0;
		to[k++] = (char)c;
	}
	to[k] = '\0';
	return k;
}

uint8_t lic_jsonkey_tag(struct lic_jsonkeys *k, const void *p, size_t n)
{
	uint64_t hash = lic_hash64(p, n);

	for (unsigned i = 0; i < k->n_other; i++)
		if (k->other[i] == hash)
			return (uint8_t)(LIC_JSONTAG_OTHER + i);
	if (k->n_other == LIC_ARRAY_SIZE(k->other))
		return LIC_TAG_OTHER;
	k->other[k->n_other] = hash;
	return (uint8_t)(LIC_JSONTAG_OTHER + k->n_other++);
}

static unsigned looks_of(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] >= '0' && p[i] <= '9')
		i++;
	return (lic_looks_like_image(p, n) ? LIC_JSONKEY_LOOKS_IMAGE : 0) |
	       (lic_looks_like_stem(p, n) ? LIC_JSONKEY_LOOKS_STEM : 0) |
	       (n && i == n ? LIC_JSONKEY_LOOKS_NUMBER : 0);
}

static struct lic_jsonkey look_up(const uint8_t *p, size_t n)
{
	struct lic_jsonkey key = { looks_of(p, n), NO_TAG };
	char word[NORMAL_MAX];
	size_t len = normal(p, n, word);

	for (size_t i = 0; len && i < LIC_ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].word, word) != 0)
			continue;
		key.meaning |= keys[i].meaning;
		key.tag = keys[i].tag;
		break;
	}
	return key;
}

static inline uint64_t load8(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* memcmp() of keys, most of which are short, without a call. */
static inline bool same(const uint8_t *a, const uint8_t *b, size_t n)
{
	if (n < 8) {
		for (size_t i = 0; i < n; i++)
			if (a[i] != b[i])
				return false;
		return true;
	}
	if (n <= 16)
		return load8(a) == load8(b) && load8(a + n - 8) == load8(b + n - 8);
	return memcmp(a, b, n) == 0;
}

struct lic_jsonkey lic_jsonkey_find(struct lic_jsonkeys *k, const uint8_t *p, size_t n)
{
	unsigned slot;

	if (!n || n > sizeof(k->cache[0].text))
		return look_up(p, n);
	slot = (unsigned)(n * 31 + p[0] * 7u + p[n / 2] * 13u + p[n - 1]) % LIC_JSONKEY_CACHE;
	if (k->cache[slot].n != n || !same(k->cache[slot].text, p, n)) {
		k->cache[slot].n = (uint8_t)n;
		memcpy(k->cache[slot].text, p, n);
		k->cache[slot].key = look_up(p, n);
	}
	return k->cache[slot].key;
}
