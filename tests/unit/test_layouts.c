/* SPDX-License-Identifier: Apache-2.0 */
/* Named layouts: which directory holds labels of which images, and which file belongs to which. */
#include <stdlib.h>

#include "fs/scan/layouts.h"
#include "tests/unit/tap.h"

/* --- names of directories and files --- */

static void test_words(void)
{
	struct lic_bytes base;

	ok(lic_layout_word("labels", 6) && lic_layout_word("Labels", 6), "in any letter case");
	ok(!lic_layout_word("label_names", 11) && !lic_layout_word("images", 6), "whole words");
	ok(lic_layout_affix("train_masks", 11, &base) && base.n == 5, "train_masks");
	ok(lic_layout_affix("panoptic_val2017", 16, &base) && base.n == 7 &&
		   memcmp(base.p, "val2017", 7) == 0,
	   "panoptic_val2017");
	ok(lic_layout_affix("stuff_val2017_pixelmaps", 23, &base) && base.n == 7, "both ends");
	ok(lic_layout_affix("trainannot", 10, &base) && base.n == 5, "trainannot");
	ok(!lic_layout_affix("_masks", 6, &base) && !lic_layout_affix("train", 5, &base),
	   "something must be left");
}

struct file_case {
	const char *companion, *image;
	bool beside;
	unsigned flags;
	bool want;
};

static const struct file_case files[] = {
	{ "x.txt", "x.jpg", false, 0, true },
	{ "x.xml", "x.JPEG", false, 0, true },
	{ "x.txt", "y.jpg", false, 0, false },
	{ "x.txt", "X.jpg", false, 0, false },
	{ "x.jpg.json", "x.jpg", false, 0, true },
	{ "x.jpg.json", "x.png", false, 0, false },
	{ "x.png", "x.jpg", false, 0, true },
	{ "x_mask.png", "x.jpg", false, 0, true },
	{ "x_mask.gif", "x.jpg", false, 0, true },
	{ "x-mask.png", "x.jpg", false, 0, true },
	{ "x.mask.png", "x.jpg", false, 0, true },
	{ "x_MASK.png", "x.jpg", false, 0, true },
	{ "xmask.png", "x.jpg", false, 0, false },
	{ "_mask.png", ".jpg", false, 0, false },
	{ "mask.png", "mask.jpg", false, 0, true },
	{ "x_seg.png", "x.jpg", false, 0, true },
	{ "x_segmentation.png", "x.jpg", false, 0, true },
	{ "x_gt.png", "x.jpg", false, 0, true },
	{ "gt_x.txt", "x.jpg", false, 0, true },
	{ "x_labels.txt", "x.jpg", false, 0, true },
	{ "x_trimap.png", "x.jpg", false, 0, true },
	{ "0001TP_6690_L.png", "0001TP_6690.png", false, 0, true },
	{ "x_mask_1.png", "x.jpg", false, 0, true },
	{ "x_mask12.png", "x.jpg", false, 0, true },
	{ "x_1.png", "x.jpg", false, 0, false },
	{ "a_0_1_gtFine_labelIds.png", "a_0_1_leftImg8bit.png", false, 0, true },
	{ "a_0_1_gtFine_polygons.json", "a_0_1_leftImg8bit.png", false, 0, true },
	{ "a_0_1_gtCoarse_color.png", "a_0_1_leftImg8bit.png", false, 0, true },
	{ "a_0_1_disparity.png", "a_0_1_leftImg8bit.png", false, 0, true },
	{ "a_0_2_gtFine_labelIds.png", "a_0_1_leftImg8bit.png", false, 0, false },
	{ "x_depth.png", "x_rgb.png", false, 0, true },
	{ "21_manual1.gif", "21_training.tif", false, 0, true },
	{ "00007_hair.png", "7.jpg", false, LIC_LAYOUT_FLAT, true },
	{ "00000_l_eye.png", "0.jpg", false, LIC_LAYOUT_FLAT, true },
	{ "00007_hair.png", "70.jpg", false, LIC_LAYOUT_FLAT, false },
	{ "00007.png", "7.jpg", false, LIC_LAYOUT_FLAT, false },
	{ "00007_hair.png", "7.jpg", false, 0, false },
	/* in one directory fewer names speak */
	{ "x_mask.png", "x.jpg", true, 0, true },
	{ "100_mask.png", "100_sat.jpg", true, 0, true },
	{ "ADE_train_1_seg.png", "ADE_train_1.jpg", true, 0, true },
	{ "ADE_train_1_parts_1.png", "ADE_train_1.jpg", true, 0, true },
	{ "ADE_train_1_atr.txt", "ADE_train_1.jpg", true, 0, true },
	{ "x.png", "x.jpg", true, 0, false },
	{ "bottle_label.png", "bottle.jpg", true, 0, false },
	{ "mustang_gt.png", "mustang.jpg", true, 0, false },
	{ "shot_L.png", "shot.jpg", true, 0, false },
	{ "gt_x.png", "x.jpg", true, 0, false },
};

