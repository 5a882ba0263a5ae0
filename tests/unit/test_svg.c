/* SPDX-License-Identifier: Apache-2.0 */
/* SVG: what is one, RDF in all its dress, prose, document types, encodings, damage. */
#include <zlib.h>

#include "tests/unit/c2pa.h"

#define CC0 "http://creativecommons.org/publicdomain/zero/1.0/"
#define NC "http://creativecommons.org/licenses/by-nc/4.0/"
#define SVG_NS "xmlns='http://www.w3.org/2000/svg'"
#define RDF_NS "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
#define CC_NS "xmlns:cc='http://creativecommons.org/ns#'"
#define DC_NS "xmlns:dc='http://purl.org/dc/elements/1.1/'"
#define IN_RDF(inner) "<rdf:RDF " RDF_NS " " CC_NS " " DC_NS ">" inner "</rdf:RDF>"
#define LICENSED(url) "<cc:Work rdf:about=''><cc:license rdf:resource='" url "'/></cc:Work>"
#define METADATA(inner) "<metadata>" inner "</metadata>"
#define DRAWING(inner) "<svg " SVG_NS ">" inner "<path d='M0 0'/></svg>"

static void read_text(const char *s)
{
	is_int(read_bytes(s, strlen(s), &claims), 0, "read %.60s", s);
}

static int count(enum lic_role role)
{
	int n = 0;

	for (size_t i = 0; i < claims.n; i++)
		n += claims.item[i].role == role;
	return n;
}

/* The drawing states this license, and no other. */
static void licensed(const char *file, const char *url)
{
	read_text(file);
	is_str(claims.damage, NULL, "clean");
	is_int(claims.format, LIC_FORMAT_SVG, "an SVG");
	is_str(text_of(&claims, "cc:license", 0), url, "states its license");
	is_int(role_of(&claims, "cc:license"), LIC_ROLE_LICENSE, "as a license");
	is_int(count(LIC_ROLE_LICENSE), 1, "and only that");
}

/* What a part of the drawing states may restrict, but grants nothing. */
static void demoted(const char *file, const char *why)
{
	read_text(file);
	is_str(claims.damage, NULL, "clean: %s", why);
	is_int(count(LIC_ROLE_LICENSE) + count(LIC_ROLE_COMMENT), 0, "grants nothing: %s", why);
	is_int(count(LIC_ROLE_CAPTION), 1, "but is heard: %s", why);
}

static void format(const char *file, enum lic_format f, const char *why)
{
	read_text(file);
	is_int(claims.format, f, "%s is %s", why, lic_format_name(f));
	if (f == LIC_FORMAT_NONE)
		ok(!claims.n && !claims.damage, "and says nothing");
}

static void test_detection(void)
{
	char late[2048];

	format("<svg/>", LIC_FORMAT_SVG, "a bare root");
	format("\n\t <svg></svg>", LIC_FORMAT_SVG, "a root behind blanks");
	format("<s:svg xmlns:s='http://www.w3.org/2000/svg'/>", LIC_FORMAT_SVG, "a prefixed root");
	format("<?xml version='1.0'?><!-- c --><?pi?><!DOCTYPE svg><svg/>", LIC_FORMAT_SVG,
	       "a root behind a prolog");
	format("<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
	       "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>" DRAWING(""),
	       LIC_FORMAT_SVG, "SVG 1.1");
	format("<!DOCTYPE html><html><svg/></html>", LIC_FORMAT_NONE, "HTML");
	format("<html xmlns='http://www.w3.org/1999/xhtml'>" DRAWING("") "</html>", LIC_FORMAT_NONE,
	       "XHTML with a drawing in it");
	format("<svg xmlns='urn:x'/>", LIC_FORMAT_NONE, "another language's svg");
	format("<annotation><svg/></annotation>", LIC_FORMAT_NONE, "an annotation");
	format("svg", LIC_FORMAT_NONE, "text");
	snprintf(late, sizeof(late), "<!--%*s CC0 --><svg/>", 1000, "");
	format(late, LIC_FORMAT_SVG, "a root behind a long comment");
	snprintf(late, sizeof(late), "<!--%*s CC0 --><html/>", 1000, "");
	format(late, LIC_FORMAT_NONE, "another root behind a long comment");
	snprintf(late, sizeof(late), "<!--%*s", 1000, "");
	format(late, LIC_FORMAT_NONE, "a comment without end");
}

