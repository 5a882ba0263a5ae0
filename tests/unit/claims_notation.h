/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims in one line, for the tables of the rights tests.
 *
 *   line  = claim *( " | " claim )            ; "" is no claim at all
 *   claim = rank [packet] ["!"] [":" ref] " " role [" " text]
 *
 * Ranks: o operator, s sidecar, e embedded, m manifest, d directory, t dataset, x no rank. The
 * packet is one digit; "!" is the operator's override. A role of the table below; `res` takes
 * letters of scopes: d data mining, t training, g generative, i input.
 */
#ifndef LICENSEFS_TESTS_CLAIMS_NOTATION_H
#define LICENSEFS_TESTS_CLAIMS_NOTATION_H

#include <ctype.h>

#include <licensefs/rights.h>

#define NOTATION_MAX 16

/* 2026-06-15 00:00 UTC */
#define TEST_NOW 1781481600LL

struct notation {
	struct lic_claim item[NOTATION_MAX];
	struct lic_claims claims;
	char text[4096];
};

static const struct {
	const char *word;
	enum lic_role role;
	const char *field;
} notation_roles[] = {
	{ "lic", LIC_ROLE_LICENSE, "cc:license" },
	{ "terms", LIC_ROLE_LICENSE, "xmpRights:UsageTerms" },
	{ "web", LIC_ROLE_WEBSTATEMENT, "xmpRights:WebStatement" },
	{ "copy", LIC_ROLE_COPYRIGHT, "dc:rights" },
	{ "com", LIC_ROLE_COMMENT, "COM" },
	{ "cap", LIC_ROLE_CAPTION, "dc:description" },
	{ "mark", LIC_ROLE_NOTICE, "xmpRights:Marked" },
	{ "status", LIC_ROLE_COPYRIGHT, "plus:CopyrightStatus" },
	{ "res", LIC_ROLE_RESERVATION, "plus:DataMining" },
	{ "con", LIC_ROLE_CONSTRAINT, "plus:OtherConstraints" },
	{ "end", LIC_ROLE_NOT_AFTER, "2:37" },
	{ "begin", LIC_ROLE_NOT_BEFORE, "2:30" },
	{ "by", LIC_ROLE_CREATOR, "dc:creator" },
	{ "artist", LIC_ROLE_CREATOR, "Artist" },
	{ "title", LIC_ROLE_TITLE, "dc:title" },
	{ "src", LIC_ROLE_SOURCE_URL, "dc:source" },
	{ "type", LIC_ROLE_ORIGIN, "Iptc4xmpExt:DigitalSourceType" },
	{ "ai", LIC_ROLE_ORIGIN, "Iptc4xmpExt:AISystemUsed" },
	{ "rel", LIC_ROLE_RELEASE, "plus:ModelReleaseStatus" },
	{ "deny", LIC_ROLE_DENY, "decision" },
	{ "bind", LIC_ROLE_TERMS, "decision" },
	{ "trust", LIC_ROLE_TRUST, "decision" },
	{ "none", LIC_ROLE_NONE, "dc:publisher" },
	{ "new", (enum lic_role)99, "future" },
};

static enum lic_rank notation_rank(char c)
{
	static const char letters[] = "xtdmeso";
	const char *at = strchr(letters, c);

	return at && c ? (enum lic_rank)(at - letters) : LIC_RANK_NONE;
}

static uint32_t notation_scopes(const char *s)
{
	static const char letters[] = "dtgi";
	uint32_t bits = 0;

	for (; *s; s++)
		if (strchr(letters, *s))
			bits |= 1u << (strchr(letters, *s) - letters);
	return bits;
}

/* Reads one claim out of `s`, which it cuts up. False for a mistake in the notation. */
static bool notation_claim(char *s, struct lic_claim *ret)
{
	char *word, *text;

	*ret = (struct lic_claim){ .rank = notation_rank(*s++), .source = "XMP" };
	if (isdigit((unsigned char)*s))
		ret->packet = (uint32_t)(*s++ - '0');
	if (*s == '!') {
		ret->override = true;
		s++;
	}
	if (*s == ':')
		ret->ref = strtol(s + 1, &s, 10);
	if (*s++ != ' ')
		return false;
	word = s;
	text = strchr(s, ' ');
	if (text)
		*text++ = '\0';
	ret->text = text ? text : "";
	ret->raw = (struct lic_bytes){ (const uint8_t *)ret->text, strlen(ret->text) };
	for (size_t i = 0; i < LIC_ARRAY_SIZE(notation_roles); i++) {
		if (strcmp(word, notation_roles[i].word) != 0)
			continue;
		ret->role = notation_roles[i].role;
		ret->field = notation_roles[i].field;
		if (ret->role == LIC_ROLE_RESERVATION)
			ret->reserve = notation_scopes(ret->text);
		if (strcmp(word, "status") == 0)
			ret->context = LIC_CONTEXT_PLUS_COPYRIGHTSTATUS;
		if (strcmp(word, "mark") == 0)
			ret->context = LIC_CONTEXT_XMPRIGHTS_MARKED;
		return true;
	}
	return false;
}

_unused_ static bool notation_read(struct notation *n, const char *line)
{
	char *s = n->text, *next;

	n->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	n->claims.item = n->item;
	snprintf(n->text, sizeof(n->text), "%s", line);
	while (s && *s) {
		next = strstr(s, " | ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		if (n->claims.n == NOTATION_MAX || !notation_claim(s, &n->item[n->claims.n++])) {
			printf("# mistake in \"%s\"\n", line);
			return false;
		}
		s = next;
	}
	return true;
}

/* A small generator, so that failures repeat. */
_unused_ static uint32_t notation_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

_unused_ static void notation_shuffle(struct lic_claims *c, uint32_t *state)
{
	for (size_t i = c->n; i > 1; i--) {
		size_t k = notation_random(state) % i;
		struct lic_claim t = c->item[i - 1];

		c->item[i - 1] = c->item[k];
		c->item[k] = t;
	}
}

/* Five letters: allowed, forbidden, unknown, in the order of enum lic_permission. */
_unused_ static const char *notation_permissions(const struct lic_rights *r, char ret[6])
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		ret[p] = "ufa"[lic_rights_permission(r, (enum lic_permission)p)];
	ret[5] = '\0';
	return ret;
}

#endif
