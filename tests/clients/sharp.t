# SPDX-License-Identifier: Apache-2.0
# npm's sharp (libvips) decodes everything; SHARP_DIR is where its node_modules lies.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need node
[ -d "${SHARP_DIR:-.}/node_modules/sharp" ] || skip_all "sharp is not installed; set SHARP_DIR"
over_views . node "$here/sharp_decode.mjs" {}
