/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine from XML elements to properties of the image. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/rdf.h"

#define RDF_NS "www.w3.org/1999/02/22-rdf-syntax-ns#"
#define XML_NS "http://www.w3.org/XML/1998/namespace"

/*
 * RDF/XML is striped: nodes hold properties, properties hold a value or nodes. Above rdf:RDF there
 * are no frames at all.
 */
enum kind {
	KIND_RDF,
	KIND_NODE,     /* a resource: its child elements are properties */
	KIND_PROPERTY, /* or an item of a list: text, a list, or nodes */
	KIND_LIST,     /* rdf:Alt, rdf:Seq, rdf:Bag */
	KIND_LITERAL,  /* element inside parseType="Literal": its text belongs to the property */
};

struct lic_rdf_frame {
	uint8_t kind;
	uint8_t level;	    /* properties above; 0 in a node that is the image itself */
	bool foreign;	    /* another work is described here */
	bool about_other;   /* a node about another resource: may restrict, never grant */
	bool license_class; /* a cc:License: what it says, it says of the license */
	bool literal;
	bool has_nodes;	 /* the property's value was elements, not text */
	bool is_default; /* item with xml:lang="x-default" */
	bool is_alt;
	bool named;		       /* a node about `about`, in a document */
	size_t first;		       /* list, named node: claims before what it holds */
	const struct lic_field *field; /* whose value stands here; NULL: nobody asks */
	const char *structure;	       /* parent name for members, see fields.h */
};

bool lic_rdf_init(struct lic_rdf *rdf, struct lic_reading *r, const char *source, uint32_t packet)
{
	unsigned max = r->limits->depth_max;

	if (max > LIC_RDF_DEPTH_MAX)
		max = LIC_RDF_DEPTH_MAX;
	*rdf = (struct lic_rdf){ .r = r, .source = source, .packet = packet, .clean = true };
	rdf->value = (struct lic_buf)LIC_BUF_INIT(r->limits->value_max);
	rdf->max = max;
	rdf->frame = malloc((max ? max : 1) * sizeof(*rdf->frame));
	return rdf->frame != NULL;
}

void lic_rdf_release(struct lic_rdf *rdf)
{
	lic_buf_release(&rdf->value);
	free(rdf->frame);
	rdf->frame = NULL;
}

static bool is_rdf(const char *ns)
{
	if (strncmp(ns, "http", 4) != 0)
		return false;
	ns += ns[4] == 's' ? 5 : 4;
	return strncmp(ns, "://", 3) == 0 && strcmp(ns + 3, RDF_NS) == 0;
}

static bool is_named(const char *ns, const char *local, const char *name)
{
	return strcasecmp(local, name) == 0 && is_rdf(ns);
}

bool lic_rdf_is_root(const char *ns, const char *local)
{
	return is_named(ns, local, "RDF");
}

