/* SPDX-License-Identifier: Apache-2.0 */
/* Tar archives: made byte by byte, indexed, and seen through a view. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fs/document/index.h"
#include "fs/document/tar.h"
#include "tests/unit/tap.h"
#include "tests/unit/tar.h"

/* --- indexing -------------------------------------------------------------------------------- */

static struct kept {
	struct lic_buf part[5];
	struct lic_index_result result;
} kept;

static int keep(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct kept *k = ctx;

	k->part[part].max = 64u << 20;
	lic_buf_add(&k->part[part], p, n);
	return 0;
}

static int index_of(const void *p, size_t n)
{
	const struct lic_index_sink sink = { keep, &kept };
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("tar", MFD_CLOEXEC), r;

	for (unsigned i = 0; i < 5; i++)
		lic_buf_release(&kept.part[i]);
	memset(&kept, 0, sizeof(kept));
	if (fd < 0 || (n && write(fd, p, n) != (ssize_t)n))
		return -EIO;
	r = lic_document_index(fd, n, "0.tar", &sink, &kept.result, &err);
	close(fd);
	return r;
}

static void index_tar(const char *what)
{
	is_int(index_of(lic_buf_str(&tar), tar.len), 0, "%s: can be read", what);
}

/* "a.jpg=0 a.json=0 b.jpg=1": members and their subjects. */
static const char *members(void)
{
	static struct lic_buf out = LIC_BUF_INIT(1u << 20);
	const struct lic_buf *b = &kept.part[LIC_PART_MEMBERS];
	struct lic_members_reader r = { (const uint8_t *)b->data, NULL };
	struct lic_member m;

	r.end = r.p ? r.p + b->len : NULL;
	lic_buf_reset(&out);
	while (r.p && lic_members_next(&r, &m) > 0)
		lic_buf_addf(&out, "%s%.*s=%llu", out.len ? " " : "", (int)m.name.n,
			     (const char *)m.name.p, (unsigned long long)m.subject);
	return lic_buf_str(&out);
}

/* Whether the bytes of each member are those that the text says: "a" is in a.jpg. */
static bool member_is(const char *name, const char *text)
{
	const struct lic_buf *b = &kept.part[LIC_PART_MEMBERS];
	struct lic_members_reader r = { (const uint8_t *)b->data, NULL };
	struct lic_member m;

	r.end = r.p ? r.p + b->len : NULL;
	while (r.p && lic_members_next(&r, &m) > 0)
		if (m.name.n == strlen(name) && memcmp(m.name.p, name, m.name.n) == 0)
			return m.n == strlen(text) && m.at + m.n <= tar.len &&
			       memcmp(tar.data + m.at, text, m.n) == 0;
	return false;
}

/* The view in which the subjects of `shown` stay, a bit for each. */
static const struct lic_buf *view(uint64_t shown)
{
	static struct lic_buf out = LIC_BUF_INIT(64u << 20);
	const struct lic_buf *b = &kept.part[LIC_PART_RECORDS];
	struct lic_ranges_maker *m = NULL;
	struct lic_ranges *ranges = NULL;
	uint8_t bits[8];
	int r;

	for (int i = 0; i < 8; i++)
		bits[i] = (uint8_t)(shown >> 8 * i);
	lic_buf_reset(&out);
	r = lic_ranges_begin(tar.len, bits, kept.result.subjects, &m);
	if (r == 0 && b->len)
		r = lic_ranges_add(m, (const uint8_t *)b->data, b->len);
	if (r == 0)
		r = lic_ranges_finish(m, &ranges);
	else
		lic_ranges_abandon(m);
	for (uint64_t at = 0; r == 0 && at < lic_ranges_size(ranges);) {
		struct lic_piece p = lic_ranges_at(ranges, at);

		lic_buf_add(&out, p.literal ? (const char *)p.literal : tar.data + p.at, p.n);
		at += p.n;
	}
	lic_ranges_free(ranges);
	return r < 0 ? NULL : &out;
}

