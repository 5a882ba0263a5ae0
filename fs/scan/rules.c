/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files of a directory: found by the walk, read like images, put before them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/evidence/rules.h"
#include "fs/scan/internal.h"
#include "fs/util/io.h"

/* --- finding ------------------------------------------------------------------------------ */

/* A file of one of the directory's own directories, which the walk will list later. */
static bool stat_below(int root, const struct lic_scan_dir *d, const char *name, struct stat *ret)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	const char *slash = strrchr(name, '/');
	int fd = -1;
	bool there;

	lic_buf_addf(&path, "%s%s%.*s", d->path, d->path[0] ? "/" : "", (int)(slash - name), name);
	if (!lic_buf_failed(&path))
		fd = lic_open_beneath(root, lic_buf_str(&path), O_RDONLY | O_DIRECTORY);
	lic_buf_release(&path);
	*ret = (struct stat){ 0 };
	/* where nobody can tell, it may be there */
	there = fd < 0 ? fd != -ENOENT
		       : fstatat(fd, slash + 1, ret, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
	lic_closep(&fd);
	return there && !S_ISDIR(ret->st_mode);
}

static bool is_there(int root, const struct lic_scan_dir *d, const char *name, struct stat *ret)
{
	const char *slash = strchr(name, '/');
	const struct lic_item *it =
		lic_scan_dir_find(d, name, slash ? (size_t)(slash - name) : strlen(name));

	if (!it)
		return false;
	/* A link, or another filesystem, is not looked into: the file may be there */
	*ret = (struct stat){ 0 };
	if (slash && it->kind != LIC_KIND_DIR)
		return !S_ISREG(it->st.mode);
	if (slash)
		return stat_below(root, d, name, ret);
	*ret = (struct stat){ .st_mode = it->st.mode, .st_ino = it->st.ino };
	return it->kind != LIC_KIND_DIR;
}

void lic_scan_find_rules(int root, struct lic_scan_dir *d)
{
	const char *name;

	for (size_t i = 0; (name = lic_rule_file_at(i)); i++) {
		struct lic_item *it = &d->rules[d->n_rules];
		struct stat st;

		if (!is_there(root, d, name, &st))
			continue;
		*it = (struct lic_item){ .name = { (const uint8_t *)name, strlen(name) },
					 .st = { .ino = st.st_ino, .mode = st.st_mode },
					 .is_rules = true,
					 .read = S_ISREG(st.st_mode),
					 .claims = LIC_CLAIMS_INIT };
		if (!it->read)
			lic_rules_unread(name, "no regular file", &it->claims);
		d->n_rules++;
	}
}

size_t lic_scan_rule_reads(const struct lic_scan_dir *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_rules; i++)
		n += d->rules[i].read;
	return n;
}

/* --- rules in force before ---------------------------------------------------------------- */

static int add_rule_file(struct lic_known_rules *k, int64_t dir, const char *file)
{
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 16;
		void *p = reallocarray(k->item, cap, sizeof(*k->item));

		if (!p)
			return -ENOMEM;
		k->item = p;
		k->cap = cap;
	}
	k->item[k->n++] = (struct lic_rule_file){ dir, file };
	return 0;
}

static int note_rule(void *ctx, int64_t dir, const char *file)
{
	const char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && (name = lic_rule_file_at(i)); i++)
		if (strcmp(name, file) == 0)
			r = add_rule_file(ctx, dir, name);
	return r;
}

int lic_scan_know_rules(struct lic_catalog *cat, struct lic_known_rules *ret, struct lic_error *err)
{
	int r = lic_catalog_rules(cat, note_rule, ret, err);

	return r == -ENOMEM ? lic_error_set(err, ENOMEM, "out of memory") : r;
}

static const struct lic_item *find_rules(const struct lic_scan_dir *d, const char *name)
{
	for (size_t i = 0; i < d->n_rules; i++)
		if (strcmp((const char *)d->rules[i].name.p, name) == 0)
			return &d->rules[i];
	return NULL;
}

/* --- rows --------------------------------------------------------------------------------- */

/* Rule files of one directory stand together: the place of the first. */
static size_t known_of(const struct lic_known_rules *k, int64_t dir)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->item[middle].dir < dir)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct rows {
	struct lic_row *row;
	struct lic_key *key;
	struct lic_claims *claims;
	struct lic_claim *item;
	size_t n, n_keys, n_items;
	struct lic_buf source;
	const char *damage;
};

