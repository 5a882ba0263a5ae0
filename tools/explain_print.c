/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation for people. */
#include <string.h>

#include "date.h"
#include "documents.h"
#include "explain.h"
#include "output.h"
#include "table.h"

#define RAW_SHOWN 200 /* bytes of a claim; --json shows all */

static const char *tri_color(enum lic_tri t)
{
	return t == LIC_ALLOWED ? "green" : t == LIC_FORBIDDEN ? "red" : "yellow";
}

static void row(struct table *t, const char *name, const char *value, const char *color)
{
	table_row(t, (const char *const[]){ name, value });
	table_color(t, 0, "bold");
	if (color)
		table_color(t, 1, color);
}

static void row_shown(struct table *t, const char *name, const char *value)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_show(&b, value, strlen(value));
	row(t, name, lic_buf_str(&b), NULL);
	lic_buf_release(&b);
}

static void add_word(struct lic_buf *b, const char *word)
{
	lic_buf_addf(b, "%s%s", b->len ? ", " : "", word);
}

static void print_rights(struct table *t, const struct lic_rights *r)
{
	struct lic_buf b = LIC_BUF_INIT(1024);
	unsigned obligations = lic_rights_obligations(r);

	row_shown(t, "license", *r->license ? r->license : "none stated");
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++) {
		enum lic_tri tri = lic_rights_permission(r, p);

		row(t, lic_permission_name(p), lic_tri_name(tri), tri_color(tri));
	}
	if (r->n_alternatives > 1)
		row(t, "", "each by one alternative of the license at least", NULL);
	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++)
		if (obligations & 1u << i)
			add_word(&b, lic_obligation_name(1u << i));
	row(t, "obligations", b.len ? lic_buf_str(&b) : "none", NULL);
	lic_buf_reset(&b);
	for (unsigned i = 0; i < LIC_RESERVE_COUNT; i++)
		if (r->reservations & 1u << i)
			add_word(&b, lic_reserve_name(1u << i));
	row(t, "reservations", b.len ? lic_buf_str(&b) : "none", b.len ? "red" : NULL);
	if (r->ai_origin)
		row(t, "origin", "generative AI, as stated", NULL);
	lic_buf_reset(&b);
	for (unsigned i = 0; i < LIC_RELEASE_COUNT; i++)
		if (r->release[i])
			lic_buf_addf(&b, "%s%s %s", b.len ? ", " : "", lic_release_name(i),
				     r->release[i] == LIC_ALLOWED ? "given or not needed"
								  : "missing or limited");
	if (b.len)
		row(t, "release", lic_buf_str(&b), NULL);
	if (*r->territory)
		row_shown(t, "territory", r->territory);
	lic_buf_release(&b);
}

static void print_credit(struct table *t, const struct lic_credit *c)
{
	if (c->title)
		row_shown(t, "title", c->title);
	if (c->creator)
		row_shown(t, "creator", c->creator);
	if (c->source_url)
		row_shown(t, "source", c->source_url);
	if (c->license_url)
		row_shown(t, "license URL", c->license_url);
}

static void print_related(const struct explanation *x, struct table *t)
{
	bool image = x->image.entry.kind == LIC_KIND_IMAGE;
	char text[64], n[32];

	for (size_t i = 0; i < x->n_related; i++) {
		struct lic_buf path = LIC_BUF_INIT(1u << 20);

		lic_text_quote(&path, lic_buf_str(&x->related[i]), x->related[i].len);
		row(t, i ? "" : image ? "named in" : "belongs to", lic_buf_str(&path), NULL);
		lic_buf_release(&path);
	}
	if (!x->more_related)
		return;
	snprintf(text, sizeof(text), "and %s more", output_count((int64_t)x->more_related, n));
	row(t, "", text, NULL);
}