bool lic_rdf_is_description(const char *ns, const char *local)
{
	return is_named(ns, local, "Description");
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What is too long leaves nothing. */
static void note(char *to, size_t size, const char *p, size_t n)
{
	while (n && is_space(p[n - 1]))
		n--;
	while (n && is_space(*p)) {
		p++;
		n--;
	}
	if (n >= size)
		n = 0;
	memcpy(to, p, n);
	to[n] = '\0';
}

static void emit(struct lic_rdf *rdf, const struct lic_rdf_frame *f, const struct lic_field *field,
		 const char *p, size_t n)
{
	struct lic_field d;

	if (!field)
		return;
	if (field->kind == LIC_FIELD_GUID) {
		note(rdf->guid, sizeof(rdf->guid), p, n);
		if (!rdf->guid[0] && n)
			lic_reading_damage(rdf->r, "Extended XMP that is announced by no number");
		return;
	}
	if (field->kind == LIC_FIELD_EXTENSION) {
		note(rdf->extension, sizeof(rdf->extension), p, n);
		return;
	}
	if (f->about_other) {
		d = *field;
		d.role = (uint8_t)lic_role_aside((enum lic_role)d.role);
		field = &d;
	}
	lic_reading_add(rdf->r, rdf->source, field, rdf->packet, LIC_CHARSET_GUESS, p, n);
}

/* The field of a property of `node`; *ret_structure where members of its value may count. */
static const struct lic_field *field_of(const struct lic_rdf_frame *node, int ns, const char *local,
					const char **ret_structure)
{
	const struct lic_field *f = NULL;

	*ret_structure = NULL;
	if (ns < 0 || node->foreign)
		return NULL;
	if (node->level == 0) {
		f = lic_xmp_field(ns, NULL, local);
		*ret_structure = lic_xmp_structure(ns, local);
	} else if (node->structure) {
		f = lic_xmp_field(ns, node->structure, local);
	}
	if (f && node->license_class && f->role != LIC_ROLE_NONE)
		f = NULL;
	return f ? f : lic_xmp_field_anywhere(ns, local);
}

/* A property in attribute form: <rdf:Description dc:rights="..."> and members of structures. */
static void attribute_property(struct lic_rdf *rdf, const struct lic_rdf_frame *node,
			       const struct lic_xml_attribute *a)
{
	const char *structure;

	if (is_rdf(a->ns)) {
		if (strcasecmp(a->local, "value") == 0)
			emit(rdf, node, node->field, a->value, a->n);
		return;
	}
	if (!*a->ns || strcmp(a->ns, XML_NS) == 0)
		return;
	emit(rdf, node, field_of(node, lic_xmp_namespace(a->ns), a->local, &structure), a->value,
	     a->n);
}

static bool attribute_is(const struct lic_xml_attribute *a, const char *local, const char *value)
{
	return a->n == strlen(value) && strncasecmp(a->value, value, a->n) == 0 &&
	       is_named(a->ns, a->local, local);
}

/* Fields where a value that is only referred to must not be taken for none. */
static bool binds(const struct lic_field *f)
{
	return f && (f->role == LIC_ROLE_LICENSE || f->role == LIC_ROLE_COPYRIGHT ||
		     f->role == LIC_ROLE_RESERVATION || f->role == LIC_ROLE_CONSTRAINT);
}

/* RSL 1.0: <payment type="subscription">; one that does not say what it asks for asks for anything.
 */
static void payment(struct lic_rdf *rdf, const struct lic_rdf_frame *f,
		    const struct lic_xml_attribute *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].local, "type") == 0 && a[i].n) {
			emit(rdf, f, f->field, a[i].value, a[i].n);
			return;
		}
	emit(rdf, f, f->field, "unspecified", 11);
}

static bool is_license(const struct lic_field *f)
{
	return f && f->role == LIC_ROLE_LICENSE;
}

static void open_property(struct lic_rdf *rdf, struct lic_rdf_frame *f,
			  const struct lic_xml_attribute *a, size_t n)
{
	lic_buf_reset(&rdf->value);
	if (f->field && f->field->kind == LIC_FIELD_RSL_PAYMENT)
		payment(rdf, f, a, n);
	for (size_t i = 0; i < n; i++) {
		if (attribute_is(&a[i], "parseType", "Resource"))
			f->kind = KIND_NODE;
		else if (attribute_is(&a[i], "parseType", "Literal"))
			f->literal = true;
		else if (is_named(a[i].ns, a[i].local, "resource"))
			emit(rdf, f, f->field, a[i].value, a[i].n);
		else if (is_license(f->field) && is_named(a[i].ns, a[i].local, "about"))
			emit(rdf, f, f->field, a[i].value, a[i].n);
		else if (binds(f->field) && is_named(a[i].ns, a[i].local, "nodeID"))
			emit(rdf, f, f->field, a[i].value, a[i].n);
		else if (strcmp(a[i].ns, XML_NS) == 0 && strcmp(a[i].local, "lang") == 0)
			f->is_default = a[i].n == 9 && strncasecmp(a[i].value, "x-default", 9) == 0;
		else
			attribute_property(rdf, f, &a[i]);
	}
}

static void open_child_of_node(struct lic_rdf *rdf, struct lic_rdf_frame *f, const char *ns,
			       const char *local, const struct lic_xml_attribute *a, size_t n)
{
	const struct lic_rdf_frame *node = f - 1;

	f->kind = KIND_PROPERTY;
	if (is_rdf(ns)) {
		/* the value of a structured property; its siblings are qualifiers */
		f->level = node->level;
		f->field = strcasecmp(local, "value") == 0 ? node->field : NULL;
	} else {
		int id = lic_xmp_namespace(ns);

		f->level = (uint8_t)(node->level + 1);
		f->field = field_of(node, id, local, &f->structure);
		f->foreign = node->foreign || (id >= 0 && lic_xmp_is_foreign(id, local));
	}
	open_property(rdf, f, a, n);
}

static const struct lic_xml_attribute *about_of(const struct lic_xml_attribute *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].n && strcasecmp(a[i].local, "about") == 0 &&
		    (!*a[i].ns || is_rdf(a[i].ns)))
			return &a[i];
	return NULL;
}

