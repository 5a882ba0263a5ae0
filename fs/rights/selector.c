/* SPDX-License-Identifier: Apache-2.0 */
/* Selectors: what a person wrote, as a kind and a normal text. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/license/prepare.h"
#include "fs/rights/selector.h"

static const char *const names[LIC_SELECT_COUNT] = {
	[LIC_SELECT_PATH] = "path",	  [LIC_SELECT_XXH3] = "xxh3",
	[LIC_SELECT_MD5] = "md5",	  [LIC_SELECT_SHA256] = "sha256",
	[LIC_SELECT_CREATOR] = "creator", [LIC_SELECT_URL] = "url",
	[LIC_SELECT_ID] = "id",		  [LIC_SELECT_LIKENESS] = "likeness",
};

const char *lic_selector_name(enum lic_selector_kind k)
{
	return k > 0 && k < LIC_SELECT_COUNT ? names[k] : "unknown";
}

static int refuse(struct lic_error *err, const char *why, struct lic_bytes text)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(1u << 16);

	lic_text_quote(&shown, text.p, text.n < 256 ? text.n : 256);
	return lic_error_set(err, EINVAL, "%s: %s", lic_buf_str(&shown), why);
}

static bool is_name(struct lic_bytes s, const char *name)
{
	return strlen(name) == s.n && memcmp(name, s.p, s.n) == 0;
}

static bool has_star(struct lic_bytes s)
{
	return s.n && (memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n));
}

/* --- one kind after the other ------------------------------------------------------------- */

static int add_path(struct lic_bytes s, struct lic_buf *out, struct lic_error *err)
{
	bool below = has_star(s) && s.p[s.n - 1] == '/';
	size_t before = out->len;

	for (size_t i = 0; i < s.n;) {
		const uint8_t *slash = memchr(s.p + i, '/', s.n - i);
		struct lic_bytes c = { s.p + i, slash ? (size_t)(slash - s.p) - i : s.n - i };

		i += c.n + 1;
		if (!c.n || is_name(c, "."))
			continue;
		if (is_name(c, ".."))
			return refuse(err, "a path in the store has no '..'", s);
		if (out->len > before)
			lic_buf_addc(out, '/');
		lic_buf_add(out, c.p, c.n);
	}
	if (out->len == before)
		return refuse(err, "this is the whole store; the pattern '**' names all of it", s);
	if (below)
		lic_buf_addc(out, '/');
	return 0;
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool all_hex(struct lic_bytes s)
{
	for (size_t i = 0; i < s.n; i++)
		if (hex(s.p[i]) < 0)
			return false;
	return true;
}

static size_t hash_size(enum lic_selector_kind kind)
{
	return kind == LIC_SELECT_SHA256 ? 32 : 16;
}

static int add_hash(enum lic_selector_kind kind, struct lic_bytes s, struct lic_buf *out,
		    struct lic_error *err)
{
	const char *name = lic_selector_name(kind);
	size_t n = strlen(name), size = hash_size(kind);

	if (s.n == size && !all_hex(s)) { /* as it is kept */
		lic_buf_add(out, s.p, s.n);
		return 0;
	}
	if (s.n > n && s.p[n] == ':' && strncasecmp((const char *)s.p, name, n) == 0)
		s = (struct lic_bytes){ s.p + n + 1, s.n - n - 1 };
	if (s.n != 2 * size || !all_hex(s))
		return refuse(err,
			      size == 32 ? "not a hash of 64 hexadecimal digits"
					 : "not a hash of 32 hexadecimal digits",
			      s);
	for (size_t i = 0; i < s.n; i += 2)
		lic_buf_addc(out, (char)(hex(s.p[i]) << 4 | hex(s.p[i + 1])));
	return 0;
}

static int add_creator(struct lic_bytes s, struct lic_buf *out, struct lic_error *err)
{
	size_t before = out->len;

	if (!lic_utf8_valid(s.p, s.n))
		return refuse(err, "a name is written in UTF-8", s);
	lic_fold(s.p, s.n, out);
	return out->len > before || lic_buf_failed(out) ? 0
							: refuse(err, "there is no name in it", s);
}

static int add_id(struct lic_bytes s, struct lic_buf *out, struct lic_error *err)
{
	struct lic_bytes part;
	struct lic_cut cut;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct lic_bytes){ s.p + 1, s.n - 1 };
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	cut.rest = s;
	if (!lic_selector_next_part(&cut, &part))
		return refuse(err, "there is neither letter nor digit in it", s);
	lic_selector_id(s, out);
	return 0;
}

