/* SPDX-License-Identifier: Apache-2.0 */
/* Join keys: the normal text of what a row says, and under which texts rows about an image lie. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/manifest/key.h"

static const char *const kind_names[LIC_KEY_COUNT] = {
	[LIC_KEY_NONE] = "none", [LIC_KEY_ALL] = "all",
	[LIC_KEY_PATH] = "path", [LIC_KEY_TAIL] = "tail",
	[LIC_KEY_STEM] = "stem", [LIC_KEY_ID] = "id",
	[LIC_KEY_URL] = "url",	 [LIC_KEY_FOLDER_ID] = "folder-id",
	[LIC_KEY_MD5] = "md5",	 [LIC_KEY_SHA256] = "sha256",
	[LIC_KEY_XXH3] = "xxh3", [LIC_KEY_GLOB] = "glob",
	[LIC_KEY_RULE] = "rule",
};

const char *lic_key_kind_name(enum lic_key_kind k)
{
	return (unsigned)k < LIC_KEY_COUNT ? kind_names[k] : kind_names[LIC_KEY_NONE];
}

bool lic_key_is_ambiguous(enum lic_key_kind kind)
{
	switch (kind) {
	case LIC_KEY_TAIL:
	case LIC_KEY_STEM:
	case LIC_KEY_ID:
	case LIC_KEY_FOLDER_ID:
	case LIC_KEY_URL:
		return true;
	case LIC_KEY_NONE:
	case LIC_KEY_ALL:
	case LIC_KEY_PATH:
	case LIC_KEY_MD5:
	case LIC_KEY_SHA256:
	case LIC_KEY_XXH3:
	case LIC_KEY_GLOB:
	case LIC_KEY_RULE:
	case LIC_KEY_COUNT:
		break;
	}
	return false;
}

static bool is_name(struct lic_bytes s, const char *name)
{
	return strlen(name) == s.n && memcmp(name, s.p, s.n) == 0;
}

/* --- paths -------------------------------------------------------------------------------- */

/* False for "..", which only a walk could resolve. */
static bool add_path(struct lic_bytes s, unsigned components_max, struct lic_buf *out)
{
	unsigned components = 0;

	for (size_t i = 0; i < s.n;) {
		const uint8_t *slash = memchr(s.p + i, '/', s.n - i);
		struct lic_bytes c = { s.p + i, slash ? (size_t)(slash - s.p) - i : s.n - i };

		i += c.n + 1;
		if (!c.n || is_name(c, "."))
			continue;
		if (is_name(c, "..") || ++components > components_max)
			return false;
		if (components > 1)
			lic_buf_addc(out, '/');
		lic_buf_add(out, c.p, c.n);
	}
	return components > 0;
}

static bool add_stem(struct lic_bytes s, struct lic_buf *out)
{
	if (memchr(s.p, '/', s.n) || is_name(s, ".") || is_name(s, ".."))
		return false;
	lic_buf_add(out, s.p, s.n);
	return true;
}

static struct lic_bytes last_component(struct lic_bytes path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	size_t from = slash ? (size_t)(slash + 1 - path.p) : 0;

	return (struct lic_bytes){ path.p + from, path.n - from };
}

/* Longest extension in letters and digits; ".0005" is none, it numbers something. */
#define EXTENSION_MAX 8u

static struct lic_bytes without_extension(struct lic_bytes name)
{
	bool letter = false;

	for (size_t i = name.n; i > 0 && name.n - i <= EXTENSION_MAX; i--) {
		uint8_t c = name.p[i - 1];

		if (c == '.')
			return i > 1 && letter ? (struct lic_bytes){ name.p, i - 1 } : name;
		if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
			letter = true;
		else if (c < '0' || c > '9')
			break;
	}
	return name;
}

/* --- hashes ------------------------------------------------------------------------------- */

