/* SPDX-License-Identifier: Apache-2.0 */
/* The index of a document, and the pieces of a view of it, beside a model that copies bytes. */
#include <errno.h>
#include <stdlib.h>

#include "fs/document/index.h"
#include "tests/unit/tap.h"

struct kept {
	struct lic_buf part[5]; /* by enum lic_document_part: all pieces, each behind its length */
	unsigned pieces[5];
};

static int keep(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct kept *k = ctx;
	uint32_t len = (uint32_t)n;

	k->part[part].max = 64u << 20;
	lic_buf_add(&k->part[part], &len, sizeof(len));
	lic_buf_add(&k->part[part], p, n);
	k->pieces[part]++;
	return 0;
}

static int keep_images(void *ctx, const uint8_t *p, size_t n)
{
	return keep(ctx, LIC_PART_IMAGES, p, n);
}

static void kept_release(struct kept *k)
{
	for (unsigned i = 0; i < 5; i++)
		lic_buf_release(&k->part[i]);
	memset(k, 0, sizeof(*k));
}

/* Calls back for each piece. */
static int each_piece(const struct kept *k, enum lic_document_part part,
		      int (*fn)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
	const struct lic_buf *b = &k->part[part];
	int r = 0;

	for (size_t at = 0; r == 0 && at < b->len;) {
		uint32_t n;

		memcpy(&n, b->data + at, sizeof(n));
		r = fn(ctx, (const uint8_t *)b->data + at + sizeof(n), n);
		at += sizeof(n) + n;
	}
	return r;
}

static int add_piece(void *ctx, const uint8_t *p, size_t n)
{
	return lic_ranges_add(ctx, p, n);
}

static int make(const struct kept *k, uint64_t size, const uint8_t *shown, uint64_t subjects,
		struct lic_ranges **ret)
{
	struct lic_ranges_maker *m;
	int r = lic_ranges_begin(size, shown, subjects, &m);

	if (r == 0)
		r = each_piece(k, LIC_PART_RECORDS, add_piece, m);
	if (r < 0) {
		lic_ranges_abandon(m);
		return r;
	}
	return lic_ranges_finish(m, ret);
}

/* The bytes of the view, read in steps. */
static void read_view(const struct lic_ranges *r, const char *file, size_t step,
		      struct lic_buf *out)
{
	uint64_t off = 0;

	lic_buf_reset(out);
	for (;;) {
		struct lic_piece p = lic_ranges_at(r, off);
		uint64_t n = step && p.n > step ? step : p.n;

		if (!p.n)
			break;
		lic_buf_add(out, p.literal ? (const char *)p.literal : file + p.at, n);
		off += n;
	}
}

