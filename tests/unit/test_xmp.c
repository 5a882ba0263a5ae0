/* SPDX-License-Identifier: Apache-2.0 */
/* XMP: every form of RDF, what speaks for the image and what does not, encodings, sidecars. */
#include "tests/unit/evidence.h"

#define DESCRIPTION(inner) "<rdf:Description rdf:about=''>" inner "</rdf:Description>"
#define CC0 "http://creativecommons.org/publicdomain/zero/1.0/"

/* The only claim of this RDF, and nothing is damaged. */
static void one(const char *rdf, const char *field, enum lic_role role, const char *text)
{
	read_rdf(rdf, &claims);
	is_str(claims.damage, NULL, "clean: %.60s", rdf);
	is_int(claims.n, 1, "one claim");
	is_str(text_of(&claims, field, 0), text, "%s", field);
	is_int(role_of(&claims, field), role, "as %s", lic_role_name(role));
}

static void none(const char *rdf, const char *why)
{
	read_rdf(rdf, &claims);
	is_str(claims.damage, NULL, "clean: %s", why);
	is_int(claims.n, 0, "no claim: %s", why);
}

static void rdf_damaged(const char *rdf, const char *why)
{
	read_rdf(rdf, &claims);
	damaged(why);
}

static void test_forms(void)
{
	one(DESCRIPTION("<cc:license>" CC0 "</cc:license>"), "cc:license", LIC_ROLE_LICENSE, CC0);
	one(DESCRIPTION("<cc:license rdf:resource='" CC0 "'/>"), "cc:license", LIC_ROLE_LICENSE,
	    CC0);
	one("<rdf:Description cc:license='" CC0 "'/>", "cc:license", LIC_ROLE_LICENSE, CC0);
	one(DESCRIPTION("<old:license rdf:resource='" CC0 "'/>"), "cc:license", LIC_ROLE_LICENSE,
	    CC0);
	one("<cc:Work rdf:about=''><cc:license rdf:resource='" CC0 "'/></cc:Work>", "cc:license",
	    LIC_ROLE_LICENSE, CC0);
	one("<cc:work><cc:license rdf:resource='" CC0 "'/></cc:work>", "cc:license",
	    LIC_ROLE_LICENSE, CC0);
	one(DESCRIPTION("<cc:license><cc:License rdf:about='" CC0 "'/></cc:license>"), "cc:license",
	    LIC_ROLE_LICENSE, CC0);
	one(DESCRIPTION("<cc:License rdf:about='" CC0 "'/>"), "cc:license", LIC_ROLE_LICENSE, CC0);
	one("<cc:license rdf:resource='" CC0 "'/>", "cc:license", LIC_ROLE_LICENSE, CC0);
	one("<dc:rights>All rights reserved</dc:rights>", "dc:rights", LIC_ROLE_COPYRIGHT,
	    "All rights reserved");
	one("<rdf:description DC:RIGHTS='r' xmlns:DC='https://purl.org/dc/elements/1.1'/>",
	    "dc:rights", LIC_ROLE_COPYRIGHT, "r");
	one(DESCRIPTION("<dc:rights><rdf:Description><rdf:value>(c) A</rdf:value>"
			"<cc:license>" CC0 "</cc:license></rdf:Description></dc:rights>"),
	    "dc:rights", LIC_ROLE_COPYRIGHT, "(c) A");
	one(DESCRIPTION("<dc:rights rdf:parseType='Resource'><rdf:value>(c) A</rdf:value>"
			"<cc:license>" CC0 "</cc:license></dc:rights>"),
	    "dc:rights", LIC_ROLE_COPYRIGHT, "(c) A");
	one(DESCRIPTION("<dc:rights rdf:value='(c) A' cc:license='" CC0 "'/>"), "dc:rights",
	    LIC_ROLE_COPYRIGHT, "(c) A");
	one(DESCRIPTION(
		    "<dc:rights rdf:parseType='Literal'>All <b>rights</b> reserved</dc:rights>"),
	    "dc:rights", LIC_ROLE_COPYRIGHT, "All rights reserved");
	one(DESCRIPTION("<dc:rights><![CDATA[A & B]]></dc:rights>"), "dc:rights",
	    LIC_ROLE_COPYRIGHT, "A & B");
	one("<rdf:Description dc:rights='A &amp; B &lt;&#x41;'/>", "dc:rights", LIC_ROLE_COPYRIGHT,
	    "A & B <A");
	one(DESCRIPTION("<dc:rights>A &amp; B</dc:rights>"), "dc:rights", LIC_ROLE_COPYRIGHT,
	    "A & B");
	one(DESCRIPTION("<dc:rights>CC <!-- not -->BY</dc:rights>"), "dc:rights",
	    LIC_ROLE_COPYRIGHT, "CC BY");
	one(DESCRIPTION("<x:rights xmlns:x='http://purl.org/dc/elements/1.1/'>r</x:rights>"),
	    "dc:rights", LIC_ROLE_COPYRIGHT, "r");
	none(DESCRIPTION("<dc:rights xmlns:dc='urn:other'>r</dc:rights>"),
	     "a prefix means nothing without its namespace");
	one(DESCRIPTION("<cc:prohibits rdf:resource='x'/>"), "cc:prohibits", LIC_ROLE_CONSTRAINT,
	    "x");
	none("<cc:License rdf:about='" CC0 "'><cc:prohibits rdf:resource='x'/></cc:License>",
	     "what a license prohibits is known by its name");
	none(DESCRIPTION("<dc:rights>  \n </dc:rights><dc:title/>"), "blank values");
}

