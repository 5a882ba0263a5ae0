/* SPDX-License-Identifier: Apache-2.0 */
/* Names: stems, companions, inert and hidden files; what is read again. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/scan.h>

#include "fs/scan/helper.h"
#include "fs/scan/internal.h"
#include "tests/unit/tap.h"

static void kind_is(const char *name, enum lic_kind kind, enum lic_rule rule)
{
	enum lic_rule got = LIC_RULE_NONE;

	is_int(lic_scan_classify(name, strlen(name), &got), kind, "kind of %s", name);
	is_int(got, rule, "rule of %s", name);
}

static void companion_is(const char *file, const char *image, int want, enum lic_rule rule)
{
	struct lic_bytes f = { (const uint8_t *)file, strlen(file) };
	struct lic_bytes i = { (const uint8_t *)image, strlen(image) };
	enum lic_rule got = LIC_RULE_NONE;

	is_int(lic_scan_companion(&f, &i, &got), want, "%s beside %s", file, image);
	if (want)
		is_int(got, rule, "rule of %s beside %s", file, image);
}

static void test_names(void)
{
	kind_is("README", LIC_KIND_INERT, LIC_RULE_INERT_NAME);
	kind_is("ReadMe.MD", LIC_KIND_INERT, LIC_RULE_INERT_NAME);
	kind_is("classes.txt", LIC_KIND_HIDDEN, LIC_RULE_WAITING);
	kind_is("readme.html", LIC_KIND_HIDDEN, LIC_RULE_WAITING);
	kind_is("train.cache", LIC_KIND_HIDDEN, LIC_RULE_CACHE);
	kind_is("meta.bin", LIC_KIND_HIDDEN, LIC_RULE_WAITING);
	kind_is("0.bin", LIC_KIND_HIDDEN, LIC_RULE_CACHE);
	kind_is("images.tar", LIC_KIND_HIDDEN, LIC_RULE_WAITING);
	kind_is("images.tar.gz", LIC_KIND_HIDDEN, LIC_RULE_CACHE);
	kind_is("train.txt", LIC_KIND_HIDDEN, LIC_RULE_WAITING);
	kind_is(".hidden", LIC_KIND_HIDDEN, LIC_RULE_WAITING);

	companion_is("cat.txt", "cat.jpg", 1, LIC_RULE_STEM);
	companion_is("cat.jpg.json", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.json", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.jpg.license", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.license", "cat.jpg", 1, LIC_RULE_STEM);
	companion_is("cat.XMP", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.jpg.xmp", "cat.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("cat.npy", "cat.jpg", 1, LIC_RULE_STEM);
	companion_is("cat2.txt", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("cat.exe", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("cat.cache", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("cat", "cat.jpg", 0, LIC_RULE_NONE);
	companion_is("a.b.txt", "a.jpg", 0, LIC_RULE_NONE);
	companion_is("a.b.txt", "a.b.jpg", 1, LIC_RULE_STEM);
	companion_is("image.txt", "image", 1, LIC_RULE_STEM);
}

/* Names as Google Takeout makes them. */
static void test_takeout(void)
{
	static const char long_name[] = "a_name_of_exactly_forty_six_bytes_abcdefghijkl.jpg";
	static const char long_json[] = "a_name_of_exactly_forty_six_bytes_abcdefghijkl.json";
	static const char longer[] = "a_name_of_exactly_forty_six_bytes_abcdefghijklm.jpg";

	companion_is("IMG.jpg.supplemental-metadata.json", "IMG.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("IMG.jpg.supplemental-me.json", "IMG.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("IMG.jpg.s.json", "IMG.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("IMG.jpg..json", "IMG.jpg", 1, LIC_RULE_SIDECAR);
	companion_is("IMG.jpg.supplemental-x.json", "IMG.jpg", 0, LIC_RULE_NONE);
	companion_is("IMG.jpg.supplemental-metadata.xmp", "IMG.jpg", 0, LIC_RULE_NONE);
	companion_is("IMG.jpg(1).json", "IMG(1).jpg", 1, LIC_RULE_SIDECAR);
	companion_is("IMG.jpg.supplemental-metadata(1).json", "IMG(1).jpg", 1, LIC_RULE_SIDECAR);
	companion_is("IMG.jpg(1).json", "IMG.jpg", 0, LIC_RULE_NONE);
	companion_is("IMG.jpg(2).json", "IMG(1).jpg", 0, LIC_RULE_NONE);
	companion_is("IMG.jpg.json", "IMG(1).jpg", 0, LIC_RULE_NONE);
	companion_is("IMG(1).json", "IMG(1).jpg", 1, LIC_RULE_SIDECAR);
	companion_is(long_json, long_name, 1, LIC_RULE_SIDECAR);
	companion_is(long_json, longer, 1, LIC_RULE_SIDECAR);
	companion_is("a_name_of_exactly_forty_six_bytes_abcdefghijk.json", longer, 0,
		     LIC_RULE_NONE);
}

struct list {
	char text[1024];
};

static int append(void *ctx, struct lic_item *it)
{
	struct list *l = ctx;
	size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%.*s ", (int)it->name.n,
		 (const char *)it->name.p);
	return 0;
}

/* The items that begin with a stem are found whatever sorts between them. */
static void test_family(void)
{
	static const char *const names[] = { "ca",	"cat",	   "cat 2.jpg", "cat-1.jpg",
					     "cat.jpg", "cat.xmp", "cat0.jpg",	"cats.jpg" };
	struct lic_item item[LIC_ARRAY_SIZE(names)] = { 0 };
	struct lic_scan_dir d = { .item = item, .n = LIC_ARRAY_SIZE(names) };
	struct list l = { "" };

	for (size_t i = 0; i < d.n; i++)
		item[i].name = (struct lic_bytes){ (const uint8_t *)names[i], strlen(names[i]) };
	lic_scan_dir_family(&d, "cat", 3, append, &l);
	is_str(l.text, "cat cat.jpg cat.xmp ", "family of cat");
	l.text[0] = '\0';
	lic_scan_dir_family(&d, "dog", 3, append, &l);
	is_str(l.text, "", "family of nobody");
	ok(lic_scan_dir_find(&d, "cat.xmp", 7) == &item[5], "found by name");
}

static int compare(const void *a, const void *b)
{
	const struct lic_item *x = a, *y = b;

	return strcmp((const char *)x->name.p, (const char *)y->name.p);
}

/* Each of a directory finds the other, once, from both sides. */
static void test_relations(void)
{
	static const char *const names[] = {
		"IMG(1).jpg",
		"IMG.jpg",
		"IMG.jpg(1).json",
		"IMG.jpg.json",
		"IMG.jpg.supplemental-metadata(1).json",
		"IMG.jpg.supplemental-metad.json",
		"IMG.jpg.license",
		"IMG.license",
		"IMG.xmp",
		"IMG2.jpg",
		"a_name_of_exactly_forty_six_bytes_abcdefghijkl.jpg",
		"a_name_of_exactly_forty_six_bytes_abcdefghijkl.json",
		"a_name_of_exactly_forty_six_bytes_abcdefghijklm.jpg",
	};
	struct lic_item item[LIC_ARRAY_SIZE(names)] = { 0 };
	struct lic_scan_dir d = { .item = item, .n = LIC_ARRAY_SIZE(names) };

	for (size_t i = 0; i < d.n; i++)
		item[i].name = (struct lic_bytes){ (const uint8_t *)names[i], strlen(names[i]) };
	qsort(item, d.n, sizeof(*item), compare);
	for (size_t i = 0; i < d.n; i++) {
		struct list want = { "" }, images = { "" }, companions = { "" };
		enum lic_rule rule;

		for (size_t k = 0; k < d.n; k++)
			if (i != k && lic_scan_companion(&item[i].name, &item[k].name, &rule))
				append(&want, &item[k]);
		lic_scan_dir_images(&d, &item[i].name, append, &images);
		is_int(strlen(images.text), strlen(want.text), "images of %s: %s", item[i].name.p,
		       images.text);
		want.text[0] = '\0';
		for (size_t k = 0; k < d.n; k++)
			if (i != k && lic_scan_companion(&item[k].name, &item[i].name, &rule))
				append(&want, &item[k]);
		lic_scan_dir_companions(&d, &item[i].name, append, &companions);
		is_int(strlen(companions.text), strlen(want.text), "companions of %s: %s",
		       item[i].name.p, companions.text);
	}
}

static void write_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ok(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "wrote %s", name);
	close(fd);
}

