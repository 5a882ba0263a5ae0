/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that pages are made of. */
#include <string.h>

#include "output.h"
#include "page.h"
#include "snapshot.h"

#define FLUSH_AT 65536u
#define PAGE_TEXT_MAX (1u << 20)

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta name=\"generator\" content=\"licensefs " PACKAGE_VERSION "\">\n<title>";

static void flush(struct page *p)
{
	if (lic_buf_failed(&p->out))
		output_out_of_memory();
	if (!p->sink)
		return;
	(void)!sink_put(p->sink, lic_buf_str(&p->out), p->out.len);
	lic_buf_reset(&p->out);
}

void page_raw(struct page *p, const char *html)
{
	lic_buf_adds(&p->out, html);
	if (p->out.len >= FLUSH_AT)
		flush(p);
}

void page_bytes(struct page *p, const void *s, size_t n)
{
	lic_buf_reset(&p->text);
	lic_text_show(&p->text, s, n);
	for (const char *c = lic_buf_str(&p->text); *c; c++) {
		if (strchr("<>&\"'", *c))
			lic_buf_addf(&p->out, "&#%d;", *c);
		else
			lic_buf_addc(&p->out, *c);
	}
	if (p->out.len >= FLUSH_AT)
		flush(p);
}

void page_str(struct page *p, const char *s)
{
	page_bytes(p, s, strlen(s));
}

void page_count(struct page *p, int64_t n)
{
	char text[32];

	page_str(p, output_count(n, text));
}

void page_link(struct page *p, const char *url, const char *text)
{
	struct lic_buf address = LIC_BUF_INIT(PAGE_TEXT_MAX);

	if (!url || !lic_text_address(&address, url) || lic_buf_failed(&address)) {
		page_str(p, text);
	} else {
		page_raw(p, "<a rel=\"noreferrer\" href=\"");
		page_str(p, lic_buf_str(&address));
		page_raw(p, "\">");
		page_str(p, text);
		page_raw(p, "</a>");
	}
	lic_buf_release(&address);
}

/* --- the whole ---------------------------------------------------------------------------- */

void page_begin(struct page *p, struct sink *sink, const char *kind, const char *title,
		const char *lead)
{
	*p = (struct page){ .sink = sink,
			    .out = LIC_BUF_INIT(SIZE_MAX / 2),
			    .text = LIC_BUF_INIT(PAGE_TEXT_MAX) };
	page_raw(p, head);
	page_str(p, kind);
	page_raw(p, ": ");
	page_str(p, title);
	page_raw(p, "</title>\n<style>\n");
	page_raw(p, page_style);
	page_raw(p, "</style>\n</head>\n<body>\n<header>\n<p class=\"kind\">");
	page_str(p, kind);
	page_raw(p, "</p>\n<h1>");
	page_str(p, title);
	page_raw(p, "</h1>\n");
	if (lead) {
		page_raw(p, "<p class=\"lead\">");
		page_str(p, lead);
		page_raw(p, "</p>\n");
	}
	page_raw(p, "</header>\n<main>\n");
}

void page_end(struct page *p)
{
	page_raw(p, "</main>\n<footer>\n<p>Made by licensefs " PACKAGE_VERSION
		    ". It tells what files, lists and decisions state, and counts it. Whether "
		    "that is true, and what the law makes of it, it does not say.</p>\n"
		    "</footer>\n</body>\n</html>\n");
	flush(p);
	lic_buf_release(&p->out);
	lic_buf_release(&p->text);
}

void page_contents(struct page *p, const char *const *pairs)
{
	page_raw(p, "<nav aria-label=\"Contents\">\n<ul>\n");
	for (; *pairs; pairs += 2) {
		page_raw(p, "<li><a href=\"#");
		page_str(p, pairs[0]);
		page_raw(p, "\">");
		page_str(p, pairs[1]);
		page_raw(p, "</a></li>\n");
	}
	page_raw(p, "</ul>\n</nav>\n");
}

void page_section(struct page *p, const char *id, const char *title, const char *lead)
{
	page_raw(p, "<section id=\"");
	page_str(p, id);
	page_raw(p, "\" aria-labelledby=\"h-");
	page_str(p, id);
	page_raw(p, "\">\n<h2 id=\"h-");
	page_str(p, id);
	page_raw(p, "\">");
	page_str(p, title);
	page_raw(p, "</h2>\n");
	if (!lead)
		return;
	page_raw(p, "<p class=\"lead\">");
	page_str(p, lead);
	page_raw(p, "</p>\n");
}

