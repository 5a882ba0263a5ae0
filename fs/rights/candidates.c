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

/* Parts that may be an id together, as in an UUID, and parts of a name that are tried so. */
#define RUN_MAX 8u
#define RUN_PARTS 16u

/* Each part, and those that follow it, with what stands between them. */
static int tell_parts(struct teller *t, struct lic_bytes stem)
{
	const uint8_t *begin[RUN_MAX];
	struct lic_cut cut = { stem };
	struct lic_bytes part;
	int r = 0;

	for (size_t n = 0; r == 0 && lic_selector_next_part(&cut, &part); n++) {
		size_t run = n < RUN_PARTS ? (n < RUN_MAX ? n + 1 : RUN_MAX) : 1;

		begin[n % RUN_MAX] = part.p;
		for (size_t i = 0; r == 0 && i < run; i++) {
			const uint8_t *from = begin[(n - i) % RUN_MAX];
			size_t length = (size_t)(part.p + part.n - from);

			if (length < stem.n)
				r = tell_id(t, (struct lic_bytes){ from, length });
		}
	}
	return r;
}

/* A name with and without its extension, and its parts. */
static int tell_name(struct teller *t, struct lic_bytes name)
{
	struct lic_bytes stem = lic_selector_stem(name);
	int r = name.n ? tell_id(t, name) : 0;

	if (r == 0 && stem.n < name.n)
		r = tell_id(t, stem);
	return r ? r : tell_parts(t, stem);
}

/* Of a file's name; and of directories, where they are named by the NSID of their owner. */
static int tell_file(struct teller *t, struct lic_bytes path)
{
	int r = 0;

	if (!wants(t, LIC_SELECT_ID))
		return 0;
	for (size_t i = 0; r == 0 && i <= path.n;) {
		const uint8_t *slash = i < path.n ? memchr(path.p + i, '/', path.n - i) : NULL;
		size_t end = slash ? (size_t)(slash - path.p) : path.n;
		struct lic_bytes name = { path.p + i, end - i };

		if (!slash)
			r = tell_name(t, name);
		else if (name.n && memchr(name.p, '@', name.n))
			r = tell_id(t, name);
		i = end + 1;
	}
	return r;
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

/* A page about the rights is where the picture is from as well, but names no id of it. */
static int tell_statement(struct teller *t, struct lic_bytes text)
{
	unsigned kinds = t->kinds;
	int r;

	t->kinds &= ~(1u << LIC_SELECT_ID);
	r = tell_urls(t, text);
	t->kinds = kinds;
	return r;
}

/* --- creators ----------------------------------------------------------------------------- */

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* What people put before a name, folded; true where it was there. */
static bool cut_before(struct lic_bytes *s)
{
	static const char *const words[] = { "\302\251",    "(c)",	  "copyright",
					     "photography", "photograph", "photographer",
					     "photo",	    "picture",	  "image",
					     "by",	    ":" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i]);

		if (s->n <= n || memcmp(s->p, words[i], n) != 0 ||
		    (is_letter((uint8_t)words[i][0]) && (uint8_t)words[i][0] < 0x80 &&
		     is_letter(s->p[n])))
			continue;
		*s = (struct lic_bytes){ s->p + n, s->n - n };
		return true;
	}
	return false;
}

/* "(c) 2019 Jane Doe." is Jane Doe, and so is "photo by Jane Doe (Flickr)". */
static int tell_creator(struct teller *t, struct lic_bytes name)
{
	static const char years[] = "0123456789-, ";
	struct lic_bytes s = name;
	bool begun = false;
	int r = tell(t, LIC_SELECT_CREATOR, name);

	for (;;) {
		while (s.n &&
		       (s.p[0] == ' ' || (begun && memchr(years, s.p[0], sizeof(years) - 1))))
			s = (struct lic_bytes){ s.p + 1, s.n - 1 };
		if (!cut_before(&s))
			break;
		begun = true;
	}
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] == ' ' && memchr("(/|[", s.p[i + 1], 4))
			s.n = i;
	while (s.n && memchr(" .,:", s.p[s.n - 1], 4))
		s.n--;
	return r == 0 && s.n && s.n < name.n ? tell(t, LIC_SELECT_CREATOR, s) : r;
}

static int tell_creators(struct teller *t, struct lic_bytes text)
{
	struct lic_bytes all, one;
	int r;

	lic_fold(text.p, text.n, empty(&t->text, text.n));
	if (lic_buf_failed(&t->text))
		return -ENOMEM;
	all = text_of(&t->text);
	r = tell_creator(t, all);
	for (size_t i = 0, end; r == 0 && i < all.n; i = end + 1) {
		const uint8_t *stop = memchr(all.p + i, ';', all.n - i);

		end = stop ? (size_t)(stop - all.p) : all.n;
		one = (struct lic_bytes){ all.p + i, end - i };
		while (one.n && one.p[0] == ' ')
			one = (struct lic_bytes){ one.p + 1, one.n - 1 };
		while (one.n && one.p[one.n - 1] == ' ')
			one.n--;
		if (one.n < all.n)
			r = tell_creator(t, one);
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
		else if (c->role == LIC_ROLE_WEBSTATEMENT && wants(&t, LIC_SELECT_URL))
			r = tell_statement(&t, text);
	}
	return r;
}
