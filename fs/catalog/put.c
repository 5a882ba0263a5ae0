/* SPDX-License-Identifier: Apache-2.0 */
/* Recording what the scan found: new rows, refreshed rows, rows that others take the place of. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/likeness.h"
#include "fs/catalog/revoked.h"
#include "fs/catalog/snapshot.h"

struct put {
	struct lic_txn *txn;
	struct lic_entry *e;
	const struct lic_claims *claims; /* NULL for what is no image */
	struct lic_claim_ref *ref;	 /* claims->n of them */
	struct lic_verdict verdict;
	bool erased; /* nothing of what it states is kept */
};

/* In the place of what is not kept. */
static const struct lic_claims nothing = LIC_CLAIMS_INIT;

static int check(const struct lic_entry *e, const struct lic_claims *claims, struct lic_error *err)
{
	bool root = e->parent == 0;

	if (e->kind < LIC_KIND_DIR || e->kind > LIC_KIND_DOCUMENT)
		return lic_error_set(err, EINVAL, "an entry of kind %d cannot be recorded",
				     (int)e->kind);
	if (root ? e->name.n != 0 || e->kind != LIC_KIND_DIR : e->name.n == 0)
		return lic_error_set(err, EINVAL, "only the root, a directory, has no name");
	if (e->name.n > NAME_MAX || (e->name.n && memchr(e->name.p, 0, e->name.n)))
		return lic_error_set(err, EINVAL, "not the name of a directory entry");
	if (e->kind == LIC_KIND_IMAGE && !claims)
		return lic_error_set(err, EINVAL, "an image needs claims, if only none");
	return 0;
}

/* A component of a path that leads nowhere else. */
static bool is_component(const uint8_t *p, size_t n)
{
	return n && !(p[0] == '.' && (n == 1 || (n == 2 && p[1] == '.')));
}

/* In an archive lie images, and their names are paths; anywhere else no name has a slash. */
static int check_place(const struct lic_entry *e, const struct lic_txn_dir *dir,
		       struct lic_error *err)
{
	const uint8_t *p = e->name.p, *end = p + e->name.n;
	const uint8_t *slash = memchr(p, '/', e->name.n);

	if (!dir->archive)
		return slash ? lic_error_set(err, EINVAL, "not the name of a directory entry") : 0;
	if (e->kind != LIC_KIND_IMAGE)
		return lic_error_set(err, EINVAL, "in an archive only images have entries");
	for (; slash; p = slash + 1, slash = memchr(p, '/', (size_t)(end - p)))
		if (!is_component(p, (size_t)(slash - p)))
			break;
	return !slash && is_component(p, (size_t)(end - p))
		       ? 0
		       : lic_error_set(err, EINVAL, "not the path of a member of an archive");
}

/* What is erased must not be written to be judged. */
static int judge_claims(struct put *p, struct lic_error *err)
{
	struct lic_txn *txn = p->txn;
	bool erases = false;
	int r = lic_erase_any(txn->cat, &erases, err);

	if (r == 0 && erases && p->claims->n)
		lic_claims_digest(txn->cat, p->claims, p->ref);
	else if (r == 0)
		r = lic_claims_intern(txn, p->claims, p->ref, err);
	if (r == 0)
		r = lic_judge(txn, p->claims, p->ref, p->e, &p->verdict, err);
	p->erased = r == 0 && p->verdict.erased;
	if (p->erased)
		p->claims = &nothing;
	else if (r == 0 && erases)
		r = lic_claims_intern(txn, p->claims, p->ref, err);
	return r < 0 || p->erased ? r : lic_erase_heal(txn, err);
}

/* `there`: number of the live entry that the image takes the place of or is, 0 if there is none. */
static int judge(struct put *p, int64_t there, struct lic_error *err)
{

	if (p->e->kind != LIC_KIND_IMAGE)
		return 0;
	p->e->id = there;
	if (p->claims->n && !p->ref) {
		p->ref = calloc(p->claims->n, sizeof(*p->ref));
		if (!p->ref)
			return lic_error_set(err, ENOMEM, "out of memory for claims");
	}
	return judge_claims(p, err);
}

