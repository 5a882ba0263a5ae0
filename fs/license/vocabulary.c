/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that rules ask for by kind, in the languages that licenses are stated in.
 *
 * Denials are wide on purpose: one of them beside a license makes the text a conflict, which hides
 * an image that a person can still decide about; a missed one would show it to the wrong people.
 */
#include <pthread.h>

#include "fs/license/words.h"

struct entry {
	const char *word;
	uint8_t code;
};

/* clang-format off */
#define D(word) { word, LIC_WORD_DENIAL }
#define F(word) { word, LIC_WORD_FORMER }
#define P(word) { word, LIC_WORD_PURPOSE }
#define U(word) { word, LIC_WORD_USE }
#define L(word) { word, LIC_WORD_LICENSE }
#define C(word) { word, LIC_WORD_CONNECTIVE }
#define E(word) { word, LIC_WORD_ELSEWHERE }
#define W(word) { word, LIC_WORD_PAST }
#define Q(word) { word, LIC_WORD_QUALIFIER }

/* In byte order. */
static const struct entry words[] = {
	D("aber"), D("abgelaufen"), P("academic"), D("additional"), D("against"), D("alleen"),
	D("alleged"), D("allegedly"), D("allerdings"), D("although"), F("anciennement"),
	C("and"), D("anfrage"), D("angeblich"), E("annotation"), E("annotations"),
	F("anteriormente"), F("antes"), D("anti"), F("antiguamente"), D("apenas"),
	D("apparently"), C("applies"), D("arent"), D("ask"), D("asking"), D("assume"),
	D("assumed"), D("assuming"), C("at"), D("aucun"), D("aucune"), C("auf"),
	D("ausgenommen"), D("ausnahme"), D("ausnahmen"), D("ausschliesslich"), D("ausser"),
	D("autorisation"), D("autorização"), D("autorizzazione"), F("autrefois"), W("been"),
	D("behalve"), D("believed"), D("bez"), D("bis"), D("bisher"), D("breach"), D("but"),
	D("buy"), D("canceled"), D("cancelled"), D("cannot"), D("cant"), { "cc", LIC_WORD_CC },
	D("cependant"), P("charitable"), P("classroom"), { "common", LIC_WORD_COMMONS },
	{ "commons", LIC_WORD_COMMONS }, F("compatible"), D("confidential"), D("conflicting"),
	D("consent"), D("contradictory"), F("could"), { "creative", LIC_WORD_CREATIVE },
	{ "creativecommons", LIC_WORD_CREATIVECOMMONS }, D("csak"),
	D("custom"), E("data"), E("daten"),
	F("dawniej"), D("declined"), C("deed"), D("denied"), D("denies"), D("deny"),
	D("değil"), D("disallowed"), D("disclaimed"), D("disputed"), D("doar"),
	U("doeleinden"), D("doesnt"), D("dont"), D("doubtful"), F("earlier"), D("eccetto"),
	D("echter"), P("editorial"), P("education"), P("educational"), P("educativo"),
	F("ehemalig"), F("ehemals"), D("ei"), F("einst"), D("ej"), D("embargo"),
	D("embargoed"), D("endast"), P("enseignement"), F("equivalent"), W("era"), W("eran"),
	D("erlaubnis"), D("erroneous"), D("erroneously"), D("error"), C("et"), P("evaluation"),
	D("eventuell"), D("excepción"), D("except"), D("excepte"), D("excepting"),
	D("excepto"), D("excepté"), D("exceto"), D("excl"), D("exclusive"), D("exclusively"),
	D("exclusivement"), D("exempt"), D("exempted"), D("expired"), D("fake"), D("falls"),
	D("false"), D("falsely"), D("fee"), D("fees"), D("fenntartva"), C("file"), U("fines"),
	U("fins"), C("for"), D("forbeholdt"), D("forbidden"), D("forbids"), F("former"),
	F("formerly"), P("forschung"), P("forschungszwecke"), D("forse"), C("from"),
	F("früher"), W("fue"), W("fut"), D("förbehållna"), D("förutom"), D("fără"),
	U("gebrauch"), U("gebruik"), D("geen"), D("genehmigung"), Q("generic"), C("granted"),
	D("guess"), D("guessed"), D("honorarpflichtig"), D("hors"), D("however"), C("http"),
	C("https"), D("if"), D("ikke"), D("illegal"), D("illegally"), C("image"), C("in"),
	D("inapplicable"), D("incorrect"), D("incorrectly"), F("initially"), D("instead"),
	D("inte"), D("interdit"), D("interdite"), D("interdites"), D("interdits"),
	Q("internacional"), Q("internationaal"), Q("international"), Q("internazionale"),
	D("invalid"), P("investigación"), C("is"), D("isnt"), D("jamais"), D("jedoch"),
	D("jen"), D("kein"), D("keine"), D("keinem"), D("keinen"), D("keiner"), D("keines"),
	D("kostenpflichtig"), D("kromě"), D("kun"), D("lediglich"), P("lehre"), L("licenca"),
	L("licence"), L("licenced"), L("licences"), L("licencia"), L("license"), L("licensed"),
	L("licenses"), L("licensing"), L("licentie"), L("licenza"), L("licença"), F("like"),
	C("link"), L("lizenz"), L("lizenzen"), L("lizenziert"), D("lizenzpflichtig"),
	L("lizenzvertrag"), D("maar"), D("mais"), D("maybe"), D("merely"), E("metadata"),
	E("metadaten"), E("metadati"), E("metadatos"), F("might"), D("misschien"),
	D("mistake"), D("mistaken"), D("mistakenly"), D("mits"), E("métadonnées"),
	D("möglicherweise"), D("nao"), D("neither"), D("nem"), D("nenhum"), D("nenhuma"),
	D("nessun"), D("nessuna"), D("nessuno"), D("never"), D("nicht"), D("nie"),
	D("niemals"), D("niet"), D("ningun"), D("ninguna"), D("ninguno"), D("ningún"),
	D("no"), D("noai"), D("nobody"), D("noimageai"), D("non"), D("none"), P("nonprofit"),
	D("nooit"), D("nor"), D("not"), D("nothing"), D("nowhere"), D("nunca"), D("nur"),
	U("nutzung"), D("não"), D("obsolete"), C("oder"), D("ohne"), C("on"), F("once"),
	P("onderzoek"), D("only"), D("opposed"), D("oprócz"), C("or"), F("originally"),
	F("originalmente"), D("otherwise"), C("ou"), D("paid"), D("partially"), D("partly"),
	D("pas"), D("pay"), D("payment"), D("payments"), D("pending"), D("perhaps"),
	D("permesso"), D("permiso"), D("permission"), D("permissions"), D("permissão"),
	D("pero"), P("personal"), P("personnel"), D("però"), P("pesquisa"), D("peut"),
	C("photo"), C("picture"), D("placeholder"), F("planned"), D("porém"), D("possibly"),
	F("precedentemente"), D("presumably"), P("preview"), F("previously"), P("privat"),
	P("private"), P("privaten"), P("privater"), P("privé"), P("privée"), D("probably"),
	D("prohibida"), D("prohibidas"), D("prohibido"), D("prohibidos"), D("prohibited"),
	D("prohibits"), D("proibida"), D("proibidas"), D("proibido"), D("proibidos"),
	D("proprietary"), { "public", LIC_WORD_PUBLIC }, D("purchase"), U("purpose"),
	U("purposes"), D("questionable"), D("quizá"), D("quizás"), D("rather"),
	P("recherche"), D("refuse"), D("refused"), D("reject"), D("rejected"), D("rejects"),
	D("request"), D("requested"), D("rescinded"), P("research"), F("resembling"),
	D("reservada"), D("reservadas"), D("reservado"), D("reservados"), D("reservats"),
	D("reserved"), D("reservés"), D("restricted"), D("restriction"), D("restrictions"),
	P("review"), D("revoked"), D("rezervate"), P("ricerca"), D("riservata"),
	D("riservate"), D("riservati"), D("riservato"), D("royalties"), D("royalty"),
	D("réservé"), D("réservée"), D("réservées"), D("réservés"), D("saklıdır"),
	D("salvo"), D("sans"), D("sauf"), P("scholarly"), C("see"), D("seems"), D("senza"),
	D("seulement"), F("shall"), F("should"), F("similar"), D("sin"), D("slechts"),
	D("sofern"), D("solamente"), D("solely"), D("solo"), D("soltanto"), D("somente"),
	D("sondern"), F("soon"), D("soweit"), P("study"), D("superseded"), D("supposed"),
	D("supposedly"), D("só"), D("sólo"), D("talvez"), D("tbc"), D("tbd"), P("teaching"),
	D("teilweise"), E("tekst"), D("tenzij"), D("terminated"), P("test"), P("testing"),
	E("testo"), E("text"), E("texte"), E("textes"), E("texto"), E("textos"), E("texts"),
	D("though"), F("tidigare"), F("tidligere"), C("to"), D("todo"), D("toestemming"),
	D("tot"), D("toutefois"), D("tranne"), E("transcript"), D("tylko"), D("uden"),
	D("uitgezonderd"), D("uitsluitend"), D("unauthorised"), D("unauthorized"),
	D("uncertain"), D("unclear"), D("unconfirmed"), C("und"), D("undetermined"),
	D("ungültig"), D("unicamente"), D("uniquement"), Q("universal"), D("unless"),
	D("unlicensed"), D("unlike"), Q("unported"), D("unsure"), P("unterricht"),
	D("untersagt"), D("until"), D("unverified"), D("unzulässig"), C("url"),
	F("ursprünglich"), U("usage"), U("use"), U("uses"), U("using"), U("uso"), U("usos"),
	D("utan"), D("uten"), U("utilisation"), { "v", LIC_WORD_VERSION }, D("vain"),
	{ "ver", LIC_WORD_VERSION }, D("verboten"), D("vermutlich"),
	{ "version", LIC_WORD_VERSION }, U("verwendung"), C("via"), D("vielleicht"),
	D("vietata"), D("vietate"), D("vietati"), D("vietato"), D("violates"), D("violating"),
	D("violation"), D("void"), C("von"), D("voorbehouden"), F("voorheen"), D("vorbehalt"),
	D("vorbehalten"), F("vormals"), F("vroeger"), D("vyhrazena"), D("wahrscheinlich"),
	W("war"), W("waren"), W("was"), D("wasnt"), D("wenn"), W("were"), D("widerrufen"),
	F("will"), D("withdrawn"), D("without"), D("wont"), F("would"), D("wrong"),
	D("wrongly"), W("wurde"), D("yok"), D("zastrzeżone"), D("zonder"),
	D("zurückgezogen"), D("zustimmung"), U("zweck"), U("zwecke"), U("zwecken"),
	F("ähnlich"), W("étaient"), W("était"), D("únicamente"), C("über"), D("δεν"),
	D("μόνο"), D("χωρίς"), D("без"), D("запрещено"),
	D("защищены"), D("кроме"), D("лише"), D("не"), D("нет"),
	D("ні"), D("только"),
};
/* clang-format on */