/* Of what a scan has looked into: what it is, and what a person can do. */
static void print_document(const struct explanation *x, struct table *t)
{
	const struct lic_document *d = &x->document;
	const struct lic_entry *e = &x->image.entry;
	const char *advice = documents_advice(e->kind, e->rule, d);
	struct lic_buf text = LIC_BUF_INIT(1u << 16);
	char a[32], b[32];

	if (d->format != LIC_DOCUMENT_NONE)
		row(t, "format", lic_document_format_text(d->format), NULL);
	if (e->kind == LIC_KIND_DOCUMENT) {
		lic_buf_addf(&text, "%s, about %s %s", output_count(d->records, a),
			     output_count(d->subjects, b),
			     output_plural(d->subjects, "image", "images"));
		row(t, "records", lic_buf_str(&text), NULL);
	}
	if (e->kind == LIC_KIND_DOCUMENT && d->bound < d->subjects) {
		lic_buf_reset(&text);
		lic_buf_addf(&text, "%s of these images%s%s",
			     output_count(d->subjects - d->bound, a), x->missing.len ? ": " : "",
			     lic_buf_str(&x->missing));
		row(t, "not in the store", lic_buf_str(&text), "yellow");
	}
	lic_buf_reset(&text);
	documents_note(d, &text);
	if (text.len)
		row(t, "note", lic_buf_str(&text), e->kind == LIC_KIND_HIDDEN ? "red" : "yellow");
	if (advice)
		row(t, "to do", advice, NULL);
	lic_buf_release(&text);
}

static void print_facts(const struct explanation *x)
{
	static const struct table_column columns[] = { { "", TABLE_PLAIN }, { "", TABLE_WRAP } };
	struct table *t = table_new(columns, LIC_ARRAY_SIZE(columns), 2, false);
	const struct lic_entry *e = &x->image.entry;
	char text[96], a[32], b[32];

	if (x->image.rights) {
		print_rights(t, x->image.rights);
		print_credit(t, &x->image.credit);
		makers_rows(&x->makers, t);
		image_hash(&e->hash, text);
		row(t, "content", text, NULL);
	} else if (e->id) {
		row(t, "kind", lic_kind_name(e->kind), NULL);
	}
	if (e->kind == LIC_KIND_DIR || (e->kind == LIC_KIND_DOCUMENT && x->below)) {
		snprintf(text, sizeof(text), "%s, %s of them clear", output_count(x->below, a),
			 output_count(x->clear_below, b));
		row(t, "images", text, NULL);
	}
	if (e->id && e->kind != LIC_KIND_IMAGE && e->kind != LIC_KIND_DIR)
		print_document(x, t);
	print_related(x, t);
	if (x->changed)
		row(t, "now",
		    x->exists ? "changed since it was judged: no mount serves it; scan again"
			      : "gone from the store: scan again",
		    "red");
	table_print(t);
}

static const char *effect_color(const char *effect)
{
	return strcmp(effect, "grants") == 0 ? "green"
	       : strcmp(effect, "forbids") == 0 || strcmp(effect, "reserves") == 0 ||
			       strcmp(effect, "conflicts") == 0
		       ? "red"
		       : NULL;
}

/* Who decided, when and why. */
static void add_decision(const struct explanation *x, const struct lic_claim *c,
			 struct lic_buf *out)
{
	const struct told_decision *d =
		explain_is_decision(c) ? history_in_force(&x->history, c->ref) : NULL;
	char at[32];

	if (!d)
		return;
	date_format(d->at, at);
	at[10] = 0; /* the day */
	lic_buf_addf(out, ", %s by ", at);
	lic_text_show(out, d->who, strlen(d->who));
	lic_buf_adds(out, ": ");
	lic_text_show(out, d->reason, strlen(d->reason));
}

static void print_claims(const struct explanation *x)
{
	static const struct table_column columns[] = {
		{ "SOURCE", TABLE_PLAIN },
		{ "FIELD", TABLE_PLAIN },
		{ "EFFECT", TABLE_PLAIN },
		{ "READ AS", TABLE_PLAIN },
		{ "STATED, AND WHY IT COUNTS SO", TABLE_WRAP },
	};
	struct table *t;
	struct lic_buf source = LIC_BUF_INIT(4096), field = LIC_BUF_INIT(4096),
		       raw = LIC_BUF_INIT(16 * 1024);

	if (!x->claims.n)
		return;
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 2, true);
	putchar('\n');
	for (size_t i = 0; i < x->claims.n; i++) {
		const struct lic_claim *c = &x->claims.item[i];
		const struct lic_effect *e = &x->effects[i];

		lic_buf_reset(&source);
		lic_buf_reset(&field);
		lic_buf_reset(&raw);
		lic_text_show(&source, c->source, strlen(c->source));
		lic_text_show(&field, c->field, strlen(c->field));
		lic_buf_addc(&raw, '"');
		lic_text_show(&raw, c->raw.p, c->raw.n < RAW_SHOWN ? c->raw.n : RAW_SHOWN);
		lic_buf_adds(&raw, c->raw.n < RAW_SHOWN ? "\"" : "...\"");
		if (e->rule && *e->rule)
			lic_buf_addf(&raw, " (%s)", e->rule);
		add_decision(x, c, &raw);
		table_row(t, (const char *const[]){ lic_buf_str(&source), lic_buf_str(&field),
						    e->effect, e->license, lic_buf_str(&raw) });
		if (effect_color(e->effect))
			table_color(t, 2, effect_color(e->effect));
	}
	table_print(t);
	lic_buf_release(&source);
	lic_buf_release(&field);
	lic_buf_release(&raw);
}

