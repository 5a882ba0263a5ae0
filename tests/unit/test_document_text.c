/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables, lists, settings and classes as documents: what is found in each, which names, and that
 * every view of each lacks the names of what is not shown.
 */
#include "tests/unit/document_text.h"

static struct document d;

static void index_text(const char *name, const char *text)
{
	document_index(&d, name, text, strlen(text));
	is_int(d.r, 0, "%s is read", name);
}

/* One view of the document: the names of subjects that are not shown stand nowhere in it. */
static bool lacks(const char *view, const uint8_t *shown)
{
	struct lic_names_reader r = { 0 };
	unsigned long subject = 0;
	const uint8_t *p;
	size_t n, at = 0;
	bool good = true;

	while (document_next(&d.names, &at, &p, &n)) {
		struct lic_bytes name;
		unsigned names, tag;
		bool any;

		lic_names_piece(&r, p, n);
		while (lic_names_subject(&r, &names, &any) > 0) {
			bool in = shown[subject / 8] >> subject % 8 & 1;

			subject++;
			while (lic_names_next(&r, &tag, &name) > 0)
				if (!in && tag >= LIC_TAG_COLUMN && name.n > 3 &&
				    memmem(view, d.view.len, name.p, name.n))
					good = false;
		}
	}
	lic_names_release(&r);
	return good;
}

/* All subsets of small documents: what is shown grows with them, from the structure to the file. */
static void check_views(const char *name, const char *text)
{
	const unsigned subjects = (unsigned)d.result.subjects;
	unsigned bad = 0;

	for (unsigned set = 0; subjects <= 10 && set < 1u << subjects; set++) {
		const uint8_t shown[] = { (uint8_t)set, (uint8_t)(set >> 8) };
		const char *view = document_view(&d, shown);

		if (!view || !lacks(view, shown))
			bad++;
		else if (set + 1 == 1u << subjects && strcmp(view, text) != 0)
			bad++;
	}
	is_int(bad, 0, "%s: every view lacks what is not shown, and all of it is the file", name);
}

struct sample {
	const char *name, *format, *text, *names, *first; /* view of subject 0 */
};

static void check(const struct sample *s)
{
	const uint8_t first[8] = { 1 };

	index_text(s->name, s->text);
	is_str(lic_document_format_name(d.result.format), s->format, "%s: format", s->name);
	is_str(document_names(&d), s->names, "%s: names", s->name);
	if (!s->first)
		return;
	is_str(document_view(&d, first), s->first, "%s: the first one alone", s->name);
	check_views(s->name, s->text);
}

/* --- tables ------------------------------------------------------------------------------------
 */