static void test_lists(void)
{
	read_rdf(DESCRIPTION("<dc:rights>\n<rdf:Alt>\n<rdf:li xml:lang='fr'>droits</rdf:li>\n"
			     "<rdf:li xml:lang='de'>Rechte</rdf:li>\n"
			     "<rdf:li xml:lang='x-default'>rights</rdf:li>\n</rdf:Alt></dc:rights>"
			     "<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq>"
			     "</dc:creator>"),
		 &claims);
	is_int(claims.n, 5, "every item of a list");
	is_str(text_of(&claims, "dc:rights", 0), "rights", "x-default first");
	is_str(text_of(&claims, "dc:rights", 1), "droits", "then the others");
	is_str(text_of(&claims, "dc:rights", 2), "Rechte", "in their order");
	is_str(text_of(&claims, "dc:creator", 0), "A", "sequences keep theirs");
	is_str(text_of(&claims, "dc:creator", 1), "B", "to the end");
	is_int(claims.item[0].packet, claims.item[4].packet, "one packet");
	one(DESCRIPTION("<dc:rights><rdf:Bag><rdf:li rdf:parseType='Resource'>"
			"<rdf:value>v</rdf:value></rdf:li></rdf:Bag></dc:rights>"),
	    "dc:rights", LIC_ROLE_COPYRIGHT, "v");
	one(DESCRIPTION("<plus:ImageAlterationConstraints><rdf:Bag><rdf:li "
			"rdf:resource='http://ns.useplus.org/ldf/vocab/AL-CRP'/></rdf:Bag>"
			"</plus:ImageAlterationConstraints>"),
	    "plus:ImageAlterationConstraints", LIC_ROLE_CONSTRAINT,
	    "http://ns.useplus.org/ldf/vocab/AL-CRP");
}

