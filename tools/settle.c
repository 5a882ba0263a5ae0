/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that settle a conflict: each decision is tried on the claims, and printed only where
 * the image is clear with it. */
#include <stdlib.h>
#include <string.h>

#include "conflict.h"
#include "output.h"

#define TRIED_MAX 16 /* sources, licenses, decisions */
#define COMMAND_MAX (1u << 20)

struct settling {
	const struct store *store;
	const struct lic_buf *path;
	struct lic_claims *claims;
	const struct lic_effect *effects;
	size_t n; /* claims without those that are tried */
	const struct lic_policy *policy;
	const char *kind;
	struct settlements *ret;
};

/* The status of the claims with one more. */
static enum lic_status try_claim(struct settling *s, enum lic_rank rank, enum lic_role role,
				 const char *text, bool override)
{
	struct lic_claim c = {
		.rank = rank,
		.role = role,
		.packet = s->claims->next_packet,
		.source = "decision",
		.field = "decision",
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
		.override = override,
	};
	const char *damage = s->claims->damage;
	struct lic_rights rights;

	lic_claims_add(s->claims, &c);
	lic_rights_resolve(s->claims, s->policy, &rights, NULL, NULL);
	s->claims->n = s->n;
	s->claims->damage = damage;
	return rights.status;
}

/* The status without one decision. */
static enum lic_status try_without(struct settling *s, int64_t decision)
{
	enum lic_role role[TRIED_MAX];
	size_t taken[TRIED_MAX], n = 0;
	struct lic_rights rights;

	for (size_t i = 0; i < s->n && n < TRIED_MAX; i++) {
		struct lic_claim *c = &s->claims->item[i];

		if (c->ref != decision || strncmp(c->source, "decision ", 9) != 0)
			continue;
		taken[n] = i;
		role[n++] = c->role;
		c->role = LIC_ROLE_NONE;
	}
	lic_rights_resolve(s->claims, s->policy, &rights, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		s->claims->item[taken[i]].role = role[i];
	return rights.status;
}

/* --- commands ----------------------------------------------------------------------------- */

static void add_word(struct lic_buf *b, const char *option, const void *p, size_t n)
{
	lic_buf_adds(b, option);
	lic_text_quote(b, p, n);
}

static void add_verb(const struct settling *s, const char *verb, struct lic_buf *b)
{
	lic_buf_addf(b, "licensefs %s ", verb);
	if (s->store->catalog) {
		add_word(b, "--catalog ", s->store->catalog, strlen(s->store->catalog));
		lic_buf_addc(b, ' ');
	}
	lic_text_quote(b, s->store->path, strlen(s->store->path));
}

static void add_path(const struct settling *s, struct lic_buf *b)
{
	const char *path = lic_buf_str(s->path);

	add_word(b, *path == '-' ? " -- " : " ", path, s->path->len);
}

static void add_reason(const struct settling *s, struct lic_buf *b)
{
	add_word(b, " --reason ", s->kind, strlen(s->kind));
}

static void keep(struct settling *s, const struct settlement *made, struct lic_buf *command)
{
	struct settlements *l = s->ret;
	struct settlement *item;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		void *p = reallocarray(l->item, cap, sizeof(*l->item));

		if (!p)
			output_out_of_memory();
		l->item = p;
		l->cap = cap;
	}
	item = &l->item[l->n++];
	*item = *made;
	item->source = made->source ? strdup(made->source) : NULL;
	item->license = made->license ? strdup(made->license) : NULL;
	item->command = lic_buf_take(command);
	if (!item->command || (made->source && !item->source) || (made->license && !item->license))
		output_out_of_memory();
}

static void keep_for_file(struct settling *s, const struct settlement *made, const char *option,
			  const char *value)
{
	struct lic_buf b = LIC_BUF_INIT(COMMAND_MAX);

	add_verb(s, "decide", &b);
	lic_buf_adds(&b, option);
	if (value)
		add_word(&b, " ", value, strlen(value));
	if (made->override)
		lic_buf_adds(&b, " --override");
	add_reason(s, &b);
	add_path(s, &b);
	keep(s, made, &b);
}

/* Every file of the kind, named one by one. */
static void keep_for_all(struct settling *s, const struct settlement *made, const char *option,
			 const char *value)
{
	struct settlement all = *made;
	struct lic_buf b = LIC_BUF_INIT(COMMAND_MAX);
	const char *path = lic_buf_str(s->path);

	all.all = true;
	add_verb(s, "find", &b);
	add_word(&b, " --print0 --conflict-of ", path, s->path->len);
	lic_buf_adds(&b, " | ");
	add_verb(s, "decide", &b);
	lic_buf_adds(&b, " --files-from - --null");
	lic_buf_adds(&b, option);
	if (value)
		add_word(&b, " ", value, strlen(value));
	if (made->override)
		lic_buf_adds(&b, " --override");
	add_reason(s, &b);
	keep(s, &all, &b);
}