static void print_views(const struct explanation *x)
{
	static const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },
		{ "", TABLE_PLAIN },
		{ "BECAUSE", TABLE_WRAP },
	};
	struct table *t;
	struct lic_buf why = LIC_BUF_INIT(1u << 20);
	bool explained = false;

	/* That no view shows a hidden file is said already. */
	if (!x->n_views || x->image.entry.kind == LIC_KIND_HIDDEN)
		return;
	for (size_t i = 0; i < x->n_views; i++)
		explained = explained || x->views[i].why;
	t = table_new(columns, LIC_ARRAY_SIZE(columns) - !explained, 2, true);
	putchar('\n');
	for (size_t i = 0; i < x->n_views; i++) {
		const struct view_verdict *v = &x->views[i];

		lic_buf_reset(&why);
		if (v->why)
			lic_text_show(&why, v->why, strlen(v->why));
		table_row(t, (const char *const[]){ v->view->name, v->in ? "in" : "out",
						    lic_buf_str(&why) });
		table_color(t, 1, v->in ? "green" : "red");
	}
	table_print(t);
	lic_buf_release(&why);
}

/* Who took it down, why, and how to undo that. */
static void print_revoked(const struct explanation *x)
{
	static const struct table_column columns[] = {
		{ "REVOCATION", TABLE_RIGHT },
		{ "DATE", TABLE_PLAIN },
		{ "MATCHES BY", TABLE_WRAP },
		{ "WHO AND WHY", TABLE_WRAP },
	};
	struct lic_buf store = LIC_BUF_INIT(1u << 20);
	struct table *t;

	if (!x->revoked.n)
		return;
	putchar('\n');
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 2, true);
	for (size_t i = 0; i < x->revoked.n; i++)
		revocation_row(&x->revoked.item[i], true, t);
	table_print(t);
	lic_text_quote(&store, x->store->path, strlen(x->store->path));
	printf("\n  to restore it:%s\n", x->revoked.n > 1 ? " all of" : "");
	for (size_t i = 0; i < x->revoked.n; i++)
		printf("    licensefs restore %s %lld --reason TEXT\n", lic_buf_str(&store),
		       (long long)x->revoked.item[i].number);
	lic_buf_release(&store);
}

static void print_settle(const struct explanation *x, bool all)
{
	bool color = output_color(stdout), head = false;

	for (size_t i = 0; i < x->settle.n; i++) {
		const struct settlement *s = &x->settle.item[i];

		if (s->all != all)
			continue;
		if (!head)
			printf("\n  %s%s%s\n", color ? "\033[1m" : "",
			       all ? "to settle all conflicts of this kind, one of"
				   : "to settle the conflict, one of",
			       color ? "\033[0m" : "");
		head = true;
		printf("    %s\n", s->command);
	}
}

void explain_print(const struct explanation *x)
{
	const struct lic_rights *r = x->image.rights;
	bool color = output_color(stdout);

	fputs(color ? "\033[1m" : "", stdout);
	if (x->image.path.len)
		output_quoted(stdout, lic_buf_str(&x->image.path), x->image.path.len);
	else
		putchar('.');
	fputs(color ? "\033[0m\n  " : "\n  ", stdout);
	if (r)
		printf("%s: ", lic_status_name(r->status));
	else if (x->image.entry.kind == LIC_KIND_HIDDEN)
		fputs("hidden: ", stdout);
	output_shown(stdout, lic_buf_str(&x->reason), x->reason.len);
	fputs("\n", stdout);
	if (!x->image.entry.id)
		return;
	putchar('\n');
	print_facts(x);
	print_revoked(x);
	print_claims(x);
	history_print(&x->history);
	print_settle(x, false);
	print_settle(x, true);
	print_views(x);
}
