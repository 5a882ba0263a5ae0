/* SPDX-License-Identifier: Apache-2.0 */
/* The first rows of a text: what they tell about all of it. */
#include <string.h>
#include <strings.h>

#include "fs/document/sample.h"

/* --- the head as text ------------------------------------------------------------------------- */

enum lic_head_kind lic_head_kind(const struct lic_indexing *x)
{
	size_t odd = 0;

	if (!x->head_n)
		return LIC_HEAD_EMPTY;
	if (x->head_n >= 2 && x->head[0] >= 0xfe && x->head[1] >= 0xfe)
		return LIC_HEAD_UTF16;
	if (memchr(x->head, '\0', x->head_n) ||
	    (x->head_n >= 2 && x->head[0] == 0x1f && x->head[1] == 0x8b))
		return LIC_HEAD_BINARY; /* gzip, which lic_source would undo */
	for (size_t i = 0; i < x->head_n; i++)
		odd += x->head[i] < 0x20 && !(x->head[i] >= '\t' && x->head[i] <= '\r');
	return odd * 64 > x->head_n ? LIC_HEAD_BINARY : LIC_HEAD_TEXT;
}

bool lic_has_extension(const struct lic_indexing *x, const char *extension)
{
	const char *dot = strrchr(x->name, '.');

	return dot && strcasecmp(dot + 1, extension) == 0;
}

bool lic_next_line(const uint8_t *p, size_t n, size_t *at, struct lic_bytes *ret)
{
	const uint8_t *end;

	if (*at >= n)
		return false;
	end = memchr(p + *at, '\n', n - *at);
	*ret = (struct lic_bytes){ p + *at, end ? (size_t)(end - p) - *at : n - *at };
	*at += ret->n + (end != NULL);
	while (ret->n && ret->p[ret->n - 1] == '\r')
		ret->n--;
	return true;
}

size_t lic_head_start(const struct lic_indexing *x, unsigned *ret_lines)
{
	size_t at = x->head_n >= 3 && memcmp(x->head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, next = at;
	struct lic_bytes line;

	*ret_lines = 0;
	while (lic_next_line(x->head, x->head_n, &next, &line)) {
		if (!line.n || *line.p != '#')
			break;
		at = next;
		(*ret_lines)++;
	}
	return at;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void look_at(struct lic_sample *s, const struct lic_bytes *field, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lic_column_look(&s->look[i], field[i]);
}

void lic_sample_add(struct lic_sample *s, const struct lic_bytes *field, size_t n)
{
	s->n = n > s->n ? n : s->n;
	if (s->rows++ == 0) {
		s->first_n = n;
		memcpy(s->first, field, n * sizeof(*field));
		return;
	}
	s->ragged += n != s->first_n;
	look_at(s, field, n);
}

enum head { SAME_KIND, SAME_NUMBER, NEITHER, OTHER_KIND };

/* Is a column made of what its first cell is not? Then the cell is its head. */
static enum head compare(const struct lic_column_look *c, struct lic_bytes cell)
{
	struct lic_column_look one = { 0 };

	lic_column_look(&one, cell);
	if (!one.n || !c->n)
		return NEITHER;
	if (c->n_few < LIC_LOOK_FEW && c->n > c->n_few && lic_column_saw(c, cell) && !one.number)
		return SAME_KIND;
	if (c->number * 2 > c->n)
		return one.number ? SAME_NUMBER : OTHER_KIND;
	if ((c->image + c->mention) * 2 > c->n)
		return OTHER_KIND;
	if (c->stem * 2 > c->n)
		return one.stem || one.number ? SAME_KIND : OTHER_KIND;
	return one.number ? SAME_NUMBER : NEITHER;
}

static bool is_header(const struct lic_sample *s, bool plain)
{
	unsigned known = 0, found[OTHER_KIND + 1] = { 0 };

	for (size_t i = 0; i < s->first_n; i++) {
		const struct lic_bytes cell = lic_trimmed(s->first[i]);

		if (cell.n && lic_image_mention(cell.p, cell.n, 0))
			return false;
		known += lic_header_word(cell) != LIC_HEADER_UNKNOWN;
		found[compare(&s->look[i], cell)]++;
	}
	if (found[SAME_KIND])
		return false;
	if (plain)
		return known && !found[SAME_NUMBER];
	return known || (found[OTHER_KIND] && !found[SAME_NUMBER]);
}

void lic_sample_end(struct lic_sample *s, bool plain)
{
	struct lic_bytes header[LIC_FIELDS_MAX] = { { NULL, 0 } };

	s->header = s->rows && is_header(s, plain);
	if (s->header)
		memcpy(header, s->first, s->first_n * sizeof(header[0]));
	else
		look_at(s, s->first, s->first_n);
	lic_columns_choose(s->look, s->n, s->header ? header : NULL, &s->columns);
}

void lic_sample_suspect(struct lic_suspects *s, const struct lic_bytes *field, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct lic_bytes cell = lic_trimmed(field[i]);

		if (n == 1 || lic_header_word(cell) == LIC_HEADER_UNKNOWN)
			lic_suspects_name(s, cell);
	}
}
