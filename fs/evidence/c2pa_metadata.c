/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metadata assertions: XMP, IPTC and Exif fields as JSON-LD, and schema.org's CreativeWork.
 *
 * They are the fields of fields.h under their own names, but nobody proves who wrote them: what
 * would grant there is a caption here, which restricts and never grants.
 */
#include <stdio.h>
#include <string.h>

#include "fs/evidence/c2pa_assertion.h"

#define PREFIXES_MAX 32
#define PREFIX_LEN 32
#define LOCAL_LEN 64
#define FIELD_LEN 128

/* Prefixes that need no @context: C2PA 2.1 appendix B, CAWG Metadata 1.1, and the opt-outs. */
static const struct {
	const char *prefix, *uri;
} usual[] = {
	{ "dc", "http://purl.org/dc/elements/1.1/" },
	{ "xmpRights", "http://ns.adobe.com/xap/1.0/rights/" },
	{ "xmp", "http://ns.adobe.com/xap/1.0/" },
	{ "xmpMM", "http://ns.adobe.com/xap/1.0/mm/" },
	{ "cc", "http://creativecommons.org/ns#" },
	{ "photoshop", "http://ns.adobe.com/photoshop/1.0/" },
	{ "tiff", "http://ns.adobe.com/tiff/1.0/" },
	{ "exif", "http://ns.adobe.com/exif/1.0/" },
	{ "exifEX", "http://cipa.jp/exif/1.0/" },
	{ "aux", "http://ns.adobe.com/exif/1.0/aux/" },
	{ "pdf", "http://ns.adobe.com/pdf/1.3/" },
	{ "pdfx", "http://ns.adobe.com/pdfx/1.3/" },
	{ "Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/" },
	{ "plus", "http://ns.useplus.org/ldf/xmp/1.0/" },
	{ "tdm", "http://www.w3.org/ns/tdmrep#" },
	{ "rsl", "https://rslstandard.org/rsl" },
};

/* schema.org, properties of CreativeWork. */
static const struct lic_field work[] = {
	{ "license", LIC_ROLE_CAPTION, 0, 0 },
	{ "usageInfo", LIC_ROLE_CAPTION, 0, 0 },
	{ "conditionsOfAccess", LIC_ROLE_CAPTION, 0, 0 },
	{ "copyrightNotice", LIC_ROLE_CAPTION, 0, 0 },
	{ "copyrightHolder", LIC_ROLE_NONE, 0, 0 },
	{ "copyrightYear", LIC_ROLE_NONE, 0, 0 },
	{ "acquireLicensePage", LIC_ROLE_NONE, 0, 0 },
	{ "author", LIC_ROLE_CREATOR, 0, 0 },
	{ "creator", LIC_ROLE_CREATOR, 0, 0 },
	{ "creditText", LIC_ROLE_CREATOR, 0, 0 },
	{ "headline", LIC_ROLE_TITLE, 0, 0 },
	{ "name", LIC_ROLE_TITLE, 0, 0 },
	{ "DigitalSourceType", LIC_ROLE_ORIGIN, 0, 0 },
};

struct prefix {
	char name[PREFIX_LEN];
	int ns;
};

/* A place in the nesting, as its keys say. */
struct place {
	const struct lic_field *field; /* whose value stands here, NULL: nobody asks */
	const char *structure;	       /* parent name for members, see fields.h */
	unsigned level;		       /* properties above */
	bool is_dead;		       /* nothing here speaks for the image */
};

struct reader {
	const struct lic_c2pa_assertion *a;
	const char *name;		    /* of the assertion, in claims */
	bool is_work;			    /* names without prefix are schema.org's */
	struct prefix prefix[PREFIXES_MAX]; /* of the assertion's own context */
	unsigned n_prefixes;
	/* of the maps and arrays around the value at hand, by the length of their path */
	struct place place[LIC_NESTED_DEPTH_MAX + 1];
};

