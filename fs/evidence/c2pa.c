/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a C2PA manifest store and hands its assertions to whoever reads their kind. */
#include <string.h>

#include "fs/evidence/brotli.h"
#include "fs/evidence/c2pa.h"
#include "fs/evidence/c2pa_assertion.h"
#include "fs/evidence/jumbf.h"
#include "fs/util/cursor.h"

#define TYPE_CBOR LIC_JUMBF_TYPE('c', 'b', 'o', 'r')
#define TYPE_JSON LIC_JUMBF_TYPE('j', 's', 'o', 'n')
#define TYPE_JUMB LIC_JUMBF_TYPE('j', 'u', 'm', 'b')
#define TYPE_BROB LIC_JUMBF_TYPE('b', 'r', 'o', 'b')
#define TYPE_FREE LIC_JUMBF_TYPE('f', 'r', 'e', 'e')
#define TYPE_SKIP LIC_JUMBF_TYPE('s', 'k', 'i', 'p')

#define TRAINING "training-mining"
/* What the content of an assertion takes from the budget for each of its bytes: walking costs more
 * than reading, and JSON becomes a tree. */
#define CBOR_CHARGE 8
#define JSON_CHARGE 32
#define JSON_VALUES 4 /* of the largest size fit into one JSON assertion */

/* ISO/IEC 19566-4: an encrypted box. */
static const uint8_t protection[LIC_JUMBF_UUID_LEN] = { 0x74, 0xb1, 0x1b, 0xbf, 0xf2, 0x1d,
							0x4e, 0xea, 0x98, 0xc1, 0x0b, 0xeb,
							0xf2, 0x3a, 0xef, 0xd3 };

struct kind {
	bool (*read)(const struct lic_c2pa_assertion *a);
	bool may_restrict;
};

struct store {
	struct lic_reading *r;
	bool announced;	   /* the word stands somewhere */
	bool saw_training; /* an assertion of that label, read or not */
	bool read_content; /* of the assertion at hand */
	bool unpacking;	   /* what a box had compressed is being read */
	/* around the compressed box */
	const struct lic_jumbf *outside;
};

static const struct kind training = { lic_c2pa_training, true };
static const struct kind metadata = { lic_c2pa_metadata, true };
static const struct kind actions = { lic_c2pa_actions, false };

/* By label, whatever its version (".v2") and instance ("__1"): C2PA 2.1, 6.2. */
static const struct kind *kind_of_label(const char *label)
{
	if (strstr(label, TRAINING))
		return &training;
	if (strstr(label, ".metadata") || strncmp(label, "stds.", 5) == 0)
		return &metadata;
	if (strncmp(label, "c2pa.actions", 12) == 0)
		return &actions;
	return NULL;
}

/* The last manifest in the store is the active one (C2PA 2.1, 11.1.4.2). */
static bool is_active(const struct lic_jumbf *super)
{
	for (; super && super->parent; super = super->parent)
		if (strcmp(super->parent->label, "c2pa") == 0)
			return super->is_last;
	return true;
}

bool lic_c2pa_walk(const struct lic_c2pa_assertion *a, const struct lic_nested_handler *h,
		   void *ctx)
{
	if (!lic_reading_charge(a->r, (uint64_t)a->n * (a->is_json ? JSON_CHARGE : CBOR_CHARGE)))
		return false;
	if (!a->is_json)
		return lic_cbor_walk(a->p, a->n, a->r->limits->value_max, h, ctx);
	return a->n <= JSON_VALUES * a->r->limits->value_max && lic_json_walk(a->p, a->n, h, ctx);
}

static void open_super(void *ctx, struct lic_jumbf *super)
{
	const struct kind *k = kind_of_label(super->label);
	struct store *s = ctx;

	if (memcmp(super->uuid, protection, sizeof(protection)) == 0)
		lic_reading_damage(s->r, "C2PA manifest that is encrypted");
	/* content may stand in superboxes of its own inside the assertion */
	if (k)
		super->tag = k;
	if (k == &training) {
		s->saw_training = true;
		s->read_content = false;
	}
}