static void test_others(void)
{
	none(DESCRIPTION(
		     "<iptcExt:ArtworkOrObject><rdf:Bag><rdf:li rdf:parseType='Resource'>"
		     "<iptcExt:AOCopyrightNotice>(c)</iptcExt:AOCopyrightNotice>"
		     "<dc:rights>CC0</dc:rights><plus:DataMining>DMI-PROHIBITED</plus:DataMining>"
		     "</rdf:li></rdf:Bag></iptcExt:ArtworkOrObject>"),
	     "the artwork shown");
	none(DESCRIPTION("<xmpMM:DerivedFrom cc:license='" CC0 "' dc:rights='r'/>"
			 "<xmpMM:Ingredients><rdf:Bag><rdf:li><rdf:Description "
			 "cc:license='" CC0 "'/></rdf:li></rdf:Bag></xmpMM:Ingredients>"),
	     "sources of the image");
	none(DESCRIPTION("<crs:Look><rdf:Description crs:Copyright='(c) Adobe' dc:rights='r'/>"
			 "</crs:Look><crs:Copyright>(c) Adobe</crs:Copyright>"),
	     "a camera look");
	one("<cc:Work><dc:rights><cc:Agent><dc:title>CC0</dc:title></cc:Agent></dc:rights>"
	    "</cc:Work>",
	    "dc:rights/title", LIC_ROLE_COPYRIGHT, "CC0");
	none("<cc:Work><dc:subject><cc:Agent><dc:title>CC0</dc:title></cc:Agent></dc:subject>"
	     "</cc:Work>",
	     "an agent who has nothing to do with rights");
	one(DESCRIPTION("<dc:title>T</dc:title>") "<cc:License rdf:about='" CC0 "'>"
						  "<dc:rights>CC0</dc:rights></cc:License>",
	    "dc:title", LIC_ROLE_TITLE, "T");
	one("<cc:License rdf:about='" CC0 "'><cc:permits rdf:resource='urn:x'/></cc:License>",
	    "cc:permits", LIC_ROLE_NONE, "urn:x");
	one("<rdf:Description rdf:about='a'/><rdf:Description rdf:about='b' "
	    "dc:rights='All rights reserved'/>",
	    "dc:rights", LIC_ROLE_CAPTION, "All rights reserved");
	one("<rdf:Description rdf:about='a'/><rdf:Description rdf:about='b' cc:license='" CC0 "'/>",
	    "cc:license", LIC_ROLE_CAPTION, CC0);
	one("<rdf:Description rdf:about='a'/><rdf:Description rdf:about='' cc:license='" CC0 "'/>",
	    "cc:license", LIC_ROLE_LICENSE, CC0);
	one("<dc:Thing cc:license='" CC0 "'/>", "cc:license", LIC_ROLE_CAPTION, CC0);
	one(DESCRIPTION("<plus:Licensee><rdf:Seq><rdf:li plus:LicenseeName='Phil'/></rdf:Seq>"
			"</plus:Licensee>"),
	    "plus:Licensee/LicenseeName", LIC_ROLE_CONSTRAINT, "Phil");
	one(DESCRIPTION("<plus:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'>"
			"<plus:LicensorName>CC0</plus:LicensorName></rdf:li></rdf:Seq>"
			"</plus:Licensor>"),
	    "plus:Licensor/LicensorName", LIC_ROLE_NONE, "CC0");
	one(DESCRIPTION("<cc:license rdf:nodeID='license1'/>"), "cc:license", LIC_ROLE_LICENSE,
	    "license1");
	none(DESCRIPTION("<dc:creator rdf:nodeID='genid1'/>"), "a creator behind a node id");
}

static void reserves(const char *rdf, int bits)
{
	read_rdf(rdf, &claims);
	is_int(claims.n, 1, "one claim: %.70s", rdf);
	is_int(claims.n ? (int)claims.item[0].reserve : -1, bits, "reserves %#x", (unsigned)bits);
	is_int(claims.n ? (int)claims.item[0].role : -1, LIC_ROLE_RESERVATION, "as a reservation");
}

#define DMI(code) DESCRIPTION("<plus:DataMining>" code "</plus:DataMining>")

