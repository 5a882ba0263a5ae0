/* SPDX-License-Identifier: Apache-2.0 */
/* Progress bar. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/buffer.h>

#include "output.h"
#include "progress.h"

#define BAR_WIDTH 24
/* Rates of the first moments say nothing about the rest. */
#define SETTLE_SECONDS 1.0

/* Between two drawings; a terminal shows no more. */
#define PAUSE_SECONDS 0.08

static struct {
	bool drawn;
	bool started;
	struct timespec since;
	double shown;	 /* seconds after `since` */
	double fraction; /* done when it was last drawn */
} bar;

static double elapsed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!bar.started) {
		bar.started = true;
		bar.since = now;
		bar.shown = -PAUSE_SECONDS;
	}
	return (double)(now.tv_sec - bar.since.tv_sec) +
	       (double)(now.tv_nsec - bar.since.tv_nsec) / 1e9;
}

static void add_bar(struct lic_buf *b, double fraction)
{
	int full = (int)(fraction * BAR_WIDTH);

	lic_buf_addc(b, '[');
	for (int i = 0; i < BAR_WIDTH; i++)
		lic_buf_addc(b, i < full ? '#' : '.');
	lic_buf_adds(b, "] ");
}

static void add_bytes(struct lic_buf *b, uint64_t bytes)
{
	static const char units[][4] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 999.5 && u + 1 < LIC_ARRAY_SIZE(units)) {
		v /= 1000;
		u++;
	}
	lic_buf_addf(b, u && v < 99.5 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static void add_remaining(struct lic_buf *b, double seconds)
{
	int64_t s = (int64_t)(seconds + 0.5);

	if (s < 90)
		lic_buf_addf(b, ", %" PRId64 " s left", s);
	else if (s < 90 * 60)
		lic_buf_addf(b, ", %" PRId64 " min left", (s + 30) / 60);
	else
		lic_buf_addf(b, ", %" PRId64 " h left", (s + 1800) / 3600);
}

static size_t terminal_width(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1)
		return w.ws_col;
	return 80;
}

/* How much of the work is done, 0 to 1; negative where nobody knows. */
static double fraction_done(const struct progress *p)
{
	double f = p->bytes_all	     ? (double)p->bytes / (double)p->bytes_all
		   : p->expected > 0 ? (double)p->done / (double)p->expected
				     : -1;

	return f > 1 ? 1 : f; /* who expected it knew less */
}

static void add_counts(struct lic_buf *b, const struct progress *p)
{
	char n[32];

	lic_buf_adds(b, output_count(p->done, n));
	if (p->expected > 0)
		lic_buf_addf(b, " of %s",
			     output_count(p->expected > p->done ? p->expected : p->done, n));
	lic_buf_addf(b, " %s", p->what);
	if (p->bytes) {
		lic_buf_adds(b, ", ");
		add_bytes(b, p->bytes);
	}
	if (p->bytes_all) {
		lic_buf_adds(b, " of ");
		add_bytes(b, p->bytes_all);
	}
}

static void add_rate(struct lic_buf *b, const struct progress *p, double t)
{
	char n[32];

	lic_buf_adds(b, ", ");
	if (p->bytes_all)
		add_bytes(b, (uint64_t)((double)p->bytes / t));
	else
		lic_buf_adds(b, output_count((int64_t)((double)p->done / t), n));
	lic_buf_adds(b, "/s");
}

void progress_draw(const struct progress *p)
{
	struct lic_buf b = LIC_BUF_INIT(512);
	double f = fraction_done(p), t;
	size_t width, fits;

	if (!isatty(STDERR_FILENO))
		return;
	if (f < bar.fraction)
		bar.started = false;
	t = elapsed();
	if (t - bar.shown < PAUSE_SECONDS)
		return;
	bar.shown = t;
	bar.fraction = f;
	width = terminal_width();
	if (f >= 0)
		add_bar(&b, f);
	add_counts(&b, p);
	fits = b.len;
	if (t >= SETTLE_SECONDS) {
		add_rate(&b, p, t);
		fits = b.len < width ? b.len : fits;
		if (f > 0 && f < 1)
			add_remaining(&b, t / f * (1 - f));
		fits = b.len < width ? b.len : fits;
	}
	lic_buf_truncate(&b, fits < width ? fits : width - 1);
	fprintf(stderr, "\r\033[K%s", lic_buf_str(&b));
	fflush(stderr);
	lic_buf_release(&b);
	bar.drawn = true;
}

void progress_clear(void)
{
	if (!bar.drawn)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	bar.drawn = false;
}
