/* SPDX-License-Identifier: Apache-2.0 */
/* The normaliser of license strings: vectors, every published URL, hostile input. */
#include <pthread.h>
#include <ctype.h>
#include <time.h>

#include <licensefs/license.h>

#include "tests/unit/tap.h"

static const char *parse(enum lic_context context, const char *s, size_t n)
{
	static struct lic_parse p;

	lic_license_parse(context, s, n, &p);
	return p.expression;
}

static const char *parse_any(const char *s)
{
	return parse(LIC_CONTEXT_ANY, s, strlen(s));
}

static FILE *open_source(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", name);
	return fopen(path, "r");
}

/* Splits a line at tabs in place; returns the number of fields. */
static size_t fields(char *line, char **out, size_t max)
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; p && n < max; n++) {
		out[n] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
	}
	return n;
}

static void test_file(const char *name, int at_least)
{
	FILE *f = open_source(name);
	char line[8192], *field[3], longer[8200];
	int context, count = 0, differ = 0;

	if (!ok(f, "%s opens", name))
		return;
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' || !strncmp(line, "context\t", 8))
			continue;
		if (!ok(fields(line, field, 3) == 3, "three fields: %.40s", line))
			continue;
		context = lic_context_find(field[0], strlen(field[0]));
		ok(context >= 0, "context %s", field[0]);
		is_str(parse(context, field[1], strlen(field[1])), field[2], "%s: %.200s", field[0],
		       field[1]);
		/* ASCII goes a short way of its own; one invisible character more takes the long
		 * one */
		snprintf(longer, sizeof(longer), "%s\u200b", field[1]);
		differ += strcmp(parse(context, longer, strlen(longer)), field[2]) != 0;
		count++;
	}
	fclose(f);
	is_int(differ, 0, "what is invisible changes nothing");
	ok(count >= at_least, "%d lines of %s", count, name);
}

static const char *forbidden(const char *s)
{
	static const char letters[] = "ncrds...MTGU";
	static char out[sizeof(letters)];
	struct lic_parse p;
	size_t n = 0;

	lic_license_parse(LIC_CONTEXT_ANY, s, strlen(s), &p);
	for (unsigned i = 0; i < sizeof(letters) - 1; i++)
		if (p.forbids & 1u << i)
			out[n++] = letters[i];
	if (!n)
		out[n++] = '-';
	out[n] = '\0';
	return out;
}

static void test_prohibitions(void)
{
	FILE *f = open_source("tests/data/prohibitions.tsv");
	char line[8192], *field[2];
	struct lic_parses *memory = lic_parses_new();
	struct lic_parse once, again;
	int count = 0;

	if (!ok(f, "prohibitions.tsv opens"))
		return;
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' || !ok(fields(line, field, 2) == 2, "two fields: %.40s", line))
			continue;
		is_str(forbidden(field[0]), field[1], "%s", field[0]);
		lic_license_parse_again(memory, LIC_CONTEXT_ANY, field[0], strlen(field[0]), &once);
		lic_license_parse_again(memory, LIC_CONTEXT_ANY, field[0], strlen(field[0]),
					&again);
		is_int(again.forbids, once.forbids, "and is remembered");
		count++;
	}
	fclose(f);
	lic_parses_free(memory);
	ok(count >= 140, "%d lines", count);
}

/* The ports that SPDX lists (npm spdx-license-ids 3.0.24), apart from the tables. */
static bool is_spdx(const char *id)
{
	static const char *const ports[] = {
		"CC-BY-2.5-AU",	       "CC-BY-3.0-AT",	      "CC-BY-3.0-AU",
		"CC-BY-3.0-DE",	       "CC-BY-3.0-IGO",	      "CC-BY-3.0-NL",
		"CC-BY-3.0-US",	       "CC-BY-NC-3.0-DE",     "CC-BY-NC-3.0-IGO",
		"CC-BY-NC-ND-3.0-DE",  "CC-BY-NC-ND-3.0-IGO", "CC-BY-NC-SA-2.0-DE",
		"CC-BY-NC-SA-2.0-FR",  "CC-BY-NC-SA-2.0-UK",  "CC-BY-NC-SA-3.0-DE",
		"CC-BY-NC-SA-3.0-IGO", "CC-BY-ND-3.0-DE",     "CC-BY-SA-2.0-UK",
		"CC-BY-SA-2.1-JP",     "CC-BY-SA-3.0-AT",     "CC-BY-SA-3.0-DE",
		"CC-BY-SA-3.0-IGO",    "CC-SA-1.0",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(ports); i++)
		if (!strcmp(id, ports[i]))
			return true;
	/* Every BY unit of an unported version is listed. */
	return !strncmp(id, "CC-BY", 5) && strlen(id) > 4 &&
	       isdigit((unsigned char)id[strlen(id) - 1]);
}

