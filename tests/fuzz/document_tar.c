/* SPDX-License-Identifier: Apache-2.0 */
/* Tar archives: a view of one is an archive of those members that it shows, with the same bytes. */
#include <string.h>

#include <licensefs/document.h>

#include "fs/document/index.h"
#include "fs/document/tar.h"
#include "tests/fuzz/fuzz.h"

struct kept {
	struct lic_buf records, members;
	struct lic_index_result result;
};

static int keep(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct kept *k = ctx;

	if (part == LIC_PART_RECORDS)
		lic_buf_add(&k->records, p, n);
	if (part == LIC_PART_MEMBERS)
		lic_buf_add(&k->members, p, n);
	return 0;
}

static void index_bytes(struct kept *k, const void *p, size_t n)
{
	struct lic_index_sink sink = { keep, k };
	struct lic_error err = LIC_ERROR_INIT;
	int e;

	*k = (struct kept){ .records = LIC_BUF_INIT(64u << 20),
			    .members = LIC_BUF_INIT(64u << 20) };
	e = lic_document_index(fuzz_file(p, n), n, "a.tar", &sink, &k->result, &err);
	FUZZ_CHECK(e == 0, "%d, %s", e, err.msg);
}

static void release(struct kept *k)
{
	lic_buf_release(&k->records);
	lic_buf_release(&k->members);
}

static struct lic_members_reader members_of(const struct kept *k)
{
	const uint8_t *p = (const uint8_t *)lic_buf_str(&k->members);

	return (struct lic_members_reader){ p, p + k->members.len };
}

/* The next member that the view shows; false at the end. */
static bool next_shown(struct lic_members_reader *r, const uint8_t *shown, struct lic_member *ret)
{
	int e;

	while ((e = lic_members_next(r, ret)) > 0)
		if (!shown || shown[ret->subject / 8] >> ret->subject % 8 & 1)
			return true;
	FUZZ_CHECK(e == 0, "member %d", e);
	return false;
}

/* Each lies within a record of its own subject. */
static void check_members(const struct kept *k, size_t size)
{
	struct lic_members_reader members = members_of(k);
	struct lic_records_reader records = { 0 };
	struct lic_record r = { 0 };
	struct lic_member m;

	lic_records_piece(&records, (const uint8_t *)lic_buf_str(&k->records), k->records.len);
	while (next_shown(&members, NULL, &m)) {
		FUZZ_CHECK(m.at <= size && m.n <= size - m.at, "member at %zu", (size_t)m.at);
		FUZZ_CHECK(m.subject < k->result.subjects, "subject %zu", (size_t)m.subject);
		while (r.at + r.n < m.at + m.n || r.subject == LIC_SUBJECT_NONE)
			FUZZ_CHECK(lic_records_next(&records, &r) > 0, "no record of a member");
		FUZZ_CHECK(r.at < m.at && r.subject == m.subject, "record at %zu", (size_t)r.at);
	}
}

static void view_of(const struct kept *k, const uint8_t *p, size_t n, const uint8_t *shown,
		    struct lic_buf *out)
{
	struct lic_ranges_maker *m;
	struct lic_ranges *r = NULL;
	int e = lic_ranges_begin(n, shown, k->result.subjects, &m);

	if (e == 0)
		e = lic_ranges_add(m, (const uint8_t *)lic_buf_str(&k->records), k->records.len);
	FUZZ_CHECK(e == 0, "ranges %d", e);
	e = lic_ranges_finish(m, &r);
	FUZZ_CHECK(e == 0, "ranges %d", e);
	for (uint64_t off = 0; off < lic_ranges_size(r);) {
		struct lic_piece piece = lic_ranges_at(r, off);

		FUZZ_CHECK(piece.n && !piece.literal && piece.at + piece.n <= n, "piece at %zu",
			   (size_t)off);
		lic_buf_add(out, p + piece.at, piece.n);
		off += piece.n;
	}
	lic_ranges_free(r);
}

static void check_view(const struct kept *k, const uint8_t *p, size_t n)
{
	const size_t bytes = (size_t)k->result.subjects / 8 + 1;
	struct lic_members_reader before = members_of(k), after;
	struct lic_buf view = LIC_BUF_INIT(64u << 20);
	uint8_t *shown = malloc(bytes);
	struct lic_member a, b;
	struct kept again;

	if (!shown)
		abort();
	for (size_t i = 0; i < bytes; i++)
		shown[i] = (uint8_t)fuzz_choose(p, n, (unsigned)i, 256);
	view_of(k, p, n, shown, &view);
	/* what is left is an archive, if only an empty one */
	FUZZ_CHECK(view.len < LIC_TAR_BLOCK || lic_tar_is_header((uint8_t *)view.data) ||
			   lic_tar_is_zero((uint8_t *)view.data, LIC_TAR_BLOCK),
		   "the view is no archive");
	index_bytes(&again, lic_buf_str(&view), view.len);
	after = members_of(&again);
	while (next_shown(&before, shown, &a)) {
		FUZZ_CHECK(next_shown(&after, NULL, &b), "'%.*s' is missing: %s", (int)a.name.n,
			   (const char *)a.name.p, again.result.note);
		FUZZ_CHECK(a.name.n == b.name.n && !memcmp(a.name.p, b.name.p, a.name.n) &&
				   a.n == b.n,
			   "'%.*s' is '%.*s'", (int)a.name.n, (const char *)a.name.p, (int)b.name.n,
			   (const char *)b.name.p);
		FUZZ_CHECK(!a.n || !memcmp(p + a.at, view.data + b.at, a.n), "bytes of a member");
	}
	FUZZ_CHECK(!next_shown(&after, NULL, &b), "'%.*s' is too much", (int)b.name.n,
		   (const char *)b.name.p);
	release(&again);
	lic_buf_release(&view);
	free(shown);
}

/* No fuzzer guesses checksums. */
static void mend(uint8_t *p, size_t n)
{
	for (size_t at = 0; n - at >= LIC_TAR_BLOCK; at += LIC_TAR_BLOCK) {
		uint8_t *b = p + at;
		unsigned sum = 0;

		if (memcmp(b + 257, "ustar", 5) != 0)
			continue;
		memset(b + 148, ' ', 8);
		for (unsigned i = 0; i < LIC_TAR_BLOCK; i++)
			sum += b[i];
		for (unsigned i = 6; i-- > 0; sum /= 8)
			b[148 + i] = (uint8_t)('0' + sum % 8);
	}
}

void fuzz_document_tar(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n + 1);
	struct kept k;

	(void)t;
	if (!copy)
		abort();
	if (n)
		memcpy(copy, p, n);
	mend(copy, n);
	if (n < LIC_TAR_BLOCK || !lic_tar_is_header(copy)) {
		free(copy);
		return;
	}
	index_bytes(&k, copy, n);
	if (k.result.format == LIC_DOCUMENT_TAR) {
		check_members(&k, n);
		check_view(&k, copy, n);
	}
	release(&k);
	free(copy);
}
