/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 3.0.1 documents (spdx.github.io/spdx-spec/v3.0.1): the license of a dataset, and of files.
 *
 * A license is no property of a thing: a relationship leads from the thing to it. What somebody
 * concluded beats what was declared. Elements stand in any order, so the document is read twice:
 * licenses and relationships, then datasets and files.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fs/manifest/dataset.h"
#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"
#include "fs/util/hash.h"

#define LINKS_MAX (4u << 20) /* relationships to licenses: two for each of two million files */
#define NODES_MAX 4096	     /* licenses and persons */
#define SET_DEPTH_MAX 8
#define EXPRESSION_MAX 2048
#define TARGETS_MAX (LIC_RECORD_ITEMS_MAX - 1) /* licenses of one relationship */

struct id {
	uint8_t b[16]; /* hash of an element's id */
};

enum node_kind {
	NODE_MENTIONED, /* a license that stands elsewhere, by its id */
	NODE_TEXT,	/* `text` is the license */
	NODE_FREE,	/* `text` is that of a license which somebody wrote */
	NODE_NAMELESS,	/* somebody's license of which nothing but its name is known: `text` */
	NODE_TORN,	/* the name of the license is that of another one than its text: `text` */
	NODE_ADDITION,	/* somebody's words to a license */
	NODE_AND,	/* `text` is the members' ids, each with a newline behind it */
	NODE_OR,
	NODE_LATER,
	NODE_WITH,
	NODE_AGENT, /* `text` is a name */
};

struct node {
	struct id id;
	enum node_kind kind;
	char *text; /* owned */
};

struct link {
	struct id from;
	uint32_t to; /* number of a node */
	bool concluded;
};

struct spdx {
	struct lic_manifest_reading *m;
	struct node *node;
	size_t n_nodes;
	struct link *link;
	size_t n_links, cap_links;
};

static int bid(const struct lic_peek *k)
{
	if (k->first != '{' || !lic_peek_has(k, "spdx.org/rdf/3."))
		return 0;
	return lic_peek_key(k, "@graph") || lic_peek_key(k, "@context") ? 95 : 0;
}

static struct id id_of(const char *text)
{
	struct id id;

	lic_hash128(text, strlen(text), id.b);
	return id;
}

/* The word behind the last separator: "dataset_DatasetPackage" and the full address are one. */
static const char *last_word(const char *s)
{
	const char *word = s;

	for (; *s; s++)
		if (strchr("_/#:", *s))
			word = s + 1;
	return word;
}

static const char *type_of(const struct lic_record *d)
{
	const char *type = lic_record_text(d, "", "type");

	return last_word(*type ? type : lic_record_text(d, "", "@type"));
}

static const char *name_of(const struct lic_record *d)
{
	const char *id = lic_record_text(d, "", "spdxId");

	return *id ? id : lic_record_text(d, "", "@id");
}

/* --- first pass ----------------------------------------------------------------------------- */

static int no_memory(const struct spdx *s, struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to read '%s'", s->m->name);
}

static struct node *find_node(const struct spdx *s, const char *id)
{
	struct id want = id_of(id);

	for (size_t i = 0; i < s->n_nodes; i++)
		if (memcmp(&s->node[i].id, &want, sizeof(want)) == 0)
			return &s->node[i];
	return NULL;
}

/* The node of an element; one that was only mentioned gets what stands there. */
static int put_node(struct spdx *s, const char *id, enum node_kind kind, const char *text,
		    uint64_t number, struct lic_error *err)
{
	struct node *n = find_node(s, id), *more;
	char *copy;

	if (n && n->kind != NODE_MENTIONED)
		return kind == NODE_MENTIONED
			       ? 0
			       : lic_record_bad(s->m, number, err,
						"'%.100s' is the id of two elements", id);
	if (n && kind == NODE_MENTIONED)
		return 0;
	if (!n && s->n_nodes == NODES_MAX)
		return lic_record_bad(s->m, number, err, "more than %d licenses and persons",
				      NODES_MAX);
	copy = strdup(text);
	if (!copy)
		return no_memory(s, err);
	if (!n) {
		more = reallocarray(s->node, s->n_nodes + 1, sizeof(*more));
		if (!more) {
			free(copy);
			return no_memory(s, err);
		}
		s->node = more;
		n = &more[s->n_nodes++];
		*n = (struct node){ .id = id_of(id) };
	}
	free(n->text);
	n->text = copy;
	n->kind = kind;
	return 0;
}