static void expected_id(const char *version, const char *jur, const char *unit, char *out,
			size_t size)
{
	static const char *const special[][2] = { { "zero", "CC0-1.0" },
						  { "mark", "CC-PDM-1.0" },
						  { "certification", "CC-PDDC" } };
	static const char *const named[][2] = { { "sampling", "Sampling" },
						{ "sampling+", "SamplingPlus" },
						{ "nc-sampling+", "NC-SamplingPlus" },
						{ "devnations", "DevNations" },
						{ "by-nd-nc", "BY-NC-ND" } };
	char upper[32], port[16], id[96];

	for (size_t i = 0; i < LIC_ARRAY_SIZE(special); i++)
		if (!strcmp(unit, special[i][0])) {
			snprintf(out, size, "%s", special[i][1]);
			return;
		}
	snprintf(upper, sizeof(upper), "%s", unit);
	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(named); i++)
		if (!strcmp(unit, named[i][0]))
			snprintf(upper, sizeof(upper), "%s", named[i][1]);
	snprintf(port, sizeof(port), "%s%s", *jur == '-' ? "" : "-", *jur == '-' ? "" : jur);
	for (char *p = port; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	snprintf(id, sizeof(id), "CC-%s-%s%s", upper, version, port);
	snprintf(out, size, "%s%s", is_spdx(id) ? "" : "LicenseRef-", id);
}

static int bad_urls(const char *version, const char *jur, const char *unit)
{
	static const char *const tails[] = {
		"",	"/",	 "/deed.en",	   "/legalcode",	 "/deed.pt-br",
		"/rdf", "/deed", "/legalcode.txt", "/deed.zh-hans?a=b#c"
	};
	static const char *const hosts[] = { "https://creativecommons.org",
					     "HTTP://WWW.CreativeCommons.ORG:80",
					     "//creativecommons.org", "creativecommons.org" };
	bool dedication = strstr("zero mark certification", unit);
	char want[96], url[256];
	int bad = 0;

	expected_id(version, jur, unit, want, sizeof(want));
	for (size_t h = 0; h < LIC_ARRAY_SIZE(hosts); h++)
		for (size_t i = 0; i < LIC_ARRAY_SIZE(tails); i++) {
			snprintf(url, sizeof(url), "%s/%s/%s/%s%s%s%s", hosts[h],
				 dedication ? "publicdomain" : "licenses", unit, version,
				 *jur == '-' ? "" : "/", *jur == '-' ? "" : jur, tails[i]);
			if (!strcmp(parse_any(url), want))
				continue;
			printf("# %s is %s, not %s\n", url, parse_any(url), want);
			bad++;
		}
	return bad;
}

static void test_urls(void)
{
	FILE *f = open_source("fs/license/cc_ports.tsv");
	char line[1024], *field[6], *save;
	int bad = 0, count = 0;

	if (!ok(f, "cc_ports.tsv opens"))
		return;
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' || !isdigit((unsigned char)*line) || fields(line, field, 6) != 6)
			continue;
		for (char *unit = strtok_r(field[3], " ", &save); unit;
		     unit = strtok_r(NULL, " ", &save)) {
			bad += bad_urls(field[0], field[1], unit);
			count++;
		}
	}
	fclose(f);
	is_int(count, 640, "published licenses");
	is_int(bad, 0, "each of their URLs is its license");
}

/* What no published license has must not resolve, whatever the parts. */
static void test_unpublished_urls(void)
{
	static const char *const urls[] = { "/licenses/by/4.0/us/",
					    "/licenses/by/2.1/",
					    "/licenses/by/2.0/xx/",
					    "/licenses/by/5.0/",
					    "/licenses/by/4/",
					    "/licenses/by/4.00/",
					    "/licenses/by-sa-nc/4.0/",
					    "/licenses/nc/4.0/",
					    "/licenses/zero/1.0/",
					    "/licenses/by/4.0/legalcode/extra",
					    "/licenses/by/4.0/legalcodex",
					    "/licenses/by/4.0/deed./",
					    "/licenses/by/4.0/%2e%2e/by-nc/4.0/",
					    "/licenses/by%2",
					    "/licenses/by%00/4.0/",
					    "/licenses/by/4.0/\xc3\xa9",
					    "/publicdomain/by/4.0/",
					    "/publicdomain/zero/1.0/us/",
					    "/publicdomain/mark/2.0/",
					    "/publicdomain/certification/1.0/",
					    "/licenses/sa/",
					    "/l/by/4.0/88x31.png" };
	char url[256];

	for (size_t i = 0; i < LIC_ARRAY_SIZE(urls); i++) {
		snprintf(url, sizeof(url), "https://creativecommons.org%s", urls[i]);
		is_str(parse_any(url), "unrecognised", "%s", urls[i]);
	}
}

