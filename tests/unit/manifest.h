/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests given as text, and their rows as text: one line a row,
 * "LINE KIND=KEY ... | rank role context field=text ...". */
#ifndef LICENSEFS_TESTS_MANIFEST_H
#define LICENSEFS_TESTS_MANIFEST_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <licensefs/manifest.h>

#include "tap.h"

struct rows {
	struct lic_buf text;
	struct lic_buf warnings;
	struct lic_manifest_options o;
	struct lic_manifest_result result;
	struct lic_error err;
	int r;
};

static int rows_add(void *ctx, const struct lic_row *row, struct lic_error *err)
{
	struct rows *rows = ctx;
	struct lic_buf *b = &rows->text;

	(void)err;
	lic_buf_addf(b, "%llu", (unsigned long long)row->line);
	for (size_t i = 0; i < row->n_keys; i++) {
		lic_buf_addf(b, " %s=", lic_key_kind_name(row->key[i].kind));
		lic_text_show(b, row->key[i].text.p, row->key[i].text.n);
	}
	for (size_t i = 0; i < row->claims->n; i++) {
		const struct lic_claim *c = &row->claims->item[i];

		lic_buf_addf(b, " | %s%s %s %s %s", lic_rank_name(c->rank), c->override ? "!" : "",
			     lic_role_name(c->role), lic_context_name(c->context), c->field);
		if (c->reserve)
			lic_buf_addf(b, " 0x%x", c->reserve);
		lic_buf_addc(b, '=');
		lic_text_show(b, c->text, strlen(c->text));
	}
	lic_buf_addc(b, '\n');
	return 0;
}

static void rows_warn(void *ctx, const char *line)
{
	struct rows *rows = ctx;

	lic_buf_addf(&rows->warnings, "%s\n", line);
}

/* Reads `n` bytes as a file of this name with the options in rows->o. */
static inline void rows_read(struct rows *rows, const char *name, const void *p, size_t n)
{
	int fd = memfd_create("manifest", MFD_CLOEXEC);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	rows->text.max = rows->warnings.max = 64u << 20;
	lic_buf_reset(&rows->text);
	lic_buf_reset(&rows->warnings);
	rows->err = (struct lic_error)LIC_ERROR_INIT;
	rows->o.row = rows_add;
	rows->o.warn = rows_warn;
	rows->o.ctx = rows;
	if (!rows->o.label)
		rows->o.label = "manifest test";
	rows->result = (struct lic_manifest_result){ 0 };
	rows->r = lic_manifest_read(fd, name, -1, &rows->o, &rows->result, &rows->err);
	close(fd);
}

static inline void rows_of(struct rows *rows, const char *name, const char *text)
{
	rows_read(rows, name, text, strlen(text));
}

static inline void rows_release(struct rows *rows)
{
	lic_buf_release(&rows->text);
	lic_buf_release(&rows->warnings);
}

#endif
