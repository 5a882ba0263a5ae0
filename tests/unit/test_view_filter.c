/* SPDX-License-Identifier: Apache-2.0 */
/* What a filter shows of a catalog, while the catalog and the time change. */
#include "tests/unit/view_catalog.h"

#define DAY (24 * 60 * 60)

static void test_shows(void)
{
	struct fixture x;
	struct lic_filter *f;
	struct lic_view *v;
	int64_t a, b, empty, both, train, by, nc, txt, lone, two, readme, hidden, res, cache;

	open_catalog(&x, "shows");
	begin(&x);
	a = dir(&x, 1, "a");
	b = dir(&x, 1, "b");
	empty = dir(&x, 1, "empty");
	both = dir(&x, 1, "both");
	train = dir(&x, 1, "train2017");
	by = image(&x, a, "by.jpg", "CC-BY-4.0");
	nc = image(&x, b, "nc.jpg", "CC-BY-NC-4.0");
	res = put(
		&x, both, "res.jpg", LIC_KIND_IMAGE,
		&(struct statement){ .license = "CC-BY-4.0", .reserve = LIC_RESERVE_AI_TRAINING });
	hidden = image(&x, a, "none.jpg", NULL);
	txt = put(&x, a, "by.txt", LIC_KIND_COMPANION, NULL);
	two = put(&x, a, "two.txt", LIC_KIND_COMPANION, NULL);
	lone = put(&x, a, "lone.txt", LIC_KIND_COMPANION, NULL);
	readme = put(&x, a, "README", LIC_KIND_INERT, NULL);
	cache = put(&x, a, "x.cache", LIC_KIND_HIDDEN, NULL);
	ok(lic_catalog_bind(x.txn, txt, (int64_t[]){ by }, 1, &err) == 0 &&
		   lic_catalog_bind(x.txn, two, (int64_t[]){ by, nc }, 2, &err) == 0,
	   "companions are bound");
	commit(&x);

	f = filter(&x, "commercial", LIC_CLASSES_DROP, lic_catalog_generation(x.cat), &v);
	is_int(shows(&x, f, by), 1, "CC-BY in commercial");
	is_int(shows(&x, f, nc), 0, "CC-BY-NC not");
	is_int(shows(&x, f, res), 0, "reserved not");
	is_int(shows(&x, f, hidden), 0, "without license not");
	is_int(shows(&x, f, txt), 1, "companion of a shown image");
	is_int(shows(&x, f, two), 0, "companion of a hidden one too");
	is_int(shows(&x, f, lone), 0, "companion of nothing");
	is_int(shows(&x, f, readme), 1, "inert in a shown directory");
	is_int(shows(&x, f, cache), 0, "hidden kinds");
	is_int(shows(&x, f, a), 1, "directory with a shown image");
	is_int(shows(&x, f, b), 0, "with none");
	is_int(shows(&x, f, both), 0, "with reserved ones only");
	is_int(shows(&x, f, empty), 0, "empty in the store");
	is_int(shows(&x, f, train), 1, "split directory");
	is_int(shows(&x, f, 1), 1, "the root");
	is_int(count(f, 1), 1, "one image is shown");
	is_int(count(f, b), 0, "none of them below b");
	filter_done(f, v);

	f = filter(&x, "public-domain", LIC_CLASSES_DROP, lic_catalog_generation(x.cat), &v);
	is_int(shows(&x, f, 1), 1, "the root of an empty view");
	is_int(shows(&x, f, readme), 0, "inert in a directory without shown images");
	filter_done(f, v);
	f = filter(&x, "public-domain", LIC_CLASSES_KEEP, lic_catalog_generation(x.cat), &v);
	is_int(shows(&x, f, b), 1, "keep shows every directory");
	is_int(shows(&x, f, readme), 1, "and inert files");
	is_int(shows(&x, f, nc), 0, "and no image more");
	filter_done(f, v);
	lic_catalog_close(x.cat);
}