static int count_one(void *ctx, const struct lic_layout_image *image _unused_)
{
	++*(int *)ctx;
	return 0;
}

static void test_files(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(files); i++) {
		const struct file_case *c = &files[i];
		struct lic_layout_images l = LIC_LAYOUT_IMAGES_INIT;
		struct lic_bytes name = { (const uint8_t *)c->companion, strlen(c->companion) };
		int n = 0;

		if (lic_layout_images_add(&l, 1, c->image, strlen(c->image)) < 0 ||
		    lic_layout_images_add(&l, 2, "other_rgb.jpg", 13) < 0)
			printf("Bail out! out of memory\n");
		lic_layout_images_sort(&l);
		lic_layout_images_of(&l, &name, c->beside, c->flags, count_one, &n);
		is_int(n, c->want, "%s %s %s%s", c->companion, c->want ? "of" : "not of", c->image,
		       c->beside ? " beside it" : "");
		lic_layout_images_release(&l);
	}
}

static int add_id(void *ctx, const struct lic_layout_image *image)
{
	*(int64_t *)ctx += image->id;
	return 0;
}

/* The ids are powers of ten. */
static void test_several(void)
{
	static const char *const names[] = { "x.jpg", "x.png", "x_mask.jpg", "y.jpg", "x_rgb.png" };
	struct lic_layout_images l = LIC_LAYOUT_IMAGES_INIT;
	int64_t id = 1, sum = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++, id *= 10)
		if (lic_layout_images_add(&l, id, names[i], strlen(names[i])) < 0)
			printf("Bail out! out of memory\n");
	lic_layout_images_sort(&l);
	lic_layout_images_of(&l, &(struct lic_bytes){ (const uint8_t *)"x.txt", 5 }, false, 0,
			     add_id, &sum);
	is_int(sum, 11, "a label of two images belongs to both");
	sum = 0;
	lic_layout_images_of(&l, &(struct lic_bytes){ (const uint8_t *)"x_mask.txt", 10 }, false, 0,
			     add_id, &sum);
	is_int(sum, 100, "its own stem goes before what it may mean");
	sum = 0;
	lic_layout_images_of(&l, &(struct lic_bytes){ (const uint8_t *)"x_gt.txt", 8 }, false, 0,
			     add_id, &sum);
	is_int(sum, 11, "and the plain stem before one that says what it is");
	sum = 0;
	lic_layout_images_of(&l, &(struct lic_bytes){ (const uint8_t *)"x.png.txt", 9 }, false, 0,
			     add_id, &sum);
	is_int(sum, 10, "a whole name is one image's");
	lic_layout_images_release(&l);
}

