/* SPDX-License-Identifier: Apache-2.0 */
/* The FILEs of an import: operands and lists of names, and where in the store they lie. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "import.h"

#define PATH_BYTES_MAX (64u << 10)

static int bad_name(const char *name, const char *what, int code, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(PATH_BYTES_MAX);

	lic_text_quote(&shown, name, strlen(name));
	lic_error_set(err, code, "%s %s", lic_buf_str(&shown), what);
	lic_buf_release(&shown);
	return -code;
}

/* A name is looked for where the program runs, then in the store. */
static char *find_file(const struct store *store, const char *name, struct stat *st)
{
	struct lic_buf path = LIC_BUF_INIT(PATH_BYTES_MAX);

	if (stat(name, st) == 0 || *name == '/' || errno != ENOENT) {
		lic_buf_adds(&path, name);
		return lic_buf_take(&path);
	}
	lic_buf_addf(&path, "%s/%s", store->path, name);
	if (stat(lic_buf_str(&path), st) < 0) {
		lic_buf_reset(&path);
		lic_buf_adds(&path, name);
	}
	return lic_buf_take(&path);
}

static char *real_directory(const char *path)
{
	_cleanup_(lic_buf_release) struct lic_buf dir = LIC_BUF_INIT(PATH_BYTES_MAX);
	const char *slash = strrchr(path, '/');

	lic_buf_add(&dir, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
	return realpath(lic_buf_str(&dir), NULL);
}

/* NULL where the directory lies outside of the store. */
static char *directory_in_store(const struct store *store, const char *real)
{
	struct lic_buf rest = LIC_BUF_INIT(PATH_BYTES_MAX);
	struct lic_error ignored = LIC_ERROR_INIT;
	char *kept = NULL;

	if (store_resolve(store, real, &rest, &ignored) == 0) {
		kept = strdup(lic_buf_str(&rest));
		if (!kept)
			output_out_of_memory();
	}
	lic_buf_release(&rest);
	return kept;
}

static int add_file(struct import_files *f, const struct store *store, const char *name,
		    struct lic_error *err)
{
	struct import_file *more = reallocarray(f->item, f->n + 1, sizeof(*more));
	struct stat st;

	if (!more)
		output_out_of_memory();
	f->item = more;
	more += f->n;
	if (strcmp(name, "-") == 0)
		return lic_error_set(err, EINVAL,
				     "a manifest is read more than once, which standard input "
				     "cannot be: save it to a file first");
	more->path = find_file(store, name, &st);
	if (!more->path)
		return bad_name(name, "is too long a name", ENAMETOOLONG, err);
	more->real = more->dir = NULL;
	f->n++;
	if (stat(more->path, &st) < 0)
		return lic_error_sys(err, errno, "cannot read the manifest '%s'", name);
	if (S_ISDIR(st.st_mode))
		return bad_name(name, "is a directory; name the manifests in it", EISDIR, err);
	more->real = real_directory(more->path);
	more->dir = more->real ? directory_in_store(store, more->real) : NULL;
	return 0;
}

/* Names, one a line or each ended by a NUL byte. */
static int add_listed(struct import_files *f, const struct call *call, struct lic_error *err)
{
	const struct import_args *args = call->args;
	bool from_stdin = strcmp(args->files_from, "-") == 0;
	FILE *list = from_stdin ? stdin : fopen(args->files_from, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int r = 0;

	if (!list)
		return lic_error_sys(err, errno, "cannot read the list '%s'", args->files_from);
	while (r == 0 && (n = getdelim(&line, &cap, args->null ? 0 : '\n', list)) > 0) {
		if (line[n - 1] == (args->null ? 0 : '\n'))
			line[--n] = 0;
		if (strlen(line) != (size_t)n)
			r = lic_error_set(err, EINVAL,
					  "'%s' has NUL bytes in a name: is -0 missing?",
					  args->files_from);
		else if (n)
			r = add_file(f, &call->store, line, err);
	}
	if (r == 0 && ferror(list))
		r = lic_error_sys(err, errno, "cannot read the list '%s'", args->files_from);
	free(line);
	if (!from_stdin)
		fclose(list);
	return r;
}

int import_files_find(struct import_files *f, const struct call *call, struct lic_error *err)
{
	const struct import_args *args = call->args;
	int r = 0;

	for (size_t i = 0; r == 0 && i < call->n; i++)
		r = add_file(f, &call->store, call->operand[i], err);
	if (r == 0 && args->files_from)
		r = add_listed(f, call, err);
	return r;
}

void import_files_release(struct import_files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->item[i].path);
		free(f->item[i].real);
		free(f->item[i].dir);
	}
	free(f->item);
}

/* Cuts `common` to what it shares with `dir`, whole components. */
static void cut_common(char *common, const char *dir)
{
	for (;;) {
		size_t n = strlen(common);
		char *slash = strrchr(common, '/');

		if (!n || (strncmp(dir, common, n) == 0 && (!dir[n] || dir[n] == '/')))
			return;
		*(slash ? slash : common) = 0;
	}
}

char *import_files_common(const struct import_files *f, bool in_store)
{
	char *common = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const char *dir = in_store ? f->item[i].dir : f->item[i].real;

		if (!dir) {
			free(common);
			return NULL;
		}
		if (common)
			cut_common(common, dir);
		else if (!(common = strdup(dir)))
			output_out_of_memory();
	}
	return common;
}

/* ".gz" and one extension; a name that is nothing else stays. */
static size_t stem_length(const char *base)
{
	size_t n = strlen(base);
	const char *dot;

	if (n > 3 && strcasecmp(base + n - 3, ".gz") == 0)
		n -= 3;
	dot = memrchr(base, '.', n);
	return dot && dot > base ? (size_t)(dot - base) : n;
}

void import_files_name(const struct import_files *f, struct lic_buf *out)
{
	const char *path = f->item[0].path, *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	_cleanup_(lic_freep) char *common = NULL;

	if (f->n == 1) {
		lic_text_show(out, base, stem_length(base));
		return;
	}
	common = import_files_common(f, false);
	slash = common ? strrchr(common, '/') : NULL;
	base = slash && slash[1] ? slash + 1 : "manifests";
	lic_text_show(out, base, strlen(base));
}
