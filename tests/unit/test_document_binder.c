/* SPDX-License-Identifier: Apache-2.0 */
/* Names to images, in the layouts of real datasets: which images a name means, and which it must
 * not. */
#include <errno.h>

#include "fs/document/binder.h"
#include "tests/unit/tap.h"

/* --- a small store ------------------------------------------------------------------------ */

#define FILES_MAX 64
#define STORE "/data/store"

/* Directories have the numbers 1.., images 100.. in the order in which they are listed. */
struct store {
	char dir[FILES_MAX][128];
	int n_dir;
	const char *image[FILES_MAX];
	int n_image;
};

static int dir_of(struct store *s, const char *path, size_t n)
{
	for (int i = 0; i < s->n_dir; i++)
		if (strlen(s->dir[i]) == n && strncmp(s->dir[i], path, n) == 0)
			return i + 1;
	if (s->n_dir == 0 && n)
		dir_of(s, "", 0);
	for (size_t k = n; k > 0; k--)
		if (path[k - 1] == '/') {
			dir_of(s, path, k - 1);
			break;
		}
	snprintf(s->dir[s->n_dir], sizeof(s->dir[0]), "%.*s", (int)n, path);
	return ++s->n_dir;
}

static int parent_of(void *ctx, int64_t id, int64_t *ret_parent, struct lic_bytes *ret_name)
{
	struct store *s = ctx;
	const char *path = s->dir[id - 1], *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	*ret_parent = id == 1 ? 0 : dir_of(s, path, slash ? (size_t)(slash - path) : 0);
	*ret_name = (struct lic_bytes){ (const uint8_t *)name, strlen(name) };
	return 0;
}

static struct lic_bytes bytes(const char *s)
{
	return (struct lic_bytes){ (const uint8_t *)s, strlen(s) };
}

/* "a/b.jpg c.jpg" */
static void fill(struct store *s, const char *images)
{
	static char text[4096];
	char *rest = text;

	memset(s, 0, sizeof(*s));
	dir_of(s, "", 0);
	snprintf(text, sizeof(text), "%s", images);
	for (char *p; (p = strsep(&rest, " "));)
		if (*p)
			s->image[s->n_image++] = p;
}

/* --- a document --------------------------------------------------------------------------- */

struct given {
	const char *what;
	const char *images;
	const char *document; /* its path */
	/* "name name2; ..." one subject before each ';'. "2:name" has the tag COLUMN + 2, "o:" is
	 * OTHER, "s:" SUSPECT, "*" at the beginning of a subject: ANY. */
	const char *names;
	/* "a/b.jpg c.jpg; ...": the images of each; "-": none */
	const char *want;
};

static void read_names(struct lic_binder *b, struct lic_binding *x, const char *names, bool bind,
		       const struct store *s, struct lic_buf *out)
{
	char text[8192], *rest = text, *subject;

	snprintf(text, sizeof(text), "%s", names);
	while ((subject = strsep(&rest, ";"))) {
		const int64_t *id = NULL;
		size_t n = 0;

		while (*subject == ' ')
			subject++;
		if (bind)
			lic_binding_subject(x, *subject == '*');
		subject += *subject == '*';
		for (char *name; (name = strsep(&subject, " "));) {
			unsigned tag = LIC_TAG_COLUMN;
			struct lic_bytes t;

			if (!*name)
				continue;
			if (name[1] == ':' && name[2] != '/') {
				tag = *name == 'o'   ? LIC_TAG_OTHER
				      : *name == 's' ? LIC_TAG_SUSPECT
						     : LIC_TAG_COLUMN + (unsigned)(*name - '0');
				name += 2;
			}
			t = bytes(name);
			if (bind)
				is_int(lic_binding_name(x, tag, &t), 0, "bound");
			else if (x)
				is_int(lic_binding_count(x, tag, &t), 0, "counted");
			else
				is_int(lic_binder_want(b, tag, &t), 0, "wanted");
		}
		if (!bind)
			continue;
		is_int(lic_binding_images(x, &id, &n), 0, "its images");
		if (out->len)
			lic_buf_adds(out, "; ");
		for (size_t i = 0; i < n; i++)
			lic_buf_addf(out, "%s%s", i ? " " : "", s->image[id[i] - 100]);
		if (!n)
			lic_buf_adds(out, "-");
	}
}

