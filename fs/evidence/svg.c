/* SPDX-License-Identifier: Apache-2.0 */
/* Reads SVG: RDF and XMP wherever they stand, C2PA manifests, titles and comments. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/rdf.h"
#include "fs/evidence/svg.h"
#include "fs/evidence/svg_text.h"
#include "fs/evidence/xml.h"
#include "fs/evidence/xmp.h"

/* One file being read. A statement speaks for the drawing as a whole (`own`) where it stands in the
 * root element, or in a metadata or defs element there; further in it is about a part. */
struct svg {
	struct lic_reading *r;
	struct lic_svg_source source;
	struct lic_rdf rdf;
	struct lic_svg_text text;
	unsigned depth;	   /* open elements */
	bool is_svg;	   /* the root element says so */
	bool is_other;	   /* it says otherwise */
	bool in_defs;	   /* of the root element */
	bool own;	   /* `metadata` speaks for the drawing */
	unsigned metadata; /* depth of the open metadata element, 0 for none */
	unsigned xmp;	   /* depth of the open x:xmpmeta */
	unsigned entered;  /* frames of RDF below an element that has no rdf:RDF around it */
	unsigned manifest; /* depth of the open c2pa:manifest */
	unsigned omitted;  /* runs that had been shortened when it began */
	struct lic_buf base64;
	size_t before; /* claims of other files */
};

static bool is_svg_ns(const char *ns)
{
	if (!*ns || strcmp(ns, "http://www.w3.org/2000/svg") == 0)
		return true;
	/* of the drafts, and of those who put https everywhere */
	ns += strncmp(ns, "https", 5) == 0 ? 5 : 4;
	return strncmp(ns, "://www.w3.org/", 14) == 0 && strcasestr(ns, "svg");
}

static bool is_svg(const char *ns, const char *local, const char *name)
{
	return strcmp(local, name) == 0 && is_svg_ns(ns);
}

static void damage(struct svg *s, struct lic_xml *x, const char *why)
{
	lic_reading_damage(s->r, why);
	lic_xml_stop(x);
}

/* --- C2PA ----------------------------------------------------------------------------------- */

/* The prefix is part of the specification; some writers forget to declare it. */
static bool is_manifest(const char *ns, const char *local)
{
	return strcmp(local, "manifest") == 0 &&
	       (strcmp(ns, "http://c2pa.org/manifest") == 0 ||
		strcmp(ns, "https://c2pa.org/manifest") == 0 || strcmp(ns, LIC_XML_UNBOUND) == 0);
}

static void close_manifest(struct svg *s)
{
	struct lic_buf out = LIC_BUF_INIT(s->r->limits->block_max);

	s->manifest = 0;
	if (lic_buf_failed(&s->base64) || s->source.omitted != s->omitted)
		lic_reading_damage(s->r, "a C2PA manifest is larger than the limits allow");
	else if (!lic_svg_base64(&s->base64, &out))
		lic_reading_damage(s->r, "a C2PA manifest that is no base64");
	else if (out.len && lic_reading_charge(s->r, out.len))
		lic_c2pa_read(s->r, (const uint8_t *)out.data, out.len);
	lic_buf_release(&out);
	lic_buf_reset(&s->base64);
}

/* --- metadata ------------------------------------------------------------------------------- */

static void begin_rdf(struct svg *s, bool own)
{
	bool xmp = s->xmp != 0;

	lic_rdf_begin(&s->rdf, xmp ? "XMP" : "RDF", lic_reading_packet(s->r), !xmp, !own);
}

/* Elements of RDF without rdf:RDF around them, which other tools read as well. */
static bool enter_stray(struct svg *s, const char *ns, const char *local)
{
	int id = lic_xmp_namespace(ns);
	bool node = lic_rdf_is_description(ns, local) || (id >= 0 && lic_xmp_is_work(id, local));

	if (!node && (id < 0 || !lic_xmp_field(id, NULL, local)))
		return false;
	begin_rdf(s, s->own);
	/* rdf.c tells a cc:License from a cc:license */
	if (!lic_rdf_enter(&s->rdf, false))
		return false;
	s->entered = s->rdf.n;
	return true;
}