static int store_claims(struct put *p, bool fresh, bool *ret_changed, struct lic_error *err)
{
	struct lic_txn *txn = p->txn;
	int r;

	*ret_changed = false;
	if (p->erased) {
		r = lic_claims_forget(txn, p->e->id, fresh, ret_changed, err);
		return r < 0 || !*ret_changed ? r : lic_erase_note(txn, p->e->id, err);
	}
	r = fresh ? 0 : lic_claims_erased(txn->cat, p->e->id, err);
	if (r > 0) { /* until now */
		fresh = true;
		r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_DROP_ALL, err, "i", p->e->id);
		if (r == 0)
			r = lic_erase_wake(txn, p->e->id, err);
	}
	if (r == 0)
		r = lic_claims_store(txn, p->e->id, fresh, p->ref, p->claims->n, ret_changed, err);
	return r;
}

/* --- a new row ---------------------------------------------------------------------------- */

/* -EEXIST where the name is taken. */
static int insert(struct put *p, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const struct lic_entry *e = p->e;
	bool image = e->kind == LIC_KIND_IMAGE;
	bool mask = lic_entry_is_mask(e) && lic_entry_has_hash(e);
	int r = lic_query(&q, p->txn->cat, LIC_STMT_ENTRY_ADD, err,
			  image	 ? "ibiiiiiiiiiiiiibt"
			  : mask ? "ibiiiiiiiiiiiiib"
				 : "ibiiiiiiiiiiiiin",
			  e->parent, (const void *)e->name.p, e->name.n, (int64_t)e->kind,
			  (int64_t)e->rule, (int64_t)e->format, p->verdict.rights,
			  p->txn->generation, (int64_t)e->st.size, e->st.mtime, e->st.ctime,
			  (int64_t)e->st.ino, (int64_t)e->st.mode, (int64_t)e->st.uid,
			  (int64_t)e->st.gid, e->judged, (const void *)e->hash.b, sizeof(e->hash.b),
			  image ? p->claims->damage : NULL);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	return sqlite3_changes(p->txn->cat->db) ? 0 : -EEXIST;
}

static int add(struct put *p, struct lic_error *err)
{
	struct lic_txn *txn = p->txn;
	struct lic_entry *e = p->e;
	bool changed, moves = false;
	int r = 0;

	if (p->claims)
		r = lic_force_moves(&txn->judge.force, txn->cat, &e->hash, false, &moves, err);
	if (r == 0)
		r = insert(p, err);
	if (r == 0 && moves)
		r = lic_twins_again(txn, &e->hash, err);
	if (r < 0)
		return r;
	if (lic_entry_is_mask(e) && !lic_entry_has_hash(e))
		txn->masks_known = false;
	e->id = sqlite3_last_insert_rowid(txn->cat->db);
	e->rights = p->verdict.rights;
	e->born = e->since = txn->generation;
	txn->changed = txn->dirty = true;
	if (p->claims) {
		unsigned bits = p->verdict.reserve;

		txn->images = true;
		r = store_claims(p, true, &changed, err);
		if (r == 0)
			r = lic_digests_store(txn, e->id, &e->digests, true, err);
		if (r == 0)
			r = lic_likeness_begin(txn, e, err);
		if (r == 0 && bits)
			r = lic_twins_note(txn, e->id, &e->hash, bits, err);
		if (r == 0)
			r = lic_matches_store(txn, &txn->joined, e, LIC_MATCHES_FRESH, &changed,
					      err);
		if (r == 0)
			r = lic_credit_store(txn, e, true, &p->verdict.credit, err);
		if (r == 0)
			r = lic_counts_add(txn, e->parent, e->rights, 1, err);
	}
	return r < 0 ? r : lic_feed_add(txn, e->parent, e->id, &e->name, err);
}