static void check(const struct given *g)
{
	const struct lic_bytes roots[] = { bytes(STORE), bytes("/mnt/link") };
	const char *slash = strrchr(g->document, '/');
	struct lic_bytes name = bytes(slash ? slash + 1 : g->document);
	struct lic_buf got = LIC_BUF_INIT(4096);
	struct lic_binder *b = NULL;
	struct lic_binding *x = NULL;
	struct store s;

	fill(&s, g->images);
	is_int(lic_binder_new(roots, 2, parent_of, &s, &b), 0, "%s", g->what);
	read_names(b, NULL, g->names, false, &s, NULL);
	for (int i = 0; i < s.n_image; i++) {
		const char *p = s.image[i], *tar = strstr(p, ".tar/");
		const char *end = tar ? tar + 4 : strrchr(p, '/');
		struct lic_bytes t = bytes(end ? end + 1 : p);
		bool hidden = *t.p == '-';

		is_int(lic_binder_image(b, hidden ? -100 - i : 100 + i,
					dir_of(&s, p, end ? (size_t)(end - p) : 0), &t),
		       0, "an image");
	}
	is_int(lic_binder_match(b), 0, "matched");
	is_int(lic_binding_new(b,
			       dir_of(&s, g->document, slash ? (size_t)(slash - g->document) : 0),
			       &name, &x),
	       0, "a document");
	read_names(b, x, g->names, false, &s, NULL);
	is_int(lic_binding_choose(x), 0, "chosen");
	read_names(b, x, g->names, true, &s, &got);
	if (lic_binding_suspect(x))
		lic_buf_addf(&got, " ! %s", s.image[lic_binding_suspect(x) - 100]);
	is_str(lic_buf_str(&got), g->want, "%s", g->what);
	lic_buf_release(&got);
	lic_binding_free(x);
	lic_binder_free(b);
}

/* --- layouts ------------------------------------------------------------------------------ */

static const struct given names[] = {
	{ "a name alone", "a.jpg b.jpg", "l.txt", "a.jpg; b.jpg; c.jpg", "a.jpg; b.jpg; -" },
	{ "a stem", "JPEGImages/2007_000027.jpg", "ImageSets/Main/train.txt",
	  "2007_000027; 2007_000028", "JPEGImages/2007_000027.jpg; -" },
	{ "a stem is exact", "a1.b.jpg a1.jpg", "l.txt", "a1; a1.b", "a1.jpg; a1.b.jpg" },
	{ "an image without an extension", "photo77", "l.txt", "photo77; photo77.jpg",
	  "photo77; -" },
	{ "a name with an extension is no stem", "a1.jpg.png", "l.txt", "a1.jpg", "-" },
	{ "letter case counts", "A1.jpg", "l.txt", "a1.jpg", "-" },
	{ "dots and slashes", "x/a.jpg", "l.txt",
	  "./x/a.jpg; x//a.jpg; y/../x/a.jpg; ../x/a.jpg; /x/a.jpg; x\\a.jpg",
	  "x/a.jpg; x/a.jpg; x/a.jpg; x/a.jpg; x/a.jpg; x/a.jpg" },
	{ "nothing but dots", "a.jpg", "l.txt", "..; .; /; ../..", "-; -; -; -" },
	{ "addresses", "val2017/000000397133.jpg", "l.csv",
	  "http://images.cocodataset.org/val2017/000000397133.jpg?x=1/2.jpg; "
	  "https://x.org/000000397133.jpg#top; http://x.org/; http:///; file:///a/000000397133.jpg",
	  "val2017/000000397133.jpg; val2017/000000397133.jpg; -; -; val2017/000000397133.jpg" },
	{ "an encoded address", "my%cat.jpg", "l.csv", "https://x.org/my%25cat.jpg; my%25cat.jpg",
	  "my%cat.jpg; -" },
	{ "absolute below the store", "a/1.jpg old/a/1.jpg", "l.txt",
	  STORE "/a/1.jpg; /mnt/link/old/a/1.jpg; " STORE "/old/a/1.jpg",
	  "a/1.jpg; old/a/1.jpg; old/a/1.jpg" },
	{ "absolute at the store's root", "1.jpg old/1.jpg", "old/l.txt", STORE "/1.jpg", "1.jpg" },
	{ "absolute, and the store was moved", "a/1.jpg b/1.jpg", "l.txt", "/home/me/a/1.jpg",
	  "a/1.jpg" },
	{ "a root is no prefix of a name", "store2/1.jpg 1.jpg", "l.txt", STORE "2/1.jpg",
	  "store2/1.jpg" },
	{ "leading components that the store lacks", "Insecta/1234/x.jpg b/x.jpg", "train.json",
	  "train_val2018/Insecta/1234/x.jpg", "Insecta/1234/x.jpg" },
	{ "members of archives", "s/00000.tar/0001.jpg s/00001.tar/d/0002.jpg", "l.txt",
	  "0001.jpg; d/0002.jpg; 00001.tar/d/0002.jpg",
	  "s/00000.tar/0001.jpg; s/00001.tar/d/0002.jpg; s/00001.tar/d/0002.jpg" },
};