static void test_texts(void)
{
	static const char *const yes[] = { "x.txt", "x.XML", "x.json", "x.npy",
					   "x.mat", "x.pts", "x.csv",  "x.npz" };
	static const char *const no[] = {
		"x", "x.tar", "x.jpg", "x.yaml", "x.md", "x.cache", "txt"
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(yes); i++)
		ok(lic_layout_is_text(yes[i], strlen(yes[i])), "%s may be a label", yes[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(no); i++)
		ok(!lic_layout_is_text(no[i], strlen(no[i])), "%s is none", no[i]);
}

/* --- directories --- */

struct dir_case {
	const char *dirs; /* of the store, parents first, blanks between them; those without
			   * subdirectories hold images, and those with a '+' behind them */
	const char *of;	  /* the directory that is asked about */
	const char *want; /* the nearest directories of images, a '!' behind each where masks may
			   * belong to them; "" for none */
};

static const struct dir_case dirs[] = {
	/* YOLO and Roboflow */
	{ "images images/train labels labels/train", "labels/train", "images/train!" },
	{ "images images/train labels labels/train labels/val", "labels/val", "" },
	{ "train train/images train/labels val val/images", "train/labels", "train/images!" },
	{ "d d/images d/images/a d/images/a/images d/images/a/labels", "d/images/a/labels",
	  "d/images/a/images!" },
	{ "d d/images d/images/t d/labels d/labels/t images images/t labels labels/t", "d/labels/t",
	  "d/images/t!" },
	{ "Images Labels", "Labels", "Images!" },
	{ "images labels Labels", "Labels", "images!" },
	{ "images imgs labels", "labels", "images! imgs!" },
	{ "train2017 labels labels/train2017", "labels/train2017", "train2017" },
	{ "t+ t/labels", "t/labels", "t" },
	{ "images labels masks", "images", "" },
	/* VOC */
	{ "v v/JPEGImages v/Annotations v/SegmentationClass", "v/Annotations", "v/JPEGImages!" },
	{ "v v/JPEGImages v/Annotations v/SegmentationClass", "v/SegmentationClass",
	  "v/JPEGImages!" },
	{ "JPEGImages JPEGImages/480p JPEGImages/480p/bear Annotations Annotations/480p "
	  "Annotations/480p/bear",
	  "Annotations/480p/bear", "JPEGImages/480p/bear!" },
	/* ILSVRC */
	{ "Data Data/CLS-LOC Data/CLS-LOC/train Data/CLS-LOC/train/n01 Annotations "
	  "Annotations/CLS-LOC Annotations/CLS-LOC/train Annotations/CLS-LOC/train/n01",
	  "Annotations/CLS-LOC/train/n01", "Data/CLS-LOC/train/n01!" },
	{ "Data labels", "labels", "" },
	/* pets */
	{ "images annotations annotations/xmls annotations/trimaps", "annotations/xmls", "images" },
	{ "images annotations annotations/xmls annotations/trimaps", "annotations/trimaps",
	  "images!" },
	{ "annotations annotations/images annotations/xmls images", "annotations/xmls",
	  "annotations/images" },
	/* ADE20K */
	{ "images images/training annotations annotations/training", "annotations/training",
	  "images/training!" },
	/* Cityscapes */
	{ "leftImg8bit leftImg8bit/train leftImg8bit/train/aachen gtFine gtFine/train "
	  "gtFine/train/aachen",
	  "gtFine/train/aachen", "leftImg8bit/train/aachen!" },
	/* Carvana, CamVid, ISIC */
	{ "train train_masks", "train_masks", "train!" },
	{ "train trainannot", "trainannot", "train!" },
	{ "train_images train_masks", "train_masks", "train_images!" },
	{ "a_Input a_GroundTruth", "a_GroundTruth", "a_Input!" },
	{ "images images/val masks_val", "masks_val", "images/val!" },
	/* COCO */
	{ "val2017 annotations annotations/panoptic_val2017", "annotations/panoptic_val2017",
	  "val2017!" },
	{ "images images/val2017 annotations annotations/panoptic_val2017",
	  "annotations/panoptic_val2017", "images/val2017!" },
	{ "images images/val2017 panoptic_val2017", "panoptic_val2017", "images/val2017!" },
	{ "train2017 stuffthingmaps stuffthingmaps/train2017", "stuffthingmaps/train2017",
	  "train2017!" },
	/* Mapillary Vistas, KITTI, Supervisely, SBD, CelebAMask-HQ */
	{ "t t/images t/v2.0 t/v2.0/labels", "t/v2.0/labels", "t/images!" },
	{ "t t/image_2 t/image_3 t/label_2", "t/label_2", "t/image_2 t/image_3" },
	{ "ds ds/img ds/ann", "ds/ann", "ds/img!" },
	{ "img cls", "cls", "img!" },
	{ "CelebA-HQ-img CelebAMask-HQ-mask-anno CelebAMask-HQ-mask-anno/3",
	  "CelebAMask-HQ-mask-anno/3", "CelebA-HQ-img!" },
	/* captions hold no masks */
	{ "images captions", "captions", "images" },
	/* photographs of labels are no masks of others */
	{ "cats labels labels/cats", "labels/cats", "cats" },
	{ "cats masks masks/cats", "masks/cats", "cats!" },
};

static int64_t find_dir(const struct lic_layout_tree *t, const char *path)
{
	size_t at = 0;

	while (*path && strcmp(path, ".") != 0) {
		size_t n = strcspn(path, "/"), i;

		for (i = 1; i < t->n; i++)
			if (t->dir[i].parent == at && t->dir[i].name.n == n &&
			    memcmp(t->dir[i].name.p, path, n) == 0)
				break;
		if (i == t->n)
			return -1;
		at = i;
		path += n + (path[n] == '/');
	}
	return (int64_t)at;
}

static void add_dirs(struct lic_layout_tree *t, const char *list)
{
	int64_t id = 1;

	if (lic_layout_tree_add(t, id++, 0, "", 0) < 0)
		printf("Bail out! out of memory\n");
	while (*list) {
		size_t n = strcspn(list, " ");
		bool holds = n && list[n - 1] == '+';
		char path[256], *name;
		int64_t parent = 0;

		snprintf(path, sizeof(path), "%.*s", (int)(n - holds), list);
		name = strrchr(path, '/');
		if (name) {
			*name++ = '\0';
			parent = find_dir(t, path);
		} else {
			name = path;
		}
		if (parent < 0 ||
		    lic_layout_tree_add(t, id++, t->dir[parent].id, name, strlen(name)))
			printf("Bail out! %s\n", list);
		t->dir[t->n - 1].pending = holds;
		list += n + (list[n] == ' ');
	}
	if (lic_layout_tree_finish(t) < 0)
		printf("Bail out! out of memory\n");
}

struct nearest {
	const struct lic_layout_tree *t;
	size_t self, dir[16], n;
	unsigned level, flags[16];
};

static int note(void *ctx, const struct lic_layout_place *p)
{
	struct nearest *x = ctx;

	if (x->n && p->level != x->level)
		return 1;
	if (!p->found || p->dir == x->self || (x->t->dir[p->dir].n && !x->t->dir[p->dir].pending))
		return 0;
	x->level = p->level;
	for (size_t i = 0; i < x->n; i++) {
		if (x->dir[i] == p->dir) {
			x->flags[i] |= p->flags;
			return 0;
		}
	}
	x->dir[x->n] = p->dir;
	x->flags[x->n++] = p->flags;
	return 0;
}

static void add_path(const struct lic_layout_tree *t, size_t dir, struct lic_buf *out)
{
	if (t->dir[dir].parent) {
		add_path(t, t->dir[dir].parent, out);
		lic_buf_addc(out, '/');
	}
	if (dir)
		lic_buf_adds(out, (const char *)t->dir[dir].name.p);
	else
		lic_buf_addc(out, '.');
}

static void test_dirs(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(dirs); i++) {
		const struct dir_case *c = &dirs[i];
		struct lic_layout_tree t = LIC_LAYOUT_TREE_INIT;
		struct nearest x = { .t = &t };
		struct lic_buf got = LIC_BUF_INIT(512);

		add_dirs(&t, c->dirs);
		x.self = (size_t)find_dir(&t, c->of);
		lic_layout_places(&t, x.self, note, &x);
		for (size_t k = 0; k < x.n; k++) {
			lic_buf_adds(&got, k ? " " : "");
			add_path(&t, x.dir[k], &got);
			lic_buf_adds(&got, x.flags[k] & LIC_LAYOUT_MASKS ? "!" : "");
		}
		is_str(lic_buf_str(&got), c->want, "%s of %s", c->of, c->dirs);
		lic_buf_release(&got);
		lic_layout_tree_release(&t);
	}
}

