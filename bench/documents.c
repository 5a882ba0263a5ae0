/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the catalog answers and follows documents: some that are about all images of a scratch
 * store, whose rights then change. usage: documents [IMAGES [DOCUMENTS]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/catalog_documents.h>

static struct lic_error err;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, err.msg);
	exit(1);
}

static struct lic_txn *begin(struct lic_catalog *cat)
{
	struct lic_txn *txn = NULL;

	check(lic_catalog_begin(cat, "bench", &txn, &err), "cannot begin");
	return txn;
}

static int64_t put(struct lic_txn *txn, int64_t parent, const char *name, enum lic_kind kind,
		   enum lic_rule rule)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = { .parent = parent,
			       .name = { (const uint8_t *)name, strlen(name) },
			       .kind = kind,
			       .rule = rule,
			       .st = { .size = 1, .ino = 1, .mode = 0100644 },
			       .judged = 5 * LIC_RACY_NS };

	snprintf((char *)e.hash.b, sizeof(e.hash.b), "%s", name);
	check(lic_catalog_put(txn, &e, &claims, &err), "cannot put");
	lic_claims_release(&claims);
	return e.id;
}

static void put_images(struct lic_catalog *cat, int64_t *id, size_t n)
{
	struct lic_txn *txn = begin(cat);
	int64_t dir = put(txn, 1, "images", LIC_KIND_DIR, LIC_RULE_NONE);
	double start = now();

	for (size_t i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%012zu", i);
		id[i] = put(txn, dir, name, LIC_KIND_IMAGE, LIC_RULE_CONTENT);
	}
	check(lic_catalog_commit(txn, &err), "cannot commit");
	printf("%zu images put in %.3f s\n", n, now() - start);
}

static int64_t put_document(struct lic_catalog *cat, const char *name, size_t subjects)
{
	struct lic_document d = { .format = 1, .subjects = (int64_t)subjects };
	struct lic_txn *txn = begin(cat);
	int64_t id = put(txn, 1, name, LIC_KIND_HIDDEN, LIC_RULE_WAITING);

	check(lic_catalog_document_put(txn, id, &d, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, &err),
	      "cannot put a document");
	check(lic_catalog_commit(txn, &err), "cannot commit");
	return id;
}

static void bind(struct lic_catalog *cat, int64_t document, const int64_t *id, size_t n,
		 const char *what)
{
	struct lic_bytes piece = { (const uint8_t *)what, strlen(what) };
	struct lic_txn *txn = begin(cat);
	double start = now();

	check(lic_catalog_document_bind(txn, document, &piece, 1, 1, id, n, LIC_KIND_DOCUMENT,
					LIC_RULE_RECORDS, &err),
	      "cannot bind");
	check(lic_catalog_commit(txn, &err), "cannot commit");
	printf("%zu images bound (%s) in %.3f s\n", n, what, now() - start);
}

static void ask(struct lic_catalog *cat, const int64_t *id, size_t n, size_t step)
{
	int64_t *rights = calloc(3 * n, sizeof(*rights)), *since = rights + n, *some = since + n;
	size_t m = 0;
	double start;

	for (size_t i = 0; i < n; i += step)
		some[m++] = id[i];
	for (int round = 0; round < 3; round++) {
		start = now();
		check(lic_catalog_rights_of(cat, some, m, rights, since, &err), "cannot ask");
	}
	start = now() - start;
	printf("rights of every %zu. image: %.3f us each, %.1f ms\n", step, start / (double)m * 1e6,
	       start * 1e3);
	free(rights);
}

static void deny(struct lic_catalog *cat)
{
	struct lic_decision d = { .action = LIC_ACTION_DENY,
				  .pattern = { (const uint8_t *)"images/", 7 },
				  .reason = "bench" };
	struct lic_txn *txn = begin(cat);
	int64_t changed = 0;
	double start = now();

	check(lic_catalog_decide(txn, &d, NULL, &changed, &err), "cannot decide");
	check(lic_catalog_commit(txn, &err), "cannot commit");
	printf("%lld images denied in %.3f s\n", (long long)changed, now() - start);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 118000;
	size_t documents = argc > 2 ? strtoul(argv[2], NULL, 10) : 6;
	int64_t *id = calloc(n ? n : 1, sizeof(*id));
	char store[] = "/tmp/lic-documents-XXXXXX", line[64];
	struct lic_catalog *cat = NULL;

	if (!n || !id || !mkdtemp(store))
		return 1;
	check(lic_catalog_open(store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, &err),
	      "cannot make a catalog");
	put_images(cat, id, n);
	for (size_t i = 0; i < documents; i++) {
		int64_t document;

		snprintf(line, sizeof(line), "%zu.json", i);
		document = put_document(cat, line, n);
		bind(cat, document, id, n, "new");
		if (i + 1 < documents)
			continue;
		bind(cat, document, id, n, "new");
		bind(cat, document, id, n - 1, "other");
	}
	for (size_t step = 1; step <= 64; step *= 2)
		ask(cat, id, n, step);
	deny(cat);
	lic_catalog_close(cat);
	snprintf(line, sizeof(line), "rm -r %s", store);
	free(id);
	return system(line) != 0;
}
