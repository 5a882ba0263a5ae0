/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as documents: what is left of it where images are hidden. */
#include "tests/unit/document.h"

#define MAX 4

struct row {
	const char *what, *name, *text;
	const char *hidden[MAX];
	const char *want;
};

#define COCO_IMAGES                                                                                \
	"{\"id\":1,\"file_name\":\"a.jpg\"},{\"id\":2,\"file_name\":\"b.jpg\"},"                   \
	"{\"id\":3,\"file_name\":\"c.jpg\"}"

static const struct row rows[] = {
	{ "COCO",
	  "instances.json",
	  "{\"info\":{\"url\":\"x\"},\"images\":[" COCO_IMAGES
	  "],\n\"annotations\":[{\"id\":7,\"image_id\":2,\"segmentation\":[[1.5,2],[3]]}, "
	  "{\"id\":8,\"image_id\":1} , {\"id\":9,\"image_id\":3}],\"categories\":[{\"id\":1,"
	  "\"name\":\"cat\"}]}",
	  { "a.jpg" },
	  "{\"info\":{\"url\":\"x\"},\"images\":[{\"id\":2,\"file_name\":\"b.jpg\"},{\"id\":3,"
	  "\"file_name\":\"c.jpg\"}],\n\"annotations\":[{\"id\":7,\"image_id\":2,"
	  "\"segmentation\":[[1.5,2],[3]]} , {\"id\":9,\"image_id\":3}],\"categories\":[{"
	  "\"id\":1,\"name\":\"cat\"}]}" },
	{ "annotations before images",
	  "instances.json",
	  "{\"annotations\":[{\"image_id\":2},{\"image_id\":1},{\"image_id\":9}],\"images\":"
	  "[" COCO_IMAGES "]}",
	  { "b.jpg" },
	  "{\"annotations\":[{\"image_id\":1}],\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"},"
	  "{\"id\":3,\"file_name\":\"c.jpg\"}]}" },
	{ "ids are strings, and one has two images",
	  "x.json",
	  "{\"images\":[{\"id\":\"p\",\"file_name\":\"a.jpg\"},{\"id\":\"p\",\"file_name\":"
	  "\"b.jpg\"},{\"id\":\"q\",\"file_name\":\"c.jpg\"}],\"annotations\":[{\"image_id\":"
	  "\"p\"},{\"image_id\":\"q\"},{\"image_id\":\"\\u0071\",\"x\":1}]}",
	  { "b.jpg" },
	  "{\"images\":[{\"id\":\"p\",\"file_name\":\"a.jpg\"},{\"id\":\"q\",\"file_name\":"
	  "\"c.jpg\"}],\"annotations\":[{\"image_id\":\"q\"},{\"image_id\":\"\\u0071\",\"x\":1}"
	  "]}" },
	{ "panoptic: names of masks join by ids",
	  "panoptic.json",
	  "{\"annotations\":[{\"file_name\":\"a.png\",\"image_id\":1,\"segments_info\":[{\"id\":"
	  "3}]},{\"file_name\":\"b.png\",\"image_id\":2,\"segments_info\":[]}],\"images\":"
	  "[" COCO_IMAGES "]}",
	  { "a.jpg" },
	  "{\"annotations\":[{\"file_name\":\"b.png\",\"image_id\":2,\"segments_info\":[]}],"
	  "\"images\":[{\"id\":2,\"file_name\":\"b.jpg\"},{\"id\":3,\"file_name\":\"c.jpg\"}]}" },
	{ "panoptic, a mask is hidden",
	  "panoptic.json",
	  "{\"images\":[" COCO_IMAGES "],\"annotations\":[{\"file_name\":\"a.png\","
	  "\"image_id\":1},{\"file_name\":\"b.png\",\"image_id\":2}]}",
	  { "b.png" },
	  "{\"images\":[" COCO_IMAGES "],\"annotations\":[{\"file_name\":\"a.png\","
	  "\"image_id\":1}]}" },
	{ "LVIS names images by address",
	  "lvis.json",
	  "{\"images\":[{\"id\":5,\"coco_url\":\"http://x/train2017/a.jpg\",\"neg_category_ids\":"
	  "[1,2]},{\"id\":6,\"coco_url\":\"http://x/train2017/b.jpg\"}],\"annotations\":[{"
	  "\"image_id\":6},{\"image_id\":5}]}",
	  { "a.jpg" },
	  "{\"images\":[{\"id\":6,\"coco_url\":\"http://x/train2017/b.jpg\"}],\"annotations\":[{"
	  "\"image_id\":6}]}" },
	{ "one level down, with the same ids in each part",
	  "all.json",
	  "{\"train\":{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"annotations\":[{"
	  "\"image_id\":1}]},\"val\":{\"annotations\":[{\"image_id\":1}],\"images\":[{\"id\":1,"
	  "\"file_name\":\"b.jpg\"}]}}",
	  { "a.jpg" },
	  "{\"train\":{\"images\":[],\"annotations\":[]},\"val\":{\"annotations\":[{\"image_id\":"
	  "1}],\"images\":[{\"id\":1,\"file_name\":\"b.jpg\"}]}}" },
	{ "COCO-Text: objects keyed by ids",
	  "cocotext.json",
	  "{\"cats\":{},\"imgs\":{\"11\":{\"id\":11,\"file_name\":\"a.jpg\"},\"12\":{\"id\":12,"
	  "\"file_name\":\"b.jpg\"}},\"anns\":{\"12\":{\"image_id\":11},\"13\":{\"image_id\":12}},"
	  "\"imgToAnns\":{\"11\":[12],\"12\":[13]}}",
	  { "a.jpg" },
	  "{\"cats\":{},\"imgs\":{\"12\":{\"id\":12,\"file_name\":\"b.jpg\"}},\"anns\":{\"13\":{"
	  "\"image_id\":12}},\"imgToAnns\":{\"12\":[13]}}" },
	{ "VIA",
	  "via.json",
	  "{\"_via_settings\":{\"core\":{\"filepath\":{}}},\"_via_img_metadata\":{\"a.jpg123\":{"
	  "\"filename\":\"a.jpg\",\"regions\":[{\"x\":1}]},\"b.jpg45\":{\"filename\":\"b.jpg\"}},"
	  "\"_via_image_id_list\":[\"a.jpg123\",\"b.jpg45\"]}",
	  { "a.jpg" },
	  "{\"_via_settings\":{\"core\":{\"filepath\":{}}},\"_via_img_metadata\":{\"b.jpg45\":{"
	  "\"filename\":\"b.jpg\"}},\"_via_image_id_list\":[\"b.jpg45\"]}" },
	{ "VIA, the list first",
	  "via.json",
	  "{\"_via_image_id_list\":[\"a.jpg123\",\"b.jpg45\"],\"_via_img_metadata\":{\"a.jpg123\":"
	  "{\"filename\":\"a.jpg\"},\"b.jpg45\":{\"filename\":\"b.jpg\"}}}",
	  { "b.jpg" },
	  "{\"_via_image_id_list\":[\"a.jpg123\"],\"_via_img_metadata\":{\"a.jpg123\":"
	  "{\"filename\":\"a.jpg\"}}}" },
	{ "LLaVA, with a sample without image",
	  "llava.json",
	  "[{\"id\":\"1\",\"image\":\"d/a.jpg\",\"conversations\":[{\"value\":\"x\"}]},\n"
	  " {\"id\":\"2\",\"conversations\":[]},\n {\"id\":\"3\",\"image\":\"d/b.jpg\"}]",
	  { "a.jpg" },
	  "[{\"id\":\"2\",\"conversations\":[]},\n {\"id\":\"3\",\"image\":\"d/b.jpg\"}]" },
	{ "a name with a line break and one with blanks are names, too",
	  "odd.json",
	  "[{\"file_name\":\"a\\nb.jpg\",\"c\":1},{\"file_name\":\"x.jpg\"},{\"image\":\"my photo "
	  "1\"}]",
	  { "a\nb.jpg", "my photo 1" },
	  "[{\"file_name\":\"x.jpg\"}]" },
	{ "several images of a sample",
	  "multi.json",
	  "[{\"images\":[\"a.jpg\",\"b.jpg\"],\"texts\":[1]},{\"image\":[\"b.jpg\"]},{\"image\":"
	  "\"c.jpg\"}]",
	  { "a.jpg" },
	  "[{\"image\":[\"b.jpg\"]},{\"image\":\"c.jpg\"}]" },
	{ "lists by split",
	  "split.json",
	  "{\"train\": [\"a.jpg\", \"b.jpg\"], \"val\": [\"c.jpg\"]}",
	  { "a.jpg", "c.jpg" },
	  "{\"train\": [\"b.jpg\"], \"val\": []}" },
	{ "pairs", "pairs.json", "[[\"a.jpg\",0],[\"b.jpg\",1]]", { "a.jpg" }, "[[\"b.jpg\",1]]" },
	{ "keyed by names, among others",
	  "keyed.json",
	  "{\"a.jpg\":{\"x\":1},\"b.jpg\":[2],\"version\":1,\"c.jpg\":3}",
	  { "a.jpg", "b.jpg" },
	  "{\"version\":1,\"c.jpg\":3}" },
	{ "keyed by names, one other stays behind one",
	  "keyed.json",
	  "{\"a.jpg\":{\"x\":1},\"b.jpg\":[2],\"version\":1,\"c.jpg\":3}",
	  { "b.jpg", "c.jpg" },
	  "{\"a.jpg\":{\"x\":1},\"version\":1}" },
	{ "Karpathy's splits",
	  "dataset.json",
	  "{\"images\":[{\"filepath\":\"val2014\",\"sentids\":[7],\"filename\":\"a.jpg\",\"imgid\":"
	  "0,\"sentences\":[{\"imgid\":0,\"raw\":\"x\"}]},{\"filename\":\"b.jpg\",\"imgid\":1}],"
	  "\"dataset\":\"flickr8k\"}",
	  { "a.jpg" },
	  "{\"images\":[{\"filename\":\"b.jpg\",\"imgid\":1}],\"dataset\":\"flickr8k\"}" },
	{ "Label Studio",
	  "tasks.json",
	  "[{\"id\":1,\"data\":{\"image\":\"/data/upload/a.jpg\"},\"annotations\":[{\"id\":2}]},"
	  "{\"id\":2,\"data\":{\"image\":\"/data/upload/b.jpg\"}}]",
	  { "a.jpg" },
	  "[{\"id\":2,\"data\":{\"image\":\"/data/upload/b.jpg\"}}]" },
	{ "LabelMe",
	  "a.json",
	  "{\"version\":\"5.0\",\"shapes\":[{\"label\":\"x\",\"points\":[[1,2]]}],\"imagePath\":"
	  "\"../a.jpg\",\"imageData\":null}",
	  { "a.jpg" },
	  "{}" },
	{ "VQA: ids are names",
	  "questions.json",
	  "{\"info\":{},\"questions\":[{\"image_id\":42,\"question\":\"x\",\"question_id\":1},"
	  "{\"image_id\":43,\"question_id\":2},{\"image_id\":42,\"question_id\":3}]}",
	  { "COCO_val2014_000000000042.jpg" },
	  "{\"info\":{},\"questions\":[{\"image_id\":43,\"question_id\":2}]}" },
	{ "Visual Genome's regions",
	  "regions.json",
	  "[{\"id\":1,\"regions\":[{\"image_id\":1},{\"image_id\":1}]},{\"id\":2,\"regions\":[{"
	  "\"image_id\":2}]}]",
	  { "2.jpg" },
	  "[{\"id\":1,\"regions\":[{\"image_id\":1},{\"image_id\":1}]}]" },
	{ "Visual Genome's images, which others refer to",
	  "vg.json",
	  "{\"a\":[{\"image_id\":1,\"url\":\"http://x/a.jpg\"},{\"image_id\":2,\"url\":"
	  "\"http://x/b.jpg\"}],\"o\":[{\"image_id\":2,\"y\":1},{\"image_id\":1}]}",
	  { "a.jpg" },
	  "{\"a\":[{\"image_id\":2,\"url\":\"http://x/"
	  "b.jpg\"}],\"o\":[{\"image_id\":2,\"y\":1}]}" },
	{ "stems",
	  "split.json",
	  "{\"train\":[\"000001\",\"000002\"],\"classes\":[\"cat1x\"]}",
	  { "000001.jpg" },
	  "{\"train\":[\"000002\"],\"classes\":[\"cat1x\"]}" },
	{ "keyed by stems",
	  "gt.json",
	  "{\"img_0001\":[{\"x\":1}],\"img_0002\":[]}",
	  { "img_0001.png" },
	  "{\"img_0002\":[]}" },
	{ "a name in a text counts",
	  "qa.json",
	  "[{\"image\":\"a.jpg\",\"q\":\"is it <img src='x/b.jpg'>?\"},{\"image\":\"c.jpg\"}]",
	  { "b.jpg" },
	  "[{\"image\":\"c.jpg\"}]" },
	{ "a stem beside a name counts",
	  "pairs.json",
	  "[{\"image\":\"a.jpg\",\"like\":\"b0001\"},{\"image\":\"c.jpg\",\"like\":[\"b0002\"]},"
	  "{\"image\":\"a.jpg\",\"s\":{\"b0001\":1}}]",
	  { "b0001" },
	  "[{\"image\":\"c.jpg\",\"like\":[\"b0002\"]}]" },
	{ "names where ids are looked for count",
	  "refs.json",
	  "[{\"image\":\"a.jpg\",\"image_ids\":[\"b.jpg\"]},{\"image\":\"c.jpg\"}]",
	  { "b.jpg" },
	  "[{\"image\":\"c.jpg\"}]" },
	{ "film",
	  "ytvis.json",
	  "{\"videos\":[{\"id\":1,\"file_names\":[\"a.jpg\",\"b.jpg\"]},{\"id\":2,\"file_names\":["
	  "\"c.jpg\"]}],\"annotations\":[{\"id\":1,\"video_id\":1},{\"id\":2,\"video_id\":2}]}",
	  { "b.jpg" },
	  "{\"videos\":[{\"id\":2,\"file_names\":[\"c.jpg\"]}],\"annotations\":[{\"id\":2,"
	  "\"video_id\":2}]}" },
	{ "two names in one object",
	  "twice.json",
	  "[{\"file_name\":\"a.jpg\",\"file_name\":\"b.jpg\"},{\"file_name\":\"c\\/d\\u002ejpg\"}]",
	  { "b.jpg", "d.jpg" },
	  "[]" },
	{ "lines",
	  "metadata.jsonl",
	  "{\"file_name\":\"a.jpg\",\"text\":\"x\"}\n\n{\"text\":\"y\"}\r\n{\"image\":\"b.jpg\"}",
	  { "a.jpg" },
	  "\n{\"text\":\"y\"}\r\n{\"image\":\"b.jpg\"}" },
	{ "lines of conversations",
	  "chat.jsonl",
	  "{\"messages\":[{\"content\":[{\"type\":\"image\",\"image\":\"a.jpg\"}]}]}\n"
	  "{\"messages\":[{\"content\":[{\"type\":\"image\",\"image\":\"b.jpg\"}]}]}\n",
	  { "a.jpg" },
	  "{\"messages\":[{\"content\":[{\"type\":\"image\",\"image\":\"b.jpg\"}]}]}\n" },
};

