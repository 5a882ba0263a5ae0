/* SPDX-License-Identifier: Apache-2.0 */
/* Tables as manifests: what the rows of each format come to, and the traps of each. The plain
 * samples are in test_manifest_samples.c, malformed files in test_manifest_hostile.c. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <licensefs/rights.h>

#include "manifest.h"

static struct rows rows;

static void good(const char *name, const char *text, const char *want, const char *what)
{
	rows_of(&rows, name, text);
	is_str(rows.err.msg, "", "%s: no error", what);
	is_str(lic_buf_str(&rows.text), want, "%s", what);
}

static void warned(const char *part, const char *what)
{
	ok(strstr(lic_buf_str(&rows.warnings), part), "%s: warns", what);
}

/* --- what the rows come to ---------------------------------------------------------------- */

/* One line a row: its status and license, as if nothing else spoke of the image. */
static int judge(void *ctx, const struct lic_row *row, struct lic_error *err)
{
	struct lic_policy policy = { .now = 1790000000 };
	struct rows *r = ctx;
	struct lic_rights rights;

	(void)err;
	lic_rights_resolve(row->claims, &policy, &rights, NULL, NULL);
	lic_buf_addf(&r->text, "%s %s\n", lic_status_name(rights.status), rights.license);
	return 0;
}

