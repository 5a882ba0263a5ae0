# SPDX-License-Identifier: Apache-2.0
# The expression language, and what a view shows of a catalog.
fs_liblicensefs_a_SOURCES += fs/view/view.h fs/view/syntax.h fs/view/glob.h fs/view/glob.c \
	fs/view/lexer.c fs/view/caret.c fs/view/parser.c fs/view/builtin.c fs/view/check.c \
	fs/view/compile.c fs/view/match.c fs/view/why.c

