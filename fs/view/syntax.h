/* SPDX-License-Identifier: Apache-2.0 */
/* Source text, tokens and the tree of an expression: what lexer, parser and checker share. */
#ifndef LICENSEFS_VIEW_SYNTAX_H
#define LICENSEFS_VIEW_SYNTAX_H

#include <licensefs/view.h>

#include "fs/view/glob.h"

/* Bounds that keep hostile expressions cheap; generous for people. */
#define LIC_EXPR_MAX (64u * 1024) /* bytes of one expression */
#define LIC_EXPR_DEPTH 64u	  /* nesting of parentheses and of views, together */
#define LIC_EXPR_NODES 8192u	  /* conditions, those of named views included */

/* The text of one expression; `outer` is the one that names it as a view. */
struct lic_source {
	const char *name; /* of the view, NULL for the outermost text */
	const char *text;
	size_t n;
	unsigned depth; /* parentheses and views around it in the outer texts */
	const struct lic_source *outer;
};

enum lic_token_kind {
	LIC_TOKEN_END,
	LIC_TOKEN_WORD,
	LIC_TOKEN_STRING, /* quoted; p and n include the quotes */
	LIC_TOKEN_AND,
	LIC_TOKEN_OR,
	LIC_TOKEN_NOT,
	LIC_TOKEN_OPEN,
	LIC_TOKEN_CLOSE,
	LIC_TOKEN_EQUAL,
	LIC_TOKEN_DIFFERENT,
};

struct lic_token {
	enum lic_token_kind kind;
	const char *p; /* in the source text */
	size_t n;
};

struct lic_lexer {
	const struct lic_source *source;
	size_t at; /* next byte to read */
	struct lic_error *err;
};

/* Reads the next token. With `value`, words of the language are values like any other word. */
int lic_lexer_next(struct lic_lexer *l, bool value, struct lic_token *ret)
	_nonnull_(1, 3) _must_check_;
/* What a word or a string stands for: the bytes without quotes. */
struct lic_bytes lic_token_text(const struct lic_token *t) _nonnull_all_;
/* Is the token this word of the language, the case of ASCII letters ignored? */
bool lic_token_is(const struct lic_token *t, const char *word) _nonnull_all_;

/*
 * Reports an error in an expression: names the column (of characters, from 1), and shows the place
 * with a caret line below it. Returns -code.
 */
int lic_source_error(const struct lic_source *s, const struct lic_token *at, struct lic_error *err,
		     int code, const char *fmt, ...) _nonnull_(1, 2) _printf_format_(5, 6);

enum lic_node_kind {
	LIC_NODE_AND,
	LIC_NODE_OR,
	/* As parsed; the checker replaces them. */
	LIC_NODE_WORD,	  /* word */
	LIC_NODE_SCOPED,  /* word(value) */
	LIC_NODE_COMPARE, /* word = value */
	/* As checked. */
	LIC_NODE_PERMISSION,
	LIC_NODE_OBLIGATION,
	LIC_NODE_RESERVED,
	LIC_NODE_STATUS,
	LIC_NODE_LICENSE,
	LIC_NODE_NO_LICENSE,
	LIC_NODE_PUBLIC_DOMAIN,
	LIC_NODE_CREATOR,
	LIC_NODE_SOURCE,
	LIC_NODE_COLLECTION,
	LIC_NODE_PATH,
	LIC_NODE_TERRITORY,
	LIC_NODE_AI_STATED,
	LIC_NODE_AI_UNSTATED,
	LIC_NODE_MADE,
	LIC_NODE_RELEASE,
};

struct lic_node {
	enum lic_node_kind kind;
	bool negated;
	unsigned depth;		       /* parentheses and views around it */
	struct lic_node *child, *next; /* of AND and OR: children in order */
	struct lic_token word, value;  /* until checked */
	unsigned what; /* lic_permission, one LIC_OBLIGATION_*, LIC_RESERVE_* bits, lic_status,
			  lic_release; of origins the number of makers that are meant */
	const struct lic_glob *glob; /* of MADE: NULL means any job */
	const char *maker;	     /* the first that is meant, else NULL */
};

/* Parses the source into *ret, allocated in `arena`; counts nodes up in *nodes. */
int lic_source_parse(const struct lic_source *s, struct lic_arena *arena, unsigned *nodes,
		     struct lic_node **ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;

#endif