static const struct lic_patience patience = LIC_PATIENCE_DEFAULT;

/* Reads a batch by a pool of one thread. */
static void read_batch(int root, struct lic_batch *b)
{
	struct lic_scan_counters counters = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_nursery *nursery = NULL;
	struct lic_pool *pool = NULL;

	is_int(lic_nursery_new(1, &nursery, &err), 0, "a nursery starts");
	is_int(lic_pool_new(root, 1, nursery, &patience, &counters, &pool, &err), 0,
	       "a reader starts");
	lic_pool_submit(pool, b);
	while (!lic_pool_wait(pool, b, 1000))
		;
	is_int(lic_pool_failed(pool, &err), 0, "it does not fail");
	lic_pool_free(pool);
	lic_nursery_free(nursery);
}

/* A sidecar keeps the time stamps that the walk saw: who read it for an image may have seen other
 * bytes than who reads it now. */
static void test_sidecar_stamps(int root)
{
	struct lic_item item = { .name = { (const uint8_t *)"cat.xmp", 7 },
				 .claims = LIC_CLAIMS_INIT,
				 .st = { .size = 12345 },
				 .judged = 678,
				 .read = true };
	struct lic_scan_dir d = { .path = (char[]){ "" }, .item = &item, .n = 1 };
	struct lic_read reads[] = { { &item, &d } };
	struct lic_batch b = { .n_read = 1, .reads = reads };

	write_file(root, "cat.xmp", "<x:xmpmeta/>");
	read_batch(root, &b);
	is_int(item.kind, LIC_KIND_HIDDEN, "a sidecar is no image");
	is_int(item.st.size, 12345, "its row is not younger than what its images saw");
	is_int(item.judged, 678, "nor was it judged later");
	unlinkat(root, "cat.xmp", 0);
}

