/* SPDX-License-Identifier: Apache-2.0 */
/* A naive model of what rows of manifests find and grant: every image against every row. */
#ifndef LICENSEFS_TESTS_JOINS_MODEL_H
#define LICENSEFS_TESTS_JOINS_MODEL_H

#include "tests/unit/manifest_fixture.h"

#define DIRS 4
#define NAMES 5
#define ORDERED 4 /* the rule file of which the last rule speaks alone */
#define SOURCES 5 /* three collections, and a rule file in each of two directories */
#define ROWS 5

static uint64_t state;

static unsigned rnd(unsigned n)
{
	/* xorshift64* */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717u) >> 33) % n;
}

static const char *const dir_path[DIRS] = { "", "d", "d/e", "g" };
static const int dir_parent[DIRS] = { -1, 0, 1, 0 };
static const char *const names[NAMES] = { "a.jpg", "b.jpg", "a.png", "c", "b" };
static const char *const licenses[] = { NULL, "CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0",
					"LicenseRef-AllRightsReserved" };
static const char *const urls[] = { NULL, "http://x.org/1", "http://x.org/2", "http://x.org/3" };
static const char *const collections[] = { "one", "two", "three" };
static char xxh3_of_1[40]; /* made by model_init() */
static const char *const keys[] = {
	"path:a.jpg",
	"path:d/a.jpg",
	"path:e/b.jpg",
	"tail:a.jpg",
	"tail:b.jpg",
	"tail:e/a.png",
	"tail:c",
	"stem:a",
	"stem:b",
	"stem:c",
	"url:http://x.org/1",
	"url:http://x.org/2",
	"url:http://x.org/3",
	"glob:*.jpg",
	"glob:**/b*",
	"all:",
	xxh3_of_1,
};

/* --- the model ---------------------------------------------------------------------------- */

struct image {
	bool live;
	unsigned bytes, license, url;
};

struct source {
	bool live;
	char root[16];
	struct row row[ROWS];
	size_t n;
	unsigned made; /* order in which they came, which is that of their packets */
};

struct model {
	bool dir[DIRS];
	struct image image[DIRS][NAMES];
	struct source source[SOURCES];
	unsigned made;
	/* rows that an image in doubt has left behind; not modelled, but read from the catalog: the
	 * rule is tested by itself in test_catalog_manifest */
	bool haunted[SOURCES][ROWS];
};

/* A join of one image and one row. */
struct join {
	bool found, strong, by_url, backed, sure;
};

static void path_of(int d, int n, char ret[64])
{
	snprintf(ret, 64, "%s%s%s", dir_path[d], d ? "/" : "", names[n]);
}

