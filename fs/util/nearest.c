/* SPDX-License-Identifier: Apache-2.0 */
/* The word that was probably meant: edit distance, for error messages. */
#include <limits.h>
#include <string.h>

#include <licensefs/text.h>

#define WORD_MAX 64

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment (Damerau-Levenshtein without overlapping swaps), three rows at a time.
 */
unsigned lic_text_distance(const char *a, size_t an, const char *b, size_t bn)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	if (an > WORD_MAX || bn > WORD_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= bn; j++)
		row[j] = before[j] = (unsigned)j;
	for (size_t i = 1; i <= an; i++) {
		spare = before;
		before = above;
		above = row;
		row = spare;
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= bn; j++) {
			char ca = fold(a[i - 1]), cb = fold(b[j - 1]);

			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == fold(b[j - 2]) && cb == fold(a[i - 2]) &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return row[bn];
}

const char *lic_text_nearest(const char *s, size_t n, const char *const *words, size_t n_words)
{
	const char *best = NULL;
	unsigned least = UINT_MAX;

	for (size_t i = 0; i < n_words; i++) {
		size_t len = words[i] ? strlen(words[i]) : 0;
		unsigned d;

		if (!len)
			continue;
		d = lic_text_distance(s, n, words[i], len);
		if (d < least && d <= (len + 1) / 3) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
