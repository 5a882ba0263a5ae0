/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tdmrep.json, mirrored beside a crawl (W3C TDM Reservation Protocol, community group's final
 * report): an array of rules, the first of which that matches the path of a resource holds.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/nested.h"
#include "fs/evidence/reserve.h"
#include "fs/evidence/rules.h"

struct rule {
	char *location, *reservation, *policy; /* NULL: not there */
};

struct file {
	struct rule *rule;
	size_t n, cap;
	bool bad;
};

static void on_open(void *ctx, const struct lic_nested_path *at)
{
	struct file *f = ctx;

	/* an array, in which objects stand, in which nothing stands that we ask for */
	if (at->n == 0)
		return;
	if (at->n > 1 || at->key[0].p) {
		f->bad |= at->n == 1;
		return;
	}
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 16;
		void *p = reallocarray(f->rule, cap, sizeof(*f->rule));

		if (!p) {
			f->bad = true;
			return;
		}
		f->rule = p;
		f->cap = cap;
	}
	f->rule[f->n++] = (struct rule){ NULL, NULL, NULL };
}

static void on_close(void *ctx, const struct lic_nested_path *at)
{
	(void)ctx;
	(void)at;
}

static void on_value(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	struct file *f = ctx;
	struct rule *rule = f->n ? &f->rule[f->n - 1] : NULL;
	char **to = NULL;

	if (at->n < 2 || at->key[0].p) {
		f->bad = true; /* no array, or no objects in it */
		return;
	}
	if (at->n > 2 || !rule)
		return;
	if (!at->key[1].p) {
		f->bad = true;
		return;
	}
	if (lic_key_is(&at->key[1], "location"))
		to = &rule->location;
	else if (lic_key_is(&at->key[1], "tdm-reservation"))
		to = &rule->reservation;
	else if (lic_key_is(&at->key[1], "tdm-policy"))
		to = &rule->policy;
	if (!to)
		return;
	*to = strndup((const char *)p, n);
	if (!*to || strlen(*to) != n)
		f->bad = true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_plain(struct lic_buf *out, char c)
{
	if (strchr("*?\\", c))
		lic_buf_addc(out, '\\');
	lic_buf_addc(out, c);
}

/* The path of an address, without the slash that begins it. */
static const char *path_of(const char *location)
{
	const char *scheme = strstr(location, "://");

	if (scheme && scheme - location < 8) {
		location = scheme + 3;
		location += strcspn(location, "/");
	}
	return location + (*location == '/');
}

/* "*" is anything, "$" at the end is the end; else whatever begins so. A mirror may have kept the
 * escapes of an address in its names, or not. */
static void add_location(struct lic_reading *r, uint32_t packet, const char *location, bool decode)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(LIC_RULES_MAX * 4);
	const char *s = path_of(location);
	bool whole = false;

	for (; *s; s++) {
		if (*s == '*') {
			lic_buf_adds(&b, s[1] == '/' ? "**\\" : "**");
		} else if (*s == '$' && !s[1]) {
			whole = true;
		} else if (decode && *s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0 &&
			   (hex(s[1]) | hex(s[2]))) {
			add_plain(&b, (char)(hex(s[1]) << 4 | hex(s[2])));
			s += 2;
		} else {
			add_plain(&b, *s);
		}
	}
	if (!whole)
		lic_buf_adds(&b, "**");
	lic_rule_add_pattern(r, packet, lic_buf_str(&b), b.len);
}

static void add_rule(struct lic_reading *r, const struct rule *rule)
{
	static const struct lic_field reservation = { "tdm-reservation", LIC_ROLE_RESERVATION,
						      LIC_FIELD_TDM, 0 };
	static const struct lic_field policy = { "tdm-policy", LIC_ROLE_NONE, 0, 0 };
	uint32_t packet = lic_reading_packet(r);
	const char *value = rule->reservation ? rule->reservation : "";

	add_location(r, packet, rule->location, true);
	if (strchr(rule->location, '%'))
		add_location(r, packet, rule->location, false);
	/* a value that nobody knows, or none, reserves everything */
	lic_reading_add_as(r, "TDMRep", &reservation, packet, value, strlen(value),
			   *value ? value : "not stated", lic_reserve_of(LIC_FIELD_TDM, value));
	if (rule->policy && *rule->policy)
		lic_reading_add(r, "TDMRep", &policy, packet, LIC_CHARSET_GUESS, rule->policy,
				strlen(rule->policy));
}

void lic_rules_tdm(struct lic_reading *r, const char *p, size_t n)
{
	static const struct lic_nested_handler handler = { on_open, on_close, on_value };
	struct file f = { 0 };
	bool ok = lic_json_walk((const uint8_t *)p, n, &handler, &f) && !f.bad;

	for (size_t i = 0; i < f.n; i++)
		ok = ok && f.rule[i].location;
	r->rank = LIC_RANK_DIRECTORY;
	/* the last rule speaks, and here it is the first that does */
	for (size_t i = f.n; i && ok; i--)
		add_rule(r, &f.rule[i - 1]);
	if (!ok)
		lic_rule_fail(r, 0, "no array of rules with a location");
	for (size_t i = 0; i < f.n; i++) {
		free(f.rule[i].location);
		free(f.rule[i].reservation);
		free(f.rule[i].policy);
	}
	free(f.rule);
}
