/* SPDX-License-Identifier: Apache-2.0 */
/* The words of named layouts, in names of directories and of files. */
#include <string.h>
#include <strings.h>

#include "fs/scan/internal.h"
#include "fs/scan/layouts.h"

#define TEXTS LIC_LAYOUT_TEXTS
#define MASKS LIC_LAYOUT_MASKS
#define BOTH (LIC_LAYOUT_TEXTS | LIC_LAYOUT_MASKS)
#define SURE (LIC_LAYOUT_TEXTS | LIC_LAYOUT_MASKS | LIC_LAYOUT_SURE)
#define ABOVE LIC_LAYOUT_UMBRELLA

static const char images_usual[] = " images imgs img image jpegimages photos photo rgb pictures "
				   "frames jpgs jpg jpegs jpeg";
/* ILSVRC: Data/CLS-LOC/train and Annotations/CLS-LOC/train */
static const char images_annotated[] = " images imgs img image jpegimages photos photo rgb "
				       "pictures frames jpgs jpg jpegs jpeg data";
/* Cityscapes, and what is laid out like it */
static const char images_city[] = " leftimg8bit images";
static const char images_kitti[] = " image_2 image_3 images";
static const char images_celeba[] = " celeba-hq-img";

/* Names in any letter case. */
static const struct lic_layout_word words[] = {
	{ "labels", BOTH, NULL }, /* YOLO, Roboflow */
	{ "label", BOTH, NULL },
	{ "labels_with_ids", TEXTS, NULL }, /* JDE */
	{ "labeltxt", TEXTS, NULL },	    /* DOTA */
	{ "labeltxt-v1.0", TEXTS | ABOVE, NULL },
	{ "labeltxt-v1.5", TEXTS | ABOVE, NULL },
	{ "annotations", BOTH, images_annotated }, /* VOC, ILSVRC, ADE20K, DAVIS */
	{ "annotation", BOTH, images_annotated },
	{ "annots", BOTH, NULL },
	{ "annot", BOTH, NULL },
	{ "anns", BOTH, NULL },
	{ "ann", BOTH, NULL }, /* Supervisely */
	{ "xmls", TEXTS, NULL },
	{ "xml", TEXTS, NULL },
	{ "jsons", TEXTS, NULL },
	{ "json", TEXTS, NULL },
	{ "txts", TEXTS, NULL },
	{ "txt", TEXTS, NULL },
	{ "texts", TEXTS, NULL },
	{ "text", TEXTS, NULL },
	{ "captions", TEXTS, NULL },
	{ "caption", TEXTS, NULL },
	{ "prompts", TEXTS, NULL },
	{ "tags", TEXTS, NULL },
	{ "bboxes", TEXTS, NULL },
	{ "bbox", TEXTS, NULL },
	{ "boxes", TEXTS, NULL },
	{ "keypoints", TEXTS, NULL },
	{ "landmarks", TEXTS, NULL },
	{ "pts", TEXTS, NULL },
	{ "masks", SURE | LIC_LAYOUT_SOLE, NULL },
	{ "mask", SURE, NULL },
	{ "segmentations", SURE, NULL },
	{ "segmentation", SURE, NULL },
	{ "segmaps", SURE, NULL },
	{ "segs", SURE, NULL },
	{ "seg", SURE, NULL },
	{ "sem_seg", SURE, NULL }, /* BDD100K */
	{ "ins_seg", SURE, NULL },
	{ "pan_seg", SURE, NULL },
	{ "bitmasks", SURE, NULL },
	{ "colormaps", SURE, NULL },
	{ "segmentationclass", SURE, NULL }, /* VOC */
	{ "segmentationobject", SURE, NULL },
	{ "segmentationclassaug", SURE, NULL },
	{ "segmentationobjectaug", SURE, NULL },
	{ "segmentationclassraw", SURE, NULL },
	{ "segmentationclassvisualization", SURE, NULL }, /* labelme2voc */
	{ "segmentationobjectvisualization", SURE, NULL },
	{ "segmentationclasspng", SURE, NULL },
	{ "segmentationobjectpng", SURE, NULL },
	{ "segmentationclassnpy", SURE, NULL },
	{ "segmentationobjectnpy", SURE, NULL },
	{ "stuffthingmaps", SURE, NULL }, /* COCO-Stuff */
	{ "panoptic", SURE, NULL },	  /* Mapillary Vistas */
	{ "instances", BOTH, NULL },
	{ "polygons", TEXTS, NULL },
	{ "v1.2", ABOVE, NULL },
	{ "v2.0", ABOVE, NULL },
	{ "trimaps", SURE, NULL }, /* Oxford-IIIT Pet */
	{ "trimap", SURE, NULL },
	{ "alphas", MASKS, NULL },
	{ "alpha", MASKS, NULL },
	{ "mattes", MASKS, NULL },
	{ "matte", MASKS, NULL },
	{ "depths", BOTH, NULL },
	{ "depth", BOTH, NULL },
	{ "edges", MASKS, NULL },
	{ "edge", MASKS, NULL },
	{ "ground_truth", TEXTS,
	  NULL }, /* of restoration: photographs, whose rights nobody stated */
	{ "groundtruth", TEXTS, NULL },
	{ "gt", TEXTS, NULL },
	{ "cls", BOTH, NULL }, /* SBD */
	{ "inst", BOTH, NULL },
	{ "1st_manual", MASKS, NULL }, /* DRIVE */
	{ "2nd_manual", MASKS, NULL },
	{ "label_2", TEXTS, images_kitti },
	{ "calib", TEXTS, images_kitti },
	{ "semantic", MASKS, " image_2 images" },
	{ "semantic_rgb", MASKS, " image_2 images" },
	{ "instance", MASKS, " image_2 images" },
	{ "gtfine", BOTH, images_city },
	{ "gtcoarse", BOTH, images_city },
	{ "disparity", BOTH, images_city },
	{ "camera", TEXTS, images_city },
	{ "vehicle", TEXTS, images_city },
	{ "celebamask-hq-mask-anno", MASKS | LIC_LAYOUT_FLAT, images_celeba },
};

