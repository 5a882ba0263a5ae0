/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs of many images without the files, through the real writer, and random looks at them.
 * What each verb prints: bench/README.md. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/catalog_revoke.h>

#define CREATORS 581099 /* of YFCC100M */
#define ROOT 1		/* of every store */
#define BATCH 100000	/* images of a transaction, at least */

static struct lic_error err;
static struct lic_catalog *cat;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "scale: %s: %s\n", what, err.code ? err.msg : strerror(errno));
	exit(1);
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* --- where image i lies -------------------------------------------------------------------------
 */

struct shape {
	const char *name;
	long per_dir, spread; /* images of a directory: between per_dir - spread and + spread */
};

static const struct shape shapes[] = {
	{ "imagenet", 700, 200 }, /* train/CLASS/CLASS_N.JPEG: 21,841 classes of 14.2 million */
	{ "classes", 1000, 300 }, /* the same with 1,000 classes of a million */
	{ "yfcc", 1526, 400 },	  /* XX/XX/ID.jpg: 65,536 directories of 100 million */
	{ "flat", 0, 0 },	  /* all in one directory */
};

static const struct shape *shape;
static long images, dirs;
static long *first; /* image of each directory; first[dirs] is `images` */

static void plan(const char *name, const char *n)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (strcmp(shapes[i].name, name) == 0)
			shape = &shapes[i];
	images = strtol(n, NULL, 10);
	if (!shape || images <= 0) {
		fprintf(stderr, "scale: no such catalog: %s of %s\n", name, n);
		exit(2);
	}
	first = calloc((size_t)images / (shape->per_dir ? 2 : 1) + 3, sizeof(*first));
	if (!first)
		die("plan");
	for (long at = 0; at < images;) {
		long size = images;

		if (shape->per_dir)
			size = shape->per_dir - shape->spread +
			       (long)(mix((uint64_t)dirs) % (2 * (uint64_t)shape->spread + 1));
		first[dirs++] = at;
		at += size;
	}
	first[dirs] = images;
}

/* The name of directory d, and of the one above it. */
static void dir_names(long d, char up[16], char name[16])
{
	if (*shape->name == 'f') {
		*up = 0;
		snprintf(name, 16, "all");
	} else if (*shape->name == 'y') {
		snprintf(up, 16, "%02lx", d >> 8);
		snprintf(name, 16, "%02lx", d & 255);
	} else {
		snprintf(up, 16, "train");
		snprintf(name, 16, "n%08ld", d * 613 % 100000000);
	}
}

static void image_name(long d, long i, char name[40])
{
	if (*shape->name == 'i' || *shape->name == 'c')
		snprintf(name, 40, "n%08ld_%05ld.JPEG", d * 613 % 100000000, i - first[d]);
	else
		snprintf(name, 40, "%011ld.jpg", 2000000000 + i * 83);
}

