/* SPDX-License-Identifier: Apache-2.0 */
/* PBM, PGM, PPM and PAM: comments of the header. */
#include <ctype.h>
#include <string.h>

#include "fs/evidence/reader.h"

/* Plain text may begin with "P1" too: the magic must be followed by a size or a comment. */
static int bid(const uint8_t *p, size_t n)
{
	size_t i = 2;

	if (n < 8 || p[0] != 'P' || p[1] < '1' || p[1] > '7')
		return 0;
	if (p[1] == '7')
		return p[2] == '\n' && (p[3] == '#' || memcmp(p + 3, "WIDTH", 5) == 0 ||
					memcmp(p + 3, "HEIGH", 5) == 0 ||
					memcmp(p + 3, "DEPTH", 5) == 0 ||
					memcmp(p + 3, "MAXVA", 5) == 0 ||
					memcmp(p + 3, "TUPLT", 5) == 0)
			       ? 50
			       : 0;
	if (!isspace(p[2]) && p[2] != '#')
		return 0;
	while (i < n && isspace(p[i]))
		i++;
	if (i < n && p[i] == '#')
		return 40;
	while (i < n && isdigit(p[i]))
		i++;
	return i < n && isspace(p[i]) && isdigit(p[i - 1]) ? 50 : 0;
}

static void add_comment(struct lic_reading *r, const uint8_t *p, size_t n)
{
	lic_reading_add(r, "PNM", &lic_field_pnm_comment, lic_reading_texts(r), LIC_CHARSET_GUESS,
			p, n);
}

/* Length of the line at p without its end; *ret_next is where the next one begins. */
static size_t line(const uint8_t *p, size_t n, size_t *ret_next)
{
	size_t k = 0;

	while (k < n && p[k] != '\n' && p[k] != '\r')
		k++;
	*ret_next = k < n ? k + 1 : k;
	return k;
}

/* Width, height and, but for bitmaps, the largest value; comments run from '#' to the end of the
 * line. True where the header is whole. */
static bool header(struct lic_reading *r, const uint8_t *p, size_t n)
{
	unsigned numbers = p[1] == '1' || p[1] == '4' ? 2 : 3;
	size_t i = 2, next;

	while (numbers && i < n) {
		if (p[i] == '#') {
			size_t k = line(p + i + 1, n - i - 1, &next);

			add_comment(r, p + i + 1, k);
			i += 1 + next;
		} else if (isspace(p[i])) {
			i++;
		} else if (isdigit(p[i])) {
			while (i < n && isdigit(p[i]))
				i++;
			numbers--;
		} else {
			return false;
		}
	}
	return !numbers;
}

static bool pam_header(struct lic_reading *r, const uint8_t *p, size_t n)
{
	size_t i = 3, next;

	for (; i < n; i += next) {
		size_t k = line(p + i, n - i, &next);

		if (k && p[i] == '#')
			add_comment(r, p + i + 1, k - 1);
		else if (k == 6 && memcmp(p + i, "ENDHDR", 6) == 0)
			return true;
	}
	return false;
}

static void read_pnm(struct lic_reading *r)
{
	uint64_t size = r->in->size, max = r->limits->value_max;
	struct lic_block b;
	bool whole;

	if (!lic_reading_block(r, 0, size < max ? size : max, &b))
		return;
	whole = b.n > 2 && (b.p[1] == '7' ? pam_header(r, b.p, b.n) : header(r, b.p, b.n));
	if (!whole)
		lic_reading_damage(r, "PNM header that is not whole");
	lic_block_release(&b);
}

const struct lic_reader lic_reader_pnm = { "pnm", LIC_FORMAT_PNM, bid, read_pnm };