static void rows_release(struct rows *w)
{
	free(w->row);
	free(w->key);
	free(w->claims);
	free(w->item);
	lic_buf_release(&w->source);
}

/* Room for a row of each claim, and one more. */
static bool rows_init(struct rows *w, size_t n)
{
	*w = (struct rows){ .source = LIC_BUF_INIT(1u << 20) };
	w->row = calloc(n + 1, sizeof(*w->row));
	w->key = calloc(n + 1, sizeof(*w->key));
	w->claims = calloc(n + 1, sizeof(*w->claims));
	w->item = calloc(n + 1, sizeof(*w->item));
	return w->row && w->key && w->claims && w->item;
}

static bool is_pattern(const struct lic_claim *c)
{
	return c->role == LIC_ROLE_NONE && strcmp(c->field, LIC_RULE_PATTERN) == 0;
}

/* Rows of one rule: all of its patterns, as many as one row may have in each. */
static void add_rows(struct rows *w, size_t first_key, struct lic_claims *claims)
{
	size_t n = w->n_keys - first_key;

	do {
		size_t k = n < LIC_ROW_KEYS_MAX ? n : LIC_ROW_KEYS_MAX;

		w->row[w->n] = (struct lic_row){ &w->key[first_key], k, claims, w->n + 1 };
		w->n++;
		first_key += k;
		n -= k;
	} while (n);
}

/* Everything below; what is `damaged` hides it. */
static void add_all(struct rows *w, const char *damage)
{
	struct lic_claims *c = &w->claims[w->n];

	*c = (struct lic_claims){ .next_packet = 1, .damage = damage };
	w->key[w->n_keys] = (struct lic_key){ LIC_KEY_ALL, { (const uint8_t *)"", 0 } };
	w->n_keys++;
	add_rows(w, w->n_keys - 1, c);
}

/* The claims of one packet, [i, end). */
static void add_rule(struct rows *w, const struct lic_claims *all, size_t i, size_t end)
{
	struct lic_claims *c = &w->claims[w->n];
	size_t first_key = w->n_keys;

	*c = (struct lic_claims){ .item = &w->item[w->n_items], .next_packet = 2 };
	for (; i < end; i++) {
		const struct lic_claim *k = &all->item[i];

		if (is_pattern(k)) {
			w->key[w->n_keys++] = (struct lic_key){ LIC_KEY_RULE, k->raw };
			continue;
		}
		c->item[c->n] = *k;
		c->item[c->n].packet = 1;
		c->item[c->n].source = lic_buf_str(&w->source);
		c->n++;
	}
	w->n_items += c->n;
	if (w->n_keys == first_key)
		w->key[w->n_keys++] = (struct lic_key){ LIC_KEY_ALL, { (const uint8_t *)"", 0 } };
	add_rows(w, first_key, c);
}

static size_t end_of_rule(const struct lic_claims *all, size_t i)
{
	size_t end = i;

	while (end < all->n && all->item[end].packet == all->item[i].packet)
		end++;
	return end;
}

/* Does each rule fit into a row? Those of an honest reader do. */
static bool rules_fit(const struct lic_claims *all)
{
	for (size_t i = 0, end; i < all->n; i = end) {
		size_t n = 0;

		for (end = end_of_rule(all, i); i < end; i++) {
			const struct lic_claim *c = &all->item[i];

			n += c->raw.n + strlen(c->text) + strlen(c->field) + 64;
		}
		if (n > LIC_ROW_MAX / 2)
			return false;
	}
	return true;
}

static void name_source(struct rows *w, const struct lic_scan_dir *d, const struct lic_item *it)
{
	const char *name = (const char *)it->name.p;

	lic_buf_adds(&w->source, lic_rule_file_reserves(name) ? "TDMRep " : "REUSE ");
	if (d->path[0]) {
		lic_text_show(&w->source, d->path, strlen(d->path));
		lic_buf_addc(&w->source, '/');
	}
	lic_buf_adds(&w->source, name);
}

/* The rows that a rule file comes to, never none: that there is a REUSE.toml counts, whatever it
 * says. */
static bool make_rows(struct rows *w, const struct lic_scan_dir *d, const struct lic_item *it)
{
	const struct lic_claims *all = &it->claims;
	bool reserves = lic_rule_file_reserves((const char *)it->name.p);

	/* a row before all others, and each claim may be a pattern and a row */
	if (!rows_init(w, all->n + 1))
		return false;
	name_source(w, d, it);
	if (lic_buf_failed(&w->source))
		return false;
	if (all->damage && !reserves)
		lic_buf_addf(&w->source, ": %s", all->damage);
	add_all(w, all->damage && !reserves ? lic_buf_str(&w->source) : NULL);
	if (all->damage && !reserves)
		return !lic_buf_failed(&w->source);
	for (size_t i = 0, end; i < all->n; i = end) {
		end = end_of_rule(all, i);
		add_rule(w, all, i, end);
	}
	return true;
}

