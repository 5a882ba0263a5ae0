/* SPDX-License-Identifier: Apache-2.0 */
/* Laws that hold for every expression and all rights, tried on thousands made at random. */
#include "tests/unit/view.h"

static uint64_t state = 88172645463325252u;

/* xorshift64: the same sequence in every run. */
static unsigned dice(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 32) % n;
}

static const char *const plain[] = { "noncommercial-use",
				     "commercial-use",
				     "redistribute",
				     "derive",
				     "share-adaptations",
				     "attribution",
				     "notice",
				     "sharealike",
				     "public-domain",
				     "license=CC-BY-*",
				     "license!=CC-BY-NC-*",
				     "license=none",
				     "commercial",
				     "attribution-free",
				     "augmentable",
				     "origin=ai",
				     "origin=unstated",
				     "origin=made",
				     "origin!=job:x*",
				     "release=model",
				     "territory=world",
				     "territory is not US" };
static const char *const lifting[] = { "reserved",     "reserved(training)", "reserved(input)",
				       "status=clear", "status!=conflict",   "status=stale" };
static const char *const asking[] = { "path=a/**", "creator=jane", "source=example.org",
				      "collection=coco", "path!=*" };

#define PICK(list) (list)[dice(LIC_ARRAY_SIZE(list))]

static void make_expression(struct lic_buf *out, unsigned depth)
{
	unsigned n = depth ? dice(8) : 7;

	switch (n) {
	case 0:
	case 1:
		lic_buf_adds(out, dice(2) ? "!(" : "not (");
		make_expression(out, depth - 1);
		lic_buf_adds(out, ")");
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		lic_buf_adds(out, "(");
		make_expression(out, depth - 1);
		lic_buf_adds(out, n < 4 ? ") & (" : ") | (");
		make_expression(out, depth - 1);
		lic_buf_adds(out, ")");
		break;
	default:
		lic_buf_adds(out, !dice(8) ? PICK(lifting) : dice(4) ? PICK(plain) : PICK(asking));
	}
}

static struct lic_rights make_rights(void)
{
	static const char *const licenses[] = {
		"CC-BY-4.0",
		"CC-BY-NC-SA-4.0",
		"CC0-1.0",
		"CC-BY-ND-3.0 OR CC-BY-NC-4.0",
		"CC0-1.0 AND CC-BY-NC-4.0",
		"(CC0-1.0 AND CC-BY-4.0) OR CC-BY-SA-4.0",
		"LicenseRef-AllRightsReserved",
		"",
	};
	struct lic_rights r = rights_of(PICK(licenses));

	if (!dice(3))
		r.status = (enum lic_status)dice(LIC_STATUS_COUNT);
	if (!dice(3))
		r.reservations = (uint8_t)dice(16);
	if (!dice(4))
		r.until = NOW - 1 + dice(3);
	r.ai_origin = !dice(4);
	r.release[LIC_RELEASE_MODEL] = (uint8_t)dice(3);
	snprintf(r.territory, sizeof(r.territory), "%s", dice(3) ? "" : dice(2) ? "US" : "EU+US");
	for (unsigned i = 0; i < r.n_alternatives; i++) {
		if (!dice(4))
			r.alternative[i].permission[dice(LIC_PERMISSION_COUNT)] = (uint8_t)dice(3);
		r.alternative[i].ml_prohibited = !dice(8);
	}
	return r;
}

struct trial {
	struct lic_view *view, *find, *negation; /* the last two in the language of find */
	struct lic_rights rights;
	struct lic_asset asset;
	struct lic_credit credit;
	bool names_status, names_reserved;
};

static enum lic_tri not_(enum lic_tri t)
{
	return t == U ? U : t == T ? F : T;
}

