/* SPDX-License-Identifier: Apache-2.0 */
/* brotli, with a ceiling on what comes out. */
#include <errno.h>

#include <brotli/decode.h>

#include "fs/evidence/brotli.h"

static int run(BrotliDecoderState *s, const uint8_t *p, size_t n, struct lic_buf *out)
{
	for (;;) {
		size_t none = 0;
		BrotliDecoderResult e = BrotliDecoderDecompressStream(s, &n, &p, &none, NULL, NULL);

		while (BrotliDecoderHasMoreOutput(s)) {
			size_t got = 0;
			const uint8_t *piece = BrotliDecoderTakeOutput(s, &got);

			lic_buf_add(out, piece, got);
			if (lic_buf_failed(out))
				return -E2BIG;
		}
		if (e == BROTLI_DECODER_RESULT_SUCCESS)
			return 0;
		if (e != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
			return -EBADMSG;
	}
}

int lic_unbrotli(const uint8_t *p, size_t n, struct lic_buf *out)
{
	BrotliDecoderState *s = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	int r;

	if (!s)
		return -ENOMEM;
	r = run(s, p, n, out);
	BrotliDecoderDestroyInstance(s);
	return r;
}
