/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations as people are told of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"
#include "revocation.h"

/* --- gathering ---------------------------------------------------------------------------- */

static char *copy(const void *p, size_t n)
{
	char *s = p ? malloc(n + 1) : NULL;

	if (!p)
		return NULL;
	if (!s)
		output_out_of_memory();
	memcpy(s, p, n);
	s[n] = 0;
	return s;
}

static char *copy_str(const char *s)
{
	return s ? copy(s, strlen(s)) : NULL;
}

static struct told_revocation tell(const struct lic_revocation *r, enum lic_selector_kind by)
{
	return (struct told_revocation){
		.number = r->number,
		.born = r->born,
		.at = r->at,
		.ended_at = r->died ? r->ended_at : 0,
		.kind = r->kind,
		.by = by,
		.text = r->text.n ? copy(r->text.p, r->text.n) : NULL,
		.reason = copy_str(r->reason),
		.requester = copy_str(r->requester),
		.who = copy_str(r->who),
		.ended_who = r->died ? copy_str(r->ended_who ? r->ended_who : "") : NULL,
		.ended_why = r->died ? copy_str(r->ended_why ? r->ended_why : "") : NULL,
		.erased = r->erased,
		.by_likeness = r->by_likeness,
	};
}

static void forget(struct told_revocation *r)
{
	free(r->text);
	free(r->reason);
	free(r->requester);
	free(r->who);
	free(r->ended_who);
	free(r->ended_why);
}

static void add(struct told_revocations *t, struct told_revocation r)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 4;
		struct told_revocation *more = reallocarray(t->item, cap, sizeof(*more));

		if (!more)
			output_out_of_memory();
		t->item = more;
		t->cap = cap;
	}
	t->item[t->n++] = r;
}

void revocations_release(struct told_revocations *t)
{
	for (size_t i = 0; i < t->n; i++)
		forget(&t->item[i]);
	free(t->item);
	memset(t, 0, sizeof(*t));
}

static int keep(void *ctx, const struct lic_revocation *r, enum lic_selector_kind by)
{
	add(ctx, tell(r, by));
	return 0;
}

int revocations_of(struct told_revocations *t, struct lic_catalog *cat, int64_t entry,
		   struct lic_error *err)
{
	return lic_catalog_revoked_by(cat, entry, keep, t, err);
}

struct past {
	struct told_revocations *told;
	struct lic_catalog *cat;
	int64_t entry;
	struct lic_error *err;
};

static int was_revoked(const struct past *p, int64_t generation, bool *ret)
{
	const struct lic_rights *rights = NULL;
	int64_t number = 0;
	int r = lic_catalog_rights_at(p->cat, p->entry, generation, &number, p->err);

	*ret = false;
	if (r == -ENOENT || !number)
		return r == -ENOENT ? 0 : r;
	if (r == 0)
		rights = lic_catalog_rights(p->cat, number, p->err);
	if (!rights)
		return r < 0 ? r : lic_error_prefix(p->err, "cannot read rights");
	*ret = rights->status == LIC_STATUS_REVOKED;
	return 0;
}

/* What a revocation matched is judged again in the transaction that ends it, which ends no other.
 */
static int keep_past(void *ctx, const struct lic_revocation *r)
{
	struct past *p = ctx;
	bool before = false, after = false;
	int status = r->died ? was_revoked(p, r->died - 1, &before) : 0;

	if (status == 0 && before)
		status = was_revoked(p, r->died, &after);
	if (status == 0 && before && !after)
		add(p->told, tell(r, r->kind));
	return status;
}

int revocations_past(struct told_revocations *t, struct lic_catalog *cat, int64_t entry,
		     struct lic_error *err)
{
	struct past p = { t, cat, entry, err };

	return lic_catalog_revocations(cat, keep_past, &p, err);
}

/* --- numbers ------------------------------------------------------------------------------ */

int revocations_numbers(struct lic_catalog *cat, int64_t entry, struct lic_buf *out,
			struct lic_error *err)
{
	struct told_revocations told = { 0 };
	int r = revocations_of(&told, cat, entry, err);

	for (size_t i = 0; r == 0 && i < told.n; i++)
		lic_buf_addf(out, "%s%lld", i ? ", " : "", (long long)told.item[i].number);
	revocations_release(&told);
	return r;
}

int revocations_numbers_json(struct lic_catalog *cat, int64_t entry, struct lic_json *j,
			     struct lic_error *err)
{
	struct told_revocations told = { 0 };
	int r = revocations_of(&told, cat, entry, err);

	lic_json_key(j, "revocations");
	lic_json_array(j);
	for (size_t i = 0; i < told.n; i++)
		lic_json_int(j, told.item[i].number);
	lic_json_array_end(j);
	revocations_release(&told);
	return r;
}

