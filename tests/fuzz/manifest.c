/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests: any bytes as a file of one format, and as one whose format is looked for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/manifest.h>
#include <licensefs/rights.h>
#include <licensefs/text.h>

#include "fs/manifest/reader.h"
#include "fs/util/hash.h"
#include "tests/fuzz/fuzz.h"

#define LABEL "manifest fuzz"
#define NOW INT64_C(1790000000)

struct rows {
	const struct lic_manifest_options *o;
	uint64_t n, line;
	struct lic_buf text; /* all that the rows say */
};

static void check_claim(const struct lic_claim *c, const struct rows *rows)
{
	FUZZ_CHECK(strcmp(c->source, LABEL) == 0, "source '%s'", c->source);
	FUZZ_CHECK(*c->field && lic_utf8_valid(c->field, strlen(c->field)), "field");
	FUZZ_CHECK(c->text && lic_utf8_valid(c->text, strlen(c->text)), "text of %s", c->field);
	/* the limit is of the bytes; decoding makes at most three of one, and a source or a list
	 * may be put together from several */
	FUZZ_CHECK(strlen(c->text) <= 4u * LIC_ROW_TEXT_MAX, "%s: %zu bytes", c->field,
		   strlen(c->text));
	FUZZ_CHECK(c->rank == LIC_RANK_NONE || c->rank == LIC_RANK_DATASET ||
			   c->rank == LIC_RANK_MANIFEST,
		   "rank %d", (int)c->rank);
	FUZZ_CHECK(c->role < LIC_ROLE_COUNT && c->context < LIC_CONTEXT_COUNT,
		   "role %d, context %d", (int)c->role, (int)c->context);
	FUZZ_CHECK(c->role != LIC_ROLE_DENY && c->role != LIC_ROLE_TRUST && !c->ref,
		   "%s speaks for the operator", c->field);
	FUZZ_CHECK(c->role != LIC_ROLE_TERMS || c->rank == LIC_RANK_DATASET, "terms of an image");
	FUZZ_CHECK(c->override == (c->rank == LIC_RANK_DATASET && rows->o->grant), "override");
}

static void check_key(const struct lic_key *k)
{
	FUZZ_CHECK(k->kind > LIC_KEY_NONE && k->kind < LIC_KEY_COUNT, "key of kind %d",
		   (int)k->kind);
	FUZZ_CHECK((k->text.n > 0) == (k->kind != LIC_KEY_ALL), "%s of %zu bytes",
		   lic_key_kind_name(k->kind), k->text.n);
	FUZZ_CHECK(k->text.n <= LIC_ROW_TEXT_MAX, "%s of %zu bytes", lic_key_kind_name(k->kind),
		   k->text.n);
}

static int check_row(void *ctx, const struct lic_row *row, struct lic_error *err)
{
	struct lic_policy policy = { .now = NOW };
	struct rows *rows = ctx;
	struct lic_rights rights;

	(void)err;
	rows->n++;
	FUZZ_CHECK(row->n_keys && row->n_keys <= LIC_ROW_KEYS_MAX, "%zu keys", row->n_keys);
	FUZZ_CHECK(row->line >= rows->line, "line %llu comes behind %llu",
		   (unsigned long long)row->line, (unsigned long long)rows->line);
	FUZZ_CHECK(!row->claims->damage, "damaged: %s", row->claims->damage);
	rows->line = row->line;
	for (size_t i = 0; i < row->n_keys; i++) {
		check_key(&row->key[i]);
		lic_buf_add(&rows->text, row->key[i].text.p, row->key[i].text.n);
		lic_buf_addc(&rows->text, '\n');
	}
	for (size_t i = 0; i < row->claims->n; i++) {
		check_claim(&row->claims->item[i], rows);
		lic_buf_adds(&rows->text, row->claims->item[i].text);
		lic_buf_addc(&rows->text, '\n');
	}
	lic_rights_resolve(row->claims, &policy, &rights, NULL, NULL);
	return 0;
}

static void check_warning(void *ctx, const char *line)
{
	(void)ctx;
	FUZZ_CHECK(*line, "an empty warning");
}

/* What the operator says of a table: for half of the inputs, by number; in JSON by name. */
static size_t choose_map(const struct fuzz_target *t, const uint8_t *p, size_t n,
			 const struct lic_manifest_map **ret)
{
	static const struct lic_manifest_map numbers[] = { { "path", "1" },
							   { "license", "2" },
							   { "url", "3" } };
	static const struct lic_manifest_map names[] = { { "path", "path" },
							 { "license", "license" } };
	bool json = t->manifest && strcmp(t->manifest->format.name, "jsonl") == 0;

	if (!t->manifest || !t->manifest->maps || fuzz_choose(p, n, 1, 2))
		return 0;
	*ret = json ? names : numbers;
	return json ? LIC_ARRAY_SIZE(names) : LIC_ARRAY_SIZE(numbers);
}

static int read_rows(const struct fuzz_target *t, const uint8_t *p, size_t n, bool grant,
		     struct rows *rows)
{
	struct lic_manifest_options o = {
		.format = t->manifest ? t->manifest->format.name : NULL,
		.label = LABEL,
		.grant = grant,
		.row = check_row,
		.warn = check_warning,
		.ctx = rows,
	};
	struct lic_manifest_result result = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	int r;

	*rows = (struct rows){ .o = &o, .text = LIC_BUF_INIT(16u << 20) };
	o.n_map = choose_map(t, p, n, &o.map);
	r = lic_manifest_read(fuzz_file(p, n), "metadata.fuzz", -1, &o, &result, &err);
	if (r == 0) {
		FUZZ_CHECK(result.rows == (int64_t)rows->n, "%lld rows of %llu",
			   (long long)result.rows, (unsigned long long)rows->n);
		FUZZ_CHECK(result.format, "no format");
		FUZZ_CHECK(!o.format || strcmp(o.format, result.format) == 0, "format %s",
			   result.format);
	} else {
		FUZZ_CHECK(r == -EBADMSG || r == -EINVAL || r == -ENOTSUP, "error %d: %s", r,
			   err.msg);
		FUZZ_CHECK(err.code == -r && strstr(err.msg, "metadata.fuzz"), "error %d: %s", r,
			   err.msg);
	}
	return r;
}

void fuzz_manifest(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	struct rows once, again;
	int r = read_rows(t, p, n, false, &once);

	FUZZ_CHECK(read_rows(t, p, n, true, &again) == r, "--grant changes the error");
	FUZZ_CHECK(once.n == again.n && once.text.len == again.text.len &&
			   memcmp(lic_buf_str(&once.text), lic_buf_str(&again.text),
				  once.text.len) == 0,
		   "--grant changes rows");
	lic_buf_release(&once.text);
	lic_buf_release(&again.text);
}