static void by_hand(void)
{
	struct lic_buf out = LIC_BUF_INIT(1u << 20);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(rows); i++) {
		const struct row *t = &rows[i];
		struct doc d;
		bool whole;

		doc_index(&d, t->name, t->text, strlen(t->text));
		ok(d.code == 0 && d.result.format != LIC_DOCUMENT_NONE, "%s: %s", t->what,
		   d.result.note);
		ok(doc_view(&d, t->hidden, &out, &whole), "%s: a view", t->what);
		is_str(lic_buf_str(&out), t->want, "%s: what is left", t->what);
		doc_release(&d);
	}
	lic_buf_release(&out);
}

/* --- what is no JSON -------------------------------------------------------------------------- */

#define DEEP "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["

static void malformed(void)
{
	static const struct {
		const char *name, *text, *note;
	} t[] = {
		{ "a.json", "", "byte 1: the file ends where a value" },
		{ "a.json", "  ", "byte 3: the file ends" },
		{ "a.json", "[{\"image\":\"a.jpg\"}", "byte 19: the file ends where ',' or ']'" },
		{ "a.json", "[{\"image\":\"a.jpg", "the end of a string" },
		{ "a.json", "[{\"image\":\"a.jpg\"}] x", "byte 21: 'x' where the end of the file" },
		{ "a.json", "[{\"image\":\"a.jpg\"}{\"image\":\"b.jpg\"}]", "byte 19: '{'" },
		{ "a.json", "[{\"image\":\"a.jpg\"},]", "a value" },
		{ "a.json", "{\"image\":\"a.jpg\",}", "a key" },
		{ "a.json", "{\"a.jpg\" 1}", "':'" },
		{ "a.json", "{\"a.jpg\":1]", "',' or '}'" },
		{ "a.json", "[\"a.jpg\",1 2]", "byte 12: '2'" },
		{ "a.json", "[\"a.jpg\",[1,2,03,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1.2.3,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1,2.,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1,.2,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1,-,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1,2-3,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1,,4]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1,4,]]", "a value" },
		{ "a.json", "[\"a.jpg\",[1 4,5]]", "',' or ']'" },
		{ "a.json", "[\"a.jpg\",[1,4}]", "',' or ']'" },
		{ "a.json", "[\"a.jpg\",nul]", "a value" },
		{ "a.json", "[\"a.jpg\",+1]", "a value" },
		{ "a.json", "[\"a.jpg\",\"\\x\"]", "an escape" },
		{ "a.json", "[\"a.jpg\",\"\\u12g4\"]", "an escape" },
		{ "a.json", "[\"a.jpg\",\"a\nb\"]", "the end of a string" },
		{ "a.json", "[\"a.jpg\",\"\xc3\"]", "not UTF-8" },
		{ "a.json", "[\"a.jpg\",\"\xed\xa0\x80\"]", "not UTF-8" },
		{ "a.json", "\xff\xfe[\0]\0", "UTF-16" },
		{ "a.json", "{}", "nothing names an image" },
		{ "a.json", DEEP DEEP DEEP DEEP DEEP DEEP DEEP, "nested deeper" },
		{ "a.json",
		  "[\"a.jpg\",\"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQN"
		  "DAsLDBkSEw8UHRof\"]",
		  "data outside of records" },
		{ "a.jsonl", "{\"image\":\"a.jpg\"}\n{\"image\":\"b.jpg\"\n}\n", "line 2," },
		{ "a.jsonl", "{\"image\":\"a.jpg\"} {}\n", "line 1," },
		{ "a.jsonl", "{\"image\":\"a.jpg\"}\n\nfoo\n", "line 3," },
		{ "a.jsonl", "{\"image\":\"a.jpg\"}\n[1,", "line 2," },
	};
	struct doc d;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(t); i++) {
		size_t n = strlen(t[i].text);

		doc_index(&d, t[i].name, t[i].text, n > 2 && t[i].text[0] == '\xff' ? 6 : n);
		ok(d.code == 0 && d.result.format == LIC_DOCUMENT_NONE &&
			   strstr(d.result.note, t[i].note),
		   "%zu: '%s'", i, d.result.note);
		doc_release(&d);
	}
}

