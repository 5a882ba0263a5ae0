/* SPDX-License-Identifier: Apache-2.0 */
/* Views by name, their numbers, and the class maps that they leave. */
#include "tests/unit/view_catalog.h"

static int64_t number(struct fixture *x, const char *name)
{
	struct lic_view *v;
	int64_t n;
	int r = lic_view_by_name(x->cat, name, &v, &n, &err);

	if (r < 0)
		return r;
	lic_view_free(v);
	return n;
}

static void test_numbers(void)
{
	static const char *const same[] = { "mine+commercial", "commercial+mine",
					    "commercial+mine+commercial" };
	struct fixture x;
	struct lic_view *v;
	int64_t n, hashed;

	open_catalog(&x, "numbers");
	set_view(&x, "mine", "derive", NULL);
	set_view(&x, "other", "mine & redistribute", NULL);
	begin(&x);
	image(&x, 1, "a.jpg", "CC-BY-4.0");
	commit(&x);
	for (size_t i = 0; lic_view_builtin(i); i++)
		is_int(number(&x, lic_view_builtin(i)->name), (int64_t)i + 1, "%s",
		       lic_view_builtin(i)->name);
	is_int(number(&x, "mine"), 64, "the first user-defined view");
	is_int(number(&x, "other"), 65, "the second");
	is_int(number(&x, "commercial+commercial"), 2, "a view joined with itself is itself");
	is_int(number(&x, "augmentable+noncommercial"), LIC_VIEW_FIRST_COMBINED + 1 + 8, "a mask");
	n = number(&x, "by-license/CC-BY-4.0");
	ok(n > LIC_VIEW_FIRST_LICENSE && n < LIC_VIEW_FIRST_COMBINED, "by-license");
	hashed = number(&x, same[0]);
	ok(hashed >= LIC_VIEW_FIRST_HASHED && hashed <= LIC_VIEW_LAST, "a hash");
	for (size_t i = 1; i < LIC_ARRAY_SIZE(same); i++)
		is_int(number(&x, same[i]), hashed, "%s", same[i]);
	ok(number(&x, "commercial+other") != hashed, "another one, another hash");
	is_int(lic_view_by_name(x.cat, "mine+by-license/CC-BY-4.0+commercial", &v, &n, &err), 0,
	       "a license in a combination");
	is_str(lic_view_name(v), "commercial+mine+by-license/CC-BY-4.0", "its canonical name");
	is_str(lic_view_expr(v), "commercial & mine & license='CC-BY-4.0'", "its expression");
	is_str(lic_view_basis(v), "", "it needs no basis");
	lic_view_free(v);
	is_int(lic_view_by_expr(x.cat, "mine & notice", NULL, 0, &v, &n, &err), 0, "an expression");
	ok(n >= LIC_VIEW_FIRST_HASHED && n <= LIC_VIEW_LAST, "has a hash too");
	lic_view_free(v);
	lic_catalog_close(x.cat);
}

static void test_unknown_names(void)
{
	static const struct {
		const char *name, *msg;
	} cases[] = {
		{ "comercial", "no view is called 'comercial', did you mean 'commercial'?" },
		{ "commercial+minne", "no view is called 'minne', did you mean 'mine'?" },
		{ "xyzzy", "no view is called 'xyzzy', see 'licensefs view list'" },
		{ "", "no view is called '', see 'licensefs view list'" },
		{ "commercial+", "no view is called '', see 'licensefs view list'" },
		{ "commercial & derive", "no view is called 'commercial & derive', see 'licensefs "
					 "view list'" },
		{ "\x1b[1m", "no view is called '\\x1b[1m', see 'licensefs view list'" },
		{ "by-license/CC-BY-40", "no image here has the license 'CC-BY-40', did you mean "
					 "'CC-BY-4.0'?" },
		{ "by-license/CC0-1.0", "no image here has the license 'CC0-1.0', see 'licensefs "
					"status'" },
	};
	struct fixture x;
	struct lic_view *v = NULL;

	open_catalog(&x, "numbers");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		is_int(lic_view_by_name(x.cat, cases[i].name, &v, NULL, &err), -ENOENT, "'%s'",
		       cases[i].name);
		is_str(err.msg, cases[i].msg, "its message");
	}
	is_int(lic_view_by_expr(x.cat, "derive & minne", NULL, 0, &v, NULL, &err), -EINVAL,
	       "an expression with an unknown name");
	ok(strstr(err.msg, "did you mean 'mine'?") != NULL, "names the user's view");
	ok(!v, "nothing is returned");
	lic_catalog_close(x.cat);
}