static int count(void *ctx, const struct lic_revocation *r)
{
	struct revocation_totals *t = ctx;

	t->force += !r->died;
	t->ended += r->died != 0;
	return 0;
}

int revocations_count(struct lic_catalog *cat, struct revocation_totals *ret, struct lic_error *err)
{
	memset(ret, 0, sizeof(*ret));
	return lic_catalog_revocations(cat, count, ret, err);
}

/* --- telling ------------------------------------------------------------------------------ */

const char *revocation_kind(enum lic_selector_kind kind)
{
	switch (kind) {
	case LIC_SELECT_XXH3:
	case LIC_SELECT_MD5:
	case LIC_SELECT_SHA256:
		return "content";
	case LIC_SELECT_URL:
		return "source";
	default:
		return lic_selector_name(kind);
	}
}

void revocation_named(const struct told_revocation *r, struct lic_buf *out)
{
	lic_buf_adds(out, revocation_kind(r->kind));
	if (r->text) {
		lic_buf_addc(out, ' ');
		lic_text_show(out, r->text, strlen(r->text));
	}
	if (r->erased)
		lic_buf_adds(out, ", erased");
}

static void add_shown(struct lic_buf *b, const char *before, const char *s)
{
	lic_buf_adds(b, before);
	lic_text_show(b, s, strlen(s));
}

void revocation_told(const struct told_revocation *r, struct lic_buf *out)
{
	char day[32];

	add_shown(out, "", r->who);
	if (*r->requester)
		add_shown(out, ", asked by ", r->requester);
	add_shown(out, ": ", r->reason);
	if (!r->ended_why)
		return;
	date_format(r->ended_at, day);
	day[10] = 0;
	lic_buf_addf(out, "; ended %s", day);
	add_shown(out, " by ", r->ended_who);
	add_shown(out, ": ", r->ended_why);
}

void revocation_json(const struct told_revocation *r, struct lic_json *j)
{
	char at[32], ended[32];

	date_format(r->at, at);
	date_format(r->ended_at, ended);
	lic_json_kint(j, "revocation", r->number);
	lic_json_kstr(j, "kind", lic_selector_name(r->kind));
	lic_json_kstr(j, "named", r->text);
	lic_json_kbool(j, "by_likeness", r->by_likeness);
	lic_json_kbool(j, "erased", r->erased);
	lic_json_kstr(j, "reason", r->reason);
	lic_json_kstr(j, "requester", *r->requester ? r->requester : NULL);
	lic_json_kstr(j, "who", r->who);
	lic_json_kstr(j, "at", at);
	lic_json_kbool(j, "in_force", !r->ended_why);
	if (!r->ended_why)
		return;
	lic_json_kstr(j, "ended_at", ended);
	lic_json_kstr(j, "ended_who", r->ended_who);
	lic_json_kstr(j, "ended_why", r->ended_why);
}

void revocation_row(const struct told_revocation *r, bool image, struct table *t)
{
	struct lic_buf what = LIC_BUF_INIT(1u << 26), why = LIC_BUF_INIT(1u << 20);
	char number[24], day[32];

	snprintf(number, sizeof(number), "%lld", (long long)r->number);
	date_format(r->at, day);
	day[10] = 0;
	if (r->ended_why)
		lic_buf_adds(&what, "ended: ");
	revocation_named(r, &what);
	if (image && r->by == LIC_SELECT_XXH3 && r->kind != LIC_SELECT_XXH3)
		lic_buf_adds(&what, "; this one by its bytes, which it has matched before");
	revocation_told(r, &why);
	table_row(t, (const char *const[]){ number, day, lic_buf_str(&what), lic_buf_str(&why) });
	lic_buf_release(&what);
	lic_buf_release(&why);
}

/* --- the list ----------------------------------------------------------------------------- */

struct listing {
	struct table *table; /* NULL: JSON */
	struct json_line line;
};

static int list_one(void *ctx, const struct lic_revocation *r)
{
	struct listing *l = ctx;
	struct told_revocation told = tell(r, r->kind);

	if (l->table) {
		revocation_row(&told, false, l->table);
	} else {
		json_begin(&l->line);
		revocation_json(&told, &l->line.json);
		json_end(&l->line);
	}
	forget(&told);
	return output_broken();
}

int revocations_list(struct lic_catalog *cat, bool json, struct lic_error *err)
{
	static const struct table_column columns[] = {
		{ "N", TABLE_RIGHT },
		{ "DATE", TABLE_PLAIN },
		{ "REVOKED", TABLE_WRAP },
		{ "WHO AND WHY", TABLE_WRAP },
	};
	struct listing l = { 0 };
	int r;

	if (!json)
		l.table = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	r = lic_catalog_revocations(cat, list_one, &l, err);
	table_print(l.table);
	json_release(&l.line);
	return r < 0 ? r : 0;
}