static const struct sample tables[] = {
	{ "metadata.csv", "csv",
	  "file_name,text\n0001.jpg,a dog\nsub/0002.jpg,\"a cat, \"\"x\"\"\nsleeping\"\n3.jpg,end",
	  "0: 0 0001.jpg\n1: 0 sub/0002.jpg\n2: 0 3.jpg\n", "file_name,text\n0001.jpg,a dog\n" },
	{ "train-annotations-bbox.csv", "csv",
	  "ImageID,Source,LabelName,Confidence,XMin\n000026e7ee790996,xclick,/m/04hgtk,1,0.0\n"
	  "000026e7ee790996,xclick,/m/07j7r,1,0.27\n000062a39995e348,xclick,/m/0bt9lr,1,0.1\n",
	  "0: 0 000026e7ee790996\n1: 0 000062a39995e348\n",
	  "ImageID,Source,LabelName,Confidence,XMin\n000026e7ee790996,xclick,/m/04hgtk,1,0.0\n"
	  "000026e7ee790996,xclick,/m/07j7r,1,0.27\n" },
	{ "trainLabels.csv", "csv", "id,label\n1,cat\n2,dog\n", "0: 0 1\n1: 0 2\n",
	  "id,label\n1,cat\n" },
	{ "nohead.csv", "csv", "img_a.png,0\nimg_b.png,1\n", "0: 0 img_a.png\n1: 0 img_b.png\n",
	  "img_a.png,0\n" },
	{ "captions.txt", "csv",
	  "image,caption\n10_6.jpg,A child , climbing\n10_6.jpg,A girl \"going\", in\n"
	  "11_5.jpg,A dog\n",
	  "0: 0 10_6.jpg\n1: 0 11_5.jpg\n",
	  "image,caption\n10_6.jpg,A child , climbing\n10_6.jpg,A girl \"going\", in\n" },
	{ "quotes.csv", "csv", "image,caption\na1.jpg,\"A\" child\nb1.jpg,dog\n",
	  "0: 0 a1.jpg\n1: 0 b1.jpg\n", "image,caption\na1.jpg,\"A\" child\n" },
	{ "GT-00000.csv", "csv", "Filename;Width;ClassId\n00_0.ppm;29;0\n00_1.ppm;30;0\n",
	  "0: 0 00_0.ppm\n1: 0 00_1.ppm\n", "Filename;Width;ClassId\n00_0.ppm;29;0\n" },
	{ "results.csv", "csv", "image_name| comment\n92795.jpg| Two guys\n02456.jpg| Men, x\n",
	  "0: 0 92795.jpg\n1: 0 02456.jpg\n", "image_name| comment\n92795.jpg| Two guys\n" },
	{ "train.lst", "tsv", "0\t3.0\timgs/a b.jpg\n1\t2.0\timgs/c.jpg\n",
	  "0: 0 imgs/a b.jpg + b.jpg\n1: 0 imgs/c.jpg\n", "0\t3.0\timgs/a b.jpg\n" },
	{ "like.csv", "csv",
	  "file,like,n\na1.jpg,red,1\nb1.jpg,img0001,2\nc1.jpg,red,3\nd1.jpg,blue,3\n",
	  "0: 0 a1.jpg\n1: 0 b1.jpg + img0001\n2: 0 c1.jpg\n3: 0 d1.jpg\n4: ? like ? n\n",
	  "file,like,n\na1.jpg,red,1\n" },
	{ "texts.csv", "csv", "file,text\na1.jpg,\"like\nb1.jpg\nit\"\nc1.jpg,\"as\nd1.jpg\"\n",
	  "0: 0 a1.jpg 1 like\nb1.jpg\nit + b1.jpg\n1: 0 c1.jpg 1 as\nd1.jpg + d1.jpg\n",
	  "file,text\na1.jpg,\"like\nb1.jpg\nit\"\n" },
	{ "multi.csv", "csv", "label,files\n7,\"['x 1.jpg', 'y.jpg']\"\n8,\"['z.jpg']\"\n",
	  "0: 0 x 1.jpg 0 y.jpg + 1.jpg + y.jpg\n1: 0 z.jpg\n",
	  "label,files\n7,\"['x 1.jpg', 'y.jpg']\"\n" },
	{ "urls.tsv", "tsv", "n00004475_6590\thttp://x.org/3175/27_0.jpg\n",
	  "0: 0 http://x.org/3175/27_0.jpg 1 n00004475_6590\n",
	  "n00004475_6590\thttp://x.org/3175/27_0.jpg\n" },
	{ "other.csv", "csv", "file,text\na.jpg,nothing\nb.jpg,like (c.jpg) it is\nd.jpg,x\n",
	  "0: 0 a.jpg\n1: 0 b.jpg + c.jpg\n2: 0 d.jpg\n", "file,text\na.jpg,nothing\n" },
	{ "comment.csv", "csv", "# without c1.jpg\nfile,thing_of_it\na.jpg,x\n",
	  "0: 0 a.jpg\n1: ? # without c1.jpg ? without c1.jpg ? c1.jpg ? thing_of_it\n", NULL },
	{ "crlf.csv", "csv", "file,n\r\na.jpg,1\r\n\r\nb.jpg,2\r\n",
	  "0: 0 a.jpg\n1: 0 b.jpg\n2: ? n\n", "file,n\r\na.jpg,1\r\n\r\n" },
	{ "bom.csv", "csv",
	  "\xef\xbb\xbf"
	  "file,n\na.jpg,1\nb.jpg,2\n",
	  "0: 0 a.jpg\n1: 0 b.jpg\n2: ? n\n",
	  "\xef\xbb\xbf"
	  "file,n\na.jpg,1\n" },
};

/* --- lists -------------------------------------------------------------------------------------
 */