/* No text around a license may turn a denial into a grant. */
static void test_denials(void)
{
	static const char *const licenses[] = { "CC BY 4.0", "CC0", "cc-by-nc-sa-3.0",
						"https://creativecommons.org/licenses/by/4.0/",
						"Creative Commons Attribution-ShareAlike 4.0" };
	static const char *const texts[] = { "not %s",
					     "This is not licensed under %s.",
					     "%s does not apply",
					     "%s (no longer)",
					     "%s NO LONGER VALID",
					     "%s - no",
					     "%s, no",
					     "formerly %s",
					     "It isn't %s",
					     "%s except the logo",
					     "%s, all rights reserved",
					     "All rights reserved. %s",
					     "%s for text only",
					     "%s unless stated otherwise",
					     "never %s",
					     "%s revoked",
					     "%s until 2020",
					     "nicht %s",
					     "keine Lizenz %s",
					     "nur der Text: %s",
					     "%s, alle Rechte vorbehalten",
					     "ceci n'est pas %s",
					     "%s sauf mention contraire",
					     "tous droits r\xc3\xa9serv\xc3\xa9s, %s",
					     "sin %s",
					     "non %s",
					     "%s, written permission needed",
					     "%s - personal use",
					     "Metadata %s",
					     "\xe2\x9d\x8c %s",
					     "%s \xe4\xb8\x8d\xe5\x8f\xaf" };
	char text[256];

	for (size_t i = 0; i < LIC_ARRAY_SIZE(licenses); i++)
		for (size_t k = 0; k < LIC_ARRAY_SIZE(texts); k++) {
			const char *at = strstr(texts[k], "%s");

			snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - texts[k]), texts[k],
				 licenses[i], at + 2);
			is_str(parse_any(text), "LicenseRef-Conflict", "%s", text);
		}
}

/* A restriction that stands apart from the name must not get lost. */
static void test_stray_elements(void)
{
	static const char *const texts[] = { "%s NC",
					     "%s (NC)",
					     "%s. NC",
					     "%s-NC",
					     "%s/NC",
					     "%s noncommercial",
					     "%s | non-commercial",
					     "%s Non Commercial",
					     "%s for noncomm use",
					     "%s; commercial licenses on request",
					     "%s nicht-kommerziell",
					     "%s usage commercial interdit",
					     "%s NoDerivs",
					     "%s, no derivatives",
					     "%s ND",
					     "%s keine Bearbeitung",
					     "%s bync",
					     "%s N\xd0\xa1",
					     "%s N\xe2\x80\x8b"
					     "C" };
	char text[256];

	for (size_t k = 0; k < LIC_ARRAY_SIZE(texts); k++) {
		const char *at = strstr(texts[k], "%s");
		const struct lic_license *l;
		const char *name;

		snprintf(text, sizeof(text), "%.*sJane, CC BY 4.0%s", (int)(at - texts[k]),
			 texts[k], at + 2);
		name = parse_any(text);
		l = lic_license_find(name, strlen(name));
		ok(!l || l->permission[LIC_COMMERCIAL_USE] != LIC_ALLOWED ||
			   l->permission[LIC_SHARE_ADAPTATIONS] != LIC_ALLOWED,
		   "%s is %s", text, name);
	}
}