static void keep_suspect(void *ctx, uint64_t subject _unused_, unsigned tag, struct lic_bytes name)
{
	if (tag != LIC_TAG_SUSPECT)
		return;
	lic_buf_add(ctx, name.p, name.n);
	lic_buf_addc(ctx, ' ');
}

/* What stands in structure and may name an image. */
static void suspects(void)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"cover\":\"x/b.jpg\"}",
		  "x/b.jpg " },
		{ "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"best\":\"img0001\"}",
		  "img0001 " },
		{ "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"info\":{\"best\":\"img0001\"}"
		  "}",
		  "img0001 " },
		{ "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"skip\":[\"img0001\","
		  "\"img0002\"]}",
		  "img0001 img0002 " },
		{ "{\"data\":{\"a.jpg\":{\"x\":1},\"img0001\":{\"x\":2}}}", "img0001 " },
		{ "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"categories\":[{\"id\":1,"
		  "\"name\":\"cat\"}]}",
		  "" },
	};
	struct lic_buf got = LIC_BUF_INIT(4096);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(t); i++) {
		struct doc d;

		doc_index(&d, "a.json", t[i].text, strlen(t[i].text));
		lic_buf_reset(&got);
		doc_names(&d, keep_suspect, &got);
		is_str(lic_buf_str(&got), t[i].want, "suspects of %s", t[i].text);
		doc_release(&d);
	}
	lic_buf_release(&got);
}