/* The texts of a property that is one value or a list, each with a newline behind it. */
static void list_of(const struct lic_record *d, const char *property, struct lic_buf *out)
{
	char pattern[128];

	snprintf(pattern, sizeof(pattern), "%s[]", property);
	for (size_t i = 0; i < d->n; i++)
		if (lic_dataset_path_is((const char *)d->item[i].path.p, pattern) &&
		    d->item[i].value.n)
			lic_buf_addf(out, "%s\n", (const char *)d->item[i].value.p);
}

static const struct {
	const char *type;
	enum node_kind kind;
	const char *property[2];
} node_types[] = {
	{ "LicenseExpression", NODE_TEXT, { "simplelicensing_licenseExpression", NULL } },
	{ "SimpleLicensingText", NODE_FREE, { "simplelicensing_licenseText", "name" } },
	{ "CustomLicense", NODE_FREE, { "simplelicensing_licenseText", "name" } },
	{ "ListedLicense", NODE_TEXT, { "spdxId", "@id" } },
	{ "ConjunctiveLicenseSet", NODE_AND, { "expandedlicensing_member", NULL } },
	{ "DisjunctiveLicenseSet", NODE_OR, { "expandedlicensing_member", NULL } },
	{ "OrLaterOperator", NODE_LATER, { "expandedlicensing_subjectLicense", NULL } },
	{ "WithAdditionOperator",
	  NODE_WITH,
	  { "expandedlicensing_subjectExtendableLicense", "expandedlicensing_subjectAddition" } },
	{ "ListedLicenseException", NODE_TEXT, { "spdxId", "@id" } },
	{ "CustomLicenseAddition", NODE_ADDITION, { "name", "expandedlicensing_additionText" } },
	{ "Person", NODE_AGENT, { "name", NULL } },
	{ "Organization", NODE_AGENT, { "name", NULL } },
	{ "Agent", NODE_AGENT, { "name", NULL } },
};

static bool means_something(const struct lic_parse *p)
{
	return p->forbids || p->kind == LIC_PARSE_LICENSE || p->kind == LIC_PARSE_CONFLICT ||
	       p->kind == LIC_PARSE_RESERVED;
}

/* A license that somebody wrote is what its text says. Its name says nothing, but where it is that
 * of a license, of another one. */
static enum node_kind free_kind(const struct lic_record *d, const struct lic_buf *text)
{
	const char *name = lic_record_text(d, "", "name");
	struct lic_parse by_name, by_text;

	if (!*lic_record_text(d, "", "simplelicensing_licenseText"))
		return NODE_NAMELESS;
	lic_license_parse(LIC_CONTEXT_ANY, name, strlen(name), &by_name);
	lic_license_parse(LIC_CONTEXT_ANY, lic_buf_str(text), text->len, &by_text);
	if (means_something(&by_name) && (by_name.forbids & ~by_text.forbids ||
					  strcmp(by_name.expression, by_text.expression) != 0))
		return NODE_TORN;
	return NODE_FREE;
}

static int take_node(struct spdx *s, const struct lic_record *d, size_t i, uint64_t number,
		     struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(LIC_WINDOW_MAX);
	enum node_kind kind = node_types[i].kind;

	for (size_t k = 0; k < 2 && node_types[i].property[k]; k++) {
		list_of(d, node_types[i].property[k], &text);
		if (text.len && (kind == NODE_TEXT || kind == NODE_FREE || kind == NODE_ADDITION))
			break;
	}
	if (kind == NODE_TEXT || kind == NODE_FREE || kind == NODE_ADDITION || kind == NODE_AGENT)
		lic_buf_truncate(&text, text.len ? text.len - 1 : 0);
	if (kind != NODE_AGENT && !text.len)
		return lic_record_bad(s->m, number, err, "a license that says nothing");
	if (kind == NODE_FREE)
		kind = free_kind(d, &text);
	return put_node(s, name_of(d), kind, lic_buf_str(&text), number, err);
}

