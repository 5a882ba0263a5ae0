/* SPDX-License-Identifier: Apache-2.0 */
/* What a license expression permits and asks for, for reports. */
#ifndef LICENSEFS_TOOLS_TERMS_H
#define LICENSEFS_TOOLS_TERMS_H

#include <licensefs/license.h>

/* How free, for colours, the freest alternative; the words are terms_freedom(). */
enum freedom {
	FREE_UNKNOWN,  /* none stated, none that can be read, or several that contradict */
	FREE_RESERVED, /* permits nothing, or nothing to the public */
	FREE_LIMITED,  /* not commercially, or not changed */
	FREE_SHARED,   /* everything, if what is made of it is shared alike */
	FREE_CREDITED, /* everything, if credit or a notice is given */
	FREE_DOMAIN,   /* everything, without obligations */
	FREE_COUNT
};

struct terms {
	enum freedom freedom;
	/* enum lic_tri: of the alternative that says most; `differ`, bits by permission: not of
	 * all, so that two permissions may not go together */
	uint8_t permission[LIC_PERMISSION_COUNT];
	unsigned differ;
	unsigned obligations;	/* LIC_OBLIGATION_* in every alternative that permits any use */
	const char *name, *url; /* of a single license; NULL. As long as `own` lives */
};

/* `own` NULL: nobody has defined licenses. Nothing is known of what is no expression. */
void terms_of(const char *expression, const struct lic_own_licenses *own, struct terms *ret)
	_nonnull_(1, 3);
/* "yes", "no", "either" where alternatives differ, "privately" of changes that may not be shared,
 * "?"; "" where nothing is known */
const char *terms_permitted(const struct terms *t, enum lic_permission p) _nonnull_all_;
/* "no conditions", "with attribution", ... */
const char *terms_freedom(enum freedom f) _const_;

#endif
