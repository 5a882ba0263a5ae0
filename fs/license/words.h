/* SPDX-License-Identifier: Apache-2.0 */
/* Prepared text as words and URLs, and phrases of them. */
#ifndef LICENSEFS_LICENSE_WORDS_H
#define LICENSEFS_LICENSE_WORDS_H

#include <string.h>

#include "fs/license/prepare.h"

/* What stands between a word and the one before, as bits; 0 where nothing does ("cc0", "v4"). */
#define LIC_GAP_SPACE 1u
#define LIC_GAP_HYPHEN 2u /* - _ */
#define LIC_GAP_COMMA 4u  /* , ; */
#define LIC_GAP_SLASH 8u
#define LIC_GAP_COLON 16u
#define LIC_GAP_BRACKET 32u
#define LIC_GAP_STOP 64u /* . ! */
#define LIC_GAP_QUERY 128u
#define LIC_GAP_APOSTROPHE 256u
#define LIC_GAP_OTHER 512u
#define LIC_GAP_END 1024u /* of the text */

/* Words that some rule asks for by kind. */
enum lic_word_code {
	LIC_WORD_OTHER = 0,
	LIC_WORD_NUMBER, /* 4.0 */
	LIC_WORD_URL,
	LIC_WORD_CC,
	LIC_WORD_CREATIVE,
	LIC_WORD_COMMONS,
	LIC_WORD_CREATIVECOMMONS,
	LIC_WORD_LICENSE,
	LIC_WORD_PUBLIC,
	LIC_WORD_VERSION,
	LIC_WORD_QUALIFIER,  /* international, unported, ... */
	LIC_WORD_CONNECTIVE, /* may follow a license's name without being a part of it */
	LIC_WORD_DENIAL,     /* not, except, only, reserved, ...: wherever it stands in the text */
	LIC_WORD_FORMER,     /* originally, once, ...: before a license's name */
	LIC_WORD_PAST,	     /* was: just before a license's name */
	LIC_WORD_PURPOSE,    /* research, private, ...: with "use" or "purposes" */
	LIC_WORD_USE,
	LIC_WORD_ELSEWHERE, /* text, metadata, ...: the license may be for that and not the image */
};

struct lic_word {
	uint32_t off, len;
	uint16_t gap;  /* LIC_GAP_*, before it */
	uint8_t code;  /* enum lic_word_code */
	bool upper;    /* all letters, and all in upper case as written */
	bool consumed; /* part of something that was understood */
};

struct lic_words {
	const char *s; /* prepared text; not owned */
	size_t n;
	struct lic_word *w; /* owned */
	size_t count, cap;
	uint16_t tail; /* gap behind the last word, LIC_GAP_END included */
};

void lic_words_release(struct lic_words *t);
/* Splits n bytes of prepared text and their kinds, which must outlive the result. False where
 * memory ran out. Cost linear in n. */
bool lic_words_split(const char *s, const char *kind, size_t n,
		     struct lic_words *ret) _nonnull_all_ _must_check_;

static inline bool lic_word_is(const struct lic_words *t, size_t i, const char *word)
{
	return i < t->count && t->s[t->w[i].off] == *word && t->w[i].len == strlen(word) &&
	       memcmp(t->s + t->w[i].off, word, t->w[i].len) == 0;
}
/* Code of word i, LIC_WORD_OTHER past the end. */
enum lic_word_code lic_word_code(const struct lic_words *t, size_t i) _nonnull_all_;
/* Gap before word i; behind the last word, the tail. */
unsigned lic_word_gap(const struct lic_words *t, size_t i) _nonnull_all_;
size_t lic_words_phrase_there(const struct lic_words *t, size_t i,
			      const char *phrase) _nonnull_all_;
/* How many words from i on a phrase takes, 0 if they differ. Words of a phrase are separated by one
 * space; "*" at the end of a word stands for any letters. Sentences are not crossed. Inline,
 * because most of hundreds of phrases differ in the first letters. */
static inline size_t lic_words_phrase(const struct lic_words *t, size_t i, const char *phrase)
{
	const char *s = t->s;

	if (i >= t->count || s[t->w[i].off] != *phrase)
		return 0;
	/* so do most of the others in the second; a word of one letter is rare in both */
	if (t->w[i].len > 1 && s[t->w[i].off + 1] != phrase[1] && phrase[1] != '*')
		return 0;
	return lic_words_phrase_there(t, i, phrase);
}
/* The longest of n phrases from i on; *ret_which gets its index. */
size_t lic_words_phrases(const struct lic_words *t, size_t i, const char *const *phrases, size_t n,
			 size_t *ret_which) _nonnull_all_;

/* May there be a character at U+3000 or above, as there is in texts written without spaces? Linear
 * in n. */
static inline bool lic_words_wide(const struct lic_words *t)
{
	for (size_t i = 0; i < t->n; i++)
		if ((uint8_t)t->s[i] >= 0xe3)
			return true;
	return false;
}

/* The code of a folded word. */
enum lic_word_code lic_vocabulary_code(const char *s, size_t n) _nonnull_all_;

#endif
