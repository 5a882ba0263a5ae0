/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prohibitions in running text: "no AI training", "not for commercial use", "editorial use only".
 *
 * Words are read by the part that they play (prohibit_words.c), sentence by sentence: what is done
 * with the picture, and near it what takes that away. A license elsewhere does not grant what such
 * a text forbids, so in doubt a text forbids; but what licenses say of themselves ("no
 * restrictions") and what captions tell ("was not published") takes nothing.
 */
#include "fs/license/prohibit.h"

#define REACH 14 /* words over which a prohibition reaches */
#define NEAR 5	 /* words within which two make one term: "AI ... training" */

#define COMMERCIAL (1u << LIC_COMMERCIAL_USE)
#define SPREADING (1u << LIC_REDISTRIBUTE)
#define DERIVING (1u << LIC_DERIVE | 1u << LIC_SHARE_ADAPTATIONS)

struct text {
	const struct lic_words *t;
	const uint64_t *parts; /* of each word */
	size_t from, to;       /* the sentence */
};

static uint64_t at(const struct text *x, size_t i)
{
	return i >= x->from && i < x->to ? x->parts[i] : 0;
}

/* All parts of the words from i - before to i + behind, without word i. */
static uint64_t around(const struct text *x, size_t i, size_t before, size_t behind)
{
	size_t first = i - x->from > before ? i - before : x->from;
	uint64_t parts = 0;

	for (size_t k = first; k < x->to && k <= i + behind; k++)
		if (k != i)
			parts |= x->parts[k];
	return parts;
}

static bool after_comma(const struct text *x, size_t i)
{
	return i < x->to && x->t->w[i].gap & LIC_GAP_COMMA;
}

/* --- what is done ------------------------------------------------------------------------- */

static unsigned training(const struct text *x, size_t i)
{
	uint64_t beside = at(x, i) | at(x, i + 1);

	for (size_t k = 1; k <= 2 && i >= x->from + k && !after_comma(x, i + 1 - k); k++)
		beside |= at(x, i - k);
	return beside & LIC_PART_GENERATIVE ? LIC_FORBIDS_GENERATIVE
					    : LIC_FORBIDS_TRAINING | LIC_FORBIDS_GENERATIVE;
}

static bool is_training(const struct text *x, size_t i)
{
	uint64_t near = around(x, i, NEAR, NEAR);

	if (near & (LIC_PART_AI | LIC_PART_MODEL | LIC_PART_GENERATIVE))
		return true;
	if (at(x, i) & LIC_PART_DATA)
		return near & LIC_PART_TRAIN;
	return lic_word_is(x->t, i + 1, "on") && around(x, i, 0, NEAR) & LIC_PART_PICTURE;
}

/* Nothing but "no" and this word, between stops or commas: what else is "no mining" about? */
static bool stands_alone(const struct text *x, size_t i)
{
	return i > x->from && at(x, i - 1) & LIC_PART_NO &&
	       (i - 1 == x->from || after_comma(x, i - 1)) &&
	       (i + 1 == x->to || after_comma(x, i + 1));
}

/* "not for AI", "no AI use", "no AI": but "no AI was used" says how the picture was made. */
static bool is_ai_use(const struct text *x, size_t i)
{
	uint64_t next = at(x, i + 1), before = around(x, i, 2, 0);

	if (next & (LIC_PART_MADE | LIC_PART_PAST) && !(next & LIC_PART_ALLOW))
		return false;
	if (next & (LIC_PART_USE | LIC_PART_TRAIN | LIC_PART_DATA | LIC_PART_MINING | LIC_PART_TDM |
		    LIC_PART_ALLOW | LIC_PART_MODEL))
		return true;
	if (before & (LIC_PART_TO | LIC_PART_USE))
		return true;
	return stands_alone(x, i);
}

/* "commercial use", "for commercial purposes", "commercially", "no commercial" */
static bool is_commerce(const struct text *x, size_t i, bool order)
{
	const struct lic_word *w = &x->t->w[i];
	const char *end = x->t->s + w->off + w->len;

	if (w->len > 2 && end[-1] == 'y' && end[-2] == 'l')
		return true;
	return around(x, i, order ? REACH : 2, 4) & (LIC_PART_USE | LIC_PART_SPREAD) ||
	       around(x, i, 1, 0) & (LIC_PART_TO | LIC_PART_NO | LIC_PART_WITHOUT);
}

/* LIC_FORBIDS_* of word i if it is taken away. `order`: by a prohibition, not by a report. */
static unsigned done(const struct text *x, size_t i, bool order)
{
	uint64_t w = at(x, i);

	if (w & LIC_PART_TRAIN && is_training(x, i))
		return training(x, i);
	if (w & LIC_PART_TDM)
		return LIC_FORBIDS_MINING;
	if (w & LIC_PART_MINING &&
	    (around(x, i, 3, 3) & (LIC_PART_DATA | LIC_PART_AI) || stands_alone(x, i)))
		return LIC_FORBIDS_MINING;
	if (w & LIC_PART_AI && is_ai_use(x, i))
		return training(x, i);
	if (w & LIC_PART_COMMERCE && is_commerce(x, i, order))
		return COMMERCIAL;
	if (w & LIC_PART_SPREAD)
		return SPREADING;
	if (w & LIC_PART_DERIVE)
		return DERIVING;
	if (order && w & LIC_PART_SELL)
		return COMMERCIAL;
	if (order && w & LIC_PART_COPY)
		return SPREADING;
	return order && w & LIC_PART_EDIT ? DERIVING : 0;
}

/* --- how it is taken away ----------------------------------------------------------------- */

/* "without prior written permission", "unauthorised" */
static bool asks_permission(const struct text *x, size_t first, size_t last)
{
	for (size_t i = first; i < x->to && i <= last; i++)
		if (at(x, i) & LIC_PART_WITHOUT &&
		    (at(x, i) | around(x, i, 0, NEAR)) & LIC_PART_PERMISSION)
			return true;
	return false;
}

/* What a license gives is its owner's permission: there such words say no more than "all rights
 * reserved" does. Commerce and AI are named for a reason. */
static unsigned on_condition(unsigned forbids)
{
	const unsigned named = COMMERCIAL | LIC_FORBIDS_AI;

	return (forbids & named) | (forbids & named ? 0 : LIC_FORBIDS_USE);
}

/* "not only", "not restricted to", "no need", "not made with": nothing is taken. */
static bool lifts(const struct text *x, size_t i)
{
	size_t k = i + 1;

	if (k < x->to && after_comma(x, k))
		return true;
	if (at(x, i) & LIC_PART_NOT && at(x, k) & (LIC_PART_ONLY | LIC_PART_BAN | LIC_PART_MADE))
		return true;
	return at(x, k) & LIC_PART_LIFTS && !(at(x, k) & LIC_PART_ORDER);
}

/* "may not be used to ...", "no ..." at word i. */
static unsigned read_negation(const struct text *x, size_t i)
{
	bool no = at(x, i) & LIC_PART_NO, used = false, whole = true;
	bool order = !no && (i == x->from || after_comma(x, i) ||
			     (at(x, i) | around(x, i, 1, 1)) & LIC_PART_ORDER);
	unsigned forbids = 0;

	if (lifts(x, i) || (i > x->from && at(x, i - 1) & LIC_PART_PAST))
		return 0;
	for (size_t k = i + 1; k < x->to && k <= i + REACH; k++) {
		uint64_t w = at(x, k);

		if (w & LIC_PART_LIFTS && !(w & LIC_PART_ORDER)) {
			whole = false;
			if (no && !after_comma(x, k))
				forbids = 0;
			break;
		}
		if (!w || w & (LIC_PART_NO | LIC_PART_NOT | LIC_PART_BAN) ||
		    (w & LIC_PART_PAST && !(w & LIC_PART_FILLER))) {
			whole = false;
			break;
		}
		order |= !!(w & LIC_PART_ORDER);
		used |= !!(w & LIC_PART_USE);
		forbids |= done(x, k, order);
	}
	if (asks_permission(x, i, i + REACH) && (forbids || used))
		return on_condition(forbids);
	return forbids || !used || !order || !whole ? forbids : LIC_FORBIDS_USE;
}

/* What stands within reach of a ban at word i, before it or else behind it. */
static unsigned within(const struct text *x, size_t i, bool before, bool behind, bool *ret_used)
{
	size_t first = i - x->from > REACH ? i - REACH : x->from;
	unsigned forbids = 0;

	for (size_t k = first; before && k <= i; k++) {
		forbids |= done(x, k, true);
		if (at(x, k) & LIC_PART_USE && i - k <= NEAR)
			*ret_used = true;
	}
	for (size_t k = i + 1; behind && !forbids && k < x->to && k <= i + REACH; k++) {
		for (; k < x->to && k <= i + REACH; k++) {
			forbids |= done(x, k, true);
			if (at(x, k) & LIC_PART_USE && k - i <= NEAR)
				*ret_used = true;
		}
	}
	return forbids;
}

static unsigned read_ban(const struct text *x, size_t i)
{
	size_t first = i - x->from > REACH ? i - REACH : x->from;
	bool used = false;
	unsigned forbids;

	if (around(x, i, 3, 0) & (LIC_PART_NO | LIC_PART_NOT))
		return 0;
	forbids = within(x, i, true, true, &used);
	if (asks_permission(x, first, i + REACH) && (forbids || used))
		return on_condition(forbids);
	return forbids ? forbids : used ? LIC_FORBIDS_USE : 0;
}

/* "commercial use is not permitted" at "not" */
static unsigned read_refusal(const struct text *x, size_t i)
{
	bool used = false;

	if (!(around(x, i, 0, 3) & LIC_PART_ALLOW))
		return 0;
	return within(x, i, true, false, &used);
}

/* "text and data mining reserved" */
static unsigned read_reserve(const struct text *x, size_t i)
{
	bool used = false;

	if (around(x, i, 3, 0) & LIC_PART_NO)
		return 0;
	return (within(x, i, true, false, &used) | within(x, i, false, true, &used)) &
	       LIC_FORBIDS_AI;
}

/* "for editorial use only", "only for non-commercial purposes" */
static unsigned read_only(const struct text *x, size_t i)
{
	uint64_t near = around(x, i, NEAR, NEAR);

	if (around(x, i, 2, 0) & LIC_PART_NOT || near & LIC_PART_COMMERCE)
		return 0;
	if (near & LIC_PART_NONCOMMERCE)
		return COMMERCIAL;
	if (!(near & LIC_PART_PURPOSE) ||
	    (!(near & (LIC_PART_USE | LIC_PART_TO)) && x->to - x->from > 2))
		return 0;
	return LIC_FORBIDS_PERMISSIONS;
}

/* "for non-commercial use" */
static unsigned read_noncommercial(const struct text *x, size_t i)
{
	if (around(x, i, 4, 4) & LIC_PART_COMMERCE)
		return 0;
	if (around(x, i, 2, 0) & LIC_PART_TO || around(x, i, 0, 3) & LIC_PART_USE)
		return COMMERCIAL;
	/* "Noncommercial", alone */
	return x->to - x->from <= 2 && x->t->w[i].len > 2 ? COMMERCIAL : 0;
}

/* "Editorial use", alone */
static unsigned read_purpose(const struct text *x, size_t i)
{
	return x->to - x->from == 2 && at(x, i + 1) & LIC_PART_USE ? LIC_FORBIDS_PERMISSIONS : 0;
}

/* "free for personal use" */
static unsigned read_free(const struct text *x, size_t i)
{
	uint64_t behind = around(x, i, 0, NEAR + 2);

	if (behind & LIC_PART_COMMERCE || !(behind & LIC_PART_TO))
		return 0;
	return behind & LIC_PART_PURPOSE && behind & LIC_PART_USE ? COMMERCIAL : 0;
}

/* "commercial use requires a license", "permission required for ...", "contact me for ..." */
static unsigned read_need(const struct text *x, size_t i)
{
	const unsigned named = COMMERCIAL | LIC_FORBIDS_AI;
	bool used = false;
	unsigned forbids;

	if (around(x, i, 4, 0) & (LIC_PART_NO | LIC_PART_NOT | LIC_PART_WITHOUT))
		return 0;
	if (!((at(x, i) | around(x, i, NEAR, NEAR)) & LIC_PART_PERMISSION))
		return 0;
	forbids = within(x, i, true, true, &used);
	return forbids & named;
}

static bool opts_out(const struct text *x, size_t i)
{
	return at(x, i) & LIC_PART_OPT_OUT ||
	       ((lic_word_is(x->t, i, "opt") || lic_word_is(x->t, i, "opted") ||
		 lic_word_is(x->t, i, "opting")) &&
		lic_word_is(x->t, i + 1, "out") &&
		around(x, i, REACH, REACH) & (LIC_PART_AI | LIC_PART_TRAIN | LIC_PART_TDM));
}

static unsigned read_word(const struct text *x, size_t i)
{
	uint64_t w = at(x, i);
	bool used;
	unsigned forbids = opts_out(x, i) ? LIC_FORBIDS_AI : 0;

	if (w & (LIC_PART_NO | LIC_PART_NOT))
		forbids |= read_negation(x, i);
	if (w & LIC_PART_NOT)
		forbids |= read_refusal(x, i);
	if (w & LIC_PART_BAN)
		forbids |= read_ban(x, i);
	if (w & LIC_PART_EXCEPT)
		forbids |= within(x, i, false, true, &used);
	if (w & LIC_PART_RESERVE)
		forbids |= read_reserve(x, i);
	if (w & LIC_PART_ONLY)
		forbids |= read_only(x, i);
	if (w & LIC_PART_NONCOMMERCE)
		forbids |= read_noncommercial(x, i);
	if (w & LIC_PART_PURPOSE)
		forbids |= read_purpose(x, i);
	if (w & LIC_PART_FREE)
		forbids |= read_free(x, i);
	if (w & LIC_PART_NEED)
		forbids |= read_need(x, i);
	return forbids;
}

/* --- sentences ---------------------------------------------------------------------------- */

/* Written without spaces: found anywhere in the text. */
static unsigned read_wide(const struct lic_words *t)
{
	static const struct {
		const char *mark;
		unsigned forbids;
	} marks[] = {
		{ "学習禁止", LIC_FORBIDS_AI },	 { "学習不可", LIC_FORBIDS_AI },
		{ "学习禁止", LIC_FORBIDS_AI },	 { "训练禁止", LIC_FORBIDS_AI },
		{ "禁止训练", LIC_FORBIDS_AI },	 { "学習利用禁止", LIC_FORBIDS_AI },
		{ "학습 금지", LIC_FORBIDS_AI }, { "학습금지", LIC_FORBIDS_AI },
		{ "商用禁止", COMMERCIAL },	 { "商用不可", COMMERCIAL },
		{ "禁止商用", COMMERCIAL },	 { "商用利用禁止", COMMERCIAL },
		{ "商用利用不可", COMMERCIAL },	 { "禁止商业", COMMERCIAL },
		{ "不得用于商业", COMMERCIAL },	 { "不可商用", COMMERCIAL },
		{ "禁止用于商业", COMMERCIAL },	 { "상업적 이용 금지", COMMERCIAL },
		{ "転載禁止", SPREADING },	 { "禁止转载", SPREADING },
		{ "禁止轉載", SPREADING },	 { "二次利用禁止", SPREADING },
	};
	unsigned forbids = 0;

	if (!lic_words_wide(t))
		return 0;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(marks); i++)
		if (memmem(t->s, t->n, marks[i].mark, strlen(marks[i].mark)))
			forbids |= marks[i].forbids;
	return forbids;
}

