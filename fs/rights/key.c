/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rights as one line of text, by which equal rights are recognised and stored once.
 *
 *   key         = "v1;status=" word ";license=" expression ";alt=" [ terms *( "," terms ) ]
 *                 ";res=" *("d" / "t" / "g" / "i") ";ai=" ("0" / "1")
 *                 ";territory=" text ";until=" number
 *   terms       = 5("a" / "f" / "u") ":" *("a" / "n" / "s" / "m")
 *
 * Permissions stand in the order of enum lic_permission (allowed, forbidden, unknown), obligations
 * and reservations in the order of their bits, "m" where ML training is prohibited. The text is
 * canonical: what reads back must write out the same bytes.
 */
#include <errno.h>
#include <inttypes.h>

#include <licensefs/rights.h>

static const char tri_letters[] = {
	[LIC_UNKNOWN] = 'u', [LIC_FORBIDDEN] = 'f', [LIC_ALLOWED] = 'a'
};
static const char obligation_letters[] = "ans";
static const char reserve_letters[] = "dtgi";

static void add_bits(struct lic_buf *out, const char *letters, unsigned bits)
{
	for (unsigned i = 0; letters[i]; i++)
		if (bits & (1u << i))
			lic_buf_addc(out, letters[i]);
}

static void add_terms(struct lic_buf *out, const struct lic_terms *t, bool clear)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++) {
		uint8_t state = t->permission[p];

		/* [I1] What is not clear permits nothing, whoever filled the structure. */
		if (state > LIC_ALLOWED || (state == LIC_ALLOWED && !clear))
			state = LIC_UNKNOWN;
		lic_buf_addc(out, tri_letters[state]);
	}
	lic_buf_addc(out, ':');
	add_bits(out, obligation_letters, t->obligations);
	if (t->ml_prohibited)
		lic_buf_addc(out, 'm');
}

void lic_rights_key(const struct lic_rights *r, struct lic_buf *out)
{
	lic_buf_adds(out, "v1;status=");
	lic_buf_adds(out, lic_status_name(r->status));
	lic_buf_adds(out, ";license=");
	lic_buf_adds(out, r->license);
	lic_buf_adds(out, ";alt=");
	for (unsigned i = 0; i < r->n_alternatives; i++) {
		if (i)
			lic_buf_addc(out, ',');
		add_terms(out, &r->alternative[i], r->status == LIC_STATUS_CLEAR);
	}
	lic_buf_adds(out, ";res=");
	add_bits(out, reserve_letters, r->reservations);
	lic_buf_adds(out, r->ai_origin ? ";ai=1;territory=" : ";ai=0;territory=");
	lic_buf_adds(out, r->territory);
	lic_buf_adds(out, ";until=");
	if (r->until)
		lic_buf_addf(out, "%" PRId64, r->until);
	else
		lic_buf_addc(out, '0');
	/* not in keys of the first catalogs */
	if (r->release[LIC_RELEASE_MODEL] || r->release[LIC_RELEASE_PROPERTY]) {
		lic_buf_adds(out, ";release=");
		for (unsigned i = 0; i < LIC_RELEASE_COUNT; i++)
			lic_buf_addc(out, tri_letters[r->release[i] <= LIC_ALLOWED ? r->release[i]
										   : LIC_UNKNOWN]);
	}
}

/* The rest of a key that is still to be read. */
struct cursor {
	const char *p;
	size_t n;
};

static bool take(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if (c->n < n || memcmp(c->p, word, n) != 0)
		return false;
	c->p += n;
	c->n -= n;
	return true;
}

/* The bytes up to the next ';' or the end, copied as a string; false where they do not fit. */
static bool take_value(struct cursor *c, char *ret, size_t size)
{
	const char *end = memchr(c->p, ';', c->n);
	size_t n = end ? (size_t)(end - c->p) : c->n;

	if (n >= size || memchr(c->p, '\0', n))
		return false;
	memcpy(ret, c->p, n);
	ret[n] = '\0';
	c->p += n;
	c->n -= n;
	return true;
}

