/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an index back. What it says is not believed further than it makes sense: it may come from
 * a helper that was taken over by what it read. */
#include <errno.h>
#include <string.h>

#include "fs/document/index.h"
#include "fs/document/number.h"

#define FLAG_LIST 1u
#define FLAG_COUNT 2u
#define FLAG_NONE 4u
#define FLAG_ALL 7u
#define FLAG_BITS 3

void lic_records_piece(struct lic_records_reader *r, const uint8_t *p, size_t n)
{
	r->p = p;
	r->end = p ? p + n : p;
}

int lic_records_next(struct lic_records_reader *r, struct lic_record *ret)
{
	uint64_t head, n, lead, subject = 0;
	unsigned flags;
	bool always;

	if (r->p == r->end)
		return 0;
	if (!lic_number_get(&r->p, r->end, &head) || !lic_number_get(&r->p, r->end, &n) ||
	    !lic_number_get(&r->p, r->end, &lead))
		return -EBADMSG;
	flags = head & FLAG_ALL;
	always = (flags & (FLAG_COUNT | FLAG_NONE)) == (FLAG_COUNT | FLAG_NONE);
	if (!(flags & (FLAG_COUNT | FLAG_NONE)) && !lic_number_get(&r->p, r->end, &subject))
		return -EBADMSG;
	head >>= FLAG_BITS;
	if (head > INT64_MAX - r->at || !n || n > INT64_MAX - r->at - head || lead > n)
		return -EBADMSG;
	if (!(flags & (FLAG_COUNT | FLAG_NONE)))
		r->subject = lic_unzigzag(r->subject, subject);
	*ret = (struct lic_record){
		.at = r->at + head,
		.n = n,
		.lead = lead,
		.subject = always			      ? LIC_SUBJECT_ALWAYS
			   : flags & (FLAG_COUNT | FLAG_NONE) ? LIC_SUBJECT_NONE
							      : r->subject,
		.list = flags & FLAG_LIST,
		.count = flags & FLAG_COUNT && !always,
	};
	r->at += head + n;
	return 1;
}

/* --- names -------------------------------------------------------------------------------- */

void lic_names_piece(struct lic_names_reader *r, const uint8_t *p, size_t n)
{
	r->p = p;
	r->end = p ? p + n : p;
	r->left = 0;
	for (unsigned i = 0; i < LIC_TAG_END; i++)
		lic_buf_truncate(&r->last[i], 0);
}

int lic_names_subject(struct lic_names_reader *r, unsigned *ret_names, bool *ret_any)
{
	struct lic_bytes name;
	uint64_t head;
	unsigned tag;

	while (r->left) {
		int e = lic_names_next(r, &tag, &name);

		if (e < 0)
			return e;
	}
	if (r->p == r->end)
		return 0;
	if (!lic_number_get(&r->p, r->end, &head) || head >> 1 > LIC_SUBJECT_NAMES_MAX)
		return -EBADMSG;
	r->left = (unsigned)(head >> 1);
	r->n_subjects++;
	*ret_names = r->left;
	*ret_any = head & 1;
	return 1;
}

int lic_names_next(struct lic_names_reader *r, unsigned *ret_tag, struct lic_bytes *ret)
{
	uint64_t shared, n;
	struct lic_buf *last;
	unsigned tag;

	if (!r->left)
		return 0;
	if (r->p == r->end)
		return -EBADMSG;
	tag = *r->p++;
	if (tag >= LIC_TAG_END || !lic_number_get(&r->p, r->end, &shared) ||
	    !lic_number_get(&r->p, r->end, &n))
		return -EBADMSG;
	last = &r->last[tag];
	if (shared > last->len || n > LIC_NAME_BYTES_MAX - shared || n > (size_t)(r->end - r->p))
		return -EBADMSG;
	last->max = LIC_NAME_BYTES_MAX;
	lic_buf_truncate(last, shared);
	lic_buf_add(last, r->p, n);
	if (lic_buf_failed(last))
		return -ENOMEM;
	r->p += n;
	r->left--;
	*ret_tag = tag;
	*ret = (struct lic_bytes){ (const uint8_t *)lic_buf_str(last), last->len };
	return 1;
}

void lic_names_release(struct lic_names_reader *r)
{
	for (unsigned i = 0; r && i < LIC_TAG_END; i++)
		lic_buf_release(&r->last[i]);
}

/* --- members ------------------------------------------------------------------------------ */

int lic_members_next(struct lic_members_reader *r, struct lic_member *ret)
{
	uint64_t at, n, subject, name;

	if (r->p == r->end)
		return 0;
	if (!lic_number_get(&r->p, r->end, &at) || !lic_number_get(&r->p, r->end, &n) ||
	    !lic_number_get(&r->p, r->end, &subject) || !lic_number_get(&r->p, r->end, &name))
		return -EBADMSG;
	if (!name || name > LIC_MEMBER_NAME_MAX || name > (size_t)(r->end - r->p) ||
	    at > INT64_MAX || n > INT64_MAX - at)
		return -EBADMSG;
	*ret = (struct lic_member){ { r->p, (size_t)name }, at, n, subject };
	r->p += name;
	return 1;
}

/* --- images ------------------------------------------------------------------------------- */

void lic_images_piece(struct lic_images_reader *r, const uint8_t *p, size_t n)
{
	*r = (struct lic_images_reader){ .p = p, .end = p ? p + n : p };
}

int lic_images_next(struct lic_images_reader *r, uint64_t *ret_n, bool *ret_any)
{
	uint64_t head;
	int64_t id;

	while (r->left) {
		int e = lic_images_id(r, &id);

		if (e < 0)
			return e;
	}
	if (r->p == r->end)
		return 0;
	if (!lic_number_get(&r->p, r->end, &head) || head >> 1 > LIC_SUBJECT_IMAGES_MAX)
		return -EBADMSG;
	r->left = head >> 1;
	*ret_n = r->left;
	*ret_any = head & 1;
	return 1;
}

int lic_images_id(struct lic_images_reader *r, int64_t *ret)
{
	uint64_t z;

	if (!r->left)
		return 0;
	if (!lic_number_get(&r->p, r->end, &z))
		return -EBADMSG;
	r->last = (int64_t)lic_unzigzag((uint64_t)r->last, z);
	if (r->last <= 0)
		return -EBADMSG;
	r->left--;
	*ret = r->last;
	return 1;
}
