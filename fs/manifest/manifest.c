/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the format of a manifest and has it read. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/manifest/reader.h"

void lic_manifest_warn(struct lic_manifest_reading *m, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!m->o->warn)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	m->o->warn(m->o->ctx, line);
}

const struct lic_manifest_format *lic_manifest_format_at(size_t i)
{
	for (size_t k = 0; lic_manifest_readers[k]; k++)
		if (k == i)
			return &lic_manifest_readers[k]->format;
	return NULL;
}

static const struct lic_manifest_reader *find_reader(const char *name, struct lic_error *err)
{
	const char *names[64] = { NULL };
	const char *near;
	size_t n = 0;

	for (; lic_manifest_readers[n]; n++) {
		if (strcmp(lic_manifest_readers[n]->format.name, name) == 0)
			return lic_manifest_readers[n];
		if (n < LIC_ARRAY_SIZE(names))
			names[n] = lic_manifest_readers[n]->format.name;
	}
	near = lic_text_nearest(name, strlen(name), names,
				n < LIC_ARRAY_SIZE(names) ? n : LIC_ARRAY_SIZE(names));
	lic_error_set(err, EINVAL, "no format is named '%s'%s%s%s", name,
		      near ? "; did you mean '" : "; 'licensefs import --formats' lists all",
		      near ? near : "", near ? "'?" : "");
	return NULL;
}

static const struct lic_manifest_reader *best_reader(const struct lic_peek *peek)
{
	const struct lic_manifest_reader *best = NULL;
	int most = 0;

	for (size_t i = 0; lic_manifest_readers[i]; i++) {
		const struct lic_manifest_reader *r = lic_manifest_readers[i];
		int bid = r->bid && (r->maps || !peek->mapped) ? r->bid(peek) : 0;

		if (bid > most) {
			most = bid;
			best = r;
		}
	}
	return best;
}

static const struct lic_manifest_reader *choose(const struct lic_manifest_reading *m,
						struct lic_error *err)
{
	const struct lic_manifest_reader *r;

	if (m->peek.n >= 2 &&
	    (memcmp(m->peek.p, "\xff\xfe", 2) == 0 || memcmp(m->peek.p, "\xfe\xff", 2) == 0)) {
		lic_error_set(err, EBADMSG, "'%s' is UTF-16, not UTF-8; convert it with iconv",
			      m->name);
		return NULL;
	}
	if (m->o->format)
		return find_reader(m->o->format, err);
	if (m->peek.n >= 4 && memcmp(m->peek.p, "PAR1", 4) == 0) {
		lic_error_set(err, ENOTSUP,
			      "'%s' is Parquet, which must be converted first; "
			      "licensefs-import(1) has the line",
			      m->name);
		return NULL;
	}
	r = best_reader(&m->peek);
	if (!r)
		lic_error_set(err, ENOTSUP,
			      "'%s' is of no format that licensefs knows; name one "
			      "by --format ('licensefs import --formats' lists "
			      "them), or name the columns of a table by --map",
			      m->name);
	return r;
}

static const char *base_name(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t n;

	snprintf(buf, size, "%s", slash ? slash + 1 : path);
	n = strlen(buf);
	if (n > 3 && strcasecmp(buf + n - 3, ".gz") == 0)
		buf[n - 3] = '\0';
	return buf;
}

/* Reads ahead; the source stands at the start of the file afterwards. */
static int peek(struct lic_manifest_reading *m, uint8_t *copy, const char *base,
		struct lic_error *err)
{
	struct lic_source *s = &m->source;
	size_t n;
	int r = 1;

	while (r > 0 && s->end < LIC_PEEK_MAX)
		r = lic_source_more(s, err);
	if (r < 0)
		return r;
	n = s->end < LIC_PEEK_MAX ? s->end : LIC_PEEK_MAX;
	memcpy(copy, s->p, n);
	lic_peek_fill(&m->peek, copy, n, s->eof && n == s->end, base);
	return lic_source_rewind(s, err);
}

static void reading_release(struct lic_manifest_reading *m)
{
	if (!m)
		return;
	lic_source_release(&m->source);
	lic_claims_release(&m->claims);
	lic_arena_release(&m->keys);
	lic_buf_release(&m->text);
	free(m);
}

static void reading_releasep(struct lic_manifest_reading **m)
{
	reading_release(*m);
}

int lic_manifest_read(int fd, const char *name, int dir, const struct lic_manifest_options *o,
		      struct lic_manifest_result *ret, struct lic_error *err)
{
	_cleanup_(reading_releasep) struct lic_manifest_reading *m = calloc(1, sizeof(*m));
	_cleanup_(lic_freep) uint8_t *copy = malloc(LIC_PEEK_MAX);
	const struct lic_manifest_reader *reader;
	char base[256];
	int r;

	if (!m || !copy)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", name);
	m->o = o;
	m->name = name;
	m->dir = dir;
	m->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	m->keys.max = 1u << 20;
	m->text.max = 4 * LIC_WINDOW_MAX;
	m->source.fd = -1;
	r = lic_source_open(&m->source, fd, name, o, err);
	if (r == 0)
		r = peek(m, copy, base_name(name, base, sizeof(base)), err);
	if (r < 0)
		return r;
	m->peek.mapped = o->n_map > 0;
	reader = choose(m, err);
	if (!reader)
		return err ? -err->code : -ENOTSUP;
	if (o->n_map && !reader->maps)
		return lic_error_set(err, EINVAL,
				     "--map is for tables of no known format; '%s' is read as %s, "
				     "which says what its columns mean",
				     name, reader->format.name);
	r = o->detected ? o->detected(o->ctx, reader->format.name, err) : 0;
	if (r == 0)
		r = reader->read(m, err);
	if (r != 0)
		return r;
	*ret = (struct lic_manifest_result){ reader->format.name, m->rows };
	return 0;
}
