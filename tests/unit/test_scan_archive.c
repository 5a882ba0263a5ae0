/* SPDX-License-Identifier: Apache-2.0 */
/* Shards of a store: which members become images, by what their rights are judged, and which of
 * them the records of an archive need. */
#include <fcntl.h>
#include <sys/stat.h>

#include <licensefs/scan.h>

#include "fs/document/index.h"
#include "fs/scan/archive.h"
#include "tests/unit/catalog_fixture.h"
#include "tests/unit/tar.h"

static struct scratch scratch;
static const char cc_by[] = "{\"license\": \"CC-BY-4.0\"}";

/* A picture of one dot, which tells it from others. */
static void picture(const char *name, char dot)
{
	static const char gif[] = "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D"
				  "\1\0;";
	char bytes[sizeof(gif) - 1];

	memcpy(bytes, gif, sizeof(bytes));
	bytes[13] = dot;
	tar_header(&(struct header){ .name = name, .n = sizeof(bytes) });
	tar_body(bytes, sizeof(bytes));
}

static void write_file(const char *name, const void *p, size_t n)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", scratch.store, name);
	f = fopen(path, "w");
	ok(f && fwrite(p, 1, n, f) == n && fclose(f) == 0, "%s is written", name);
}

static void write_tar(const char *name)
{
	tar_end();
	write_file(name, tar.data, tar.len);
}

static struct lic_scan_result scan_with(bool verify, unsigned digests)
{
	struct lic_scan_options o = {
		.store = scratch.store, .jobs = 1, .verify = verify, .digests = digests
	};
	struct lic_scan_result res;

	fix_err = (struct lic_error)LIC_ERROR_INIT;
	is_int(lic_scan(&o, &res, &fix_err), 0, "scanned %s", fix_err.msg);
	return res;
}

static struct lic_scan_result scan(void)
{
	return scan_with(false, 0);
}

/* 0 where there is no such row. */
static int64_t row_of(const char *path)
{
	struct lic_catalog *cat = scratch_open(&scratch, LIC_CATALOG_READ);
	struct lic_entry e;
	int r = lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err);

	lic_catalog_close(cat);
	return r < 0 ? 0 : e.id;
}

static enum lic_status rights_of(const char *path)
{
	struct lic_catalog *cat = scratch_open(&scratch, LIC_CATALOG_READ);
	enum lic_status status = LIC_STATUS_UNREADABLE;
	const struct lic_rights *r = NULL;
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0)
		r = lic_catalog_rights(cat, e.rights, &fix_err);
	if (r)
		status = r->status;
	lic_catalog_close(cat);
	return status;
}

static struct lic_entry entry_at(const char *path)
{
	struct lic_catalog *cat = scratch_open(&scratch, LIC_CATALOG_READ);
	struct lic_entry e = { 0 };

	(void)!lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err);
	e.name = (struct lic_bytes){ 0 };
	lic_catalog_close(cat);
	return e;
}

static struct lic_buf text = LIC_BUF_INIT(1u << 20);

struct showing {
	struct lic_catalog *cat;
};

static int show_images(void *ctx, const uint8_t *p, size_t n)
{
	struct showing *s = ctx;
	struct lic_images_reader r = { 0 };
	uint64_t count;
	int64_t id;
	bool any;

	lic_images_piece(&r, p, n);
	while (lic_images_next(&r, &count, &any) > 0) {
		lic_buf_adds(&text, text.len ? " | " : "");
		lic_buf_adds(&text, any ? "any" : "all");
		while (lic_images_id(&r, &id) > 0) {
			struct lic_entry e;

			if (lic_catalog_by_id(s->cat, id, &e, &fix_err) < 0)
				lic_buf_adds(&text, " gone");
			else
				lic_buf_addf(&text, " %.*s", (int)e.name.n, (const char *)e.name.p);
		}
	}
	return 0;
}

