/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes of images, made from the catalog; the store's own are never looked at. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fs/mount/backed.h"
#include "fs/mount/pinned.h"
#include "fs/mount/record.h"
#include "fs/mount/table.h"
#include "fs/mount/worker.h"

struct facts {
	const struct lic_rights *rights;
	struct lic_credit credit;
	struct lic_hash hash;
};

static void add_license(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, f->rights->license);
}

static const char *license_url(const struct facts *f)
{
	const char *id = f->rights->license;
	const struct lic_license *l = lic_license_find(id, strlen(id));

	if (f->credit.license_url)
		return f->credit.license_url;
	return l && l->url ? l->url : "";
}

static void add_license_url(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, license_url(f));
}

static void add_status(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, lic_status_name(f->rights->status));
}

static void add_permissions(const struct facts *f, struct lic_buf *out)
{
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		lic_buf_addf(
			out, "%s%s=%s", p ? "," : "", lic_permission_name((enum lic_permission)p),
			lic_tri_name(lic_rights_permission(f->rights, (enum lic_permission)p)));
}

static void add_bits(struct lic_buf *out, unsigned bits, const char *(*name)(unsigned))
{
	for (unsigned bit = 1; bits; bits &= ~bit, bit <<= 1) {
		if (bits & bit)
			lic_buf_addf(out, "%s%s", out->len ? "," : "", name(bit));
	}
}

static void add_obligations(const struct facts *f, struct lic_buf *out)
{
	add_bits(out, lic_rights_obligations(f->rights), lic_obligation_name);
}

static void add_reservations(const struct facts *f, struct lic_buf *out)
{
	add_bits(out, f->rights->reservations, lic_reserve_name);
}

static void add_creator(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, f->credit.creator ? f->credit.creator : "");
}

static void add_title(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, f->credit.title ? f->credit.title : "");
}

static void add_source(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, f->credit.source_url ? f->credit.source_url : "");
}

static void add_xxh3(const struct facts *f, struct lic_buf *out)
{
	lic_buf_adds(out, "xxh3:");
	for (size_t i = 0; i < sizeof(f->hash.b); i++)
		lic_buf_addf(out, "%02x", f->hash.b[i]);
}

/* License and where its text is: the freedesktop name that archives read. */
static void add_rights(const struct facts *f, struct lic_buf *out)
{
	const char *url = license_url(f);

	lic_buf_adds(out, f->rights->license);
	if (out->len && *url)
		lic_buf_addf(out, " <%s>", url);
}

/* What a file manager shows in its comment column: the license in words. */
static void add_comment(const struct facts *f, struct lic_buf *out)
{
	struct lic_buf bits = LIC_BUF_INIT(1024);

	if (!f->rights->license[0])
		return;
	lic_buf_adds(out, f->rights->license);
	if (f->credit.creator)
		lic_buf_addf(out, ", by %s", f->credit.creator);
	add_obligations(f, &bits);
	if (bits.len)
		lic_buf_addf(out, "; requires %s", bits.data);
	lic_buf_reset(&bits);
	add_reservations(f, &bits);
	if (bits.len)
		lic_buf_addf(out, "; reserved: %s", bits.data);
	lic_buf_release(&bits);
}

static const struct {
	const char *name;
	void (*add)(const struct facts *f, struct lic_buf *out); /* nothing added: not there */
} attributes[] = {
	{ "user.licensefs.license", add_license },
	{ "user.licensefs.license_url", add_license_url },
	{ "user.licensefs.status", add_status },
	{ "user.licensefs.permissions", add_permissions },
	{ "user.licensefs.obligations", add_obligations },
	{ "user.licensefs.reservations", add_reservations },
	{ "user.licensefs.creator", add_creator },
	{ "user.licensefs.title", add_title },
	{ "user.licensefs.source", add_source },
	{ "user.licensefs.xxh3", add_xxh3 },
	{ "user.dublincore.rights", add_rights },
	{ "user.dublincore.creator", add_creator },
	{ "user.xdg.origin.url", add_source },
	{ "user.xdg.comment", add_comment },
};

/* 0, -ENODATA for what is no image, or an error; releases nothing on failure. */
static int read_facts(struct lic_session *s, fuse_ino_t ino, struct facts *ret)
{
	struct lic_inode n = lic_inode_decode(ino, s->single);
	struct lic_worker *w = lic_worker_get(s);
	struct lic_entry e;
	int64_t rights;
	int r;

	if (!w)
		return -EIO;
	if (n.type != LIC_INODE_FILE)
		return -ENODATA;
	if (lic_worker_refresh(w) < 0)
		return -EIO;
	r = lic_worker_load(w, n, &e);
	if (r == -ENOENT && lic_views_pinned(&s->views))
		r = lic_pinned_load(w, n.id, &e);
	if (r < 0)
		return r == -ENOENT ? -ESTALE : r;
	if (e.kind != LIC_KIND_IMAGE)
		return -ENODATA;
	r = lic_pinned_rights(w, &e, &rights);
	if (r < 0)
		return r;
	ret->hash = e.hash;
	ret->rights = lic_catalog_rights(w->cat, rights, NULL);
	if (!ret->rights)
		return -EIO;
	memset(&ret->credit, 0, sizeof(ret->credit));
	return lic_catalog_credit(w->cat, e.id, &ret->credit, NULL);
}