static void test_result(void)
{
	struct lic_parse p;

	lic_license_parse(LIC_CONTEXT_ANY, "CC BY 4.0", 9, &p);
	is_int(p.kind, LIC_PARSE_LICENSE, "kind of a license");
	is_str(p.rule, "short-name", "rule");
	lic_license_parse(LIC_CONTEXT_ANY, "https://creativecommons.org/licenses/by/4.0", 43, &p);
	is_str(p.rule, "url", "rule of a URL");
	lic_license_parse(LIC_CONTEXT_ANY, NULL, 0, &p);
	is_int(p.kind, LIC_PARSE_NOASSERTION, "kind of nothing");
	lic_license_parse(LIC_CONTEXT_ANY, "(c) Jane", 8, &p);
	is_int(p.kind, LIC_PARSE_NOTICE, "kind of a notice");
	is_str(p.rule, "notice", "rule of a notice");
	lic_license_parse(LIC_CONTEXT_ANY, "All rights reserved", 19, &p);
	is_int(p.kind, LIC_PARSE_RESERVED, "kind of a reservation");
	lic_license_parse(LIC_CONTEXT_ANY, "not CC0", 7, &p);
	is_int(p.kind, LIC_PARSE_CONFLICT, "kind of a conflict");
	lic_license_parse(LIC_CONTEXT_ANY, "foo", 3, &p);
	is_int(p.kind, LIC_PARSE_UNRECOGNISED, "kind of anything else");
	is_str(p.rule, "", "rule of anything else");
	lic_license_parse(LIC_CONTEXT_ANY, "licenseref-conflict", 19, &p);
	is_int(p.kind, LIC_PARSE_CONFLICT, "the id of a conflict is one");
}

static void test_bytes(void)
{
	is_str(parse_any("\xa9 2020 Jane, CC BY 4.0"), "CC-BY-4.0", "invalid bytes elsewhere");
	is_str(parse_any("CC BY-N\xff"
			 "C 4.0"),
	       "unrecognised", "invalid bytes in a name");
	is_str(parse_any("CC BY\xff"), "unrecognised", "invalid bytes at a name");
	is_str(parse(LIC_CONTEXT_ANY, "CC BY\0-NC 4.0", 13), "CC-BY-NC-4.0", "NUL is a blank");
	is_str(parse(LIC_CONTEXT_ANY, "CC0\0\0", 5), "CC0-1.0", "NUL at the end");
	is_str(parse(LIC_CONTEXT_ANY, "CC0 not", 3), "CC0-1.0", "not a byte past the end");
}

/* Fills a buffer with a pattern and parses it, with a license in front. */
static void hostile(const char *pattern, size_t size)
{
	char *text = malloc(size + 1);
	size_t n = strlen(pattern);
	clock_t start = clock();
	struct lic_parse p;

	if (!text)
		return;
	for (size_t i = 0; i < size; i++)
		text[i] = pattern[i % n];
	lic_license_parse(LIC_CONTEXT_COMMONS, text, size, &p);
	ok(p.kind != LIC_PARSE_LICENSE || !strcmp(pattern, "cc0,"), "%zu bytes of '%s' are %s",
	   size, pattern, p.expression);
	ok((double)(clock() - start) / CLOCKS_PER_SEC < 5, "in time");
	free(text);
}

static void test_hostile(void)
{
	static const char *const patterns[] = { "cc by",
						"cc-by-nc-",
						"by-",
						"creative commons ",
						"(",
						"nc ",
						",",
						"a, ",
						"cc0,",
						"/",
						"//",
						"http://",
						"%",
						"https://creativecommons.org/licenses/by-",
						"4.0",
						"\xef\xb7\xba",
						"\xcc\x81",
						"\xff",
						"no ",
						"all rights ",
						"3.0-2.5-",
						"no derivative ",
						"\xe4\xb8\x8d",
						"'t",
						"and ",
						"1.0,",
						"\xef\xbf\xbd",
						"public domain ",
						"www." };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(patterns); i++) {
		hostile(patterns[i], LIC_PARSE_MAX);
		hostile(patterns[i], LIC_PARSE_MAX + 5);
	}
}

static void test_long(void)
{
	size_t n = LIC_PARSE_MAX + 1000;
	char *text = malloc(n);

	if (!text)
		return;
	memset(text, ' ', n);
	memcpy(text, "CC BY 4.0", 9);
	is_str(parse(LIC_CONTEXT_ANY, text, LIC_PARSE_MAX), "CC-BY-4.0", "the longest text");
	text[n - 1] = 'x';
	is_str(parse(LIC_CONTEXT_ANY, text, n), "LicenseRef-Conflict",
	       "a name that the cut may have shortened");
	memset(text + 9, 'x', n - 9);
	text[9] = ' ';
	is_str(parse(LIC_CONTEXT_ANY, text, n), "CC-BY-4.0", "a name at the beginning of more");
	memcpy(text + LIC_PARSE_MAX - 9, " CC BY-NC", 9);
	is_str(parse(LIC_CONTEXT_ANY, text, n), "LicenseRef-Conflict", "a name at the cut");
	memset(text, 'x', n);
	memcpy(text + LIC_PARSE_MAX + 10, " CC BY 4.0 ", 11);
	is_str(parse(LIC_CONTEXT_ANY, text, n), "unrecognised", "a name behind the limit");
	memcpy(text, "(c) ", 4);
	is_str(parse(LIC_CONTEXT_ANY, text, n), "unrecognised", "long text is prose only");
	free(text);
}

