# SPDX-License-Identifier: Apache-2.0
# cv2.imread of everything.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need_python cv2
over_views '\.(jpg|png|webp|tif)$' /usr/bin/python3 "$here/opencv_imread.py" {}
