/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a ledger, written. */
#include <string.h>

#include "fs/ledger/record.h"
#include "fs/util/digest.h"

void lic_ledger_record_number(struct lic_buf *out, int64_t v)
{
	uint64_t left = v < 0 ? 0 : (uint64_t)v;

	for (; left >= 128; left >>= 7)
		lic_buf_addc(out, (char)(left | 128));
	lic_buf_addc(out, (char)left);
}

void lic_ledger_record_text(struct lic_buf *out, const char *s)
{
	size_t n = strnlen(s, LIC_LEDGER_TEXT_MAX);

	lic_ledger_record_number(out, (int64_t)n);
	lic_buf_add(out, s, n);
}

void lic_ledger_record_part(struct lic_buf *out, int64_t *last, int64_t number,
			    const uint8_t bits[LIC_CHUNK_BYTES])
{
	struct lic_buf packed = LIC_BUF_INIT(LIC_CHUNK_BYTES);

	lic_chunk_pack(bits, &packed);
	if (lic_buf_failed(&packed)) {
		out->failed = true;
	} else {
		lic_ledger_record_number(out, number - *last - 1);
		lic_ledger_record_number(out, (int64_t)packed.len);
		lic_buf_add(out, lic_buf_str(&packed), packed.len);
		*last = number;
	}
	lic_buf_release(&packed);
}

size_t lic_ledger_record_open(struct lic_buf *out, enum lic_ledger_record_type type)
{
	const size_t at = out->len;

	lic_buf_add(out, "\0\0\0", 4);
	lic_buf_addc(out, (char)type);
	return at;
}

bool lic_ledger_record_close(struct lic_buf *out, size_t at)
{
	size_t n = out->len - at - LIC_RECORD_HEAD;

	if (lic_buf_failed(out)) {
		out->failed = false;
		lic_buf_truncate(out, at);
		return false;
	}
	for (unsigned i = 0; i < 4; i++)
		out->data[at + i] = (char)(n >> 8 * i);
	return true;
}

size_t lic_ledger_record_bytes(const char *p)
{
	return LIC_RECORD_HEAD + (size_t)lic_load((const uint8_t *)p, 4, false);
}

void lic_ledger_record_chain(struct lic_buf *out, size_t at)
{
	uint8_t chain[LIC_RECORD_CHAIN];

	if (lic_buf_failed(out))
		return;
	lic_sha256(out->data + at - LIC_RECORD_CHAIN, out->len - at + LIC_RECORD_CHAIN, chain);
	lic_buf_add(out, chain, sizeof(chain));
}