static void open_in_metadata(struct svg *s, struct lic_xml *x, const char *ns, const char *local,
			     const struct lic_xml_attribute *a, size_t n)
{
	bool manifest = is_manifest(ns, local);

	if (lic_xml_unbound(x) && !manifest)
		return damage(s, x, "metadata with a prefix that is not declared");
	lic_svg_text_break(&s->text);
	if (manifest && !s->manifest) {
		s->manifest = s->depth;
		s->omitted = s->source.omitted;
	} else if (!s->xmp && (strcmp(local, "xmpmeta") == 0 || strcmp(local, "xapmeta") == 0)) {
		s->xmp = s->depth;
	} else if (lic_rdf_is_root(ns, local)) {
		begin_rdf(s, s->own);
		lic_rdf_handler.start(&s->rdf, x, ns, local, a, n);
	} else if (enter_stray(s, ns, local)) {
		lic_rdf_handler.start(&s->rdf, x, ns, local, a, n);
	}
}

/* What metadata holds beside RDF: prose, or a whole packet of XMP as text. */
static void close_metadata(struct svg *s)
{
	struct lic_buf *b = &s->text.metadata;

	s->metadata = 0;
	s->r->is_aside = !s->own;
	if (lic_buf_failed(b))
		lic_reading_damage(s->r, "metadata larger than the limits allow");
	else if (b->len && lic_reading_charge(s->r, b->len) &&
		 memmem(b->data, b->len, "rdf-syntax-ns#", 14))
		lic_xmp_read(s->r, "XMP", lic_reading_packet(s->r), (const uint8_t *)b->data,
			     b->len, NULL);
	else
		lic_svg_text_say(&s->text, LIC_SVG_METADATA, s->own, lic_buf_str(b), b->len);
	s->r->is_aside = false;
	lic_buf_reset(b);
}

/* --- elements ------------------------------------------------------------------------------- */

/* Outside of metadata an undeclared prefix is a matter of drawing programs, unless the name could
 * be one that counts. */
static bool could_count(const char *ns, const char *local)
{
	static const char *const names[] = { "RDF",	"Work",	    "License", "Description",
					     "xmpmeta", "manifest", "metadata" };

	for (size_t i = 0; strcmp(ns, LIC_XML_UNBOUND) == 0 && i < LIC_ARRAY_SIZE(names); i++)
		if (strcasecmp(local, names[i]) == 0)
			return true;
	return false;
}

static void open_root(struct svg *s, struct lic_xml *x, const char *ns, const char *local)
{
	s->is_svg = is_svg(ns, local, "svg");
	s->is_other = !s->is_svg;
	if (s->is_other)
		lic_xml_stop(x);
}

static void open_in_drawing(struct svg *s, struct lic_xml *x, const char *ns, const char *local,
			    const struct lic_xml_attribute *a, size_t n)
{
	bool own = s->depth == 2 || (s->depth == 3 && s->in_defs);

	if (lic_xml_unbound(x) && could_count(ns, local))
		return damage(s, x, "metadata with a prefix that is not declared");
	if (lic_rdf_is_root(ns, local)) {
		begin_rdf(s, own);
		lic_rdf_handler.start(&s->rdf, x, ns, local, a, n);
	} else if (is_svg(ns, local, "metadata")) {
		s->metadata = s->depth;
		s->own = own;
	} else if (is_manifest(ns, local)) {
		s->manifest = s->depth;
		s->omitted = s->source.omitted;
	} else if (is_svg(ns, local, "title") || is_svg(ns, local, "desc")) {
		lic_svg_text_open(&s->text, local[0] == 't' ? LIC_SVG_TITLE : LIC_SVG_DESC,
				  s->depth);
	} else if (s->depth == 2 && is_svg(ns, local, "defs")) {
		s->in_defs = true;
	}
}

