/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Revocations: what they match now and later, and what takes them back. */
#include <inttypes.h>

#include "tests/unit/document_fixture.h"
#include "tests/unit/revoke_fixture.h"

/* Some images: two of Jane, one of them in a directory, one of John. */
static struct lic_catalog *make(struct scratch *s, int64_t *ret_dir)
{
	struct lic_catalog *cat = scratch_make(s);
	int64_t dir = make_dir(cat, 1, "d");

	add_by(cat, 1, "a", "A", "Jane Doe", "https://www.flickr.com/photos/12345@N00/678/");
	add_by(cat, dir, "b", "B", "John Roe; jane  doe", NULL);
	add_by(cat, 1, "c", "C", "John Roe", "http://live.staticflickr.com/1/999_abc_b.jpg");
	*ret_dir = dir;
	return cat;
}

static void test_each_kind(void)
{
	static const struct {
		enum lic_selector_kind kind;
		const char *text;
		bool a, b, c;
	} cases[] = {
		{ LIC_SELECT_PATH, "a", true, false, false },
		{ LIC_SELECT_PATH, "d", false, true, false },
		{ LIC_SELECT_PATH, "**", true, true, true },
		{ LIC_SELECT_PATH, "?", true, false, true },
		{ LIC_SELECT_PATH, "d/*", false, true, false },
		{ LIC_SELECT_PATH, "e", false, false, false },
		{ LIC_SELECT_CREATOR, "JANE DOE", true, true, false },
		{ LIC_SELECT_CREATOR, "john*", false, true, true },
		{ LIC_SELECT_URL, "flickr.com", true, false, false },
		{ LIC_SELECT_URL, "https://flickr.com/photos/12345@N00", true, false, false },
		{ LIC_SELECT_URL, "staticflickr.com", false, false, true },
		{ LIC_SELECT_ID, "12345@N00", true, false, false },
		{ LIC_SELECT_ID, "999", false, false, true },
		{ LIC_SELECT_ID, "678", true, false, false },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text;
		struct scratch s;
		int64_t dir;
		struct lic_catalog *cat = make(&s, &dir);
		struct outcome o = take_down(cat, cases[i].kind, text);
		int n = cases[i].a + cases[i].b + cases[i].c;

		ok(o.r == 0 && o.number == 1, "%s %s is revoked", lic_selector_name(cases[i].kind),
		   text);
		is_int(o.matched, n, "it matches");
		ok(o.changed == n && o.told == n && o.told_changed == n && o.in_order,
		   "and tells of each in order");
		is_str(status_word(cat, "a"), cases[i].a ? "revoked" : "clear", "a");
		is_str(status_word(cat, "d/b"), cases[i].b ? "revoked" : "clear", "b");
		is_str(status_word(cat, "c"), cases[i].c ? "revoked" : "clear", "c");
		checks(cat, "after revoking");
		o = restore(cat, 1);
		ok(o.r == 0 && o.matched == n && o.changed == n && o.told == n, "restored");
		ok(status_of(cat, "a") == LIC_STATUS_CLEAR &&
			   status_of(cat, "d/b") == LIC_STATUS_CLEAR &&
			   status_of(cat, "c") == LIC_STATUS_CLEAR,
		   "all is as before");
		is_int(restore(cat, 1).r, -ENOENT, "only once");
		checks(cat, "after restoring");
		lic_catalog_close(cat);
		scratch_release(&s);
	}
}

int main(void)
{
	test_each_kind();
	return done_testing();
}
