/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns of a table, or words of a line, name images. */
#include <string.h>
#include <strings.h>

#include "fs/document/naming.h"
#include "fs/util/hash.h"

/* --- what one text looks like ------------------------------------------------------------------
 */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool lic_is_number(struct lic_bytes v)
{
	bool digit = false;

	for (size_t i = 0; i < v.n; i++) {
		if (!is_digit(v.p[i]) && !(v.p[i] && strchr("+-.eE%", v.p[i])))
			return false;
		digit |= is_digit(v.p[i]);
	}
	return digit && !((v.p[0] | 0x20) == 'e');
}

static bool is_digits(struct lic_bytes v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!is_digit(v.p[i]))
			return false;
	return v.n;
}

/* "n01440764": a synset of WordNet, the class of an image. */
static bool is_synset(struct lic_bytes v)
{
	return v.n == 9 && v.p[0] == 'n' && is_digits((struct lic_bytes){ v.p + 1, 8 });
}

bool lic_is_stem(struct lic_bytes v)
{
	if (!lic_looks_like_stem(v.p, v.n) || is_synset(v))
		return false;
	return !is_digits(v) || v.p[0] == '0' || v.n >= 6;
}

static bool is_word(struct lic_bytes v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ')
			return false;
	return v.n;
}

static bool is_url(struct lic_bytes v)
{
	return v.n > 8 && (memcmp(v.p, "http://", 7) == 0 || memcmp(v.p, "https://", 8) == 0);
}

bool lic_column_saw(const struct lic_column_look *c, struct lic_bytes v)
{
	const uint64_t h = lic_hash64(v.p, v.n);

	for (unsigned i = 0; i < c->n_few; i++)
		if (c->few[i] == h)
			return true;
	return false;
}

void lic_column_look(struct lic_column_look *c, struct lic_bytes v)
{
	v = lic_trimmed(v);
	if (!v.n)
		return;
	c->n++;
	if (c->n_few < LIC_LOOK_FEW && !lic_column_saw(c, v))
		c->few[c->n_few++] = lic_hash64(v.p, v.n);
	if (lic_looks_like_image(v.p, v.n)) {
		c->image++;
		c->url += is_url(v);
	} else if (lic_image_mention(v.p, v.n, 0)) {
		c->mention++;
	} else if (lic_is_stem(v)) {
		c->stem++;
	} else if (lic_is_number(v)) {
		c->number++;
	} else if (is_word(v)) {
		c->word++;
	}
}

/* --- headers -----------------------------------------------------------------------------------
 */

static const char *const naming[] = {
	"filename",  "filenames", "file",      "files",	      "filepath",  "fname",    "path",
	"paths",     "img",	  "imgs",      "image",	      "images",	   "imageid",  "imageids",
	"imagename", "imagepath", "imagefile", "imageurl",    "imgid",	   "imgname",  "imgpath",
	"imgfile",   "photo",	  "photoid",   "photoname",   "photourl",  "picture",  "pic",
	"id",	     "ids",	  "key",       "name",	      "stem",	   "basename", "uid",
	"uuid",	     "url",	  "uri",       "originalurl", "thumbnail", "sample",   "sampleid",
	"frame",     "frameid",	  "mask",      "maskpath",    "maskid",	   "example",  "exampleid",
	"item",	     "itemid",	  "asset",     "assetid",     "slide",	   "slideid",  "scan",
	"scanid",    "docid",	  "left",      "right",	      "anchor",	   "positive", "negative",
	"query",     "reference",
};

static const char *const others[] = {
	"label",       "labels",      "class",
	"classid",     "classes",     "classname",
	"category",    "categoryid",  "target",
	"text",	       "caption",     "captions",
	"comment",     "split",	      "subset",
	"set",	       "width",	      "height",
	"xmin",	       "ymin",	      "xmax",
	"ymax",	       "x",	      "y",
	"w",	       "h",	      "x1",
	"y1",	       "x2",	      "y2",
	"score",       "confidence",  "title",
	"author",      "license",     "breed",
	"sex",	       "age",	      "gender",
	"species",     "labelname",   "bbox",
	"tags",	       "count",	      "partition",
	"epoch",       "description", "dataset",
	"prediction",  "rle",	      "encodedpixels",
	"isoccluded",  "istruncated", "isgroupof",
	"isdepiction", "isinside",    "diagnosis",
	"source",      "src",	      "number",
	"sentiment",   "subject",     "patientid",
};

static const char *const endings[] = {
	"filename",  "filenames", "filepath", "imagepath", "imgpath",
	"imagefile", "imageid",	  "imgid",    "photoid",   "imageurl",
	"maskpath",  "path",	  "file",     "image",	   "img",
};