static void verdict(const char *name, const char *text, const char *want, const char *what)
{
	int fd = memfd_create("manifest", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	lic_buf_reset(&rows.text);
	lic_buf_reset(&rows.warnings);
	rows.err = (struct lic_error)LIC_ERROR_INIT;
	rows.o.row = judge;
	rows.r = lic_manifest_read(fd, name, -1, &rows.o, &rows.result, &rows.err);
	close(fd);
	is_str(rows.err.msg, "", "%s: no error", what);
	is_str(lic_buf_str(&rows.text), want, "%s", what);
}

#define OI_HEAD                                                                                    \
	"ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title\n"
#define OV(landing, url, license, version, creator, meta)                                          \
	"f\t" landing "\t" url "\t\\N\tjpg\t1\t" license "\t" version "\t" creator                 \
	"\t\\N\t\\N\t" meta "\t[]\t\\N\tf\tflickr\tflickr\tprovider_api\t1\t1\n"
#define URL(path) "{\"license_url\": \"https://creativecommons.org/" path "/\"}"
#define YFCC(name, url, marker)                                                                    \
	"1001234567\tu\tJ+D\td\t1\tc\tA+%3Cb%3E\td\t\t\t\t\t\thttp://www.flickr.com/photos/u/"     \
	"1001234567/\thttp://x/\t" name "\t" url "\t1\t1\ts\to\tjpg\t" marker "\n"

static void test_verdicts(void)
{
	verdict("a.csv",
		OI_HEAD "0a,t,u,l,https://creativecommons.org/licenses/by/2.0/,p,A,T\n"
			"0b,t,u,l,https://example.org/mine,p,A,T\n0c,t,u,l,,p,A,T\n",
		"clear CC-BY-2.0\nunlicensed LicenseRef-Unrecognised\nunlicensed \n",
		"Open Images: a license, one that nobody knows, none");
	verdict("y.tsv",
		YFCC("Attribution-NonCommercial License",
		     "http://creativecommons.org/licenses/by-nc/2.0/", "0")
			YFCC("Attribution License",
			     "http://creativecommons.org/licenses/by-nc/2.0/", "0"),
		"clear CC-BY-NC-2.0\nconflict LicenseRef-Conflict\n",
		"YFCC100M: name and address of the license agree, or do not");
	verdict("y.csv",
		"photoid,licensename,licenseurl\n"
		"7,Attribution License,http://creativecommons.org/licenses/by/2.0/\n",
		"clear CC-BY-2.0\n", "YFCC100M: columns that are needed, and no other");
	verdict("o.tsv",
		OV("https://x/1", "https://x/p/sunset-1.jpg", "by", "2.0", "J",
		   URL("licenses/by/2.0/fr")) OV("https://x/1", "https://x/p/sunset-2.jpg", "by-nc",
						 "2.0", "J", "\\N")
			OV("https://x/1", "https://x/p/sunset-3.jpg", "by", "4.0", "J",
			   URL("licenses/by/2.0")) OV("https://x/1", "https://x/p/sunset-4.jpg",
						      "by-nc", "2.0", "J", URL("licenses/by/2.0"))
				OV("https://x/1", "https://x/p/sunset-5.jpg", "cc0", "1.0", "J",
				   URL("publicdomain/zero/1.0")),
		"clear LicenseRef-CC-BY-2.0-FR\nclear CC-BY-NC-2.0\nconflict LicenseRef-Conflict\n"
		"conflict LicenseRef-Conflict\nclear CC0-1.0\n",
		"Openverse: ports refine, what differs conflicts");
	verdict("photos.csv",
		"photo_uuid\tphoto_id\tobserver_id\tlicense\tposition\n"
		"a\t1\t2\tCC-BY-NC\t0\nb\t2\t2\t\t0\nc\t3\t2\tNULL\t0\nd\t4\t2\tCC0\t0\n"
		"e\t5\t2\tPD\t0\n",
		"clear LicenseRef-CC-BY-NC\nunlicensed LicenseRef-AllRightsReserved\n"
		"unlicensed LicenseRef-AllRightsReserved\nclear CC0-1.0\n"
		"clear LicenseRef-PublicDomain-Unspecified\n",
		"iNaturalist: no license reserves all rights");
	verdict("multimedia.txt",
		"gbifID\tidentifier\tlicense\trightsHolder\n"
		"1\thttp://x/1.jpg\t\xc2\xa9 J D, some rights reserved (CC BY-NC)\tJ D\n"
		"2\thttp://x/2.jpg\thttps://creativecommons.org/licenses/by/4.0/deed.en\tJ D\n"
		"3\thttp://x/3.jpg\tAsk the museum\tJ D\n4\thttp://x/4.jpg\t\t\xc2\xa9 J D\n",
		"clear LicenseRef-CC-BY-NC\nclear CC-BY-4.0\n"
		"unlicensed LicenseRef-Unrecognised\nunlicensed \n",
		"GBIF: free text and addresses");
	verdict("l.csv",
		"SAMPLE_ID,URL,TEXT,LICENSE,NSFW\n"
		"1,http://x/1.jpg,t,https://creativecommons.org/licenses/by/4.0/,U\n"
		"2,http://x/2.jpg,t,?,U\n",
		"unlicensed CC-BY-4.0\nunlicensed LicenseRef-Unknown\n",
		"LAION: a guessed license grants nothing");
}

static void test_occurrences(void)
{
	static const char text[] = "gbifID\tidentifier\tlicense\trightsHolder\tbasisOfRecord\n"
				   "1\thttp://x/herb-1.jpg\tCC0_1_0\tJ\tX\n";

	rows_of(&rows, "occurrence.txt", text);
	is_int(rows.r, -ENOTSUP, "occurrences are no pictures");
	rows.o.format = "gbif";
	rows_of(&rows, "occurrence.txt", text);
	is_str(rows.err.msg,
	       "'occurrence.txt' lists occurrences: their license is not the pictures'; import "
	       "multimedia.txt beside it",
	       "and that is said");
	rows.o.format = NULL;
}

static void test_terms(void)
{
	const char *list = "n00004475_6590\thttp://example.org/a b.jpg\n";

	verdict("u.txt", list, "unlicensed LicenseRef-ImageNet-Terms\n",
		"ImageNet's terms grant nothing by themselves");
	warned("--grant", "ImageNet");
	rows.o.grant = true;
	verdict("u.txt", list, "clear LicenseRef-ImageNet-Terms\n", "and do with --grant");
	rows.o.grant = false;
	good("unsplash-research-dataset-lite-latest/photos.tsv000",
	     "photo_id\tphoto_url\tphotographer_username\tphotographer_first_name\t"
	     "photographer_last_name\tai_description\nX_1-a\thttps://u/X\tjd\t\t\tdog\n",
	     "2 stem=X_1-a | manifest source-url any photo_url=https://u/X | manifest creator any "
	     "photographer_username=jd | dataset license any "
	     "terms=LicenseRef-Unsplash-Dataset-Lite | dataset terms any "
	     "terms=LicenseRef-Unsplash-Dataset-Lite\n",
	     "Unsplash: the Lite dataset by its name");
}

/* --- names from addresses ------------------------------------------------------------------ */

static void keys_of(const char *url, const char *want)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(1u << 16);
	char *bar;

	lic_buf_addf(&text, "gbifID\tidentifier\tlicense\n1\t%s\tCC0\n", url);
	rows_of(&rows, "multimedia.txt", lic_buf_str(&text));
	bar = strstr(lic_buf_str(&rows.text), " | ");
	if (bar)
		*bar = '\0';
	is_str(lic_buf_str(&rows.text), want, "keys of %s", url);
}

