/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards of Hugging Face datasets: README.md that begins with YAML (hub-docs, datasetcard.md).
 *
 * `license` is one id of theirs or a list; for "other" license_name and license_link say which.
 * Older cards have `licenses`, and license_details for what has no id.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fs/manifest/dataset.h"
#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"
#include "fs/manifest/yaml.h"

#define CARD_MAX (1u << 20)

static bool is_line(const uint8_t *p, size_t n, const char *word)
{
	size_t w = strlen(word);

	if (n < w || memcmp(p, word, w) != 0)
		return false;
	while (w < n && (p[w] == ' ' || p[w] == '\t' || p[w] == '\r'))
		w++;
	return w == n || p[w] == '\n';
}

static size_t bom(const uint8_t *p, size_t n)
{
	return n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static int bid(const struct lic_peek *k)
{
	size_t at = bom(k->p, k->n);
	size_t n = strlen(k->name);

	if (!is_line(k->p + at, k->n - at, "---"))
		return 0;
	if (lic_peek_has(k, "\nlicense"))
		return 70;
	return n > 3 && strcasecmp(k->name + n - 3, ".md") == 0 ? 60 : 0;
}

/* From behind the first line to the line that ends the YAML; -1 where it does not end. */
static long front_matter(const uint8_t *p, size_t n, size_t *ret_at)
{
	size_t at = bom(p, n);
	const uint8_t *end = memchr(p + at, '\n', n - at);

	*ret_at = end ? (size_t)(end + 1 - p) : n;
	for (at = *ret_at; at < n;) {
		if (is_line(p + at, n - at, "---") || is_line(p + at, n - at, "..."))
			return (long)(at - *ret_at);
		end = memchr(p + at, '\n', n - at);
		at = end ? (size_t)(end + 1 - p) : n;
	}
	return -1;
}

/* Their old ids write "cc-by-4-0". */
static const char *spelled(const char *id, char *buf, size_t size)
{
	size_t n = strlen(id);

	if (n < 4 || n >= size || id[n - 2] != '-' || id[n - 1] < '0' || id[n - 1] > '9' ||
	    id[n - 3] < '0' || id[n - 3] > '9')
		return id;
	memcpy(buf, id, n + 1);
	buf[n - 2] = '.';
	return buf;
}

static bool is_other(const char *license)
{
	return !*license || strcasecmp(license, "other") == 0 ||
	       strcasecmp(license, "unknown") == 0;
}

static bool is_license(const char *path)
{
	return lic_dataset_path_is(path, "license[]") || lic_dataset_path_is(path, "licenses[]");
}

static void add_licenses(struct lic_manifest_reading *m, const struct lic_record *d)
{
	const char *name = lic_record_text(d, "", "license_name");
	bool other = false;
	size_t n = 0;
	char buf[64];

	for (size_t i = 0; i < d->n; i++)
		n += is_license((const char *)d->item[i].path.p);

	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;
		const char *id = (const char *)d->item[i].value.p;

		if (!is_license(path))
			continue;
		other = other || is_other(id);
		/* what they call other has a name of its own; without one, nobody knows what it
		 * takes from those beside it */
		if (is_other(id) && n > 1 && !*name)
			id = "another license, which has no name";
		lic_dataset_claim(m, is_other(id) && *name ? LIC_ROLE_NONE : LIC_ROLE_LICENSE,
				  LIC_CONTEXT_ANY, path, spelled(id, buf, sizeof(buf)));
	}
	other = other || !n;
	lic_dataset_claim(m, other ? LIC_ROLE_LICENSE : LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY,
			  "license_name", name);
	lic_dataset_claim(m, LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY, "license_link",
			  lic_record_text(d, "", "license_link"));
	lic_dataset_claim(m, other ? LIC_ROLE_LICENSE : LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY,
			  "license_details", lic_record_text(d, "", "license_details"));
}

static void add_terms(struct lic_manifest_reading *m, const struct lic_record *d)
{
	if (strcasecmp(lic_record_text(d, "", "license_details"), "imagenet-agreement") == 0)
		lic_row_terms(m, "LicenseRef-ImageNet-Terms");
}

static int read_card(struct lic_manifest_reading *m, const uint8_t *p, size_t n,
		     struct lic_error *err)
{
	_cleanup_(lic_record_release) struct lic_record d = LIC_RECORD_INIT;
	char why[256];

	if (!lic_yaml_parse(&d, p, n, why, sizeof(why)))
		return lic_error_set(err, EBADMSG, "'%s', below its first line, %s", m->name, why);
	if (lic_record_twice(&d))
		return lic_error_set(err, EBADMSG, "'%s': '%.100s' stands twice in its YAML",
				     m->name, lic_record_twice(&d));
	lic_dataset_begin(m);
	add_licenses(m, &d);
	add_terms(m, &d);
	lic_dataset_claim(m, LIC_ROLE_NONE, LIC_CONTEXT_ANY, "pretty_name",
			  lic_record_text(&d, "", "pretty_name"));
	return lic_dataset_end(m, err);
}

static int read_hfcard(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct lic_source *s = &m->source;
	size_t at;
	long n;
	int r = 1;

	while (r > 0 && s->end < CARD_MAX)
		r = lic_source_more(s, err);
	if (r < 0)
		return r;
	n = front_matter(s->p, s->end, &at);
	if (n < 0)
		return lic_error_set(err, EBADMSG,
				     "'%s': no line '---' ends the YAML at its beginning", m->name);
	return read_card(m, s->p + at, (size_t)n, err);
}

const struct lic_manifest_reader lic_manifest_hfcard = {
	.format = { "hfcard",
		    "Hugging Face dataset card, README.md (license of the whole dataset)" },
	.bid = bid,
	.read = read_hfcard,
};
