/* SPDX-License-Identifier: Apache-2.0 */
/* The transaction of an import: rows go in as they are read, then images are joined and judged. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import.h"
#include "interrupt.h"
#include "past_imports.h"
#include "progress.h"
#include "who.h"

#define PATH_BYTES_MAX (64u << 10)

static char *keep_text(const void *p, size_t n)
{
	char *s = malloc(n + 1);

	if (!s)
		output_out_of_memory();
	memcpy(s, p, n);
	s[n] = 0;
	return s;
}

/* --- the root: where the paths of the manifest begin --------------------------------------- */

/* Keys whose reach depends on where the manifest lies. */
static bool is_placed(enum lic_key_kind kind)
{
	return kind == LIC_KEY_PATH || kind == LIC_KEY_GLOB || kind == LIC_KEY_ALL;
}

static bool has_placed(const struct lic_row *row)
{
	for (size_t k = 0; k < row->n_keys; k++)
		if (is_placed(row->key[k].kind))
			return true;
	return false;
}

static int choose_root(struct import *i, const struct lic_row *row, struct lic_error *err)
{
	_cleanup_(lic_freep) char *common = NULL;

	lic_buf_reset(&i->root);
	if (i->args->root)
		return store_resolve(&i->store, i->args->root, &i->root, err);
	if (!row || !has_placed(row))
		return 0;
	i->own_root = true;
	common = import_files_common(&i->files, true);
	if (common)
		lic_buf_adds(&i->root, common);
	return 0;
}

/* What must be put before the PATH keys of the FILE at hand: its directory below the root. */
static const char *prefix_of(const struct import *i)
{
	const char *dir = i->files.item[i->at].dir;

	if (!i->own_root || !dir || i->files.n == 1)
		return "";
	dir += i->root.len;
	return *dir == '/' ? dir + 1 : dir;
}

/* --- beginning ---------------------------------------------------------------------------- */

static int check_root(struct import *i, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(PATH_BYTES_MAX);
	struct lic_entry e;
	int r = lic_catalog_by_path(i->store.cat, lic_buf_str(&i->root), i->root.len, &e, err);

	if (r == -ENOENT || (r == 0 && e.kind != LIC_KIND_DIR)) {
		lic_text_quote(&shown, lic_buf_str(&i->root), i->root.len);
		r = lic_error_set(err, EINVAL,
				  "%s is no directory of the store that a scan has seen; %s",
				  lic_buf_str(&shown),
				  i->args->root ? "--root is relative to the store"
						: "run scan, or name the place by --root");
		lic_buf_release(&shown);
	}
	return r;
}

static void name_collection(struct import *i)
{
	lic_buf_reset(&i->collection);
	if (i->args->collection) {
		lic_buf_adds(&i->collection, i->args->collection);
	} else {
		/* train/metadata.csv and test/metadata.csv are two collections */
		if (i->root.len) {
			lic_text_show(&i->collection, lic_buf_str(&i->root), i->root.len);
			if (i->files.n == 1)
				lic_buf_addc(&i->collection, '/');
		}
		if (!i->root.len || i->files.n == 1)
			import_files_name(&i->files, &i->collection);
	}
	lic_buf_reset(&i->label);
	lic_buf_addf(&i->label, "manifest %s", lic_buf_str(&i->collection));
}

static void name_file(struct import *i)
{
	const char *path = i->files.item[0].path;

	lic_text_show(&i->file, path, strlen(path));
	if (i->files.n > 1)
		lic_buf_addf(&i->file, " and %zu more", i->files.n - 1);
}

/* The first row decides where the root is, and with it what the collection is called. */
static int begin(struct import *i, const struct lic_row *row, struct lic_error *err)
{
	struct lic_manifest *m = &i->manifest;
	int r = choose_root(i, row, err);

	if (r < 0)
		return r;
	name_collection(i);
	name_file(i);
	if (lic_buf_failed(&i->collection) || lic_buf_failed(&i->label) ||
	    lic_buf_failed(&i->file) || lic_buf_failed(&i->root))
		return lic_error_set(err, EINVAL, "the name of the collection is too long");
	r = lic_catalog_begin(i->store.cat, "import", &i->txn, err);
	if (r == 0)
		r = check_root(i, err);
	if (r == 0)
		r = effects_begin(&i->effects, i->store.cat, err);
	if (r < 0)
		return r;
	*m = (struct lic_manifest){
		.collection = lic_buf_str(&i->collection),
		.file = lic_buf_str(&i->file),
		.format = i->format,
		.root = { (const uint8_t *)lic_buf_str(&i->root), i->root.len },
		.grant = i->args->grant,
		.who = i->who,
	};
	return lic_catalog_import(i->txn, m, &i->imp, err);
}

