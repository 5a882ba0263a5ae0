/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of the catalog with what is known of it. */
#include <errno.h>
#include <string.h>

#include "image.h"

#define PATH_BYTES_MAX (1u << 20)

void path_cache_release(struct path_cache *c)
{
	lic_buf_release(&c->path);
	c->dir = 0;
}

int path_cache_get(struct path_cache *c, struct lic_catalog *cat, const struct lic_entry *e,
		   struct lic_buf *out, struct lic_error *err)
{
	int r;

	lic_buf_reset(out);
	out->max = PATH_BYTES_MAX;
	if (e->id == 1)
		return 0;
	lic_buf_add(out, e->name.p, e->name.n); /* gone with the next call on the catalog */
	if (c->dir != e->parent || !c->dir) {
		lic_buf_reset(&c->path);
		c->path.max = PATH_BYTES_MAX;
		c->dir = 0;
		r = lic_catalog_entry_path(cat, e->parent, &c->path, err);
		if (r < 0)
			return r;
		if (c->path.len)
			lic_buf_addc(&c->path, '/');
		c->dir = e->parent;
	}
	if (!c->path.len)
		return 0;
	lic_buf_reserve(out, c->path.len);
	if (!lic_buf_failed(out) && !lic_buf_failed(&c->path)) {
		memmove(out->data + c->path.len, out->data, out->len + 1);
		memcpy(out->data, c->path.data, c->path.len);
		out->len += c->path.len;
		return 0;
	}
	return lic_error_sys(err, ENAMETOOLONG, "cannot tell a path");
}

/* The catalog's own name is gone with the next call; that in the path stays. That of a member of an
 * archive may hold slashes. */
static void keep_name(struct image *i)
{
	i->entry.name.p = (const uint8_t *)lic_buf_str(&i->path) + i->path.len - i->entry.name.n;
}

int image_load(struct image *i, struct path_cache *cache, struct lic_catalog *cat,
	       const struct lic_entry *e, struct lic_error *err)
{
	int r;

	i->entry = *e;
	i->rights = NULL;
	lic_credit_release(&i->credit);
	i->have_credit = i->have_in = false;
	r = path_cache_get(cache, cat, e, &i->path, err);
	if (r < 0)
		i->entry.name.n = 0;
	keep_name(i);
	if (r < 0 || e->kind != LIC_KIND_IMAGE)
		return r;
	i->rights = lic_catalog_rights(cat, i->entry.rights, err);
	return i->rights ? 0 : lic_error_prefix(err, "cannot read the rights of an image");
}

int image_credit(struct image *i, struct lic_catalog *cat, struct lic_error *err)
{
	int r;

	if (i->have_credit)
		return 0;
	r = lic_catalog_credit(cat, i->entry.id, &i->credit, err);
	i->have_credit = r == 0;
	return r;
}

static int make_asset(struct image *i, struct lic_catalog *cat, const struct lic_view *v,
		      struct lic_asset *ret, struct lic_error *err)
{
	int r = lic_view_needs_asset(v) ? image_credit(i, cat, err) : 0;

	if (r == 0 && lic_view_needs_collections(v) && !i->have_in) {
		r = lic_memberships_load(cat, i->entry.id, &i->in, err);
		i->have_in = r == 0;
	}
	if (r < 0)
		return r;
	ret->path.p = (const uint8_t *)lic_buf_str(&i->path);
	ret->path.n = i->path.len;
	ret->credit = i->have_credit ? &i->credit : NULL;
	ret->membership = i->in.item;
	ret->n_memberships = i->have_in ? i->in.n : 0;
	return 0;
}

int image_match(struct image *i, struct lic_catalog *cat, const struct lic_view *v, int64_t now,
		bool *ret, struct lic_error *err)
{
	struct lic_asset asset;
	int r = make_asset(i, cat, v, &asset, err);

	if (r == 0)
		*ret = i->rights && lic_view_match(v, i->rights, &asset, now) == LIC_ALLOWED;
	return r;
}

/* "out: status is conflict": whether it is in or out stands beside the reason here. */
static void cut_verdict(struct lic_buf *b)
{
	const char *s = lic_buf_str(b);
	size_t n = strncmp(s, "in: ", 4) == 0 ? 4 : strncmp(s, "out: ", 5) == 0 ? 5 : 0;

	if (n) {
		memmove(b->data, b->data + n, b->len - n);
		lic_buf_truncate(b, b->len - n);
	}
}

int image_why(struct image *i, struct lic_catalog *cat, const struct lic_view *v, int64_t now,
	      struct lic_buf *out, struct lic_error *err)
{
	struct lic_asset asset;
	int r = make_asset(i, cat, v, &asset, err);

	if (r == 0 && i->rights)
		lic_view_why(v, i->rights, &asset, now, out);
	cut_verdict(out);
	return r;
}