static void test_rdf(void)
{
	licensed(DRAWING(METADATA(IN_RDF(LICENSED(CC0)))), CC0);
	licensed(DRAWING(IN_RDF(LICENSED(CC0))), CC0);
	licensed(DRAWING("<defs>" IN_RDF(LICENSED(CC0)) "</defs>"), CC0);
	licensed("<svg " SVG_NS "><g/>" METADATA(IN_RDF(LICENSED(CC0))) "</svg>junk <a>", CC0);
	licensed("<x:svg xmlns:x='http://www.w3.org/2000/svg'><x:metadata>" IN_RDF(
			 LICENSED(CC0)) "</x:metadata></x:svg>",
		 CC0);
	/* minified by tools for HTML */
	licensed("<svg " SVG_NS "><metadata><rdf:rdf " RDF_NS " " CC_NS "><cc:work rdf:about=''>"
		 "<cc:license rdf:resource='" NC "'></cc:license></cc:work>"
		 "<cc:license rdf:about='" NC "'><cc:permits rdf:resource='urn:x'></cc:permits>"
		 "</cc:license></rdf:rdf></metadata></svg>",
		 NC);
	licensed(DRAWING(METADATA("<rdf:RDF " RDF_NS " xmlns='http://web.resource.org/cc/'><Work>"
				  "<license rdf:resource='" CC0 "'/></Work></rdf:RDF>")),
		 CC0);
	licensed(
		DRAWING(METADATA("<rdf:RDF xmlns:rdf='https://www.w3.org/1999/02/22-rdf-syntax-ns#'"
				 " xmlns:c='https://creativecommons.org/ns'><c:Work>"
				 "<c:license rdf:resource='" CC0 "'/></c:Work></rdf:RDF>")),
		CC0);
	/* RDF without rdf:RDF */
	licensed(DRAWING("<metadata " RDF_NS " " CC_NS ">" LICENSED(CC0) "</metadata>"), CC0);
	licensed(DRAWING("<metadata " CC_NS "><b><cc:license>" CC0 "</cc:license></b></metadata>"),
		 CC0);
	read_text(DRAWING(METADATA(IN_RDF(
		"<cc:Work><dc:creator><cc:Agent><dc:title>Jane</dc:title></cc:Agent></dc:creator>"
		"<dc:rights><cc:Agent><dc:title>All rights reserved</dc:title></cc:Agent>"
		"</dc:rights></cc:Work>"))));
	is_str(text_of(&claims, "dc:creator/title", 0), "Jane", "an agent's name");
	is_int(role_of(&claims, "dc:rights/title"), LIC_ROLE_COPYRIGHT, "rights of an agent");
}

#define WORK(about, url)                                                                           \
	"<cc:Work rdf:about='" about "'><cc:license rdf:resource='" url "'/></cc:Work>"

static void test_who(void)
{
	licensed(DRAWING(METADATA(IN_RDF(WORK("http://a/", CC0)))), CC0);
	read_text(DRAWING(METADATA(IN_RDF(WORK("http://a/", NC) WORK("", CC0)))));
	is_int(count(LIC_ROLE_LICENSE), 1, "one of two is the drawing's");
	is_str(text_of(&claims, "cc:license", 1), CC0, "that of the node without name");
	is_int(role_of(&claims, "cc:license"), LIC_ROLE_CAPTION, "the other may restrict");
	read_text(DRAWING(METADATA(IN_RDF(WORK("http://a/", CC0) "<cc:Work rdf:about=''/>"))));
	is_int(role_of(&claims, "cc:license"), LIC_ROLE_CAPTION, "another work's license");
	read_text(DRAWING(METADATA(IN_RDF("<cc:Work rdf:about=''/>" WORK("http://a/", CC0)))));
	is_int(role_of(&claims, "cc:license"), LIC_ROLE_CAPTION, "in whatever order");
	read_text(DRAWING(METADATA(IN_RDF(WORK("http://a/", CC0) WORK("http://b/", NC)))));
	is_int(count(LIC_ROLE_LICENSE), 1, "the first name is the drawing's");
	is_int(count(LIC_ROLE_CAPTION), 1, "the second is not");
	demoted(DRAWING("<g>" METADATA(IN_RDF(LICENSED(CC0))) "</g>"), "metadata of a group");
	demoted(DRAWING("<g>" IN_RDF(LICENSED(CC0)) "</g>"), "RDF in a group");
	demoted(DRAWING("<defs><g>" METADATA(IN_RDF(LICENSED(CC0))) "</g></defs>"),
		"metadata of a symbol");
	demoted(DRAWING(DRAWING(METADATA(IN_RDF(LICENSED(CC0))))), "a drawing in the drawing");
	demoted(DRAWING("<g>" METADATA("license: CC0 1.0") "</g>"), "prose of a group");
	demoted(DRAWING("<g><!-- CC0 1.0 --></g>"), "a comment in a group");
}

