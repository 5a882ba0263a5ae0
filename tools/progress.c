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

static struct {
	bool drawn;
	bool started;
	struct timespec since;
} bar;

static double elapsed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!bar.started) {
		bar.started = true;
		bar.since = now;
	}
	return (double)(now.tv_sec - bar.since.tv_sec) +
	       (double)(now.tv_nsec - bar.since.tv_nsec) / 1e9;
}

static void add_bar(struct lic_buf *b, int64_t done, int64_t expected)
{
	int full = (int)((double)done / (double)expected * BAR_WIDTH);

	if (full > BAR_WIDTH)
		full = BAR_WIDTH;
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

void progress_draw(const char *what, int64_t done, int64_t expected, uint64_t bytes)
{
	struct lic_buf b = LIC_BUF_INIT(512);
	double t = elapsed();
	size_t width = terminal_width(), fits;
	char n[32], m[32];

	if (!isatty(STDERR_FILENO))
		return;
	if (expected > 0 && done > expected)
		expected = done; /* the last scan knew less */
	if (expected > 0)
		add_bar(&b, done, expected);
	lic_buf_addf(&b, "%s", output_count(done, n));
	if (expected > 0)
		lic_buf_addf(&b, " of %s", output_count(expected, m));
	lic_buf_addf(&b, " %s, ", what);
	add_bytes(&b, bytes);
	fits = b.len;
	if (t >= SETTLE_SECONDS) {
		lic_buf_addf(&b, ", %s/s", output_count((int64_t)((double)done / t), n));
		fits = b.len < width ? b.len : fits;
		if (done > 0 && expected > done)
			add_remaining(&b, t / (double)done * (double)(expected - done));
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
