/* SPDX-License-Identifier: Apache-2.0 */
/* The normal texts by which an image can be selected. */
#include <errno.h>
#include <string.h>

#include "fs/license/prepare.h"
#include "fs/rights/selector.h"

struct teller {
	unsigned kinds;
	int (*fn)(void *ctx, enum lic_selector_kind kind, struct lic_bytes normal);
	void *ctx;
	struct lic_buf text;	/* of the candidate at hand */
	struct lic_buf address; /* where ids come from */
};

static void teller_release(struct teller *t)
{
	lic_buf_release(&t->text);
	lic_buf_release(&t->address);
}

static bool wants(const struct teller *t, enum lic_selector_kind kind)
{
	return t->kinds & 1u << kind;
}

/* No selector is longer, and only patterns of paths and creators are about what is. */
static bool is_too_long(enum lic_selector_kind kind, struct lic_bytes normal)
{
	return normal.n > LIC_SELECTOR_TEXT_MAX && kind != LIC_SELECT_PATH &&
	       kind != LIC_SELECT_CREATOR;
}

static int tell(struct teller *t, enum lic_selector_kind kind, struct lic_bytes normal)
{
	return normal.n && wants(t, kind) && !is_too_long(kind, normal)
		       ? t->fn(t->ctx, kind, normal)
		       : 0;
}

static struct lic_bytes text_of(const struct lic_buf *b)
{
	return (struct lic_bytes){ (const uint8_t *)lic_buf_str(b), b->len };
}

/* Empties a buffer and lets it hold all that may become of n bytes. */
static struct lic_buf *empty(struct lic_buf *b, size_t n)
{
	lic_buf_reset(b);
	b->max = n * 16 + 64;
	return b;
}

/* --- paths and hashes --------------------------------------------------------------------- */

static int tell_path(struct teller *t, struct lic_bytes path)
{
	int r = tell(t, LIC_SELECT_PATH, path);

	if (!wants(t, LIC_SELECT_PATH))
		return 0;
	for (size_t i = 1; r == 0 && i < path.n && i <= LIC_SELECTOR_TEXT_MAX; i++)
		if (path.p[i] == '/')
			r = tell(t, LIC_SELECT_PATH, (struct lic_bytes){ path.p, i });
	return r;
}

static int tell_hashes(struct teller *t, const struct lic_selector_subject *s)
{
	const struct lic_digests *d = s->digests;
	int r = 0;

	if (s->hash)
		r = tell(t, LIC_SELECT_XXH3, (struct lic_bytes){ s->hash->b, sizeof(s->hash->b) });
	if (r == 0 && d && d->has & LIC_DIGEST_MD5)
		r = tell(t, LIC_SELECT_MD5, (struct lic_bytes){ d->md5, sizeof(d->md5) });
	if (r == 0 && d && d->has & LIC_DIGEST_SHA256)
		r = tell(t, LIC_SELECT_SHA256, (struct lic_bytes){ d->sha256, sizeof(d->sha256) });
	return r;
}

/* --- ids ---------------------------------------------------------------------------------- */

static int tell_id(struct teller *t, struct lic_bytes id)
{
	lic_selector_id(id, empty(&t->text, id.n));
	return lic_buf_failed(&t->text) ? -ENOMEM : tell(t, LIC_SELECT_ID, text_of(&t->text));
}

/* A name with and without its extension, and its parts. */
static int tell_name(struct teller *t, struct lic_bytes name)
{
	struct lic_bytes stem = lic_selector_stem(name), part;
	struct lic_cut cut = { stem };
	int r = name.n ? tell_id(t, name) : 0;

	if (r == 0 && stem.n < name.n)
		r = tell_id(t, stem);
	while (r == 0 && lic_selector_next_part(&cut, &part))
		if (part.n < stem.n)
			r = tell_id(t, part);
	return r;
}

static int tell_file(struct teller *t, struct lic_bytes path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	size_t from = slash ? (size_t)(slash + 1 - path.p) : 0;

	return wants(t, LIC_SELECT_ID)
		       ? tell_name(t, (struct lic_bytes){ path.p + from, path.n - from })
		       : 0;
}

/* --- addresses ---------------------------------------------------------------------------- */

static size_t host_length(struct lic_bytes url)
{
	size_t n = 0;

	while (n < url.n && url.p[n] != '/' && url.p[n] != '?')
		n++;
	return n;
}

/* A number has no domain above it. */
static bool is_number(struct lic_bytes host)
{
	for (size_t i = 0; i < host.n; i++)
		if ((host.p[i] < '0' || host.p[i] > '9') && host.p[i] != '.')
			return false;
	return true;
}

static int tell_host(struct teller *t, struct lic_bytes host)
{
	const uint8_t *colon = host.n && host.p[0] != '[' ? memrchr(host.p, ':', host.n) : NULL;
	int r = tell(t, LIC_SELECT_URL, host);

	if (colon && r == 0) {
		host.n = (size_t)(colon - host.p);
		r = tell(t, LIC_SELECT_URL, host);
	}
	while (r == 0 && host.n && !is_number(host)) {
		const uint8_t *dot = memchr(host.p, '.', host.n);

		if (!dot)
			break;
		host.n -= (size_t)(dot + 1 - host.p);
		host.p = dot + 1;
		if (memchr(host.p, '.', host.n))
			r = tell(t, LIC_SELECT_URL, host);
	}
	return r;
}