/* What is remembered is what was parsed, also where texts share a slot and contexts differ. */
static void test_memory(void)
{
	static const enum lic_context contexts[] = { LIC_CONTEXT_ANY, LIC_CONTEXT_FLICKR_NAME,
						     LIC_CONTEXT_FLICKR_ID };
	struct lic_parses *memory = lic_parses_new();
	int wrong = 0;

	for (int i = 0; i < 2 * 40000; i++) {
		enum lic_context context = contexts[i % LIC_ARRAY_SIZE(contexts)];
		struct lic_parse plain, again;
		char text[700];
		int n = snprintf(text, sizeof(text), i % 5 ? "%d" : "(c) %d, CC BY %d.0", i % 40000,
				 i % 5);

		if (i % 1000 == 0) { /* longer than what is remembered */
			memset(text + n, ' ', sizeof(text) - (size_t)n);
			n = sizeof(text);
		}
		lic_license_parse(context, text, (size_t)n, &plain);
		for (int k = 0; k < 2; k++) {
			again = (struct lic_parse){ .rule = "x" };
			lic_license_parse_again(memory, context, text, (size_t)n, &again);
			wrong += again.kind != plain.kind || strcmp(again.rule, plain.rule) ||
				 strcmp(again.expression, plain.expression);
		}
	}
	is_int(wrong, 0, "a memory of texts changes no answer");
	lic_license_parse_again(NULL, LIC_CONTEXT_ANY, "CC0", 3, &(struct lic_parse){ 0 });
	lic_parses_free(memory);
	lic_parses_free(NULL);
}

static void *foresee(void *memory)
{
	char text[32];

	for (int i = 0; i < 3000; i++) {
		int n = snprintf(text, sizeof(text), "(c) %d, CC BY %d.0", i % 100, i % 5);

		lic_license_foresee(memory, LIC_CONTEXT_ANY, text, (size_t)n);
		lic_license_foresee(memory, LIC_CONTEXT_ANY, text, 0);
	}
	return NULL;
}

/* Threads that foresee texts change no answer of one that asks meanwhile. */
static void test_threads(void)
{
	struct lic_parses *memory = lic_parses_new();
	pthread_t thread[3];
	int wrong = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(thread); i++)
		pthread_create(&thread[i], NULL, foresee, memory);
	for (int i = 0; i < 3000; i++) {
		struct lic_parse plain = { 0 }, again = { 0 };
		char text[32];
		int n = snprintf(text, sizeof(text), "(c) %d, CC BY %d.0", i % 100, i % 5);

		lic_license_parse(LIC_CONTEXT_ANY, text, (size_t)n, &plain);
		lic_license_parse_again(memory, LIC_CONTEXT_ANY, text, (size_t)n, &again);
		wrong += again.kind != plain.kind || again.forbids != plain.forbids ||
			 strcmp(again.expression, plain.expression);
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
	is_int(wrong, 0, "nor do threads that foresee what is going to be asked");
	lic_parses_free(memory);
}

/* The search of vocabulary.c needs its words in byte order. */
static void test_vocabulary(void)
{
	FILE *f = open_source("fs/license/vocabulary.c");
	char line[1024], word[128], last[128] = "";
	int count = 0, bad = 0;
	bool inside = false;

	if (!ok(f, "vocabulary.c opens"))
		return;
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "};", 2) && inside)
			break;
		for (char *p = strchr(line, '"'); inside && p; p = strchr(p + 1, '"')) {
			snprintf(word, sizeof(word), "%.*s", (int)strcspn(p + 1, "\""), p + 1);
			p = strchr(p + 1, '"');
			bad += strcmp(last, word) >= 0;
			snprintf(last, sizeof(last), "%s", word);
			count++;
		}
		inside = inside || strstr(line, "entry words[]");
	}
	fclose(f);
	ok(count > 400, "%d words", count);
	is_int(bad, 0, "they are in order");
}

int main(void)
{
	test_vocabulary();
	test_prohibitions();
	test_file("tests/data/normaliser_vectors.tsv", 120);
	test_file("tests/data/license_strings.tsv", 200);
	test_urls();
	test_unpublished_urls();
	test_denials();
	test_stray_elements();
	test_result();
	test_bytes();
	test_hostile();
	test_long();
	test_memory();
	test_threads();
	return done_testing();
}
