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

bool lic_export_url(struct lic_buf *out, const char *url)
{
	if (!url || (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0))
		return false;
	for (const unsigned char *p = (const unsigned char *)url; *p; p++) {
		if (*p > 0x20 && *p < 0x7f && !strchr("\"'<>\\^`{|}()[]*", *p))
			lic_buf_addc(out, (char)*p);
		else
			lic_buf_addf(out, "%%%02X", *p);
	}
	return true;
}

const char *lic_export_license_url(const struct lic_export *x, const char *id, size_t n)
{
	const struct lic_license *l = lic_license_find(id, n);

	if (!l)
		l = lic_own_license_find(x->policy.own, id, n);
	return l ? l->url : NULL;
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
