/* SPDX-License-Identifier: Apache-2.0 */
/* Who made the images, in the form that Creative Commons recommends: title, author, source and
 * license. All texts come from files: they are escaped, and only addresses of the web are links. */
#include <ctype.h>
#include <string.h>

#include "fs/history/export.h"

enum markup { MARKDOWN, HTML };

static bool is_wanted(const struct lic_export *x, const struct lic_export_member *m)
{
	return m->rights && (x->q->all || lic_export_obliges(m->rights));
}

/* Would Markdown take it for more than it is? Lists begin by signs and numbers; addresses become
 * links. */
static bool is_mark(const char *begin, const char *s)
{
	if (strchr("\\`*_{}[]#|~:@$", *s))
		return true;
	if (strchr("-+=", *s))
		return s == begin;
	if (!strchr(".)", *s))
		return false;
	return strspn(begin, "0123456789") == (size_t)(s - begin) ||
	       (s - begin >= 3 && strncasecmp(s - 3, "www", 3) == 0);
}

/* Appends prose so that it is only prose, in one line. */
static void add_prose(struct lic_export *x, enum markup k, const void *p, size_t n)
{
	lic_buf_reset(&x->text);
	lic_text_show(&x->text, p, n);
	for (const char *s = lic_buf_str(&x->text); *s; s++) {
		if (strchr("<>&\"'", *s))
			lic_buf_addf(&x->out, "&#%d;", *s);
		else if (k == MARKDOWN && is_mark(lic_buf_str(&x->text), s))
			lic_buf_addf(&x->out, "\\%c", *s);
		else
			lic_buf_addc(&x->out, *s);
	}
}

/* "&copy;" in an address is no sign of copyright, in Markdown neither; there some take parentheses
 * and stars for markup. */
static void add_address(struct lic_export *x, enum markup k, const char *address)
{
	for (const char *s = address; *s; s++) {
		if (*s == '&')
			lic_buf_adds(&x->out, "&amp;");
		else if (k == MARKDOWN && strchr("()*", *s))
			lic_buf_addf(&x->out, "%%%02X", *s);
		else
			lic_buf_addc(&x->out, *s);
	}
}

/* Appends a link where the address is one of the web, else the prose alone. */
static void add_link(struct lic_export *x, enum markup k, const char *prose, size_t n,
		     const char *url)
{
	struct lic_buf address = LIC_BUF_INIT(1u << 20);

	if (!url || !lic_text_address(&address, url) || lic_buf_failed(&address)) {
		add_prose(x, k, prose, n);
	} else if (k == MARKDOWN) {
		lic_buf_addc(&x->out, '[');
		add_prose(x, k, prose, n);
		lic_buf_adds(&x->out, "](<");
		add_address(x, k, lic_buf_str(&address));
		lic_buf_adds(&x->out, ">)");
	} else {
		lic_buf_adds(&x->out, "<a href=\"");
		add_address(x, k, lic_buf_str(&address));
		lic_buf_adds(&x->out, "\">");
		add_prose(x, k, prose, n);
		lic_buf_adds(&x->out, "</a>");
	}
	lic_buf_release(&address);
}

/* "CC-BY-NC-4.0" as Creative Commons writes it: "CC BY-NC 4.0". */
static void short_name(const char *id, size_t n, struct lic_buf *out)
{
	bool cc = n > 2 && strncmp(id, "CC", 2) == 0, digits = false;

	for (size_t i = 0; i < n; i++) {
		if (id[i] == '-' && cc && i + 1 < n) {
			bool next = isdigit((unsigned char)id[i + 1]) != 0;

			lic_buf_addc(out, i == 2 || i == 3 || next || digits ? ' ' : '-');
			digits = digits || next;
		} else {
			lic_buf_addc(out, id[i]);
		}
	}
}

/* Every license of an expression with its link, and the words between them. */
static void add_license(struct lic_export *x, enum markup k, const struct lic_export_member *m)
{
	const char *s = m->rights->license;

	while (*s) {
		size_t n = strspn(s, " ()"), id;
		struct lic_buf name = LIC_BUF_INIT(LIC_RIGHTS_LICENSE_MAX * 2);
		const char *url;

		add_prose(x, k, s, n);
		s += n;
		id = strcspn(s, " ()");
		url = id ? lic_export_license_url(x, s, id) : NULL;
		if (!url && id == strlen(m->rights->license))
			url = m->license_url;
		short_name(s, id, &name);
		add_link(x, k, lic_buf_str(&name), name.len, url);
		lic_buf_release(&name);
		s += id;
	}
}