static int add_link(struct spdx *s, const char *from, const char *to, bool concluded,
		    uint64_t number, struct lic_error *err)
{
	int r = put_node(s, to, NODE_MENTIONED, to, number, err);
	struct link *more;
	size_t cap;

	if (r < 0)
		return r;
	if (s->n_links == LINKS_MAX)
		return lic_record_bad(s->m, number, err, "more than %u relationships", LINKS_MAX);
	if (s->n_links == s->cap_links) {
		cap = s->cap_links ? s->cap_links * 2 : 256;
		more = reallocarray(s->link, cap, sizeof(*more));
		if (!more)
			return no_memory(s, err);
		s->link = more;
		s->cap_links = cap;
	}
	s->link[s->n_links++] =
		(struct link){ id_of(from), (uint32_t)(find_node(s, to) - s->node), concluded };
	return 0;
}

static int take_relationship(struct spdx *s, const struct lic_record *d, uint64_t number,
			     struct lic_error *err)
{
	const char *type = last_word(lic_record_text(d, "", "relationshipType"));
	const char *from = lic_record_text(d, "", "from");
	bool concluded = strcmp(type, "hasConcludedLicense") == 0;
	unsigned n = 0;
	int r = 0;

	if (!concluded && strcmp(type, "hasDeclaredLicense") != 0)
		return 0;
	for (size_t i = 0; r == 0 && i < d->n; i++) {
		if (!lic_dataset_path_is((const char *)d->item[i].path.p, "to[]") ||
		    !d->item[i].value.n)
			continue;
		n++;
		r = add_link(s, from, (const char *)d->item[i].value.p, concluded, number, err);
	}
	if (r == 0 && (!*from || !n))
		return lic_record_bad(s->m, number, err,
				      "a relationship to a license without 'from' or 'to'");
	if (n > TARGETS_MAX)
		return lic_record_bad(s->m, number, err, "more than %d licenses of one thing",
				      TARGETS_MAX);
	return r;
}

static int first_pass(void *ctx, const struct lic_record *d, uint64_t number, struct lic_error *err)
{
	struct spdx *s = ctx;
	const char *type = type_of(d);

	if (strcmp(type, "Relationship") == 0 || strcmp(type, "LifecycleScopedRelationship") == 0)
		return take_relationship(s, d, number, err);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(node_types); i++)
		if (strcmp(type, node_types[i].type) == 0)
			return take_node(s, d, i, number, err);
	return 0;
}

static int compare_links(const void *pa, const void *pb)
{
	const struct link *a = pa, *b = pb;
	int c = memcmp(&a->from, &b->from, sizeof(a->from));

	return c ? c : a->to < b->to ? -1 : a->to > b->to;
}

/* --- what a license is called ------------------------------------------------------------- */

/* Licensing/NoAssertion and the individuals of earlier drafts */
static bool is_no_assertion(const char *id)
{
	return strncmp(last_word(id), "NoAssertion", 11) == 0;
}

static void express(const struct spdx *s, const struct node *n, struct lic_buf *out,
		    unsigned depth);

/* Members between operators. */
static void express_members(const struct spdx *s, const struct node *n, const char *between,
			    struct lic_buf *out, unsigned depth)
{
	char *copy = strdup(n->text), *line = copy, *end;

	lic_buf_addc(out, '(');
	for (; line && (end = strchr(line, '\n')); line = end + 1) {
		const struct node *member;
		struct node mentioned = { .kind = NODE_MENTIONED, .text = line };

		*end = '\0';
		member = find_node(s, line);
		if (line != copy)
			lic_buf_adds(out, between);
		express(s, member ? member : &mentioned, out, depth + 1);
	}
	lic_buf_adds(out, copy ? ")" : "out of memory");
	free(copy);
}