static void test_addresses(void)
{
	keys_of("https://x.org/photos/8126181.jpg",
		"2 url=https://x.org/photos/8126181.jpg tail=8126181.jpg");
	keys_of("https://x.org/IMG_1234.JPG", "2 url=https://x.org/IMG_1234.JPG");
	keys_of("https://x.org/000001.jpg", "2 url=https://x.org/000001.jpg");
	keys_of("https://x.org/1/medium.jpeg", "2 url=https://x.org/1/medium.jpeg");
	keys_of("https://x.org/a.jpg", "2 url=https://x.org/a.jpg");
	keys_of("https://x.org/photo-2%20(1).jpg", "2 url=https://x.org/photo-2%20(1).jpg");
	keys_of("https://x.org/view?f=herbarium-7.jpg",
		"2 url=https://x.org/view?f=herbarium-7.jpg");
	keys_of("https://x.org/herbarium-7.jpg?w=1#x",
		"2 url=https://x.org/herbarium-7.jpg?w=1#x tail=herbarium-7.jpg");
	keys_of("https://live.staticflickr.com/65535/48123456789_abcdef0123_b.jpg",
		"2 url=https://live.staticflickr.com/65535/48123456789_abcdef0123_b.jpg "
		"tail=48123456789_abcdef0123_b.jpg id=48123456789");
	keys_of("https://staticflickr.com.evil.org/4812_abcdef0123_b.jpg",
		"2 url=https://staticflickr.com.evil.org/4812_abcdef0123_b.jpg "
		"tail=4812_abcdef0123_b.jpg");
	keys_of("https://x.org/A%2Fherb.jpg", "2 url=https://x.org/A%2Fherb.jpg tail=A%2Fherb.jpg");
}

/* --- observers ------------------------------------------------------------------------------ */

#define PHOTOS "photo_id\tobserver_id\tlicense\n1\t42\tCC0\n2\t7\tCC0\n3\t8\tCC0\n"

static void read_photos(const char *observers)
{
	char top[] = "/tmp/licensefs-observers-XXXXXX", path[128];
	int dir, fd = memfd_create("photos", MFD_CLOEXEC);

	if (!mkdtemp(top) || fd < 0 || write(fd, PHOTOS, strlen(PHOTOS)) < 0)
		abort();
	snprintf(path, sizeof(path), "%s/observers.csv", top);
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (observers) {
		int o = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (o < 0 || write(o, observers, strlen(observers)) < 0)
			abort();
		close(o);
	}
	lic_buf_reset(&rows.text);
	lic_buf_reset(&rows.warnings);
	rows.err = (struct lic_error)LIC_ERROR_INIT;
	rows.o.row = rows_add;
	rows.r = lic_manifest_read(fd, "photos.csv", dir, &rows.o, &rows.result, &rows.err);
	close(fd);
	close(dir);
	unlink(path);
	rmdir(top);
}

#define CC0 " | manifest license inaturalist license=CC0"

static void test_observers(void)
{
	read_photos("observer_id\tlogin\tname\n42\tjd\tJane\n7\tjr\t\n");
	is_str(lic_buf_str(&rows.text),
	       "2 folder-id=1" CC0 " | manifest creator any observer=Jane\n"
	       "3 folder-id=2" CC0 " | manifest creator any observer=jr\n4 folder-id=3" CC0 "\n",
	       "names, logins where there are none, in any order");
	read_photos(NULL);
	is_int(rows.r, 0, "without observers it is read");
	warned("observers.csv", "no observers");
	read_photos("observer_id\tlogin\tname\n42\tjd\n");
	is_str(rows.err.msg, "'observers.csv', line 2: 2 fields where the first row has 3",
	       "broken observers");
	read_photos("a\tb\n");
	is_str(rows.err.msg,
	       "'observers.csv', line 1: no columns are named 'observer_id' and 'login'",
	       "other observers");
	read_photos("observer_id\tlogin\n99999999999\tx\n");
	is_str(rows.err.msg, "'observers.csv', line 2: the observer_id is no number", "a huge id");
}

/* --- traps of splitting ---------------------------------------------------------------------- */

static void test_ends(void)
{
	good("a.csv", "path,license\na.jpg,CC BY\nb.jpg,CC BY",
	     "2 path=a.jpg | manifest license any license=CC BY\n3 path=b.jpg | none license any "
	     "license=CC BY\n",
	     "a license that the end of the file may have cut grants nothing");
	warned("line 3", "cut");
	good("a.csv", "path,license\nb.jpg,\"CC BY\"",
	     "2 path=b.jpg | manifest license any license=CC BY\n", "a quote says where it ends");
	good("a.csv", "license,path,title\nCC BY,b.jpg,T",
	     "2 path=b.jpg | manifest license any license=CC BY | manifest title any title=T\n",
	     "a title may be cut");
	good("a.csv", "license,title,path\r\nCC BY,\"a\r\nb\",\"b \"\".jpg\"\r\n\r\nCC0,,c.jpg\r\n",
	     "2 path=b \".jpg | manifest license any license=CC BY | manifest title any "
	     "title=a\\x0d\\nb\n5 path=c.jpg | manifest license any license=CC0\n",
	     "lines in quotes count, empty ones are passed over");
	good("a.csv", " path , license\na.jpg,CC0\n",
	     "2 path=a.jpg | manifest license any license=CC0\n", "blanks around names of columns");
	good("p.tsv", "http://x/1.jpg\ta \"dog\nhttp://x/2.jpg\t\"\"\"\n",
	     "1 url=http://x/1.jpg\n2 url=http://x/2.jpg\n", "quotes of captions mean nothing");
}

