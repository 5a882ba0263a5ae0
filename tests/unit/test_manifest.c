/* SPDX-License-Identifier: Apache-2.0 */
/* Reading manifests: JSON and tables of any size, gzip, COCO and its relatives, hostile files. */
#include <errno.h>
#include <stdlib.h>

#include "manifest.h"

#define LICENSES                                                                                   \
	"\"licenses\":[{\"url\":\"http://creativecommons.org/licenses/by/2.0/\",\"id\":4,"         \
	"\"name\":\"Attribution License\"},{\"id\":1,\"url\":null,\"name\":\"Test\"}]"
#define FLICKR "\"flickr_url\":\"http://farm9.staticflickr.com/8186/81191001_1a2b3c4d5e_z.jpg\""
#define ONE "{\"license\":4,\"file_name\":\"1.jpg\"," FLICKR "}"

static struct rows rows;

static void good(const char *text, const char *want, const char *name)
{
	rows_of(&rows, "a.json", text);
	is_str(rows.err.msg, "", "%s: no error", name);
	is_str(lic_buf_str(&rows.text), want, "%s", name);
}

static void bad(const char *text, const char *want, const char *name)
{
	rows_of(&rows, "a.json", text);
	ok(rows.r == -EBADMSG, "%s: fails", name);
	is_str(rows.err.msg, want, "%s: says so", name);
}

#define CLAIMS                                                                                     \
	" | manifest license flickr-name license url=http://creativecommons.org/licenses/by/2.0/"  \
	" | manifest copyright any license name=Attribution License"                               \
	" | manifest source-url any flickr_url="                                                   \
	"http://farm9.staticflickr.com/8186/81191001_1a2b3c4d5e_z.jpg\n"

static void test_coco(void)
{
	good("{" LICENSES ",\"images\":[" ONE "]}", "1 tail=1.jpg" CLAIMS, "licenses first");
	is_str(rows.result.format, "coco", "is COCO");
	good("\xef\xbb\xbf{\"annotations\":[{\"a\":[1,{\"}\":\"\\\"]\"}]}],\"images\":[" ONE
	     "],\r\n" LICENSES "}\r\n",
	     "1 tail=1.jpg" CLAIMS, "licenses last, a byte order mark, CR LF");
	good("{" LICENSES ",\"images\":[]}", "", "no image at all");
	good("{" LICENSES ",\"images\":[{\"license\":4,\"file_name\":\"1.jpg\"}]}",
	     "1 tail=1.jpg | none license flickr-name license "
	     "url=http://creativecommons.org/licenses/by/2.0/ | none copyright any "
	     "license name=Attribution License\n",
	     "a license that was copied along grants nothing");
	ok(strstr(lic_buf_str(&rows.warnings), "grant nothing"), "and that is said");
	good("{" LICENSES ",\"images\":[{\"license\":4,\"coco_url\":\"http://"
	     "images.cocodataset.org/val2017/7.jpg\"}]}",
	     "1 tail=7.jpg | manifest license flickr-name license "
	     "url=http://creativecommons.org/licenses/by/2.0/ | manifest copyright any license "
	     "name=Attribution License | manifest source-url any "
	     "coco_url=http://images.cocodataset.org/val2017/7.jpg\n",
	     "LVIS has no file_name");
	good("{\"info\":{\"description\":\"COCO\"},\"images\":[{\"file_name\":\"a\\u00e9\\ud83d"
	     "\\ude00.jpg\",\"license\":null," FLICKR "}],\"annotations\":null}",
	     "1 tail=a\xc3\xa9\xf0\x9f\x98\x80.jpg | manifest source-url any flickr_url="
	     "http://farm9.staticflickr.com/8186/81191001_1a2b3c4d5e_z.jpg\n",
	     "null says nothing, escapes are undone");
}

#define OTHER                                                                                      \
	" | none license flickr-name license url=http://creativecommons.org/licenses/by/2.0/"      \
	" | none copyright any license name=Attribution License"
#define FLICKR_CLAIM                                                                               \
	" | manifest source-url any "                                                              \
	"flickr_url=http://farm9.staticflickr.com/8186/81191001_1a2b3c4d5e_z.jpg"

/* What other tools write in COCO's format. */
static void test_boilerplate(void)
{
	good("{" LICENSES ",\"images\":[{\"license\":4,\"file_name\":\"1.jpg\",\"flickr_url\":"
	     "\"1.jpg\",\"coco_url\":\"1.jpg\"}]}",
	     "1 tail=1.jpg" OTHER "\n", "addresses that are file names");
	good("{" LICENSES ",\"images\":[{\"license\":4,\"file_name\":\"own.jpg\"," FLICKR
	     ",\"coco_url\":\"http://images.cocodataset.org/val2017/7.jpg\"}]}",
	     "1 tail=own.jpg" OTHER FLICKR_CLAIM " | manifest source-url any "
	     "coco_url=http://images.cocodataset.org/val2017/7.jpg\n",
	     "the address of another image");
	good("{" LICENSES ",\"images\":[{\"license\":4,\"file_name\":\"1.jpg\"," FLICKR
	     "},{\"license\":4,\"file_name\":\"2.jpg\"," FLICKR "}]}",
	     "1 tail=1.jpg" OTHER FLICKR_CLAIM "\n2 tail=2.jpg" OTHER FLICKR_CLAIM "\n",
	     "one address in all images");
	good("{\"licenses\":[{\"name\":\"\",\"id\":0,\"url\":\"\"}],\"images\":[{\"license\":0,"
	     "\"file_name\":\"a\\\\b.jpg\"}]}",
	     "1 tail=a\\b.jpg tail=a/b.jpg\n", "CVAT's empty license, a path of Windows");
	good("{\"images\":[{\"license\":9,\"file_name\":\"1.jpg\"}],\"annotations\":[]}",
	     "1 tail=1.jpg | none license any license=a license that the file does not define\n",
	     "a license of no list");
	ok(strstr(lic_buf_str(&rows.warnings), "has license 9"), "and that is said");
	good("{\"licenses\":[{\"id\":\"4\",\"name\":\"Attribution License\"}],\"images\":[{"
	     "\"license\":4.0,\"file_name\":\"1.jpg\"," FLICKR "}]}",
	     "1 tail=1.jpg | manifest license flickr-name license name=Attribution "
	     "License" FLICKR_CLAIM "\n",
	     "ids are texts, numbers with a point, names alone");
}