/* Is the view made of these pieces of the archive: from, to, ..., the last pair 0, 0? */
static bool view_is(uint64_t shown, const uint64_t *piece)
{
	const struct lic_buf *v = view(shown);
	struct lic_buf want = LIC_BUF_INIT(64u << 20);
	bool same;

	for (; piece[0] || piece[1]; piece += 2)
		lic_buf_add(&want, tar.data + piece[0], piece[1] - piece[0]);
	same = v && v->len == want.len && (!v->len || !memcmp(v->data, want.data, v->len));
	lic_buf_release(&want);
	return same;
}

#define VIEW(shown, ...) view_is(shown, (const uint64_t[]){ __VA_ARGS__, 0, 0 })
#define ALL UINT64_MAX

/* --- what is read ---------------------------------------------------------------------------- */

static void test_samples(void)
{
	uint64_t b, c, e;

	tar_begin();
	tar_file("a.jpg", "picture a");
	tar_file("a.json", "{}");
	b = tar_file("b.jpg", "picture b");
	tar_file("b.seg.png", "mask of b");
	c = tar_file("a.txt", "text of a, late");
	e = tar_end();
	index_tar("samples");
	is_int(kept.result.format, LIC_DOCUMENT_TAR, "it is a tar archive");
	is_int(kept.result.records, 5, "a member is a record");
	is_int(kept.result.subjects, 2, "a key is a subject");
	is_str(members(), "a.jpg=0 a.json=0 b.jpg=1 b.seg.png=1 a.txt=0", "members and their keys");
	ok(member_is("b.seg.png", "mask of b"), "members are where they should be");
	ok(VIEW(ALL, 0, tar.len), "all of them are the file");
	ok(VIEW(1, 0, b, c, tar.len), "all members of a key go together");
	ok(VIEW(2, b, c, e, tar.len), "and those that are not shown are gone");
	ok(VIEW(0, e, tar.len), "without any the end is left");
	is_str(kept.result.note, "", "nothing is left out");
}

static void test_keys(void)
{
	tar_begin();
	tar_file("./x/1.jpg", "1");
	tar_file("x//1.cls", "1");
	tar_file("x/./1.tar.txt", "1");
	tar_file("y/1.jpg", "1");
	tar_file("x.d/1.jpg", "1");
	tar_file("x/.1.jpg", "1");
	tar_file("x/.1.txt", "1");
	tar_file("x/1", "1");
	tar_file("x/1x", "1");
	tar_end();
	index_tar("keys");
	is_str(members(),
	       "x/1.jpg=0 x/1.cls=0 x/1.tar.txt=0 y/1.jpg=1 x.d/1.jpg=2 x/.1.jpg=3 x/.1.txt=3 "
	       "x/1=0 x/1x=4",
	       "a key is the name up to the first dot of its base name");
}

static void test_headers(void)
{
	static const char dir[] = "some/rather/long/directory";
	char name[256], want[1024];
	uint64_t at[10];

	tar_begin();
	at[0] = tar_header(&(struct header){ .name = "1.jpg", .prefix = dir, .n = 1 });
	tar_body("1", 1);
	memset(name, 'n', 240);
	snprintf(name + 240, 10, ".jpg");
	at[1] = tar_extended('L', name, strlen(name) + 1);
	tar_header(&(struct header){ .name = name, .n = 1, .gnu = true });
	tar_body("2", 1);
	at[2] = tar_pax('x', "mtime", "1.5", "path", "d/3.jpg", NULL);
	tar_header(&(struct header){ .name = "PaxHeaders/3", .n = 1 });
	tar_body("3", 1);
	at[3] = tar_header(&(struct header){ .name = "4.jpg", .n = 1, .v7 = true });
	tar_body("4", 1);
	at[4] = tar_header(
		&(struct header){ .name = "5.jpg", .n = 1, .base256 = true, .gnu = true });
	tar_body("5", 1);
	at[5] = tar_header(&(struct header){ .name = "6\xff.jpg", .n = 1, .signed_sum = true });
	tar_body("6", 1);
	at[6] = tar_header(&(struct header){ .name = "7.jpg", .type = '7', .n = 1 });
	tar_body("7", 1);
	at[7] = tar_pax('x', "size", "600", "comment", "longer than it says", NULL);
	tar_header(&(struct header){ .name = "8.jpg", .n = 0 });
	tar_body(name, 244);
	lic_buf_truncate(&tar, tar.len - 512);
	lic_buf_add(&tar, name, 0);
	for (int i = 0; i < 600; i++)
		lic_buf_addc(&tar, 'x');
	for (int i = 0; i < 1024 - 600; i++)
		lic_buf_addc(&tar, '\0');
	at[8] = tar_pax('x', "path", "no", "path", "", NULL);
	tar_header(&(struct header){ .name = "9.jpg" });
	at[9] = tar_end();
	index_tar("headers");
	snprintf(want, sizeof(want),
		 "%s/1.jpg=0 %s=1 d/3.jpg=2 4.jpg=3 5.jpg=4 6\xff.jpg=5 7.jpg=6 8.jpg=7 9.jpg=8",
		 dir, name);
	is_str(members(), want, "names of all kinds");
	ok(VIEW(ALL, 0, tar.len), "all of them are the file");
	for (unsigned i = 0; i < 9; i++)
		ok(VIEW(1u << i, at[i], at[i + 1], at[9], tar.len),
		   "member %u is a record with all of its headers", i + 1);
	ok(!member_is("8.jpg", ""), "the size of an extended header counts");
}

