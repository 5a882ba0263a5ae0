/* SPDX-License-Identifier: Apache-2.0 */
/* Puts superboxes together from the APP11 segments of a JPEG. */
#include <string.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/jumbf.h"
#include "fs/util/cursor.h"

#define TYPE_JUMB LIC_JUMBF_TYPE('j', 'u', 'm', 'b')

/* The header of the box, which every segment repeats. */
struct header {
	uint16_t number;
	uint32_t sequence;
	uint64_t length;
	const uint8_t *p; /* header and data */
	size_t n, size;	  /* all of it; the header alone */
};

/* "JP", box instance, sequence number, box header. False where it is no superbox's. */
static bool parse(struct lic_reading *r, const uint8_t *p, size_t n, struct header *ret)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	uint32_t type;
	size_t at;

	if (!lic_cursor_match(&c, "JP", 2))
		return false;
	ret->number = lic_cursor_u16(&c);
	ret->sequence = lic_cursor_u32(&c);
	at = c.at;
	ret->length = lic_cursor_u32(&c);
	type = lic_cursor_u32(&c);
	/* JPEG XT keeps its own boxes here */
	if (!c.bad && type != TYPE_JUMB)
		return false;
	if (ret->length == 1)
		ret->length = lic_cursor_uint(&c, 8);
	if (c.bad) {
		lic_reading_damage(r, "JUMBF segment that is cut off");
		return false;
	}
	ret->p = p + at;
	ret->n = n - at;
	ret->size = c.at - at;
	return true;
}

static bool is_complete(const struct lic_jumbf_instance *i)
{
	return i->length && i->data.len >= i->length;
}

static struct lic_jumbf_instance *find(struct lic_jumbf_segments *s, uint16_t number)
{
	/* the newest first: some writers use a number again when its box is complete */
	for (size_t i = s->n; i > 0; i--)
		if (s->item[i - 1].number == number)
			return &s->item[i - 1];
	return NULL;
}

static void begin(struct lic_reading *r, struct lic_jumbf_segments *s, const struct header *h)
{
	struct lic_jumbf_instance *i;

	if (s->n == LIC_JUMBF_INSTANCES_MAX) {
		lic_reading_damage(r, "JPEG with more JUMBF boxes than the limits allow");
		return;
	}
	i = &s->item[s->n++];
	*i = (struct lic_jumbf_instance){
		.number = h->number,
		.sequence = h->sequence,
		.length = h->length,
		.data = LIC_BUF_INIT(r->limits->block_max),
	};
	lic_buf_add(&i->data, h->p, h->n);
}

void lic_jumbf_segment_add(struct lic_reading *r, struct lic_jumbf_segments *s, const uint8_t *p,
			   size_t n)
{
	struct lic_jumbf_instance *i;
	struct header h;

	if (!parse(r, p, n, &h))
		return;
	i = find(s, h.number);
	if (!i || (h.sequence <= 1 && is_complete(i))) {
		if (h.sequence > 1)
			lic_reading_damage(r, "JPEG that lacks the first segment of a JUMBF box");
		begin(r, s, &h);
		return;
	}
	if (h.sequence != i->sequence + 1 || h.length != i->length) {
		lic_reading_damage(r, "JPEG with JUMBF segments that do not follow each other");
		return;
	}
	i->sequence = h.sequence;
	lic_buf_add(&i->data, h.p + h.size, h.n - h.size);
}

static void read_instance(struct lic_reading *r, const struct lic_jumbf_instance *i)
{
	if (lic_buf_failed(&i->data))
		lic_reading_damage(r, "C2PA manifest larger than the limits allow");
	else
		lic_c2pa_read(r, (const uint8_t *)lic_buf_str(&i->data), i->data.len);
}

void lic_jumbf_segments_read(struct lic_reading *r, struct lic_jumbf_segments *s)
{
	for (size_t i = 0; i < s->n; i++) {
		read_instance(r, &s->item[i]);
		lic_buf_release(&s->item[i].data);
	}
	s->n = 0;
}