void image_release(struct image *i)
{
	lic_buf_release(&i->path);
	lic_credit_release(&i->credit);
	lic_memberships_release(&i->in);
}

void image_hash(const struct lic_hash *hash, char buf[40])
{
	memcpy(buf, "xxh3:", 5);
	for (size_t k = 0; k < sizeof(hash->b); k++)
		snprintf(buf + 5 + 2 * k, 3, "%02x", hash->b[k]);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

int image_parse_hash(const char *s, struct content_hash *ret, struct lic_error *err)
{
	static const struct {
		const char *prefix;
		unsigned digest;
		size_t n;
	} kinds[] = { { "xxh3:", 0, 16 },
		      { "md5:", LIC_DIGEST_MD5, 16 },
		      { "sha256:", LIC_DIGEST_SHA256, 32 } };
	size_t bare = strspn(s, "0123456789abcdefABCDEF");

	bare = s[bare] ? 0 : bare;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i].prefix);
		struct content_hash hash = { .digest = kinds[i].digest };
		bool good = strncmp(s, kinds[i].prefix, n) == 0 && strlen(s) == n + 2 * kinds[i].n;

		for (size_t k = 0; good && k < kinds[i].n; k++) {
			int high = hex_digit(s[n + 2 * k]), low = hex_digit(s[n + 2 * k + 1]);

			good = high >= 0 && low >= 0;
			hash.b[k] = (uint8_t)(high << 4 | low);
		}
		if (good) {
			*ret = hash;
			return 0;
		}
	}
	return lic_error_set(err, EINVAL,
			     "a hash is 'xxh3:' or 'md5:' and 32 hexadecimal digits, or 'sha256:' "
			     "and 64%s%s",
			     bare == 64 ? "; did you mean sha256:" : "", bare == 64 ? s : "");
}

/* --- JSON --------------------------------------------------------------------------------- */

static void json_obligations(struct lic_json *j, unsigned bits)
{
	lic_json_key(j, "obligations");
	lic_json_array(j);
	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++)
		if (bits & 1u << i)
			lic_json_str(j, lic_obligation_name(1u << i));
	lic_json_array_end(j);
}

/* What each operand of the OR permits, with its own license where the expression can be read. */
static void json_alternatives(struct lic_json *j, const struct lic_rights *rights)
{
	struct lic_expression e = { 0 };
	unsigned n = rights ? rights->n_alternatives : 0;

	if (n && lic_expression_parse(rights->license, strlen(rights->license), &e, NULL) < 0)
		e.n = 0;
	lic_json_key(j, "alternatives");
	lic_json_array(j);
	for (unsigned i = 0; i < n; i++) {
		const struct lic_terms *t = &rights->alternative[i];

		lic_json_object(j);
		if (e.n == n) {
			struct lic_expression one = { .n = 1, .alternative = { e.alternative[i] } };
			struct lic_buf text = LIC_BUF_INIT(LIC_RIGHTS_LICENSE_MAX);

			lic_expression_format(&one, &text);
			lic_json_kstr(j, "license", lic_buf_str(&text));
			lic_buf_release(&text);
		} else {
			lic_json_kstr(j, "license", n == 1 ? rights->license : NULL);
		}
		for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
			lic_json_kstr(j, lic_permission_name(p), lic_tri_name(t->permission[p]));
		json_obligations(j, t->obligations);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

void image_json_rights(struct lic_json *j, const struct lic_rights *rights)
{
	lic_json_kstr(j, "license", rights && *rights->license ? rights->license : NULL);
	lic_json_key(j, "permissions");
	lic_json_object(j);
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		lic_json_kstr(
			j, lic_permission_name(p),
			lic_tri_name(rights ? lic_rights_permission(rights, p) : LIC_UNKNOWN));
	lic_json_object_end(j);
	json_alternatives(j, rights);
	json_obligations(j, rights ? lic_rights_obligations(rights) : 0);
	lic_json_key(j, "reservations");
	lic_json_array(j);
	for (unsigned i = 0; rights && i < LIC_RESERVE_COUNT; i++)
		if (rights->reservations & 1u << i)
			lic_json_str(j, lic_reserve_name(1u << i));
	lic_json_array_end(j);
}

void image_json_credit(struct lic_json *j, const struct lic_credit *credit)
{
	lic_json_key(j, "credit");
	lic_json_object(j);
	lic_json_kstr(j, "creator", credit ? credit->creator : NULL);
	lic_json_kstr(j, "title", credit ? credit->title : NULL);
	lic_json_kstr(j, "source_url", credit ? credit->source_url : NULL);
	lic_json_kstr(j, "license_url", credit ? credit->license_url : NULL);
	lic_json_object_end(j);
}