static void test_check(void)
{
	struct fixture x;
	struct lic_view *v;
	int64_t n;

	open_catalog(&x, "check");
	set_view(&x, "a", "derive", NULL);
	set_view(&x, "b", "a & notice", NULL);
	is_int(lic_view_check(x.cat, "c", "a & b", NULL, &err), 0, "a new view");
	is_int(lic_view_check(x.cat, "a", "redistribute", NULL, &err), 0, "other words");
	is_int(lic_view_check(x.cat, "AND", "derive", NULL, &err), -EINVAL, "a word as its name");
	is_int(lic_view_check(x.cat, "c", "c & a", NULL, &err), -ELOOP, "a view of itself");
	is_int(lic_view_check(x.cat, "a", "b", NULL, &err), -ELOOP, "a cycle");
	is_int(lic_view_check(x.cat, "a", "derive | !reserved", NULL, &err), -EPERM, "no basis");
	is_int(lic_view_check(x.cat, "a", "derive | !reserved", "law", &err), -EPERM,
	       "a basis that others lack");
	ok(strncmp(err.msg, "view 'b' names 'a' and would no longer work: ", 45) == 0, "says so");
	is_int(lic_view_check(x.cat, "tdm", "derive | !reserved", "law", &err), 0, "with a basis");
	set_view(&x, "tdm", "derive | !reserved", "law");
	is_int(lic_view_by_name(x.cat, "b+tdm", &v, &n, &err), 0, "a basis goes with its view");
	is_str(lic_view_basis(v), "law", "and is repeated");
	lic_view_free(v);
	is_int(lic_view_by_expr(x.cat, "b & tdm", NULL, 0, &v, &n, &err), -EPERM,
	       "but not into an expression");
	is_int(lic_view_by_expr(x.cat, "b & tdm", "law", 0, &v, &n, &err), 0,
	       "which needs its own");
	lic_view_free(v);
	set_view(&x, "bare", "derive | !reserved", NULL);
	is_int(lic_view_by_name(x.cat, "bare", &v, &n, &err), -EPERM, "a row that lacks its basis");
	is_int(lic_view_by_name(x.cat, "bare+tdm", &v, &n, &err), -EPERM, "borrows none");
	set_view(&x, "loop", "derive & loop", NULL);
	is_int(lic_view_by_name(x.cat, "loop", &v, &n, &err), -ELOOP, "a cycle in the catalog");
	is_int(lic_view_by_name(x.cat, "commercial+loop", &v, &n, &err), -ELOOP,
	       "or joined to one");
	lic_catalog_close(x.cat);
}

/* --- classes --- */

static int add_class(void *ctx, const struct lic_class *c)
{
	lic_buf_addf(ctx, "%s %d %d %lld%s\n", c->name, c->store_index, c->view_index,
		     (long long)c->images, c->split ? " split" : "");
	return 0;
}

static int add_emptied(void *ctx, size_t view, const char *path, int64_t images)
{
	if (view)
		lic_buf_addf(ctx, "%zu: ", view);
	lic_buf_addf(ctx, "%s %lld\n", path, (long long)images);
	return 0;
}