static void test_left_out(void)
{
	char name[300];
	uint64_t b, c, d, e;

	tar_begin();
	tar_header(&(struct header){ .name = "hard.jpg", .type = '1', .n = 700 });
	tar_extended('K', "target", 7);
	tar_header(&(struct header){ .name = "soft.jpg", .type = '2' });
	tar_header(&(struct header){ .name = "null", .type = '3' });
	b = tar_header(&(struct header){ .name = "sparse.jpg", .type = 'S', .n = 3, .gnu = true });
	tar.data[b + 482] = 1;
	put_checksum((uint8_t *)tar.data + b, false);
	tar_body("\1", 1);
	tar_body("\1", 1);
	tar.data[tar.len - 1024 + 504] = 1;
	tar_body("abc", 3);
	tar_pax('x', "GNU.sparse.major", "1", "GNU.sparse.name", "holes.jpg", NULL);
	tar_file("holes.jpg", "1\n0\n1\n");
	tar_file("/absolute.jpg", "1");
	tar_file("up/../there.jpg", "1");
	memset(name, 'n', 251);
	snprintf(name + 251, 10, ".jpg");
	tar_extended('L', name, strlen(name));
	tar_file("short", "255 bytes");
	b = tar.len;
	name[250] = 'm';
	memmove(name + 1, name, strlen(name) + 1);
	tar_extended('L', name, strlen(name));
	tar_file("short", "256 bytes");
	tar_file("twice.jpg", "first");
	tar_file("./twice.jpg", "second");
	c = tar_file("twice.txt", "one");
	d = tar_file("odd/", "a file whose name is that of a directory");
	e = tar_end();
	(void)d;
	index_tar("what is left out");
	lic_buf_truncate(&kept.part[0], 0);
	ok(strlen(members()) == 255 + 2 + strlen(" twice.txt=1"), "what has no right name is none");
	ok(strstr(members(), " twice.txt=1"), "and a name that comes twice is neither of both");
	ok(VIEW(2, c, d, e, tar.len), "they are in no view");
	ok(strstr(kept.result.note, "6 are links, devices or sparse, 2 have a name that comes "
				    "twice, 3 have a name"),
	   "and a person is told: %s", kept.result.note);
	(void)b;
}

static void test_directories(void)
{
	uint64_t b, c, e;

	tar_begin();
	tar_header(&(struct header){ .name = "./", .type = '5' });
	tar_header(&(struct header){ .name = "train/", .v7 = true });
	b = tar_file("train/1.jpg", "1");
	c = tar_header(&(struct header){ .name = "val", .type = '5' });
	e = tar_end();
	index_tar("directories");
	is_str(members(), "/=0 train/=1 train/1.jpg=2 val/=3", "directories are members, too");
	ok(VIEW(1 | 2 | 4, 0, c, e, tar.len), "and go with what is below them");
	ok(VIEW(4, b, c, e, tar.len), "or not");
}

