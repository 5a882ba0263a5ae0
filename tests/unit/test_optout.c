/* SPDX-License-Identifier: Apache-2.0 */
/* Opt-outs: every value in every form that it is written in, and what cannot be read restricts. */
#include <ctype.h>

#include "tests/unit/evidence.h"

#define AI (LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE)
#define TRAINING LIC_RESERVE_TRAINING
#define ALL (LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT)
#define UNDEFINED 7

/* What all claims together reserve, -1 where none is a reservation. */
static int reserved(void)
{
	int bits = -1;

	for (size_t i = 0; i < claims.n; i++)
		if (claims.item[i].role == LIC_ROLE_RESERVATION)
			bits = (bits < 0 ? 0 : bits) | (int)claims.item[i].reserve;
	return bits;
}

static void rdf(const char *fmt, const char *value, int want)
{
	char text[2048];

	/* every form holds its value once */
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(strstr(fmt, "VALUE") - fmt), fmt, value,
		 strstr(fmt, "VALUE") + 5);
	read_rdf(text, &claims);
	is_int(reserved(), want, "%s in %s", value, fmt);
	clean("no damage");
}

static const struct {
	const char *code;
	int bits;
} codes[] = {
	{ "DMI-UNSPECIFIED", 0 },
	{ "DMI-ALLOWED", 0 },
	{ "DMI-PROHIBITED-AIMLTRAINING", AI },
	{ "DMI-PROHIBITED-GENAIMLTRAINING", LIC_RESERVE_GENERATIVE },
	{ "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", TRAINING },
	{ "DMI-PROHIBITED", TRAINING },
	{ "DMI-PROHIBITED-SEECONSTRAINT", TRAINING },
	{ "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", TRAINING },
	{ "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", TRAINING },
	{ "DMI-SOMETHING-NEW", ALL },
};

static const char *const forms[] = {
	"<rdf:Description rdf:about=''><plus:DataMining>VALUE</plus:DataMining></rdf:Description>",
	"<rdf:Description rdf:about='' plus:DataMining='VALUE'/>",
	"<rdf:Description><plus:DataMining rdf:resource='VALUE'/></rdf:Description>",
	"<rdf:Description><plus:DataMining><rdf:Bag><rdf:li>VALUE</rdf:li></rdf:Bag>"
	"</plus:DataMining></rdf:Description>",
	"<rdf:Description><plus:DataMining><rdf:Seq><rdf:li rdf:resource='VALUE'/></rdf:Seq>"
	"</plus:DataMining></rdf:Description>",
	"<rdf:Description><plus:DataMining rdf:parseType='Resource'><rdf:value>VALUE</rdf:value>"
	"</plus:DataMining></rdf:Description>",
	"<rdf:Description><iptcExt:DataMining>VALUE</iptcExt:DataMining></rdf:Description>",
	"<rdf:Description xmlns:xmpPLUS='http://ns.adobe.com/xap/1.0/PLUS/' "
	"xmpPLUS:DataMining='VALUE'/>",
	"<rdf:Description rdf:about='a' dc:title='a'/><rdf:Description rdf:about='b' "
	"plus:DataMining='VALUE'/>",
	"<rdf:Description><xmpMM:DerivedFrom rdf:parseType='Resource'><dc:title>x</dc:title>"
	"</xmpMM:DerivedFrom><plus:DataMining> VALUE\n</plus:DataMining></rdf:Description>",
};

static void test_data_mining(void)
{
	static const char *const spellings[] = { "%s",
						 "http://ns.useplus.org/ldf/vocab/%s",
						 "https://ns.useplus.org/ldf/vocab/%s",
						 "http://ns.useplus.org/ldf/vocab/%s/",
						 "http://ns.useplus.org/ldf/vocab#%s",
						 "plus:%s" };

	for (size_t c = 0; c < LIC_ARRAY_SIZE(codes); c++) {
		for (size_t f = 0; f < LIC_ARRAY_SIZE(forms); f++)
			rdf(forms[f], codes[c].code, codes[c].bits);
		for (size_t s = 0; s < LIC_ARRAY_SIZE(spellings); s++) {
			const char *at = strstr(spellings[s], "%s");
			char value[256];

			snprintf(value, sizeof(value), "%.*s%s%s", (int)(at - spellings[s]),
				 spellings[s], codes[c].code, at + 2);
			rdf(forms[0], value, codes[c].bits);
			for (char *p = value; *p; p++)
				*p = (char)tolower((unsigned char)*p);
			rdf(forms[2], value, codes[c].bits);
		}
	}
	rdf(forms[0], "Prohibited for Generative AI/ML training", LIC_RESERVE_GENERATIVE);
	rdf(forms[0], "Allowed", 0);
	rdf("<rdf:Description plus:DataMining='DMI-ALLOWED'><plus:DataMining>VALUE"
	    "</plus:DataMining></rdf:Description>",
	    "DMI-PROHIBITED-GENAIMLTRAINING", LIC_RESERVE_GENERATIVE);
}

