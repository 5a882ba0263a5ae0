/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs. Each is one const struct command in its cmd_VERB.c; main.c lists them.
 *
 * Before a verb runs, the dispatcher has parsed its options, counted its operands and, where it
 * `needs` a store, opened the catalog.
 */
#ifndef LICENSEFS_TOOLS_COMMAND_H
#define LICENSEFS_TOOLS_COMMAND_H

#include "option.h"
#include "output.h"
#include "store.h"

enum command_needs {
	NEEDS_NOTHING = 0,
	NEEDS_STORE, /* the first operand is a store; the verb opens what it wants */
	NEEDS_READ,  /* and its catalog is opened for reading */
	NEEDS_WRITE, /* or for writing */
};

#define COMMAND_MANY 0xffffu /* operands without end */

struct call {
	const struct command *command;
	const void *args;     /* the verb's struct, as its option table filled it */
	char *const *operand; /* without the store */
	size_t n;
	bool json;
	struct store store; /* where the verb needs one */
};

struct command {
	const char *name;
	const char *group;    /* heading in the overview; NULL for verbs of verbs */
	const char *summary;  /* for listings: lower case, no full stop */
	const char *operands; /* for the synopsis, "STORE PATH..."; "" for none */
	const char *notes;    /* paragraphs after the options in --help; NULL for none */
	enum command_needs needs;
	unsigned min, max;		    /* operands, without the store */
	const struct option_spec *options;  /* NULL for none but the common ones */
	size_t args_size;		    /* of the verb's struct */
	bool (*no_store)(const void *args); /* do the options ask for something that needs no
					     * store, though the verb does? NULL: never */
	unsigned before; /* operands, the store too, behind which a command with options of its own
			  * begins; 0: there is none */
	bool no_json;	 /* what it prints is not its own */
	/* Called before the store is looked at; NULL: nothing. */
	int (*prepare)(const char *store, struct lic_error *err);
	/* Exit status of wrong usage and of failures before `run`; 0: as enum tool_exit has it. */
	int failure;
	const struct command *const *sub;    /* NULL-terminated, for verbs made of verbs */
	int (*run)(const struct call *call); /* returns enum tool_exit */
};

/* Options of every verb, and of every verb with a store; they fill a struct command_common. */
struct command_common {
	bool help, json;
	const char *catalog;
};
extern const struct option_spec command_common_options[];
/* These, as far as a verb takes them. */
const struct option_spec *command_common_of(const struct command *c) _nonnull_all_ _pure_;
extern const struct option_spec command_store_options[];

/* Verbs in the order of the overview, group by group, NULL-terminated. */
extern const struct command *const command_table[];
/* NULL where there is none: `err` then names the nearest. */
const struct command *command_find(const struct command *const *table, const char *name,
				   struct lic_error *err) _nonnull_all_;

/* Was SIGPIPE ignored by whoever started the program? It always is now. */
extern bool command_ignored_sigpipe;

/* What `licensefs` alone prints. */
void help_overview(FILE *out) _nonnull_all_;
/* What `licensefs VERB --help` prints; `parent` is NULL but for a verb of a verb. */
void help_command(FILE *out, const struct command *parent, const struct command *c) _nonnull_(1, 3);

extern const struct command cmd_check;
extern const struct command cmd_decide;
extern const struct command cmd_explain;
extern const struct command cmd_find;
extern const struct command cmd_help;
extern const struct command cmd_import;
extern const struct command cmd_job;
extern const struct command cmd_license;
extern const struct command cmd_license_parse;
extern const struct command cmd_license_rm;
extern const struct command cmd_license_set;
extern const struct command cmd_mount;
extern const struct command cmd_mount_helper; /* as mount(8) calls it */
extern const struct command cmd_report;
extern const struct command cmd_restore;
extern const struct command cmd_revoke;
extern const struct command cmd_run;
extern const struct command cmd_scan;
extern const struct command cmd_snapshot;
extern const struct command cmd_status;
extern const struct command cmd_umount;
extern const struct command cmd_version;
extern const struct command cmd_view;
extern const struct command cmd_watch;
extern const struct command cmd_view_classes;
extern const struct command cmd_view_rm;
extern const struct command cmd_view_set;

#endif
