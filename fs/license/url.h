/* SPDX-License-Identifier: Apache-2.0 */
/* URLs that name a license, and where URLs stand in a text. */
#ifndef LICENSEFS_LICENSE_URL_H
#define LICENSEFS_LICENSE_URL_H

#include <licensefs/license.h>

/* Host and decoded path of a URL; lower case, "//" collapsed, no query, no fragment. */
struct lic_url {
	const char *host; /* without "www." and port */
	size_t host_len;
	char path[256];
};

/* False where `s` is no URL that could be a license's: strange host, bad escapes, long path. */
bool lic_url_split(const char *s, size_t n, struct lic_url *ret) _nonnull_(3) _must_check_;
bool lic_url_host_is(const struct lic_url *u, const char *host) _nonnull_all_;

/* Grammar.md section 3: the Creative Commons URL grammar, badges included; NULL if none. */
const struct lic_license *lic_cc_url(const struct lic_url *u) _nonnull_all_;
/* True for a URL that points into Creative Commons' licenses, whether it parses or not: one that
 * does not parse casts doubt on what else the text says. */
bool lic_cc_url_names_license(const struct lic_url *u) _nonnull_all_;

/* Any URL that means a license, `s` as prepared: aliases, RightsStatements, SPDX, and others. */
const struct lic_license *lic_url_license(enum lic_context context, const char *s, size_t n);
/* True where the whole prepared text is one URL. */
bool lic_url_is_whole(const char *s, size_t n);
/* Cuts closing punctuation of the sentence around it off a URL; returns the new length. */
size_t lic_url_trim(const char *s, size_t n);
/* Length of the URL that begins at s[i], 0 if none does. `joined`: the text that s[i] is glued to
 * holds URL characters, so that a URL here is a part of something else. */
size_t lic_url_span(const char *s, size_t n, size_t i, bool joined);

#endif
