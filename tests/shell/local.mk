# SPDX-License-Identifier: Apache-2.0
shell_tests += tests/shell/cli_license.t
