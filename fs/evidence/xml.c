/* SPDX-License-Identifier: Apache-2.0 */
/* libxml2's SAX2 interface behind three callbacks. */
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "fs/evidence/xml_plain.h"

#define ENTITY_MAX (64u * 1024)	 /* bytes of one entity */
#define SUBSET_MAX (128u * 1024) /* bytes of a document type: libxml2 searches defaults slowly */
#define NAMES_MAX (512u * 1024)	 /* bytes of different names: libxml2 searches them slowly */
#define DEPTH_MAX 256		 /* as libxml2 has it */
#define SCOPE_MAX 256		 /* namespaces declared around an element: the same */
#define REFERENCE_COST 64	 /* bytes that a reference is charged beside its text */

struct lic_xml {
	xmlParserCtxtPtr parser; /* NULL: it is read without libxml2 */
	size_t at;		 /* then: bytes that were read */
	const struct lic_xml_handler *handler;
	void *ctx;
	const char *damage;
	/* the rest: only when streaming */
	lic_xml_source source;
	void *source_ctx;
	xmlDocPtr entities; /* holds what the document type declares; NULL before one was seen */
	size_t subset;	    /* bytes that were read of the document type */
	size_t pieces;	    /* so far, see LIC_XML_PIECES_MAX */
	size_t expanded;    /* bytes that references have made */
	unsigned depth;	    /* open elements */
	unsigned scope;	    /* namespaces that they declare */
	uint16_t declares[DEPTH_MAX + 1]; /* each of them */
	bool in_subset;			  /* inside the document type declaration */
	bool ended;			  /* the root element was closed */
	bool stopped;			  /* by the handler */
};

static void on_doctype(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct lic_xml *x = user;

	(void)name;
	(void)id;
	(void)system;
	x->damage = "XML with a document type declaration";
	xmlStopParser(x->parser);
}

static const char *uri_of(const xmlChar *prefix, const xmlChar *uri)
{
	if (uri)
		return (const char *)uri;
	return prefix ? LIC_XML_UNBOUND : "";
}

static void fail(struct lic_xml *x, const char *why)
{
	if (!x->damage)
		x->damage = why;
	xmlStopParser(x->parser);
}

/* Entities and default attributes make much of little. */
static bool charge(struct lic_xml *x, size_t n)
{
	if (n <= LIC_XML_EXPANSION_MAX - x->expanded) {
		x->expanded += n;
		return true;
	}
	fail(x, "XML whose document type expands beyond the limits");
	return false;
}

/* What is read in many small pieces costs more than its bytes. */
static bool tick(struct lic_xml *x, size_t n)
{
	x->pieces += n;
	if (x->pieces <= LIC_XML_PIECES_MAX)
		return true;
	fail(x, "XML of more pieces than the limits allow");
	return false;
}

static bool enter(struct lic_xml *x, int n_namespaces)
{
	if (x->depth >= DEPTH_MAX || n_namespaces < 0 ||
	    (unsigned)n_namespaces > SCOPE_MAX - x->scope) {
		fail(x, "XML nested deeper than the limits allow");
		return false;
	}
	x->declares[++x->depth] = (uint16_t)n_namespaces;
	x->scope += (unsigned)n_namespaces;
	return true;
}

/* libxml2 hands out five pointers an attribute: local name, prefix, URI, begin and end of value. */
static void on_start(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
		     int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
		     const xmlChar **attribute)
{
	struct lic_xml *x = user;
	struct lic_xml_attribute a[LIC_XML_ATTRIBUTES_MAX];

	(void)namespaces;
	if (n < 0 || n > LIC_XML_ATTRIBUTES_MAX) {
		fail(x, "XML element with too many attributes");
		return;
	}
	/* libxml2 compares each attribute with each other one */
	if (!tick(x, 1 + (size_t)n + (size_t)n * (size_t)n / 128) || !enter(x, n_namespaces))
		return;
	if (n_defaulted > 0 && !charge(x, (size_t)n_defaulted * REFERENCE_COST))
		return;
	for (int i = 0; i < n; i++, attribute += 5)
		a[i] = (struct lic_xml_attribute){
			.local = (const char *)attribute[0],
			.ns = uri_of(attribute[1], attribute[2]),
			.value = (const char *)attribute[3],
			.n = (size_t)(attribute[4] - attribute[3]),
		};
	x->handler->start(x->ctx, x, uri_of(prefix, uri), (const char *)local, a, (size_t)n);
}