#define KEPT_INIT                                                                                  \
	{                                                                                          \
		{ LIC_BUF_INIT(0) },                                                               \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

static void by_hand(void)
{
	static const char file[] = "[ aa,\n bb , cc ]\n";
	static const struct {
		uint8_t shown;
		const char *want;
	} t[] = {
		{ 7, "[ aa,\n bb , cc ]\n" }, { 6, "[ bb , cc ]\n" }, { 5, "[ aa , cc ]\n" },
		{ 3, "[ aa,\n bb ]\n" },      { 4, "[ cc ]\n" },      { 0, "[  ]\n" },
	};
	struct kept k = KEPT_INIT;
	struct lic_index_sink sink = { keep, &k };
	struct lic_index_writer w;
	struct lic_buf out = LIC_BUF_INIT(4096);

	lic_index_writer_init(&w, &sink);
	for (unsigned i = 0; i < 3; i++) {
		static const struct lic_record r[] = {
			{ 2, 2, 0, 0, true, false },
			{ 4, 5, 3, 1, false, false },
			{ 9, 5, 3, 2, false, false },
		};

		lic_index_subject(&w, 1, false);
		lic_index_name(&w, LIC_TAG_COLUMN, "abc" + i, 1);
		lic_index_record(&w, &r[i]);
	}
	is_int(lic_index_writer_finish(&w), 0, "an index is written");
	for (unsigned i = 0; i < LIC_ARRAY_SIZE(t); i++) {
		struct lic_ranges *r = NULL;

		is_int(make(&k, sizeof(file) - 1, &t[i].shown, 3, &r), 0, "ranges are made");
		read_view(r, file, 0, &out);
		is_str(lic_buf_str(&out), t[i].want, "view %x", t[i].shown);
		is_int(lic_ranges_size(r), strlen(t[i].want), "its size");
		is_int(lic_ranges_whole(r), t[i].shown == 7, "whole or not");
		lic_ranges_free(r);
	}
	lic_buf_release(&out);
	kept_release(&k);
}

static void counts(void)
{
	static const char file[] = "12\nx\naa\nbb\n";
	static const struct {
		uint8_t shown;
		const char *want;
	} t[] = {
		{ 3, "12\nx\naa\nbb\n" }, /* as it stands, be it right or wrong */
		{ 2, "1\nx\nbb\n" },
		{ 0, "0\nx\n" },
	};
	struct kept k = KEPT_INIT;
	struct lic_index_sink sink = { keep, &k };
	struct lic_index_writer w;
	struct lic_buf out = LIC_BUF_INIT(4096);
	static const struct lic_record r[] = {
		{ 0, 2, 0, LIC_SUBJECT_NONE, false, true },
		{ 5, 3, 0, 0, true, false },
		{ 8, 3, 0, 1, false, false },
	};

	lic_index_writer_init(&w, &sink);
	lic_index_subject(&w, 0, false);
	lic_index_subject(&w, 0, false);
	for (unsigned i = 0; i < 3; i++)
		lic_index_record(&w, &r[i]);
	is_int(lic_index_writer_finish(&w), 0, "an index with a number is written");
	for (unsigned i = 0; i < LIC_ARRAY_SIZE(t); i++) {
		struct lic_ranges *g = NULL;

		is_int(make(&k, sizeof(file) - 1, &t[i].shown, 2, &g), 0, "ranges are made");
		read_view(g, file, 1, &out);
		is_str(lic_buf_str(&out), t[i].want, "count of view %x", t[i].shown);
		is_int(lic_ranges_whole(g), t[i].shown == 3, "whole or not");
		lic_ranges_free(g);
	}
	lic_buf_release(&out);
	kept_release(&k);
}

/* --- at random ---------------------------------------------------------------------------- */

#define RECORDS 30000
#define SUBJECTS 4000
#define FILE_MAX (1u << 20)

struct model {
	char *file;
	size_t size;
	struct lic_record r[RECORDS];
	size_t n;
};

static void invent(struct model *m, struct lic_index_writer *w)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < SUBJECTS; i++) {
		char name[64];
		int n = snprintf(name, sizeof(name), "dir%d/%09u.jpg", rand() % 3, i * 7u);

		lic_index_subject(w, 1 + i % 2, i % 5 == 0);
		lic_index_name(w, LIC_TAG_COLUMN, name, (size_t)n);
		if (i % 2)
			lic_index_name(w, LIC_TAG_OTHER, "x", i % 3);
	}
	for (m->n = 0; m->n < RECORDS && at < FILE_MAX - 64; m->n++) {
		struct lic_record *r = &m->r[m->n];

		r->at = at + (rand() % 3 ? 0 : (uint64_t)(rand() % 9));
		r->n = 1 + (uint64_t)(rand() % 40);
		r->list = rand() % 50 == 0;
		r->lead = r->list ? 0 : (uint64_t)rand() % (r->n + 1);
		r->count = false;
		r->subject = rand() % 20  ? (uint64_t)(rand() % SUBJECTS)
			     : rand() % 2 ? LIC_SUBJECT_NONE
					  : LIC_SUBJECT_ALWAYS;
		at = r->at + r->n;
		lic_index_record(w, r);
	}
	m->size = at + 5;
	m->file = malloc(m->size);
	for (size_t i = 0; i < m->size; i++)
		m->file[i] = (char)rand();
}