static void test_structure(void)
{
	static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
	uint64_t a, b, c, d;

	tar_begin();
	tar_header(&(struct header){ .name = "my volume", .type = 'V', .gnu = true });
	tar_pax('g', "comment", "made by hand", "mtime", "1700000000.5", NULL);
	tar_file("README.md", "about all");
	a = tar_header(&(struct header){ .name = "LICENSE", .n = sizeof(png) - 1 });
	tar_body(png, sizeof(png) - 1);
	b = tar_file("sub/README", "not at the top");
	c = tar_file("CITATION.cff", "cff-version");
	d = tar_end();
	index_tar("structure");
	is_str(members(), "LICENSE=0 sub/README=1", "inert by name, unless it is an image");
	ok(VIEW(ALL, 0, tar.len), "all of it is the file");
	ok(VIEW(0, 0, a, c, tar.len), "what is about all stays");
	ok(VIEW(1, 0, b, c, tar.len), "beside what is shown");
	(void)d;
}

/* What may hold images that nobody has looked at. */
/* What stands in no member may tell of one all the same. */
static void test_hints(void)
{
	uint64_t a, b, e;

	tar_begin();
	tar_header(&(struct header){ .name = "shard of img00123", .type = 'V', .gnu = true });
	tar_pax('g', "comment", "best: (img00123)", NULL);
	a = tar_file("img00123.jpg", "1");
	b = tar_file("img00124.jpg", "1");
	e = tar_end();
	index_tar("hints");
	ok(VIEW(2, b, e, e, tar.len), "labels and comments that may name an image are left out");
	(void)a;
}

static void test_containers(void)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
		bool stays;
	} inner[] = {
		{ "1.tar", "", 0, false },	   { "1.ZIP", "", 0, false },
		{ "1.tfrecord", "", 0, false },	   { "1.x", "PK\3\4", 4, false },
		{ "1.y", "\x1f\x8b", 2, false },   { "1", "7z\xbc\xaf\x27\x1c", 6, false },
		{ "1.npz", "PK\3\4", 4, true },	   { "1.pt", "PK\3\4", 4, true },
		{ "1.z", "PK", 2, true },	   { "1.tar.txt", "text", 4, true },
		{ "1.svgz", "\x1f\x8b", 2, true }, { "1.cls", "7", 1, true },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(inner); i++) {
		uint64_t b, e;

		tar_begin();
		tar_file("1.jpg", "picture");
		b = tar_header(&(struct header){ .name = inner[i].name, .n = inner[i].n });
		tar_body(inner[i].bytes, inner[i].n);
		e = tar_end();
		index_tar(inner[i].name);
		if (inner[i].stays)
			ok(VIEW(ALL, 0, tar.len), "%s goes with its image", inner[i].name);
		else
			ok(VIEW(ALL, 0, b, e, tar.len), "what may hold images is left out");
	}
	tar_begin();
	tar_file("1.jpg", "picture");
	tar_header(&(struct header){ .name = "1.other", .n = 512 });
	lic_buf_add(&tar, tar.data, 512);
	tar_end();
	index_tar("an archive within");
	is_str(members(), "1.jpg=0", "an archive under another name is left out");
	ok(strstr(kept.result.note, "1 are archives"), "and a person is told");
}

static void test_ends(void)
{
	tar_begin();
	tar_file("a.jpg", "1");
	index_tar("no end");
	is_int(kept.result.format, LIC_DOCUMENT_TAR, "the end may be missing");
	ok(VIEW(ALL, 0, tar.len), "all of it is the file");
	for (int i = 0; i < 700; i++)
		lic_buf_addc(&tar, '\0');
	index_tar("an end of an odd size");
	is_int(kept.result.format, LIC_DOCUMENT_TAR, "or be of any size");
	ok(VIEW(1, 0, tar.len), "and stays");
}

/* --- what is refused ------------------------------------------------------------------------- */