/* The path below the root, NULL where it is not. */
static const char *below(const struct source *s, const char *path)
{
	size_t n = strlen(s->root);

	if (!n)
		return path;
	return strncmp(path, s->root, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

static bool is_tail(const char *path, const char *tail)
{
	size_t n = strlen(path), m = strlen(tail);

	return n >= m && strcmp(path + n - m, tail) == 0 && (n == m || path[n - m - 1] == '/');
}

static bool is_stem(const char *path, const char *stem)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t n = dot && dot > name ? (size_t)(dot - name) : strlen(name);

	return strlen(stem) == n && strncmp(name, stem, n) == 0;
}

static bool glob_matches(const char *glob, const char *path)
{
	struct lic_decision d = { .pattern = { (const uint8_t *)glob, strlen(glob) } };

	return lic_decision_matches(&d, path, strlen(path));
}

static void model_init(void)
{
	struct lic_hash h;
	int n = snprintf(xxh3_of_1, sizeof(xxh3_of_1), "xxh3:");

	lic_hash128("1", 1, h.b);
	for (size_t i = 0; i < sizeof(h.b); i++)
		n += snprintf(xxh3_of_1 + n, sizeof(xxh3_of_1) - (size_t)n, "%02x", h.b[i]);
}

static void match_key(const char *key, const char *path, const char *url, unsigned bytes,
		      struct join *j)
{
	const char *text = strchr(key, ':') + 1;

	switch (key[0]) {
	case 'p':
		j->strong |= strcmp(text, path) == 0;
		break;
	case 't':
		j->found |= is_tail(path, text);
		break;
	case 's':
		j->found |= is_stem(path, text);
		break;
	case 'u':
		j->found |= url && strcmp(text, url) == 0;
		break;
	case 'g':
		j->strong |= glob_matches(text, path);
		break;
	case 'x':
		j->strong |= bytes == 1;
		break;
	default:
		j->strong = true;
	}
	j->found |= j->strong;
}

static bool has_url(const struct row *r, const char *url)
{
	for (int i = 0; i < 3 && r->key[i]; i++)
		if (r->key[i][0] == 'u' && strcmp(strchr(r->key[i], ':') + 1, url) == 0)
			return true;
	return false;
}

/* A row that names a hash is about no other bytes. */
static bool is_other(const struct row *r, unsigned bytes)
{
	for (int i = 0; i < 3 && r->key[i]; i++)
		if (r->key[i] == xxh3_of_1 && bytes != 1)
			return true;
	return false;
}

static bool has_pattern(const struct row *r)
{
	for (int i = 0; i < 3 && r->key[i]; i++)
		if (r->key[i][0] == 'g' || r->key[i][0] == 'a')
			return true;
	return false;
}

struct joins {
	struct join of[SOURCES][ROWS];
};

/* Which rows find an image. */
static void find(const struct model *m, int d, int n, struct joins *ret)
{
	const char *url = urls[m->image[d][n].url];
	char path[64];

	memset(ret, 0, sizeof(*ret));
	path_of(d, n, path);
	for (int s = 0; s < SOURCES; s++) {
		const struct source *x = &m->source[s];
		const char *rest = x->live ? below(x, path) : NULL;

		for (size_t i = 0; rest && i < x->n; i++)
			for (int k = 0; k < 3 && x->row[i].key[k]; k++)
				match_key(x->row[i].key[k], rest, url, m->image[d][n].bytes,
					  &ret->of[s][i]);
	}
}

static bool is_first(const struct join *j)
{
	return j->found && !j->by_url;
}

/* Which more do the addresses in rows find? */
static void find_second(const struct model *m, int d, int n, struct joins *ret)
{
	struct joins first = *ret;
	char path[64];

	path_of(d, n, path);
	for (int s = 0; s < SOURCES; s++) {
		for (size_t i = 0; i < m->source[s].n; i++) {
			const char *url = m->source[s].row[i].url;

			if (!is_first(&first.of[s][i]) || !url)
				continue;
			for (int t = 0; t < SOURCES; t++) {
				const struct source *x = &m->source[t];

				for (size_t k = 0; x->live && below(x, path) && k < x->n; k++) {
					if (is_first(&first.of[t][k]) || !has_url(&x->row[k], url))
						continue;
					ret->of[t][k].found = ret->of[t][k].by_url = true;
					ret->of[t][k].backed |= first.of[s][i].sure;
				}
			}
		}
	}
}

static struct joins all[DIRS][NAMES];

static int count(const struct model *m, int s, size_t i)
{
	int n = 0;

	for (int d = 0; d < DIRS; d++)
		for (int k = 0; k < NAMES; k++)
			n += m->image[d][k].live && all[d][k].of[s][i].found;
	return n;
}

/* A grant by a key that may be mistaken needs to be the row's only image; rows with patterns never
 * grant by such a key. */
static void settle(const struct model *m, bool second)
{
	for (int d = 0; d < DIRS; d++) {
		for (int n = 0; n < NAMES; n++) {
			for (int s = 0; s < SOURCES; s++) {
				for (size_t i = 0; i < m->source[s].n; i++) {
					struct join *j = &all[d][n].of[s][i];

					if (!j->found || j->by_url != second)
						continue;
					if (is_other(&m->source[s].row[i], m->image[d][n].bytes))
						continue;
					j->sure = j->strong ||
						  (!has_pattern(&m->source[s].row[i]) &&
						   count(m, s, i) == 1 && !m->haunted[s][i] &&
						   (!second || j->backed));
				}
			}
		}
	}
}

static void find_all(const struct model *m)
{
	memset(all, 0, sizeof(all));
	for (int d = 0; d < DIRS; d++)
		for (int n = 0; n < NAMES; n++)
			if (m->image[d][n].live)
				find(m, d, n, &all[d][n]);
	/* Counts of the first round need those of the second */
	for (int d = 0; d < DIRS; d++)
		for (int n = 0; n < NAMES; n++)
			if (m->image[d][n].live)
				find_second(m, d, n, &all[d][n]);
	settle(m, false);
	for (int d = 0; d < DIRS; d++)
		for (int n = 0; n < NAMES; n++)
			if (m->image[d][n].live)
				find_second(m, d, n, &all[d][n]);
	settle(m, true);
}

/* Of one rule file the last rule that finds the image speaks, and no other. */
static bool speaks(const struct model *m, const struct joins *j, unsigned s, size_t i)
{
	if (!j->of[s][i].found)
		return false;
	for (size_t k = i + 1; s == ORDERED && k < m->source[s].n; k++)
		if (j->of[s][k].found)
			return false;
	return true;
}

static unsigned reserved(const struct model *m, unsigned bytes)
{
	unsigned bits = 0;

	for (int d = 0; d < DIRS; d++)
		for (int n = 0; n < NAMES; n++)
			for (int s = 0; m->image[d][n].live && s < SOURCES; s++)
				for (size_t i = 0; i < m->source[s].n; i++)
					if (m->image[d][n].bytes == bytes &&
					    speaks(m, &all[d][n], (unsigned)s, i))
						bits |= m->source[s].row[i].reserve;
	return bits;
}

static void own_claims(const struct image *x, struct lic_claims *ret)
{
	ret->format = LIC_FORMAT_JPEG;
	if (licenses[x->license])
		add_claim(ret, LIC_ROLE_LICENSE, licenses[x->license]);
	if (urls[x->url])
		add_claim(ret, LIC_ROLE_SOURCE_URL, urls[x->url]);
}

static void row_claims(const struct row *r, bool sure, struct lic_claims *ret)
{
	static uint32_t packet = 100;
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_key k[3];
	struct lic_row row;

	make_row(r, 1, k, &c, &row);
	packet++;
	for (size_t i = 0; i < c.n; i++) {
		c.item[i].packet = packet;
		if (!sure) {
			c.item[i].rank = LIC_RANK_NONE;
			if (c.item[i].role == LIC_ROLE_CREATOR ||
			    c.item[i].role == LIC_ROLE_SOURCE_URL)
				c.item[i].role = LIC_ROLE_NONE;
		}
		lic_claims_add(ret, &c.item[i]);
	}
	if (r->damage)
		ret->damage = r->damage;
	lic_claims_release(&c);
}

/* The source that was made next after `made`; SOURCES: none. */
static unsigned next_source(const struct model *m, unsigned *made)
{
	unsigned best = SOURCES;

	for (unsigned s = 0; s < SOURCES; s++)
		if (m->source[s].made > *made &&
		    (best == SOURCES || m->source[s].made < m->source[best].made))
			best = s;
	if (best < SOURCES)
		*made = m->source[best].made;
	return best;
}

/* What the image's rights must be. */
static void judge(const struct model *m, int d, int n, const struct lic_policy *policy,
		  struct lic_rights *ret, struct lic_credit *credit)
{
	const struct image *x = &m->image[d][n];
	struct lic_claims c = LIC_CLAIMS_INIT;
	unsigned bits = reserved(m, x->bytes);

	own_claims(x, &c);
	for (unsigned made = 0, s; (s = next_source(m, &made)) < SOURCES;)
		for (size_t i = 0; i < m->source[s].n; i++)
			if (speaks(m, &all[d][n], s, i))
				row_claims(&m->source[s].row[i], all[d][n].of[s][i].sure, &c);
			else if (all[d][n].of[s][i].found && m->source[s].row[i].damage)
				c.damage = m->source[s].row[i].damage;
	if (bits)
		say(&c, LIC_RANK_NONE, LIC_ROLE_RESERVATION, "twin", bits);
	lic_rights_resolve(&c, policy, ret, credit, NULL);
	lic_claims_release(&c);
}

#endif