static void copy_kept(const struct model *m, const uint8_t *shown, struct lic_buf *out)
{
	uint64_t end = 0;
	bool kept = false;

	lic_buf_reset(out);
	for (size_t i = 0; i < m->n; i++) {
		const struct lic_record *r = &m->r[i];
		uint64_t lead;

		lic_buf_add(out, m->file + end, r->at - end);
		end = r->at + r->n;
		kept = kept && !r->list;
		if (r->subject == LIC_SUBJECT_NONE ||
		    (r->subject != LIC_SUBJECT_ALWAYS &&
		     !(shown[r->subject / 8] >> (r->subject % 8) & 1)))
			continue;
		lead = kept ? 0 : r->lead;
		kept = true;
		lic_buf_add(out, m->file + r->at + lead, r->n - lead);
	}
	lic_buf_add(out, m->file + end, m->size - end);
}

static void at_random(void)
{
	struct model *m = calloc(1, sizeof(*m));
	uint8_t shown[SUBJECTS / 8];
	struct kept k = KEPT_INIT;
	struct lic_index_sink sink = { keep, &k };
	struct lic_index_writer w;
	struct lic_buf got = LIC_BUF_INIT(2 * FILE_MAX), want = LIC_BUF_INIT(2 * FILE_MAX);

	srand(5);
	lic_index_writer_init(&w, &sink);
	invent(m, &w);
	is_int(lic_index_writer_finish(&w), 0, "a large index is written");
	ok(k.pieces[LIC_PART_RECORDS] > 1, "in several pieces");
	for (unsigned round = 0; round < 12; round++) {
		struct lic_ranges *r = NULL;

		for (unsigned i = 0; i < sizeof(shown); i++)
			shown[i] = (uint8_t)(round == 0 ? 0 : round == 1 ? 255 : rand() | rand());
		is_int(make(&k, m->size, shown, SUBJECTS, &r), 0, "ranges are made");
		copy_kept(m, shown, &want);
		read_view(r, m->file, round, &got);
		ok(got.len == want.len && memcmp(got.data, want.data, got.len) == 0,
		   "round %u: %zu bytes", round, want.len);
		is_int(lic_ranges_size(r), want.len, "their number");
		is_int(lic_ranges_at(r, want.len).n, 0, "nothing behind them");
		lic_ranges_free(r);
	}
	is_int(make(&k, m->size - 6, shown, SUBJECTS, &(struct lic_ranges *){ NULL }), -EBADMSG,
	       "a file that is too short");
	is_int(make(&k, m->size, shown, 5, &(struct lic_ranges *){ NULL }), -EBADMSG,
	       "subjects that are none");
	lic_buf_release(&got);
	lic_buf_release(&want);
	kept_release(&k);
	free(m->file);
	free(m);
}

/* --- names and images --------------------------------------------------------------------- */

static int read_names(void *ctx, const uint8_t *p, size_t n)
{
	struct lic_names_reader *r = ctx;
	unsigned names, tag;
	bool any;
	int e;

	lic_names_piece(r, p, n);
	while ((e = lic_names_subject(r, &names, &any)) > 0) {
		uint64_t i = r->n_subjects - 1;
		struct lic_bytes name;
		char want[64];

		if (i % 3 == 0)
			continue; /* passed over */
		snprintf(want, sizeof(want), "%09llu.jpg", (unsigned long long)i);
		if (lic_names_next(r, &tag, &name) != 1 || tag != LIC_TAG_COLUMN + i % 2 ||
		    strlen(want) != name.n || memcmp(want, name.p, name.n) != 0 || names != 2 ||
		    any != (i % 7 == 0))
			return -EIO;
		if (lic_names_next(r, &tag, &name) != 1 || tag != LIC_TAG_OTHER || name.n ||
		    lic_names_next(r, &tag, &name) != 0)
			return -EIO;
	}
	return e;
}

static int read_images(void *ctx, const uint8_t *p, size_t n)
{
	struct lic_images_reader r;
	uint64_t *i = ctx, got;
	int64_t id;
	bool any;
	int e;

	lic_images_piece(&r, p, n);
	while ((e = lic_images_next(&r, &got, &any)) > 0) {
		if (got != *i % 4 || any != (*i % 7 == 0))
			return -EIO;
		for (uint64_t k = 0; *i % 5 && k < got; k++)
			if (lic_images_id(&r, &id) != 1 ||
			    id != (int64_t)((*i * 2654435761u + k) % 1000000007u + 1))
				return -EIO;
		(*i)++;
	}
	return e;
}