static void assertion(struct store *s, const struct lic_jumbf *super, uint32_t type,
		      const uint8_t *p, size_t n)
{
	struct lic_c2pa_assertion a = { .r = s->r, .is_json = type == TYPE_JSON, .p = p, .n = n };
	const struct kind *k = super ? super->tag : NULL;

	if (!k || type == TYPE_FREE || type == TYPE_SKIP)
		return;
	a.label = super->label;
	a.packet = lic_reading_packet(s->r);
	a.is_active = is_active(super) && is_active(s->outside);
	if ((type == TYPE_CBOR || type == TYPE_JSON) && k->read(&a)) {
		s->read_content = true;
		return;
	}
	if (k->may_restrict)
		lic_reading_damage(s->r, "C2PA assertion that cannot be read");
	if (k == &training) {
		lic_c2pa_reserve_all(s->r, a.packet, "cannot be read");
		s->read_content = true;
	}
}

static void walk(struct store *s, const uint8_t *p, size_t n);

/* A superbox lost its header when it was compressed, or did not. */
static void walk_unpacked(struct store *s, const uint8_t *p, size_t n)
{
	struct lic_buf box = LIC_BUF_INIT(s->r->limits->block_max + 8);

	if (n >= 8 && memcmp(p + 4, "jumb", 4) == 0) {
		walk(s, p, n);
		return;
	}
	lic_buf_add(&box, "\0\0\0\0jumb", 8);
	lic_buf_add(&box, p, n);
	if (lic_buf_failed(&box))
		lic_reading_damage(s->r, "C2PA manifest larger than the limits allow");
	else
		walk(s, (const uint8_t *)box.data, box.len);
	lic_buf_release(&box);
}

/* C2PA 2.1, 11.1.4.6, as ISO/IEC 18181-2 9.3: the type of the box, then a brotli stream. */
static void compressed(struct store *s, const struct lic_jumbf *super, const uint8_t *p, size_t n)
{
	struct lic_buf out = LIC_BUF_INIT(s->r->limits->block_max);
	uint32_t type = n >= 4 ? (uint32_t)lic_load(p, 4, true) : 0;

	/* what is larger than the limits costs time and gives nothing: a file has one try */
	if (s->unpacking || n < 4 || !s->r->budget || lic_unbrotli(p + 4, n - 4, &out) < 0 ||
	    !lic_reading_charge(s->r, out.len)) {
		lic_reading_damage(s->r, "C2PA manifest that cannot be decompressed");
		s->r->budget = 0;
		lic_buf_release(&out);
		return;
	}
	s->unpacking = true;
	s->outside = super;
	if (type == TYPE_JUMB)
		walk_unpacked(s, (const uint8_t *)lic_buf_str(&out), out.len);
	else
		assertion(s, super, type, (const uint8_t *)lic_buf_str(&out), out.len);
	s->unpacking = false;
	s->outside = NULL;
	lic_buf_release(&out);
}

static void content(void *ctx, const struct lic_jumbf *super, uint32_t type, const uint8_t *p,
		    size_t n)
{
	if (type == TYPE_BROB)
		compressed(ctx, super, p, n);
	else
		assertion(ctx, super, type, p, n);
}

static void close_super(void *ctx, const struct lic_jumbf *super)
{
	struct store *s = ctx;

	if (kind_of_label(super->label) == &training && !s->read_content)
		lic_c2pa_reserve_all(s->r, lic_reading_packet(s->r), "without content");
}

static void walk(struct store *s, const uint8_t *p, size_t n)
{
	static const struct lic_jumbf_handler handler = { open_super, content, close_super };
	const char *why = lic_jumbf_walk(p, n, s->r->limits->depth_max, &handler, s);

	if (why)
		lic_reading_damage(s->r, why);
	s->announced |= n && memmem(p, n, TRAINING, sizeof(TRAINING) - 1);
}

void lic_c2pa_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct store s = { .r = r };

	walk(&s, p, n);
	/* A claim lists an assertion that was taken out, or that lies elsewhere (c2pa.cloud-data).
	 */
	if (s.announced && !s.saw_training)
		lic_c2pa_reserve_all(r, lic_reading_packet(r), "announced, but not there");
}