/* No list of stems is so long that those at its end go unseen. */
static void many_stems(void)
{
	struct lic_buf text = LIC_BUF_INIT(4u << 20), got = LIC_BUF_INIT(4u << 20);
	struct doc d;

	lic_buf_adds(&text, "{\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\"skip\":[\"x\"");
	for (unsigned i = 0; i < 20000; i++)
		lic_buf_addf(&text, ",\"img%06u\"", i);
	lic_buf_adds(&text, "]}");
	doc_index(&d, "a.json", text.data, text.len);
	doc_names(&d, keep_suspect, &got);
	ok(strstr(lic_buf_str(&got), "img019999 "), "the last of 20,000 stems");
	doc_release(&d);
	lic_buf_truncate(&text, text.len - 2);
	for (unsigned i = 20000; i < 70000; i++)
		lic_buf_addf(&text, ",\"img%06u\"", i);
	lic_buf_adds(&text, "]}");
	doc_index(&d, "a.json", text.data, text.len);
	ok(d.result.format == LIC_DOCUMENT_NONE && strstr(d.result.note, "too many places"),
	   "of 70,000 nobody can tell: '%s'", d.result.note);
	doc_release(&d);
	lic_buf_release(&text);
	lic_buf_release(&got);
}

/* Everything that has a place in the window: a document that moves over its edge byte by byte. */
static void edges(void)
{
	static const char *const hidden[] = { "b.jpg", NULL };
	static const char tail[] = "\",\"s\":[[1.5, -2e3,3],[4,5]],\"t\":\"\\u00e9\\ud83d\\ude00 "
				   "\xc3\xa9\",\"image\":\"a.jpg\"},{\"image\":\"b.jpg\"}]";
	static const char want[] = "\",\"s\":[[1.5, -2e3,3],[4,5]],\"t\":\"\\u00e9\\ud83d\\ude00 "
				   "\xc3\xa9\",\"image\":\"a.jpg\"}]";
	const size_t edge[] = { 64u << 10, 448u << 10, 512u << 10 };
	char *text = malloc(600u << 10);
	struct lic_buf out = LIC_BUF_INIT(1u << 20);
	unsigned bad = 0;

	for (size_t i = 0; i < 3 * 110; i++) {
		size_t n = edge[i / 110] - i % 110;
		struct doc d;
		bool whole;

		memcpy(text, "[{\"x\":\"", 7);
		for (size_t k = 7; k < n; k++)
			text[k] = "\xc3\xa9"[k % 2];
		if (n % 2)
			text[n - 1] = 'x';
		text[7] = 'x';
		memcpy(text + n, tail, sizeof(tail));
		doc_index(&d, "a.json", text, n + sizeof(tail) - 1);
		if (d.result.records != 2 || !doc_view(&d, hidden, &out, &whole) ||
		    out.len != n + sizeof(want) - 1 || strcmp(out.data + n, want) != 0) {
			printf("# %zu: %s\n", n, d.result.note);
			bad++;
		}
		doc_release(&d);
	}
	is_int(bad, 0, "documents that cross the edges of the window");
	free(text);
	lic_buf_release(&out);
}

/* A file and names to hide: prints what is left. */
static int show(int argc, char **argv)
{
	FILE *f = fopen(argv[1], "rb");
	struct lic_buf text = LIC_BUF_INIT(1u << 30), out = LIC_BUF_INIT(1u << 30);
	char buf[65536];
	struct doc d;
	bool whole;
	size_t n;

	(void)argc;
	while (f && (n = fread(buf, 1, sizeof(buf), f)) > 0)
		lic_buf_add(&text, buf, n);
	doc_index(&d, argv[1], text.data, text.len);
	fprintf(stderr, "%d %s, %llu records, %llu subjects, '%s'\n", d.code,
		lic_document_format_name(d.result.format), (unsigned long long)d.result.records,
		(unsigned long long)d.result.subjects, d.result.note);
	if (doc_view(&d, (const char *const *)argv + 2, &out, &whole))
		fwrite(out.data, 1, out.len, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return show(argc, argv);
	by_hand();
	malformed();
	suspects();
	many_stems();
	edges();
	return done_testing();
}
