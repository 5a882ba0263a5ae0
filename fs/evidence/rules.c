/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule files there are, and what becomes of one that cannot be read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/evidence/reserve.h"
#include "fs/evidence/rules.h"

static const struct rule_file {
	const char *name;
	void (*read)(struct lic_reading *r, const char *p, size_t n);
	bool reserves;
} files[] = {
	{ "REUSE.toml", lic_rules_toml, false },
	{ ".reuse/dep5", lic_rules_dep5, false },
	{ "tdmrep.json", lic_rules_tdm, true },
	{ ".well-known/tdmrep.json", lic_rules_tdm, true },
};

const char *lic_rule_file_at(size_t i)
{
	return i < LIC_ARRAY_SIZE(files) ? files[i].name : NULL;
}

static const struct rule_file *find(const char *name)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(files); i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

bool lic_rule_file_reserves(const char *name)
{
	const struct rule_file *f = find(name);

	return f && f->reserves;
}

void lic_rule_add_pattern(struct lic_reading *r, uint32_t packet, const char *pattern, size_t n)
{
	static const struct lic_field field = { LIC_RULE_PATTERN, LIC_ROLE_NONE, 0, 0 };

	if (n > 4096)
		lic_rule_fail(r, 0, "a path that is longer than any file's");
	else
		lic_reading_add_as(r, "rule", &field, packet, pattern, n, pattern, 0);
}

static const char *kept(struct lic_claims *c, const char *text)
{
	const char *s = lic_arena_dup(&c->arena, text, strlen(text));

	return s ? s : "a rule file cannot be read";
}

void lic_rule_fail(struct lic_reading *r, size_t line, const char *why)
{
	char text[160];

	if (line)
		snprintf(text, sizeof(text), "line %zu: %s", line, why);
	else
		snprintf(text, sizeof(text), "%s", why);
	if (!r->claims->damage)
		lic_reading_damage(r, kept(r->claims, text));
}

/* Nothing of a file that is malformed counts, but that it may have restricted everything. */
static void settle(const struct rule_file *f, struct lic_claims *c)
{
	static const char text[] = "cannot be read";
	struct lic_claim claim = {
		.rank = LIC_RANK_DIRECTORY,
		.role = LIC_ROLE_RESERVATION,
		.reserve = LIC_RESERVE_ALL,
		.source = "TDMRep",
		.field = "tdm-reservation",
		.raw = { (const uint8_t *)text, sizeof(text) - 1 },
		.text = text,
	};

	if (!c->damage)
		return;
	c->n = 0;
	if (!f || !f->reserves)
		return;
	claim.packet = c->next_packet++;
	lic_claims_add(c, &claim);
}

void lic_rules_unread(const char *name, const char *why, struct lic_claims *ret)
{
	lic_claims_reset(ret);
	ret->damage = kept(ret, why);
	settle(find(name), ret);
}

static void read_text(struct lic_reading *r, const struct rule_file *f)
{
	struct lic_block b;
	char *text;

	if (r->in->size > LIC_RULES_MAX) {
		lic_reading_damage(r, "larger than 1 MiB");
		return;
	}
	if (!lic_reading_block(r, 0, r->in->size, &b))
		return;
	text = malloc(b.n + 1);
	if (!text) {
		lic_reading_damage(r, "does not fit in memory");
	} else if (memchr(b.p, '\0', b.n) || !lic_utf8_valid(b.p, b.n)) {
		lic_reading_damage(r, "no UTF-8 text");
	} else {
		memcpy(text, b.p, b.n);
		text[b.n] = '\0';
		f->read(r, text, b.n);
	}
	free(text);
	lic_block_release(&b);
}

int lic_rules_read(int fd, uint64_t size, const char *name, const struct lic_limits *limits,
		   struct lic_claims *ret, struct lic_error *err)
{
	const struct rule_file *f = find(name);
	struct lic_reading r = {
		.limits = limits,
		.claims = ret,
		.rank = LIC_RANK_DIRECTORY,
		.budget = limits->block_max,
		.claims_left = limits->claims_max,
		.text = LIC_BUF_INIT(limits->value_max * 3 + 16),
	};
	struct lic_input in;
	int e;

	if (!f)
		return lic_error_set(err, EINVAL, "no rule file is called '%s'", name);
	e = lic_input_open(&in, fd, 0, size);
	if (e == 0)
		e = lic_input_settle(&in, NULL);
	r.in = &in;
	if (e == 0)
		read_text(&r, f);
	if (in.is_short)
		lic_reading_damage(&r, "shorter than when it was judged");
	e = in.error;
	settle(f, ret);
	lic_buf_release(&r.text);
	lic_input_release(&in);
	return e < 0 ? lic_error_sys(err, -e, "cannot read the rule file") : 0;
}