/* --- rows --------------------------------------------------------------------------------- */

/* The reader labelled the first row before its collection had a name. */
static int add_relabelled(struct import *i, const struct lic_row *row, struct lic_error *err)
{
	_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_row copy = *row;

	for (size_t k = 0; k < row->claims->n; k++) {
		struct lic_claim c = row->claims->item[k];

		c.source = lic_buf_str(&i->label);
		lic_claims_add(&claims, &c);
	}
	claims.next_packet = row->claims->next_packet;
	if (!claims.damage)
		claims.damage = row->claims->damage;
	copy.claims = &claims;
	return lic_import_row(i->imp, &copy, err);
}

/* The FILE lies below the root: so do its paths. */
static int add_prefixed(struct import *i, const struct lic_row *row, struct lic_error *err)
{
	struct lic_buf text[LIC_ROW_KEYS_MAX] = { 0 };
	struct lic_key key[LIC_ROW_KEYS_MAX];
	struct lic_row copy = *row;
	bool failed = false;
	int r;

	for (size_t k = 0; k < row->n_keys; k++) {
		enum lic_key_kind kind = row->key[k].kind;

		key[k] = row->key[k];
		if (!is_placed(kind))
			continue;
		/* Patterns have no escapes: this one would reach other directories too. */
		if (kind != LIC_KEY_PATH && strpbrk(i->prefix, "*?"))
			return lic_error_set(err, EINVAL,
					     "'%s' lies in a directory with * or ? in its name; "
					     "import it alone, with --root",
					     i->files.item[i->at].path);
		text[k].max = PATH_BYTES_MAX;
		lic_buf_addf(&text[k], "%s/", i->prefix);
		if (kind != LIC_KEY_ALL)
			lic_buf_add(&text[k], key[k].text.p, key[k].text.n);
		failed = failed || lic_buf_failed(&text[k]);
		key[k].kind = kind == LIC_KEY_ALL ? LIC_KEY_GLOB : kind;
		key[k].text =
			(struct lic_bytes){ (const uint8_t *)lic_buf_str(&text[k]), text[k].len };
	}
	copy.key = key;
	r = failed ? lic_error_set(err, EBADMSG, "'%s', row %llu: a path is too long",
				   i->files.item[i->at].path, (unsigned long long)row->line)
		   : lic_import_row(i->imp, &copy, err);
	for (size_t k = 0; k < row->n_keys; k++)
		lic_buf_release(&text[k]);
	return r;
}

static void note_key(struct import *i, const struct lic_row *row)
{
	if (i->first_kind || !row->n_keys)
		return;
	i->first_kind = row->key[0].kind;
	lic_buf_add(&i->first_key, row->key[0].text.p, row->key[0].text.n);
}

static int take_row(void *ctx, const struct lic_row *row, struct lic_error *err)
{
	struct import *i = ctx;
	bool first = !i->imp;
	int r;

	if (import_misses_digests(i, row))
		return -EAGAIN;
	r = first ? begin(i, row, err) : 0;
	if (r < 0)
		return r;
	i->prefix = prefix_of(i);
	if (!i->args->root && !i->own_root && has_placed(row))
		return lic_error_set(err, EINVAL,
				     "'%s' also speaks of paths or of the whole dataset; say by "
				     "--root DIR where its images lie",
				     i->files.item[i->at].path);
	i->rows++;
	note_key(i, row);
	tally_row(&i->tally, row->claims);
	if (*i->prefix && has_placed(row))
		return add_prefixed(i, row, err);
	return first ? add_relabelled(i, row, err) : lic_import_row(i->imp, row, err);
}

/* --- reading ------------------------------------------------------------------------------ */

static void take_warning(void *ctx, const char *line)
{
	struct import *i = ctx;

	for (size_t k = 0; k < i->n_warnings; k++) {
		if (strcmp(i->warning[k].text, line) == 0) {
			i->warning[k].times++;
			return;
		}
	}
	if (i->n_warnings == IMPORT_WARNINGS) {
		i->more_warnings++;
		return;
	}
	i->warning[i->n_warnings++] = (struct import_warning){ keep_text(line, strlen(line)), 1 };
}