/* What a key names. */
struct term {
	int ns;		 /* of XMP; -1: none that is known */
	bool is_keyword; /* "@value" and its like */
	bool is_plain;	 /* without prefix: schema.org's, or a language */
	char local[LOCAL_LEN];
};

/* --- names ---------------------------------------------------------------------------------- */

static int namespace_of_uri(const uint8_t *p, size_t n)
{
	char uri[128];

	if (n >= sizeof(uri))
		return -1;
	memcpy(uri, p, n);
	uri[n] = '\0';
	return lic_xmp_namespace(uri);
}

static int namespace_of_prefix(const struct reader *m, const uint8_t *p, size_t n)
{
	struct lic_bytes prefix = { p, n };

	for (unsigned i = 0; i < m->n_prefixes; i++)
		if (lic_key_is(&prefix, m->prefix[i].name))
			return m->prefix[i].ns;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(usual); i++)
		if (lic_key_is(&prefix, usual[i].prefix))
			return lic_xmp_namespace(usual[i].uri);
	return -1;
}

/* "dc:rights", "http://purl.org/dc/elements/1.1/rights", "license", "@value", "x-default" */
static void term_of(const struct reader *m, const struct lic_bytes *key, struct term *ret)
{
	static const char schema[] = "schema.org/";
	size_t cut = key->n, n;

	*ret = (struct term){ .ns = -1, .is_keyword = !key->p || (key->n && key->p[0] == '@') };
	if (ret->is_keyword)
		return;
	while (cut && !memchr(":/#", key->p[cut - 1], 3))
		cut--;
	n = key->n - cut;
	ret->is_plain = !cut || (cut == 7 && memcmp(key->p, "schema:", 7) == 0) ||
			(cut >= sizeof(schema) - 1 && memcmp(key->p + cut - (sizeof(schema) - 1),
							     schema, sizeof(schema) - 1) == 0);
	if (n >= sizeof(ret->local))
		return;
	memcpy(ret->local, key->p + cut, n);
	if (ret->is_plain || !cut)
		return;
	ret->ns = key->p[cut - 1] == ':' ? namespace_of_prefix(m, key->p, cut - 1)
					 : namespace_of_uri(key->p, cut);
}

/* --- @context ------------------------------------------------------------------------------- */

/* {"@context": {"dc": URI}}, or with {"@id": URI}, or a list of such. An unknown URI changes
 * nothing: its prefix means what it usually does. */
static void on_context(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	struct reader *m = ctx;
	struct prefix *prefix = &m->prefix[m->n_prefixes];
	unsigned last = at->n;
	int ns;

	if (at->n < 2 || !lic_key_is(&at->key[0], "@context") || m->n_prefixes == PREFIXES_MAX)
		return;
	if (lic_key_is(&at->key[--last], "@id"))
		last--;
	if (!last || !at->key[last].p || at->key[last].n >= PREFIX_LEN)
		return;
	ns = namespace_of_uri(p, n);
	if (ns < 0)
		return;
	*prefix = (struct prefix){ .ns = ns };
	memcpy(prefix->name, at->key[last].p, at->key[last].n);
	m->n_prefixes++;
}

/* --- values --------------------------------------------------------------------------------- */

static const struct lic_field *field_of_work(const char *local)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(work); i++)
		if (strcasecmp(work[i].name, local) == 0)
			return &work[i];
	return NULL;
}

static const struct lic_field *field_of_term(const struct reader *m, const struct term *t,
					     unsigned level, const char *structure)
{
	const struct lic_field *f = NULL;

	if (t->ns < 0)
		return level == 0 && t->is_plain && m->is_work ? field_of_work(t->local) : NULL;
	if (level == 0)
		f = lic_xmp_field(t->ns, NULL, t->local);
	else if (structure)
		f = lic_xmp_field(t->ns, structure, t->local);
	return f ? f : lic_xmp_field_anywhere(t->ns, t->local);
}

