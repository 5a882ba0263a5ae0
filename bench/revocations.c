/* SPDX-License-Identifier: Apache-2.0 */
/* What revocations cost: a catalog of images that state creator, title, address and license; then
 * takedowns by each kind of selector, and what they add to putting more. usage: revocations
 * [IMAGES] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/catalog_revoke.h>

#define PER_DIR 1000
#define PER_CREATOR 100

static struct lic_error err;
static struct lic_catalog *cat;

static double now(void)
{
	struct timespec t;

	/* Of the processor: what else the machine does disturbs that less */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, err.msg);
	exit(1);
}

static struct lic_txn *begin(void)
{
	struct lic_txn *txn = NULL;

	if (lic_catalog_begin(cat, "bench", &txn, &err) < 0)
		die("begin");
	return txn;
}

static void commit(struct lic_txn *txn)
{
	if (lic_catalog_commit(txn, &err) < 0)
		die("commit");
}

static void say(struct lic_claims *c, enum lic_role role, const char *field, const char *text)
{
	struct lic_claim claim = {
		.rank = LIC_RANK_EMBEDDED,
		.role = role,
		.packet = 1,
		.source = "XMP",
		.field = field,
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
	};

	c->next_packet = 2;
	lic_claims_add(c, &claim);
}

static int64_t put(struct lic_txn *txn, int64_t parent, const char *name,
		   const struct lic_claims *claims, long i)
{
	struct lic_entry e = {
		.parent = parent,
		.name = { (const uint8_t *)name, strlen(name) },
		.kind = claims ? LIC_KIND_IMAGE : LIC_KIND_DIR,
		.rule = claims ? LIC_RULE_CONTENT : LIC_RULE_NONE,
		.format = claims ? LIC_FORMAT_JPEG : LIC_FORMAT_NONE,
		.st = { .size = 10, .mtime = 1, .ctime = 1, .ino = 7, .mode = 0100644 },
		.judged = 5 * LIC_RACY_NS,
	};
	uint64_t mixed = (uint64_t)(i + 1) * 0x9e3779b97f4a7c15u;

	memcpy(e.hash.b, &mixed, 8);
	memcpy(e.hash.b + 8, &i, 8);
	if (lic_catalog_put(txn, &e, claims, &err) < 0)
		die("put");
	return e.id;
}

static void put_image(struct lic_txn *txn, int64_t dir, long i)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	char name[64], text[128];

	snprintf(text, sizeof(text), "Photographer %ld", i / PER_CREATOR);
	say(&c, LIC_ROLE_CREATOR, "dc:creator", text);
	snprintf(text, sizeof(text), "Picture %ld", i);
	say(&c, LIC_ROLE_TITLE, "dc:title", text);
	snprintf(text, sizeof(text), "https://www.site%ld.org/photos/%ld", i / 100000, i);
	say(&c, LIC_ROLE_SOURCE_URL, "dc:source", text);
	say(&c, LIC_ROLE_LICENSE, "cc:license",
	    i % 2 ? "https://creativecommons.org/licenses/by/4.0/"
		  : "https://creativecommons.org/publicdomain/zero/1.0/");
	c.format = LIC_FORMAT_JPEG;
	snprintf(name, sizeof(name), "%012ld_abcdef.jpg", i);
	put(txn, dir, name, &c, i);
	lic_claims_release(&c);
}

/* Images [from, to); returns the seconds it took. */
static double fill(long from, long to)
{
	double at = now();

	for (long i = from; i < to;) {
		struct lic_txn *txn = begin();

		for (int k = 0; k < 10 && i < to; k++) {
			char name[32];
			int64_t dir;

			snprintf(name, sizeof(name), "d%05ld", i / PER_DIR);
			dir = put(txn, 1, name, NULL, 0);
			for (int j = 0; j < PER_DIR && i < to; j++)
				put_image(txn, dir, i++);
		}
		commit(txn);
	}
	return now() - at;
}

