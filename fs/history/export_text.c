/* SPDX-License-Identifier: Apache-2.0 */
/* How exports write numbers, names and addresses. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "fs/history/export.h"

void lic_export_date(int64_t seconds, char buf[32])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		buf[0] = 0;
}

void lic_export_hex(struct lic_buf *out, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lic_buf_addf(out, "%02x", p[i]);
}

void lic_export_field(struct lic_buf *out, const char *p, size_t n)
{
	bool quoted = false;

	for (size_t i = 0; i < n && !quoted; i++)
		quoted = strchr("\",\r\n", p[i]) != NULL; /* a NUL, too */
	if (n && (p[0] == ' ' || p[n - 1] == ' '))
		quoted = true;
	if (!quoted) {
		lic_buf_add(out, p, n);
		return;
	}
	lic_buf_addc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"')
			lic_buf_addc(out, '"');
		lic_buf_addc(out, p[i]);
	}
	lic_buf_addc(out, '"');
}

void lic_export_path(struct lic_buf *out, const struct lic_bytes *path, bool guard)
{
	struct lic_buf b = LIC_BUF_INIT(64u << 20);
	const uint8_t *p = path->p;
	size_t n = path->n;

	if (guard && n && strchr(LIC_EXPORT_FORMULA, *p))
		lic_buf_addc(&b, '\'');
	while (n) {
		uint32_t cp = 0;
		size_t k = lic_utf8_decode(p, n, &cp);

		if (cp == '\\' && k)
			lic_buf_adds(&b, "\\\\");
		else if (k > 1 || (k && cp >= 0x20 && cp != 0x7f))
			lic_buf_add(&b, p, k);
		else
			lic_buf_addf(&b, "\\x%02x", *p);
		k = k ? k : 1;
		p += k;
		n -= k;
	}
	if (lic_buf_failed(&b))
		out->failed = true;
	lic_export_field(out, lic_buf_str(&b), b.len);
	lic_buf_release(&b);
}

void lic_export_reference(struct lic_buf *out, const struct lic_bytes *path)
{
	for (size_t i = 0; i < path->n; i++) {
		uint8_t c = path->p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || (c && strchr("-._~/", c));

		if (plain)
			lic_buf_addc(out, (char)c);
		else
			lic_buf_addf(out, "%%%02X", c);
	}
}

void lic_export_kshown(struct lic_export *x, struct lic_json *j, const char *key, const void *p,
		       size_t n)
{
	lic_buf_reset(&x->text);
	lic_text_show(&x->text, p ? p : "", p ? n : 0);
	lic_json_kstr(j, key, p ? lic_buf_str(&x->text) : NULL);
}

const char *lic_export_media_type(const struct lic_entry *e)
{
	static const char *const type[LIC_FORMAT_COUNT] = {
		[LIC_FORMAT_JPEG] = "image/jpeg",
		[LIC_FORMAT_PNG] = "image/png",
		[LIC_FORMAT_WEBP] = "image/webp",
		[LIC_FORMAT_TIFF] = "image/tiff",
		[LIC_FORMAT_GIF] = "image/gif",
		[LIC_FORMAT_BMP] = "image/bmp",
		[LIC_FORMAT_PNM] = "image/x-portable-anymap",
		[LIC_FORMAT_HEIF] = "image/heif",
		[LIC_FORMAT_AVIF] = "image/avif",
		[LIC_FORMAT_JXL] = "image/jxl",
		[LIC_FORMAT_JP2] = "image/jp2",
		[LIC_FORMAT_SVG] = "image/svg+xml",
		[LIC_FORMAT_PSD] = "image/vnd.adobe.photoshop",
		[LIC_FORMAT_DNG] = "image/x-adobe-dng",
	};

	if (e->kind != LIC_KIND_IMAGE || (unsigned)e->format >= LIC_FORMAT_COUNT ||
	    !type[e->format])
		return "application/octet-stream";
	return type[e->format];
}