/* "Title" by Author is licensed under LICENSE, with links to source and license. */
static void add_credit(struct lic_export *x, enum markup k, const struct lic_export_member *m)
{
	const struct lic_credit *c = &m->credit;
	const struct lic_license *l =
		lic_license_find(m->rights->license, strlen(m->rights->license));
	const char *title = c->title && *c->title ? c->title : NULL;
	const char *author = c->creator && *c->creator ? c->creator : NULL;

	lic_buf_adds(&x->out, title ? (k == HTML ? "&quot;" : "\"") : "");
	add_link(x, k, title ? title : "This work", strlen(title ? title : "This work"),
		 c->source_url);
	lic_buf_adds(&x->out, title ? (k == HTML ? "&quot;" : "\"") : "");
	if (author) {
		lic_buf_adds(&x->out, " by ");
		add_prose(x, k, author, strlen(author));
	}
	if (!*m->rights->license) {
		lic_buf_adds(&x->out, " states no license");
		return;
	}
	lic_buf_adds(&x->out, l && lic_license_is_public_domain(l) ? " is marked with "
								   : " is licensed under ");
	add_license(x, k, m);
}

static void add_heading(struct lic_export *x, enum markup k)
{
	char at[32];

	lic_export_date(x->info->at, at);
	add_prose(x, k, x->info->name, strlen(x->info->name));
	lic_buf_adds(&x->out, k == HTML ? "</h1>\n<p>Snapshot of " : "\n\nSnapshot of ");
	lic_buf_adds(&x->out, at);
	lic_buf_adds(&x->out, ", sha256 ");
	lic_export_hex(&x->out, x->info->digest, sizeof(x->info->digest));
}

/* --- Markdown ------------------------------------------------------------------------------- */

static void markdown_begin(struct lic_export *x)
{
	lic_buf_adds(&x->out, "# Attribution: ");
	add_heading(x, MARKDOWN);
	lic_buf_adds(&x->out, "\n\n");
}

static void markdown_member(struct lic_export *x, const struct lic_export_member *m)
{
	if (!is_wanted(x, m))
		return;
	lic_buf_adds(&x->out, "- ");
	add_prose(x, MARKDOWN, m->path.p, m->path.n);
	lic_buf_adds(&x->out, ": ");
	add_credit(x, MARKDOWN, m);
	lic_buf_addc(&x->out, '\n');
}

const struct lic_export_format lic_export_attribution = {
	.name = "attribution",
	.summary = "title, author, source and license of each image, as Markdown",
	.begin = markdown_begin,
	.member = markdown_member,
};

/* --- HTML ----------------------------------------------------------------------------------- */

static void html_begin(struct lic_export *x)
{
	lic_buf_adds(&x->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			      "<meta charset=\"utf-8\">\n"
			      "<meta http-equiv=\"Content-Security-Policy\" "
			      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
			      "<title>Attribution</title>\n"
			      "<style>body { font-family: sans-serif; max-width: 60em; "
			      "margin: 2em auto; padding: 0 1em } "
			      "code { overflow-wrap: anywhere }</style>\n"
			      "</head>\n<body>\n<h1>Attribution: ");
	add_heading(x, HTML);
	lic_buf_adds(&x->out, "</p>\n<ul>\n");
}

static void html_member(struct lic_export *x, const struct lic_export_member *m)
{
	if (!is_wanted(x, m))
		return;
	lic_buf_adds(&x->out, "<li><code>");
	add_prose(x, HTML, m->path.p, m->path.n);
	lic_buf_adds(&x->out, "</code>: ");
	add_credit(x, HTML, m);
	lic_buf_adds(&x->out, "</li>\n");
}

static void html_end(struct lic_export *x)
{
	lic_buf_adds(&x->out, "</ul>\n</body>\n</html>\n");
}

const struct lic_export_format lic_export_attribution_html = {
	.name = "attribution-html",
	.summary = "the same as one page of HTML",
	.begin = html_begin,
	.member = html_member,
	.end = html_end,
};

/* --- CSV ------------------------------------------------------------------------------------ */

static void add_cell(struct lic_export *x, const char *s)
{
	lic_buf_reset(&x->text);
	if (s && *s && strchr(LIC_EXPORT_FORMULA, *s))
		lic_buf_addc(&x->text, '\'');
	lic_text_show(&x->text, s ? s : "", s ? strlen(s) : 0);
	lic_buf_addc(&x->out, ',');
	lic_export_field(&x->out, lic_buf_str(&x->text), x->text.len);
}

static void csv_begin(struct lic_export *x)
{
	lic_buf_adds(&x->out, "path,title,author,source_url,license,license_url,obligations\r\n");
}

static void csv_member(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_credit *c = &m->credit;

	if (!is_wanted(x, m))
		return;
	lic_export_path(&x->out, &m->path, true);
	add_cell(x, c->title);
	add_cell(x, c->creator);
	add_cell(x, c->source_url);
	add_cell(x, m->rights->license);
	add_cell(x, m->license_url);
	lic_buf_addc(&x->out, ',');
	lic_export_obligations(&x->out, lic_export_obliges(m->rights));
	lic_buf_adds(&x->out, "\r\n");
}

const struct lic_export_format lic_export_attribution_csv = {
	.name = "attribution-csv",
	.summary = "the same as a table (RFC 4180)",
	.begin = csv_begin,
	.member = csv_member,
};