/* --- the same bytes again ----------------------------------------------------------------- */

static bool same_attributes(const struct lic_stat *a, const struct lic_stat *b)
{
	return a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime &&
	       a->ino == b->ino && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

/* Was the file so young when it was judged that its time stamps prove nothing? Then a later
 * judgement is worth writing down. */
static bool racy(const struct lic_entry *e)
{
	return e->st.mtime > e->judged - LIC_RACY_NS || e->st.ctime > e->judged - LIC_RACY_NS;
}

static int refresh(struct put *p, const struct lic_entry *old, struct lic_error *err)
{
	const struct lic_entry *e = p->e;
	struct lic_txn *txn = p->txn;
	bool seen = !same_attributes(&e->st, &old->st);
	bool ruled = e->rule != old->rule || e->format != old->format;
	int r;

	if (!seen && !ruled && (e->judged == old->judged || !racy(old)))
		return 0;
	txn->dirty = true;
	r = seen ? lic_stat_keep(txn, old, err) : 0;
	if (r < 0)
		return r;
	r = lic_query_run(txn->cat, LIC_STMT_ENTRY_REFRESH, err, "iiiiiiiiiii", e->id,
			  (int64_t)e->rule, (int64_t)e->format, (int64_t)e->st.size, e->st.mtime,
			  e->st.ctime, (int64_t)e->st.ino, (int64_t)e->st.mode, (int64_t)e->st.uid,
			  (int64_t)e->st.gid, e->judged);
	/* What is never shown is of no interest to mounts */
	if (r < 0 || (!seen && !ruled) || e->kind == LIC_KIND_HIDDEN)
		return r;
	r = lic_feed_add(txn, e->parent, e->id, &e->name, err);
	/* Views may ask about formats */
	return r < 0 || !ruled || e->kind != LIC_KIND_IMAGE ? r
							    : lic_feed_companions(txn, e->id, err);
}

int lic_catalog_touch(struct lic_txn *txn, int64_t id, const struct lic_stat *st, int64_t judged,
		      struct lic_error *err)
{
	struct put p = { .txn = txn };
	struct lic_entry old, e;
	uint8_t name[NAME_MAX];
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_catalog_by_id(txn->cat, id, &old, err);
	if (r == 0 && (old.kind != LIC_KIND_IMAGE || old.name.n > NAME_MAX ||
		       old.st.size != st->size || old.st.ino != st->ino))
		r = -ENOENT;
	if (r < 0)
		return r;
	if (old.name.n)
		memcpy(name, old.name.p, old.name.n);
	old.name.p = name;
	e = old;
	e.st = *st;
	e.judged = judged;
	p.e = &e;
	return lic_txn_fail(txn, refresh(&p, &old, err));
}

static int set_damage(struct put *p, struct lic_error *err)
{
	struct lic_claims old = LIC_CLAIMS_INIT;
	const char *damage = p->claims->damage;
	int r = lic_claims_load_file(p->txn->cat, p->e->id, &old, err);
	bool same = r == 0 && (damage == old.damage ||
			       (damage && old.damage && strcmp(damage, old.damage) == 0));

	lic_claims_release(&old);
	if (r < 0 || same)
		return r;
	p->txn->changed = p->txn->dirty = true;
	return lic_query_run(p->txn->cat, LIC_STMT_ENTRY_SET_DAMAGE, err, "it", p->e->id, damage);
}

static int update(struct put *p, const struct lic_entry *old, struct lic_error *err)
{
	struct lic_entry *e = p->e;
	struct lic_txn *txn = p->txn;
	bool changed = false, matched = false;
	int r;

	e->id = old->id;
	e->born = old->born;
	e->since = old->since;
	e->rights = old->rights;
	r = refresh(p, old, err);
	if (r < 0 || e->kind != LIC_KIND_IMAGE)
		return r;
	r = store_claims(p, false, &changed, err);
	if (changed)
		txn->changed = txn->dirty = true;
	if (r == 0)
		r = lic_digests_store(txn, e->id, &e->digests, false, err);
	if (r == 0)
		r = lic_matches_store(txn, &txn->joined, e,
				      p->erased ? LIC_MATCHES_KEEP : LIC_MATCHES_ALL, &matched,
				      err);
	if (r == 0 && (changed || txn->joining))
		r = lic_twins_note(txn, e->id, &e->hash, p->verdict.reserve, err);
	if (r == 0)
		r = set_damage(p, err);
	if (r == 0 && (changed || matched || p->verdict.rights != old->rights))
		r = lic_credit_store(txn, e, false, &p->verdict.credit, err);
	if (r < 0 || p->verdict.rights == old->rights)
		return r;
	r = lic_entry_set_rights(txn, e, p->verdict.rights, err);
	e->rights = p->verdict.rights;
	e->since = txn->generation;
	return r;
}

/* --- which of them ------------------------------------------------------------------------ */

static bool same_identity(const struct lic_stat *a, const struct lic_stat *b)
{
	return a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime &&
	       a->ino == b->ino;
}

/* Hidden files of which the bytes were looked into, or will be. */
static bool is_about_bytes(enum lic_rule rule)
{
	return rule == LIC_RULE_WAITING || rule == LIC_RULE_MALFORMED || rule == LIC_RULE_UNBOUND ||
	       rule == LIC_RULE_NAMES_IMAGES;
}

/* Has what comes (a) the same bytes as what is there (b)? [I3] Where nothing was hashed, the time
 * stamps must do. */
static bool same_bytes(const struct lic_entry *a, const struct lic_entry *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case LIC_KIND_IMAGE:
		return memcmp(&a->hash, &b->hash, sizeof(a->hash)) == 0 && a->st.size == b->st.size;
	case LIC_KIND_COMPANION:
		return same_identity(&a->st, &b->st) &&
		       (!lic_entry_has_hash(a) || memcmp(&a->hash, &b->hash, sizeof(a->hash)) == 0);
	case LIC_KIND_INERT:
	case LIC_KIND_DOCUMENT:
		return same_identity(&a->st, &b->st);
	case LIC_KIND_HIDDEN:
		return (!is_about_bytes(a->rule) && !is_about_bytes(b->rule)) ||
		       same_identity(&a->st, &b->st);
	default:
		return true;
	}
}