static void test_packets(void)
{
	static const char both[] = DRAWING(METADATA(
		IN_RDF(LICENSED(CC0)) "<?xpacket begin=''?><x:xmpmeta "
				      "xmlns:x='adobe:ns:meta/'>" IN_RDF(
					      "<rdf:Description rdf:about='uuid:1' "
					      "dc:rights='(c)'/>"
					      "<rdf:Description rdf:about=''/>") "</"
										 "x:xmpmeta><?"
										 "xpacket "
										 "end='w'?>"));

	read_text(both);
	is_str(claims.damage, NULL, "clean");
	is_int(claims.n, 2, "RDF and XMP");
	is_str(claims.item[0].source, "RDF", "one is RDF");
	is_str(claims.item[1].source, "XMP", "the other is XMP");
	is_int(claims.item[1].role, LIC_ROLE_COPYRIGHT, "where every name is the image's");
	ok(claims.item[0].packet != claims.item[1].packet, "packets of their own");
	read_text(DRAWING(METADATA("<![CDATA[<x:xmpmeta xmlns:x='adobe:ns:meta/'>" IN_RDF(
		LICENSED(NC)) "</x:xmpmeta>]]>")));
	is_str(text_of(&claims, "cc:license", 0), NC, "a packet as text");
	read_text(DRAWING("<g>" METADATA("<![CDATA[" IN_RDF(LICENSED(NC)) "]]>") "</g>"));
	is_int(role_of(&claims, "cc:license"), LIC_ROLE_CAPTION, "of a part");
}

static void test_prose(void)
{
	struct bytes f = BYTES_INIT;

	read_text("<!-- CC BY 4.0 --><svg><title>T</title><desc>All <b>rights</b> reserved</desc>"
		  "<metadata>by FontForge <i>(c) Jane</i></metadata><g><title>n1</title></g></svg>"
		  "<!-- last -->");
	is_str(claims.damage, NULL, "clean");
	is_int(claims.n, 5, "a claim each");
	is_int(role_of(&claims, "title"), LIC_ROLE_TITLE, "title");
	is_str(text_of(&claims, "desc", 0), "All rights reserved", "desc with markup");
	is_int(role_of(&claims, "desc"), LIC_ROLE_CAPTION, "as a caption");
	is_int(role_of(&claims, "metadata"), LIC_ROLE_COMMENT, "text in metadata");
	is_int(role_of(&claims, "comment"), LIC_ROLE_COMMENT, "a comment");
	is_str(text_of(&claims, "comment", 1), "last", "behind the root, too");
	is_int(claims.item[0].packet, claims.item[1].packet, "read together");

	puts_(&f, "<svg>");
	for (int i = 0; i < 20000; i++)
		puts_(&f, "<!-- node --><g><title>a&#45;&gt;b</title><!-- edge --></g>");
	puts_(&f, "<g><!-- this part: CC BY-NC 4.0 --></g></svg>");
	done(&f);
	clean("a graph with a comment on each edge");
	ok(claims.n < 100, "few of which become claims");
	is_int(count(LIC_ROLE_CAPTION), 1, "but what restricts is found");

	f = (struct bytes)BYTES_INIT;
	puts_(&f, "<svg><!-- ");
	for (int i = 0; i < 20000; i++)
		puts_(&f, "payload ");
	puts_(&f, " CC BY-NC 4.0 --><desc>");
	for (int i = 0; i < 20000; i++)
		puts_(&f, "payload ");
	puts_(&f, "</desc></svg>");
	done(&f);
	clean("comments that are longer than any value");
	is_int(count(LIC_ROLE_CAPTION), 1, "are searched");
	is_int(count(LIC_ROLE_COMMENT), 0, "and grant nothing");
}