static void refused(const char *what, const char *note)
{
	index_tar(what);
	ok(kept.result.format == LIC_DOCUMENT_NONE && strstr(kept.result.note, note),
	   "%s is refused: %s", what, kept.result.note);
}

static void test_refused_headers(void)
{
	tar_begin();
	tar_pax('x', "path", "a.jpg", NULL);
	tar_pax('x', "path", "b.jpg", NULL);
	tar_file("c.jpg", "");
	refused("two pax headers", "byte 1024: two extended headers");
	tar_begin();
	tar_extended('L', "a", 1);
	tar_extended('L', "b", 1);
	tar_file("c.jpg", "");
	refused("two long names", "byte 1024: two long names");
	tar_begin();
	tar_extended('L', "a", 1);
	tar_pax('x', "path", "b.jpg", NULL);
	tar_file("c.jpg", "");
	refused("names in two ways", "byte 2048: two names");
	tar_begin();
	tar_file("c.jpg", "");
	tar_pax('x', "path", "b.jpg", NULL);
	tar_end();
	refused("a header of nothing", "byte 512: headers of a member that does not follow");
	tar_begin();
	tar_pax('g', "path", "b.jpg", NULL);
	tar_file("c.jpg", "");
	refused("a global name", "byte 0: a global header that names or measures");
	tar_begin();
	tar_pax('g', "comment", "made from /data/b.jpg, mostly", NULL);
	tar_file("c.jpg", "");
	refused("a global comment with an image", "byte 0: a global header that names an image");
	tar_begin();
	tar_pax('x', "mtime", "1", NULL);
	tar_pax('g', "mtime", "1", NULL);
	tar_file("c.jpg", "");
	refused("a global header in between", "byte 1024: a global header between");
	tar_begin();
	tar_extended('x', "9 path=a\n99 path=b\n", 19);
	tar_file("c.jpg", "");
	refused("a record that is too long", "byte 0: a record of an extended header is broken");
	tar_begin();
	tar_extended('x', "18446744073709551615 path=a\n", 28);
	tar_file("c.jpg", "");
	refused("a record of nearly 2^64", "byte 0: a record of an extended header is broken");
	tar_begin();
	tar_pax('x', "size", "9223372036854775800", NULL);
	tar_file("c.jpg", "");
	refused("a member of nearly 2^63", "byte 1024: the file ends within this member");
	tar_begin();
	tar_pax('x', "size", "99999999999999999999", NULL);
	tar_file("c.jpg", "");
	refused("a member of more", "byte 0: a size in an extended header is no number");
	tar_begin();
	tar_header(&(struct header){ .name = "a", .type = 'x', .n = 2u << 20 });
	refused("a long extended header", "byte 0: an extended header of more than 1 MiB");
}

static void test_refused_members(void)
{
	uint64_t at;

	tar_begin();
	tar_header(&(struct header){ .name = "c.jpg", .n = UINT64_MAX >> 1, .base256 = true });
	refused("a size of 2^63 - 1", "byte 0: the file ends within this member");
	tar_begin();
	tar_header(&(struct header){ .name = "c.jpg", .n = UINT64_MAX, .base256 = true });
	refused("a negative size", "byte 0: a size that is no number");
	tar_begin();
	tar_file("a.jpg", "1");
	tar_file("b.jpg", "1");
	lic_buf_truncate(&tar, tar.len - 1);
	refused("a truncated member", "byte 1024: the file ends within this member");
	tar_begin();
	tar_file("a.jpg", "1");
	lic_buf_add(&tar, tar.data, 100);
	refused("half a header", "byte 1024: something follows");
	tar_begin();
	tar_file("a.jpg", "1");
	tar_file("b.jpg", "1");
	tar.data[1024] ^= 1;
	refused("a wrong checksum", "byte 1024: no header where one must be");
	tar_begin();
	tar_file("a.jpg", "1");
	at = tar_end();
	tar_file("b.jpg", "1");
	refused("two archives in one file", "something follows behind the end");
	lic_buf_truncate(&tar, at + 512);
	tar_file("b.jpg", "1");
	refused("a lone block of zeros", "something follows behind the end");
	tar_begin();
	tar_header(&(struct header){ .name = "d", .type = '5', .n = 1 });
	tar_body("1", 1);
	refused("a directory with bytes", "byte 0: bytes of a member that has none");
	tar_begin();
	tar_header(&(struct header){ .name = "d/", .n = 1, .v7 = true });
	tar_body("1", 1);
	refused("another one", "byte 0: bytes of a member that has none");
	tar_begin();
	tar_header(&(struct header){ .name = "c.jpg", .type = 'M', .n = 1 });
	tar_body("1", 1);
	refused("a part of a volume", "byte 0: part of an archive of several volumes");
	tar_begin();
	tar_end();
	refused("an empty archive", "without members");
}