static void on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct lic_xml *x = user;

	(void)local;
	(void)prefix;
	(void)uri;
	if (x->depth) {
		x->scope -= x->declares[x->depth--];
		x->ended = x->depth == 0;
	}
	x->handler->end(x->ctx, x);
}

static void on_text(void *user, const xmlChar *p, int n)
{
	struct lic_xml *x = user;

	if (tick(x, 1))
		x->handler->text(x->ctx, x, (const char *)p, (size_t)n);
}

static void on_comment(void *user, const xmlChar *p)
{
	struct lic_xml *x = user;

	if (tick(x, 1) && x->handler->comment)
		x->handler->comment(x->ctx, x, (const char *)p, strlen((const char *)p));
}

/* --- document types, only when streaming ----------------------------------------------------- */

static void on_subset(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct lic_xml *x = user;

	(void)id;
	(void)system;
	x->in_subset = true;
	if (x->entities)
		return;
	x->entities = xmlNewDoc((const xmlChar *)"1.0");
	if (!x->entities || !xmlCreateIntSubset(x->entities, name, NULL, NULL))
		fail(x, "out of memory while reading XML");
}

/* libxml2 asks for the external subset behind the internal one. It is never read: SVG's declares
 * entities that nobody uses. */
static void on_subset_end(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct lic_xml *x = user;

	(void)name;
	(void)id;
	(void)system;
	x->in_subset = false;
}

/* The first declaration of a name holds. */
static void on_entity(void *user, const xmlChar *name, int type, const xmlChar *id,
		      const xmlChar *system, xmlChar *content)
{
	struct lic_xml *x = user;
	size_t n = content ? strlen((const char *)content) : 0;

	(void)id;
	(void)system;
	if (type != XML_INTERNAL_GENERAL_ENTITY || !content || !x->entities)
		return;
	if (n > ENTITY_MAX || !tick(x, 1))
		fail(x, "XML whose document type is larger than the limits allow");
	else
		(void)xmlAddDocEntity(x->entities, name, type, NULL, NULL, content);
}

/* A reference. What it stands for must be known and text, or a statement could hide in it. */
static xmlEntityPtr on_reference(void *user, const xmlChar *name)
{
	struct lic_xml *x = user;
	xmlEntityPtr e = x->entities ? xmlGetDocEntity(x->entities, name) : NULL;
	const char *content = e ? (const char *)e->content : NULL;

	if (!content) {
		fail(x, "XML with an entity that it does not declare itself");
		return NULL;
	}
	/* libxml2 also asks right behind the declaration */
	if (!x->in_subset && strchr(content, '<')) {
		fail(x, "XML with an entity that holds markup");
		return NULL;
	}
	return charge(x, strlen(content) + REFERENCE_COST) ? e : NULL;
}

static void on_instruction(void *user, const xmlChar *target, const xmlChar *data)
{
	(void)target;
	(void)data;
	(void)tick(user, 1);
}

static void on_error(void *user, xmlErrorPtr error)
{
	struct lic_xml *x = user;

	if (error->level == XML_ERR_FATAL)
		fail(x, x->ended ? NULL : "XML that is not well-formed");
}

static const xmlSAXHandler sax = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.comment = on_comment,
};

static const xmlSAXHandler stream_sax = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_subset,
	.externalSubset = on_subset_end,
	.entityDecl = on_entity,
	.getEntity = on_reference,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.comment = on_comment,
	.processingInstruction = on_instruction,
	.serror = on_error,
};

/* xmlInitParser() may not run in two threads at once. */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* NOENT so that "&amp;" in attributes arrives as "&"; there are no other entities, because there
 * is no document type. The caller has decoded: what the document says of its encoding is void. */
#define OPTIONS                                                                                    \
	(XML_PARSE_RECOVER | XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR |               \
	 XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC)

