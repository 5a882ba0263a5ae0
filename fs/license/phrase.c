/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of rights that name no license (grammar.md section 2, rules 10 and 11). */
#include "fs/license/guard.h"

static const char *const all_reserved[] = {
	"all rights reserved",
	"all right reserved",
	"all rights are reserved",
	"all rights strictly reserved",
	"all other rights reserved",
	"rights reserved",
	"alle rechte vorbehalten",
	"alle rechte sind vorbehalten",
	"tous droits réservés",
	"tous droits reserves",
	"tous les droits sont réservés",
	"todos los derechos reservados",
	"todos os direitos reservados",
	"tutti i diritti riservati",
	"tutti i diritti sono riservati",
	"alle rechten voorbehouden",
	"wszelkie prawa zastrzeżone",
	"все права защищены",
	"усі права захищені",
	"alla rättigheter förbehållna",
	"alle rettigheter forbeholdt",
	"alle rettigheder forbeholdes",
	"kaikki oikeudet pidätetään",
	"všechna práva vyhrazena",
	"minden jog fenntartva",
	"tüm hakları saklıdır",
	"toate drepturile rezervate",
	"tots els drets reservats",
	"모든 권리 보유",
};

/* Written without spaces: found anywhere in the text. */
static const char *const all_reserved_wide[] = {
	"版权所有",   "版權所有", "保留所有权利", "保留所有權利",
	"著作権所有", "無断転載", "无断转载",	  "모든권리",
};

/* As iNaturalist and Flickr write them. */
static const char *const some_reserved[] = {
	"some rights reserved",		 "einige rechte vorbehalten",
	"certains droits réservés",	 "algunos derechos reservados",
	"alguns direitos reservados",	 "alcuni diritti riservati",
	"sommige rechten voorbehouden",	 "alguns drets reservats",
	"vissa rättigheter förbehållna", "nogle rettigheder forbeholdt",
	"noen rettigheter forbeholdt",	 "jotkin oikeudet pidätetään",
	"některá práva vyhrazena",	 "pewne prawa zastrzeżone",
	"некоторые права защищены",	 "bazı hakları saklıdır",
};

static const char *const none_reserved[] = {
	"no rights reserved",	    "keine rechte vorbehalten",	 "aucun droit réservé",
	"ningún derecho reservado", "sin derechos reservados",	 "nenhum direito reservado",
	"nessun diritto riservato", "geen rechten voorbehouden",
};

static const char *const none_known[] = { "no known copyright restrictions",
					  "no known restrictions on publication",
					  "no known restrictions" };

static const struct lic_license *id(const char *s)
{
	return lic_license_find(s, strlen(s));
}

static size_t match(const struct lic_words *t, size_t i, const char *const *phrases, size_t n)
{
	size_t which;

	return lic_words_phrases(t, i, phrases, n, &which);
}

size_t lic_phrase_concedes(const struct lic_words *t, size_t i)
{
	size_t n = match(t, i, some_reserved, LIC_ARRAY_SIZE(some_reserved));

	return n ? n : match(t, i, none_reserved, LIC_ARRAY_SIZE(none_reserved));
}

const struct lic_license *lic_phrase_license(const struct lic_words *t)
{
	bool some = false, none = false;
	size_t n;

	for (size_t i = 0; i < t->count; i += n ? n : 1) {
		n = match(t, i, some_reserved, LIC_ARRAY_SIZE(some_reserved));
		some = some || n;
		if (!n)
			n = match(t, i, none_reserved, LIC_ARRAY_SIZE(none_reserved));
		if (!n && match(t, i, all_reserved, LIC_ARRAY_SIZE(all_reserved)))
			return id("LicenseRef-AllRightsReserved");
		if (!n) {
			n = match(t, i, none_known, LIC_ARRAY_SIZE(none_known));
			none = none || n;
		}
	}
	for (size_t i = 0; lic_words_wide(t) && i < LIC_ARRAY_SIZE(all_reserved_wide); i++)
		if (memmem(t->s, t->n, all_reserved_wide[i], strlen(all_reserved_wide[i])))
			return id("LicenseRef-AllRightsReserved");
	if (some)
		return id("LicenseRef-SomeRightsReserved");
	return none ? id("LicenseRef-NoKnownCopyrightRestrictions") : NULL;
}

bool lic_phrase_is_notice(const char *s, size_t n)
{
	static const char *const starts[] = { "(c)", "\xc2\xa9", "copyright", "copr." };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(starts); i++)
		if (n >= strlen(starts[i]) && !memcmp(s, starts[i], strlen(starts[i])))
			return true;
	return false;
}