static void test_takedown(void)
{
	struct fixture x;
	struct lic_filter *f, *later;
	struct lic_view *v, *v2;
	int64_t a, b, img, gone, since, decision;

	open_catalog(&x, "takedown");
	begin(&x);
	a = dir(&x, 1, "a");
	b = dir(&x, 1, "b");
	img = image(&x, a, "1.jpg", "CC-BY-4.0");
	gone = image(&x, b, "1.jpg", "CC-BY-4.0");
	commit(&x);
	since = lic_catalog_generation(x.cat);
	f = filter(&x, "commercial", LIC_CLASSES_DROP, since, &v);
	is_int(shows(&x, f, img), 1, "before");
	decision = deny(&x, "a/1.jpg");
	is_int(shows(&x, f, img), 0, "a takedown reaches the filter");
	is_int(shows(&x, f, a), 1, "its directory stays");
	is_int(count(f, a), 0, "and holds nothing");
	begin(&x);
	ok(lic_catalog_end(x.txn, gone, &err) == 0, "the other image is removed from the store");
	commit(&x);
	is_int(shows(&x, f, b), 1, "its directory stays too");
	later = filter(&x, "commercial", LIC_CLASSES_DROP, lic_catalog_generation(x.cat), &v2);
	is_int(shows(&x, later, a), 0, "a later mount shows neither");
	is_int(shows(&x, later, b), 0, "of them");
	filter_done(later, v2);
	later = filter(&x, "public-domain", LIC_CLASSES_DROP, since, &v2);
	is_int(shows(&x, later, a), 0, "nor does a view that never showed them");
	filter_done(later, v2);
	begin(&x);
	ok(lic_catalog_undecide(x.txn, decision, "jo", "no", NULL, NULL, &err) == 0,
	   "the takedown is undone");
	commit(&x);
	is_int(shows(&x, f, img), 1, "and the image is back");
	filter_done(f, v);
	lic_catalog_close(x.cat);
}

static void test_until(void)
{
	struct fixture x;
	struct lic_filter *f, *later;
	struct lic_view *v, *v2;
	const int64_t before = now;
	int64_t a, img, since;
	const char *const views[] = { "commercial", "commercial & path=a/*" };

	open_catalog(&x, "until");
	begin(&x);
	a = dir(&x, 1, "a");
	img = put(&x, a, "1.jpg", LIC_KIND_IMAGE,
		  &(struct statement){ .license = "CC-BY-4.0", .not_after = "2033-06-01" });
	commit(&x);
	since = lic_catalog_generation(x.cat);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(views); i++) {
		now = before;
		f = filter(&x, views[i], LIC_CLASSES_DROP, since, &v);
		later = filter(&x, views[i], LIC_CLASSES_DROP, since, &v2);
		is_int(shows(&x, f, img), 1, "%s: while the rights last", views[i]);
		is_int(shows(&x, f, a), 1, "and its directory");
		is_int(count(f, 1), 1, "counted");
		now += 365 * DAY;
		is_int(shows(&x, f, img), 0, "ended, without any change of the catalog");
		is_int(count(f, 1), 0, "not counted");
		is_int(shows(&x, f, a), 1, "its directory stays");
		is_int(shows(&x, later, a), 1, "also for who did not look before");
		filter_done(later, v2);
		later = filter(&x, views[i], LIC_CLASSES_DROP, since, &v2);
		is_int(shows(&x, later, a), 0, "not in a mount that began later");
		filter_done(later, v2);
		filter_done(f, v);
	}
	now = before;
	lic_catalog_close(x.cat);
}

