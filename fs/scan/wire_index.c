/* SPDX-License-Identifier: Apache-2.0 */
/* Records about documents: written by a helper, judged by the thread that drives it. */
#include <errno.h>
#include <string.h>

#include "fs/scan/wire_index.h"

struct record {
	uint32_t magic, size;
	uint32_t serial, number;
	uint32_t part;
};

/* An index is smaller than its file but where lines are very short. */
#define BYTES_OVER (1u << 20)
#define BYTES_EACH 64

void lic_indexed_add(struct lic_buf *out, const struct lic_indexed *about, const void *p, size_t n)
{
	struct record r = { LIC_INDEXED, (uint32_t)(sizeof(r) + n), about->serial, about->number,
			    about->part };

	lic_buf_add(out, &r, sizeof(r));
	lic_buf_add(out, p, n);
}

ssize_t lic_indexed_size(const uint8_t *p, size_t n)
{
	struct record r;

	if (n < sizeof(r))
		return 0;
	memcpy(&r, p, sizeof(r));
	if (r.magic != LIC_INDEXED || r.size <= sizeof(r) ||
	    r.size > sizeof(r) + LIC_INDEX_PIECE_MAX)
		return -EBADMSG;
	return (ssize_t)r.size;
}

int lic_indexed_take(const uint8_t *p, size_t n, struct lic_indexed *ret, const uint8_t **ret_p,
		     size_t *ret_n)
{
	struct record r;

	if (n < sizeof(r) || lic_indexed_size(p, n) != (ssize_t)n)
		return -EBADMSG;
	memcpy(&r, p, sizeof(r));
	*ret = (struct lic_indexed){ r.serial, r.number, r.part };
	*ret_p = p + sizeof(r);
	*ret_n = n - sizeof(r);
	return 0;
}

/* A note is shown to people. */
static bool is_plain(const char *note, size_t max)
{
	size_t n = strnlen(note, max);

	if (n == max || !lic_utf8_valid(note, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)note[i] < ' ' || note[i] == 0x7f)
			return false;
	return true;
}

int lic_indexed_take_end(const uint8_t *p, size_t n, struct lic_indexed_end *ret)
{
	const uint32_t flags = LIC_DOCUMENT_CHECKSUM | LIC_DOCUMENT_ABSOLUTE | LIC_DOCUMENT_UNKNOWN;
	const struct lic_index_result *f = &ret->found;

	if (n != sizeof(*ret))
		return -EBADMSG;
	memcpy(ret, p, n);
	if (ret->result > 0 || ret->result < -4095 ||
	    (unsigned)f->format >= LIC_DOCUMENT_FORMAT_COUNT || f->flags & ~flags ||
	    !is_plain(f->note, sizeof(f->note)))
		return -EBADMSG;
	return 0;
}

/* --- pieces ------------------------------------------------------------------------------- */

void lic_index_check_begin(struct lic_index_check *c, uint64_t size)
{
	lic_names_release(&c->name);
	*c = (struct lic_index_check){ .size = size };
}

void lic_index_check_release(struct lic_index_check *c)
{
	lic_names_release(&c->name);
	memset(&c->name, 0, sizeof(c->name));
}

static void about(struct lic_index_check *c, uint64_t subject)
{
	if (subject < LIC_SUBJECT_ALWAYS && subject >= c->top)
		c->top = subject + 1;
}

static int check_records(struct lic_index_check *c, const uint8_t *p, size_t n)
{
	struct lic_record r;
	int e;

	lic_records_piece(&c->record, p, n);
	while ((e = lic_records_next(&c->record, &r)) > 0) {
		if (r.at > c->size || r.n > c->size - r.at)
			return -EBADMSG;
		c->records += !r.count && r.subject != LIC_SUBJECT_ALWAYS;
		about(c, r.subject);
	}
	return e;
}

static int check_names(struct lic_index_check *c, const uint8_t *p, size_t n)
{
	unsigned names, tag;
	struct lic_bytes name;
	bool any;
	int e, k;

	lic_names_piece(&c->name, p, n);
	while ((e = lic_names_subject(&c->name, &names, &any)) > 0) {
		while ((k = lic_names_next(&c->name, &tag, &name)) > 0)
			;
		if (k < 0)
			return k;
	}
	return e;
}

/* A path within the archive and nowhere else; a directory ends with a slash. */
static bool is_path(const struct lic_bytes *s)
{
	for (size_t i = 0; i < s->n;) {
		const uint8_t *slash = memchr(s->p + i, '/', s->n - i);
		size_t n = slash ? (size_t)(slash - s->p) - i : s->n - i;

		if (!n || (n <= 2 && memcmp(s->p + i, "..", n) == 0))
			return false;
		i += n + 1;
	}
	return !memchr(s->p, '\0', s->n);
}

static int check_members(struct lic_index_check *c, const uint8_t *p, size_t n)
{
	struct lic_members_reader r = { p, p + n };
	struct lic_member m;
	int e;

	while ((e = lic_members_next(&r, &m)) > 0) {
		if (m.at > c->size || m.n > c->size - m.at || !is_path(&m.name))
			return -EBADMSG;
		c->members++;
		about(c, m.subject);
	}
	return e;
}

int lic_index_check_piece(struct lic_index_check *c, uint32_t part, const uint8_t *p, size_t n)
{
	c->bytes += n;
	if (c->bytes > BYTES_OVER && (c->bytes - BYTES_OVER) / BYTES_EACH > c->size)
		return -EBADMSG;
	switch (part) {
	case LIC_PART_RECORDS:
		return check_records(c, p, n);
	case LIC_PART_NAMES:
		return check_names(c, p, n);
	case LIC_PART_MEMBERS:
		return check_members(c, p, n);
	default:
		return -EBADMSG;
	}
}

int lic_index_check_end(const struct lic_index_check *c, const struct lic_index_result *r)
{
	if (r->format == LIC_DOCUMENT_NONE)
		return 0;
	if (c->records != r->records || c->name.n_subjects != r->subjects ||
	    c->members != r->members || c->top > r->subjects || r->flags & LIC_DOCUMENT_UNKNOWN ||
	    (c->members && r->format != LIC_DOCUMENT_TAR))
		return -EBADMSG;
	return 0;
}