static bool was_looked_into(const struct lic_entry *e)
{
	switch (e->rule) {
	case LIC_RULE_RECORDS:
	case LIC_RULE_MALFORMED:
	case LIC_RULE_UNBOUND:
	case LIC_RULE_NAMES_IMAGES:
	case LIC_RULE_INERT_CONTENT:
	case LIC_RULE_ABSOLUTE:
		return true;
	case LIC_RULE_LAYOUT:
		return e->kind == LIC_KIND_COMPANION;
	default:
		return false;
	}
}

/* A file that was looked into need not wait again for the same bytes; where they are too young to
 * be surely the same, it waits and stays what it is meanwhile. */
static int stay(struct put *p, const struct lic_entry *old, struct lic_error *err)
{
	struct lic_entry *e = p->e;

	if (e->kind != LIC_KIND_HIDDEN || e->rule != LIC_RULE_WAITING || !was_looked_into(old) ||
	    !same_identity(&e->st, &old->st))
		return 0;
	e->kind = old->kind;
	e->rule = old->rule;
	return racy(old) ? lic_catalog_pend(p->txn, old->id, err) : 0;
}

static int replace(struct put *p, const struct lic_entry *old, struct lic_error *err)
{
	int64_t before = old->id;
	bool bound = old->kind == LIC_KIND_COMPANION && p->e->kind == LIC_KIND_COMPANION;
	int r = lic_catalog_end(p->txn, before, err);

	if (r == 0)
		r = add(p, err);
	/* The scan binds again what it finds to differ; until then the old images count */
	if (r == 0 && bound)
		r = lic_query_run(p->txn->cat, LIC_STMT_COMPANION_MOVE, err, "ii", before,
				  p->e->id);
	return r;
}

