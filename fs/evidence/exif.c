/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to libexif. */
#include <string.h>

#include <libexif/exif-data.h>

#include "fs/evidence/blocks.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/reserve.h"
#include "fs/util/cursor.h"

/*
 * libexif drops silently what it cannot read, knows no type 129 (UTF-8), stops at 65534 bytes and
 * decodes every maker note. So the directories are walked here, where what is broken is seen, and
 * libexif gets a small block with nothing in it but the fields that are asked for.
 */
#define BLOCK_MAX 60000u
#define HEADER "Exif\0\0"
#define HEADER_LEN 6u
#define CODE_LEN 8u /* name of the character code of a comment */
#define PLAIN_MAX 4096u

enum tag {
	TAG_COPYRIGHT = 0x8298,
	TAG_USER_COMMENT = 0x9286,
	TAG_LEARNING = 0x9287,
	TAG_XP_FIRST = 0x9c9b,
	TAG_XP_LAST = 0x9c9f,
};

struct output {
	struct lic_reading *r;
	uint32_t packet;
	bool big;
	bool any; /* all is for libexif */
};

void lic_exif_collect(struct lic_exif *x, const struct lic_ifd_entry *e)
{
	/* an opt-out without a value is still one; other fields say nothing */
	if (!lic_exif_field(e->tag) || (!e->bytes && e->tag != TAG_LEARNING))
		return;
	if (x->n < LIC_EXIF_ENTRIES_MAX)
		x->item[x->n++] = *e;
	else
		x->overflow = true;
}

static void add(const struct output *o, unsigned tag, enum lic_charset charset, const uint8_t *p,
		size_t n)
{
	lic_reading_add(o->r, "EXIF", lic_exif_field(tag), o->packet, charset, p, n);
}

/* Exif 3.0 4.6.5.4.3: "photographer NUL editor NUL"; both may state something. */
static void add_parts(const struct output *o, unsigned tag, const uint8_t *p, size_t n)
{
	enum lic_charset wide = lic_charset_wide(p, n);

	if (wide != LIC_CHARSET_GUESS) {
		add(o, tag, wide, p, n);
		return;
	}
	while (n) {
		const uint8_t *nul = memchr(p, 0, n);
		size_t k = nul ? (size_t)(nul - p) : n;

		add(o, tag, LIC_CHARSET_GUESS, p, k);
		k += nul != NULL;
		p += k;
		n -= k;
	}
}

/* Nothing but English letters, where UTF-16 should stand: written by a program that did not know.
 */