static void test_tdm(void)
{
	static const char *const tdm_forms[] = {
		"<rdf:Description tdm:reservation='VALUE'/>",
		"<rdf:Description><tdm:reservation>VALUE</tdm:reservation></rdf:Description>",
		"<rdf:Description xmlns:t='http://www.w3.org/ns/tdmrep/' t:reservation='VALUE'/>",
		"<rdf:Description><dc:relation><rdf:Description tdm:reservation='VALUE'/>"
		"</dc:relation></rdf:Description>",
		"<rdf:Description tdm:policy='https://a.example/p.json' tdm:reservation='VALUE'/>",
	};

	for (size_t f = 0; f < LIC_ARRAY_SIZE(tdm_forms); f++) {
		rdf(tdm_forms[f], "0", 0);
		rdf(tdm_forms[f], "1", LIC_RESERVE_DATA_MINING);
		rdf(tdm_forms[f], "true", LIC_RESERVE_DATA_MINING);
		rdf(tdm_forms[f], "2", ALL);
	}
}

#define RSL(inner)                                                                                 \
	"<rdf:Description><rsl:rsl><rsl:content url='/'><rsl:license>" inner                       \
	"</rsl:license></rsl:content></rsl:rsl></rdf:Description>"

static void test_rsl(void)
{
	static const char prohibits[] = RSL("<rsl:prohibits type='usage'>VALUE</rsl:prohibits>");
	static const char permits[] = RSL("<rsl:permits type='usage'>VALUE</rsl:permits>");
	static const char payment[] = RSL("<rsl:permits type='usage'>all</rsl:permits>"
					  "<rsl:payment type='VALUE'><rsl:amount currency='EUR'>1"
					  "</rsl:amount></rsl:payment>");

	rdf(prohibits, "all", ALL);
	rdf(prohibits, "ai-all", ALL);
	rdf(prohibits, "ai-train", AI);
	rdf(prohibits, "train-ai", AI);
	rdf(prohibits, "ai-input", LIC_RESERVE_INPUT);
	rdf(prohibits, "search", 0);
	rdf(prohibits, "search, ai-index", 0);
	rdf(prohibits, "search ai-input,train-genai", LIC_RESERVE_INPUT | LIC_RESERVE_GENERATIVE);
	rdf(prohibits, "search, what-comes-next", ALL);
	/* only what is named is permitted */
	rdf(permits, "all", 0);
	rdf(permits, "ai-all", 0);
	rdf(permits, "search", ALL);
	rdf(permits, "ai-train", LIC_RESERVE_INPUT);
	rdf(permits, "ai-train ai-input", 0);
	rdf(permits, "ai-input", TRAINING);
	rdf(permits, "what-comes-next", ALL);
	rdf(RSL("<rsl:permits type='user'>VALUE</rsl:permits>"), "education", ALL);
	rdf(payment, "free", 0);
	rdf(payment, "attribution", 0);
	rdf(payment, "subscription", ALL);
	rdf(payment, "training", ALL);
	rdf(RSL("<rsl:permits type='usage'>VALUE</rsl:permits><rsl:payment/>"), "all", ALL);
	rdf(RSL("<rsl:permits type='usage'>all</rsl:permits>"
		"<rsl:prohibits type='usage'>VALUE</rsl:prohibits>"),
	    "ai-train", AI);
	rdf("<rdf:Description><rsl "
	    "xmlns='https://rslstandard.org/rsl'><content><license><prohibits "
	    "type='usage'>VALUE</prohibits></license></content></rsl></rdf:Description>",
	    "ai-train", AI);
}