#define SUBSET(s) "<!DOCTYPE svg [" s "]>"
#define ADOBE                                                                                      \
	SUBSET("<!ENTITY ns_svg 'http://www.w3.org/2000/svg'><!ENTITY t 'CC0 &amp; more'>"         \
	       "<!ATTLIST svg xmlns:a CDATA #IMPLIED xmlns:cc CDATA #FIXED "                       \
	       "'http://creativecommons.org/ns#'><!ENTITY u '&t;, &t;'>")

static void test_doctype(void)
{
	licensed(ADOBE "<svg xmlns='&ns_svg;'><metadata><rdf:RDF " RDF_NS "><cc:Work "
		       "rdf:about=''><cc:license rdf:resource='" CC0 "'/></cc:Work></rdf:RDF>"
		       "</metadata></svg>",
		 CC0);
	read_text(ADOBE "<svg><desc>&u;</desc><g a='&u;&t;'/></svg>");
	is_str(claims.damage, NULL, "clean");
	is_str(text_of(&claims, "desc", 0), "CC0 & more, CC0 & more", "entities are expanded once");
	read_text(SUBSET("<!ENTITY e SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM 'x'>")
			  DRAWING(""));
	clean("external entities that nobody uses");
	read_text(SUBSET("<!ENTITY e SYSTEM 'file:///etc/passwd'>") DRAWING("<desc>&e;</desc>"));
	damaged("an external entity");
	read_text("<!DOCTYPE svg SYSTEM 'svg.dtd'>" DRAWING("<desc>&nbsp;</desc>"));
	damaged("an entity of the external subset");
	read_text(SUBSET("<!ENTITY % p 'x'>%p;") DRAWING("<g a='&nbsp;'/>"));
	damaged("an entity of a parameter entity");
	read_text(SUBSET("<!ENTITY e '<g/>'>") DRAWING("&e;"));
	damaged("an entity with markup");
	read_text(SUBSET("<!ENTITY a '&b;'><!ENTITY b '&a;'>") DRAWING("&a;"));
	damaged("a loop of entities");
}

/* The text in another encoding: every character takes `width` bytes. */
static void widen(struct bytes *f, const char *s, unsigned width, bool big)
{
	for (; *s; s++)
		(big ? be : le)(f, width, (uint8_t)*s);
}

static void test_encodings(void)
{
	static const char text[] =
		"<?xml version='1.0' encoding='UTF-16'?>" DRAWING(METADATA(IN_RDF(LICENSED(NC))));

	for (unsigned k = 0; k < 8; k++) {
		struct bytes f = BYTES_INIT;
		unsigned width = k & 1 ? 4 : 2;
		bool big = k & 2;

		if (k & 4)
			(big ? be : le)(&f, width, 0xfeff);
		widen(&f, text, width, big);
		done(&f);
		clean("UTF-16 and UTF-32");
		is_str(text_of(&claims, "cc:license", 0), NC, "width %u, big %d, mark %d", width,
		       big, k & 4);
	}
	licensed("\xef\xbb\xbf" DRAWING(METADATA(IN_RDF(LICENSED(NC)))), NC);
	read_text("<?xml version=\"1\" encoding=\"iso-8859-1\"?><svg><desc>\xa9 "
		  "J\xf6rg</desc></svg>");
	is_str(text_of(&claims, "desc", 0), "© Jörg", "Latin-1");
	read_text("<svg><desc>\xa9 J\xc3\xb6rg \x01.</desc></svg>");
	is_str(text_of(&claims, "desc", 0), "© Jörg  .", "UTF-8 with strays");
	read_text("<?xml version='1.0' encoding='koi8-r'?><svg><desc>ascii</desc></svg>");
	clean("ASCII in whatever encoding");
	read_text("<?xml version='1.0' encoding='koi8-r'?><svg><desc>\xc1</desc></svg>");
	damaged("an encoding that is not read");
	read_text("<?xml version='1.0' encoding='utf-7'?><svg><desc>+AKk-</desc></svg>");
	damaged("an encoding without ASCII");
}