static void test_reservations(void)
{
	const int ai = LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE;
	const int all = LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT;

	reserves(DMI("DMI-UNSPECIFIED"), 0);
	reserves(DESCRIPTION("<p:DataMining xmlns:p='http://ns.useplus.org/ldf/xmp/2.0/'>"
			     "DMI-PROHIBITED</p:DataMining>"),
		 LIC_RESERVE_TRAINING);
	reserves(DMI("http://ns.useplus.org/ldf/vocab/DMI-ALLOWED"), 0);
	reserves(DMI("DMI-PROHIBITED-AIMLTRAINING"), ai);
	reserves(DMI("DMI-PROHIBITED-GENAIMLTRAINING"), LIC_RESERVE_GENERATIVE);
	reserves(DMI("DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"), LIC_RESERVE_TRAINING);
	reserves(DMI(" DMI-PROHIBITED "), LIC_RESERVE_TRAINING);
	reserves(DMI("DMI-PROHIBITED-SEECONSTRAINT"), LIC_RESERVE_TRAINING);
	reserves(DMI("DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR"), LIC_RESERVE_TRAINING);
	reserves(DMI("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEELINKEDRIGHTSEXPR"),
		 LIC_RESERVE_TRAINING);
	reserves(DMI("DMI-SOMETHING-NEW"), all);
	reserves(DESCRIPTION("<plus:DataMining rdf:resource='urn:x'/>"), all);
	reserves(DESCRIPTION("<dc:source><rdf:Description plus:DataMining='DMI-PROHIBITED'/>"
			     "</dc:source>"),
		 LIC_RESERVE_TRAINING);
	reserves(DESCRIPTION("<tdm:reservation>1</tdm:reservation>"), LIC_RESERVE_DATA_MINING);
	reserves(DESCRIPTION("<t:reservation xmlns:t='http://www.w3.org/ns/tdmrep/'>0"
			     "</t:reservation>"),
		 0);
	reserves(DESCRIPTION("<tdm:reservation>yes</tdm:reservation>"), all);
	reserves(DESCRIPTION("<rsl:rsl><rsl:content><rsl:license><rsl:prohibits type='usage'>ai-all"
			     "</rsl:prohibits></rsl:license></rsl:content></rsl:rsl>"),
		 all);
	one(DESCRIPTION("<pur:reuseProhibited>True</pur:reuseProhibited>"), "pur:reuseProhibited",
	    LIC_ROLE_CONSTRAINT, "True");
	one(DESCRIPTION("<pur:reuseProhibited>False</pur:reuseProhibited>"), "pur:reuseProhibited",
	    LIC_ROLE_NONE, "False");
	one(DESCRIPTION("<xmpRights:Marked>True</xmpRights:Marked>"), "xmpRights:Marked",
	    LIC_ROLE_NOTICE, "True");
	is_int(claims.item[0].context, LIC_CONTEXT_XMPRIGHTS_MARKED, "Marked has its vocabulary");
	one(DESCRIPTION("<plus:CopyrightStatus>CS-PUB</plus:CopyrightStatus>"),
	    "plus:CopyrightStatus", LIC_ROLE_COPYRIGHT, "CS-PUB");
	is_int(claims.item[0].context, LIC_CONTEXT_PLUS_COPYRIGHTSTATUS,
	       "CopyrightStatus has its vocabulary");
	one(DESCRIPTION("<dc:source>Nikon</dc:source>"), "dc:source", LIC_ROLE_NONE, "Nikon");
	one(DESCRIPTION("<dc:source>https://example.org/1</dc:source>"), "dc:source",
	    LIC_ROLE_SOURCE_URL, "https://example.org/1");
}

static void xmp_damaged(const char *s, const char *why)
{
	struct bytes f = BYTES_INIT;

	xmp_file(&f, s, strlen(s));
	done(&f);
	damaged(why);
}

#define RDF_NS "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

static void test_malformed(void)
{
	rdf_damaged("<rdf:Description>", "an element that is not closed");
	rdf_damaged(DESCRIPTION("<dc:rights>a</dc:right>"), "wrong end tag");
	rdf_damaged(DESCRIPTION("<dc:rights>&copy;</dc:rights>"), "entity of HTML");
	rdf_damaged(DESCRIPTION("<nope:rights>a</nope:rights>"), "prefix without namespace");
	rdf_damaged(DESCRIPTION("<dc:rights>CC0<rdf:Bag/></dc:rights>"), "text and elements");
	rdf_damaged(DESCRIPTION("<dc:rights><rdf:Bag/>CC0</dc:rights>"), "elements and text");
	rdf_damaged(DESCRIPTION("<dc:rights a='1' a='2'/>"), "attribute twice");
	one(DESCRIPTION("<dc:rights>\xe9t\xe9\x01</dc:rights>"), "dc:rights", LIC_ROLE_COPYRIGHT,
	    "\xc3\xa9t\xc3\xa9");
	one(DESCRIPTION("<dc:rights>CC0</dc:rights>") "</rdf:RDF></x:xmpmeta>junk <a><rdf:RDF "
						      "xmlns:rdf='urn:x'>",
	    "dc:rights", LIC_ROLE_COPYRIGHT, "CC0");
	rdf_damaged(DESCRIPTION("<dc:rights>CC0</dc:rights>") "</rdf:RDF></x:xmpmeta>" RDF(""),
		    "a second packet behind the first");
	rdf_damaged(DESCRIPTION("<dc:rights>CC0</dc:rights>") "</rdf:RDF> & </x:xmpmeta>" RDF(""),
		    "and behind what is broken");
	xmp_damaged("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description xmlns:rdf='" RDF_NS
		    "' xmlns:dc='http://purl.org/dc/elements/1.1/' dc:rights='r'/></x:xmpmeta>",
		    "a description without RDF around it");
	xmp_damaged("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns'>"
		    "<rdf:Description/></rdf:RDF>",
		    "RDF whose namespace is misspelt");
}