/* The first law that is broken, NULL if none is. */
static const char *broken_law(const struct trial *x)
{
	const struct lic_rights *r = &x->rights;
	enum lic_tri shown = lic_view_match(x->view, r, &x->asset, NOW);
	enum lic_tri blind = lic_view_match(x->view, r, NULL, NOW);
	enum lic_tri found = lic_view_match(x->find, r, &x->asset, NOW);
	bool granted = false, said_in;
	struct lic_buf why = LIC_BUF_INIT(1u << 16);

	lic_view_why(x->view, r, &x->asset, NOW, &why);
	said_in = strncmp(lic_buf_str(&why), "in: ", 4) == 0;
	if (why.len < 6 || said_in != (shown == T)) {
		lic_buf_release(&why);
		return "the reason agrees with the answer";
	}
	lic_buf_release(&why);
	if (blind != U && blind != shown)
		return "knowing more never turns an answer round";
	if (r->n_alternatives < 2 && lic_view_match(x->negation, r, &x->asset, NOW) != not_(found))
		return "a negation is the opposite";
	if (shown != T)
		return NULL;
	if (found != T)
		return "what is shown is found";
	for (unsigned i = 0; i < r->n_alternatives; i++)
		granted |= r->alternative[i].permission[LIC_NONCOMMERCIAL_USE] == T;
	if (!granted)
		return "what is shown may be used";
	if (r->status != LIC_STATUS_CLEAR && (!x->names_status || r->status < LIC_STATUS_CONFLICT))
		return "what is shown is clear";
	if (r->reservations & LIC_RESERVE_TRAINING && !x->names_reserved)
		return "what is shown is not reserved";
	if (r->until && r->until <= NOW)
		return "what is shown has not ended";
	return NULL;
}

static const char *try_expression(struct trial *x, const char *expr)
{
	static char jane[] = "Jane", url[] = "https://www.example.org/1";
	struct lic_buf negation = LIC_BUF_INIT(1u << 20);
	const char *broken = NULL;

	lic_buf_addf(&negation, "!(%s)", expr);
	x->view = compile(expr, LIC_VIEW_HAVE_BASIS);
	x->find = compile(expr, LIC_VIEW_FIND);
	x->negation = compile(lic_buf_str(&negation), LIC_VIEW_FIND);
	x->names_status = strstr(expr, "status") != NULL;
	x->names_reserved = strstr(expr, "reserved") != NULL;
	if (!x->view || !x->find || !x->negation)
		broken = "an expression that is one compiles";
	for (int i = 0; i < 8 && !broken; i++) {
		x->rights = make_rights();
		x->credit = (struct lic_credit){ .creator = dice(2) ? jane : NULL,
						 .source_url = dice(2) ? url : NULL };
		x->asset = (struct lic_asset){ .path = { (const uint8_t *)"a/b.jpg", 7 },
					       .credit = &x->credit };
		broken = broken_law(x);
	}
	lic_view_free(x->view);
	lic_view_free(x->find);
	lic_view_free(x->negation);
	lic_buf_release(&negation);
	return broken;
}

static void test_laws(void)
{
	struct lic_buf expr = LIC_BUF_INIT(1u << 20);
	struct trial x;

	for (int i = 0; i < 4000; i++) {
		const char *broken;

		lic_buf_reset(&expr);
		make_expression(&expr, 4);
		broken = try_expression(&x, lic_buf_str(&expr));
		if (!broken)
			continue;
		ok(false, "%s", broken);
		printf("# %s\n# license '%s' status %d reservations %u\n", lic_buf_str(&expr),
		       x.rights.license, (int)x.rights.status, x.rights.reservations);
		break;
	}
	ok(true, "laws");
	lic_buf_release(&expr);
}

/* Words, operators and bytes in any order: a view or a message, and nothing else. */
static void test_noise(void)
{
	static const char *const noise[] = { "(",	")",	    "!",     "&",     "|",
					     "=",	"!=",	    "+",     "'",     "\"",
					     " ",	"not ",	    " is ",  " and ", "reserved(",
					     "status=", "license=", "path=", "\xff",  "\\",
					     "*",	"**/",	    "\n" };
	struct lic_buf expr = LIC_BUF_INIT(1u << 16);
	unsigned views = 0, bad = 0;

	for (int i = 0; i < 20000; i++) {
		struct lic_error err = LIC_ERROR_INIT;
		struct lic_view *v = NULL;
		int r;

		lic_buf_reset(&expr);
		for (unsigned k = dice(12); k; k--)
			lic_buf_adds(&expr, dice(2) ? PICK(noise) : PICK(plain));
		r = lic_view_compile(lic_buf_str(&expr), expr.len, LIC_VIEW_FIND, NULL, NULL, &v,
				     &err);
		views += r == 0;
		bad += r < 0 && (v || err.code != -r || strncmp(err.msg, "column ", 7) != 0);
		lic_view_free(v);
	}
	ok(views > 100, "some noise makes sense: %u", views);
	is_int(bad, 0, "the rest is refused, with a column");
	lic_buf_release(&expr);
}

int main(void)
{
	test_laws();
	test_noise();
	return done_testing();
}