static void test_damage(void)
{
	static const char whole[] = "<?xml version='1.0'?><svg " SVG_NS ">" METADATA(IN_RDF(
		LICENSED(NC) "<cc:License rdf:about='" NC "'/>")) "<g><path d='M0 0'/></g></svg>";
	size_t n = strlen(whole), good = 0;

	for (size_t i = 0; i <= n; i++) {
		read_bytes(whole, i, &claims);
		good += claims.format == LIC_FORMAT_NONE || claims.damage != NULL ||
			text_of(&claims, "cc:license", 0) != NULL;
	}
	is_int(good, n + 1, "cut anywhere, the license is found or the file is damaged");
	read_bytes(whole, n - 7, &claims);
	damaged("a break behind the metadata: more might have followed");
	read_text(DRAWING(METADATA(IN_RDF(LICENSED(CC0))) "<g a=1/>"));
	damaged("not well-formed behind the metadata");
	read_text(DRAWING("<g inkscape:label='x'/><sodipodi:base/>"));
	clean("prefixes of drawing programs that nobody declared");
	read_text(DRAWING(METADATA("<cc:license>" CC0 "</cc:license>")));
	damaged("an undeclared prefix in metadata");
	read_text(DRAWING("<rdf:RDF/>"));
	damaged("RDF with an undeclared prefix");
	read_text(DRAWING(METADATA(IN_RDF("<cc:Work foo:resource='x'/>"))));
	damaged("an undeclared prefix in RDF");
	read_text("<svg><g></svg>");
	damaged("elements that are not closed");
}

static void test_c2pa(void)
{
	static const char json[] = "{\"entries\":{\"c2pa.ai_training\":{\"use\":\"notAllowed\"}}}";
	struct bytes a = BYTES_INIT, jumbf = BYTES_INIT, f = BYTES_INIT;

	assertion(&a, "c2pa.training-mining", "json", json, strlen(json));
	store(&jumbf, &a);
	image_svg(&f, &jumbf);
	is_int(read_built(&f, &claims), 0, "read");
	clean("a manifest");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "its opt-out");
	lic_buf_reset(&f.b);
	puts_(&f, "<svg><g><metadata><c2pa:manifest> ");
	base64(&f, &jumbf);
	puts_(&f, " </c2pa:manifest></metadata></g></svg>");
	is_int(read_built(&f, &claims), 0, "read");
	clean("a manifest without its namespace");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "is believed wherever it stands");
	read_text(DRAWING(METADATA("<c2pa:manifest>!</c2pa:manifest>")));
	damaged("a manifest that is no base64");
	bytes_release(&a);
	bytes_release(&jumbf);
	bytes_release(&f);
}

/* Compresses what was built, as a file of gzip. */
static void pack(struct bytes *f)
{
	struct bytes out = BYTES_INIT;
	unsigned char piece[65536];
	z_stream z = { 0 };

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	z.next_in = (unsigned char *)f->b.data;
	z.avail_in = (unsigned)f->b.len;
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		deflate(&z, Z_FINISH);
		put(&out, piece, sizeof(piece) - z.avail_out);
	} while (!z.avail_out);
	deflateEnd(&z);
	bytes_release(f);
	*f = out;
}

static void test_svgz(void)
{
	struct bytes f = BYTES_INIT, two = BYTES_INIT, html = BYTES_INIT;

	puts_(&f, DRAWING(METADATA(IN_RDF(LICENSED(NC)))));
	pack(&f);
	is_int(read_built(&f, &claims), 0, "read");
	clean("svgz");
	is_int(claims.format, LIC_FORMAT_SVG, "an SVG");
	is_str(text_of(&claims, "cc:license", 0), NC, "unpacked");
	for (size_t k = 1; k < 40; k++) {
		read_bytes(f.b.data, f.b.len - k, &claims);
		ok(claims.damage || claims.format == LIC_FORMAT_NONE, "cut by %zu bytes", k);
	}
	f.b.data[f.b.len - 6] ^= 1;
	read_built(&f, &claims);
	damaged("a wrong checksum");
	puts_(&two, "<svg><desc>a");
	pack(&two);
	bytes_release(&f);
	puts_(&f, "b</desc></svg>");
	pack(&f);
	put(&two, f.b.data, f.b.len);
	put(&two, "\0\0\0", 3);
	is_int(read_built(&two, &claims), 0, "read");
	clean("two members and padding");
	is_str(text_of(&claims, "desc", 0), "ab", "are one text");
	puts_(&html, "<html/>");
	pack(&html);
	read_built(&html, &claims);
	is_int(claims.format, LIC_FORMAT_NONE, "compressed HTML is no image");
	bytes_release(&f);
	bytes_release(&two);
	bytes_release(&html);
}

