/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of metadata as seconds since the epoch, read so that doubt never lengthens a right. */
#include "fs/rights/meaning.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* A time without zone may be meant in any: the earliest is UTC+14, the latest UTC-12. */
#define ZONE_EARLIEST (14 * HOUR)
#define ZONE_LATEST (12 * HOUR)

struct reader {
	const uint8_t *p;
	size_t n;
};

static bool accept(struct reader *r, const char *set)
{
	if (!r->n || !*r->p || !strchr(set, *r->p))
		return false;
	r->p++;
	r->n--;
	return true;
}

static bool digits(struct reader *r, int count, int low, int high, int *ret)
{
	int v = 0;

	if (r->n < (size_t)count)
		return false;
	for (int i = 0; i < count; i++) {
		if (r->p[i] < '0' || r->p[i] > '9')
			return false;
		v = v * 10 + (r->p[i] - '0');
	}
	if (v < low || v > high)
		return false;
	r->p += count;
	r->n -= (size_t)count;
	*ret = v;
	return true;
}

static int month_days(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, days_from_civil). */
static int64_t civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* "Z", "+02:00", "-0530" or nothing; *ret_known says whether a zone was named. */
static bool zone(struct reader *r, int64_t *ret_offset, bool *ret_known)
{
	bool west = r->n && *r->p == '-';
	int hour, minute;

	*ret_offset = 0;
	*ret_known = accept(r, "Zz");
	if (*ret_known || !r->n)
		return true;
	if (!accept(r, "+-") || !digits(r, 2, 0, 14, &hour))
		return false;
	accept(r, ":");
	if (!digits(r, 2, 0, 59, &minute))
		return false;
	*ret_offset = (hour * HOUR + minute * MINUTE) * (west ? -1 : 1);
	*ret_known = true;
	return true;
}

/* The part behind the day: " 12:00", "T12:00:00.5+01:00". */
static bool time_of_day(struct reader *r, int64_t day, int64_t *ret_end, int64_t *ret_begin)
{
	int hour, minute, second = 0;
	int64_t offset, t;
	bool known;

	if (!digits(r, 2, 0, 23, &hour) || !accept(r, ":") || !digits(r, 2, 0, 59, &minute))
		return false;
	if (accept(r, ":") && !digits(r, 2, 0, 60, &second))
		return false;
	if (accept(r, "."))
		while (accept(r, "0123456789"))
			;
	accept(r, " ");
	if (!zone(r, &offset, &known) || r->n)
		return false;
	t = day * DAY + hour * HOUR + minute * MINUTE + second - offset;
	*ret_end = known ? t : t - ZONE_EARLIEST;
	*ret_begin = known ? t + 1 : t + ZONE_LATEST;
	return true;
}

bool lic_date_parse(struct lic_bytes text, int64_t *ret_end, int64_t *ret_begin)
{
	struct reader r = { text.p, text.n };
	int year, month = 1, day = 1;
	bool has_month = false, has_day = false;
	int64_t first, last;

	if (!digits(&r, 4, 1, 9999, &year))
		return false;
	if (r.n == 4) { /* IIM: CCYYMMDD */
		if (!digits(&r, 2, 1, 12, &month) ||
		    !digits(&r, 2, 1, month_days(year, month), &day))
			return false;
		has_month = has_day = true;
	} else if (accept(&r, "-:")) {
		has_month = true;
		if (!digits(&r, 2, 1, 12, &month))
			return false;
		if (accept(&r, "-:")) {
			has_day = true;
			if (!digits(&r, 2, 1, month_days(year, month), &day))
				return false;
		}
	}
	first = civil(year, month, day);
	if (has_day && accept(&r, "Tt "))
		return time_of_day(&r, first, ret_end, ret_begin);
	if (r.n)
		return false;
	last = has_day	   ? first + 1
	       : has_month ? first + month_days(year, month)
			   : civil(year + 1, 1, 1);
	/* The first moment of the day in UTC lies before its end in every zone, and the end of the
	 * day in UTC after its begin in every zone. */
	*ret_end = first * DAY;
	*ret_begin = last * DAY;
	return true;
}
