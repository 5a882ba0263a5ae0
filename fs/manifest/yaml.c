/* SPDX-License-Identifier: Apache-2.0 */
/* The door of libyaml. */
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "fs/manifest/records.h"
#include "fs/manifest/yaml.h"

#define DEPTH_MAX 32

struct yaml {
	yaml_parser_t parser;
	struct lic_record *d;
	struct lic_buf path;
	const char *bad; /* what is wrong, static */
	size_t line;	 /* where, from 1 */
};

static bool fail(struct yaml *y, const char *bad, size_t line)
{
	if (!y->bad) {
		y->bad = bad;
		y->line = line + 1;
	}
	return false;
}

static bool next(struct yaml *y, yaml_event_t *e)
{
	if (yaml_parser_parse(&y->parser, e))
		return true;
	return fail(y, y->parser.problem ? y->parser.problem : "out of memory",
		    y->parser.problem_mark.line);
}

/* The plain scalars that mean nothing. */
static bool is_null(const yaml_event_t *e)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (strcmp((const char *)e->data.scalar.value, words[i]) == 0)
			return true;
	return false;
}

static bool add_scalar(struct yaml *y, const yaml_event_t *e)
{
	if (lic_buf_failed(&y->path))
		return fail(y, "keys that are nested too deep", e->start_mark.line);
	lic_record_add(y->d, lic_buf_str(&y->path), e->data.scalar.value,
		       is_null(e) ? 0 : e->data.scalar.length);
	return !y->d->failed || fail(y, "more than fits", e->start_mark.line);
}

static bool read_value(struct yaml *y, const yaml_event_t *e, unsigned depth);

static bool read_sequence(struct yaml *y, unsigned depth)
{
	size_t n = y->path.len;
	bool ok = true, end = false;

	for (unsigned i = 0; ok && !end; i++) {
		yaml_event_t e;

		if (!next(y, &e))
			return false;
		end = e.type == YAML_SEQUENCE_END_EVENT;
		if (!end) {
			lic_buf_addf(&y->path, "[%u]", i);
			ok = read_value(y, &e, depth);
			lic_buf_truncate(&y->path, n);
		}
		yaml_event_delete(&e);
	}
	return ok;
}

/* A key and its value. */
static bool read_pair(struct yaml *y, const yaml_event_t *key, unsigned depth)
{
	size_t n = y->path.len;
	yaml_event_t e;
	bool ok;

	if (key->type != YAML_SCALAR_EVENT)
		return fail(y, "a key that is no text", key->start_mark.line);
	if (n)
		lic_buf_addc(&y->path, '.');
	lic_buf_adds(&y->path, (const char *)key->data.scalar.value);
	if (!next(y, &e))
		return false;
	ok = read_value(y, &e, depth);
	yaml_event_delete(&e);
	lic_buf_truncate(&y->path, n);
	return ok;
}

static bool read_mapping(struct yaml *y, unsigned depth)
{
	bool ok = true, end = false;

	while (ok && !end) {
		yaml_event_t key;

		if (!next(y, &key))
			return false;
		end = key.type == YAML_MAPPING_END_EVENT;
		ok = end || read_pair(y, &key, depth);
		yaml_event_delete(&key);
	}
	return ok;
}

static bool read_value(struct yaml *y, const yaml_event_t *e, unsigned depth)
{
	if (depth == DEPTH_MAX)
		return fail(y, "nested too deep", e->start_mark.line);
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return add_scalar(y, e);
	case YAML_SEQUENCE_START_EVENT:
		return read_sequence(y, depth + 1);
	case YAML_MAPPING_START_EVENT:
		return read_mapping(y, depth + 1);
	default:
		return fail(y, "a repetition of an anchor, which is not read here",
			    e->start_mark.line);
	}
}

/* To the beginning of the first document's value. */
static bool read_document(struct yaml *y)
{
	for (;;) {
		yaml_event_t e;
		bool ok, last;

		if (!next(y, &e))
			return false;
		last = e.type != YAML_STREAM_START_EVENT && e.type != YAML_DOCUMENT_START_EVENT;
		ok = !last || (e.type == YAML_MAPPING_START_EVENT
				       ? read_value(y, &e, 0)
				       : fail(y, "no map of keys and values", e.start_mark.line));
		yaml_event_delete(&e);
		if (last || !ok)
			return ok;
	}
}

bool lic_yaml_parse(struct lic_record *d, const uint8_t *p, size_t n, char *why, size_t why_size)
{
	struct yaml y = { .d = d, .path = LIC_BUF_INIT(LIC_RECORD_PATH_MAX) };
	bool ok;

	lic_record_reset(d);
	if (!yaml_parser_initialize(&y.parser)) {
		snprintf(why, why_size, "out of memory");
		return false;
	}
	yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y.parser, p, n);
	ok = read_document(&y);
	if (!ok)
		snprintf(why, why_size, "line %zu: %s", y.line, y.bad);
	yaml_parser_delete(&y.parser);
	lic_buf_release(&y.path);
	return ok;
}
