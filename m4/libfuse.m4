# SPDX-License-Identifier: Apache-2.0
# LIC_LIBFUSE(LEAST): --with-libfuse. FUSE_CFLAGS and FUSE_LIBS are those of the libfuse that was chosen, $lic_libfuse
# and LIBFUSE_BUILT say which it is. Found by pkg-config, of the system or below a prefix.
AC_DEFUN([LIC_LIBFUSE], [
  AC_ARG_WITH([libfuse], [AS_HELP_STRING([--with-libfuse=system|PREFIX],
    [the libfuse to build with [what .ci/libfuse.sh left in libfuse/ of the build directory or in build/libfuse/ of the source, else the system's]])],
    [], [with_libfuse=auto])
  AS_CASE([$with_libfuse],
    [auto|yes], [with_libfuse=system
      for lic_dir in "$ac_pwd/libfuse" "$ac_abs_confdir/build/libfuse"; do
        AS_IF([test -e "$lic_dir/lib/pkgconfig/fuse3.pc"], [with_libfuse=$lic_dir; break])
      done],
    [system|/*], [],
    [AC_MSG_ERROR([--with-libfuse=$with_libfuse: neither 'system' nor an absolute path])])
  lic_save_PKG_CONFIG_PATH=$PKG_CONFIG_PATH lic_libfuse=
  AS_IF([test "x$with_libfuse" != xsystem], [
    for lic_dir in "$with_libfuse"/lib/pkgconfig "$with_libfuse"/lib64/pkgconfig "$with_libfuse"/lib/*/pkgconfig; do
      AS_IF([test -e "$lic_dir/fuse3.pc"], [lic_libfuse=$lic_dir; break])
    done
    AS_IF([test -z "$lic_libfuse"], [AC_MSG_ERROR([--with-libfuse=$with_libfuse: no lib/pkgconfig/fuse3.pc there; .ci/libfuse.sh builds one])])
    PKG_CONFIG_PATH=$lic_libfuse${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export PKG_CONFIG_PATH])
  PKG_CHECK_MODULES([FUSE], [fuse3 >= $1])
  lic_libfuse=$($PKG_CONFIG --modversion fuse3)
  AS_IF([test -e "$($PKG_CONFIG --variable=libdir fuse3)/libfuse3.so"], [lic_static=],
    [lic_static=', static'])
  AC_DEFINE_UNQUOTED([LIBFUSE_BUILT], ["$lic_libfuse$lic_static"], [the libfuse of this build])
  AS_IF([test "x$with_libfuse" = xsystem], [lic_libfuse="$lic_libfuse$lic_static (system)"],
    [lic_libfuse="$lic_libfuse$lic_static ($with_libfuse)"])
  PKG_CONFIG_PATH=$lic_save_PKG_CONFIG_PATH
  AC_SUBST([with_libfuse])
])