/* Only the id of "https://spdx.org/licenses/MIT" is fit for an expression. */
static const char *id_text(const char *id)
{
	static const char *const listed[] = { "https://spdx.org/licenses/",
					      "http://spdx.org/licenses/" };

	if (is_no_assertion(id))
		return "NOASSERTION";
	if (strcmp(last_word(id), "NoneLicense") == 0)
		return "NONE";
	for (size_t i = 0; i < LIC_ARRAY_SIZE(listed); i++)
		if (strncmp(id, listed[i], strlen(listed[i])) == 0)
			return id + strlen(listed[i]);
	return id;
}

/* Within a set nothing but a license may stand, or the words of one would be operators of it. */
static void express_text(const char *text, struct lic_buf *out, unsigned depth)
{
	struct lic_parse p;
	bool more;

	if (!depth || !text[strcspn(text, " \t\r\n()")]) {
		lic_buf_adds(out, text);
		return;
	}
	lic_license_parse(LIC_CONTEXT_ANY, text, strlen(text), &p);
	if (p.forbids || (p.kind != LIC_PARSE_LICENSE && p.kind != LIC_PARSE_RESERVED)) {
		lic_buf_adds(out, "unrecognised");
		return;
	}
	more = strchr(p.expression, ' ');
	lic_buf_addf(out, "%s%s%s", more ? "(" : "", p.expression, more ? ")" : "");
}

static void express(const struct spdx *s, const struct node *n, struct lic_buf *out, unsigned depth)
{
	if (depth > SET_DEPTH_MAX) {
		lic_buf_adds(out, "nested too deep");
		return;
	}
	switch (n->kind) {
	case NODE_AND:
		express_members(s, n, " AND ", out, depth);
		break;
	case NODE_OR:
		express_members(s, n, " OR ", out, depth);
		break;
	case NODE_WITH:
		express_members(s, n, " WITH ", out, depth);
		break;
	case NODE_LATER:
		express_members(s, n, " AND ", out, depth);
		lic_buf_addc(out, '+');
		break;
	case NODE_NAMELESS:
		lic_buf_adds(out, "unrecognised: a license of its own without a text");
		break;
	case NODE_TORN:
		lic_buf_adds(out, "unrecognised: name and text are those of different licenses");
		break;
	case NODE_ADDITION:
		lic_buf_adds(out, "unrecognised");
		break;
	case NODE_FREE:
		express_text(n->text, out, depth);
		break;
	default:
		express_text(id_text(n->text), out, depth);
		break;
	}
}

/* --- second pass ---------------------------------------------------------------------------- */

static void add_license(struct spdx *s, const struct link *l, enum lic_rank rank, bool counts)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(EXPRESSION_MAX);
	const struct node *n = &s->node[l->to];
	const char *words;

	express(s, n, &text, 0);
	words = lic_buf_failed(&text) ? "an expression too long to be judged" : lic_buf_str(&text);
	lic_row_claim_as(s->m, rank, counts ? LIC_ROLE_LICENSE : LIC_ROLE_NONE, LIC_CONTEXT_ANY,
			 l->concluded ? "hasConcludedLicense" : "hasDeclaredLicense",
			 (struct lic_bytes){ (const uint8_t *)n->text, strlen(n->text) }, words);
}

