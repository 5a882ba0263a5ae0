/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unsplash datasets: photos.tsv000 and its like. No column states a license: the terms of the
 * dataset bind, those of the Lite one where it says that it is, else those of the Full one, which
 * permit less. With --grant they are the license.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fs/manifest/readers.h"
#include "fs/manifest/table.h"
#include "fs/util/io.h"

enum { PHOTO_ID, PHOTO_URL, FIRST_NAME, LAST_NAME, USER_NAME, N };

static const struct lic_table_column columns[N] = {
	[PHOTO_ID] = { "photo_id", LIC_KEY_STEM, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true },
	[PHOTO_URL] = { "photo_url", LIC_KEY_NONE, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, false },
	[FIRST_NAME] = { "photographer_first_name", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY,
			 false },
	[LAST_NAME] = { "photographer_last_name", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY,
			false },
	[USER_NAME] = { "photographer_username", LIC_KEY_NONE, LIC_ROLE_NONE, LIC_CONTEXT_ANY,
			true },
};

static int bid(const struct lic_peek *k)
{
	return lic_table_is(k) && lic_table_has(k, "photo_id") &&
			       lic_table_has(k, "photographer_username")
		       ? 90
		       : 0;
}

/* Does a text beside the manifest speak of the Lite dataset, and not of the Full one? */
static bool file_says_lite(int dir, const char *name)
{
	static const char full[] = "full dataset";
	char text[16 << 10];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : lic_pread_full(fd, text, sizeof(text) - 1, 0);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return strcasestr(text, "lite") && !strcasestr(text, full);
}

/* Unpacked, the dataset lies in a directory of its name. */
static bool directory_says_lite(int dir)
{
	char link[32], path[4096];
	const char *slash;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	slash = strrchr(path, '/');
	return strcasestr(slash ? slash : path, "lite") != NULL;
}

static bool is_lite(const struct lic_manifest_reading *m)
{
	if (strcasestr(m->name, "lite"))
		return true;
	if (m->dir < 0 || strcasestr(m->name, "full"))
		return false;
	return directory_says_lite(m->dir) || file_says_lite(m->dir, "README.md") ||
	       file_says_lite(m->dir, "TERMS.md");
}

static int row(struct lic_table *t)
{
	struct lic_bytes first = t->value[FIRST_NAME], last = t->value[LAST_NAME];
	struct lic_buf name = LIC_BUF_INIT(2 * LIC_ROW_TEXT_MAX + 1);

	lic_buf_add(&name, first.p, first.n);
	if (first.n && last.n)
		lic_buf_addc(&name, ' ');
	lic_buf_add(&name, last.p, last.n);
	if (lic_buf_failed(&name))
		t->m->too_long = "photographer_first_name";
	else if (name.len)
		lic_row_claim(t->m, t->rank, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "photographer",
			      name.data, name.len);
	else
		lic_table_claim(t, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "photographer_username",
				t->value[USER_NAME]);
	lic_buf_release(&name);
	lic_row_dataset(t->m, t->own);
	return 0;
}

static int read_unsplash(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct lic_table_format format = {
		.column = columns,
		.n = N,
		.rank = LIC_RANK_MANIFEST,
		.quotes = m->peek.separator != '\t',
		.row = row,
	};
	bool lite = is_lite(m);
	char terms[64];

	snprintf(terms, sizeof(terms), "LicenseRef-Unsplash-Dataset-%s", lite ? "Lite" : "Full");
	if (!m->o->grant)
		lic_manifest_warn(
			m,
			"no column states a license; the terms of the dataset bind (%s%s), "
			"and grant what they permit with --grant only",
			terms, lite ? "" : ", because neither its name nor a README says Lite");
	return lic_table_read(m, &format, terms, err);
}

const struct lic_manifest_reader lic_manifest_unsplash = {
	.format = { "unsplash",
		    "Unsplash Lite and Full datasets (photos.tsv000), under its terms" },
	.bid = bid,
	.read = read_unsplash,
};
