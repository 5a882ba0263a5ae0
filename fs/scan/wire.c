/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a helper process: written by it, judged by the thread that drives it. */
#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include "fs/scan/wire.h"
#include "fs/scan/wire_index.h"
#include "fs/scan/wire_likeness.h"
#include "fs/scan/wire_thumbnail.h"

#define MAGIC 0x6c696332u
#define DAMAGE_MAX 255

struct record {
	uint32_t magic, size;
	uint32_t serial, number;
	int32_t result;
	uint32_t format, n_claims, next_packet, damage_n;
	uint32_t sidecar_failed;
	struct lic_hash hash;
	struct lic_digests digests;
};

#define NO_TEXT UINT32_MAX   /* text_n: the text is the raw bytes */
#define SAME_NAME UINT32_MAX /* source_n: the source of the claim before */

struct record_claim {
	uint32_t rank, role, context;
	uint32_t packet, reserve;
	uint32_t source_n, field_n, raw_n, text_n;
};

/* --- the helper's side -------------------------------------------------------------------- */

static void add_string(struct lic_buf *out, const void *p, size_t n)
{
	lic_buf_add(out, p, n);
	lic_buf_addc(out, '\0');
}

static void add_claim(struct lic_buf *out, const struct lic_claim *c, const struct lic_claim *prior)
{
	bool same = prior && prior->source == c->source;
	bool is_raw = c->text == (const char *)c->raw.p;
	struct record_claim r = {
		.rank = c->rank,
		.role = c->role,
		.context = c->context,
		.packet = c->packet,
		.reserve = c->reserve,
		.source_n = same ? SAME_NAME : (uint32_t)strlen(c->source),
		.field_n = (uint32_t)strlen(c->field),
		.raw_n = (uint32_t)c->raw.n,
		.text_n = is_raw ? NO_TEXT : (uint32_t)strlen(c->text),
	};

	lic_buf_add(out, &r, sizeof(r));
	if (!same)
		add_string(out, c->source, r.source_n);
	add_string(out, c->field, r.field_n);
	add_string(out, c->raw.p, c->raw.n);
	if (!is_raw)
		add_string(out, c->text, r.text_n);
}

void lic_answer_add(struct lic_buf *out, const struct lic_answer *a,
		    const struct lic_claims *claims)
{
	const char *damage = claims->damage;
	const size_t at = out->len;
	struct record r = {
		.magic = MAGIC,
		.serial = a->serial,
		.number = a->number,
		.result = a->result,
		.format = claims->format,
		.n_claims = (uint32_t)claims->n,
		.next_packet = claims->next_packet,
		.damage_n = damage ? (uint32_t)strnlen(damage, DAMAGE_MAX) : 0,
		.sidecar_failed = a->sidecar_failed,
		.hash = a->hash,
		.digests = a->digests,
	};

	lic_buf_add(out, &r, sizeof(r));
	add_string(out, damage ? damage : "", r.damage_n);
	for (size_t i = 0; i < claims->n; i++)
		add_claim(out, &claims->item[i], i ? &claims->item[i - 1] : NULL);
	if (lic_buf_failed(out))
		return;
	r.size = (uint32_t)(out->len - at);
	memcpy(out->data + at, &r, sizeof(r));
}

/* --- the thread's side -------------------------------------------------------------------- */

ssize_t lic_answer_size(const uint8_t *p, size_t n)
{
	struct record r;
	uint32_t magic;

	if (n < sizeof(magic))
		return 0;
	memcpy(&magic, p, sizeof(magic));
	if (magic == LIC_INDEXED)
		return lic_indexed_size(p, n);
	if (magic == LIC_LIKENED)
		return lic_likened_size(p, n);
	if (magic == LIC_PICTURED)
		return lic_pictured_size(p, n);
	if (n < sizeof(r))
		return 0;
	memcpy(&r, p, sizeof(r));
	if (r.magic != MAGIC || r.size <= sizeof(r) || r.size > LIC_ANSWER_MAX)
		return -EBADMSG;
	return (ssize_t)r.size;
}

uint64_t lic_answer_about(const uint8_t *p, size_t n)
{
	struct record r;

	if (n < sizeof(r))
		return UINT64_MAX;
	memcpy(&r, p, sizeof(r));
	return lic_progress(r.serial, r.number);
}

/* The bytes of a record, from front to back. */
struct taking {
	uint8_t *p;
	size_t left;
	uint32_t next_packet;
	unsigned files; /* the image and its sidecars */
	bool bad;
};

static const void *take(struct taking *t, size_t n)
{
	const uint8_t *p = t->p;

	if (n > t->left || n > LIC_ANSWER_MAX) {
		t->bad = true;
		return NULL;
	}
	t->p += n;
	t->left -= n;
	return p;
}

/* n bytes with a NUL behind them; `is_text`: none among them either, and valid UTF-8. */
static const char *take_string(struct taking *t, size_t n, bool is_text)
{
	const char *s = take(t, n + 1);

	if (!s || s[n] || (is_text && (strlen(s) != n || !lic_utf8_valid(s, n)))) {
		t->bad = true;
		return NULL;
	}
	return s;
}