/* --- writing ------------------------------------------------------------------------------ */

static void warn(const struct lic_scan_options *o, const struct lic_scan_dir *d, const char *name,
		 const char *what, const char *so)
{
	struct lic_buf line = LIC_BUF_INIT(1u << 20), path = LIC_BUF_INIT(1u << 20);

	if (!o->warn)
		return;
	lic_buf_addf(&path, "%s%s%s", d->path, d->path[0] ? "/" : "", name);
	lic_text_quote(&line, lic_buf_str(&path), path.len);
	lic_buf_addf(&line, ": %s; %s", what, so);
	o->warn(o->ctx, lic_buf_str(&line));
	lic_buf_release(&path);
	lic_buf_release(&line);
}

static void warn_of(const struct lic_scan_options *o, const struct lic_scan_dir *d,
		    const struct lic_item *it)
{
	const char *name = (const char *)it->name.p;

	if (it->claims.damage)
		warn(o, d, name, it->claims.damage,
		     lic_rule_file_reserves(name)
			     ? "everything below it counts as reserved"
			     : "nothing below it is shown until it can be read");
	if (strcmp(name, ".reuse/dep5") == 0 && find_rules(d, "REUSE.toml"))
		warn(o, d, name, "stands beside a REUSE.toml",
		     "it may restrict and grants nothing");
}

static int put_file(struct lic_txn *txn, const struct lic_scan_options *o,
		    const struct lic_scan_dir *d, struct lic_item *it, struct lic_error *err)
{
	_cleanup_(rows_release) struct rows w = { 0 };

	if (!rules_fit(&it->claims))
		lic_rules_unread((const char *)it->name.p, "states more than fits in memory",
				 &it->claims);
	warn_of(o, d, it);
	if (!make_rows(&w, d, it))
		return lic_error_set(err, ENOMEM, "out of memory for rules");
	return lic_catalog_put_rules(txn, d->id, (const char *)it->name.p, w.row, w.n, err);
}

static int stop_at_one(void *ctx _unused_, int64_t dir _unused_, const char *file _unused_)
{
	return 1;
}

int lic_scan_settle_rules(struct lic_catalog *cat, const struct lic_known_rules *gone,
			  struct lic_error *err)
{
	struct lic_txn *txn = NULL;
	int coming = lic_catalog_rules_coming(cat, stop_at_one, NULL, err), r;

	if (coming < 0 || (!coming && !gone->n))
		return coming;
	r = lic_catalog_begin(cat, "scan", &txn, err);
	if (r == 0)
		r = lic_catalog_settle_rules(txn, gone->item, gone->n, err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, err);
}

/* It was gone when its directory was listed before. */
static void forget_gone(struct lic_known_rules *gone, int64_t dir, const char *file)
{
	for (size_t i = 0; i < gone->n; i++)
		if (gone->item[i].dir == dir && strcmp(gone->item[i].file, file) == 0)
			gone->item[i--] = gone->item[--gone->n];
}

/* Rules restrict before any image of their directory comes, in the same transaction. */
int lic_scan_put_rules(struct lic_scan_dir *d, const struct lic_rule_writing *w,
		       struct lic_txn *(*need_txn)(void *ctx), void *ctx, struct lic_error *err)
{
	const struct lic_known_rules *known = w->known;
	int r = 0;

	for (size_t i = known_of(known, d->id); r == 0 && i < known->n; i++) {
		const struct lic_rule_file *k = &known->item[i];

		if (k->dir != d->id)
			break;
		if (!find_rules(d, k->file) && add_rule_file(w->gone, k->dir, k->file) < 0)
			r = lic_error_set(err, ENOMEM, "out of memory for rules");
	}
	for (size_t i = 0; r == 0 && i < d->n_rules; i++) {
		struct lic_txn *txn = need_txn(ctx);

		forget_gone(w->gone, d->id, (const char *)d->rules[i].name.p);
		r = txn ? put_file(txn, w->options, d, &d->rules[i], err) : -EIO;
		lic_claims_release(&d->rules[i].claims);
	}
	return r;
}