/* What the subjects of an archive need: "all 1.gif | any 1.gif 2.gif". */
static const char *bound(const char *path)
{
	struct showing s = { scratch_open(&scratch, LIC_CATALOG_READ) };
	int64_t id = row_of(path);

	lic_buf_reset(&text);
	if (lic_catalog_document_parts(s.cat, id, LIC_PART_IMAGES, show_images, &s, &fix_err) < 0)
		lic_buf_adds(&text, fix_err.msg);
	lic_catalog_close(s.cat);
	return lic_buf_str(&text);
}

/* --- a shard ------------------------------------------------------------------------------- */

static void test_members(void)
{
	struct lic_scan_result res;
	struct lic_entry e;

	tar_begin();
	picture("1.gif", 1);
	tar_file("1.json", cc_by);
	tar_file("1.txt", "a caption");
	picture("2.left.gif", 2);
	picture("2.right.gif", 3);
	tar_file("2.json", cc_by);
	picture("3", 4);
	tar_file("3.json", cc_by);
	picture("4.txt", 5);
	tar_file("5.txt", "no image");
	tar_file("5.gif", "no image");
	tar_header(&(struct header){ .name = "sub/", .type = '5' });
	tar_header(&(struct header){ .name = "none/", .type = '5' });
	picture("sub/1.gif", 6);
	tar_file("sub/README", "about what is here");
	write_tar("0.tar");
	res = scan();
	is_int(res.images, 6, "members that are images");
	is_int(res.added, 6, "all new");
	is_str(bound("0.tar"),
	       "all 1.gif | all 2.left.gif 2.right.gif | all 3 | all 4.txt | all | any sub/1.gif | "
	       "any | all sub/1.gif | all",
	       "what members are by their bytes, not by their names");
	is_int(rights_of("0.tar/1.gif"), LIC_STATUS_CLEAR, "the JSON of a key speaks for it");
	is_int(rights_of("0.tar/2.left.gif"), LIC_STATUS_CLEAR, "for all of its images");
	is_int(rights_of("0.tar/2.right.gif"), LIC_STATUS_CLEAR, "the other one, too");
	is_int(rights_of("0.tar/3"), LIC_STATUS_CLEAR, "also without an extension");
	is_int(rights_of("0.tar/4.txt"), LIC_STATUS_UNLICENSED, "for no other key");
	is_int(rights_of("0.tar/sub/1.gif"), LIC_STATUS_UNLICENSED, "and no other directory");
	ok(!row_of("0.tar/1.txt") && !row_of("0.tar/5.gif"), "what is no image has no row");
	e = entry_at("0.tar/1.gif");
	ok(e.st.size == 35 && e.st.ino == entry_at("0.tar").st.ino && e.st.mtime,
	   "an image has its own size, and the times of the archive");
	is_int(entry_at("0.tar").kind, LIC_KIND_DOCUMENT, "the archive is a document");
}

static void test_again(void)
{
	int64_t one = row_of("0.tar/1.gif"), archive = row_of("0.tar"), generation;
	struct lic_catalog *cat = scratch_open(&scratch, LIC_CATALOG_READ);
	struct lic_scan_result res;

	generation = lic_catalog_generation(cat);
	lic_catalog_close(cat);
	res = scan();
	cat = scratch_open(&scratch, LIC_CATALOG_READ);
	is_int(lic_catalog_generation(cat), generation, "what is known is not written again");
	lic_catalog_close(cat);
	is_int(res.unchanged, 6, "and counted");
	is_int(res.indexed, 0, "without a look into the archive");
	res = scan_with(true, 0);
	is_int(res.indexed, 1, "but with one where everything is to be verified");
	is_int(row_of("0.tar/1.gif"), one, "the same bytes keep their rows");
	is_int(row_of("0.tar"), archive, "and the archive its own");
	is_int(res.unchanged, 6, "nothing has changed");
	ok(strstr(bound("0.tar"), "all 1.gif | all 2"), "all is bound as before");
}