static const struct sample lists[] = {
	{ "train.txt", "list", "700000\n700001\n700002\n",
	  "0: 0 700000\n1: 0 700001\n2: 0 700002\n", "700000\n" },
	{ "like.txt", "list", "a1.jpg 0 red\nb1.jpg 1 img0001\nc1.jpg 0 red\nd1.jpg 1 blue\n",
	  "0: 0 a1.jpg\n1: 0 b1.jpg + img0001\n2: 0 c1.jpg\n3: 0 d1.jpg\n", "a1.jpg 0 red\n" },
	{ "val.txt", "counted-list", "2\n700000\n700001\n", "0: 0 700000\n1: 0 700001\n",
	  "1\n700000\n" },
	{ "train.txt", "list", "./images/a.jpg\nC:\\data\\b.jpg\n/data/c d.jpg",
	  "0: 0 ./images/a.jpg\n1: 0 C:\\data\\b.jpg\n2: 0 /data/c d.jpg\n", "./images/a.jpg\n" },
	{ "crlf.txt", "list", "a1.jpg\r\n\r\n# not c.jpg\r\nb1.jpg\r\n",
	  "0: 0 a1.jpg\n1: 0 b1.jpg\n2: ? # not c.jpg ? not c.jpg ? c.jpg\n", NULL },
	{ "aeroplane_trainval.txt", "list", "000005  1\n000007 -1\n", "0: 0 000005\n1: 0 000007\n",
	  "000005  1\n" },
	{ "val.txt", "list", "frog\napple_tree\n", "0: 0 frog\n1: 0 apple_tree\n", "frog\n" },
	{ "train_cls.txt", "list", "n01440764/n01440764_10026 1\nn01440764/n01440764_10027 2\n",
	  "0: 0 n01440764/n01440764_10026\n1: 0 n01440764/n01440764_10027\n",
	  "n01440764/n01440764_10026 1\n" },
	{ "pairs_of.txt", "list", "img/a.jpg mask/a.png\nimg/b.jpg mask/b.png\n",
	  "0: 0 img/a.jpg 1 mask/a.png\n1: 0 img/b.jpg 1 mask/b.png\n", "img/a.jpg mask/a.png\n" },
	{ "keras.txt", "list",
	  "/d/img1.jpg 48,240,195,371,11 8,12,352,498,14\n/d/img2.jpg 1,2,3,4,5\n",
	  "0: 0 /d/img1.jpg\n1: 0 /d/img2.jpg\n",
	  "/d/img1.jpg 48,240,195,371,11 8,12,352,498,14\n" },
	{ "images.txt", "list", "1 001.Black/x_1.jpg\n2 001.Black/x_2.jpg\n",
	  "0: 0 001.Black/x_1.jpg\n1: 0 001.Black/x_2.jpg\n", "1 001.Black/x_1.jpg\n" },
	{ "blanks.txt", "list", "0 my dir/a b.jpg\n1 c.jpg\n2 d e.jpg\n",
	  "0: 0 my dir/a b.jpg\n1: 0 c.jpg\n2: 0 d e.jpg\n", "0 my dir/a b.jpg\n" },
	{ "behind.txt", "list", "my dir/a b.jpg 0\nc.jpg 1\nd e.jpg 2\n",
	  "0: 0 my dir/a b.jpg\n1: 0 c.jpg\n2: 0 d e.jpg\n", "my dir/a b.jpg 0\n" },
	{ "Flickr8k.token.txt", "tsv",
	  "10_6.jpg#0\tA child .\n10_6.jpg#1\tA girl .\n11_5.jpg#0\tdog\n",
	  "0: 0 10_6.jpg\n1: 0 11_5.jpg\n", "10_6.jpg#0\tA child .\n10_6.jpg#1\tA girl .\n" },
	{ "wider_face_val_bbx_gt.txt", "list",
	  "0--P/0_P_1_849.jpg\n1\n449 330 122 149 0 0\n0--P/0_P_0_904.jpg\n2\n3 9 26 33\n1 2 3 4\n",
	  "0: 0 0--P/0_P_1_849.jpg\n1: 0 0--P/0_P_0_904.jpg\n",
	  "0--P/0_P_1_849.jpg\n1\n449 330 122 149 0 0\n" },
	{ "list.txt", "list", "#Image CLASS-ID SPECIES\nAbyssinian_100 1 1\nyorkshire_99 37 2\n",
	  "0: 0 Abyssinian_100\n1: 0 yorkshire_99\n",
	  "#Image CLASS-ID SPECIES\nAbyssinian_100 1 1\n" },
	{ "list_attr_celeba.txt", "counted-list",
	  "2\nBig_Nose Male\n000001.jpg -1 1\n000002.jpg 1 1\n",
	  "0: 0 000001.jpg\n1: 0 000002.jpg\n2: ? Big_Nose ? Male\n",
	  "1\nBig_Nose Male\n000001.jpg -1 1\n" },
	{ "no_count.txt", "list", "20\n000001.jpg -1 1\n000002.jpg 1 1\n",
	  "0: 0 000001.jpg\n1: 0 000002.jpg\n2: ? 20\n", "20\n000001.jpg -1 1\n" },
	{ "ILSVRC2012_validation_ground_truth.txt", "ordered-list", "490\n361\n",
	  "0: 0 ILSVRC2012_val_00000001.JPEG\n1: 0 ILSVRC2012_val_00000002.JPEG\n", "490\n" },
	{ "ILSVRC2014_clsloc_validation_ground_truth.txt", "ordered-list", "490\n",
	  "0: 0 ILSVRC2014_val_00000001.JPEG 1 ILSVRC2012_val_00000001.JPEG\n", "490\n" },
	{ "labels.txt", "list", "000001 3\n000002 4\n", "0: 0 000001\n1: 0 000002\n",
	  "000001 3\n" },
};