static void is_classes(struct fixture *x, const char *expr, enum lic_classes classes,
		       const char *want, const char *emptied)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 16);
	struct lic_view *v;
	struct lic_filter *f = filter(x, expr, classes, lic_catalog_generation(x->cat), &v);

	is_int(lic_view_classes(x->cat, f, add_class, &out, &err), 0, "classes of %s", expr);
	is_str(lic_buf_str(&out), want, "are these");
	lic_buf_reset(&out);
	is_int(lic_view_emptied(x->cat, &f, 1, 0, add_emptied, &out, &err), 0, "emptied by %s",
	       expr);
	is_str(lic_buf_str(&out), emptied, "are these");
	filter_done(f, v);
}

/* Several views at once, and no further than asked for. */
static void is_bounded(struct fixture *x)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 16);
	const int64_t newest = lic_catalog_generation(x->cat);
	struct lic_view *v[2];
	struct lic_filter *f[2] = {
		filter(x, "commercial", LIC_CLASSES_DROP, newest, &v[0]),
		filter(x, "noncommercial & path=val/**", LIC_CLASSES_DROP, newest, &v[1]),
	};

	is_int(lic_catalog_dirs_exceed(x->cat, 11, &err), 0, "the store has 11 directories");
	is_int(lic_catalog_dirs_exceed(x->cat, 10, &err), 1, "which is more than 10");
	is_int(lic_view_emptied(x->cat, f, 2, 11, add_emptied, &out, &err), 0, "two views");
	is_str(lic_buf_str(&out),
	       "extra 1\ntrain/ant 1\ntrain/zebra 1\nval 1\n1: extra 1\n1: train 5\n",
	       "view by view");
	lic_buf_reset(&out);
	is_int(lic_view_emptied(x->cat, f, 2, 10, add_emptied, &out, &err), 1,
	       "too many directories");
	is_str(lic_buf_str(&out), "", "nothing is said");
	filter_done(f[0], v[0]);
	filter_done(f[1], v[1]);
}

