# SPDX-License-Identifier: Apache-2.0
# LIC_ADD_CFLAGS(VAR, FLAG): AC_SUBSTs VAR with FLAG if the compiler takes it.
AC_DEFUN([LIC_ADD_CFLAGS], [
  AC_MSG_CHECKING([whether $CC accepts $2])
  lic_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $2"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes]); $1="$2"], [AC_MSG_RESULT([no])])
  CFLAGS=$lic_save_CFLAGS
  AC_SUBST([$1])
])

# LIC_ENABLE_FLAG(NAME, WHAT, FLAGS): --enable-NAME adds FLAGS to LIC_SANITIZE.
AC_DEFUN([LIC_ENABLE_FLAG], [
  AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [build with $2])])
  AS_IF([test "x$enable_$1" = xyes], [LIC_SANITIZE="$LIC_SANITIZE $3"])
  AM_CONDITIONAL([ENABLE_]m4_toupper([$1]), [test "x$enable_$1" = xyes])
  AC_SUBST([LIC_SANITIZE])
])
