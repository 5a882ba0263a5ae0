/* SPDX-License-Identifier: Apache-2.0 */
/* The STORE operand and its catalog. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store.h"

static int not_a_store(const char *given, int code, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(8192);

	lic_text_quote(&shown, given, strlen(given));
	if (code == ENOTCONN)
		lic_error_set(err, code,
			      "cannot use the store '%s': a dead mount lies over it; mount it "
			      "again there, or unmount it: licensefs umount",
			      lic_buf_str(&shown));
	else
		lic_error_sys(err, code, "cannot use the store '%s'", lic_buf_str(&shown));
	lic_buf_release(&shown);
	return -code;
}

int store_init(struct store *s, const char *given, const char *catalog, struct lic_error *err)
{
	const char *from_env = getenv("LICENSEFS_CATALOG");
	struct stat st;

	s->catalog = catalog ? catalog : from_env && *from_env ? from_env : NULL;
	s->cat = NULL;
	s->path = realpath(given, NULL);
	if (!s->path || stat(s->path, &st) < 0)
		return not_a_store(given, errno, err);
	if (!S_ISDIR(st.st_mode))
		return not_a_store(given, ENOTDIR, err);
	return s->catalog ? 0 : store_refuse_mount(s, err);
}

int store_open(struct store *s, bool write, struct lic_error *err)
{
	return lic_catalog_open(s->path, s->catalog, write ? LIC_CATALOG_WRITE : LIC_CATALOG_READ,
				&s->cat, err);
}

void store_release(struct store *s)
{
	lic_catalog_close(s->cat);
	free(s->path);
	s->cat = NULL;
	s->path = NULL;
}
