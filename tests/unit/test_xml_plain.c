/* SPDX-License-Identifier: Apache-2.0 */
/* What is read without libxml2 must be what libxml2 reads: by hand-made documents, and by ones that
 * differ from a packet in a few bytes. */
#include <stdio.h>
#include <string.h>

#include <licensefs/text.h>

#include "fs/evidence/xml_plain.h"
#include "tests/unit/tap.h"

struct seen {
	struct lic_buf log;
	bool in_text; /* libxml2 hands out text in pieces of its own */
	unsigned stop_at, events;
};

static void log_start(void *ctx, struct lic_xml *x, const char *ns, const char *local,
		      const struct lic_xml_attribute *a, size_t n)
{
	struct seen *s = ctx;

	s->in_text = false;
	lic_buf_addf(&s->log, "\n<{%s}%s", ns, local);
	for (size_t i = 0; i < n; i++) {
		lic_buf_addf(&s->log, " {%s}%s=", a[i].ns, a[i].local);
		lic_buf_add(&s->log, a[i].value, a[i].n);
	}
	if (++s->events == s->stop_at)
		lic_xml_stop(x);
}

static void log_end(void *ctx, struct lic_xml *x)
{
	struct seen *s = ctx;

	s->in_text = false;
	lic_buf_addf(&s->log, "\n> %zu %d", lic_xml_offset(x), lic_xml_clean(x));
}

static void log_text(void *ctx, struct lic_xml *x, const char *p, size_t n)
{
	struct seen *s = ctx;

	(void)x;
	if (!s->in_text)
		lic_buf_adds(&s->log, "\n'");
	s->in_text = true;
	lic_buf_add(&s->log, p, n);
}

static const struct lic_xml_handler handler = { .start = log_start,
						.end = log_end,
						.text = log_text };

static bool is_plain(const char *p, size_t n)
{
	struct lic_xml_plain *d = lic_xml_plain_new(p, n);

	lic_xml_plain_free(d);
	return d != NULL;
}

/* Is it read as libxml2 reads it? */
static bool agrees(const char *p, size_t n, unsigned stop_at)
{
	struct seen ours = { .log = LIC_BUF_INIT(1u << 22), .stop_at = stop_at };
	struct seen theirs = { .log = LIC_BUF_INIT(1u << 22), .stop_at = stop_at };
	bool clean = false, any_clean = false, same;
	const char *damage = lic_xml_read(p, n, &handler, &ours, &clean);
	const char *any_damage = lic_xml_read_any(p, n, &handler, &theirs, &any_clean);

	same = damage == any_damage && (stop_at || clean == any_clean) &&
	       ours.log.len == theirs.log.len &&
	       memcmp(lic_buf_str(&ours.log), lic_buf_str(&theirs.log), ours.log.len) == 0;
	if (!same)
		printf("# differs: %.*s\n# ours: %s\n# theirs: %s\n", (int)n, p,
		       lic_buf_str(&ours.log), lic_buf_str(&theirs.log));
	lic_buf_release(&ours.log);
	lic_buf_release(&theirs.log);
	return same;
}

static const char packet[] =
	"<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
	"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Adobe XMP Core 7.0\">\n"
	" <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
	"  <rdf:Description rdf:about='' xmlns:dc = \"http://purl.org/dc/elements/1.1/\"\n"
	"    xmlns:r=\"http://ns.adobe.com/xap/1.0/rights/\" r:Marked=\"True\" r:Web='a \"b\"'>\n"
	"   <dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">\xc2\xa9 A &amp; B "
	"&lt;c&gt;</rdf:li>"
	"</rdf:Alt></dc:rights ><?note one?><dc:x/><y xmlns=\"http://a.b/c\"><z q=\"1\"/></y>\n"
	"  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n";