static void test_assets(void)
{
	struct fixture x;
	struct lic_filter *f, *g;
	struct lic_view *v, *w;
	int64_t a, sub, b, nc, jane, joe, nobody, ncjane, since, more;

	open_catalog(&x, "assets");
	begin(&x);
	a = dir(&x, 1, "a");
	sub = dir(&x, a, "sub");
	b = dir(&x, 1, "b");
	nc = dir(&x, 1, "nc");
	jane = put(&x, sub, "1.jpg", LIC_KIND_IMAGE,
		   &(struct statement){ .license = "CC-BY-4.0", .creator = "Jane" });
	joe = put(&x, b, "2.jpg", LIC_KIND_IMAGE,
		  &(struct statement){ .license = "CC-BY-4.0", .creator = "Joe" });
	nobody = image(&x, b, "3.jpg", "CC-BY-4.0");
	ncjane = put(&x, nc, "4.jpg", LIC_KIND_IMAGE,
		     &(struct statement){ .license = "CC-BY-NC-4.0", .creator = "Jane" });
	commit(&x);
	since = lic_catalog_generation(x.cat);
	f = filter(&x, "commercial & creator=jane", LIC_CLASSES_DROP, since, &v);
	is_int(shows(&x, f, jane), 1, "her image");
	is_int(shows(&x, f, joe), 0, "not his");
	is_int(shows(&x, f, nobody), 0, "nor nobody's");
	is_int(shows(&x, f, ncjane), 0, "nor hers under another license");
	is_int(shows(&x, f, a), 1, "the directory above hers");
	is_int(shows(&x, f, sub), 1, "and hers");
	is_int(shows(&x, f, b), 0, "not his");
	is_int(shows(&x, f, nc), 0, "nor the other one");
	is_int(count(f, 1), 1, "one image");
	g = filter(&x, "creator!=jane | path=a/sub/*", LIC_CLASSES_DROP, since, &w);
	is_int(shows(&x, g, nobody), 0, "an unknown creator is not another one");
	is_int(count(g, 1), 2, "counted everywhere");
	is_int(count(g, b), 1, "and below a directory");
	is_int(shows(&x, g, sub), 1, "by path");
	is_int(shows(&x, g, nc), 0, "neither");

	/* the catalog changes under them */
	begin(&x);
	more = put(&x, b, "5.jpg", LIC_KIND_IMAGE,
		   &(struct statement){ .license = "CC-BY-4.0", .creator = "Jane" });
	commit(&x);
	is_int(shows(&x, f, more), 1, "a new image of hers");
	is_int(shows(&x, f, b), 1, "makes its directory appear");
	is_int(count(f, 1), 2, "and is counted");
	deny(&x, "a/sub/1.jpg");
	is_int(shows(&x, f, jane), 0, "a takedown");
	is_int(count(f, a), 0, "empties two directories");
	is_int(shows(&x, f, sub), 1, "which stay");
	is_int(shows(&x, f, a), 1, "both");
	filter_done(g, w);
	g = filter(&x, "commercial & creator=jane", LIC_CLASSES_DROP, since, &w);
	is_int(shows(&x, g, sub), 1, "also for who did not look before the takedown");
	is_int(shows(&x, g, nc), 0, "and no other directory");
	filter_done(g, w);
	g = filter(&x, "commercial & creator=joe", LIC_CLASSES_DROP, since, &w);
	is_int(shows(&x, g, sub), 0, "nor for a view that never showed it");
	filter_done(g, w);
	begin(&x);
	more = put(&x, b, "6.jpg", LIC_KIND_IMAGE,
		   &(struct statement){ .license = "CC-BY-4.0", .creator = "Jo", .bytes = 250 });
	commit(&x);
	is_int(shows(&x, f, more), 0, "an image of somebody else");
	is_int(count(f, 1), 1, "is not counted");
	begin(&x);
	is_int(put(&x, b, "6.jpg", LIC_KIND_IMAGE,
		   &(struct statement){ .license = "CC-BY-4.0", .creator = "Jane", .bytes = 250 }),
	       more, "the same bytes, another credit, the same rights");
	commit(&x);
	is_int(shows(&x, f, more), 1, "show it");
	is_int(shows(&x, f, b), 1, "by a walk that ends at the first image");
	is_int(count(f, b), 2, "and by one that counts");
	begin(&x);
	ok(lic_catalog_end(x.txn, b, &err) == 0, "a directory is removed from the store");
	commit(&x);
	is_int(count(f, 1), 0, "nothing is left");
	filter_done(f, v);
	lic_catalog_close(x.cat);
}

static void bind(struct fixture *x, int64_t companion, int64_t image)
{
	if (lic_catalog_bind(x->txn, companion, &image, 1, &err) < 0)
		printf("Bail out! %s\n", err.msg);
}

