/* SPDX-License-Identifier: Apache-2.0 */
/* Which views a change touches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "impact.h"
#include "output.h"

struct walk {
	struct impact *impact;
	size_t cap;
};

static int keep(void *ctx, int64_t id)
{
	struct walk *w = ctx;
	struct impact *m = w->impact;

	if (m->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 256;
		int64_t *more = reallocarray(m->image, cap, sizeof(*more));

		if (!more)
			output_out_of_memory();
		m->image = more;
		w->cap = cap;
	}
	m->image[m->n++] = id;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int find_images(struct impact *m, struct lic_catalog *cat, const struct lic_decision *d,
		       size_t n_decisions, struct lic_error *err)
{
	struct walk w = { .impact = m };
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_decisions; i++) {
		size_t had = m->n;

		r = lic_catalog_decision_images(cat, &d[i], keep, &w, err);
		if (m->n == had && !m->idle++)
			m->first_idle = i;
	}
	if (m->n)
		qsort(m->image, m->n, sizeof(*m->image), by_number);
	for (size_t i = 0; i < m->n; i++)
		if (!n || m->image[n - 1] != m->image[i])
			m->image[n++] = m->image[i];
	m->n = n;
	return r;
}

/* Reads the row of an image; its name is kept in `name`. */
static int load(struct lic_catalog *cat, int64_t image, struct lic_entry *ret, struct lic_buf *name,
		struct lic_error *err)
{
	int r = lic_catalog_by_id(cat, image, ret, err);

	if (r < 0)
		return r;
	lic_buf_reset(name);
	lic_buf_add(name, ret->name.p, ret->name.n);
	ret->name.p = (const uint8_t *)lic_buf_str(name);
	return lic_buf_failed(name) ? lic_error_sys(err, ENOMEM, "cannot compare views") : 0;
}

static int count_unseen(struct impact *m, struct lic_catalog *cat, const struct lic_entry *e,
			struct lic_error *err)
{
	const struct lic_rights *rights = lic_catalog_rights(cat, e->rights, err);

	if (!rights)
		return lic_error_prefix(err, "cannot compare views");
	m->unseen++;
	m->conflicts += rights->status == LIC_STATUS_CONFLICT;
	return 0;
}

static int compare(struct impact *m, const struct views *v, struct lic_catalog *cat, bool after,
		   struct lic_error *err)
{
	struct lic_buf name = LIC_BUF_INIT(4096);
	struct lic_entry e;
	int r = 0;

	for (size_t k = 0; r == 0 && k < m->n; k++) {
		uint8_t *row = m->shown + k * m->stride;
		bool seen = false;

		r = load(cat, m->image[k], &e, &name, err);
		for (size_t i = 0; r == 0 && i < m->before.n && i < v->n; i++) {
			bool was = row[i / 8] & 1u << i % 8, is = false;

			r = views_show(&v->item[i], cat, &e, &is, err);
			if (!after) {
				row[i / 8] |= (uint8_t)(is << i % 8);
				continue;
			}
			seen = seen || is;
			m->in[i] += is && !was;
			m->out[i] += was && !is;
		}
		if (r == 0 && after && !seen)
			r = count_unseen(m, cat, &e, err);
	}
	lic_buf_release(&name);
	return r;
}

int impact_before(struct impact *m, struct lic_catalog *cat, const struct lic_decision *d,
		  size_t n_decisions, struct lic_error *err)
{
	int r;

	memset(m, 0, sizeof(*m));
	r = views_load(&m->before, cat, err);
	if (r == 0)
		r = find_images(m, cat, d, n_decisions, err);
	if (r < 0)
		return r;
	m->stride = m->before.n / 8 + 1;
	m->shown = calloc(m->n + 1, m->stride);
	m->in = calloc(m->before.n + 1, sizeof(*m->in));
	m->out = calloc(m->before.n + 1, sizeof(*m->out));
	if (!m->shown || !m->in || !m->out)
		output_out_of_memory();
	return compare(m, &m->before, cat, false, err);
}

int impact_after(struct impact *m, struct lic_catalog *cat, struct lic_error *err)
{
	struct views after;
	int r = views_load(&after, cat, err);

	if (r == 0)
		r = compare(m, &after, cat, true, err);
	views_release(&after);
	return r;
}

void impact_release(struct impact *m)
{
	views_release(&m->before);
	free(m->image);
	free(m->shown);
	free(m->in);
	free(m->out);
}
