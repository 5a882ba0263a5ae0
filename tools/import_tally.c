/* SPDX-License-Identifier: Apache-2.0 */
/* Which licenses the rows of a manifest state. */
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* Rows by the million state few licenses: what they came to is remembered by a hash of what they
 * state, in a table that forgets where two fall together. */
#define MEMO_PLACES 4096u

struct tally_memo {
	struct {
		uint64_t hash;	  /* 0: free */
		uint32_t license; /* place in the tally */
		bool terms;
	} place[MEMO_PLACES];
};

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return h;
}

/* Credit belongs to single images and licenses nothing. */
static bool is_credit(enum lic_role role)
{
	return role == LIC_ROLE_CREATOR || role == LIC_ROLE_TITLE || role == LIC_ROLE_SOURCE_URL;
}

static uint64_t hash_statements(const struct lic_claims *claims)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < claims->n; i++) {
		const struct lic_claim *c = &claims->item[i];
		const uint32_t kind[] = { (uint32_t)c->rank, (uint32_t)c->role,
					  (uint32_t)c->context, c->reserve, c->override };

		if (is_credit(c->role))
			continue;
		h = mix(h, kind, sizeof(kind));
		h = mix(h, c->text, strlen(c->text) + 1);
	}
	return h ? h : 1;
}

static uint32_t find_license(struct tally *t, const char *license, bool grants)
{
	struct license_rows *more;

	for (size_t i = 0; i < t->n; i++)
		if (t->item[i].grants == grants && strcmp(t->item[i].license, license) == 0)
			return (uint32_t)i;
	more = reallocarray(t->item, t->n + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	t->item = more;
	more += t->n;
	*more = (struct license_rows){ .license = strdup(license), .grants = grants };
	if (!more->license)
		output_out_of_memory();
	return (uint32_t)t->n++;
}

static uint32_t resolve(struct tally *t, const struct lic_claims *claims)
{
	struct lic_rights rights;

	if (!t->policy.parses)
		t->policy.parses = lic_parses_new();
	lic_rights_resolve(claims, &t->policy, &rights, NULL, NULL);
	return find_license(t, claims->damage ? "" : rights.license,
			    rights.status == LIC_STATUS_CLEAR);
}

void tally_row(struct tally *t, const struct lic_claims *claims)
{
	uint64_t hash = hash_statements(claims);
	uint32_t place = (uint32_t)(hash >> 40) & (MEMO_PLACES - 1);

	if (!t->memo) {
		t->memo = calloc(1, sizeof(*t->memo));
		if (!t->memo)
			output_out_of_memory();
	}
	if (t->memo->place[place].hash != hash) {
		t->memo->place[place].hash = hash;
		t->memo->place[place].license = resolve(t, claims);
		t->memo->place[place].terms = false;
		for (size_t i = 0; i < claims->n; i++)
			t->memo->place[place].terms |= claims->item[i].role == LIC_ROLE_TERMS;
	}
	t->item[t->memo->place[place].license].rows++;
	t->terms += t->memo->place[place].terms;
}

void tally_images(struct tally *t, const struct lic_rights *rights, int64_t n)
{
	uint32_t i = find_license(t, rights->license, rights->status == LIC_STATUS_CLEAR);

	t->item[i].images += n;
}

static int by_rows(const void *a, const void *b)
{
	const struct license_rows *x = a, *y = b;
	int64_t nx = x->rows + x->images, ny = y->rows + y->images;

	if (nx != ny)
		return nx < ny ? 1 : -1;
	return strcmp(x->license, y->license);
}

void tally_sort(struct tally *t)
{
	if (t->n)
		qsort(t->item, t->n, sizeof(*t->item), by_rows);
	free(t->memo); /* its places are no longer true */
	t->memo = NULL;
}

void tally_release(struct tally *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->item[i].license);
	free(t->item);
	free(t->memo);
	lic_parses_free(t->policy.parses);
}
