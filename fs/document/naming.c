/* SPDX-License-Identifier: Apache-2.0 */
/* Names of records and of structure, and the subjects that they make. */
#include <string.h>

#include "fs/document/naming.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct lic_bytes lic_trimmed(struct lic_bytes v)
{
	while (v.n && is_blank(v.p[v.n - 1]))
		v.n--;
	while (v.n && is_blank(*v.p)) {
		v.p++;
		v.n--;
	}
	return v;
}

/* --- packed names ----------------------------------------------------------------------------- */

#define PACKED_HEAD 3 /* tag, two bytes of length */

static void pack(struct lic_buf *b, unsigned tag, struct lic_bytes name)
{
	const uint8_t head[PACKED_HEAD] = { (uint8_t)tag, (uint8_t)(name.n >> 8), (uint8_t)name.n };

	lic_buf_add(b, head, sizeof(head));
	lic_buf_add(b, name.p, name.n);
}

/* The next name from *at on; false at the end. */
static bool unpack(const struct lic_buf *b, size_t *at, unsigned *tag, struct lic_bytes *name)
{
	const uint8_t *p = (const uint8_t *)b->data + *at;

	if (*at >= b->len)
		return false;
	*tag = p[0];
	*name = (struct lic_bytes){ p + PACKED_HEAD, (size_t)p[1] << 8 | p[2] };
	*at += PACKED_HEAD + name->n;
	return true;
}

static bool has(const struct lic_buf *b, unsigned tag, struct lic_bytes name)
{
	struct lic_bytes other;
	unsigned of;

	for (size_t at = 0; unpack(b, &at, &of, &other);)
		if (of == tag && other.n == name.n && memcmp(other.p, name.p, name.n) == 0)
			return true;
	return false;
}

/* --- names of a record ------------------------------------------------------------------------ */

void lic_naming_init(struct lic_naming *m, struct lic_index_writer *w)
{
	const size_t most = (size_t)LIC_SUBJECT_NAMES_MAX * (LIC_NAME_BYTES_MAX + PACKED_HEAD);

	*m = (struct lic_naming){ .w = w, .packed = LIC_BUF_INIT(most) };
	for (unsigned i = 0; i < LIC_NAMING_PAST; i++)
		m->past[i].max = most;
}

void lic_naming_release(struct lic_naming *m)
{
	lic_buf_release(&m->packed);
	for (unsigned i = 0; i < LIC_NAMING_PAST; i++)
		lic_buf_release(&m->past[i]);
}

