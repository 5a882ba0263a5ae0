/* SPDX-License-Identifier: Apache-2.0 */
/* What a ledger said, gathered: for tests. */
#ifndef LICENSEFS_TESTS_LEDGER_H
#define LICENSEFS_TESTS_LEDGER_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <licensefs/ledger.h>

#include "tests/unit/tap.h"

#define HEARD_PROCESSES 64

struct heard {
	int64_t begins, ends, losts, lost_opens;
	struct lic_ledger_begin begin; /* of the last; its texts are copied */
	char mode[64], mountpoint[64];
	char comm[HEARD_PROCESSES][64];
	int64_t processes;
	int64_t opens[HEARD_PROCESSES];
	struct lic_idset by[HEARD_PROCESSES], opened, sight;
	int failed;
};

static int hear_begin(void *ctx, const struct lic_ledger_begin *b)
{
	struct heard *h = ctx;

	h->begins++;
	h->begin = *b;
	snprintf(h->mode, sizeof(h->mode), "%s", b->mode);
	snprintf(h->mountpoint, sizeof(h->mountpoint), "%s", b->mountpoint);
	return 0;
}

static int hear_process(void *ctx, const struct lic_ledger_process *p)
{
	struct heard *h = ctx;

	h->processes = p->number;
	if (p->number < HEARD_PROCESSES)
		snprintf(h->comm[p->number], sizeof(h->comm[0]), "%s", p->comm);
	return 0;
}

static int hear_opened(void *ctx, const struct lic_ledger_opened *o)
{
	struct heard *h = ctx;

	h->failed |= lic_idset_add_part(&h->opened, o->part, o->bits);
	if (o->process < HEARD_PROCESSES) {
		h->opens[o->process] += o->opens;
		h->failed |= lic_idset_add_part(&h->by[o->process], o->part, o->bits);
	}
	return 0;
}

static int hear_sight(void *ctx, const struct lic_ledger_sight *s)
{
	struct heard *h = ctx;

	if (s->shown)
		h->failed |= lic_idset_add_part(&h->sight, s->part, s->bits);
	else
		lic_idset_remove_part(&h->sight, s->part, s->bits);
	return 0;
}

static int hear_lost(void *ctx, const struct lic_ledger_lost *l)
{
	struct heard *h = ctx;

	h->losts++;
	h->lost_opens += l->opens;
	return 0;
}

static int hear_end(void *ctx, const struct lic_ledger_end *e)
{
	struct heard *h = ctx;

	(void)e;
	h->ends++;
	return 0;
}

static const struct lic_ledger_visitor hearing = { hear_begin, hear_process, hear_opened,
						   hear_sight, hear_lost,    hear_end };

/* All of it; released by heard_free(). */
_unused_ static struct heard *heard_of(const char *path, struct lic_ledger_summary *sum)
{
	struct heard *h = calloc(1, sizeof(*h));
	struct lic_error err = LIC_ERROR_INIT;

	if (!h)
		abort();
	h->failed |= lic_ledger_read(path, &hearing, h, sum, &err);
	if (err.code)
		printf("# %s\n", err.msg);
	return h;
}

_unused_ static void heard_free(struct heard *h)
{
	for (int i = 0; i < HEARD_PROCESSES; i++)
		lic_idset_release(&h->by[i]);
	lic_idset_release(&h->opened);
	lic_idset_release(&h->sight);
	free(h);
}

static const struct lic_ledger_begin a_begin = {
	.at = 1,
	.generation = 7,
	.job = 3,
	.pid = 42,
	.mode = "cached",
	.mountpoint = "/m",
	.version = "1",
	.members = { 9, 8, 7 },
};

static const struct lic_ledger_process a_process = {
	.pid = 100,
	.ppid = 1,
	.started = 5,
	.uid = 1000,
	.comm = "python3",
	.exe = "/usr/bin/python3",
};

#endif