/* XMP part 1, 7.4: all nodes of a packet are about one resource; the first to name it decides. */
static bool is_other_resource(struct lic_rdf *rdf, const struct lic_xml_attribute *about)
{
	size_t n = about->n < sizeof(rdf->about) - 1 ? about->n : sizeof(rdf->about) - 1;

	if (!rdf->about[0]) {
		memcpy(rdf->about, about->value, n);
		rdf->about[n] = '\0';
		return false;
	}
	return strlen(rdf->about) != n || memcmp(rdf->about, about->value, n) != 0;
}

/* A node that stands in rdf:RDF itself: who is it about? */
static void open_top_node(struct lic_rdf *rdf, struct lic_rdf_frame *f, int id, bool description,
			  const char *local, const struct lic_xml_attribute *about)
{
	f->license_class = id >= 0 && lic_xmp_is_license_class(id, local);
	if (f->license_class)
		return;
	if (!description && (id < 0 || !lic_xmp_is_work(id, local))) {
		f->about_other = true;
	} else if (!about) {
		rdf->has_self = true;
	} else if (is_other_resource(rdf, about)) {
		f->about_other = true;
	} else if (rdf->document) {
		f->named = true;
		f->first = rdf->r->claims->n;
		if (rdf->n_named == LIC_RDF_NAMED_MAX)
			f->about_other = true;
	}
}

/* A property where a node should be. A cc:License that names one is the class, in any letter case;
 * one that does not is the property. */
static bool is_stray_property(int id, const char *local, const struct lic_xml_attribute *about)
{
	if (id < 0 || !lic_xmp_field(id, NULL, local))
		return false;
	return !lic_xmp_is_license_class(id, local) || !about;
}

static void open_node(struct lic_rdf *rdf, struct lic_rdf_frame *f, const char *ns,
		      const char *local, const struct lic_xml_attribute *a, size_t n)
{
	const struct lic_xml_attribute *about = about_of(a, n);
	int id = lic_xmp_namespace(ns);

	if (f[-1].kind == KIND_RDF && is_stray_property(id, local, about)) {
		f->kind = KIND_PROPERTY;
		f->level = 1;
		f->field = field_of(&f[-1], id, local, &f->structure);
		open_property(rdf, f, a, n);
		return;
	}
	f->kind = KIND_NODE;
	if (f[-1].kind == KIND_RDF)
		open_top_node(rdf, f, id, lic_rdf_is_description(ns, local), local, about);
	else if (about && is_license(f->field))
		/* <cc:license><cc:License rdf:about="URL"> */
		emit(rdf, f, f->field, about->value, about->n);
	for (size_t i = 0; i < n; i++)
		attribute_property(rdf, f, &a[i]);
}

static bool is_blank(const struct lic_buf *b)
{
	return !b->len || strspn(b->data, " \t\r\n") == b->len;
}

static void open_child_of_property(struct lic_rdf *rdf, struct lic_rdf_frame *f, const char *ns,
				   const char *local, const struct lic_xml_attribute *a, size_t n)
{
	struct lic_rdf_frame *property = f - 1;
	const struct lic_field *anywhere;
	int id = lic_xmp_namespace(ns);

	if (property->literal) {
		f->kind = KIND_LITERAL;
		return;
	}
	if (property->field && !is_blank(&rdf->value))
		lic_reading_damage(rdf->r, "XMP property with both text and elements");
	property->has_nodes = true;
	if (is_rdf(ns) && (strcasecmp(local, "Alt") == 0 || strcasecmp(local, "Seq") == 0 ||
			   strcasecmp(local, "Bag") == 0)) {
		f->kind = KIND_LIST;
		f->is_alt = (local[0] | 0x20) == 'a';
		f->first = rdf->r->claims->n;
		return;
	}
	anywhere = id >= 0 && !f->foreign ? lic_xmp_field_anywhere(id, local) : NULL;
	if (anywhere) {
		f->kind = KIND_PROPERTY;
		f->field = anywhere;
		open_property(rdf, f, a, n);
		return;
	}
	open_node(rdf, f, ns, local, a, n);
}

static void on_start(void *ctx, struct lic_xml *x, const char *ns, const char *local,
		     const struct lic_xml_attribute *a, size_t n)
{
	struct lic_rdf *rdf = ctx;
	const struct lic_rdf_frame *top = rdf->n ? &rdf->frame[rdf->n - 1] : NULL;
	struct lic_rdf_frame *f = &rdf->frame[rdf->n];

	if (!top && !lic_rdf_is_root(ns, local))
		return;
	if (rdf->n >= rdf->max) {
		lic_reading_damage(rdf->r, "XMP nested deeper than the limits allow");
		lic_xml_stop(x);
		return;
	}
	rdf->n++;
	*f = (struct lic_rdf_frame){ .kind = KIND_RDF };
	if (!top) {
		rdf->seen = true;
		f->about_other = rdf->other;
		return;
	}
	f->level = top->level;
	f->foreign = top->foreign;
	f->about_other = top->about_other;
	f->license_class = top->license_class;
	f->field = top->field;
	f->structure = top->structure;
	switch ((enum kind)top->kind) {
	case KIND_RDF:
		open_node(rdf, f, ns, local, a, n);
		break;
	case KIND_NODE:
		f->structure = NULL;
		open_child_of_node(rdf, f, ns, local, a, n);
		break;
	case KIND_PROPERTY:
		open_child_of_property(rdf, f, ns, local, a, n);
		break;
	case KIND_LIST:
		f->kind = KIND_PROPERTY;
		open_property(rdf, f, a, n);
		break;
	case KIND_LITERAL:
		f->kind = KIND_LITERAL;
		break;
	}
}