static const struct given bases[] = {
	{ "the longest common end wins", "train/1.jpg val/1.jpg", "l.txt", "val/1.jpg",
	  "val/1.jpg" },
	{ "what most names have in common wins", "a/1.jpg a/2.jpg a/3.jpg b/1.jpg", "l.txt",
	  "1.jpg; 2.jpg; 3.jpg", "a/1.jpg; a/2.jpg; a/3.jpg" },
	{ "what the winner has not is bound to all others", "a/1.jpg a/2.jpg b/3.jpg c/3.jpg",
	  "l.txt", "1.jpg; 2.jpg; 3.jpg", "a/1.jpg; a/2.jpg; b/3.jpg c/3.jpg" },
	{ "the document's own directory", "a/1.jpg b/1.jpg", "b/l.txt", "1.jpg", "b/1.jpg" },
	{ "relative to the document's own directory", "a/img/1.jpg b/img/1.jpg", "b/l.txt",
	  "img/1.jpg", "b/img/1.jpg" },
	{ "the nearest", "x/images/1.jpg y/images/1.jpg", "y/annotations/l.json", "1.jpg",
	  "y/images/1.jpg" },
	{ "the shortest way", "y/images/1.jpg y/old/images/1.jpg", "y/l.json", "1.jpg",
	  "y/images/1.jpg" },
	{ "a word of the document's name", "images/train2017/1.jpg images/val2017/1.jpg",
	  "annotations/instances_val2017.json", "1.jpg", "images/val2017/1.jpg" },
	{ "a word, not part of one", "images/train/1.jpg images/val/1.jpg", "training_val.json",
	  "1.jpg", "images/val/1.jpg" },
	{ "no word decides: all of them", "x/1.jpg y/1.jpg", "l.json", "1.jpg", "x/1.jpg y/1.jpg" },
	{ "what lost images but is nearer counts as well", "a/1.jpg b/1.jpg b/2.jpg", "a/l.txt",
	  "1.jpg; 2.jpg", "a/1.jpg b/1.jpg; -" },
	{ "so does what has the document's word",
	  "train/1.jpg train/2.jpg val/1.jpg val/2.jpg val/3.jpg", "train.txt",
	  "1.jpg; 2.jpg; 3.jpg", "train/1.jpg val/1.jpg; train/2.jpg val/2.jpg; -" },
	{ "but not what has a few names in common", "a/1.jpg b/1.jpg b/2.jpg b/3.jpg", "a/l.txt",
	  "1.jpg; 2.jpg; 3.jpg", "b/1.jpg; b/2.jpg; b/3.jpg" },
	{ "what is gone is not looked for in a twin",
	  "train/1.jpg train/2.jpg train/3.jpg val/1.jpg val/2.jpg val/4.jpg", "train.csv",
	  "1.jpg; 2.jpg; 3.jpg; 4.jpg", "train/1.jpg; train/2.jpg; train/3.jpg; -" },
	{ "what is meant by its name stays so when one of its images goes",
	  "train/1.jpg train/2.jpg train/3.jpg train/4.jpg train/5.jpg train/6.jpg train/7.jpg "
	  "train/8.jpg train/9.jpg train/10.jpg val/1.jpg val/2.jpg val/3.jpg val/4.jpg val/5.jpg "
	  "val/6.jpg val/7.jpg val/8.jpg val/9.jpg",
	  "val.csv", "1.jpg; 2.jpg; 3.jpg; 4.jpg; 5.jpg; 6.jpg; 7.jpg; 8.jpg; 9.jpg; 10.jpg",
	  "val/1.jpg; val/2.jpg; val/3.jpg; val/4.jpg; val/5.jpg; val/6.jpg; val/7.jpg; "
	  "val/8.jpg; val/9.jpg; -" },
	{ "but in a complement", "train/1.jpg train/2.jpg train/3.jpg val/4.jpg val/5.jpg",
	  "train.csv", "1.jpg; 2.jpg; 3.jpg; 4.jpg",
	  "train/1.jpg; train/2.jpg; train/3.jpg; val/4.jpg" },
	{ "frames: each list its own directory", "v1/1.jpg v2/1.jpg v3/1.jpg", "v2/list.txt",
	  "1.jpg", "v2/1.jpg" },
	{ "directories in names share a base", "d/train/1.jpg d/val/2.jpg e/train/1.jpg",
	  "d/all.txt", "train/1.jpg; val/2.jpg", "d/train/1.jpg; d/val/2.jpg" },
	{ "what its directory lacks is not looked for elsewhere",
	  "cat/1.jpg cat/2.jpg cat/3.jpg dog/1.jpg dog/3.jpg", "all.csv",
	  "cat/1.jpg; cat/2.jpg; dog/1.jpg; dog/2.jpg; /old/dog/2.jpg; dog/3.jpg",
	  "cat/1.jpg; cat/2.jpg; dog/1.jpg; -; -; dog/3.jpg" },
	{ "in a list of that directory alone", "cat/1.jpg cat/2.jpg dog/1.jpg", "dog.txt",
	  "dog/1.jpg; dog/2.jpg", "dog/1.jpg; -" },
	{ "a split that is gone is not looked for in another", "train/1.jpg train2017/2.jpg",
	  "val.txt", "val/1.jpg; x/val2017/2.jpg; train2014/1.jpg; train/x/1.jpg",
	  "-; -; train/1.jpg; train/1.jpg" },
	{ "what is hidden has no record", "a/1.jpg a/-2.jpg b/-2.jpg b/1.jpg", "l.txt",
	  "a/1.jpg; a/-2.jpg; b/1.jpg; -2.jpg", "a/1.jpg; -; b/1.jpg; -" },
	{ "nor is it any", "a/1.jpg a/-2.jpg", "l.txt", "*a/1.jpg a/-2.jpg; *a/-2.jpg; a/1.jpg",
	  "a/1.jpg; -; a/1.jpg" },
	{ "one stem, two formats", "a/x1.jpg a/x1.png", "l.txt", "x1", "a/x1.jpg a/x1.png" },
};

