/* SPDX-License-Identifier: Apache-2.0 */
/* Which mounts of a store already follow a change, and what no mount can call back. */
#ifndef LICENSEFS_TOOLS_FOLLOWERS_H
#define LICENSEFS_TOOLS_FOLLOWERS_H

#include <licensefs/json.h>
#include <licensefs/mount.h>

#include "option.h"
#include "store.h"

/* Milliseconds that a change is waited for where nothing else is said. */
#define FOLLOWERS_WAIT_MS 2000
#define FOLLOWERS_WAIT_HELP "wait so long for mounts to follow, not for 2 seconds; 0: ask once"

struct follower {
	char *mountpoint;
	struct lic_mount_state is; /* its mountpoint is not set */
};

struct followers {
	struct follower *item;
	size_t n;
	bool asked;  /* false where the mounts of this machine could not be found out */
	size_t late; /* of which it is not known that they follow */
};

/* Reads --wait SECONDS; NULL is the default. -EINVAL where it is no number. */
int followers_wait(const char *given, int *ret_ms, struct lic_error *err) _nonnull_(2) _must_check_;
/* Waits until every mount of the store follows the generation, or `ms` are over. */
int followers_await(struct followers *f, const struct store *store, int64_t generation, int ms,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;
void followers_release(struct followers *f) _nonnull_all_;

/* A table on stdout; a line where there is no mount. */
void followers_print(const struct followers *f) _nonnull_all_;
/* One line a mount to stderr of which it is not known that it follows, with what to do. */
void followers_warn(const struct followers *f) _nonnull_all_;
/* The key "mounts": a list of mountpoint, state, waited_us, and what it has said. */
void followers_json(const struct followers *f, struct lic_json *j) _nonnull_all_;
/* What of a takedown is out of reach, for people, on stdout. */
void followers_print_limits(void);

#endif
