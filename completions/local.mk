# SPDX-License-Identifier: Apache-2.0
bashcompletiondir = @bashcompletiondir@
dist_bashcompletion_DATA = completions/licensefs