/* Directories of labels and masks, which hold no image themselves. */
static void test_apart(void)
{
	struct fixture x;
	struct lic_filter *f, *later;
	struct lic_view *v, *v2;
	const char *const views[] = { "commercial", "commercial & path=images/**",
				      "commercial & creator=jane" };
	const struct statement jane = { .license = "CC-BY-4.0", .creator = "Jane" };
	int64_t images, labels, train, masks, other, beside, by, nc, txt, png, nctxt, since,
		decision;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(views); i++) {
		char name[8];

		snprintf(name, sizeof(name), "apart%zu", i);
		open_catalog(&x, name);
		begin(&x);
		images = dir(&x, 1, "images");
		labels = dir(&x, 1, "labels");
		train = dir(&x, labels, "nested");
		masks = dir(&x, 1, "masks");
		other = dir(&x, 1, "other");
		beside = dir(&x, 1, "beside");
		by = put(&x, images, "by.jpg", LIC_KIND_IMAGE, &jane);
		nc = image(&x, images, "nc.jpg", "CC-BY-NC-4.0");
		image(&x, masks, "own.png", "CC-BY-NC-4.0");
		txt = put_by(&x, train, "by.txt", LIC_KIND_COMPANION, LIC_RULE_LAYOUT, NULL);
		nctxt = put_by(&x, other, "nc.txt", LIC_KIND_COMPANION, LIC_RULE_LAYOUT, NULL);
		png = put_by(&x, masks, "by.png", LIC_KIND_COMPANION, LIC_RULE_MASK, NULL);
		bind(&x, txt, by);
		bind(&x, png, by);
		bind(&x, nctxt, nc);
		put(&x, other, "README", LIC_KIND_INERT, NULL);
		put(&x, beside, "README", LIC_KIND_INERT, NULL);
		commit(&x);
		since = lic_catalog_generation(x.cat);
		f = filter(&x, views[i], LIC_CLASSES_DROP, since, &v);
		is_int(shows(&x, f, train), 1, "%s: a directory of labels of a shown image",
		       views[i]);
		is_int(shows(&x, f, labels), 1, "and the one above");
		is_int(shows(&x, f, masks), 1, "masks, beside one with claims of its own");
		is_int(shows(&x, f, other), 0, "not the labels of a hidden one");
		is_int(shows(&x, f, beside), 0, "nor one with nothing but a README");
		is_int(count(f, labels), 0, "labels are no images");

		decision = deny(&x, "images/by.jpg");
		is_int(shows(&x, f, txt), 0, "a takedown takes the label");
		is_int(shows(&x, f, train), 1, "its directory stays");
		is_int(shows(&x, f, labels), 1, "and the one above");
		later = filter(&x, views[i], LIC_CLASSES_DROP, since, &v2);
		is_int(shows(&x, later, labels), 1, "also for who did not look before");
		filter_done(later, v2);
		later = filter(&x, views[i], LIC_CLASSES_DROP, lic_catalog_generation(x.cat), &v2);
		is_int(shows(&x, later, labels), 0, "not in a mount that began later");
		is_int(shows(&x, later, masks), 0, "nor the masks");
		begin(&x);
		ok(lic_catalog_undecide(x.txn, decision, "jo", "no", NULL, NULL, &err) == 0,
		   "the takedown is undone");
		commit(&x);
		is_int(shows(&x, later, labels), 1, "and they are there");
		filter_done(later, v2);

		begin(&x);
		ok(lic_catalog_end(x.txn, by, &err) == 0, "the image is removed from the store");
		commit(&x);
		is_int(shows(&x, f, txt), 0, "the label goes with it");
		/* nothing but the rights of what has ended is kept */
		is_int(shows(&x, f, labels), i == 0, "its directory stays by the rights alone");
		filter_done(f, v);
		lic_catalog_close(x.cat);
	}
}

/* Documents show directories without images, and archives are directories of images. */
static void test_documents(void)
{
	struct fixture x;
	struct lic_filter *f;
	struct lic_view *v;
	const char *const views[] = { "commercial", "commercial & path=**/1.jpg",
				      "commercial & creator=jane" };
	const struct statement jane = { .license = "CC-BY-4.0", .creator = "Jane" };
	int64_t lists, list, cats, more, tars, tar, nc, nctar, count_all;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(views); i++) {
		char name[16];

		snprintf(name, sizeof(name), "documents%zu", i);
		open_catalog(&x, name);
		begin(&x);
		lists = dir(&x, 1, "lists");
		list = put_by(&x, dir(&x, lists, "Main"), "all.txt", LIC_KIND_DOCUMENT,
			      LIC_RULE_RECORDS, NULL);
		cats = dir(&x, 1, "cats");
		image(&x, cats, "1.jpg", "CC-BY-NC-4.0");
		more = put_by(&x, cats, "list.txt", LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, NULL);
		tars = dir(&x, 1, "tars");
		tar = put_by(&x, tars, "0.tar", LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, NULL);
		put(&x, tar, "a/1.jpg", LIC_KIND_IMAGE, &jane);
		nc = dir(&x, 1, "nc");
		nctar = put_by(&x, nc, "1.tar", LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, NULL);
		image(&x, nctar, "a/1.jpg", "CC-BY-NC-4.0");
		commit(&x);
		f = filter(&x, views[i], LIC_CLASSES_DROP, lic_catalog_generation(x.cat), &v);
		is_int(shows(&x, f, lists), 1, "%s: a directory of documents", views[i]);
		is_int(shows(&x, f, list), 1, "and what is in it");
		is_int(shows(&x, f, cats), 0, "not beside images of which none is shown");
		is_int(shows(&x, f, more), 0, "nor the document there");
		is_int(shows(&x, f, tars), 1, "an archive with a shown image");
		is_int(shows(&x, f, tar), 1, "in its directory");
		is_int(shows(&x, f, nc), 0, "not one without");
		count_all = count(f, 1);
		is_int(count_all, 1, "images in archives are counted");
		filter_done(f, v);
		lic_catalog_close(x.cat);
	}
}