void page_section_end(struct page *p)
{
	page_raw(p, "</section>\n");
}

/* --- numbers and facts -------------------------------------------------------------------- */

void page_tiles(struct page *p)
{
	page_raw(p, "<dl class=\"tiles\">\n");
}

void page_tile(struct page *p, enum page_tone tone, const char *name, const char *value,
	       const char *note)
{
	page_raw(p, "<div class=\"");
	page_raw(p, page_tone_class(tone));
	page_raw(p, "\"><dt>");
	page_str(p, name);
	page_raw(p, "</dt><dd class=\"value\">");
	page_str(p, value);
	page_raw(p, "</dd>");
	if (note) {
		page_raw(p, "<dd class=\"note\">");
		page_str(p, note);
		page_raw(p, "</dd>");
	}
	page_raw(p, "</div>\n");
}

void page_tiles_end(struct page *p)
{
	page_raw(p, "</dl>\n");
}

void page_facts(struct page *p)
{
	page_raw(p, "<dl class=\"facts\">\n");
}

void page_fact(struct page *p, const char *name, const char *value)
{
	page_raw(p, "<div><dt>");
	page_str(p, name);
	page_raw(p, "</dt><dd>");
	page_str(p, value);
	page_raw(p, "</dd></div>\n");
}

void page_facts_end(struct page *p)
{
	page_raw(p, "</dl>\n");
}

/* --- tables ------------------------------------------------------------------------------- */

void page_table(struct page *p, const char *caption, const struct page_column *columns, size_t n)
{
	p->head = columns;
	p->columns = n;
	p->column = 0;
	page_raw(p, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
	page_str(p, caption);
	page_raw(p, "\">\n<table>\n<caption>");
	page_str(p, caption);
	page_raw(p, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < n; i++) {
		page_raw(p, columns[i].number ? "<th scope=\"col\" class=\"n\">"
					      : "<th scope=\"col\">");
		page_str(p, columns[i].title);
		page_raw(p, "</th>");
	}
	page_raw(p, "</tr></thead>\n<tbody>\n");
}

void page_cell_begin(struct page *p)
{
	if (p->column == 0)
		page_raw(p, "<tr><th scope=\"row\">");
	else
		page_raw(p, p->head[p->column].number ? "<td class=\"n\">" : "<td>");
}

void page_cell_end(struct page *p)
{
	page_raw(p, p->column == 0 ? "</th>" : "</td>");
	if (++p->column < p->columns)
		return;
	p->column = 0;
	page_raw(p, "</tr>\n");
}

void page_cell(struct page *p, const char *text)
{
	page_cell_begin(p);
	page_str(p, text);
	page_cell_end(p);
}

void page_cell_count(struct page *p, int64_t n)
{
	char text[32];

	page_cell(p, output_count(n, text));
}

void page_cell_bytes(struct page *p, int64_t bytes)
{
	char text[32];

	snapshot_bytes(bytes, text);
	page_cell(p, text);
}

void page_cell_share(struct page *p, int64_t part, int64_t whole)
{
	char text[16];

	page_cell(p, output_share(part, whole, text));
}

void page_cell_code(struct page *p, const void *s, size_t n)
{
	page_cell_begin(p);
	page_raw(p, "<code>");
	page_bytes(p, s, n);
	page_raw(p, "</code>");
	page_cell_end(p);
}

void page_cell_toned(struct page *p, enum page_tone tone, const char *url, const char *text)
{
	page_cell_begin(p);
	page_raw(p, "<svg class=\"swatch ");
	page_raw(p, page_tone_class(tone));
	page_raw(p, "\" width=\"10\" height=\"10\" aria-hidden=\"true\">"
		    "<rect width=\"10\" height=\"10\" rx=\"2\"/></svg>");
	page_link(p, url, text);
	page_cell_end(p);
}

void page_table_end(struct page *p, size_t more, const char *where)
{
	page_raw(p, "</tbody>\n</table>\n");
	if (more) {
		page_raw(p, "<p class=\"more\">and ");
		page_count(p, (int64_t)more);
		page_raw(p, " more");
		page_raw(p, where ? "; " : "");
		page_str(p, where ? where : "");
		page_raw(p, "</p>\n");
	}
	page_raw(p, "</div>\n");
}
