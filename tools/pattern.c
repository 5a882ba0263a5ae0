/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of decisions and searches. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <licensefs/document.h>

#include "output.h"
#include "pattern.h"

#define PATTERN_MAX (1u << 20)

/* A directory of the store that scan has not seen yet. */
static bool is_directory(const struct store *store, const struct lic_buf *path)
{
	struct lic_buf whole = LIC_BUF_INIT(PATTERN_MAX);
	struct stat st;
	bool dir;

	lic_buf_addf(&whole, "%s/%s", store->path, lic_buf_str(path));
	dir = lstat(lic_buf_str(&whole), &st) == 0 && S_ISDIR(st.st_mode);
	lic_buf_release(&whole);
	return dir;
}

/* A pattern that names a directory or an archive means what lies in it. */
static int holds_images(const struct store *store, const struct lic_entry *e, bool *ret,
			struct lic_error *err)
{
	struct lic_document d;
	int r = 0;

	*ret = e->kind == LIC_KIND_DIR;
	if (e->kind != LIC_KIND_DOCUMENT)
		return 0;
	r = lic_catalog_document(store->cat, e->id, &d, err);
	*ret = r == 0 && d.format == LIC_DOCUMENT_TAR;
	return r == -ENOENT ? 0 : r;
}

static int refuse(const struct lic_buf *text, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(PATTERN_MAX);

	lic_text_quote(&shown, lic_buf_str(text), text->len);
	lic_error_set(err, EINVAL,
		      "the directory %s has * or ? in its name and cannot be a pattern; name its "
		      "files one by one",
		      lic_buf_str(&shown));
	lic_buf_release(&shown);
	return -EINVAL;
}

static int make(const struct store *store, const char *given, bool literal, struct lic_buf *text,
		struct lic_decision *d, struct lic_error *err)
{
	size_t n = strlen(given);
	bool slash = n && given[n - 1] == '/', glob, known, dir = false;
	struct lic_entry e;
	int r;

	lic_buf_reset(text);
	text->max = PATTERN_MAX;
	r = store_resolve(store, given, text, err);
	if (r == 0)
		r = lic_catalog_by_path(store->cat, lic_buf_str(text), text->len, &e, err);
	if (r < 0 && r != -ENOENT)
		return r;
	known = r == 0;
	if (known)
		r = holds_images(store, &e, &dir, err);
	if (r < 0 && r != -ENOENT)
		return r;
	glob = strpbrk(lic_buf_str(text), "*?") != NULL;
	if (!known)
		dir = slash || ((literal || !glob) && is_directory(store, text));
	if (dir)
		lic_buf_addc(text, '/'); /* "/" alone is the whole store */
	/* Patterns have no escapes: this one would reach other directories too. */
	if (dir && glob && (known || literal))
		return refuse(text, err);
	if (lic_buf_failed(text))
		return lic_error_sys(err, ENAMETOOLONG, "cannot use a pattern");
	d->pattern.p = (const uint8_t *)lic_buf_str(text);
	d->pattern.n = text->len;
	d->exact = !dir && (known || literal || !glob);
	return 0;
}

int pattern_make(const struct store *store, const char *given, struct lic_buf *text,
		 struct lic_decision *d, struct lic_error *err)
{
	return make(store, given, false, text, d, err);
}

int pattern_literal(const struct store *store, const char *given, struct lic_buf *text,
		    struct lic_decision *d, struct lic_error *err)
{
	return make(store, given, true, text, d, err);
}

/* A document, a label, something else in an archive. */
void pattern_say_no_image(const struct store *store, const struct lic_decision *d,
			  const char *about)
{
	static const char *const what[] = {
		[LIC_KIND_DOCUMENT] = "a document",
		[LIC_KIND_COMPANION] = "a companion",
		[LIC_KIND_INERT] = "no image",
		[LIC_KIND_HIDDEN] = "a hidden file",
	};
	struct lic_buf shown = LIC_BUF_INIT(PATTERN_MAX);
	const char *path = (const char *)d->pattern.p, *is = NULL;
	struct lic_error err = { 0 };
	size_t n = d->pattern.n;
	struct lic_entry e;
	int r = d->exact ? lic_catalog_by_path(store->cat, path, n, &e, &err) : -EINVAL;

	if (r == 0 && (unsigned)e.kind < LIC_ARRAY_SIZE(what) && e.rule != LIC_RULE_WAITING)
		is = what[e.kind];
	else if (r == -ENOENT && store_above(store, path, &n, &e, &err) == 0 &&
		 e.kind == LIC_KIND_DOCUMENT)
		is = "no image of its archive";
	if (is) {
		lic_text_quote(&shown, path, d->pattern.n);
		output_say("%s is %s, and %s; 'licensefs explain' says what shows or hides it",
			   lic_buf_str(&shown), is, about);
	}
	lic_buf_release(&shown);
}