/* --- tables of no format -------------------------------------------------------------------- */

static void map(const char *name, const char *text, const char *mapping, const char *want,
		const char *what)
{
	struct lic_manifest_map list[8];
	char copy[256], *rest = copy, *item;

	snprintf(copy, sizeof(copy), "%s", mapping);
	rows.o.map = list;
	rows.o.n_map = 0;
	while ((item = strsep(&rest, ","))) {
		struct lic_manifest_map *m = &list[rows.o.n_map++];

		m->what = strsep(&item, "=");
		m->column = item;
	}
	rows_of(&rows, name, text);
	is_str(rows.err.msg[0] ? rows.err.msg : lic_buf_str(&rows.text), want, "%s", what);
	rows.o.map = NULL;
	rows.o.n_map = 0;
}

static void test_map(void)
{
	const char *table = "Bild;Lizenz;Urheber\nx/a.jpg;CC BY 4.0;J\n";
	const char *lines = "{\"f\":\"a.jpg\",\"l\":\"CC0\"}\n{\"f\":\"b.jpg\",\"x\":1}\n";

	map("t.csv", table, "path=Bild,license=lizenz,creator=URHEBER",
	    "2 path=x/a.jpg | manifest license any lizenz=CC BY 4.0 | manifest creator any "
	    "URHEBER=J\n",
	    "columns by name, whatever the case");
	map("t.csv", table, "name=1,license=2",
	    "1 tail=Bild | manifest license any license=Lizenz\n"
	    "2 tail=x/a.jpg | manifest license any license=CC BY 4.0\n",
	    "columns by number: there is no header");
	map("t.csv", table, "path=Bild,license=Lizens",
	    "'t.csv' has no column 'Lizens' that --map names; did you mean 'Lizenz'?",
	    "a typing error in a column");
	map("t.csv", table, "path=Bild,licence=Lizenz",
	    "--map knows no 'licence'; did you mean 'license'?: license, rights, creator, credit, "
	    "title, source; path, name, stem, id, url, md5, sha256, xxh3",
	    "a typing error in what it is");
	map("t.csv", table, "path=1,license=9",
	    "'t.csv' has 3 columns, and none of the number 9 that --map names",
	    "a number too high");
	map("t.csv", table, "path=1,license=Lizenz",
	    "--map names some columns and numbers others; number all of them where 't.csv' has no "
	    "header",
	    "names and numbers");
	map("t.csv", table, "license=Lizenz",
	    "--map says of no column which image a row is about; add path=COLUMN, or name, stem, "
	    "id, url, md5, sha256 or xxh3",
	    "no key");
	map("metadata.csv", "file_name,license,mine\na.jpg,CC0,CC BY-NC 4.0\n",
	    "path=file_name,license=mine",
	    "2 path=a.jpg | manifest license any mine=CC BY-NC 4.0\n",
	    "the operator's word goes before the format");
	map("t.jsonl", lines, "path=f,license=l",
	    "1 path=a.jpg | manifest license any l=CC0\n2 path=b.jpg\n", "JSON Lines");
	map("t.jsonl", lines, "path=g,license=l", "'t.jsonl' has no column 'g' that --map names",
	    "no such key");
	map("t.csv", "h;u;m\nd41d8cd98f00b204e9800998ecf8427e;https://x/1;7\n",
	    "md5=h,url=u,id=m,stem=m,rights=m",
	    "2 md5=d41d8cd98f00b204e9800998ecf8427e url=https://x/1 id=7 stem=7 | manifest "
	    "copyright any m=7\n",
	    "one column for several things");
	rows.o.format = "coco";
	map("t.csv", table, "path=Bild",
	    "--map is for tables of no known format; 't.csv' is read as coco, which says what its "
	    "columns mean",
	    "a format of its own");
	rows.o.format = "csv";
	map("t.csv", "a,b\n1,2\n", "path=a", "2 path=1\n", "by name of the format, too");
	rows.o.format = NULL;
	rows_of(&rows, "t.csv", "a,b\n1,2\n");
	is_int(rows.r, -ENOTSUP, "without clear names nothing is guessed");
	rows_of(&rows, "t.csv", "file,b\n1,2\n");
	is_int(rows.r, -ENOTSUP, "nor without rights");
}

int main(void)
{
	rows.o.label = "manifest test";
	rows.text.max = rows.warnings.max = 64u << 20;
	rows.o.ctx = &rows;
	rows.o.warn = rows_warn;
	test_verdicts();
	test_occurrences();
	test_terms();
	test_addresses();
	test_observers();
	test_ends();
	test_map();
	rows_release(&rows);
	return done_testing();
}