/* What stands before or behind the name of a split; the longer ones first. */
static const char *const dir_prefixes[] = { "panoptic_semseg_",
					    "panoptic_stuff_",
					    "panoptic_",
					    "semantic_",
					    "stuff_",
					    "annotations_",
					    "captions_",
					    "labels_",
					    "label_",
					    "masks_",
					    "mask_",
					    "seg_",
					    "gt_",
					    "txt_",
					    "xml_" };
static const char *const dir_suffixes[] = {
	"_segmentations", "_segmentation", "_annotations", "_groundtruth", "_pixelmaps",
	"_captions",	  "_labels",	   "-labels",	   "_masks",	   "-masks",
	"_label",	  "_mask",	   "-mask",	   "_annot",	   "annot",
	"_segs",	  "_seg",	   "_gt",	   "_txt",	   "_xml"
};

/* What the name of a companion says behind the stem of its image, or before it; lower case. */
static const char *const suffixes[] = {
	"mask",	       "masks",	       "seg",	   "segs",	"segmentation", "segmentations",
	"segmap",      "trimap",       "matte",	   "parts",	"groundtruth",	"ground_truth",
	"color_mask",  "label",	       "labels",   "lab",	"gt",		"alpha",
	"depth",       "edge",	       "edges",	   "disparity", "camera",	"vehicle",
	"annotation",  "annotations",  "annot",	   "bbox",	"bboxes",	"keypoints",
	"landmarks",   "polygons",     "atr",	   "caption",	"captions",	"manual1",
	"manual2",     "instance_ids", "instance", "instances", "semantic",	"panoptic",
	"instanceids", "labelids",     "l",	   "p",
};
#define BESIDE 13 /* the first ones are known beside the image as well; of texts, all are */
static const char *const prefixes[] = { "groundtruth_", "mask_", "label_", "seg_", "gt_" };
static const char *const city[] = { "_gtfine_", "_gtcoarse_" };
static const char *const image_suffixes[] = { "leftimg8bit", "rgb",   "image",	  "img", "sat",
					      "photo",	     "input", "training", "test" };

/* What lies in directories of labels. Settings and pages are none. */
static const char *const texts[] = { "txt",	"xml",	  "json", "jsonl", "csv",
				     "tsv",	"npy",	  "npz",  "mat",   "pts",
				     "caption", "cap",	  "tags", "cls",   "captions",
				     "ann",	"prompt", "lab",  "bbox",  "geojson" };

static bool same(const void *p, size_t n, const char *s)
{
	return strlen(s) == n && strncasecmp(p, s, n) == 0;
}

/* --- directories -------------------------------------------------------------------------- */

const struct lic_layout_word *lic_layout_word(const void *name, size_t n)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (same(name, n, words[i].name))
			return &words[i];
	return NULL;
}

const char *lic_layout_images_word(const struct lic_layout_word *w, size_t i, size_t *ret_n)
{
	const char *p = w && w->images ? w->images : images_usual;

	while (*p) {
		size_t n = strcspn(++p, " ");

		if (!i--) {
			*ret_n = n;
			return p;
		}
		p += n;
	}
	return NULL;
}

