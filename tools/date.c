/* SPDX-License-Identifier: Apache-2.0 */
/* ISO 8601 dates and times. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <licensefs/text.h>

#include "date.h"

/* Exactly n digits at *p. */
static bool digits(const char **p, int n, int *ret)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)(*p)[i]))
			return false;
		v = 10 * v + ((*p)[i] - '0');
	}
	*p += n;
	*ret = v;
	return true;
}

static bool literal(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

/* Z, +hh:mm, -hh:mm, +hhmm or nothing; seconds east of UTC. */
static bool zone(const char **p, int *ret)
{
	int hours, minutes, sign = **p == '-' ? -1 : 1;

	*ret = 0;
	if (!**p || literal(p, 'Z'))
		return true;
	if (!literal(p, '+') && !literal(p, '-'))
		return false;
	if (!digits(p, 2, &hours))
		return false;
	literal(p, ':');
	if (!digits(p, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	*ret = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool clock_time(const char **p, struct tm *tm, int *ret_east)
{
	if (!digits(p, 2, &tm->tm_hour) || !literal(p, ':') || !digits(p, 2, &tm->tm_min))
		return false;
	if (literal(p, ':') && !digits(p, 2, &tm->tm_sec))
		return false;
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec < 61 && zone(p, ret_east);
}

static bool parse(const char *s, int64_t *ret)
{
	struct tm tm = { 0 }, again;
	int year, month, day, east = 0;
	time_t t;

	if (!digits(&s, 4, &year) || !literal(&s, '-') || !digits(&s, 2, &month) ||
	    !literal(&s, '-') || !digits(&s, 2, &day))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	t = timegm(&tm);
	/* timegm() takes February 30th for March 2nd. */
	if (!gmtime_r(&t, &again) || again.tm_mday != day || again.tm_mon != month - 1)
		return false;
	if (!*s) {
		*ret = (int64_t)t + 24 * 3600;
		return true;
	}
	if ((!literal(&s, 'T') && !literal(&s, ' ')) || !clock_time(&s, &tm, &east) || *s)
		return false;
	*ret = (int64_t)timegm(&tm) - east;
	return true;
}

int date_parse(const char *s, int64_t *ret, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(4096);

	if (parse(s, ret))
		return 0;
	lic_text_quote(&shown, s, strlen(s));
	lic_error_set(err, EINVAL,
		      "%s is no date; write 2027-12-31 for the end of that day, or "
		      "2027-12-31T18:00:00Z",
		      lic_buf_str(&shown));
	lic_buf_release(&shown);
	return -EINVAL;
}

void date_format(int64_t seconds, char buf[32])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		memcpy(buf, "?", 2);
}