static bool in_list(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

enum lic_header_word lic_header_word(struct lic_bytes v)
{
	char word[64];
	size_t n = 0;

	for (size_t i = 0; i < v.n && n < sizeof(word) - 1; i++) {
		uint8_t c = v.p[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c >= 0x80)
			return LIC_HEADER_UNKNOWN;
		if (is_digit(c) || (c >= 'a' && c <= 'z'))
			word[n++] = (char)c;
	}
	word[n] = '\0';
	if (in_list(word, naming, LIC_ARRAY_SIZE(naming)))
		return LIC_HEADER_NAME;
	if (in_list(word, others, LIC_ARRAY_SIZE(others)))
		return LIC_HEADER_OTHER;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(endings); i++) {
		size_t e = strlen(endings[i]);

		if (n > e && strcmp(word + n - e, endings[i]) == 0)
			return LIC_HEADER_NAME;
	}
	return LIC_HEADER_UNKNOWN;
}

/* --- choosing ----------------------------------------------------------------------------------
 */

static enum lic_column_rank rank_of(const struct lic_column_look *c, const struct lic_bytes *header)
{
	const enum lic_header_word word = header ? lic_header_word(*header) : LIC_HEADER_UNKNOWN;

	if (!c->n)
		return word == LIC_HEADER_NAME ? LIC_COLUMN_HEADER : LIC_COLUMN_NONE;
	if ((c->image + c->mention) * 2 >= c->n)
		return LIC_COLUMN_IMAGES;
	if (word == LIC_HEADER_NAME && (c->stem + c->word + c->number + c->image) * 2 >= c->n)
		return LIC_COLUMN_HEADER;
	if (word != LIC_HEADER_OTHER && c->stem * 2 >= c->n)
		return LIC_COLUMN_STEMS;
	if (word != LIC_HEADER_OTHER && (c->word + c->stem) * 2 >= c->n)
		return LIC_COLUMN_WORDS;
	if (!header && c->number * 2 >= c->n)
		return LIC_COLUMN_WORDS;
	return LIC_COLUMN_NONE;
}

/* What a column of a lower rank is worth beside one of a higher. Numbers beside names are sizes and
 * labels: where one happens to be an image's name, too, it would be wanted to be shown as well. */
static bool is_worth(const struct lic_column_look *c, enum lic_column_rank rank,
		     enum lic_column_rank best)
{
	if (rank == best)
		return true;
	if (rank == LIC_COLUMN_HEADER)
		return c->number * 2 < c->n;
	return rank == LIC_COLUMN_STEMS &&
	       c->n_few * 3 >= (c->n < LIC_LOOK_FEW * 3 ? c->n : LIC_LOOK_FEW * 3);
}

/* Names before addresses, so that of equals the name wins; then what is a name most often. */
static uint64_t order_of(const struct lic_column_look *c, enum lic_column_rank rank)
{
	const bool url = c->image && c->url * 2 >= c->image;
	const unsigned sure = rank == LIC_COLUMN_IMAGES ? c->image : c->stem;

	return (uint64_t)rank << 33 | (uint64_t)!url << 32 | (rank == LIC_COLUMN_HEADER ? 0 : sure);
}

void lic_columns_choose(const struct lic_column_look *look, size_t n,
			const struct lic_bytes *header, struct lic_columns *ret)
{
	uint64_t order[LIC_NAMING_COLUMNS];
	enum lic_column_rank best = LIC_COLUMN_NONE;

	*ret = (struct lic_columns){ .n = 0 };
	for (size_t i = 0; i < n; i++) {
		enum lic_column_rank rank = rank_of(&look[i], header ? &header[i] : NULL);

		best = rank > best ? rank : best;
	}
	for (size_t i = 0; best && i < n; i++) {
		enum lic_column_rank rank = rank_of(&look[i], header ? &header[i] : NULL);
		uint64_t o = order_of(&look[i], rank);
		unsigned k = ret->n;

		if (!rank || !is_worth(&look[i], rank, best))
			continue;
		while (k && order[k - 1] < o)
			k--;
		if (k == LIC_NAMING_COLUMNS)
			continue;
		ret->n += ret->n < LIC_NAMING_COLUMNS;
		memmove(&ret->at[k + 1], &ret->at[k], (ret->n - 1 - k) * sizeof(ret->at[0]));
		memmove(&order[k + 1], &order[k], (ret->n - 1 - k) * sizeof(order[0]));
		ret->at[k] = (unsigned)i;
		order[k] = o;
	}
	ret->rank = best;
	if (ret->n)
		ret->whole =
			best == LIC_COLUMN_IMAGES ? look[ret->at[0]].image : look[ret->at[0]].stem;
}
