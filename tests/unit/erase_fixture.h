/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for bytes in the files of a catalog, as somebody would who has the disk. */
#ifndef LICENSEFS_TESTS_ERASE_FIXTURE_H
#define LICENSEFS_TESTS_ERASE_FIXTURE_H

#include <dirent.h>

#include "tests/unit/catalog_fixture.h"

/* Bytes of all files in .licensefs/, one after the other. */
struct raw {
	char *p;
	size_t n;
};

_unused_ static void raw_add(struct raw *raw, const char *path)
{
	FILE *f = fopen(path, "rb");
	long size;

	if (!f)
		return;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) > 0) {
		raw->p = realloc(raw->p, raw->n + (size_t)size + 1);
		rewind(f);
		raw->n += fread(raw->p + raw->n, 1, (size_t)size, f);
		raw->p[raw->n++] = '\n';
	}
	fclose(f);
}

_unused_ static struct raw raw_read(const struct scratch *s)
{
	struct raw raw = { NULL, 0 };
	struct dirent *d;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" LIC_CATALOG_DIR, s->store);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/" LIC_CATALOG_DIR "/%s", s->store, d->d_name);
		raw_add(&raw, path);
	}
	if (dir)
		closedir(dir);
	return raw;
}

_unused_ static bool raw_has(const struct raw *raw, const char *text)
{
	return memmem(raw->p, raw->n, text, strlen(text)) != NULL;
}

/* Do the files have it? */
_unused_ static bool on_disk(const struct scratch *s, const char *text)
{
	struct raw raw = raw_read(s);
	bool found = raw_has(&raw, text);

	free(raw.p);
	return found;
}

#endif