/* Does the file go on in its row? A hidden one of which nobody knows the bytes does, unless it was
 * shown once, and a snapshot has what it was then [I14]. */
static int goes_on(struct put *p, const struct lic_entry *old, bool *ret, struct lic_error *err)
{
	bool pinned = false;
	int r = 0;

	*ret = same_bytes(p->e, old);
	if (*ret && p->e->kind == LIC_KIND_HIDDEN && !same_identity(&p->e->st, &old->st))
		r = lic_snapshots_pin(p->txn->cat, old->id, &pinned, err);
	*ret = *ret && !pinned;
	return r;
}

static int place(struct put *p, struct lic_error *err)
{
	struct lic_entry *e = p->e;
	struct lic_txn_dir *dir = NULL;
	struct lic_entry old;
	bool taken, same = false;
	int r;

	if (e->parent) {
		r = lic_txn_dir(p->txn, e->parent, &dir, err);
		if (r < 0)
			return r;
		if (!dir->live || dir->gone)
			return lic_error_set(err, ENOENT, "directory %lld has ended",
					     (long long)e->parent);
		r = check_place(e, dir, err);
		if (r < 0)
			return r;
	}
	/* In a directory that is new itself, names are hardly ever taken: ask only then */
	if (dir && dir->born == p->txn->generation) {
		r = judge(p, 0, err);
		if (r == 0)
			r = add(p, err);
		if (r != -EEXIST)
			return r;
	}
	r = lic_catalog_by_name(p->txn->cat, e->parent, e->name.p, e->name.n, &old, err);
	if (r == -ENOENT && !e->parent)
		return lic_catalog_damaged(p->txn->cat, err, "there is no root");
	if (r < 0 && r != -ENOENT)
		return r;
	taken = r == 0;
	if (taken && e->kind == LIC_KIND_IMAGE && same_bytes(e, &old))
		r = lic_digests_fill(p->txn->cat, old.id, &e->digests, err);
	else
		r = taken ? stay(p, &old, err) : 0;
	if (r == 0)
		r = judge(p, taken ? old.id : 0, err);
	if (r < 0)
		return r;
	if (!taken)
		return add(p, err);
	r = goes_on(p, &old, &same, err);
	if (r < 0)
		return r;
	return same ? update(p, &old, err) : replace(p, &old, err);
}

int lic_catalog_put(struct lic_txn *txn, struct lic_entry *e, const struct lic_claims *claims,
		    struct lic_error *err)
{
	/* A copy with a name of its own: the caller's may be the catalog's, which lookups take */
	struct lic_entry mine = *e;
	struct put p = { .txn = txn,
			 .e = &mine,
			 .claims = e->kind == LIC_KIND_IMAGE ? claims : NULL };
	uint8_t name[NAME_MAX];
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = check(e, claims, err);
	if (r == 0) {
		if (e->name.n)
			memcpy(name, e->name.p, e->name.n);
		mine.name.p = name;
		/* [I12] Of what may be shown as an image, and is none, the bytes are known as well
		 */
		if (mine.kind != LIC_KIND_IMAGE && !lic_entry_is_mask(&mine))
			mine.hash = (struct lic_hash){ { 0 } };
		if (lic_entry_is_mask(&mine))
			r = lic_masks_note(txn, err);
		if (r == 0)
			r = place(&p, err);
	}
	free(p.ref);
	if (r == 0) {
		e->id = mine.id;
		e->kind = mine.kind;
		e->rule = mine.rule;
		e->rights = mine.rights;
		e->born = mine.born;
		e->since = mine.since;
	}
	return lic_txn_fail(txn, r);
}