static int tell_places(struct teller *t, struct lic_bytes url)
{
	size_t host = host_length(url);
	const uint8_t *query = url.n ? memchr(url.p, '?', url.n) : NULL;
	int r = host < url.n ? tell(t, LIC_SELECT_URL, url) : 0;

	if (query)
		url.n = (size_t)(query - url.p);
	if (r == 0 && query && host < url.n)
		r = tell(t, LIC_SELECT_URL, url);
	for (size_t i = host + 1; r == 0 && i < url.n && i <= LIC_SELECTOR_TEXT_MAX; i++)
		if (url.p[i] == '/')
			r = tell(t, LIC_SELECT_URL, (struct lic_bytes){ url.p, i });
	return r ? r : tell_host(t, (struct lic_bytes){ url.p, host });
}

static int tell_url(struct teller *t, struct lic_bytes text)
{
	struct lic_cut cut;
	struct lic_bytes url, value;
	size_t host;
	int r = 0;

	if (!lic_selector_url(text, empty(&t->address, text.n)))
		return lic_buf_failed(&t->address) ? -ENOMEM : 0;
	if (lic_buf_failed(&t->address))
		return -ENOMEM;
	url = text_of(&t->address);
	if (wants(t, LIC_SELECT_URL))
		r = tell_places(t, url);
	host = host_length(url);
	cut.rest = (struct lic_bytes){ url.p + host, url.n - host };
	while (r == 0 && wants(t, LIC_SELECT_ID) && lic_selector_next_value(&cut, &value))
		r = tell_name(t, value);
	return r;
}

/* What follows an address in prose. */
static struct lic_bytes without_stops(struct lic_bytes s)
{
	while (s.n && strchr(".,;:!?)]}'", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The text as an address, and all addresses in it. */
static int tell_urls(struct teller *t, struct lic_bytes text)
{
	struct lic_cut cut = { text };
	const uint8_t *blank = text.n ? memchr(text.p, ' ', text.n) : NULL;
	struct lic_bytes url;
	int r = tell_url(t, text);

	if (r == 0 && blank)
		r = tell_url(t, (struct lic_bytes){ text.p, (size_t)(blank - text.p) });
	while (r == 0 && lic_selector_next_url(&cut, &url)) {
		struct lic_bytes bare = without_stops(url);

		if (url.n < text.n)
			r = tell_url(t, url);
		if (r == 0 && bare.n < url.n)
			r = tell_url(t, bare);
	}
	return r;
}

/* --- creators ----------------------------------------------------------------------------- */

static int tell_creators(struct teller *t, struct lic_bytes text)
{
	struct lic_bytes all, one;
	int r;

	lic_fold(text.p, text.n, empty(&t->text, text.n));
	if (lic_buf_failed(&t->text))
		return -ENOMEM;
	all = text_of(&t->text);
	r = tell(t, LIC_SELECT_CREATOR, all);
	for (size_t i = 0, end; r == 0 && i < all.n; i = end + 1) {
		const uint8_t *stop = memchr(all.p + i, ';', all.n - i);

		end = stop ? (size_t)(stop - all.p) : all.n;
		one = (struct lic_bytes){ all.p + i, end - i };
		while (one.n && one.p[0] == ' ')
			one = (struct lic_bytes){ one.p + 1, one.n - 1 };
		while (one.n && one.p[one.n - 1] == ' ')
			one.n--;
		if (one.n < all.n)
			r = tell(t, LIC_SELECT_CREATOR, one);
	}
	return r;
}

int lic_selector_candidates(const struct lic_selector_subject *s, unsigned kinds,
			    int (*fn)(void *ctx, enum lic_selector_kind kind,
				      struct lic_bytes normal),
			    void *ctx)
{
	_cleanup_(teller_release) struct teller t = { kinds, fn, ctx, LIC_BUF_INIT(0),
						      LIC_BUF_INIT(0) };
	int r = tell_path(&t, s->path);

	if (r == 0)
		r = tell_hashes(&t, s);
	if (r == 0)
		r = tell_file(&t, s->path);
	for (size_t i = 0; r == 0 && i < s->n_claims; i++) {
		const struct lic_claim *c = &s->claim[i];
		struct lic_bytes text = { (const uint8_t *)c->text, c->text ? strlen(c->text) : 0 };

		if (c->role == LIC_ROLE_CREATOR && wants(&t, LIC_SELECT_CREATOR))
			r = tell_creators(&t, text);
		else if (c->role == LIC_ROLE_SOURCE_URL &&
			 (wants(&t, LIC_SELECT_URL) || wants(&t, LIC_SELECT_ID)))
			r = tell_urls(&t, text);
	}
	return r;
}