static const struct given columns[] = {
	{ "the column that finds most names them", "a1.jpg a2.jpg", "l.csv",
	  "0:cat1 1:a1.jpg; 0:cat2 1:a2.jpg; 0:a1 1:gone.jpg", "a1.jpg; a2.jpg; -" },
	{ "other columns count where they find an image", "a.jpg b.jpg c.jpg", "pairs.txt",
	  "0:a.jpg 1:b.jpg; 0:c.jpg 1:gone.jpg", "a.jpg b.jpg; c.jpg" },
	{ "so do addresses", "a.jpg b.jpg", "l.csv",
	  "a.jpg o:http://x.org/b.jpg; b.jpg o:http://x.org/zz.jpg", "a.jpg b.jpg; b.jpg" },
	{ "addresses alone name nothing", "a.jpg", "l.csv", "o:http://x.org/a.jpg", "-" },
	{ "an address of the same image elsewhere adds nothing", "t/1.jpg v/1.jpg", "t/l.csv",
	  "1.jpg o:http://x.org/1.jpg", "t/1.jpg" },
	{ "equally good: the first", "a.jpg b.jpg", "l.csv",
	  "1:a.jpg 0:b.jpg; 1:gone.jpg 0:b.jpg; "
	  "1:a.jpg 0:gone.jpg",
	  "a.jpg b.jpg; b.jpg; -" },
	{ "a subject with several names needs all", "a.jpg b.jpg", "l.json",
	  "a.jpg b.jpg; a.jpg gone.jpg", "a.jpg b.jpg; -" },
	{ "any of them", "a.jpg b.jpg", "l.json", "*a.jpg gone.jpg; *gone.jpg; a.jpg",
	  "a.jpg; -; a.jpg" },
	{ "a subject without a name in the best column", "a.jpg b.jpg c.jpg", "l.json",
	  "0:a.jpg; 0:b.jpg; 1:c.jpg; 1:gone.jpg", "a.jpg; b.jpg; c.jpg; -" },
	{ "measures are no names", "0001.jpg 1024.jpg 2048.jpg", "boxes.csv",
	  "0:0001.jpg 1:1024 2:3000; 0:1024.jpg 1:1111 2:2048; 0:2048.jpg 1:1333 2:4000",
	  "0001.jpg; 1024.jpg; 2048.jpg" },
	{ "numbers that all are names are names", "1001.jpg 1002.jpg", "next.csv",
	  "0:1001.jpg 1:1002; 0:1002.jpg 1:1001", "1001.jpg 1002.jpg; 1001.jpg 1002.jpg" },
	{ "measures alone bind nothing", "1024.jpg", "boxes.csv",
	  "0:x1.jpg 1:1024; 0:x2.jpg 1:1111; 0:x3.jpg 1:1333", "-; -; -" },
	{ "image and mask, and the mask is no image", "JPEGImages/1.jpg", "l.txt",
	  "0:JPEGImages/1.jpg 1:SegmentationClass/1.png", "JPEGImages/1.jpg" },
	{ "image and mask of one name", "images/1.png", "l.txt", "0:images/1.png 1:masks/1.png",
	  "images/1.png" },
	{ "suspects", "a.jpg", "l.json", "a.jpg; s:gone.jpg s:a.jpg", "a.jpg; - ! a.jpg" },
	{ "suspects that name nothing", "a.jpg", "l.json", "a.jpg; s:gone.jpg", "a.jpg; -" },
};

