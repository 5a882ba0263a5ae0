# SPDX-License-Identifier: Apache-2.0
shell_tests +=
