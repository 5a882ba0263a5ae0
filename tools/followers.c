/* SPDX-License-Identifier: Apache-2.0 */
/* Which mounts of a store already follow a change. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "followers.h"
#include "output.h"
#include "table.h"

#define WAIT_SECONDS_MAX 3600

int followers_wait(const char *given, int *ret_ms, struct lic_error *err)
{
	unsigned long seconds;

	if (!given) {
		*ret_ms = FOLLOWERS_WAIT_MS;
		return 0;
	}
	if (option_number("wait", given, WAIT_SECONDS_MAX, &seconds, err) < 0)
		return -EINVAL;
	*ret_ms = (int)seconds * 1000;
	return 0;
}

static int keep(void *ctx, const struct lic_mount_state *m)
{
	struct followers *f = ctx;
	struct follower *more = reallocarray(f->item, f->n + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	f->item = more;
	more += f->n++;
	*more = (struct follower){ strdup(m->mountpoint), *m };
	more->is.mountpoint = NULL;
	if (!more->mountpoint)
		output_out_of_memory();
	f->late += m->following == LIC_FOLLOWS_LATE || m->following == LIC_FOLLOWS_DEAD ||
		   m->following == LIC_FOLLOWS_UNASKED;
	return 0;
}

int followers_await(struct followers *f, const struct store *store, int64_t generation, int ms,
		    struct lic_error *err)
{
	int r = lic_mount_await(store->path, lic_catalog_path(store->cat), generation, ms, keep, f,
				err);

	f->asked = r == 0;
	return r;
}

void followers_release(struct followers *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->item[i].mountpoint);
	free(f->item);
	memset(f, 0, sizeof(*f));
}

/* What a process that had it open before goes on having. */
static const char *beyond(enum lic_mount_mode mode)
{
	return lic_mount_mode_leaves_maps(mode)
		       ? "open files by mmap, sendfile, splice; reading them fails"
		       : "nothing: open files and mappings fail";
}

static void describe(const struct follower *f, struct lic_buf *out)
{
	switch (f->is.following) {
	case LIC_FOLLOWS:
		lic_buf_addf(out, "yes, after %.1f ms", (double)f->is.waited / 1e6);
		return;
	case LIC_FOLLOWS_LATE:
		lic_buf_addf(out, "not yet, after %.0f ms", (double)f->is.waited / 1e6);
		return;
	case LIC_FOLLOWS_LOST:
		lic_buf_adds(out, "it has lost its catalog, and answers nothing");
		return;
	case LIC_FOLLOWS_DEAD:
		lic_buf_adds(out, "no: its daemon is gone");
		return;
	case LIC_FOLLOWS_UNASKED:
		lic_buf_adds(out, "not known: this user may not ask it");
		return;
	case LIC_FOLLOWS_OTHER:
		lic_buf_adds(out, "no: it serves another catalog");
		return;
	}
}

void followers_print(const struct followers *f)
{
	static const struct table_column columns[] = {
		{ "MOUNT", TABLE_PLAIN },
		{ "MODE", TABLE_PLAIN },
		{ "STILL IN REACH", TABLE_PLAIN },
		{ "FOLLOWS", TABLE_WRAP },
	};
	struct table *t;

	if (!f->asked)
		return;
	if (!f->n) {
		puts("mounts of the store here: none");
		return;
	}
	t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
	for (size_t i = 0; i < f->n; i++) {
		const struct follower *one = &f->item[i];
		struct lic_buf name = LIC_BUF_INIT(1u << 20), how = LIC_BUF_INIT(1024);

		lic_text_quote(&name, one->mountpoint, strlen(one->mountpoint));
		if (one->is.command)
			lic_buf_addf(&name, ", for process %d", (int)one->is.command);
		describe(one, &how);
		table_row(t, (const char *const[]){
				     lic_buf_str(&name),
				     one->is.generation ? lic_mount_mode_name(one->is.mode) : "-",
				     one->is.following == LIC_FOLLOWS ? beyond(one->is.mode) : "-",
				     lic_buf_str(&how),
			     });
		table_color(t, 3, one->is.following == LIC_FOLLOWS ? "green" : "red");
		lic_buf_release(&name);
		lic_buf_release(&how);
	}
	table_print(t);
}

void followers_warn(const struct followers *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct follower *one = &f->item[i];
		struct lic_buf name = LIC_BUF_INIT(1u << 20);

		lic_text_quote(&name, one->mountpoint, strlen(one->mountpoint));
		if (one->is.command && one->is.following == LIC_FOLLOWS_LATE)
			output_say("the view that process %d has of %s does not follow yet; look "
				   "at it, or end that process",
				   (int)one->is.command, lic_buf_str(&name));
		else if (one->is.following == LIC_FOLLOWS_LATE)
			output_say("the mount %s does not follow yet; look at it, or take it down: "
				   "licensefs umount %s",
				   lic_buf_str(&name), lic_buf_str(&name));
		else if (one->is.following == LIC_FOLLOWS_DEAD)
			output_say("the daemon of the mount %s is gone, and what the kernel keeps "
				   "of it may be read until: licensefs umount %s",
				   lic_buf_str(&name), lic_buf_str(&name));
		else if (one->is.following == LIC_FOLLOWS_UNASKED)
			output_say("this user may not ask the mount %s whether it follows; its "
				   "owner may: getfattr -n " LIC_MOUNT_XATTR " %s",
				   lic_buf_str(&name), lic_buf_str(&name));
		lic_buf_release(&name);
	}
}

void followers_json(const struct followers *f, struct lic_json *j)
{
	lic_json_key(j, "mounts");
	lic_json_array(j);
	for (size_t i = 0; i < f->n; i++) {
		const struct follower *one = &f->item[i];

		lic_json_object(j);
		lic_json_key(j, "mountpoint");
		lic_json_bytes(j, one->mountpoint, strlen(one->mountpoint));
		if (one->is.command)
			lic_json_kint(j, "command", one->is.command);
		lic_json_kstr(j, "state", lic_following_name(one->is.following));
		if (one->is.generation) {
			lic_json_kstr(j, "mode", lic_mount_mode_name(one->is.mode));
			lic_json_kint(j, "generation", one->is.generation);
			lic_json_kint(j, "pid", one->is.pid);
		}
		lic_json_kint(j, "waited_us", one->is.waited / 1000);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

void followers_print_limits(void)
{
	puts("out of reach: copies that programs made or hold in memory, thumbnails, backups, and "
	     "mounts in\nother namespaces and on other machines");
}