size_t lic_export_license_number(const struct lic_export *x, const char *license)
{
	for (size_t i = 0; i < x->n_tally; i++)
		if (strcmp(x->tally[i].license, license) == 0)
			return i;
	return x->n_tally;
}

void lic_export_obligations(struct lic_buf *out, unsigned bits)
{
	bool more = false;

	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++) {
		if (!(bits & 1u << i))
			continue;
		lic_buf_addf(out, "%s%s", more ? " " : "", lic_obligation_name(1u << i));
		more = true;
	}
}

void lic_export_reservations(struct lic_buf *out, unsigned bits)
{
	bool more = false;

	for (unsigned i = 0; i < LIC_RESERVE_COUNT; i++) {
		if (!(bits & 1u << i))
			continue;
		lic_buf_addf(out, "%s%s", more ? " " : "", lic_reserve_name(1u << i));
		more = true;
	}
}

unsigned lic_export_obliges(const struct lic_rights *r)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < r->n_alternatives; i++)
		bits |= r->alternative[i].obligations;
	return bits;
}

const char *lic_export_license_url(const struct lic_export *x, const char *id, size_t n)
{
	const struct lic_license *l = lic_license_find(id, n);

	if (!l)
		l = lic_own_license_find(x->policy.own, id, n);
	return l ? l->url : NULL;
}

/* The i-th operand of an OR as rights of its own: those of one who has chosen it. */
static bool choose(const struct lic_rights *r, size_t i, struct lic_rights *ret)
{
	const char *s = r->license, *end;
	size_t n;

	for (size_t k = 0; k < i; k++) {
		s = strstr(s, " OR ");
		if (!s)
			return false;
		s += 4;
	}
	end = strstr(s, " OR ");
	n = end ? (size_t)(end - s) : strlen(s);
	if (n >= 2 && *s == '(') {
		s++;
		n -= 2;
	}
	*ret = *r;
	memmove(ret->license, s, n);
	ret->license[n] = '\0';
	ret->n_alternatives = 1;
	ret->alternative[0] = r->alternative[i];
	return true;
}

const char *lic_export_rights_url(const struct lic_export *x, const struct lic_rights *r)
{
	struct lic_rights one;
	const char *url = NULL;

	if (!strstr(r->license, " OR "))
		return lic_export_license_url(x, r->license, strlen(r->license));
	/* of paths and collections another image with the same rights has others */
	if (!x->view || lic_view_needs_asset(x->view))
		return NULL;
	for (size_t i = 0; !url && i < r->n_alternatives && choose(r, i, &one); i++)
		if (lic_view_match(x->view, &one, NULL, x->info->at) == LIC_ALLOWED)
			url = lic_export_license_url(x, one.license, strlen(one.license));
	return url;
}

void lic_export_facts(struct lic_export *x)
{
	const struct lic_snapshot_info *s = x->info;
	struct lic_buf digest = LIC_BUF_INIT(80);
	struct lic_json *j = &x->json;
	char at[32];

	lic_export_date(s->at, at);
	lic_buf_adds(&digest, "sha256:");
	lic_export_hex(&digest, s->digest, sizeof(s->digest));
	lic_json_kstr(j, "snapshot", s->name);
	lic_json_kstr(j, "view", *s->view ? s->view : NULL);
	lic_json_kstr(j, "expression", s->expr);
	lic_json_kstr(j, "basis", *s->basis ? s->basis : NULL);
	lic_json_kstr(j, "policy", s->policy);
	lic_json_kint(j, "generation", s->born);
	lic_json_kstr(j, "at", at);
	lic_json_kint(j, "images", s->images);
	lic_json_kint(j, "files", s->files);
	lic_json_kint(j, "bytes", s->bytes);
	lic_json_kstr(j, "digest", lic_buf_str(&digest));
	lic_buf_release(&digest);
}
