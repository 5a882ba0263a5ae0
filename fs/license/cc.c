/* SPDX-License-Identifier: Apache-2.0 */
/* Creative Commons licenses by their parts: what was published, and which ids agree. */
#include "fs/license/cc.h"
#include "fs/license/tables.h"

static const struct lic_license *find_key(const char *key)
{
	size_t lo = 0, hi = lic_port_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(key, lic_port_table[mid].key);

		if (!c)
			return lic_port_table[mid].license;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct lic_license *lic_cc_find(const char *unit, size_t un, const char *version, size_t vn,
				      const char *jur, size_t jn)
{
	char key[64];

	if (un > 24 || vn > 8 || jn > 16 || memchr(unit, '/', un))
		return NULL;
	if (un == 8 && !memcmp(unit, "by-nd-nc", 8))
		unit = "by-nc-nd";
	snprintf(key, sizeof(key), "%.*s/%.*s/%.*s", (int)un, unit, (int)vn, version, (int)jn, jur);
	return find_key(key);
}

const struct lic_license *lic_cc_find_versionless(const char *unit, size_t n)
{
	char id[48];

	if (n < 2 || n > 16 || memcmp(unit, "by", 2))
		return NULL;
	if (n == 8 && !memcmp(unit, "by-nd-nc", 8))
		unit = "by-nc-nd";
	snprintf(id, sizeof(id), "LicenseRef-CC-%.*s", (int)n, unit);
	for (size_t i = 14; id[i]; i++)
		if (id[i] >= '0' && id[i] <= '9')
			return NULL;
	return lic_license_find(id, strlen(id));
}

static const char *unit_of(const struct lic_license *l)
{
	const char *id = l->id;

	if (!strncmp(id, "LicenseRef-", 11))
		id += 11;
	return strncmp(id, "CC-BY", 5) ? NULL : id;
}

bool lic_cc_is_versionless(const struct lic_license *l)
{
	const char *unit = unit_of(l);

	return unit && !strpbrk(unit, "0123456789");
}

bool lic_cc_refines(const struct lic_license *l, const struct lic_license *versionless)
{
	const char *a = unit_of(l), *b = unit_of(versionless);
	size_t n;

	if (!a || !b || !lic_cc_is_versionless(versionless))
		return false;
	n = strlen(b);
	return !strncmp(a, b, n) && a[n] == '-' && a[n + 1] >= '0' && a[n + 1] <= '9';
}

const struct lic_license *lic_cc_in_version(const struct lic_license *l, const char *version,
					    size_t n)
{
	const char *unit = unit_of(l), *end;
	char lower[16];
	size_t len;

	if (!unit)
		return NULL;
	unit += 3;
	end = strpbrk(unit, "0123456789");
	len = end ? (size_t)(end - unit) - 1 : strlen(unit);
	if (len >= sizeof(lower))
		return NULL;
	for (size_t i = 0; i < len; i++)
		lower[i] = unit[i] == '-' ? '-' : (char)(unit[i] - 'A' + 'a');
	return lic_cc_find(lower, len, version, n, "", 0);
}