static bool take_prefix(struct lic_bytes *s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(list[i]);

		if (s->n <= n || strncasecmp((const char *)s->p, list[i], n) != 0)
			continue;
		*s = (struct lic_bytes){ s->p + n, s->n - n };
		return true;
	}
	return false;
}

bool lic_layout_affix(const void *name, size_t n, struct lic_bytes *ret)
{
	struct lic_bytes s = { name, n };
	bool found = take_prefix(&s, dir_prefixes, LIC_ARRAY_SIZE(dir_prefixes));

	for (size_t i = 0; i < LIC_ARRAY_SIZE(dir_suffixes); i++) {
		size_t k = strlen(dir_suffixes[i]);

		if (s.n <= k || !same(s.p + s.n - k, k, dir_suffixes[i]))
			continue;
		s.n -= k;
		found = true;
		break;
	}
	if (found)
		*ret = s;
	return found;
}

/* --- files -------------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(uint8_t c)
{
	return c == '_' || c == '-' || c == '.';
}

/* Without one of the suffixes and the separator before it. */
static bool take_suffix(struct lic_bytes *s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t k = strlen(list[i]);

		if (s->n < k + 2 || !is_separator(s->p[s->n - k - 1]) ||
		    !same(s->p + s->n - k, k, list[i]))
			continue;
		s->n -= k + 1;
		return true;
	}
	return false;
}

/* "x_mask_1", "x_mask1": without the number. */
static struct lic_bytes without_number(struct lic_bytes s)
{
	size_t n = s.n;

	while (n && is_digit(s.p[n - 1]))
		n--;
	if (n < s.n && n && is_separator(s.p[n - 1]))
		n--;
	return (struct lic_bytes){ s.p, n };
}

/* Up to "_gtFine_labelIds" and the like. */
static bool take_city(struct lic_bytes *s)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(city); i++) {
		size_t k = strlen(city[i]);

		for (size_t at = s->n > k ? s->n - k : 0; at > 0; at--) {
			if (strncasecmp((const char *)s->p + at, city[i], k) != 0)
				continue;
			s->n = at;
			return true;
		}
	}
	return false;
}

static void add_key(struct lic_bytes ret[LIC_LAYOUT_KEYS], size_t *n, struct lic_bytes key)
{
	for (size_t i = 0; i < *n; i++)
		if (ret[i].p == key.p && ret[i].n == key.n)
			return;
	if (key.n && *n < LIC_LAYOUT_KEYS)
		ret[(*n)++] = key;
}

size_t lic_layout_keys(const void *name, size_t n, bool beside,
		       struct lic_bytes ret[LIC_LAYOUT_KEYS])
{
	struct lic_bytes stem = { name, lic_stem_length(name, n) }, s = stem;
	const size_t known =
		!beside || lic_layout_is_text(name, n) ? LIC_ARRAY_SIZE(suffixes) : BESIDE;
	size_t found = 0;

	if (take_suffix(&s, suffixes, known))
		add_key(ret, &found, s);
	s = without_number(stem);
	if (s.n < stem.n && take_suffix(&s, suffixes, known))
		add_key(ret, &found, s);
	s = stem;
	if (!beside && take_city(&s))
		add_key(ret, &found, s);
	s = stem;
	if (!beside && take_prefix(&s, prefixes, LIC_ARRAY_SIZE(prefixes)))
		add_key(ret, &found, s);
	return found;
}

bool lic_layout_image_key(const void *name, size_t n, struct lic_bytes *ret)
{
	struct lic_bytes s = { name, lic_stem_length(name, n) };

	if (!take_suffix(&s, image_suffixes, LIC_ARRAY_SIZE(image_suffixes)))
		return false;
	*ret = s;
	return true;
}

bool lic_layout_number_key(const void *name, size_t n, struct lic_bytes *ret)
{
	const uint8_t *p = name;
	size_t i = 0, zeros = 0;

	while (i < n && is_digit(p[i]))
		i++;
	if (!i || i == n || p[i] != '_')
		return false;
	while (zeros + 1 < i && p[zeros] == '0')
		zeros++;
	*ret = (struct lic_bytes){ p + zeros, i - zeros };
	return true;
}

bool lic_layout_is_text(const void *name, size_t n)
{
	size_t stem = lic_stem_length(name, n);

	for (size_t i = 0; stem < n && i < LIC_ARRAY_SIZE(texts); i++)
		if (same((const char *)name + stem + 1, n - stem - 1, texts[i]))
			return true;
	return false;
}
