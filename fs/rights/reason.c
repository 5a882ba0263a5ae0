/* SPDX-License-Identifier: Apache-2.0 */
/* Why the status is what it is, as one sentence that names the claims behind it. */
#include "fs/rights/meaning.h"

#define QUOTE_MAX 60

static void add_place(const struct resolution *r, size_t i, struct lic_buf *out)
{
	const struct lic_claim *c = &r->claims->item[i];
	const char *source = c->source ? c->source : "";
	const char *field = c->field ? c->field : "";

	if (strcmp(field, "decision") == 0) /* the source is "decision 7" */
		field = "";
	lic_text_show(out, source, strlen(source));
	if (source[0] && field[0])
		lic_buf_addc(out, ' ');
	lic_text_show(out, field, strlen(field));
}

static void add_quote(const struct lic_claim *c, struct lic_buf *out)
{
	struct lic_bytes t = claim_text(c);
	size_t n = t.n;

	if (n > QUOTE_MAX) {
		n = QUOTE_MAX;
		while (n && (t.p[n] & 0xc0) == 0x80)
			n--;
	}
	lic_buf_addc(out, '"');
	lic_text_show(out, t.p, n);
	lic_buf_adds(out, n < t.n ? "...\"" : "\"");
}

/* "XMP cc:license says CC0-1.0" */
static void add_claim(const struct resolution *r, size_t i, struct lic_buf *out)
{
	const struct meaning *m;

	if (i == NO_CLAIM)
		return;
	m = &r->meaning[i];
	add_place(r, i, out);
	if (m->promoted ||
	    (m->kind == MEANS_LICENSE && strcmp(m->text, "LicenseRef-AllRightsReserved") == 0)) {
		lic_buf_adds(out, " reserves all rights");
	} else if (m->kind == MEANS_LICENSE || m->kind == MEANS_UNSAID) {
		lic_buf_addf(out, " says %s", m->text);
	} else if (claim_text(&r->claims->item[i]).n) {
		lic_buf_adds(out, " says ");
		add_quote(&r->claims->item[i], out);
	}
}

static void add_two(const struct resolution *r, const char *intro, struct lic_buf *out)
{
	lic_buf_adds(out, intro);
	lic_buf_adds(out, ": ");
	add_claim(r, r->a, out);
	if (r->b != NO_CLAIM) {
		lic_buf_adds(out, ", ");
		add_claim(r, r->b, out);
	}
}

static bool any_of(const struct resolution *r, enum meaning_kind kind)
{
	for (size_t i = 0; i < r->claims->n; i++)
		if (r->meaning[i].kind == kind)
			return true;
	return false;
}

static void add_silence(const struct resolution *r, struct lic_buf *out)
{
	if (any_of(r, MEANS_RESERVED))
		lic_buf_adds(out, "no claim grants anything, and one reserves all rights");
	else if (any_of(r, MEANS_NOTICE))
		lic_buf_adds(out, "no claim grants anything: there is a copyright notice only");
	else
		lic_buf_adds(out, r->claims->n ? "no claim grants anything" : "no claim was found");
}

static void add_verdict(const struct resolution *r, struct lic_buf *out)
{
	static const char *const intro[] = {
		[VERDICT_DENIED] = "the operator denies it",
		[VERDICT_CONTRADICTION] = "a text contradicts itself",
		[VERDICT_TWO] = "two licenses of equal rank",
		[VERDICT_BESIDE] = "a license field that cannot be read beside a license",
		[VERDICT_FORBIDDEN] = "another claim about the image forbids what the stronger "
				      "one grants",
		[VERDICT_PRIVATE] = "a constraint in words, which only a person can judge",
		[VERDICT_UNREADABLE] = "the license field cannot be read",
		[VERDICT_NOTHING] = "the license that is stated grants nothing",
		[VERDICT_TERMS] = "terms or constraints leave nothing of what is granted",
		[VERDICT_ENDED] = "the permission has ended",
		[VERDICT_NOT_YET] = "the permission has not begun",
		[VERDICT_BAD_DATE] = "a date that limits the permission cannot be read",
	};

	switch (r->verdict) {
	case VERDICT_CLEAR:
		add_claim(r, r->a, out);
		return;
	case VERDICT_MEMORY:
		lic_buf_adds(out, "out of memory: nothing was judged");
		return;
	case VERDICT_DAMAGED:
		lic_buf_adds(out, "the metadata cannot be read whole: ");
		lic_text_show(out, r->claims->damage, strlen(r->claims->damage));
		return;
	case VERDICT_SILENT:
		add_silence(r, out);
		return;
	default:
		add_two(r, intro[r->verdict], out);
		return;
	}
}

void lic_rights_reason(const struct lic_claims *claims, const struct lic_policy *policy,
		       const struct lic_rights *rights, struct lic_buf *out)
{
	_cleanup_(resolution_release) struct resolution r = { 0 };
	struct lic_rights again;

	if (rights->status == LIC_STATUS_REVOKED) {
		lic_buf_adds(out, "a revocation matches it");
		return;
	}
	if (rights->status == LIC_STATUS_STALE) {
		lic_buf_adds(out, "the file changed since it was judged: scan again");
		return;
	}
	if (resolution_init(&r, claims, policy)) {
		resolution_settle(&r);
		resolution_permit(&r, &again);
	}
	add_verdict(&r, out);
	if (r.verdict == VERDICT_SILENT && rights->status == LIC_STATUS_UNREADABLE)
		lic_buf_adds(out, ", and the file could not be read");
}

bool lic_rights_conflict(const struct lic_claims *claims, const struct lic_policy *policy,
			 size_t *ret_a, size_t *ret_b)
{
	_cleanup_(resolution_release) struct resolution r = { 0 };
	struct lic_rights rights;

	if (!resolution_init(&r, claims, policy))
		return false;
	resolution_settle(&r);
	resolution_permit(&r, &rights);
	if (rights.status != LIC_STATUS_CONFLICT || r.a == NO_CLAIM)
		return false;
	*ret_a = r.a;
	*ret_b = r.b;
	return true;
}