static int note_anchor(void *ctx, const struct lic_layout_place *p)
{
	struct nearest *x = ctx;

	if (!p->found && p->dir == x->self)
		x->n++;
	return 0;
}

/* Where a directory of images is missing, the deepest one on the way to it is named: what is
 * removed or comes there counts. */
static void test_anchors(void)
{
	struct lic_layout_tree t = LIC_LAYOUT_TREE_INIT;
	struct nearest x = { .t = &t };

	add_dirs(&t, "d d/images d/labels d/labels/train");
	x.self = (size_t)find_dir(&t, "d/images");
	lic_layout_places(&t, (size_t)find_dir(&t, "d/labels/train"), note_anchor, &x);
	ok(x.n > 0, "images/train is missing in images");
	x.n = 0;
	x.self = (size_t)find_dir(&t, "d");
	lic_layout_places(&t, (size_t)find_dir(&t, "d/labels/train"), note_anchor, &x);
	ok(x.n > 0, "and imgs in the directory above");
	lic_layout_tree_release(&t);
}

static void test_deep(void)
{
	struct lic_layout_tree t = LIC_LAYOUT_TREE_INIT;
	struct nearest x = { .t = &t };

	if (lic_layout_tree_add(&t, 1, 0, "", 0) < 0)
		printf("Bail out! out of memory\n");
	for (int64_t i = 1; i < 5000; i++)
		if (lic_layout_tree_add(&t, i + 1, i, "labels", 6) < 0)
			printf("Bail out! out of memory\n");
	ok(lic_layout_tree_finish(&t) == 0, "a deep tree");
	is_int(lic_layout_places(&t, 4999, note, &x), 0, "is not gone through");
	is_int(x.n, 0, "and holds no labels");
	ok(lic_layout_places(&t, 100, note, &x) >= 0, "a less deep one is");
	lic_layout_tree_release(&t);
}

