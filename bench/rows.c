/* SPDX-License-Identifier: Apache-2.0 */
/* How fast manifests are imported: rows of six short claims and two keys, into a scratch store with
 * some images. usage: rows [ROWS [IMAGES]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/catalog.h>

static struct lic_error err;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, err.msg);
	exit(1);
}

static void say(struct lic_claims *c, enum lic_role role, const char *field, const char *text)
{
	struct lic_claim claim = {
		.rank = LIC_RANK_MANIFEST,
		.role = role,
		.packet = 1,
		.source = "manifest bench",
		.field = field,
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
	};

	lic_claims_add(c, &claim);
}

static struct lic_key key(enum lic_key_kind kind, const char *text)
{
	return (struct lic_key){ kind, { (const uint8_t *)text, strlen(text) } };
}

static int add_row(struct lic_import *imp, struct lic_claims *c, long i)
{
	char name[64], url[96], page[96], who[64], title[64];
	struct lic_key keys[2];
	struct lic_row row = { keys, 2, c, (uint64_t)i + 1 };

	snprintf(name, sizeof(name), "%012ld.jpg", i);
	snprintf(url, sizeof(url), "http://farm%ld.staticflickr.com/%ld/%ld_abcdef_z.jpg", i % 9,
		 i % 7919, i * 7);
	snprintf(page, sizeof(page), "https://www.flickr.com/photos/%ld/%ld", i % 1000, i * 7);
	snprintf(who, sizeof(who), "Photographer %ld", i % 5000);
	snprintf(title, sizeof(title), "Picture number %ld", i);
	keys[0] = key(LIC_KEY_TAIL, name);
	keys[1] = key(LIC_KEY_URL, url);
	lic_claims_reset(c);
	say(c, LIC_ROLE_LICENSE, "license", "http://creativecommons.org/licenses/by/2.0/");
	say(c, LIC_ROLE_CREATOR, "author", who);
	say(c, LIC_ROLE_TITLE, "title", title);
	say(c, LIC_ROLE_SOURCE_URL, "flickr_url", page);
	say(c, LIC_ROLE_SOURCE_URL, "coco_url", url);
	say(c, LIC_ROLE_COPYRIGHT, "rights", "Some rights reserved");
	return lic_import_row(imp, &row, &err);
}

static void put_images(struct lic_catalog *cat, long n)
{
	struct lic_txn *txn = NULL;
	struct lic_entry dir = { .parent = 1,
				 .name = { (const uint8_t *)"d", 1 },
				 .kind = LIC_KIND_DIR };

	if (lic_catalog_begin(cat, "bench", &txn, &err) < 0 ||
	    lic_catalog_put(txn, &dir, NULL, &err) < 0)
		die("begin");
	for (long i = 0; i < n; i++) {
		struct lic_claims claims = LIC_CLAIMS_INIT;
		struct lic_entry e = { .parent = dir.id, .kind = LIC_KIND_IMAGE };
		char name[64];

		snprintf(name, sizeof(name), "%012ld.jpg", i);
		e.name = (struct lic_bytes){ (const uint8_t *)name, strlen(name) };
		memcpy(e.hash.b, &i, sizeof(i));
		claims.format = LIC_FORMAT_JPEG;
		if (lic_catalog_put(txn, &e, &claims, &err) < 0)
			die("put");
		lic_claims_release(&claims);
	}
	if (lic_catalog_commit(txn, &err) < 0)
		die("commit");
}

static void import(struct lic_catalog *cat, long n, const char *what)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_manifest m = { .collection = "bench", .root = { (const uint8_t *)"", 0 } };
	struct lic_import_result res;
	struct lic_import *imp = NULL;
	struct lic_txn *txn = NULL;
	double t0 = now(), t1, t2, t3;

	if (lic_catalog_begin(cat, "import", &txn, &err) < 0 ||
	    lic_catalog_import(txn, &m, &imp, &err) < 0)
		die("import");
	for (long i = 0; i < n; i++)
		if (add_row(imp, &claims, i) < 0)
			die("row");
	t1 = now();
	if (lic_import_finish(imp, NULL, &res, &err) < 0)
		die("finish");
	t2 = now();
	if (lic_catalog_commit(txn, &err) < 0)
		die("commit");
	t3 = now();
	printf("%s: %ld rows staged in %.2f s, %lld images judged in %.2f s, commit %.2f s; "
	       "peak %ld MiB\n",
	       what, n, t1 - t0, (long long)res.images, t2 - t1, t3 - t2, peak_kib() / 1024);
	lic_claims_release(&claims);
}

int main(int argc, char **argv)
{
	long rows = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000,
	     images = argc > 2 ? strtol(argv[2], NULL, 10) : 10000;
	char store[] = "/tmp/lic-bench-XXXXXX", command[256];
	struct lic_catalog *cat = NULL;
	double t0;

	if (!mkdtemp(store) ||
	    lic_catalog_open(store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, &err) < 0)
		die("open");
	t0 = now();
	put_images(cat, images);
	printf("%ld images put in %.2f s; peak %ld MiB\n", images, now() - t0, peak_kib() / 1024);
	import(cat, rows, "first import");
	import(cat, rows, "the same again");
	lic_catalog_close(cat);
	snprintf(command, sizeof(command), "ls -l %s/.licensefs; rm -r %s", store, store);
	return system(command) != 0;
}
