# SPDX-License-Identifier: Apache-2.0
# Pillow decodes everything.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need_python PIL
over_views . /usr/bin/python3 "$here/pil_verify.py" {}