/* A TIFF with LearningOptOutIn: n units of two bytes in the order of the file. */
static int learning(bool big, const unsigned *v, size_t n, size_t cut)
{
	struct bytes f = BYTES_INIT, b = BYTES_INIT;

	for (size_t i = 0; i < n; i++)
		(big ? be : le)(&b, 2, v[i]);
	tiff_one(&f, big, 0x9287, UNDEFINED, b.b.len - cut, lic_buf_str(&b.b), b.b.len - cut);
	read_built(&f, &claims);
	bytes_release(&f);
	bytes_release(&b);
	return claims.damage ? (int)ALL : reserved();
}
#define LEARNING(big, cut, ...)                                                                    \
	learning(big, (const unsigned[]){ __VA_ARGS__ },                                           \
		 sizeof((const unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned), cut)

static void test_learning(void)
{
	static const int uses[] = { ALL,
				    LIC_RESERVE_AI_TRAINING,
				    LIC_RESERVE_GENERATIVE,
				    LIC_RESERVE_DATA_MINING,
				    LIC_RESERVE_INPUT,
				    ALL };

	for (unsigned big = 0; big < 2; big++) {
		for (unsigned use = 0; use < LIC_ARRAY_SIZE(uses); use++)
			for (unsigned choice = 0; choice < 4; choice++)
				is_int(LEARNING(big, 0, 1, use, choice),
				       choice == 1 || choice == 2 ? 0 : uses[use],
				       "use %u, choice %u, %s", use, choice,
				       big ? "big" : "little");
		is_int(LEARNING(big, 0, 0), ALL, "no pairs");
		is_int(LEARNING(big, 0, 2, 0, 1, 2, 0), LIC_RESERVE_GENERATIVE, "two pairs");
		is_int(LEARNING(big, 0, 2, 1, 1, 1, 0), LIC_RESERVE_AI_TRAINING,
		       "of two that differ the one that restricts");
		is_int(LEARNING(big, 0, 2, 1, 1), ALL, "fewer pairs than it says");
		is_int(LEARNING(big, 0, 1, 1, 1, 2, 0), ALL, "more pairs than it says");
		is_int(LEARNING(big, 0, 1, 1, 1, 0), ALL, "half a pair more");
		is_int(LEARNING(big, 0, 0x100, 0x100, 0x100), ALL, "in the other order");
		is_int(LEARNING(big, 1, 1, 1, 1), ALL, "cut in a number");
		is_int(LEARNING(big, 1, 1), ALL, "one byte");
		is_int(LEARNING(big, 2, 1), ALL, "nothing at all");
		is_int(LEARNING(big, 0, 0xffff, 1, 1), ALL, "as many pairs as can be");
	}
}

static void png_text(const char *keyword, const char *value)
{
	struct bytes f = BYTES_INIT, c = BYTES_INIT;

	puts_(&c, "tEXt");
	put(&c, keyword, strlen(keyword) + 1);
	puts_(&c, value);
	put(&f, "\x89PNG\r\n\x1a\n", 8);
	be(&f, 4, c.b.len - 4);
	put(&f, c.b.data, c.b.len);
	be(&f, 4, 0);
	put(&f, "\0\0\0\0IEND\xae\x42\x60\x82", 12);
	read_built(&f, &claims);
	is_int(role_of(&claims, keyword), LIC_ROLE_ORIGIN, "%s is how the picture was made",
	       keyword);
	bytes_release(&f);
	bytes_release(&c);
}

static void test_facts(void)
{
	png_text("parameters", "a cat\nSteps: 20");
	png_text("prompt", "{\"3\": {}}");
	png_text("workflow", "{}");
	png_text("Dream", "a cat -s 50");
	read_rdf("<rdf:Description iptcExt:AIPromptInformation='a cat'/>", &claims);
	is_int(role_of(&claims, "Iptc4xmpExt:AIPromptInformation"), LIC_ROLE_ORIGIN, "a prompt");
	read_rdf("<rdf:Description plus:ModelReleaseStatus='MR-UMR'/>", &claims);
	is_int(role_of(&claims, "plus:ModelReleaseStatus"), LIC_ROLE_RELEASE, "a release");
}

int main(void)
{
	test_data_mining();
	test_tdm();
	test_rsl();
	test_learning();
	test_facts();
	lic_claims_release(&claims);
	return done_testing();
}
