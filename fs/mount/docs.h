/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The views of documents that a mount has made, shared by its threads.
 *
 * The kernel knows each *state* of a view of a document by a number of its own (a node,
 * LIC_INODE_NODE): when records come or go there is another state, the next lookup answers with its
 * node, and the kernel begins a new file for it. So pages of two states never mix, neither in the
 * kernel's cache nor in what one open file reads: an open file of a state that is over fails. The
 * inode number that programs see belongs to document and view, and stays.
 *
 * Invariants
 * - Every request finds out whether the catalog has changed what it answers from: what was taken
 *   down before a request began is in no answer to it [I8] [I11].
 * - A state is made once, however many threads ask for it; no lock is held while that is done, over
 *   a reply, or over a notification.
 * - Pieces of states that nobody reads are given up, the oldest first, when they take more than
 *   LIC_DOCS_MEMORY; they are made again when needed, and serve only if they are the same.
 */
#ifndef LICENSEFS_MOUNT_DOCS_H
#define LICENSEFS_MOUNT_DOCS_H

#include "fs/mount/backing.h"
#include "fs/mount/built.h"

#define LIC_DOCS_MEMORY (32u << 20)
/* What one listing may look into, so that it does not stall: 5 ms or so. In records; a subject
 * counts for ten. */
#define LIC_DOCS_LISTING 100000

int lic_docs_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_docs_free(struct lic_docs *d); /* NULL is allowed */

/* A state that the caller holds. */
struct lic_doc_ref {
	struct lic_doc *doc;
	uint64_t node, size;
	int64_t mtime, ctime;
	const struct lic_ranges *ranges; /* only where they were asked for */
};

/*
 * The present state of a view of a document, which the caller knows to be visible there. `ranges`:
 * its pieces are wanted, too. With *budget (NULL is allowed) it is made only where that is cheap,
 * see lic_built_make(), and waits for nobody: -EAGAIN. Put it when done, unless it failed.
 */
int lic_docs_get(struct lic_worker *w, const struct lic_known_view *v, const struct lic_entry *e,
		 bool ranges, int64_t *budget, struct lic_doc_ref *ret)
	_nonnull_(1, 2, 3, 6) _must_check_;
void lic_docs_put(struct lic_session *s, struct lic_doc_ref *ref) _nonnull_all_;
/* The kernel was told of the node once more, or will be; and it has forgotten it n times. */
void lic_docs_told(struct lic_session *s, const struct lic_doc_ref *ref) _nonnull_all_;
void lic_docs_forget(struct lic_session *s, uint64_t node, uint64_t n) _nonnull_all_;

/* As lic_worker_load() for a node: the document if it is visible in its view, and that. Whether the
 * node is its present state is not looked at. */
int lic_docs_load(struct lic_worker *w, uint64_t node, struct lic_entry *ret,
		  const struct lic_known_view **ret_v) _nonnull_all_ _must_check_;
/* lic_docs_load() and lic_docs_get(); -ESTALE where the node is of a state that is over. */
int lic_docs_open(struct lic_worker *w, uint64_t node, bool ranges, struct lic_entry *ret,
		  const struct lic_known_view **ret_v,
		  struct lic_doc_ref *ret_ref) _nonnull_all_ _must_check_;
/* Attributes as programs see them. */
void lic_docs_attr(const struct lic_session *s, const struct lic_entry *e, int64_t view,
		   const struct lic_doc_ref *ref, struct stat *ret) _nonnull_all_;
/* lic_attr_param() for a document; the kernel is taken to be told. */
int lic_docs_param(struct lic_worker *w, const struct lic_known_view *v, const struct lic_entry *e,
		   int64_t *budget, struct fuse_entry_param *ret)
	_nonnull_(1, 2, 3, 5) _must_check_;

/* Reads exactly n bytes of a view from its file; errors as lic_backing_read(). */
int lic_docs_read(struct lic_worker *w, const struct lic_backing *b, const struct lic_ranges *r,
		  unsigned char *buf, size_t n, uint64_t off) _nonnull_all_ _must_check_;

/*
 * Makes the kernel drop what it holds of states that are over, or may be: of the documents in `id`
 * (ascending), or of all where NULL. Names are not looked at. Like everything in notify.h not for
 * threads that serve requests. `w` NULL: of all nodes, whatever the catalog says.
 */
void lic_docs_notify(struct lic_session *s, struct lic_worker *w, const int64_t *id, size_t n)
	_nonnull_(1);

#endif
