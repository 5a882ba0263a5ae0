/* SPDX-License-Identifier: Apache-2.0 */
/* A line for each member: JSON Lines, or RFC 4180. */
#include <inttypes.h>
#include <string.h>

#include "fs/history/export.h"

static void add_words(struct lic_json *j, const char *key, const char *(*name)(unsigned),
		      unsigned bits)
{
	lic_json_key(j, key);
	lic_json_array(j);
	for (; bits; bits &= bits - 1)
		lic_json_str(j, name(bits & -bits));
	lic_json_array_end(j);
}

static void add_sum(struct lic_export *x, const char *key, const char *kind, const uint8_t *p,
		    size_t n)
{
	lic_buf_reset(&x->text);
	lic_buf_addf(&x->text, "%s:", kind);
	if (p)
		lic_export_hex(&x->text, p, n);
	lic_json_kstr(&x->json, key, p ? lic_buf_str(&x->text) : NULL);
}

static void end_line(struct lic_export *x)
{
	lic_json_object_end(&x->json);
	lic_buf_addc(&x->out, '\n');
	x->json.need_comma = false;
}

static void manifest_begin(struct lic_export *x)
{
	lic_json_object(&x->json);
	lic_json_kstr(&x->json, "format", "licensefs-manifest-1");
	lic_export_facts(x);
	end_line(x);
}

static void add_image(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_rights *r = m->rights;
	struct lic_json *j = &x->json;

	lic_json_kstr(j, "license", *r->license ? r->license : NULL);
	lic_json_kstr(j, "status", lic_status_name(r->status));
	lic_json_key(j, "permissions");
	lic_json_object(j);
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		lic_json_kstr(j, lic_permission_name(p), lic_tri_name(lic_rights_permission(r, p)));
	lic_json_object_end(j);
	add_words(j, "obligations", lic_obligation_name, lic_export_obliges(r));
	add_words(j, "reservations", lic_reserve_name, r->reservations);
	lic_json_kstr(j, "creator", m->credit.creator);
	lic_json_kstr(j, "title", m->credit.title);
	lic_json_kstr(j, "source_url", m->credit.source_url);
	lic_json_kstr(j, "license_url", m->license_url);
}

static void manifest_member(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_entry *e = &m->t->m.e;
	struct lic_json *j = &x->json;

	lic_json_object(j);
	lic_json_key(j, "path");
	lic_json_bytes(j, m->path.p, m->path.n);
	lic_json_kstr(j, "kind", lic_kind_name(e->kind));
	lic_json_kint(j, "size", (int64_t)e->st.size);
	add_sum(x, "xxh3", "xxh3", m->rights ? e->hash.b : NULL, sizeof(e->hash.b));
	add_sum(x, "sha256", "sha256", m->sha256, 32);
	if (m->rights)
		add_image(x, m);
	end_line(x);
}

const struct lic_export_format lic_export_manifest = {
	.name = "manifest",
	.summary = "a line of JSON for each image and file, after one for the snapshot",
	.begin = manifest_begin,
	.member = manifest_member,
};

/* --- CSV ------------------------------------------------------------------------------------ */

static void csv_begin(struct lic_export *x)
{
	lic_buf_adds(&x->out, "path,kind,size,xxh3,sha256,license,status");
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		lic_buf_addf(&x->out, ",%s", lic_permission_name(p));
	lic_buf_adds(&x->out, ",obligations,reservations,creator,title,source_url,license_url\r\n");
}

static void add_text(struct lic_export *x, const char *s)
{
	lic_buf_reset(&x->text);
	lic_text_show(&x->text, s ? s : "", s ? strlen(s) : 0);
	lic_buf_addc(&x->out, ',');
	lic_export_field(&x->out, lic_buf_str(&x->text), x->text.len);
}

static void csv_image(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_rights *r = m->rights;

	add_text(x, r->license);
	add_text(x, lic_status_name(r->status));
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		add_text(x, lic_tri_name(lic_rights_permission(r, p)));
	lic_buf_addc(&x->out, ',');
	lic_export_obligations(&x->out, lic_export_obliges(r));
	lic_buf_addc(&x->out, ',');
	lic_export_reservations(&x->out, r->reservations);
	add_text(x, m->credit.creator);
	add_text(x, m->credit.title);
	add_text(x, m->credit.source_url);
	add_text(x, m->license_url);
}

static void csv_member(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_entry *e = &m->t->m.e;

	lic_export_path(&x->out, &m->path, false);
	lic_buf_addf(&x->out, ",%s,%" PRIu64 ",", lic_kind_name(e->kind), e->st.size);
	if (m->rights)
		lic_export_hex(&x->out, e->hash.b, sizeof(e->hash.b));
	lic_buf_addc(&x->out, ',');
	if (m->sha256)
		lic_export_hex(&x->out, m->sha256, 32);
	if (m->rights)
		csv_image(x, m);
	else
		for (int i = 0; i < 8 + LIC_PERMISSION_COUNT; i++)
			lic_buf_addc(&x->out, ',');
	lic_buf_adds(&x->out, "\r\n");
}

const struct lic_export_format lic_export_csv = {
	.name = "csv",
	.summary = "the same as a table (RFC 4180)",
	.begin = csv_begin,
	.member = csv_member,
};