static void test_classes(void)
{
	struct fixture x;
	int64_t train, val, d;

	open_catalog(&x, "classes");
	begin(&x);
	train = dir(&x, 1, "train");
	val = dir(&x, 1, "val");
	image(&x, dir(&x, train, "zebra"), "1.jpg", "CC-BY-NC-4.0");
	d = dir(&x, train, "cat");
	image(&x, d, "1.jpg", "CC-BY-4.0");
	image(&x, d, "2.jpg", "CC-BY-NC-4.0");
	image(&x, dir(&x, train, "ant"), "1.jpg", "CC-BY-NC-4.0");
	image(&x, dir(&x, dir(&x, train, "nested"), "more"), "1.jpg", "CC-BY-4.0");
	dir(&x, train, "empty");
	image(&x, dir(&x, val, "cat"), "1.jpg", "CC-BY-NC-4.0");
	image(&x, dir(&x, 1, "extra"), "1.jpg", "CC-BY-NC-4.0");
	commit(&x);
	is_classes(&x, "commercial", LIC_CLASSES_DROP,
		   "extra 0 -1 0\ntrain 1 0 2 split\nval 2 1 0 split\n"
		   "train/ant 0 -1 0\ntrain/cat 1 0 1\ntrain/empty 2 -1 0\n"
		   "train/nested 3 1 1\ntrain/zebra 4 -1 0\n"
		   "train/nested/more 0 0 1\n"
		   "val/cat 0 -1 0\n",
		   "extra 1\ntrain/ant 1\ntrain/zebra 1\nval 1\n");
	is_classes(&x, "commercial", LIC_CLASSES_KEEP,
		   "extra 0 0 0\ntrain 1 1 2 split\nval 2 2 0 split\n"
		   "train/ant 0 0 0\ntrain/cat 1 1 1\ntrain/empty 2 2 0\n"
		   "train/nested 3 3 1\ntrain/zebra 4 4 0\n"
		   "train/nested/more 0 0 1\n"
		   "val/cat 0 0 0\n",
		   "extra 1\ntrain/ant 1\ntrain/zebra 1\nval 1\n");
	is_classes(&x, "noncommercial & path=val/**", LIC_CLASSES_DROP,
		   "extra 0 -1 0\ntrain 1 0 0 split\nval 2 1 1 split\n"
		   "train/ant 0 -1 0\ntrain/cat 1 -1 0\ntrain/empty 2 -1 0\n"
		   "train/nested 3 -1 0\ntrain/zebra 4 -1 0\n"
		   "train/nested/more 0 -1 0\n"
		   "val/cat 0 0 1\n",
		   "extra 1\ntrain 5\n");
	is_bounded(&x);
	lic_catalog_close(x.cat);

	open_catalog(&x, "hidden");
	begin(&x);
	d = dir(&x, 1, "x");
	image(&x, dir(&x, d, "test"), "1.jpg", "CC-BY-NC-4.0");
	image(&x, dir(&x, d, "y"), "1.jpg", "CC-BY-NC-4.0");
	commit(&x);
	is_classes(&x, "commercial", LIC_CLASSES_DROP, "x/test 0 -1 0 split\nx/y 1 -1 0\n",
		   "x 2\n");
	lic_catalog_close(x.cat);

	open_catalog(&x, "labels");
	begin(&x);
	d = dir(&x, 1, "voc");
	image(&x, dir(&x, d, "JPEGImages"), "1.jpg", "CC-BY-NC-4.0");
	put_by(&x, dir(&x, d, "Annotations"), "1.xml", LIC_KIND_COMPANION, LIC_RULE_LAYOUT, NULL);
	put_by(&x, dir(&x, dir(&x, d, "ImageSets"), "Main"), "train.txt", LIC_KIND_DOCUMENT,
	       LIC_RULE_RECORDS, NULL);
	d = dir(&x, 1, "folders");
	image(&x, dir(&x, d, "ant"), "1.jpg", "CC-BY-4.0");
	put_by(&x, dir(&x, d, "bits"), "1.png", LIC_KIND_COMPANION, LIC_RULE_MASK, NULL);
	image(&x, dir(&x, d, "cat"), "1.jpg", "CC-BY-4.0");
	d = dir(&x, dir(&x, 1, "tars"), "shards");
	image(&x, put_by(&x, d, "0.tar", LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, NULL), "1.jpg",
	      "CC-BY-NC-4.0");
	commit(&x);
	is_classes(&x, "commercial", LIC_CLASSES_DROP, "folders/ant 0 0 1\nfolders/cat 2 1 1\n",
		   "tars 1\nvoc 1\n");
	is_classes(&x, "commercial", LIC_CLASSES_KEEP, "folders/ant 0 0 1\nfolders/cat 2 2 1\n",
		   "tars 1\nvoc 1\n");
	lic_catalog_close(x.cat);

	open_catalog(&x, "noclasses");
	begin(&x);
	image(&x, dir(&x, 1, "train"), "1.jpg", "CC-BY-4.0");
	image(&x, 1, "1.jpg", "CC-BY-NC-4.0");
	commit(&x);
	is_classes(&x, "commercial", LIC_CLASSES_DROP, "", "");
	lic_catalog_close(x.cat);
}

static void test_order(void)
{
	/* sorted() of Python 3 over os.scandir(), the last two being "z" and an astral character */
	static const char *const sorted[] = {
		"A",	 "a",	     "a.b",  "ab",	     "a\xc3\xa9",
		"a\xe9", "\xc3\xa9", "\xe9", "\xef\xbf\xbd", "\xf0\x9f\x98\x80"
	};

	for (size_t i = 0; i + 1 < LIC_ARRAY_SIZE(sorted); i++)
		ok(lic_compare_names(sorted[i], sorted[i + 1]) < 0 &&
			   lic_compare_names(sorted[i + 1], sorted[i]) > 0,
		   "order of name %zu", i);
	is_int(lic_compare_names("a\xff", "a\xff"), 0, "equal names");
}

int main(void)
{
	if (!mkdtemp(store))
		return 99;
	test_order();
	test_numbers();
	test_unknown_names();
	test_check();
	test_classes();
	remove_tree(store);
	return done_testing();
}
