/* SPDX-License-Identifier: Apache-2.0 */
/* File names at the end of addresses: which of them may say whose image a file is. */
#include <string.h>

#include "fs/manifest/key.h"
#include "fs/manifest/table.h"

#define STEM_MIN 5u   /* shorter names are counted or common */
#define DIGITS_MIN 6u /* fewer number the images of a set */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* What servers call every image, and cameras their first one. */
static bool is_common_word(const uint8_t *p, size_t n)
{
	static const char *const words[] = {
		"default", "image",	"images",   "img",     "imag",	     "photo",	 "photos",
		"picture", "pictures",	"pic",	    "full",    "large",	     "medium",	 "small",
		"thumb",   "thumbnail", "original", "preview", "square",     "download", "file",
		"media",   "index",	"untitled", "scan",    "screenshot", "cover",	 "banner",
		"display", "master",	"source",   "front",   "back",	     "dsc",	 "dscn",
		"dscf",	   "dscp",	"pict",	    "cimg",    "sam",	     "hpim",	 "pxl",
		"mvi",	   "imgp",	"kimg",	    "p",       "gopr",	     "dji",	 "sdc",
		"view",	   "print",	"frame",    "page",    "copy",	     "main",	 "web",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == n && strncasecmp((const char *)p, words[i], n) == 0)
			return true;
	return false;
}

/* A common word, a number of few digits, or both: "IMG_1234", "0001", "photo-2 (1)", "large". */
static bool is_common(struct lic_bytes stem)
{
	size_t digits = 0, i = 0;

	while (i < stem.n) {
		size_t from = i;

		if (is_digit(stem.p[i])) {
			while (i < stem.n && stem.p[i] == '0')
				i++; /* zeros before a number: it counts something */
			for (; i < stem.n && is_digit(stem.p[i]); i++)
				digits++;
		} else if (is_letter(stem.p[i])) {
			while (i < stem.n && is_letter(stem.p[i]))
				i++;
			if (!is_common_word(stem.p + from, i - from))
				return false;
		} else if (stem.p[i] < 0x80) {
			i++;
		} else {
			return false;
		}
	}
	return digits < DIGITS_MIN;
}

/* The host of an address, without user and port. */
static struct lic_bytes host_of(struct lic_bytes url)
{
	const uint8_t *p = memmem(url.p, url.n, "://", 3);
	struct lic_bytes h = { NULL, 0 };

	if (!p)
		return h;
	h.p = p + 3;
	while (h.p + h.n < url.p + url.n && !strchr("/?#:", h.p[h.n]))
		h.n++;
	return h;
}

static bool is_flickr(struct lic_bytes url)
{
	static const char *const hosts[] = { "staticflickr.com", "static.flickr.com" };
	struct lic_bytes h = host_of(url);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(hosts); i++) {
		size_t n = strlen(hosts[i]);

		if (h.n >= n && strncasecmp((const char *)h.p + h.n - n, hosts[i], n) == 0 &&
		    (h.n == n || h.p[h.n - n - 1] == '.'))
			return true;
	}
	return false;
}

static struct lic_bytes stem_of(struct lic_bytes name)
{
	const uint8_t *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;

	return (struct lic_bytes){ name.p, dot ? (size_t)(dot - name.p) : name.n };
}

/* The last component of the path; no query, no fragment. */
static struct lic_bytes last_part(struct lic_bytes url)
{
	const uint8_t *p = memmem(url.p, url.n, "://", 3), *slash;
	struct lic_bytes s = { NULL, 0 };

	if (!p)
		return s;
	s.p = p + 3;
	while (s.p + s.n < url.p + url.n && s.p[s.n] != '?' && s.p[s.n] != '#')
		s.n++;
	slash = s.n ? memrchr(s.p, '/', s.n) : NULL;
	if (!slash)
		return (struct lic_bytes){ NULL, 0 };
	s.n -= (size_t)(slash + 1 - s.p);
	s.p = slash + 1;
	return s;
}

bool lic_url_file_name(struct lic_bytes url, struct lic_bytes *ret)
{
	struct lic_bytes name = last_part(url), stem = stem_of(name);

	/* without an extension it is a page or a number of one */
	if (!stem.n || stem.n == name.n)
		return false;
	if (!is_flickr(url) && (stem.n < STEM_MIN || is_common(stem)))
		return false;
	*ret = name;
	return true;
}

void lic_url_keys(struct lic_manifest_reading *m, struct lic_bytes url)
{
	struct lic_buf decoded = LIC_BUF_INIT(LIC_ROW_TEXT_MAX);
	struct lic_bytes name, id, copy;

	lic_row_key_held(m, LIC_KEY_URL, url);
	if (url.n > LIC_KEY_TEXT_MAX || !lic_url_file_name(url, &name))
		return;
	lic_row_key(m, LIC_KEY_TAIL, name.p, name.n);
	if (is_flickr(url) && lic_key_flickr_id(stem_of(name), &id))
		lic_row_key(m, LIC_KEY_ID, id.p, id.n);
	if (memchr(name.p, '%', name.n)) {
		lic_buf_add(&decoded, name.p, name.n);
		copy = (struct lic_bytes){ (uint8_t *)decoded.data, decoded.len };
		if (decoded.data)
			lic_field_unpercent(&copy);
		if (copy.n != name.n && !memchr(copy.p, '/', copy.n))
			lic_row_key(m, LIC_KEY_TAIL, copy.p, copy.n);
	}
	lic_buf_release(&decoded);
}