static int base64(uint8_t c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static void add_hex(const uint8_t *p, size_t n, struct lic_buf *out)
{
	for (size_t i = 0; i < n; i++) {
		static const char digits[] = "0123456789abcdef";

		lic_buf_addc(out, digits[p[i] >> 4]);
		lic_buf_addc(out, digits[p[i] & 15]);
	}
}

/* RFC 4648 4, as Open Images has its MD5; the bits that stand for nothing must be zero. */
static bool add_base64(struct lic_bytes s, size_t bytes, struct lic_buf *out)
{
	uint8_t value[32];
	size_t n = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	while (s.n > 0 && s.p[s.n - 1] == '=')
		s.n--;
	if (bytes > sizeof(value) || s.n != (bytes * 4 + 2) / 3)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int v = base64(s.p[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		value[n++] = (uint8_t)(bits >> have);
		bits &= (1u << have) - 1;
	}
	if (bits || n != bytes)
		return false;
	add_hex(value, n, out);
	return true;
}

static bool add_hash(struct lic_bytes s, const char *name, size_t bytes, struct lic_buf *out)
{
	size_t n = strlen(name);

	if (s.n > n && s.p[n] == ':' && strncasecmp((const char *)s.p, name, n) == 0)
		s = (struct lic_bytes){ s.p + n + 1, s.n - n - 1 };
	if (s.n != bytes * 2)
		return s.n <= (bytes + 2) / 3 * 4 && add_base64(s, bytes, out);
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c >= 'A' && c <= 'F')
			c |= 0x20;
		else if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
		lic_buf_addc(out, (char)c);
	}
	return true;
}