static uint8_t take_bits(struct cursor *c, const char *letters)
{
	uint8_t bits = 0;

	for (unsigned i = 0; letters[i]; i++)
		if (c->n && *c->p == letters[i]) {
			bits |= (uint8_t)(1u << i);
			c->p++;
			c->n--;
		}
	return bits;
}

static bool take_terms(struct cursor *c, struct lic_terms *ret)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++) {
		const char *at = c->n ? memchr(tri_letters, *c->p, sizeof(tri_letters)) : NULL;

		if (!at)
			return false;
		ret->permission[p] = (uint8_t)(at - tri_letters);
		c->p++;
		c->n--;
	}
	if (!take(c, ":"))
		return false;
	ret->obligations = take_bits(c, obligation_letters);
	ret->ml_prohibited = take(c, "m");
	return true;
}

static bool take_alternatives(struct cursor *c, struct lic_rights *r)
{
	if (!take(c, ";alt="))
		return false;
	if (c->n && *c->p == ';')
		return true;
	do {
		if (r->n_alternatives == LIC_ALTERNATIVES_MAX ||
		    !take_terms(c, &r->alternative[r->n_alternatives]))
			return false;
		r->n_alternatives++;
	} while (take(c, ","));
	return true;
}

static bool take_number(struct cursor *c, int64_t *ret)
{
	char text[24];
	char *end;

	if (!take_value(c, text, sizeof(text)) || !text[0])
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return !errno && !*end;
}

static bool take_release(struct cursor *c, struct lic_rights *r)
{
	if (!take(c, ";release="))
		return true;
	for (unsigned i = 0; i < LIC_RELEASE_COUNT; i++) {
		const char *at = c->n ? memchr(tri_letters, *c->p, sizeof(tri_letters)) : NULL;

		if (!at)
			return false;
		r->release[i] = (uint8_t)(at - tri_letters);
		c->p++;
		c->n--;
	}
	return true;
}

static bool take_all(struct cursor *c, struct lic_rights *r)
{
	char status[16], ai[2];
	int s;

	if (!take(c, "v1;status=") || !take_value(c, status, sizeof(status)))
		return false;
	s = lic_status_find(status, strlen(status));
	if (s < 0)
		return false;
	r->status = (enum lic_status)s;
	if (!take(c, ";license=") || !take_value(c, r->license, sizeof(r->license)) ||
	    !take_alternatives(c, r) || !take(c, ";res="))
		return false;
	r->reservations = take_bits(c, reserve_letters);
	if (!take(c, ";ai=") || !take_value(c, ai, sizeof(ai)))
		return false;
	r->ai_origin = ai[0] == '1';
	return take(c, ";territory=") && take_value(c, r->territory, sizeof(r->territory)) &&
	       take(c, ";until=") && take_number(c, &r->until) && take_release(c, r);
}

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

/* A clear status needs something that is permitted, or the key was not written by this code. */
static bool is_sound(const struct lic_rights *r)
{
	bool granted = lic_rights_permission(r, LIC_NONCOMMERCIAL_USE) == LIC_ALLOWED ||
		       lic_rights_permission(r, LIC_COMMERCIAL_USE) == LIC_ALLOWED;

	return is_plain(r->license) && is_plain(r->territory) &&
	       granted == (r->status == LIC_STATUS_CLEAR);
}

int lic_rights_from_key(const char *key, size_t n, struct lic_rights *ret, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf again = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
	struct lic_rights r;
	struct cursor c = { key, n };

	lic_rights_init(&r, LIC_STATUS_UNREADABLE);
	if (n > LIC_RIGHTS_KEY_MAX || !take_all(&c, &r) || c.n || !is_sound(&r))
		return lic_error_set(err, EBADMSG, "not a key of rights");
	lic_rights_key(&r, &again);
	if (lic_buf_failed(&again) || again.len != n || memcmp(again.data, key, n) != 0)
		return lic_error_set(err, EBADMSG, "not a canonical key of rights");
	*ret = r;
	return 0;
}