/* A reader of files speaks for the file or a sidecar that it has, and can neither deny nor decide.
 * What a sidecar passes on and does not vouch for has a lower rank. */
static bool is_honest(const struct record_claim *r, const struct taking *t)
{
	bool has_sidecar = t->files > 1;

	return (r->rank == LIC_RANK_EMBEDDED ||
		(has_sidecar && (r->rank == LIC_RANK_SIDECAR || r->rank == LIC_RANK_MANIFEST ||
				 r->rank == LIC_RANK_NONE))) &&
	       r->role <= LIC_ROLE_RELEASE;
}

/* What REUSE and TDMRep can state. */
static bool is_honest_rule(const struct record_claim *r)
{
	return (r->rank == LIC_RANK_DIRECTORY || r->rank == LIC_RANK_SIDECAR ||
		r->rank == LIC_RANK_NONE) &&
	       (r->role == LIC_ROLE_NONE || r->role == LIC_ROLE_LICENSE ||
		r->role == LIC_ROLE_COPYRIGHT || r->role == LIC_ROLE_CREATOR ||
		r->role == LIC_ROLE_RESERVATION);
}

static bool is_possible(const struct record_claim *r, const struct taking *t)
{
	const uint32_t scopes = (1u << LIC_RESERVE_COUNT) - 1;

	return (t->files ? is_honest(r, t) : is_honest_rule(r)) && r->context < LIC_CONTEXT_COUNT &&
	       r->packet < t->next_packet && !(r->reserve & ~scopes);
}

static void take_claim(struct taking *t, const struct lic_claim *prior, struct lic_claim *ret)
{
	const void *p = take(t, sizeof(struct record_claim));
	struct record_claim r;

	if (!p)
		return;
	memcpy(&r, p, sizeof(r));
	if (!is_possible(&r, t) || (r.source_n == SAME_NAME && !prior)) {
		t->bad = true;
		return;
	}
	*ret = (struct lic_claim){
		.rank = (enum lic_rank)r.rank,
		.role = (enum lic_role)r.role,
		.context = (enum lic_context)r.context,
		.packet = r.packet,
		.reserve = r.reserve,
	};
	ret->source = r.source_n == SAME_NAME ? prior->source : take_string(t, r.source_n, false);
	ret->field = take_string(t, r.field_n, true);
	ret->raw.n = r.raw_n;
	/* what was cut may end in half a character, but not where it is the text as well */
	ret->raw.p = (const uint8_t *)take_string(t, r.raw_n, r.text_n == NO_TEXT);
	ret->text = r.text_n == NO_TEXT ? (const char *)ret->raw.p : take_string(t, r.text_n, true);
}

static int take_claims(struct taking *t, const struct record *r, struct lic_claims *ret)
{
	if (!r->n_claims)
		return 0;
	ret->item = lic_arena_alloc(&ret->arena, r->n_claims * sizeof(*ret->item));
	if (!ret->item)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_claims && !t->bad; i++)
		take_claim(t, i ? &ret->item[i - 1] : NULL, &ret->item[i]);
	ret->n = ret->cap = r->n_claims;
	return 0;
}

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

/* A reason that is shown to people is a sentence of the program, not of the file. */
static void take_damage(struct taking *t, const struct record *r, struct lic_claims *ret)
{
	const char *s = take_string(t, r->damage_n, true);

	if (s && !is_plain(s))
		t->bad = true;
	if (s && *s)
		ret->damage = s;
}

int lic_answer_take(const uint8_t *p, size_t n, const struct lic_limits *limits, unsigned files,
		    struct lic_answer *ret, struct lic_claims *ret_claims)
{
	struct taking t = { .files = files };
	struct record r;
	int e;

	if (n < sizeof(r) || lic_answer_size(p, n) != (ssize_t)n)
		return -EBADMSG;
	memcpy(&r, p, sizeof(r));
	if (r.magic != MAGIC || r.result > 0 || r.result < -4095 || r.format >= LIC_FORMAT_COUNT ||
	    r.n_claims > (uint64_t)limits->claims_max * (files ? files : 1) ||
	    (r.n_claims && (r.result || (files && r.format == LIC_FORMAT_NONE))) ||
	    r.digests.has & ~LIC_DIGEST_ALL)
		return -EBADMSG;
	ret_claims->arena.max = (size_t)LIC_ANSWER_MAX * 2;
	t.next_packet = r.next_packet;
	t.left = n - sizeof(r);
	t.p = (uint8_t *)lic_arena_dup(&ret_claims->arena, p + sizeof(r), t.left);
	if (!t.p)
		return -ENOMEM;
	take_damage(&t, &r, ret_claims);
	e = take_claims(&t, &r, ret_claims);
	if (e < 0)
		return e;
	if (t.bad || t.left)
		return -EBADMSG;
	ret_claims->format = (enum lic_format)r.format;
	ret_claims->next_packet = r.next_packet;
	*ret = (struct lic_answer){ r.serial, r.number, r.result, r.sidecar_failed != 0,
				    r.hash,   r.digests };
	return 0;
}
