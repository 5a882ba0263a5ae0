/* SPDX-License-Identifier: Apache-2.0 */
/* Short ways to put images that state something, and to revoke them. */
#ifndef LICENSEFS_TESTS_REVOKE_FIXTURE_H
#define LICENSEFS_TESTS_REVOKE_FIXTURE_H

#include <licensefs/catalog_revoke.h>

#include "tests/unit/manifest_fixture.h"

#define SELECTORS_MAX 4

/* An image that CC0 is granted for; creator and url may be NULL. */
_unused_ static int64_t put_by(struct lic_txn *txn, int64_t dir, const char *name,
			       const char *bytes, const char *creator, const char *url)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	int r;

	lic_hash128(bytes, strlen(bytes), e.hash.b);
	e.st.size = strlen(bytes);
	e.format = claims.format = LIC_FORMAT_JPEG;
	add_claim(&claims, LIC_ROLE_LICENSE, "CC0-1.0");
	if (creator)
		add_claim(&claims, LIC_ROLE_CREATOR, creator);
	if (url)
		add_claim(&claims, LIC_ROLE_SOURCE_URL, url);
	r = lic_catalog_put(txn, &e, &claims, &fix_err);
	lic_claims_release(&claims);
	if (r < 0)
		printf("# put %s: %s\n", name, fix_err.msg);
	return r < 0 ? r : e.id;
}

/* The same in a transaction of its own. */
_unused_ static int64_t add_by(struct lic_catalog *cat, int64_t dir, const char *name,
			       const char *bytes, const char *creator, const char *url)
{
	struct lic_txn *txn = begin(cat);
	int64_t id = put_by(txn, dir, name, bytes, creator, url);

	commit(txn);
	return id;
}

/* A selector of a text, whose normal text is in *buf. */
_unused_ static struct lic_selector selector_of(enum lic_selector_kind kind, const char *text,
						struct lic_buf *buf)
{
	struct lic_selector s = { .kind = kind };

	*buf = (struct lic_buf)LIC_BUF_INIT(1u << 16);
	if (lic_selector_normal(kind, (struct lic_bytes){ (const uint8_t *)text, strlen(text) },
				buf, &s.pattern, &fix_err) < 0)
		printf("# selector %s: %s\n", text, fix_err.msg);
	s.normal = (struct lic_bytes){ (const uint8_t *)lic_buf_str(buf), buf->len };
	return s;
}

struct outcome {
	int r;
	int64_t number, matched, changed, told, told_changed, last;
	bool in_order;
};

_unused_ static void note_image(void *ctx, int64_t entry, int64_t before, int64_t after)
{
	struct outcome *o = ctx;

	o->told++;
	o->told_changed += before != after;
	o->in_order = (o->told == 1 || o->in_order) && entry > o->last;
	o->last = entry;
}

_unused_ static struct outcome revoke_in(struct lic_txn *txn, struct lic_selector *s, size_t n,
					 bool erased)
{
	struct outcome o = { .in_order = true };
	struct lic_revoke_hooks hooks = { .image = note_image, .ctx = &o };
	struct lic_revocation r = { .kind = s->kind,
				    .text = { (const uint8_t *)"text", 4 },
				    .reason = "asked for",
				    .requester = "Jane",
				    .who = "me",
				    .erased = erased };

	o.r = lic_catalog_revoke(txn, &r, s, n, &hooks, &o.matched, &o.changed, &fix_err);
	o.number = r.number;
	return o;
}

_unused_ static struct outcome take_down_as(struct lic_catalog *cat, enum lic_selector_kind kind,
					    const char *text, bool erased)
{
	struct lic_txn *txn = begin(cat);
	struct lic_buf buf;
	struct lic_selector s = selector_of(kind, text, &buf);
	struct outcome o = revoke_in(txn, &s, 1, erased);

	if (o.r < 0) {
		printf("# revoke %s: %s\n", text, fix_err.msg);
		lic_catalog_abort(txn);
	} else {
		commit(txn);
	}
	lic_buf_release(&buf);
	return o;
}

_unused_ static struct outcome take_down(struct lic_catalog *cat, enum lic_selector_kind kind,
					 const char *text)
{
	return take_down_as(cat, kind, text, false);
}

_unused_ static struct outcome restore(struct lic_catalog *cat, int64_t number)
{
	struct outcome o = { .number = number, .in_order = true };
	struct lic_revoke_hooks hooks = { .image = note_image, .ctx = &o };
	struct lic_txn *txn = begin(cat);

	o.r = lic_catalog_restore(txn, number, "me", "a mistake", &hooks, &o.matched, &o.changed,
				  &fix_err);
	if (o.r < 0)
		lic_catalog_abort(txn);
	else
		commit(txn);
	return o;
}

/* "path" is revoked, or not: as a word. */
_unused_ static const char *status_word(struct lic_catalog *cat, const char *path)
{
	enum lic_status s = status_of(cat, path);

	return s == LIC_STATUS_COUNT ? "not there" : lic_status_name(s);
}

#endif
