/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of a file by which manifests know it. */
#include <errno.h>

#include <licensefs/evidence.h>

#include "fs/util/digest.h"
#include "fs/util/io.h"

#define PIECE (256u * 1024)

static void release_digester(struct lic_digester **d)
{
	lic_digester_free(*d);
}

int lic_evidence_digest_at(int fd, uint64_t base, uint64_t size, unsigned which,
			   struct lic_digests *ret, struct lic_error *err)
{
	_cleanup_(release_digester) struct lic_digester *d =
		lic_digester_new(which & LIC_DIGEST_MD5, which & LIC_DIGEST_SHA256);
	_cleanup_(lic_freep) uint8_t *piece = malloc(PIECE);

	if (!d || !piece)
		return lic_error_set(err, ENOMEM, "out of memory");
	for (uint64_t at = 0; at < size;) {
		size_t want = size - at < PIECE ? (size_t)(size - at) : PIECE;
		ssize_t n = lic_pread_full(fd, piece, want, base + at);

		if (n < 0)
			return lic_error_sys(err, (int)-n, "cannot read the file");
		if ((size_t)n != want)
			return lic_error_set(err, EBADMSG,
					     "the file is shorter than when it was judged");
		lic_digester_add(d, piece, want);
		at += want;
	}
	*ret = (struct lic_digests){ .has = which & LIC_DIGEST_ALL };
	lic_digester_get(d, ret->md5, ret->sha256);
	return 0;
}

int lic_evidence_digest(int fd, uint64_t size, unsigned which, struct lic_digests *ret,
			struct lic_error *err)
{
	return lic_evidence_digest_at(fd, 0, size, which, ret, err);
}