/* --- masks --- */

static void add(struct lic_claims *c, enum lic_rank rank, enum lic_role role, const char *source,
		const char *text, int64_t ref)
{
	struct lic_claim claim = { .rank = rank,
				   .role = role,
				   .packet = 1,
				   .source = source,
				   .field = "field",
				   .raw = { (const uint8_t *)text, strlen(text) },
				   .text = text,
				   .ref = ref };

	lic_claims_add(c, &claim);
}

struct mask_case {
	enum lic_rank rank;
	enum lic_role role;
	const char *source, *text;
	int64_t ref;
	bool of_image; /* the image has it, too */
	bool want;
};

static const struct mask_case masks[] = {
	{ LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, "PNG", "CC-BY-4.0", 0, false, true },
	{ LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, "PNG", "CC-BY-4.0", 0, true, true },
	{ LIC_RANK_EMBEDDED, LIC_ROLE_COMMENT, "PNG", "Created with GIMP", 0, false, false },
	{ LIC_RANK_EMBEDDED, LIC_ROLE_COMMENT, "PNG", "all rights reserved", 0, false, true },
	{ LIC_RANK_EMBEDDED, LIC_ROLE_CREATOR, "PNG", "Jane", 0, false, true },
	{ LIC_RANK_EMBEDDED, LIC_ROLE_TITLE, "PNG", "mask", 0, false, false },
	{ LIC_RANK_SIDECAR, LIC_ROLE_LICENSE, "sidecar x.license", "CC0-1.0", 0, true, true },
	{ LIC_RANK_MANIFEST, LIC_ROLE_LICENSE, "manifest a", "CC0-1.0", 3, false, true },
	{ LIC_RANK_MANIFEST, LIC_ROLE_LICENSE, "manifest a", "CC0-1.0", 3, true, false },
	{ LIC_RANK_DIRECTORY, LIC_ROLE_LICENSE, "decision 1", "CC0-1.0", 1, true, false },
	{ LIC_RANK_DIRECTORY, LIC_ROLE_LICENSE, "decision 1", "CC0-1.0", 1, false, true },
	{ LIC_RANK_DIRECTORY, LIC_ROLE_DENY, "decision 2", "no", 2, false, true },
	{ LIC_RANK_DIRECTORY, LIC_ROLE_DENY, "decision 2", "no", 2, true, false },
	{ LIC_RANK_OPERATOR, LIC_ROLE_LICENSE, "decision 3", "CC0-1.0", 3, true, true },
	{ LIC_RANK_DATASET, LIC_ROLE_TERMS, "manifest b", "x", 4, true, false },
};

static void test_masks(void)
{
	const struct lic_policy policy = { .now = 2000000000 };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(masks); i++) {
		const struct mask_case *c = &masks[i];
		struct lic_claims mask = LIC_CLAIMS_INIT, image = LIC_CLAIMS_INIT;

		add(&mask, c->rank, c->role, c->source, c->text, c->ref);
		add(&image, LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, "XMP", "CC-BY-4.0", 0);
		if (c->of_image)
			add(&image, c->rank, c->role, c->source, c->text, c->ref);
		is_int(lic_mask_speaks(&mask, &image, &policy), c->want, "%s: '%s'%s", c->source,
		       c->text, c->of_image ? ", as its image" : "");
		lic_claims_release(&mask);
		lic_claims_release(&image);
	}
	{
		struct lic_claims mask = LIC_CLAIMS_INIT, image = LIC_CLAIMS_INIT;

		ok(!lic_mask_speaks(&mask, &image, &policy), "without claims");
		mask.damage = "truncated";
		ok(lic_mask_speaks(&mask, &image, &policy), "[I2] what cannot be read may");
	}
	ok(lic_mask_format(LIC_FORMAT_PNG) && lic_mask_format(LIC_FORMAT_GIF), "formats of masks");
	ok(!lic_mask_format(LIC_FORMAT_JPEG) && !lic_mask_format(LIC_FORMAT_NONE) &&
		   !lic_mask_format(LIC_FORMAT_RAW),
	   "photographs are none");
}

int main(void)
{
	test_words();
	test_files();
	test_several();
	test_texts();
	test_dirs();
	test_anchors();
	test_deep();
	test_masks();
	return done_testing();
}