const char *lic_xml_read(const char *p, size_t n, const struct lic_xml_handler *h, void *ctx,
			 bool *ret_clean)
{
	struct lic_xml x = { .handler = h, .ctx = ctx };
	struct lic_xml_plain *plain = lic_xml_plain_new(p, n);

	if (!plain)
		return lic_xml_read_any(p, n, h, ctx, ret_clean);
	lic_xml_plain_give(plain, h, ctx, &x, &x.at, &x.stopped);
	lic_xml_plain_free(plain);
	*ret_clean = true;
	return NULL;
}

const char *lic_xml_read_any(const char *p, size_t n, const struct lic_xml_handler *h, void *ctx,
			     bool *ret_clean)
{
	struct lic_xml x = { .handler = h, .ctx = ctx };

	*ret_clean = false;
	if (n > INT_MAX)
		return "XML too large";
	pthread_once(&once, xmlInitParser);
	x.parser = xmlCreateMemoryParserCtxt(p, (int)n);
	if (!x.parser)
		return "XML could not be read";
	*x.parser->sax = sax;
	x.parser->userData = &x;
	xmlCtxtUseOptions(x.parser, OPTIONS);
	xmlSwitchEncoding(x.parser, XML_CHAR_ENCODING_UTF8);
	xmlParseDocument(x.parser);
	*ret_clean = lic_xml_clean(&x);
	if (x.parser->myDoc)
		xmlFreeDoc(x.parser->myDoc);
	xmlFreeParserCtxt(x.parser);
	return x.damage;
}

static int pull(void *user, char *to, int n)
{
	struct lic_xml *x = user;

	if (n <= 0)
		return 0;
	x->subset += x->in_subset ? (size_t)n : 0;
	if (x->subset > SUBSET_MAX) {
		x->damage = "XML whose document type is larger than the limits allow";
		return 0;
	}
	return (int)x->source(x->source_ctx, to, (size_t)n);
}

/* NOENT so that references arrive as their text; what is not text on_reference() refuses before
 * libxml2 could open it. */
#define STREAM_OPTIONS (XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC)

const char *lic_xml_stream(lic_xml_source source, void *source_ctx, const struct lic_xml_handler *h,
			   void *ctx)
{
	struct lic_xml x = { .handler = h, .ctx = ctx, .source = source, .source_ctx = source_ctx };
	xmlSAXHandler handlers = stream_sax;

	pthread_once(&once, xmlInitParser);
	x.parser = xmlCreateIOParserCtxt(&handlers, &x, pull, NULL, &x, XML_CHAR_ENCODING_UTF8);
	if (!x.parser)
		return "XML could not be read";
	xmlCtxtUseOptions(x.parser, STREAM_OPTIONS);
	xmlDictSetLimit(x.parser->dict, NAMES_MAX);
	xmlParseDocument(x.parser);
	if (!x.damage && !x.stopped && !x.ended)
		x.damage = "XML that is not well-formed";
	if (x.parser->myDoc)
		xmlFreeDoc(x.parser->myDoc);
	xmlFreeParserCtxt(x.parser);
	xmlFreeDoc(x.entities);
	return x.damage;
}

bool lic_xml_unbound(struct lic_xml *x)
{
	bool unbound = !x->parser->nsWellFormed;

	x->parser->nsWellFormed = 1;
	return unbound;
}

bool lic_xml_clean(const struct lic_xml *x)
{
	return !x->parser || (x->parser->wellFormed && x->parser->nsWellFormed);
}

size_t lic_xml_offset(const struct lic_xml *x)
{
	long at = x->parser ? xmlByteConsumed(x->parser) : (long)x->at;

	return at > 0 ? (size_t)at : 0;
}

void lic_xml_stop(struct lic_xml *x)
{
	x->stopped = true;
	if (x->parser)
		xmlStopParser(x->parser);
}

uint32_t lic_html_entity(const char *name, size_t n)
{
	const htmlEntityDesc *e;
	char word[16];

	if (n >= sizeof(word))
		return 0;
	memcpy(word, name, n);
	word[n] = '\0';
	e = htmlEntityLookup((const xmlChar *)word);
	return e ? e->value : 0;
}