static void fill(struct bytes *f, const char *s, size_t n)
{
	while (n) {
		size_t k = strlen(s) < n ? strlen(s) : n;

		put(f, s, k);
		n -= k;
	}
}

static void test_large(void)
{
	struct bytes f = BYTES_INIT;

	puts_(&f, "<svg " SVG_NS "><image href='data:image/png;base64,");
	fill(&f, "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk&#10;", 24u << 20);
	puts_(&f, "'/><!--");
	fill(&f, "x ", 12u << 20);
	puts_(&f, "--><g><![CDATA[");
	fill(&f, "y ", 12u << 20);
	puts_(&f, "]]></g>" METADATA(IN_RDF(LICENSED(NC))) "</svg>");
	done(&f);
	clean("48 MB, and the license behind them");
	is_str(text_of(&claims, "cc:license", 0), NC, "is found");
	puts_(&f, "<svg><desc>");
	fill(&f, "z", 20u << 20);
	puts_(&f, "</desc>" METADATA(IN_RDF(LICENSED(NC))) "</svg>");
	done(&f);
	clean("a text of 20 MB");
	is_str(text_of(&claims, "cc:license", 0), NC, "is passed over");
	puts_(&f, "<svg " SVG_NS
		  ">" METADATA("<rdf:RDF " RDF_NS " " DC_NS "><rdf:Description dc:rights='"));
	fill(&f, "z", 20u << 20);
	puts_(&f, "'/></rdf:RDF></metadata></svg>");
	done(&f);
	damaged("rights of 20 MB");
}

static void bomb(const char *begin, const char *body, size_t n, const char *last, const char *what)
{
	struct bytes f = BYTES_INIT;

	puts_(&f, begin);
	fill(&f, body, n);
	puts_(&f, last);
	done(&f);
	damaged(what);
}

#define A70 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define X10(s) s s s s s s s s s s

static void test_bombs(void)
{
	static const char laughs[] =
		SUBSET("<!ENTITY a '" A70 "'><!ENTITY b '" X10("&a;") "'><!ENTITY c '" X10(
			"&b;") "'><!ENTITY d '" X10("&c;") "'><!ENTITY e '" X10("&d;") "'>");
	static const char one[] = SUBSET("<!ENTITY a '" A70 "'>");
	struct bytes f = BYTES_INIT;

	bomb(laughs, "<svg><desc>&e;", 3000, "</desc></svg>", "a billion laughs");
	bomb(laughs, "<svg><g a='&e;'/>", 17, "</svg>", "in an attribute");
	bomb(one, "<svg><desc>&a;&a;&a;&a;&a;&a;&a;&a;", 3u << 20, "", "a quadratic blowup");
	bomb("<!DOCTYPE svg [", "<!ATTLIST a b CDATA 'c'>", 1u << 20, "]><svg/>", "a large subset");
	bomb("<svg>", "<g>", 30000, "", "deep nesting");
	bomb("<svg>", "<g/>", 32u << 20, "</svg>", "more elements than any drawing has");
	bomb("<svg ", "a", 20u << 20, "/>", "a name of 20 MB");
	puts_(&f, "<svg>");
	fill(&f, "                                                        ", 90u << 20);
	puts_(&f, "</svg>");
	pack(&f);
	done(&f);
	damaged("90 MB of blanks in 90 KB");
}

int main(void)
{
	test_detection();
	test_rdf();
	test_who();
	test_packets();
	test_prose();
	test_doctype();
	test_encodings();
	test_damage();
	test_c2pa();
	test_svgz();
	test_large();
	test_bombs();
	lic_claims_release(&claims);
	return done_testing();
}
