/* SPDX-License-Identifier: Apache-2.0 */
/* Small pictures within the page, each with whom and what to credit. */
#include <string.h>

#include "output.h"
#include "page.h"

void page_pictures(struct page *p)
{
	page_raw(p, "<ul class=\"pictures\">\n");
}

void page_pictures_end(struct page *p)
{
	page_raw(p, "</ul>\n");
}

/* RFC 4648 4. */
static void add_base64(struct lic_buf *out, const uint8_t *p, size_t n)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (; n; p += n < 3 ? n : 3, n -= n < 3 ? n : 3) {
		uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) |
			     (n > 2 ? p[2] : 0);

		lic_buf_addc(out, digit[v >> 18]);
		lic_buf_addc(out, digit[v >> 12 & 63]);
		lic_buf_addc(out, n > 1 ? digit[v >> 6 & 63] : '=');
		lic_buf_addc(out, n > 2 ? digit[v & 63] : '=');
	}
}

static const char *stated(const char *s)
{
	return s && *s ? s : NULL;
}

/* "Title" by Creator, License: in the form that Creative Commons recommends. */
static void caption(struct page *p, const void *path, size_t n, const struct page_credit *c)
{
	const char *title = stated(c->title), *creator = stated(c->creator);

	page_raw(p, "<figcaption>");
	page_raw(p, title ? "“" : "");
	page_link(p, c->source_url, title ? title : "Untitled");
	page_raw(p, title ? "”" : "");
	if (creator) {
		page_raw(p, " by ");
		page_str(p, creator);
	}
	page_raw(p, ", ");
	page_link(p, c->license_url, c->license);
	page_raw(p, "<br><code>");
	page_bytes(p, path, n);
	page_raw(p, "</code></figcaption>");
}

int page_picture(struct page *p, const struct lic_thumbnail *t, const void *path, size_t n,
		 const struct page_credit *credit, struct lic_error *err)
{
	struct lic_buf jpeg = LIC_BUF_INIT(1u << 20);
	int r = lic_thumbnail_jpeg(t, &jpeg, err);

	if (r == 0) {
		lic_buf_addf(&p->out,
			     "<li><figure><div class=\"frame\"><img width=\"%u\" height=\"%u\" "
			     "alt=\"",
			     t->w, t->h);
		if (stated(credit->title))
			page_str(p, credit->title);
		else
			page_bytes(p, path, n);
		page_raw(p, "\" src=\"data:image/jpeg;base64,");
		add_base64(&p->out, (const uint8_t *)jpeg.data, jpeg.len);
		page_raw(p, "\"></div>");
		caption(p, path, n, credit);
		page_raw(p, "</figure></li>\n");
	}
	lic_buf_release(&jpeg);
	return r;
}
