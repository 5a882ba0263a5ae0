/* SPDX-License-Identifier: Apache-2.0 */
/* What a helper process does: it reads the files whose descriptors it is given, and can do nothing
 * else. The only place where the scan looks into untrusted bytes. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fs/evidence/rules.h"
#include "fs/scan/nursery.h"
#include "fs/scan/sandbox.h"
#include "fs/scan/wire_index.h"
#include "fs/scan/wire_likeness.h"
#include "fs/scan/wire_thumbnail.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

/* Reading files of 256 KiB over and over must not ask the kernel for the same pages each time. */
#define KEEP_FREE (8 << 20)
#define MMAP_FROM (1 << 20)
#define PIECE (256u * 1024) /* hashed at once */

static const struct lic_limits limits = LIC_LIMITS_DEFAULT;

struct helper {
	int sock;
	struct lic_slot *slot;
	struct lic_asking asking;
	int fd[LIC_GROUP_FDS];
	unsigned n_fds;
	struct lic_buf out;
};

/* A scanning process that is gone needs no answer. */
static void send_all(struct helper *h)
{
	size_t at = 0;

	if (lic_buf_failed(&h->out))
		_exit(1); /* what does not fit is no answer */
	while (at < h->out.len) {
		size_t n = h->out.len - at < LIC_CHUNK ? h->out.len - at : LIC_CHUNK;
		ssize_t r = write(h->sock, h->out.data + at, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			_exit(0);
		at += (size_t)r;
	}
	lic_buf_truncate(&h->out, 0);
}

static void say_hello(struct helper *h, const struct lic_sandbox *s)
{
	struct lic_hello hello = { LIC_HELLO, s->landlock, s->seccomp };

	lic_buf_add(&h->out, &hello, sizeof(hello));
	send_all(h);
}

static void take_descriptors(struct helper *h, struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	h->n_fds = 0;
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return;
	h->n_fds = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(h->fd, CMSG_DATA(c), h->n_fds * sizeof(int));
}

static void receive(struct helper *h)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int) * LIC_GROUP_FDS)];
	} control;
	struct iovec iov = { &h->asking, sizeof(h->asking) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n;

	do
		n = recvmsg(h->sock, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		_exit(0);
	take_descriptors(h, &msg);
	if (h->asking.n != h->n_fds || (msg.msg_flags & (MSG_CTRUNC | MSG_TRUNC)))
		_exit(1); /* they did not all arrive: others may do better */
}

static unsigned answer(struct helper *h, const struct lic_answer *a, unsigned next)
{
	if (a->result < 0)
		lic_claims_reset(&h->slot->claims);
	lic_answer_add(&h->out, a, &h->slot->claims);
	if (h->out.len >= LIC_CHUNK)
		send_all(h);
	return next;
}

static unsigned read_rules(struct helper *h, unsigned i, struct lic_answer *a)
{
	static const struct lic_limits rules = LIC_RULES_LIMITS;
	const struct lic_ask *ask = &h->asking.ask[i];

	a->result = lic_rules_read(h->fd[i], ask->size, ask->name, &rules, &h->slot->claims, NULL);
	close(h->fd[i]);
	return answer(h, a, i + 1);
}

/* Reads an image and the sidecars that follow it; returns where the next image stands. */
static unsigned read_file(struct helper *h, unsigned i)
{
	const struct lic_ask *ask = &h->asking.ask[i];
	struct lic_claims *claims = &h->slot->claims;
	struct lic_answer a = { .serial = h->asking.serial, .number = ask->number };

	lic_claims_reset(claims);
	atomic_store(&h->slot->progress, lic_progress(h->asking.serial, ask->number));
	if (ask->rules)
		return read_rules(h, i, &a);
	a.result =
		lic_evidence_read_at(h->fd[i], ask->at, ask->size, &limits, claims, &a.hash, NULL);
	/* one that changed is read again, and one that cannot be read is known by no hash */
	if (a.result == 0 && claims->format != LIC_FORMAT_NONE && h->asking.digests)
		(void)!lic_evidence_digest_at(h->fd[i], ask->at, ask->size, h->asking.digests,
					      &a.digests, NULL);
	close(h->fd[i]);
	for (i++; i < h->n_fds && h->asking.ask[i].sidecar; i++) {
		const struct lic_ask *xmp = &h->asking.ask[i];

		if (a.result == 0 && claims->format != LIC_FORMAT_NONE &&
		    lic_evidence_read_sidecar_at(h->fd[i], xmp->at, xmp->size, xmp->name, ask->name,
						 &limits, claims, NULL) < 0)
			a.sidecar_failed = true;
		close(h->fd[i]);
	}
	return answer(h, &a, i);
}

/* --- indexing ----------------------------------------------------------------------------- */

struct indexing {
	struct helper *helper;
	struct lic_indexed about;
};

static int say_piece(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct indexing *x = ctx;

	x->about.part = part;
	lic_indexed_add(&x->helper->out, &x->about, p, n);
	if (x->helper->out.len >= LIC_CHUNK)
		send_all(x->helper);
	return 0;
}

static unsigned index_file(struct helper *h, unsigned i)
{
	const struct lic_ask *ask = &h->asking.ask[i];
	struct indexing x = { h, { .serial = h->asking.serial, .number = ask->number } };
	const struct lic_index_sink sink = { say_piece, &x };
	struct lic_indexed_end end = { 0 };

	atomic_store(&h->slot->progress, lic_progress(h->asking.serial, ask->number));
	end.result = lic_document_index(h->fd[i], ask->size, ask->name, &sink, &end.found, NULL);
	close(h->fd[i]);
	x.about.part = LIC_INDEXED_END;
	lic_indexed_add(&h->out, &x.about, &end, sizeof(end));
	if (h->out.len >= LIC_CHUNK)
		send_all(h);
	return i + 1;
}

/* --- decoding ----------------------------------------------------------------------------- */

/* Whose likeness it is: the row may be of other bytes with the same time stamps. */
static int hash_range(int fd, uint64_t at, uint64_t size, struct lic_hash *ret)
{
	_cleanup_(lic_freep) uint8_t *piece = malloc(PIECE);
	struct lic_hasher *h = piece ? lic_hasher_new() : NULL;
	ssize_t n = h ? 1 : -ENOMEM;

	while (n > 0 && size) {
		n = lic_pread_full(fd, piece, size < PIECE ? (size_t)size : PIECE, at);
		if (n > 0) {
			lic_hasher_add(h, piece, (size_t)n);
			at += (uint64_t)n;
			size -= (uint64_t)n;
		}
	}
	if (n > 0)
		lic_hasher_get(h, ret->b);
	lic_hasher_free(h);
	return n < 0 ? (int)n : n == 0 ? -EIO : 0;
}

static unsigned decode_file(struct helper *h, unsigned i)
{
	const struct lic_ask *ask = &h->asking.ask[i];
	struct lic_likened a = { .serial = h->asking.serial, .number = ask->number };
	struct lic_error err = LIC_ERROR_INIT;
	int r;

	atomic_store(&h->slot->progress, lic_progress(h->asking.serial, ask->number));
	a.result = lic_likeness_read(h->fd[i], ask->at, ask->size, (enum lic_format)ask->format,
				     &a.likeness, &err);
	r = hash_range(h->fd[i], ask->at, ask->size, &a.hash);
	if (r < 0)
		a.result = r == -ENOMEM ? r : -EIO;
	if (a.result < 0) {
		a.likeness = (struct lic_likeness){ 0 };
		snprintf(a.why, sizeof(a.why), "%.*s", (int)sizeof(a.why) - 1,
			 err.msg[0] ? err.msg : "it cannot be read");
	}
	close(h->fd[i]);
	lic_likened_add(&h->out, &a);
	send_all(h); /* at once: what the next one takes is its own time */
	return i + 1;
}

static unsigned shrink_file(struct helper *h, unsigned i)
{
	const struct lic_ask *ask = &h->asking.ask[i];
	struct lic_pictured *a = calloc(1, sizeof(*a));

	if (!a)
		_exit(1);
	a->serial = h->asking.serial;
	a->number = ask->number;
	atomic_store(&h->slot->progress, lic_progress(h->asking.serial, ask->number));
	a->result = lic_thumbnail_read(h->fd[i], ask->at, ask->size, (enum lic_format)ask->format,
				       &a->thumbnail, NULL);
	close(h->fd[i]);
	lic_pictured_add(&h->out, a);
	free(a);
	send_all(h);
	return i + 1;
}

static unsigned serve(struct helper *h, unsigned i)
{
	switch (h->asking.what) {
	case LIC_ASK_INDEX:
		return index_file(h, i);
	case LIC_ASK_LIKENESS:
		return decode_file(h, i);
	case LIC_ASK_THUMBNAIL:
		return shrink_file(h, i);
	default:
		return read_file(h, i);
	}
}

static void prepare(struct helper *h, int sock, struct lic_slot *slot)
{
	h->sock = sock;
	h->slot = slot;
	h->out = (struct lic_buf)LIC_BUF_INIT((size_t)LIC_ANSWER_MAX + LIC_CHUNK);
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	mallopt(M_TRIM_THRESHOLD, KEEP_FREE);
	mallopt(M_TOP_PAD, MMAP_FROM);
}

void lic_helper_main(int sock, struct lic_slot *slot)
{
	struct helper *h = calloc(1, sizeof(*h));
	struct lic_sandbox sandbox;

	if (!h)
		_exit(1);
	prepare(h, sock, slot);
	lic_sandbox_enter(sock, LIC_HELPER_MEMORY, &sandbox);
	say_hello(h, &sandbox);
	receive(h);
	/* not before: whoever made this process may have been killed, and the slot be another's */
	slot->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	for (;;) {
		for (unsigned i = 0; i < h->n_fds;)
			i = serve(h, i);
		send_all(h);
		receive(h);
	}
}