static void test_digests(void)
{
	struct lic_catalog *cat;
	struct lic_digests d = { 0 };
	int64_t one = row_of("0.tar/1.gif");
	struct lic_scan_result res = scan_with(false, LIC_DIGEST_MD5);

	is_int(res.indexed, 1, "members are read where a digest of them is wanted");
	cat = scratch_open(&scratch, LIC_CATALOG_READ);
	is_int(lic_catalog_digests(cat, one, &d, &fix_err), 0, "digests of a member");
	ok(d.has & LIC_DIGEST_MD5, "it is known then");
	lic_catalog_close(cat);
	res = scan_with(false, LIC_DIGEST_MD5);
	is_int(res.indexed, 0, "and not computed twice");
}

static void test_changed(void)
{
	int64_t one = row_of("0.tar/1.gif"), archive = row_of("0.tar");
	struct lic_scan_result res;

	tar_begin();
	picture("1.gif", 1);
	tar_file("1.json", cc_by);
	write_tar("0.tar");
	res = scan();
	is_int(res.images, 1, "an archive of other bytes");
	ok(row_of("0.tar") != archive && row_of("0.tar/1.gif") != one && row_of("0.tar/1.gif"),
	   "is another one, and so are its members");
	ok(!row_of("0.tar/3"), "those that were in it are gone");
	is_str(bound("0.tar"), "all 1.gif", "and it is bound anew");
	tar_begin();
	tar_file("1.txt", "no image");
	write_tar("0.tar");
	res = scan();
	is_int(res.images, 0, "an archive of no images");
	is_int(entry_at("0.tar").rule, LIC_RULE_UNBOUND, "is hidden");
	write_file("0.tar", "no archive", 10);
	scan();
	is_int(entry_at("0.tar").kind, LIC_KIND_HIDDEN, "and so is what is none");
}

/* An archive in which work was left, as by a scan that was interrupted. */
static void test_resumed(void)
{
	struct lic_catalog *cat;
	struct lic_txn *txn;
	struct lic_scan_result res;
	int64_t one;

	tar_begin();
	picture("1.gif", 1);
	picture("2.gif", 2);
	write_tar("1.tar");
	scan();
	one = row_of("1.tar/1.gif");
	cat = scratch_open(&scratch, LIC_CATALOG_WRITE);
	is_int(lic_catalog_begin(cat, "test", &txn, &fix_err), 0, "a transaction");
	is_int(lic_catalog_end(txn, row_of("1.tar/2.gif"), &fix_err), 0, "a row is missing");
	is_int(lic_catalog_pend(txn, row_of("1.tar"), &fix_err), 0, "and the archive waits");
	is_int(lic_catalog_commit(txn, &fix_err), 0, "committed");
	lic_catalog_close(cat);
	res = scan();
	is_int(res.added, 1, "a scan goes on where another ended");
	is_int(row_of("1.tar/1.gif"), one, "what was read stays");
	is_str(bound("1.tar"), "all 1.gif | all 2.gif", "all is bound");
}

/* --- the index is not believed ------------------------------------------------------------ */

static int read_members(const char *const *name, const uint64_t *at_n_subject, size_t n)
{
	struct lic_buf members = LIC_BUF_INIT(1u << 20);
	struct lic_archived_list l;
	int r;

	for (size_t i = 0; i < n; i++) {
		const uint64_t *v = at_n_subject + 3 * i;
		/* all small numbers: a byte each, but for those of more */
		uint8_t item[32];
		size_t k = 0;

		for (int j = 0; j < 3; j++) {
			uint64_t x = v[j];

			for (; x > 127; x >>= 7)
				item[k++] = (uint8_t)(x | 128);
			item[k++] = (uint8_t)x;
		}
		item[k++] = (uint8_t)strlen(name[i]);
		lic_buf_add(&members, item, k);
		lic_buf_adds(&members, name[i]);
	}
	r = lic_archived_read(&l, &members, 100, 3);
	lic_archived_release(&l);
	lic_buf_release(&members);
	return r;
}

#define MEMBERS(names, ...)                                                                        \
	read_members((const char *const[]){ names }, (const uint64_t[]){ __VA_ARGS__ },            \
		     LIC_ARRAY_SIZE(((const char *const[]){ names })))
#define LIST(...) __VA_ARGS__

