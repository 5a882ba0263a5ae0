/* SPDX-License-Identifier: Apache-2.0 */
/* The elements of Creative Commons licenses as they are written in several languages. */
#include "fs/license/name.h"

struct element {
	const char *phrase;
	uint8_t bit;
};

/* Official translations (creativecommons.org deeds) and common variants. */
static const struct element elements[] = {
	{ "by", LIC_ELEMENT_BY },
	{ "attribution", LIC_ELEMENT_BY },
	{ "namensnennung", LIC_ELEMENT_BY },
	{ "paternité", LIC_ELEMENT_BY },
	{ "reconocimiento", LIC_ELEMENT_BY },
	{ "atribución", LIC_ELEMENT_BY },
	{ "atribucion", LIC_ELEMENT_BY },
	{ "attribuzione", LIC_ELEMENT_BY },
	{ "atribuição", LIC_ELEMENT_BY },
	{ "naamsvermelding", LIC_ELEMENT_BY },
	{ "nc", LIC_ELEMENT_NC },
	{ "noncommercial*", LIC_ELEMENT_NC },
	{ "non commercial*", LIC_ELEMENT_NC },
	{ "nocommercial", LIC_ELEMENT_NC },
	{ "nicht kommerziell*", LIC_ELEMENT_NC },
	{ "nichtkommerziell*", LIC_ELEMENT_NC },
	{ "keine kommerzielle nutzung", LIC_ELEMENT_NC },
	{ "pas d utilisation commerciale", LIC_ELEMENT_NC },
	{ "utilisation non commerciale", LIC_ELEMENT_NC },
	{ "no comercial", LIC_ELEMENT_NC },
	{ "nocomercial", LIC_ELEMENT_NC },
	{ "não comercial", LIC_ELEMENT_NC },
	{ "uso não comercial", LIC_ELEMENT_NC },
	{ "niet commercieel", LIC_ELEMENT_NC },
	{ "nietcommercieel", LIC_ELEMENT_NC },
	{ "sa", LIC_ELEMENT_SA },
	{ "sharealike", LIC_ELEMENT_SA },
	{ "share alike", LIC_ELEMENT_SA },
	{ "weitergabe unter gleichen bedingungen", LIC_ELEMENT_SA },
	{ "partage dans les mêmes conditions", LIC_ELEMENT_SA },
	{ "partage des conditions initiales à l identique", LIC_ELEMENT_SA },
	{ "partage à l identique", LIC_ELEMENT_SA },
	{ "compartirigual", LIC_ELEMENT_SA },
	{ "compartir igual", LIC_ELEMENT_SA },
	{ "condividi allo stesso modo", LIC_ELEMENT_SA },
	{ "compartilhaigual", LIC_ELEMENT_SA },
	{ "compartilha igual", LIC_ELEMENT_SA },
	{ "partilha nos termos da mesma licença", LIC_ELEMENT_SA },
	{ "gelijkdelen", LIC_ELEMENT_SA },
	{ "gelijk delen", LIC_ELEMENT_SA },
	{ "nd", LIC_ELEMENT_ND },
	{ "noderiv", LIC_ELEMENT_ND },
	{ "noderivs", LIC_ELEMENT_ND },
	{ "noderivative*", LIC_ELEMENT_ND },
	{ "noderivative* works", LIC_ELEMENT_ND },
	{ "no deriv", LIC_ELEMENT_ND },
	{ "no derivs", LIC_ELEMENT_ND },
	{ "no derivative*", LIC_ELEMENT_ND },
	{ "no derivative* works", LIC_ELEMENT_ND },
	{ "keine bearbeitung*", LIC_ELEMENT_ND },
	{ "pas de modification*", LIC_ELEMENT_ND },
	{ "sin obra* derivada*", LIC_ELEMENT_ND },
	{ "sinobraderivada", LIC_ELEMENT_ND },
	{ "sin derivadas", LIC_ELEMENT_ND },
	{ "sinderivadas", LIC_ELEMENT_ND },
	{ "sinderivar", LIC_ELEMENT_ND },
	{ "non opere derivate", LIC_ELEMENT_ND },
	{ "sem derivados", LIC_ELEMENT_ND },
	{ "sem derivações", LIC_ELEMENT_ND },
	{ "semderivações", LIC_ELEMENT_ND },
	{ "geen afgeleide werken", LIC_ELEMENT_ND },
	{ "geenafgeleidewerken", LIC_ELEMENT_ND },
};

unsigned lic_element_at(const struct lic_words *t, size_t i, size_t *ret_words, bool *ret_spelled)
{
	size_t longest = 0;
	unsigned bit = 0;

	for (size_t k = 0; k < LIC_ARRAY_SIZE(elements); k++) {
		size_t n = lic_words_phrase(t, i, elements[k].phrase);

		if (n > longest) {
			longest = n;
			bit = elements[k].bit;
		}
	}
	if (!bit)
		return 0;
	*ret_words = longest;
	*ret_spelled = longest > 1 || t->w[i].len > 2;
	return bit;
}

static bool takes(const char **s, size_t *n, const char *piece)
{
	size_t k = strlen(piece);

	if (*n < k || memcmp(*s, piece, k))
		return false;
	*s += k;
	*n -= k;
	return true;
}

unsigned lic_element_split(const char *s, size_t n, bool *ret_prefixed)
{
	static const struct element pieces[] = {
		{ "by", LIC_ELEMENT_BY },	    { "attribution", LIC_ELEMENT_BY },
		{ "nc", LIC_ELEMENT_NC },	    { "noncommercial", LIC_ELEMENT_NC },
		{ "sa", LIC_ELEMENT_SA },	    { "sharealike", LIC_ELEMENT_SA },
		{ "nd", LIC_ELEMENT_ND },	    { "noderivatives", LIC_ELEMENT_ND },
		{ "noderivative", LIC_ELEMENT_ND }, { "noderivs", LIC_ELEMENT_ND },
	};
	bool prefixed = takes(&s, &n, "creativecommons") || takes(&s, &n, "cc");
	unsigned found = 0;

	while (n) {
		size_t k = 0;

		while (k < LIC_ARRAY_SIZE(pieces) && !takes(&s, &n, pieces[k].phrase))
			k++;
		if (k == LIC_ARRAY_SIZE(pieces) || (found & pieces[k].bit))
			return 0;
		found |= pieces[k].bit;
	}
	*ret_prefixed = prefixed;
	return found;
}

unsigned lic_element_of(const struct lic_license *l)
{
	static const struct element parts[] = { { "BY", LIC_ELEMENT_BY },
						{ "NC", LIC_ELEMENT_NC },
						{ "SA", LIC_ELEMENT_SA },
						{ "ND", LIC_ELEMENT_ND } };
	const char *p = l->id;
	unsigned found = 0;

	if (!strncmp(p, "LicenseRef-", 11))
		p += 11;
	if (strncmp(p, "CC-", 3))
		return 0;
	for (p += 3; *p >= 'A'; p += p[strcspn(p, "-")] ? strcspn(p, "-") + 1 : strcspn(p, "-"))
		for (size_t i = 0; i < LIC_ARRAY_SIZE(parts); i++)
			if (strcspn(p, "-") == 2 && !strncmp(p, parts[i].phrase, 2))
				found |= parts[i].bit;
	return found;
}