static void test_documents(void)
{
	static const struct {
		const char *xml;
		bool plain;
	} docs[] = {
		{ packet, true },
		{ "<a/>", true },
		{ "<a></a >", true },
		{ " <a b='1'\n c=\"2\" />\n<?p?>", true },
		{ "<a>x]] >y&quot;&apos;</a>", true },
		{ "<a xmlns:p='http://x/'><p:b p:c='1' c='2'/></a>", true },
		{ "<a xmlns:p='http://x/' xmlns:q='http://x/'><b p:c='1' q:c='2'/></a>", false },
		{ "<a xmlns:p='http://x/' xmlns:p='http://y/'/>", false },
		{ "<a><b xmlns:p='http://x/'/><p:c/></a>", false },
		{ "<p:a/>", false },
		{ "<a p:b='1'/>", false },
		{ "<a b='1' b='2'/>", false },
		{ "<a b='1'c='2'/>", false },
		{ "<a b=1/>", false },
		{ "<a b='<'/>", false },
		{ "<a b='&amp;'/>", false },
		{ "<a b='x\ty'/>", false },
		{ "<a b='x\ny'/>", false },
		{ "<a>\r\n</a>", false },
		{ "<a>]]></a>", false },
		{ "<a>&#65;</a>", false },
		{ "<a>&nbsp;</a>", false },
		{ "<a><!-- c --></a>", false },
		{ "<a><![CDATA[x]]></a>", false },
		{ "<!DOCTYPE a><a/>", false },
		{ "<?xml version='1.0'?><a/>", false },
		{ "<?XML x?><a/>", false },
		{ "<?a:b x?><a/>", false },
		{ "<?a", false },
		{ "<a><?b?c?></a>", false },
		{ "<a/><b/>", false },
		{ "<a/>x", false },
		{ "x<a/>", false },
		{ "<a><b></a></b>", false },
		{ "<a>", false },
		{ "<a", false },
		{ "<a xmlns:x=''/>", false },
		{ "<a xmlns:x='not an address'/>", false },
		{ "<a xmlns:x='relative'/>", false },
		{ "<a xmlns:x='http://x:y/'/>", false },
		{ "<a xmlns:x='http://%zz/'/>", false },
		{ "<a xmlns:xml='http://x/'/>", false },
		{ "<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>", false },
		{ "<a xmlns:xmlns='http://x/'/>", false },
		{ "<a xmlns=''/>", false },
		{ "<a:b:c xmlns:a='http://x/'/>", false },
		{ "<1a/>", false },
		{ "<a>\xef\xbf\xbe</a>", false },
		{ "<a b='\xef\xbf\xbf'/>", false },
		{ "<\xc3\xa9/>", false },
		{ "", false },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(docs); i++) {
		const char *s = docs[i].xml;

		is_int(is_plain(s, strlen(s)), docs[i].plain, "%zu: is it plain?", i);
		ok(agrees(s, strlen(s), 0), "%zu: is it read as libxml2 reads it?", i);
	}
}

static void test_deep(void)
{
	struct lic_buf deep = LIC_BUF_INIT(1u << 16);

	for (int i = 0; i < 100; i++)
		lic_buf_addf(&deep, "<a%d xmlns:p%d=\"http://x/%d\">", i, i, i);
	for (int i = 100; i-- > 0;)
		lic_buf_addf(&deep, "</a%d>", i);
	ok(!is_plain(lic_buf_str(&deep), deep.len), "what is deep is for libxml2");
	ok(agrees(lic_buf_str(&deep), deep.len, 0), "and read as it reads it");
	lic_buf_reset(&deep);
	lic_buf_adds(&deep, "<a");
	for (int i = 0; i < 65; i++)
		lic_buf_addf(&deep, " a%d=\"%d\"", i, i);
	lic_buf_adds(&deep, "/>");
	ok(!is_plain(lic_buf_str(&deep), deep.len), "so is what has many attributes");
	lic_buf_release(&deep);
}

static void test_stop(void)
{
	bool same = true;

	for (unsigned at = 1; at < 12; at++)
		same = agrees(packet, sizeof(packet) - 1, at) && same;
	ok(same, "a handler that has seen enough is told no more");
}

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Takes out, puts in, doubles or replaces some bytes; what is no UTF-8 is left alone. */
static size_t change(char *p, size_t n, size_t max, uint32_t *state)
{
	static const char bytes[] = "<>/='\"& :?!-][#;ax\n\t\r\xc2\xa9";
	static const char *const words[] = { "xmlns:x=",     "<a>",	   "</a>",     "<?x?>",
					     "<!--",	     "-->",	   "]]>",      "&amp;",
					     "&#9;",	     "xml:lang=",  "<b/>",     "<![CDATA[",
					     "\xef\xbf\xbe", "rdf:about=", "xmlns=\"", "//" };

	for (uint32_t k = next(state) % 3 + 1; k > 0; k--) {
		size_t at = next(state) % n, len = next(state) % 8 + 1;
		const char *word = words[next(state) % LIC_ARRAY_SIZE(words)];

		switch (next(state) % 4) {
		case 0:
			len = len < n - at ? len : n - at - 1;
			memmove(p + at, p + at + len, n - at - len);
			n -= len;
			break;
		case 1:
			p[at] = bytes[next(state) % (sizeof(bytes) - 1)];
			break;
		case 2:
			len = strlen(word);
			if (n + len >= max)
				break;
			memmove(p + at + len, p + at, n - at);
			memcpy(p + at, word, len);
			n += len;
			break;
		default:
			p[at] = p[next(state) % n];
		}
		if (n < 2)
			break;
	}
	return n;
}

static void test_changed(void)
{
	char p[4096];
	uint32_t state = 1;
	unsigned plain = 0, tried = 0;
	bool same = true;

	for (unsigned i = 0; i < 40000 && same; i++) {
		size_t n = sizeof(packet) - 1;

		memcpy(p, packet, n);
		n = change(p, n, sizeof(p), &state);
		if (!lic_utf8_valid(p, n) || memchr(p, 0, n))
			continue;
		tried++;
		plain += is_plain(p, n);
		same = agrees(p, n, 0);
	}
	ok(same, "%u changed packets are read as libxml2 reads them", tried);
	ok(plain > 1000 && plain < tried, "%u of them are plain", plain);
}

int main(void)
{
	test_documents();
	test_deep();
	test_stop();
	test_changed();
	return done_testing();
}