/* Beginnings of denials; words[] comes first. */
static const char *const stems[] = { "prohib", "forbid", "verbiet",  "interdi",	 "except",
				     "exclu",  "revok",	 "withdraw", "riservat", "restrict",
				     "запрещ", "rezerw", "zastrzeż" };

/* Chinese, Japanese and Korean denials; these scripts are written without spaces. */
static const char *const marks[] = {
	"不",	"非",	"禁",	    "无",	"無",	"未",	    "除", "限",
	"只",	"仅",	"勿",	    "ない",	"않",	"금지",	    "없", "비영리",
	"아님", "保留", "版权所有", "版權所有", "転載", "모든권리",
};

static bool contains(const char *s, size_t n, const char *mark)
{
	return memmem(s, n, mark, strlen(mark)) != NULL;
}

static bool is_denial(const char *s, size_t n)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(stems); i++)
		if (s[0] == stems[i][0] && n >= strlen(stems[i]) &&
		    !memcmp(s, stems[i], strlen(stems[i])))
			return true;
	/* U+3000 and above only. */
	for (size_t i = 0; (uint8_t)s[0] >= 0xe3 && i < LIC_ARRAY_SIZE(marks); i++)
		if (contains(s, n, marks[i]))
			return true;
	return false;
}

/* Where the words begin that begin with a byte. */
static uint16_t first[UINT8_MAX + 2];
static pthread_once_t indexed = PTHREAD_ONCE_INIT;

static void make_index(void)
{
	size_t k = 0;

	for (unsigned b = 0; b <= UINT8_MAX; b++) {
		first[b] = (uint16_t)k;
		while (k < LIC_ARRAY_SIZE(words) && (uint8_t)words[k].word[0] == b)
			k++;
	}
	first[UINT8_MAX + 1] = (uint16_t)k;
}

enum lic_word_code lic_vocabulary_code(const char *s, size_t n)
{
	size_t lo, hi;

	pthread_once(&indexed, make_index);
	lo = n ? first[(uint8_t)*s] : 0;
	hi = n ? first[(uint8_t)*s + 1] : 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2, len = strlen(words[mid].word);
		int c = memcmp(s, words[mid].word, n < len ? n : len);

		c = c ? c : (n > len) - (n < len);
		if (!c)
			return (enum lic_word_code)words[mid].code;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return is_denial(s, n) ? LIC_WORD_DENIAL : LIC_WORD_OTHER;
}