/* --- what is tried ------------------------------------------------------------------------ */

static bool states_license(const struct settling *s, size_t i)
{
	enum lic_role role = s->claims->item[i].role;

	return *s->effects[i].license && (role == LIC_ROLE_LICENSE || role == LIC_ROLE_COPYRIGHT ||
					  role == LIC_ROLE_WEBSTATEMENT ||
					  role == LIC_ROLE_COMMENT || role == LIC_ROLE_CAPTION);
}

static bool add_new(const char **list, size_t *n, const char *item)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(list[i], item) == 0)
			return false;
	if (*n == TRIED_MAX)
		return false;
	list[(*n)++] = item;
	return true;
}

static void keep_trust(struct settling *s, const char *source)
{
	struct settlement made = { .does = "trust", .source = (char *)(uintptr_t)source };
	struct lic_buf b = LIC_BUF_INIT(COMMAND_MAX);

	if (try_claim(s, LIC_RANK_OPERATOR, LIC_ROLE_TRUST, source, false) == LIC_STATUS_CLEAR)
		keep_for_file(s, &made, " --trust", source);
	/* The name of a sidecar is that of one image */
	if (strncmp(source, "sidecar ", 8) == 0 ||
	    try_claim(s, LIC_RANK_DIRECTORY, LIC_ROLE_TRUST, source, false) != LIC_STATUS_CLEAR)
		return;
	made.all = true;
	add_verb(s, "decide", &b);
	add_word(&b, " --trust ", source, strlen(source));
	add_reason(s, &b);
	lic_buf_adds(&b, " '**'");
	keep(s, &made, &b);
}

/* A source as decide takes it: printable, no pattern that would name others too. */
static bool can_be_trusted(const char *source)
{
	for (const char *p = source; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return *source && strlen(source) <= 1024 && strncmp(source, "decision ", 9) != 0;
}

static void try_trust(struct settling *s)
{
	const char *source[TRIED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (states_license(s, i) && can_be_trusted(s->claims->item[i].source) &&
		    add_new(source, &n, s->claims->item[i].source))
			keep_trust(s, source[n - 1]);
}

static void try_undo(struct settling *s)
{
	const char *seen[TRIED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct lic_claim *c = &s->claims->item[i];
		struct settlement made = { .does = "undo",
					   .all = c->rank != LIC_RANK_OPERATOR,
					   .decision = c->ref };
		struct lic_buf b = LIC_BUF_INIT(COMMAND_MAX);

		if (strncmp(c->source, "decision ", 9) != 0 || !add_new(seen, &n, c->source) ||
		    try_without(s, c->ref) == LIC_STATUS_CONFLICT)
			continue;
		add_verb(s, "decide", &b);
		lic_buf_addf(&b, " --undo %lld", (long long)c->ref);
		add_reason(s, &b);
		keep(s, &made, &b);
	}
}

static void try_license(struct settling *s, const char *license)
{
	struct settlement made = { .does = "license", .license = (char *)(uintptr_t)license };

	if (try_claim(s, LIC_RANK_OPERATOR, LIC_ROLE_LICENSE, license, false) != LIC_STATUS_CLEAR) {
		made.override = true;
		if (try_claim(s, LIC_RANK_OPERATOR, LIC_ROLE_LICENSE, license, true) !=
		    LIC_STATUS_CLEAR)
			return;
	}
	keep_for_file(s, &made, " --license", license);
	keep_for_all(s, &made, " --license", license);
}

static void try_licenses(struct settling *s)
{
	const char *license[TRIED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (states_license(s, i))
			add_new(license, &n, s->effects[i].license);
	for (size_t i = 0; i < n; i++)
		try_license(s, license[i]);
}

void settle(const struct store *store, const struct lic_buf *path, struct lic_claims *claims,
	    const struct lic_effect *effects, const struct lic_policy *policy,
	    struct settlements *ret)
{
	struct lic_buf kind = LIC_BUF_INIT(1u << 16);
	struct settling s = { .store = store,
			      .path = path,
			      .claims = claims,
			      .effects = effects,
			      .n = claims->n,
			      .policy = policy,
			      .ret = ret };
	struct settlement deny = { .does = "deny" };

	conflict_kind(claims, effects, policy, &kind);
	s.kind = lic_buf_str(&kind);
	if (kind.len) {
		try_trust(&s);
		try_undo(&s);
		try_licenses(&s);
		keep_for_file(&s, &deny, " --deny", NULL);
		keep_for_all(&s, &deny, " --deny", NULL);
	}
	lic_buf_release(&kind);
}

void settlements_release(struct settlements *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->item[i].source);
		free(s->item[i].license);
		free(s->item[i].command);
	}
	free(s->item);
	*s = (struct settlements){ 0 };
}