static void test_index(void)
{
	const int bad = -EBADMSG;

	is_int(MEMBERS(LIST("b", "a/b", "/", "a/"), 0, 100, 0, 100, 0, 2, 0, 0, 1, 0, 0, 2), 0,
	       "members that make sense");
	is_int(MEMBERS(LIST("a"), 1, 100, 0), bad, "a member that ends behind the file");
	is_int(MEMBERS(LIST("a"), 101, 0, 0), bad, "one that begins there");
	is_int(MEMBERS(LIST("a"), 1, UINT64_MAX, 0), bad, "one of more bytes than there are");
	is_int(MEMBERS(LIST("a"), 0, 1, 3), bad, "one of a subject that there is not");
	is_int(MEMBERS(LIST(""), 0, 1, 0), bad, "one without a name");
	is_int(MEMBERS(LIST("/a"), 0, 1, 0), bad, "an absolute name");
	is_int(MEMBERS(LIST("a/../b"), 0, 1, 0), bad, "a name that leads out");
	is_int(MEMBERS(LIST("a//b"), 0, 1, 0), bad, "a name with an empty component");
	is_int(MEMBERS(LIST("./a"), 0, 1, 0), bad, "a name with a dot");
	is_int(MEMBERS(LIST("a", "a"), 0, 1, 0, 1, 1, 0), bad, "a name that comes twice");
	is_int(MEMBERS(LIST("a/", "b/"), 0, 0, 1, 0, 0, 1), bad, "two directories, one subject");
	is_int(MEMBERS(LIST("a/"), 0, 1, 1), bad, "a directory with bytes");
	is_int(MEMBERS(LIST("../"), 0, 0, 1), bad, "a directory that leads out");
}

static void key_is(const char *file, const char *image, bool want)
{
	struct lic_bytes f = { (const uint8_t *)file, strlen(file) };
	struct lic_bytes i = { (const uint8_t *)image, strlen(image) };

	is_int(lic_is_key_sidecar(&f, &i), want, "%s %s for %s", file,
	       want ? "speaks" : "does not speak", image);
}

static void test_sidecars(void)
{
	key_is("1.json", "1.left.jpg", true);
	key_is("1.xmp", "1.left.jpg", true);
	key_is("1.JSON", "1", true);
	key_is("1.left.json", "1.right.jpg", false);
	key_is("1.license", "1.left.jpg", false);
	key_is("1.txt", "1.jpg", false);
	key_is("1", "1.jpg", false);
	key_is("12.json", "1.jpg", false);
	key_is(".1.json", ".1.a.jpg", true);
}

/* What is another file now is not read as if it were the one that was indexed. */
static void test_stale(void)
{
	struct lic_catalog *cat = scratch_open(&scratch, LIC_CATALOG_WRITE);
	struct lic_buf members = LIC_BUF_INIT(16);
	struct lic_scan_result res = { 0 };
	struct lic_archive_scan s = { .cat = cat, .res = &res };
	struct lic_entry e = entry_at("1.tar");
	int r;

	s.root = open(scratch.store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 4; i++) {
		struct lic_stat st = e.st;

		st.size += i == 0;
		st.mtime += i == 1;
		st.ctime += i == 2;
		st.ino += i == 3;
		fix_err = (struct lic_error)LIC_ERROR_INIT;
		r = lic_scan_archive(&s, e.id, "1.tar", &st, 2, &members, &fix_err);
		is_int(r, -ESTALE, "another file: %s", fix_err.msg);
	}
	close(s.root);
	lic_catalog_close(cat);
	is_str(bound("1.tar"), "all 1.gif | all 2.gif", "nothing is bound to what is not read");
}

int main(void)
{
	struct lic_catalog *cat;

	test_sidecars();
	test_index();
	cat = scratch_make(&scratch);
	lic_catalog_close(cat);
	test_members();
	test_again();
	test_digests();
	test_changed();
	test_resumed();
	test_stale();
	lic_buf_release(&text);
	lic_buf_release(&tar);
	scratch_release(&scratch);
	return done_testing();
}