/* --- settings and classes ----------------------------------------------------------------------
 */

static const struct sample inert[] = {
	{ "data.yaml", "settings", "path: ../coco\ntrain: images/train\nnames:\n  0: person\n", "",
	  NULL },
	{ "imgs.yaml", "settings", "train: [a.jpg]\n",
	  "0: ? a.jpg ? train: [a.jpg ? [a.jpg ? a.jpg\n", NULL },
	{ "c.toml", "settings", "[a]\nx = 1\n", "", NULL },
	{ "coco.names", "classes", "person\nbicycle\n", "", NULL },
	{ "classes.txt", "classes", "1 001.Black_footed\n", "0: ? 001.Black_footed\n", NULL },
	{ "LOC_synset_mapping.txt", "classes", "n01440764 tench, Tinca tinca\n", "", NULL },
	{ "class-descriptions-boxable.csv", "classes", "/m/011k07,Tortoise\n", "", NULL },
	{ "class_to_idx.json", "classes", "{\"cat\": 0}", "", NULL },
	{ "label_map.pbtxt", "classes", "item {\n  id: 1\n  name: \"cat\"\n}\n", "", NULL },
	{ "labels.txt", "classes", "0 cat\n1 dog\n", "", NULL },
	{ "classes.txt", "list", "a1.jpg cat\nb1.jpg dog\n", "0: 0 a1.jpg\n1: 0 b1.jpg\n",
	  "a1.jpg cat\n" },
};

static void test_flags(void)
{
	static const char *const absolute[] = {
		"path: /data/store\n",	   "path: ~/data\n",	  "path: 'D:\\data'\n",
		"a: [x, /srv/images/x]\n", "a: file:///data/x\n", "cmd: run --root /srv/data/x\n",
	};
	static const char *const relative[] = {
		"path: ../data\n",    "url: https://example.org/a/b\n",
		"a: and/or\n",	      "download: |\n  cd /tmp/x\n  unzip y\n",
		"topic: /m/01g317\n",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(absolute); i++) {
		index_text("a.yaml", absolute[i]);
		ok(d.result.flags == LIC_DOCUMENT_ABSOLUTE && *d.result.note, "absolute: %s",
		   absolute[i]);
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(relative); i++) {
		index_text("a.yaml", relative[i]);
		is_int(d.result.flags, 0, "not absolute: %s", relative[i]);
	}
	index_text("obj.data", "classes = 2\ntrain  = /home/x/train.txt\n");
	is_int(d.result.flags, LIC_DOCUMENT_ABSOLUTE, "absolute: darknet's settings");
	index_text("identity_CelebA.txt", "000001.jpg 2880\n");
	is_int(d.result.flags, LIC_DOCUMENT_CHECKSUM, "CelebA's lists are compared by MD5");
	ok(strstr(d.result.note, "CelebA"), "and the note says by whom");
}

static void refused(const char *name, const void *text, size_t n, const char *part)
{
	document_index(&d, name, text, n);
	is_int(d.r, 0, "%s: no error", part);
	is_int(d.result.format, LIC_DOCUMENT_NONE, "%s: no document", part);
	ok(strstr(d.result.note, part), "%s: says so: %s", part, d.result.note);
}
#define REFUSED(name, text, part) refused((name), (text), sizeof(text) - 1, (part))