static void show_reading(void *ctx, uint64_t done, uint64_t total)
{
	struct import *i = ctx;

	if (i->files.n > 1)
		progress_draw(&(struct progress){
			.what = "files", .done = (int64_t)i->at, .expected = (int64_t)i->files.n });
	else
		progress_draw(&(struct progress){
			.what = "rows", .done = i->rows, .bytes = done, .bytes_all = total });
}

static int take_format(void *ctx, const char *format, struct lic_error *err)
{
	struct import *i = ctx;

	if (i->format && strcmp(i->format, format) != 0)
		return lic_error_set(err, EINVAL,
				     "'%s' is read as %s and '%s' as %s; import files of one "
				     "format at a time, or say which by --format",
				     i->files.item[0].path, i->format, i->files.item[i->at].path,
				     format);
	i->format = format;
	return 0;
}

static int read_file(struct import *i, struct lic_error *err)
{
	const struct import_file *f = &i->files.item[i->at];
	struct lic_manifest_result result;
	const struct lic_manifest_options options = {
		.format = i->args->format,
		.map = i->map,
		.n_map = i->n_map,
		.label = lic_buf_str(&i->label),
		.grant = i->args->grant,
		.detected = take_format,
		.row = take_row,
		.warn = take_warning,
		.progress = show_reading,
		.stop = &interrupt_signal,
		.ctx = i,
	};
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), dir, r;

	if (fd < 0)
		return lic_error_sys(err, errno, "cannot read the manifest '%s'", f->path);
	dir = f->real ? open(f->real, O_RDONLY | O_CLOEXEC | O_DIRECTORY) : -1;
	r = lic_manifest_read(fd, f->path, dir, &options, &result, err);
	close(fd);
	if (dir >= 0)
		close(dir);
	return r;
}

/* --- joining ------------------------------------------------------------------------------ */

/* No committed state has seen anything of the import: ending here leaves the catalog as it was. */
static void show_joining(void *ctx _unused_, int64_t done, int64_t total)
{
	progress_draw(
		&(struct progress){ .what = "images", .done = done, .expected = total });
	if (!interrupt_signal)
		return;
	output_say("interrupted; nothing was changed");
	exit(TOOL_FAILURE);
}

static void take_ambiguous(void *ctx, uint64_t line, enum lic_key_kind kind, struct lic_bytes key,
			   const char *a, const char *b)
{
	struct import *i = ctx;

	if (i->n_examples < IMPORT_EXAMPLES_MAX)
		i->example[i->n_examples++] = (struct import_example){
			.line = line,
			.kind = kind,
			.key = keep_text(key.p, key.n),
			.a = keep_text(a, strlen(a)),
			.b = keep_text(b, strlen(b)),
		};
}

static void take_changed(void *ctx, int64_t entry _unused_, int64_t before, int64_t after)
{
	effects_changed(&((struct import *)ctx)->effects, before, after);
}

/* By license, the images whose rights have changed. */
static int count_images(struct import *i, struct lic_error *err)
{
	const struct effects *e = &i->effects;

	for (size_t k = 0; k < e->cap; k++) {
		const struct lic_rights *rights;

		if (!e->pair[k].images)
			continue;
		rights = lic_catalog_rights(i->store.cat, e->pair[k].after, err);
		if (!rights)
			return lic_error_prefix(err, "cannot add up the images");
		tally_images(&i->tally, rights, e->pair[k].images);
	}
	return 0;
}

static int join(struct import *i, struct lic_error *err)
{
	const struct lic_import_hooks hooks = {
		.progress = show_joining,
		.ambiguous = take_ambiguous,
		.changed = take_changed,
		.ctx = i,
	};
	struct lic_import *imp = i->imp;
	int r;

	i->imp = NULL; /* frees itself, whatever comes of it */
	r = lic_import_finish(imp, &hooks, &i->result, err);
	if (r == 0)
		r = effects_end(&i->effects, i->store.cat, err);
	if (r == 0)
		r = count_images(i, err);
	if (r == 0)
		tally_sort(&i->tally);
	return r;
}

/* --- the whole ---------------------------------------------------------------------------- */

static void give_up(struct import *i)
{
	lic_import_abort(i->imp);
	lic_catalog_abort(i->txn);
	i->imp = NULL;
	i->txn = NULL;
}