static long dir_of(long i)
{
	long low = 0, high = dirs;

	while (high - low > 1) {
		long mid = low + (high - low) / 2;

		if (first[mid] <= i)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static size_t image_path(long i, char path[80])
{
	char up[16], dir[16], name[40];
	long d = dir_of(i);

	dir_names(d, up, dir);
	image_name(d, i, name);
	return (size_t)snprintf(path, 80, "%s%s%s/%s", up, *up ? "/" : "", dir, name);
}

/* --- what it states ----------------------------------------------------------------------------
 */

/* Parts of 1,000 images, about as on Flickr; the rest states nothing. */
static const struct {
	unsigned parts;
	const char *license, *beside;
} said[] = {
	{ 330, "https://creativecommons.org/licenses/by-nc-sa/2.0/", NULL },
	{ 250, "https://creativecommons.org/licenses/by-nc-nd/2.0/", NULL },
	{ 165, "https://creativecommons.org/licenses/by/2.0/", NULL },
	{ 125, "https://creativecommons.org/licenses/by-nc/2.0/", NULL },
	{ 80, "https://creativecommons.org/licenses/by-sa/2.0/", NULL },
	{ 35, "https://creativecommons.org/licenses/by-nd/2.0/", NULL },
	{ 5, "https://creativecommons.org/publicdomain/zero/1.0/", NULL },
	{ 2, "https://creativecommons.org/publicdomain/mark/1.0/", NULL },
	{ 2, "https://creativecommons.org/licenses/by/4.0/",
	  "https://creativecommons.org/licenses/by-nc-nd/4.0/" },
};

static void say(struct lic_claims *c, uint32_t packet, enum lic_role role, const char *field,
		const char *text)
{
	struct lic_claim claim = {
		.rank = LIC_RANK_EMBEDDED,
		.role = role,
		.packet = packet,
		.source = "XMP",
		.field = field,
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
	};

	c->next_packet = packet + 1;
	lic_claims_add(c, &claim);
}

static void state(struct lic_claims *c, long i)
{
	uint64_t m = mix((uint64_t)i), u = m >> 32;
	unsigned part = (unsigned)(m % 1000), at = 0;
	/* a hundredth of the photographers has two fifths of the pictures */
	uint64_t u2 = u * u >> 32, u4 = u2 * u2 >> 32;
	unsigned long who = (unsigned long)((u4 * u >> 32) * CREATORS >> 32);
	char text[96];

	c->format = LIC_FORMAT_JPEG;
	snprintf(text, sizeof(text), "Photographer %lu", who);
	say(c, 1, LIC_ROLE_CREATOR, "dc:creator", text);
	snprintf(text, sizeof(text), "https://www.flickr.com/photos/%08lu@N00/",
		 who * 171 % 99999989);
	if (who % 10 == 0)
		say(c, 1, LIC_ROLE_SOURCE_URL, "dc:source", text);
	for (size_t k = 0; k < sizeof(said) / sizeof(*said); k++) {
		at += said[k].parts;
		if (part >= at)
			continue;
		say(c, 1, LIC_ROLE_LICENSE, "cc:license", said[k].license);
		if (said[k].beside)
			say(c, 2, LIC_ROLE_LICENSE, "cc:license", said[k].beside);
		break;
	}
}

/* --- writing -----------------------------------------------------------------------------------
 */

static int64_t put(struct lic_txn *txn, int64_t parent, const char *name,
		   const struct lic_claims *claims, long i)
{
	const int64_t day = 86400000000000;
	struct lic_entry e = {
		.parent = parent,
		.name = { (const uint8_t *)name, strlen(name) },
		.kind = claims ? LIC_KIND_IMAGE : LIC_KIND_DIR,
		.rule = claims ? LIC_RULE_CONTENT : LIC_RULE_NONE,
		.format = claims ? LIC_FORMAT_JPEG : LIC_FORMAT_NONE,
		.judged = 20000 * day,
	};
	uint64_t m = mix((uint64_t)i + 1), in_order = (uint64_t)i * (UINT64_MAX / (uint64_t)images);

	e.st = (struct lic_stat){ .size = 60000 + m % 100000,
				  .mtime = 17000 * day + (int64_t)(m >> 13),
				  .ctime = 19000 * day + i * 20011,
				  .ino = (uint64_t)i + 11,
				  .mode = claims ? 0100644 : 040755 };
	/* In key order: a scan's come at random, and cost what the index of hashes costs then */
	for (int k = 0; k < 8; k++)
		e.hash.b[k] = (uint8_t)(in_order >> (56 - 8 * k));
	memcpy(e.hash.b + 8, &m, 8);
	if (lic_catalog_put(txn, &e, claims, &err) < 0)
		die("put");
	return e.id;
}

static struct lic_txn *begin(void)
{
	struct lic_txn *txn = NULL;

	if (lic_catalog_begin(cat, "scan", &txn, &err) < 0)
		die("begin");
	return txn;
}

static void put_dir(struct lic_txn *txn, long d, int64_t *above, char last[16])
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	char up[16], name[40];
	int64_t dir;

	dir_names(d, up, name);
	if (strcmp(up, last) != 0) {
		*above = put(txn, ROOT, up, NULL, 0);
		memcpy(last, up, sizeof(up));
	}
	dir = put(txn, *above, name, NULL, 0);
	for (long i = first[d]; i < first[d + 1]; i++) {
		lic_claims_reset(&claims);
		state(&claims, i);
		image_name(d, i, name);
		put(txn, dir, name, &claims, i);
	}
	lic_claims_release(&claims);
}

static long peak_mib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss / 1024;
}

/* seconds, seconds of the processor, directories, MiB at most */
static void make(const char *store)
{
	double at = now(), said_at = at;
	int64_t above = ROOT;
	struct lic_txn *txn = NULL;
	char last[16] = "";
	long pending = 0;

	if (lic_catalog_open(store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, &err) < 0)
		die("open");
	for (long d = 0; d < dirs; d++) {
		if (!txn)
			txn = begin();
		put_dir(txn, d, &above, last);
		pending += first[d + 1] - first[d];
		if (pending >= BATCH || d == dirs - 1) {
			if (lic_catalog_commit(txn, &err) < 0)
				die("commit");
			txn = NULL;
			pending = 0;
		}
		if (now() - said_at > 10) {
			said_at = now();
			fprintf(stderr, "%ld of %ld images, %.0f a second\n", first[d + 1], images,
				(double)first[d + 1] / (said_at - at));
		}
	}
	printf("%.3f %.3f %ld %ld\n", now() - at, processor(), dirs, peak_mib());
}

/* --- looking -----------------------------------------------------------------------------------
 */