/* Files that are small and state megabytes may not fill the memory together. */
static void test_memory(int root)
{
	struct lic_item item[2] = { 0 };
	struct lic_scan_dir d = { .path = (char[]){ "" }, .item = item, .n = 2 };
	struct lic_read reads[] = { { &item[0], &d }, { &item[1], &d } };
	struct lic_batch b = { .n_read = 1, .reads = reads };

	write_file(root, "a.pbm", "P1\n# CC0-1.0\n1 1\n0\n");
	for (size_t i = 0; i < 2; i++) {
		item[i].name = (struct lic_bytes){ (const uint8_t *)"a.pbm", 5 };
		item[i].claims = (struct lic_claims)LIC_CLAIMS_INIT;
	}
	read_batch(root, &b);
	ok(!item[0].claims.damage && item[0].claims.n == 1, "claims that fit are kept");
	atomic_store(&b.held, LIC_BATCH_CLAIMS);
	b.n_read = 2;
	b.cursor = 1;
	read_batch(root, &b);
	ok(item[1].claims.damage && !item[1].claims.n, "those that do not are damage");
	is_int(item[1].kind, LIC_KIND_IMAGE, "of an image");
	is_int(item[1].claims.format, LIC_FORMAT_PNM, "of its format");
	is_int(item[1].judged, 0, "which the next scan reads again");
	is_int((int64_t)b.held, LIC_BATCH_CLAIMS, "and take no place");
	lic_claims_release(&item[0].claims);
	lic_claims_release(&item[1].claims);
	unlinkat(root, "a.pbm", 0);
}

static enum lic_status status_of(struct lic_catalog *cat, const char *path, int64_t *ret_id)
{
	const struct lic_rights *r = NULL;
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, NULL) == 0) {
		*ret_id = e.id;
		r = lic_catalog_rights(cat, e.rights, NULL);
	}
	return r ? r->status : LIC_STATUS_UNREADABLE;
}

/* A mount may have met other bytes under a name, and the judged ones may be back since. */
static void test_stale(const char *store, int root)
{
	const struct timespec racy = { 2, 100000000 };
	struct lic_scan_options o = { .store = store, .jobs = 1 };
	struct lic_scan_result res;
	struct lic_catalog *cat = NULL;
	struct lic_txn *txn;
	int64_t id = 0;

	write_file(root, "a.pbm", "P1\n# CC0-1.0\n1 1\n0\n");
	nanosleep(&racy, NULL); /* so that only being stale makes the scan read it again */
	is_int(lic_scan(&o, &res, NULL), 0, "scanned");
	is_int(lic_catalog_open(store, NULL, LIC_CATALOG_WRITE, &cat, NULL), 0, "opened");
	is_int(status_of(cat, "a.pbm", &id), LIC_STATUS_CLEAR, "an image is clear");
	ok(lic_catalog_begin(cat, "test", &txn, NULL) == 0 &&
		   lic_catalog_mark_stale(txn, id, NULL) == 0 && lic_catalog_commit(txn, NULL) == 0,
	   "marked as stale");
	is_int(status_of(cat, "a.pbm", &id), LIC_STATUS_STALE, "it is stale");
	is_int(lic_scan(&o, &res, NULL), 0, "scanned again");
	is_int(status_of(cat, "a.pbm", &id), LIC_STATUS_CLEAR, "it was read and is clear again");
	lic_catalog_close(cat);
}

static void test_reading(void)
{
	char store[] = "/tmp/licensefs-scan.XXXXXX";
	char command[64];
	int root = -1;

	ok(mkdtemp(store) && (root = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0,
	   "a store");
	test_sidecar_stamps(root);
	test_memory(root);
	test_stale(store, root);
	close(root);
	snprintf(command, sizeof(command), "rm -rf %s", store);
	ok(system(command) == 0, "removed");
}

int main(void)
{
	test_names();
	test_takeout();
	test_family();
	test_relations();
	test_reading();
	return done_testing();
}