static int64_t take_down(enum lic_selector_kind kind, const char *text, bool erase)
{
	struct lic_buf buf = LIC_BUF_INIT(1u << 16);
	struct lic_selector sel = { .kind = kind };
	struct lic_revocation r = { .kind = kind, .reason = "bench", .erased = erase };
	struct lic_txn *txn;
	int64_t matched = 0, changed = 0;
	double at, done;

	if (lic_selector_normal(kind, (struct lic_bytes){ (const uint8_t *)text, strlen(text) },
				&buf, &sel.pattern, &err) < 0)
		die(text);
	sel.normal = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&buf), buf.len };
	at = now();
	txn = begin();
	if (lic_catalog_revoke(txn, &r, &sel, 1, NULL, &matched, &changed, &err) < 0)
		die("revoke");
	done = now() - at;
	commit(txn);
	printf("%s %-8s %-26s %8lld images  %7.3f s, committed after %7.3f s\n",
	       erase ? "erase " : "revoke", lic_selector_name(kind), text, (long long)matched, done,
	       now() - at);
	lic_buf_release(&buf);
	return r.number;
}

static void scrub(void)
{
	double at = now();

	if (lic_catalog_scrub(cat, &err) < 0)
		die("scrub");
	printf("scrub %53.3f s\n", now() - at);
}

static void restore(int64_t number)
{
	struct lic_txn *txn;
	int64_t matched = 0;
	double at = now();

	txn = begin();
	if (lic_catalog_restore(txn, number, "me", "bench", NULL, &matched, NULL, &err) < 0)
		die("restore");
	commit(txn);
	printf("restore %35lld images  %7.3f s\n", (long long)matched, now() - at);
}

static int count(void *ctx, int64_t entry)
{
	(void)entry;
	++*(long *)ctx;
	return 0;
}

static void find(enum lic_selector_kind kind, const char *text)
{
	struct lic_buf buf = LIC_BUF_INIT(1u << 16);
	struct lic_selector sel = { .kind = kind };
	double at = now();
	long n = 0;

	if (lic_selector_normal(kind, (struct lic_bytes){ (const uint8_t *)text, strlen(text) },
				&buf, &sel.pattern, &err) < 0)
		die(text);
	sel.normal = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&buf), buf.len };
	if (lic_catalog_select(cat, &sel, 1, count, &n, &err) < 0)
		die("select");
	printf("find   %-8s %-26s %8ld images  %7.3f s\n", lic_selector_name(kind), text, n,
	       now() - at);
	lic_buf_release(&buf);
}

static void rate(const char *what, long n, double seconds)
{
	printf("put %ld images %s: %.3f s, %.1f us each\n", n, what, seconds,
	       seconds * 1e6 / (double)n);
}

int main(int argc, char **argv)
{
	static const struct {
		enum lic_selector_kind kind;
		const char *text;
	} asked[] = {
		{ LIC_SELECT_PATH, "d00000/000000000007_abcdef.jpg" },
		{ LIC_SELECT_CREATOR, "photographer 3" },
		{ LIC_SELECT_CREATOR, "*grapher 4" },
		{ LIC_SELECT_URL, "site0.org/photos/12" },
		{ LIC_SELECT_ID, "777" },
	};
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000, more = n < 100000 ? n : 100000;
	char store[] = "/tmp/licensefs-bench-XXXXXX", cmd[64];
	int64_t all[8];

	if (!mkdtemp(store) ||
	    lic_catalog_open(store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, &err) < 0)
		die("open");
	rate("into a new catalog", n, fill(0, n));
	rate("more, no revocation", more, fill(n, n + more));
	for (size_t i = 0; i < 5; i++)
		find(asked[i].kind, asked[i].text);
	for (size_t i = 0; i < 5; i++)
		all[i] = take_down(asked[i].kind, asked[i].text, false);
	rate("more, five revocations", more, fill(n + more, n + 2 * more));
	all[5] = take_down(LIC_SELECT_URL, "site0.org", false);
	all[6] = take_down(LIC_SELECT_PATH, "d0010?/", false);
	rate("more, many revoked", more, fill(n + 2 * more, n + 3 * more));
	for (size_t i = 0; i < 7; i++)
		restore(all[i]);
	take_down(LIC_SELECT_PATH, "d00000/000000000008_abcdef.jpg", true);
	scrub();
	take_down(LIC_SELECT_CREATOR, "photographer 7", true);
	scrub();
	rate("more, two erasures", more, fill(n + 3 * more, n + 4 * more));
	take_down(LIC_SELECT_PATH, "d00001", true);
	scrub();
	lic_catalog_close(cat);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", store);
	return system(cmd);
}
