/* SPDX-License-Identifier: Apache-2.0 */
/* Which names of a document found no image. */
#include <errno.h>
#include <stdlib.h>

#include "fs/document/index.h"

struct missing {
	struct lic_images_reader images;
	struct lic_names_reader names;
	uint8_t *has; /* a bit for each subject: it has an image */
	uint64_t expected, n_images, n_names;
	uint64_t subjects, missing;
	int (*fn)(void *ctx, struct lic_bytes name);
	void *ctx;
};

static int take_images(void *ctx, const uint8_t *p, size_t size)
{
	struct missing *m = ctx;
	uint64_t n;
	bool any;
	int r;

	lic_images_piece(&m->images, p, size);
	while ((r = lic_images_next(&m->images, &n, &any)) > 0) {
		uint64_t subject = m->n_images++;

		if (subject >= m->expected)
			return -EBADMSG;
		if (n)
			m->has[subject / 8] |= (uint8_t)(1u << subject % 8);
	}
	return r;
}

/* The name that says most: one of a column, else any. 0 where there is none, 1 where there is. */
static int best_name(struct missing *m, unsigned n, struct lic_buf *out)
{
	unsigned best = 0, tag;
	struct lic_bytes name;
	bool found = false;
	int r;

	while (n-- && (r = lic_names_next(&m->names, &tag, &name)) != 0) {
		if (r < 0)
			return r;
		if (tag == LIC_TAG_SUSPECT || (found && tag <= best))
			continue;
		lic_buf_reset(out);
		lic_buf_add(out, name.p, name.n);
		best = tag;
		found = true;
	}
	return lic_buf_failed(out) ? -ENOMEM : found;
}

static int take_names(void *ctx, const uint8_t *p, size_t size)
{
	struct missing *m = ctx;
	struct lic_buf name = LIC_BUF_INIT(LIC_NAME_BYTES_MAX + 1);
	unsigned n;
	bool any;
	int r;

	lic_names_piece(&m->names, p, size);
	while ((r = lic_names_subject(&m->names, &n, &any)) > 0) {
		uint64_t subject = m->n_names++;

		r = subject < m->expected ? best_name(m, n, &name) : -EBADMSG;
		if (r < 0)
			break;
		m->subjects += (uint64_t)r;
		if (!r || m->has[subject / 8] & 1u << subject % 8)
			continue;
		m->missing++;
		r = m->fn ? m->fn(m->ctx, (struct lic_bytes){ (const uint8_t *)lic_buf_str(&name),
							      name.len })
			  : 0;
		if (r)
			break;
	}
	lic_buf_release(&name);
	return r;
}

int lic_document_missing(struct lic_catalog *cat, int64_t entry, uint64_t *ret_subjects,
			 uint64_t *ret_missing, int (*fn)(void *ctx, struct lic_bytes name),
			 void *ctx, struct lic_error *err)
{
	struct missing m = { .fn = fn, .ctx = ctx };
	struct lic_document d;
	int r = lic_catalog_document(cat, entry, &d, err);

	if (r < 0)
		return r;
	m.expected = (uint64_t)d.subjects;
	*ret_subjects = m.expected;
	*ret_missing = (uint64_t)(d.subjects - d.bound);
	if (d.format == LIC_DOCUMENT_TAR)
		return 0;
	m.has = calloc(m.expected / 8 + 1, 1);
	if (!m.has)
		return lic_error_sys(err, ENOMEM, "cannot look into a document");
	r = lic_catalog_document_parts(cat, entry, LIC_PART_IMAGES, take_images, &m, err);
	if (r == 0)
		r = lic_catalog_document_parts(cat, entry, LIC_PART_NAMES, take_names, &m, err);
	if (r == -EBADMSG)
		lic_error_set(err, EBADMSG, "the index of a document contradicts itself");
	*ret_subjects = m.subjects;
	*ret_missing = m.missing;
	lic_names_release(&m.names);
	free(m.has);
	return r;
}