/* x-default speaks for all languages: it comes first among its siblings. */
static void move_to_front(struct lic_claims *c, size_t first)
{
	struct lic_claim last;

	if (c->n < 2 || first >= c->n - 1)
		return;
	last = c->item[c->n - 1];
	memmove(&c->item[first + 1], &c->item[first], (c->n - 1 - first) * sizeof(last));
	c->item[first] = last;
}

static void close_property(struct lic_rdf *rdf, const struct lic_rdf_frame *f)
{
	struct lic_claims *c = rdf->r->claims;
	size_t before = c->n;

	if (f->has_nodes && f->field && !is_blank(&rdf->value))
		lic_reading_damage(rdf->r, "XMP property with both text and elements");
	if (f->has_nodes || !f->field)
		return;
	if (lic_buf_failed(&rdf->value))
		lic_reading_cut(rdf->r, f->field);
	emit(rdf, f, f->field, lic_buf_str(&rdf->value), rdf->value.len);
	if (f->is_default && f[-1].kind == KIND_LIST && f[-1].is_alt && c->n == before + 1)
		move_to_front(c, f[-1].first);
}

/* Only now is it known whether a node speaks for the document itself. */
static void settle_named(struct lic_rdf *rdf)
{
	struct lic_claims *c = rdf->r->claims;

	for (unsigned i = 0; rdf->has_self && i < rdf->n_named; i++)
		for (size_t k = rdf->named[i].from; k < rdf->named[i].to && k < c->n; k++)
			c->item[k].role = lic_role_aside(c->item[k].role);
	rdf->n_named = 0;
}

void lic_rdf_begin(struct lic_rdf *rdf, const char *source, uint32_t packet, bool document,
		   bool other)
{
	rdf->source = source;
	rdf->packet = packet;
	rdf->document = document;
	rdf->other = other;
	rdf->has_self = false;
	rdf->n_named = 0;
	rdf->about[0] = '\0';
}

bool lic_rdf_enter(struct lic_rdf *rdf, bool node)
{
	if (rdf->max < 2)
		return false;
	rdf->frame[0] = (struct lic_rdf_frame){ .kind = KIND_RDF, .about_other = rdf->other };
	rdf->frame[1] = (struct lic_rdf_frame){ .kind = KIND_NODE, .about_other = rdf->other };
	rdf->n = node ? 2 : 1;
	return true;
}

void lic_rdf_leave(struct lic_rdf *rdf)
{
	rdf->n = 0;
	settle_named(rdf);
}

static void on_end(void *ctx, struct lic_xml *x)
{
	struct lic_rdf *rdf = ctx;
	const struct lic_rdf_frame *f;

	if (!rdf->n)
		return;
	f = &rdf->frame[--rdf->n];
	if (f->kind == KIND_RDF) {
		rdf->clean = rdf->clean && lic_xml_clean(x);
		rdf->end = lic_xml_offset(x);
		settle_named(rdf);
	} else if (f->kind == KIND_PROPERTY) {
		close_property(rdf, f);
	} else if (f->named && rdf->n_named < LIC_RDF_NAMED_MAX) {
		rdf->named[rdf->n_named].from = f->first;
		rdf->named[rdf->n_named++].to = rdf->r->claims->n;
	}
	if (f->kind != KIND_LITERAL)
		lic_buf_reset(&rdf->value);
}

static void on_text(void *ctx, struct lic_xml *x, const char *p, size_t n)
{
	struct lic_rdf *rdf = ctx;
	const struct lic_rdf_frame *f = rdf->n ? &rdf->frame[rdf->n - 1] : NULL;

	(void)x;
	if (f && f->field && (f->kind == KIND_PROPERTY || f->kind == KIND_LITERAL))
		lic_buf_add(&rdf->value, p, n);
}

const struct lic_xml_handler lic_rdf_handler = {
	.start = on_start,
	.end = on_end,
	.text = on_text,
};