static bool is_plain_text(const uint8_t *p, size_t n)
{
	while (n && !p[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' || p[i] >= 0x7f)
			return false;
	return n >= 6;
}

static void add_utf16(const struct output *o, unsigned tag, enum lic_charset charset,
		      const uint8_t *p, size_t n)
{
	add(o, tag, is_plain_text(p, n) ? LIC_CHARSET_GUESS : charset, p, n);
}

/* Is this the name of a character code, filled up with NULs or, by some cameras, blanks? */
static bool is_code(const uint8_t *p, const char *name)
{
	size_t n = strlen(name);

	if (memcmp(p, name, n) != 0)
		return false;
	for (; n < CODE_LEN; n++)
		if (p[n] && p[n] != ' ')
			return false;
	return true;
}

/* Exif 3.0 4.6.6.4.5: eight bytes name the character code; many writers leave them out. */
static void add_comment(const struct output *o, const uint8_t *p, size_t n)
{
	const uint8_t *text = p + CODE_LEN;
	size_t len = n - CODE_LEN;

	if (n < CODE_LEN)
		add(o, TAG_USER_COMMENT, LIC_CHARSET_GUESS, p, n);
	else if (is_code(p, "UNICODE"))
		add_utf16(o, TAG_USER_COMMENT, o->big ? LIC_CHARSET_UTF16_BIG : LIC_CHARSET_UTF16,
			  text, len);
	else if (is_code(p, "JIS"))
		add(o, TAG_USER_COMMENT, LIC_CHARSET_JIS, text, len);
	else if (is_code(p, "ASCII") || is_code(p, "") ||
		 (!p[0] && lic_charset_wide(p, n) == LIC_CHARSET_GUESS)) /* Canon's NUL and waste */
		add(o, TAG_USER_COMMENT, LIC_CHARSET_GUESS, text, len);
	else
		add(o, TAG_USER_COMMENT, LIC_CHARSET_GUESS, p, n);
}

static void add_learning(const struct output *o, const uint8_t *p, size_t n)
{
	struct lic_buf names = LIC_BUF_INIT(256);
	uint32_t reserve = lic_reserve_of_learning(p, n, o->big);

	for (unsigned bit = 1; bit < 1u << LIC_RESERVE_COUNT; bit <<= 1)
		if (reserve & bit)
			lic_buf_addf(&names, "%s%s", names.len ? " " : "", lic_reserve_name(bit));
	lic_reading_add_as(o->r, "EXIF", lic_exif_field(TAG_LEARNING), o->packet, p, n,
			   lic_buf_str(&names), reserve);
	lic_buf_release(&names);
}

static void add_field(const struct output *o, unsigned tag, const uint8_t *p, size_t n)
{
	if (tag == TAG_USER_COMMENT)
		add_comment(o, p, n);
	else if (tag >= TAG_XP_FIRST && tag <= TAG_XP_LAST)
		add_utf16(o, tag, LIC_CHARSET_UTF16LE, p, n);
	else if (tag == TAG_COPYRIGHT)
		add_parts(o, tag, p, n);
	else
		add(o, tag, LIC_CHARSET_GUESS, p, n);
}

static void on_entry(ExifEntry *e, void *user)
{
	if (e->data && e->size && lic_exif_field((unsigned)e->tag))
		add_field(user, (unsigned)e->tag, e->data, e->size);
}

static void on_content(ExifContent *content, void *user)
{
	exif_content_foreach_entry(content, on_entry, user);
}

static void put(struct lic_buf *b, bool big, unsigned n, uint32_t v)
{
	for (unsigned i = 0; i < n; i++)
		lic_buf_addc(b, (char)(v >> 8 * (big ? n - 1 - i : i)));
}

/* Bytes of a type that libexif hands back as they are: it need not be asked (decisions/0027). */
static bool is_plain(const struct output *o, unsigned type, size_t n)
{
	return !o->any && (type == EXIF_FORMAT_ASCII || type == EXIF_FORMAT_UNDEFINED) &&
	       n <= PLAIN_MAX;
}

/* One directory with one entry: libexif is handed one field at a time. */
static void decode(struct output *o, unsigned tag, unsigned type, const uint8_t *p, size_t n)
{
	struct lic_buf b = LIC_BUF_INIT(BLOCK_MAX + 64);
	ExifData *d;

	lic_buf_add(&b, HEADER, HEADER_LEN);
	lic_buf_adds(&b, o->big ? "MM" : "II");
	put(&b, o->big, 2, 42);
	put(&b, o->big, 4, 8);
	put(&b, o->big, 2, 1);
	put(&b, o->big, 2, tag);
	put(&b, o->big, 2, type == EXIF_FORMAT_ASCII ? EXIF_FORMAT_ASCII : EXIF_FORMAT_UNDEFINED);
	put(&b, o->big, 4, (uint32_t)n);
	if (n > 4)
		put(&b, o->big, 4, 26);
	else
		lic_buf_add(&b, p, n);
	for (size_t i = n; i < 4; i++)
		lic_buf_addc(&b, 0);
	put(&b, o->big, 4, 0);
	if (n > 4)
		lic_buf_add(&b, p, n);
	d = lic_buf_failed(&b) ? NULL : exif_data_new();
	if (d) {
		exif_data_unset_option(d, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
		exif_data_unset_option(d, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
		exif_data_load_data(d, (const unsigned char *)b.data, (unsigned)b.len);
		exif_data_foreach_content(d, on_content, o);
		exif_data_unref(d);
	} else {
		lic_reading_damage(o->r, "out of memory while reading EXIF");
	}
	lic_buf_release(&b);
}

static void decode_entry(struct output *o, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	uint64_t n = e->bytes;
	struct lic_block b;

	if (n > BLOCK_MAX) {
		lic_reading_cut(o->r, lic_exif_field(e->tag));
		n = BLOCK_MAX;
	}
	if (!lic_reading_charge(o->r, n))
		return;
	if (!n) {
		/* libexif drops what is empty */
		add_learning(o, (const uint8_t *)"", 0);
		return;
	}
	if (lic_input_block(t->in, e->at, (size_t)n, &b) < 0) {
		lic_reading_damage(o->r, "an EXIF field runs past the end of its block");
		return;
	}
	if (e->tag == TAG_LEARNING)
		add_learning(o, b.p, b.n);
	else if (is_plain(o, e->type, b.n))
		add_field(o, e->tag, b.p, b.n);
	else
		decode(o, e->tag, e->type, b.p, b.n);
	lic_block_release(&b);
}

static void decode_all(struct lic_reading *r, struct lic_tiff *t, const struct lic_exif *x,
		       bool any)
{
	struct output o = { .r = r, .big = t->big, .any = any };

	if (x->overflow)
		lic_reading_damage(r, "more EXIF fields than the limits allow");
	if (!x->n)
		return;
	o.packet = lic_reading_packet(r);
	for (unsigned i = 0; i < x->n; i++)
		decode_entry(&o, t, &x->item[i]);
}

void lic_exif_decode(struct lic_reading *r, struct lic_tiff *t, const struct lic_exif *x)
{
	decode_all(r, t, x, false);
}

struct walk {
	struct lic_exif fields;
	struct lic_blocks blocks;
	uint64_t sub; /* offset of the Exif directory, 0 if none */
	bool broken;
};

static bool on_ifd_entry(void *ctx, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	struct walk *w = ctx;

	lic_exif_collect(&w->fields, e);
	lic_blocks_collect(&w->blocks, e);
	if (e->tag == LIC_EXIF_IFD && !lic_ifd_number(t, e, 0, &w->sub))
		w->broken = true;
	return true;
}

static void read_block(struct lic_reading *r, const uint8_t *p, size_t n, bool any)
{
	struct walk w = { 0 };
	struct lic_input in;
	struct lic_tiff t;
	uint64_t next;

	if (n >= HEADER_LEN && memcmp(p, HEADER, HEADER_LEN - 1) == 0) {
		p += HEADER_LEN;
		n -= HEADER_LEN;
	}
	lic_input_of(&in, p, n);
	if (!lic_tiff_open(&t, &in)) {
		lic_reading_damage(r, "EXIF without a TIFF header");
		return;
	}
	if (!lic_ifd_walk(&t, t.first, on_ifd_entry, &w, &next))
		w.broken = true;
	if (w.sub && !lic_ifd_walk(&t, w.sub, on_ifd_entry, &w, &next))
		w.broken = true;
	if (w.broken)
		lic_reading_damage(r, "an EXIF directory runs past the end of its block");
	decode_all(r, &t, &w.fields, any);
	lic_blocks_read(r, &t, &w.blocks);
}

void lic_exif_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	read_block(r, p, n, false);
}

void lic_exif_read_any(struct lic_reading *r, const uint8_t *p, size_t n)
{
	read_block(r, p, n, true);
}