/* So many images of one name that nobody knows which is meant. */
static void test_many(void)
{
	struct lic_bytes t = bytes("image.jpg"), doc = bytes("l.txt"), own = bytes("v7/image.jpg");
	struct lic_binding *x = NULL;
	struct lic_binder *b = NULL;
	const int64_t *id = NULL;
	struct store s;
	size_t n = 1;

	fill(&s, "");
	is_int(lic_binder_new(NULL, 0, parent_of, &s, &b), 0, "a binder");
	is_int(lic_binder_want(b, LIC_TAG_COLUMN, &t), 0, "a name");
	for (int i = 0; i < 60; i++) {
		char dir[16];
		int64_t d;

		snprintf(dir, sizeof(dir), "v%d", i);
		d = dir_of(&s, dir, strlen(dir));
		for (int k = 0; k < 2; k++)
			is_int(lic_binder_image(b, 1000 + i * 2 + k, d, &t), 0, "an image");
	}
	is_int(lic_binder_match(b), 0, "matched");
	is_int(lic_binder_matches(b), 120, "images");
	is_int(lic_binding_new(b, 1, &doc, &x), 0, "a document at the root");
	is_int(lic_binding_count(x, LIC_TAG_COLUMN, &t), 0, "its name");
	is_int(lic_binding_choose(x), 0, "chosen");
	lic_binding_subject(x, false);
	is_int(lic_binding_name(x, LIC_TAG_COLUMN, &t), 0, "a name of many");
	is_int(lic_binding_images(x, &id, &n), 0, "its images");
	is_int((long long)n, 0, "are not known");
	lic_binding_subject(x, false);
	is_int(lic_binding_name(x, LIC_TAG_COLUMN, &own), 0, "a name with its directory");
	is_int(lic_binding_images(x, &id, &n), 0, "its images");
	is_int((long long)n, 2, "are known");
	lic_binding_free(x);
	lic_binder_free(b);
}

/* Lengths, depths and counts at their limits. */
static void test_limits(void)
{
	static char deep[LIC_NAME_BYTES_MAX + 8];
	struct lic_binder *b = NULL;
	struct lic_bytes t;
	struct store s;

	fill(&s, "");
	is_int(lic_binder_new(NULL, 0, parent_of, &s, &b), 0, "a binder");
	for (size_t i = 0; i + 1 < sizeof(deep); i++)
		deep[i] = i % 2 ? '/' : 'a';
	for (size_t n = 0; n < sizeof(deep); n++) {
		t = (struct lic_bytes){ (const uint8_t *)deep, n };
		if (lic_binder_want(b, LIC_TAG_COLUMN, &t) < 0)
			break;
	}
	memset(deep, '.', sizeof(deep));
	for (size_t n = 0; n < sizeof(deep); n++) {
		t = (struct lic_bytes){ (const uint8_t *)deep, n };
		if (lic_binder_want(b, LIC_TAG_COLUMN, &t) < 0)
			break;
	}
	t = bytes("a");
	is_int(lic_binder_image(b, 5, 1, &t), 0, "an image");
	is_int(lic_binder_match(b), 0, "matched");
	is_int(lic_binder_matches(b), 1, "once, however deep the names are");
	lic_binder_free(b);
	lic_binder_free(NULL);
	lic_binding_free(NULL);
}

int main(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++)
		check(&names[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(bases); i++)
		check(&bases[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(columns); i++)
		check(&columns[i]);
	test_many();
	test_limits();
	return done_testing();
}
