# SPDX-License-Identifier: Apache-2.0
# torchvision's ImageFolder and a DataLoader with two workers.
. "${top_srcdir:-.}/tests/clients/lib.sh"
need_python torch torchvision
over_views '\.(jpg|png|webp|tif)$' /usr/bin/python3 "$here/torch_imagefolder.py" {}
