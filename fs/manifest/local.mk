# SPDX-License-Identifier: Apache-2.0
# Rows of manifests as claims with keys; one file a format.