void lic_naming_add(struct lic_naming *m, unsigned tag, struct lic_bytes name)
{
	if (!name.n || name.n > LIC_NAME_BYTES_MAX || (m->n && has(&m->packed, tag, name)))
		return;
	if (m->n == LIC_SUBJECT_NAMES_MAX) {
		m->over = true;
		return;
	}
	pack(&m->packed, tag, name);
	m->n++;
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

/* Without quotes and brackets around it. */
static struct lic_bytes bare(struct lic_bytes v)
{
	static const char around[] = "[](){}<>\"',;";

	v = lic_trimmed(v);
	while (v.n && *v.p && strchr(around, *v.p)) {
		v.p++;
		v.n--;
	}
	while (v.n && v.p[v.n - 1] && strchr(around, v.p[v.n - 1]))
		v.n--;
	return lic_trimmed(v);
}

/* What stands between the names of a list; 0: nothing that is known. */
static uint8_t list_separator(struct lic_bytes v)
{
	static const char separators[] = "|;, \t";

	for (const char *s = separators; *s; s++)
		if (memchr(v.p, *s, v.n))
			return (uint8_t)*s;
	return 0;
}

static void add_list(struct lic_naming *m, unsigned tag, struct lic_bytes v)
{
	const uint8_t separator = list_separator(v);
	size_t from = 0;

	for (size_t i = 0; i <= v.n; i++) {
		if (i < v.n && v.p[i] != separator)
			continue;
		lic_naming_add(m, tag, bare((struct lic_bytes){ v.p + from, i - from }));
		from = i + 1;
	}
}

/* Two extensions and no way to be one path: "a.jpg b.jpg", but not "a.jpg.png". */
static bool is_list(struct lic_bytes v, size_t first)
{
	return list_separator(v) && lic_image_mention(v.p, v.n, first);
}

static bool is_bracketed(struct lic_bytes v)
{
	const uint8_t last = v.p[v.n - 1];

	return (*v.p == '[' && last == ']') || (*v.p == '(' && last == ')');
}

void lic_naming_add_value(struct lic_naming *m, unsigned tag, struct lic_bytes v)
{
	size_t first;

	v = lic_trimmed(v);
	if (!v.n)
		return;
	first = lic_image_mention(v.p, v.n, 0);
	if (is_bracketed(v) || (first && is_list(v, first))) {
		add_list(m, tag, v);
		return;
	}
	if (v.n > 1 && is_quote(*v.p) && v.p[v.n - 1] == *v.p)
		v = bare(v);
	else if (first && first < v.n && (v.p[first] == '#' || v.p[first] == '_'))
		v.n = first;
	lic_naming_add(m, tag, v);
}

/* "see(b.jpg", "image:b.jpg": the name may begin behind a sign. */
static struct lic_bytes behind_sign(struct lic_bytes v)
{
	size_t from = v.n;

	while (from && (!v.p[from - 1] || !strchr("\"'=:,;|()[]{}<>`", v.p[from - 1])))
		from--;
	return (struct lic_bytes){ v.p + from, v.n - from };
}

void lic_naming_add_mentions(struct lic_naming *m, struct lic_bytes t)
{
	for (size_t end = 0; (end = lic_image_mention(t.p, t.n, end));) {
		size_t from = end;
		struct lic_bytes word;

		while (from && !is_blank(t.p[from - 1]))
			from--;
		word = bare((struct lic_bytes){ t.p + from, end - from });
		lic_naming_add(m, LIC_TAG_OTHER, word);
		lic_naming_add(m, LIC_TAG_OTHER, behind_sign(word));
	}
}

static void write_names(struct lic_index_writer *w, const struct lic_buf *b, size_t *at, unsigned n)
{
	struct lic_bytes name;
	unsigned tag;

	lic_index_subject(w, n, false);
	while (n-- && unpack(b, at, &tag, &name))
		lic_index_name(w, tag, name.p, name.n);
}

static bool same(const struct lic_buf *a, const struct lic_buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

uint64_t lic_naming_subject(struct lic_naming *m)
{
	const bool over = m->over || lic_buf_failed(&m->packed);
	uint64_t subject = LIC_SUBJECT_NONE;
	struct lic_buf keep;
	size_t at = 0;

	for (unsigned i = 0; m->n && !over && i < LIC_NAMING_PAST; i++)
		if (same(&m->past[i], &m->packed))
			subject = m->subject[i];
	if (m->n && !over && subject == LIC_SUBJECT_NONE) {
		subject = m->w->n_subjects;
		write_names(m->w, &m->packed, &at, m->n);
		keep = m->past[m->turn];
		m->past[m->turn] = m->packed;
		m->packed = keep;
		m->subject[m->turn] = subject;
		m->turn = (m->turn + 1) % LIC_NAMING_PAST;
	}
	lic_buf_reset(&m->packed);
	m->n = 0;
	m->over = false;
	return subject;
}

/* --- suspects --------------------------------------------------------------------------------- */

void lic_suspects_release(struct lic_suspects *s)
{
	lic_buf_release(&s->packed);
}

void lic_suspects_name(struct lic_suspects *s, struct lic_bytes name)
{
	if (!name.n || name.n > LIC_NAME_BYTES_MAX)
		return;
	pack(&s->packed, LIC_TAG_SUSPECT, name);
	s->n++;
}

/* From behind the last byte of `stops` on; lines always stop. */
static struct lic_bytes back_to(struct lic_bytes t, size_t end, const char *stops)
{
	size_t from = end;

	while (from && end - from < LIC_NAME_BYTES_MAX && t.p[from - 1] &&
	       !strchr(stops, t.p[from - 1]))
		from--;
	return lic_trimmed((struct lic_bytes){ t.p + from, end - from });
}

/* Where a name begins, nobody can say who does not know the names: "see my photo (1).jpg". */
static void add_forms(struct lic_suspects *s, struct lic_bytes t, size_t end)
{
	static const char *const stops[] = { "\r\n", "\r\n\t\"'=:,|;#", "\r\n\t ",
					     "\r\n\t \"'=:,|;#()[]{}<>`" };
	size_t had = SIZE_MAX;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(stops); i++) {
		struct lic_bytes name = back_to(t, end, stops[i]);

		if (name.n == had || !lic_looks_like_image(name.p, name.n))
			continue;
		had = name.n;
		lic_suspects_name(s, name);
	}
}

static bool is_of_stem(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80 ||
	       (c && strchr("_-./\\+@~", c));
}

static void add_stems(struct lic_suspects *s, struct lic_bytes t)
{
	for (size_t at = 0; at < t.n;) {
		struct lic_bytes word = { t.p + at, 0 };

		while (at < t.n && is_of_stem(t.p[at]))
			at++;
		word.n = (size_t)(t.p + at - word.p);
		while (word.n && word.p[word.n - 1] == '.')
			word.n--;
		if (lic_is_stem(word) && !lic_looks_like_image(word.p, word.n))
			lic_suspects_name(s, word);
		at += at < t.n && !is_of_stem(t.p[at]);
	}
}

void lic_suspects_text(struct lic_suspects *s, struct lic_bytes t, bool stems)
{
	for (size_t end = 0; (end = lic_image_mention(t.p, t.n, end));)
		add_forms(s, t, end);
	if (stems)
		add_stems(s, t);
}

bool lic_suspects_write(const struct lic_suspects *s, struct lic_index_writer *w)
{
	size_t at = 0;

	if (lic_buf_failed(&s->packed))
		return false;
	for (unsigned left = s->n, n; left; left -= n) {
		n = left < LIC_SUBJECT_NAMES_MAX ? left : LIC_SUBJECT_NAMES_MAX;
		write_names(w, &s->packed, &at, n);
	}
	return true;
}