/* Of a person, schema.org keeps more than the name. */
static bool is_aside(const struct reader *m, const struct lic_field *f, const struct term *t)
{
	return m->is_work && f && (f->role == LIC_ROLE_CREATOR || f->role == LIC_ROLE_NONE) &&
	       t->local[0] && strcmp(t->local, "name") != 0;
}

/* What a key makes of the place that it stands in. Each key is looked at once, however many values
 * stand below it. */
static struct place below(const struct reader *m, const struct place *above,
			  const struct lic_bytes *key)
{
	struct place p = *above;
	struct term t;

	if (p.is_dead || !key->p)
		return p;
	p.is_dead = lic_key_is(key, "@context") || lic_key_is(key, "@type") ||
		    lic_key_is(key, "@language");
	term_of(m, key, &t);
	if (p.is_dead || t.is_keyword)
		return p;
	/* a language, or a member of what the field holds */
	if (t.ns < 0 && t.is_plain && p.field) {
		p.is_dead = is_aside(m, p.field, &t);
		return p;
	}
	p.is_dead = t.ns >= 0 && lic_xmp_is_foreign(t.ns, t.local);
	p.field = field_of_term(m, &t, p.level++, p.structure);
	p.structure = t.ns >= 0 ? lic_xmp_structure(t.ns, t.local) : NULL;
	return p;
}

static struct place place_at(const struct reader *m, const struct lic_nested_path *at)
{
	static const struct place outside = { 0 };

	return at->n ? below(m, &m->place[at->n - 1], &at->key[at->n - 1]) : outside;
}

static void on_open(void *ctx, const struct lic_nested_path *at)
{
	struct reader *m = ctx;

	m->place[at->n] = place_at(m, at);
}

/* May restrict, never grants; credit comes from the manifest of the file itself. */
static enum lic_role demoted(const struct lic_field *f, bool is_active)
{
	const enum lic_role aside = lic_role_aside((enum lic_role)f->role);

	return is_active && aside == LIC_ROLE_NONE ? (enum lic_role)f->role : aside;
}

static void on_value(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	struct reader *m = ctx;
	const struct place place = place_at(m, at);
	const struct lic_field *f = place.is_dead ? NULL : place.field;
	char name[FIELD_LEN];
	struct lic_field field;

	if (!f || f->kind == LIC_FIELD_GUID || f->kind == LIC_FIELD_EXTENSION)
		return;
	snprintf(name, sizeof(name), "%s/%s", m->name, f->name);
	field = *f;
	field.name = name;
	field.role = (uint8_t)demoted(f, m->a->is_active);
	lic_reading_add(m->a->r, LIC_C2PA_SOURCE, &field, m->a->packet, LIC_CHARSET_GUESS, p, n);
}

static void ignore(void *ctx, const struct lic_nested_path *at)
{
	(void)ctx;
	(void)at;
}

static void name_of(struct reader *m)
{
	static const char *const names[] = { "c2pa.metadata", "cawg.metadata", "stds.exif",
					     "stds.iptc" };

	m->is_work = strstr(m->a->label, "CreativeWork") != NULL;
	m->name = m->is_work ? "CreativeWork" : "metadata";
	for (size_t i = 0; i < LIC_ARRAY_SIZE(names) && !m->is_work; i++)
		if (strncmp(m->a->label, names[i], strlen(names[i])) == 0)
			m->name = names[i];
}

bool lic_c2pa_metadata(const struct lic_c2pa_assertion *a)
{
	static const struct lic_nested_handler contexts = { ignore, ignore, on_context };
	static const struct lic_nested_handler values = { on_open, ignore, on_value };
	struct reader m = { .a = a };

	name_of(&m);
	/* a context may stand behind what it names */
	return lic_c2pa_walk(a, &contexts, &m) && lic_c2pa_walk(a, &values, &m);
}