static int add_normal(enum lic_selector_kind kind, struct lic_bytes s, struct lic_buf *out,
		      bool *ret_pattern, struct lic_error *err)
{
	*ret_pattern = false;
	if (kind != LIC_SELECT_XXH3 && kind != LIC_SELECT_MD5 && kind != LIC_SELECT_SHA256 && s.n &&
	    memchr(s.p, 0, s.n))
		return refuse(err, "a NUL byte is in no text", s);
	switch (kind) {
	case LIC_SELECT_PATH:
		*ret_pattern = has_star(s);
		return add_path(s, out, err);
	case LIC_SELECT_XXH3:
	case LIC_SELECT_MD5:
	case LIC_SELECT_SHA256:
		return add_hash(kind, s, out, err);
	case LIC_SELECT_CREATOR:
		*ret_pattern = has_star(s);
		return add_creator(s, out, err);
	case LIC_SELECT_URL:
		return lic_selector_url(s, out) || lic_buf_failed(out)
			       ? 0
			       : refuse(err, "neither an address nor a domain", s);
	case LIC_SELECT_ID:
		return add_id(s, out, err);
	case LIC_SELECT_LIKENESS:
	case LIC_SELECT_COUNT:
	default:
		return lic_error_set(err, EINVAL, "a likeness is no text");
	}
}

int lic_selector_normal(enum lic_selector_kind kind, struct lic_bytes text, struct lic_buf *out,
			bool *ret_pattern, struct lic_error *err)
{
	size_t before = out->len;
	bool pattern = false;
	int r;

	if (!text.p)
		text.p = (const uint8_t *)"";
	/* Nothing that is so long gets short enough by what is left out */
	if (text.n > 4 * LIC_SELECTOR_TEXT_MAX)
		r = refuse(err, "too long", text);
	else
		r = add_normal(kind, text, out, &pattern, err);
	if (r == 0 && lic_buf_failed(out))
		r = lic_error_set(err, ENOMEM, "out of memory for a selector");
	else if (r == 0 && out->len - before > LIC_SELECTOR_TEXT_MAX)
		r = refuse(err, "too long", text);
	if (r < 0)
		lic_buf_truncate(out, before);
	else
		*ret_pattern = pattern;
	return r;
}

/* --- matching ----------------------------------------------------------------------------- */

static bool same(struct lic_bytes a, struct lic_bytes b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static int compare(void *ctx, enum lic_selector_kind kind, struct lic_bytes normal)
{
	const struct lic_selector *sel = ctx;

	if (!sel->pattern)
		return same(sel->normal, normal);
	if (kind == LIC_SELECT_PATH)
		return lic_path_glob(sel->normal, normal);
	return kind == LIC_SELECT_CREATOR && lic_text_glob(sel->normal, normal);
}

int lic_selector_matches(const struct lic_selector *sel, const struct lic_selector_subject *s)
{
	int r;

	if (sel->kind == LIC_SELECT_LIKENESS)
		return 0;
	/* A pattern is about the image, not about the directories above it */
	if (sel->kind == LIC_SELECT_PATH && sel->pattern)
		return lic_path_glob(sel->normal, s->path);
	r = lic_selector_candidates(s, 1u << sel->kind, compare, (void *)sel);
	return r > 0 ? 1 : r;
}
