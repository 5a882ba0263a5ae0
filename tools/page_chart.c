/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as inline SVG: lengths are shares of the width, so that they fit any page, and letters
 * keep their size. */
#include <string.h>

#include "date.h"
#include "output.h"
#include "page.h"
#include "snapshot.h"

#define BAR_ROW 34   /* pixels: a line of letters and the bar below it */
#define LABEL_MAX 36 /* characters; the table beside it has all of them */
#define STACK_HEIGHT 30
#define LINE_HEIGHT 120

void page_pair(struct page *p)
{
	page_raw(p, "<div class=\"pair\">\n");
}

void page_pair_end(struct page *p)
{
	page_raw(p, "</div>\n");
}

static double percent(int64_t part, int64_t whole)
{
	double v = whole > 0 ? (double)part * 100 / (double)whole : 0;

	return v < 0 ? 0 : v > 100 ? 100 : v;
}

static void begin(struct page *p, const char *title, const char *class, unsigned height)
{
	p->ids++;
	lic_buf_addf(&p->out,
		     "<figure class=\"%s\">\n<svg role=\"img\" aria-labelledby=\"c%u\" "
		     "width=\"100%%\" height=\"%u\">\n<title id=\"c%u\">",
		     class, p->ids, height, p->ids);
	page_str(p, title);
	page_raw(p, "</title>\n");
}

static void end(struct page *p)
{
	page_raw(p, "</svg>\n</figure>\n");
}

/* Cut where it is too long, between characters. */
static void label(struct page *p, const char *s)
{
	const size_t n = strlen(s);
	size_t at = 0;

	for (unsigned i = 0; i < LABEL_MAX && at < n; i++) {
		uint32_t cp;
		size_t m = lic_utf8_decode((const uint8_t *)s + at, n - at, &cp);

		at += m ? m : 1;
	}
	page_bytes(p, s, at);
	page_raw(p, at < n ? "…" : "");
}

static void value(struct page *p, int64_t v, bool bytes)
{
	char text[32];

	if (bytes)
		snapshot_bytes(v, text);
	else
		output_count(v, text);
	page_str(p, text);
}

void page_bars(struct page *p, const char *title, const struct page_bar *bar, size_t n,
	       int64_t whole, bool bytes)
{
	size_t shown = n < PAGE_BARS_MAX ? n : PAGE_BARS_MAX;

	begin(p, title, "bars", (unsigned)shown * BAR_ROW);
	for (size_t i = 0; i < shown; i++) {
		unsigned y = (unsigned)i * BAR_ROW;

		lic_buf_addf(&p->out, "<text x=\"0\" y=\"%u\">", y + 14);
		label(p, bar[i].label);
		lic_buf_addf(&p->out, "</text><text class=\"v\" x=\"100%%\" y=\"%u\">", y + 14);
		value(p, bar[i].value, bytes);
		lic_buf_addf(&p->out,
			     "</text><rect class=\"track\" y=\"%u\" width=\"100%%\" height=\"8\" "
			     "rx=\"4\"/><rect class=\"%s\" y=\"%u\" width=\"%.3f%%\" height=\"8\" "
			     "rx=\"4\"/>\n",
			     y + 20, page_tone_class(bar[i].tone), y + 20,
			     percent(bar[i].value, whole));
	}
	end(p);
}

void page_stack(struct page *p, const char *title, const struct page_bar *bar, size_t n,
		int64_t whole)
{
	double x = 0;

	begin(p, title, "stack", STACK_HEIGHT);
	page_raw(p, "<rect class=\"track\" width=\"100%\" height=\"30\"/>\n");
	for (size_t i = 0; i < n; i++) {
		double w = percent(bar[i].value, whole);

		lic_buf_addf(&p->out,
			     "<rect class=\"%s\" x=\"%.3f%%\" width=\"%.3f%%\" height=\"30\">"
			     "<title>",
			     page_tone_class(bar[i].tone), x, w);
		page_str(p, bar[i].label);
		page_raw(p, ": ");
		value(p, bar[i].value, false);
		page_raw(p, "</title></rect>\n");
		x += w;
	}
	end(p);
}

void page_legend(struct page *p, const struct page_bar *bar, size_t n, int64_t whole)
{
	char share[16];

	page_raw(p, "<ul class=\"legend\">\n");
	for (size_t i = 0; i < n; i++) {
		lic_buf_addf(&p->out,
			     "<li><svg class=\"swatch %s\" width=\"10\" height=\"10\" "
			     "aria-hidden=\"true\"><rect width=\"10\" height=\"10\" "
			     "rx=\"2\"/></svg>",
			     page_tone_class(bar[i].tone));
		page_str(p, bar[i].label);
		page_raw(p, " <span>");
		value(p, bar[i].value, false);
		if (whole) {
			page_raw(p, ", ");
			page_str(p, output_share(bar[i].value, whole, share));
		}
		page_raw(p, "</span></li>\n");
	}
	page_raw(p, "</ul>\n");
}

/* --- time --------------------------------------------------------------------------------- */

static void tick(struct page *p, const char *x, const char *class, int64_t at)
{
	char text[32];

	date_format(at, text);
	text[10] = ' ';
	text[19] = 0;
	lic_buf_addf(&p->out, "<text class=\"%s\" x=\"%s\" y=\"%d\">%s</text>\n", class, x,
		     LINE_HEIGHT - 8, text);
}

void page_timeline(struct page *p, const char *title, int64_t from, int64_t to,
		   const struct page_event *event, size_t n)
{
	const int64_t span = to > from ? to - from : 1;
	const double base = LINE_HEIGHT - 34;
	int64_t most = 1;

	for (size_t i = 0; i < n; i++)
		most = event[i].value > most ? event[i].value : most;
	begin(p, title, "line", LINE_HEIGHT);
	lic_buf_addf(&p->out,
		     "<line x1=\"1%%\" x2=\"99%%\" y1=\"%.0f\" y2=\"%.0f\" class=\"axis\"/>\n",
		     base, base);
	for (size_t i = 0; i < n; i++) {
		double x = 1 + percent(event[i].at - from, span) * 0.98;
		double top = base - 12 - (double)event[i].value / (double)most * (base - 24);

		lic_buf_addf(&p->out,
			     "<g class=\"%s\"><line x1=\"%.3f%%\" x2=\"%.3f%%\" y1=\"%.1f\" "
			     "y2=\"%.1f\"/><circle cx=\"%.3f%%\" cy=\"%.1f\" r=\"5\"><title>",
			     page_tone_class(event[i].tone), x, x, base, top, x, top);
		page_str(p, event[i].label);
		page_raw(p, "</title></circle></g>\n");
	}
	tick(p, "0", "t", from);
	tick(p, "100%", "t v", to);
	end(p);
}