static int read_all(struct import *i)
{
	int r = lic_catalog_policy(i->store.cat, &i->tally.policy, &i->err);

	for (; r == 0 && i->at < i->files.n; i->at++)
		r = read_file(i, &i->err);
	return r;
}

static void forget_warnings(struct import *i)
{
	while (i->n_warnings)
		free(i->warning[--i->n_warnings].text);
	i->more_warnings = 0;
}

/* As before the first row. */
static void begin_again(struct import *i)
{
	give_up(i);
	tally_release(&i->tally);
	effects_release(&i->effects);
	forget_warnings(i);
	i->tally = (struct tally){ 0 };
	i->effects = (struct effects){ 0 };
	i->manifest = (struct lic_manifest){ 0 };
	i->err = (struct lic_error)LIC_ERROR_INIT;
	i->at = 0;
	i->rows = 0;
	i->prefix = "";
	i->own_root = false;
	i->first_kind = LIC_KEY_NONE;
	lic_buf_reset(&i->first_key);
	lic_buf_reset(&i->file);
	lic_buf_reset(&i->label);
	lic_buf_adds(&i->label, "manifest");
}

/* A row that names a file by what nobody knows finds nothing, and what it restricts would be shown
 * or everything hidden: first all of it is computed, then everything is read anew. */
static int read_known(struct import *i)
{
	int r = lic_catalog_digests_wanted(i->store.cat, &i->digests, &i->err);

	if (r == 0)
		r = read_all(i);
	while (r == -EAGAIN && i->missing) {
		begin_again(i);
		r = import_complete_digests(i);
		if (r == 0)
			r = read_all(i);
	}
	import_warn_digests(i);
	return r;
}

int import_run(struct import *i)
{
	bool refused;
	int r;

	i->who = who_am_i();
	/* The buffer must not move any more: readers keep its address. */
	lic_buf_reserve(&i->label, 4096);
	lic_buf_adds(&i->label, "manifest");
	r = read_known(i);
	if (r == 0 && !i->imp && i->args->allow_unmatched)
		r = begin(i, NULL, &i->err);
	if (r == 0 && i->imp)
		r = join(i, &i->err);
	progress_clear();
	if (r == 0 && interrupt_signal)
		r = lic_error_set(&i->err, EINTR, "interrupted; nothing was changed");
	if (r < 0) {
		give_up(i);
		return r;
	}
	refused = !i->result.matched && !i->args->allow_unmatched;
	if (i->args->dry_run || refused) {
		give_up(i);
		return refused;
	}
	r = lic_catalog_commit(i->txn, &i->err);
	i->txn = NULL;
	return r;
}

int import_undo(struct import *i, int64_t number, const char *reason)
{
	const struct lic_import_hooks hooks = {
		.progress = show_joining,
		.changed = take_changed,
		.ctx = i,
	};
	struct lic_buf verb = LIC_BUF_INIT(1u << 16);
	int r;

	/* The catalog keeps the words of a transaction, and with them the reason. */
	i->who = who_am_i();
	lic_buf_addf(&verb, PAST_IMPORT_UNDO, (long long)number, i->who, reason);
	r = lic_catalog_begin(i->store.cat, lic_buf_str(&verb), &i->txn, &i->err);
	lic_buf_release(&verb);
	if (r == 0)
		r = effects_begin(&i->effects, i->store.cat, &i->err);
	if (r == 0)
		r = lic_catalog_unimport(i->txn, number, &hooks, &i->result, &i->err);
	if (r == 0)
		r = effects_end(&i->effects, i->store.cat, &i->err);
	progress_clear();
	if (r < 0) {
		give_up(i);
		return r;
	}
	r = lic_catalog_commit(i->txn, &i->err);
	i->txn = NULL;
	return r;
}

void import_release(struct import *i)
{
	give_up(i);
	import_files_release(&i->files);
	tally_release(&i->tally);
	effects_release(&i->effects);
	for (size_t k = 0; k < i->n_examples; k++) {
		free(i->example[k].key);
		free(i->example[k].a);
		free(i->example[k].b);
	}
	for (size_t k = 0; k < i->n_warnings; k++)
		free(i->warning[k].text);
	lic_buf_release(&i->map_text);
	lic_buf_release(&i->label);
	lic_buf_release(&i->collection);
	lic_buf_release(&i->root);
	lic_buf_release(&i->file);
	lic_buf_release(&i->first_key);
	free(i->who);
	lic_catalog_close(i->store.cat);
}