static void test_refused(void)
{
	struct lic_buf b = LIC_BUF_INIT(16u << 20);

	REFUSED("a.csv", "file,n\na.jpg,1\nb\0.jpg,2\n", "binary");
	REFUSED("a.csv",
		"\xff\xfe"
		"f\0i\0l\0e\0\n\0",
		"UTF-16");
	REFUSED("a.yaml", "a: [1\nb: 2\n", "YAML");
	REFUSED("a.toml", "a = \n", "line 1");
	REFUSED("log.csv", "epoch,loss\n1,0.5\n", "no column");
	REFUSED("a.bin", "PK\3\4xxxx", "zip");
	REFUSED("a.txt", "Some prose that stands here,\nand has no image in any of its words.\n",
		"nothing looks like");
	REFUSED("ILSVRC2012_validation_ground_truth.txt", "1\ntwo\n", "line 2");
	for (unsigned i = 0; i < 5000; i++)
		lic_buf_addf(&b, "%05u.jpg,\"text of it\",1\n", i);
	lic_buf_adds(&b, "a,\"unterminated\n");
	refused("a.csv", b.data, b.len, "line 5001: a quote that never ends");
	lic_buf_truncate(&b, b.len - 16);
	lic_buf_adds(&b, "no_image\nx.jpg,1,2\n");
	document_index(&d, "a.csv", b.data, b.len);
	is_int(d.result.records, 5002, "rows that are short or long keep their names in place");
	lic_buf_reset(&b);
	for (unsigned i = 0; i < 5000; i++)
		lic_buf_addf(&b, "%u,%05u.jpg,x\n", i, i);
	lic_buf_adds(&b, "17,text, with a comma,a.jpg,x\n");
	refused("a.csv", b.data, b.len, "line 5001 has 5 fields");
	lic_buf_reset(&b);
	for (unsigned i = 0; i < 20000; i++)
		lic_buf_addf(&b, "images/%05u.jpg\n", i);
	lic_buf_add(&b, "a\0b.jpg\n", 8);
	refused("a.txt", b.data, b.len, "line 20001: a NUL");
	lic_buf_release(&b);
}

static void test_large(void)
{
	struct lic_buf b = LIC_BUF_INIT(64u << 20);
	uint8_t *shown = calloc(1, 400000 / 8);
	const char *view;

	lic_buf_adds(&b, "file_name,label\n");
	for (unsigned i = 0; i < 400000; i++)
		lic_buf_addf(&b, "train/%06u.jpg,%u\n", i / 2, i % 10);
	document_index(&d, "train.csv", b.data, b.len);
	is_int(d.result.records, 400000, "a large table: all rows");
	is_int(d.result.subjects, 200000, "a large table: rows of one image share a subject");
	for (unsigned i = 0; i < 200000; i += 2)
		shown[i / 8] |= (uint8_t)(1u << i % 8);
	view = document_view(&d, shown);
	ok(view && strstr(view, "199998.jpg") && !strstr(view, "199999.jpg"),
	   "a large table: its view");
	is_int(d.view.len, 16 + (b.len - 16) / 2, "a large table: half of it");
	free(shown);
	lic_buf_release(&b);
}

/* What the first lines do not tell: a second image in one of the others. */
static void test_late(void)
{
	struct lic_buf b = LIC_BUF_INIT(16u << 20);

	for (unsigned i = 0; i < 400; i++)
		lic_buf_addf(&b, "images/%05u.jpg 1\n", i);
	lic_buf_adds(&b, "images/a.jpg see(late.png)\n");
	document_index(&d, "train.txt", b.data, b.len);
	ok(strstr(document_names(&d), "400: 0 images/a.jpg + see(late.png + late.png\n"),
	   "an image in a place where no other line has one");
	lic_buf_release(&b);
}

static void test_looks(void)
{
	static const char *const images[] = { "a.jpg", "x/y.PNG", "http://x/a.webp?w=1",
					      "b c.tiff" };
	static const char *const others[] = {
		"jpg", ".jpg", "a.txt", "a.jpg.txt", "dir.png/x", ""
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(images); i++)
		ok(lic_looks_like_image(images[i], strlen(images[i])), "an image: %s", images[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(others); i++)
		ok(!lic_looks_like_image(others[i], strlen(others[i])), "no image: %s", others[i]);
	ok(lic_looks_like_stem("2007_000027", 11) && lic_looks_like_stem("000005", 6), "stems");
	ok(!lic_looks_like_stem("abbey", 5) && !lic_looks_like_stem("0.345", 5) &&
		   !lic_looks_like_stem("/m/01g317", 9) && !lic_looks_like_stem("a 12345", 7),
	   "no stems");
}

int main(void)
{
	test_looks();
	for (size_t i = 0; i < LIC_ARRAY_SIZE(tables); i++)
		check(&tables[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(lists); i++)
		check(&lists[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(inert); i++)
		check(&inert[i]);
	test_flags();
	test_refused();
	test_late();
	test_large();
	document_release(&d);
	return done_testing();
}