static void reply_value(fuse_req_t req, const struct lic_buf *b, size_t size)
{
	if (lic_buf_failed(b))
		fuse_reply_err(req, ENOMEM);
	else if (size == 0)
		fuse_reply_xattr(req, b->len);
	else if (size < b->len)
		fuse_reply_err(req, ERANGE);
	else
		fuse_reply_buf(req, b->data, b->len);
}

int lic_mount_say_state(struct lic_session *s, struct lic_buf *out)
{
	struct lic_buf trouble = LIC_BUF_INIT(8192);
	char catalog[48];

	if (atomic_load(&s->lost))
		return -EIO;
	lic_table_catalog(&s->catalog, catalog, sizeof(catalog));
	lic_buf_addf(out, "%lld %s %d %s %s", (long long)atomic_load(&s->followed),
		     lic_mount_mode_name(s->mode), (int)getpid(), catalog,
		     s->o.watch ? "watch" : "-");
	if (s->o.snapshot)
		lic_buf_addf(out, ",%lld", (long long)(s->single - LIC_VIEW_FIRST_SNAPSHOT));
	lic_supervise_trouble(s, &trouble);
	lic_recorder_trouble(s, &trouble);
	if (lic_backed_untold(s))
		lic_buf_addf(&trouble,
			     "%s%zu files that were taken down can be read by who has them open: "
			     "the mount cannot be reached by any path; uncover it",
			     trouble.len ? "; " : "", lic_backed_untold(s));
	else if (lic_backed_out(s))
		lic_buf_addf(&trouble,
			     "%s%zu files that were taken down are still open, and out of reach if "
			     "mapped, or read by mmap, sendfile or splice; fuser -m tells by whom",
			     trouble.len ? "; " : "", lic_backed_out(s));
	if (trouble.len)
		lic_buf_addf(out, " %.1400s", trouble.data);
	lic_buf_release(&trouble);
	return 0;
}

/* Overlays ask every file of theirs for these, in whatever namespace they are mounted. */
static bool is_of_overlay(const char *name)
{
	return strncmp(name, "trusted.overlay.", 16) == 0 ||
	       strncmp(name, "user.overlay.", 13) == 0;
}

void lic_mount_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct lic_buf value = LIC_BUF_INIT(64 * 1024);
	struct facts f;
	size_t i = 0;
	int r = -ENODATA;

	if (ino == LIC_INO_ROOT && strcmp(name, LIC_MOUNT_XATTR) == 0) {
		r = lic_mount_say_state(lic_session_of(req), &value);
		if (r < 0)
			fuse_reply_err(req, EIO);
		else
			reply_value(req, &value, size);
		lic_buf_release(&value);
		return;
	}
	if (is_of_overlay(name))
		atomic_store(&lic_session_of(req)->overlaid, true);
	while (i < LIC_ARRAY_SIZE(attributes) && strcmp(attributes[i].name, name) != 0)
		i++;
	if (i < LIC_ARRAY_SIZE(attributes))
		r = read_facts(lic_session_of(req), ino, &f);
	if (r == 0) {
		attributes[i].add(&f, &value);
		lic_credit_release(&f.credit);
		if (!value.len)
			r = -ENODATA;
	}
	if (r < 0)
		fuse_reply_err(req, lic_mount_errno(r));
	else
		reply_value(req, &value, size);
	lic_buf_release(&value);
}

void lic_mount_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	struct lic_buf names = LIC_BUF_INIT(64 * 1024), value = LIC_BUF_INIT(64 * 1024);
	struct facts f;
	int r = read_facts(lic_session_of(req), ino, &f);

	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(attributes); i++) {
		lic_buf_reset(&value);
		attributes[i].add(&f, &value);
		if (value.len)
			lic_buf_add(&names, attributes[i].name, strlen(attributes[i].name) + 1);
	}
	if (r == 0)
		lic_credit_release(&f.credit);
	if (r < 0 && r != -ENODATA)
		fuse_reply_err(req, lic_mount_errno(r));
	else
		reply_value(req, &names, size);
	lic_buf_release(&names);
	lic_buf_release(&value);
}
