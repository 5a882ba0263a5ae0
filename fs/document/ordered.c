/* SPDX-License-Identifier: Apache-2.0 */
/* The ground truth of ILSVRC: a number a line, in the order of the images, whose names only the
 * name of the file tells. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fs/document/readers.h"
#include "fs/document/sample.h"

static const struct lic_manifest_options no_options;

/* "ILSVRC2012_validation_ground_truth.txt", "ILSVRC2014_clsloc_validation_ground_truth.txt": the
 * year, and whether it is about "val" or "test"; NULL where the name says nothing. */
static const char *split_of(const char *name, unsigned *ret_year)
{
	const char *rest;
	char *end;

	if (strncasecmp(name, "ILSVRC", 6) != 0)
		return NULL;
	*ret_year = (unsigned)strtoul(name + 6, &end, 10);
	rest = end;
	if (end != name + 10 || *ret_year < 2010 || *ret_year > 2030)
		return NULL;
	if (strncasecmp(rest, "_clsloc", 7) == 0)
		rest += 7;
	if (strcasecmp(rest, "_validation_ground_truth.txt") == 0)
		return "val";
	return strcasecmp(rest, "_test_ground_truth.txt") == 0 ? "test" : NULL;
}

static int bid(const struct lic_indexing *x)
{
	unsigned year;

	return split_of(x->name, &year) && lic_head_kind(x) == LIC_HEAD_TEXT ? 95 : 0;
}

/* Later years are about the validation images of 2012. */
static void add_names(struct lic_index_writer *w, const char *split, unsigned year, unsigned line)
{
	const unsigned years[] = { year, 2012 };
	const unsigned n = year == 2012 ? 1 : 2;
	char name[64];

	lic_index_subject(w, n, false);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "ILSVRC%u_%s_%08u.JPEG", years[i], split, line);
		lic_index_name(w, LIC_TAG_COLUMN + i, name, strlen(name));
	}
}

static int read_lines(struct lic_indexing *x, struct lic_source *s, struct lic_error *err)
{
	unsigned year, line = 0;
	const char *split = split_of(x->name, &year);
	int r = lic_source_open(s, x->fd, x->name, &no_options, err);

	while (r >= 0 && !x->out->failed) {
		const uint8_t *end = memchr(s->p + s->at, '\n', s->end - s->at);
		struct lic_bytes text = { s->p + s->at, s->end - s->at };
		struct lic_record rec = { .at = lic_source_offset(s), .list = line == 0 };

		if (!end && (r = lic_source_more(s, err)) > 0)
			continue;
		if (r < 0 || !text.n)
			break;
		text.n = end ? (size_t)(end - text.p) : text.n;
		s->at += text.n + (end != NULL);
		line++;
		if (!lic_trimmed(text).n || text.n > 20 || !lic_is_number(lic_trimmed(text)))
			return lic_index_refuse(x, "line %u is no number of a class", line);
		rec.n = lic_source_offset(s) - rec.at;
		rec.subject = x->out->n_subjects;
		add_names(x->out, split, year, line);
		lic_index_record(x->out, &rec);
	}
	if (r == -EOVERFLOW)
		return lic_index_refuse(x, "line %u is no number of a class", line + 1);
	if (r >= 0 && !x->out->failed && lic_source_offset(s) != x->size)
		return lic_error_set(err, ESTALE, "'%s' has changed while it was read", x->name);
	return r < 0 ? r : 0;
}

static int index_ordered(struct lic_indexing *x, struct lic_error *err)
{
	struct lic_source s = { .fd = -1 };
	int r;

	x->ret->format = LIC_DOCUMENT_ORDERED;
	r = read_lines(x, &s, err);
	lic_source_release(&s);
	return r;
}

const struct lic_document_reader lic_document_ordered = { "ordered", bid, index_ordered };