/* --- rows --------------------------------------------------------------------------------- */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct lic_bytes trim(struct lic_bytes s)
{
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

static bool add_normal(enum lic_key_kind kind, struct lic_bytes s, struct lic_buf *out)
{
	switch (kind) {
	case LIC_KEY_PATH:
		return add_path(s, LIC_KEY_TEXT_MAX, out);
	case LIC_KEY_TAIL:
		return add_path(s, LIC_KEY_TAILS_MAX, out);
	case LIC_KEY_STEM:
		return add_stem(s, out);
	case LIC_KEY_ID:
	case LIC_KEY_FOLDER_ID:
		s = trim(s);
		lic_buf_add(out, s.p, s.n);
		return lic_key_is_id(s, 1);
	case LIC_KEY_URL:
		return lic_key_url(trim(s), out);
	case LIC_KEY_MD5:
		return add_hash(trim(s), "md5", 16, out);
	case LIC_KEY_SHA256:
		return add_hash(trim(s), "sha256", 32, out);
	case LIC_KEY_XXH3:
		return add_hash(trim(s), "xxh3", 16, out);
	case LIC_KEY_GLOB:
	case LIC_KEY_RULE:
		lic_buf_add(out, s.p, s.n);
		return true;
	case LIC_KEY_NONE:
	case LIC_KEY_ALL:
	case LIC_KEY_COUNT:
		break;
	}
	return false;
}

bool lic_key_normal(enum lic_key_kind kind, struct lic_bytes text, struct lic_buf *out)
{
	size_t before = out->len;

	if (kind == LIC_KEY_ALL)
		return !text.n;
	if (!text.n || text.n > LIC_KEY_TEXT_MAX || memchr(text.p, '\0', text.n))
		return false;
	if (add_normal(kind, text, out) && !lic_buf_failed(out) &&
	    out->len - before <= LIC_KEY_TEXT_MAX)
		return true;
	lic_buf_truncate(out, before);
	return false;
}

/* --- images ------------------------------------------------------------------------------- */

struct finder {
	unsigned kinds;
	int (*fn)(void *ctx, enum lic_key_kind kind, struct lic_bytes normal);
	void *ctx;
	struct lic_buf text;
};

static void release_finder(struct finder *f)
{
	lic_buf_release(&f->text);
}

static bool wants(const struct finder *f, enum lic_key_kind kind)
{
	return f->kinds & 1u << kind;
}

/* A candidate goes through the same door as a row: then both are equal or not for one reason. */
static int found(struct finder *f, enum lic_key_kind kind, struct lic_bytes text)
{
	if (!wants(f, kind))
		return 0;
	lic_buf_reset(&f->text);
	if (lic_key_normal(kind, text, &f->text))
		return f->fn(
			f->ctx, kind,
			(struct lic_bytes){ (const uint8_t *)lic_buf_str(&f->text), f->text.len });
	return lic_buf_failed(&f->text) ? -ENOMEM : 0;
}

static int find_tails(struct finder *f, struct lic_bytes path)
{
	unsigned n = 0;

	if (!wants(f, LIC_KEY_TAIL))
		return 0;
	for (size_t i = path.n; i > 0 && n < LIC_KEY_TAILS_MAX; i--) {
		int r;

		if (path.p[i - 1] == '/')
			continue;
		if (i > 1 && path.p[i - 2] != '/')
			continue;
		n++;
		r = found(f, LIC_KEY_TAIL, (struct lic_bytes){ path.p + i - 1, path.n - i + 1 });
		if (r)
			return r;
	}
	return 0;
}

static int find_names(struct finder *f, struct lic_bytes path)
{
	struct lic_bytes name = last_component(path), stem = without_extension(name), id;
	struct lic_bytes above = { path.p, path.n > name.n ? path.n - name.n - 1 : 0 };
	int r = found(f, LIC_KEY_PATH, path);

	if (!r)
		r = find_tails(f, path);
	if (!r)
		r = found(f, LIC_KEY_STEM, stem);
	if (!r && wants(f, LIC_KEY_ID) && lic_key_flickr_id(stem, &id))
		r = found(f, LIC_KEY_ID, id);
	if (!r && wants(f, LIC_KEY_FOLDER_ID) &&
	    lic_key_inaturalist_id(last_component(above), stem, &id))
		r = found(f, LIC_KEY_FOLDER_ID, id);
	return r;
}

/* What the image's own files say; a row that joined by one key must not draw in others by the
 * address that it states. */
static int find_urls(struct finder *f, const struct lic_claims *claims)
{
	unsigned n = 0;

	if (!claims || !wants(f, LIC_KEY_URL))
		return 0;
	for (size_t i = 0; i < claims->n && n < LIC_KEY_URLS_MAX; i++) {
		const struct lic_claim *c = &claims->item[i];
		int r;

		if (c->role != LIC_ROLE_SOURCE_URL || !c->text ||
		    (c->rank != LIC_RANK_EMBEDDED && c->rank != LIC_RANK_SIDECAR))
			continue;
		n++;
		r = found(f, LIC_KEY_URL,
			  (struct lic_bytes){ (const uint8_t *)c->text, strlen(c->text) });
		if (r)
			return r;
	}
	return 0;
}

static int find_hash(struct finder *f, enum lic_key_kind kind, const uint8_t *p, size_t n)
{
	if (!p || !wants(f, kind))
		return 0;
	lic_buf_reset(&f->text);
	add_hex(p, n, &f->text);
	if (lic_buf_failed(&f->text))
		return -ENOMEM;
	return f->fn(f->ctx, kind,
		     (struct lic_bytes){ (const uint8_t *)lic_buf_str(&f->text), f->text.len });
}

int lic_key_candidates(const struct lic_key_subject *s, unsigned kinds,
		       int (*fn)(void *ctx, enum lic_key_kind kind, struct lic_bytes normal),
		       void *ctx)
{
	_cleanup_(release_finder) struct finder f = { kinds, fn, ctx,
						      LIC_BUF_INIT(LIC_KEY_TEXT_MAX * 4) };
	int r = s->path.n ? find_names(&f, s->path) : 0;

	if (!r)
		r = find_urls(&f, s->claims);
	if (!r)
		r = find_hash(&f, LIC_KEY_MD5, s->md5, 16);
	if (!r)
		r = find_hash(&f, LIC_KEY_SHA256, s->sha256, 32);
	if (!r)
		r = find_hash(&f, LIC_KEY_XXH3, s->xxh3 ? s->xxh3->b : NULL, 16);
	return r;
}