/* "A.I." at its second letter */
static bool is_dotted_ai(const struct lic_words *t, size_t i)
{
	return i && i < t->count && lic_word_is(t, i, "i") && lic_word_is(t, i - 1, "a") &&
	       t->w[i].gap == LIC_GAP_STOP;
}

static bool begins_sentence(const struct lic_words *t, size_t i)
{
	unsigned gap = t->w[i].gap;

	if (!(gap & (LIC_GAP_STOP | LIC_GAP_QUERY)) || gap == LIC_GAP_STOP)
		return false;
	return !is_dotted_ai(t, i - 1);
}

static void read_parts(const struct lic_words *t, uint64_t *parts)
{
	for (size_t i = 0; i < t->count; i++) {
		parts[i] = lic_word_parts(t, i);
		if (is_dotted_ai(t, i))
			parts[i] = LIC_PART_AI;
		/* "non-commercial", "non commerciale" */
		if (i && parts[i] & LIC_PART_COMMERCE && lic_word_is(t, i - 1, "non"))
			parts[i] = LIC_PART_NONCOMMERCE;
	}
}

unsigned lic_prohibit(const struct lic_words *t)
{
	unsigned forbids = read_wide(t);
	uint64_t *parts = calloc(t->count ? t->count : 1, sizeof(*parts));
	struct text x = { t, parts, 0, 0 };

	if (!parts)
		return LIC_FORBIDS_PERMISSIONS | LIC_FORBIDS_AI;
	read_parts(t, parts);
	for (; x.from < t->count; x.from = x.to) {
		for (x.to = x.from + 1; x.to < t->count && !begins_sentence(t, x.to);)
			x.to++;
		for (size_t i = x.from; i < x.to; i++)
			forbids |= read_word(&x, i);
	}
	free(parts);
	return forbids;
}
