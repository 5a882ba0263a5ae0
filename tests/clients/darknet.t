# SPDX-License-Identifier: Apache-2.0
# Debian's darknet trains a small classifier; its lists cannot hold names with blanks.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need darknet bc
over_views '^[^ ]*\.(jpg|png)$' bash "$here/darknet_train.sh" {}