static void on_start(void *ctx, struct lic_xml *x, const char *ns, const char *local,
		     const struct lic_xml_attribute *a, size_t n)
{
	struct svg *s = ctx;

	s->depth++;
	if (s->depth == 1)
		open_root(s, x, ns, local);
	else if (s->rdf.n && lic_xml_unbound(x))
		damage(s, x, "metadata with a prefix that is not declared");
	else if (s->rdf.n)
		lic_rdf_handler.start(&s->rdf, x, ns, local, a, n);
	else if (s->metadata)
		open_in_metadata(s, x, ns, local, a, n);
	else
		open_in_drawing(s, x, ns, local, a, n);
}

static void on_end(void *ctx, struct lic_xml *x)
{
	struct svg *s = ctx;
	unsigned depth = s->depth--;

	if (s->rdf.n) {
		lic_rdf_handler.end(&s->rdf, x);
		if (s->entered && s->rdf.n == s->entered) {
			s->entered = 0;
			lic_rdf_leave(&s->rdf);
		}
		return;
	}
	if (s->manifest == depth)
		close_manifest(s);
	else if (s->xmp == depth)
		s->xmp = 0;
	else if (s->metadata == depth)
		close_metadata(s);
	else if (depth == 2)
		s->in_defs = false;
	lic_svg_text_close(&s->text, depth);
}

static void on_text(void *ctx, struct lic_xml *x, const char *p, size_t n)
{
	struct svg *s = ctx;

	if (s->rdf.n)
		lic_rdf_handler.text(&s->rdf, x, p, n);
	else if (s->manifest)
		lic_buf_add(&s->base64, p, n);
	else if (s->metadata)
		lic_buf_add(&s->text.metadata, p, n);
	else
		lic_svg_text_add(&s->text, p, n);
}

static void on_comment(void *ctx, struct lic_xml *x, const char *p, size_t n)
{
	struct svg *s = ctx;

	(void)x;
	lic_svg_text_say(&s->text, LIC_SVG_COMMENT, s->metadata ? s->own : s->depth < 2, p, n);
}

static const struct lic_xml_handler handler = {
	.start = on_start,
	.end = on_end,
	.text = on_text,
	.comment = on_comment,
};

/* --- the file ------------------------------------------------------------------------------- */

static int svg_bid(const uint8_t *head, size_t n)
{
	switch (lic_svg_sniff(head, n)) {
	case LIC_SVG_YES:
		return 90;
	case LIC_SVG_MAYBE:
		return 10;
	default:
		return 0;
	}
}

static enum lic_svg_kind kind_of(struct lic_input *in)
{
	size_t n = in->size < LIC_PEEK ? (size_t)in->size : LIC_PEEK;
	const uint8_t *head = lic_input_peek(in, 0, n);

	return head ? lic_svg_sniff(head, n) : LIC_SVG_NO;
}

/* Whatever the prolog said: the file is something else. */
static void forget(struct svg *s)
{
	struct lic_claims *c = s->r->claims;

	c->n = s->before;
	c->damage = NULL;
	c->format = LIC_FORMAT_NONE;
}

static void svg_read(struct lic_reading *r)
{
	struct svg s = { .r = r, .before = r->claims->n };
	enum lic_svg_kind kind = kind_of(r->in);
	const char *why = "out of memory while reading an SVG";

	s.base64 = (struct lic_buf)LIC_BUF_INIT(r->limits->block_max);
	lic_svg_text_init(&s.text, r);
	if (lic_rdf_init(&s.rdf, r, "RDF", 0) && lic_svg_source_init(&s.source, r)) {
		why = lic_xml_stream(lic_svg_source_read, &s.source, &handler, &s);
		lic_svg_text_end(&s.text);
		if (s.source.damage)
			why = s.source.damage;
	}
	if (s.is_other || (!s.is_svg && kind != LIC_SVG_YES))
		forget(&s);
	else if (why)
		lic_reading_damage(r, why);
	lic_svg_source_release(&s.source);
	lic_svg_text_release(&s.text);
	lic_rdf_release(&s.rdf);
	lic_buf_release(&s.base64);
}

const struct lic_reader lic_reader_svg = {
	.name = "svg",
	.format = LIC_FORMAT_SVG,
	.bid = svg_bid,
	.read = svg_read,
};