/* seconds, how many of n are there */
static void look(const char *root, long n, uint64_t seed)
{
	double at = now();
	long there = 0;

	for (long k = 0; k < n; k++) {
		char path[4096 + 80];
		size_t len = (size_t)snprintf(path, 4096, "%s/", root);
		struct stat st;

		image_path((long)(mix(seed + (uint64_t)k) % (uint64_t)images), path + len);
		there += stat(path, &st) == 0;
	}
	printf("%.6f %ld\n", now() - at, there);
}

/* seconds by path, seconds by number, how many of n are live images */
static void look_up(const char *store, long n, uint64_t seed)
{
	double at = now(), then;
	struct lic_entry e;
	int64_t newest = 0, *id = calloc((size_t)n, sizeof(*id));
	long there = 0;

	if (!id || lic_catalog_open(store, NULL, LIC_CATALOG_READ, &cat, &err) < 0)
		die("open");
	at = now();
	for (long k = 0; k < n; k++) {
		char path[80];
		size_t len = image_path((long)(mix(seed + (uint64_t)k) % (uint64_t)images), path);

		if (lic_catalog_by_path(cat, path, len, &e, &err) < 0)
			die(path);
		id[k] = e.id;
		if (e.id > newest)
			newest = e.id;
		there += e.kind == LIC_KIND_IMAGE;
	}
	then = now();
	for (long k = 0; k < n; k++) {
		int64_t other = id[(k * 7919 + n / 2) % n];

		if (lic_catalog_by_id(cat, other, &e, &err) < 0)
			die("number");
	}
	printf("%.6f %.6f %ld\n", then - at, now() - then, there);
	free(id);
}

/* --- takedown ----------------------------------------------------------------------------------
 */

/* n images from `from` on in one transaction, each by its path. seconds of matching and judging,
 * and until the commit had returned; images that were matched */
static void take_down(const char *store, long from, long n)
{
	struct lic_selector *by = calloc((size_t)n, sizeof(*by));
	struct lic_buf *text = calloc((size_t)n, sizeof(*text));
	struct lic_revocation r = { .kind = LIC_SELECT_PATH,
				    .text = { (const uint8_t *)"many", 4 },
				    .reason = "bench",
				    .requester = "",
				    .who = "bench" };
	int64_t matched = 0;
	struct lic_txn *txn;
	double at, done;

	if (!by || !text || lic_catalog_open(store, NULL, LIC_CATALOG_WRITE, &cat, &err) < 0)
		die("open");
	for (long k = 0; k < n; k++) {
		char path[80];
		size_t len = image_path((from + k) % images, path);

		text[k] = (struct lic_buf)LIC_BUF_INIT(4096);
		by[k].kind = LIC_SELECT_PATH;
		if (lic_selector_normal(by[k].kind, (struct lic_bytes){ (uint8_t *)path, len },
					&text[k], &by[k].pattern, &err) < 0)
			die(path);
		by[k].normal =
			(struct lic_bytes){ (const uint8_t *)lic_buf_str(&text[k]), text[k].len };
	}
	at = now();
	txn = begin();
	if (lic_catalog_revoke(txn, &r, by, (size_t)n, NULL, &matched, NULL, &err) < 0)
		die("revoke");
	done = now();
	if (lic_catalog_commit(txn, &err) < 0)
		die("commit");
	printf("%.6f %.6f %lld %lld\n", done - at, now() - at, (long long)matched,
	       (long long)r.number);
	for (long k = 0; k < n; k++)
		lic_buf_release(&text[k]);
	free(text);
	free(by);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 4 ? argv[1] : "";
	long n = argc > 5 ? strtol(argv[5], NULL, 10) : 0,
	     m = argc > 6 ? strtol(argv[6], NULL, 10) : 0;

	if (argc > 4)
		plan(argv[3], argv[4]);
	if (strcmp(verb, "make") == 0) {
		make(argv[2]);
	} else if (strcmp(verb, "stat") == 0) {
		look(argv[2], n, (uint64_t)m);
	} else if (strcmp(verb, "lookup") == 0 && n > 0) {
		look_up(argv[2], n, (uint64_t)m);
	} else if (strcmp(verb, "revoke") == 0 && m > 0) {
		take_down(argv[2], n, m);
	} else if (strcmp(verb, "path") == 0) {
		char path[80];

		image_path(n, path);
		puts(path);
	} else {
		fputs("usage: scale make STORE SHAPE IMAGES\n"
		      "       scale stat DIR SHAPE IMAGES N [SEED]\n"
		      "       scale lookup STORE SHAPE IMAGES N [SEED]\n"
		      "       scale revoke STORE SHAPE IMAGES FROM N\n"
		      "       scale path DIR SHAPE IMAGES I\n"
		      "SHAPE: imagenet, classes, yfcc or flat\n",
		      stderr);
		return 2;
	}
	lic_catalog_close(cat);
	free(first);
	return 0;
}