/* A whole packet in another encoding. */
static void encoded(unsigned unit, bool big, bool mark)
{
	static const char xml[] =
		"<?xml version='1.0' encoding='UTF-16'?><rdf:RDF "
		"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
		"xmlns:dc='http://purl.org/dc/elements/1.1/' dc:rights='CC BY'/></rdf:RDF>";
	struct bytes x = BYTES_INIT, f = BYTES_INIT;

	if (mark && unit == 1)
		puts_(&x, "\xef\xbb\xbf");
	else if (mark)
		(big ? be : le)(&x, unit, 0xfeff);
	for (const char *p = xml; *p; p++)
		(big ? be : le)(&x, unit, (uint64_t)*p);
	xmp_file(&f, x.b.data, x.b.len);
	read_built(&f, &claims);
	is_str(claims.damage, NULL, "%u-byte units, %s, %s", unit, big ? "big" : "little",
	       mark ? "marked" : "unmarked");
	is_str(text_of(&claims, "dc:rights", 0), "CC BY", "are read");
	bytes_release(&x);
	bytes_release(&f);
}

static void test_encodings(void)
{
	for (unsigned unit = 1; unit <= 4; unit *= 2)
		for (int i = 0; i < 4; i++)
			encoded(unit, i & 1, i & 2);
}

static void sidecar(const void *p, size_t n, const char *extension)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("sidecar", MFD_CLOEXEC);
	char image[64];

	lic_claims_reset(&claims);
	ok(fd >= 0 && write(fd, p, n) == (ssize_t)n, "sidecar written");
	snprintf(image, sizeof(image), "cat%s%s", *extension ? "." : "", extension);
	is_int(lic_evidence_read_sidecar(fd, n, "cat.xmp", image, &limits_default, &claims, &err),
	       0, "sidecar read");
	close(fd);
}

static void sidecar_text(const char *s)
{
	sidecar(s, strlen(s), "jpg");
}

static void test_sidecars(void)
{
	struct bytes f = BYTES_INIT;

	load(&f, "dog.jpg.xmp");
	sidecar(f.b.data, f.b.len, "CR2");
	is_str(claims.damage, NULL, "clean");
	is_str(text_of(&claims, "dc:rights", 0), "(c) Jane", "a sidecar speaks");
	is_int(claims.item[0].rank, LIC_RANK_SIDECAR, "at its rank");
	is_str(claims.item[0].source, "sidecar cat.xmp", "under its name");
	sidecar(f.b.data, f.b.len, "cr2");
	is_int(claims.n, 2, "in any letter case");
	sidecar(f.b.data, f.b.len, "jpg");
	is_int(claims.n, 0, "but not for another extension");
	sidecar(f.b.data, f.b.len / 2, "CR2");
	ok(claims.damage != NULL, "half a sidecar is damage");
	bytes_release(&f);
	sidecar_text("");
	ok(claims.damage && !claims.n, "an empty sidecar is damage");
	sidecar_text("{\"not\": \"XMP\"}");
	ok(claims.damage && !claims.n, "so is JSON");
	sidecar_text("<html><body>x</html>");
	ok(claims.damage && !claims.n, "and broken HTML");
	sidecar_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf");
	ok(claims.damage != NULL, "malformed XMP is damage");
}

int main(void)
{
	test_forms();
	test_lists();
	test_others();
	test_reservations();
	test_malformed();
	test_encodings();
	test_sidecars();
	lic_claims_release(&claims);
	return done_testing();
}