/* What was concluded counts; what was declared where nothing was. */
static void add_licenses(struct spdx *s, const struct lic_record *d, enum lic_rank rank)
{
	struct link key = { .from = id_of(name_of(d)) };
	size_t low = 0, high = s->n_links;
	bool concluded = false;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(&s->link[mid].from, &key.from, sizeof(key.from)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (high = low; high < s->n_links; high++) {
		const struct link *l = &s->link[high];

		if (memcmp(&l->from, &key.from, sizeof(key.from)) != 0)
			break;
		concluded |= l->concluded && !is_no_assertion(s->node[l->to].text);
	}
	for (; low < high; low++)
		add_license(s, &s->link[low], rank, s->link[low].concluded == concluded);
}

static void add_agents(struct spdx *s, const struct lic_record *d, enum lic_rank rank)
{
	bool named = false;

	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		const struct node *n;

		if (!lic_dataset_path_is(path, "originatedBy[]"))
			continue;
		n = find_node(s, (const char *)d->item[i].value.p);
		if (!n || n->kind != NODE_AGENT)
			continue;
		lic_row_claim(s->m, rank, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "originatedBy",
			      n->text, strlen(n->text));
		named = true;
	}
	for (size_t i = 0; !named && i < d->n; i++)
		if (lic_dataset_path_is((const char *)d->item[i].path.p,
					"software_attributionText[]"))
			lic_row_claim(s->m, rank, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY,
				      "attributionText", d->item[i].value.p, d->item[i].value.n);
}

static void add_claims(struct spdx *s, const struct lic_record *d, enum lic_rank rank)
{
	const char *copyright = lic_record_text(d, "", "software_copyrightText");

	add_licenses(s, d, rank);
	if (strcmp(copyright, "NOASSERTION") != 0 && strcmp(copyright, "NONE") != 0)
		lic_row_claim(s->m, rank, LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY, "copyrightText",
			      copyright, strlen(copyright));
	add_agents(s, d, rank);
}

static void add_file_keys(struct spdx *s, const struct lic_record *d)
{
	const char *name = lic_record_text(d, "", "name");

	lic_row_key(s->m, LIC_KEY_TAIL, name, strlen(name));
	for (unsigned i = 0; i < 3; i++) {
		char at[32];
		const char *algorithm;

		snprintf(at, sizeof(at), "verifiedUsing[%u]", i);
		algorithm = last_word(lic_record_text(d, at, "algorithm"));
		if (strcasecmp(algorithm, "sha256") == 0)
			lic_row_key_member(s->m, LIC_KEY_SHA256, d, at, "hashValue");
		else if (strcasecmp(algorithm, "md5") == 0)
			lic_row_key_member(s->m, LIC_KEY_MD5, d, at, "hashValue");
	}
}

static int second_pass(void *ctx, const struct lic_record *d, uint64_t number,
		       struct lic_error *err)
{
	struct spdx *s = ctx;
	const char *type = type_of(d);

	lic_row_begin(s->m);
	if (strcmp(type, "File") == 0) {
		add_file_keys(s, d);
		add_claims(s, d, LIC_RANK_MANIFEST);
	} else if (strcmp(type, "DatasetPackage") == 0) {
		lic_row_key(s->m, LIC_KEY_ALL, NULL, 0);
		add_claims(s, d, LIC_RANK_DATASET);
		lic_dataset_say(s->m);
	} else {
		return 0;
	}
	return lic_row_end(s->m, number, err);
}

static int read_document(struct spdx *s, struct lic_error *err)
{
	static const struct lic_place graph[] = { { { "@graph", NULL }, false } };
	struct lic_records plan = { graph, 1, NULL, first_pass, s };
	int r = lic_records_read(s->m, &plan, err);

	if (r == 0)
		r = lic_source_rewind(&s->m->source, err);
	if (r < 0)
		return r;
	if (s->n_links)
		qsort(s->link, s->n_links, sizeof(*s->link), compare_links);
	plan.record = second_pass;
	r = lic_records_read(s->m, &plan, err);
	if (r == 0 && !s->m->rows)
		r = lic_error_set(err, EBADMSG,
				  "'%s' describes neither a dataset (dataset_DatasetPackage) nor "
				  "files (software_File)",
				  s->m->name);
	return r;
}

static int read_spdx3(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct spdx s = { .m = m };
	int r = read_document(&s, err);

	for (size_t i = 0; i < s.n_nodes; i++)
		free(s.node[i].text);
	free(s.node);
	free(s.link);
	return r;
}

const struct lic_manifest_reader lic_manifest_spdx3 = {
	.format = { "spdx3", "SPDX 3 JSON-LD (license of a dataset, and of its files)" },
	.bid = bid,
	.read = read_spdx3,
};
