/* SPDX-License-Identifier: Apache-2.0 */
/* Photo ids in file names: strict, because a wrong one would grant the license of a stranger. */
#include <string.h>
#include <strings.h>

#include "fs/manifest/key.h"

/* Least digits of an id: what stands around it in the name makes up for the rest. Nearly every
 * number is somebody's photo, so that the images of a set that are counted would all be strangers'.
 */
#define BARE_MIN 7u   /* nothing else in the name: not the number of a sequence */
#define OTHER_MIN 5u  /* a second number in the name that could be meant */
#define SECRET_MIN 4u /* beside a secret */
#define WEAK_MIN 7u   /* beside a size that many names end in, or a secret that may be an id */

static bool is_one_of(struct lic_bytes s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == s.n && memcmp(words[i], s.p, s.n) == 0)
			return true;
	return false;
}

/* https://www.flickr.com/services/api/misc.urls.html */
static bool is_flickr_size(struct lic_bytes s)
{
	static const char *const sizes[] = { "s", "q", "t",  "m",  "n", "w",  "z",  "c", "l", "b",
					     "h", "k", "3k", "4k", "f", "5k", "6k", "o", "sq" };

	return is_one_of(s, sizes, LIC_ARRAY_SIZE(sizes));
}

static bool all_digits(struct lic_bytes s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

bool lic_key_is_id(struct lic_bytes s, size_t least)
{
	return s.n >= least && s.n <= LIC_KEY_ID_DIGITS && all_digits(s) && s.p[0] != '0';
}

/* Ten hexadecimal digits; old ones lack the leading zero. */
static bool is_secret(struct lic_bytes s)
{
	bool letter = false;

	if (s.n < 9 || s.n > 10)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool af = s.p[i] >= 'a' && s.p[i] <= 'f';

		if (!af && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
		letter |= af;
	}
	return letter || s.n == 10;
}

static unsigned number(const uint8_t *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return v;
}

/* Of the time since there are digital cameras; a and b are day and month in either order. */
static bool is_day(unsigned year, unsigned a, unsigned b)
{
	return year >= 1980 && year <= 2099 && a >= 1 && b >= 1 && a <= 31 && b <= 31 &&
	       (a <= 12 || b <= 12);
}

/* CCYYMMDD, the hour or a number behind it, or DDMMCCYY. */
static bool is_date(struct lic_bytes s)
{
	if (s.n < 8 || !all_digits(s))
		return false;
	return is_day(number(s.p, 4), number(s.p + 4, 2), number(s.p + 6, 2)) ||
	       (s.n == 8 && is_day(number(s.p + 4, 4), number(s.p, 2), number(s.p + 2, 2)));
}

static bool is_sure_id(struct lic_bytes s, size_t least)
{
	return lic_key_is_id(s, least) && !is_date(s);
}

/* Cuts what stands behind the last `_` off; false where there is none. */
static bool cut_last(struct lic_bytes *s, struct lic_bytes *ret)
{
	const uint8_t *bar = s->n ? memrchr(s->p, '_', s->n) : NULL;

	if (!bar)
		return false;
	*ret = (struct lic_bytes){ bar + 1, s->n - (size_t)(bar + 1 - s->p) };
	s->n = (size_t)(bar - s->p);
	return true;
}

static struct lic_bytes last_token(struct lic_bytes s, bool *ret_title)
{
	struct lic_bytes token = s;

	*ret_title = cut_last(&s, &token);
	return token;
}

/* `[TITLE]_ID_SECRET...`: a title only where a size follows; a secret without a letter does not
 * make an id of a date or a year. */
static bool find_before_secret(struct lic_bytes s, bool sized, struct lic_bytes *ret)
{
	struct lic_bytes secret, id;
	bool title;

	if (!cut_last(&s, &secret) || !is_secret(secret))
		return false;
	id = last_token(s, &title);
	if (title && !sized)
		return false;
	*ret = id;
	return all_digits(secret) ? is_sure_id(id, WEAK_MIN) : lic_key_is_id(id, SECRET_MIN);
}

/* `ID`, `ID_SIZE` or `[TITLE]_ID_SIZE` */
static bool find_last(struct lic_bytes s, bool sized, struct lic_bytes *ret)
{
	bool title;
	struct lic_bytes id = last_token(s, &title);

	if ((title && !sized) || !is_sure_id(id, sized ? WEAK_MIN : BARE_MIN))
		return false;
	*ret = id;
	return true;
}

/* Names as Flickr writes them. Where two readings hold, the name says nothing. */
static bool find_plain(struct lic_bytes s, struct lic_bytes *ret)
{
	struct lic_bytes cut = s, last, a = { NULL, 0 }, b = a;
	bool download = false, sized = false, secret, alone;

	if (cut_last(&cut, &last) && last.n == 1 && last.p[0] == 'd') {
		s = cut;
		download = true;
	}
	cut = s;
	if (cut_last(&cut, &last) && is_flickr_size(last)) {
		s = cut;
		sized = true;
	}
	secret = find_before_secret(s, sized, &a);
	alone = !download && find_last(s, sized, &b);
	if (secret == alone)
		return false;
	*ret = secret ? a : b;
	return true;
}

/* `ID`, then anything behind `_` or `-` that holds no other number which could be meant. */
static bool find_first(struct lic_bytes s, struct lic_bytes *ret)
{
	struct lic_bytes id = { s.p, 0 };
	size_t from = 0;

	for (size_t i = 0; i <= s.n; i++) {
		struct lic_bytes token = { s.p + from, i - from };

		if (i < s.n && s.p[i] != '_' && s.p[i] != '-')
			continue;
		if (!from)
			id = token;
		else if (lic_key_is_id(token, OTHER_MIN))
			return false;
		from = i + 1;
	}
	if (!is_sure_id(id, 1))
		return false;
	*ret = id;
	return true;
}

bool lic_key_flickr_id(struct lic_bytes stem, struct lic_bytes *ret)
{
	static const char prefix[] = "flickr";
	size_t n = sizeof(prefix) - 1;
	struct lic_bytes rest;

	if (stem.n <= n + 1 || strncasecmp((const char *)stem.p, prefix, n) != 0 ||
	    (stem.p[n] != '_' && stem.p[n] != '-'))
		return find_plain(stem, ret);
	rest = (struct lic_bytes){ stem.p + n + 1, stem.n - n - 1 };
	return find_first(rest, ret) || find_plain(rest, ret);
}

static bool is_inaturalist_size(struct lic_bytes s)
{
	static const char *const sizes[] = { "original", "large", "medium",
					     "small",	 "thumb", "square" };

	return is_one_of(s, sizes, LIC_ARRAY_SIZE(sizes));
}

bool lic_key_inaturalist_id(struct lic_bytes parent, struct lic_bytes stem, struct lic_bytes *ret)
{
	struct lic_bytes cut = stem, last;

	if (is_inaturalist_size(stem)) {
		*ret = parent;
		return lic_key_is_id(parent, 1);
	}
	if (cut_last(&cut, &last) && is_inaturalist_size(last)) {
		*ret = cut;
		return lic_key_is_id(cut, 1);
	}
	*ret = stem;
	return is_sure_id(stem, BARE_MIN);
}