static void test_inaturalist(void)
{
	good("{\"images\":[{\"id\":1,\"file_name\":\"val/0_A/a.jpg\",\"license\":1,"
	     "\"rights_holder\":\"Jane\"},{\"file_name\":\"b.jpg\",\"license\":null,"
	     "\"rights_holder\":null}],\"licenses\":[{\"id\":1,\"name\":"
	     "\"Attribution-NonCommercial License\","
	     "\"url\":\"http://creativecommons.org/licenses/by-nc/4.0/\"}]}",
	     "1 tail=val/0_A/a.jpg | manifest license inaturalist license "
	     "url=http://creativecommons.org/licenses/by-nc/4.0/ | manifest copyright any "
	     "license name=Attribution-NonCommercial License | manifest creator any "
	     "rights_holder=Jane | dataset terms any terms=LicenseRef-iNat-Competition\n"
	     "2 tail=b.jpg | manifest license any license=All rights reserved | dataset terms any "
	     "terms=LicenseRef-iNat-Competition\n",
	     "iNaturalist: terms bind, null reserves all rights");
}

static void test_malformed(void)
{
	bad("{" LICENSES ",\"images\":[" ONE,
	    "'a.json', byte 258: the file ends where the end of an object or array should be; it "
	    "may be cut off",
	    "cut off");
	bad("{" LICENSES ",\"images\":[" ONE "]}x",
	    "'a.json', byte 260: 'x' where the end of the "
	    "file should be",
	    "something behind");
	bad("{" LICENSES ",\"images\":[" ONE "],\"images\":[]}",
	    "'a.json', byte 269: 'images' stands twice", "images twice");
	bad("{\"images\":[{\"license\":4,\"license\":5,\"file_name\":\"1.jpg\"}],\"licenses\":[]}",
	    "'a.json', byte 35: 'license' stands twice in one object", "a key stands twice");
	bad("{\"images\":[{\"license\":9,\"file_name\":\"1.jpg\"}]," LICENSES "}",
	    "'a.json', byte 45: an image of license 9, which is not in 'licenses'",
	    "a license that is not there");
	bad("{" LICENSES ",\"images\":{\"a\":1}}", "'a.json', byte 149: 'images' is no array",
	    "wrong type");
	bad("{" LICENSES ",\"images\":[[1]]}", "'a.json', byte 150: an image that is no object",
	    "wrong type of an image");
	bad("{" LICENSES ",\"images\":[{\"license\":{},\"file_name\":\"1.jpg\"}]}",
	    "'a.json', byte 183: 'license' is no id", "wrong type of a license");
	bad("{\"info\":{},\"licenses\":[],\"annotations\":[{]]," LICENSES ",\"images\":[" ONE "]}",
	    "'a.json', byte 42: ']' where '}' should be", "brackets that do not match");
	bad("{\"info\":{},\"annotations\":[tru]," LICENSES "}",
	    "'a.json', byte 169: no 'images': these annotations name no image", "no images");
}

/* A value far longer than any window, in what is passed over and in what is read. */
static void test_huge(void)
{
	struct lic_buf b = LIC_BUF_INIT(64u << 20);

	lic_buf_adds(&b, "{\"info\":{\"x\":\"");
	for (int i = 0; i < 3000000; i++)
		lic_buf_adds(&b, "0123456\\\"89");
	lic_buf_adds(&b, "\"}," LICENSES ",\"images\":[" ONE "]}");
	rows_read(&rows, "big.json", lic_buf_str(&b), b.len);
	is_str(lic_buf_str(&rows.text), "1 tail=1.jpg" CLAIMS, "30 MB are passed over");
	lic_buf_reset(&b);
	lic_buf_adds(&b, "{" LICENSES ",\"images\":[{\"file_name\":\"");
	for (int i = 0; i < 100000; i++)
		lic_buf_addc(&b, 'x');
	lic_buf_adds(&b, "\"}]}");
	rows_read(&rows, "big.json", lic_buf_str(&b), b.len);
	is_str(rows.err.msg, "'big.json', byte 100164: 'file_name' is longer than 64 KiB",
	       "a huge name is an error");
	lic_buf_release(&b);
}

int main(void)
{
	test_coco();
	test_boilerplate();
	test_inaturalist();
	test_malformed();
	test_huge();
	rows_of(&rows, "x.bin", "\x89PNG\r\n");
	is_int(rows.r, -ENOTSUP, "what is no manifest is refused");
	rows.o.format = "cocoo";
	rows_of(&rows, "x.bin", "{}");
	is_str(rows.err.msg, "no format is named 'cocoo'; did you mean 'coco'?",
	       "a typing error is mended");
	rows.o.format = "parquet";
	rows_of(&rows, "x.bin", "{}");
	is_str(rows.err.msg, "no format is named 'parquet'; 'licensefs import --formats' lists all",
	       "where nothing is near, the list is named");
	rows_release(&rows);
	return done_testing();
}
