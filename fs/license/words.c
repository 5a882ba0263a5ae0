/* SPDX-License-Identifier: Apache-2.0 */
/* Splits prepared text into words and URLs, and matches phrases. */
#include "fs/license/url.h"
#include "fs/license/words.h"

void lic_words_release(struct lic_words *t)
{
	free(t->w);
	*t = (struct lic_words){ 0 };
}

static unsigned gap_bit(char c, uint8_t kind)
{
	if (kind == LIC_CHAR_SPACE)
		return LIC_GAP_SPACE;
	switch (c) {
	case '-':
	case '_':
		return LIC_GAP_HYPHEN;
	case ',':
	case ';':
		return LIC_GAP_COMMA;
	case '/':
		return LIC_GAP_SLASH;
	case ':':
		return LIC_GAP_COLON;
	case '(':
	case ')':
	case '[':
	case ']':
	case '{':
	case '}':
		return LIC_GAP_BRACKET;
	case '.':
	case '!':
		return LIC_GAP_STOP;
	case '?':
		return LIC_GAP_QUERY;
	case '\'':
		return LIC_GAP_APOSTROPHE;
	default:
		return LIC_GAP_OTHER;
	}
}

static struct lic_word *append(struct lic_words *t)
{
	if (t->count == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 32;
		struct lic_word *w = reallocarray(t->w, cap, sizeof(*w));

		if (!w)
			return NULL;
		t->w = w;
		t->cap = cap;
	}
	t->w[t->count] = (struct lic_word){ 0 };
	return &t->w[t->count++];
}

static bool is_letter(uint8_t kind)
{
	return kind == LIC_CHAR_LETTER || kind == LIC_CHAR_UPPER;
}

static bool is_word(uint8_t kind)
{
	return is_letter(kind) || kind == LIC_CHAR_DIGIT || kind == LIC_CHAR_WIDE;
}

static size_t word_end(const struct lic_words *t, const uint8_t *kind, size_t i)
{
	if (kind[i] == LIC_CHAR_WIDE) {
		while (i < t->n && kind[i] == LIC_CHAR_WIDE)
			i++;
		return i;
	}
	if (is_letter(kind[i])) {
		while (i < t->n && is_letter(kind[i]))
			i++;
		return i;
	}
	while (i < t->n && (kind[i] == LIC_CHAR_DIGIT ||
			    (t->s[i] == '.' && i + 1 < t->n && kind[i + 1] == LIC_CHAR_DIGIT)))
		i++;
	return i;
}

static void describe(const struct lic_words *t, const uint8_t *kind, struct lic_word *w)
{
	if (kind[w->off] == LIC_CHAR_DIGIT) {
		w->code = LIC_WORD_NUMBER;
		return;
	}
	w->code = (uint8_t)lic_vocabulary_code(t->s + w->off, w->len);
	w->upper = true;
	for (size_t i = 0; i < w->len; i++)
		w->upper = w->upper && kind[w->off + i] == LIC_CHAR_UPPER;
}

bool lic_words_split(const char *s, const char *kinds, size_t n, struct lic_words *ret)
{
	const uint8_t *kind = (const uint8_t *)kinds;
	struct lic_words t = { .s = s, .n = n };
	bool joined = false; /* URL characters since the last space or quote */
	unsigned gap = 0;

	for (size_t i = 0, end; i < t.n; i = end) {
		size_t url = strchr("hw/cril", t.s[i]) ? lic_url_span(t.s, t.n, i, joined) : 0;
		struct lic_word *w;

		if (!url && !is_word(kind[i])) {
			gap |= gap_bit(t.s[i], kind[i]);
			if (kind[i] == LIC_CHAR_SPACE || strchr("<>\"'`{}|()[]", t.s[i]))
				joined = false;
			else if (strchr("/?@#%\\", t.s[i]))
				joined = true;
			end = i + 1;
			continue;
		}
		end = url ? i + url : word_end(&t, kind, i);
		w = append(&t);
		if (!w) {
			lic_words_release(&t);
			return false;
		}
		w->off = (uint32_t)i;
		w->len = (uint32_t)(end - i);
		w->gap = (uint16_t)gap;
		if (url)
			w->code = LIC_WORD_URL;
		else
			describe(&t, kind, w);
		gap = 0;
	}
	t.tail = (uint16_t)(gap | LIC_GAP_END);
	*ret = t;
	return true;
}

enum lic_word_code lic_word_code(const struct lic_words *t, size_t i)
{
	return i < t->count ? (enum lic_word_code)t->w[i].code : LIC_WORD_OTHER;
}

unsigned lic_word_gap(const struct lic_words *t, size_t i)
{
	return i < t->count ? t->w[i].gap : t->tail;
}

static bool word_matches(const struct lic_words *t, size_t i, const char *word, size_t n)
{
	const struct lic_word *w = &t->w[i];

	if (w->code == LIC_WORD_URL)
		return false;
	if (n && word[n - 1] == '*')
		return w->len >= n - 1 && !memcmp(t->s + w->off, word, n - 1);
	return w->len == n && !memcmp(t->s + w->off, word, n);
}

size_t lic_words_phrase_there(const struct lic_words *t, size_t i, const char *phrase)
{
	size_t k = i;

	for (const char *word = phrase; *word; k++) {
		size_t n = strcspn(word, " ");

		if (k >= t->count || !word_matches(t, k, word, n))
			return 0;
		if (k > i && (t->w[k].gap & (LIC_GAP_STOP | LIC_GAP_QUERY)))
			return 0;
		word += n;
		word += *word == ' ';
	}
	return k - i;
}

size_t lic_words_phrases(const struct lic_words *t, size_t i, const char *const *phrases, size_t n,
			 size_t *ret_which)
{
	size_t longest = 0;

	for (size_t k = 0; k < n; k++) {
		size_t len = lic_words_phrase(t, i, phrases[k]);

		if (len > longest) {
			longest = len;
			*ret_which = k;
		}
	}
	return longest;
}