static void test_apart_until(void)
{
	struct fixture x;
	struct lic_filter *f;
	struct lic_view *v;
	const int64_t before = now;
	int64_t labels, txt;

	open_catalog(&x, "apart-until");
	begin(&x);
	labels = dir(&x, 1, "labels");
	txt = put_by(&x, labels, "1.txt", LIC_KIND_COMPANION, LIC_RULE_LAYOUT, NULL);
	bind(&x, txt,
	     put(&x, dir(&x, 1, "images"), "1.jpg", LIC_KIND_IMAGE,
		 &(struct statement){ .license = "CC-BY-4.0", .not_after = "2033-06-01" }));
	commit(&x);
	f = filter(&x, "commercial", LIC_CLASSES_DROP, 0, &v);
	is_int(shows(&x, f, labels), 1, "labels of an image while its rights last");
	now += 365 * DAY;
	is_int(shows(&x, f, labels), 0, "and not when they have ended");
	now = before;
	filter_done(f, v);
	lic_catalog_close(x.cat);
}

static void test_abspaths(void)
{
	struct fixture x;
	struct lic_filter *f;
	struct lic_view *v;
	int64_t settings, plain;

	open_catalog(&x, "abspaths");
	begin(&x);
	settings = put_by(&x, 1, "data.yaml", LIC_KIND_INERT, LIC_RULE_ABSOLUTE, NULL);
	plain = put_by(&x, 1, "more.yaml", LIC_KIND_INERT, LIC_RULE_INERT_CONTENT, NULL);
	commit(&x);
	f = filter(&x, "commercial", LIC_CLASSES_DROP, 0, &v);
	is_int(shows(&x, f, plain), 1, "settings are shown");
	is_int(shows(&x, f, settings), 0, "not with paths that lead out");
	lic_filter_set_abspaths(f, true);
	is_int(shows(&x, f, settings), 1, "but where they are allowed");
	filter_done(f, v);
	lic_catalog_close(x.cat);
}

/* Many directories, deep ones, and rights without number: every path to a failure hides. */
static void test_limits(void)
{
	struct fixture x;
	struct lic_filter *f;
	struct lic_view *v;
	struct lic_entry e;
	bool shown = true;
	int64_t deep = 1;

	open_catalog(&x, "limits");
	begin(&x);
	for (int i = 0; i < 3000; i++)
		deep = dir(&x, deep, "d");
	image(&x, deep, "1.jpg", "CC-BY-4.0");
	for (int i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "e%d", i);
		image(&x, dir(&x, 1, name), "1.jpg", i % 2 ? "CC-BY-4.0" : "CC-BY-NC-4.0");
	}
	commit(&x);
	f = filter(&x, "commercial & path=d/**", LIC_CLASSES_DROP, 0, &v);
	is_int(count(f, 1), 1, "a deep tree is walked");
	is_int(shows(&x, f, deep), 1, "to its end");
	is_int(lic_catalog_by_id(x.cat, deep, &e, &err), 0, "an entry");
	e.kind = LIC_KIND_IMAGE;
	e.rights = 99999;
	ok(lic_filter_shows(f, &e, &shown, &err) < 0 && !shown, "unknown rights: hidden, an error");
	e.rights = -1;
	ok(lic_filter_shows(f, &e, &shown, NULL) < 0 && !shown, "impossible rights");
	e.kind = (enum lic_kind)99;
	ok(lic_filter_shows(f, &e, &shown, &err) == 0 && !shown, "an unknown kind is hidden");
	filter_done(f, v);
	lic_catalog_close(x.cat);
}

static void test_splits(void)
{
	static const char *const yes[] = { "train", "val",	 "test",     "validation",
					   "Train", "train2017", "val_2014", "test-2015" };
	static const char *const no[] = {
		"",	  "trains", "training",	 "train1",  "val20145",
		"valley", "train_", "test3000x", "untrain", "train-9999"
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(yes); i++)
		ok(lic_split_directory(yes[i], strlen(yes[i])), "%s is one", yes[i]);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(no); i++)
		ok(!lic_split_directory(no[i], strlen(no[i])), "'%s' is none", no[i]);
	ok(lic_split_directory("train2017", 5), "names have a length");
	ok(!lic_split_directory("train2017", 8), "and end there");
}

int main(void)
{
	if (!mkdtemp(store))
		return 99;
	test_splits();
	test_shows();
	test_takedown();
	test_until();
	test_assets();
	test_apart();
	test_documents();
	test_apart_until();
	test_abspaths();
	test_limits();
	remove_tree(store);
	return done_testing();
}