/* --- anything -------------------------------------------------------------------------------- */

static uint32_t seed = 12345;

static uint32_t chance(uint32_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % n;
}

/* Whatever the bytes are: records within the file, in order, of subjects that there are; members
 * within records of their subject. */
static bool is_sane(void)
{
	const struct lic_buf *rb = &kept.part[LIC_PART_RECORDS], *mb = &kept.part[LIC_PART_MEMBERS];
	struct lic_records_reader records = { 0 };
	struct lic_members_reader members = { (const uint8_t *)mb->data, NULL };
	struct lic_record r = { 0 };
	struct lic_member m;

	if (kept.result.format == LIC_DOCUMENT_NONE)
		return kept.result.note[0];
	lic_records_piece(&records, (const uint8_t *)rb->data, rb->len);
	members.end = members.p ? members.p + mb->len : NULL;
	while (members.p && lic_members_next(&members, &m) > 0) {
		do
			if (lic_records_next(&records, &r) <= 0)
				return false;
		while (r.at + r.n < m.at + m.n || r.subject == LIC_SUBJECT_NONE);
		if (r.at > m.at || r.subject != m.subject || r.at + r.n > tar.len ||
		    m.subject >= kept.result.subjects)
			return false;
	}
	return view(ALL) != NULL;
}

static void some_member(void)
{
	static const char types[] = "0000000125S7xgLKV";
	char name[32];
	uint32_t n = chance(3) ? chance(40) : chance(3000);
	char bytes[3000];

	memset(bytes, 'x', sizeof(bytes));
	snprintf(name, sizeof(name), "%s%u%s", chance(4) ? "" : "d/", chance(20),
		 chance(2)   ? ".jpg"
		 : chance(2) ? ""
			     : "/");
	if (!chance(4))
		tar_pax('x', "path", name, "comment", "x", NULL);
	if (!chance(6))
		tar_extended('L', name, strlen(name) + 1);
	tar_header(&(struct header){ .name = name,
				     .type = types[chance(sizeof(types) - 1)],
				     .n = n,
				     .gnu = !chance(3),
				     .base256 = !chance(5) });
	tar_body(bytes, n);
}

static void test_random(void)
{
	unsigned bad = 0, read = 0;

	for (int i = 0; i < 4000; i++) {
		tar_begin();
		for (uint32_t n = 1 + chance(6); n; n--)
			if (chance(5))
				tar_file(chance(2) ? "1.jpg" : "d/2.jpg", "bytes");
			else
				some_member();
		if (chance(3))
			tar_end();
		for (uint32_t n = chance(3); n; n--)
			tar.data[chance((uint32_t)tar.len)] ^= (char)(1 << chance(8));
		if (!chance(8))
			lic_buf_truncate(&tar, chance((uint32_t)tar.len));
		if (index_of(lic_buf_str(&tar), tar.len) < 0 || !is_sane())
			bad++;
		read += kept.result.format == LIC_DOCUMENT_TAR;
	}
	is_int(bad, 0, "archives of any bytes have an index that makes sense, or none");
	ok(read > 400, "and some are read (%u)", read);
}

int main(void)
{
	test_samples();
	test_keys();
	test_headers();
	test_left_out();
	test_directories();
	test_structure();
	test_hints();
	test_containers();
	test_ends();
	test_refused_headers();
	test_refused_members();
	test_random();
	for (unsigned i = 0; i < 5; i++)
		lic_buf_release(&kept.part[i]);
	return done_testing();
}