static void names_and_images(void)
{
	struct kept k = KEPT_INIT;
	struct lic_index_sink sink = { keep, &k };
	struct lic_index_writer w;
	struct lic_images_writer iw;
	struct lic_names_reader r = { 0 };
	uint64_t seen = 0;

	lic_index_writer_init(&w, &sink);
	lic_images_writer_init(&iw, keep_images, &k);
	for (unsigned i = 0; i < 50000; i++) {
		char name[64];
		int64_t id[4];

		snprintf(name, sizeof(name), "%09u.jpg", i);
		lic_index_subject(&w, 2, i % 7 == 0);
		lic_index_name(&w, LIC_TAG_COLUMN + i % 2, name, strlen(name));
		lic_index_name(&w, LIC_TAG_OTHER, NULL, 0);
		for (unsigned n = 0; n < 4; n++)
			id[n] = (int64_t)(((uint64_t)i * 2654435761u + n) % 1000000007u + 1);
		lic_images_subject(&iw, i % 7 == 0, id, i % 4);
	}
	is_int(lic_index_writer_finish(&w), 0, "names are written");
	is_int(lic_images_writer_finish(&iw), 0, "images are written");
	ok(k.pieces[LIC_PART_NAMES] > 1 && k.pieces[LIC_PART_IMAGES] > 1, "in several pieces");
	is_int(each_piece(&k, LIC_PART_NAMES, read_names, &r), 0, "names are read back");
	is_int(r.n_subjects, 50000, "all of them");
	is_int(each_piece(&k, LIC_PART_IMAGES, read_images, &seen), 0, "images are read back");
	is_int(seen, 50000, "all of them");
	lic_names_release(&r);
	kept_release(&k);
}

static void misuse(void)
{
	struct kept k = KEPT_INIT;
	struct lic_index_sink sink = { keep, &k };
	struct lic_index_writer w;

	lic_index_writer_init(&w, &sink);
	lic_index_record(&w, &(struct lic_record){ .at = 5, .n = 5, .subject = LIC_SUBJECT_NONE });
	lic_index_record(&w, &(struct lic_record){ .at = 9, .n = 5, .subject = LIC_SUBJECT_NONE });
	is_int(lic_index_writer_finish(&w), -EINVAL, "records that overlap");
	lic_index_writer_init(&w, &sink);
	lic_index_record(&w, &(struct lic_record){ .at = 5, .n = 5, .subject = 0 });
	is_int(lic_index_writer_finish(&w), -EINVAL, "a record about a subject that is none");
	lic_index_writer_init(&w, &sink);
	lic_index_subject(&w, 2, false);
	lic_index_name(&w, LIC_TAG_COLUMN, "a", 1);
	is_int(lic_index_writer_finish(&w), -EINVAL, "a name that is missing");
	kept_release(&k);
}

/* Whatever the bytes, readers end and stay inside. */
static void hostile(void)
{
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t bytes[64];
		size_t n = (size_t)(rand() % 64);
		struct lic_records_reader r = { 0 };
		struct lic_names_reader names = { 0 };
		struct lic_images_reader images;
		struct lic_members_reader members = { bytes, bytes + n };
		struct lic_member m;
		struct lic_record rec;
		unsigned count;
		uint64_t got;
		bool any;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(rand() % 3 ? rand() % 24 : rand());
		lic_records_piece(&r, bytes, n);
		while (lic_records_next(&r, &rec) > 0)
			if (rec.at + rec.n < rec.n || rec.lead > rec.n)
				tap_failed++;
		lic_names_piece(&names, bytes, n);
		while (lic_names_subject(&names, &count, &any) > 0)
			;
		lic_names_release(&names);
		lic_images_piece(&images, bytes, n);
		while (lic_images_next(&images, &got, &any) > 0)
			;
		while (lic_members_next(&members, &m) > 0)
			if (m.name.n > LIC_MEMBER_NAME_MAX)
				tap_failed++;
	}
	ok(1, "bytes at random");
}

int main(void)
{
	by_hand();
	counts();
	at_random();
	names_and_images();
	misuse();
	hostile();
	return done_testing();
}
